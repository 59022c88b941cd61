"""Examples in the documentation do what they show; tables there say what the code decides."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / 'docs'
EXAMPLES = DOCS / 'examples'
PAGES = [
    path
    for path in sorted(DOCS.rglob('*.rst'))
    if re.search(r'^ *>>> ', path.read_text(encoding='utf-8'), re.MULTILINE)
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(autouse=True)
def in_the_examples_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    monkeypatch.syspath_prepend(str(EXAMPLES))


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_examples_of_a_page_do_what_they_show(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SHOP_FILES', '/srv/shop')
    failures, examples = doctest.testfile(
        str(page), module_relative=False, optionflags=OPTIONS, encoding='utf-8', globs={'__name__': '__main__'}
    )

    assert (failures, examples > 0) == (0, True)


def test_the_table_of_actions_is_what_the_generators_decide() -> None:
    import action_table  # type: ignore[import-not-found]

    written = (DOCS / 'guide' / 'actions.csv').read_text(encoding='utf-8')

    assert written == action_table.generated(), 'run: python docs/examples/action_table.py'


def properties() -> list[tuple[str, str]]:
    from dockermap.map.config.client import ClientConfiguration
    from dockermap.map.config.container import ContainerConfiguration
    from dockermap.map.config.main import ContainerMap
    from dockermap.map.config.network import NetworkConfiguration
    from dockermap.map.config.volume import VolumeConfiguration

    pages: list[tuple[str, Any]] = [
        ('containers', ContainerConfiguration.CONFIG_PROPERTIES),
        ('maps', ContainerMap.CONFIG_PROPERTIES),
        ('networks', NetworkConfiguration.CONFIG_PROPERTIES),
        ('volumes', VolumeConfiguration.CONFIG_PROPERTIES),
        ('clients', [name for name in ClientConfiguration.external_properties if name != 'client']),
    ]
    return [(page, name) for page, names in pages for name in names]


@pytest.mark.parametrize(('page', 'name'), properties())
def test_every_property_has_a_section_or_a_row_in_the_guide(page: str, name: str) -> None:
    text = (DOCS / 'guide' / f'{page}.rst').read_text(encoding='utf-8')

    assert re.search(rf'^(``{name}``\n[-~^=]+$|\s*\* - ``{name}``)', text, re.MULTILINE)


def options() -> set[tuple[str, str]]:
    from dockermap.api import MappingDockerClient
    from dockermap.map.policy import base
    from dockermap.map.runner.base import DockerClientRunner

    classes = {cls for pair in MappingDockerClient.generators.values() for cls in pair} | {DockerClientRunner}
    return {
        *(('actions', name) for cls in classes for name in cls.policy_options),
        *(('clients', name) for name in base._POLICY_OPTIONS),
    }


@pytest.mark.parametrize(('page', 'name'), sorted(options()))
def test_every_option_has_a_row_in_the_guide(page: str, name: str) -> None:
    text = (DOCS / 'guide' / f'{page}.rst').read_text(encoding='utf-8')

    assert re.search(rf'\* - .*``{name}``', text)


@pytest.mark.parametrize('page', sorted(DOCS.rglob('*.rst')), ids=lambda page: str(page.relative_to(DOCS)))
def test_included_examples_exist(page: Path) -> None:
    text = page.read_text(encoding='utf-8')
    missing = [
        target
        for target in re.findall(r'^\s*\.\. literalinclude:: (\S+)', text, re.MULTILINE)
        if not (page.parent / target).exists()
    ]

    assert missing == []

"""Examples in the documentation do what they show; tables there say what the code decides."""

from __future__ import annotations

import doctest
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / 'docs'
EXAMPLES = DOCS / 'examples'
PAGES = [
    path
    for path in [ROOT / 'README.rst', *sorted(DOCS.rglob('*.rst'))]
    if re.search(r'^ *(>>> |.. code-block:: yaml)', path.read_text(encoding='utf-8'), re.MULTILINE)
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FILE_NAME = r'\1   :caption: (?P<name>\S+)\n'
CONTENT = r'(?P<lines>(?:\1   .*\n|[ ]*\n)+)'
YAML_BLOCK = re.compile(
    rf'^( *)\.\. code-block:: (?:yaml|text(?=\n +:caption:))\n(?:{FILE_NAME})?[ ]*\n{CONTENT}', re.MULTILINE
)
sys.path.insert(0, str(DOCS))
import leads_to  # type: ignore[import-not-found]  # noqa: E402

sys.path.remove(str(DOCS))


class PageParser(doctest.DocTestParser):
    """Finds blocks of YAML, too.

    Those with the name of a file become that file. Others have to be maps; the last one is called ``shown``.
    """

    def parse(self, string: str, name: str = '<string>') -> list[str | doctest.Example]:
        return super().parse(YAML_BLOCK.sub(_as_doctest, string), name)


def _as_doctest(block: re.Match[str]) -> str:
    """A block as an example with the same number of lines."""
    lines = block['lines'].splitlines()
    while not lines[-1].strip():
        lines.pop()
    call = f'_ = write({block["name"]!r}, [' if block['name'] else 'shown = load(['
    indent = len(block[1]) + 3
    source = [f'>>> {call}', *(f'... {line[indent:]!r},' for line in lines)]
    source[-1] += '])'
    before = block[0].count('\n') - len(block['lines'].splitlines()) - 1
    after = len(block['lines'].splitlines()) - len(lines)
    return '\n' * before + '\n'.join(source) + '\n' * (after + 1)


def write(name: str, lines: list[str]) -> None:
    assert '/' not in name
    Path(name).write_text('\n'.join(lines), encoding='utf-8')


def load(lines: list[str]) -> Any:
    from dockermap.map.yaml import load_map

    is_named = any(line.startswith('name:') for line in lines)
    return load_map('\n'.join(lines), None if is_named else 'shop', strict=True)


@pytest.fixture(autouse=True)
def in_a_copy_of_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages refer to files in these folders, and write files."""
    for folder in ('docs/examples', 'examples'):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns('__pycache__'))
    monkeypatch.chdir(tmp_path / 'docs' / 'examples')
    monkeypatch.syspath_prepend(str(EXAMPLES))


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_do_what_they_show(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SHOP_FILES', '/srv/shop')
    failures, examples = doctest.testfile(
        str(page),
        module_relative=False,
        optionflags=OPTIONS,
        encoding='utf-8',
        globs={'__name__': '__main__', 'write': write, 'load': load},
        parser=PageParser(),
    )

    assert (failures, examples > 0) == (0, True)


def settings() -> list[Any]:
    return [
        pytest.param(example, id=f'{page.relative_to(DOCS)}:{example.line}')
        for page in sorted(DOCS.rglob('*.rst'))
        for example in leads_to.examples(page.read_text(encoding='utf-8'))
    ]


@pytest.mark.parametrize('example', settings())
def test_a_setting_leads_to_what_the_page_shows(example: Any) -> None:
    assert example.computed().split() == example.result.split(), example.computed()


@pytest.mark.parametrize(
    ('item', 'client', 'expected'),
    [
        ('web.blue', '', 'shop.web.blue is created with'),
        ('network:back', '', 'network shop.back is created with'),
        ('stop:web', '{stop_timeout: 5}', 'shop.web is stopped with, on a client with stop_timeout: 5'),
        ('web', '{interfaces: {a: 1}}', 'shop.web is created with, on a client with interfaces: {a: 1}'),
        ('error', '', 'is an error'),
    ],
)
def test_the_line_between_a_map_and_its_result_says_what_is_meant(item: str, client: str, expected: str) -> None:
    example = leads_to.split(item, {'client': client or '{}'}, 'web:\n=>\nx')

    assert leads_to.heading(example) == expected


def test_every_setting_with_a_result_is_found() -> None:
    text = '\n'.join(page.read_text(encoding='utf-8') for page in sorted(DOCS.rglob('*.rst')))

    assert len(settings()) == len(re.findall(r'^ *\.\. leads-to::', text, re.MULTILINE))


def test_the_table_of_actions_is_what_the_generators_decide() -> None:
    import action_table  # type: ignore[import-not-found]

    written = (DOCS / 'guide' / 'actions.csv').read_text(encoding='utf-8')

    assert written == action_table.generated(), 'run: python docs/examples/action_table.py'


@pytest.mark.filterwarnings('ignore:.*They cannot run at the same time')
def test_the_table_of_compose_files_is_that_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import compose_corpus  # type: ignore[import-not-found]

    written = compose_corpus.TABLE.read_text(encoding='utf-8')
    assert written == compose_corpus.generated(), 'run: python docs/compose_corpus.py'


def test_the_table_of_interrupted_replacements_is_what_the_library_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import recovery_table  # type: ignore[import-not-found]

    assert recovery_table.TABLE.read_text(encoding='utf-8') == recovery_table.generated(), (
        'run: python docs/recovery_table.py'
    )


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


def test_the_clients_of_the_fleet_are_those_that_its_map_names() -> None:
    from dockermap.map.yaml import load_clients_file, load_map_file

    fleet = load_map_file(str(ROOT / 'examples' / 'fleet.yaml'), strict=True)
    clients = load_clients_file(str(ROOT / 'examples' / 'fleet-clients.yaml'))
    named = {*fleet.clients, *(name for _, config in fleet for name in config.clients)}
    assert set(clients) == named
    assert {name: client.base_url for name, client in clients.items()} == {
        name: f'ssh://{name}.example.com' for name in named
    }

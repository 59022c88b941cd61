"""The table of the guide has each setting that is not on a swarm as it is on an engine."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('sphinx')
PATH = Path(__file__).parents[3] / 'docs' / 'swarm_settings.py'


@pytest.fixture(scope='module')
def page() -> Any:
    spec = importlib.util.spec_from_file_location('swarm_settings', PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_but_what_is_as_on_an_engine_is_in_the_table(page: Any) -> None:
    expected = {
        (place, f'``{name}``')
        for place, table in page.TABLES.items()
        for name, setting in table.items()
        if setting.fate is not page.Fate.KEPT
    }
    found = [(place, name) for place, names, _ in page.rows() for name in names.split(', ')]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_the_page_has_the_table() -> None:
    text = (PATH.parent / 'guide' / 'swarm.rst').read_text(encoding='utf-8')
    assert '.. swarm-settings::' in text

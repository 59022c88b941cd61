"""The table of what each action does in each state is up to date, complete, and names tests that exist."""

from __future__ import annotations

import csv
import importlib
import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope='module')
def proofs() -> Any:
    """The module that writes the table."""
    sys.path.insert(0, str(ROOT / 'docs'))
    try:
        return importlib.import_module('action_proofs')
    finally:
        sys.path.remove(str(ROOT / 'docs'))


@pytest.fixture(scope='module')
def written(proofs: Any) -> list[dict[str, str]]:
    with proofs.TABLE.open(encoding='utf-8', newline='') as lines:
        return list(csv.DictReader(lines))


def test_the_table_is_what_the_generators_decide(proofs: Any) -> None:
    assert proofs.TABLE.read_text(encoding='utf-8') == proofs.generated(), 'run: python docs/action_proofs.py'


def test_every_action_item_and_state_has_one_row(proofs: Any, written: list[dict[str, str]]) -> None:
    from dockermap.api import MappingDockerClient

    titles = {row['Action'] for row in written}
    assert {title.partition(',')[0] for title in titles} == set(MappingDockerClient.generators)
    rows = [(row['Action'], row['Item'], row['State']) for row in written]
    states = {
        (kind.value, case.words)
        for kind, cases in proofs.decisions.CASES.items()
        for case in cases
        if not case.flags & ~proofs.decisions.ALWAYS_SEEN
    }
    assert len(set(rows)) == len(rows)
    assert [row for row in itertools.product(titles, states) if (row[0], *row[1]) not in set(rows)] == []


def test_every_row_of_the_short_table_is_in_the_long_one(proofs: Any, written: list[dict[str, str]]) -> None:
    long = {(row['Action'], row['Item'], row['State']): row['Does'] for row in written}
    with (proofs.TABLE.parent / 'actions.csv').open(encoding='utf-8', newline='') as lines:
        short = {
            (row['Action'], row['Item'], state): row['Does']
            for row in csv.DictReader(lines)
            for state in row['State'].split('; ')
        }
    assert {row: does for row, does in short.items() if long.get(row) != does} == {}


def test_the_tests_that_are_named_exist(written: list[dict[str, str]]) -> None:
    named = {row['Shown by'] for row in written}
    files = sorted({name.partition('::')[0] for name in named})
    command = [sys.executable, '-m', 'pytest', '--collect-only', '-q', '-p', 'no:cacheprovider', *files]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert named - set(output.splitlines()) == set()

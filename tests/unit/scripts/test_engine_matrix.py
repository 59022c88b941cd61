"""What is told of engine tests on several engines, and that the lists of tests name tests that there are."""

from __future__ import annotations

import datetime
from pathlib import Path

import engine_matrix
import engine_roots
import pytest
import yaml
from system_roots import RootUnavailable

TESTS = Path(__file__).parents[2]
REPORT = """\
<testsuites><testsuite>
<testcase classname="tests.engine.actions.test_status" name="test_a"/>
<testcase classname="tests.engine.actions.test_status" name="test_b"><failure message="no"/></testcase>
<testcase classname="tests.engine.actions.test_status" name="test_c"><error message="no"/></testcase>
<testcase classname="tests.engine.actions.test_status.TestD" name="test_d"><skipped message="old"/></testcase>
<testcase classname="tests.engine.test_fixtures" name="test_e"><skipped type="pytest.xfail" message="known"/></testcase>
<testcase classname="tests.contract.test_lists" name="test_f"/>
</testsuite></testsuites>
"""


@pytest.fixture
def engine(tmp_path: Path) -> engine_matrix.Engine:
    (tmp_path / 'report.xml').write_text(REPORT)
    parts = engine_matrix.read_report(tmp_path / 'report.xml')
    return engine_matrix.Engine('sid', 'Docker 28.5.2', '1.24-1.51', '2026-02-03', 120, parts)


def test_tests_are_counted_for_each_part(engine: engine_matrix.Engine) -> None:
    counted = {name: part.numbers for name, part in engine.parts.items()}
    assert counted == {'contract': (1, 0, 0, 0), 'engine': (0, 0, 1, 0), 'engine/actions': (1, 2, 0, 1)}
    assert not engine.works


def test_reasons_are_told_with_the_numbers(engine: engine_matrix.Engine) -> None:
    told = list(engine_matrix.lines(engine))
    assert told[0] == 'sid: Docker 28.5.2, API 1.24-1.51, 120 seconds'
    assert told[-2:] == ['  expected to fail, 1: known', '  skipped, 1: old']
    assert '  failed: tests.engine.actions.test_status::test_b' in told


def test_a_reason_is_told_without_the_request() -> None:
    text = (
        'storage_opt is refused: docker.errors.APIError: 500 Server Error for http://…/create?name=t1: No ("not here")'
    )
    assert engine_matrix.plain_reason(text) == 'storage_opt is refused: not here'
    assert engine_matrix.plain_reason('no engine') == 'no engine'


def test_an_engine_that_cannot_be_had_is_told_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Path:
        raise RootUnavailable('no mirror')

    monkeypatch.setattr(engine_matrix, 'programs', refuse)
    engine = engine_matrix.test_on('sid', engine_matrix.WHOLE, '', 1)
    assert list(engine_matrix.lines(engine)) == ['sid: not tested. no mirror']


def test_podman_is_not_held_to_the_contract_of_the_engine_in_memory() -> None:
    assert 'tests/contract' in engine_matrix.paths_for('sid')
    assert 'tests/contract' not in engine_matrix.paths_for('podman')


def test_tables_keep_what_other_runs_found(engine: engine_matrix.Engine, tmp_path: Path) -> None:
    parts = {'contract': engine_matrix.Part(passed=3)}
    other = engine_matrix.Engine('trixie', '26', '1', '2026-01-02', 60, parts, engine_matrix.TELLING)
    for engines in ([engine], [other], [engine_matrix.Engine('podman', unavailable='no mirror')]):
        engine_matrix.write_tables(engines, tmp_path, datetime.date(2026, 5, 6))
    assert (tmp_path / 'engines.csv').read_text().splitlines()[1:] == [
        'trixie,26,1,2026-01-02,most telling,2026-05-06,3,0,0,0,1',
        'sid,Docker 28.5.2,1.24-1.51,2026-02-03,all,2026-05-06,2,2,1,1,2',
    ]
    assert (tmp_path / 'engine_parts.csv').read_text().splitlines()[1:3] == [
        'trixie,contract,3,0,0,0',
        'sid,contract,1,0,0,0',
    ]
    assert (tmp_path / 'engine_reasons.csv').read_text().splitlines()[1:] == [
        'sid,expected to fail,1,known',
        'sid,skipped,1,old',
    ]


def test_expected_failures_name_engines_and_tests_that_there_are() -> None:
    entries = yaml.safe_load((TESTS / 'expected_failures.yaml').read_text())
    assert {name for entry in entries for name in entry['engines']} <= set(engine_roots.NAMES)
    assert [test for entry in entries for test in entry['tests'] if not exists(test)] == []


def test_the_most_telling_tests_are_there() -> None:
    lines = (TESTS / 'engine' / 'contract' / 'telling.txt').read_text().splitlines()
    assert [line for line in lines if line and not line.startswith('#') and not exists(line)] == []


def exists(test: str) -> bool:
    path, *names = test.partition('[')[0].split('::')
    file = TESTS.parent / path
    return file.exists() and all(name in file.read_text() for name in names)

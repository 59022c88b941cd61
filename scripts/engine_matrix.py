"""Engine tests on one engine after the other, and a table of what came of them; ``scripts/test-engines`` starts it."""

from __future__ import annotations

import argparse
import collections
import csv
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from engine_roots import INSTALLED, NAMES, programs
from system_roots import RootUnavailable

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
DOCS = CHECKOUT / 'docs'
NUMBERS = ('Passed', 'Failed', 'Expected to fail', 'Skipped')
ALL = ('tests/engine', 'tests/contract', 'tests/laws')
#: The contract of the engine in memory is that of Docker Engine.
OF_PODMAN = ('tests/engine', 'tests/laws')
CONTRACT = ('tests/engine/contract',)
#: What ran, for the table.
WHOLE, TELLING = 'all', 'most telling'
PROCESSES = 3
REQUEST = re.compile(r': docker\.errors\.\w+: .*?\("(.*)"\)$', re.DOTALL)
#: Prints what the engine at DOCKER_HOST says of itself.
ASK = (
    'import docker, json, os; url = os.environ["DOCKER_HOST"];'
    'print(json.dumps(docker.APIClient(base_url=url, version="auto").version()))'
)


@dataclass
class Part:
    """What came of the tests of one directory on one engine."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        return self.passed, len(self.failed), self.expected.total(), self.skipped.total()


@dataclass
class Engine:
    """An engine, and what came of the tests on it; or the reason why it cannot be had."""

    name: str
    version: str = ''
    api: str = ''
    built: str = ''
    seconds: float = 0.0
    parts: dict[str, Part] = field(default_factory=dict)
    tests: str = WHOLE
    unavailable: str = ''

    @property
    def total(self) -> Part:
        """All parts in one."""
        total = Part()
        for part in self.parts.values():
            total.passed += part.passed
            total.failed += part.failed
            total.expected += part.expected
            total.skipped += part.skipped
        return total

    @property
    def works(self) -> bool:
        return not self.unavailable and not self.total.failed


def in_engine(name: str, *command: str) -> list[str]:
    return [str(HERE / 'in-private-network'), '--engine', name, *command]


def paths_for(name: str) -> tuple[str, ...]:
    """All tests that an engine is to pass."""
    return OF_PODMAN if name == 'podman' else ALL


def test_on(name: str, tests: str, select: str, processes: int) -> Engine:
    """Run all tests, or the most telling ones, on one engine."""
    paths = CONTRACT if tests == TELLING else paths_for(name)
    try:
        if name != INSTALLED:
            programs(name)
    except RootUnavailable as reason:
        return Engine(name, unavailable=str(reason))
    told = version_of(name)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / 'report.xml'
        run_tests(name, paths, select, processes, report)
        parts = read_report(report)
    return Engine(name, *told, time.monotonic() - started, parts, tests)


def version_of(name: str) -> tuple[str, str, str]:
    """What the engine says that it is, its range of API versions, and when it was built."""
    with tempfile.TemporaryDirectory(prefix='dmt-') as directory:
        command = in_engine(name, sys.executable, str(HERE / 'private_engine.py'), directory, sys.executable, '-c', ASK)
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    kind = 'Podman' if any('Podman' in part.get('Name', '') for part in told.get('Components') or ()) else 'Docker'
    version = f'{kind} {told["Version"].partition("+")[0]}'
    return version, f'{told["MinAPIVersion"]}-{told["ApiVersion"]}', told['BuildTime'][:10]


def run_tests(name: str, paths: Iterable[str], select: str, processes: int, report: Path) -> None:
    workers = f'{processes}*popen//python={HERE / "python-in-private-network"}'
    command = ['pytest', '-q', '--dist', 'load', '--tx', workers, *paths, '-m', select, f'--junitxml={report}']
    subprocess.run(command, check=False, cwd=CHECKOUT, env={**os.environ, 'DOCKERMAP_TEST_ENGINE': name})
    if not report.exists():
        raise SystemExit(f'The tests on engine {name} did not come to their end.')


def read_report(report: Path) -> dict[str, Part]:
    parts: dict[str, Part] = collections.defaultdict(Part)
    for case in ElementTree.parse(report).iter('testcase'):
        add_case(parts[part_of(case.get('classname', ''))], case)
    return dict(sorted(parts.items()))


def part_of(module: str) -> str:
    """The directory of a test module: ``engine/actions``, ``contract``."""
    names = module.split('.')[1:]
    return '/'.join(names[:2]) if names[0] == 'engine' and not names[1].startswith('test_') else names[0]


def add_case(part: Part, case: ElementTree.Element) -> None:
    skipped = case.find('skipped')
    if case.find('failure') is not None or case.find('error') is not None:
        part.failed.append(f'{case.get("classname")}::{case.get("name")}')
    elif skipped is None:
        part.passed += 1
    else:
        counts = part.expected if skipped.get('type') == 'pytest.xfail' else part.skipped
        counts[plain_reason(skipped.get('message', ''))] += 1


def plain_reason(text: str) -> str:
    """The reason without the request that was refused, so that equal ones count as such."""
    return REQUEST.sub(r': \1', text)


def lines(engine: Engine) -> Iterator[str]:
    if engine.unavailable:
        yield f'{engine.name}: not tested. {engine.unavailable}'
        return
    yield f'{engine.name}: {engine.version}, API {engine.api}, {engine.seconds:.0f} seconds'
    yield f'  {"part":24} {"passed":>7} {"failed":>7} {"expected":>9} {"skipped":>8}'
    for name, part in engine.parts.items():
        yield '  {:24} {:7} {:7} {:9} {:8}'.format(name, *part.numbers)
    yield from (f'  failed: {test}' for test in engine.total.failed)
    for _, title, number, reason in reasons(engine):
        yield f'  {title}, {number}: {reason}'


def reasons(engine: Engine) -> Iterator[tuple[object, ...]]:
    """Why tests were expected to fail, or skipped, and how many."""
    for title, counts in (('expected to fail', engine.total.expected), ('skipped', engine.total.skipped)):
        yield from ((engine.name, title, number, reason) for reason, number in sorted(counts.items()))


def write_tables(engines: list[Engine], directory: Path, date: datetime.date) -> None:
    """Keep what came of this run for the documentation, beside what came of an earlier one on other engines."""
    tested = [engine for engine in engines if engine.parts]
    summary = [
        (e.name, e.version, e.api, e.built, e.tests, date.isoformat(), *e.total.numbers, round(e.seconds / 60))
        for e in tested
    ]
    parts = [(engine.name, name, *part.numbers) for engine in tested for name, part in engine.parts.items()]
    why = [row for engine in tested for row in reasons(engine)]
    columns = ('Engine', 'API', 'Built', 'Tests', 'Tested', *NUMBERS, 'Minutes')
    names = {engine.name for engine in tested}
    for file, header, rows in (
        ('engines.csv', columns, summary),
        ('engine_parts.csv', ('Part', *NUMBERS), parts),
        ('engine_reasons.csv', ('Tests', 'Number', 'Reason'), why),
    ):
        write_table(directory / file, ('Name', *header), [*former_rows(directory / file, names), *rows])


def former_rows(path: Path, names: set[str]) -> list[tuple[object, ...]]:
    """Rows of the table for engines other than these."""
    if not path.exists():
        return []
    with path.open(encoding='utf-8', newline='') as file:
        return [tuple(row) for row in list(csv.reader(file))[1:] if row[0] not in names]


def write_table(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open('w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(columns)
        writer.writerows(sorted(rows, key=lambda row: NAMES.index(str(row[0]))))


def main() -> int:
    parser = argparse.ArgumentParser(prog='scripts/test-engines')
    parser.add_argument('names', nargs='*', choices=[*NAMES, []], metavar='ENGINE', help=', '.join(NAMES))
    parser.add_argument('--contract', action='store_true', help='only the most telling tests')
    parser.add_argument('--full', action='store_true', help='also the long forms')
    parser.add_argument('--write-table', action='store_true', help='keep the result for the documentation')
    parser.add_argument('--processes', type=int, default=PROCESSES)
    given = parser.parse_args()
    tests, select = (TELLING if given.contract else WHOLE), 'engine' if given.full else 'engine and not full'
    engines = [test_on(name, tests, select, given.processes) for name in given.names or NAMES]
    print()
    for engine in engines:
        print('\n'.join(lines(engine)), end='\n\n')
    if given.write_table:
        write_tables(engines, DOCS, datetime.date.today())
    return 0 if all(engine.works or engine.unavailable for engine in engines) else 1


if __name__ == '__main__':
    sys.exit(main())

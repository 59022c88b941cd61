"""Engine tests on one engine after the other, and a table of what came of them; ``scripts/test-engines`` starts it."""

from __future__ import annotations

import argparse
import collections
import csv
import datetime
import json
import os
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
TABLE = CHECKOUT / 'docs' / 'engines.csv'
COLUMNS = ('engine', 'version', 'api', 'part', 'passed', 'failed', 'expected', 'skipped', 'seconds', 'date')
ALL = ('tests/engine', 'tests/contract', 'tests/laws')
CONTRACT = ('tests/engine/contract',)
PROCESSES = 3
#: Prints what the engine at DOCKER_HOST says of itself.
ASK = 'import docker, json; print(json.dumps(docker.APIClient(version="auto").version()))'


@dataclass
class Part:
    """What came of the tests of one directory on one engine."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass
class Engine:
    """An engine, and what came of the tests on it; or the reason why it cannot be had."""

    name: str
    version: str = ''
    api: str = ''
    seconds: float = 0.0
    parts: dict[str, Part] = field(default_factory=dict)
    unavailable: str = ''

    @property
    def works(self) -> bool:
        return not self.unavailable and not any(part.failed for part in self.parts.values())


def in_engine(name: str, *command: str) -> list[str]:
    return [str(HERE / 'in-private-network'), '--engine', name, *command]


def test_on(name: str, paths: Iterable[str], select: str, processes: int) -> Engine:
    """Run the tests on one engine."""
    try:
        if name != INSTALLED:
            programs(name)
    except RootUnavailable as reason:
        return Engine(name, unavailable=str(reason))
    version, api = version_of(name)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / 'report.xml'
        run_tests(name, paths, select, processes, report)
        parts = read_report(report)
    return Engine(name, version, api, time.monotonic() - started, parts)


def version_of(name: str) -> tuple[str, str]:
    """What the engine says that it is, and its range of API versions."""
    with tempfile.TemporaryDirectory(prefix='dmt-') as directory:
        command = in_engine(name, sys.executable, str(HERE / 'private_engine.py'), directory, sys.executable, '-c', ASK)
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    kind = 'Podman' if any('Podman' in part.get('Name', '') for part in told.get('Components') or ()) else 'Docker'
    return f'{kind} {told["Version"].partition("+")[0]}', f'{told["MinAPIVersion"]}-{told["ApiVersion"]}'


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
        counts[skipped.get('message', '')] += 1


def lines(engine: Engine) -> Iterator[str]:
    if engine.unavailable:
        yield f'{engine.name}: not tested. {engine.unavailable}'
        return
    yield f'{engine.name}: {engine.version}, API {engine.api}, {engine.seconds:.0f} seconds'
    yield f'  {"part":24} {"passed":>7} {"failed":>7} {"expected":>9} {"skipped":>8}'
    for name, part in engine.parts.items():
        numbers = f'{part.passed:7} {len(part.failed):7} {part.expected.total():9} {part.skipped.total():8}'
        yield f'  {name:24} {numbers}'
    for title, counts in (('failed', failures(engine)), ('expected', expected(engine)), ('skipped', skips(engine))):
        yield from (f'  {title} {number}: {reason}' for reason, number in counts.most_common())


def failures(engine: Engine) -> Counter[str]:
    return Counter(test for part in engine.parts.values() for test in part.failed)


def expected(engine: Engine) -> Counter[str]:
    return sum((part.expected for part in engine.parts.values()), Counter())


def skips(engine: Engine) -> Counter[str]:
    return sum((part.skipped for part in engine.parts.values()), Counter())


def rows(engine: Engine, date: datetime.date) -> Iterator[tuple[object, ...]]:
    for name, part in engine.parts.items():
        counts = (part.passed, len(part.failed), part.expected.total(), part.skipped.total())
        yield engine.name, engine.version, engine.api, name, *counts, round(engine.seconds), date.isoformat()


def write_table(engines: Iterable[Engine]) -> None:
    """Keep what came of this run, and of an earlier one on other engines."""
    date = datetime.date.today()
    found = {engine.name: [list(map(str, row)) for row in rows(engine, date)] for engine in engines if engine.parts}
    if TABLE.exists():
        with TABLE.open(encoding='utf-8', newline='') as file:
            for row in list(csv.reader(file))[1:]:
                if row[0] not in {engine.name for engine in engines}:
                    found.setdefault(row[0], []).append(row)
    with TABLE.open('w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(COLUMNS)
        for name in NAMES:
            writer.writerows(found.get(name, ()))


def main() -> int:
    parser = argparse.ArgumentParser(prog='scripts/test-engines')
    parser.add_argument('names', nargs='*', choices=[*NAMES, []], metavar='ENGINE', help=', '.join(NAMES))
    parser.add_argument('--contract', action='store_true', help='only the most telling tests')
    parser.add_argument('--full', action='store_true', help='also the long forms')
    parser.add_argument('--write-table', action='store_true', help=f'keep the result in {TABLE.relative_to(CHECKOUT)}')
    parser.add_argument('--processes', type=int, default=PROCESSES)
    given = parser.parse_args()
    paths, select = (CONTRACT if given.contract else ALL), 'engine' if given.full else 'engine and not full'
    engines = [test_on(name, paths, select, given.processes) for name in given.names or NAMES]
    print()
    for engine in engines:
        print('\n'.join(lines(engine)), end='\n\n')
    if given.write_table:
        write_table(engines)
    return 0 if all(engine.works or engine.unavailable for engine in engines) else 1


if __name__ == '__main__':
    sys.exit(main())

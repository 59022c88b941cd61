"""The bookstore as a command: what each case does, which requests failed, and what is true afterwards."""

from __future__ import annotations

import contextlib
import csv
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

import private_engine as engines
from bookstore_cases import BEGIN, CASES, END, Outcome
from bookstore_stack import build_images
from bookstore_store import Bookstore

TABLE = Path(__file__).resolve().parent.parent / 'docs' / 'guide' / 'bookstore.csv'
COLUMNS = ('Case', 'What is done', 'Requests', 'Seconds', 'Failed')


def say(text: str) -> None:
    print(f'\n== {text}', flush=True)


def show_table(outcomes: dict[str, Outcome]) -> None:
    say('All cases')
    print('CASE  REQUESTS  SECONDS  FAILED  SLOWEST')
    for letter, outcome in outcomes.items():
        probe = outcome.probe
        numbers = f'{len(probe.answers):8}  {probe.seconds:7.1f}  {len(probe.failed):6}  {probe.slowest:5.2f} s'
        print(f'{letter:4}  {numbers}  {outcome.title}')


def write_table(outcomes: dict[str, Outcome]) -> None:
    """Keep what was measured for the guide."""
    with TABLE.open('w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(COLUMNS)
        for letter, outcome in outcomes.items():
            probe = outcome.probe
            failed = len(probe.failed)
            writer.writerow((letter, outcome.title, len(probe.answers), round(probe.seconds), failed))


def run(url: str, letters: list[str]) -> tuple[dict[str, Outcome], list[Outcome]]:
    """What came of the cases, and of these with beginning and end."""
    say("Building images from Debian's packages")
    started = time.monotonic()
    build_images(url)
    print(f'All images are built after {time.monotonic() - started:.0f} seconds.', flush=True)
    with contextlib.closing(Bookstore(url)) as store:
        begin = BEGIN.run(store)
        cases = {letter: CASES[letter].run(store) for letter in letters}
        return cases, [begin, *cases.values(), END.run(store)]


def usage() -> str:
    lines = ['usage: scripts/bookstore [--write-table] [CASE…]', '']
    lines += [f'  {letter}  {case.title}' for letter, case in CASES.items()]
    return '\n'.join(lines)


def main(arguments: list[str]) -> int:
    keeps = arguments == ['--write-table']
    letters = list(CASES) if keeps or not arguments else arguments
    if not set(letters) <= set(CASES):
        print(usage(), file=sys.stderr)
        return 2
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='dmb-') as home, engines.private_engine(home) as url:
        cases, outcomes = run(url, letters)
    show_table(cases)
    broken = [claim for outcome in outcomes for claim in outcome.broken]
    failed = sum(outcome.failed for outcome in outcomes)
    print(f'\n{failed} requests failed that should not have, and {len(broken)} claims do not hold.')
    say(f'Done in {time.monotonic() - started:.0f} seconds')
    if keeps and not broken:
        write_table(cases)
    return 1 if broken or failed else 0


def end(number: int, _: object) -> NoReturn:
    """End the engine and its containers as well, and remove its directory."""
    sys.exit(128 + number)


if __name__ == '__main__':
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    sys.exit(main(sys.argv[1:]))

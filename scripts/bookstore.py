"""The bookstore as a command: what each case does, which requests failed, and what is true afterwards."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time

import private_engine as engines
from bookstore_cases import CASES, Bookstore, Outcome, bring_up, take_down
from bookstore_stack import build_images


def say(text: str) -> None:
    print(f'\n== {text}', flush=True)


def shown(outcome: Outcome) -> Outcome:
    say(outcome.title)
    for text in filter(None, outcome.told):
        print(f'{text}\n')
    if outcome.probe.answers:
        print(outcome.probe.summary())
    for claim, holds in outcome.claims.items():
        print(f'{"yes" if holds else "NO "}  {claim}', flush=True)
    return outcome


def show_table(outcomes: dict[str, Outcome]) -> None:
    say('All cases')
    print('CASE  REQUESTS  FAILED  SLOWEST')
    for letter, outcome in outcomes.items():
        probe = outcome.probe
        print(f'{letter:4}  {len(probe.answers):8}  {len(probe.failed):6}  {probe.slowest:5.2f} s  {outcome.title}')


def run(url: str, letters: list[str]) -> list[Outcome]:
    say("Building images from Debian's packages")
    build_images(url)
    with contextlib.closing(Bookstore(url)) as store:
        outcomes = [shown(bring_up(store))]
        cases = {letter: shown(CASES[letter](store)) for letter in letters}
        outcomes += [*cases.values(), shown(take_down(store))]
    show_table(cases)
    return outcomes


def main(arguments: list[str]) -> int:
    letters = arguments or list(CASES)
    if not set(letters) <= set(CASES):
        print(f'usage: bookstore [{"] [".join(CASES)}]', file=sys.stderr)
        return 2
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='dmb-') as home, engines.private_engine(home) as url:
        outcomes = run(url, letters)
    broken = [claim for outcome in outcomes for claim in outcome.broken]
    failed = sum(outcome.failed for outcome in outcomes)
    print(f'\n{failed} requests failed that should not have, and {len(broken)} claims do not hold.')
    say(f'Done in {time.monotonic() - started:.0f} seconds')
    return 1 if broken or failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""Asks for a page over and over, and says which requests failed, and why."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.request import urlopen

INTERVAL = 0.1
TIMEOUT = 5.0


@dataclass(frozen=True)
class Answer:
    """What came of one request: the page, or why there was none.

    :param at: When it was made, in seconds since the beginning.
    """

    at: float
    seconds: float
    text: str = ''
    failure: str = ''


@dataclass
class Probe:
    """The answers of some time, in the order in which they came."""

    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.failure]

    @property
    def slowest(self) -> float:
        return max((answer.seconds for answer in self.answers), default=0.0)

    def summary(self) -> str:
        reasons = Counter(answer.failure for answer in self.failed)
        told = ''.join(f'\n  {number} times: {reason}' for reason, number in reasons.items())
        asked = f'{len(self.answers)} requests in {self.seconds:.1f} s'
        return f'{asked}, {len(self.failed)} failed, the slowest took {self.slowest:.2f} s{told}'


@contextmanager
def probing(url: str, is_right: Callable[[str], bool]) -> Iterator[Probe]:
    """Ask ten times a second while the block runs, however long an answer takes; all have come when it is left."""
    probe = Probe()
    over = threading.Event()
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=64) as pool:
        asking = pool.submit(ask_regularly, pool, over, lambda: probe.answers.append(ask(url, is_right, started)))
        try:
            yield probe
        finally:
            over.set()
            asking.result()
            probe.seconds = time.monotonic() - started


def ask_regularly(pool: ThreadPoolExecutor, over: threading.Event, ask_once: Callable[[], None]) -> None:
    due = time.monotonic()
    while not over.is_set():
        pool.submit(ask_once)
        due += INTERVAL
        over.wait(max(0.0, due - time.monotonic()))


def ask(url: str, is_right: Callable[[str], bool], begin: float) -> Answer:
    started = time.monotonic()
    at = started - begin
    try:
        with urlopen(url, timeout=TIMEOUT) as response:
            text = response.read().decode('utf-8', 'replace')
    except (OSError, http.client.HTTPException) as error:
        return Answer(at, time.monotonic() - started, failure=f'{type(error).__name__}: {error}')
    return Answer(at, time.monotonic() - started, text, '' if is_right(text) else f'not the page: {text[:80]!r}')

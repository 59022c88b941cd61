"""Who makes what is temporary on an engine, and whether they still may need it.

A label says the machine, the process and when it started, the number of the run in it, and when its time is over. So
others can tell what a run has left behind from what it is working with.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path

from .events import Clock

_ENDED = ('Z', 'X')
_numbers = itertools.count(1)
_active: set[int] = set()
_SHORT = re.compile('([0-9a-f]+)-([0-9]+)-([0-9]*)-([0-9]+)-([0-9]+)')


class Run:
    """One call of the front end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._number = next(_numbers)

    def mark(self, seconds: float) -> str:
        """Text of the label for something that is needed for so long at most."""
        _active.add(self._number)
        now = self._clock.time()
        data = {'machine': _machine(), 'process': os.getpid(), 'started': _start_of(os.getpid()), 'run': self._number}
        return json.dumps({**data, 'since': round(now, 3), 'until': round(now + seconds, 3)}, sort_keys=True)

    def short_mark(self, seconds: float) -> str:
        """The same in few characters, as names can have them."""
        _active.add(self._number)
        until = math.ceil(self._clock.time() + seconds)
        return f'{_digest(_machine())}-{os.getpid()}-{_start_of(os.getpid())}-{self._number}-{until}'

    def end(self) -> None:
        """Nothing that was marked is needed any more."""
        _active.discard(self._number)

    def made(self, text: str | None) -> bool:
        """Whether a label is of this run."""
        data = _read(text)
        return _is_here(data) and data.get('process') == os.getpid() and data.get('run') == self._number


def is_over(text: str | None, now: float) -> bool:
    """Whether the run that wrote a label cannot need what has it any more; true if the label cannot be read.

    :param now: Seconds since the epoch.
    """
    data = _read(text)
    until = data.get('until')
    if not isinstance(until, (int, float)) or until <= now:
        return True
    if not _is_here(data):
        return False
    process = data.get('process')
    if process == os.getpid() and data.get('started') == _start_of(os.getpid()):
        return data.get('run') not in _active
    return not isinstance(process, int) or _start_of(process) != data.get('started')


def maker(text: str | None) -> str:
    """Who wrote a label, for people."""
    data = _read(text)
    place = 'on this machine' if _is_here(data) else 'on another machine'
    return f'process {data.get("process")} {place}'


def _read(text: str | None) -> Mapping[str, object]:
    short = _SHORT.fullmatch(text or '')
    if short is not None:
        machine, process, started, run, until = short.groups()
        return {
            'digest': machine, 'process': int(process), 'started': started, 'run': int(run), 'until': int(until)
        }  # fmt: skip
    try:
        data = json.loads(text or '')
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _is_here(data: Mapping[str, object]) -> bool:
    if 'digest' in data:
        return data['digest'] == _digest(_machine())
    return bool(data.get('machine')) and data.get('machine') == _machine()


def _digest(machine: str) -> str:
    return hashlib.sha256(machine.encode()).hexdigest()[:12]


def _machine() -> str:
    """This boot of this machine, and the space that its process ids belong to."""
    try:
        boot = Path('/proc/sys/kernel/random/boot_id').read_text().strip()
        return f'{boot} {os.readlink("/proc/self/ns/pid")}'
    except OSError:
        return platform.node()


def _start_of(process: int) -> str:
    """When a process started, in the system's own count; empty if there is none, or the system does not tell."""
    try:
        text = Path(f'/proc/{process}/stat').read_text()
    except OSError:
        return ''
    # The name of the program may have spaces and brackets.
    fields = text.rpartition(')')[2].split()
    # What has ended stays in the list until its parent takes notice.
    return '' if fields[0] in _ENDED else fields[19]

"""The time of an engine: it passes only when somebody waits for something, or advances it."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from .errors import NothingHappens

__all__ = ['NEVER', 'Clock', 'timestamp']

NEVER = '0001-01-01T00:00:00Z'
"""What engines say about a time that has not come."""

SECOND = 1_000_000_000
LONGEST_PATIENCE = 5
"""Real seconds that other threads have to end a wait without end."""

EXPECTING_PATIENCE = 0.5
"""Real seconds that threads have between two calls, where several are expected and not all of them wait."""

START = int(datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp()) * SECOND


def timestamp(nanoseconds: int) -> str:
    """A time since the epoch as engines write it; ``NEVER`` for 0."""
    if not nanoseconds:
        return NEVER
    seconds, rest = divmod(nanoseconds, SECOND)
    return f'{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}.{rest:09}Z'


class Entry:
    """Something on the agenda of a clock: an action, or without one the end of somebody's waiting."""

    def __init__(self, due: int, number: int, action: Callable[[], None] | None) -> None:
        self.due = due
        self.number = number
        self.action = action
        self.cancelled = False

    def __lt__(self, other: Entry) -> bool:
        return (self.due, self.number) < (other.due, other.number)


class Clock:
    """Time of one engine in seconds, shared by all threads that use the engine.

    Who waits registers when its waiting ends. Time jumps to the earliest of these, or to the next thing that happens in
    the engine, when all threads inside the engine wait. While other threads are alive that have used the engine, it
    first gives them ``patience`` real seconds to come in. Threads whose waiting ends at once go on one by one, in the
    order in which they began to wait.
    """

    def __init__(self, patience: float = 0.01, horizon: float = 10 * 366 * 86400) -> None:
        self.patience = patience
        self.horizon = START + int(horizon * SECOND)
        self._now = START
        self._last_stamp = START
        self._agenda: list[Entry] = []
        self._count = 0
        self._start_coordination()

    def _start_coordination(self) -> None:
        self.lock = threading.RLock()
        self._turn = threading.Condition(self.lock)
        self._known: dict[int, threading.Thread] = {}
        self._inside: dict[int, int] = {}
        self._waiting: set[int] = set()
        self._activity = 0
        self._expected = 0
        self._arrived: set[threading.Thread] = set()
        self._opener: threading.Thread | None = None

    def __getstate__(self) -> dict[str, object]:
        kept = ('patience', 'horizon', '_now', '_last_stamp', '_count')
        agenda = [entry for entry in self._agenda if entry.action and not entry.cancelled]
        return {**{name: getattr(self, name) for name in kept}, '_agenda': agenda}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        heapq.heapify(self._agenda)
        self._start_coordination()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now / SECOND

    def time(self) -> float:
        """The same; other clocks tell the time since something else by ``now``."""
        return self.now()

    @property
    def nanoseconds(self) -> int:
        """Nanoseconds since the epoch."""
        return self._now

    def stamp(self) -> int:
        """The time in nanoseconds, later than all stamps before."""
        self._last_stamp = max(self._now, self._last_stamp + 1)
        return self._last_stamp

    def sleep(self, seconds: float) -> None:
        """Let time pass, together with other threads that wait."""
        with self.inside():
            self.wait(lambda: False, seconds)

    advance = sleep

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Hold the engine; time does not jump before this thread waits or leaves."""
        thread = threading.current_thread()
        ident = threading.get_ident()
        with self.lock:
            self._known[ident] = thread
            if self._expected and thread is not self._opener:
                self._arrived.add(thread)
            self._inside[ident] = self._inside.get(ident, 0) + 1
            self._changed()
            try:
                yield
            finally:
                self._inside[ident] -= 1
                if not self._inside[ident]:
                    del self._inside[ident]
                self._changed()

    @contextmanager
    def expecting(self, threads: int) -> Iterator[None]:
        """Let time pass only when so many other threads have come, or for one real second no further one came.

        Where so many wait, it passes at once.

        For tests of code that does things side by side, on machines that are slow to start threads.
        """
        with self.lock:
            self._expected, self._opener = threads, threading.current_thread()
            self._arrived.clear()
        # Who has come once may be slow to come again.
        former, self.patience = self.patience, max(self.patience, EXPECTING_PATIENCE)
        try:
            yield
        finally:
            self._expected, self.patience = 0, former

    def at(self, due: int, action: Callable[[], None]) -> Entry:
        """Have something happen at a time in nanoseconds; it is not called before somebody waits."""
        return self._note(due, action)

    def after(self, seconds: float, action: Callable[[], None]) -> Entry:
        """The same, some seconds from now."""
        return self.at(self._now + int(seconds * SECOND), action)

    def wait(self, done: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait inside the engine until something is true; ``False`` if it is not after so many seconds.

        :raises NothingHappens: It never becomes true.
        """
        due = self.horizon if seconds is None else self._now + int(seconds * SECOND)
        mine = self._note(due, None)
        ident = threading.get_ident()
        self._waiting.add(ident)
        try:
            while not done():
                if self._is_first(mine):
                    if seconds is None:
                        raise NothingHappens('A call waits for what nothing in the engine will bring about.')
                    return False
                self._let_something_happen()
            return True
        finally:
            mine.cancelled = True
            self._waiting.discard(ident)
            self._changed()

    def _note(self, due: int, action: Callable[[], None] | None) -> Entry:
        self._count += 1
        entry = Entry(due, self._count, action)
        heapq.heappush(self._agenda, entry)
        return entry

    def _is_first(self, mine: Entry) -> bool:
        return self._now >= mine.due and self._earliest() is mine

    def _earliest(self) -> Entry:
        while self._agenda[0].cancelled:
            heapq.heappop(self._agenda)
        return self._agenda[0]

    def _let_something_happen(self) -> None:
        head = self._earliest()
        if head.action is None and head.due <= self._now:
            self._turn.wait(1)  # It is the turn of another thread.
        elif (head.due >= self.horizon and self._somebody_comes()) or not self._nobody_else_comes():
            return
        else:
            self._now = max(self._now, head.due)
            if head.action is not None:
                heapq.heappop(self._agenda)
                head.action()
            self._changed()

    def _somebody_comes(self) -> bool:
        """Whether another thread does something within some real seconds, where nothing happens by itself."""
        seen = self._activity
        if self._others_alive():
            self._turn.wait(LONGEST_PATIENCE)
        return seen != self._activity

    def _nobody_else_comes(self) -> bool:
        """Whether time may jump; otherwise some real time has passed in which others could do something."""
        if len(self._inside) > len(self._waiting):
            self._turn.wait(1)
            return False
        all_arrived = len(self._arrived) >= self._expected
        if all_arrived and (self._all_expected_wait() or not self._others_alive()):
            return True
        seen = self._activity
        self._turn.wait(self.patience if all_arrived else 1)
        return seen == self._activity and len(self._inside) == len(self._waiting)

    def _all_expected_wait(self) -> bool:
        opener = self._opener.ident if self._opener else None
        return 0 < self._expected <= len(self._waiting - {opener})

    def _others_alive(self) -> bool:
        self._known = {ident: thread for ident, thread in self._known.items() if thread.is_alive()}
        return any(ident not in self._waiting for ident in self._known)

    def _changed(self) -> None:
        self._activity += 1
        self._turn.notify_all()

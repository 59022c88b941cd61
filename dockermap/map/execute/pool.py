"""Work that is done side by side, each piece in a thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar('K')


@dataclass(frozen=True)
class Outcome(Generic[K]):
    """Which work has ended, and the error that ended it."""

    key: K
    error: BaseException | None


class Pool(Generic[K]):
    """Does work, and hands out what has ended; ``outcomes`` has all that has.

    Threads do not keep the program alive: what hangs is left behind when it ends.
    """

    def __init__(self) -> None:
        self.running = 0
        self.outcomes: dict[K, Outcome[K]] = {}
        self._ended: queue.SimpleQueue[Outcome[K]] = queue.SimpleQueue()

    def begin(self, key: K, work: Callable[[], object]) -> None:
        """Begin with some work."""
        self.running += 1
        threading.Thread(target=self._do, args=(key, work), daemon=True, name=f'dockermap {key}').start()

    def take(self, seconds: float | None = None) -> Outcome[K] | None:
        """What has ended next; ``None`` if nothing has within the time.

        :param seconds: ``None`` waits until something has ended.
        """
        try:
            outcome = self._ended.get(timeout=seconds)
        except queue.Empty:
            return None
        self.running -= 1
        return outcome

    def _do(self, key: K, work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            self._end(Outcome(key, error))
        else:
            self._end(Outcome(key, None))

    def _end(self, outcome: Outcome[K]) -> None:
        self.outcomes[outcome.key] = outcome
        self._ended.put(outcome)

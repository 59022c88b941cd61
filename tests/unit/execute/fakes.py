"""Operations, and small things in place of what carries them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dockermap.map.execute.conductor import STOP, Conductor
from dockermap.map.execute.pool import Outcome
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.plan.operation import Operation


def operation(number: int, needs: Iterable[int] = (), client: str = 'main', **more: Any) -> Operation:
    """An operation that starts a container named after its number."""
    config_id = MapConfigId(ItemType.CONTAINER, 'shop', f'c{number}')
    return Operation(number, client, config_id, 'start', {}, needs=tuple(needs), **more)


def numbered(*operations: Operation) -> dict[int, Operation]:
    return {found.number: found for found in operations}


class StillClock:
    """A time that passes only if somebody says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds


class FakeExecutor:
    """Keeps what it was asked to carry out; some operations fail."""

    def __init__(self, failing: Mapping[int, BaseException] | None = None) -> None:
        self.clock = StillClock()
        self.done: list[int] = []
        self.skipped: list[tuple[int, str]] = []
        self._failing = failing or {}

    def carry_out(self, found: Operation) -> None:
        if found.number in self._failing:
            raise self._failing[found.number]
        self.done.append(found.number)

    def skip(self, found: Operation, reason: str) -> None:
        self.skipped.append((found.number, reason))


class FakeOwner:
    """Keeps account; says what takes the place of what failed."""

    def __init__(
        self,
        replacements: Mapping[int, Sequence[Operation]] | None = None,
        unreadable: Mapping[int, Exception] | None = None,
        when_failed: Callable[[int], None] | None = None,
    ) -> None:
        self.finished_numbers: list[int] = []
        self.failures: list[tuple[int, Exception]] = []
        self._replacements = replacements or {}
        self._unreadable = unreadable or {}
        self._when_failed = when_failed

    def finished(self, group: int, found: Operation) -> Exception | None:
        self.finished_numbers.append(found.number)
        return self._unreadable.get(found.number)

    def failed(self, group: int, found: Operation, error: Exception) -> Sequence[Operation] | None:
        self.failures.append((found.number, error))
        if self._when_failed is not None:
            self._when_failed(found.number)
        return self._replacements.get(found.number)


class ScriptedPool:
    """Work that ends in an order of the test's own, without threads.

    What has begun goes on until the conductor has nothing more to begin; then what comes first in the order ends.
    """

    def __init__(self, order: Sequence[int]) -> None:
        self._order = list(order)
        self._begun: dict[int, Callable[[], object]] = {}
        self.most: int = 0
        self.outcomes: dict[int, Outcome[int]] = {}
        self.history: list[tuple[str, int]] = []

    @property
    def running(self) -> int:
        return len(self._begun)

    def begin(self, key: int, work: Callable[[], object]) -> None:
        self._begun[key] = work
        self.history.append(('begin', key))
        self.most = max(self.most, len(self._begun))

    def take(self, seconds: float | None = None) -> Outcome[int] | None:
        if seconds == 0 or not self._begun:
            return None
        key = min(self._begun, key=lambda number: (self._rank(number), number))
        work = self._begun.pop(key)
        self.history.append(('end', key))
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:
            error = raised
        self.outcomes[key] = Outcome(key, error)
        return self.outcomes[key]

    def _rank(self, number: int) -> int:
        return self._order.index(number) if number in self._order else len(self._order)


class Performance:
    """A conductor with fakes around it."""

    def __init__(
        self,
        *operations: Operation,
        limits: Mapping[str, int] | None = None,
        on_error: str = STOP,
        ends: Sequence[int] = (),
        failing: Mapping[int, BaseException] | None = None,
        groups: Sequence[Sequence[int]] | None = None,
        owner: FakeOwner | None = None,
    ) -> None:
        self.operations = numbered(*operations)
        self.executor = FakeExecutor(failing)
        self.owner = owner or FakeOwner()
        self.pool = ScriptedPool(ends)
        names = {found.client_name for found in operations}
        self.conductor = Conductor(
            self.executor,  # type: ignore[arg-type]
            limits or dict.fromkeys(names, 4),
            on_error,
        )
        # The scripted pool takes the place of threads, also where one would do.
        self.conductor._pool = self.pool  # type: ignore[assignment]
        self.conductor._is_serial = False
        self._groups = groups if groups is not None else [[number] for number in self.operations]

    def run(self) -> Performance:
        self.conductor.carry_out(self.operations, list(self.operations), self._groups, self.owner)
        return self

    @property
    def begun(self) -> list[int]:
        return [number for event, number in self.pool.history if event == 'begin']

    @property
    def skipped(self) -> dict[int, str]:
        return {entry.operation.number: entry.reason for entry in self.conductor.skipped}

"""Which operations can begin, as others end."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..plan.operation import Operation


class Schedule:
    """Operations that wait for each other, and for a free place at their client.

    :param operations: By number.
    :param order: Numbers, each after those that it needs.
    :param limits: How many operations of a client are carried out at a time; one at a time keeps the order.
    """

    def __init__(self, operations: Mapping[int, Operation], order: Sequence[int], limits: Mapping[str, int]) -> None:
        self._operations = dict(operations)
        self._limits = limits
        self._places: dict[int, int] = {}
        self._waiting: dict[int, set[int]] = {}
        self._users: dict[int, list[int]] = {}
        self._ready: dict[str, list[tuple[int, int]]] = {}
        self._queues: dict[str, deque[int]] = {}
        self._running: dict[str, int] = {}
        for number in order:
            self._add(number, self._operations[number].needs)

    def add(self, operations: Sequence[Operation]) -> None:
        """Operations that take the place of others, one after the other."""
        before: tuple[int, ...] = ()
        for operation in operations:
            self._operations[operation.number] = operation
            self._add(operation.number, before)
            before = (operation.number,)

    def begin(self, allowed: Iterable[int] | None = None) -> Operation | None:
        """An operation that can begin now, which counts as running from then on; the first one in the plan's order.

        :param allowed: Only one of these may begin.
        """
        chosen = None if allowed is None else frozenset(allowed)
        candidates = (
            place for client_name in self._queues if (place := self._candidate(client_name, chosen)) is not None
        )
        first = min(candidates, default=None)
        if first is None:
            return None
        operation = self._operations[first[1]]
        self._leave(operation)
        self._running[operation.client_name] = self._running.get(operation.client_name, 0) + 1
        return operation

    def end(self, number: int) -> None:
        """A running operation has ended, in whatever way."""
        self._running[self._operations[number].client_name] -= 1

    def release(self, number: int) -> None:
        """What waited for an operation need not wait for it any more."""
        for user in self._users.pop(number, ()):
            waiting = self._waiting.get(user)
            if waiting is not None and number in waiting:
                waiting.discard(number)
                if not waiting:
                    self._note_ready(user)

    def drop(self, numbers: Iterable[int]) -> list[int]:
        """Operations will not begin; those of them that had not begun, in the plan's order."""
        dropped = sorted((number for number in numbers if number in self._waiting), key=self._places.__getitem__)
        for number in dropped:
            self._leave(self._operations[number])
        return dropped

    def users(self, *numbers: int) -> dict[int, int]:
        """All operations that wait for some, directly or not, each with one of those."""
        found: dict[int, int] = {}
        waiting = [(number, number) for number in numbers]
        while waiting:
            number, needed = waiting.pop()
            for user in self._users.get(number, ()):
                if user not in found and user in self._waiting:
                    found[user] = needed
                    waiting.append((user, needed))
        return found

    def waiting(self) -> Iterator[int]:
        """Numbers of the operations that have not begun, in the plan's order."""
        yield from sorted(self._waiting, key=self._places.__getitem__)

    def _add(self, number: int, needs: Iterable[int]) -> None:
        client_name = self._operations[number].client_name
        self._places[number] = len(self._places)
        waiting = self._waiting[number] = {needed for needed in needs if needed in self._waiting}
        for needed in waiting:
            self._users.setdefault(needed, []).append(number)
        self._queues.setdefault(client_name, deque()).append(number)
        if not waiting:
            self._note_ready(number)

    def _note_ready(self, number: int) -> None:
        client_name = self._operations[number].client_name
        heapq.heappush(self._ready.setdefault(client_name, []), (self._places[number], number))

    def _leave(self, operation: Operation) -> None:
        del self._waiting[operation.number]

    def _candidate(self, client_name: str, allowed: frozenset[int] | None) -> tuple[int, int] | None:
        """Place and number of the operation that a client could carry out next."""
        limit = self._limits.get(client_name, 1)
        if self._running.get(client_name, 0) >= limit:
            return None
        if limit == 1 and allowed is None:
            return self._head(client_name)
        ready = self._ready.get(client_name, [])
        if allowed is not None:
            return min((entry for entry in ready if entry[1] in self._waiting and entry[1] in allowed), default=None)
        while ready and ready[0][1] not in self._waiting:
            heapq.heappop(ready)
        return ready[0] if ready else None

    def _head(self, client_name: str) -> tuple[int, int] | None:
        queue = self._queues[client_name]
        while queue and queue[0] not in self._waiting:
            queue.popleft()
        if not queue or self._waiting[queue[0]]:
            return None
        return self._places[queue[0]], queue[0]

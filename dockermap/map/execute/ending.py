"""What becomes of operations when the program is about to end."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..input._dependencies import COMPLETED
from ..plan.expand.conditions import RUNNING
from ..plan.operation import Operation
from .events import Clock
from .pool import Outcome, Pool
from .until import DEFAULT_GRACE

log = logging.getLogger(__name__)

SECONDS = 10.0
"""How long running calls may take to end, and how long is waited afterwards for new containers to run."""

_SHORTEST_WAIT = 1.0


@dataclass(frozen=True)
class Bundle:
    """Operations that are carried out all, or are all undone, even if the program is about to end.

    :param order: Their numbers, in their order.
    :param decisive: Once this one is done, the others are carried out; before, all are undone.
    """

    order: Sequence[int]
    decisive: int


class Carrying(Protocol):
    """What carries out single operations, and undoes them."""

    clock: Clock

    def carry_out(self, operation: Operation) -> None:
        """Carry out one operation, unless its condition does not hold."""

    def put_back(self, operation: Operation, error: BaseException) -> None:
        """Do what the undo of an operation says, although the operation has not failed."""

    def abandon(self, numbers: Collection[int]) -> set[int]:
        """Undo nothing for these operations, whoever carries them out; those for which that has begun already."""


class Ending:
    """The end of operations after something has interrupted them.

    :param begun: Numbers of the operations that were begun.
    :param finished: Numbers of those that were carried out.
    :param failed: Numbers of those that failed, and were undone.
    """

    def __init__(
        self,
        executor: Carrying,
        operations: Mapping[int, Operation],
        begun: Collection[int],
        finished: Collection[int],
        failed: Collection[int],
    ) -> None:
        self._executor = executor
        self._operations = operations
        self._begun = set(begun)
        self._finished = set(finished)
        self._failed = set(failed)
        self._deadline = executor.clock.now() + SECONDS

    def outcomes(self, pool: Pool[int]) -> Iterator[Operation]:
        """Wait for what runs; the operations that were carried out."""
        while pool.running and (left := self._left()) > 0:
            pool.take(left)
        open_numbers = self._begun - self._finished - self._failed
        # An interrupt may have come when an outcome was just being handed out.
        for outcome in [found for number in sorted(open_numbers) if (found := pool.outcomes.get(number)) is not None]:
            yield from self._noted(outcome)
        if pool.running:
            log.warning('%d calls did not end within %d seconds, and are left behind.', pool.running, SECONDS)
            self._failed |= self._executor.abandon(open_numbers - set(pool.outcomes))

    def _noted(self, outcome: Outcome[int]) -> Iterator[Operation]:
        if outcome.error is None:
            self._finished.add(outcome.key)
            yield self._operations[outcome.key]
        elif isinstance(outcome.error, Exception):
            self._failed.add(outcome.key)

    def settle(self, bundles: Sequence[Bundle], error: BaseException) -> Iterator[Operation]:
        """Finish what is beyond the decisive operation, and undo what is not; the operations that are carried out.

        A second interruption ends that.
        """
        for bundle in bundles:
            begun = [number for number in bundle.order if number in self._begun]
            left = [number for number in bundle.order if number not in self._finished]
            if not begun or not left or self._failed.intersection(bundle.order):
                # What has failed was put back by whoever carried it out.
                continue
            if bundle.decisive not in self._finished:
                self._executor.put_back(self._operations[begun[-1]], error)
                continue
            yield from self._finish(left)

    def _finish(self, numbers: Sequence[int]) -> Iterator[Operation]:
        for number in numbers:
            operation = self._in_time(self._operations[number])
            if number in self._begun:
                # Nobody knows how far it has come.
                operation = replace(operation, tolerates={'conflict': '', 'not_found': '', **operation.tolerates})
            try:
                self._executor.carry_out(operation)
            except Exception as failure:
                log.error('%s', failure)
                return
            yield self._operations[number]

    def _in_time(self, operation: Operation) -> Operation:
        """An operation that waits no longer than there is time: whether a container runs has to do."""
        if operation.call != 'wait':
            return operation
        arguments, left = dict(operation.arguments), max(_SHORTEST_WAIT, self._left())
        if 'seconds' in arguments:
            arguments['seconds'] = min(arguments['seconds'], left)
        if arguments.get('until') == COMPLETED:
            arguments = {'seconds': 0}
        elif 'until' in arguments:
            grace = min(arguments.get('grace', DEFAULT_GRACE), left / 2)
            arguments.update(until=RUNNING, timeout=left, grace=grace)
        return replace(operation, arguments=arguments)

    def _left(self) -> float:
        return self._deadline - self._executor.clock.now()

"""Carrying out what follows from many decisions, side by side where nothing speaks against it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from .._describe import describe_item
from ..plan.operation import Operation
from .ending import Bundle, Ending
from .ending import Carrying as Settling
from .pool import Outcome, Pool
from .schedule import Schedule

log = logging.getLogger(__name__)

STOP, CONTINUE = 'stop', 'continue'
_NOT_BEGUN = 'nothing else was begun after the failure'
_GONE = 'which could not be reached any more'
_LOST = 'the client could not be reached any more'


@dataclass(frozen=True)
class Skipped:
    """An operation that was not attempted.

    :param reason: Why not, for people.
    """

    operation: Operation
    reason: str


@dataclass
class Group:
    """Operations that follow from one decision, in their order.

    :param numbers: Their numbers.
    :param standing: Numbers of the operations that this takes the place of, which are done when this is.
    """

    numbers: Sequence[int]
    standing: Sequence[int] = ()
    begun: bool = False
    left: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.left = set(self.numbers)


class Carrying(Settling, Protocol):
    """What carries out single operations."""

    def skip(self, operation: Operation, reason: str) -> None:
        """Tell the listener that an operation is not attempted."""


class Owner(Protocol):
    """Who has decided about the groups, and keeps account of what was done."""

    def finished(self, group: int, operation: Operation) -> Exception | None:
        """An operation of a group was carried out; an error is treated as its failure."""

    def failed(self, group: int, operation: Operation, error: Exception) -> Sequence[Operation] | None:
        """An operation failed; ``None`` if that ends what needs it.

        Otherwise the rest of the group is left out, and the operations that are returned take its place.
        """


class Conductor:
    """Carries operations out in an order in which each comes after those that it needs.

    :param executor: Carries out a single operation.
    :param limits: How many at a time, by client.
    :param on_error: ``stop`` begins nothing else after a failure but what belongs to items that were begun;
        ``continue`` goes on with all that does not need what failed.
    """

    def __init__(self, executor: Carrying, limits: Mapping[str, int], on_error: str) -> None:
        self.skipped: list[Skipped] = []
        self._executor = executor
        self._limits = limits
        self._on_error = on_error
        self._pool: Pool[int] = Pool()
        self._is_serial = all(limit == 1 for limit in limits.values())
        self._stopped = False
        self._begun: set[int] = set()
        self._finished: set[int] = set()
        self._failed: set[int] = set()

    def carry_out(
        self,
        operations: Mapping[int, Operation],
        order: Sequence[int],
        groups: Sequence[Sequence[int]],
        owner: Owner,
        bundles: Sequence[Bundle] = (),
        blocked: Mapping[int, str] | None = None,
    ) -> None:
        """Carry out all operations, or as many as possible.

        :param groups: Numbers of the operations that follow from one decision, for each decision.
        :param bundles: Operations that are only carried out all, or are undone.
        :param blocked: Operations that are not begun, with the reason; nor is what needs them.
        :raises BaseException: What ends the program; what ran has had ten seconds to end.
        """
        self._operations = dict(operations)
        self._schedule = Schedule(operations, order, self._limits)
        self._groups = [Group(numbers) for numbers in groups]
        self._group_of = {number: index for index, numbers in enumerate(groups) for number in numbers}
        self._owner = owner
        self._bundles = bundles
        self._companions: dict[int, set[int]] = {}
        for bundle in bundles:
            together = {self._group_of[number] for number in bundle.order}
            self._companions.update((index, together) for index in together)
        for number, reason in (blocked or {}).items():
            self._skip((number, *self._schedule.users(number)), reason)
        try:
            while (operation := self._next()) is not None or self._pool.running:
                if operation is not None and self._is_serial:
                    try:
                        self._executor.carry_out(operation)
                    except Exception as error:
                        self._account(Outcome(operation.number, error))
                    else:
                        self._account(Outcome(operation.number, None))
                    continue
                if operation is not None:
                    self._pool.begin(operation.number, partial(self._executor.carry_out, operation))
                outcome = self._pool.take(None if operation is None else 0)
                if outcome is not None:
                    self._account(outcome)
        except BaseException as error:
            self._end(error)
            raise
        else:
            self._skip(self._schedule.waiting(), _NOT_BEGUN)
        finally:
            # Neither keeps the other one alive, and with it clients and their connections.
            del self._owner

    def _next(self) -> Operation | None:
        """The operation that is to begin now, beside those that run."""
        allowed = None
        if self._stopped:
            allowed = [number for group in self._groups if group.begun for number in group.left]
        operation = self._schedule.begin(allowed)
        if operation is not None:
            self._begun.add(operation.number)
            index = self._group_of[operation.number]
            for companion in self._companions.get(index, (index,)):
                self._groups[companion].begun = True
        return operation

    def _account(self, outcome: Outcome[int]) -> None:
        number = outcome.key
        operation, index = self._operations[number], self._group_of[number]
        self._schedule.end(number)
        error = outcome.error
        if error is None:
            error = self._owner.finished(index, operation)
        elif isinstance(error, Exception):
            self._failed.add(number)
        if isinstance(error, Exception):
            self._fail(index, operation, error)
        elif error is not None:
            raise error
        else:
            self._done(index, number)

    def _done(self, index: int, number: int) -> None:
        group = self._groups[index]
        self._finished.add(number)
        group.left.discard(number)
        self._schedule.release(number)
        if not group.left:
            for former in group.standing:
                self._schedule.release(former)

    def _fail(self, index: int, operation: Operation, error: Exception) -> None:
        replacement = self._owner.failed(index, operation, error)
        group = self._groups[index]
        rest = [operation.number, *self._schedule.drop([*group.left])]
        group.left.clear()
        if replacement is None:
            self._stopped = self._stopped or self._on_error == STOP
            users = self._schedule.users(*rest, *group.standing)
            self._tell_skipped(rest[1:], _needs(operation, operation.client_name))
            for user in self._schedule.drop(users):
                self._tell_skipped([user], _needs(operation, self._operations[user].client_name))
            return
        standing = (*rest, *group.standing)
        if not replacement:
            for former in standing:
                self._schedule.release(former)
            return
        for added in replacement:
            self._operations[added.number] = added
            self._group_of[added.number] = len(self._groups)
        self._groups.append(Group([added.number for added in replacement], standing, begun=True))
        self._schedule.add(replacement)

    def leave_out(self, numbers: Sequence[int], failed: Operation, ends_others: bool) -> None:
        """Operations of a client that has gone are not carried out.

        :param failed: The one that has shown it.
        :param ends_others: What needs them is not carried out either; otherwise, it need not wait for them.
        """
        users = self._schedule.users(failed.number, *numbers) if ends_others else {}
        dropped = self._schedule.drop(numbers)
        self._tell_skipped(dropped, _LOST)
        for user in self._schedule.drop(users):
            needed = self._operations[users[user]]
            reason = f'needs {describe_item(needed.config_id)} on client {needed.client_name}, {_GONE}'
            self._tell_skipped([user], reason)
        for number in dropped:
            self._schedule.release(number)

    def _skip(self, numbers: Iterable[int], reason: str) -> None:
        self._tell_skipped(self._schedule.drop(numbers), reason)

    def _tell_skipped(self, numbers: Iterable[int], reason: str) -> None:
        for number in numbers:
            operation = self._operations[number]
            self._groups[self._group_of[number]].left.discard(number)
            self.skipped.append(Skipped(operation, reason))
            self._executor.skip(operation, reason)

    def _end(self, error: BaseException) -> None:
        """The program ends: nothing new is begun, what runs gets some time, and what is in between does not stay so."""
        ending = Ending(self._executor, self._operations, self._begun, self._finished, self._failed)
        for operation in ending.outcomes(self._pool):
            self._owner.finished(self._group_of[operation.number], operation)
        if getattr(error, 'is_final', False):
            return
        for operation in ending.settle(self._bundles, error):
            self._owner.finished(self._group_of[operation.number], operation)


def _needs(failed: Operation, client_name: str) -> str:
    """Why an operation of a client is not attempted."""
    place = '' if failed.client_name == client_name else f' on client {failed.client_name}'
    return f'needs {failed.call} for {describe_item(failed.config_id)}{place}, which failed'

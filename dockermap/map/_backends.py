"""What is used for which kind of client: one row for each kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from .plan.operation import Operation

if TYPE_CHECKING:
    from .action.base import AbstractActionGenerator
    from .execute.executor import Executor
    from .policy.base import BasePolicy
    from .runner import AbstractRunner
    from .state.base import AbstractStateGenerator

T = TypeVar('T')


class Backend(NamedTuple):
    """What looks at items, decides about them, and changes them, on one kind of client.

    Each takes its options out of the keyword arguments.
    """

    state_generator: Callable[[str, BasePolicy, MutableMapping[str, Any]], AbstractStateGenerator]
    action_generator: Callable[[str, BasePolicy, MutableMapping[str, Any]], AbstractActionGenerator]
    runner: Callable[[BasePolicy, MutableMapping[str, Any]], AbstractRunner]


class ByClient(Generic[T]):
    """Something for each kind of client that a call is about, found by the name of a client.

    :param rows: By kind of client; at least one.
    :param kind_of: Kind of a client, by its name. A name that is not known goes to the first row, where it is refused.
    """

    def __init__(self, rows: Mapping[str, T], kind_of: Callable[[str], str | None]) -> None:
        self._rows = dict(rows)
        self._kind_of = kind_of
        self.all = list(self._rows.values())
        self.first = self.all[0]

    def row(self, kind: str) -> T:
        """What is for a kind of client."""
        return self._rows[kind]

    def of(self, client_name: str) -> T:
        """What is for a client."""
        return self._rows.get(self._kind_of(client_name) or '', self.first)


class Executors:
    """Has each operation carried out by the executor for its client.

    :param executors: By the name of the client; at least one.
    """

    def __init__(self, executors: Mapping[str, Executor]) -> None:
        self._executors = executors
        self.clock = next(iter(executors.values())).clock

    def carry_out(self, operation: Operation) -> None:
        """Carry out one operation, unless its condition does not hold."""
        self._executors[operation.client_name].carry_out(operation)

    def skip(self, operation: Operation, reason: str) -> None:
        """Tell the listener that an operation is not attempted."""
        self._executors[operation.client_name].skip(operation, reason)

    def put_back(self, operation: Operation, error: BaseException) -> None:
        """Do what the undo of an operation says, although the operation has not failed."""
        self._executors[operation.client_name].put_back(operation, error)

    def abandon(self, numbers: Collection[int]) -> set[int]:
        """Undo nothing for these operations, whoever carries them out; those for which that has begun already."""
        return set().union(*(executor.abandon(numbers) for executor in self._executors.values()))

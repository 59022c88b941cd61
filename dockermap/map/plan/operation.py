"""One engine call of a plan, with its cause, what it waits for, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..action.causes import Cause
from ..input import MapConfigId

__all__ = ['Cause', 'Condition', 'Operation', 'Result', 'Undo']

DONE = 'done'
"""Outcome of an operation that was carried out as it was meant."""

SKIPPED = 'skipped'
"""Outcome of an operation whose condition did not hold."""


@dataclass(frozen=True)
class Result:
    """Stands in arguments for a value that is known when another operation has been carried out.

    :param operation: Number of the operation.
    :param key: What it is taken from in the answer, such as ``Id``; also what a digest of the arguments knows of it.
    :param convert: Makes the argument from the value.
    """

    operation: int
    key: str
    convert: Callable[[Any], Any] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Condition:
    """An operation is carried out only if another one ended like this: ``done``, or an outcome that it tolerates."""

    operation: int
    outcome: str = DONE


@dataclass(frozen=True)
class Undo:
    """How things are put back if an operation fails.

    :param operations: What is carried out then, in this order. Failures in it are logged.
    :param reverts: Numbers of operations that were carried out before, and count as not done afterwards.
    :param message: What is told about it.
    :param note: What is added to the text of the error when everything is as it was before.
    :param goes_on: Whether the rest is carried out although one of the operations failed.
    """

    operations: tuple[Operation, ...]
    reverts: frozenset[int] = frozenset()
    message: str = ''
    note: str = ''
    goes_on: bool = False


@dataclass(frozen=True)
class Operation:
    """One call of a client, or one wait.

    :param number: Place in the plan, counted from zero.
    :param client_name: Name of the client.
    :param config_id: The item that it is done for.
    :param call: Name of the client's method, ``wait`` for waiting, or the name of a runner's own method.
    :param arguments: Keyword arguments; may contain :class:`Result`. Never shown, as they may hold secrets.
    :param causes: Why it is done.
    :param needs: Numbers of the operations that have to be carried out before.
    :param tolerates: Answers that are no failure, each with what is told about it; nothing is told for an empty text.
    :param condition: When it is carried out; ``None`` is always.
    :param undo: How things are put back if it fails.
    :param conditional: It depends on what images turn out to be when they have been pulled.
    :param purpose: What could not be done if it ends with another exit code than zero, or returns nothing.
    :param method: The runner's own method that takes the place of a call.
    :param owner: Name of the client that has the item, if the call goes to another one.
    :param by_id: Names in the arguments that stand for what other operations create, with the numbers of these. Their
        ids are passed on instead.
    """

    number: int
    client_name: str
    config_id: MapConfigId
    call: str
    arguments: Mapping[str, Any] = field(repr=False)
    causes: tuple[Cause, ...] = ()
    needs: tuple[int, ...] = ()
    tolerates: Mapping[str, str] = field(default_factory=dict)
    condition: Condition | None = None
    undo: Undo | None = field(default=None, repr=False)
    conditional: bool = False
    purpose: str = ''
    method: Callable[..., Any] | None = field(default=None, repr=False, compare=False)
    owner: str = ''
    by_id: Mapping[str, int] = field(default_factory=dict)

    @property
    def item(self) -> tuple[str, MapConfigId]:
        """The item that it is done for, with the name of its client."""
        return self.owner or self.client_name, self.config_id

    @property
    def is_wait_for_state(self) -> bool:
        """Whether it waits until a container runs, is healthy, or has run to its end."""
        return self.call == 'wait' and 'until' in self.arguments

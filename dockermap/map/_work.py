"""Carrying out what was decided about the items of a call, and what a failure means for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ._backends import ByClient, Executors
from ._report import Report
from .action import Action, ActionEnum, ContainerUtilAction
from .exceptions import ActionException
from .execute.conductor import STOP, Conductor
from .execute.ending import Bundle
from .plan.decide import Decision
from .plan.expand import Step
from .plan.needs import Arrangement
from .plan.operation import Operation
from .runner import AbstractRunner, ActionOutput
from .runner._steps import StepRunner


def as_steps(runner: AbstractRunner) -> StepRunner | None:
    """The runner, if it carries out operations as this library gives them."""
    is_own = not isinstance(runner, StepRunner) or type(runner).run_actions is not StepRunner.run_actions
    return None if is_own else runner  # type: ignore[return-value]


def all_steps(runners: ByClient[AbstractRunner]) -> list[StepRunner]:
    """Those of the runners that carry out operations as this library gives them."""
    return [steps for runner in runners.all if (steps := as_steps(runner)) is not None]


@dataclass(frozen=True)
class Draft:
    """A decision, and its steps; without them, the runner does its own."""

    decision: Decision
    steps: Sequence[Step] | None

    @property
    def numbers(self) -> list[int]:
        """Numbers of the operations, in their order."""
        return [number for step in self.steps or () for number in step.operations]


class Settings(NamedTuple):
    """How a call carries out what it has decided.

    :param limit: How many operations of a client are carried out at a time, by its name.
    :param on_error: ``stop`` or ``continue``.
    :param wait: Whether to wait until all containers work; ``None`` is one look in the end.
    :param wait_timeout: Limit of each wait in seconds, if not that of its client.
    :param rollout: Which clients come first, if not what configurations and maps say.
    :param notices: What to tell about the options of the call.
    """

    limit: Callable[[str], int]
    on_error: str = STOP
    wait: bool | None = False
    wait_timeout: float | None = None
    rollout: Any = None
    notices: Sequence[str] = ()


class Limits(NamedTuple):
    """What clients that have gone mean for the others.

    :param blocked: Operations that are not begun, by number, with the reason; what needs them is not, either.
    :param ends_others: Whether what waits for something on a client that is lost is not done either.
    """

    blocked: Mapping[int, str]
    ends_others: bool = False


Repeat = Callable[[Draft, ActionException, bool], 'list[Draft] | None']
"""Gives what takes the place of a draft that failed; nothing if its failure does not matter, ``None`` if it does."""


class Work:
    """Carries drafts out side by side, and decides what a failure means for the others."""

    def __init__(
        self,
        report: Report,
        repeated: Repeat,
        runners: ByClient[AbstractRunner],
        drafts: Sequence[Draft],
        arrangement: Arrangement,
        settings: Settings,
        lost: Limits,
    ) -> None:
        self._report = report
        self._lost = lost
        self._repeated = repeated
        self._drafts = list(drafts)
        self._first_repeated = len(drafts)
        self._places = list(range(len(drafts)))
        self._next = [0] * len(drafts)
        chosen = {number for draft in drafts for number in draft.numbers}
        self._order = [number for number in arrangement.order if number in chosen]
        self._operations = {number: arrangement.operations[number] for number in self._order}
        clients = dict.fromkeys(draft.decision.state.client_name for draft in drafts)
        clients.update(dict.fromkeys(operation.client_name for operation in self._operations.values()))
        self._steps = {name: steps for name in clients if (steps := as_steps(runners.of(name))) is not None}
        self._bundles = [
            Bundle(group.own, group.started) for group in arrangement.groups if chosen.issuperset(group.own)
        ]
        limits = {name: settings.limit(name) for name in self._steps}
        executors = {name: steps.executor for name, steps in self._steps.items()}
        first = next(iter(executors.values()))
        is_only_one = all(executor is first for executor in executors.values())
        self.conductor = Conductor(first if is_only_one else Executors(executors), limits, settings.on_error)

    def carry_out(self) -> None:
        for number in self._order:
            operation = self._operations[number]
            self._steps[operation.client_name].executor.announce(operation)
        numbers = [draft.numbers for draft in self._drafts]
        self.conductor.carry_out(self._operations, self._order, numbers, self, self._bundles, self._lost.blocked)
        for group, draft in enumerate(self._drafts):
            if not draft.numbers and not self._report.failures:
                self._read(group)

    def finished(self, group: int, operation: Operation) -> Exception | None:
        """Read the results of actions whose last operation is done."""
        return self._read(group, operation.number)

    def failed(self, group: int, operation: Operation, error: Exception) -> Sequence[Operation] | None:
        draft = self._drafts[group]
        step = next(step for step in draft.steps or () if operation.number in step.operations)
        failure = ActionException(
            (type(error), error, error.__traceback__), step.client_name, step.config_id, _deed(step, operation)
        )
        failure.__cause__ = error
        if operation.owner:
            # The client that was asked has a problem, and not the one of the item.
            self._report.failures.append(failure)
            return None
        try:
            repeated = self._repeated(draft, failure, group >= self._first_repeated)
        except Exception as other:
            self._report.failures.append(other)
            return None
        if repeated is None:
            self._report.failures.append(failure)
            return None
        if step.client_name in self._report.unreachable:
            left = [number for number, other in self._operations.items() if other.item[0] == step.client_name]
            self.conductor.leave_out(left, operation, ends_others=self._lost.ends_others)
        return self._taking_over(group, repeated)

    def _taking_over(self, group: int, drafts: Sequence[Draft]) -> list[Operation]:
        operations: list[Operation] = []
        for draft in drafts:
            if draft.numbers:
                self._drafts.append(draft)
                self._places.append(self._places[group])
                self._next.append(0)
                added = self._steps[draft.decision.state.client_name].expansion.operations
                operations.extend(added[number] for number in draft.numbers)
        self._operations.update((operation.number, operation) for operation in operations)
        return operations

    def _read(self, group: int, number: int | None = None) -> Exception | None:
        steps = self._drafts[group].steps or ()
        while self._next[group] < len(steps):
            step = steps[self._next[group]]
            if step.operations and (number is None or step.operations[-1] > number):
                return None
            try:
                result = step.read(self._steps[step.client_name].executor.responses)
            except Exception as error:
                return error
            place = self._places[group], self._next[group]
            self._report.account.add(
                place,
                ActionOutput(step.client_name, step.config_id, step.action_type, result),
                # What takes no operation is put back with the rest.
                step.operations or self._drafts[group].numbers,
            )
            self._next[group] += 1
        return None


def _deed(step: Step, operation: Operation) -> ActionEnum:
    """What could not be done; whether a new container works is looked at after its commands, and is none of them."""
    is_last_look = step.action_type is ContainerUtilAction.EXEC_ALL and operation.is_wait_for_state
    return Action.WAIT if is_last_look else step.action_type

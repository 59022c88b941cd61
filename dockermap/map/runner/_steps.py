"""What all methods of the runner have in common: an action becomes operations, and these are carried out."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..action import Action, ActionEnum, ItemAction, NetworkUtilAction
from ..exceptions import ActionException
from ..execute.executor import Executor
from ..input import ItemType
from ..plan.expand import Expansion, Step, new_expansion
from ..plan.operation import Operation
from ..request import ActionConfig
from ..request.builders import RequestBuilder
from ..state.observed import Observed
from . import AbstractRunner, ActionOutput

if TYPE_CHECKING:
    from ..execute.events import Listener
    from ..policy.base import BasePolicy

_Method = TypeVar('_Method', bound=Callable[..., Any])
_MARK = '_carries_out'


def carries_out(*keys: tuple[ItemType, ActionEnum]) -> Callable[[_Method], _Method]:
    """Mark a method that does no more than to carry out the operations of an action."""

    def mark(method: _Method) -> _Method:
        setattr(method, _MARK, keys)
        return method

    return mark


class StepRunner(RequestBuilder, AbstractRunner):
    """Carries out the operations of actions, one after the other.

    A method that a subclass overrides or adds is called in place of the operations.
    """

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        super().__init__(policy, kwargs)
        self.executor = self.new_executor()
        self._done: list[tuple[ActionOutput, Step]] = []
        self.begin(Observed())

    def begin(self, observed: Observed, operations: list[Operation] | None = None) -> None:
        """Get ready for a plan that follows from what was found.

        :param operations: Of the same plan, so far, which others add to as well.
        """
        former: Expansion | None = getattr(self, 'expansion', None)
        # Neither may keep the runner alive, and with it clients and their connections.
        owner = weakref.proxy(self)
        self.expansion = self.new_expansion(owner, observed, operations)
        if former is not None:
            self.expansion.logins.update(former.logins)
        self.executor.forget()
        self._done.clear()

    def new_executor(self, listener: Listener | None = None) -> Executor:
        """What carries operations out."""
        return Executor(self._policy, listener)

    def new_expansion(self, owner: Any, observed: Observed, operations: list[Operation] | None) -> Expansion:
        """What makes operations of actions.

        :param owner: This runner, which it must not keep alive.
        """
        return new_expansion(self._policy, owner, observed, lambda *key: owner.own_method(*key), operations)

    def listen(self, listener: Listener | None) -> None:
        """Have a listener told what happens."""
        self.executor = self.new_executor(listener)

    def own_method(self, item_type: ItemType, action_type: ActionEnum) -> Callable[..., Any] | None:
        """The method for an action if it is not one of this library, otherwise ``None``."""
        name = self._method_names().get((item_type, action_type))
        if name is None:
            return None
        method: Callable[..., Any] = getattr(self, name)
        return None if (item_type, action_type) in getattr(method, _MARK, ()) else method

    def run_actions(self, actions: Iterable[ItemAction]) -> Iterator[ActionOutput]:
        for group in _groups(actions):
            yield from self.perform(self.expansion.expand(group))

    def perform(self, steps: Iterable[Step]) -> Iterator[ActionOutput]:
        """Carry out steps as the results are asked for; those without result yield nothing.

        :raises ActionException: An operation failed.
        """
        for step in steps:
            try:
                for number in step.operations:
                    self.executor.carry_out(self.expansion.operations[number])
                result = step.read(self.executor.responses)
            except Exception as error:
                self._forget_reverted()
                raise ActionException(sys.exc_info(), step.client_name, step.config_id, step.action_type) from error
            output = ActionOutput(step.client_name, step.config_id, step.action_type, result)
            self.completed.append(output)
            self._done.append((output, step))
            if result is not None:
                yield output

    def carry_out(self, action_type: ActionEnum, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Any:
        """Carry out one action on an item; return its result.

        :raises Exception: Whatever the client raises.
        """
        step = self.expansion.expand_call(action, name, action_type, kwargs)
        for number in step.operations:
            self.executor.carry_out(self.expansion.operations[number])
        return step.read(self.executor.responses)

    def _forget_reverted(self) -> None:
        """What was put back does not count as done."""
        for entry in self._done:
            output, step = entry
            if self.executor.reverted.intersection(step.operations) and output in self.completed:
                self.completed.remove(output)

    def _method_names(self) -> dict[tuple[ItemType, ActionEnum], str]:
        return {(item_type, action): name for item_type, action, name in self.action_method_names}


def _groups(actions: Iterable[ItemAction]) -> Iterator[Sequence[ItemAction]]:
    """Actions that belong together; looks ahead only where containers are disconnected from a network."""
    remaining = iter(actions)
    for item in remaining:
        group = [item]
        while _is_followed(group):
            following = next(remaining, None)
            if following is None:
                break
            group.append(following)
        yield group


def _is_followed(group: list[ItemAction]) -> bool:
    """Whether there is more to a network: what is disconnected is then removed, or re-created and reconnected."""
    first, last = group[0], group[-1]
    if NetworkUtilAction.DISCONNECT_ALL not in first.action_types or last.config_id != first.config_id:
        return False
    return len(group) == 1 or Action.CREATE in last.action_types

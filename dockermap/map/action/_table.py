"""Decision tables: rows of an item type, a condition and steps, and the generator that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from ..input import CmdCheck, ItemType
from ..policy import ConfigFlags, PolicyUtil
from ..state import ConfigState
from . import Action, ActionEnum, ContainerUtilAction, ItemAction
from ._conditions import is_container, is_requested_container, was_started
from .base import AbstractActionGenerator


class Step(NamedTuple):
    """Part of a row: actions that become one :class:`~dockermap.map.action.ItemAction`.

    ``data`` gives keyword arguments from the state; ``takes_arguments`` adds those of the caller.
    """

    actions: ActionEnum | Sequence[ActionEnum]
    takes_arguments: bool = False
    data: Callable[[ConfigState], Mapping[str, Any]] | None = None


class Row(NamedTuple):
    """What is done about an item of a type, if the generator finds that the condition applies to its state."""

    item_type: ItemType
    condition: Callable[[Any, ConfigState], bool]
    steps: tuple[Step | ActionEnum | Sequence[ActionEnum], ...]


class TableActionGenerator(AbstractActionGenerator):
    """Takes the first row that applies to a state; none means that there is nothing to do."""

    rows: ClassVar[tuple[Row, ...]] = ()

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        for row in self.rows:
            if row.item_type == state.config_id.config_type and row.condition(self, state):
                actions = list(self._plan(row, state, kwargs))
                self.note(actions)
                return actions
        return None

    def takes_arguments(self, state: ConfigState) -> bool:
        """Whether the caller's arguments are meant for this item."""
        return True

    def _plan(self, row: Row, state: ConfigState, kwargs: Mapping[str, Any]) -> Iterator[ItemAction]:
        steps = [step if isinstance(step, Step) else Step(step) for step in row.steps]
        creates = any(Action.CREATE in _as_list(step.actions) for step in steps)
        started_before = not creates and was_started(state)
        for step in steps:
            arguments = kwargs if step.takes_arguments and self.takes_arguments(state) else {}
            runs_all = ContainerUtilAction.EXEC_ALL in _as_list(step.actions)
            yield ItemAction(
                state,
                step.actions,
                step.data(state) if step.data else None,
                started_before=started_before and runs_all,
                **arguments,
            )


class RequestedArgumentsGenerator(TableActionGenerator):
    """The caller's arguments are for the items asked for, not for what comes with them."""

    def get_hint(self, state: ConfigState, **kwargs: Any) -> str | None:
        hint = super().get_hint(state, **kwargs)
        if hint or not kwargs or not is_requested_container(state):
            return hint
        names = ', '.join(sorted(kwargs))
        return f'it exists, so {names} had no effect. To apply such arguments, use shutdown, then startup with them'

    def takes_arguments(self, state: ConfigState) -> bool:
        return ConfigFlags.DEPENDENT not in state.config_flags


class WaitOptions(PolicyUtil):
    """What starts containers can wait until they work.

    ``wait`` says whether it does; ``None`` is one look at them in the end. ``wait_timeout`` limits each wait.
    """

    wait: bool | None = None
    wait_timeout: float | None = None
    policy_options = ['wait', 'wait_timeout']


class CommandOptions(PolicyUtil):
    """What starts containers brings back commands that should run in them.

    ``check_exec_commands`` says how these are found among the processes of a container that runs already.
    """

    check_exec_commands: Any = CmdCheck.FULL
    policy_options = ['check_exec_commands']


class PathArgumentsGenerator(TableActionGenerator):
    """The caller's arguments are for all containers, and for other items asked for."""

    def takes_arguments(self, state: ConfigState) -> bool:
        return is_container(state) or ConfigFlags.DEPENDENT not in state.config_flags


def _as_list(actions: ActionEnum | Sequence[ActionEnum]) -> Sequence[ActionEnum]:
    return [actions] if isinstance(actions, ActionEnum) else actions

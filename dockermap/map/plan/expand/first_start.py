"""Operations that start a container, created by an earlier call, for the first time, and run its first commands.

Until these have ended, its name says so. A container that still has such a name when its run is over is created again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...action import Action, ActionEnum, ContainerUtilAction, ItemAction
from ...input import ItemType
from ...policy.replaced import successor_name
from ...request import ActionConfig, action_config
from ...request.arguments import creation_arguments, with_call_arguments
from ...request.settings import container_settings
from ..replacement import PutBack, Replacement
from .conditions import add_conditions
from .containers import add_delay, get_ready
from .execs import run_all
from .replacing import can_rename, runs_first_commands
from .steps import Reader, Step, answer
from .volumes import was_never_started

if TYPE_CHECKING:
    from .expansion import Expansion

_FIRST_START = [Action.START, ContainerUtilAction.EXEC_ALL]
_ANY = {'any': ''}


def steps(plan: Expansion, actions: Sequence[ItemAction]) -> tuple[Iterator[Step], int] | None:
    """Steps of the first of some actions, if these start a container that has to run its first commands."""
    count = _count(actions)
    if not count or actions[0].config_id.config_type != ItemType.CONTAINER or actions[count - 1].started_before:
        return None
    action = action_config(plan.policy, actions[0].client_name, actions[0].config_id)
    name = plan.policy.item_name(action.config_id)
    if not (runs_first_commands(action) and can_rename(plan, action) and was_never_started(plan, action, name)):
        return None
    return _steps(plan, action, name, actions[:count]), count


def _count(actions: Sequence[ItemAction]) -> int:
    """How many actions start a container, and run all commands in it."""
    types: list[ActionEnum] = []
    for count, item in enumerate(actions, 1):
        types.extend(item.action_types)
        if types == _FIRST_START and item.config_id == actions[0].config_id:
            return count
    return 0


def _steps(plan: Expansion, action: ActionConfig, name: str, actions: Sequence[ItemAction]) -> Iterator[Step]:
    first = len(plan.operations)
    marked, start = _start(plan, action, name, dict(actions[0].extra_data))
    yield _step(plan, action, Action.START, first, answer(start))
    commands = len(plan.operations)
    read = run_all(plan, action, successor_name(name), dict(actions[-1].extra_data))
    plan.add(action, 'rename', {'container': successor_name(name), 'name': name})
    yield _step(plan, action, ContainerUtilAction.EXEC_ALL, commands, read)
    plan.replacements.append(_marking(plan, action, name, range(marked, len(plan.operations)), start))


def _start(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> tuple[int, int]:
    """Numbers of the operations that give it a name for the time being, and that start it."""
    add_conditions(plan, action)
    given = creation_arguments(kwargs)
    started, _ = with_call_arguments(action, given)
    get_ready(plan, action, name, given)
    temporary = successor_name(name)
    plan.configs[action.client_name, name] = plan.configs[action.client_name, temporary] = container_settings(started)
    marked = plan.add(action, 'rename', {'container': name, 'name': temporary})
    start = plan.add(action, 'start', {'container': temporary})
    add_delay(plan, started)
    return marked, start


def _marking(plan: Expansion, action: ActionConfig, name: str, numbers: range, start: int) -> Replacement:
    unmark = plan.undoing(action, 'unmark', {'container': successor_name(name), 'name': name}, _ANY)
    text = f'Container {name} on client {action.client_name} is stopped again; the next call starts over.'
    return Replacement(
        (action.client_name, action.config_id),
        name,
        numbers[:1],
        (),
        numbers[1:],
        (),
        start,
        PutBack([unmark], (), (), (), ()),
        unmark,
        message=text,
    )


def _step(plan: Expansion, action: ActionConfig, action_type: ActionEnum, first: int, read: Reader) -> Step:
    return Step(action.client_name, action.config_id, action_type, tuple(range(first, len(plan.operations))), read)

"""Operations for volumes, and for their owner and mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...action import Action
from ...input import ItemType
from ...policy.ownership import PREPARATION
from ...policy.utils import get_instance_volumes
from ...request import ActionConfig
from ...request.settings import features_of
from ..operation import Operation, Result, Undo
from .images import pull_missing
from .steps import Reader, answer

if TYPE_CHECKING:
    from ...state.observed import Detail
    from .expansion import Expansion


def create(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Create a volume, or on engines without them a container that stands in for it, which is started as well."""
    if features_of(action)['volumes']:
        number = plan.add(action, 'create_volume', plan.builder.create_kwargs(action, name, kwargs))
        plan.note_created(action, name, number)
        return answer(number)
    pull_missing(plan, action, plan.policy.base_image)
    number = plan.add(action, 'create_container', plan.builder.create_kwargs(action, name, kwargs))
    plan.note_created(action, name, number)
    plan.sub_step(action, name, Action.START, {})
    return answer(number)


def start(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Start the container that stands in for a volume."""
    if features_of(action)['host_config']:
        return answer(plan.add(action, 'start', {'container': name}))
    host = plan.builder.get_attached_container_host_config_kwargs(action, name, kwargs=kwargs)
    return answer(plan.add(action, 'start', host))


def remove(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Remove a volume, or the container that stands in for it."""
    if not features_of(action)['volumes']:
        removal = action._replace(config_id=action.config_id._replace(config_type=ItemType.CONTAINER))
        own = plan.own_method(ItemType.CONTAINER, Action.REMOVE)
        if own is not None:
            number = plan.sub_step(removal, name, Action.REMOVE, kwargs)
        else:
            number = plan.add(
                action,
                'remove_container',
                plan.builder.get_container_remove_kwargs(action, name, kwargs=kwargs),
                tolerates={'not_found': '', 'removal': ''},
            )
    else:
        number = plan.add(action, 'remove_volume', plan.builder.get_volume_remove_kwargs(action, name, kwargs=kwargs))
    plan.note_removed(action, name)
    return answer(number)


def prepare(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader | None:
    """Set owner and mode of everything in a volume, on the host or by a temporary container.

    If that fails for a volume that was just created, it is removed again, so that the next call starts over.
    """
    alias = action.config_id.instance_name
    by_parent = action.container_map.use_attached_parent_name
    key = f'{action.config_id.config_name}.{alias}' if by_parent else str(alias)
    if getattr(plan.builder, 'prepare_local', True) and hasattr(action.client, 'run_cmd'):
        return _prepare_on_host(plan, action, name, key)
    _prepare_in_container(plan, action, name, key, kwargs)
    return None


def _undo(plan: Expansion, action: ActionConfig, name: str, *before: Operation) -> Undo | None:
    """A new volume is removed again, after what the preparation created."""
    created = plan.creation(action, name)
    if created is None:
        return Undo(before) if before else None
    if features_of(action)['volumes']:
        removal = plan.undoing(action, 'remove_volume', plan.builder.get_volume_remove_kwargs(action, name))
    else:
        arguments = plan.builder.get_container_remove_kwargs(action, name, kwargs={'force': True, 'v': True})
        removal = plan.undoing(action, 'remove_container', arguments)
    reverted = frozenset(
        operation.number
        for operation in plan.operations[created:]
        if operation.config_id == action.config_id and operation.client_name == action.client_name
    )
    return Undo(
        (*before, removal),
        reverted,
        f'Volume {name} on client {action.client_name} is removed again, as its owner and mode could not be set.',
    )


def _prepare_on_host(plan: Expansion, action: ActionConfig, name: str, key: str) -> Reader:
    count = len(plan.builder.preparation_commands(action, key, '/'))
    if not count:
        return lambda responses: []
    undo = _undo(plan, action, name)
    if features_of(action)['volumes']:
        looked, part = plan.add(action, 'inspect_volume', {'name': name}, undo=undo), 'Mountpoint'
    else:
        looked, part = plan.add(action, 'inspect_container', {'container': name}, undo=undo), ''

    def command(index: int) -> Callable[[Detail | str], str]:
        return lambda found: plan.builder.preparation_commands(action, key, _path(plan, action, name, found))[index]

    numbers = [
        plan.add(action, 'run_cmd', {'command': Result(looked, part, command(index))}, undo=undo)
        for index in range(count)
    ]
    return lambda responses: [responses.get(number) for number in numbers]


def _path(plan: Expansion, action: ActionConfig, name: str, found: Detail | str) -> str:
    if isinstance(found, str):
        return found
    path = plan.builder.attached_path(action, str(action.config_id.instance_name))
    source = get_instance_volumes(found, False).get(path)
    if not source:
        raise ValueError(f'Container {name} has nothing mounted at {path}, where the volume should be.')
    return source


def _prepare_in_container(
    plan: Expansion, action: ActionConfig, name: str, key: str, kwargs: Mapping[str, Any]
) -> None:
    builder = plan.builder
    create_kwargs = builder.get_attached_preparation_create_kwargs(action, name, key, kwargs=kwargs)
    if create_kwargs is None:
        return
    undo = _undo(plan, action, name)
    if not features_of(action)['volumes']:
        plan.add(action, 'wait', builder.get_attached_preparation_wait_kwargs(action, name), undo=undo)
    pull_missing(plan, action, plan.policy.core_image, undo)
    final_kwargs = builder.finalize_create_kwargs(action._replace(purpose=PREPARATION), name, create_kwargs)
    created = plan.add(action, 'create_container', final_kwargs, undo=undo)
    helper: Any = Result(created, 'Id')
    removal = plan.undoing(action, 'remove_container', {'container': helper, 'force': True})
    undo = _undo(plan, action, name, removal)
    start_kwargs: Mapping[str, Any] = {'container': helper}
    if not features_of(action)['host_config']:
        start_kwargs = builder.get_attached_preparation_host_config_kwargs(action, helper, name)
    plan.add(action, 'start', start_kwargs, undo=undo)
    plan.add(
        action,
        'wait',
        builder.get_attached_preparation_wait_kwargs(action, helper),
        undo=undo,
        purpose=f'Owner and mode of volume {name} could not be set',
    )
    plan.add(
        action, 'remove_container', {'container': helper}, tolerates={'not_found': ''}, undo=_undo(plan, action, name)
    )

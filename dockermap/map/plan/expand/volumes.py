"""Operations for volumes, and for their owner and mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...action import Action, VolumeUtilAction
from ...input import ItemType, MapConfigId
from ...policy.helpers import helper_name, prepares_volume
from ...policy.ownership import PREPARATION
from ...policy.utils import get_instance_volumes
from ...request import ActionConfig, action_config
from ...request.settings import features_of
from ...state import INITIAL_START_TIME
from ...state.foreign import Ownership
from ..operation import Operation, Result, Undo
from .images import pull_missing
from .steps import Reader, answer

if TYPE_CHECKING:
    from ...policy.base import BasePolicy
    from ...state.observed import Detail
    from .expansion import Expansion

_GONE = {'not_found': '', 'removal': ''}


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
        remove_helpers(plan, action, lambda helper: prepares_volume(helper, name))
        number = plan.add(action, 'remove_volume', plan.builder.get_volume_remove_kwargs(action, name, kwargs=kwargs))
    plan.note_removed(action, name)
    return answer(number)


def prepare(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader | None:
    """Set owner and mode of everything in a volume, on the host or by a temporary container.

    Engines copy what an image has to an empty volume, with owner and mode, when a container is created that mounts it.
    So it is done before the first start of such a container; here only if the call has none.
    """
    key = _key(action)
    starts_later = bool(features_of(action)['volumes']) and (action.client_name, name) in plan.prepared_later
    if not starts_later or plan.own_method(ItemType.CONTAINER, Action.START) is not None:
        return _prepare(plan, _Preparation(action, action, name, key, helper_name(name)), kwargs)
    plan.leave_to_later()
    if plan.builder.preparation_commands(action, key, '/') and not _is_done_on_host(plan, action):
        # What cannot be pulled must be known before containers are stopped.
        pull_missing(plan, action, plan.policy.core_image)
    return None


def prepare_mounted(plan: Expansion, action: ActionConfig, name: str) -> None:
    """Set owner and mode of the volumes of a container that is new, or was never started.

    As nothing else tells whether that was done, it is done before each first start. Only the volume itself is changed
    where another container is at work in it.

    :param name: What the container is called at the moment.
    """
    if not features_of(action)['volumes'] or plan.own_method(ItemType.VOLUME, VolumeUtilAction.PREPARE) is not None:
        return
    container = plan.policy.item_name(action.config_id)
    for volume_id, volume in mounted_volumes(plan.policy, action.config_id):
        volume_action = action_config(plan.policy, action.client_name, volume_id)
        if not plan.is_created(volume_action, volume) and _is_foreign(plan, volume_action):
            continue
        is_used = _in_use(plan, action, volume)
        helper = helper_name(volume, container)
        _prepare(plan, _Preparation(volume_action, action, volume, _key(volume_action), helper, not is_used), {})


def _is_foreign(plan: Expansion, action: ActionConfig) -> bool:
    """Whether a volume is used, but not changed, as it was not created for the map."""
    if action.client_name in plan.adopting:
        return False
    return Ownership(plan.policy, plan.observed).foreign(action.client_name, action.config_id) is not None


def mounted_volumes(policy: BasePolicy, config_id: MapConfigId) -> Iterator[tuple[MapConfigId, str]]:
    """Volumes of the map that a container mounts, with their names on the engine; each once."""
    config = policy.container_maps[config_id.map_name].get_instance(config_id.config_name, config_id.instance_name)
    owners = policy.volume_owners[config_id.map_name]
    found = [(config_id.config_name, entry.name) for entry in config.attaches] if config is not None else []
    found += [owners[entry.name] for entry in config.uses if entry.name in owners] if config is not None else []
    names: set[str] = set()
    for owner, alias in found:
        volume_id = MapConfigId(ItemType.VOLUME, config_id.map_name, owner, alias)
        name = policy.item_name(volume_id)
        if name not in names:
            names.add(name)
            yield volume_id, name


def was_never_started(plan: Expansion, action: ActionConfig, name: str) -> bool:
    """Whether a container is created by this call, or was found as it was created."""
    if plan.is_created(action, name):
        return True
    detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    return bool(detail and detail['State'].get('StartedAt') == INITIAL_START_TIME)


def remove_helpers(plan: Expansion, action: ActionConfig, is_one: Callable[[str], bool]) -> None:
    """Remove temporary containers that an interrupted call has left."""
    names = plan.policy.container_names[action.client_name]
    for helper in sorted(name for name in names if is_one(name)):
        arguments = {'container': helper, 'force': True}
        plan.add(action, 'remove_container', arguments, tolerates=_GONE)


def _in_use(plan: Expansion, action: ActionConfig, volume: str) -> bool:
    """Whether another container runs that mounts a volume."""
    client_name, own = action.client_name, plan.policy.item_name(action.config_id)
    running = plan.policy.container_names[client_name].volume_users(volume)
    return any(
        name != own and not prepares_volume(name, volume)
        for name in {*running, *plan.at_work.get((client_name, volume), ())} - plan.ended.get(client_name, set())
    )


@dataclass(frozen=True)
class _Preparation:
    """Owner and mode of one volume.

    :param action: For the volume.
    :param doing: For the item that it is done for, the volume or a container.
    :param key: The volume in the policy's tables.
    :param helper: Name of the temporary container.
    :param recursive: Whether everything in the volume is changed.
    """

    action: ActionConfig
    doing: ActionConfig
    name: str
    key: str
    helper: str
    recursive: bool = True


def _key(action: ActionConfig) -> str:
    alias = action.config_id.instance_name
    by_parent = action.container_map.use_attached_parent_name
    return f'{action.config_id.config_name}.{alias}' if by_parent else str(alias)


def _is_done_on_host(plan: Expansion, action: ActionConfig) -> bool:
    return getattr(plan.builder, 'prepare_local', True) and hasattr(action.client, 'run_cmd')


def _prepare(plan: Expansion, volume: _Preparation, kwargs: Mapping[str, Any]) -> Reader | None:
    if _is_done_on_host(plan, volume.action):
        return _prepare_on_host(plan, volume)
    if not volume.recursive:
        path = plan.builder.preparation_path(volume.action)
        commands = plan.builder.preparation_commands(volume.action, volume.key, path, recursive=False)
        kwargs = {**kwargs, 'command': ' && '.join(commands)}
    _prepare_in_container(plan, volume, kwargs)
    return None


def _undo(plan: Expansion, action: ActionConfig, name: str, *before: Operation) -> Undo | None:
    """A new container that stands in for a volume is removed again, after what the preparation created.

    Volumes stay: another run may have filled them, and those that are to use them were never started.
    """
    created = plan.creation(action, name)
    if created is None or features_of(action)['volumes']:
        return Undo(before) if before else None
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


def _prepare_on_host(plan: Expansion, volume: _Preparation) -> Reader:
    action, name, doing = volume.action, volume.name, volume.doing
    count = len(plan.builder.preparation_commands(action, volume.key, '/', volume.recursive))
    if not count:
        return lambda responses: []
    undo = _undo(plan, action, name)
    if features_of(action)['volumes']:
        looked, part = plan.add(doing, 'inspect_volume', {'name': name}, undo=undo), 'Mountpoint'
    else:
        looked, part = plan.add(doing, 'inspect_container', {'container': name}, undo=undo), ''

    def command(index: int) -> Callable[[Detail | str], str]:
        def text(found: Detail | str) -> str:
            path = _path(plan, action, name, found)
            return plan.builder.preparation_commands(action, volume.key, path, volume.recursive)[index]

        return text

    numbers = [
        plan.add(doing, 'run_cmd', {'command': Result(looked, part, command(index))}, undo=undo)
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


def _prepare_in_container(plan: Expansion, volume: _Preparation, kwargs: Mapping[str, Any]) -> None:
    builder, action, name, doing, helper = plan.builder, volume.action, volume.name, volume.doing, volume.helper
    create_kwargs = builder.get_attached_preparation_create_kwargs(action, name, volume.key, kwargs=kwargs)
    if create_kwargs is None:
        return
    undo = _undo(plan, action, name)
    if not features_of(action)['volumes']:
        plan.add(doing, 'wait', builder.get_attached_preparation_wait_kwargs(action, name), undo=undo)
    pull_missing(plan, action, plan.policy.core_image, undo)
    # Podman gives an empty volume to the user of each container that starts with it, until one has found something.
    starts_twice = action.client_config.has_podman() and isinstance(create_kwargs['command'], str)
    if starts_twice:
        settling = builder.settling_command(builder.preparation_path(action))
        create_kwargs['command'] = f'{create_kwargs["command"]} && {settling}'
    final_kwargs = builder.finalize_create_kwargs(action._replace(purpose=PREPARATION), name, create_kwargs)
    remove_helpers(plan, doing, lambda found: found == helper)
    removal = plan.undoing(doing, 'remove_container', {'container': helper, 'force': True})
    undo = _undo(plan, action, name, removal)
    plan.add(doing, 'create_container', {**final_kwargs, 'name': helper}, undo=undo)
    start_kwargs: Mapping[str, Any] = {'container': helper}
    if not features_of(action)['host_config']:
        start_kwargs = builder.get_attached_preparation_host_config_kwargs(action, helper, name)
    for _ in range(2 if starts_twice else 1):
        plan.add(doing, 'start', start_kwargs, undo=undo)
        plan.add(
            doing,
            'wait',
            builder.get_attached_preparation_wait_kwargs(action, helper),
            undo=undo,
            purpose=f'Owner and mode of volume {name} could not be set',
        )
    # Who says that it is not there may be wrong, and nobody would come back for it.
    plan.add(doing, 'remove_container', {'container': helper}, tolerates={'removal': ''}, undo=undo)

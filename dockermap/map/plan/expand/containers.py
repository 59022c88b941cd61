"""Operations for the life of containers."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....exceptions import InputError
from ....functional import resolve_value
from ..._describe import describe_item
from ...action import Action, ContainerUtilAction
from ...config._conditions import problem_of_arguments
from ...input import ItemType
from ...policy.helpers import prepares_for
from ...policy.options import check_host_path
from ...policy.replaced import FORMER, carried_volumes, former_name
from ...policy.utils import get_shared_volume_path, networks_of, removes_itself
from ...request import ActionConfig
from ...request.arguments import creation_arguments, with_call_arguments
from ...request.settings import container_settings, features_of
from ..operation import Condition
from .anonymous import with_volumes_of
from .conditions import add_conditions
from .files import put_files, remove_files, remove_left_files
from .networks import join_missing
from .starting import check_start_arguments
from .steps import Reader, answer
from .volumes import mounted_volumes, prepare_mounted, remove_helpers, was_never_started

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ....docker_api import EngineClient
    from ...state.observed import Detail
    from .expansion import Expansion

_DEFAULT_SECONDS = 10
_KILL_SECONDS = 10
_AT_ONCE_SECONDS = 0.1


def create(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Create a container; ``kwargs`` say what the configuration does not, in its words or in those of the SDK."""
    action, remaining = with_call_arguments(action, kwargs)
    for volume in container_settings(action).binds:
        check_host_path(*get_shared_volume_path(action.container_map, volume, action.config_id.instance_name))
    plan.configs[action.client_name, name] = container_settings(action)
    put_files(plan, action, name, is_new=True)
    arguments: Mapping[str, Any] = plan.builder.create_kwargs(action, name, remaining)
    if container_settings(action).job:
        _check_job(action, arguments)
    if plan.is_removed(action, name):
        detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
        arguments = with_volumes_of(plan, action, detail, arguments)
    number = plan.add(action, 'create_container', arguments)
    plan.note_created(action, name, number)
    return answer(number)


def _check_job(action: ActionConfig, arguments: Mapping[str, Any]) -> None:
    host_config = arguments.get('host_config')
    problem = problem_of_arguments(host_config) if isinstance(host_config, Mapping) else None
    if problem is not None:
        raise InputError(f'{describe_item(action.config_id)}: {problem.text}', problem.place)


def start(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Start a container as soon as those are ready that it needs, and wait for the configured delay.

    With arguments, a container that was never started is re-created if it is to have others than it was created with.

    :raises ValueError: The container has been started before, and was created with other arguments.
    """
    add_conditions(plan, action)
    return start_now(plan, action, name, kwargs)


def start_now(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """The same, where those that it needs have been waited for."""
    given = creation_arguments(kwargs)
    started, remaining = with_call_arguments(action, given)
    if given:
        plan.configs[action.client_name, name] = container_settings(started)
    if not features_of(action)['host_config']:
        host = plan.builder.get_container_host_config_kwargs(started, name, kwargs=remaining.get('host_config'))
        number = plan.add(action, 'start', host)
    else:
        get_ready(plan, action, name, given)
        number = plan.add(action, 'start', {'container': name})
    add_delay(plan, started)
    return answer(number)


def get_ready(plan: Expansion, action: ActionConfig, name: str, given: dict[str, Any]) -> None:
    """What has to be done before a container is started, where that takes no arguments itself."""
    if given and not plan.is_created(action, name):
        _apply_arguments(plan, action, name, given)
    if not plan.is_created(action, name):
        _rejoin_networks(plan, action, name)
    if was_never_started(plan, action, name):
        if not plan.is_created(action, name) and not given:
            join_missing(plan, action, name)
        prepare_mounted(plan, action, name)
    put_files(plan, action, name)
    _note_started(plan, action)


def add_delay(plan: Expansion, action: ActionConfig) -> None:
    """Wait for as long as is configured for a container that has been started."""
    delay: object = resolve_value(container_settings(action).start_delay)
    if delay:
        plan.add(action, 'wait', {'seconds': delay})


def _note_started(plan: Expansion, action: ActionConfig) -> None:
    name = plan.policy.item_name(action.config_id)
    plan.ended.setdefault(action.client_name, set()).discard(name)
    for _, volume in mounted_volumes(plan.policy, action.config_id):
        plan.at_work.setdefault((action.client_name, volume), set()).add(name)


def _note_ended(plan: Expansion, action: ActionConfig) -> None:
    plan.ended.setdefault(action.client_name, set()).add(plan.policy.item_name(action.config_id))


def _apply_arguments(plan: Expansion, action: ActionConfig, name: str, given: dict[str, Any]) -> None:
    detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    if detail is None:
        client: EngineClient = action.client
        detail = client.inspect_container(name)
    if not check_start_arguments(plan, action, name, detail, given):
        return
    # It never ran, so its own volumes have nothing in them yet.
    plan.sub_step(action, name, Action.REMOVE, {'v': True})
    plan.sub_step(action, name, Action.CREATE, dict(given))
    plan.sub_step(action, name, ContainerUtilAction.CONNECT_ALL, dict(given))


def _rejoin_networks(plan: Expansion, action: ActionConfig, name: str) -> None:
    """Connect a stopped container with the present networks, in place of former ones of the same names."""
    detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    networks = container_settings(action).networks
    if not detail or not networks or not features_of(action)['networks']:
        return
    known = plan.policy.network_names[action.client_name]
    lost = [
        network
        for network, endpoint in networks_of(detail).items()
        if endpoint.get('NetworkID')
        and endpoint['NetworkID'] not in known.values()
        and (action.client_name, name, network) not in plan.joined
    ]
    map_name = action.config_id.map_name
    endpoints = [endpoint for endpoint in networks if plan.policy.network_name(map_name, endpoint.network_name) in lost]
    is_known = all(plan.exists(action.client_name, ItemType.NETWORK, network) for network in lost)
    if lost and len(endpoints) == len(lost) and is_known:
        plan.sub_step(action, name, Action.DISCONNECT, {'networks': lost, 'force': True})
        plan.sub_step(action, name, Action.CONNECT, {'endpoints': endpoints})


def restart(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Restart a container."""
    put_files(plan, action, name)
    return answer(plan.add(action, 'restart', plan.builder.get_container_restart_kwargs(action, name, kwargs=kwargs)))


def stop(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Stop a container; if the answer takes long, wait until it has ended."""
    _note_ended(plan, action)
    _unpause(plan, action, name)
    return _stop_gently(plan, action, name, plan.builder.get_container_stop_kwargs(action, name, kwargs=kwargs))


def signal_stop(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> None:
    """Stop a container with its own signal. One that does not end within the stop timeout is killed."""
    _note_ended(plan, action)
    _unpause(plan, action, name)
    stop_kwargs = plan.builder.get_container_stop_kwargs(action, name, kwargs=kwargs)
    stop_signal: object = resolve_value(container_settings(action).stop_signal)
    if is_default_signal(stop_signal):
        _stop_gently(plan, action, name, stop_kwargs)
        return
    container: str = stop_kwargs['container']
    seconds = _seconds(stop_kwargs)
    gone = _if_gone(plan, action, name)
    ended = {'conflict': '', **gone}
    asked = plan.add(action, 'kill', {'container': container, 'signal': stop_signal}, tolerates=ended)
    late = {
        'timeout': f'Container {container} on client {action.client_name} did not end after {stop_signal}; '
        'it is killed.',
        **gone,
    }
    waited = plan.add(
        action, 'wait', {'container': container, 'timeout': seconds}, tolerates=late, condition=Condition(asked)
    )
    killed = plan.add(
        action,
        'kill',
        {'container': container, 'signal': 'SIGKILL'},
        tolerates=ended,
        condition=Condition(waited, 'timeout'),
    )
    plan.add(
        action,
        'wait',
        _until_ended(action, container, _KILL_SECONDS, 'it was killed'),
        tolerates=gone,
        condition=Condition(killed),
    )
    _await_removal(plan, action, name)


def _unpause(plan: Expansion, action: ActionConfig, name: str) -> None:
    """Podman does not stop what is paused."""
    detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    is_paused = bool(detail and detail['State'].get('Paused'))
    if is_paused and hasattr(action.client, 'unpause') and action.client_config.has_podman():
        plan.add(action, 'unpause', {'container': name}, tolerates={'conflict': '', **_if_gone(plan, action, name)})


def _if_gone(plan: Expansion, action: ActionConfig, name: str) -> dict[str, str]:
    """Answers that are no failure where the engine removes a container as soon as it has ended."""
    detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    return {'not_found': ''} if removes_itself(detail) else {}


def _await_removal(plan: Expansion, action: ActionConfig, name: str) -> None:
    """Wait until a container that removes itself is gone, so that its name and addresses are free."""
    if _if_gone(plan, action, name):
        plan.add(action, 'wait', {'removal': name})


def _stop_gently(plan: Expansion, action: ActionConfig, name: str, stop_kwargs: dict[str, Any]) -> Reader:
    container: str = stop_kwargs['container']
    text = f'Stopping container {container} on client {action.client_name} takes long; waiting for it to end.'
    gone = _if_gone(plan, action, name)
    number = plan.add(action, 'stop', stop_kwargs, tolerates={'timeout': text, **gone})
    plan.add(
        action,
        'wait',
        _until_ended(action, container, _seconds(stop_kwargs), 'it was told to stop'),
        tolerates=gone,
        condition=Condition(number, 'timeout'),
    )
    _await_removal(plan, action, name)
    return answer(number)


def _until_ended(action: ActionConfig, container: str, seconds: float | None, reason: str) -> dict[str, Any]:
    text = f'Container {container} on client {action.client_name} still runs, or the engine does not answer, although '
    return {'container': container, 'timeout': seconds, 'still_runs': f'{text}{reason}.'}


def is_default_signal(stop_signal: object) -> bool:
    """Whether a signal is the one that engines send anyway."""
    name = str(stop_signal or 'SIGTERM').strip().upper()
    return name.removeprefix('SIG') == 'TERM' or name == str(signal.SIGTERM.value)


def _seconds(stop_kwargs: dict[str, Any]) -> float | None:
    """How long to wait for the end of a container; ``None`` is for ever."""
    timeout: float | None = stop_kwargs.get('timeout')
    if timeout is None:
        return _DEFAULT_SECONDS
    if timeout < 0:
        return None
    return float(timeout) or _AT_ONCE_SECONDS


def remove(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Remove a container. One that has gone already, or that the engine is about to remove, is no error."""
    _note_ended(plan, action)
    remove_helpers(plan, action, lambda helper: prepares_for(helper, name))
    remove_files(plan, action, name)
    number = plan.add(
        action,
        'remove_container',
        plan.builder.get_container_remove_kwargs(action, name, kwargs=kwargs),
        tolerates={**_TOLERATED['remove_container'], **_left(action, name)},
    )
    plan.add(action, 'wait', {'removal': name}, condition=Condition(number, 'removal'))
    if plan.operations[number].arguments.get('v'):
        _remove_carried_volumes(plan, action, name)
    plan.note_removed(action, name)
    return answer(number)


def _remove_carried_volumes(plan: Expansion, action: ActionConfig, name: str) -> None:
    """Engines remove volumes without a name with their container, but not those that it has from a former one."""
    detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    for volume in carried_volumes((detail or {}).get('Config', {}).get('Labels')):
        plan.add(action, 'remove_volume', {'name': volume}, tolerates={'not_found': '', 'conflict': ''})


def update(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Change limits of a container."""
    values: Mapping[str, object] = kwargs.pop('update_values')
    update_kwargs = plan.builder.get_container_update_kwargs(action, name, values, kwargs=kwargs)
    return answer(plan.add(action, 'update_container', update_kwargs))


def kill(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Send a signal to a container."""
    return answer(plan.add(action, 'kill', plan.builder.get_container_kill_kwargs(action, name, kwargs=kwargs)))


def wait(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Wait until a container ends."""
    return answer(plan.add(action, 'wait', plan.builder.get_container_wait_kwargs(action, name, kwargs=kwargs)))


_TOLERATED = {
    'remove_container': {'not_found': '', 'removal': ''},
    'remove_network': {'not_found': ''},
    'stop': {'not_found': ''},
}


def recover(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> None:
    """Clear up what an interrupted call has left."""
    steps: Iterable[tuple[str, Mapping[str, Any]]] = kwargs['steps']
    for call, arguments in steps:
        if call == 'remove_container' and arguments['container'] == former_name(name):
            remove_left_files(plan, action)
        left = _left(action, arguments['container']) if call == 'remove_container' else {}
        plan.add(action, call, arguments, tolerates={**_TOLERATED.get(call, {}), **left})


def _left(action: ActionConfig, name: str) -> dict[str, str]:
    """Podman keeps a container whose network another one shares: a former one stays until that one is replaced, too."""
    if not name.endswith(FORMER):
        return {}
    return {'needed': f'Container {name} on client {action.client_name} stays, as another one shares its network.'}

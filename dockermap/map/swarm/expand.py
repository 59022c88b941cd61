"""The single calls that actions on a swarm take."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from ..config.client import ENGINE
from ..input._dependencies import STARTED
from ..plan.expand.conditions import add_wait
from ..plan.expand.expansion import Expansion
from ..plan.expand.steps import Reader, answer, nothing
from ..policy.ownership import PREPARATION, ownership_labels
from ..request import ActionConfig
from ..request.preparation import PREPARATION_TMP_PATH
from .compare import differences, plain
from .files import files_of, other_forms
from .service import PREPARED, Service
from .settings import TASK
from .translate import Translator

CREATE_FILE = {'secrets': 'create_secret', 'configs': 'create_config'}
_DEFAULT_SECONDS = 120.0
_WITHOUT_REPLACEMENT = frozenset(('replicas', 'rollout', 'nodes', 'attached'))
"""What need not have containers replaced; those whose nodes still fit stay."""


def translator_of(plan: Expansion, action: ActionConfig) -> Translator:
    """What makes services of the map of an item."""
    found: Translator = plan.builder.translator(action.client_name)  # type: ignore[attr-defined]
    return found


def _found(plan: Expansion, action: ActionConfig) -> Mapping[str, Any]:
    """A service as it is."""
    name = plan.policy.name_on(action.client_name, action.config_id)
    known: Any = plan.policy.container_names[action.client_name]
    found: Mapping[str, Any] = known.services.get(name) or {}
    return found


def seconds_of(plan: Expansion, action: ActionConfig) -> float:
    """How long is waited for a service."""
    own = action.client_config.get('wait_timeout')
    found = plan.wait_timeout if plan.wait_timeout is not None else own
    return _DEFAULT_SECONDS if found is None else float(found)


def add_conditions(plan: Expansion, action: ActionConfig) -> None:
    """Wait for what is on engines. On the same swarm, what comes before has been waited for when it was changed."""
    for target, awaited in plan.policy.get_conditions(action.config_id).items():
        for client_name in plan.policy.get_client_names(target) if awaited.crosses_hosts else ():
            is_engine = plan.policy.clients[client_name].backend == ENGINE
            if is_engine and awaited.condition != STARTED:
                add_wait(plan, action, client_name, target, awaited.condition)


def add_preparations(plan: Expansion, action: ActionConfig, service: Service, only_empty: bool = False) -> None:
    """Have owner and mode of attached volumes set on their node.

    :param only_empty: Leave volumes alone that have data; they were prepared when they were new.
    """
    for preparation in service.preparations:
        command = ' && '.join(preparation.commands)
        if only_empty:
            command = f'[ "$(ls -A {PREPARATION_TMP_PATH})" ] || {{ {command}; }}'
        container = {
            'Image': plan.builder.image_on(action.client_name, plan.policy.core_image),  # type: ignore[attr-defined]
            'Command': ['/bin/sh', '-c', command],
            'User': 'root',
            'Mounts': [dict(preparation.mount)],
        }
        spec = {
            'Name': f'{service.name[:50]}-prepare',
            'Labels': ownership_labels(action.config_id, purpose=PREPARATION),
            'TaskTemplate': {
                'ContainerSpec': container,
                'Placement': service.spec['TaskTemplate']['Placement'],
                'RestartPolicy': {'Condition': 'none'},
            },
            'Mode': {'ReplicatedJob': {'MaxConcurrent': 1, 'TotalCompletions': 1}},
        }
        plan.add(action, 'run_job', {'spec': spec, 'timeout': seconds_of(plan, action)})


def add_files(plan: Expansion, action: ActionConfig, service: Service, known: Container[tuple[str, str]] = ()) -> None:
    """Have the swarm keep what a service gets as files, if it does not yet."""
    for file in service.files:
        if (file.section, file.name) in known:
            continue
        plan.add(
            action,
            CREATE_FILE[file.section],
            {'name': file.name, 'data': file.data, 'labels': dict(file.labels)},
            tolerates={'conflict': ''},
        )


def create(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """A new service; without ``is_started``, it has no containers yet."""
    service = translator_of(plan, action).service(action.config_id)
    is_started, spec = kwargs.get('is_started'), with_image(plan, action, service.spec)
    if is_started:
        add_conditions(plan, action)
    if not is_started and 'Replicated' in spec['Mode']:
        spec['Mode'] = {'Replicated': {'Replicas': 0}}
    add_preparations(plan, action, service, only_empty=True)
    add_files(plan, action, service)
    number = plan.add(action, 'create_service', {'spec': spec})
    plan.note_created(action, plan.policy.item_name(action.config_id), number)
    if is_started:
        _add_wait(plan, action)
    _add_cleanup(plan, action, service, {})
    return answer(number)


def update(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """A service as the map says, in one request."""
    service, found = translator_of(plan, action).service(action.config_id), _found(plan, action)
    add_conditions(plan, action)
    if (found.get('Spec') or {}).get('Labels', {}).get(PREPARED) != service.spec['Labels'].get(PREPARED):
        add_preparations(plan, action, service)
    add_files(plan, action, service, files_of(found))
    moves = _moves_ports_and_nodes(service.spec, found.get('Spec') or {})
    forces = moves or bool(kwargs.get('forces')) or 'ReplicatedJob' in service.spec['Mode']
    spec = with_image(plan, action, service.spec, None if kwargs.get('resolves_image') else found.get('Spec'))
    _add_update(plan, action, spec, found, forces=forces)
    _add_cleanup(plan, action, service, found)
    return nothing


def start(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """The containers of a service that has none."""
    found = _found(plan, action)
    add_conditions(plan, action)
    spec = dict(found.get('Spec') or {})
    wanted = translator_of(plan, action).service(action.config_id).spec
    _add_update(plan, action, {**spec, 'Mode': wanted['Mode']}, found, forces='ReplicatedJob' in wanted['Mode'])
    return nothing


def stop(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """No containers; it is waited until none is listed, as otherwise a start at once might give none."""
    found = _found(plan, action)
    spec = {**(found.get('Spec') or {}), 'Mode': {'Replicated': {'Replicas': 0}}}
    if 'ReplicatedJob' in (found.get('Spec') or {}).get('Mode', {}):
        return remove(plan, action, name, kwargs)
    plan.add(action, 'update_service', _request(spec, found))
    _add_wait_for_end(plan, action, found, is_removed=False)
    return nothing


def restart(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """New containers for the same specification."""
    found = _found(plan, action)
    _add_update(plan, action, found.get('Spec') or {}, found, forces=True)
    return nothing


def remove(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """No service, and no container of it any more."""
    found = _found(plan, action)
    plan.add(
        action,
        'remove_service',
        {
            'service': found.get('ID') or plan.policy.name_on(action.client_name, action.config_id),
            'former': found.get('Spec'),
            'is_job': 'ReplicatedJob' in ((found.get('Spec') or {}).get('Mode') or {}),
        },
        tolerates={'not_found': ''},
    )
    _add_wait_for_end(plan, action, found, is_removed=True)
    plan.note_removed(action, plan.policy.item_name(action.config_id))
    _add_cleanup(plan, action, None, found)
    return nothing


def create_network(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """A network that reaches over all nodes."""
    arguments, _ = translator_of(plan, action).network(action.config_id)
    number = plan.add(action, 'create_network', arguments)
    plan.note_created(action, plan.policy.item_name(action.config_id), number)
    return answer(number)


def remove_network(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """No network; containers that have just gone may still be in it for a moment."""
    plan.add(
        action,
        'remove_swarm_network',
        {'net_id': plan.policy.name_on(action.client_name, action.config_id), 'timeout': seconds_of(plan, action)},
        tolerates={'not_found': ''},
    )
    plan.note_removed(action, plan.policy.item_name(action.config_id))
    return nothing


def with_image(
    plan: Expansion, action: ActionConfig, spec: Mapping[str, Any], former: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A specification with the digest of the image: that of the former one, if it has the same name."""
    container = spec['TaskTemplate']['ContainerSpec']
    known = ((former or {}).get('TaskTemplate') or {}).get('ContainerSpec', {}).get('Image', '')
    is_same = known.partition('@')[0] == container['Image']
    image = known if is_same else plan.builder.image_on(action.client_name, container['Image'])  # type: ignore[attr-defined]
    return {**spec, 'TaskTemplate': {**spec['TaskTemplate'], 'ContainerSpec': {**container, 'Image': image}}}


def _add_update(
    plan: Expansion, action: ActionConfig, spec: Mapping[str, Any], found: Mapping[str, Any], forces: bool
) -> None:
    former = found.get('Spec') or {}
    task = dict(spec['TaskTemplate'])
    # A manager of 20.10 that gets none in place of one crashes, and again each time that it starts.
    task.setdefault('Placement', {})
    force = (former.get('TaskTemplate') or {}).get('ForceUpdate') or 0
    task['ForceUpdate'] = force + 1 if forces else force
    now = {**spec, 'TaskTemplate': task}
    plan.add(action, 'update_service', _request(now, found))
    has_containers = former.get('Mode', {}).get('Replicated', {}).get('Replicas') != 0
    networks: Any = plan.policy.network_names[action.client_name]
    named = {network_id: network for network, network_id in networks.items()}
    changed = {
        difference.property.partition(':')[0] for difference in differences(action.config_id, now, former, named)
    }
    replaces = forces or bool(changed - _WITHOUT_REPLACEMENT)
    _add_wait(plan, action, found, is_replaced=replaces and has_containers)


def _request(spec: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    version = (found.get('Version') or {}).get('Index')
    return {'service': found.get('ID'), 'version': version, 'spec': spec, 'former': found.get('Spec')}


def _add_wait(
    plan: Expansion, action: ActionConfig, found: Mapping[str, Any] | None = None, is_replaced: bool = False
) -> None:
    former = ((found or {}).get('UpdateStatus') or {}).get('StartedAt')
    plan.add(
        action,
        'wait_for_service',
        {
            'service': plan.policy.name_on(action.client_name, action.config_id),
            'timeout': seconds_of(plan, action),
            'former': former,
            'is_replaced': is_replaced,
        },
    )


def _add_wait_for_end(plan: Expansion, action: ActionConfig, found: Mapping[str, Any], is_removed: bool) -> None:
    seconds = seconds_of(plan, action)
    plan.add(action, 'wait_for_no_tasks', {'service': found.get('ID'), 'timeout': seconds, 'is_removed': is_removed})


def _add_cleanup(plan: Expansion, action: ActionConfig, service: Service | None, found: Mapping[str, Any]) -> None:
    """Files that the service had, or an interrupted call has left, and that it does not have any more."""
    services = translator_of(plan, action).services(action.config_id.map_name)
    on_map, own = _keys(services.get(action.config_id)), files_of(found)
    keys = {*on_map, *own}
    wanted = on_map if service is not None else set()
    unused = {
        section: plan.builder.unused_files(action.client_name, section)  # type: ignore[attr-defined]
        for section in sorted({section for section, _ in keys})
    }
    left = other_forms(unused, action.config_id.map_name, keys)

    def is_needed(key: tuple[str, str]) -> bool:
        return any(
            key in _keys(other) and not plan.is_removed(action, plan.policy.item_name(item))
            for item, other in services.items()
        )

    for key, file_id in {**left, **own}.items():
        if key not in wanted and (key in own or not is_needed(key)):
            plan.add(action, f'remove_unused_{key[0][:-1]}', {'id': file_id}, tolerates={'not_found': ''})


def _keys(service: Service | None) -> set[tuple[str, str]]:
    """Sections and names of the files of a service as the map says."""
    return {(file.section, file.name) for file in service.files} if service is not None else set()


def _moves_ports_and_nodes(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether ports and placement change together, where managers of 20.10 do not publish the new ports."""
    wanted, found = plain(new), plain(old)

    def at(spec: Mapping[str, Any], path: tuple[str, ...]) -> Any:
        value: Any = spec
        for key in path:
            value = (value or {}).get(key)
        return value

    paths = (('EndpointSpec', 'Ports'), (*TASK, 'Placement', 'Constraints'))
    return all(at(wanted, path) != at(found, path) for path in paths)

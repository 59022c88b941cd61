"""Operations for a script or a single command in a job of a swarm."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from typing import Any

from ...exceptions import InputError
from .._describe import describe_item
from ..plan.expand.expansion import Expansion
from ..plan.expand.scripts import SCRIPT_DIRECTORY, SCRIPT_MARGIN, TIMED_OUT, formatted_command, script_timeout
from ..plan.expand.steps import Reader, Responses
from ..plan.operation import Condition, Result, Undo
from ..policy.ownership import SCRIPT, ownership_labels
from ..policy.replaced import RUN
from ..request import ActionConfig
from .expand import add_conditions, add_files, add_preparations, seconds_of, translator_of, with_image
from .service import Service, SwarmFile
from .settings import CONTAINER

_EXECUTABLE = 0o555


def script(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Run a script of this machine, or a command, in a job that is created for it."""
    return _script(plan, action, **kwargs)


def _script(
    plan: Expansion,
    action: ActionConfig,
    script_path: str | None = None,
    entrypoint: object = None,
    command_format: object = None,
    wait_timeout: float | None = None,
    container_script_dir: str = SCRIPT_DIRECTORY,
    timestamps: bool | None = None,
    tail: str | int = 'all',
) -> Reader:
    path = str(script_path) if script_path else ''
    is_directory = path.endswith('/')
    inside = container_script_dir if is_directory else posixpath.join(container_script_dir, posixpath.basename(path))
    command = formatted_command(command_format, inside) if path else command_format
    service = translator_of(plan, action).script(action.config_id, {'entrypoint': entrypoint, 'command': command})
    if is_directory:
        _mount(service, path, container_script_dir)
    elif path:
        _add_content(service, path, inside)
    found = script_timeout(action, wait_timeout)
    seconds = float(found) if isinstance(found, (int, float)) else seconds_of(plan, action)
    service.spec['Labels'][RUN] = str(SCRIPT_MARGIN + seconds)
    return _operations(plan, action, service, seconds, {'timestamps': bool(timestamps), 'tail': tail})


def _operations(
    plan: Expansion, action: ActionConfig, service: Service, seconds: float, output: Mapping[str, Any]
) -> Reader:
    removes = bool(getattr(plan.builder, 'remove_created_after', True))
    spec = with_image(plan, action, service.spec)
    add_conditions(plan, action)
    add_preparations(plan, action, service, only_empty=True)
    files = [(file.section[:-1], file.name) for file in service.files]
    clean_up: list[tuple[str, dict[str, Any]]] = [('remove_service', {'service': service.name, 'is_job': True})]
    clean_up.extend((f'remove_unused_{kind}', {'name': name}) for kind, name in files)
    undo = None
    if removes:
        undone = tuple(plan.undoing(action, call, arguments) for call, arguments in clean_up)
        undo = Undo(undone, message='', goes_on=True)
    with plan.undone_by(undo):
        add_files(plan, action, service)
        created = plan.add(action, 'create_service', {'spec': spec, 'clean_up': clean_up if removes else ()})
        text = (
            f'The script of service {service.name} on client {action.client_name} did not end in time. The service is '
            'left as it is.'
        )
        waited = plan.add(
            action,
            'wait_for_script',
            {
                'service': service.name,
                'id': Result(created, 'ID'),
                'timeout': seconds,
                'node_timeout': min(seconds, seconds_of(plan, action)),
            },
            tolerates={'timeout': text},
        )
        has_ended = Condition(waited)
        logged = plan.add(action, 'service_logs', {'service': Result(created, 'ID'), **output}, condition=has_ended)
    if removes:
        _add_removal(plan, action, service, created, files, has_ended)

    def read(responses: Responses) -> dict[str, Any]:
        result = {'id': responses[created]['ID'], 'client': action.client_name}
        if waited not in responses:
            return {**result, 'error': TIMED_OUT}
        return {**result, 'exit_code': responses[waited], 'log': responses[logged]}

    return read


def _add_removal(
    plan: Expansion,
    action: ActionConfig,
    service: Service,
    created: int,
    files: list[tuple[str, str]],
    has_ended: Condition,
) -> None:
    with plan.only_if(has_ended):
        removed = plan.add(action, 'remove_service', {'service': Result(created, 'ID')}, tolerates={'not_found': ''})
        for kind, file_name in files:
            plan.add(action, f'remove_unused_{kind}', {'name': file_name}, tolerates={'not_found': ''})
    plan.tolerate(
        removed,
        f'The script of service {service.name} on client {action.client_name} has ended, but the service could not be '
        'removed; the next script for it will do that.',
    )
    plan.note_removed(action, plan.policy.item_name(action.config_id))


def _mount(service: Service, path: str, target: str) -> None:
    """Have a directory of the node mounted.

    :raises ValueError: It is not said which node that is.
    """
    if not service.spec['TaskTemplate'].get('Placement', {}).get('Constraints'):
        raise InputError(
            f"A directory is on the disk of a node, so 'nodes' of {describe_item(service.item)} has to say which. "
            'Of a file, the content is passed on.',
            'script_path',
        )
    container = service.spec['TaskTemplate']['ContainerSpec']
    others = [mount for mount in container.get('Mounts') or () if mount['Target'] != target]
    mount = {'Type': 'bind', 'Source': path.rstrip('/') or '/', 'Target': target}
    service.put((*CONTAINER, 'Mounts'), [*others, mount])


def _add_content(service: Service, path: str, inside: str) -> None:
    """Have a config with the content of a file, as nothing can be copied into containers of a swarm.

    :raises ValueError: There is no such file.
    """
    try:
        with open(path, 'rb') as stream:
            data = stream.read()
    except OSError as error:
        raise InputError(
            f'The content of a file is passed on to the swarm, and {path} cannot be read on this machine: '
            f'{error.strerror}. A slash at the end means a directory of the node.',
            'script_path',
        ) from error
    digest = hashlib.sha256(data).hexdigest()[:12]
    name = f'{service.name[:40]}-script-{digest}'
    service.files.append(SwarmFile('configs', name, data, ownership_labels(service.item, purpose=SCRIPT)))
    target = {'Name': inside, 'UID': '0', 'GID': '0', 'Mode': _EXECUTABLE}
    known = service.spec['TaskTemplate']['ContainerSpec'].get('Configs') or []
    service.put((*CONTAINER, 'Configs'), [*known, {'ConfigName': name, 'File': target}])

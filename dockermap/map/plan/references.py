"""What operations name: their own subject, and what has to be there when they are carried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...utils import format_image_tag
from ..input import ItemType
from .operation import Operation

Name = tuple[ItemType, str]
_PREFIX = 'container:'
_SHARING = ('NetworkMode', 'PidMode', 'IpcMode')
_SHARING_ARGUMENTS = ('network_mode', 'pid_mode', 'ipc_mode')


def subjects(operation: Operation) -> Iterator[Name]:
    """What an operation creates, changes, or removes."""
    arguments = operation.arguments
    if operation.is_wait_for_state:
        return
    if operation.call == 'pull':
        yield ItemType.IMAGE, format_image_tag((arguments.get('repository'), arguments.get('tag')))
    elif operation.call.endswith('_network') and operation.call != 'inspect_network':
        if isinstance(arguments.get('container'), str):
            yield ItemType.CONTAINER, arguments['container']
        else:
            yield ItemType.NETWORK, str(arguments.get('name') or arguments.get('net_id'))
    elif operation.call in ('create_volume', 'remove_volume'):
        yield ItemType.VOLUME, str(arguments.get('name'))
    elif operation.call == 'create_container' and isinstance(arguments.get('name'), str):
        yield ItemType.CONTAINER, arguments['name']
    elif operation.call == 'rename' and operation.method is None:
        yield ItemType.CONTAINER, arguments['container']
        yield ItemType.CONTAINER, arguments['name']
    elif isinstance(arguments.get('container'), str):
        yield ItemType.CONTAINER, arguments['container']


def references(operation: Operation) -> Iterator[Name]:
    """What has to be there, and to work, for an operation, by its names on the engine; not what it gets the ids of."""
    for kind, name in _named(operation):
        if kind != ItemType.CONTAINER or name not in operation.by_id:
            yield kind, name


def mentioned(operation: Operation) -> Iterator[str]:
    """Containers that have to be there for an operation, but need not run; not those that it gets the ids of."""
    arguments = operation.arguments
    if operation.call != 'create_container':
        return
    host: Mapping[str, Any] = arguments.get('host_config') or {}
    for link in host.get('Links') or arguments.get('links') or ():
        name = link[0] if isinstance(link, tuple) else str(link).partition(':')[0].strip('/')
        if name not in operation.by_id:
            yield name


def shared_containers(host: Mapping[str, Any]) -> Iterator[str]:
    """Containers, by name or id, whose network stack, links or volumes a host configuration holds on to."""
    prefix, is_shared, name = str(host.get('NetworkMode') or '').partition(_PREFIX)
    if is_shared and not prefix:
        yield name
    for source in host.get('VolumesFrom') or ():
        yield str(source).partition(':')[0]
    for link in host.get('Links') or ():
        yield str(link).partition(':')[0].strip('/')


def _named(operation: Operation) -> Iterator[Name]:
    arguments = operation.arguments
    if operation.call == 'connect_container_to_network':
        yield ItemType.NETWORK, str(arguments.get('net_id'))
    if operation.is_wait_for_state and isinstance(arguments['container'], str):
        yield ItemType.CONTAINER, arguments['container']
    if operation.call != 'create_container':
        return
    yield ItemType.IMAGE, str(arguments.get('image'))
    host: Mapping[str, Any] = arguments.get('host_config') or {}
    modes = [*(host.get(key) for key in _SHARING), *(arguments.get(key) for key in _SHARING_ARGUMENTS)]
    for mode in filter(None, modes):
        prefix, is_shared, name = str(mode).partition(_PREFIX)
        yield (ItemType.CONTAINER, name) if is_shared and not prefix else (ItemType.NETWORK, str(mode))
    for network in (arguments.get('networking_config') or {}).get('EndpointsConfig') or ():
        yield ItemType.NETWORK, network
    yield from _mounted(host, arguments)


def _mounted(host: Mapping[str, Any], arguments: Mapping[str, Any]) -> Iterator[Name]:
    for source in host.get('VolumesFrom') or arguments.get('volumes_from') or ():
        yield ItemType.CONTAINER, str(source).partition(':')[0]
    binds = host.get('Binds') or arguments.get('binds') or ()
    for bind in binds:
        source = str(bind).partition(':')[0]
        if not source.startswith('/'):
            yield ItemType.VOLUME, source
    for mount in host.get('Mounts') or ():
        if isinstance(mount, Mapping) and mount.get('Type') == 'volume':
            yield ItemType.VOLUME, str(mount.get('Source'))


def with_ids(arguments: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of creating a container in which other containers are named by their ids.

    :param ids: By name.
    """
    host = arguments.get('host_config')
    found = {**arguments, **dict(_replaced(arguments, ids, _SHARING_ARGUMENTS, 'links', 'volumes_from'))}
    if isinstance(host, Mapping):
        found['host_config'] = {**host, **dict(_replaced(host, ids, _SHARING, 'Links', 'VolumesFrom'))}
    return found


def _replaced(
    values: Mapping[str, Any], ids: Mapping[str, str], modes: tuple[str, ...], links: str, volumes: str
) -> Iterator[tuple[str, Any]]:
    for key in modes:
        prefix, is_shared, name = str(values.get(key) or '').partition(_PREFIX)
        if is_shared and not prefix and name in ids:
            yield key, f'{_PREFIX}{ids[name]}'
    if values.get(links):
        yield links, [_with_id(link, ids) for link in values[links]]
    if values.get(volumes):
        yield volumes, [_with_id(source, ids) for source in values[volumes]]


def _with_id(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return (ids.get(value[0], value[0]), *value[1:])
    name, separator, rest = str(value).partition(':')
    return f'{ids.get(name, name)}{separator}{rest}'

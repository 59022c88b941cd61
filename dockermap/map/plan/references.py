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
    elif isinstance(arguments.get('container'), str):
        yield ItemType.CONTAINER, arguments['container']


def references(operation: Operation) -> Iterator[Name]:
    """What has to be there for an operation, by its names on the engine."""
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
    for link in host.get('Links') or ():
        yield ItemType.CONTAINER, str(link).partition(':')[0].strip('/')


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

"""Shows what items of a map would be created with. Contacts no engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    ItemType,
    MapConfigId,
    MappingDockerClient,
)
from dockermap.map.runner import ActionConfig

WIDTH = 76
Arguments = Iterable[tuple[str, Any]]


def builder(
    container_map: ContainerMap, item: MapConfigId, **client_settings: Any
) -> tuple[Any, ActionConfig]:
    """A runner, and what its methods need to know of an item."""
    client_config = ClientConfiguration(
        'unix:///var/run/docker.sock', '1.41', **client_settings
    )
    client = MappingDockerClient(container_map, client_config)
    policy = client.get_policy()
    extended = policy.container_maps[container_map.name]
    config: Any = {
        ItemType.CONTAINER: extended.get_instance,
        ItemType.NETWORK: lambda name, _: extended.get_existing_network(name),
        ItemType.VOLUME: lambda _, name: extended.get_existing_volume(name),
    }[item.config_type](item.config_name, item.instance_name)
    action = ActionConfig(
        '__default__', item, client_config, None, extended, config
    )
    return client.get_runner(policy, {}), action


def container_arguments(runner: Any, action: ActionConfig) -> Arguments:
    """Those of ``create_container``, and of the SDK's ``HostConfig``."""
    name = action.config.name or '.'.join(filter(None, action.config_id[1:]))
    arguments = runner.get_container_create_kwargs(action, name)
    del arguments['host_config']
    yield from arguments.items()
    host_config = runner.get_container_host_config_kwargs(action, None)
    for key, value in host_config.items():
        yield f'host_config.{key}', value


def network_arguments(runner: Any, action: ActionConfig) -> Arguments:
    """Those of ``create_network``."""
    name = f'{action.config_id.map_name}.{action.config_id.config_name}'
    yield from runner.get_network_create_kwargs(action, name).items()


def volume_arguments(runner: Any, action: ActionConfig) -> Arguments:
    """Those of ``create_volume``."""
    name = f'{action.config_id.map_name}.{action.config_id.instance_name}'
    yield from runner.get_volume_create_kwargs(action, name).items()


def preparation(runner: Any, action: ActionConfig) -> Arguments:
    """The command of the temporary container that prepares a volume."""
    alias = str(action.config_id.instance_name)
    name = f'{action.config_id.map_name}.{alias}'
    arguments = runner.get_attached_preparation_create_kwargs(
        action, name, alias
    )
    for command in arguments['command'].split(' && '):
        yield 'command', command


def exec_arguments(runner: Any, action: ActionConfig) -> Arguments:
    """Those of ``exec_create`` for each command of a container."""
    name = action.config.name or '.'.join(filter(None, action.config_id[1:]))
    for command in action.config.exec_commands:
        arguments = runner.get_exec_create_kwargs(
            action, name, command.cmd, command.user
        )
        yield from (
            (key, arguments[key]) for key in arguments if key != 'container'
        )


def stop_arguments(runner: Any, action: ActionConfig) -> Arguments:
    """Those of ``stop``."""
    name = action.config.name or '.'.join(filter(None, action.config_id[1:]))
    yield 'timeout', runner.get_container_stop_kwargs(action, name)['timeout']


KINDS: Mapping[str, tuple[ItemType, Callable[..., Arguments]]] = {
    'container': (ItemType.CONTAINER, container_arguments),
    'network': (ItemType.NETWORK, network_arguments),
    'volume': (ItemType.VOLUME, volume_arguments),
    'preparation': (ItemType.VOLUME, preparation),
    'exec': (ItemType.CONTAINER, exec_arguments),
    'stop': (ItemType.CONTAINER, stop_arguments),
}


def config_id(
    container_map: ContainerMap, kind: ItemType, name: str
) -> MapConfigId:
    """The id of ``web``, ``web.blue``, a network, or an attached volume."""
    if kind is ItemType.VOLUME:
        attached, _ = container_map.get_extended_map().get_persistent_items()
        owner = next(owner for owner, found in attached if found.name == name)
        return MapConfigId(kind, container_map.name, owner, name)
    config_name, _, instance = name.partition('.')
    return MapConfigId(
        kind, container_map.name, config_name, instance or None
    )


def lines(
    container_map: ContainerMap, item: str = 'web', **client_settings: Any
) -> Iterator[str]:
    """Arguments that are not empty: ``web.blue``, ``network:back``, …"""
    kind, _, name = item.rpartition(':')
    item_type, arguments = KINDS[kind or 'container']
    item_id = config_id(container_map, item_type, name)
    for key, value in arguments(
        *builder(container_map, item_id, **client_settings)
    ):
        if value not in (None, [], {}):
            yield f'{key} = {formatted(value, len(key) + 3)}'


def formatted(value: Any, column: int, indent: int = 4) -> str:
    """A value on one line, or with one entry a line where it is longer."""
    text = repr(value)
    if not isinstance(value, (dict, list)) or column + len(text) <= WIDTH:
        return text
    is_dict = isinstance(value, dict)
    heads = [f'{key!r}: ' for key in value] if is_dict else [''] * len(value)
    entries = value.values() if is_dict else value
    inner = [
        ' ' * indent + head + formatted(each, indent + len(head), indent + 4)
        for head, each in zip(heads, entries, strict=True)
    ]
    start, end = '{}' if is_dict else '[]'
    return '\n'.join(
        [start, *(f'{line},' for line in inner), ' ' * (indent - 4) + end]
    )


def show(settings: Any, item: str = 'web', **client_settings: Any) -> None:
    """Print the arguments for an item of a map called ``shop``."""
    for line in lines(
        ContainerMap('shop', settings), item, **client_settings
    ):
        if not line.startswith(('name = ', 'image = ', 'hostname = ')):
            print(line)

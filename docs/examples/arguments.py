"""Shows the arguments that items would be created with. Contacts no engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dockermap.api import ClientConfiguration, ContainerMap, ItemType, MapConfigId, MappingDockerClient
from dockermap.map.runner import ActionConfig

ALWAYS_THERE = ('name', 'image', 'hostname')


def builder(container_map: ContainerMap, item: MapConfigId, **client_settings: Any) -> tuple[Any, ActionConfig]:
    """A runner, and what its methods need to know of an item."""
    client_config = ClientConfiguration(base_url='unix:///var/run/docker.sock', version='1.41', **client_settings)
    client = MappingDockerClient(container_map, client_config)
    policy = client.get_policy()
    extended = policy.container_maps[container_map.name]
    config: Any = {
        ItemType.CONTAINER: extended.get_instance(item.config_name, item.instance_name),
        ItemType.NETWORK: extended.get_existing_network(item.config_name),
        ItemType.VOLUME: extended.get_existing_volume(str(item.instance_name)),
    }[item.config_type]
    return client.get_runner(policy, {}), ActionConfig('__default__', item, client_config, None, extended, config)


def show(
    settings: Mapping[str, Any],
    config_name: str = 'web',
    instance: str | None = None,
    *,
    everything: bool = False,
    **client_settings: Any,
) -> None:
    """Print the arguments for a container of a map called ``shop``, but for empty ones."""
    item = MapConfigId(ItemType.CONTAINER, 'shop', config_name, instance)
    runner, action = builder(ContainerMap('shop', dict(settings)), item, **client_settings)
    arguments = runner.get_container_create_kwargs(action, '.'.join(filter(None, item[1:])))
    del arguments['host_config']
    for key, value in arguments.items():
        if value not in (None, [], {}) and (everything or key not in ALWAYS_THERE):
            print(f'{key} = {value!r}')
    for key, value in runner.get_container_host_config_kwargs(action, None).items():
        if value not in (None, [], {}):
            print(f'host_config.{key} = {value!r}')


def preparation_command(settings: Mapping[str, Any], config_name: str, alias: str) -> str | None:
    """What the temporary container runs that sets owner and mode of an attached volume."""
    item = MapConfigId(ItemType.VOLUME, 'shop', config_name, alias)
    runner, action = builder(ContainerMap('shop', dict(settings)), item)
    arguments = runner.get_attached_preparation_create_kwargs(action, f'shop.{alias}', alias)
    return str(arguments['command']) if arguments else None


def exec_arguments(settings: Mapping[str, Any], config_name: str = 'web') -> list[dict[str, Any]]:
    """Arguments of ``exec_create`` for each command of a container."""
    item = MapConfigId(ItemType.CONTAINER, 'shop', config_name)
    runner, action = builder(ContainerMap('shop', dict(settings)), item)
    return [
        runner.get_exec_create_kwargs(action, f'shop.{config_name}', command.cmd, command.user)
        for command in action.config.exec_commands
    ]


def stop_arguments(settings: Mapping[str, Any], config_name: str = 'web', **client_settings: Any) -> dict[str, Any]:
    """Arguments of ``stop``."""
    item = MapConfigId(ItemType.CONTAINER, 'shop', config_name)
    runner, action = builder(ContainerMap('shop', dict(settings)), item, **client_settings)
    return dict(runner.get_container_stop_kwargs(action, f'shop.{config_name}'))


def volume_arguments(container_map: ContainerMap, config_name: str, alias: str) -> dict[str, Any]:
    """Arguments of ``create_volume`` for a volume that a configuration attaches."""
    runner, action = builder(container_map, MapConfigId(ItemType.VOLUME, container_map.name, config_name, alias))
    return dict(runner.get_volume_create_kwargs(action, f'{container_map.name}.{alias}'))


def network_arguments(container_map: ContainerMap, network_name: str) -> dict[str, Any]:
    """Arguments of ``create_network``."""
    runner, action = builder(container_map, MapConfigId(ItemType.NETWORK, container_map.name, network_name))
    return dict(runner.get_network_create_kwargs(action, f'{container_map.name}.{network_name}'))

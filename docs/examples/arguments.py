"""Shows the arguments that containers would be created with. Contacts no engine."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dockermap.api import ClientConfiguration, ContainerMap, ItemType, MapConfigId, MappingDockerClient
from dockermap.map.runner import ActionConfig

ALWAYS_THERE = ('name', 'image', 'hostname')


def create_arguments(container_map: ContainerMap, config_name: str, instance: str | None = None,
                     **client_settings: Any) -> dict[str, Any]:
    """Arguments of ``create_container``, where ``host_config`` has those of ``HostConfig``."""
    client_config = ClientConfiguration(base_url='unix:///var/run/docker.sock', version='1.41', **client_settings)
    client = MappingDockerClient(container_map, client_config)
    policy = client.get_policy()
    runner: Any = client.get_runner(policy, {})
    extended = policy.container_maps[container_map.name]
    item = MapConfigId(ItemType.CONTAINER, container_map.name, config_name, instance)
    action = ActionConfig('__default__', item, client_config, None, extended, extended.get_existing(config_name))
    name = policy.cname(container_map.name, config_name, instance)
    arguments = runner.get_container_create_kwargs(action, name)
    arguments['host_config'] = runner.get_container_host_config_kwargs(action, None)
    return dict(arguments)


def show(settings: Mapping[str, Any], config_name: str = 'web', instance: str | None = None, *,
         everything: bool = False, **client_settings: Any) -> None:
    """Print the arguments for a container of a map called ``shop``, but for empty ones."""
    arguments = create_arguments(ContainerMap('shop', dict(settings)), config_name, instance, **client_settings)
    host_config = arguments.pop('host_config')
    for key, value in arguments.items():
        if value not in (None, [], {}) and (everything or key not in ALWAYS_THERE):
            print(f'{key} = {value!r}')
    for key, value in host_config.items():
        if value not in (None, [], {}):
            print(f'host_config.{key} = {value!r}')

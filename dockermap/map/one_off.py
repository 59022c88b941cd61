"""A container like those of a configuration, for one command, beside those that are there."""

from __future__ import annotations

from typing import Any

from ..exceptions import UnknownNameError
from ..utils import close_match
from .config.container import ContainerConfiguration
from .config.main import ContainerMap
from .input import NotSet

__all__ = ['with_one_off']

_UNIQUE_IN_NETWORKS = ('aliases', 'ipv4_address', 'ipv6_address', 'link_local_ips')
_UNIQUE_OPTIONS = ('hostname', 'mac_address')


def with_one_off(container_map: ContainerMap, config_name: str, instance: str, like: str | None = None) -> ContainerMap:
    """A copy of a map in which a configuration has a further instance, for ``run_script``.

    What only one container can have is left out: published ports, addresses, aliases, the name of the host.

    :param instance: Name of the further instance.
    :param like: The instance that it has the settings of.
    :raises KeyError: There is no such configuration, or no such instance.
    """
    found = container_map.get_extended_map()
    if config_name not in found.containers:
        match = close_match(config_name, found.containers.keys()) or '.'
        raise UnknownNameError(f'There is no configuration {config_name!r} on map {found.name!r}{match}')
    config: ContainerConfiguration = found.containers[config_name]
    if like is not None and like not in config.instances:
        match = close_match(like, config.instances) or '.'
        raise UnknownNameError(f'{found.name}.{config_name}: There is no instance {like!r}{match}')
    settings = (found.get_instance(config_name, like) or config).copy()
    settings.exposes = [port.exposed_port for port in settings.exposes]
    settings.networks = [_without_unique(endpoint) for endpoint in settings.networks]
    settings.create_options = _without(settings.create_options)
    settings.instances = [instance]
    settings.instance_settings = settings.name = NotSet
    result = container_map.get_extended_map()
    result.containers[config_name] = settings
    return result


def _without_unique(endpoint: Any) -> Any:
    empty = type(endpoint)(endpoint.network_name)
    return endpoint._replace(**{name: getattr(empty, name) for name in _UNIQUE_IN_NETWORKS})


def _without(options: Any) -> Any:
    return {name: value for name, value in dict(options.items()).items() if name not in _UNIQUE_OPTIONS}

"""Arguments of creating calls, as they follow from lists in a configuration."""

from __future__ import annotations

import shlex
from collections.abc import Container, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from ...exceptions import UnknownNameError
from ...functional import resolve_value
from ...utils import merge_list, split_instance
from ..input import HostVolume, NotSet
from ..policy.utils import get_shared_volume_path

if TYPE_CHECKING:
    from ..config.client import ClientConfiguration
    from ..config.main import ContainerMap
    from ..policy.base import BasePolicy
    from .settings import ContainerSettings, NamedVolume

__all__ = [
    'get_host_binds',
    'get_port_bindings',
    'get_preparation_cmd',
    'get_volumes',
    'get_volumes_from',
    'resolve_words',
    'split_instance',
    'update_kwargs',
    'volume_owner',
]

_OVERWRITTEN = frozenset(('command', 'entrypoint'))


def update_kwargs(kwargs: MutableMapping[str, Any], *updates: Mapping[str, object] | None) -> None:
    """Merge keyword arguments in place, stronger ones last.

    Lists are extended by what they do not have, dictionaries are updated, other values are replaced; ``command`` and
    ``entrypoint`` are always replaced. Late values are resolved, also one level inside lists and dictionaries; those
    that are ``None`` change nothing.
    """
    for update in updates:
        for key, value in (update or {}).items():
            resolved: object = resolve_value(value)
            if resolved is not None:
                kwargs[key] = resolve_words(resolved) if key in _OVERWRITTEN else _merged(kwargs.get(key), resolved)


def resolve_words(command: object) -> object:
    """A command that may be late, or have late members if it is a list or tuple; it stays what it is otherwise."""
    resolved: object = resolve_value(command)
    if type(resolved) is list:
        return list(map(resolve_value, resolved))
    return tuple(map(resolve_value, resolved)) if type(resolved) is tuple else resolved


def get_volumes(
    container_map: ContainerMap,
    config: ContainerSettings,
    default_volume_paths: Mapping[str, object],
    include_named: bool,
    attached: Container[str] | None = None,
) -> list[str]:
    """Paths in the container that something is mounted at: shared, bound, and on request attached and used ones.

    :param attached: Names of the volumes that are attached on the map; those of all volumes by default.
    :raises KeyError: A bound or attached volume has no path.
    """

    mounted: list[object] = list(config.shares)
    for bind in config.binds:
        mounted.append(bind.path if isinstance(bind, HostVolume) else default_volume_paths[bind.name])
    if include_named:
        mounted.extend(_own_path(volume) or default_volume_paths[volume.name] for volume in config.attaches)
    paths = list(map(resolve_value, mounted))
    if include_named:
        used = (
            _own_path(volume) or default_volume_paths.get(volume.name)
            for volume in config.uses
            if attached is None or volume.name in attached
        )
        paths.extend(path for path in map(resolve_value, used) if path)
    return paths


def get_host_binds(
    container_map: ContainerMap,
    config_name: str,
    config: ContainerSettings,
    instance: str | None,
    policy: BasePolicy,
    named_volumes: bool,
) -> list[str]:
    """Binds as ``source:path:ro`` or ``source:path:rw``.

    :param named_volumes: Whether the engine has volumes with names; if so, attached and used ones are included.
    :raises ValueError: There is no host path for the instance.
    :raises KeyError: A volume has no path.
    """
    binds = []
    for bind in config.binds:
        path, host_path = get_shared_volume_path(container_map, bind, instance)
        binds.append(_bind(host_path, path, bind.readonly))
    if named_volumes:
        volumes = _VolumeNames(container_map, policy)
        for volume in config.attaches:
            path = volumes.attached_path(config_name, volume)
            binds.append(_bind(volumes.attached(config_name, volume.name), path, False))
        for volume in filter(volumes.is_volume, config.uses):
            binds.append(_bind(volumes.used(volume.name), volumes.used_path(volume), volume.readonly))
    return binds


def get_volumes_from(
    container_map: ContainerMap,
    config_name: str,
    config: ContainerSettings,
    policy: BasePolicy,
    include_volumes: bool,
) -> list[str]:
    """Names of containers whose volumes are mounted; ``:ro`` is added where they are read-only.

    :param include_volumes: Include the containers that stand in for attached volumes.
    """
    volumes = _VolumeNames(container_map, policy)
    names: list[str] = []
    for volume in config.uses:
        suffix = ':ro' if volume.readonly else ''
        if not volumes.is_volume(volume):
            names.append(f'{volumes.container(volume.name)}{suffix}')
        elif include_volumes:
            names.append(f'{volumes.used(volume.name)}{suffix}')
    if include_volumes:
        names.extend(volumes.attached(config_name, volume.name) for volume in config.attaches)
    return names


def get_port_bindings(config: ContainerSettings, client_config: ClientConfiguration) -> dict[Any, list[Any]]:
    """Published ports: host ports by exposed port, with an address where an interface is named.

    :raises ValueError: The client has no such interface.
    """
    bindings: dict[object, list[object]] = {}
    for binding in config.exposes:
        exposed_port: object = resolve_value(binding.exposed_port)
        host_port: object = resolve_value(binding.host_port)
        if host_port is None or host_port == '' or not exposed_port:
            continue
        interface: str | None = resolve_value(binding.interface)
        if interface:
            host_port = (client_config.get_address(interface, bool(resolve_value(binding.ipv6))), host_port)
        bindings.setdefault(exposed_port, []).append(host_port)
    return bindings


def get_preparation_cmd(user: object, permissions: object, path: str, recursive: bool = True) -> Iterator[str]:
    """Shell commands that set owner and mode of everything at a path; none for what is not set.

    :param recursive: Otherwise only those of the path itself.
    """
    options = ('-R',) if recursive else ()
    owner = volume_owner(user)
    if owner:
        yield shlex.join(('chown', *options, owner, path))
    mode: object = resolve_value(permissions)
    if mode is not None and mode is not NotSet and mode != '':
        yield shlex.join(('chmod', *options, str(mode), path))


def volume_owner(user: object) -> str | None:
    """A user as ``user:group``, the group being that of the same name unless given; ``None`` without user."""
    resolved: object = resolve_value(user)
    if resolved is None or resolved is NotSet or resolved == '':
        return None
    if isinstance(resolved, (tuple, list)):
        return ':'.join(map(str, resolved))
    text = str(resolved)
    return text if ':' in text else f'{text}:{text}'


class _VolumeNames:
    """What entries of ``attaches`` and ``uses`` are called on an engine, and where they are mounted."""

    def __init__(self, container_map: ContainerMap, policy: BasePolicy) -> None:
        self._map = container_map
        self._policy = policy
        self._paths: Mapping[str, object] = policy.default_volume_paths.get(container_map.name, {})
        self._attached: Container[str] = policy.volume_owners.get(container_map.name, {})
        self._by_parent = bool(container_map.use_attached_parent_name)

    def attached(self, config_name: str, alias: str) -> str:
        return self._policy.volume_name(self._map.name, alias, config_name if self._by_parent else None)

    def attached_path(self, config_name: str, volume: NamedVolume) -> str:
        return self._path(volume, f'{config_name}.{volume.name}' if self._by_parent else volume.name)

    def is_volume(self, volume: NamedVolume) -> bool:
        """Whether an entry of ``uses`` means an attached volume; otherwise it means all volumes of a container."""
        return volume.name in self._attached

    def used(self, name: str) -> str:
        parent, _, alias = name.partition('.') if self._by_parent else ('', '', name)
        return self._policy.volume_name(self._map.name, alias, parent or None)

    def used_path(self, volume: NamedVolume) -> str:
        return self._path(volume, volume.name)

    def container(self, reference: str) -> str:
        return self._policy.container_name(self._map.name, *split_instance(reference))

    def _path(self, volume: NamedVolume, key: str) -> str:
        path: str = resolve_value(_own_path(volume)) or resolve_value(self._paths.get(key))
        if path:
            return path
        raise UnknownNameError(
            f"{self._map.name}: volume '{volume.name}' has no path. Set it where the volume is attached, or "
            f"as default path in 'volumes' of the map."
        )


def _own_path(volume: NamedVolume) -> object:
    return getattr(volume, 'path', None)


def _merged(existing: object, value: object) -> object:
    if isinstance(value, (list, tuple)):
        items = [resolve_value(item) for item in value]
        if not isinstance(existing, (list, tuple)):
            return items
        merged = existing if isinstance(existing, list) else list(existing)
        merge_list(merged, items)
        return merged
    if isinstance(value, dict):
        resolved = {key: resolve_value(item) for key, item in value.items()}
        if not isinstance(existing, dict):
            return resolved
        existing.update(resolved)
        return existing
    return value


def _bind(source: str, path: str, readonly: bool) -> str:
    return f'{source}:{path}:{"ro" if readonly else "rw"}'

"""Decisions that states, actions and runner share: names, relations, volume tables and caches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ... import DEFAULT_BASEIMAGE, DEFAULT_COREIMAGE, DEFAULT_HOSTNAME_REPLACEMENT, DEFAULT_PRESET_NETWORKS
from ...exceptions import UnknownNameError
from ...functional import resolve_value
from .._kinds import KINDS, kind_of
from ..config.client import SWARM
from ..input import ItemType, MapConfigId, NotSet
from .cache import ContainerCache, ImageCache, NetworkCache, VolumeCache
from .dep import ContainerDependencyResolver, ContainerDependentsResolver
from .swarm_names import swarm_name

if TYPE_CHECKING:
    from ..config._relations import Awaited
    from ..config.client import ClientConfiguration
    from ..config.container import ContainerConfiguration
    from ..config.main import ContainerMap

R = TypeVar('R')
_VolumeTable = dict[str, dict[str, Any]]
_POLICY_OPTIONS = ('core_image', 'base_image', 'default_client_name', 'hostname_replace', 'default_network_names')
_HOSTNAME_LENGTH = 63
_RESOLVED = (ItemType.CONTAINER, ItemType.NETWORK)


class _ClassOrInstanceMethod(Generic[R]):
    """A method that gets the instance it is called on, or the class if it is called on that."""

    def __init__(self, function: Callable[..., R]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object | None, owner: type) -> Callable[..., R]:
        return self._function.__get__(owner if instance is None else instance)  # type: ignore[no-any-return]


class BasePolicy:
    """How items are called and related, and what is known to exist.

    Building it contacts no client.

    :param container_maps: Maps by name. The policy works on their extended forms.
    :param clients: Client configurations by name, kept by reference.
    :param map_defaults: Input of a map, applied wherever a map has not set a value itself.
    :param option_defaults: Options for all components; those of the policy itself are set on this instance.
    :raises KeyError: An attached volume has no path.
    """

    core_image = DEFAULT_COREIMAGE
    base_image = DEFAULT_BASEIMAGE
    default_client_name = '__default__'
    hostname_replace: list[tuple[str, str]] = DEFAULT_HOSTNAME_REPLACEMENT
    default_network_names = ['bridge']

    def __init__(
        self,
        container_maps: Mapping[str, ContainerMap],
        clients: dict[str, ClientConfiguration],
        map_defaults: Mapping[str, Any] | None = None,
        option_defaults: Mapping[str, Any] | None = None,
    ) -> None:
        self.option_defaults = dict(option_defaults or {})
        for name in _POLICY_OPTIONS:
            if name in self.option_defaults:
                setattr(self, name, self.option_defaults.pop(name))
        self.clients = clients
        self._former_names: dict[tuple[str, str, str | None], str] = {}
        self.container_maps = {
            name: container_map.get_extended_map(map_defaults) for name, container_map in container_maps.items()
        }
        self._item_names: dict[MapConfigId, str] = {}
        self._client_names: dict[MapConfigId, list[str]] = {}
        self._set_volume_tables()
        self._set_resolvers()
        self.container_names = ContainerCache(clients)
        self.network_names = NetworkCache(clients)
        self.volume_names = VolumeCache(clients)
        self.images = ImageCache(clients)

    @classmethod
    def cname(cls, map_name: str, container: str, instance: str | None = None) -> str:
        """Name of a container on the engine."""
        return '.'.join(filter(None, (map_name, container, instance)))

    @classmethod
    def aname(cls, map_name: str, attached_name: str, parent_name: str | None = None) -> str:
        """Name of an attached volume on the engine, or of the container that stands in for it."""
        return '.'.join(filter(None, (map_name, parent_name, attached_name)))

    @classmethod
    def nname(cls, map_name: str, network_name: str) -> str:
        """Name of a network on the engine; those that each engine has are not changed."""
        return network_name if network_name in DEFAULT_PRESET_NETWORKS else f'{map_name}.{network_name}'

    def container_name(self, map_name: str, container: str, instance: str | None = None) -> str:
        """Name of a container on the engine, also of one whose configuration says it."""
        found = self.container_maps.get(map_name)
        config = None if found is None else found.get_instance(container, instance)
        if config is None:
            known = self._former_names.get((map_name, container, instance))
            return known or self.cname(map_name, container, instance)
        literal: object = config.name
        return str(literal) if literal else self.cname(map_name, container, instance)

    def remember_name(self, config_id: MapConfigId, name: str) -> None:
        """Keep the name of a container that is no longer on its map, and that its configuration had given it."""
        self._former_names[config_id.map_name, config_id.config_name, config_id.instance_name] = name
        self._item_names.pop(config_id, None)

    def network_name(self, map_name: str, network_name: str) -> str:
        """Name of a network on the engine, also of one that is external to its map."""
        found = self.container_maps.get(map_name)
        network = None if found is None else found.get_existing_network(network_name)
        return _external_name(network, network_name) or self.nname(map_name, network_name)

    def volume_name(self, map_name: str, attached_name: str, parent_name: str | None = None) -> str:
        """Name of an attached volume on the engine, also of one that is external to its map."""
        found = self.container_maps.get(map_name)
        volume = None if found is None else found.get_existing_volume(attached_name)
        return _external_name(volume, attached_name) or self.aname(map_name, attached_name, parent_name)

    def is_external(self, config_id: MapConfigId) -> bool:
        """Whether an item is only used by its map, and never created, changed or removed."""
        configuration = kind_of(config_id).configuration(self.container_maps[config_id.map_name], config_id)
        return bool(resolve_value(getattr(configuration, 'external', None)))

    def is_on_map(self, config_id: MapConfigId) -> bool:
        """Whether there is a configuration of a network; other items are known by what refers to them."""
        if config_id.config_type != ItemType.NETWORK:
            return True
        return config_id.config_name in self.container_maps[config_id.map_name].networks

    def item_name(self, config_id: MapConfigId) -> str:
        """Name of an item on the engine; of an image the full name, with tag or digest.

        :raises ValueError: Unknown type of item.
        """
        name = self._item_names.get(config_id)
        if name is None:
            name = self._item_names[config_id] = kind_of(config_id).engine_name(self, config_id)
        return name

    def name_on(self, client_name: str, config_id: MapConfigId) -> str:
        """Name of an item on a client: that on an engine, or what a swarm can resolve."""
        name = self.item_name(config_id)
        client = self.clients.get(client_name)
        is_swarm = client is not None and client.backend == SWARM
        return swarm_name(name) if is_swarm and config_id.config_type in _RESOLVED else name

    def names_on(self, client_name: str, config_type: ItemType) -> Container[str]:
        """Names of what exists of a kind on a client; of images, their full names."""
        names: Container[str] = getattr(self, KINDS[config_type].cache)[client_name]
        return names

    def forget_names(self, client_name: str, config_type: ItemType) -> None:
        """Have a client asked again what exists of a kind."""
        getattr(self, KINDS[config_type].cache).pop(client_name, None)

    @_ClassOrInstanceMethod
    def get_hostname(self, container_name: str, client_name: str | None = None) -> str:
        """Host name for a container, with the client's name unless that is the default one; 63 characters at most.

        Can be called on the class as well, and then goes by the values of the class.
        """
        names = [container_name]
        if client_name and client_name != self.default_client_name:
            names.append(client_name)
        host_name = '-'.join(_replaced(name, self.hostname_replace) for name in names)
        if len(host_name) <= _HOSTNAME_LENGTH:
            return host_name
        digest = hashlib.sha256(host_name.encode()).hexdigest()[:8]
        return f'{host_name[: _HOSTNAME_LENGTH - len(digest) - 1]}-{digest}'

    def get_dependencies(self, config_id: MapConfigId) -> list[MapConfigId]:
        """What an item needs, farthest first.

        :raises dockermap.dep.CircularDependency: Something needs itself.
        """
        return self._dependencies.get_dependencies(config_id)

    def get_dependents(self, config_id: MapConfigId) -> list[MapConfigId]:
        """What needs an item, farthest first.

        :raises dockermap.dep.CircularDependency: Something needs itself.
        """
        return self._dependents.get_dependencies(config_id)

    def walk_dependencies(self, config_ids: Iterable[MapConfigId]) -> list[MapConfigId]:
        """The items and all they need: each once, after everything it needs."""
        return self._dependencies.walk(config_ids)

    def walk_dependents(self, config_ids: Iterable[MapConfigId]) -> list[MapConfigId]:
        """The items and all that needs them: each once, after everything that needs it."""
        return self._dependents.walk(config_ids)

    def get_relations(self, config_id: MapConfigId) -> Iterator[MapConfigId]:
        """What an item needs, and what needs it, by one step."""
        yield from self._dependencies.get(config_id)
        yield from self._dependents.get(config_id)

    def get_conditions(self, config_id: MapConfigId) -> Mapping[MapConfigId, Awaited]:
        """What has to have become of others before a container is started; not for those that have to be started, and
        are on the same host.
        """
        return self._conditions.get(config_id, {})

    def get_relations_across(self, config_id: MapConfigId) -> Iterable[MapConfigId]:
        """What a container depends on, and what depends on it, on whatever client."""
        return self._across.get(config_id, ())

    def get_client_names(self, config_id: MapConfigId) -> list[str]:
        """Names of the clients that an item is for; the default client where nothing else is said."""
        found = self._client_names.get(config_id)
        if found is None:
            names = self.container_maps[config_id.map_name].get_client_names(config_id)
            found = [name or self.default_client_name for name in names] or [self.default_client_name]
            self._client_names[config_id] = found
        return list(found)

    def clear_names(self) -> None:
        """Forget what exists, so that each client is asked again when next needed."""
        for kind in KINDS.values():
            getattr(self, kind.cache).clear()

    def _set_resolvers(self) -> None:
        maps = self.container_maps.values()
        relations = [pair for container_map in maps for pair in container_map.dependency_items()]
        self._dependencies = ContainerDependencyResolver(relations)
        self._dependents = ContainerDependentsResolver(relations)
        self._conditions = {item: found for container_map in maps for item, found in container_map.condition_items()}
        self._across: dict[MapConfigId, list[MapConfigId]] = {}
        for item, conditions in self._conditions.items():
            for target, awaited in conditions.items():
                if awaited.crosses_hosts:
                    self._across.setdefault(item, []).append(target)
                    self._across.setdefault(target, []).append(item)

    def _set_volume_tables(self) -> None:
        self.default_volume_paths: _VolumeTable = {}
        self.volume_users: _VolumeTable = {}
        self.volume_permissions: _VolumeTable = {}
        self.volume_owners: dict[str, dict[str, tuple[str, str]]] = {}
        for name, container_map in self.container_maps.items():
            attached = list(_attached_volumes(container_map))
            volumes = container_map.volumes.items()
            self.default_volume_paths[name] = {alias: volume.default_path for alias, volume in volumes}
            self.default_volume_paths[name].update((entry.key, entry.path) for entry in attached)
            own = [entry for entry in attached if not entry.setting('external')]
            self.volume_users[name] = {entry.key: entry.setting('user') for entry in own}
            self.volume_permissions[name] = {entry.key: entry.setting('permissions') for entry in own}
            self.volume_owners[name] = {entry.key: (entry.config_name, entry.alias) for entry in attached}


class _AttachedVolume:
    """What the entries of ``attaches`` of a configuration for one volume say, together with that volume.

    :param entries: Entries with their configurations. Where instances have settings of their own, there can be several;
        the first one counts, and for the path, those after it where also the volume has none.
    """

    def __init__(
        self, container_map: ContainerMap, config_name: str, entries: list[tuple[ContainerConfiguration, Any]]
    ) -> None:
        self._config, entry = entries[0]
        self.config_name = config_name
        self.alias = str(entry.name)
        self._volume = container_map.get_existing_volume(entry.name)
        self.key = f'{config_name}.{entry.name}' if container_map.use_attached_parent_name else entry.name
        default = self._volume.default_path if self._volume is not None else NotSet
        own, *others = (getattr(entry, 'path', None) for _, entry in entries)
        self.path = own or default or next(filter(None, others), None)
        if not self.path:
            raise UnknownNameError(
                f"{container_map.name}.{config_name}: attached volume '{entry.name}' has no path. Set it in "
                f"'attaches', or as default path in 'volumes' of the map."
            )

    def setting(self, name: str) -> Any:
        """A value of the volume, or where it has none, of the container."""
        value = getattr(self._volume, name, NotSet)
        return getattr(self._config, name, NotSet) if value is NotSet else value


def _attached_volumes(container_map: ContainerMap) -> Iterator[_AttachedVolume]:
    entries: dict[tuple[str, str], list[tuple[ContainerConfiguration, Any]]] = {}
    for config_name, config in _configurations(container_map):
        for entry in config.attaches:
            entries.setdefault((config_name, entry.name), []).append((config, entry))
    for (config_name, _), found in entries.items():
        yield _AttachedVolume(container_map, config_name, found)


def _configurations(container_map: ContainerMap) -> Iterator[tuple[str, ContainerConfiguration]]:
    """Configurations, then those of instances with settings of their own."""
    yield from container_map
    yield from ((name, config) for name, instance, config in container_map.variants() if instance is not None)


def _external_name(configuration: Any, name: str) -> str | None:
    """Name on the engine of what is external; ``None`` for what is not."""
    external: object = resolve_value(getattr(configuration, 'external', None))
    if not external:
        return None
    return name if external is True else str(external)


def _replaced(name: str, replacements: Iterable[tuple[str, str]]) -> str:
    for old, new in replacements:
        name = name.replace(old, new)
    return name

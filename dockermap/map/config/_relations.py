"""Which items of an extended map need which others, and which clients they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ... import DEFAULT_PRESET_NETWORKS
from ...exceptions import located
from ...utils import split_instance
from .._kinds import kind_of
from ..input import ItemType, MapConfigId
from ..input._dependencies import COMPLETED, STARTED
from ._content import MapContent
from .container import ContainerConfiguration

DEPENDS_ON = 'depends_on'
"""The property whose relations cross hosts, and bring no item to a client."""

DEFAULT_CLIENT = ''
"""Stands for the default client, whose name only the policy knows, where other clients are named beside it."""


class Reference(NamedTuple):
    """What an entry of a configuration refers to."""

    property: str
    """Property of the configuration in which the entry is."""
    needed: list[MapConfigId]
    volume: MapConfigId | None = None
    """The attached volume that the entry means, where containers are needed for it."""
    entry: Any = None
    """The link or the used volume."""


class Awaited(NamedTuple):
    """What has to have become of a container before one that needs it is started."""

    condition: str
    crosses_hosts: bool
    """Whether it may be on other hosts, and counts on all that it is on."""


class Relations:
    """What the containers of a map refer to; made for one use, as configurations may change.

    :param container_map: A map in its extended form.
    """

    def __init__(self, container_map: MapContent) -> None:
        self._map = container_map
        self._name = container_map.name
        self._by_parent = bool(container_map.use_attached_parent_name)
        self.by_name: dict[str, ContainerConfiguration] = dict(iter(container_map))
        """Configurations by name."""
        self.configs: dict[str, ContainerConfiguration] = {}
        """The same, but ``name.instance`` where instances have settings of their own."""
        self._keys: dict[str, list[str]] = {name: [] for name in self.by_name}
        self._owners: dict[str, tuple[str, str | None]] = {}
        for name, instance, config in container_map.variants():
            key = f'{name}.{instance}' if instance else name
            self.configs[key] = config
            self._keys[name].append(key)
            self._owners[key] = name, instance
        self._attaching = {
            item.name: self.name_of(key) for key, config in self.configs.items() for item in config.attaches
        }
        self._attached = {
            (self.name_of(key), item.name) for key, config in self.configs.items() for item in config.attaches
        }
        self._containers: dict[str, list[MapConfigId]] = {}
        self._needed: dict[str, list[MapConfigId]] = {}
        self._references: dict[str, list[Reference]] = {}

    def _id(self, name: str, instance: str | None) -> MapConfigId:
        return MapConfigId(ItemType.CONTAINER, self._name, name, instance)

    def name_of(self, key: str) -> str:
        """Name of the configuration that a key of ``configs`` is for."""
        return self._owners[key][0]

    def keys_of(self, name: str, instance: str | None = None) -> list[str]:
        """Keys in ``configs`` of a configuration, or of one of its instances; all where there is no such instance."""
        keys = self._keys.get(name, [])
        key = f'{name}.{instance}'
        return [key] if key in keys else keys

    def config_of(self, config_id: MapConfigId) -> ContainerConfiguration | None:
        """Configuration of a container, with the settings of its instance."""
        return next((self.configs[key] for key in self.keys_of(config_id.config_name, config_id.instance_name)), None)

    def instances(self, name: str) -> list[MapConfigId]:
        """All containers of a configuration, or of a key of ``configs``.

        There is a single one without instance name if it has none or does not exist.
        """
        found = self._containers.get(name)
        if found is None:
            owner, instance = self._owners.get(name, (name, None))
            config = self.by_name.get(owner)
            instances = [instance] if instance else (config and config.instances) or [None]
            found = [self._id(owner, instance) for instance in instances]
            self._containers[name] = found
        return found

    def _target(self, reference: str) -> list[MapConfigId]:
        """Containers that a link or a volume reference means: ``name.instance`` or all of ``name``."""
        name, instance = split_instance(reference)
        return [self._id(name, instance)] if instance else self.instances(name)

    def _shared_network(self, mode: Any) -> list[MapConfigId]:
        if not isinstance(mode, tuple) or mode[0] not in self.by_name:
            return []
        found = self.instances(mode[0])
        named = [config_id for config_id in found if config_id.instance_name == mode[1]]
        return named or found

    def _used_volume(self, reference: str) -> MapConfigId | None:
        """The attached volume that a name in ``uses`` means; none if it is that of a container."""
        name, rest = split_instance(reference)
        owner, alias = (name, rest or '') if self._by_parent else (self._attaching.get(name, ''), name)
        return self._volume(owner, alias) if (owner, alias) in self._attached else None

    def _volume(self, owner: str, alias: str) -> MapConfigId:
        return MapConfigId(ItemType.VOLUME, self._name, owner, alias)

    def attached(self, name: str) -> list[MapConfigId]:
        """Volumes that a configuration attaches."""
        return [self._volume(self.name_of(name), item.name) for item in self.configs[name].attaches]

    def _holders(self, owner: str, alias: str) -> list[MapConfigId]:
        """Containers of a configuration that attach a volume."""
        keys = self._keys[owner]
        if len(keys) > 1:
            keys = [key for key in keys if any(item.name == alias for item in self.configs[key].attaches)]
        return [config_id for key in keys for config_id in self.instances(key)]

    def _used(self, user: str, reference: str) -> list[MapConfigId]:
        """Containers that a name in ``uses`` means; none for an attached volume of the user itself."""
        name, rest = split_instance(reference)
        owner, alias = self._attaching.get(name), name
        if self._by_parent and name in self.by_name:
            owner, alias = (name if not rest or (name, rest) in self._attached else None), rest or ''
            if owner is not None and not rest:
                return self.instances(owner)
        elif self._by_parent:
            owner = None
        if owner is None:
            return self._target(reference)
        holders = self._holders(owner, alias)
        return holders if self.instances(user)[0] not in holders else []

    def _endpoints(self, config: ContainerConfiguration) -> Iterator[Reference]:
        for endpoint in config.networks:
            if endpoint.network_name not in DEFAULT_PRESET_NETWORKS:
                yield Reference('networks', [MapConfigId(ItemType.NETWORK, self._name, endpoint.network_name)])
                for link in endpoint.links:
                    yield Reference('links', self._target(link.container), entry=link)

    def references(self, name: str) -> list[Reference]:
        """What a configuration refers to, but for what belongs to it alone, in documented order."""
        if name not in self._references:
            self._references[name] = list(self._found_references(name))
        return self._references[name]

    def _found_references(self, name: str) -> Iterator[Reference]:
        config = self.configs[name]
        yield Reference('network_mode', self._shared_network(config.network_mode))
        yield from self._endpoints(config)
        for volume in config.uses:
            yield Reference('uses', self._used(name, volume.name), self._used_volume(volume.name), volume)
        for link in config.links:
            yield Reference('links', self._target(link.container), entry=link)
        for dependency in config.depends_on:
            yield Reference(DEPENDS_ON, self._target(dependency.container), entry=dependency)

    def needed(self, name: str) -> list[MapConfigId]:
        """Containers and networks that a configuration refers to, in documented order, each once."""
        if name not in self._needed:
            found = (needed for reference in self.references(name) for needed in reference.needed)
            self._needed[name] = list(dict.fromkeys(found))
        return self._needed[name]

    def image(self, name: str, config: ContainerConfiguration) -> MapConfigId:
        """The image of a configuration; raises ``ValueError`` with its path if that is no name of an image."""
        with located(self._name, name, 'image'):
            image = config.image or self.name_of(name)
            return MapConfigId(ItemType.IMAGE, self._name, *self._map.get_image(image))

    def items(self) -> Iterator[tuple[MapConfigId, list[MapConfigId]]]:
        """Each container with all items that it needs; instances of a configuration share their list."""
        for name, config in self.configs.items():
            needed = [*self.needed(name), *self.attached(name), self.image(name, config)]
            for config_id in self.instances(name):
                yield config_id, needed

    def conditions(self, name: str) -> dict[MapConfigId, Awaited]:
        """What has to have become of the containers that a configuration needs before it is started.

        Jobs have to be completed, whatever they are needed for, unless a condition says otherwise.
        """
        found: dict[MapConfigId, Awaited] = {}
        for reference in self.references(name):
            crosses = reference.property == DEPENDS_ON
            said = reference.entry.condition if crosses else None
            for needed in reference.needed:
                config = self.config_of(needed) if needed.config_type is ItemType.CONTAINER else None
                if config is None:
                    continue
                former = found.get(needed, Awaited('', False))
                own = COMPLETED if config.job else STARTED
                found[needed] = Awaited(said or former.condition or own, crosses or former.crosses_hosts)
        return {needed: awaited for needed, awaited in found.items() if awaited != Awaited(STARTED, False)}

    def conditions_by_item(self) -> Iterator[tuple[MapConfigId, dict[MapConfigId, Awaited]]]:
        """Each container that waits for others, with what for; instances of a configuration share it."""
        for name in self.configs:
            awaited = self.conditions(name)
            if awaited:
                yield from ((config_id, awaited) for config_id in self.instances(name))

    def _keys_needed(self, needed: MapConfigId) -> list[str]:
        return self.keys_of(needed.config_name, needed.instance_name) or [needed.config_name]

    def relation(self, name: str, other: str) -> str:
        """The property by which a configuration needs another one on its own hosts."""
        return next(
            reference.property
            for reference in self.references(name)
            if reference.property != DEPENDS_ON
            and any(other in self._keys_needed(needed) for needed in reference.needed)
        )

    def needed_configs(self, with_dependencies: bool = True) -> dict[str, list[str]]:
        """For each configuration the other configurations that it refers to, each once.

        :param with_dependencies: Include what it merely depends on, which may be on other hosts.
        """
        return {
            name: list(
                dict.fromkeys(
                    key
                    for reference in self.references(name)
                    if with_dependencies or reference.property != DEPENDS_ON
                    for needed in reference.needed
                    if kind_of(needed).is_of_configuration
                    for key in self._keys_needed(needed)
                )
            )
            for name in self.configs
        }


class ClientNames:
    """Which clients the items of a map are for.

    A configuration is for the clients that it names. Others are for all clients of those that need them, or where
    nothing does, for the clients of the map.
    """

    def __init__(self, relations: Relations, map_clients: Iterable[str]) -> None:
        self._relations = relations
        self._map_clients = list(map_clients)
        self.of_map = list(dict.fromkeys(self._map_clients)) or [DEFAULT_CLIENT]
        self.needed = relations.needed_configs(with_dependencies=False)
        self.of_configs = self._effective()
        self._of_containers: dict[tuple[str, str | None], list[str]] = {}
        # Found when first needed, as the names of images may contain late values.
        self._of_items: dict[MapConfigId, dict[str, None]] | None = None

    def is_for(self, map_clients: Iterable[str]) -> bool:
        """Whether this was made for a map with these clients."""
        return self._map_clients == list(map_clients)

    def _effective(self) -> dict[str, list[str]]:
        """Clients by configuration, where those that need others come before them."""
        users: dict[str, list[str]] = {name: [] for name in self.needed}
        for name, others in self.needed.items():
            for other in others:
                if other in users and other != name:
                    users[other].append(name)
        waiting = {name: len(found) for name, found in users.items()}
        ready = [name for name, count in waiting.items() if not count]
        found: dict[str, list[str]] = {}
        for name in ready:
            found[name] = self._clients_of(name, users[name], found)
            for other in self.needed[name]:
                if other in waiting and other != name:
                    waiting[other] -= 1
                    if not waiting[other]:
                        ready.append(other)
        for name in self.needed:
            found.setdefault(name, self._clients_of(name, [], found))
        return found

    def _clients_of(self, name: str, users: Iterable[str], known: dict[str, list[str]]) -> list[str]:
        own = self._relations.configs[name].clients
        if own:
            return list(dict.fromkeys(own))
        return list(dict.fromkeys(client for user in users for client in known[user])) or self.of_map

    def _clients_of_items(self) -> dict[MapConfigId, dict[str, None]]:
        found: dict[MapConfigId, dict[str, None]] = {}
        for name, config in self._relations.configs.items():
            clients = dict.fromkeys(self.of_configs[name])
            networks = [needed for needed in self._relations.needed(name) if not kind_of(needed).is_of_configuration]
            for config_id in (*networks, self._relations.image(name, config)):
                found.setdefault(config_id, {}).update(clients)
        return found

    def of(self, config_id: MapConfigId) -> list[str]:
        """Clients of an item; none means the default client, as does an empty name where others are named too."""
        if kind_of(config_id).is_of_configuration:
            key = config_id.config_name, config_id.instance_name
            if key not in self._of_containers:
                self._of_containers[key] = self._of_container(config_id)
            found = self._of_containers[key]
        else:
            if self._of_items is None:
                self._of_items = self._clients_of_items()
            found = list(self._of_items.get(config_id, self.of_map))
        return [] if found == [DEFAULT_CLIENT] else list(found)

    def _of_container(self, config_id: MapConfigId) -> list[str]:
        keys = self._relations.keys_of(config_id.config_name, config_id.instance_name)
        return list(dict.fromkeys(client for key in keys for client in self.of_configs[key])) or self.of_map

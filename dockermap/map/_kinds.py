"""The kinds of items, as rows: what is particular to each. A further kind is a further row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS, CreateOption
from ..utils import format_image_tag
from ._describe import name_on_map
from .input import ItemType, MapConfigId

__all__ = ['KINDS', 'SECTIONS', 'Kind', 'attached_names', 'kind_of', 'kind_on']


class _Names(Protocol):
    """How a policy calls what is on an engine."""

    @property
    def container_maps(self) -> Mapping[str, Any]: ...

    def container_name(self, map_name: str, container: str, instance: str | None = None) -> str: ...

    def volume_name(self, map_name: str, attached_name: str, parent_name: str | None = None) -> str: ...

    def network_name(self, map_name: str, network_name: str) -> str: ...


class _Configurations(Protocol):
    """A map, as far as its configurations are looked up; none is created for that."""

    def get_instance(self, item: str, instance: str | None) -> Any: ...

    def get_existing_network(self, item: str) -> Any: ...

    def get_existing_volume(self, item: str) -> Any: ...


class _KnownNames(Protocol):
    """Names on a map that ids of items can refer to."""

    @property
    def networks(self) -> Collection[str]: ...

    @property
    def attached(self) -> Collection[tuple[str, str]]: ...

    @property
    def configs(self) -> Collection[str]: ...

    @property
    def groupable(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Kind:
    """What is particular to one kind of item."""

    type: ItemType
    state_method: str
    """Method of state generators that looks at an item."""
    cache: str
    """Attribute of policies with the names of what exists, by client."""
    engine_name: Callable[[_Names, MapConfigId], str]
    """Name of an item on the engine."""
    section: str | None = None
    """Section of a map that its configurations are in; none for what has no configuration."""
    listed_in: str | None = None
    """Section of a map that lists its items by the name of a configuration."""
    called: str = 'configuration'
    """What an entry of that section is called."""
    instances: Callable[[Any], Iterable[str | None]] = field(default=lambda entry: [None])
    """Names of the instances that an entry of that section lists."""
    configuration: Callable[[_Configurations, MapConfigId], Any] = field(default=lambda container_map, item: None)
    """Configuration of an item; ``None`` where there is none."""
    is_known: Callable[[_KnownNames, MapConfigId], bool] = field(default=lambda names, item: True)
    """Whether an id can refer to something on its map."""
    options: Mapping[str, CreateOption] = field(default_factory=dict)
    """Arguments that its creating call takes."""
    labels: tuple[str, ...] = ('Labels',)
    """Where an inspection shows its labels."""
    feature: str | None = None
    """What an engine must offer to have such items."""
    stand_in: ItemType | None = None
    """What takes the place of such an item on an engine without the feature."""
    is_of_configuration: bool = False
    """Whether an item is for the clients of the container configuration in its id."""
    leads_further: bool = False
    """Whether an item has relations of its own, so that what it needs is needed by those that need it."""

    def place(self, config_id: MapConfigId) -> list[str]:
        """Where on its map the configuration of an item is; containers may be given without their section."""
        name = config_id.config_name if self.section == self.listed_in else config_id.instance_name
        section = self.section if self.section != 'containers' else None
        return [part for part in (section, name) if part]


def _container_name(names: _Names, item: MapConfigId) -> str:
    return names.container_name(item.map_name, item.config_name, item.instance_name)


def _volume_name(names: _Names, item: MapConfigId) -> str:
    by_parent = names.container_maps[item.map_name].use_attached_parent_name
    return names.volume_name(item.map_name, item.instance_name or '', item.config_name if by_parent else None)


def _is_attached(names: _KnownNames, item: MapConfigId) -> bool:
    if item.instance_name is None:
        return item.config_name in names.configs
    return (item.config_name, item.instance_name) in names.attached


def attached_names(entry: Any) -> list[str]:
    """Aliases of the volumes that a configuration attaches, be it for some of its instances."""
    by_instance = (settings.get('attaches', ()) for settings in entry.instance_settings.values())
    return list(dict.fromkeys(volume.name for volumes in (entry.attaches, *by_instance) for volume in volumes))


def _container_configuration(container_map: _Configurations, item: MapConfigId) -> Any:
    # A container that stands in for a volume has its alias in place of an instance.
    instance = item.instance_name if item.config_type is ItemType.CONTAINER else None
    return container_map.get_instance(item.config_name, instance)


def _is_groupable(names: _KnownNames, item: MapConfigId) -> bool:
    return name_on_map(item) in names.groupable


KINDS: dict[ItemType, Kind] = {kind.type: kind for kind in (
    Kind(
        ItemType.CONTAINER, 'get_container_state', 'container_names', _container_name,
        section='containers', listed_in='containers', instances=lambda entry: entry.instances,
        configuration=_container_configuration,
        is_known=_is_groupable, options=CREATE_OPTIONS, labels=('Config', 'Labels'),
        is_of_configuration=True, leads_further=True,
    ),
    Kind(
        ItemType.NETWORK, 'get_network_state', 'network_names',
        lambda names, item: names.network_name(item.map_name, item.config_name),
        section='networks', listed_in='networks', called='network',
        configuration=lambda container_map, item: container_map.get_existing_network(item.config_name),
        is_known=lambda names, item: item.config_name in names.networks, options=NETWORK_OPTIONS, feature='networks',
    ),
    Kind(
        ItemType.VOLUME, 'get_volume_state', 'volume_names', _volume_name,
        section='volumes', listed_in='containers', instances=attached_names,
        configuration=lambda container_map, item: container_map.get_existing_volume(item.instance_name or ''),
        is_known=_is_attached, options=VOLUME_OPTIONS, feature='volumes', stand_in=ItemType.CONTAINER,
        is_of_configuration=True,
    ),
    Kind(
        ItemType.IMAGE, 'get_image_state', 'images',
        lambda names, item: format_image_tag((item.config_name, item.instance_name)),
    ),
)}  # fmt: skip
"""One row for each kind of item."""

SECTIONS = tuple(kind.section for kind in KINDS.values() if kind.section is not None)
"""Sections of a map that have configurations by name."""


def kind_of(config_id: MapConfigId) -> Kind:
    """The kind of an item.

    :raises ValueError: Unknown type of item.
    """
    kind = KINDS.get(config_id.config_type)
    if kind is None:
        raise ValueError(f'Unknown type of item: {config_id.config_type!r}. Expected a member of ItemType.')
    return kind


def kind_on(features: Mapping[str, Any], config_id: MapConfigId) -> Kind:
    """The kind that an item has on an engine with these features: that of its stand-in where it cannot be.

    :raises ValueError: Unknown type of item.
    """
    kind = kind_of(config_id)
    if kind.stand_in is None or features.get(kind.feature or ''):
        return kind
    return KINDS[kind.stand_in]

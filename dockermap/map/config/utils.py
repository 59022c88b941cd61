"""From what was asked for to the ids of single items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...exceptions import UnknownNameError
from ...utils import close_match, merge_list, split_instance
from .._kinds import KINDS, Kind
from ..input import InputConfigId, InputConfigIdList, ItemType, MapConfigId

if TYPE_CHECKING:
    from .main import ContainerMap

__all__ = ['expand_groups', 'expand_instances', 'get_map_config', 'get_map_config_ids']

ALL = '__all__'
_ANY_TYPE_SECTION = 'images'


def get_map_config(config_id: Any) -> tuple[Any, Any, Any]:
    """Type, map and configuration of an id, as a tuple."""
    config_type, map_name, config_name = config_id[:3]
    return config_type, map_name, config_name


def _listed(names: Iterable[Any]) -> str:
    return ', '.join(sorted(map(str, names))) or 'none'


def _map_named(name: Any, maps: Mapping[str, ContainerMap], config_name: Any) -> ContainerMap:
    if name in maps:
        return maps[name]
    known = _listed(maps.keys())
    if name is None:
        raise ValueError(
            f'{config_name!r} names no map, and there is no default map. There are the maps: {known}. '
            f"Write 'map.configuration', or give the name of the map."
        )
    hint = ''
    if any(name in container_map.containers for container_map in maps.values()):
        hint = f" There is a configuration {name!r}; for an instance of it, write 'map.{name}.instance'."
    match = close_match(name, maps.keys()) or '.'
    raise UnknownNameError(f'There is no map {name!r}{match} There are the maps: {known}.{hint}')


def _instance_names(config_id: Any) -> tuple[Any, ...] | None:
    if isinstance(config_id, InputConfigId):
        return config_id.instance_names  # type: ignore[no-any-return]
    return (config_id.instance_name,) if config_id.instance_name else None


def _group_members(
    members: Any,
    config_id: Any,
    map_name: str,
    instances: tuple[Any, ...] | None,
) -> Iterator[InputConfigId]:
    for member in [members] if isinstance(members, (str, MapConfigId)) else members:
        if isinstance(member, MapConfigId):
            yield InputConfigId(*member[:3], _instance_names(member))
        elif isinstance(member, str):
            name, instance = split_instance(member)
            yield InputConfigId(config_id.config_type, map_name, name, (instance,) if instance else instances)
        else:
            raise ValueError(
                f'{map_name}.groups.{config_id.config_name}: Expected configuration names or ids, found {member!r}.'
            )


def _expanded_on_map(config_id: Any, map_name: str, container_map: ContainerMap) -> Iterator[InputConfigId]:
    instances = _instance_names(config_id)
    if config_id.config_name == ALL and config_id.config_type == ItemType.CONTAINER:
        if container_map.default_group:
            members = container_map.groups[container_map.default_group]
            yield from _group_members(members, config_id, map_name, instances)
            return
        for name, _ in container_map.containers.items():
            yield InputConfigId(ItemType.CONTAINER, map_name, name, instances)
    elif config_id.config_name in container_map.groups:
        yield from _group_members(container_map.groups[config_id.config_name], config_id, map_name, instances)
    else:
        yield InputConfigId(config_id.config_type, map_name, config_id.config_name, instances)


def _has(container_map: ContainerMap, config_id: Any) -> bool:
    kind = KINDS.get(config_id.config_type)
    section = kind.listed_in if kind is not None else None
    name = config_id.config_name
    return section is None or name == ALL or name in container_map.groups or name in getattr(container_map, section)


def _selected_maps(config_id: Any, maps: Mapping[str, ContainerMap]) -> dict[str, ContainerMap]:
    """The maps that an id is about; of all maps, those that have the name, unless none has."""
    name = config_id.map_name
    if name is None and config_id.config_name == ALL:
        name = ALL
    if name != ALL:
        return {name: _map_named(name, maps, config_id.config_name)}
    all_maps = dict(maps.items())
    return {name: found for name, found in all_maps.items() if _has(found, config_id)} or all_maps


def expand_groups(config_ids: Iterable[Any], maps: Mapping[str, ContainerMap]) -> Iterator[InputConfigId]:
    """Ids without ``__all__`` and groups; each has a tuple of instance names or ``None``.

    :raises ValueError: There is no default map, or something is no id.
    :raises KeyError: A map does not exist.
    """
    for config_id in config_ids:
        if not isinstance(config_id, (InputConfigId, MapConfigId)):
            raise ValueError(f'Expected an InputConfigId or a MapConfigId, found {config_id!r}.')
        for map_name, container_map in _selected_maps(config_id, maps).items():
            yield from _expanded_on_map(config_id, map_name, container_map)


def _configured_instances(config: tuple[Any, Any, Any], maps: Mapping[str, ContainerMap]) -> list[Any]:
    config_type, map_name, config_name = config
    kind = KINDS.get(config_type)
    if kind is None or kind.listed_in is None:
        raise ValueError(f'Instances of {config_type!r} cannot be expanded; expected a container, volume or network.')
    container_map = _map_named(map_name, maps, config_name)
    entry = getattr(container_map, kind.listed_in).get(config_name)
    if entry is None:
        raise UnknownNameError(_missing_text(container_map, config_name, kind), config)
    return list(kind.instances(entry))


def _missing_text(container_map: ContainerMap, config_name: Any, kind: Kind) -> str:
    if config_name in container_map._abstract_names:
        return f'{container_map.name}.{config_name} is abstract: only a template for other configurations.'
    names = getattr(container_map, kind.listed_in or '').keys()
    match = close_match(config_name, names) or '.'
    return (
        f'There is no {kind.called} {config_name!r} on map {container_map.name!r}{match} There are: {_listed(names)}.'
    )


def expand_instances(config_ids: Iterable[Any], ext_maps: Mapping[str, ContainerMap]) -> Iterator[MapConfigId]:
    """Ids of single items, sorted by type, map and configuration, each once.

    :raises KeyError: A configuration does not exist.
    :raises ValueError: The type of an id has no instances.
    """
    requested: dict[tuple[Any, Any, Any], list[Any]] = {}
    for config_id in config_ids:
        merge_list(requested.setdefault(get_map_config(config_id), []), _requested_instances(config_id))
    for config in sorted(requested, key=lambda key: (key[0].value, str(key[1]), str(key[2]))):
        configured = _configured_instances(config, ext_maps)
        names = requested[config]
        if configured and None in names:
            names = [*configured, *(name for name in names if name is not None and name not in configured)]
        for name in names:
            yield MapConfigId(*config, name)


def _requested_instances(config_id: Any) -> Iterable[Any]:
    names = config_id[3]
    if isinstance(names, str):
        return (names,)
    return tuple(names) if names else (None,)


def get_map_config_ids(
    value: Any,
    maps: Mapping[str, ContainerMap],
    default_map_name: str | None = None,
    default_instances: Any = None,
) -> list[MapConfigId]:
    """Ids of all items that the input means, see :class:`~dockermap.map.input.InputConfigIdList`.

    :raises KeyError: A map or a configuration does not exist.
    :raises ValueError: The input is no selection of items, or there is no default map.
    """
    config_ids = InputConfigIdList(value, default_map_name, default_instances)
    return list(expand_instances(expand_groups(config_ids, maps), maps))

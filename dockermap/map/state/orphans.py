"""What was created for a map, and is not on it any more."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...docker_api import is_not_found
from .._kinds import KINDS, kind_on
from ..input import ItemType, MapConfigId
from ..policy.ownership import ITEM_LABEL, MAP_LABEL, NAME_LABEL, PURPOSE_LABEL, item_text, read_item, takes_labels

if TYPE_CHECKING:
    from ..policy.base import BasePolicy

_KINDS = (ItemType.CONTAINER, ItemType.NETWORK, ItemType.VOLUME)
_TEMPORARY = '..'
"""Part of names that items only have until they get their own, or that they had before."""

Row = tuple[str, str, Mapping[str, str]]
"""Name, id, and labels."""


@dataclass(frozen=True)
class Orphan:
    """Something that was created for a map, and is not on it any more.

    :param client_name: Name of the client.
    :param config_id: The item that it was.
    :param name: Its name on the engine.
    :param item_id: Its id; volumes have none but their names.
    """

    client_name: str
    config_id: MapConfigId
    name: str
    item_id: str


def find_orphans(policy: BasePolicy, map_name: str, wanted: Mapping[str, Container[str]]) -> Iterator[Orphan]:
    """Orphans of a map: containers, then networks, then volumes of each client.

    What the lists say is enough, where they have labels. Otherwise clients are asked for what has them.

    :param wanted: Of the clients to look at, what is on the map, as from :func:`items_by_client`.
    """
    for client_name, known in wanted.items():
        client_config = policy.clients[client_name]
        if not takes_labels(client_config.version):
            continue
        for kind in _KINDS:
            feature = KINDS[kind].feature
            if feature is not None and not client_config.features[feature]:
                continue
            for name, item_id, labels in _labelled(policy, client_name, kind, map_name):
                # Not all clients heed the filter of a list.
                config_id = read_item(labels.get(ITEM_LABEL), map_name) if labels.get(MAP_LABEL) == map_name else None
                if config_id is None or PURPOSE_LABEL in labels or _TEMPORARY in name:
                    continue
                if labels[ITEM_LABEL] not in known:
                    if kind is ItemType.CONTAINER and labels.get(NAME_LABEL) == name:
                        policy.remember_name(config_id, name)
                    yield Orphan(client_name, config_id, name, item_id)


def items_by_client(policy: BasePolicy, map_name: str) -> dict[str, set[str]]:
    """Texts of the labels of all items of a map that can be created, by client; with each client that the map has."""
    container_map = policy.container_maps[map_name]
    by_parent = bool(container_map.use_attached_parent_name)
    of_map = [name or policy.default_client_name for name in container_map.clients] or [policy.default_client_name]
    found: dict[str, set[str]] = {client_name: set() for client_name in of_map}
    for config_id in _items(container_map, map_name):
        if not policy.is_external(config_id):
            for client_name in policy.get_client_names(config_id):
                found.setdefault(client_name, set()).add(item_text(config_id, by_parent))
    return {client_name: items for client_name, items in found.items() if client_name in policy.clients}


def _items(container_map: Any, map_name: str) -> Iterator[MapConfigId]:
    for config_name, config in container_map:
        for instance in config.instances or (None,):
            yield MapConfigId(ItemType.CONTAINER, map_name, config_name, instance)
        for volume in config.attaches:
            yield MapConfigId(ItemType.VOLUME, map_name, config_name, volume.name)
    for name, _ in container_map.networks.items():
        yield MapConfigId(ItemType.NETWORK, map_name, name)


def _labelled(policy: BasePolicy, client_name: str, kind: ItemType, map_name: str) -> Iterable[Row]:
    """What may have the label of a map, of a kind of item on a client."""
    known: Any = policy.names_on(client_name, kind)
    rows: Iterable[tuple[str, str, Mapping[str, str] | None]] = known.rows
    if all(labels is not None for _, _, labels in rows):
        return rows  # type: ignore[return-value]
    return list(_asked(policy, client_name, kind, map_name))


def _asked(policy: BasePolicy, client_name: str, kind: ItemType, map_name: str) -> Iterator[Row]:
    """The same from a client whose lists have no labels; one that cannot filter them has nothing to tell."""
    client = policy.clients[client_name].get_client()
    try:
        listed = _LIST[kind](client, {'label': f'{MAP_LABEL}={map_name}'})
    except TypeError:
        return
    place = kind_on(policy.clients[client_name].features, MapConfigId(kind, map_name, '')).labels
    for row in listed or ():
        name = _name(row)
        try:
            detail = _INSPECT[kind](client, str(row.get('Id') or name))
        except Exception as error:
            if not is_not_found(error):
                raise
            continue
        for key in place:
            detail = (detail or {}).get(key)
        yield name, str(row.get('Id') or name), detail or {}


def _name(row: Mapping[str, Any]) -> str:
    names = row.get('Names')
    return min(names, key=len).removeprefix('/') if names else str(row.get('Name'))


_LIST: dict[ItemType, Callable[[Any, dict[str, str]], Any]] = {
    ItemType.CONTAINER: lambda client, filters: client.containers(all=True, filters=filters),
    ItemType.NETWORK: lambda client, filters: client.networks(filters=filters),
    ItemType.VOLUME: lambda client, filters: client.volumes(filters=filters)['Volumes'],
}
_INSPECT: dict[ItemType, Callable[[Any, str], Any]] = {
    ItemType.CONTAINER: lambda client, name: client.inspect_container(name),
    ItemType.NETWORK: lambda client, name: client.inspect_network(name),
    ItemType.VOLUME: lambda client, name: client.inspect_volume(name),
}

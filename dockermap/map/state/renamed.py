"""Containers of items under other names than the items have now, as configurations named them otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..input import ItemType, MapConfigId
from ..policy.ownership import ITEM_LABEL, MAP_LABEL, PURPOSE_LABEL, read_item
from ..policy.replaced import is_temporary

if TYPE_CHECKING:
    from ..policy.base import BasePolicy

RENAMED = 'is called {name} so far, and is renamed'
"""What people are told."""


def other_names(policy: BasePolicy, client_name: str) -> Mapping[str, str]:
    """What containers of a client are called that bear the label of an item, by the name that the item has now.

    Of several, the first one listed is the item. Names that others have, and keep, are not looked for. Those that are
    free come first, then those that become free by these. No request is made.
    """
    names: Any = policy.container_names[client_name]
    if names.other_names is None:
        found: dict[str, str] = {}
        for wanted, name in _wanted(policy, client_name, names.rows):
            if wanted != name:
                found.setdefault(wanted, name)
        given_up = {name: wanted for wanted, name in found.items()}
        places = {wanted: _steps_until_free(wanted, names, given_up) for wanted in found}
        order = sorted((place, wanted) for wanted, place in places.items() if place is not None)
        names.other_names = {wanted: found[wanted] for _, wanted in order}
    known: Mapping[str, str] = names.other_names
    return known


def _steps_until_free(name: str, names: Collection[str], given_up: Mapping[str, str]) -> int | None:
    """How many others have to get their names before a name is free; ``None`` if it is not then, either."""
    seen: set[str] = set()
    while name in names:
        if name in seen or name not in given_up:
            return None
        seen.add(name)
        name = given_up[name]
    return len(seen)


def _wanted(
    policy: BasePolicy, client_name: str, rows: list[tuple[str, str, Mapping[str, str] | None]]
) -> Iterator[tuple[str, str]]:
    """Names that items have now, with those that their containers bear."""
    for name, _, labels in rows:
        if not labels or PURPOSE_LABEL in labels or labels.get(MAP_LABEL) not in policy.container_maps:
            continue
        item = read_item(labels.get(ITEM_LABEL), labels[MAP_LABEL])
        if item is None or item.config_type is not ItemType.CONTAINER or is_temporary(name):
            continue
        if _is_on_map(policy, item) and client_name in policy.get_client_names(item):
            yield policy.item_name(item), name


def _is_on_map(policy: BasePolicy, item: MapConfigId) -> bool:
    config = policy.container_maps[item.map_name].get_existing(item.config_name)
    return config is not None and item.instance_name in (config.instances or [None])

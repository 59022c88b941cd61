"""Labels that tell whose an item is: what this library creates for a map bears them, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping

from ..input import ItemType, MapConfigId

PREFIX = 'org.docker-map.'
"""How the names of all labels begin that this library gives to what it creates."""

MAP_LABEL = f'{PREFIX}map'
"""Name of the map that an item belongs to."""

ITEM_LABEL = f'{PREFIX}item'
"""What an item is on its map, e.g. ``container:web.blue``."""

PURPOSE_LABEL = f'{PREFIX}purpose'
"""What a container is for that is no item of the map by itself; ``org.docker-map.item`` has the item it works for."""

PREPARATION = 'preparation'
"""Purpose of containers that set owner and mode of a volume."""

SCRIPT = 'script'
"""Purpose of containers that run a script."""


def item_text(config_id: MapConfigId, by_parent: bool = False) -> str:
    """An item as its label says it: its kind, and its names on the map.

    :param by_parent: Volumes are known by the configuration that they are attached to as well.
    """
    is_volume = config_id.config_type == ItemType.VOLUME
    config_name = config_id.config_name if by_parent or not is_volume else None
    return f'{config_id.config_type.value}:{".".join(filter(None, (config_name, config_id.instance_name)))}'


def ownership_labels(config_id: MapConfigId, by_parent: bool = False, purpose: str | None = None) -> dict[str, str]:
    """Labels of what is created for an item.

    :param by_parent: Volumes are known by the configuration that they are attached to as well.
    :param purpose: What it is for, if it is not the item itself.
    """
    labels = {MAP_LABEL: config_id.map_name, ITEM_LABEL: item_text(config_id, by_parent)}
    return labels if purpose is None else {**labels, PURPOSE_LABEL: purpose}


def without_own_labels(labels: Mapping[str, object]) -> dict[str, object]:
    """Labels that somebody else has given."""
    return {name: value for name, value in labels.items() if not name.startswith(PREFIX)}

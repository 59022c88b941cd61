"""Labels that tell whose an item is: what this library creates for a map bears them, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping

from ...utils import version_tuple
from ..input import ItemType, MapConfigId
from .label import LABEL

PREFIX = 'org.docker-map.'
"""How the names of all labels begin that this library gives to what it creates."""

MAP_LABEL = f'{PREFIX}map'
"""Name of the map that an item belongs to."""

ITEM_LABEL = f'{PREFIX}item'
"""What an item is on its map, e.g. ``container:web.blue``."""

NAME_LABEL = f'{PREFIX}name'
"""The name that a container has because its configuration says so."""

PURPOSE_LABEL = f'{PREFIX}purpose'
"""What a container is for that is no item of the map by itself; ``org.docker-map.item`` has the item it works for."""

PREPARATION = 'preparation'
"""Purpose of containers that set owner and mode of a volume."""

SCRIPT = 'script'
"""Purpose of containers that run a script."""


_FIRST_VERSION = (1, 23)


def takes_labels(api_version: object) -> bool:
    """Whether engines of a version label what they are told to; unknown versions are taken for current ones."""
    text = str(api_version or '')
    version = version_tuple(text) if text[:1].isdigit() else None
    return version is None or version >= _FIRST_VERSION


def item_text(config_id: MapConfigId, by_parent: bool = False) -> str:
    """An item as its label says it: its kind, and its names on the map.

    :param by_parent: Volumes are known by the configuration that they are attached to as well.
    """
    is_volume = config_id.config_type == ItemType.VOLUME
    config_name = config_id.config_name if by_parent or not is_volume else None
    return f'{config_id.config_type.value}:{".".join(filter(None, (config_name, config_id.instance_name)))}'


def read_item(text: str | None, map_name: str) -> MapConfigId | None:
    """The item that a label speaks of; ``None`` if there is none, or it is of a later version."""
    kind, _, names = (text or '').partition(':')
    if kind not in (ItemType.CONTAINER.value, ItemType.NETWORK.value, ItemType.VOLUME.value) or not names:
        return None
    if kind == ItemType.VOLUME.value:
        config_name, _, alias = names.rpartition('.')
        return MapConfigId(ItemType.VOLUME, map_name, config_name, alias)
    config_name, _, instance = names.partition('.')
    return MapConfigId(ItemType(kind), map_name, config_name, instance or None)


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


def is_of_map(labels: Mapping[str, str], map_name: str) -> bool:
    """Whether labels are those of an item that was created for a map.

    Development versions of this library gave no label but the one that tells what an item was created from.
    """
    return labels[MAP_LABEL] == map_name if MAP_LABEL in labels else LABEL in labels


def owner_text(labels: Mapping[str, str]) -> str | None:
    """Who has created an item, as far as its labels tell: another map, or another tool."""
    for text, names in _TOOLS:
        values = [labels[name] for name in names if labels.get(name)]
        if values:
            return text.format('/'.join(values))
    return None


_TOOLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("the map '{}'", (MAP_LABEL,)),
    (
        "Compose, '{}'",
        (
            'com.docker.compose.project',
            'com.docker.compose.service',
            'com.docker.compose.network',
            'com.docker.compose.volume',
        ),
    ),
    ("Swarm, '{}'", ('com.docker.stack.namespace', 'com.docker.swarm.service.name')),
    ("Kubernetes, '{}'", ('io.kubernetes.pod.namespace', 'io.kubernetes.pod.name')),
)
"""Who uses which labels; the values of all that are there are shown."""

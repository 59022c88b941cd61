"""Containers that only helped with something, and are not needed any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...docker_api import is_not_found
from ..config.client import SWARM
from ..input import ItemType, MapConfigId
from ..policy.ownership import ITEM_LABEL, MAP_LABEL, PURPOSE_LABEL, read_item
from ..policy.replaced import RUN, is_temporary
from .events import Clock
from .jobs import remove_job
from .runs import is_over

if TYPE_CHECKING:
    from ..policy.base import BasePolicy

REPLACEMENT = 'replacement'
"""Purpose of containers that an interrupted replacement has left; for the next ``update``."""


@dataclass(frozen=True)
class Leftover:
    """A container that is no item of a map by itself, and was not removed.

    :param client_name: Name of the client.
    :param config_id: The item that it helped with.
    :param name: Its name on the engine.
    :param container_id: Its id.
    :param purpose: What it is for: ``script``, ``preparation`` of a volume, or ``replacement`` of a container.
    :param is_needed: Whether the run that has created it may still be at work with it.
    """

    client_name: str
    config_id: MapConfigId
    name: str
    container_id: str
    purpose: str
    is_needed: bool

    @property
    def is_removable(self) -> bool:
        """Whether a clean-up removes it."""
        return not self.is_needed and self.purpose != REPLACEMENT


def find_leftovers(policy: BasePolicy, map_name: str, now: float) -> Iterator[Leftover]:
    """What has been left for a map, on all clients; each is asked for one list.

    :param now: Seconds since the epoch.
    """
    for client_name in policy.clients:
        names: Any = policy.names_on(client_name, ItemType.CONTAINER)
        for name, container_id, labels in names.rows:
            found = labels or {}
            config_id = read_item(found.get(ITEM_LABEL), map_name) if found.get(MAP_LABEL) == map_name else None
            purpose = _purpose(name, found)
            if config_id is not None and purpose is not None:
                is_needed = RUN in found and not is_over(found[RUN], now)
                yield Leftover(client_name, config_id, name, container_id, purpose, is_needed)


def _purpose(name: str, labels: Mapping[str, str]) -> str | None:
    if PURPOSE_LABEL in labels:
        return labels[PURPOSE_LABEL]
    return REPLACEMENT if is_temporary(name) else None


def remove_leftover(policy: BasePolicy, found: Leftover) -> None:
    """Remove a container with its volumes that have no name, or a service; one that is gone already is no error."""
    client = policy.clients[found.client_name].get_client()
    try:
        if policy.clients[found.client_name].backend == SWARM:
            remove_job(client, found.container_id, Clock())
        else:
            client.remove_container(found.container_id, v=True, force=True)
    except Exception as error:
        if not is_not_found(error):
            raise
    policy.forget_names(found.client_name, ItemType.CONTAINER)

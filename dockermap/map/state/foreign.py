"""Items that bear the name of an item of a map, but were not created for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ... import DEFAULT_PRESET_NETWORKS
from ...docker_api import is_not_found
from .._kinds import kind_on
from ..input import ItemType, MapConfigId
from ..policy.ownership import is_of_map, owner_text, takes_labels

if TYPE_CHECKING:
    from ..policy.base import BasePolicy
    from .observed import Observed

_INSPECT: dict[ItemType, Callable[[Any, str], Mapping[str, Any]]] = {
    ItemType.CONTAINER: lambda client, name: client.inspect_container(name),
    ItemType.NETWORK: lambda client, name: client.inspect_network(name),
    ItemType.VOLUME: lambda client, name: client.inspect_volume(name),
}


@dataclass(frozen=True)
class ForeignItem:
    """Something on an engine that has the name of an item, but no labels of its map.

    :param name: Name on the engine.
    :param created: When it was created, as the engine says it; empty where it does not.
    :param image: The image of a container.
    :param owner: Who has created it, as far as labels tell.
    """

    client_name: str
    config_id: MapConfigId
    name: str
    created: str = ''
    image: str = ''
    owner: str | None = None

    @property
    def labels_text(self) -> str:
        """What its labels say about it."""
        if self.owner is None:
            return f"has no labels of the map '{self.config_id.map_name}'"
        return f"has the labels of {self.owner}, not those of the map '{self.config_id.map_name}'"

    def describe(self, deeds: str) -> str:
        """What it is, when and from what it was created, whose it is, and what would be done to it."""
        kind = self.config_id.config_type.value
        created = f' created {self.created[:19]}' if self.created else ''
        image = f' from image {self.image}' if self.image else ''
        origin = f',{created}{image},' if created or image else ''
        return f'{kind} {self.name} on client {self.client_name}{origin} {self.labels_text} (wanted: {deeds})'


class Ownership:
    """Tells which of the items that exist are foreign. Where engines give no labels, names decide.

    :param observed: Inspections of the same call; items that it does not have are inspected.
    """

    def __init__(self, policy: BasePolicy, observed: Observed) -> None:
        self._policy = policy
        self._observed = observed

    def foreign(self, client_name: str, config_id: MapConfigId) -> ForeignItem | None:
        """What bears the name of an item without being it; ``None`` if it is the map's, or does not exist."""
        client_config = self._policy.clients[client_name]
        if config_id.config_type == ItemType.IMAGE or not takes_labels(client_config.version):
            return None
        kind, name = kind_on(client_config.features, config_id), self._policy.name_on(client_name, config_id)
        detail = self.look(client_name, kind.type, name)
        labels = _at(detail, kind.labels)
        if labels is _UNKNOWN or is_of_map(labels or {}, config_id.map_name):
            return None
        image = (detail.get('Config') or {}).get('Image') or ''
        created = detail.get('Created') or detail.get('CreatedAt') or ''
        return ForeignItem(client_name, config_id, name, str(created), str(image), owner_text(labels or {}))

    def is_foreign_network(self, client_name: str, map_name: str, name: str) -> bool:
        """Whether a network is neither on a map nor was created for it; those that each engine has belong to all."""
        policy = self._policy
        client_config = policy.clients[client_name]
        networks = policy.container_maps[map_name].networks.items()
        on_map = (policy.network_name(map_name, network) for network, _ in networks)
        known = {*DEFAULT_PRESET_NETWORKS, *policy.default_network_names, *on_map}
        if name in known or not takes_labels(client_config.version):
            return False
        if name not in policy.names_on(client_name, ItemType.NETWORK):
            # Nothing is lost by leaving what is gone, and containers cannot be started with it.
            return False
        labels = _at(self.look(client_name, ItemType.NETWORK, name), ('Labels',))
        return labels is not _UNKNOWN and not is_of_map(labels or {}, map_name)

    def look(self, client_name: str, kind: ItemType, name: str) -> Mapping[str, Any]:
        """Inspection of an item by its name on the engine; empty if there is none."""
        known = self._policy.names_on(client_name, kind)
        if name not in known:
            return {}
        listed: Callable[[str], Mapping[str, Any]] | None = getattr(known, 'detail', None)
        if listed is not None:
            return listed(name)
        found: Mapping[str, Any] | None = self._observed.get(client_name, kind, name)
        if found is None:
            # Networks of one name are told apart by their ids.
            address: Callable[[str], str] = getattr(known, 'address', str)
            try:
                found = _INSPECT[kind](self._policy.clients[client_name].get_client(), address(name))
            except Exception as error:
                if not is_not_found(error):
                    raise
                return {}
            self._observed.note(client_name, kind, name, found)
        return found


_UNKNOWN: Any = object()


def _at(detail: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(detail, Mapping) or key not in detail:
            return _UNKNOWN
        detail = detail[key]
    return detail

"""What the items of a call will be like when everything that was decided so far has been done."""

from __future__ import annotations

from ..input import ItemType, MapConfigId
from .observed import Observed

_CREATED, _REMOVED = 'created', 'removed'


class Outlook:
    """What earlier decisions of a call mean for later ones.

    Items are known by their name on the engine, as several items of a map may be one volume or image there.
    ``renewed`` has the items that are created or re-created, ``prepared`` the volumes whose owner and mode are set, and
    ``stale`` the containers that still mount a volume which is created again; each by client and item.
    """

    def __init__(self, expects_new_images: bool = True) -> None:
        self.expects_new_images = expects_new_images
        """Whether an image that is pulled counts as another one until it is known."""
        self.observed = Observed()
        self.renewed: set[tuple[str, MapConfigId]] = set()
        self.prepared: set[tuple[str, MapConfigId]] = set()
        self.stale: set[tuple[str, MapConfigId]] = set()
        self.conditional: set[tuple[str, MapConfigId]] = set()
        self.pulled: set[tuple[str, str]] = set()
        self._new_volumes: set[tuple[str, str, str]] = set()
        self._items: dict[tuple[str, ItemType, str], str] = {}

    def note_created(self, client_name: str, config_id: MapConfigId, name: str) -> None:
        """An item is created, or re-created."""
        self._items[client_name, config_id.config_type, name] = _CREATED
        self.renewed.add((client_name, config_id))
        if config_id.config_type == ItemType.VOLUME:
            self._new_volumes.add((client_name, config_id.map_name, config_id.config_name))

    def note_removed(self, client_name: str, config_id: MapConfigId, name: str) -> None:
        """An item is removed."""
        self._items[client_name, config_id.config_type, name] = _REMOVED

    def note_pulled(self, client_name: str, name: str) -> None:
        """An image is pulled."""
        self._items[client_name, ItemType.IMAGE, name] = _CREATED

    def is_created(self, client_name: str, kind: ItemType, name: str) -> bool:
        """Whether an item is created; of an image, whether it is pulled."""
        return self._items.get((client_name, kind, name)) == _CREATED

    def is_removed(self, client_name: str, kind: ItemType, name: str) -> bool:
        """Whether an item is removed, and not created again."""
        return self._items.get((client_name, kind, name)) == _REMOVED

    def has_new_volume(self, client_name: str, map_name: str, config_name: str) -> bool:
        """Whether a volume that a configuration attaches is created."""
        return (client_name, map_name, config_name) in self._new_volumes

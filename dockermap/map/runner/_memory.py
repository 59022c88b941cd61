"""What a runner remembers between the actions of one call."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..input import MapConfigId
    from . import ActionConfig
    from ._reset import NetworkReset


class RunMemory:
    """Items made, configurations with a call's arguments, logins, and networks that are being replaced.

    Items are known by client and by name on the engine; only containers and volumes are.
    """

    def __init__(self) -> None:
        self.logins: dict[tuple[str, str], str] = {}
        self.resets: dict[tuple[str, MapConfigId], NetworkReset] = {}
        self._new: set[tuple[str, Any, str]] = set()
        self._configs: dict[tuple[str, str], Any] = {}

    def add_new(self, action: ActionConfig, name: str) -> None:
        """An item was made."""
        self._new.add((action.client_name, action.config_id.config_type, name))

    def is_new(self, action: ActionConfig, name: str) -> bool:
        """Whether the item was made by this runner, and is still there."""
        return (action.client_name, action.config_id.config_type, name) in self._new

    def forget(self, action: ActionConfig, name: str) -> None:
        """An item was removed."""
        self._new.discard((action.client_name, action.config_id.config_type, name))

    def set_config(self, action: ActionConfig, name: str, config: Any) -> None:
        """A container was made or started with this configuration."""
        self._configs[action.client_name, name] = config

    def config(self, action: ActionConfig, name: str) -> Any:
        """The configuration that a container was made or started with, otherwise that of the action."""
        return self._configs.get((action.client_name, name), action.config)

"""How a client leads back to the configuration that made it."""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple


class _Stored(NamedTuple):
    configuration: weakref.ref[Any]
    settings: Any
    """A copy without client, for when the configuration is gone."""


class ConfigurationLink:
    """Attribute of a client that does not keep the configuration alive.

    The configuration keeps the client. If the client kept the configuration as well, both, and the connections of the
    client, would stay until the garbage collector looks for cycles.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, client: Any, owner: type | None = None) -> Any:
        if client is None:
            return self
        stored: _Stored | None = vars(client).get(self._name)
        if stored is None:
            raise AttributeError(f'{type(client).__name__} has no {self._name}.')
        configuration = stored.configuration()
        if configuration is None:
            configuration = stored.settings.copy()
            configuration.client = client
        return configuration

    def __set__(self, client: Any, configuration: Any) -> None:
        vars(client)[self._name] = _Stored(weakref.ref(configuration), configuration.copy())

    def __delete__(self, client: Any) -> None:
        vars(client).pop(self._name, None)

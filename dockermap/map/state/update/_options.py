"""What a configuration says in the end: arguments wherever they were given, and the resulting network mode."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ....exceptions import located
from ....functional import resolve_value
from ....utils import engine_text
from ...policy.options import option_values
from ...policy.utils import init_options

if TYPE_CHECKING:
    from ...config.container import ContainerConfiguration

NetworkMode = str | tuple[str, str | None] | None
"""Text for the engine, a reference to another configuration and its instance, or ``None`` where nothing is said."""

BRIDGED = 'bridged'
CONTAINER_PREFIX = 'container:'


class GivenOptions:
    """Arguments that a configuration passes on; functions are called once, late values resolved on look-up."""

    def __init__(self, config: ContainerConfiguration, *place: str) -> None:
        self._create = ('create_options', init_options(config.create_options))
        self._host = ('host_config', init_options(config.host_config))
        self._names = self._create[1].keys() | self._host[1].keys()
        self._place = place
        self._config = config

    @cached_property
    def network_mode(self) -> NetworkMode:
        """The configured network mode; what is passed on as an argument counts before the property."""
        if self.created('network_disabled'):
            return 'none'
        return self.hosted('network_mode') or self._config.network_mode or None

    def created(self, name: str) -> Any:
        """Value of an argument for creation; ``create_options`` count before ``host_config``.

        :raises ValueError: The value is none of this argument.
        """
        return self._first(name, self._create, self._host)

    def hosted(self, name: str) -> Any:
        """Value of an argument for the host configuration; ``host_config`` counts before ``create_options``.

        :raises ValueError: The value is none of this argument.
        """
        return self._first(name, self._host, self._create)

    def _first(self, name: str, *sources: tuple[str, Mapping[str, Any]]) -> Any:
        for source, options in sources if name in self._names else ():
            if name in options:
                with located(*self._place, source):
                    value = option_values({name: options[name]})[name]
                if value is not None:
                    return value
        return None


def network_kind(mode: NetworkMode) -> str:
    """``host``, ``none``, ``container``, or ``bridged`` for all else, networks of a user included."""
    if isinstance(mode, tuple) or (mode and mode.startswith(CONTAINER_PREFIX)):
        return 'container'
    return mode if mode in ('host', 'none') else BRIDGED


def plain_address(value: Any) -> str | None:
    """An IP address in its shortest form; other text as it is."""
    text = engine_text(value)
    if not text:
        return None
    try:
        return ipaddress.ip_address(text).compressed
    except ValueError:
        return text


def plain_mac_address(value: Any) -> str | None:
    """A MAC address as engines show it."""
    return engine_text(resolve_value(value)).lower().replace('-', ':') if value else None


def network_or_volume_option(config: Any, name: str) -> Any:
    """A setting of a network or volume; ``create_options`` counts before the property."""
    value = resolve_value(init_options(config.create_options).get(name))
    return resolve_value(getattr(config, name)) if value is None else value


def driver_options(config: Any, argument: str) -> dict[str, Any]:
    """Driver options of a network or volume with resolved values; also those passed on under the argument's name."""
    given = resolve_value(init_options(config.create_options).get(argument)) or {}
    options = {**init_options(config.driver_options), **given}
    return {name: resolve_value(value) for name, value in options.items()}

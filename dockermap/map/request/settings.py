"""What is read of configurations where calls are built from them.

Values of type ``object`` may be late, or ``NotSet``; where a property without a value is false, its type is optional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from . import Cleanable

if TYPE_CHECKING:
    from ..input import ExecCommand, HostVolume, SharedVolume
    from . import ActionConfig

__all__ = [
    'ContainerSettings',
    'Endpoint',
    'Link',
    'NamedVolume',
    'NetworkMode',
    'NetworkSettings',
    'Options',
    'Port',
    'VolumeSettings',
    'container_settings',
    'features_of',
]

NetworkMode = str | tuple[str, str | None] | None
"""A mode of engines, or the configuration and instance of the container whose network is used."""

Options = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None
"""Further arguments of a call, or a function that returns them."""


class NamedVolume(Protocol):
    """An entry of ``attaches`` or ``uses``; some have a ``path`` of their own."""

    @property
    def name(self) -> str: ...

    @property
    def readonly(self) -> bool: ...


class Link(Protocol):
    """A linked container."""

    @property
    def container(self) -> str: ...

    @property
    def alias(self) -> str | None: ...


class Port(Protocol):
    """A port that is exposed, and perhaps published."""

    @property
    def exposed_port(self) -> object: ...

    @property
    def host_port(self) -> object: ...

    @property
    def interface(self) -> object: ...

    @property
    def ipv6(self) -> object: ...


class Endpoint(Protocol):
    """How a container takes part in a network."""

    @property
    def network_name(self) -> str: ...

    @property
    def aliases(self) -> Sequence[object] | None: ...

    @property
    def links(self) -> Sequence[Link]: ...

    @property
    def ipv4_address(self) -> object: ...

    @property
    def ipv6_address(self) -> object: ...

    @property
    def link_local_ips(self) -> Sequence[object] | None: ...

    @property
    def mac_address(self) -> object: ...

    @property
    def gw_priority(self) -> object: ...


class ContainerSettings(Cleanable, Protocol):
    """Configuration of a container."""

    @property
    def image(self) -> str | None: ...

    @property
    def name(self) -> str | None: ...

    @property
    def shares(self) -> Iterable[object]: ...

    @property
    def binds(self) -> Iterable[SharedVolume | HostVolume]: ...

    @property
    def attaches(self) -> Iterable[NamedVolume]: ...

    @property
    def uses(self) -> Iterable[NamedVolume]: ...

    @property
    def links(self) -> Sequence[Link]: ...

    @property
    def exposes(self) -> Iterable[Port]: ...

    @property
    def user(self) -> object: ...

    @property
    def stop_timeout(self) -> object: ...

    @property
    def stop_signal(self) -> object: ...

    @property
    def start_delay(self) -> object: ...

    @property
    def network_mode(self) -> NetworkMode: ...

    @property
    def networks(self) -> Sequence[Endpoint]: ...

    @property
    def exec_commands(self) -> Iterable[ExecCommand]: ...

    @property
    def healthcheck(self) -> object: ...

    @property
    def job(self) -> object: ...

    @property
    def rollout(self) -> object: ...

    @property
    def secrets(self) -> Mapping[str, object]: ...

    @property
    def configs(self) -> Mapping[str, object]: ...

    @property
    def create_options(self) -> Options: ...

    @property
    def host_config(self) -> Options: ...


class VolumeSettings(Protocol):
    """Configuration of a volume."""

    @property
    def driver(self) -> object: ...

    @property
    def driver_options(self) -> Options: ...

    @property
    def create_options(self) -> Options: ...


class NetworkSettings(VolumeSettings, Protocol):
    """Configuration of a network."""

    @property
    def internal(self) -> bool: ...


def container_settings(action: ActionConfig) -> ContainerSettings:
    """The configuration of a container that an action works on."""
    settings: ContainerSettings = action.config
    return settings


def features_of(action: ActionConfig) -> Mapping[str, object]:
    """What the client of an action can do, by name of the feature."""
    features: Mapping[str, object] = action.client_config.features
    return features

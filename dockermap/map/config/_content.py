"""What checks, relations and graphs read of a map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from .container import ContainerConfiguration


class MapContent(Protocol):
    """A map as seen by the modules that its own methods call, which therefore cannot import its class."""

    use_attached_parent_name: Any
    clients: Any
    groups: Any
    default_group: Any

    @property
    def name(self) -> str:
        """Name of the map."""

    @property
    def containers(self) -> Any:
        """Container configurations by name."""

    @property
    def networks(self) -> Any:
        """Network configurations by name."""

    @property
    def volumes(self) -> Any:
        """Volume configurations by alias."""

    @property
    def host(self) -> Any:
        """Host paths by alias."""

    def __iter__(self) -> Iterator[tuple[str, ContainerConfiguration]]:
        """Names and configurations of those that are not abstract."""

    def variants(self) -> Iterator[tuple[str, str | None, ContainerConfiguration]]:
        """Configurations that are not abstract, with their names; each instance where it has settings of its own."""

    def get_image(self, image: str) -> tuple[str, str | None]:
        """Full name and tag of an image."""

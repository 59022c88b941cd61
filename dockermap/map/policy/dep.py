"""Relations between the items of maps: only containers lead further."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...dep import (
    BaseDependencyResolver,
    CircularDependency,
    MultiForwardDependencyResolver,
    MultiReverseDependencyResolver,
)
from .._describe import describe_item
from .._kinds import kind_of
from ..input import MapConfigId


class ContainerDependencyMergeMixin(BaseDependencyResolver[MapConfigId]):
    """Follows containers; volumes, networks and images are part of the result, but lead no further."""

    def merge_dependency(
        self, item: MapConfigId, resolve_parent: Callable[[MapConfigId], list[MapConfigId]], parents: list[MapConfigId]
    ) -> list[MapConfigId]:
        return self._expand(item)

    def walk(self, items: Iterable[MapConfigId]) -> list[MapConfigId]:
        try:
            return super().walk(items)
        except CircularDependency as error:
            error.describe = describe_item
            raise

    def _follows(self, item: Any) -> bool:
        return kind_of(item).leads_further


class ContainerDependencyResolver(ContainerDependencyMergeMixin, MultiForwardDependencyResolver[MapConfigId]):
    """What an item needs."""


class ContainerDependentsResolver(ContainerDependencyMergeMixin, MultiReverseDependencyResolver[MapConfigId]):
    """What needs an item."""

"""What items are created with: arguments of client calls, built from configurations. Nothing here calls a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from .._kinds import kind_on
from ..config.container import ContainerConfiguration
from ..input import ItemType, MapConfigId

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..config.client import ClientConfiguration
    from ..config.main import ContainerMap
    from ..policy.base import BasePolicy

__all__ = ['ActionConfig', 'Kwargs', 'action_config', 'cleaned', 'with_config']


class Cleanable(Protocol):
    """What has values that are converted when they are asked for, or all at once."""

    @property
    def is_clean(self) -> bool: ...

    def clean(self) -> None: ...


C = TypeVar('C', bound=Cleanable | None)


class _ActionFields(NamedTuple):
    client_name: str
    config_id: MapConfigId
    client_config: ClientConfiguration
    client: Any
    container_map: ContainerMap
    config: Any


class ActionConfig(_ActionFields):
    """What a method of a runner, or a builder of arguments, works on.

    No fields of the tuple are ``started_before``, which says that the container had been started before this call, and
    ``purpose``, which says what a container is for that is not the item itself.
    """

    started_before: bool
    purpose: str | None

    def __new__(cls, *args: Any, started_before: bool = False, purpose: str | None = None, **kwargs: Any) -> Self:
        created = super().__new__(cls, *args, **kwargs)
        created.started_before = started_before
        created.purpose = purpose
        return created

    def _replace(self, **kwargs: Any) -> Self:
        kwargs.setdefault('started_before', self.started_before)
        kwargs.setdefault('purpose', self.purpose)
        fields = dict(zip(self._fields, self, strict=True))
        return type(self)(**{**fields, **kwargs})


Kwargs = Mapping[str, Any] | None
"""Arguments of a call that come on top of what the configuration says."""


def action_config(policy: BasePolicy, client_name: str, config_id: MapConfigId) -> ActionConfig:
    """What methods and builders work on, for an item on a client.

    :raises ValueError: Unknown type of item.
    """
    client_config = policy.clients[client_name]
    container_map = policy.container_maps[config_id.map_name]
    return ActionConfig(
        client_name,
        config_id,
        client_config,
        client_config.get_client(),
        container_map,
        _configuration(container_map, config_id, client_config),
    )


def cleaned(config: C) -> C:
    """A configuration without values that were assigned since, and are still as they were given."""
    if config is not None and not config.is_clean:
        config.clean()
    return config


def with_config(action: ActionConfig, config: object) -> ActionConfig:
    """The same action with another configuration."""
    return action._replace(config=config)


def _configuration(container_map: ContainerMap, config_id: MapConfigId, client_config: ClientConfiguration) -> object:
    kind = kind_on(client_config.features, config_id)
    found: Cleanable | None = kind.configuration(container_map, config_id)
    if found is None and kind.type == ItemType.CONTAINER:
        # What is no longer on the map is stopped as containers are without any settings.
        return ContainerConfiguration()
    return cleaned(found)

"""Taking part in networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from ..action import Action, ContainerUtilAction, NetworkUtilAction
from ..input import ItemType
from ..request import ActionConfig
from . import ActionMethod
from ._steps import StepRunner, carries_out

if TYPE_CHECKING:
    from ..input import NetworkEndpoint

__all__ = ['NetworkUtilMixin']


class NetworkUtilMixin(StepRunner):
    """Connects containers with networks, and keeps them connected while a network is re-created."""

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.NETWORK, NetworkUtilAction.DISCONNECT_ALL, 'disconnect_all_containers'),
        (ItemType.NETWORK, NetworkUtilAction.RECONNECT_ALL, 'reconnect_all_containers'),
        (ItemType.CONTAINER, Action.CONNECT, 'connect_networks'),
        (ItemType.CONTAINER, Action.DISCONNECT, 'disconnect_networks'),
        (ItemType.CONTAINER, ContainerUtilAction.CONNECT_ALL, 'connect_all_networks'),
    ]

    @carries_out((ItemType.NETWORK, NetworkUtilAction.DISCONNECT_ALL))
    def disconnect_all_containers(
        self, action: ActionConfig, name: str, containers: Iterable[str], **kwargs: Any
    ) -> None:
        """Disconnect containers from a network; those that have gone already are no error."""
        self.carry_out(NetworkUtilAction.DISCONNECT_ALL, action, name, {'containers': containers, **kwargs})

    @carries_out((ItemType.NETWORK, NetworkUtilAction.RECONNECT_ALL))
    def reconnect_all_containers(self, action: ActionConfig, name: str, **kwargs: Any) -> None:
        """Connect a network that was re-created with the containers that the former one had.

        :raises DockerStatusError: A container could not be connected. The others are.
        """
        self.carry_out(NetworkUtilAction.RECONNECT_ALL, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.CONNECT))
    def connect_networks(
        self,
        action: ActionConfig,
        name: str,
        endpoints: Iterable[NetworkEndpoint],
        skip_first: bool = False,
        **kwargs: Any,
    ) -> None:
        """Connect a container with networks.

        :param skip_first: Leave out the first endpoint, as the container has it already.
        """
        self.carry_out(Action.CONNECT, action, name, {'endpoints': endpoints, 'skip_first': skip_first, **kwargs})

    @carries_out((ItemType.CONTAINER, Action.DISCONNECT))
    def disconnect_networks(self, action: ActionConfig, name: str, networks: Iterable[str], **kwargs: Any) -> None:
        """Disconnect a container from networks, given by their names on the engine."""
        self.carry_out(Action.DISCONNECT, action, name, {'networks': networks, **kwargs})

    @carries_out((ItemType.CONTAINER, ContainerUtilAction.CONNECT_ALL))
    def connect_all_networks(self, action: ActionConfig, name: str, **kwargs: Any) -> None:
        """Connect a new container with its networks, but for the first, which it joins at its creation."""
        self.carry_out(ContainerUtilAction.CONNECT_ALL, action, name, kwargs)

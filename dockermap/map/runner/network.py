"""Taking part in networks."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...docker_api import is_not_found
from ..action import Action, ContainerUtilAction, NetworkUtilAction
from ..input import ItemType
from ._arguments import creation_arguments, with_call_arguments
from ._config import joins_network_at_creation, shares_network
from ._parts import Kwargs, RunnerPart, cleaned, with_config
from ._reset import NetworkReset

if TYPE_CHECKING:
    from ..action import ActionEnum, ItemAction
    from ..input import NetworkEndpoint
    from . import ActionConfig, ActionMethod, ActionOutput

__all__ = ['NetworkUtilMixin']

class NetworkUtilMixin(RunnerPart):
    """Connects containers with networks, and keeps them connected while a network is made anew."""

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.NETWORK, NetworkUtilAction.DISCONNECT_ALL, 'disconnect_all_containers'),
        (ItemType.NETWORK, NetworkUtilAction.RECONNECT_ALL, 'reconnect_all_containers'),
        (ItemType.CONTAINER, Action.CONNECT, 'connect_networks'),
        (ItemType.CONTAINER, Action.DISCONNECT, 'disconnect_networks'),
        (ItemType.CONTAINER, ContainerUtilAction.CONNECT_ALL, 'connect_all_networks'),
    ]

    def disconnect_all_containers(self, action: ActionConfig, name: str, containers: Iterable[str],
                                  **kwargs: Any) -> None:
        """Disconnect containers from a network; those that have gone already are no error."""
        for container_name in containers:
            try:
                self._disconnect(action, name, container_name, kwargs)
            except Exception as error:
                if not is_not_found(error):
                    raise

    def reconnect_all_containers(self, action: ActionConfig, name: str, **kwargs: Any) -> None:
        """Connect a network that was made anew with the containers that the former one had.

        :raises DockerStatusError: A container could not be connected. The others are.
        """
        reset = self._memory.resets.pop((action.client_name, action.config_id), None)
        if reset is not None:
            reset.reconnect(action, name)

    def connect_networks(self, action: ActionConfig, name: str, endpoints: Iterable[NetworkEndpoint],
                         skip_first: bool = False, **kwargs: Any) -> None:
        """Connect a container with networks.

        :param skip_first: Leave out the first endpoint, as the container has it already.
        """
        for index, endpoint in enumerate(endpoints):
            if index == 0 and skip_first:
                continue
            network_name = self._policy.nname(action.config_id.map_name, endpoint.network_name)
            connect_kwargs = self.get_network_connect_kwargs(action, network_name, name, endpoint, kwargs=kwargs)
            action.client.connect_container_to_network(**self._addressed(action, connect_kwargs))

    def disconnect_networks(self, action: ActionConfig, name: str, networks: Iterable[str], **kwargs: Any) -> None:
        """Disconnect a container from networks, given by their names on the engine."""
        known = self._policy.network_names[action.client_name]
        for network_name in sorted(networks) if isinstance(networks, (set, frozenset)) else networks:
            # Engines let a container forget a network that is gone only by force.
            forced = {} if network_name in known else {'force': True}
            self._disconnect(action, network_name, name, {**forced, **kwargs})

    def connect_all_networks(self, action: ActionConfig, name: str, **kwargs: Any) -> None:
        """Connect a new container with its networks, but for the first, which it joins at its creation."""
        if not action.client_config.features['networks']:
            return
        skip_first = kwargs.pop('skip_first', joins_network_at_creation(action))
        given = creation_arguments(kwargs)
        # Without arguments of its own, this goes by those that the container was made with.
        config = with_call_arguments(action, given)[0].config if given else cleaned(self._memory.config(action, name))
        action = with_config(action, config)
        if shares_network(config) or config.network_mode in ('none', 'host'):
            return
        others = {key: value for key, value in kwargs.items() if key not in given}
        self.connect_networks(action, name, config.networks, skip_first=skip_first, **others)

    def run_actions(self, actions: Iterable[ItemAction]) -> Iterator[ActionOutput]:
        """Carry out actions; a network that is made anew gets its containers back, or else is put back as it was."""
        yield from super().run_actions(self._with_resets(actions))

    def _with_resets(self, actions: Iterable[ItemAction]) -> Iterator[ItemAction]:
        """Note which networks are about to be made anew, looking ahead only where containers are disconnected."""
        remaining = iter(actions)
        for item in remaining:
            group = [item]
            while group[-1].config_id.config_type == ItemType.NETWORK and _is_followed(group):
                following = next(remaining, None)
                if following is None:
                    break
                group.append(following)
            for member in group:
                if Action.REMOVE in member.action_types and Action.CREATE in member.action_types and (
                        member.config_id.config_type == ItemType.NETWORK):
                    is_reconnecting = any(NetworkUtilAction.RECONNECT_ALL in other.action_types for other in group)
                    self._memory.resets[member.client_name, member.config_id] = NetworkReset(not is_reconnecting)
            yield from group
            self._memory.resets.clear()

    def _call(self, method: Callable[..., Any], action: ActionConfig, name: str, action_type: ActionEnum,
              extra_data: Mapping[str, Any]) -> Any:
        reset = self._memory.resets.get((action.client_name, action.config_id))
        if reset is None:
            return super()._call(method, action, name, action_type, extra_data)
        if not reset.is_prepared:
            # What cannot be made must be known before the old network is gone.
            self._create_kwargs(action, name)
            reset.prepare(action, name)
        try:
            if action_type == Action.REMOVE:
                reset.disconnect(action, name)
            result = super()._call(method, action, name, action_type, extra_data)
            if action_type == Action.REMOVE:
                reset.is_removed = True
            elif action_type == Action.CREATE:
                reset.is_removed = False
        except Exception:
            self._undo(reset, action, name)
            raise
        if action_type == Action.CREATE and reset.reconnects_at_once:
            reset.reconnect(action, name)
        return result

    def _undo(self, reset: NetworkReset, action: ActionConfig, name: str) -> None:
        self._memory.resets.pop((action.client_name, action.config_id), None)
        network_id = reset.undo(action, name)
        if network_id:
            self._policy.network_names[action.client_name][name] = network_id

    def _disconnect(self, action: ActionConfig, network_name: str, container_name: str, kwargs: Kwargs) -> None:
        disconnect_kwargs = self.get_network_disconnect_kwargs(action, network_name, container_name, kwargs=kwargs)
        action.client.disconnect_container_from_network(**self._addressed(action, disconnect_kwargs))

    def _addressed(self, action: ActionConfig, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments that name a network by its id, where the name alone would not be clear."""
        kwargs['net_id'] = self._policy.network_names[action.client_name].address(kwargs['net_id'])
        return kwargs


def _is_followed(group: list[ItemAction]) -> bool:
    """Whether the plan for a network goes on: what is disconnected is then removed, or made anew and reconnected."""
    first, last = group[0], group[-1]
    if NetworkUtilAction.DISCONNECT_ALL not in first.action_types or last.config_id != first.config_id:
        return False
    return len(group) == 1 or Action.CREATE in last.action_types

"""States of items and their dependencies, compared with their configuration."""

from __future__ import annotations

import functools
import logging
import weakref
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from ...input import CmdCheck, MapConfigId
from ...policy import ConfigFlags
from ..base import AbstractState, DependencyStateGenerator
from .container import UpdateContainerState
from .network import NetworkEndpointRegistry, UpdateNetworkState
from .volume import AbstractVolumeChecker, ContainerLegacyVolumeChecker, ContainerVolumeChecker, VolumeUpdateState

if TYPE_CHECKING:
    from ...policy.base import BasePolicy

__all__ = ['UpdateStateGenerator']

log = logging.getLogger(__name__)


class UpdateStateGenerator(DependencyStateGenerator):
    """Compares what exists with the configuration, dependencies first.

    What is found of one item is used for those that depend on it, so a generator is good for one run.
    """

    container_state_class: type[AbstractState] = UpdateContainerState
    network_state_class: type[AbstractState] = UpdateNetworkState
    volume_state_class: type[AbstractState] = VolumeUpdateState

    update_persistent: Any = False
    check_exec_commands: Any = CmdCheck.FULL
    skip_limit_reset: Any = False
    purge_networks: Any = False
    policy_options = ['update_persistent', 'check_exec_commands', 'skip_limit_reset', 'purge_networks']

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        super().__init__(policy, kwargs)
        self._volume_checkers: dict[str, AbstractVolumeChecker] = {}
        self._endpoint_registries: dict[str, NetworkEndpointRegistry] = {}
        self._created: dict[str, dict[str, str | None]] = {}
        self._host_infos: dict[str, Mapping[str, Any]] = {}

    def get_container_state(self, client_name: str, config_id: MapConfigId, config_flags: ConfigFlags) -> AbstractState:
        state = super().get_container_state(client_name, config_id, config_flags)
        if isinstance(state, UpdateContainerState):
            state.volume_checker = self.get_volume_checker(client_name)
            state.endpoint_registry = self.get_endpoint_registry(client_name)
            state.created = self._created.setdefault(client_name, {})
            state.get_host_info = functools.partial(_host_info, weakref.proxy(self), client_name)
        return state

    def get_network_state(self, client_name: str, config_id: MapConfigId, config_flags: ConfigFlags) -> AbstractState:
        state = super().get_network_state(client_name, config_id, config_flags)
        if isinstance(state, UpdateNetworkState):
            state.endpoint_registry = self.get_endpoint_registry(client_name)
        return state

    def get_volume_checker(self, client_name: str) -> AbstractVolumeChecker:
        """What compares mounts on a client."""
        if client_name not in self._volume_checkers:
            named = self._policy.clients[client_name].features.get('volumes')
            checker_class = ContainerVolumeChecker if named else ContainerLegacyVolumeChecker
            self._volume_checkers[client_name] = checker_class(self._policy)
        return self._volume_checkers[client_name]

    def get_host_info(self, client_name: str) -> Mapping[str, Any]:
        """What the engine of a client says about its host, asked for once; empty if the client cannot ask."""
        if client_name not in self._host_infos:
            found: Mapping[str, Any] = {}
            get_info = getattr(self._policy.clients[client_name].get_client(), 'info', None)
            try:
                found = get_info() if get_info else {}
            except Exception as error:
                # Many clients do without it, and limits are only compared less well then.
                log.debug('Client %s does not describe its host: %s', client_name, error)
            self._host_infos[client_name] = found or {}
        return self._host_infos[client_name]

    def get_endpoint_registry(self, client_name: str) -> NetworkEndpointRegistry | None:
        """What compares networks on a client; ``None`` if it has none. Asks once for the default networks."""
        if not self._policy.clients[client_name].features.get('networks'):
            return None
        if client_name not in self._endpoint_registries:
            policy = self._policy
            client, names = policy.clients[client_name].get_client(), policy.network_names[client_name]
            defaults = {name: client.inspect_network(name) for name in policy.default_network_names if name in names}
            self._endpoint_registries[client_name] = NetworkEndpointRegistry(
                policy.network_name,
                policy.container_name,
                policy.get_hostname,
                policy.container_names[client_name],
                defaults,
            )
        return self._endpoint_registries[client_name]


def _host_info(generator: UpdateStateGenerator, client_name: str) -> Mapping[str, Any]:
    """A generator that knows states which know the generator would keep clients alive."""
    return generator.get_host_info(client_name)

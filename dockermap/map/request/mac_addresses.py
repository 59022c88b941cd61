"""Where MAC addresses go: from API version 1.44 on to the networks, before that to the container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ... import docker_api
from ...functional import resolve_value
from ..policy._support import ENDPOINT_MAC_VERSION
from .host_config import api_version
from .settings import container_settings

if TYPE_CHECKING:
    from ..policy.base import BasePolicy
    from . import ActionConfig

_DEFAULT_MODES = ('', 'default', 'bridge')
_DEFAULT_NETWORKS = ('bridge', 'podman')
_WITHOUT = ('none', 'host')


def with_mac_addresses(action: ActionConfig, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments for creating a container where the MAC addresses are where the engine heeds them."""
    endpoints: Mapping[str, Any] = (kwargs.get('networking_config') or {}).get('EndpointsConfig') or {}
    if docker_api.version_gte(api_version(action), ENDPOINT_MAC_VERSION):
        return _with_endpoint(action, kwargs, endpoints) if kwargs.get('mac_address') else kwargs
    name, endpoint = next(iter(endpoints.items()), (None, None))
    address = (endpoint or {}).get('MacAddress')
    return {**kwargs, 'mac_address': address} if address and name in _DEFAULT_NETWORKS else kwargs


def endpoint_arguments(policy: BasePolicy, action: ActionConfig) -> Iterator[tuple[str, object]]:
    """What the label says of MAC addresses that belong to a network: engines do not tell all that were asked for."""
    for endpoint in container_settings(action).networks:
        address: object = resolve_value(endpoint.mac_address)
        if address:
            name = policy.network_name(action.config_id.map_name, endpoint.network_name)
            yield f'networks.{name}.mac_address', str(address).lower().replace('-', ':')


def _with_endpoint(action: ActionConfig, kwargs: dict[str, Any], endpoints: Mapping[str, Any]) -> dict[str, Any]:
    host = kwargs.get('host_config')
    mode = str((host or {}).get('NetworkMode') or kwargs.get('network_mode') or '')
    if mode in _WITHOUT or mode.startswith('container:') or kwargs.get('network_disabled'):
        return kwargs
    if not endpoints:
        endpoints = {_default_network(action) if mode in _DEFAULT_MODES else mode: {}}
    name = next(iter(endpoints))
    endpoint = {'MacAddress': kwargs['mac_address'], **(endpoints[name] or {})}
    others = {key: value for key, value in kwargs.items() if key != 'mac_address'}
    return {**others, 'networking_config': {'EndpointsConfig': {**endpoints, name: endpoint}}}


def _default_network(action: ActionConfig) -> str:
    return 'podman' if action.client_config.has_podman() else 'bridge'

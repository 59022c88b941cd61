"""Networks that a container should be in and is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..policy.utils import networks_of

if TYPE_CHECKING:
    from ..input import MapConfigId, NetworkEndpoint
    from ..policy.base import BasePolicy
    from .observed import Detail

_WITHOUT = ('none', 'host')
_CONTAINER = 'container:'


def missing_endpoints(
    policy: BasePolicy, client_name: str, config_id: MapConfigId, detail: Detail | None
) -> list[NetworkEndpoint]:
    """Networks of a container that was created but not connected with all of them, as its configuration has them.

    :param detail: What was found of the container.
    """
    config: Any = policy.container_maps[config_id.map_name].get_instance(config_id.config_name, config_id.instance_name)
    if not detail or config is None or not policy.clients[client_name].features['networks']:
        return []
    mode = config.network_mode
    if isinstance(mode, tuple) or (isinstance(mode, str) and (mode in _WITHOUT or mode.startswith(_CONTAINER))):
        return []
    joined = networks_of(detail)
    return [
        endpoint
        for endpoint in config.networks
        if policy.nname(config_id.map_name, endpoint.network_name) not in joined
    ]

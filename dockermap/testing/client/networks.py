"""Networks and volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...docker_api import EndpointConfig, version_gte
from ..connections import endpoint_from
from ..filters import Filters, filtered_networks, filtered_volumes
from ..inspection import network_details, volume_details
from ..references import Answer, Reference, identified
from .base import BaseClient
from .calls import request

__all__ = ['NetworkClient', 'VolumeClient']


class NetworkClient(BaseClient):
    """Creates, connects and removes networks."""

    @request
    def networks(
        self, names: Sequence[str] | None = None, ids: Sequence[str] | None = None, filters: Filters | None = None
    ) -> list[Answer]:
        """Networks, all or some."""
        wanted = {**(filters or {}), **({'name': names} if names else {}), **({'id': ids} if ids else {})}
        return [network_details(network) for network in filtered_networks(self.engine.networks, wanted)]

    @request
    def inspect_network(self, net_id: Reference, verbose: bool | None = None, scope: str | None = None) -> Answer:
        """Details of a network, with the containers that run in it."""
        network = self.engine.networks.get(
            identified(net_id), '{1} matches found based on name: network {0} is ambiguous'
        )
        names = {container_id: self.engine.container(container_id).name for container_id in network.attached}
        return network_details(network, names)

    @request
    def create_network(
        self,
        name: str,
        driver: str | None = None,
        options: Mapping[str, str] | None = None,
        ipam: Mapping[str, object] | None = None,
        check_duplicate: bool | None = None,
        internal: bool = False,
        labels: Mapping[str, str] | None = None,
        enable_ipv6: bool = False,
        attachable: bool | None = None,
        scope: str | None = None,
        ingress: bool | None = None,
        enable_ipv4: bool | None = None,
    ) -> Answer:
        """Create a network."""
        for what, value in (('options', options), ('labels', labels)):
            if value is not None and not isinstance(value, dict):
                raise TypeError(f'{what} must be a dictionary')
        network, warning = self.engine.networks.create(
            name,
            driver,
            options,
            ipam,
            bool(check_duplicate) or version_gte(self._version, '1.44'),
            internal=internal,
            labels=labels,
            enable_ipv6=enable_ipv6,
            attachable=bool(attachable),
            scope=scope,
            ingress=bool(ingress),
            enable_ipv4=enable_ipv4 is not False or not self.engine.flavour.speaks('1.48'),
        )
        return {'Id': network.id, 'Warning': warning}

    @request
    def remove_network(self, net_id: Reference) -> None:
        """Remove a network."""
        network = self.engine.networks.get(
            identified(net_id), 'network {0} is ambiguous ({1} matches found based on name)'
        )
        self.engine.networks.remove(network)

    @request
    def connect_container_to_network(
        self,
        container: Reference,
        net_id: str,
        ipv4_address: str | None = None,
        ipv6_address: str | None = None,
        aliases: Sequence[str] | None = None,
        links: Any = None,
        link_local_ips: Sequence[str] | None = None,
        driver_opt: Mapping[str, str] | None = None,
        mac_address: str | None = None,
        gw_priority: int | None = None,
    ) -> None:
        """Connect a container with a network."""
        values: tuple[Any, ...] = (aliases, links, ipv4_address, ipv6_address, link_local_ips, driver_opt, mac_address)
        given = {**EndpointConfig(self._version, *values), 'GwPriority': gw_priority or 0}
        network = self.engine.networks.get(net_id)
        joining = self.engine.container(identified(container))
        self.engine.connections.connect(joining, network.id, endpoint_from(given))
        if joining.running:
            self.engine.lifecycle.publish(joining)

    @request
    def disconnect_container_from_network(self, container: Reference, net_id: str, force: bool = False) -> None:
        """Disconnect a container from a network."""
        self.engine.connections.disconnect(self.engine.container(identified(container)), net_id, force)


class VolumeClient(BaseClient):
    """Creates and removes volumes."""

    @request
    def volumes(self, filters: Filters | None = None) -> Answer:
        """Volumes, all or some, in a dictionary."""
        return {
            'Volumes': [volume_details(volume) for volume in filtered_volumes(self.engine.volumes, filters)],
            'Warnings': None,
        }

    @request
    def inspect_volume(self, name: str) -> Answer:
        """Details of a volume."""
        return volume_details(self.engine.volume(name))

    @request
    def create_volume(
        self,
        name: str | None = None,
        driver: str | None = None,
        driver_opts: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Answer:
        """Create a volume, or find the one of this name."""
        for what, value in (('driver_opts', driver_opts), ('labels', labels)):
            if value is not None and not isinstance(value, dict):
                raise TypeError(f'{what} must be a dictionary')
        return volume_details(self.engine.volumes.create(name, driver, driver_opts, labels))

    @request
    def remove_volume(self, name: str, force: bool = False) -> None:
        """Remove a volume."""
        self.engine.volumes.remove(name)

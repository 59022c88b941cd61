"""Connections between containers and networks."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping

from .addresses import AddressPool
from .containers import Container, Endpoint
from .documents import fresh, mapping, number, text, texts
from .errors import refusal
from .flavours import Flavour
from .names import Identifiers
from .networks import PREDEFINED, Attached, Network, Networks

__all__ = ['Connections', 'endpoint_from']

_SHARED = 'container sharing network namespace with another container or host cannot be connected to any other network'
_NONE = 'container cannot be connected to multiple networks with one of the networks in private (none) mode'
_HOST = 'container cannot be disconnected from host network or connected to host network'


def endpoint_from(given: Mapping[str, object]) -> Endpoint:
    """An endpoint as the SDK describes it."""
    ipam = {name: fresh(value) for name, value in mapping(given.get('IPAMConfig')).items() if value}
    options = mapping(given.get('DriverOpts'))
    return Endpoint(
        ipam=ipam or ({} if given.get('IPAMConfig') is not None else None),
        links=texts(given.get('Links')) or None,
        aliases=texts(given.get('Aliases')) or None,
        driver_options={name: text(value) for name, value in options.items()} or None,
        mac_address_asked=text(given.get('MacAddress')),
        gateway_priority=number(given.get('GwPriority')),
        # Shown until it is started.
        mac_address=text(given.get('MacAddress')),
    )


class Connections:
    """Connects containers with networks, and gives them addresses while they run."""

    def __init__(self, networks: Networks, identifiers: Identifiers, flavour: Flavour) -> None:
        self._networks = networks
        self._identifiers = identifiers
        self._flavour = flavour

    def set_up(self, container: Container, networking_config: Mapping[str, object], allows_several: bool) -> None:
        """What a new container is to be connected with when it starts.

        :raises docker.errors.APIError: These are too many.
        """
        asked = mapping(networking_config.get('EndpointsConfig'))
        given = {self._flavour.listed_network(name): endpoint for name, endpoint in asked.items()}
        mode = container.network_mode
        if len(given) > 1 and not allows_several:
            names = ', '.join(sorted(given))
            raise refusal(400, f'Container cannot be connected to network endpoints: {names}')
        if mode.startswith('container:') or container.config.get('NetworkDisabled'):
            return
        self._check_mac_address(container, given)
        if given:
            container.endpoints = {name: endpoint_from(mapping(value)) for name, value in given.items()}
        else:
            container.endpoints = {'bridge' if mode == 'default' else mode: Endpoint()}

    def connect(self, container: Container, reference: str, endpoint: Endpoint) -> None:
        """Connect a container with a network.

        :raises docker.errors.APIError: The network does not exist, or does not go with what there is.
        """
        network = self._networks.get(reference)
        self._check_fits(container, network)
        if not container.running and container.is_in(network):
            return
        if container.id in network.attached:
            raise refusal(403, f'endpoint with name {container.name} already exists in network {network.name}')
        self._complete(container, network, endpoint)
        if not self._flavour.heeds_mac_address_when_connecting:
            endpoint.mac_address_asked = ''
        # Engines keep these settings also if the rest fails.
        container.endpoints[network.name] = endpoint
        if container.running:
            self._attach(container, network, endpoint)

    def disconnect(self, container: Container, reference: str, force: bool) -> None:
        """Disconnect a container from a network.

        :raises docker.errors.APIError: They are not connected, or the network does not exist.
        """
        try:
            network = self._networks.get(reference)
        except Exception:
            if container.running and not force:
                raise
            name = reference
        else:
            name = container.is_in(network) or network.name
            if container.running:
                self._leave(container, network, name)
                return
        if name not in container.endpoints:
            raise refusal(500, f'container {container.id} is not connected to the network {name}')
        del container.endpoints[name]

    def _leave(self, container: Container, network: Network, name: str) -> None:
        if network.driver == 'host' and container.network_mode == 'host':
            raise refusal(400, _HOST)
        if container.id not in network.attached:
            raise refusal(500, f'container {container.id} is not connected to network {network.name}')
        self._detach(container, network, container.endpoints.pop(name))

    def start(self, container: Container) -> None:
        """Give a container that starts its addresses.

        :raises docker.errors.APIError: A network is missing, or an address cannot be had.
        """
        sandbox = self._identifiers.new('sandbox')
        try:
            for name, endpoint in list(container.endpoints.items()):
                network = self._networks.get(endpoint.network_id or name)
                if network.name != name:
                    container.endpoints = {
                        network.name if key == name else key: value for key, value in container.endpoints.items()
                    }
                self._complete(container, network, endpoint)
                container.sandbox = sandbox
                self._attach(container, network, endpoint)
        except Exception:
            self.stop(container)
            raise

    def stop(self, container: Container) -> None:
        """Take the addresses of a container back."""
        for endpoint in container.endpoints.values():
            network = self._networks.with_id(endpoint.network_id)
            if network is not None and container.id in network.attached:
                self._detach(container, network, endpoint)

    def _check_fits(self, container: Container, network: Network) -> None:
        mode = container.network_mode
        if mode.startswith('container:'):
            raise refusal(400, _SHARED)
        if network.driver == 'host' and mode != 'host':
            raise refusal(400, _HOST)
        for name in container.endpoints:
            if name == network.name:
                continue
            if name == 'host' or network.driver == 'host':
                raise refusal(400, _SHARED)
            if name == 'none' or network.driver == 'null':
                raise refusal(400, _NONE)

    def _complete(self, container: Container, network: Network, endpoint: Endpoint) -> None:
        """Add the aliases that the engine gives, and check the rest."""
        ipam = endpoint.ipam or {}
        fixed = [text(ipam[key]) for key in ('IPv4Address', 'IPv6Address') if ipam.get(key)]
        if network.name in PREDEFINED:
            if fixed:
                raise refusal(400, 'user specified IP address is supported on user defined networks only')
            if endpoint.aliases:
                raise refusal(400, 'network-scoped alias is supported only for containers in user defined networks')
            return
        if self._flavour.adds_aliases:
            endpoint.aliases = _with_names(endpoint.aliases or (), container)
        if fixed:
            _check_addresses(network, fixed)

    def _attach(self, container: Container, network: Network, endpoint: Endpoint) -> None:
        ipv4 = self._address(network, 4, text((endpoint.ipam or {}).get('IPv4Address')))
        ipv6 = None
        if network.enable_ipv6:
            ipv6 = self._address(network, 6, text((endpoint.ipam or {}).get('IPv6Address')))
        endpoint.network_id, endpoint.endpoint_id = network.id, self._identifiers.new('endpoint')
        if ipv4:
            pool, endpoint.ip_address = ipv4
            endpoint.prefix = pool.subnet.prefixlen
            endpoint.gateway = '' if network.internal else pool.gateway
            endpoint.mac_address = self._mac_address(container, network, endpoint)
        if ipv6:
            pool, endpoint.ipv6_address = ipv6
            endpoint.ipv6_prefix, endpoint.ipv6_gateway = pool.subnet.prefixlen, pool.gateway
        network.attached[container.id] = Attached(
            container.id,
            endpoint.endpoint_id,
            endpoint.mac_address,
            f'{endpoint.ip_address}/{endpoint.prefix}' if endpoint.ip_address else '',
            f'{endpoint.ipv6_address}/{endpoint.ipv6_prefix}' if endpoint.ipv6_address else '',
        )

    def _mac_address(self, container: Container, network: Network, endpoint: Endpoint) -> str:
        """What was asked for, where the engine heeds it."""
        is_main = (container.network_mode if container.network_mode != 'default' else 'bridge') == network.name
        of_endpoint = endpoint.mac_address_asked if self._flavour.speaks('1.44') else ''
        of_container = text(container.config.get('MacAddress')) if is_main and not self._flavour.speaks('1.52') else ''
        return of_endpoint or of_container or mac_address(endpoint.ip_address)

    def _check_mac_address(self, container: Container, given: Mapping[str, object]) -> None:
        asked, mode = text(container.config.get('MacAddress')), container.network_mode
        is_checked = self._flavour.speaks('1.44') and not self._flavour.speaks('1.52') and not self._flavour.is_podman
        if asked and given and mode not in given and is_checked:
            raise refusal(
                400,
                'unable to migrate container-wide MAC address to a specific network: HostConfig.NetworkMode must match '
                'the identity of a network in NetworkSettings.Networks',
            )

    def _address(self, network: Network, version: int, asked: str) -> tuple[AddressPool, str] | None:
        pools = [pool for pool in network.pools if pool.subnet.version == version]
        if not pools:
            return None
        if not asked:
            return pools[0], pools[0].take()
        for pool in pools:
            if ipaddress.ip_address(asked) in pool.subnet:
                return pool, pool.take_fixed(asked)
        raise refusal(500, f"Invalid address {asked}: It does not belong to any of this network's subnets")

    def _detach(self, container: Container, network: Network, endpoint: Endpoint) -> None:
        del network.attached[container.id]
        for version, address in ((4, endpoint.ip_address), (6, endpoint.ipv6_address)):
            for pool in network.pools:
                if address and pool.subnet.version == version and ipaddress.ip_address(address) in pool.subnet:
                    pool.release(address)
        endpoint.release()


def _with_names(aliases: Iterable[str], container: Container) -> list[str]:
    names = (container.id[:12], text(container.config['Hostname']))
    return list(dict.fromkeys((*aliases, *(name for name in names if name != container.name))))


def _check_addresses(network: Network, fixed: list[str]) -> None:
    for address in fixed:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise refusal(500, f'Invalid IPv4 address: {address})') from None
    if not network.has_own_subnet:
        raise refusal(
            400, 'user specified IP address is supported only when connecting to networks with user configured subnets'
        )


def mac_address(ip_address: str) -> str:
    """The MAC address that an engine makes from an IPv4 address."""
    return '02:42:' + ':'.join(f'{int(part):02x}' for part in ip_address.split('.'))

"""Networks of an engine, and the addresses in them."""
from __future__ import annotations

import heapq
import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .clock import Clock
from .documents import mapping, sequence, text
from .errors import refusal
from .names import Identifiers, Index

__all__ = ['PREDEFINED', 'AddressPool', 'Attached', 'Network', 'Networks']

PREDEFINED = ('bridge', 'host', 'none')
"""Networks that each engine has."""

DRIVERS = ('bridge', 'host', 'null')
Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass
class AddressPool:
    """A subnet as configured, and which of its addresses are taken."""

    subnet: Subnet
    gateway: str = ''
    ip_range: str = ''
    auxiliary: dict[str, str] = field(default_factory=dict)
    names_gateway: bool = True
    taken: set[int] = field(default_factory=set)
    _next: int = 0
    _released: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._range: Subnet = ipaddress.ip_network(self.ip_range) if self.ip_range else self.subnet
        self._next = int(self._range.network_address) + (0 if self.ip_range else 1)
        if not self.gateway:
            self.gateway = str(self.subnet.network_address + 1)
        for address in (self.gateway, *self.auxiliary.values()):
            self.taken.add(int(ipaddress.ip_address(address)))

    def take(self) -> str:
        """The lowest free address."""
        while self._released:
            number = heapq.heappop(self._released)
            if number not in self.taken:
                return self._taken(number)
        while self._next in self.taken:
            self._next += 1
        if self._next >= int(self._range.broadcast_address):
            raise refusal(500, "no available IPv4 addresses on this network's address pools")
        return self._taken(self._next)

    def take_fixed(self, address: str) -> str:
        """An address that is asked for.

        :raises docker.errors.APIError: It is in use.
        """
        number = int(ipaddress.ip_address(address))
        if number in self.taken:
            raise refusal(403, 'Address already in use')
        return self._taken(number)

    def release(self, address: str) -> None:
        """Give an address back."""
        number = int(ipaddress.ip_address(address))
        self.taken.discard(number)
        if number < self._next:
            heapq.heappush(self._released, number)

    def _taken(self, number: int) -> str:
        self.taken.add(number)
        return str(type(self.subnet.network_address)(number))


@dataclass(frozen=True)
class Attached:
    """A running container in a network."""

    container_id: str
    endpoint_id: str
    mac_address: str
    ipv4_address: str
    ipv6_address: str


@dataclass(eq=False)
class Network:
    """A network; ``attached`` has the running containers by id."""

    id: str
    name: str
    created: int
    driver: str = 'bridge'
    options: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    internal: bool = False
    attachable: bool = False
    ingress: bool = False
    enable_ipv6: bool = False
    scope: str = 'local'
    ipam_driver: str = 'default'
    ipam_options: dict[str, str] | None = None
    pools: list[AddressPool] = field(default_factory=list)
    has_own_subnet: bool = False
    attached: dict[str, Attached] = field(default_factory=dict)

    def pool_for(self, version: int) -> AddressPool | None:
        """The first pool of IPv4 or IPv6 addresses."""
        return next((pool for pool in self.pools if pool.subnet.version == version), None)

    @property
    def is_predefined(self) -> bool:
        """Whether each engine has it."""
        return self.name in PREDEFINED


def address_pool(config: Mapping[str, object]) -> AddressPool:
    """A pool as the SDK describes it.

    :raises docker.errors.APIError: The subnet cannot be read.
    """
    subnet = str(config.get('Subnet') or '')
    auxiliary = config.get('AuxiliaryAddresses') or config.get('AuxAddress')
    try:
        network = ipaddress.ip_network(subnet, strict=False)
    except ValueError:
        raise refusal(500, f'Invalid subnet {subnet} : invalid CIDR address: {subnet}') from None
    return AddressPool(
        network, gateway=str(config.get('Gateway') or ''), ip_range=str(config.get('IPRange') or ''),
        auxiliary={str(key): str(value) for key, value in auxiliary.items()} if isinstance(auxiliary, Mapping) else {},
        names_gateway=bool(config.get('Gateway')))


class Networks:
    """The networks of an engine."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self.drivers = set(DRIVERS)
        self._clock = clock
        self._identifiers = identifiers
        self._index: Index[Network] = Index()
        self._next_pool = 18
        self._released_pools: list[int] = []
        for name, driver in (('bridge', 'bridge'), ('host', 'host'), ('none', 'null')):
            self._index.add(Network(identifiers.new('network'), name, clock.stamp(), driver))
        self.get('bridge').pools.append(AddressPool(ipaddress.ip_network('172.17.0.0/16')))
        self.get('bridge').options['com.docker.network.bridge.default_bridge'] = 'true'

    def __iter__(self) -> Iterator[Network]:
        return iter(self._index)

    def named(self, name: str) -> list[Network]:
        """All networks of a name."""
        return self._index.named(name)

    def with_id(self, network_id: str) -> Network | None:
        """The network of exactly this id."""
        return self._index.with_id(network_id)

    def get(self, reference: str, ambiguity: str = 'network {0} is ambiguous ({1} matches found on name)') -> Network:
        """The network of a name, id, or beginning of an id.

        :raises docker.errors.APIError: There is none, or more than one.
        """
        reference = reference.strip('/')
        exact = self._index.with_id(reference)
        if exact is not None:
            return exact
        by_name = self._index.named(reference)
        if len(by_name) > 1:
            raise refusal(400, ambiguity.format(reference, len(by_name)))
        found = by_name or self._index.starting_with(reference)
        if len(found) > 1:
            raise refusal(400, f'network {reference} is ambiguous ({len(found)} matches found based on ID prefix)')
        if not found:
            raise refusal(404, f'network {reference} not found')
        return found[0]

    def create(self, name: str, driver: str | None = None, options: Mapping[str, str] | None = None,
               ipam: Mapping[str, object] | None = None, is_unique: bool = False, *, internal: bool = False,
               labels: Mapping[str, str] | None = None, enable_ipv6: bool = False, attachable: bool = False,
               scope: str | None = None, ingress: bool = False) -> tuple[Network, str]:
        """A new network, and a warning if there are others of this name.

        :raises docker.errors.APIError: Name, driver or subnet cannot be used.
        """
        warning = self._check_name(name, is_unique)
        driver = driver or 'bridge'
        if driver not in self.drivers:
            raise refusal(404, f'plugin "{driver}" not found')
        if driver in ('host', 'null'):
            raise refusal(403, f'only one instance of "{driver}" network is allowed')
        asked = mapping(ipam)
        pools = [address_pool(mapping(pool)) for pool in sequence(asked.get('Config'))]
        self._check_overlap(pools)
        network = Network(
            self._identifiers.new('network'), name, self._clock.stamp(), driver, dict(options or {}),
            dict(labels or {}), internal, attachable, ingress, enable_ipv6, scope or 'local',
            text(asked.get('Driver')) or 'default',
            {key: text(value) for key, value in mapping(asked.get('Options')).items()} or None,
            self._with_default_pools(pools, enable_ipv6), bool(pools))
        return self._index.add(network), warning

    def _check_name(self, name: str, is_unique: bool) -> str:
        if not name:
            raise refusal(500, 'invalid name: ')
        same = self.named(name)
        if same and same[0].is_predefined:
            raise refusal(403, f'operation is not permitted on predefined {name} network ')
        if same and is_unique:
            raise refusal(409, f'network with name {name} already exists')
        return f'Network with name {name} (id : {same[0].id}) already exists' if same else ''

    def _with_default_pools(self, pools: Sequence[AddressPool], with_ipv6: bool) -> list[AddressPool]:
        versions = [pool.subnet.version for pool in pools]
        if with_ipv6 and 6 not in versions:
            raise refusal(404, 'could not find an available, non-overlapping IPv6 address pool among the defaults to '
                               'assign to the network')
        return [*([] if 4 in versions else [AddressPool(self._free_subnet())]), *pools]

    def remove(self, network: Network) -> None:
        """Remove a network.

        :raises docker.errors.APIError: It is predefined, or running containers are in it.
        """
        if network.is_predefined:
            raise refusal(403, f'{network.name} is a pre-defined network and cannot be removed')
        if network.attached:
            raise refusal(403, f'error while removing network: network {network.name} id {network.id} has active '
                               'endpoints')
        self._index.remove(network)
        for pool in network.pools:
            if not network.has_own_subnet and pool.subnet.version == 4:
                heapq.heappush(self._released_pools, int(pool.subnet.network_address))

    def _check_overlap(self, pools: Sequence[AddressPool]) -> None:
        for pool in pools:
            for network in self._index if pools else ():
                if any(pool.subnet.version == other.subnet.version and pool.subnet.overlaps(other.subnet)
                       for other in network.pools):
                    raise refusal(403, 'Pool overlaps with other one on this address space')

    def _free_subnet(self) -> Subnet:
        """The subnets 172.18.0.0/16 to 172.31.0.0/16 as engines take them, then /24 ones from 10.128.0.0 on."""
        while self._released_pools or self._next_pool:
            if self._released_pools:
                subnet = self._pool_at(heapq.heappop(self._released_pools))
            else:
                subnet = self._numbered_pool()
            if not any(subnet.overlaps(pool.subnet) for network in self._own_subnets() for pool in network.pools
                       if pool.subnet.version == 4):
                return subnet
        raise AssertionError('unreachable')

    def _own_subnets(self) -> Iterator[Network]:
        return (network for network in self._index if network.has_own_subnet)

    def _numbered_pool(self) -> ipaddress.IPv4Network:
        number = self._next_pool
        self._next_pool += 1
        if number < 32:
            return ipaddress.IPv4Network(f'172.{number}.0.0/16')
        first = int(ipaddress.IPv4Address('10.128.0.0')) + (number - 32) * 256
        if first >= int(ipaddress.IPv4Address('10.255.255.0')):
            raise refusal(404, 'could not find an available, non-overlapping IPv4 address pool among the defaults to '
                               'assign to the network')
        return ipaddress.IPv4Network((first, 24))

    def _pool_at(self, first: int) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network((first, 16 if first < int(ipaddress.IPv4Address('172.32.0.0'))
                                      and first >= int(ipaddress.IPv4Address('172.16.0.0')) else 24))

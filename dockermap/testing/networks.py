"""Networks of an engine."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .addresses import AddressPool, Subnets, address_pool
from .clock import Clock
from .documents import mapping, sequence, text
from .errors import refusal
from .names import Identifiers, Index

__all__ = ['PREDEFINED', 'Attached', 'Network', 'Networks']

PREDEFINED = ('bridge', 'host', 'none')
"""Networks that each engine has."""

DRIVERS = ('bridge', 'host', 'null')


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
    enable_ipv4: bool = True
    attached: dict[str, Attached] = field(default_factory=dict)

    def pool_for(self, version: int) -> AddressPool | None:
        """The first pool of IPv4 or IPv6 addresses."""
        return next((pool for pool in self.pools if pool.subnet.version == version), None)

    @property
    def is_predefined(self) -> bool:
        """Whether each engine has it."""
        return self.name in PREDEFINED


class Networks:
    """The networks of an engine."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self.drivers = set(DRIVERS)
        self._clock = clock
        self._identifiers = identifiers
        self._index: Index[Network] = Index()
        self._subnets = Subnets()
        for name, driver in (('bridge', 'bridge'), ('host', 'host'), ('none', 'null')):
            self._index.add(Network(identifiers.new('network'), name, clock.stamp(), driver))
        bridge_pool = AddressPool(ipaddress.ip_network('172.17.0.0/16'))
        self._subnets.take(bridge_pool.subnet)
        self.get('bridge').pools.append(bridge_pool)
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

    def create(
        self,
        name: str,
        driver: str | None = None,
        options: Mapping[str, str] | None = None,
        ipam: Mapping[str, object] | None = None,
        is_unique: bool = False,
        *,
        internal: bool = False,
        labels: Mapping[str, str] | None = None,
        enable_ipv6: bool = False,
        attachable: bool = False,
        scope: str | None = None,
        ingress: bool = False,
        enable_ipv4: bool = True,
    ) -> tuple[Network, str]:
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
        has_own_subnet = bool(pools)
        pools = self._taken_pools(pools, enable_ipv6, enable_ipv4)
        network = Network(
            self._identifiers.new('network'),
            name,
            self._clock.stamp(),
            driver,
            dict(options or {}),
            dict(labels or {}),
            internal,
            attachable,
            ingress,
            enable_ipv6,
            scope or 'local',
            text(asked.get('Driver')) or 'default',
            {key: text(value) for key, value in mapping(asked.get('Options')).items()} or None,
            pools,
            has_own_subnet,
            enable_ipv4,
        )
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

    def _taken_pools(self, pools: Sequence[AddressPool], with_ipv6: bool, with_ipv4: bool) -> list[AddressPool]:
        """The pools of a new network, with one of the engine's if there is none for IPv4."""
        versions = [pool.subnet.version for pool in pools]
        if with_ipv6 and 6 not in versions:
            raise refusal(
                404,
                'could not find an available, non-overlapping IPv6 address pool among the defaults to '
                'assign to the network',
            )
        for pool in pools:
            self._subnets.take(pool.subnet)
        return [*([] if 4 in versions or not with_ipv4 else [AddressPool(self._subnets.take_free())]), *pools]

    def remove(self, network: Network) -> None:
        """Remove a network.

        :raises docker.errors.APIError: It is predefined, or running containers are in it.
        """
        if network.is_predefined:
            raise refusal(403, f'{network.name} is a pre-defined network and cannot be removed')
        if network.attached:
            raise refusal(
                403, f'error while removing network: network {network.name} id {network.id} has active endpoints'
            )
        self._index.remove(network)
        for pool in network.pools:
            self._subnets.release(pool.subnet, not network.has_own_subnet)

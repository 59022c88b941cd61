"""Subnets, and the addresses in them."""

from __future__ import annotations

import heapq
import ipaddress
from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import refusal

__all__ = ['AddressPool', 'Subnet', 'Subnets', 'address_pool']

Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network

_FIRST_SMALL = int(ipaddress.IPv4Address('10.128.0.0'))
_LAST_SMALL = int(ipaddress.IPv4Address('10.255.255.0'))


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
        network,
        gateway=str(config.get('Gateway') or ''),
        ip_range=str(config.get('IPRange') or ''),
        auxiliary={str(key): str(value) for key, value in auxiliary.items()} if isinstance(auxiliary, Mapping) else {},
        names_gateway=bool(config.get('Gateway')),
    )


class Subnets:
    """The subnets that an engine's networks have; none overlaps another one."""

    def __init__(self) -> None:
        self._taken: list[tuple[int, int, int]] = []
        self._next = 18
        self._released: list[tuple[int, Subnet]] = []

    def overlap(self, subnet: Subnet) -> bool:
        """Whether one of them has addresses of this one."""
        version, first, last = _bounds(subnet)
        position = bisect_left(self._taken, (version, first, last))
        before, after = self._taken[position - 1 : position], self._taken[position : position + 1]
        return any(entry[0] == version and entry[1] <= last and entry[2] >= first for entry in (*before, *after))

    def take(self, subnet: Subnet) -> None:
        """Note that a network has it.

        :raises docker.errors.APIError: It overlaps another one.
        """
        if self.overlap(subnet):
            raise refusal(403, 'Pool overlaps with other one on this address space')
        insort(self._taken, _bounds(subnet))

    def take_free(self) -> Subnet:
        """One that is free: those from 172.18.0.0/16 to 172.31.0.0/16 as engines do, then 10.128.0.0/24 and so on.

        :raises docker.errors.APIError: There are no more.
        """
        while True:
            subnet = heapq.heappop(self._released)[1] if self._released else self._numbered()
            if not self.overlap(subnet):
                self.take(subnet)
                return subnet

    def release(self, subnet: Subnet, may_be_given: bool) -> None:
        """Give one back; whether it can be given to others without being asked for."""
        self._taken.remove(_bounds(subnet))
        if may_be_given:
            heapq.heappush(self._released, (-subnet.num_addresses, subnet))

    def _numbered(self) -> Subnet:
        number = self._next
        self._next += 1
        if number < 32:
            return ipaddress.IPv4Network(f'172.{number}.0.0/16')
        first = _FIRST_SMALL + (number - 32) * 256
        if first > _LAST_SMALL:
            raise refusal(
                404,
                'could not find an available, non-overlapping IPv4 address pool among the defaults to '
                'assign to the network',
            )
        return ipaddress.IPv4Network((first, 24))


def _bounds(subnet: Subnet) -> tuple[int, int, int]:
    return subnet.version, int(subnet.network_address), int(subnet.broadcast_address)

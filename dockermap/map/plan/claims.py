"""What only one running container of an engine can have: host ports, addresses, aliases that no other one has."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...utils import engine_text
from ..state.observed import Detail

_ANY = ('0.0.0.0', '::')
_WITHOUT_PORTS = ('host', 'none')
_SHARED_STACK = 'container:'


class Claim(NamedTuple):
    """One thing that a container has, or is to have, while it runs.

    :param kind: ``port``, ``address``, ``mac``, or ``alias``.
    :param scope: Protocol of a port; otherwise the name of the network.
    :param value: The port, the address, or the alias.
    :param address: Address of the host that a port is published on; both unspecified ones are claimed where none is
        said.
    :param fixed: Whether the container is configured to have just this; others take what is free.
    """

    kind: str
    scope: str
    value: str
    address: str = ''
    fixed: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        """What claims that may get into each other's way have in common."""
        return self.kind, self.scope, self.value

    @property
    def is_ipv6(self) -> bool:
        """Whether an address is one of IPv6."""
        return ':' in self.value

    def collides(self, other: Claim) -> bool:
        """Whether one container cannot have this while another one has the other; an unspecified address has all."""
        if self.key != other.key:
            return False
        if self.address == other.address:
            return True
        same_family = (':' in self.address) == (':' in other.address)
        return same_family and bool({self.address, other.address} & {*_ANY})

    def __str__(self) -> str:
        if self.kind == 'port':
            return f'port {self.value}/{self.scope} on {self.address}'
        word = {'address': 'address', 'mac': 'MAC address', 'alias': 'alias'}[self.kind]
        return f'{word} {self.value} in network {self.scope}'


def port_claims(bindings: Mapping[object, object] | None) -> Iterator[Claim]:
    """Host ports in ``PortBindings`` or ``Ports`` of an engine, or in the ``port_bindings`` of the SDK."""
    for port, entries in (bindings or {}).items():
        number, protocol = _port(port)
        for address, host_port in _entries(entries):
            if number and host_port.isdecimal() and host_port != '0':
                for family in [address] if address else _ANY:
                    yield Claim('port', protocol, host_port, family)


def endpoint_claims(network: str, endpoint: Detail | None, own_aliases: Iterable[str]) -> Iterator[Claim]:
    """Fixed addresses and aliases of an endpoint as the engine is given them."""
    endpoint = endpoint or {}
    ipam = endpoint.get('IPAMConfig') or {}
    for address in (ipam.get('IPv4Address'), ipam.get('IPv6Address'), *(ipam.get('LinkLocalIPs') or ())):
        if address:
            yield Claim('address', network, _plain(address))
    for alias in endpoint.get('Aliases') or ():
        if alias not in own_aliases:
            yield Claim('alias', network, engine_text(alias))


def connection_claims(network: str, arguments: Mapping[str, Any]) -> Iterator[Claim]:
    """The same for the arguments of a connecting call."""
    addresses = (arguments.get('ipv4_address'), arguments.get('ipv6_address'), *(arguments.get('link_local_ips') or ()))
    yield from (Claim('address', network, _plain(address)) for address in addresses if address)
    yield from (Claim('alias', network, engine_text(alias)) for alias in arguments.get('aliases') or ())
    if arguments.get('mac_address'):
        yield Claim('mac', network, engine_text(arguments['mac_address']).lower())


def held_addresses(network: str, endpoint: Detail) -> Iterator[Claim]:
    """Addresses that a running container has in a network, also those that the engine chose."""
    for key in ('IPAddress', 'GlobalIPv6Address'):
        if endpoint.get(key):
            yield Claim('address', network, _plain(endpoint[key]), fixed=False)
    if endpoint.get('MacAddress'):
        yield Claim('mac', network, str(endpoint['MacAddress']).lower(), fixed=False)


def publishes(network_mode: str) -> bool:
    """Whether containers with a network mode have ports of their own."""
    return network_mode not in _WITHOUT_PORTS and not network_mode.startswith(_SHARED_STACK)


def main_network(network_mode: str) -> str:
    """The network that settings of a container without a network's name are for."""
    return 'bridge' if network_mode in ('', 'default') else network_mode


def _plain(address: object) -> str:
    text = engine_text(address)
    try:
        return ipaddress.ip_address(text).compressed
    except ValueError:
        return text


def _port(port: object) -> tuple[str, str]:
    number, protocol = (port[0], port[1] if len(port) > 1 else 'tcp') if isinstance(port, tuple) else (port, '')
    text, _, suffix = str(number).partition('/')
    return text, suffix or protocol or 'tcp'


def _entries(entries: object) -> Iterator[tuple[str, str]]:
    """Address and port of each binding, in each form that engine and SDK have for one."""
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, Mapping):
            yield _address(entry.get('HostIp')), str(entry.get('HostPort') or '')
        elif isinstance(entry, tuple):
            yield _address(entry[0]), str(entry[1]) if len(entry) > 1 and entry[1] is not None else ''
        elif entry is not None:
            yield '', str(entry)


def _address(value: object) -> str:
    return _plain(value) if value else ''

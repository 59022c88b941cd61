"""What several containers of a map want that only one can have: host ports, and fixed addresses in a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...functional import is_late
from .._describe import name_on_map
from ..input import NetworkEndpoint, PortBinding
from ._relations import Relations
from .container import ContainerConfiguration


class _Wanted(NamedTuple):
    """One thing that a container wants.

    :param kind: What it is, with all that has to be equal for two containers to be in each other's way.
    :param interface: Interface of the host that a port is published on; one that is not named means all of them.
    """

    kind: str
    value: str
    interface: str | None = None


def contentions(relations: Relations, clients: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """Configuration, property, and text for each thing that another container of a client wants as well.

    What is written as a late value is not looked at.

    :param relations: Configurations of a map in its extended form, and their containers.
    :param clients: Names of the clients of each configuration.
    """
    holders: dict[tuple[str, str, str], list[tuple[str | None, str]]] = {}
    for name, config in relations.configs.items():
        ids = relations.instances(name)
        containers = [name_on_map(item) for item in ids]
        for place, wanted in _wanted(config):
            for client in clients.get(name) or ['']:
                known = holders.setdefault((client, wanted.kind, wanted.value), [])
                for container in containers:
                    others = [
                        other
                        for interface, other in known
                        if interface == wanted.interface or None in (interface, wanted.interface)
                    ]
                    if others:
                        where = f' on {wanted.interface}' if wanted.interface else ''
                        text = f'{container} wants {wanted.kind} {wanted.value}{where}, as {others[0]} does'
                        yield name, place, f'{text}. They cannot run at the same time.'
                    known.append((wanted.interface, container))


def _wanted(config: ContainerConfiguration) -> Iterator[tuple[str, _Wanted]]:
    for index, port in enumerate(config.exposes):
        found = _port(port)
        if found is not None:
            yield f'exposes[{index}]', found
    for index, endpoint in enumerate(config.networks):
        for address in _addresses(endpoint):
            yield f'networks[{index}]', address


def _port(port: PortBinding) -> _Wanted | None:
    parts = (port.exposed_port, port.host_port, port.interface, port.ipv6)
    if any(map(is_late, parts)) or not str(port.host_port or '').isdecimal() or str(port.host_port) == '0':
        return None
    protocol = str(port.exposed_port).partition('/')[2] or 'tcp'
    family = 'IPv6 ' if port.ipv6 else ''
    return _Wanted(f'{family}port', f'{port.host_port}/{protocol}', port.interface or None)


def _addresses(endpoint: NetworkEndpoint) -> Iterator[_Wanted]:
    for address in (endpoint.ipv4_address, endpoint.ipv6_address):
        if address and not is_late(address):
            yield _Wanted('address', f'{address} in network {endpoint.network_name}')

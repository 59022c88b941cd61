"""What several containers of a map want that only one can have: host ports, and fixed addresses in a network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    :param nodes: Nodes of a swarm whose port it is; none that are named means any of them.
    """

    kind: str
    value: str
    interface: str | None = None
    nodes: Collection[str] = ()

    def conflicts(self, other: _Wanted) -> bool:
        """Whether it is in the way of another one of the same kind and value."""
        may_meet = not self.nodes or not other.nodes or not set(self.nodes).isdisjoint(other.nodes)
        return may_meet and (self.interface == other.interface or None in (self.interface, other.interface))


def contentions(relations: Relations, clients: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """Configuration, property, and text for each thing that another container of a client wants as well.

    What is written as a late value is not looked at. Containers for other nodes of a swarm may have the same ports.

    :param relations: Configurations of a map in its extended form, and their containers.
    :param clients: Names of the clients of each configuration.
    """
    holders: dict[tuple[str, str, str], list[tuple[_Wanted, str]]] = {}
    for name, config in relations.configs.items():
        ids = relations.instances(name)
        containers = [name_on_map(item) for item in ids]
        for place, wanted in _wanted(config):
            for client in clients.get(name) or ['']:
                known = holders.setdefault((client, wanted.kind, wanted.value), [])
                for container in containers:
                    others = [other for theirs, other in known if wanted.conflicts(theirs)]
                    if others:
                        where = f' on {wanted.interface}' if wanted.interface else ''
                        text = f'{container} wants {wanted.kind} {wanted.value}{where}, as {others[0]} does'
                        yield name, place, f'{text}. They cannot run at the same time.'
                    known.append((wanted, container))


def _wanted(config: ContainerConfiguration) -> Iterator[tuple[str, _Wanted]]:
    for index, port in enumerate(config.exposes):
        found = _port(port, config.nodes)
        if found is not None:
            yield f'exposes[{index}]', found
    for index, endpoint in enumerate(config.networks):
        for address in _addresses(endpoint):
            yield f'networks[{index}]', address


def _port(port: PortBinding, nodes: Collection[str]) -> _Wanted | None:
    parts = (port.exposed_port, port.host_port, port.interface, port.ipv6)
    if any(map(is_late, parts)) or not str(port.host_port or '').isdecimal() or str(port.host_port) == '0':
        return None
    protocol = str(port.exposed_port).partition('/')[2] or 'tcp'
    family = 'IPv6 ' if port.ipv6 else ''
    return _Wanted(f'{family}port', f'{port.host_port}/{protocol}', port.interface or None, nodes)


def _addresses(endpoint: NetworkEndpoint) -> Iterator[_Wanted]:
    for address in (endpoint.ipv4_address, endpoint.ipv6_address):
        if address and not is_late(address):
            yield _Wanted('address', f'{address} in network {endpoint.network_name}')

"""Who gives up what only one running container can have, and who takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...exceptions import InputError
from ..input import ItemType
from ..policy.utils import is_connected, networks_of
from ..state.observed import Observed
from .claims import (
    Claim,
    connection_claims,
    endpoint_claims,
    held_addresses,
    main_network,
    port_claims,
    publishes,
)
from .operation import Operation

_Key = tuple[str, str]
_STOPPING = ('stop', 'kill')
_SHORT_ID = 12


class Pool(NamedTuple):
    """The addresses of one family in a network."""

    client_name: str
    network: str
    is_ipv6: bool


class Handover(NamedTuple):
    """One operation takes what another one gives up."""

    taker: int
    giver: int


@dataclass
class _Container:
    """What a container has or wants while the operations of a plan are followed."""

    name: str
    mode: str = ''
    running: bool = False
    started: bool = False
    stopped_by: int | None = None
    ports: tuple[Claim, ...] = ()
    endpoints: dict[str, tuple[Claim, ...]] = field(default_factory=dict)
    given: dict[str, tuple[Claim, ...]] = field(default_factory=dict)
    """Addresses that the engine chose, by network."""

    def claims(self, internal: AbstractSet[str]) -> Iterator[Claim]:
        if publishes(self.mode) and not (self.endpoints and self.endpoints.keys() <= internal):
            yield from self.ports
        for claims in (*self.endpoints.values(), *self.given.values()):
            yield from claims


class Resources:
    """Follows the operations of a plan, and finds out what is handed on from one container to another.

    :param operations: In the order in which they were decided.
    :param observed: What was found of the containers and networks.
    """

    def __init__(self, operations: Iterable[Operation], observed: Observed) -> None:
        self._names: dict[_Key, str] = {}
        self._containers: dict[_Key, _Container] = {}
        self._internal: dict[str, set[str]] = {}
        self._initial: dict[_Key, frozenset[Claim]] = {}
        self._gives: dict[_Key, list[tuple[int, Claim]]] = {}
        self._takes: list[tuple[int, _Key, Claim]] = []
        self._chooses: list[tuple[int, Pool]] = []
        """Operations that have the engine choose an address."""
        self._observe(observed)
        for operation in operations:
            follow = _FOLLOWED.get(operation.call)
            if follow is not None and operation.method is None:
                follow(self, operation)

    def handovers(self) -> list[Handover]:
        """Which operation has to come after which, as it takes what the other one gives up."""
        gives: dict[tuple[str, tuple[str, str, str]], list[tuple[int, _Key, Claim]]] = {}
        for key, given in self._gives.items():
            for number, claim in given:
                gives.setdefault((key[0], claim.key), []).append((number, key, claim))
        unique = self._unique_aliases()
        found: dict[Handover, None] = {}
        for taker, key, wanted in self._takes:
            for giver, former, claim in gives.get((key[0], wanted.key), ()):
                is_kept = wanted.kind == 'alias' and (key[0], wanted) not in unique
                if former != key and wanted.collides(claim) and not is_kept:
                    found[Handover(taker, giver)] = None
        return list(found)

    def choosers(self) -> tuple[dict[Pool, list[int]], dict[Pool, list[int]]]:
        """Where addresses come from, with the operations that take a certain one, and those that take a free one."""
        fixed: dict[Pool, list[int]] = {}
        free: dict[Pool, list[int]] = {}
        for number, key, claim in self._takes:
            if claim.kind == 'address':
                fixed.setdefault(Pool(key[0], claim.scope, claim.is_ipv6), []).append(number)
        for number, pool in self._chooses:
            if pool in fixed:
                free.setdefault(pool, []).append(number)
        return fixed, free

    def fixed(self) -> set[int]:
        """Operations that take certain addresses."""
        return {number for number, _, claim in self._takes if claim.kind == 'address'}

    def check(self) -> None:
        """See that no two containers that run in the end want the same.

        :raises ValueError: Two do, and at least one of them is started by the plan.
        """
        holders: dict[tuple[str, tuple[str, str, str]], list[tuple[_Container, Claim]]] = {}
        for (client_name, _), container in self._containers.items():
            for claim in self._claims_of(client_name, container) if container.running else ():
                if claim.kind == 'alias':
                    continue
                others = holders.setdefault((client_name, claim.key), [])
                for other, held in others:
                    if other is not container and held.collides(claim) and (other.started or container.started):
                        raise InputError(
                            f'Containers {other.name} and {container.name} on client {client_name} cannot both have '
                            f'{claim}. Change one of them, or stop it first.'
                        )
                others.append((container, claim))

    def _unique_aliases(self) -> set[tuple[str, Claim]]:
        counts: dict[tuple[str, Claim], int] = {}
        for (client_name, _), container in self._containers.items():
            for claim in {*container.claims(frozenset())} if container.running else ():
                if claim.kind == 'alias':
                    counts[client_name, claim] = counts.get((client_name, claim), 0) + 1
        return {key for key, count in counts.items() if count == 1}

    def _observe(self, observed: Observed) -> None:
        for (client_name, name), detail in observed.items(ItemType.NETWORK):
            self._names[client_name, detail['Id']] = name
            if detail.get('Internal'):
                self._internal.setdefault(client_name, set()).add(name)
        for (client_name, name), detail in observed.items(ItemType.CONTAINER):
            self._names[client_name, detail['Id']] = name
            container = self._containers[client_name, name] = _found_container(name, detail)
            if container.running:
                self._initial[client_name, name] = frozenset(self._claims_of(client_name, container))

    def _claims_of(self, client_name: str, container: _Container) -> Iterator[Claim]:
        return container.claims(self._internal.get(client_name, set()))

    def _container(self, operation: Operation) -> tuple[_Key, _Container | None]:
        named = operation.arguments.get('container')
        name = self._names.get((operation.client_name, str(named)), str(named))
        key = operation.client_name, name
        return key, self._containers.get(key)

    def _network(self, operation: Operation) -> str:
        named = str(operation.arguments.get('net_id'))
        return self._names.get((operation.client_name, named), named)

    def _give(self, number: int, key: _Key, claims: Iterable[Claim]) -> None:
        initial = self._initial.get(key, frozenset())
        self._gives.setdefault(key, []).extend((number, claim) for claim in claims if claim in initial)

    def _choose(self, number: int, key: _Key, network: str, claims: Iterable[Claim]) -> None:
        """The engine chooses addresses of the families in which none is said."""
        said = {claim.is_ipv6 for claim in claims if claim.kind == 'address'}
        self._chooses.extend(
            (number, Pool(key[0], network, is_ipv6)) for is_ipv6 in (False, True) if is_ipv6 not in said
        )

    def _create_network(self, operation: Operation) -> None:
        internal = self._internal.setdefault(operation.client_name, set())
        (internal.add if operation.arguments.get('internal') else internal.discard)(operation.arguments['name'])

    def _create_container(self, operation: Operation) -> None:
        name = operation.arguments.get('name')
        if isinstance(name, str):
            self._containers[operation.client_name, name] = _wanted_container(name, operation.arguments)

    def _rename(self, operation: Operation) -> None:
        key, container = self._container(operation)
        if container is not None:
            del self._containers[key]
            container.name = str(operation.arguments['name'])
            self._containers[operation.client_name, container.name] = container

    def _start(self, operation: Operation) -> None:
        key, container = self._container(operation)
        if container is None or container.running:
            return
        container.running, container.started, container.stopped_by = True, True, None
        self._takes.extend((operation.number, key, claim) for claim in self._claims_of(key[0], container))
        for network, claims in container.endpoints.items():
            self._choose(operation.number, key, network, claims)

    def _stop(self, operation: Operation) -> None:
        key, container = self._container(operation)
        if container is not None and container.running:
            self._give(operation.number, key, self._claims_of(key[0], container))
            container.running, container.stopped_by, container.given = False, operation.number, {}
        else:
            self._wait(operation)

    def _wait(self, operation: Operation) -> None:
        """What waits for the end of a container that was told to stop, or ends it by force, is when it has given up."""
        key, container = self._container(operation)
        if container is None or container.stopped_by is None or operation.is_wait_for_state:
            return
        former, container.stopped_by = container.stopped_by, operation.number
        self._gives[key] = [
            (operation.number if number == former else number, claim) for number, claim in self._gives.get(key, ())
        ]

    def _remove(self, operation: Operation) -> None:
        key, container = self._container(operation)
        if container is not None:
            if container.running:
                self._give(operation.number, key, self._claims_of(key[0], container))
            del self._containers[key]

    def _connect(self, operation: Operation) -> None:
        key, container = self._container(operation)
        if container is None:
            return
        network = self._network(operation)
        former = {*self._claims_of(key[0], container)}
        claims = container.endpoints[network] = tuple(connection_claims(network, operation.arguments))
        if container.running:
            container.started = True
            # Who was only in internal networks publishes its ports now.
            taken = (claim for claim in self._claims_of(key[0], container) if claim not in former)
            self._takes.extend((operation.number, key, claim) for claim in taken)
            self._choose(operation.number, key, network, claims)

    def _disconnect(self, operation: Operation) -> None:
        key, container = self._container(operation)
        if container is not None:
            network = self._network(operation)
            claims = (*container.endpoints.pop(network, ()), *container.given.pop(network, ()))
            if container.running:
                self._give(operation.number, key, claims)


_FOLLOWED = {
    'create_network': Resources._create_network,
    'create_container': Resources._create_container,
    'rename': Resources._rename,
    'start': Resources._start,
    'restart': Resources._start,
    **dict.fromkeys(_STOPPING, Resources._stop),
    'wait': Resources._wait,
    'remove_container': Resources._remove,
    'connect_container_to_network': Resources._connect,
    'disconnect_container_from_network': Resources._disconnect,
}
"""What each call means for the containers."""


def _found_container(name: str, detail: Mapping[str, Any]) -> _Container:
    settings, host = detail.get('NetworkSettings') or {}, detail.get('HostConfig') or {}
    networks = networks_of(detail)
    is_running = bool(detail['State']['Running'])
    if is_running:
        networks = {network: endpoint for network, endpoint in networks.items() if is_connected(endpoint)}
    own = (name, detail['Id'][:_SHORT_ID])
    mode = str(host.get('NetworkMode') or '')
    endpoints = {network: tuple(endpoint_claims(network, endpoint, own)) for network, endpoint in networks.items()}
    _add_mac(endpoints, mode, (detail.get('Config') or {}).get('MacAddress'))
    for network, endpoint in networks.items() if not is_running else ():
        _add_mac(endpoints, mode, endpoint.get('MacAddress'), network)
    published = {*port_claims(host.get('PortBindings')), *port_claims(settings.get('Ports') if is_running else None)}
    given = {
        network: tuple(
            claim
            for claim in held_addresses(network, endpoint)
            if not any(claim.key == fixed.key for fixed in endpoints[network])
        )
        for network, endpoint in networks.items()
        if is_running
    }
    return _Container(name, mode, is_running, ports=tuple(sorted(published)), endpoints=endpoints, given=given)


def _wanted_container(name: str, arguments: Mapping[str, Any]) -> _Container:
    """Clients take the host configuration as the SDK makes it, or its arguments among those of the call."""
    host: Mapping[str, Any] = arguments.get('host_config') or {}
    mode = str(host.get('NetworkMode') or arguments.get('network_mode') or '')
    configured: Mapping[str, Any] = (arguments.get('networking_config') or {}).get('EndpointsConfig') or {}
    endpoints = {network: tuple(endpoint_claims(network, endpoint, ())) for network, endpoint in configured.items()}
    if not endpoints and publishes(mode) and not arguments.get('network_disabled'):
        endpoints = {main_network(mode): ()}
    _add_mac(endpoints, mode, arguments.get('mac_address'))
    for network, endpoint in configured.items():
        _add_mac(endpoints, mode, (endpoint or {}).get('MacAddress'), network)
    bindings = host.get('PortBindings') or arguments.get('port_bindings')
    return _Container(name, mode, ports=tuple(port_claims(bindings)), endpoints=endpoints)


def _add_mac(endpoints: dict[str, tuple[Claim, ...]], mode: str, address: object, network: str | None = None) -> None:
    if address:
        network = network or next(iter(endpoints), main_network(mode))
        endpoints[network] = (*endpoints.get(network, ()), Claim('mac', network, str(address).lower()))


def handed_on(operations: Sequence[Operation], observed: Observed) -> Resources:
    """What the operations of a plan hand on from one container to another.

    :raises ValueError: Two containers that run in the end want the same.
    """
    resources = Resources(operations, observed)
    resources.check()
    return resources

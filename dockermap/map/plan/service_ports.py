"""Which service of a swarm has to wait for which, as it takes a port that the other one gives up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from .operation import Operation
from .resources import Handover

_CHANGING = ('create_service', 'update_service', 'remove_service')
_WAITING = ('wait_for_service', 'wait_for_no_tasks')

Name = tuple[str, str]
"""A client, and the name of a service on it."""

Port = tuple[str, str, int]
"""A client, the protocol, and the port of nodes."""


@dataclass
class _Change:
    """A change of the ports of a service.

    :param number: The operation that changes it.
    :param done: The operation after which that has been done: it waits for the containers.
    """

    name: Name
    number: int
    done: int
    gives: frozenset[Port] = frozenset()
    takes: frozenset[Port] = frozenset()


@dataclass
class _Services:
    """What is known of services while the operations of a plan are followed."""

    changes: list[_Change] = field(default_factory=list)
    held: dict[Name, frozenset[Port]] = field(default_factory=dict)
    names: dict[str, Name] = field(default_factory=dict)
    last: dict[Name, _Change] = field(default_factory=dict)

    def follow(self, operation: Operation) -> None:
        if operation.call in _CHANGING:
            self._change(operation)
        elif operation.call in _WAITING:
            name = str(operation.arguments.get('service'))
            change = self.last.get(self.names.get(name, (operation.client_name, name)))
            if change is not None:
                change.done = operation.number

    def _change(self, operation: Operation) -> None:
        spec, former = operation.arguments.get('spec') or {}, operation.arguments.get('former') or {}
        found = spec or former
        if not found:
            return
        name = operation.client_name, str(found.get('Name'))
        self.names[str(operation.arguments.get('service'))] = name
        held = self.held.get(name, _ports(operation.client_name, former))
        wanted = self.held[name] = _ports(operation.client_name, spec)
        change = _Change(name, operation.number, operation.number, held - wanted, wanted - held)
        self.changes.append(change)
        self.last[name] = change


def service_handovers(operations: Iterable[Operation]) -> list[Handover]:
    """Who takes a port after whom.

    What takes it comes when the other one has given it up and works. Services that exchange ports are all changed
    before it is waited for any: a manager lets those wait whose port is not free yet.
    """
    services = _Services()
    for operation in operations:
        services.follow(operation)
    giving: dict[Port, list[_Change]] = {}
    for change in services.changes:
        for port in change.gives:
            giving.setdefault(port, []).append(change)
    found = {
        (taker.number, giver.number): (taker, giver)
        for taker in services.changes
        for port in sorted(taker.takes)
        for giver in giving.get(port, ())
        if taker.name != giver.name
    }
    pairs = list(found.values())
    exchanging = _in_circles({(taker.name, giver.name) for taker, giver in pairs})
    return [
        Handover(taker.done, giver.number)
        if {taker.name, giver.name} <= exchanging and taker.done != taker.number
        else Handover(taker.number, giver.done)
        for taker, giver in pairs
    ]


def _in_circles(pairs: AbstractSet[tuple[Name, Name]]) -> set[Name]:
    """Those that wait for themselves in the end."""
    after: dict[Name, set[Name]] = {}
    for taker, giver in pairs:
        after.setdefault(taker, set()).add(giver)
    return {name for name in after if name in set(_all_after(after, name))}


def _all_after(after: Mapping[Name, AbstractSet[Name]], name: Name) -> Iterator[Name]:
    seen: set[Name] = set()
    waiting = [name]
    while waiting:
        for other in after.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
                yield other


def _ports(client_name: str, spec: Mapping[str, Any]) -> frozenset[Port]:
    """Ports that a service has: those of all nodes always, those of a container's node while there are containers."""
    replicas = ((spec.get('Mode') or {}).get('Replicated') or {}).get('Replicas', 1)
    return frozenset(
        (client_name, str(port.get('Protocol') or 'tcp'), int(port['PublishedPort']))
        for port in (spec.get('EndpointSpec') or {}).get('Ports') or ()
        if port.get('PublishedPort') and (replicas or port.get('PublishMode') != 'host')
    )

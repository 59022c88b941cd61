"""Containers that hand on what only one of them can have, on an engine in memory that is watched while they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import CHANGING_CALLS, InMemoryEngine

Settings = dict[str, Any]

NETWORKS: Settings = {
    'back': {
        'create_options': {
            'enable_ipv6': True,
            'ipam': {'Config': [{'Subnet': '10.5.0.0/24'}, {'Subnet': 'fd00:5::/64'}]},
        }
    },
    'front': {'create_options': {'ipam': {'Config': [{'Subnet': '10.6.0.0/24'}]}}},
}
INTERFACES = {
    'interfaces': {'private': '127.0.0.1', 'other': '127.0.0.2', 'any': '0.0.0.0'},
    'interfaces_ipv6': {'six': 'fd00::1', 'any': '::'},
}


def _port(number: int) -> Settings:
    return {'exposes': {80: 8000 + number}}


def _udp_port(number: int) -> Settings:
    return {'exposes': {'53/udp': 8000 + number}}


def _port_on_address(number: int) -> Settings:
    return {'exposes': {80: [8000 + number, 'private']}}


def _port_on_ipv6(number: int) -> Settings:
    return {'exposes': [{'exposed_port': 80, 'host_port': 8000 + number, 'interface': 'six', 'ipv6': True}]}


def _ipv4(number: int) -> Settings:
    return {'networks': {'back': {'ipv4_address': f'10.5.0.{10 + number}'}}}


def _ipv6(number: int) -> Settings:
    return {'networks': {'back': {'ipv6_address': f'fd00:5::{10 + number}'}}}


def _second_address(number: int) -> Settings:
    return {'networks': {'back': {}, 'front': {'ipv4_address': f'10.6.0.{10 + number}'}}}


def _mac(number: int) -> Settings:
    return {'create_options': {'mac_address': f'02:42:ac:11:00:{number:02x}'}}


def _mac_in_network(number: int) -> Settings:
    return {**_mac(number), 'networks': {'back': {}}}


def _alias(number: int) -> Settings:
    return {'networks': {'back': {'aliases': [f'only{number}']}}}


RECREATED: dict[str, Callable[[int], Settings]] = {
    'port': _port,
    'udp-port': _udp_port,
    'port-on-address': _port_on_address,
    'port-on-ipv6': _port_on_ipv6,
    'mac': _mac,
    'mac-in-network': _mac_in_network,
}
"""Settings for what a container can only get when it is re-created, by a number."""

IN_PLACE: dict[str, Callable[[int], Settings]] = {
    'ipv4': _ipv4,
    'ipv6': _ipv6,
    'second-network': _second_address,
    'alias': _alias,
}
"""Settings for what is changed by reconnecting a network."""

RESOURCES = {**RECREATED, **IN_PLACE}


class Kind(NamedTuple):
    """One kind of resource, and whether containers are re-created for another reason, too."""

    name: str
    is_recreated: bool = False

    def __str__(self) -> str:
        return f'{self.name}-re-created' if self.is_recreated else self.name

    def settings(self, number: int, stage: str) -> Settings:
        """Settings of a container that has the resource with a number."""
        found = {'image': 'app', 'stop_timeout': 1, **RESOURCES[self.name](number)}
        options = {'command': 'sleep 1000', **found.get('create_options', {})}
        if self.is_recreated:
            options['environment'] = {'STAGE': stage}
        return {**found, 'create_options': options}


KINDS = [*map(Kind, RESOURCES), *(Kind(name, True) for name in IN_PLACE)]


def shop(kind: Kind, owned: Mapping[str, int], links: Mapping[str, str] | None = None, stage: str = 'a') -> Settings:
    """Input of a map in which each container has the resource of its number, and is linked to another one."""
    containers: Settings = {name: kind.settings(number, stage) for name, number in owned.items()}
    for name, target in (links or {}).items():
        containers[name]['links'] = target
    joined = {network for config in containers.values() for network in config.get('networks', ())}
    networks = {name: NETWORKS[name] for name in sorted(joined)}
    return {'containers': containers, 'networks': networks}


def front_end(engine: InMemoryEngine, content: Settings, is_watched: bool = True) -> MappingDockerClient:
    """A front end for the input of a map ``shop``."""
    docker_client = Watched(engine) if is_watched else engine.client()
    configuration = ClientConfiguration(client=docker_client, version=engine.api_version, **INTERFACES)
    return MappingDockerClient(ContainerMap('shop', content), configuration, option_defaults={'exec_wait': 0})


def brought_up(content: Settings) -> InMemoryEngine:
    """An engine on which a map runs."""
    engine = InMemoryEngine('app:latest', api_version='1.44')
    front_end(engine, content).update('__all__')
    engine.calls.clear()
    return engine


class Watched:
    """A client that looks after each change whether two running containers have the same."""

    def __init__(self, engine: InMemoryEngine) -> None:
        self._client = engine.client()
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in CHANGING_CALLS:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            with self._engine.clock.inside():
                answer = found(*args, **kwargs)
                shared = held_twice(self._engine)
                assert not shared, f'{name} {args} {kwargs}: two containers have {shared}'
                return answer

        return call


def held_twice(engine: InMemoryEngine) -> list[str]:
    """What two running containers have at the same time, although the engine accepts it."""
    counts = Counter(text for container in engine.containers if container.running for text in _held(container))
    return [text for text, count in counts.items() if count > 1]


def _held(container: Any) -> Iterator[str]:
    for network, endpoint in container.endpoints.items():
        yield from (f'{network} {alias}' for alias in endpoint.aliases or () if alias.startswith('only'))
        if endpoint.mac_address:
            yield f'{network} {endpoint.mac_address}'


def swapped(names: Sequence[str]) -> dict[str, int]:
    """Numbers of resources by container, each what the one before had."""
    return {name: (number - 1) % len(names) + 1 for number, name in enumerate(names)}


def straight(names: Sequence[str]) -> dict[str, int]:
    """Numbers of resources by container, counted from one."""
    return {name: number for number, name in enumerate(names, 1)}

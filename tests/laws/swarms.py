"""Cases for swarms: what those for engines say, as far as swarms have it, and what only swarms have."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from docker.errors import APIError

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import Faults
from dockermap.testing.swarm import InMemorySwarm, SwarmClient
from tests.laws.cases import Case, Settings, make_case

ACTIONS = {'update': 40, 'startup': 10, 'shutdown': 10, 'create': 8, 'start': 8, 'stop': 8, 'remove': 8, 'restart': 8}
UPDATING = 'update', 'startup'
NODES: dict[str, dict[str, str]] = {'node1': {}, 'node2': {'disk': 'ssd'}, 'node3': {}}
CHANGING = (
    'create_service', 'update_service', 'remove_service', 'create_network', 'remove_network', 'create_secret',
    'create_config', 'remove_secret', 'remove_config',
)  # fmt: skip
_NOT_ON_SWARMS = 'exec_commands', 'network_mode'


@dataclass(frozen=True)
class SwarmCase:
    """A case, and what somebody else has done to services before the call.

    :param disturbances: Kinds, with names of services.
    """

    case: Case
    disturbances: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f'{self.case}\n  on the swarm: {self.disturbances}'


def make_swarm_case(seed: int) -> SwarmCase:
    """The case of a number."""
    source = random.Random(f'swarm {seed}')
    case = make_case(seed)
    action = source.choices(list(ACTIONS), list(ACTIONS.values()))[0]
    beginning = 'update' if action not in UPDATING or source.random() < 0.8 else 'nothing'
    before = for_swarm(case.before, f'{seed} before')
    after = for_swarm(case.after, f'{seed} before' if source.random() < 0.5 else f'{seed} after')
    names = sorted(after['containers'])
    requested = '__all__' if source.random() < 0.6 else source.choice(names)
    found = replace(
        case,
        before=before,
        after=after,
        action=action,
        beginning=beginning,
        requested=requested,
        options={},
        arguments={},
        disturbances=[],
    )
    kinds = [source.choice(tuple(DISTURBING)) for _ in range(source.choice((0, 0, 1, 2)))]
    return SwarmCase(found, tuple((kind, f'shop-{source.choice(sorted(before["containers"]))}') for kind in kinds))


def for_swarm(settings: Settings, seed: str) -> Settings:
    """A map without what swarms refuse, and with what only they have."""
    found = copy.deepcopy(settings)
    node = random.Random(f'{seed} node').choice(('node1', 'node2', 'node.labels.disk==ssd'))
    for name, config in found['containers'].items():
        source = random.Random(f'{seed} {name}')
        for key in _NOT_ON_SWARMS:
            config.pop(key, None)
        config['host_config'].pop('cpu_shares', None)
        _leave_volumes_by_name(found, config)
        _leave_own_aliases(config, name)
        if any(config.get(key) for key in ('attaches', 'uses', 'binds')):
            config['nodes'] = [node]
        elif source.random() < 0.2:
            config['nodes'] = [source.choice(('node1', 'disk=ssd', 'node.role==worker'))]
        if 'exposes' not in config and source.random() < 0.4:
            config['replicas'] = source.choice((2, 3))
        if source.random() < 0.3:
            config['secrets'] = {f'{name}-key': source.choice(('a', 'b'))}
        if source.random() < 0.3:
            config['configs'] = {'page': {'text': source.choice(('one', 'two')), 'path': '/srv/page'}}
    for config in found['containers'].values():
        _leave_links_in_common_networks(found, config)
    return found


def _leave_volumes_by_name(settings: Settings, config: Settings) -> None:
    attached = {
        name
        for owner, given in settings['containers'].items()
        for alias in given.get('attaches', ())
        for name in (alias, f'{owner}.{alias}')
    }
    if 'uses' in config:
        config['uses'] = {name: value for name, value in config['uses'].items() if name in attached}


def _leave_own_aliases(config: Settings, name: str) -> None:
    for endpoint in (config.get('networks') or {}).values():
        endpoint.pop('ipv4_address', None)
        aliases = [] if 'instances' in config else endpoint.get('aliases', ())
        endpoint['aliases'] = [f'{name}-{alias}' for alias in aliases]


def _leave_links_in_common_networks(settings: Settings, config: Settings) -> None:
    own = set(config.get('networks') or ())

    def is_near(other: str) -> bool:
        found = settings['containers'].get(other.partition('.')[0]) or {}
        return bool(own & set(found.get('networks') or ()))

    if 'links' in config:
        config['links'] = {other: None for other in config['links'] if is_near(other)}
    for network, endpoint in (config.get('networks') or {}).items():
        links = endpoint.pop('links', ())
        near = [
            other for other in links if network in settings['containers'][other.partition('.')[0]].get('networks', ())
        ]
        if near:
            endpoint['links'] = near


class FaultyClient(SwarmClient):
    """A client of a manager, with whom something goes wrong."""

    def __init__(self, swarm: InMemorySwarm, faults: Faults) -> None:
        super().__init__(swarm)
        self.faults = faults
        for name in CHANGING:
            setattr(self, name, self._with_faults(name, getattr(self, name)))

    def _with_faults(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            with self.faults.around(name, 60):
                return method(*args, **kwargs)

        return call


def front_end(container_map: ContainerMap, swarm: InMemorySwarm, faults: Faults | None = None) -> MappingDockerClient:
    """A front end for one map on a swarm."""
    client = swarm.client() if faults is None else FaultyClient(swarm, faults)
    configuration = ClientConfiguration(client=client, orchestrator='swarm', endpoint_mode='dnsrr', wait_timeout=20)
    return MappingDockerClient(container_map, configuration)


def beginning_of(found: SwarmCase) -> InMemorySwarm:
    """The swarm as the call of a case finds it."""
    case = found.case
    swarm = InMemorySwarm(NODES, (*case.place.images, 'busybox:latest'))
    if case.beginning != 'nothing':
        front_end(ContainerMap('shop', case.before), swarm).update('__all__')
    for kind, name in found.disturbances:
        with contextlib.suppress(APIError):
            DISTURBING[kind](swarm.client(), name)
    swarm.calls.clear()
    return swarm


def _remove(client: SwarmClient, name: str) -> None:
    client.remove_service(name)


def _change(client: SwarmClient, name: str, **changes: Any) -> None:
    service = client.inspect_service(name)
    spec = {**service['Spec'], **changes}
    parts = {'mode': 'Mode', 'update_config': 'UpdateConfig', 'endpoint_spec': 'EndpointSpec', 'labels': 'Labels'}
    client.update_service(
        service['ID'],
        service['Version']['Index'],
        spec['TaskTemplate'],
        name,
        **{argument: spec.get(key) for argument, key in parts.items()},
    )


def _scale(client: SwarmClient, name: str) -> None:
    _change(client, name, Mode={'Replicated': {'Replicas': 0}})


def _set_variable(client: SwarmClient, name: str) -> None:
    template = client.inspect_service(name)['Spec']['TaskTemplate']
    template['ContainerSpec']['Env'] = ['OTHER=1']
    _change(client, name, TaskTemplate=template)


DISTURBING: dict[str, Callable[[SwarmClient, str], None]] = {
    'remove': _remove,
    'scale': _scale,
    'variable': _set_variable,
}


def state_of(swarm: InMemorySwarm) -> dict[str, Any]:
    """What is on a swarm, without ids, versions, and what tells how often containers were replaced."""
    swarm.tick()
    swarm.tick()
    swarm.allocate()
    networks = {network['Id']: name for name, network in swarm.networks.items()}
    return {
        'networks': {name: _network(network) for name, network in swarm.networks.items()},
        'services': {service['Spec']['Name']: _plain(service, networks) for service in swarm.services.values()},
        'containers': {name: _containers(swarm, name) for name in _names(swarm)},
        **{section: {name: rows[name]['data'] for name in _used(swarm, section)} for section, rows in _files(swarm)},
    }


def unused_files(swarm: InMemorySwarm) -> list[str]:
    """Secrets and configs that no service has."""
    return [name for section, rows in _files(swarm) for name in rows if name not in _used(swarm, section)]


def _files(swarm: InMemorySwarm) -> list[tuple[str, dict[str, Any]]]:
    return sorted(swarm.files.items())


def _used(swarm: InMemorySwarm, section: str) -> list[str]:
    key = section[:-1].capitalize()
    containers = [service['Spec']['TaskTemplate']['ContainerSpec'] for service in swarm.services.values()]
    return sorted({entry[f'{key}Name'] for container in containers for entry in container.get(f'{key}s') or ()})


def _names(swarm: InMemorySwarm) -> Iterator[str]:
    for service in swarm.services.values():
        yield service['Spec']['Name']


def _containers(swarm: InMemorySwarm, name: str) -> list[Any]:
    found = [(task['Spec']['ContainerSpec'].get('Env'), task['NodeID']) for task in swarm.running(name)]
    return sorted(found, key=str)


def _network(network: dict[str, Any]) -> dict[str, Any]:
    options = {key: value for key, value in (network['Options'] or {}).items() if 'vxlanid' not in key}
    return {**network, 'Id': '', 'Options': options}


def _plain(service: dict[str, Any], networks: dict[str, str]) -> dict[str, Any]:
    spec = copy.deepcopy(service['Spec'])
    task = spec['TaskTemplate']
    task.pop('ForceUpdate', None)
    for entry in task.get('Networks') or ():
        entry['Target'] = networks.get(entry['Target'], entry['Target'])
    for key in ('Secret', 'Config'):
        for entry in task['ContainerSpec'].get(f'{key}s') or ():
            entry.pop(f'{key}ID')
    return {**spec, 'ports': service['ports']}

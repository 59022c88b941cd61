"""Faults of requests to a Docker Engine: the same call again ends as in the engine in memory, which is as without them.

The default run has a few of them; the long form lets each request of some calls fail once, in one of the ways.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import docker
import private_engine as engines
import pytest

from dockermap.api import ContainerMap
from dockermap.testing import CHANGING_CALLS, Killed
from dockermap.testing.faults import Faults
from tests.engine.conftest import remove_all
from tests.laws.engines import front_end, processes, without_links
from tests.laws.scenes import AGAIN, SCENES, STACKS, Scene
from tests.laws.sweep import KINDS, Kind, Sweep

OPTIONS = {'core_image': engines.BASE_IMAGE, 'base_image': engines.BASE_IMAGE}
BY_ID = {scene.id: scene for scene in SCENES}
SAMPLE = [
    ('start what is new/networks', 'start', 'program killed'),
    pytest.param('start what is new/networks', 'exec_start', '500', marks=pytest.mark.full),
    pytest.param('startup of what has run/volumes', 'exec_create', 'connection lost before', marks=pytest.mark.full),
    ('update of one container/networks', 'rename', 'program killed'),
    ('update of one container/volumes', 'start', 'timed out after'),
    ('shutdown/networks', 'remove_container', 'connection lost after'),
]
"""Scenes, the first request of which kind fails, and how."""
SWEPT = [
    'start what is new/networks',
    'startup of nothing/networks',
    'update that re-creates containers/networks',
    'update that re-creates containers/volumes',
    'update that resets a network/networks',
    'update of connections/networks',
    'shutdown/volumes',
]
"""Scenes of which each request fails once in the long form."""


class Faulty:
    """A client of an engine whose faults happen before requests or after them, and which keeps what it was asked."""

    def __init__(self, client: docker.APIClient) -> None:
        self.faults = Faults()
        self.changes: list[str] = []
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in CHANGING_CALLS:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self.changes.append(name)
            with self.faults.around(name, 60):
                return found(*args, **kwargs)

        return call


class RealSweep:
    """One scene on an engine, with names of its own."""

    def __init__(self, scene: Scene, client: docker.APIClient, prefix: str, is_podman: bool) -> None:
        self.scene = scene
        self.client = client
        self.prefix = prefix
        self.is_podman = is_podman

    def begin(self) -> Faulty:
        """The engine as the call finds it."""
        remove_all(self.client, self.prefix)
        before = front_end(self._map(STACKS[self.scene.stack]()), self.client, **OPTIONS)
        for action in self.scene.beginning:
            before.run_actions(action, '__all__')
        return Faulty(self.client)

    def call(self, client: Faulty) -> BaseException | None:
        """Make the call; the error that it ended with."""
        options = {**OPTIONS, 'max_parallel': 1}
        try:
            front_end(self._map(self.scene.settings()), client, **options).run_actions(
                self.scene.action, self.scene.requested, **dict(self.scene.arguments)
            )
        except (Exception, Killed) as error:
            return error
        return None

    def end(self) -> dict[str, Any]:
        """What is there and runs, without what is particular to this time."""
        containers = {name: self._container(name) for name in self._names(self.client.containers(all=True))}
        networks = sorted(row['Name'] for row in self.client.networks() if row['Name'].startswith(self.prefix))
        volumes = sorted(
            row['Name'] for row in self.client.volumes()['Volumes'] or () if row['Name'].startswith(self.prefix)
        )
        return {'containers': containers, 'networks': networks, 'volumes': volumes}

    def _names(self, rows: list[dict[str, Any]]) -> list[str]:
        names = (name.lstrip('/') for row in rows for name in row['Names'])
        return sorted(name for name in names if name.startswith(self.prefix) and '/' not in name)

    def _container(self, name: str) -> dict[str, Any]:
        detail = self.client.inspect_container(name)
        runs = detail['State']['Running']
        running = processes(self.client, name) if runs else []
        return {
            'status': detail['State']['Status'],
            'commands': sum(AGAIN in process[-1] for process in running),
            'networks': {
                network: sorted(set(endpoint['Aliases'] or ()) - {detail['Id'][:12]})
                for network, endpoint in detail['NetworkSettings']['Networks'].items()
            },
            'mounts': sorted((mount['Destination'], mount['Name'][:40]) for mount in detail['Mounts'])
            if self.scene.stack == 'networks'
            else sorted(mount['Destination'] for mount in detail['Mounts']),
            'environment': sorted(line for line in detail['Config']['Env'] or () if line.startswith('STAGE')),
            'memory': detail['HostConfig']['Memory'],
            'restart': detail['HostConfig']['RestartPolicy'],
        }

    def _map(self, given: dict[str, Any]) -> ContainerMap:
        settings = without_links(given) if self.is_podman else given
        for config in settings['containers'].values():
            config['image'] = engines.BASE_IMAGE
        for network in settings.get('networks', {}).values():
            network.pop('driver_options', None)
        return ContainerMap(self.prefix, settings)


def problems(sweep: RealSweep, number: int, kind: Kind, wanted: dict[str, Any]) -> list[str]:
    """How a fault keeps the call from ending as it should, even if it is made again."""
    client = sweep.begin()
    client.faults.add(None, kind=kind.kind, number=number, status=kind.status)
    sweep.call(client)
    client.faults.clear()
    found = []
    again = sweep.call(client)
    if again is not None:
        found.append(f'the same call again ended with {again!r}: {again}')
    if sweep.end() != wanted:
        found.append(f'wanted {wanted}, found {sweep.end()}')
    client.changes.clear()
    sweep.call(client)
    if client.changes and not sweep.scene.repeats:
        found.append(f'the last call asked for {client.changes}')
    return [f'{kind.title}, request {number}: {text}' for text in found]


def undisturbed(sweep: RealSweep) -> tuple[list[str], dict[str, Any]]:
    """What the call asks for without a fault, which is what it asks of the engine in memory, and its end."""
    client = sweep.begin()
    error = sweep.call(client)
    assert error is None, str(error)
    if not sweep.is_podman:
        in_memory = [request.partition(' ')[0] for request in Sweep(sweep.scene).requests]
        assert Counter(client.changes) == Counter(in_memory)
    return client.changes, sweep.end()


@pytest.mark.engine
@pytest.mark.timeout(600)
@pytest.mark.parametrize(('scene_id', 'method', 'title'), SAMPLE)
def test_a_call_that_is_made_again_after_a_fault_of_an_engine_ends_as_without_it(
    scene_id: str,
    method: str,
    title: str,
    real_client: docker.APIClient,
    unique: str,
    is_podman: bool,
    law_counts: Counter[str],
) -> None:
    sweep = RealSweep(BY_ID[scene_id], real_client, unique, is_podman)
    changes, wanted = undisturbed(sweep)
    kind = next(kind for kind in KINDS if kind.title == title)
    assert problems(sweep, changes.index(method) + 1, kind, wanted) == []
    law_counts['faults of an engine'] += 1


@pytest.mark.engine
@pytest.mark.full
@pytest.mark.timeout(2400)
@pytest.mark.parametrize('scene_id', SWEPT)
def test_each_request_of_a_call_to_an_engine_may_fail(
    scene_id: str, real_client: docker.APIClient, unique: str, is_podman: bool, law_counts: Counter[str]
) -> None:
    sweep = RealSweep(BY_ID[scene_id], real_client, unique, is_podman)
    changes, wanted = undisturbed(sweep)
    found: list[str] = []
    for number in range(1, len(changes) + 1):
        found += problems(sweep, number, KINDS[number % len(KINDS)], wanted)
        law_counts['faults of an engine'] += 1
    assert found == []

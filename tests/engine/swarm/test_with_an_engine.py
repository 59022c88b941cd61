"""One plan for a swarm and an engine beside it: what depends on each other crosses between them, both ways."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest
from private_swarm import PrivateSwarm

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient

Since = Callable[[docker.APIClient, str], datetime.datetime]
SERVE = 'sleep 0.5; touch /tmp/up; exec httpd -f -p 80 -h /etc'


class Both:
    """A map whose data and report are on an engine, and whose web is on a swarm."""

    def __init__(self, name: str, swarm: PrivateSwarm, clients: dict[str, ClientConfiguration], image: str) -> None:
        self.name = name
        self._swarm = swarm
        self._clients = clients
        self._image = image

    def client(self, **of_data: Any) -> MappingDockerClient:
        service = {'stop_timeout': 1, 'healthcheck': {'test': 'test -f /tmp/up', 'interval': '1s', 'retries': 5}}
        entries = {
            'data': {
                **service,
                'image': self._image,
                'clients': 'host',
                'create_options': {'command': ['sh', '-c', SERVE], **of_data},
            },
            'web': {
                **service,
                'image': f'{self._swarm.registry}/web:1',
                'clients': 'swarm',
                'depends_on': {'data': 'healthy'},
                'create_options': {'command': ['sh', '-c', SERVE]},
            },
            'report': {
                'image': self._image,
                'clients': 'host',
                'stop_timeout': 1,
                'depends_on': {'web': 'healthy'},
                'create_options': {'command': ['sleep', '600']},
            },
        }
        return MappingDockerClient(ContainerMap(self.name, entries), clients=self._clients)


@pytest.fixture
def host(engine_url: str, map_name: str) -> Iterator[docker.APIClient]:
    """The engine beside the swarm."""
    with contextlib.closing(docker.APIClient(base_url=engine_url, version='auto', timeout=60)) as api:
        yield api
        for row in own_containers(api, map_name):
            api.remove_container(row['Id'], force=True)


@pytest.fixture
def both(
    swarm: PrivateSwarm,
    host: docker.APIClient,
    engine_url: str,
    base_image: str,
    map_name: str,
    configuration: ClientConfiguration,
) -> Iterator[Both]:
    with ClientConfiguration(base_url=engine_url) as engine:
        yield Both(map_name, swarm, {'host': engine, 'swarm': configuration}, base_image)


def own_containers(api: docker.APIClient, map_name: str) -> Any:
    """Those of the map; names are patterns, and others in this engine begin with a 't' and digits, too."""
    return api.containers(all=True, filters={'name': f'^/{map_name}\\.'})


def time_of(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text[:26].rstrip('Z') + '+00:00')


def test_one_plan_is_for_an_engine_and_the_swarm_and_each_waits_for_the_other(
    swarm: PrivateSwarm, host: docker.APIClient, both: Both, healthy_since: Since
) -> None:
    client, name = both.client(), both.name
    client.update('__all__')

    data, report = (host.inspect_container(f'{name}.{own}') for own in ('data', 'report'))
    with swarm.api() as api:
        service = api.inspect_service(f'{name}-web')
        # On a busy machine, a first one may have failed.
        (task,) = api.tasks(filters={'service': f'{name}-web', 'desired-state': 'running'})
    assert healthy_since(host, data['Id']) <= time_of(service['CreatedAt'])
    assert time_of(task['Status']['Timestamp']) <= time_of(report['Created'])
    assert both.client().plan('update', '__all__').text().endswith('Nothing to do.')

    with pytest.raises(ActionRunnerException) as caught:
        both.client(command=['false'], environment={'A': '1'}).update('__all__', wait_timeout=5)
    assert 'host: failed' in str(caught.value)
    with swarm.api() as api:
        assert api.inspect_service(f'{name}-web')['Version'] == service['Version']

    client.shutdown('__all__')
    assert own_containers(host, name) == []
    with swarm.api() as api:
        assert [row for row in api.services() if row['Spec']['Name'].startswith(f'{name}-')] == []

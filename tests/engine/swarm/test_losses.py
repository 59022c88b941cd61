"""Nodes of a real swarm of three managers are lost: what ran there runs elsewhere, and calls find another manager."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from docker.errors import APIError
from private_swarm import PrivateSwarm, can_start_swarm, private_swarm

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.execute.events import ActionEvent

pytestmark = [pytest.mark.full, pytest.mark.timeout(400)]

WEB: dict[str, Any] = {
    'image': 'web:1',
    'exposes': {80: 18095},
    'stop_timeout': 1,
    'host_config': {'init': True},
    'create_options': {'command': ['httpd', '-f', '-p', '80', '-h', '/etc']},
}


@pytest.fixture
def managers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateSwarm]:
    if not can_start_swarm():
        pytest.skip('needs root, a network of its own (scripts/in-private-network), and docker-registry')
    with private_swarm(tmp_path_factory.mktemp('managers'), managers=3, number=2) as found:
        yield found


def where_served(swarm: PrivateSwarm) -> list[int]:
    return [node for node in range(1, swarm.nodes + 1) if is_served(swarm, node)]


def is_served(swarm: PrivateSwarm, node: int) -> bool:
    try:
        with urlopen(f'http://{swarm.address(node)}:18095/passwd', timeout=1) as answer:
            return b'root' in answer.read()
    except OSError:
        return False


def test_a_lost_leader_is_replaced_by_another_manager_and_its_containers_run_elsewhere(
    managers: PrivateSwarm, counts: Counter[str]
) -> None:
    addresses = [managers.url(node) for node in range(1, managers.nodes + 1)]
    configuration = ClientConfiguration(base_url=addresses, orchestrator='swarm', wait_timeout=90)
    entries = {'repository': managers.registry, 'web': WEB}
    with MappingDockerClient(ContainerMap('shop', entries), configuration) as client:
        client.update('web')
        managers.kill(1)
        began = time.monotonic()
        changed = {**entries, 'web': {**WEB, 'create_options': {**WEB['create_options'], 'environment': {'A': '1'}}}}
        with MappingDockerClient(ContainerMap('shop', changed), configuration) as later:
            later.update('web')
            assert [status.state for status in later.status('web')] == ['running']
            counts['swarm, ms until a call is done after the leader was lost'] += _milliseconds_since(began)
        while not where_served(managers):
            assert time.monotonic() - began < 60
            time.sleep(0.5)


def make_worker(swarm: PrivateSwarm, number: int) -> None:
    """Have a manager be one no more; it refuses what managers are asked, then."""
    with swarm.api() as api, swarm.api(number) as former:
        node = next(row for row in api.nodes() if row['Description']['Hostname'] == f'node{number}')
        api.update_node(node['ID'], node['Version']['Index'], {**node['Spec'], 'Role': 'worker'})
        deadline = time.monotonic() + 30
        while former.info()['Swarm']['ControlAvailable']:
            assert time.monotonic() < deadline
            time.sleep(0.25)
        with pytest.raises(APIError) as refused:
            former.services()
        assert refused.value.response.status_code == 503


def name_of_node(configuration: ClientConfiguration) -> str:
    """Of the manager that was spoken to."""
    client: Any = configuration.get_client()
    return str(client.info()['Name'])


def _milliseconds_since(began: float) -> int:
    return round(1000 * (time.monotonic() - began))


def test_a_manager_that_is_made_a_worker_meanwhile_is_passed_over(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if not can_start_swarm():
        pytest.skip('needs root, a network of its own (scripts/in-private-network), and docker-registry')
    with private_swarm(tmp_path_factory.mktemp('demoted'), nodes=2, managers=2, number=4) as swarm:
        entries = {'repository': swarm.registry, 'web': WEB}
        with ClientConfiguration(base_url=[swarm.url(2), swarm.url(1)], orchestrator='swarm') as configuration:
            MappingDockerClient(ContainerMap('shop', entries), configuration).update('web')
            assert name_of_node(configuration) == 'node2'
            changed = {**entries, 'web': {**WEB, 'stop_timeout': 2}}
            client = MappingDockerClient(ContainerMap('shop', changed), configuration)

            def demote(event: ActionEvent) -> None:
                if (event.call, event.kind) == ('update_service', 'started'):
                    make_worker(swarm, 2)

            client.update('web', listener=demote)
            assert [status.state for status in client.status('web')] == ['running']
            assert not client.plan('update', 'web').operations
            assert name_of_node(configuration) == 'node1'


def test_what_ran_on_a_lost_worker_answers_from_another_one_within_a_minute(
    tmp_path_factory: pytest.TempPathFactory, counts: Counter[str], eventually: Callable[[Callable[[], Any]], bool]
) -> None:
    if not can_start_swarm():
        pytest.skip('needs root, a network of its own (scripts/in-private-network), and docker-registry')
    with private_swarm(tmp_path_factory.mktemp('workers'), number=3) as swarm:
        configuration = ClientConfiguration(base_url=swarm.url(1), orchestrator='swarm', wait_timeout=90)
        entries = {'repository': swarm.registry, 'web': {**WEB, 'nodes': ['node.role==worker']}}
        with MappingDockerClient(ContainerMap('shop', entries), configuration) as client:
            client.update('web')
            # A container runs a moment before its program listens.
            assert eventually(lambda: where_served(swarm))
            (former,) = where_served(swarm)
            swarm.kill(former)
            began = time.monotonic()
            while not set(where_served(swarm)) - {former}:
                assert time.monotonic() - began < 60
                time.sleep(0.5)
            counts['swarm, ms until a page of a lost worker is served elsewhere'] += _milliseconds_since(began)
            assert not client.plan('update', 'web').operations

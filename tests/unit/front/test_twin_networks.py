"""Several networks of one name, as engines make them after a lost answer: what nothing uses goes, by its id."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL
from dockermap.testing import InMemoryEngine

OURS = {MAP_LABEL: 'shop', ITEM_LABEL: 'network:back'}
STACK: dict[str, Any] = {'networks': {'back': {}}, 'web': {'image': 'web', 'networks': 'back', 'stop_timeout': 1}}


def front_end(engine: InMemoryEngine) -> MappingDockerClient:
    configuration = ClientConfiguration(client=engine.client(), version='1.41')
    return MappingDockerClient(ContainerMap('shop', STACK), configuration)


@pytest.fixture
def running(engine: InMemoryEngine) -> InMemoryEngine:
    """An engine on which the stack runs."""
    front_end(engine).startup('__all__')
    return engine


def add_twin(engine: InMemoryEngine, labels: dict[str, str] | None = None) -> str:
    engine.clock.sleep(1)
    found: str = engine.client().create_network('shop.back', labels=OURS if labels is None else labels)['Id']
    return found


def network_ids(engine: InMemoryEngine) -> list[str]:
    return [row['Id'] for row in engine.client().networks() if row['Name'] == 'shop.back']


def network_of(engine: InMemoryEngine) -> str:
    endpoints = engine.client().inspect_container('shop.web')['NetworkSettings']['Networks']
    found: str = endpoints['shop.back']['NetworkID']
    return found


@pytest.mark.parametrize('action', ['startup', 'update', 'start', 'create'])
def test_a_twin_that_nothing_uses_is_removed(running: InMemoryEngine, action: str) -> None:
    used, twin = network_of(running), add_twin(running)
    assert set(network_ids(running)) == {used, twin}
    running.calls.clear()
    front_end(running).run_actions(action, '__all__')
    assert running.changes == ['remove_network shop.back']
    assert network_ids(running) == [used]


def test_the_plan_says_so_before(running: InMemoryEngine) -> None:
    add_twin(running)
    running.calls.clear()
    plan = front_end(running).plan('update', '__all__')
    assert 'there are several networks of this name; what nothing uses is removed' in str(plan)
    assert running.changes == []


def test_the_one_that_is_used_stays_even_if_it_is_younger(engine: InMemoryEngine) -> None:
    oldest = engine.client().create_network('shop.back', labels=OURS)['Id']
    twin = add_twin(engine)
    client = engine.client()
    created = client.create_container('web', name='other', networking_config={'EndpointsConfig': {twin: {}}})
    client.start(created['Id'])
    front_end(engine).startup('__all__')
    assert network_ids(engine) == [twin]
    assert network_of(engine) == twin != oldest


def test_without_any_use_the_oldest_stays(engine: InMemoryEngine) -> None:
    oldest = engine.client().create_network('shop.back', labels=OURS)['Id']
    add_twin(engine)
    add_twin(engine)
    front_end(engine).startup('__all__')
    assert network_ids(engine) == [oldest]
    assert network_of(engine) == oldest


@pytest.mark.parametrize('labels', [{}, {MAP_LABEL: 'other'}, {'com.docker.compose.project': 'x'}])
def test_one_that_is_not_ours_stays(running: InMemoryEngine, labels: dict[str, str]) -> None:
    used, twin = network_of(running), add_twin(running, labels)
    front_end(running).update('__all__')
    assert set(network_ids(running)) == {used, twin}
    assert network_of(running) == used


def test_one_that_others_use_stays(running: InMemoryEngine) -> None:
    used, twin = network_of(running), add_twin(running)
    client = running.client()
    client.create_container('web', name='stopped', networking_config={'EndpointsConfig': {twin: {}}})
    front_end(running).update('__all__')
    assert set(network_ids(running)) == {used, twin}


def test_nothing_is_asked_for_where_there_is_one(running: InMemoryEngine) -> None:
    running.calls.clear()
    front_end(running).update('__all__')
    assert running.changes == []


def test_stopping_leaves_it(running: InMemoryEngine) -> None:
    used, twin = network_of(running), add_twin(running)
    front_end(running).stop('__all__')
    assert set(network_ids(running)) == {used, twin}


class Overtaken:
    """A client that is always later than somebody else, who creates the same network."""

    def __init__(self, engine: InMemoryEngine) -> None:
        self._client = engine.client()
        self._other = engine.client()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def create_network(self, name: str, **kwargs: Any) -> Any:
        self._other.create_network(name, **kwargs)
        return self._client.create_network(name, **kwargs)


@pytest.mark.parametrize('version', ['1.41', '1.44', '1.51'])
def test_the_network_of_who_was_first_is_used_whether_or_not_the_engine_accepts_two(version: str) -> None:
    engine = InMemoryEngine('web:latest', 'busybox:latest', api_version=version)
    configuration = ClientConfiguration(client=Overtaken(engine), version=version)
    MappingDockerClient(ContainerMap('shop', STACK), configuration).startup('__all__')
    assert len(network_ids(engine)) == 1
    assert network_of(engine) == network_ids(engine)[0]
    assert engine.is_running('shop.web')

"""Groups of containers that wait for each other are replaced together, and put back together."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine, Process

NAMES = ('shop.back', 'shop.back-proxy', 'shop.front', 'shop.front-proxy')


def content(stage: str, back_proxy: str) -> dict[str, Any]:
    """Two pairs that share a network stack: ``back`` needs ``front``, whose proxy needs the one of ``back``."""

    def container(command: str = 'runs', **settings: Any) -> dict[str, Any]:
        return {'image': 'app', 'create_options': {'command': command, 'environment': {'STAGE': stage}}, **settings}

    return {
        'front': container(),
        'front-proxy': container(network_mode='front', depends_on=['back-proxy']),
        'back': container(depends_on=['front']),
        'back-proxy': container(back_proxy, network_mode='back'),
    }


@pytest.fixture
def engine():
    engine = InMemoryEngine('app:latest')
    engine.script(Process(seconds=0, exit_code=3), command='fails')
    front_end(engine, 'first').startup('__all__')
    return engine


def front_end(engine: InMemoryEngine, stage: str, back_proxy: str = 'runs') -> MappingDockerClient:
    configuration = ClientConfiguration(client=engine.client(), version='1.41')
    container_map = ContainerMap('shop', content(stage, back_proxy))
    return MappingDockerClient(container_map, configuration, option_defaults={'wait': True})


def running(engine: InMemoryEngine) -> dict[str, str]:
    return {name: engine.container(name).id for name in engine.names() if engine.is_running(name)}


def test_two_groups_that_wait_for_each_other_are_replaced(engine):
    former = running(engine)
    front_end(engine, 'second').update('__all__')
    new = running(engine)
    assert tuple(sorted(new)) == tuple(sorted(engine.names())) == NAMES
    assert not set(new.values()) & set(former.values())
    assert not front_end(engine, 'second').plan('update', '__all__')


def test_a_failure_of_one_group_puts_the_other_one_back_as_well(engine):
    former = running(engine)
    with pytest.raises(ActionRunnerException, match=r'The former container shop\.back-proxy runs again'):
        front_end(engine, 'second', 'fails').update('__all__')
    assert running(engine) == former
    assert tuple(sorted(engine.names())) == NAMES


def test_the_same_call_with_what_works_then_replaces_them(engine):
    former = running(engine)
    with pytest.raises(ActionRunnerException):
        front_end(engine, 'second', 'fails').update('__all__')
    front_end(engine, 'third').update('__all__')
    assert tuple(sorted(running(engine))) == NAMES
    assert not set(running(engine).values()) & set(former.values())

"""Who says whether instances are re-created one after the other: the call, else the configuration, else the map."""

from __future__ import annotations

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import Killed, Process

ONE_BY_ONE, PARALLEL = {'rollout': 'one-by-one'}, {'rollout': 'parallel'}


@pytest.mark.parametrize(
    ('of_map', 'of_configuration', 'of_call', 'touched'),
    [
        ({}, {}, {}, True),
        ({}, {}, ONE_BY_ONE, False),
        ({}, ONE_BY_ONE, {}, False),
        (ONE_BY_ONE, {}, {}, False),
        (ONE_BY_ONE, PARALLEL, {}, True),
        (PARALLEL, ONE_BY_ONE, {}, False),
        (ONE_BY_ONE, ONE_BY_ONE, PARALLEL, True),
    ],
)
def test_the_second_instance_is_not_touched_if_the_first_one_fails(engine, of_map, of_configuration, of_call, touched):
    settings = {'image': 'app', 'instances': ['blue', 'green'], 'create_options': {'environment': {'STAGE': 'a'}}}
    shop = ContainerMap('shop', {'app': {**settings, **of_configuration}, **of_map})
    client = MappingDockerClient(shop, ClientConfiguration(client=engine.client(), version='1.41'))
    client.startup('app')
    shop.containers.app.create_options = {'environment': {'STAGE': 'b'}}
    client.refresh_names()
    engine.script(Process(seconds=0.1, exit_code=3), container='shop.app.blue')
    engine.calls.clear()

    with pytest.raises(ActionRunnerException):
        client.update('app', on_error='continue', **of_call)

    assert ('stop shop.app.green' in engine.changes) == touched


def test_a_rollout_does_not_re_create_a_container(engine):
    shop = ContainerMap('shop', {'app': None})
    client = MappingDockerClient(shop, ClientConfiguration(client=engine.client(), version='1.41'))
    client.startup('app')
    shop.containers.app.rollout = 'one-by-one'
    client.refresh_names()

    assert not client.plan('update', 'app')


@pytest.mark.parametrize('moment', ['killed-before', 'killed-after'])
def test_whoever_follows_a_killed_program_has_a_way_back_too_and_waits_for_the_first_instance(engine, moment):
    check = {'healthcheck': {'test': ['true'], 'interval': '1s'}}
    settings = {'image': 'app', 'instances': ['blue', 'green'], 'create_options': {'environment': {'STAGE': 'a'}}}
    shop = ContainerMap('shop', {'app': {**settings, **check, **ONE_BY_ONE}})
    client = MappingDockerClient(shop, ClientConfiguration(client=engine.client(), version='1.41'))
    for name in ('blue', 'green'):
        engine.script(Process(health=[(1, 'healthy')]), container=f'shop.app.{name}')
    client.startup('app', wait=True)
    shop.containers.app.create_options = {'environment': {'STAGE': 'b'}}
    client.refresh_names()
    engine.script(Process(health=[(5, 'unhealthy')]), container='shop.app.blue')
    engine.faults.add('start', kind=moment)
    with pytest.raises(Killed):
        client.update('app')
    engine.faults.clear()
    engine.calls.clear()

    with pytest.raises(ActionRunnerException):
        client.update('app')

    assert 'stop shop.app.green' not in engine.changes
    assert engine.client().inspect_container('shop.app.blue')['Config']['Env'] == ['STAGE=a']

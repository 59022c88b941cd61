"""Who says whether instances are re-created one after the other: the call, else the configuration, else the map."""

from __future__ import annotations

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import Process

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

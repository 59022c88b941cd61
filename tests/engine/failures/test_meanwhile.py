"""What somebody else makes or removes while a call is on its way."""

from __future__ import annotations

import pytest

from dockermap.api import ActionRunnerException, ItemType, MapConfigId
from dockermap.map.action import Action, ContainerUtilAction
from dockermap.map.exceptions import ForeignItemError
from dockermap.map.policy.ownership import MAP_LABEL

FIRST_REQUESTS = [
    ('start', 'start'),
    ('stop', 'stop'),
    ('restart', 'stop'),
    ('remove', 'remove_container'),
    ('shutdown', 'stop'),
    ('signal', 'kill'),
]


@pytest.mark.parametrize('action', ['create', 'startup', 'update'])
@pytest.mark.parametrize('is_started', [False, True])
def test_another_run_creates_the_container(
    make_client, service, connection, foreign, unique, engine_items, action, is_started
):
    client = make_client({'web': service(), 'last': service()})
    connection.once_before(
        'create_container', lambda: foreign('.web', 'sleep 60', is_started, labels={MAP_LABEL: unique})
    )
    client.call(action, ['web', 'last'])
    state = 'created' if action == 'create' else 'running'
    assert engine_items() == [f'last {state}', f'web {"running" if is_started else state}']
    client.update(['web', 'last'])
    assert client.update(['web', 'last']) == []


def test_a_container_of_somebody_else_appears(make_client, service, connection, foreign, engine_items, failure_of):
    connection.once_before('create_container', lambda: foreign('.web', 'sleep 60'))
    client = make_client({'web': service()})
    failure_of(lambda: client.update('web'), 'web', Action.CREATE, 'is already in use')
    assert engine_items() == ['web running']
    with pytest.raises(ForeignItemError):
        client.update('web')


@pytest.mark.parametrize('action', ['create', 'startup'])
def test_a_container_of_somebody_else_is_left_as_it_is(make_client, service, connection, foreign, api, unique, action):
    found = []
    connection.once_before('create_container', lambda: found.append(foreign('.web', 'sleep 60')))
    make_client({'web': service()}).call(action, 'web')
    assert [api.inspect_container(f'{unique}.web')['Id']] == found


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_name_is_taken_only_for_a_moment(
    make_client, service, connection, foreign, api, unique, engine_items, failure_of, action
):
    def take():
        foreign('.web')
        connection.once_before('containers', lambda: api.remove_container(f'{unique}.web'))

    connection.once_before('create_container', take)
    client = make_client({'web': service()})
    failure_of(lambda: client.call(action, 'web'), 'web', Action.CREATE, 'is already in use')
    client.call(action, 'web')
    assert engine_items() == ['web running']


@pytest.mark.parametrize(('action', 'request_name'), FIRST_REQUESTS)
def test_a_container_vanishes_right_before_the_first_request_for_it(
    make_client, service, connection, api, unique, engine_items, eventually, action, request_name
):
    client = make_client({'web': service(), 'last': service()})
    client.startup(['web', 'last'])
    if action in ('start', 'remove'):
        client.stop(['web', 'last'])
    connection.once_before(request_name, lambda: api.remove_container(f'{unique}.last', force=True))
    client.call(action, ['last', 'web'])
    expected = {'start': ['web running'], 'restart': ['web running'], 'stop': ['web exited'], 'signal': ['web exited']}
    # Newer engines do not wait until a signal has ended the container.
    assert eventually(lambda: engine_items() == expected.get(action, []))


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_container_vanishes_before_its_turn(
    make_client, service, connection, api, unique, engine_items, needs, action
):
    client = make_client({'web': service(**{needs: 'db'}), 'db': service()})
    client.startup('web')
    client.stop('web')
    connection.once_before('start', lambda: api.remove_container(f'{unique}.web'))
    client.call(action, 'web')
    assert engine_items() == ['db running', 'web running']


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_new_container_vanishes_before_it_is_started(
    make_client, service, connection, api, unique, engine_items, failure_of, action
):
    client = make_client({'web': service(attaches={'data': '/data'}), 'last': service()})
    connection.once_before('start', lambda: api.remove_container(f'{unique}.web'), skip=1)
    failure_of(
        lambda: client.call(action, ['web', 'last']), 'web', Action.START, 'No such container', 'no such container'
    )
    client.call(action, ['web', 'last'])
    assert engine_items() == ['data volume', 'last running', 'web running']


def test_a_network_vanishes_before_it_is_joined(
    make_client, service, connection, api, unique, engine_items, failure_of, is_podman
):
    client = make_client({'web': service(networks=['one', 'two']), 'networks': {'one': None, 'two': None}})
    connection.once_before('connect_container_to_network', lambda: api.remove_network(f'{unique}.two'))
    noticed = ContainerUtilAction.CONNECT_ALL if is_podman else Action.START
    texts = (f'{unique}.two not found', f'unable to find network with name or ID {unique}.two')
    failure_of(lambda: client.startup('web'), 'web', noticed, *texts)
    client.update('web')
    assert engine_items() == ['one network', 'two network', 'web running']
    joined = api.inspect_container(f'{unique}.web')['NetworkSettings']['Networks']
    assert set(joined) == {f'{unique}.one', f'{unique}.two'}
    assert client.update('web') == []


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_network_of_the_name_appears(make_client, service, connection, api, unique, engine_items, action):
    client = make_client({'web': service(networks='net'), 'networks': {'net': None}})
    connection.once_before('create_network', lambda: api.create_network(f'{unique}.net'))
    client.call(action, 'web')
    assert engine_items() == ['net network', 'web running']


@pytest.mark.parametrize('action', ['remove', 'shutdown'])
def test_a_network_vanishes_before_it_is_removed(make_client, service, connection, api, unique, engine_items, action):
    client = make_client({'web': service(networks='net'), 'networks': {'net': None}})
    client.startup('web')
    client.shutdown('web')
    connection.once_before('remove_network', lambda: api.remove_network(f'{unique}.net'))
    client.call(action, MapConfigId(ItemType.NETWORK, unique, 'net'))
    assert engine_items() == []


def test_a_volume_appears_and_vanishes(make_client, service, connection, api, unique, engine_items):
    client = make_client({'web': service(attaches={'data': '/data'}, user='1000')})
    connection.once_before('create_volume', lambda: api.create_volume(f'{unique}.data', labels={MAP_LABEL: unique}))
    client.startup('web')
    assert engine_items() == ['data volume', 'web running']
    client.shutdown('web')
    connection.once_before('remove_volume', lambda: api.remove_volume(f'{unique}.data'))
    client.remove(MapConfigId(ItemType.VOLUME, unique, 'web', 'data'))
    assert engine_items() == []


def test_a_container_that_is_being_replaced_vanishes(make_client, service, connection, api, unique, engine_items):
    make_client({'web': service()}).startup('web')
    client = make_client({'web': service(host_config={'dns': ['10.0.0.1']})})
    connection.once_before('stop', lambda: api.remove_container(f'{unique}.web', force=True))
    client.update('web')
    assert engine_items() == ['web running']
    assert client.update('web') == []


def test_a_container_is_renamed_while_it_is_being_replaced(make_client, service, connection, api, unique, engine_items):
    make_client({'web': service()}).startup('web')
    client = make_client({'web': service(host_config={'dns': ['10.0.0.1']})})
    connection.once_before('stop', lambda: api.rename(f'{unique}.web', f'{unique}-kept'))
    with pytest.raises(ActionRunnerException, match='runs again'):
        client.update('web')
    assert engine_items() == ['-kept running']
    # By its label, it is the container of the item under whatever name.
    client.update('web')
    assert engine_items() == ['web running']
    assert client.update('web') == []

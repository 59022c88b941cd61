"""Each action on a real engine: first and second run, after a removal by hand, on parts and on everything."""

from __future__ import annotations

import pytest

ALL = {'db', 'web.i1', 'web.i2', 'lone'}
PREPARED_BY = {
    'create': None,
    'start': 'create',
    'restart': 'startup',
    'stop': 'startup',
    'remove': 'create',
    'startup': None,
    'shutdown': 'startup',
}
STATE_AFTER = {
    'create': 'created',
    'start': 'running',
    'restart': 'running',
    'stop': 'exited',
    'remove': None,
    'startup': 'running',
    'shutdown': None,
}
STATE_BEFORE = {
    'create': None,
    'start': 'created',
    'restart': 'running',
    'stop': 'running',
    'remove': 'created',
    'startup': None,
    'shutdown': 'running',
}
ACTIONS = list(PREPARED_BY)
FORWARD = ['create', 'start', 'startup']
REVERSE = ['stop', 'remove', 'shutdown']


@pytest.fixture
def client(make_client, service):
    """Two instances that need a database, with a network and a volume that they prepare; one container apart."""
    return make_client(
        {
            'web': {
                **service,
                'instances': ['i1', 'i2'],
                'depends_on': 'db',
                'attaches': 'data',
                'user': '7',
                'permissions': 'u=rwX',
            },
            'db': {**service},
            'lone': {**service, 'networks': 'back'},
            'volumes': {'data': '/data'},
            'networks': {'back': None},
            'groups': {'site': ['web', 'db']},
        }
    )


@pytest.fixture
def prepared(client, recorder):
    """Brings everything to where an action starts from."""

    def prepare(action):
        if PREPARED_BY[action]:
            client.call(PREPARED_BY[action], '__all__')
        recorder.changes.clear()
        return client

    return prepare


def expected(action, names):
    """States of all containers after an action on some of them."""
    states = {name: (STATE_AFTER if name in names else STATE_BEFORE)[action] for name in ALL}
    return {name: state for name, state in states.items() if state}


@pytest.mark.parametrize('action', ACTIONS)
def test_the_first_run_does_what_the_action_says(prepared, found, action):
    prepared(action).call(action, '__all__')
    assert found() == expected(action, ALL)


@pytest.mark.parametrize('action', [action for action in ACTIONS if action != 'restart'])
def test_the_second_run_changes_nothing(prepared, recorder, found, action):
    client = prepared(action)
    client.call(action, '__all__')
    recorder.changes.clear()
    assert client.call(action, '__all__') == []
    assert recorder.changes == []


def test_restart_always_acts(prepared, api, unique):
    client = prepared('restart')

    def started_at():
        return api.inspect_container(f'{unique}.lone')['State']['StartedAt']

    times = [started_at()]
    for _ in range(2):
        client.restart('lone')
        times.append(started_at())
    assert len(set(times)) == 3


@pytest.mark.parametrize('action', ACTIONS)
def test_a_container_that_was_removed_by_hand_is_no_obstacle(prepared, api, unique, found, action):
    client = prepared(action)
    client.call(action if action in FORWARD else 'create', '__all__')
    api.remove_container(f'{unique}.web.i1', force=True)
    client.call(action, '__all__')
    after = expected(action, ALL)
    if action not in ('create', 'startup'):
        after.pop('web.i1', None)
    assert found() == after


@pytest.mark.parametrize('action', ACTIONS)
def test_instances_can_be_selected(prepared, found, action):
    prepared(action).call(action, 'web', instances=['i2'])
    names = {'web.i2', 'db'} if action in FORWARD else {'web.i2'}
    assert found() == expected(action, names)


@pytest.mark.parametrize('action', ACTIONS)
def test_a_group_can_be_selected(prepared, found, action):
    prepared(action).call(action, 'site')
    assert found() == expected(action, ALL - {'lone'})


@pytest.mark.parametrize('action', REVERSE)
def test_what_needs_an_item_goes_with_it(prepared, found, action):
    prepared(action).call(action, 'db')
    assert found() == expected(action, ALL - {'lone'})


def test_a_volume_gets_its_owner_and_mode(client, api, unique):
    client.startup('web')
    command = api.exec_create(f'{unique}.web.i1', ['stat', '-c', '%u %a', '/data'])
    assert api.exec_start(command['Id']).split() == [b'7', b'755']


def test_networks_and_volumes_stay_after_a_shutdown(prepared, api, unique):
    prepared('shutdown').shutdown('__all__')
    assert f'{unique}.back' in {network['Name'] for network in api.networks()}
    assert f'{unique}.data' in {volume['Name'] for volume in api.volumes()['Volumes']}


def test_attached_volumes_can_be_removed_with_their_containers(prepared, api, unique):
    prepared('shutdown').shutdown('__all__', remove_attached=True)
    assert f'{unique}.data' not in {volume['Name'] for volume in api.volumes()['Volumes'] or ()}

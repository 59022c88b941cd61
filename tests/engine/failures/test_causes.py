"""What engines refuse: the error says who, what, why and what was done, and the same call finishes the job later."""

from __future__ import annotations

import contextlib
import socket

import docker
import pytest

from dockermap.api import ItemType, MapConfigId
from dockermap.map.action import Action, ContainerUtilAction, ImageAction, VolumeUtilAction

LOST = '127.0.0.1:1/dockermap/lost'


@pytest.fixture
def lost_image(api, base_image):
    """Gives the base image another name, on call; it is removed afterwards."""
    name = f'{LOST}:1'
    yield lambda: api.tag(base_image, LOST, '1')
    with contextlib.suppress(docker.errors.ImageNotFound):
        api.remove_image(name)


@pytest.fixture
def free_port():
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_port_is_taken(make_client, service, foreign, api, engine_items, failure_of, done, free_port, needs, action):
    holder = foreign(
        'holder', 'sleep 60', ports=[80], host_config=api.create_host_config(port_bindings={80: free_port})
    )
    web = service(exposes=[(80, free_port)], **{needs: 'db'})
    client = make_client({'web': web, 'db': service(), 'last': service()})
    texts = ('port is already allocated', 'address already in use')
    error = failure_of(lambda: client.call(action, ['web', 'last']), 'web', Action.START, *texts)
    assert done(error.results)[-1] == ('web', 'CREATE')
    assert ('db', 'START') in done(error.completed)
    api.remove_container(holder, force=True)
    client.call(action, ['web', 'last'])
    assert engine_items() == ['db running', 'last running', 'web running']
    assert client.update(['web', 'last']) == []


@pytest.mark.parametrize('action', ['startup', 'update', 'create'])
def test_an_image_is_missing(make_client, service, lost_image, engine_items, failure_of, action):
    client = make_client({'web': service(image=f'{LOST}:1', networks='net'), 'networks': {'net': None}})
    failure_of(lambda: client.call(action, 'web'), f'{LOST}.1', ImageAction.PULL, 'connection refused')
    assert engine_items() in ([], ['net network'])
    lost_image()
    client.call(action, 'web')
    assert engine_items() == ['net network', f'web {"created" if action == "create" else "running"}']


def test_an_image_vanishes_meanwhile(make_client, service, lost_image, connection, api, engine_items, failure_of):
    lost_image()
    connection.once_before('create_container', lambda: api.remove_image(f'{LOST}:1'))
    client = make_client({'web': service(image=f'{LOST}:1')})
    failure_of(lambda: client.startup('web'), 'web', Action.CREATE, 'No such image', 'no such image')
    assert engine_items() == []
    lost_image()
    client.startup('web')
    assert api.containers(filters={'ancestor': f'{LOST}:1'})
    client.shutdown('web')


def test_a_network_is_in_use(make_client, service, connection, foreign, api, unique, engine_items, failure_of):
    client = make_client({'web': service(networks='net'), 'networks': {'net': None}})
    client.startup('web')
    client.shutdown('web')
    client.startup('web')
    user = foreign('user', 'sleep 60')
    net = MapConfigId(ItemType.NETWORK, unique, 'net')
    connection.once_before('remove_network', lambda: api.connect_container_to_network(user, f'{unique}.net'))
    failure_of(lambda: client.shutdown(net), 'net', Action.REMOVE, 'has active endpoints', 'has associated containers')
    assert engine_items() == ['net network', 'user running']
    api.disconnect_container_from_network(user, f'{unique}.net')
    client.shutdown(net)
    assert engine_items() == ['user running']


def test_another_network_has_the_addresses(make_client, service, api, unique, engine_items, failure_of, done, needs):
    def pool():
        return {'Config': [{'Subnet': '10.214.9.0/24'}]}

    api.create_network(f'{unique}-other', ipam=pool())
    client = make_client(
        {
            'web': service(networks='net', **{needs: 'db'}),
            'db': service(),
            'networks': {'net': {'create_options': {'ipam': pool()}}},
        }
    )
    error = failure_of(lambda: client.startup('web'), 'net', Action.CREATE, 'Pool overlaps', 'is already used')
    assert not {name for name, _ in done(error.completed)} & {'web', 'net'}
    api.remove_network(f'{unique}-other')
    client.startup('web')
    assert engine_items() == ['db running', 'net network', 'web running']


def test_a_volume_cannot_be_made(make_client, service, unique, engine_items, failure_of):
    def shop(options):
        return {'web': service(attaches={'data': '/data'}), 'volumes': {'data': {'driver_options': options}}}

    failure_of(lambda: make_client(shop({'nosuch': 1})).startup('web'), 'web.data', Action.CREATE, 'nosuch')
    assert engine_items() == []
    make_client(shop({})).startup('web')
    assert engine_items() == ['data volume', 'web running']


def test_a_device_is_missing(make_client, service, engine_items, failure_of, is_podman):
    def shop(device):
        return {'web': service(host_config={'devices': [device]})}

    noticed = Action.CREATE if is_podman else Action.START
    failure_of(lambda: make_client(shop('/dev/nosuch')).startup('web'), 'web', noticed, '/dev/nosuch')
    assert engine_items() == ([] if is_podman else ['web created'])
    make_client(shop('/dev/null')).update('web')
    assert engine_items() == ['web running']


def test_the_image_for_preparing_volumes_is_missing(
    make_client, service, lost_image, api, unique, engine_items, failure_of
):
    client = make_client(
        {'web': service(attaches={'data': '/data'}, user='1000', permissions='u=rwX,go=')}, core_image=f'{LOST}:1'
    )
    failure_of(lambda: client.startup('web'), f'{LOST}.1', ImageAction.PULL, 'connection refused')
    assert engine_items() == ['data volume']
    lost_image()
    client.startup('web')
    assert engine_items() == ['data volume', 'web running']
    command = api.exec_create(f'{unique}.web', 'stat -c "%a %u" /data')['Id']
    assert api.exec_start(command).split() == [b'700', b'1000']


@pytest.mark.parametrize('features', [{}, {'volumes': False}])
def test_preparing_a_volume_with_data_fails(
    make_client, service, connection, api, unique, engine_items, failure_of, features
):
    def shop(user):
        return {'web': service(attaches={'data': '/data'}, user=user)}

    first = make_client(shop('1000'), features=features)
    first.clients['__default__'].features.update(features)
    first.startup('web')
    api.exec_start(api.exec_create(f'{unique}.web', 'touch /data/precious', user='root')['Id'])
    before = engine_items()
    place, action = ('web.data', VolumeUtilAction.PREPARE) if features else ('web', Action.START)
    failure_of(lambda: make_client(shop('nosuch')).update('web'), place, action, 'nosuch')
    assert engine_items() == before
    make_client(shop('daemon')).update('web')
    assert engine_items() == before
    command = api.exec_create(f'{unique}.web', 'stat -c %u /data/precious')['Id']
    assert api.exec_start(command).strip() == b'1'


def test_a_first_command_cannot_be_started(make_client, service, foreign, api, unique, engine_items, failure_of):
    client = make_client({'web': service(attaches={'data': '/data'}, exec_commands=[('/data/init', None, 'initial')])})
    failure_of(lambda: client.startup('web'), 'web', ContainerUtilAction.EXEC_ALL, '/data/init')
    assert engine_items() == ['data volume']
    helper = foreign(
        'helper',
        ['sh', '-c', 'echo "#!/bin/sh" > /data/init; chmod +x /data/init'],
        host_config=api.create_host_config(binds=[f'{unique}.data:/data']),
    )
    api.wait(helper)
    api.remove_container(helper)
    assert [result['ExitCode'] for result in client.startup('web')[-1].result] == [0]
    assert engine_items() == ['data volume', 'web running']


def test_a_script_cannot_be_started(make_client, service, engine_items, failure_of):
    client = make_client({'web': service(create_options={})})
    failure_of(
        lambda: client.run_script('web', command_format=['/nosuch']), 'web', ContainerUtilAction.SCRIPT, '/nosuch'
    )
    assert engine_items() == []
    (output,) = [
        output
        for output in client.run_script('web', command_format=['echo', 'done'])
        if output.action_type == ContainerUtilAction.SCRIPT
    ]
    assert (output.result['exit_code'], output.result['log']) == (0, b'done\n')
    assert engine_items() == []

"""Setting owner and mode of attached volumes."""

from __future__ import annotations

import pytest

from dockermap.docker_api import APIError, HostConfig
from dockermap.exceptions import DockerStatusError
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL, PURPOSE_LABEL
from dockermap.testing import Process

MAP = {
    'web': {'attaches': ['data'], 'user': 'u:g', 'permissions': 'o='},
    'plain': {'attaches': 'logs'},
    'volumes': {'data': '/data', 'logs': '/logs'},
}
COMMANDS = 'chown -R u:g /volume-tmp && chmod -R o= /volume-tmp'


@pytest.fixture
def prepared(make_setup, client):
    """Prepares a volume that was just made."""

    def prepare(name='web', alias='data', is_new=True, container_map=MAP, client=client, **kwargs):
        setup = prepared.setup = make_setup(container_map, client, **kwargs)
        action = setup.acting('volume', name, alias)
        engine_name = setup.policy.aname('shop', alias, name if 'use_attached_parent_name' in container_map else None)
        if is_new:
            setup.runner.create_volume(action, engine_name)
        setup.engine.calls.clear()
        return setup.runner.prepare_attached(action, engine_name)

    prepared = prepare
    return prepare


def test_a_temporary_container_does_it_and_is_removed(prepared):
    assert prepared() is None
    setup = prepared.setup
    assert setup.calls('create_container') == [
        {
            'name': 'shop.data..owner',
            'image': 'busybox:latest',
            'command': ['/bin/sh', '-c', COMMANDS],
            'user': 'root',
            'network_disabled': True,
            'volumes': ['/volume-tmp'],
            'host_config': HostConfig(version='1.41', binds=['shop.data:/volume-tmp']),
            'labels': {MAP_LABEL: 'shop', ITEM_LABEL: 'volume:data', PURPOSE_LABEL: 'preparation'},
        }
    ]
    assert setup.steps == ['create_container', 'start', 'wait', 'remove_container']
    assert setup.engine.names() == []
    assert setup.engine.volume('shop.data').files.as_data() == {'/': (500, 600, '750', None)}


def test_there_may_be_nothing_to_do(prepared):
    assert prepared('plain', 'logs') is None
    assert prepared.setup.engine.changes == []


def test_the_image_is_pulled_if_it_is_missing(prepared, engine):
    engine.registry('127.0.0.1:1').publish('127.0.0.1:1/core:2', users={'root': 0, 'u': 500}, groups={'g': 600})
    prepared(option_defaults={'core_image': '127.0.0.1:1/core:2'})
    assert prepared.setup.calls('pull') == [{'repository': '127.0.0.1:1/core', 'tag': '2'}]


def test_the_clients_time_to_wait_counts(prepared):
    prepared(wait_timeout=7)
    assert prepared.setup.calls('wait')[0]['timeout'] == 7


def test_on_old_engines_the_container_that_stands_for_the_volume_ends_first(prepared):
    prepared(features={'volumes': False})
    setup = prepared.setup
    assert setup.steps == ['wait', 'create_container', 'start', 'wait', 'remove_container']
    assert setup.calls('wait')[0] == {'container': 'shop.data', 'timeout': 5}
    assert setup.calls('create_container')[0]['host_config']['VolumesFrom'] == ['shop.data']


def test_clients_without_host_configuration_get_it_at_the_start(prepared, engine, old_client):
    # Engines have no such calls any more, so nothing is mounted.
    engine.script(Process(seconds=0), image='busybox:latest')
    prepared(client=old_client, features={'volumes': False, 'host_config': False})
    assert prepared.setup.calls('start')[0]['volumes_from'] == ['shop.data']


def test_the_volume_can_be_called_after_its_parent(prepared):
    prepared(container_map={**MAP, 'use_attached_parent_name': True})
    assert prepared.setup.calls('create_container')[0]['host_config']['Binds'] == ['shop.web.data:/volume-tmp']


@pytest.mark.parametrize('is_new', [True, False])
def test_after_a_failure_the_volume_is_kept_as_others_may_have_filled_it(prepared, engine, is_new):
    if not is_new:
        engine.add_volume('shop.data')
    engine.add_image('busybox:latest')
    with pytest.raises(DockerStatusError, match='exit code 1: chown: unknown user u'):
        prepared(is_new=is_new)
    assert [volume.name for volume in engine.volumes] == ['shop.data']
    assert engine.names() == []


@pytest.mark.parametrize('call', ['start', 'wait'])
def test_a_failure_leaves_no_temporary_container(prepared, engine, call):
    engine.faults.add(call, kind='refused', text='broken')
    with pytest.raises(APIError, match='broken'):
        prepared()
    assert engine.names() == []


@pytest.fixture
def wait_returns(client):
    """Has the client tell something else about how a container ended."""

    def change(response):
        original = client.wait

        def wait(**kwargs):
            original(**kwargs)
            return response

        client.wait = wait

    return change


@pytest.mark.parametrize('response', [0, None, {'StatusCode': 0}])
def test_clients_tell_success_in_different_ways(prepared, wait_returns, response):
    wait_returns(response)
    assert prepared() is None


def test_an_old_way_to_tell_a_failure_is_understood(prepared, wait_returns):
    wait_returns(1)
    with pytest.raises(DockerStatusError):
        prepared()


@pytest.fixture
def shell(client):
    """A client that can run commands on the engine's host."""
    commands = []
    client.run_cmd = lambda command: commands.append(command) or len(commands)
    return commands


def test_a_client_that_can_run_commands_on_the_host_does_it_there(prepared, shell):
    assert prepared() == [1, 2]
    path = prepared.setup.client.inspect_volume('shop.data')['Mountpoint']
    assert shell == [f'chown -R u:g {path}', f'chmod -R o= {path}']
    assert prepared.setup.engine.changes == []


def test_on_the_host_there_may_be_nothing_to_do(prepared, shell):
    assert prepared('plain', 'logs') == []
    assert prepared.setup.engine.calls == []


def test_the_option_prefers_the_temporary_container(prepared, shell):
    prepared(options={'prepare_local': False})
    assert shell == []


def test_on_old_engines_the_directory_is_that_of_the_container(prepared, shell, client):
    prepared(features={'volumes': False})
    (mount,) = client.inspect_container('shop.data')['Mounts']
    assert shell[0] == f'chown -R u:g {mount["Source"]}'


def test_a_container_without_the_volume_is_an_error(prepared, shell, engine):
    engine.add_container('shop.data')
    with pytest.raises(ValueError, match='/data'):
        prepared(is_new=False, features={'volumes': False})

"""What happens to containers that were changed, removed or started by somebody else, or that ended badly."""

from __future__ import annotations

import contextlib
import logging
import time

import docker
import pytest

from dockermap.api import ContainerMap, ForeignItemError, MappingDockerClient

COUNT = 'sh -c "echo {} >> /runs"'


@pytest.fixture
def inspected(api, unique):
    return lambda name: api.inspect_container(f'{unique}.{name}')


@pytest.fixture
def wait_until_ended(inspected):
    def wait(name):
        for _ in range(100):
            if not inspected(name)['State']['Running']:
                return
            time.sleep(0.1)
        pytest.fail(f'{name} still runs')

    return wait


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_network_that_was_removed_while_its_container_did_not_run_is_joined_again(
    make_client, service, api, unique, inspected, action
):
    client = make_client({'app': {**service, 'networks': {'back': 'alias'}}, 'networks': {'back': None}})
    client.startup('app')
    client.stop('app')
    api.remove_network(f'{unique}.back')
    client.call(action, 'app')
    assert inspected('app')['State']['Running']
    assert 'alias' in inspected('app')['NetworkSettings']['Networks'][f'{unique}.back']['Aliases']


def test_start_tells_what_makes_a_lost_network_anew(make_client, service, api, unique):
    client = make_client({'app': {**service, 'networks': 'back'}, 'networks': {'back': None}})
    client.create('app')
    api.remove_network(f'{unique}.back')
    with pytest.raises(Exception, match='startup and update create it again'):
        client.start('app')


def test_networks_are_not_made_twice(make_client, service, api, unique):
    client = make_client({'app': {**service, 'networks': 'back'}, 'networks': {'back': None}})
    client.startup('app')
    client.refresh_names()
    client.startup('app')
    assert [network['Name'] for network in api.networks()].count(f'{unique}.back') == 1


def test_commands_for_a_new_container_run_once(make_client, service, api, unique):
    commands = [(COUNT.format('initial'), None, 'initial'), (COUNT.format('each'),)]
    client = make_client({'app': {**service, 'exec_commands': commands}})
    client.startup('app')
    for action in ('start', 'startup'):
        client.stop('app')
        client.call(action, 'app')
    client.restart('app', restart_exec_commands=True)
    runs = api.exec_start(api.exec_create(f'{unique}.app', 'cat /runs')['Id']).split()
    assert runs == [b'initial', b'each', b'each', b'each', b'each']


def test_restart_takes_a_timeout_for_stopping(make_client, service, recorder, found):
    client = make_client({'app': service})
    client.startup('app')
    recorder.changes.clear()
    client.restart('app', timeout=3)
    assert found() == {'app': 'running'}
    assert [change.rpartition('/')[2] for change in recorder.changes] == ['stop', 'start']


def test_an_image_that_is_there_is_not_pulled(make_client, service, recorder):
    make_client({'app': service}).startup('app')
    assert not [change for change in recorder.changes if '/images/create' in change]


def test_startup_takes_arguments_for_a_container_that_cannot_be_recovered(make_client, service, inspected, api, unique):
    client = make_client({'app': {**service, 'create_options': {'command': ['sh', '-c', 'exit 127']}}})
    client.startup('app')
    api.wait(f'{unique}.app')
    client.startup('app', hostname='other', wait=False)
    assert inspected('app')['Config']['Hostname'] == 'other'


def test_start_takes_arguments_for_a_container_that_was_never_started(make_client, service, inspected):
    client = make_client({'app': service})
    client.create('app')
    client.start('app', restart_policy={'Name': 'always'}, mem_limit='32m')
    host_config = inspected('app')['HostConfig']
    assert (host_config['RestartPolicy']['Name'], host_config['Memory']) == ('always', 32 * 1024 * 1024)


def test_start_refuses_arguments_for_a_container_that_ran_with_others(make_client, service, inspected):
    client = make_client({'app': service})
    client.startup('app')
    client.stop('app')
    with pytest.raises(Exception, match="'shutdown', then 'startup'"):
        client.start('app', mem_limit='32m')
    assert not inspected('app')['State']['Running']


def test_startup_takes_arguments_for_new_containers(make_client, service, inspected, needs):
    client = make_client({'app': {**service, needs: 'db'}, 'db': service})
    client.startup('app', host_config={'mem_limit': '32m'}, working_dir='/tmp')
    assert inspected('app')['HostConfig']['Memory'] == 32 * 1024 * 1024
    assert inspected('app')['Config']['WorkingDir'] == '/tmp'
    assert inspected('db')['HostConfig']['Memory'] == 0


def test_a_persistent_container_that_is_to_stay_is_stopped(make_client, service, inspected):
    client = make_client({'app': {**service, 'persistent': True}})
    client.startup('app')
    client.shutdown('app', remove_persistent=False)
    assert inspected('app')['State']['Status'] == 'exited'


def test_a_container_that_removes_itself_can_be_shut_down_and_started(make_client, service, found):
    client = make_client({'app': {**service, 'host_config': {'auto_remove': True}}})
    client.startup('app')
    client.shutdown('app')
    assert found() == {}
    client.startup('app')
    client.stop('app')
    client.startup('app')
    assert found() == {'app': 'running'}


def test_a_container_that_ended_with_a_final_exit_code_is_made_anew(make_client, service, inspected, wait_until_ended):
    client = make_client({'app': {**service, 'create_options': {'command': 'sh -c "exit 127"'}}})
    client.startup('app')
    wait_until_ended('app')
    first = inspected('app')['Id']
    client.startup('app', wait=False)
    assert inspected('app')['Id'] != first


def test_a_container_that_just_ended_is_started_again(make_client, service, inspected, wait_until_ended):
    client = make_client({'app': {**service, 'create_options': {'command': 'sh -c "exit 1"'}}})
    client.startup('app')
    wait_until_ended('app')
    first = inspected('app')['Id']
    client.startup('app')
    assert inspected('app')['Id'] == first


def test_a_paused_container_is_named_in_a_warning(make_client, service, api, unique, inspected, caplog):
    client = make_client({'app': service})
    client.startup('app')
    api.pause(f'{unique}.app')
    with caplog.at_level(logging.WARNING):
        client.startup('app')
    assert f'container {unique}.app on client __default__ is paused' in caplog.text
    client.restart('app')
    assert inspected('app')['State']['Status'] == 'running'


def test_all_maps_can_be_meant(make_client, service, recorder, unique, found):
    maps = [ContainerMap(f'{unique}.{name}', {'app': service}) for name in ('one', 'two')]
    client = MappingDockerClient(maps, recorder)
    client.startup('__all__')
    assert found() == {'one.app': 'running', 'two.app': 'running'}
    client.shutdown('__all__')
    assert found() == {}


def test_an_image_that_got_another_name_is_seen_by_the_next_call(make_client, service, api, unique, inspected):
    image = f'127.0.0.1:1/{unique}:latest'
    api.tag(service['image'][1:], *image.rsplit(':', 1))
    try:
        client = make_client({'app': {**service, 'image': f'/{image}'}})
        client.startup('app')
        first = inspected('app')['Id']
        api.commit(f'{unique}.app', *image.rsplit(':', 1))
        client.update('app')
        assert inspected('app')['Id'] != first
        client.shutdown('app')
    finally:
        api.remove_image(image, force=True)


def test_a_container_made_by_hand_is_taken_over_on_request(make_client, service, api, unique, found):
    client = make_client({'app': service})
    client.startup('app')
    client.shutdown('app')
    api.create_container(service['image'][1:], service['create_options']['command'], name=f'{unique}.app')
    with pytest.raises(ForeignItemError):
        client.startup('app')
    assert found() == {'app': 'created'}
    client.startup('app', adopt=True)
    assert found() == {'app': 'running'}


def test_a_failed_start_is_finished_by_the_same_call(make_client, service, api, unique, found, free_port, needs):
    blocker = api.create_container(
        service['image'][1:],
        service['create_options']['command'],
        name=f'{unique}.blocker',
        ports=[80],
        host_config=api.create_host_config(port_bindings={80: free_port}),
    )
    api.start(blocker)
    client = make_client({'app': {**service, needs: 'db'}, 'db': {**service, 'exposes': {80: free_port}}})
    with pytest.raises(Exception, match=r'already (allocated|in use)') as caught:
        client.startup('app')
    assert caught.value.config_id.config_name == 'db'
    assert caught.value.completed[0].action_type.value == 'create'
    created = api.inspect_container(f'{unique}.db')['Id']
    api.remove_container(blocker, force=True)
    client.update('app')
    assert found() == {'app': 'running', 'db': 'running'}
    assert api.inspect_container(f'{unique}.db')['Id'] == created


def test_a_stand_in_for_a_volume_that_was_removed_is_made_anew_for_all(make_client, service, api, unique, inspected):
    client = make_client({'app': {**service, 'attaches': {'data': '/data'}}, 'job': {**service, 'uses': 'data'}})
    client.clients['__default__'].features['volumes'] = False
    client.startup('job')
    api.remove_container(f'{unique}.data', v=True, force=True)
    client.startup('job')
    sources = {inspected(name)['Mounts'][0]['Source'] for name in ('data', 'app', 'job')}
    assert len(sources) == 1


def test_the_object_that_the_sdk_makes_from_the_environment_is_a_client(engine_url, service, unique, found):
    with contextlib.closing(docker.from_env(environment={'DOCKER_HOST': engine_url})) as sdk_client:
        MappingDockerClient(ContainerMap(unique, {'app': service}), sdk_client).startup('app')
        assert found() == {'app': 'running'}


def test_list_requests_do_not_depend_on_the_number_of_containers(make_client, service, recorder):
    recorder.reads = []
    make_client({f'c{number}': service for number in range(4)}).create('__all__')
    lists = [url for url in recorder.reads if url.partition('?')[0].endswith(('/containers/json', '/images/json'))]
    assert len(lists) == 2

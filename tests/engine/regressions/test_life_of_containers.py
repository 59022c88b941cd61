"""What happens between and after calls: exit codes, pauses, crash loops, scripts, names, hints."""

from __future__ import annotations

import logging
import time

import pytest

from dockermap.api import ActionRunnerException, ContainerMap, ItemType, MapConfigId, MappingDockerClient
from dockermap.map.policy.ownership import MAP_LABEL


@pytest.mark.parametrize('command', [('nosuchcommand',), ('true', 'nosuchuser')], ids=['command', 'user'])
def test_a_command_that_cannot_be_started_is_an_error(make_client, service, command):
    with pytest.raises(ActionRunnerException, match='nosuch'):
        make_client({'app': service(exec_commands=[command])}).startup('app')


def test_a_command_that_fails_is_named_in_a_warning(make_client, service, caplog):
    with caplog.at_level(logging.WARNING):
        make_client({'app': service(exec_commands=['sh -c "exit 7"'])}).startup('app')
    assert '7' in caplog.text
    assert 'app' in caplog.text


def test_side_processes_do_not_hold_up_what_comes_after(make_client, service, inspect, output_of, needs):
    commands = ['sleep 991', 'sh -c "sleep 992 &"']
    app = service(**{needs: 'db'}, network_mode=None)
    content = {'app': app, 'db': service(exec_commands=commands, network_mode=None)}
    begin = time.monotonic()
    make_client(content).startup('app')
    assert time.monotonic() - begin < 20
    assert inspect()['State']['Running']
    processes = output_of('db', 'ps')
    assert ('sleep 991' in processes, 'sleep 992' in processes) == (True, True)


@pytest.mark.parametrize(('exit_codes', 'is_new'), [(None, True), ((5,), False), ((127,), True), ((), False)])
@pytest.mark.parametrize('action', ['startup', 'update'])
def test_exit_codes_tell_which_containers_are_made_anew(make_client, service, inspect, api, action, exit_codes, is_new):
    content = {'app': service(create_options={'command': ['sh', '-c', 'exit 127']})}
    options = {} if exit_codes is None else {'nonrecoverable_exit_codes': exit_codes}
    make_client(content).startup('app')
    first = inspect()['Id']
    api.wait(first)
    make_client(content).call(action, 'app', wait=False, **options)
    assert (inspect()['Id'] != first) is is_new


def test_a_paused_container_is_named_by_an_update(make_client, service, api, unique, caplog):
    content = {'app': service()}
    make_client(content).startup('app')
    api.pause(f'{unique}.app')
    with caplog.at_level(logging.WARNING):
        make_client(content).update('app')
    assert f'{unique}.app on client __default__ is paused' in caplog.text


def test_a_crash_loop_ends_with_a_shutdown(make_client, service, api, unique, inspect):
    client = make_client(
        {
            'app': service(
                create_options={'command': ['sh', '-c', 'exit 1']}, host_config={'restart_policy': {'Name': 'always'}}
            )
        }
    )
    client.startup('app')
    for _ in range(100):
        if inspect()['State']['Restarting']:
            break
        time.sleep(0.1)
    client.shutdown('app')
    assert not [
        name for container in api.containers(all=True) for name in container['Names'] if name == f'/{unique}.app'
    ]


@pytest.mark.parametrize('action', ['signal', 'update', 'run_script'])
def test_a_container_that_was_removed_by_hand_is_no_obstacle_for_the_same_client(
    make_client, service, api, unique, action
):
    client = make_client({'app': service()})
    client.startup('app')
    api.remove_container(f'{unique}.app', force=True)
    kwargs = {'command_format': ['true']} if action == 'run_script' else {}
    for _ in range(2):
        getattr(client, action)('app', **kwargs)
    exists = any(f'/{unique}.app' in container['Names'] for container in api.containers())
    assert exists is (action == 'update')


@pytest.mark.parametrize(
    ('before', 'action', 'hint'),
    [
        (None, 'start', 'startup'),
        ('startup', 'remove', 'shutdown'),
        (None, 'restart', 'startup'),
    ],
)
def test_a_call_that_does_nothing_says_what_would_help(make_client, service, caplog, before, action, hint):
    client = make_client({'app': service()})
    if before:
        client.call(before, 'app')
    with caplog.at_level(logging.INFO):
        assert client.call(action, 'app') == []
    assert hint in caplog.text


class TestScripts:
    """Commands in containers that are made for them."""

    def test_take_instance_and_map_in_this_order(self, make_client, service, unique):
        client = make_client({'app': service(instances=['one', 'two'])})
        (output,) = client.run_script('app', 'two', unique, command_format=['hostname'])
        assert output.result['log'].decode().strip() == f'{unique}-app-two'

    def test_that_take_too_long_stay_where_they_are(self, make_client, service, api):
        output = make_client({'app': service()}).run_script('app', command_format='sleep 60', wait_timeout=1)[-1]
        assert 'exit_code' not in output.result
        assert output.result['error']
        assert api.inspect_container(output.result['id'])['State']['Running']

    @pytest.mark.parametrize('settings', [{'restart_policy': {'Name': 'always'}}, {'auto_remove': True}])
    @pytest.mark.parametrize('place', ['host_config', 'create_options'])
    def test_run_once_whatever_the_configuration_says_of_restarts(
        self, make_client, service, api, unique, settings, place
    ):
        content = {'app': service(**{place: settings})}
        output = make_client(content).run_script('app', command_format=['sh', '-c', 'echo once; exit 3'])[-1]
        assert (output.result['exit_code'], output.result['log']) == (3, b'once\n')
        assert not [
            name
            for container in api.containers(all=True)
            for name in container['Names']
            if name.startswith(f'/{unique}')
        ]

    def test_may_have_other_braces(self, make_client, service, tmp_path):
        script = tmp_path / 'run.sh'
        script.write_text('echo "$1"')
        output = make_client({'app': service()}).run_script(
            'app', script_path=str(script), command_format=['sh', '{script_path}', '${x} {y}']
        )[-1]
        assert (output.result['exit_code'], output.result['log']) == (0, b'${x} {y}\n')

    def test_that_do_not_exist_are_told(self, make_client, service, tmp_path, caplog):
        with caplog.at_level(logging.WARNING):
            output = make_client({'app': service()}).run_script(
                'app', script_path=str(tmp_path / 'nosuch.sh'), command_format=['sh', '{script_path}']
            )[-1]
        assert output.result['exit_code'] != 0
        assert 'nosuch.sh' in caplog.text


def test_names_with_dots_can_be_given_as_ids(connection, service, unique, option_defaults, inspect):
    maps = [ContainerMap(f'{unique}.one', {'a.b': service()}), ContainerMap(f'{unique}.two', {'a.b': service()})]
    client = MappingDockerClient(maps, connection, option_defaults=option_defaults)
    client.startup([MapConfigId(ItemType.CONTAINER, container_map.name, 'a.b') for container_map in maps])
    assert [inspect(f'{name}.a.b')['State']['Running'] for name in ('one', 'two')] == [True, True]
    assert client.update('__all__') == []


@pytest.mark.parametrize('action', ['create', 'startup', 'update'])
def test_a_container_that_another_run_made_is_taken(make_client, service, connection, base_image, unique, action):
    client = make_client({'app': service(), 'other': service()})
    client.startup('other')
    command = service()['create_options']['command']
    connection.create_container(base_image, command, name=f'{unique}.app', labels={MAP_LABEL: unique})
    client.call(action, 'app')
    assert connection.inspect_container(f'{unique}.app')['State']['Running'] is (action != 'create')


def test_an_update_of_many_unchanged_containers_inspects_each_once(make_client, service, connection):
    counts = []
    for number in (1, 4):
        content = {f'c{index}': service() for index in range(number)}
        make_client(content).startup('__all__')
        connection.number, connection.changes = 0, []
        make_client(content).update('__all__')
        assert connection.changes == []
        counts.append(connection.number)
    assert counts[1] - counts[0] == 3

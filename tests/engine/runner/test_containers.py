"""What engines make of the arguments that the runner sends."""

from __future__ import annotations

import contextlib
import socket

import pytest

from dockermap.exceptions import DockerStatusError
from dockermap.map.exceptions import ActionRunnerException


def two_free_ports():
    with contextlib.closing(socket.socket()) as first, contextlib.closing(socket.socket()) as second:
        first.bind(('127.0.0.1', 0))
        second.bind(('127.0.0.1', 0))
        return first.getsockname()[1], second.getsockname()[1]


@pytest.mark.parametrize(
    ('mode', 'engine_mode', 'has_ports'),
    [
        ('host', 'host', False),
        ('none', 'none', False),
        ('bridge', 'bridge', True),
        # Newer engines record what the default is.
        (None, ('default', 'bridge'), True),
        ('other', 'container:', False),
    ],
)
def test_a_container_starts_in_each_network_mode_with_a_port(
    make_client, service, inspect, mode, engine_mode, has_ports
):
    client = make_client({'web': service(network_mode=mode, exposes=[(80, 0)]), 'other': service()})
    client.startup('web')
    detail = inspect('web')
    assert detail['State']['Running']
    assert detail['HostConfig']['NetworkMode'].startswith(engine_mode)
    assert any(detail['NetworkSettings']['Ports'].values()) is has_ports


def test_ports_are_published_with_their_protocol_and_on_their_interface(make_client, service, inspect):
    first, second = two_free_ports()
    client = make_client(
        {'web': service(exposes=[('53/udp', first), (53, second, 'local'), (80, first, 'six', True)])},
        interfaces={'local': '127.0.0.1'},
        interfaces_ipv6={'six': '::1'},
    )
    client.startup('web')
    published = {
        port: {(entry['HostIp'], entry['HostPort']) for entry in entries}
        for port, entries in inspect('web')['NetworkSettings']['Ports'].items()
    }
    assert published['53/tcp'] == {('127.0.0.1', str(second))}
    assert published['80/tcp'] == {('::1', str(first))}
    assert ('0.0.0.0', str(first)) in published['53/udp']


@pytest.mark.parametrize(
    ('healthcheck', 'found'),
    [
        ('NONE', {'Test': ['NONE']}),
        ([['true'], '1s'], {'Test': ['CMD', 'true'], 'Interval': 10**9}),
    ],
)
def test_health_checks_are_set_and_switched_off(make_client, service, inspect, healthcheck, found):
    make_client({'web': service(healthcheck=healthcheck)}).create('web')
    # Some engines add their defaults.
    assert inspect('web')['Config']['Healthcheck'].items() >= found.items()


def test_a_container_with_a_long_name_starts(make_client, service, inspect):
    name = 'x' * 64
    make_client({name: service()}).startup(name)
    assert inspect(name)['State']['Running']


def test_values_that_are_no_texts_arrive_as_texts(make_client, service, inspect):
    make_client(
        {
            'web': service(
                stop_signal=2,
                create_options={
                    'environment': {'A': 1, 'B': True},
                    'labels': {'n': 5},
                    'mem_limit': '32m',
                    'log_config': {'type': 'json-file', 'config': {'max-file': 3}},
                },
            )
        }
    ).create('web')
    detail = inspect('web')
    assert {'A=1', 'B=true'} <= set(detail['Config']['Env'])
    assert (detail['Config']['StopSignal'], detail['Config']['Labels']['n']) == ('2', '5')
    assert (detail['HostConfig']['Memory'], detail['HostConfig']['LogConfig']['Config']) == (2**25, {'max-file': '3'})


@pytest.mark.parametrize(
    ('stop_signal', 'handled', 'exit_code'),
    [
        ('INT', 'INT', 5),
        (2, 'INT', 5),
        ('USR1', None, 137),
    ],
)
def test_a_container_is_stopped_by_its_signal_or_else_killed(
    make_client, service, inspect, eventually, api, stop_signal, handled, exit_code
):
    trap = f"trap 'exit 5' {handled}" if handled else "trap '' USR1"
    command = ['sh', '-c', f'{trap}; echo ready; while :; do sleep 0.1; done']
    # Who handles the signal has time for it, also on a busy machine.
    settings = {'stop_signal': stop_signal, 'stop_timeout': 20 if handled else 1}
    client = make_client({'web': service(**settings, create_options={'command': command})})
    client.startup('web')
    assert eventually(lambda: api.logs(inspect('web')['Id']))
    client.stop('web')
    assert (inspect('web')['State']['Running'], inspect('web')['State']['ExitCode']) == (False, exit_code)


def test_a_container_that_the_engine_removes_by_itself_can_be_shut_down(make_client, service, existing):
    client = make_client({'web': service(host_config={'auto_remove': True})})
    client.startup('web')
    client.shutdown('web')
    assert existing() == []


def test_commands_are_watched_and_tell_their_exit_code(make_client, service, output_of):
    client = make_client({'web': service(exec_commands=['sh -c "echo 1 > /a; exit 7"', 'sleep 600'])})
    results = client.startup('web')[-1].result
    assert [result.get('ExitCode') for result in results] == [7, None]
    assert output_of('web', 'cat /a; ps').count('sleep 600') == 1


def test_first_commands_run_once(make_client, service, output_of):
    client = make_client({'web': service(exec_commands=[('sh -c "echo 1 >> /a"', None, 'initial')])})
    client.startup('web')
    client.stop('web')
    client.start('web')
    client.restart('web', restart_exec_commands=True)
    assert output_of('web', 'cat /a') == '1'


@pytest.mark.parametrize(('policy', 'remain'), [('initial', []), ('restart', ['web'])])
def test_a_new_container_whose_first_command_cannot_be_started_is_not_kept(
    make_client, service, existing, unique, policy, remain
):
    client = make_client({'web': service(exec_commands=[('nosuch', None, policy)])})
    with pytest.raises(ActionRunnerException, match='nosuch'):
        client.startup('web')
    assert existing() == [f'{unique}.{name}' for name in remain]


@pytest.mark.parametrize('features', [{}, {'volumes': False}])
def test_a_temporary_container_sets_owner_and_mode(make_client, service, output_of, existing, unique, features):
    client = make_client(
        {'web': service(attaches='data', user='1234', permissions='u=rwX,g=,o='), 'volumes': {'data': '/data'}},
        features=features,
    )
    client.startup('web')
    mode, _, user, group = output_of('web', 'ls -lnd /data').split()[:4]
    assert (mode, user, group) == ('drwx------', '1234', '1234')
    assert existing() == sorted({f'{unique}.web', *([f'{unique}.data'] if features else [])})


def test_a_volume_that_could_not_be_prepared_is_prepared_next_time(make_client, service, api, existing, unique):
    volumes = {'data': {'default_path': '/data', 'user': 'nosuchuser'}}
    with pytest.raises(ActionRunnerException, match='nosuchuser') as caught:
        make_client({'web': service(attaches='data'), 'volumes': volumes}).startup('web')
    assert isinstance(caught.value.source_exception[1], DockerStatusError)
    assert existing() == [f'{unique}.web']
    assert api.inspect_container(f'{unique}.web')['State']['Status'] == 'created'
    volumes['data']['user'] = 'daemon'
    make_client({'web': service(attaches='data'), 'volumes': volumes}).startup('web')
    assert existing() == [f'{unique}.web']


def test_an_existing_container_is_started_with_arguments_if_it_never_ran(make_client, service, inspect):
    port, other = two_free_ports()
    client = make_client({'web': service()})
    client.create('web')
    client.start('web', expose={80: port})
    assert inspect('web')['NetworkSettings']['Ports']['80/tcp'][0]['HostPort'] == str(port)
    client.stop('web')
    client.start('web', expose={80: port})
    client.stop('web')
    with pytest.raises(ActionRunnerException, match="'shutdown', then 'startup'"):
        client.start('web', expose={80: other})


@pytest.mark.parametrize(
    'kwargs', [{'mem_limit': '32m'}, {'host_config': {'mem_limit': '32m'}}, {'create_options': {'mem_limit': '32m'}}]
)
def test_arguments_of_a_call_reach_the_engine(make_client, service, inspect, kwargs):
    make_client({'web': service()}).startup('web', **kwargs)
    assert inspect('web')['HostConfig']['Memory'] == 2**25

"""Arguments of all other calls, key by key."""

from __future__ import annotations

import pytest

from dockermap.docker_api import HostConfig
from dockermap.functional import lazy
from dockermap.map.config.client import USE_HC_MERGE
from dockermap.map.input import NetworkEndpoint
from dockermap.map.runner.attached import PREPARATION_TMP_PATH

MAP = {
    'web': {'attaches': 'data', 'user': 'u:g', 'permissions': 'u=rwX'},
    'plain': {'attaches': 'logs'},
    'volumes': {'data': '/data', 'logs': '/logs'},
    'networks': {'back': None},
}


@pytest.mark.parametrize('builder', ['get_container_restart_kwargs', 'get_container_stop_kwargs'])
@pytest.mark.parametrize(
    ('stop_timeout', 'client_settings', 'kwargs', 'expected'),
    [
        ({}, {}, None, {}),
        ({'stop_timeout': 3}, {'stop_timeout': 5}, None, {'timeout': 3}),
        ({'stop_timeout': 0}, {'stop_timeout': 5}, None, {'timeout': 0}),
        ({}, {'stop_timeout': 5}, None, {'timeout': 5}),
        ({'stop_timeout': None}, {'stop_timeout': 5}, None, {}),
        ({'stop_timeout': 3}, {}, {'timeout': 1}, {'timeout': 1}),
    ],
)
def test_the_time_to_stop_is_the_first_that_is_set(
    make_setup, builder, stop_timeout, client_settings, kwargs, expected
):
    setup = make_setup({'web': stop_timeout}, **client_settings)
    built = getattr(setup.runner, builder)(setup.action('container', 'web'), 'shop.web', kwargs=kwargs)
    assert built == {'container': 'shop.web', **expected}


@pytest.mark.parametrize(
    ('client_settings', 'kwargs', 'expected'),
    [
        ({}, None, {}),
        ({'wait_timeout': 5}, None, {'timeout': 5}),
        ({'wait_timeout': 5}, {'timeout': 1}, {'timeout': 1}),
    ],
)
def test_the_time_to_wait_is_the_clients(make_setup, client_settings, kwargs, expected):
    setup = make_setup(MAP, **client_settings)
    action = setup.action('container', 'web')
    for build in (setup.runner.get_container_wait_kwargs, setup.runner.get_attached_preparation_wait_kwargs):
        assert build(action, 'n', kwargs=kwargs) == {'container': 'n', **expected}


@pytest.mark.parametrize(
    ('builder', 'kwargs'),
    [
        ('get_container_remove_kwargs', {'v': True}),
        ('get_container_kill_kwargs', {'signal': 'HUP'}),
    ],
)
def test_simple_calls_have_the_container_and_what_is_given(make_setup, builder, kwargs):
    setup = make_setup(MAP)
    build = getattr(setup.runner, builder)
    action = setup.action('container', 'web')
    assert build(action, 'n') == {'container': 'n'}
    assert build(action, 'n', kwargs=kwargs) == {'container': 'n', **kwargs}


def test_an_update_has_the_changed_values(make_setup):
    setup = make_setup(MAP)
    action = setup.action('container', 'web')
    built = setup.runner.get_container_update_kwargs(
        action, 'n', {'mem_limit': 1, 'cpu_shares': 2}, kwargs={'cpu_shares': 3}
    )
    assert built == {'container': 'n', 'mem_limit': 1, 'cpu_shares': 3}


@pytest.mark.parametrize(
    ('network', 'kwargs', 'expected'),
    [
        (None, None, {'driver': 'bridge', 'options': {}}),
        ({'driver': 'overlay', 'internal': True}, None, {'driver': 'overlay', 'options': {}, 'internal': True}),
        (
            {'driver_options': {'a': lazy(lambda: 1), 'b': False}},
            None,
            {'driver': 'bridge', 'options': {'a': 1, 'b': False}},
        ),
        ({'driver_options': lambda: {'a': 1}}, None, {'driver': 'bridge', 'options': {'a': 1}}),
        (
            {'create_options': {'labels': {'a': 'b'}}},
            {'attachable': True},
            {'driver': 'bridge', 'options': {}, 'labels': {'a': 'b'}, 'attachable': True},
        ),
    ],
)
def test_a_network_is_made_as_configured(make_setup, network, kwargs, expected):
    setup = make_setup({'web': None, 'networks': {'back': network}})
    built = setup.runner.get_network_create_kwargs(setup.action('network', 'back'), 'shop.back', kwargs=kwargs)
    assert built == {'name': 'shop.back', **expected}


def test_a_network_is_removed_by_its_name(make_setup):
    setup = make_setup(MAP)
    action = setup.action('network', 'back')
    assert setup.runner.get_network_remove_kwargs(action, 'shop.back') == {'net_id': 'shop.back'}


@pytest.mark.parametrize(
    ('endpoint', 'expected'),
    [
        (NetworkEndpoint('back'), {}),
        (NetworkEndpoint('back', ['a', lazy(lambda: 'b')]), {'aliases': ['a', 'b']}),
        (NetworkEndpoint('back', None, ['web', ('plain', 'p')]), {'links': [('shop.web', 'web'), ('shop.plain', 'p')]}),
        (
            NetworkEndpoint('back', ipv4_address=lazy(lambda: '10.0.0.9'), ipv6_address='fd00::9'),
            {'ipv4_address': '10.0.0.9', 'ipv6_address': 'fd00::9'},
        ),
        (NetworkEndpoint('back', link_local_ips=[lazy(lambda: '169.254.1.1')]), {'link_local_ips': ['169.254.1.1']}),
    ],
)
def test_an_endpoint_says_how_a_container_takes_part(make_setup, endpoint, expected):
    setup = make_setup(MAP)
    action = setup.action('container', 'web')
    built = {'ipv4_address': None, 'ipv6_address': None, **expected}
    assert setup.runner.get_network_create_endpoint_kwargs(action, endpoint) == built
    assert setup.runner.get_network_connect_kwargs(action, 'shop.back', 'shop.web', endpoint, kwargs={'x': 1}) == {
        'container': 'shop.web',
        'net_id': 'shop.back',
        **built,
        'x': 1,
    }


@pytest.mark.parametrize('builder', ['get_network_connect_kwargs', 'get_network_disconnect_kwargs'])
def test_without_an_endpoint_there_is_just_container_and_network(make_setup, builder):
    setup = make_setup(MAP)
    build = getattr(setup.runner, builder)
    built = build(setup.action('container', 'web'), 'shop.back', 'shop.web')
    assert built == {'container': 'shop.web', 'net_id': 'shop.back'}


@pytest.mark.parametrize(
    ('config_user', 'user', 'expected'),
    [
        ({}, None, {}),
        ({'user': None}, None, {'user': None}),
        ({'user': 'u:g'}, None, {'user': 'u:g'}),
        ({'user': 'u:g'}, 'root', {'user': 'root'}),
        ({}, 0, {'user': '0'}),
        ({}, lazy(lambda: 7), {'user': '7'}),
    ],
)
def test_a_command_runs_as_its_own_user_or_that_of_the_container(make_setup, config_user, user, expected):
    setup = make_setup({'web': config_user})
    action = setup.action('container', 'web')
    assert setup.runner.get_exec_create_kwargs(action, 'n', 'run', user) == {'container': 'n', 'cmd': 'run', **expected}


@pytest.mark.parametrize('command', [['a', 'b'], lazy(lambda: ['a', 'b']), ['a', lazy(str, 'b')]])
def test_a_command_can_be_a_list_or_come_late(make_setup, command):
    setup = make_setup({'web': None})
    action = setup.action('container', 'web')
    built = setup.runner.get_exec_create_kwargs(action, 'n', command, None, kwargs={'tty': True})
    assert repr(built) == repr({'container': 'n', 'cmd': ['a', 'b'], 'tty': True})


def test_a_command_is_started_by_its_id(make_setup):
    setup = make_setup({'web': None})
    action = setup.action('container', 'web')
    assert setup.runner.get_exec_start_kwargs(action, 'n', 'e1') == {'exec_id': 'e1'}
    assert setup.runner.get_exec_start_kwargs(action, 'n', 'e1', kwargs={'detach': True}) == {
        'exec_id': 'e1',
        'detach': True,
    }


@pytest.mark.parametrize(
    ('volumes', 'kwargs', 'expected'),
    [
        ({}, None, {}),
        ({'data': '/data'}, None, {'driver': 'local'}),
        (
            {
                'data': {
                    'default_path': '/data',
                    'driver': 'x',
                    'driver_options': {'o': lazy(lambda: 1)},
                    'create_options': {'labels': {'a': 'b'}},
                }
            },
            {'labels': {'c': 'd'}},
            {'driver': 'x', 'driver_opts': {'o': 1}, 'labels': {'a': 'b', 'c': 'd'}},
        ),
    ],
)
def test_a_volume_is_made_by_the_configuration_of_its_alias(make_setup, volumes, kwargs, expected):
    setup = make_setup({'web': {'attaches': [('data', '/data')]}, 'volumes': volumes})
    built = setup.runner.get_volume_create_kwargs(setup.action('volume', 'web', 'data'), 'shop.data', kwargs=kwargs)
    assert built == {'name': 'shop.data', **expected}


def test_a_volume_is_removed_by_its_name_alone(make_setup):
    setup = make_setup(MAP)
    action = setup.action('volume', 'web', 'data')
    assert setup.runner.get_volume_remove_kwargs(action, 'shop.data') == {'name': 'shop.data'}


PREPARATION = {'image': 'core:1', 'user': 'root', 'network_disabled': True}


@pytest.mark.parametrize(
    ('features', 'expected'),
    [
        (
            {},
            {
                'command': 'chown -R u:g /volume-tmp && chmod -R u=rwX /volume-tmp',
                'volumes': ['/volume-tmp'],
                'host_config': HostConfig(version='1.41', binds=['shop.data:/volume-tmp']),
            },
        ),
        (
            {'host_config': USE_HC_MERGE},
            {
                'command': 'chown -R u:g /volume-tmp && chmod -R u=rwX /volume-tmp',
                'volumes': ['/volume-tmp'],
                'binds': ['shop.data:/volume-tmp'],
            },
        ),
        (
            {'volumes': False},
            {
                'command': 'chown -R u:g /data && chmod -R u=rwX /data',
                'host_config': HostConfig(version='1.41', volumes_from=['shop.data']),
            },
        ),
        ({'volumes': False, 'host_config': False}, {'command': 'chown -R u:g /data && chmod -R u=rwX /data'}),
    ],
)
def test_a_temporary_container_prepares_a_volume(make_setup, features, expected):
    setup = make_setup(MAP, features=features, option_defaults={'core_image': 'core:1'})
    action = setup.action('volume', 'web', 'data')
    built = setup.runner.get_attached_preparation_create_kwargs(action, 'shop.data', 'data')
    assert built == {**PREPARATION, **expected}


def test_the_temporary_container_takes_further_arguments(make_setup):
    setup = make_setup(MAP)
    action = setup.action('volume', 'web', 'data')
    built = setup.runner.get_attached_preparation_create_kwargs(
        action, 'shop.data', 'data', kwargs={'working_dir': '/', 'host_config': {'mem_limit': '8m'}}
    )
    assert (built['working_dir'], built['host_config']['Memory']) == ('/', 8 * 2**20)


def test_a_volume_without_owner_and_mode_needs_no_preparation(make_setup):
    setup = make_setup(MAP)
    action = setup.action('volume', 'plain', 'logs')
    assert setup.runner.get_attached_preparation_create_kwargs(action, 'shop.logs', 'logs') is None


@pytest.mark.parametrize(
    ('features', 'name', 'expected'),
    [
        ({}, None, {'binds': ['shop.data:/volume-tmp']}),
        ({'volumes': False}, None, {'volumes_from': ['shop.data']}),
        ({'volumes': False}, 'tmp1', {'volumes_from': ['shop.data'], 'container': 'tmp1'}),
    ],
)
def test_the_temporary_container_sees_the_volume(make_setup, features, name, expected):
    setup = make_setup(MAP, features=features)
    action = setup.action('volume', 'web', 'data')
    built = setup.runner.get_attached_preparation_host_config_kwargs(
        action, name, 'shop.data', kwargs={'dns': ['1.1.1.1']}
    )
    assert built == {**expected, 'dns': ['1.1.1.1']}


def test_the_temporary_path_is_documented():
    assert PREPARATION_TMP_PATH == '/volume-tmp'

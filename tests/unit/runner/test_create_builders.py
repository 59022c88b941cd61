"""Arguments for creating containers, key by key."""

from __future__ import annotations

import re

import pytest

from dockermap.docker_api import EndpointConfig, HostConfig, NetworkingConfig
from dockermap.functional import lazy
from dockermap.map.config.client import USE_HC_MERGE

NO_HOST = {'links': [], 'binds': [], 'volumes_from': [], 'port_bindings': {}}
PLAIN = {
    'name': 'shop.web',
    'image': 'front:latest',
    'volumes': [],
    'user': None,
    'ports': [],
    'domainname': None,
    'hostname': 'shop-web',
}


def without_addresses(value):
    """Id of a case that is the same in each process."""
    return re.sub(r' at 0x\w+', '', repr(value))


def host_config(**kwargs):
    return HostConfig(version='1.41', **{**NO_HOST, **kwargs})


def web(**settings):
    return {
        'web': {'image': 'front', **settings},
        'db': {'instances': ['i1']},
        'api': None,
        'networks': {'back': None},
        'volumes': {'data': '/data'},
    }


def test_the_documented_example(make_setup):
    setup = make_setup(web(links='api', exposes=[(80, 8000)]))
    assert setup.create_kwargs('web') == {
        'name': 'shop.web',
        'image': 'front:latest',
        'volumes': [],
        'user': None,
        'ports': [80],
        'domainname': None,
        'hostname': 'shop-web',
        'host_config': host_config(links=[('shop.api', 'api')], port_bindings={80: [8000]}),
    }


@pytest.mark.parametrize('version', ['auto', None, '1.41'])
def test_a_client_whose_version_is_not_known_can_say_everything(make_setup, version):
    features = {'host_config': True, 'networks': True}
    setup = make_setup(web(networks='back', host_config={'mem_limit': 1}), version=version, features=features)
    created = setup.create_kwargs('web')
    assert created['networking_config'] == {'EndpointsConfig': {'shop.back': {}}}
    assert created['host_config']['Memory'] == 1


def test_an_image_is_called_like_the_configuration_unless_it_is_named(make_setup):
    setup = make_setup({**web(), 'repository': 'reg:5000', 'default_tag': '3'})
    assert setup.create_kwargs('api')['image'] == 'reg:5000/api:3'


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({'user': 'u:g'}, {'user': 'u:g'}),
        ({'user': '1000:0'}, {'user': '1000:0'}),
        ({'user': ('u', 0)}, {'user': 'u:0'}),
        ({'user': 0}, {'user': '0'}),
        ({'user': lazy(lambda: ('u', 'g'))}, {'user': 'u:g'}),
        (
            {'exposes': [80, '53/udp', (lazy(lambda: 90), 90)]},
            {'ports': [80, '53/udp', 90], 'host_config': host_config(port_bindings={90: [90]})},
        ),
        ({'network_mode': 'none'}, {'network_disabled': True, 'host_config': host_config(network_mode='none')}),
        ({'network_mode': 'host'}, {'host_config': host_config(network_mode='host')}),
        (
            {'networks': {'back': {'aliases': ['w'], 'links': 'api'}}},
            {
                'networking_config': NetworkingConfig(
                    {'shop.back': EndpointConfig('1.41', aliases=['w'], links=[('shop.api', 'api')])}
                )
            },
        ),
        (
            {'networks': ['back', 'bridge']},
            {'networking_config': NetworkingConfig({'shop.back': EndpointConfig('1.41')})},
        ),
        (
            {'networks': 'back', 'network_mode': 'none'},
            {'network_disabled': True, 'host_config': host_config(network_mode='none')},
        ),
        ({'stop_signal': 2}, {'stop_signal': 2}),
        ({'stop_signal': 'INT'}, {'stop_signal': 'INT'}),
        ({'stop_timeout': 4}, {'stop_timeout': 4}),
        ({'stop_timeout': 0}, {'stop_timeout': 0}),
        ({'stop_timeout': None}, {}),
        ({'healthcheck': [['probe'], '5s']}, {'healthcheck': {'test': ['CMD', 'probe'], 'interval': 5000000000}}),
        ({'healthcheck': 'NONE'}, {'healthcheck': {'test': ['NONE']}}),
        ({'healthcheck': lazy(lambda: ['probe', '-q'])}, {'healthcheck': {'test': ['CMD', 'probe', '-q']}}),
        (
            {
                'healthcheck': {
                    'test': ['probe', lazy(lambda: '-q')],
                    'interval': lazy(lambda: '5s'),
                    'retries': lazy(int, 2),
                }
            },
            {'healthcheck': {'test': ['CMD', 'probe', '-q'], 'interval': 5000000000, 'retries': 2}},
        ),
        ({'stop_signal': lazy(lambda: 'INT'), 'stop_timeout': lazy(int, 3)}, {'stop_signal': 'INT', 'stop_timeout': 3}),
        ({'attaches': 'data'}, {'volumes': ['/data'], 'host_config': host_config(binds=['shop.data:/data:rw'])}),
        (
            {'create_options': {'command': 'run', 'user': 'other', 'ports': [81]}},
            {'command': 'run', 'user': 'other', 'ports': [81]},
        ),
        ({'create_options': lambda: {'tty': True}}, {'tty': True}),
        ({'create_options': {'environment': {'A': lazy(lambda: 'late')}}}, {'environment': {'A': 'late'}}),
        (
            {'host_config': {'mem_limit': '1m', 'labels': {'a': 'b'}}},
            {'host_config': host_config(mem_limit='1m'), 'labels': {'a': 'b'}},
        ),
    ],
    ids=without_addresses,
)
def test_a_setting_of_the_configuration_becomes_an_argument(make_setup, settings, expected):
    assert make_setup(web(**settings)).create_kwargs('web') == {**PLAIN, 'host_config': host_config(), **expected}


@pytest.mark.parametrize(
    ('mode', 'engine_mode'),
    [
        ('container:other', 'container:other'),
        ('/other', 'container:other'),
        ('api', 'container:shop.api'),
        ('db.i1', 'container:shop.db.i1'),
    ],
)
def test_in_the_network_of_another_container_there_is_no_own_name_and_no_port(make_setup, mode, engine_mode):
    setup = make_setup(web(network_mode=mode, exposes=[(80, 80)], links='api'))
    assert setup.create_kwargs('web') == {
        'name': 'shop.web',
        'image': 'front:latest',
        'volumes': [],
        'user': None,
        'ports': [],
        'host_config': host_config(network_mode=engine_mode),
    }


@pytest.mark.parametrize(
    ('client_settings', 'map_settings', 'domain'),
    [
        ({}, {}, None),
        ({}, {'default_domain': 'map.test'}, 'map.test'),
        ({'domainname': 'client.test'}, {'default_domain': 'map.test'}, 'client.test'),
        ({'domainname': lazy(lambda: 'late.test')}, {}, 'late.test'),
        ({'domainname': ''}, {'default_domain': 'map.test'}, None),
    ],
)
def test_the_domain_is_that_of_the_client_or_of_the_map(make_setup, client_settings, map_settings, domain):
    setup = make_setup({**web(), **map_settings}, **client_settings)
    assert setup.create_kwargs('web')['domainname'] == domain


@pytest.mark.parametrize(('set_hostname', 'is_set'), [(True, True), (False, False)])
def test_a_map_can_leave_host_names_to_the_engine(make_setup, set_hostname, is_set):
    assert ('hostname' in make_setup({**web(), 'set_hostname': set_hostname}).create_kwargs('web')) is is_set


def test_a_host_name_has_the_name_of_another_client(make_setup):
    setup = make_setup(web())
    action = setup.action('container', 'web', client_name='host_2')
    assert setup.runner.get_container_create_kwargs(action, 'shop.web')['hostname'] == 'shop-web-host-2'


def test_a_long_host_name_is_short_enough_for_the_engine(make_setup):
    name = 'a' * 70
    setup = make_setup({name: None})
    assert len(setup.create_kwargs(name)['hostname']) == 63


def test_arguments_beat_create_options_which_beat_other_settings(make_setup):
    setup = make_setup(web(user='u', exposes=80, create_options={'user': 'v', 'ports': [81], 'hostname': 'h'}))
    created = setup.create_kwargs('web', kwargs={'user': 'w', 'ports': [82], 'host_config': {'binds': ['/a:/b:rw']}})
    assert {key: created[key] for key in ('user', 'ports', 'hostname', 'host_config')} == {
        'user': 'w',
        'ports': [80, 81, 82],
        'hostname': 'h',
        'host_config': host_config(binds=['/a:/b:rw']),
    }


def test_arguments_are_not_modified(make_setup):
    given = {'host_config': {'binds': ['/a:/b:rw']}, 'user': 'w'}
    make_setup(web()).create_kwargs('web', kwargs=given)
    assert given == {'host_config': {'binds': ['/a:/b:rw']}, 'user': 'w'}


def test_building_twice_gives_the_same(make_setup):
    setup = make_setup(web(create_options={'ports': [81], 'labels': {'a': 'b'}}, host_config={'binds': ['/a:/b']}))
    assert setup.create_kwargs('web') == setup.create_kwargs('web')


def test_without_a_host_configuration_its_arguments_are_left_to_the_start(make_setup):
    setup = make_setup(web(exposes=[(80, 80)]), features={'host_config': False})
    assert setup.create_kwargs('web', kwargs={'host_config': {'mem_limit': '1m'}, 'ports': [22]}) == {
        **PLAIN,
        'ports': [80, 22],
    }


def test_a_client_can_take_the_host_configuration_along(make_setup):
    setup = make_setup(web(exposes=[(80, 80)]))
    setup.client_config.features['host_config'] = USE_HC_MERGE
    assert setup.create_kwargs('web', kwargs={'host_config': {'mem_limit': '1m'}}) == {
        **PLAIN,
        'ports': [80],
        **NO_HOST,
        'port_bindings': {80: [80]},
        'mem_limit': '1m',
    }


@pytest.mark.parametrize(
    ('feature', 'settings', 'key'),
    [
        ('stop_signal', {'stop_signal': 'INT'}, 'stop_signal'),
        ('stop_timeout', {'stop_timeout': 3}, 'stop_timeout'),
        ('healthcheck', {'healthcheck': 'x'}, 'healthcheck'),
        ('networks', {'networks': 'back'}, 'networking_config'),
    ],
)
def test_what_a_client_cannot_do_is_not_asked_for(make_setup, feature, settings, key):
    setup = make_setup(web(**settings), features={feature: False})
    assert key not in setup.create_kwargs('web')


@pytest.mark.parametrize(('version', 'is_given'), [('1.21', False), ('1.22', True)])
def test_old_engines_join_all_networks_after_creation(make_setup, version, is_given):
    setup = make_setup(web(networks='back'), version=version)
    assert ('networking_config' in setup.create_kwargs('web')) is is_given


def test_named_volumes_are_no_paths_on_old_engines(make_setup):
    setup = make_setup(web(attaches='data', shares='/s'), features={'volumes': False})
    created = setup.create_kwargs('web')
    assert (created['volumes'], created['host_config']) == (['/s'], host_config(volumes_from=['shop.data']))


def test_changes_of_a_configuration_count_at_once(make_setup):
    setup = make_setup(web())
    config = setup.policy.container_maps['shop'].get_existing('web')
    config.create_options['command'] = 'later'
    config.exposes = [8080]
    created = setup.create_kwargs('web')
    assert (created['command'], created['ports']) == ('later', [8080])


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({}, {}),
        ({'links': ['db.i1', ('api', 'a')]}, {'links': [('shop.db.i1', 'db-i1'), ('shop.api', 'a')]}),
        ({'binds': [('/c', '/h', 'ro')]}, {'binds': ['/h:/c:ro']}),
        ({'exposes': [80, (81, 81)]}, {'port_bindings': {81: [81]}}),
        ({'network_mode': 'bridge'}, {'network_mode': 'bridge'}),
        ({'network_mode': 'db.i1', 'links': 'api', 'exposes': [(80, 80)]}, {'network_mode': 'container:shop.db.i1'}),
        (
            {'host_config': {'links': [('x', 'y')], 'dns': ['8.8.8.8'], 'mem_limit': lazy(lambda: '1m')}},
            {'links': [('x', 'y')], 'dns': ['8.8.8.8'], 'mem_limit': '1m'},
        ),
        ({'host_config': lambda: {'privileged': True}}, {'privileged': True}),
    ],
    ids=without_addresses,
)
def test_a_setting_becomes_an_argument_of_the_host_configuration(make_setup, settings, expected):
    setup = make_setup(web(**settings))
    built = setup.runner.get_container_host_config_kwargs(setup.action('container', 'web'), None)
    assert built == {**NO_HOST, **expected}


def test_for_the_start_the_host_configuration_has_the_container(make_setup):
    setup = make_setup(web(host_config={'mem_limit': '1m'}))
    built = setup.runner.get_container_host_config_kwargs(
        setup.action('container', 'web'), 'shop.web', kwargs={'mem_limit': '2m'}
    )
    assert built == {**NO_HOST, 'container': 'shop.web', 'mem_limit': '2m'}


@pytest.mark.parametrize(
    ('features', 'kwargs', 'expected'),
    [
        ({}, None, {}),
        (
            {},
            {'user': 'x', 'host_config': {'binds': ['/a:/b']}},
            {'user': 'x', 'host_config': HostConfig(version='1.41', binds=['/a:/b'])},
        ),
        ({'host_config': USE_HC_MERGE}, {'host_config': {'binds': ['/a:/b']}}, {'binds': ['/a:/b']}),
        ({'host_config': False}, {'host_config': {'binds': ['/a:/b']}}, {}),
    ],
)
def test_a_container_stands_in_for_a_volume_on_old_engines(make_setup, features, kwargs, expected):
    setup = make_setup(
        web(attaches='data', user='7'),
        features={'volumes': False, **features},
        option_defaults={'base_image': 'base:1'},
    )
    action = setup.action('volume', 'web', 'data')
    assert setup.runner.get_attached_container_create_kwargs(action, 'shop.data', kwargs=kwargs) == {
        'name': 'shop.data',
        'image': 'base:1',
        'volumes': ['/data'],
        'user': '7',
        'network_disabled': True,
        **expected,
    }


def test_the_volume_of_such_a_container_can_be_called_after_its_parent(make_setup):
    setup = make_setup(
        {'web': {'attaches': [('data', '/own')]}, 'use_attached_parent_name': True}, features={'volumes': False}
    )
    action = setup.action('volume', 'web', 'data')
    built = setup.runner.get_attached_container_create_kwargs(action, 'shop.web.data')
    assert built['volumes'] == ['/own']


@pytest.mark.parametrize(
    ('name', 'kwargs', 'expected'),
    [
        (None, None, {}),
        ('shop.data', None, {'container': 'shop.data'}),
        ('shop.data', {'binds': ['/a:/b']}, {'container': 'shop.data', 'binds': ['/a:/b']}),
    ],
)
def test_such_a_container_has_no_host_configuration_of_its_own(make_setup, name, kwargs, expected):
    setup = make_setup(web(attaches='data'), features={'volumes': False})
    action = setup.action('volume', 'web', 'data')
    assert setup.runner.get_attached_container_host_config_kwargs(action, name, kwargs=kwargs) == expected

"""What each basic method asks of the client, and what the policy knows afterwards."""

from __future__ import annotations

import pytest
import requests

from dockermap.docker_api import APIError, HostConfig
from dockermap.map.policy.label import LABEL
from dockermap.testing import Process

MAP = {
    'web': {'attaches': 'data', 'networks': 'back', 'stop_timeout': 3},
    'networks': {'back': None},
    'volumes': {'data': '/data'},
}


@pytest.fixture
def setup(make_setup):
    return make_setup(MAP)


@pytest.fixture
def old_setup(make_setup):
    """An engine without named volumes."""
    return make_setup(MAP, features={'volumes': False})


def without_label(kwargs):
    labels = dict(kwargs['labels'])
    assert labels.pop(LABEL)
    return {key: value for key, value in kwargs.items() if key != 'labels'}


def test_a_network_is_created_and_known(setup):
    response = setup.runner.create_network(setup.acting('network', 'back'), 'shop.back', attachable=True)
    assert without_label(setup.calls('create_network')[0]) == {
        'name': 'shop.back',
        'driver': 'bridge',
        'options': {},
        'attachable': True,
        'check_duplicate': True,
    }
    assert setup.policy.network_names['__default__']['shop.back'] == response['Id']


@pytest.mark.parametrize('kind', ['lost-after', 'timeout-after'])
def test_a_network_whose_creation_was_not_answered_is_used_if_it_is_there(setup, kind):
    setup.engine.faults.add('create_network', kind=kind)
    response = setup.runner.create_network(setup.acting('network', 'back'), 'shop.back')
    network = setup.engine.network('shop.back')
    assert response['Id'] == setup.policy.network_names['__default__']['shop.back'] == network.id


@pytest.mark.parametrize('others', [None, {'org.docker-map.map': 'shop'}])
def test_a_network_that_somebody_else_created_is_not_taken_for_one_whose_creation_was_not_answered(setup, others):
    engine = setup.engine
    if others is not None:
        engine.clock.after(0, lambda: engine.add_network('shop.back', labels=others))
        engine.clock.advance(1)
    engine.faults.add('create_network', kind='lost-before')
    with pytest.raises(requests.ConnectionError):
        setup.runner.create_network(setup.acting('network', 'back'), 'shop.back')


def test_an_engine_that_is_lost_while_a_network_is_created_is_told_as_that(setup):
    setup.engine.faults.add('create_network', kind='lost-before')
    assert setup.policy.network_names['__default__'] is not None
    setup.engine.faults.add('networks', kind='refused', text='another error')
    with pytest.raises(requests.ConnectionError):
        setup.runner.create_network(setup.acting('network', 'back'), 'shop.back')


def test_a_network_is_removed_and_forgotten(setup):
    setup.engine.add_network('shop.back')
    setup.runner.remove_network(setup.acting('network', 'back'), 'shop.back')
    assert setup.calls('remove_network') == [{'net_id': 'shop.back'}]
    assert 'shop.back' not in setup.policy.network_names['__default__']


def test_a_network_that_has_gone_already_is_forgotten(setup):
    setup.policy.network_names['__default__']['shop.back'] = 'gone'
    assert setup.runner.remove_network(setup.acting('network', 'back'), 'shop.back') is None
    assert 'shop.back' not in setup.policy.network_names['__default__']


def test_a_further_network_of_a_known_name_is_made_only_on_purpose(setup):
    setup.engine.add_network('shop.back')
    setup.runner.create_network(setup.acting('network', 'back'), 'shop.back')
    assert 'check_duplicate' not in setup.calls('create_network')[0]


def test_of_several_networks_with_a_name_the_oldest_one_is_removed(setup):
    first, second = setup.engine.add_network('shop.back'), setup.engine.add_network('shop.back')
    setup.runner.remove_network(setup.acting('network', 'back'), 'shop.back')
    assert setup.calls('remove_network') == [{'net_id': first.id}]
    assert setup.policy.network_names['__default__']['shop.back'] == second.id


def test_a_volume_is_created_and_known(setup):
    setup.runner.create_volume(setup.acting('volume', 'web', 'data'), 'shop.data')
    assert without_label(setup.calls('create_volume')[0]) == {'name': 'shop.data', 'driver': 'local'}
    assert 'shop.data' in setup.policy.volume_names['__default__']


def test_a_volume_is_removed_and_forgotten(setup):
    setup.engine.add_volume('shop.data')
    setup.runner.remove_volume(setup.acting('volume', 'web', 'data'), 'shop.data')
    assert setup.calls('remove_volume') == [{'name': 'shop.data'}]
    assert 'shop.data' not in setup.policy.volume_names['__default__']


def test_without_named_volumes_a_container_is_created_and_started(old_setup):
    action = old_setup.acting('volume', 'web', 'data')
    response = old_setup.runner.create_volume(action, 'shop.data')
    assert without_label(old_setup.calls('create_container')[0]) == {
        'name': 'shop.data',
        'image': 'tianon/true:latest',
        'volumes': ['/data'],
        'user': None,
        'network_disabled': True,
    }
    assert old_setup.calls('start') == [{'container': 'shop.data'}]
    assert old_setup.policy.container_names['__default__']['shop.data'] == response['Id']


def test_the_image_of_such_a_container_is_pulled_if_it_is_missing(make_setup, engine):
    engine.registry('127.0.0.1:1').publish('127.0.0.1:1/base:2')
    setup = make_setup(MAP, features={'volumes': False}, option_defaults={'base_image': '127.0.0.1:1/base:2'})
    setup.runner.create_volume(setup.acting('volume', 'web', 'data'), 'shop.data')
    assert setup.engine.changes[:2] == ['pull 127.0.0.1:1/base:2', 'create_container shop.data']


def test_clients_without_host_configuration_get_its_arguments_at_the_start(make_setup, old_client):
    setup = make_setup(MAP, old_client, features={'volumes': False, 'host_config': False})
    setup.engine.add_network('shop.back')
    setup.runner.create_volume(setup.acting('volume', 'web', 'data'), 'shop.data')
    setup.runner.create_container(setup.acting('container', 'web'), 'shop.web')
    setup.runner.start_container(setup.acting('container', 'web'), 'shop.web', mem_limit='1m')
    assert setup.calls('start') == [
        {'container': 'shop.data'},
        {
            'container': 'shop.web',
            'links': [],
            'binds': [],
            'volumes_from': ['shop.data'],
            'port_bindings': {},
            'mem_limit': '1m',
        },
    ]


def test_such_a_container_can_be_started_again(old_setup):
    old_setup.engine.add_container('shop.data')
    old_setup.runner.start_volume(old_setup.acting('volume', 'web', 'data'), 'shop.data')
    assert old_setup.calls('start') == [{'container': 'shop.data'}]


def test_such_a_container_is_removed_and_forgotten(old_setup):
    old_setup.engine.add_container('shop.data')
    old_setup.runner.remove_volume(old_setup.acting('volume', 'web', 'data'), 'shop.data')
    assert old_setup.calls('remove_container') == [{'container': 'shop.data'}]
    assert 'shop.data' not in old_setup.policy.container_names['__default__']


def test_a_container_is_created_and_known(setup):
    setup.engine.add_network('shop.back')
    action = setup.acting('container', 'web')
    response = setup.runner.create_container(action, 'shop.web', expose={80: 80}, tty=True, dns=['1.1.1.1'])
    assert without_label(setup.calls('create_container')[0]) == {
        'name': 'shop.web',
        'image': 'web:latest',
        'volumes': ['/data'],
        'user': None,
        'ports': [80],
        'domainname': None,
        'hostname': 'shop-web',
        'stop_timeout': 3,
        'tty': True,
        'networking_config': {'EndpointsConfig': {'shop.back': {}}},
        'host_config': HostConfig(
            version='1.41',
            links=[],
            binds=['shop.data:/data:rw'],
            volumes_from=[],
            port_bindings={80: [80]},
            dns=['1.1.1.1'],
        ),
    }
    assert setup.policy.container_names['__default__']['shop.web'] == response['Id']


def test_arguments_of_a_call_are_no_part_of_the_map(setup):
    setup.engine.add_network('shop.back')
    action = setup.acting('container', 'web')
    setup.runner.create_container(action, 'shop.web', expose={80: 80}, create_options={'tty': True})
    assert not action.config.exposes
    assert not action.config.create_options


def test_a_client_need_not_tell_ids(make_setup, client):
    client.create_container = lambda **kwargs: None
    setup = make_setup({'web': None})
    assert setup.runner.create_container(setup.acting('container', 'web'), 'shop.web') is None
    assert 'shop.web' in setup.policy.container_names['__default__']


def test_a_relative_host_path_is_refused_before_anything_is_created(make_setup):
    setup = make_setup({'web': {'binds': [('/direct', 'direct')]}})
    with pytest.raises(ValueError, match="'direct'"):
        setup.runner.create_container(setup.acting('container', 'web'), 'shop.web')
    assert setup.engine.changes == []


def test_a_container_is_started_by_its_name(setup):
    setup.engine.add_container('shop.web')
    setup.runner.start_container(setup.acting('container', 'web'), 'shop.web')
    assert setup.calls('start') == [{'container': 'shop.web'}]


def test_a_start_is_waited_for_as_configured(make_setup, engine):
    setup = make_setup({'web': {'start_delay': 2.5}})
    engine.add_container('shop.web')
    before = engine.clock.now()
    setup.runner.start_container(setup.acting('container', 'web'), 'shop.web')
    assert engine.clock.now() - before == 2.5


@pytest.mark.parametrize(
    ('method', 'kwargs', 'call', 'expected'),
    [
        ('restart', {}, 'restart', {'timeout': 3}),
        ('restart', {'timeout': 1}, 'restart', {'timeout': 1}),
        ('stop', {}, 'stop', {'timeout': 3}),
        ('remove_container', {'v': True}, 'remove_container', {'v': True}),
        ('update_container', {'update_values': {'cpu_shares': 7}}, 'update_container', {'cpu_shares': 7}),
        ('kill', {'signal': 'HUP'}, 'kill', {'signal': 'HUP'}),
        ('wait', {'timeout': 5}, 'wait', {'timeout': 5}),
    ],
)
def test_simple_actions_are_one_call(setup, method, kwargs, call, expected):
    setup.engine.add_container('shop.web', running=method != 'remove_container', command='sleep 4')
    getattr(setup.runner, method)(setup.acting('container', 'web'), 'shop.web', **kwargs)
    assert setup.calls(call) == [{'container': 'shop.web', **expected}]


def test_a_container_joins_the_oldest_one_of_several_networks_with_a_name(setup):
    network, _ = (setup.engine.add_network('shop.back') for _ in range(2))
    setup.runner.create_container(setup.acting('container', 'web'), 'shop.web')
    created = setup.calls('create_container')[0]
    assert created['networking_config'] == {'EndpointsConfig': {network.id: {}}}


def test_a_removed_container_is_forgotten(setup):
    setup.engine.add_container('shop.web')
    assert 'shop.web' in setup.policy.container_names['__default__']
    setup.runner.remove_container(setup.acting('container', 'web'), 'shop.web')
    assert 'shop.web' not in setup.policy.container_names['__default__']


def test_a_container_that_has_gone_need_not_be_removed(setup):
    assert setup.runner.remove_container(setup.acting('container', 'web'), 'shop.web') is None


def test_the_removal_by_the_engine_is_waited_for(setup):
    engine = setup.engine
    container = engine.add_container('shop.web')
    engine.faults.add('remove_container', kind='refused', status=409, text='removal is already in progress')
    engine.clock.after(0.25, lambda: engine.lifecycle.remove(container))
    setup.runner.remove_container(setup.acting('container', 'web'), 'shop.web')
    assert engine.names() == []


def test_a_container_that_the_engine_is_about_to_remove_is_not_started_but_its_name_is_free_then(setup):
    engine = setup.engine
    container = engine.add_container('shop.web')
    text = 'container is marked for removal and cannot be started'
    engine.faults.add('start', kind='refused', status=409, text=text)
    engine.clock.after(0.25, lambda: engine.lifecycle.remove(container))
    with pytest.raises(APIError, match='marked for removal'):
        setup.runner.start_container(setup.acting('container', 'web'), 'shop.web')
    assert engine.names() == []


@pytest.mark.parametrize(('status', 'text'), [(409, 'container is paused'), (500, 'removal of a layer failed')])
def test_other_reasons_not_to_start_are_told_at_once(setup, status, text):
    engine = setup.engine
    engine.add_container('shop.web')
    engine.faults.add('start', kind='refused', status=status, text=text)
    before = engine.clock.now()
    with pytest.raises(APIError, match=text):
        setup.runner.start_container(setup.acting('container', 'web'), 'shop.web')
    assert engine.clock.now() == before


def test_who_lost_a_network_is_told_what_creates_it_again(setup):
    setup.engine.add_container('shop.web')
    setup.engine.faults.add('start', kind='refused', status=404, text='network 0123 not found')
    with pytest.raises(APIError, match=r'network 0123 not found\. A network .* was removed since; startup and update'):
        setup.runner.start_container(setup.acting('container', 'web'), 'shop.web')


def test_an_end_without_limit_is_waited_for_as_long_as_the_container_is_there(setup):
    engine = setup.engine
    engine.add_container('shop.web', running=True, process=Process(seconds=12))
    setup.runner.wait(setup.acting('container', 'web'), 'shop.web')
    assert [call['timeout'] for call in setup.calls('wait')] == [5, 5, 5]
    assert len(setup.calls('inspect_container')) == 2


def test_the_end_of_a_container_that_is_gone_meanwhile_is_not_waited_for(setup, client):
    engine = setup.engine
    engine.add_container('shop.web', running=True)
    engine.faults.add('wait', kind='timeout-before')
    engine.faults.add('inspect_container', kind='refused', status=404, text='No such container: shop.web')
    with pytest.raises(APIError, match='No such container'):
        setup.runner.wait(setup.acting('container', 'web'), 'shop.web')


def test_a_running_container_is_not_removed(setup):
    setup.engine.add_container('shop.web', running=True)
    with pytest.raises(APIError, match='running'):
        setup.runner.remove_container(setup.acting('container', 'web'), 'shop.web')


@pytest.mark.parametrize(
    ('kwargs', 'connected'),
    [
        ({}, ['shop.front']),
        ({'skip_first': False}, ['shop.back', 'shop.front']),
        ({'networks': 'third', 'tty': True}, ['shop.front', 'shop.third']),
    ],
)
def test_all_networks_but_the_first_are_joined_after_creation(make_setup, kwargs, connected):
    setup = make_setup({'web': {'networks': ['back', 'front']}, 'networks': dict.fromkeys(['back', 'front', 'third'])})
    setup.engine.add_container('shop.web')
    for name in ('back', 'front', 'third'):
        setup.engine.add_network(f'shop.{name}')
    setup.runner.connect_all_networks(setup.acting('container', 'web'), 'shop.web', **kwargs)
    assert [call['net_id'] for call in setup.calls('connect_container_to_network')] == connected


@pytest.mark.parametrize(
    ('settings', 'client_settings', 'count'),
    [
        ({}, {'version': '1.21'}, 2),
        ({}, {'features': {'networks': False}}, 0),
        ({'network_mode': 'host'}, {}, 0),
        ({'network_mode': 'container:x'}, {}, 0),
        ({'network_mode': 'none'}, {}, 0),
    ],
)
def test_how_many_networks_are_joined_depends_on_engine_and_mode(make_setup, settings, client_settings, count):
    setup = make_setup(
        {'web': {'networks': ['back', 'front'], **settings}, 'networks': {'back': None, 'front': None}},
        **client_settings,
    )
    setup.engine.add_container('shop.web')
    for name in ('back', 'front'):
        setup.engine.add_network(f'shop.{name}')
    setup.runner.connect_all_networks(setup.acting('container', 'web'), 'shop.web')
    assert len(setup.calls('connect_container_to_network')) == count


def test_networks_are_called_by_name_unless_that_is_not_clear(setup):
    setup.engine.add_container('shop.web')
    _, network, _ = (setup.engine.add_network(name) for name in ('shop.back', 'shop.front', 'shop.front'))
    action = setup.acting('container', 'web')
    endpoints = [action.config.networks[0]._replace(network_name=name) for name in ('back', 'front')]
    setup.runner.connect_networks(action, 'shop.web', endpoints)
    setup.runner.disconnect_networks(action, 'shop.web', {'shop.front', 'shop.back'})
    assert [call['net_id'] for call in setup.calls('connect_container_to_network')] == ['shop.back', network.id]
    assert [call['net_id'] for call in setup.calls('disconnect_container_from_network')] == ['shop.back', network.id]


def test_networks_that_are_gone_are_left_by_force(setup):
    container = setup.engine.add_container('shop.web')
    for name in ('shop.back', 'shop.gone'):
        setup.engine.add_network(name)
        setup.client.connect_container_to_network('shop.web', name)
    setup.client.remove_network('shop.gone')
    setup.runner.disconnect_networks(setup.acting('container', 'web'), 'shop.web', {'shop.gone', 'shop.back'})
    assert setup.calls('disconnect_container_from_network') == [
        {'container': 'shop.web', 'net_id': 'shop.back'},
        {'container': 'shop.web', 'net_id': 'shop.gone', 'force': True},
    ]
    assert list(container.endpoints) == ['bridge']


def test_containers_that_have_gone_need_not_be_disconnected(setup):
    setup.engine.add_network('shop.back')
    setup.engine.add_container('other')
    setup.client.connect_container_to_network('other', 'shop.back')
    setup.runner.disconnect_all_containers(setup.acting('network', 'back'), 'shop.back', ['gone', 'other'])
    assert [call['container'] for call in setup.calls('disconnect_container_from_network')] == ['gone', 'other']

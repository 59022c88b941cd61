from __future__ import annotations

import pytest

from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy


@pytest.mark.parametrize(
    ('arguments', 'name'),
    [
        (('shop', 'web'), 'shop.web'),
        (('shop', 'web', None), 'shop.web'),
        (('shop', 'web', ''), 'shop.web'),
        (('shop', 'web', 'i1'), 'shop.web.i1'),
    ],
)
def test_a_container_is_named_after_map_configuration_and_instance(arguments, name):
    assert BasePolicy.cname(*arguments) == name


@pytest.mark.parametrize(
    ('arguments', 'name'),
    [
        (('shop', 'logs'), 'shop.logs'),
        (('shop', 'logs', None), 'shop.logs'),
        (('shop', 'logs', 'web'), 'shop.web.logs'),
    ],
)
def test_an_attached_volume_is_named_after_map_and_alias(arguments, name):
    assert BasePolicy.aname(*arguments) == name


@pytest.mark.parametrize(
    ('network', 'name'),
    [
        ('back', 'shop.back'),
        ('bridge', 'bridge'),
        ('host', 'host'),
        ('none', 'none'),
    ],
)
def test_a_network_is_named_after_map_unless_each_engine_has_it(network, name):
    assert BasePolicy.nname('shop', network) == name


@pytest.mark.parametrize(
    ('arguments', 'host_name'),
    [
        (('shop.web_1.a', 'host_2'), 'shop-web-1-a-host-2'),
        (('shop.web',), 'shop-web'),
        (('shop.web', None), 'shop-web'),
        (('shop.web', ''), 'shop-web'),
        (('shop.web', '__default__'), 'shop-web'),
    ],
)
def test_a_host_name_has_no_dots_and_underscores(arguments, host_name):
    assert BasePolicy.get_hostname(*arguments) == host_name


def test_a_host_name_of_63_characters_stays():
    assert BasePolicy.get_hostname('a' * 63) == 'a' * 63


def test_a_longer_host_name_is_shortened_to_63_characters_that_differ():
    first, second = (BasePolicy.get_hostname('a' * 70 + end) for end in 'xy')
    assert len(first) == len(second) == 63
    assert first != second


def test_host_names_honour_the_options_of_the_policy():
    policy = BasePolicy({}, {}, None, {'hostname_replace': [('.', '_')], 'default_client_name': 'main'})
    assert policy.get_hostname('shop.web', 'main') == 'shop_web'
    assert BasePolicy.get_hostname('shop.web', 'main') == 'shop-web-main'


def test_a_policy_may_name_items_in_its_own_way():
    class Flat(BasePolicy):
        @classmethod
        def cname(cls, map_name, container, instance=None):
            return super().cname(map_name, container, instance).replace('.', '_')

        @classmethod
        def get_hostname(cls, container_name, client_name=None):
            return super().get_hostname(container_name, client_name).upper()

    assert Flat.cname('shop', 'web', 'i1') == 'shop_web_i1'
    assert Flat({}, {}).get_hostname('shop.web') == 'SHOP-WEB'


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('core_image', 'core:1'),
        ('base_image', 'base:1'),
        ('default_client_name', 'main'),
        ('hostname_replace', []),
        ('default_network_names', ['x']),
    ],
)
def test_policy_options_are_set_on_the_instance_alone(name, value):
    policy = BasePolicy({}, {}, None, {name: value, 'remove_attached': True})
    assert getattr(policy, name) == value
    assert getattr(BasePolicy, name) != value
    assert policy.option_defaults == {'remove_attached': True}


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('core_image', 'busybox:latest'),
        ('base_image', 'tianon/true:latest'),
        ('default_client_name', '__default__'),
        ('hostname_replace', [('_', '-'), ('.', '-')]),
        ('default_network_names', ['bridge']),
    ],
)
def test_policy_options_have_defaults(name, value):
    assert getattr(BasePolicy, name) == value


def test_the_given_option_defaults_are_not_changed():
    given = {'core_image': 'core:1'}
    BasePolicy({}, {}, None, given)
    assert given == {'core_image': 'core:1'}


def test_map_defaults_apply_where_the_map_says_nothing():
    maps = {'a': ContainerMap('a', {'c': {}}), 'b': ContainerMap('b', {'c': {}, 'repository': 'own.example'})}
    policy = BasePolicy(maps, {}, {'repository': 'hub.example'})
    assert policy.container_maps['a'].get_image('c') == ('hub.example/c', 'latest')
    assert policy.container_maps['b'].get_image('c') == ('own.example/c', 'latest')


def test_container_configurations_are_shared_with_the_map_given_in():
    container_map = ContainerMap('shop', {'web': {'create_options': {'environment': {'A': '1'}}}})
    policy = BasePolicy({'shop': container_map}, {})
    container_map.containers['web'].create_options['environment']['A'] = '2'
    assert policy.container_maps['shop'].containers['web'].create_options == {'environment': {'A': '2'}}


def test_an_item_without_clients_runs_on_the_default_client():
    maps = {'shop': ContainerMap('shop', {'web': {}, 'api': {'clients': ['c2']}})}
    policy = BasePolicy(maps, {}, None, {'default_client_name': 'main'})
    ids = {config_id.config_name: config_id for config_id, _ in policy.container_maps['shop'].dependency_items()}
    assert policy.get_client_names(ids['web']) == ['main']
    assert policy.get_client_names(ids['api']) == ['c2']


@pytest.mark.parametrize(('by_parent', 'expected'), [(False, 'shop.data'), (True, 'shop.web.data')])
def test_an_attached_volume_has_the_name_of_its_configuration_only_where_the_map_says_so(
    make_policy, by_parent, expected
):
    policy = make_policy({'web': {'attaches': {'data': '/data'}}, 'use_attached_parent_name': by_parent})
    assert policy.item_name(MapConfigId(ItemType.VOLUME, 'shop', 'web', 'data')) == expected

"""Checking written settings before anything is done."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.options import validate_items

WEB = MapConfigId(ItemType.CONTAINER, 'shop', 'web')
NETWORK = MapConfigId(ItemType.NETWORK, 'shop', 'back')
VOLUME = MapConfigId(ItemType.VOLUME, 'shop', 'web', 'data')


@pytest.fixture
def validate(make_policy):
    def check(container_map, *config_ids):
        policy = make_policy(container_map)
        policy.clients['__default__'].interfaces['lan'] = '10.0.0.1'
        validate_items(policy, config_ids or [WEB])

    return check


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'create_options': {'mem_limits': 1}}, r"shop\.web\.create_options: .*'mem_limits'; did you mean 'mem_limit'"),
        ({'host_config': {'privilege': True}}, r"shop\.web\.host_config: .*did you mean 'privileged'"),
        ({'create_options': {'name': 'x'}}, "It is the configuration's 'name'"),
        ({'create_options': {'image': 'x'}}, "It is the configuration's 'image'"),
        ({'create_options': {'host_config': {}}}, "Its entries go into the configuration's 'host_config'"),
        ({'binds': [('/direct', 'direct')]}, r"shop\.web\.binds\[0\]: .*'direct'"),
        ({'binds': ['conf', ('./x', '/x')]}, r"shop\.web\.binds\[1\]: .*'\./x'"),
        ({'shares': ['/a', 'b']}, r"shop\.web\.shares\[1\]: .*'b'"),
        ({'attaches': [('x', 'b')]}, r"shop\.web\.attaches\[0\]: .*'b'"),
        ({'uses': [('data', 'b')]}, r"shop\.web\.uses\[0\]: .*'b'"),
        ({'exposes': [80, (80, 80, 'lam')]}, r"shop\.web\.exposes\[1\]: .*'lam'.*did you mean 'lan'"),
        ({'exposes': [(80, 80, 'lan', True)]}, 'interfaces_ipv6'),
        ({'exposes': [(80, 0, 'lna')]}, "'lna'"),
    ],
)
def test_what_cannot_work_is_an_error_with_its_place(validate, settings, message):
    with pytest.raises(ValueError, match=message):
        validate(
            {
                'web': settings,
                'store': {'attaches': 'data'},
                'volumes': {'data': '/data', 'conf': '/conf'},
                'host': {'conf': '/h'},
            }
        )


def test_an_instance_without_host_path_is_an_error(validate):
    container_map = {
        'web': {'binds': 'conf', 'instances': ['i1']},
        'volumes': {'conf': '/conf'},
        'host': {'conf': {'i1': '/h'}},
    }
    validate(container_map, WEB._replace(instance_name='i1'))
    with pytest.raises(ValueError, match='i2'):
        validate(container_map, WEB._replace(instance_name='i2'))


@pytest.mark.parametrize(
    ('section', 'config_id', 'settings', 'message'),
    [
        ('networks', NETWORK, {'create_options': {'label': {}}}, r"shop\.networks\.back\.create_options: .*'labels'"),
        ('networks', NETWORK, {'driver_options': {'mtu': [1]}}, r'shop\.networks\.back\.driver_options\.mtu'),
        ('volumes', VOLUME, {'create_options': {'internal': True}}, r'shop\.volumes\.data\.create_options'),
        ('volumes', VOLUME, {'driver_options': {'o': {}}}, r'shop\.volumes\.data\.driver_options\.o'),
    ],
)
def test_networks_and_volumes_are_checked_as_well(validate, section, config_id, settings, message):
    with pytest.raises(ValueError, match=message):
        validate(
            {'web': {'attaches': [('data', '/data')]}, section: {config_id.instance_name or 'back': settings}},
            config_id,
        )


@pytest.mark.parametrize(
    'settings',
    [
        {'create_options': {'mem_limit': 1, 'tty': True}, 'host_config': {'labels': {}}},
        {'create_options': lambda: {'nosuch': 1}},
        {'binds': [(lazy(lambda: 'x'), lazy(lambda: 'y'))]},
        {'binds': [('/x', 'C:\\data')]},
        {'exposes': [(80, 80, 'lan'), (81, None, 'nosuch'), (82, 82, lazy(lambda: 'x'))]},
        {'shares': [lazy(lambda: 'x')]},
    ],
)
def test_what_may_work_is_accepted_and_late_values_are_not_evaluated(validate, settings):
    validate({'web': settings})
    # The rest of the same configuration is looked at nevertheless.
    with pytest.raises(ValueError, match=r'^shop\.web\.exec_commands\[0\]: '):
        validate({'web': {**settings, 'exec_commands': ['sh -c "date']}})


def test_a_relative_path_below_the_root_is_absolute(validate):
    binds = {'binds': [('/direct', 'direct')]}
    with pytest.raises(ValueError, match=r'^shop\.web\.binds\[0\]: .*absolute'):
        validate({'web': binds})
    validate({'web': binds, 'host': {'root': '/srv'}})


UNKNOWN = [
    MapConfigId(ItemType.CONTAINER, 'shop', 'nosuch'),
    NETWORK,
    VOLUME,
    MapConfigId(ItemType.IMAGE, 'shop', 'web', '1'),
    MapConfigId(ItemType.CONTAINER, 'nosuch', 'web'),
]


def test_what_is_not_configured_need_not_be_checked_and_what_comes_after_it_is(validate):
    assert validate({'web': None}, *UNKNOWN) is None
    with pytest.raises(ValueError, match=r'^shop\.web\.create_options: '):
        validate({'web': {'create_options': {'nosuch': 1}}}, *UNKNOWN, WEB)


def test_interfaces_are_checked_on_the_clients_that_are_there(validate):
    exposes = [(80, 80, 'lam')]
    assert validate({'web': {'exposes': exposes, 'clients': ['nosuch']}}) is None
    with pytest.raises(ValueError, match=r"^shop\.web\.exposes\[0\]: On client '__default__': .*'lam'"):
        validate({'web': {'exposes': exposes, 'clients': ['nosuch', '__default__']}})


def test_only_the_given_items_are_checked(validate):
    wrong = {'web': None, 'other': {'create_options': {'nosuch': 1}}}
    validate(wrong)
    with pytest.raises(ValueError, match=r'^shop\.other\.create_options: '):
        validate(wrong, WEB, WEB._replace(config_name='other'))


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'binds': [('/a', '/h:x')]}, r"shop\.web\.binds\[0\]: .*':'.*'/h:x'"),
        ({'shares': ['/a:b']}, r"shop\.web\.shares\[0\]: .*':'"),
        ({'exec_commands': ['true', 'sh -c "date']}, r'shop\.web\.exec_commands\[1\]: .*a quote that is not closed'),
        ({'links': [('store', 'a/b')]}, r"shop\.web\.links\[0\]: .*'a/b'"),
        ({'networks': {'back': {'links': [('store', 'a:b')]}}}, r"shop\.web\.networks\[0\]\.links\[0\]: .*'a:b'"),
    ],
)
def test_what_engines_would_read_otherwise_is_an_error_with_its_place(validate, settings, message):
    with pytest.raises(ValueError, match=message):
        validate({'web': settings, 'store': {}, 'networks': {'back': {}}})


@pytest.mark.parametrize('path', ['C:\\data', 'C:/data', '/data', '\\\\host\\share'])
def test_a_drive_is_no_end_of_a_path(validate, path):
    assert validate({'web': {'binds': [('/a', path)]}}) is None


@pytest.mark.parametrize('name', ['my app', 'café', 'a/b', 'a:b'])
def test_names_that_no_engine_accepts_are_an_error(validate, name):
    with pytest.raises(ValueError, match=rf"^shop\.{name}: .*'shop\.{name}'"):
        validate({name: {'image': 'web'}}, WEB._replace(config_name=name))


@pytest.mark.parametrize(
    ('container_map', 'config_id'),
    [
        ({'web': {'attaches': ['my data']}, 'volumes': {'my data': '/d'}}, VOLUME._replace(instance_name='my data')),
        ({'web': {'instances': ['i 1']}}, WEB._replace(instance_name='i 1')),
    ],
)
def test_so_are_those_of_volumes_and_instances(validate, container_map, config_id):
    with pytest.raises(ValueError, match='Engines do not accept'):
        validate(container_map, config_id)


def test_networks_may_be_called_anything(validate):
    assert validate({'web': {}, 'networks': {'my net': {}}}, NETWORK._replace(config_name='my net')) is None

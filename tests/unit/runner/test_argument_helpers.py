"""Volumes, binds, ports and preparation commands from lists of a configuration."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.runner.utils import (
    get_host_binds,
    get_port_bindings,
    get_preparation_cmd,
    get_volumes,
    get_volumes_from,
)

MAP = {
    'web': {
        'shares': ['/s', lazy(lambda: '/late')],
        'binds': ['conf', ('/own', 'own', 'ro')],
        'attaches': ['logs', ('tmp', '/scratch')],
        'uses': ['data', ('sock', '/here', 'ro'), ('db.i2', 'ro'), 'db.i1'],
    },
    'store': {'attaches': ['data', 'sock']},
    'db': {'instances': ['i1', 'i2'], 'shares': '/s'},
    'volumes': {'conf': '/conf', 'logs': '/logs', 'data': '/data', 'sock': '/sock'},
    'host': {'root': '/srv', 'conf': {'blue': 'b', 'default': 'd'}},
}
PARENTS = {
    'web': {'attaches': ['logs', ('tmp', '/scratch')], 'uses': ['store.data', 'store.sock', 'db.i1']},
    'store': {'attaches': [('data', '/data'), 'sock']},
    'db': {'instances': ['i1', 'i2'], 'shares': '/s'},
    'volumes': {'logs': '/logs', 'sock': '/sock'},
    'use_attached_parent_name': True,
}


@pytest.fixture
def of(make_setup):
    """Calls a function with the map, the configuration ``web`` and the policy of a map."""

    def call(container_map, function):
        setup = make_setup(container_map)
        extended = setup.policy.container_maps['shop']
        return function(extended, extended.get_existing('web'), setup.policy)

    return call


@pytest.mark.parametrize(
    ('include_named', 'paths'),
    [
        (False, ['/s', '/late', '/conf', '/own']),
        (True, ['/s', '/late', '/conf', '/own', '/logs', '/scratch', '/data', '/here']),
    ],
)
def test_paths_are_those_of_shared_bound_and_named_volumes(of, include_named, paths):
    assert of(MAP, lambda m, c, p: get_volumes(m, c, p.default_volume_paths['shop'], include_named)) == paths


def test_used_volumes_have_their_path_also_under_the_name_of_the_parent(of):
    found = of(PARENTS, lambda m, c, p: get_volumes(m, c, p.default_volume_paths['shop'], True))
    assert found == ['/logs', '/scratch', '/data', '/sock']


def test_an_unknown_alias_has_no_path(of):
    with pytest.raises(KeyError, match='logs'):
        of(MAP, lambda m, c, p: get_volumes(m, c, {'conf': '/conf'}, True))


@pytest.mark.parametrize(
    ('instance', 'named_volumes', 'binds'),
    [
        (None, False, ['/srv/d:/conf:rw', '/srv/own:/own:ro']),
        ('blue', False, ['/srv/b:/conf:rw', '/srv/own:/own:ro']),
        (
            'blue',
            True,
            [
                '/srv/b:/conf:rw',
                '/srv/own:/own:ro',
                'shop.logs:/logs:rw',
                'shop.tmp:/scratch:rw',
                'shop.data:/data:rw',
                'shop.sock:/here:ro',
            ],
        ),
    ],
)
def test_binds_are_host_paths_and_named_volumes(of, instance, named_volumes, binds):
    assert of(MAP, lambda m, c, p: get_host_binds(m, 'web', c, instance, p, named_volumes)) == binds


def test_named_volumes_can_be_called_after_their_parents(of):
    assert of(PARENTS, lambda m, c, p: get_host_binds(m, 'web', c, None, p, True)) == [
        'shop.web.logs:/logs:rw',
        'shop.web.tmp:/scratch:rw',
        'shop.store.data:/data:rw',
        'shop.store.sock:/sock:rw',
    ]


NAMESAKES = [
    (
        {
            'web': {'uses': 'conf'},
            'conf': {'binds': 'conf'},
            'volumes': {'conf': '/etc/conf'},
            'host': {'conf': '/srv/conf'},
        },
        'shop.conf',
    ),
    (
        {
            'web': {'uses': 'db.logs'},
            'db': {'instances': ['logs', 'main'], 'shares': '/s'},
            'volumes': {'logs': '/logs'},
            'use_attached_parent_name': True,
        },
        'shop.db.logs',
    ),
    (
        {
            'web': {'uses': 'db.logs'},
            'db': {'instances': ['logs'], 'shares': '/s'},
            'volumes': {'db.logs': '/logs'},
        },
        'shop.db.logs',
    ),
]
"""Maps where a container is called like a path in ``volumes`` that nobody attaches, and the name of the container."""


@pytest.mark.parametrize(('container_map', 'name'), NAMESAKES)
def test_only_what_is_attached_is_a_volume_and_all_else_a_container(of, container_map, name):
    assert of(container_map, lambda m, c, p: get_host_binds(m, 'web', c, None, p, True)) == []
    assert of(container_map, lambda m, c, p: get_volumes_from(m, 'web', c, p, True)) == [name]


@pytest.mark.parametrize(('container_map', 'name'), NAMESAKES)
def test_what_is_mounted_from_a_container_needs_no_volume_of_its_own(make_setup, container_map, name):
    created = make_setup(container_map).create_kwargs('web')
    assert (created['volumes'], created['host_config']['VolumesFrom']) == ([], [name])


def test_an_instance_without_host_path_is_an_error(of):
    with pytest.raises(ValueError, match='green'):
        of(MAP, lambda m, c, p: get_host_binds(m, 'web', c, 'green', p, True))


@pytest.mark.parametrize(
    ('include_volumes', 'names'),
    [
        (False, ['shop.db.i2:ro', 'shop.db.i1']),
        (True, ['shop.data', 'shop.sock:ro', 'shop.db.i2:ro', 'shop.db.i1', 'shop.logs', 'shop.tmp']),
    ],
)
def test_volumes_come_from_used_containers_and_from_those_that_stand_for_volumes(of, include_volumes, names):
    assert of(MAP, lambda m, c, p: get_volumes_from(m, 'web', c, p, include_volumes)) == names


def test_containers_that_stand_for_volumes_can_be_called_after_their_parents(of):
    assert of(PARENTS, lambda m, c, p: get_volumes_from(m, 'web', c, p, True)) == [
        'shop.store.data',
        'shop.store.sock',
        'shop.db.i1',
        'shop.web.logs',
        'shop.web.tmp',
    ]


@pytest.mark.parametrize(
    ('exposes', 'bindings'),
    [
        ([80, (81, 8081), (82, 8082, 'int')], {81: [8081], 82: [('10.1.0.1', 8082)]}),
        ([('53/udp', 53), (53, 5353), (53, 5354)], {'53/udp': [53], 53: [5353, 5354]}),
        ([(80, 8080, 'six', True)], {80: [('fd00::1', 8080)]}),
        ([(80, 0)], {80: [0]}),
        ([(80, lazy(lambda: 8080), lazy(lambda: 'late'))], {80: [('10.9.9.9', 8080)]}),
    ],
)
def test_published_ports_are_grouped_by_exposed_port(make_setup, exposes, bindings):
    setup = make_setup(
        {'web': {'exposes': exposes}},
        interfaces={'int': '10.1.0.1', 'late': lazy(lambda: '10.9.9.9')},
        interfaces_ipv6={'six': 'fd00::1'},
    )
    action = setup.action('container', 'web')
    assert get_port_bindings(action.config, action.client_config) == bindings


@pytest.mark.parametrize('ipv6', [False, True])
def test_an_unknown_interface_is_named(make_setup, ipv6):
    setup = make_setup({'web': {'exposes': [(80, 80, 'lan', ipv6)]}}, interfaces={'wan': '10.0.0.1'})
    action = setup.action('container', 'web')
    with pytest.raises(ValueError, match='lan'):
        get_port_bindings(action.config, action.client_config)


@pytest.mark.parametrize(
    ('user', 'permissions', 'commands'),
    [
        ('u', 'u=rwX', ['chown -R u:u /v', 'chmod -R u=rwX /v']),
        (('u', 'g'), None, ['chown -R u:g /v']),
        ('u:g', '', ['chown -R u:g /v']),
        (7, None, ['chown -R 7:7 /v']),
        (0, None, ['chown -R 0:0 /v']),
        (lazy(lambda: '7'), lazy(lambda: '0750'), ['chown -R 7:7 /v', 'chmod -R 0750 /v']),
        (lazy(lambda: None), lazy(lambda: None), []),
        (None, None, []),
        ('', '', []),
    ],
)
def test_volumes_are_prepared_by_chown_and_chmod(user, permissions, commands):
    assert list(get_preparation_cmd(user, permissions, '/v')) == commands


def test_preparation_commands_are_quoted():
    assert list(get_preparation_cmd('a b', 'u=rwX,g= ', '/v w')) == [
        "chown -R 'a b:a b' '/v w'",
        "chmod -R 'u=rwX,g= ' '/v w'",
    ]

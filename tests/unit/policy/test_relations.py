from __future__ import annotations

import pytest

from dockermap.dep import CircularDependency
from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy


def item(text: str) -> MapConfigId:
    """``C db`` or ``V app.v1`` or ``I i/app:2`` as the id of an item of map m."""
    kind, _, name = text.partition(' ')
    types = {'C': ItemType.CONTAINER, 'V': ItemType.VOLUME, 'N': ItemType.NETWORK, 'I': ItemType.IMAGE}
    separator = ':' if kind == 'I' else '.'
    config, _, instance = name.partition(separator)
    return MapConfigId(types[kind], 'm', config, instance or ('latest' if kind == 'I' else None))


@pytest.fixture
def policy():
    container_map = ContainerMap(
        'm',
        {
            'app': {'image': 'i/app:2', 'network_mode': 'nm', 'uses': 'd', 'links': 'db', 'attaches': {'v1': '/v1'}},
            'nm': {},
            'ds': {'attaches': {'d': '/d'}},
            'db': {},
        },
    )
    return BasePolicy({'m': container_map}, {})


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('C app', ['I nm', 'V ds.d', 'I ds', 'I db', 'C nm', 'C ds', 'C db', 'V app.v1', 'I i/app:2']),
        ('C db', ['I db']),
        ('V ds.d', []),
        ('I db', []),
    ],
)
def test_dependencies_of_a_map(policy, name, expected):
    assert policy.get_dependencies(item(name)) == [item(other) for other in expected]


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('C db', ['C app']),
        ('V ds.d', ['C app', 'C ds']),
        ('I db', ['C app', 'C db']),
        ('C app', []),
    ],
)
def test_dependents_in_a_map(policy, name, expected):
    assert policy.get_dependents(item(name)) == [item(other) for other in expected]


def test_items_may_be_plain_tuples(policy):
    assert policy.get_dependencies((ItemType.CONTAINER, 'm', 'db', None)) == [item('I db')]
    assert policy.get_dependents((ItemType.CONTAINER, 'm', 'db', None)) == [item('C app')]


def test_configurations_that_need_each_other_are_named():
    maps = {'m': ContainerMap('m', {'a': {'links': 'b'}, 'b': {'links': 'a'}}, check_integrity=False)}
    with pytest.raises(CircularDependency, match=r'container m\.a -> container m\.b -> container m\.a'):
        BasePolicy(maps, {}).get_dependencies(item('C a'))


def test_a_container_that_links_itself_is_named():
    maps = {'m': ContainerMap('m', {'a': {'links': 'a'}}, check_integrity=False)}
    with pytest.raises(CircularDependency) as error:
        BasePolicy(maps, {}).get_dependencies(item('C a'))
    assert error.value.is_direct


def volume_map(**settings):
    return ContainerMap(
        'm',
        {
            'app': {'attaches': ['log', ('tmp', '/scratch')], 'user': 7, 'permissions': 'u=rw'},
            'volumes': {'log': {'default_path': '/log', **settings.pop('log', {})}},
            **settings,
        },
    )


@pytest.mark.parametrize(
    ('by_parent', 'paths', 'users', 'permissions'),
    [
        (False, {'log': '/log', 'tmp': '/scratch'}, {'log': 7, 'tmp': 7}, {'log': 'u=rw', 'tmp': 'u=rw'}),
        (
            True,
            {'log': '/log', 'app.log': '/log', 'app.tmp': '/scratch'},
            {'app.log': 7, 'app.tmp': 7},
            {'app.log': 'u=rw', 'app.tmp': 'u=rw'},
        ),
    ],
)
def test_volume_tables_follow_the_names_of_volumes(by_parent, paths, users, permissions):
    policy = BasePolicy({'m': volume_map(use_attached_parent_name=by_parent)}, {})
    assert policy.default_volume_paths == {'m': paths}
    assert policy.volume_users == {'m': users}
    assert policy.volume_permissions == {'m': permissions}


def test_settings_of_a_volume_count_before_those_of_the_container():
    policy = BasePolicy({'m': volume_map(log={'user': 'root', 'permissions': 'a=r'})}, {})
    assert policy.volume_users['m'] == {'log': 'root', 'tmp': 7}
    assert policy.volume_permissions['m'] == {'log': 'a=r', 'tmp': 'u=rw'}


def test_an_own_path_counts_before_the_default_path():
    container_map = ContainerMap('m', {'app': {'attaches': {'log': '/own'}}, 'volumes': {'log': '/log'}})
    assert BasePolicy({'m': container_map}, {}).default_volume_paths == {'m': {'log': '/own'}}


def test_an_attached_volume_without_path_is_an_error_that_says_where():
    container_map = ContainerMap('m', {'app': {'attaches': 'log'}}, check_integrity=False)
    with pytest.raises(KeyError, match=r"m\.app: attached volume 'log' has no path"):
        BasePolicy({'m': container_map}, {})

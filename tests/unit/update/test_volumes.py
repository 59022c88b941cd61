"""Volumes, and what is mounted in containers."""

from __future__ import annotations

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.functional import lazy
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy
from dockermap.map.state import State, StateFlags
from dockermap.map.state.update.volume import (
    AbstractSingleVfsCheck,
    AbstractVolumeChecker,
    ContainerLegacyVolumeChecker,
    ContainerVolumeChecker,
    volume_differences,
)
from dockermap.testing import Process
from tests.unit.update.states import states_of

VOLUME = MapConfigId(ItemType.VOLUME, 'shop', 'app', 'data')
CONTENT = {
    'app': {'image': 'web', 'attaches': ['data', ('inline', '/inline')], 'shares': ['/shared'], 'binds': ['conf']},
    'web': {'image': 'web', 'uses': ['data', ('inline', '/elsewhere')], 'binds': [('/direct', '/host/direct')]},
    'all': {'image': 'web', 'uses': ['app']},
    'volumes': {'data': '/data', 'conf': '/conf', 'inline': '/default'},
    'host': {'root': '/srv', 'conf': 'conf'},
}
APP = {'/data': 'shop.data', '/inline': 'shop.inline', '/shared': 'anonymous', '/conf': '/srv/conf'}
WEB = {'/data': 'shop.data', '/elsewhere': 'shop.inline', '/direct': '/host/direct'}


def item(name, instance=None):
    return MapConfigId(ItemType.CONTAINER, 'shop', name, instance)


def check(checker, policy, name, volumes, instance=None):
    container_map = policy.container_maps['shop']
    return checker.check(item(name, instance), container_map, container_map.get_existing(name), volumes)


def found(checker, policy, name, volumes, instance=None):
    container_map = policy.container_maps['shop']
    single = checker.single_check(item(name, instance), container_map, container_map.get_existing(name), volumes)
    return [difference.property for difference in single.differences()]


def unchecked_policy(content):
    """A policy for a map whose references may lead nowhere."""
    return BasePolicy({'shop': ContainerMap('shop', content, check_integrity=False)}, {})


@pytest.fixture
def policy(make_policy):
    return make_policy(CONTENT)


@pytest.fixture
def checker(policy):
    return ContainerVolumeChecker(policy)


@pytest.mark.parametrize(('name', 'volumes'), [('app', APP), ('web', WEB)])
def test_mounts_as_configured_are_no_difference(policy, checker, name, volumes):
    assert check(checker, policy, name, volumes)


@pytest.mark.parametrize(
    ('name', 'volumes', 'changes', 'differences'),
    [
        ('app', APP, {'/conf': '/other'}, ['binds./conf']),
        ('app', APP, {'/conf': None}, ['binds./conf']),
        ('app', APP, {'/data': 'other'}, ['attaches./data']),
        ('app', APP, {'/inline': None}, ['attaches./inline']),
        ('web', WEB, {'/data': 'x'}, ['uses./data']),
        ('web', WEB, {'/elsewhere': None}, ['uses./elsewhere']),
        ('web', WEB, {'/direct': '/host'}, ['binds./direct']),
    ],
)
def test_each_other_mount_is_named(policy, checker, name, volumes, changes, differences):
    mounted = {path: source for path, source in {**volumes, **changes}.items() if source}
    assert found(checker, policy, name, mounted) == differences
    assert not check(checker, policy, name, mounted)


def test_paths_are_compared_in_their_plain_form(make_policy):
    policy = make_policy({'app': {'image': 'web', 'binds': [('/a/', '/host//x/')]}})
    assert check(ContainerVolumeChecker(policy), policy, 'app', {'/a': '/host/x'})


def test_late_paths_are_evaluated(make_policy):
    policy = make_policy(
        {
            'app': {'image': 'web', 'shares': [lazy(lambda: '/s')], 'attaches': ['d']},
            'volumes': {'d': lazy(lambda: '/d')},
        }
    )
    assert check(ContainerVolumeChecker(policy), policy, 'app', {'/s': 'x', '/d': 'shop.d'})


def test_host_paths_are_those_of_the_instance(make_policy):
    policy = make_policy(
        {
            'app': {'image': 'web', 'instances': ['i1', 'i2'], 'binds': ['c']},
            'volumes': {'c': '/c'},
            'host': {'c': {'i1': '/h1', 'i2': '/h2'}},
        }
    )
    checker = ContainerVolumeChecker(policy)
    assert check(checker, policy, 'app', {'/c': '/h1'}, 'i1')
    assert not check(checker, policy, 'app', {'/c': '/h1'}, 'i2')


def test_who_uses_a_container_has_what_that_one_shares(policy, checker):
    check(checker, policy, 'app', APP)
    assert check(checker, policy, 'all', {'/shared': 'anonymous'})


@pytest.mark.parametrize('volumes', [{}, {'/shared': 'earlier'}])
def test_who_uses_a_container_and_has_something_else_differs(policy, checker, volumes):
    check(checker, policy, 'app', APP)
    assert found(checker, policy, 'all', volumes) == ['uses./shared']


def test_who_uses_a_container_with_instances_has_what_one_of_them_shares():
    content = {
        'src': {'image': 'web', 'instances': ['i1', 'i2'], 'shares': ['/s']},
        'any': {'image': 'web', 'uses': ['src']},
        'second': {'image': 'web', 'uses': ['src.i2']},
    }
    policy = unchecked_policy(content)
    checker = ContainerVolumeChecker(policy)
    for instance in ('i1', 'i2'):
        check(checker, policy, 'src', {'/s': f'of-{instance}'}, instance)
    assert check(checker, policy, 'any', {'/s': 'of-i1'})
    assert check(checker, policy, 'any', {'/s': 'of-i2'})
    assert check(checker, policy, 'second', {'/s': 'of-i2'})
    assert not check(checker, policy, 'second', {'/s': 'of-i1'})


def test_an_own_bind_hides_what_another_container_shares(make_policy):
    policy = make_policy(
        {'a': {'image': 'web', 'shares': ['/s']}, 'b': {'image': 'web', 'uses': ['a'], 'binds': [('/s', '/host')]}}
    )
    checker = ContainerVolumeChecker(policy)
    check(checker, policy, 'a', {'/s': 'anonymous'})
    assert check(checker, policy, 'b', {'/s': '/host'})


def test_an_unknown_configuration_in_uses_is_named():
    policy = unchecked_policy({'app': {'image': 'web', 'uses': ['nothing']}})
    with pytest.raises(ValueError, match=r"shop\.app.*'nothing'"):
        check(ContainerVolumeChecker(policy), policy, 'app', {})


def test_names_of_volumes_include_the_container_where_the_map_says_so(make_policy):
    policy = make_policy(
        {
            'app': {'image': 'web', 'attaches': [('data', '/d')]},
            'web': {'image': 'web', 'uses': ['app.data']},
            'use_attached_parent_name': True,
        }
    )
    checker = ContainerVolumeChecker(policy)
    assert check(checker, policy, 'app', {'/d': 'shop.app.data'})
    assert check(checker, policy, 'web', {'/d': 'shop.app.data'})
    assert not check(checker, policy, 'web', {'/d': 'shop.data'})


class TestVolumeContainers:
    @pytest.fixture
    def checker(self, policy):
        checker = ContainerLegacyVolumeChecker(policy)
        checker.register_attached('data', '/data', '/vfs/1')
        checker.register_attached('inline', '/inline', '/vfs/2')
        return checker

    APP = {'/data': '/vfs/1', '/inline': '/vfs/2', '/conf': '/srv/conf', '/shared': '/vfs/3'}

    def test_mounts_of_the_volume_containers_are_no_difference(self, policy, checker):
        assert check(checker, policy, 'app', self.APP)
        assert check(checker, policy, 'web', {'/data': '/vfs/1', '/inline': '/vfs/2', '/direct': '/host/direct'})

    @pytest.mark.parametrize('change', [{'/data': '/vfs/9'}, {'/data': None}])
    def test_other_mounts_are_differences(self, policy, checker, change):
        mounted = {path: source for path, source in {**self.APP, **change}.items() if source}
        assert found(checker, policy, 'app', mounted) == ['attaches./data']

    def test_a_volume_container_that_was_not_found_is_a_difference(self, policy):
        checker = ContainerLegacyVolumeChecker(policy)
        assert found(checker, policy, 'app', self.APP) == ['attaches./data', 'attaches./inline']


@pytest.mark.parametrize('abstract', [AbstractSingleVfsCheck, AbstractVolumeChecker])
def test_abstract_checks_cannot_be_used(abstract):
    with pytest.raises(TypeError, match='abstract'):
        abstract(None, None, None, None, None, None) if abstract is AbstractSingleVfsCheck else abstract(None)


@pytest.mark.parametrize(
    ('wanted', 'details'),
    [
        ({}, {'Driver': 'local', 'Options': None}),
        ({'create_options': {'driver': 'nfs', 'driver_opts': {'a': 1}}}, {'Driver': 'nfs', 'Options': {'a': '1'}}),
        (
            {'driver_options': {'o': lazy(lambda: 'size=1m'), 'n': 1}},
            {'Driver': 'local', 'Options': {'o': 'size=1m', 'n': '1', 'x': ''}},
        ),
    ],
)
def test_a_volume_as_configured_has_no_differences(wanted, details):
    assert volume_differences(VOLUME, VolumeConfiguration(wanted), details) == []


@pytest.mark.parametrize(
    ('wanted', 'details', 'name'),
    [
        ({'driver': 'nfs'}, {'Driver': 'local', 'Options': {}}, 'driver'),
        ({'driver_options': {'o': 'x'}}, {'Driver': 'local', 'Options': None}, 'driver_options.o'),
        ({'driver_options': {'o': 'x'}}, {'Driver': 'local', 'Options': {'o': 'y'}}, 'driver_options.o'),
    ],
)
def test_each_difference_of_a_volume_is_named(wanted, details, name):
    differences = volume_differences(VOLUME, VolumeConfiguration(wanted), details)
    assert [difference.property for difference in differences] == [name]


class TestNamedVolumes:
    CONTENT = {'app': {'image': 'web', 'attaches': ['data']}, 'volumes': {'data': '/d'}}

    def test_that_are_missing_are_absent(self, make_policy):
        assert states_of(make_policy(self.CONTENT), 'app')['volume', 'data'][3:] == (State.ABSENT, 0, {})

    def test_changes_are_flagged(self, engine, make_policy):
        engine.add_volume('shop.data')
        content = {**self.CONTENT, 'volumes': {'data': {'default_path': '/d', 'driver': 'x'}}}
        state = states_of(make_policy(content), 'app')['volume', 'data']
        assert (state.base_state, state.state_flags, state.extra_data) == (State.PRESENT, StateFlags.MISC_MISMATCH, {})

    def test_without_changes_are_not_flagged(self, engine, make_policy):
        engine.add_volume('shop.data')
        assert states_of(make_policy(self.CONTENT), 'app')['volume', 'data'][3:] == (State.PRESENT, 0, {})


class TestVolumeContainersOnAnEngine:
    """A client without named volumes has containers that stand in for them."""

    @pytest.fixture
    def policy(self, make_policy):
        content = {'app': {'image': 'web', 'attaches': ['data']}, 'volumes': {'data': '/new'}}
        return make_policy(content, {'volumes': False})

    def add(self, engine, *paths):
        """Add the volume container, which has ended, and the container that has its volumes."""
        ended = Process(seconds=0)
        volumes = engine.add_container('shop.data', 'tianon/true', volumes=list(paths), running=True, process=ended)
        engine.add_container('shop.app', 'web', running=True, host_config={'VolumesFrom': ['shop.data']})
        return [mount.name for mount in volumes.mounts]

    def test_without_changes_serve_those_who_attach_them(self, engine, policy):
        self.add(engine, '/new')
        states = states_of(policy, 'app')
        assert states['volume', 'data'].state_flags == 0
        assert states['container', 'app'].state_flags == 0

    def test_with_another_path_are_a_difference_that_names_their_data(self, engine, policy):
        (data,) = self.add(engine, '/old')
        states = states_of(policy, 'app')
        (difference,) = states['volume', 'data'].differences
        assert states['volume', 'data'].state_flags == StateFlags.VOLUME_MISMATCH
        assert difference[1:] == ('mount', f'{data}:/new', f'{data}:/old')
        assert states['container', 'app'].state_flags == StateFlags.VOLUME_MISMATCH

    def test_with_a_bind_at_another_path_are_a_difference_that_names_the_directory(self, engine, policy):
        engine.add_container('shop.data', 'tianon/true', host_config={'Binds': ['/srv/data:/old']})
        (difference,) = states_of(policy, 'app')['volume', 'data'].differences
        assert difference[1:] == ('mount', '/srv/data:/new', '/srv/data:/old')

    def test_with_several_mounts_at_other_paths_are_left_alone(self, engine, policy):
        self.add(engine, '/old', '/older')
        assert states_of(policy, 'app')['volume', 'data'].state_flags == 0

    def test_without_mounts_are_left_alone(self, engine, policy):
        assert self.add(engine) == []
        assert states_of(policy, 'app')['volume', 'data'].state_flags == 0


def test_who_uses_a_container_that_is_called_like_a_path_has_what_that_one_has(docker_client):
    content = {
        'web': {'uses': 'conf'},
        'conf': {'image': 'web', 'binds': 'conf', 'shares': '/s'},
        'volumes': {'conf': '/etc/conf'},
        'host': {'conf': '/srv/conf'},
    }

    def client():
        return MappingDockerClient(
            ContainerMap('shop', content), ClientConfiguration(client=docker_client, version='1.41')
        )

    client().update('web')
    mounts = docker_client.inspect_container('shop.web')['Mounts']
    assert {mount['Destination']: mount['Type'] for mount in mounts} == {'/etc/conf': 'bind', '/s': 'volume'}
    assert not client().plan('update', 'web')

"""Volumes, and what is mounted in containers."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.state import State, StateFlags
from dockermap.map.state.update.volume import (
    AbstractSingleVfsCheck,
    AbstractVolumeChecker,
    ContainerLegacyVolumeChecker,
    ContainerVolumeChecker,
    volume_differences,
)

VOLUME = MapConfigId(ItemType.VOLUME, 'm', 'app', 'data')
CONTENT = {
    'app': {'image': 'img', 'attaches': ['data', ('inline', '/inline')], 'shares': ['/shared'], 'binds': ['conf']},
    'web': {'image': 'img', 'uses': ['data', ('inline', '/elsewhere')], 'binds': [('/direct', '/host/direct')]},
    'all': {'image': 'img', 'uses': ['app']},
    'volumes': {'data': '/data', 'conf': '/conf', 'inline': '/default'},
    'host': {'root': '/srv', 'conf': 'conf'},
}
APP = {'/data': 'm.data', '/inline': 'm.inline', '/shared': 'anonymous', '/conf': '/srv/conf'}
WEB = {'/data': 'm.data', '/elsewhere': 'm.inline', '/direct': '/host/direct'}


def item(name, instance=None):
    return MapConfigId(ItemType.CONTAINER, 'm', name, instance)


def check(checker, policy, name, volumes, instance=None):
    container_map = policy.container_maps['m']
    return checker.check(item(name, instance), container_map, container_map.get_existing(name), volumes)


def found(checker, policy, name, volumes, instance=None):
    container_map = policy.container_maps['m']
    single = checker.single_check(item(name, instance), container_map, container_map.get_existing(name), volumes)
    return [difference.property for difference in single.differences()]


@pytest.fixture
def policy(situation):
    return situation(CONTENT).policy


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


def test_paths_are_compared_in_their_plain_form(situation):
    policy = situation({'app': {'image': 'img', 'binds': [('/a/', '/host//x/')]}}).policy
    assert check(ContainerVolumeChecker(policy), policy, 'app', {'/a': '/host/x'})


def test_late_paths_are_evaluated(situation):
    policy = situation(
        {
            'app': {'image': 'img', 'shares': [lazy(lambda: '/s')], 'attaches': ['d']},
            'volumes': {'d': lazy(lambda: '/d')},
        }
    ).policy
    assert check(ContainerVolumeChecker(policy), policy, 'app', {'/s': 'x', '/d': 'm.d'})


def test_host_paths_are_those_of_the_instance(situation):
    policy = situation(
        {
            'app': {'image': 'img', 'instances': ['i1', 'i2'], 'binds': ['c']},
            'volumes': {'c': '/c'},
            'host': {'c': {'i1': '/h1', 'i2': '/h2'}},
        }
    ).policy
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


def test_who_uses_a_container_with_instances_has_what_one_of_them_shares(situation):
    content = {
        'src': {'image': 'img', 'instances': ['i1', 'i2'], 'shares': ['/s']},
        'any': {'image': 'img', 'uses': ['src']},
        'second': {'image': 'img', 'uses': ['src.i2']},
    }
    given = situation({'any': {'image': 'img'}})
    given.map = type(given.map)('m', content, check_integrity=False)
    policy = given.policy
    checker = ContainerVolumeChecker(policy)
    for instance in ('i1', 'i2'):
        check(checker, policy, 'src', {'/s': f'of-{instance}'}, instance)
    assert check(checker, policy, 'any', {'/s': 'of-i1'})
    assert check(checker, policy, 'any', {'/s': 'of-i2'})
    assert check(checker, policy, 'second', {'/s': 'of-i2'})
    assert not check(checker, policy, 'second', {'/s': 'of-i1'})


def test_an_own_bind_hides_what_another_container_shares(situation):
    policy = situation(
        {'a': {'image': 'img', 'shares': ['/s']}, 'b': {'image': 'img', 'uses': ['a'], 'binds': [('/s', '/host')]}}
    ).policy
    checker = ContainerVolumeChecker(policy)
    check(checker, policy, 'a', {'/s': 'anonymous'})
    assert check(checker, policy, 'b', {'/s': '/host'})


def test_an_unknown_configuration_in_uses_is_named(situation):
    given = situation({'app': {'image': 'img'}})
    given.map = type(given.map)('m', {'app': {'image': 'img', 'uses': ['nothing']}}, check_integrity=False)
    policy = given.policy
    with pytest.raises(ValueError, match=r"m\.app.*'nothing'"):
        check(ContainerVolumeChecker(policy), policy, 'app', {})


def test_names_of_volumes_include_the_container_where_the_map_says_so(situation):
    policy = situation(
        {
            'app': {'image': 'img', 'attaches': [('data', '/d')]},
            'web': {'image': 'img', 'uses': ['app.data']},
            'use_attached_parent_name': True,
        }
    ).policy
    checker = ContainerVolumeChecker(policy)
    assert check(checker, policy, 'app', {'/d': 'm.app.data'})
    assert check(checker, policy, 'web', {'/d': 'm.app.data'})
    assert not check(checker, policy, 'web', {'/d': 'm.data'})


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


def test_a_changed_volume_is_flagged(situation):
    given = situation(
        {'app': {'image': 'img', 'attaches': ['data']}, 'volumes': {'data': {'default_path': '/d', 'driver': 'x'}}}
    )
    given.engine.add_volume('m.data')
    state = given.states('app')['volume', 'data']
    assert (state.base_state, state.state_flags, state.extra_data) == (State.PRESENT, StateFlags.MISC_MISMATCH, {})


def test_an_unchanged_volume_is_not_flagged(situation):
    given = situation({'app': {'image': 'img', 'attaches': ['data']}, 'volumes': {'data': '/d'}})
    given.engine.add_volume('m.data')
    assert given.states('app')['volume', 'data'][3:] == (State.PRESENT, 0, {})


def legacy(situation, times, *mounts):
    given = situation({'app': {'image': 'img', 'attaches': ['data']}, 'volumes': {'data': '/new'}}, volumes=False)
    given.engine.add_container('m.data', State=times['stopped'], Mounts=list(mounts))
    return given


def test_an_unchanged_volume_container_serves_those_who_attach_it(situation, times):
    mount = {'Destination': '/new', 'Source': '/vfs/1', 'Name': 'hash'}
    given = legacy(situation, times, mount)
    given.engine.add_container('m.app', Mounts=[mount])
    states = given.states('app')
    assert states['volume', 'data'].state_flags == 0
    assert states['container', 'app'].state_flags == 0


def test_a_changed_path_of_a_volume_container_is_a_difference_that_names_its_data(situation, times):
    given = legacy(situation, times, {'Destination': '/old', 'Source': '/vfs/1', 'Name': 'hash'})
    given.engine.add_container('m.app', Mounts=[{'Destination': '/old', 'Source': '/vfs/1', 'Name': 'hash'}])
    states = given.states('app')
    (difference,) = states['volume', 'data'].differences
    assert states['volume', 'data'].state_flags == StateFlags.VOLUME_MISMATCH
    assert difference[1:] == ('mount', 'hash:/new', 'hash:/old')
    assert states['container', 'app'].state_flags == StateFlags.VOLUME_MISMATCH


def test_a_volume_container_without_mounts_is_left_alone(situation, times):
    assert legacy(situation, times).states('app')['volume', 'data'].state_flags == 0

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.config.main import ContainerMap
from dockermap.map.input import HostVolume, SharedVolume
from dockermap.map.policy.utils import (
    INITIAL_START_TIME,
    extract_user,
    get_instance_volumes,
    get_shared_volume_path,
    init_options,
)


@pytest.mark.parametrize('empty', [None, {}, ''])
def test_no_options_are_an_empty_dictionary(empty):
    assert init_options(empty) == {}


@pytest.mark.parametrize('options', [{'a': 1}, lambda: {'a': 1}, lazy(dict, a=1)])
def test_options_may_be_made_when_needed(options):
    assert init_options(options) == {'a': 1}


def test_given_options_are_copied():
    options = {'a': 1}
    init_options(options)['b'] = 2
    assert options == {'a': 1}


@pytest.mark.parametrize(
    ('value', 'user'),
    [
        ('u', 'u'),
        ('u:g', 'u'),
        (('u', 'g'), 'u'),
        ((7, 8), 7),
        (0, '0'),
        ('0', '0'),
        ('0:0', '0'),
        (1000, '1000'),
        (None, None),
        ('', None),
        ((), None),
        (lazy(lambda: 'u:g'), 'u'),
        (lazy(lambda: None), None),
    ],
)
def test_the_user_is_separated_from_the_group(value, user):
    assert extract_user(value) == user


@pytest.fixture
def container_map():
    return ContainerMap(
        'm',
        {
            'a': {},
            'volumes': {'media': '/media', 'conf': '/conf', 'lost': '/lost'},
            'host': {'root': '/srv', 'media': 'm', 'conf': {'blue': 'b', 'default': '/d'}},
        },
    )


@pytest.mark.parametrize(
    ('volume', 'instance', 'paths'),
    [
        (HostVolume('/c', 'h', False), None, ('/c', '/srv/h')),
        (HostVolume('/c', '/h', True), 'blue', ('/c', '/h')),
        (HostVolume('./c', '/h', False), None, ('./c', '/h')),
        (SharedVolume('media', False), None, ('/media', '/srv/m')),
        (SharedVolume('media', False), 'any', ('/media', '/srv/m')),
        (SharedVolume('conf', False), 'blue', ('/conf', '/srv/b')),
        (SharedVolume('conf', False), None, ('/conf', '/d')),
    ],
)
def test_a_bind_has_a_path_on_both_sides(container_map, volume, instance, paths):
    assert get_shared_volume_path(container_map, volume, instance) == paths


@pytest.mark.parametrize(
    ('volume', 'instance', 'error'),
    [
        (HostVolume('c', '/h', False), None, ValueError),
        (SharedVolume('conf', False), 'green', ValueError),
        (SharedVolume('nope', False), None, KeyError),
        (SharedVolume('lost', False), None, KeyError),
    ],
)
def test_a_bind_without_a_path_is_an_error(container_map, volume, instance, error):
    with pytest.raises(error):
        get_shared_volume_path(container_map, volume, instance)


MOUNTS = {
    'Mounts': [
        {'Destination': '/d', 'Source': '/var/d', 'Name': 'm.d'},
        {'Destination': '/h', 'Source': '/host'},
        {'Destination': '/e', 'Source': '/e', 'Name': ''},
    ]
}


@pytest.mark.parametrize(
    ('detail', 'check_names', 'volumes'),
    [
        (MOUNTS, True, {'/d': 'm.d', '/h': '/host', '/e': '/e'}),
        (MOUNTS, False, {'/d': '/var/d', '/h': '/host', '/e': '/e'}),
        ({'Volumes': {'/d': '/var/d'}}, True, {'/d': '/var/d'}),
        ({'Volumes': None}, True, {}),
        ({}, False, {}),
        ({'Mounts': []}, True, {}),
    ],
)
def test_mounts_are_read_from_an_inspection(detail, check_names, volumes):
    assert get_instance_volumes(detail, check_names) == volumes


def test_the_start_time_of_a_container_that_never_started(docker_client):
    docker_client.create_container('web', name='web')
    assert docker_client.inspect_container('web')['State']['StartedAt'] == INITIAL_START_TIME
    docker_client.start('web')
    assert docker_client.inspect_container('web')['State']['StartedAt'] != INITIAL_START_TIME

"""Networks, volumes and host paths."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.functional import lazy
from dockermap.map.config.host_volume import HostVolumeConfiguration, get_host_path
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration, VolumeConfigurationMap
from dockermap.map.input import NotSet


class TestNetworkConfiguration:
    @pytest.mark.parametrize(
        ('name', 'default'),
        [
            ('driver', 'bridge'),
            ('driver_options', {}),
            ('internal', False),
            ('create_options', {}),
        ],
    )
    def test_default(self, name: str, default: Any) -> None:
        assert getattr(NetworkConfiguration(), name) == default

    @pytest.mark.parametrize(
        ('name', 'value', 'expected'),
        [
            ('driver', 'overlay', 'overlay'),
            ('driver', None, None),
            ('driver_options', {'mtu': 1400}, {'mtu': 1400}),
            ('internal', 'yes', True),
            ('internal', 'off', False),
            ('create_options', None, {}),
        ],
    )
    def test_conversion(self, name: str, value: Any, expected: Any) -> None:
        network = NetworkConfiguration({name: value})
        network.clean()
        assert getattr(network, name) == expected

    @pytest.mark.parametrize(
        ('name', 'value'),
        [
            ('driver', 5),
            ('driver_options', ['a']),
            ('internal', 'perhaps'),
            ('create_options', 'a'),
        ],
    )
    def test_what_is_refused_is_named(self, name: str, value: Any) -> None:
        with pytest.raises(InputError, match=f'^{name}: '):
            NetworkConfiguration({name: value}).clean()

    def test_a_value_that_equals_the_default_overrides_when_it_was_set(self) -> None:
        network = NetworkConfiguration(driver='overlay', internal=True)
        network.merge(NetworkConfiguration(driver='bridge', internal=False))
        assert (network.driver, network.internal) == ('bridge', False)

    def test_a_default_that_was_not_set_does_not_override(self) -> None:
        network = NetworkConfiguration(driver='overlay', internal=True)
        network.merge(NetworkConfiguration(driver_options={'a': 'b'}))
        assert (network.driver, network.internal) == ('overlay', True)

    def test_a_dict_makes_defaults_explicit(self) -> None:
        network = NetworkConfiguration(driver='overlay')
        network.merge(NetworkConfiguration().as_dict())
        assert network.driver == 'bridge'


class TestVolumeConfiguration:
    @pytest.mark.parametrize(
        ('name', 'default'),
        [
            ('default_path', NotSet),
            ('driver', 'local'),
            ('driver_options', {}),
            ('create_options', {}),
            ('user', NotSet),
            ('permissions', NotSet),
        ],
    )
    def test_default(self, name: str, default: Any) -> None:
        assert getattr(VolumeConfiguration(), name) == default

    @pytest.mark.parametrize(
        ('name', 'value'),
        [
            ('default_path', 5),
            ('driver', 5),
            ('driver_options', 'a'),
            ('create_options', [1]),
            ('user', 1.5),
            ('permissions', 7),
        ],
    )
    def test_what_is_refused_is_named(self, name: str, value: Any) -> None:
        with pytest.raises(InputError, match=f'^{name}: '):
            VolumeConfiguration({name: value}).clean()

    def test_a_single_path_is_the_default_path(self, registered_type: Any) -> None:
        place = registered_type(type('Place', (), {}))()
        late = lazy(str)
        for path in ('/data', place, late):
            assert VolumeConfiguration(path).default_path is path

    def test_keywords_beside_a_path_are_kept(self) -> None:
        assert VolumeConfiguration('/data', driver='nfs') == VolumeConfiguration(default_path='/data', driver='nfs')

    def test_a_dict_or_object_with_keywords(self) -> None:
        expected = VolumeConfiguration(default_path='/a', user='u')
        assert VolumeConfiguration({'default_path': '/a'}, user='u') == expected
        assert VolumeConfiguration(VolumeConfiguration('/a'), user='u') == expected

    @pytest.mark.parametrize('method', ['update', 'update_from_dict'])
    def test_updating_with_a_path_resets_all_else(self, method: str) -> None:
        volume = VolumeConfiguration(
            '/a', driver='nfs', user='u', permissions='p', driver_options={'a': 1}, create_options={'b': 1}
        )
        getattr(volume, method)('/data')
        assert volume == VolumeConfiguration('/data')

    @pytest.mark.parametrize('method', ['merge', 'merge_from_dict'])
    def test_merging_a_path_sets_only_that(self, method: str) -> None:
        volume = VolumeConfiguration('/a', driver='nfs', user='u')
        getattr(volume, method)('/data')
        assert volume == VolumeConfiguration('/data', driver='nfs', user='u')

    @pytest.mark.parametrize('as_late', [False, True])
    def test_merging_a_path_with_lists_only_changes_nothing(self, as_late: bool) -> None:
        volume = VolumeConfiguration('/a', driver='nfs')
        volume.merge(lazy(str) if as_late else '/data', lists_only=True)
        assert volume == VolumeConfiguration('/a', driver='nfs')

    def test_anything_but_a_path_or_dict_is_refused(self) -> None:
        with pytest.raises(ValueError, match='settings of a volume'):
            VolumeConfiguration(5)


class TestVolumeConfigurationMap:
    def test_a_missing_alias_is_created(self) -> None:
        assert VolumeConfigurationMap().data == VolumeConfiguration()

    @pytest.mark.parametrize('value', ['/data', {'default_path': '/data'}, VolumeConfiguration('/data')])
    def test_assigned_values_become_configurations(self, value: Any) -> None:
        volumes = VolumeConfigurationMap()
        volumes['a'] = value
        volumes.b = value
        volumes.update({'c': value}, d=value)
        volumes.update(e=value)
        assert dict(volumes.items()) == dict.fromkeys('abcde', VolumeConfiguration('/data'))

    def test_the_constructor_converts_as_well(self) -> None:
        assert VolumeConfigurationMap(None, {'a': '/a', 'b': None}, c='/c').get_default_paths() == {
            'a': '/a',
            'b': NotSet,
            'c': '/c',
        }

    @pytest.mark.parametrize('value', [5, ['/data']])
    def test_other_values_are_refused_by_name(self, value: Any) -> None:
        with pytest.raises(InputError, match=r'^data: '):
            VolumeConfigurationMap().data = value

    def test_single_settings_of_all_aliases(self) -> None:
        volumes = VolumeConfigurationMap(None, {'a': {'user': 'u', 'default_path': '/a'}, 'b': {'permissions': 'p'}})
        assert volumes.get_default_paths() == {'a': '/a', 'b': NotSet}
        assert volumes.get_users() == {'a': 'u', 'b': NotSet}
        assert volumes.get_permissions() == {'a': NotSet, 'b': 'p'}

    def test_copies_keep_class_and_entries(self) -> None:
        volumes = VolumeConfigurationMap(None, {'a': '/a'})
        for copied in (volumes.copy(), copy.deepcopy(volumes), pickle.loads(pickle.dumps(volumes))):
            assert copied == volumes
            assert isinstance(copied, VolumeConfigurationMap)

    def test_unknown_settings_are_named_with_their_alias(self) -> None:
        with pytest.warns(UnknownOptionWarning, match=r'^data\.path: '):
            VolumeConfigurationMap(None, {'data': {'path': '/x'}})


INSTANCE_PATHS = {'blue': 'b', 'default': 'd'}


class TestHostPaths:
    @pytest.mark.parametrize(
        ('root', 'path', 'instance', 'expected'),
        [
            ('/srv', 'm', 'any', '/srv/m'),
            ('/srv', '/m', 'any', '/m'),
            (NotSet, 'm', None, 'm'),
            (None, 'm', None, 'm'),
            ('/srv', INSTANCE_PATHS, None, '/srv/d'),
            ('/srv', INSTANCE_PATHS, 'blue', '/srv/b'),
            (lazy(lambda: '/srv'), lazy(lambda: 'm'), None, '/srv/m'),
            ('/srv', lazy(lambda: {'blue': lazy(lambda: 'b')}), 'blue', '/srv/b'),
        ],
    )
    def test_path_below_root(self, root: Any, path: Any, instance: Any, expected: str) -> None:
        assert get_host_path(root, path, instance) == expected

    @pytest.mark.parametrize('path', [INSTANCE_PATHS, {'green': ''}, {'green': None}])
    def test_a_missing_path_for_an_instance_is_an_error(self, path: Any) -> None:
        with pytest.raises(ValueError, match="'green'"):
            get_host_path('/srv', path, 'green')

    def test_an_instance_does_not_fall_back_to_the_default(self) -> None:
        with pytest.raises(ValueError, match='blue, default'):
            get_host_path('/srv', INSTANCE_PATHS, 'green')


class TestHostVolumeConfiguration:
    def test_keywords_set_root_and_entries(self) -> None:
        host = HostVolumeConfiguration(media='m', root='/srv')
        assert host.root == '/srv'
        assert dict(host.items()) == {'media': 'm'}

    def test_root_is_unset_at_first(self) -> None:
        assert HostVolumeConfiguration().root is NotSet

    def test_a_positional_dict_is_stored_literally(self) -> None:
        host = HostVolumeConfiguration({'root': '/srv'})
        assert host.root is NotSet
        assert host['root'] == '/srv'

    def test_updating_from_a_dict_sets_the_root(self) -> None:
        host = HostVolumeConfiguration()
        host.update({'root': '/srv', 'media': 'm'})
        assert host == HostVolumeConfiguration(media='m', root='/srv')

    def test_updating_takes_over_the_other_root_unless_that_is_unset(self) -> None:
        host = HostVolumeConfiguration(root='/srv')
        host.update(HostVolumeConfiguration(a='/a'))
        assert host == HostVolumeConfiguration(a='/a', root='/srv')
        host.update(HostVolumeConfiguration(root='/var'))
        assert host.root == '/var'

    def test_clearing_keeps_the_root(self) -> None:
        host = HostVolumeConfiguration(media='m', root='/srv')
        host.clear()
        assert host == HostVolumeConfiguration(root='/srv')

    def test_equality_includes_the_root(self) -> None:
        assert HostVolumeConfiguration(a='/a', root='/srv') != HostVolumeConfiguration(a='/a')

    def test_the_path_of_an_alias(self) -> None:
        host = HostVolumeConfiguration(media=INSTANCE_PATHS, root='/srv')
        assert host.get_path('media', 'blue') == '/srv/b'
        with pytest.raises(KeyError):
            host.get_path('nosuch')

    @pytest.mark.parametrize(
        ('values', 'path'),
        [
            ({'media': 5}, 'media'),
            ({'media': ['/a']}, 'media'),
            ({'media': {'blue': 5}}, r'media\.blue'),
            ({'media': None}, 'media'),
            ({'root': 5}, 'root'),
        ],
    )
    def test_paths_of_wrong_types_are_refused(self, values: Any, path: str) -> None:
        host = HostVolumeConfiguration()
        host.update(values)
        with pytest.raises(InputError, match=f'^{path}: '):
            host.clean()

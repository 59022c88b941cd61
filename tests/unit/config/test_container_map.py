"""Maps: what their input means, how their parts are reached, and image names."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.functional import lazy
from dockermap.map import DefaultDictMap, DictMap
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.host_volume import HostVolumeConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration, VolumeConfigurationMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.input import ContainerLink, ItemType, MapConfigId, NotSet, SharedVolume

FULL = {
    'repository': 'hub.acme.test',
    'clients': ['c1'],
    'groups': {'all': ['web', 'cart.blue', MapConfigId(ItemType.CONTAINER, 'store', 'cart', 'blue')]},
    'default_domain': 'acme.test',
    'set_hostname': False,
    'use_attached_parent_name': True,
    'default_tag': 'rc',
    'web': {'links': 'cart.blue', 'binds': 'cfg', 'networks': {'lan': None}},
    'cart': {
        'instances': ['blue', 'green'],
        'attaches': {'spool': '/spool'},
        'create_options': {'environment': {'A': 'B'}},
    },
    'base': {'abstract': True, 'user': ('u', 'g')},
    'volumes': {'cfg': '/etc/cfg'},
    'networks': {'lan': {'driver': 'bridge', 'internal': True}},
    'host': {'cfg': 'cfg'},
    'host_root': '/srv',
}


class TestProperties:
    @pytest.mark.parametrize(
        ('name', 'default'),
        [
            ('repository', NotSet),
            ('clients', []),
            ('groups', DictMap()),
            ('default_domain', NotSet),
            ('set_hostname', NotSet),
            ('use_attached_parent_name', NotSet),
            ('default_tag', NotSet),
        ],
    )
    def test_default(self, name: str, default: Any) -> None:
        assert getattr(ContainerMap('store'), name) == default

    @pytest.mark.parametrize(
        ('name', 'value', 'expected'),
        [
            ('repository', 'hub', 'hub'),
            ('clients', 'c1', ['c1']),
            ('groups', {'g': ['a', 'b.i']}, DictMap(g=['a', 'b.i'])),
            ('groups', {'g': 'nosuch'}, DictMap(g=['nosuch'])),
            ('groups', {'g': None}, DictMap(g=[])),
            ('groups', None, DictMap()),
            ('default_domain', 'acme.test', 'acme.test'),
            ('set_hostname', 'false', False),
            ('use_attached_parent_name', 1, True),
            ('default_tag', 'rc', 'rc'),
        ],
    )
    def test_conversion(self, name: str, value: Any, expected: Any) -> None:
        container_map = ContainerMap('store', {name: value}, check_integrity=False)
        container_map.clean()
        assert getattr(container_map, name) == expected

    @pytest.mark.parametrize(
        ('name', 'value', 'path'),
        [
            ('repository', 5, 'repository'),
            ('clients', {'a': 1}, 'clients'),
            ('clients', [5], r'clients\[0\]'),
            ('groups', 'web', 'groups'),
            ('groups', {'g': 5}, r'groups\.g'),
            ('groups', {'g': [5]}, r'groups\.g\[0\]'),
            ('default_domain', ['a'], 'default_domain'),
            ('set_hostname', 'perhaps', 'set_hostname'),
            ('default_tag', 1.0, 'default_tag'),
        ],
    )
    def test_what_is_refused_is_named_with_its_path(self, name: str, value: Any, path: str) -> None:
        with pytest.raises(InputError, match=rf'^store\.{path}: '):
            ContainerMap('store', {name: value}).clean()

    @pytest.mark.parametrize(
        ('name', 'current', 'incoming', 'expected'),
        [
            ('repository', 'a', 'b', 'b'),
            ('clients', ['a'], ['b', 'a'], ['a', 'b']),
            ('groups', {'g': 'a', 'h': 'a'}, {'g': 'b'}, {'g': ['b'], 'h': ['a']}),
            ('default_domain', 'a', 'b', 'b'),
            ('set_hostname', True, False, False),
            ('use_attached_parent_name', False, True, True),
            ('default_tag', 'a', None, None),
        ],
    )
    def test_merging(self, name: str, current: Any, incoming: Any, expected: Any) -> None:
        container_map = ContainerMap('store', {name: current}, check_integrity=False)
        container_map.merge({name: incoming})
        assert container_map == ContainerMap('store', {name: expected}, check_integrity=False)

    def test_groups_can_be_set_by_attribute(self) -> None:
        container_map = ContainerMap('store', {'web': None})
        container_map.groups.all = 'web'
        container_map.check_integrity()
        assert container_map.groups.all == ['web']

    @pytest.mark.parametrize('name', [None, '', 5])
    def test_a_map_needs_a_name(self, name: Any) -> None:
        with pytest.raises(ValueError, match='non-empty text as name'):
            ContainerMap(name)

    def test_the_name_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            ContainerMap('store').name = 'other'  # type: ignore[misc]


class TestConstructor:
    def test_keywords_are_applied_after_the_dict(self) -> None:
        container_map = ContainerMap(
            'store', {'web': {'user': 'a'}, 'repository': 'a'}, repository='b', web={'image': 'x'}
        )
        assert container_map.repository == 'b'
        assert (container_map.containers.web.user, container_map.containers.web.image) == ('a', 'x')

    def test_another_map_is_copied_without_its_name(self) -> None:
        source = ContainerMap('store', FULL)
        copied = ContainerMap('mall', source, check_integrity=False)
        assert copied.name == 'mall'
        assert copied.as_dict() == source.as_dict()
        copied.containers.cart.create_options['environment']['A'] = 'C'
        assert source.containers.cart.create_options == {'environment': {'A': 'B'}}

    @pytest.mark.parametrize('settings', [{'web': {'links': 'nosuch'}}, {'groups': {'g': 'nosuch'}}])
    def test_integrity_is_checked(self, settings: dict[str, Any]) -> None:
        with pytest.raises(MapIntegrityError):
            ContainerMap('store', settings)

    def test_the_check_can_be_left_out(self) -> None:
        assert not ContainerMap('store', {'web': {'links': 'nosuch'}}, check_integrity=False).is_clean

    def test_the_check_for_duplicates_can_be_left_out(self) -> None:
        twice = {'a': {'attaches': {'v': '/v'}}, 'b': {'attaches': {'v': '/v'}}}
        with pytest.raises(MapIntegrityError, match='several volumes: v'):
            ContainerMap('store', twice)
        ContainerMap('store', twice, check_duplicates=False)

    def test_the_check_cleans_the_map(self) -> None:
        assert ContainerMap('store', FULL).is_clean

    def test_a_map_is_not_clean_while_an_entry_is_not(self) -> None:
        container_map = ContainerMap('store', FULL)
        container_map.containers.web.image = 'x'
        assert not container_map.is_clean

    def test_the_input_is_not_changed_by_what_happens_to_the_map(self) -> None:
        values: Any = {'web': {'create_options': {'a': {'b': 1}}}}
        container_map = ContainerMap('store', values)
        container_map.containers.web.create_options['a']['b'] = 2
        assert values == {'web': {'create_options': {'a': {'b': 1}}}}


class TestInput:
    @pytest.mark.parametrize(
        ('key', 'value', 'read', 'expected'),
        [
            ('repository', 'hub', lambda m: m.repository, 'hub'),
            ('containers', {'web': {'user': 'u'}}, lambda m: m.containers.web.user, 'u'),
            ('containers', {'web': None}, lambda m: m.get_existing('web'), ContainerConfiguration()),
            ('containers', {'web': {}}, lambda m: m.get_existing('web'), ContainerConfiguration()),
            ('networks', {'lan': {'internal': True}}, lambda m: m.networks.lan.internal, True),
            ('networks', {'lan': None}, lambda m: m.get_existing_network('lan'), NetworkConfiguration()),
            ('volumes', {'v': '/v'}, lambda m: m.volumes.v.default_path, '/v'),
            ('volumes', {'v': {'default_path': '/v'}}, lambda m: m.volumes.v.default_path, '/v'),
            ('volumes', {'v': VolumeConfiguration('/v')}, lambda m: m.volumes.v.default_path, '/v'),
            ('host', {'root': '/srv', 'v': 'v'}, lambda m: m.host, HostVolumeConfiguration(root='/srv', v='v')),
            ('host_root', '/srv', lambda m: m.host.root, '/srv'),
            ('web', {'user': 'u'}, lambda m: m.containers.web.user, 'u'),
            ('web', None, lambda m: m.get_existing('web'), ContainerConfiguration()),
            ('web', ContainerConfiguration(user='u'), lambda m: m.containers.web.user, 'u'),
            ('name', None, lambda m: m.get_existing('name'), ContainerConfiguration()),
        ],
    )
    @pytest.mark.parametrize('method', ['update', 'merge'])
    def test_key(self, method: str, key: str, value: Any, read: Any, expected: Any) -> None:
        container_map = ContainerMap('store')
        getattr(container_map, method)({key: value})
        assert read(container_map) == expected

    @pytest.mark.parametrize('section', ['containers', 'networks', 'volumes', 'host', 'groups'])
    def test_an_empty_section_is_none(self, section: str) -> None:
        assert ContainerMap('store', {section: None}) == ContainerMap('store')

    def test_roots_override_each_other_in_order(self) -> None:
        assert ContainerMap('store', {'host_root': '/a', 'host': {'root': '/b'}}).host.root == '/b'
        assert ContainerMap('store', {'host': {'root': '/b'}, 'host_root': '/a'}).host.root == '/a'

    def test_a_container_may_be_described_in_two_places(self) -> None:
        container_map = ContainerMap(
            'store', {'containers': {'web': {'user': 'a', 'image': 'x'}}, 'web': {'user': 'b'}}
        )
        assert (container_map.containers.web.user, container_map.containers.web.image) == ('b', 'x')

    @pytest.mark.parametrize(
        ('values', 'path'),
        [
            ({'web': 'busybox'}, r'store\.web'),
            ({'web': [1]}, r'store\.web'),
            ({'containers': ['web']}, r'store'),
            ({'containers': {'web': 5}}, r'store\.web'),
            ({'containers': {5: None}}, r'store'),
            ({'networks': 5}, r'store\.networks'),
            ({'networks': {'lan': 'x'}}, r'store\.networks\.lan'),
            ({'volumes': {'v': 5}}, r'store\.volumes\.v'),
            ({'volumes': {'v': NetworkConfiguration()}}, r'store\.volumes\.v'),
            ({'host': ['v']}, r'store\.host'),
            ({'host': {'v': 5}}, r'store\.host\.v'),
            ({5: None}, 'store'),
            ('text', 'store'),
            ({'web': {'binds': [5]}}, r'store\.web\.binds\[0\]'),
            ({'networks': {'lan': {'driver': 5}}}, r'store\.networks\.lan\.driver'),
            ({'volumes': {'v': {'user': 1.5}}}, r'store\.volumes\.v\.user'),
        ],
    )
    def test_wrong_types_are_named_with_their_path(self, values: Any, path: str) -> None:
        with pytest.raises(InputError, match=f'^{path}: '):
            ContainerMap('store', values, check_integrity=False).clean()

    def test_names_close_to_settings_are_reported(self) -> None:
        with pytest.warns(UnknownOptionWarning, match=r"^store\.volume: .*'volumes'"):
            ContainerMap('store', {'volume': None})

    @pytest.mark.parametrize('values', [{'client': {'image': 'x'}}, {'containers': {'client': None}}, {'cart': None}])
    def test_names_of_real_containers_are_not_reported(self, values: Any, caught: list[str]) -> None:
        ContainerMap('store', values)
        assert caught == []


class TestMergingMaps:
    def test_existing_entries_are_merged_and_new_ones_added(self) -> None:
        container_map = ContainerMap(
            'store', {'web': {'shares': ['/a']}, 'volumes': {'v': {'default_path': '/v', 'user': 'u'}}}
        )
        container_map.merge({'web': {'shares': ['/b']}, 'cart': {'shares': ['/c']}, 'volumes': {'v': '/w', 'x': '/x'}})
        assert container_map == ContainerMap(
            'store',
            {
                'web': {'shares': ['/a', '/b']},
                'cart': {'shares': ['/c']},
                'volumes': {'v': {'default_path': '/w', 'user': 'u'}, 'x': '/x'},
            },
        )

    def test_lists_only_leaves_all_else_alone(self) -> None:
        container_map = ContainerMap(
            'store',
            {
                'web': {'shares': ['/a'], 'user': 'u'},
                'volumes': {'v': '/v'},
                'host': {'v': '/v'},
                'host_root': '/srv',
                'repository': 'hub',
                'clients': 'c1',
            },
        )
        container_map.merge(
            {
                'web': {'shares': ['/b'], 'user': 'x'},
                'volumes': {'v': '/x'},
                'host': {'v': '/x', 'root': '/x'},
                'host_root': '/x',
                'repository': 'x',
                'clients': 'c2',
            },
            lists_only=True,
        )
        assert container_map == ContainerMap(
            'store',
            {
                'web': {'shares': ['/a', '/b'], 'user': 'u'},
                'volumes': {'v': '/v'},
                'host': {'v': '/v'},
                'host_root': '/srv',
                'repository': 'hub',
                'clients': ['c1', 'c2'],
            },
        )

    def test_merging_a_map_keeps_name_and_root(self) -> None:
        container_map = ContainerMap('store', {'host_root': '/srv', 'web': {'shares': ['/a']}})
        container_map.merge(
            ContainerMap('mall', {'host': {'v': '/v'}, 'web': {'shares': ['/b']}, 'cart': {'user': 'u'}})
        )
        assert container_map == ContainerMap(
            'store',
            {
                'host_root': '/srv',
                'host': {'v': '/v'},
                'web': {'shares': ['/a', '/b']},
                'cart': {'user': 'u'},
            },
        )

    def test_updating_from_a_map_replaces_entries_of_the_same_name(self) -> None:
        container_map = ContainerMap(
            'store', {'web': {'shares': ['/a'], 'user': 'u'}, 'cart': {'user': 'c'}, 'host_root': '/srv'}
        )
        container_map.update(ContainerMap('mall', {'web': {'shares': ['/b']}, 'networks': {'lan': None}}))
        assert container_map == ContainerMap(
            'store',
            {
                'web': {'shares': ['/b']},
                'cart': {'user': 'c'},
                'networks': {'lan': None},
                'host_root': '/srv',
            },
        )

    def test_updating_from_a_map_can_leave_out_containers(self) -> None:
        container_map = ContainerMap('store')
        container_map.update_from_obj(ContainerMap('store', FULL), update_containers=False)
        assert not container_map.containers
        assert container_map.networks.lan.internal is True

    def test_merging_shares_nothing_with_the_source(self) -> None:
        source = ContainerMap('mall', {'web': {'shares': ['/a']}, 'host': {'v': {'i': '/i'}}})
        container_map = ContainerMap('store')
        container_map.merge(source)
        container_map.containers.web.shares.append('/b')
        container_map.host.v['i'] = '/x'
        assert source.containers.web.shares == ['/a']
        assert source.host.v == {'i': '/i'}


class TestAccess:
    def test_iterating_gives_containers_that_are_not_abstract(self) -> None:
        container_map = ContainerMap('store', FULL)
        assert list(container_map) == [('web', container_map.containers.web), ('cart', container_map.containers.cart)]

    @pytest.mark.parametrize(
        ('method', 'section', 'entry_class'),
        [
            ('get', 'containers', ContainerConfiguration),
            ('get_network', 'networks', NetworkConfiguration),
            ('get_volume', 'volumes', VolumeConfiguration),
        ],
    )
    def test_getting_a_missing_entry_creates_it(self, method: str, section: str, entry_class: type) -> None:
        container_map = ContainerMap('store')
        found = getattr(container_map, method)('x')
        assert isinstance(found, entry_class)
        assert getattr(container_map, section)['x'] is found

    @pytest.mark.parametrize(
        ('method', 'section', 'name'),
        [
            ('get_existing', 'containers', 'web'),
            ('get_existing_network', 'networks', 'lan'),
            ('get_existing_volume', 'volumes', 'cfg'),
        ],
    )
    def test_getting_an_existing_entry(self, method: str, section: str, name: str) -> None:
        container_map = ContainerMap('store', FULL)
        assert getattr(container_map, method)(name) is getattr(container_map, section)[name]
        assert getattr(container_map, method)('nosuch') is None

    def test_attributes_and_keys_lead_to_the_same_configuration(self) -> None:
        container_map = ContainerMap('store')
        container_map.containers.web.user = 'u'
        container_map.containers['web'].image = 'x'
        assert container_map == ContainerMap('store', {'web': {'user': 'u', 'image': 'x'}})

    def test_assigned_dicts_become_configurations(self) -> None:
        container_map = ContainerMap('store')
        container_map.containers.web = {'links': 'cart'}
        container_map.containers.cart = None
        container_map.networks = {'lan': {'internal': True}, 'wan': None}
        container_map.volumes = {'v': '/v'}
        container_map.host = {'v': 'v', 'root': '/srv'}
        container_map.check_integrity()
        assert container_map.containers.web.links == [ContainerLink('cart')]
        assert container_map.networks.wan == NetworkConfiguration()

    def test_assigning_to_a_section_replaces_its_entries(self) -> None:
        container_map = ContainerMap('store', FULL)
        section = container_map.containers
        container_map.containers = {'x': None}
        assert container_map.containers is section
        assert list(section.keys()) == ['x']

    def test_assigning_a_dict_of_host_paths_keeps_the_root(self) -> None:
        container_map = ContainerMap('store', FULL)
        container_map.host = {'x': '/x'}
        assert container_map.host == HostVolumeConfiguration(x='/x', root='/srv')

    @pytest.mark.parametrize(
        ('section', 'value'),
        [
            ('containers', DefaultDictMap(ContainerConfiguration, {'x': None})),
            ('networks', DefaultDictMap(NetworkConfiguration)),
            ('volumes', VolumeConfigurationMap(None, {'v': '/v'})),
            ('host', HostVolumeConfiguration(x='/x')),
        ],
    )
    def test_assigning_an_object_of_the_right_class_replaces_the_section(self, section: str, value: Any) -> None:
        container_map = ContainerMap('store', FULL)
        setattr(container_map, section, value)
        assert getattr(container_map, section) is value

    @pytest.mark.parametrize(
        ('section', 'path'),
        [
            ('containers', r'store'),
            ('networks', r'store\.networks'),
            ('volumes', r'store\.volumes'),
            ('host', r'store\.host'),
        ],
    )
    def test_assigning_anything_else_is_refused(self, section: str, path: str) -> None:
        with pytest.raises(InputError, match=f'^{path}: '):
            setattr(ContainerMap('store'), section, 5)

    def test_repr_shows_the_state(self) -> None:
        container_map = ContainerMap('store', {'web': None})
        assert repr(container_map).startswith('<ContainerMap(')
        assert repr(container_map.get_extended_map()).startswith('<(Extended) ContainerMap(')
        container_map.repository = 'hub'
        assert repr(container_map).startswith('<(Modified) ContainerMap(')


class TestEqualityAndCopies:
    @pytest.mark.parametrize(
        'change',
        [
            {'repository': 'x'},
            {'web': {'user': 'x'}},
            {'networks': {'x': None}},
            {'volumes': {'x': '/x'}},
            {'host': {'x': '/x'}},
            {'host_root': '/x'},
        ],
    )
    def test_each_part_counts(self, change: Any) -> None:
        changed = ContainerMap('store', FULL)
        changed.update(change)
        assert changed != ContainerMap('store', FULL)

    def test_name_and_extended_form_count(self) -> None:
        assert ContainerMap('mall', {}) != ContainerMap('store', {})
        assert ContainerMap('store', {}).get_extended_map() != ContainerMap('store', {})

    @pytest.mark.parametrize('copied', [ContainerMap.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
    def test_a_copy_is_equal_and_shares_nothing(self, copied: Any) -> None:
        container_map = ContainerMap('store', FULL)
        other = copied(container_map)
        assert other == container_map
        other.containers.cart.create_options['environment']['A'] = 'C'
        other.groups['all'].append('cart')
        assert container_map == ContainerMap('store', FULL)

    def test_a_copy_of_an_extended_map_is_extended(self) -> None:
        extended = ContainerMap('store', FULL).get_extended_map()
        assert extended.copy() == extended


class TestAsDict:
    def test_order_and_contents(self) -> None:
        found = ContainerMap('store', FULL).as_dict()
        assert list(found) == [
            'repository',
            'clients',
            'groups',
            'default_domain',
            'set_hostname',
            'use_attached_parent_name',
            'default_tag',
            'containers',
            'volumes',
            'networks',
            'host',
            'host_root',
        ]
        assert list(found['containers']) == ['web', 'cart', 'base']
        assert found['groups'] == {
            'all': [
                'web',
                'cart.blue',
                {
                    'config_type': 'container',
                    'map_name': 'store',
                    'config_name': 'cart',
                    'instance_name': 'blue',
                },
            ]
        }

    def test_an_empty_map_has_host_paths_only(self) -> None:
        assert ContainerMap('store').as_dict() == {'host': {}}

    def test_the_dict_makes_an_equal_map(self) -> None:
        container_map = ContainerMap('store', FULL)
        assert ContainerMap('store', container_map.as_dict()) == container_map

    def test_the_dict_of_an_extended_map_makes_an_equal_map_when_that_is_extended(self) -> None:
        extended = ContainerMap('store', FULL).get_extended_map()
        copied = ContainerMap('store', extended.as_dict(), check_integrity=False)
        assert copied != extended
        assert copied.get_extended_map() == extended


DIGEST = f'sha256:{"0123456789abcdef" * 4}'


class TestImages:
    @pytest.mark.parametrize(
        ('image', 'plain', 'with_repository', 'with_tag'),
        [
            ('cart', ('cart', 'latest'), ('hub.acme.test/cart', 'latest'), ('hub.acme.test/cart', 'rc')),
            ('cart:7', ('cart', '7'), ('hub.acme.test/cart', '7'), ('hub.acme.test/cart', '7')),
            ('cart:', ('cart', 'latest'), ('hub.acme.test/cart', 'latest'), ('hub.acme.test/cart', 'rc')),
            ('/cart', ('cart', 'latest'), ('cart', 'latest'), ('cart', 'rc')),
            ('/cart:7', ('cart', '7'), ('cart', '7'), ('cart', '7')),
            ('team/cart', ('team/cart', 'latest'), ('team/cart', 'latest'), ('team/cart', 'rc')),
            ('host:5000/cart:7', ('host:5000/cart', '7'), ('host:5000/cart', '7'), ('host:5000/cart', '7')),
            ('host:5000/cart', ('host:5000/cart', 'latest'), ('host:5000/cart', 'latest'), ('host:5000/cart', 'rc')),
            (f'cart@{DIGEST}', ('cart', DIGEST), ('hub.acme.test/cart', DIGEST), ('hub.acme.test/cart', DIGEST)),
            (f'/cart@{DIGEST}', ('cart', DIGEST), ('cart', DIGEST), ('cart', DIGEST)),
            (
                f'host:5000/cart@{DIGEST}',
                ('host:5000/cart', DIGEST),
                ('host:5000/cart', DIGEST),
                ('host:5000/cart', DIGEST),
            ),
            (DIGEST, (DIGEST, None), (DIGEST, None), (DIGEST, None)),
        ],
    )
    def test_name_and_tag(self, image: str, plain: Any, with_repository: Any, with_tag: Any) -> None:
        repository = {'repository': 'hub.acme.test'}
        assert ContainerMap('store').get_image(image) == plain
        assert ContainerMap('store', repository).get_image(image) == with_repository
        assert ContainerMap('store', repository, default_tag='rc').get_image(image) == with_tag

    def test_late_settings_are_resolved(self) -> None:
        container_map = ContainerMap('store', repository=lazy(lambda: 'hub'), default_tag=lazy(lambda: 'rc'))
        assert container_map.get_image('cart') == ('hub/cart', 'rc')

    @pytest.mark.parametrize('image', ['', ':7', 'team/', 'team/:7', '/', 'cart@', 5, None])
    def test_what_is_no_name_is_refused(self, image: Any) -> None:
        with pytest.raises(ValueError, match='name of an image'):
            ContainerMap('store').get_image(image)


class TestStrictMode:
    @pytest.mark.parametrize(
        ('values', 'path'),
        [
            ({'web': {'imagee': 'x'}}, r'store\.web\.imagee'),
            ({'containers': {'web': {'imagee': 'x'}}}, r'store\.web\.imagee'),
            ({'networks': {'lan': {'drivr': 'x'}}}, r'store\.networks\.lan\.drivr'),
            ({'volumes': {'v': {'path': '/x'}}}, r'store\.volumes\.v\.path'),
            ({'volume': None}, r'store\.volume'),
        ],
    )
    def test_unknown_settings_are_a_warning_or_an_error(self, values: Any, path: str) -> None:
        with pytest.warns(UnknownOptionWarning, match=f'^{path}: '):
            ContainerMap('store', values)
        with pytest.raises(InputError, match=f'^{path}: '):
            ContainerMap('store', values, strict=True)

    def test_a_warning_points_to_the_code_that_gave_the_map(self) -> None:
        with pytest.warns(UnknownOptionWarning) as record:
            ContainerMap('store', {'web': {'imagee': 'x'}})
        assert [found.filename for found in record if found.category is UnknownOptionWarning] == [__file__]

    def test_later_updates_of_a_strict_map_give_warnings(self) -> None:
        container_map = ContainerMap('store', {'web': None}, strict=True)
        with pytest.warns(UnknownOptionWarning, match=r'^store\.web\.imagee: '):
            container_map.update({'web': {'imagee': 'x'}})

    def test_known_settings_are_accepted(self) -> None:
        assert ContainerMap('store', FULL, strict=True).containers.web.binds == [SharedVolume('cfg')]


def test_assigning_an_unknown_attribute_of_a_map_gives_a_warning() -> None:
    container_map = ContainerMap('store')
    with pytest.warns(UnknownOptionWarning, match=r'^store\.web: .*containers\.web'):
        container_map.web = {'image': 'x'}
    assert not container_map.containers

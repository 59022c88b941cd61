"""Inheritance between configurations, and the extended form of maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.input import ContainerLink, NotSet

Store = Callable[..., ContainerMap]

FAMILY = {
    'base': {'abstract': True, 'user': 'u1', 'links': ['cart'], 'create_options': {'a': 1, 'b': 1}},
    'extra': {'abstract': True, 'links': ['ledger', 'cart'], 'create_options': {'b': 2}},
    'top': {'extends': ['base', 'extra'], 'links': ['mailer']},
    'cart': None,
    'ledger': None,
    'mailer': None,
}


class TestExtendedConfiguration:
    def test_without_extends_it_is_the_configuration_itself(self, store: Store) -> None:
        container_map = store(FAMILY)
        assert container_map.get_extended(container_map.containers.cart) is container_map.containers.cart

    def test_on_an_extended_map_it_is_the_configuration_itself(self, store: Store) -> None:
        extended = store(FAMILY).get_extended_map()
        assert extended.get_extended(extended.containers.top) is extended.containers.top

    def test_the_last_one_that_sets_it_wins_and_lists_are_joined(self, store: Store) -> None:
        container_map = store(FAMILY)
        assert container_map.get_extended(container_map.containers.top) == ContainerConfiguration(
            user='u1',
            links=['cart', 'ledger', 'mailer'],
            create_options={'a': 1, 'b': 2},
        )

    def test_the_result_is_clean_and_extends_nothing(self, store: Store) -> None:
        container_map = store(FAMILY)
        extended = container_map.get_extended(container_map.containers.top)
        assert extended.is_clean
        assert extended.abstract is False
        assert extended.extends == []

    def test_it_goes_over_several_generations(self, store: Store) -> None:
        container_map = store(
            {
                'a': {'user': 'u', 'shares': '/a'},
                'b': {'extends': 'a', 'shares': '/b'},
                'c': {'extends': 'b', 'shares': '/c'},
            }
        )
        assert container_map.get_extended(container_map.containers.c) == ContainerConfiguration(
            user='u', shares=['/a', '/b', '/c']
        )

    def test_the_sources_are_not_changed(self, store: Store) -> None:
        container_map = store(FAMILY)
        extended = container_map.get_extended(container_map.containers.top)
        extended.create_options['c'] = 3
        extended.links.append('x')
        assert container_map.containers.base.create_options == {'a': 1, 'b': 1}
        assert container_map.containers.base.links == [ContainerLink('cart')]

    def test_an_unknown_parent_is_a_key_error(self, store: Store) -> None:
        container_map = store({'a': {'extends': 'nosuch'}})
        with pytest.raises(KeyError) as error:
            container_map.get_extended(container_map.containers.a)
        assert error.value.args == ('nosuch',)

    def test_a_circle_is_an_error_that_names_it(self, store: Store) -> None:
        container_map = store({'a': {'extends': 'b'}, 'b': {'extends': 'c'}, 'c': {'extends': 'b'}})
        with pytest.raises(ValueError, match='b -> c -> b'):
            container_map.get_extended(container_map.containers.a)

    def test_values_that_were_not_cleaned_yet_are_converted(self, store: Store) -> None:
        container_map = store({'base': {'shares': '/a'}, 'top': None})
        container_map.containers.top.extends = 'base'
        assert container_map.get_extended(container_map.containers.top).shares == ['/a']

    def test_a_very_long_chain_is_extended(self, store: Store) -> None:
        length = 3000
        chain: dict[str, Any] = {f'c{index}': {'extends': f'c{index + 1}'} for index in range(length)}
        chain[f'c{length}'] = {'user': 'u'}
        container_map = ContainerMap('store', chain)
        assert container_map.get_extended(container_map.containers.c0).user == 'u'


class TestExtendedMap:
    def test_abstract_configurations_are_left_out(self, store: Store) -> None:
        assert sorted(store(FAMILY).get_extended_map().containers.keys()) == ['cart', 'ledger', 'mailer', 'top']

    def test_configurations_that_inherit_nothing_are_the_same_objects(self, store: Store) -> None:
        container_map = store(FAMILY)
        extended = container_map.get_extended_map()
        assert extended.containers.cart is container_map.containers.cart
        assert extended.get_extended_map().containers.top is extended.containers.top

    def test_changes_of_shared_configurations_are_seen(self, store: Store) -> None:
        container_map = store(FAMILY)
        extended = container_map.get_extended_map()
        container_map.containers.cart.host_config['privileged'] = True
        assert extended.containers.cart.host_config == {'privileged': True}

    def test_networks_volumes_and_host_paths_are_copied(self, store: Store) -> None:
        container_map = store(
            {'networks': {'n': None}, 'volumes': {'v': '/v'}, 'host': {'h': {'i': '/i'}}, 'host_root': '/srv'}
        )
        extended = container_map.get_extended_map()
        container_map.networks.n.driver = 'x'
        container_map.volumes.v.user = 'x'
        container_map.host.h['i'] = '/x'
        container_map.host.root = '/x'
        assert extended.networks.n.driver == 'bridge'
        assert extended.volumes.v.user is NotSet
        assert extended.host.h == {'i': '/i'}
        assert extended.host.root == '/srv'

    def test_it_has_class_name_and_properties_of_its_source(self) -> None:
        class Special(ContainerMap):
            """A subclass."""

        source = Special('store', {'a': None}, repository='hub', clients='c1', groups={'g': 'a'})
        extended = source.get_extended_map()
        assert isinstance(extended, Special)
        assert (extended.name, extended.repository, extended.clients, extended.groups['g']) == (
            'store',
            'hub',
            ['c1'],
            ['a'],
        )

    def test_extending_again_gives_an_equal_map(self, store: Store) -> None:
        extended = store(FAMILY).get_extended_map()
        assert extended.get_extended_map() == extended

    def test_the_source_is_cleaned(self, store: Store) -> None:
        container_map = store(FAMILY)
        container_map.get_extended_map()
        assert container_map.is_clean

    def test_an_unknown_parent_is_a_key_error(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store({'a': {'extends': 'nosuch'}}).get_extended_map()


DEFAULTS = {
    'repository': 'hub',
    'default_tag': 'rc',
    'host_root': '/default',
    'clients': ['c1'],
    'groups': {'g': ['a']},
    'set_hostname': False,
    'volumes': {'v': {'default_path': '/default', 'user': 'u'}, 'w': '/w'},
    'networks': {'n': {'driver': 'overlay', 'internal': True}, 'm': None},
    'host': {'h': '/default', 'i': '/i'},
    'web': {'user': 'default', 'stop_timeout': 5, 'shares': ['/default']},
    'extra': {'extends': 'template'},
    'template': {'abstract': True, 'image': 'template'},
}


class TestDefaults:
    @pytest.fixture
    def extended(self, store: Store) -> ContainerMap:
        return store(
            {
                'default_tag': 'own',
                'groups': {'f': ['web']},
                'volumes': {'v': {'driver': 'nfs', 'user': 'own'}},
                'networks': {'n': {'driver': 'bridge'}},
                'host': {'h': '/own'},
                'web': {'user': 'own', 'shares': ['/own']},
            }
        ).get_extended_map(DEFAULTS)

    def test_what_the_map_leaves_unset_is_taken_from_the_defaults(self, extended: ContainerMap) -> None:
        assert (extended.repository, extended.clients, extended.set_hostname) == ('hub', ['c1'], False)
        assert extended.host.root == '/default'

    def test_what_the_map_sets_wins(self, extended: ContainerMap, store: Store) -> None:
        assert extended.default_tag == 'own'
        assert store({'host_root': '/own', 'clients': 'c2'}).get_extended_map(DEFAULTS).host.root == '/own'
        assert store({'clients': 'c2'}).get_extended_map(DEFAULTS).clients == ['c2']

    def test_entries_are_completed_setting_by_setting(self, extended: ContainerMap) -> None:
        volume, network = extended.volumes.v, extended.networks.n
        assert (volume.default_path, volume.driver, volume.user) == ('/default', 'nfs', 'own')
        assert (network.driver, network.internal) == ('bridge', True)

    def test_entries_of_other_names_are_added(self, extended: ContainerMap) -> None:
        assert extended.volumes.w.default_path == '/w'
        assert 'm' in extended.networks
        assert dict(extended.host.items()) == {'h': '/own', 'i': '/i'}
        assert dict(extended.groups.items()) == {'g': ['a'], 'f': ['web']}

    def test_containers_are_merged_over_the_default_of_the_same_name(self, extended: ContainerMap) -> None:
        assert extended.containers.web == ContainerConfiguration(
            user='own', stop_timeout=5, shares=['/default', '/own']
        )

    def test_containers_of_the_defaults_are_extended_as_well(self, extended: ContainerMap) -> None:
        assert extended.containers.extra.image == 'template'
        assert 'template' not in extended.containers

    def test_a_map_can_extend_a_default(self, store: Store) -> None:
        extended = store({'cart': {'extends': 'template'}}).get_extended_map(DEFAULTS)
        assert extended.containers.cart.image == 'template'

    def test_the_result_is_clean(self, extended: ContainerMap) -> None:
        assert extended.is_clean

    def test_applying_them_again_changes_nothing(self, extended: ContainerMap) -> None:
        assert extended.get_extended_map(DEFAULTS) == extended

    def test_the_defaults_themselves_are_not_changed(self, store: Store) -> None:
        defaults: dict[str, Any] = {'web': {'create_options': {'a': {'b': 1}}}}
        store({'web': None}).get_extended_map(defaults).containers.web.create_options['a']['b'] = 2
        assert defaults == {'web': {'create_options': {'a': {'b': 1}}}}

    def test_errors_and_warnings_say_that_they_are_about_defaults(self, store: Store) -> None:
        with pytest.raises(InputError, match=r'^map_defaults\.store\.web\.user: '):
            store().get_extended_map({'web': {'user': 1.5}})
        with pytest.warns(UnknownOptionWarning, match=r'^map_defaults\.store\.web\.usr: '):
            store().get_extended_map({'web': {'usr': 'u'}})


@pytest.mark.parametrize(
    ('values', 'text'),
    [
        ({'a': {'extends': 'nosuch'}}, r'^store\.a\.extends: .*nosuch'),
        ({'a': {'extends': 'nosuch', 'abstract': True}}, r'^store\.a\.extends: .*nosuch'),
        ({'a': {'extends': 'basis'}, 'base': None}, r"^store\.a\.extends: .*basis; did you mean 'base'\?"),
        ({'a': {'extends': 'a'}}, r'a -> a'),
        (
            {'a': {'extends': 'b'}, 'b': {'extends': 'c', 'abstract': True}, 'c': {'extends': 'b'}},
            r'(b -> c -> b|c -> b -> c)',
        ),
    ],
)
def test_the_integrity_check_covers_inheritance(values: Any, text: str) -> None:
    with pytest.raises(MapIntegrityError, match=text):
        ContainerMap('store', values)

"""What the items of a map need, and which clients they are for."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.input import ItemType, MapConfigId, NotSet, SharedVolume, UsedVolume

Store = Callable[..., ContainerMap]


def short(config_id: MapConfigId) -> str:
    return ':'.join(filter(None, (config_id.config_type.value, config_id.config_name, config_id.instance_name)))


def relations(container_map: ContainerMap) -> dict[str, list[str]]:
    """Needed containers, networks and volumes by item; images are left out."""
    return {
        short(item): [short(needed) for needed in found if needed.config_type is not ItemType.IMAGE]
        for item, found in container_map.dependency_items()
    }


def needed_by(container_map: ContainerMap, name: str) -> list[str]:
    return relations(container_map)[f'container:{name}']


class TestDependencyItems:
    def test_the_example_of_the_documentation(self, store: Store) -> None:
        container_map = store(
            {
                'cart': {'instances': ['blue', 'green'], 'attaches': {'spool': '/var/spool'}},
                'ledger': {'image': '/db:9', 'attaches': {'books': '/books'}},
                'front': {
                    'network_mode': 'cart.blue',
                    'networks': {'lan': {'links': 'ledger'}, 'bridge': None},
                    'uses': ['spool', 'ledger'],
                    'links': ['ledger', ('cart.green', 'g')],
                    'attaches': {'logs': '/logs'},
                },
                'networks': {'lan': None},
                'repository': 'hub.acme.test',
            }
        )
        found = {short(item): [short(needed) for needed in needs] for item, needs in container_map.dependency_items()}
        assert found == {
            'container:cart:blue': ['volume:cart:spool', 'image:hub.acme.test/cart:latest'],
            'container:cart:green': ['volume:cart:spool', 'image:hub.acme.test/cart:latest'],
            'container:ledger': ['volume:ledger:books', 'image:db:9'],
            'container:front': [
                'container:cart:blue',
                'network:lan',
                'container:ledger',
                'container:cart:green',
                'volume:front:logs',
                'image:hub.acme.test/front:latest',
            ],
        }

    def test_instances_share_one_list(self, store: Store) -> None:
        lists = [
            needed for _, needed in store({'a': {'instances': ['i', 'j'], 'links': 'b'}, 'b': None}).dependency_items()
        ]
        assert lists[0] is lists[1]

    @pytest.mark.parametrize(
        ('mode', 'expected'),
        [
            ('cart.blue', ['container:cart:blue']),
            ('cart.red', ['container:cart:blue', 'container:cart:green']),
            ('cart', ['container:cart:blue', 'container:cart:green']),
            ('ledger', ['container:ledger']),
            ('ledger.red', ['container:ledger']),
            ('nosuch', []),
            ('host', []),
            ('container:cart', []),
        ],
    )
    def test_network_mode(self, store: Store, mode: str, expected: list[str]) -> None:
        assert (
            needed_by(
                store({'cart': {'instances': ['blue', 'green']}, 'ledger': None, 'a': {'network_mode': mode}}), 'a'
            )
            == expected
        )

    @pytest.mark.parametrize(
        ('networks', 'expected'),
        [
            (['lan', 'bridge', 'host', 'none'], ['network:lan']),
            (
                {'lan': {'links': ['ledger', 'cart.blue']}, 'wan': {'links': 'cart'}},
                ['network:lan', 'container:ledger', 'container:cart:blue', 'network:wan', 'container:cart:green'],
            ),
        ],
    )
    def test_networks(self, store: Store, networks: Any, expected: list[str]) -> None:
        container_map = store({'cart': {'instances': ['blue', 'green']}, 'ledger': None, 'a': {'networks': networks}})
        assert needed_by(container_map, 'a') == expected

    @pytest.mark.parametrize(
        ('links', 'expected'),
        [
            ('cart', ['container:cart:blue', 'container:cart:green']),
            ('cart.blue', ['container:cart:blue']),
            ('cart.red', ['container:cart:red']),
            ('ledger', ['container:ledger']),
            ('template', ['container:template']),
            ('nosuch', ['container:nosuch']),
            (['ledger', ('ledger', 'x')], ['container:ledger']),
        ],
    )
    def test_links(self, store: Store, links: Any, expected: list[str]) -> None:
        container_map = store(
            {
                'cart': {'instances': ['blue', 'green']},
                'ledger': None,
                'a': {'links': links},
                'template': {'abstract': True, 'instances': ['x']},
            }
        )
        assert needed_by(container_map, 'a') == expected

    @pytest.mark.parametrize(
        ('uses', 'expected'),
        [
            ('spool', ['container:cart:blue', 'container:cart:green']),
            ('spool.ignored', ['container:cart:blue', 'container:cart:green']),
            ('twice', ['container:ledger']),
            ('cart.blue', ['container:cart:blue']),
            ('ledger', ['container:ledger']),
            ('nosuch', ['container:nosuch']),
            ('own', []),
        ],
    )
    def test_uses_by_alias(self, store: Store, uses: str, expected: list[str]) -> None:
        container_map = store(
            {
                'cart': {'instances': ['blue', 'green'], 'attaches': ['spool', 'twice']},
                'ledger': {'attaches': 'twice'},
                'a': {'uses': uses, 'attaches': 'own'},
            }
        )
        assert [needed for needed in needed_by(container_map, 'a') if needed != 'volume:a:own'] == expected

    @pytest.mark.parametrize(
        ('uses', 'expected'),
        [
            ('cart', ['container:cart:blue', 'container:cart:green']),
            ('cart.spool', ['container:cart:blue', 'container:cart:green']),
            ('cart.blue', ['container:cart:blue']),
            ('nosuch', ['container:nosuch']),
            ('nosuch.spool', ['container:nosuch:spool']),
            ('template.spool', ['container:template:spool']),
            ('a.own', []),
        ],
    )
    def test_uses_by_parent_name(self, store: Store, uses: str, expected: list[str]) -> None:
        container_map = store(
            {
                'use_attached_parent_name': True,
                'cart': {'instances': ['blue', 'green'], 'attaches': 'spool'},
                'a': {'uses': uses, 'attaches': 'own'},
                'template': {'abstract': True, 'attaches': 'spool'},
            }
        )
        assert [needed for needed in needed_by(container_map, 'a') if needed != 'volume:a:own'] == expected

    def test_a_configuration_with_instances_does_not_need_itself_for_its_own_volume(self, store: Store) -> None:
        found = relations(store({'cart': {'instances': ['i', 'j'], 'attaches': 'spool', 'uses': 'spool'}}))
        assert found == {'container:cart:i': ['volume:cart:spool'], 'container:cart:j': ['volume:cart:spool']}

    def test_inherited_relations_count(self, store: Store) -> None:
        assert needed_by(
            store({'base': {'abstract': True, 'links': 'b'}, 'a': {'extends': 'base'}, 'b': None}), 'a'
        ) == ['container:b']

    def test_values_assigned_to_an_extended_map_are_converted(self, store: Store) -> None:
        extended = store({'a': None, 'b': None}).get_extended_map()
        extended.containers.a.links = 'b'
        assert needed_by(extended, 'a') == ['container:b']

    def test_work_grows_with_size_only(self) -> None:
        def calls(size: int) -> int:
            chain: dict[str, Any] = {f'c{index}': {'links': f'c{index + 1}'} for index in range(size)}
            extended = ContainerMap('store', {**chain, f'c{size}': None}).get_extended_map()
            counted = itertools.count()
            sys.setprofile(lambda frame, event, argument: next(counted) and None)
            try:
                for item, _ in extended.dependency_items():
                    extended.get_client_names(item)
            finally:
                sys.setprofile(None)
            return next(counted)

        assert calls(800) < 9 * calls(100)


def test_persistent_items(store: Store) -> None:
    container_map = store(
        {
            'a': {'attaches': ['v', ('w', '/w')], 'persistent': True},
            'b': {'persistent': True, 'instances': ['i', 'j']},
            'c': {'attaches': 'x', 'abstract': True, 'persistent': True},
            'd': {'persistent': False},
        }
    )
    container_map.clean()
    assert container_map.get_persistent_items() == (
        [('a', SharedVolume('v')), ('a', UsedVolume('w', '/w'))],
        [('a', None), ('b', 'i'), ('b', 'j')],
    )


def container(name: str, instance: str | None = None) -> MapConfigId:
    return MapConfigId(ItemType.CONTAINER, 'store', name, instance)


class TestClients:
    @pytest.mark.parametrize(
        ('map_clients', 'own', 'expected'),
        [
            ([], [], []),
            (['c1', 'c2'], [], ['c1', 'c2']),
            (['c1', 'c2'], ['c2'], ['c2']),
            (['c1'], ['c3'], ['c3']),
            ([], ['c3', 'c3'], ['c3']),
        ],
    )
    @pytest.mark.parametrize('as_extended', [False, True])
    def test_own_clients_override_those_of_the_map(
        self, store: Store, map_clients: Any, own: Any, expected: Any, as_extended: bool
    ) -> None:
        container_map = store({'clients': map_clients, 'a': {'clients': own}})
        if as_extended:
            container_map = container_map.get_extended_map()
        assert container_map.get_client_names(container('a')) == expected

    def test_a_dependency_without_clients_is_for_those_of_its_users(self, store: Store) -> None:
        container_map = store(
            {
                'clients': 'c9',
                'a': {'clients': 'c1', 'links': 'c'},
                'b': {'clients': 'c2', 'links': 'c'},
                'c': {'links': 'd'},
                'd': None,
            }
        )
        for name in 'cd':
            assert container_map.get_client_names(container(name)) == ['c1', 'c2']

    def test_a_dependency_with_clients_keeps_to_them(self, store: Store) -> None:
        container_map = store(
            {'clients': ['c1', 'c2'], 'a': {'links': 'b', 'clients': 'c1'}, 'b': {'clients': ['c1', 'c3']}}
        )
        assert container_map.get_client_names(container('b')) == ['c1', 'c3']

    def test_users_without_clients_hand_on_those_of_the_map(self, store: Store) -> None:
        container_map = store({'clients': ['c1'], 'a': {'links': 'c'}, 'b': {'clients': 'c2', 'links': 'c'}, 'c': None})
        assert container_map.get_client_names(container('c')) == ['c1', 'c2']

    def test_the_default_client_beside_others_is_an_empty_name(self, store: Store) -> None:
        container_map = store({'a': {'links': 'c'}, 'b': {'clients': 'c2', 'links': 'c'}, 'c': None})
        assert container_map.get_client_names(container('c')) == ['', 'c2']

    @pytest.mark.parametrize(
        ('config_id', 'expected'),
        [
            (container('a', 'any'), ['c1']),
            (MapConfigId(ItemType.VOLUME, 'store', 'a', 'v'), ['c1']),
            (MapConfigId(ItemType.NETWORK, 'store', 'lan'), ['c1', 'c2']),
            (MapConfigId(ItemType.NETWORK, 'store', 'unused'), ['c9']),
            (MapConfigId(ItemType.IMAGE, 'store', 'x', 'latest'), ['c1', 'c2']),
            (MapConfigId(ItemType.IMAGE, 'store', 'other', 'latest'), ['c9']),
            ((ItemType.CONTAINER, 'store', 'b', None), ['c2']),
        ],
    )
    def test_each_type_of_item(self, store: Store, config_id: Any, expected: list[str]) -> None:
        container_map = store(
            {
                'clients': 'c9',
                'a': {'clients': 'c1', 'attaches': 'v', 'networks': 'lan', 'image': 'x'},
                'b': {'clients': 'c2', 'networks': 'lan', 'image': 'x'},
                'networks': {'unused': None},
            }
        )
        assert container_map.get_client_names(config_id) == expected

    def test_changed_clients_of_the_map_are_seen(self, store: Store) -> None:
        extended = store({'clients': 'c1', 'a': None}).get_extended_map()
        assert extended.get_client_names(container('a')) == ['c1']
        extended.clients.append('c2')
        assert extended.get_client_names(container('a')) == ['c1', 'c2']
        extended.clients = NotSet
        assert extended.get_client_names(container('a')) == []

    @pytest.mark.parametrize(
        'values',
        [
            {'a': {'clients': ['c1', 'c2'], 'links': 'b'}, 'b': {'clients': 'c1'}},
            {'clients': ['c1', 'c2'], 'a': {'links': 'b'}, 'b': {'clients': 'c1'}},
            {'clients': ['c1', 'c2'], 'a': {'links': 'b'}, 'b': {'links': 'c'}, 'c': {'clients': 'c1'}},
            {'clients': ['c1', 'c2'], 'a': {'network_mode': 'b'}, 'b': {'clients': 'c1'}},
            {'clients': ['c1', 'c2'], 'a': {'uses': 'v'}, 'b': {'clients': 'c1', 'attaches': {'v': '/v'}}},
        ],
    )
    def test_a_dependency_missing_where_it_is_needed_is_an_error(self, values: Any) -> None:
        with pytest.raises(MapIntegrityError, match=r"^store\.[ab]\.\w+: Needs '[bc]' on c2, which is limited to c1"):
            ContainerMap('store', values)

    def test_a_dependency_limited_to_another_than_the_default_client_is_an_error(self) -> None:
        with pytest.raises(
            MapIntegrityError, match=r"^store\.a\.links: Needs 'b' on the default client, which is limited to c1"
        ):
            ContainerMap('store', {'a': {'links': 'b'}, 'b': {'clients': 'c1'}})

    @pytest.mark.parametrize(
        ('user', 'dependency'), list(itertools.product([['c1'], ['c1', 'c2']], [[], ['c1', 'c2', 'c3']]))
    )
    def test_a_dependency_that_is_there_where_it_is_needed_is_fine(
        self, user: list[str], dependency: list[str]
    ) -> None:
        ContainerMap('store', {'a': {'clients': user, 'links': 'b'}, 'b': {'clients': dependency}}).check_integrity()


def test_an_image_that_cannot_be_read_is_named_with_its_path(store: Store) -> None:
    with pytest.raises(ValueError, match=r'^store\.@\.image: '):
        list(store({'@': None}).dependency_items())

"""What the integrity check finds."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.input import HostVolume, ItemType, MapConfigId

CART = {'instances': ['blue', 'green'], 'shares': '/c'}


def member(*fields: Any) -> MapConfigId:
    return MapConfigId(*fields)


@pytest.mark.parametrize(
    'values',
    [
        {},
        {'a': {'abstract': True}},
        {'a': {'abstract': True, 'links': 'nosuch', 'uses': 'nosuch', 'binds': 'nosuch', 'networks': 'nosuch'}},
        {'cart': CART, 'groups': {'g': ['cart', 'cart.blue']}},
        {
            'cart': CART,
            'networks': {'n': None},
            'groups': {
                'g': [
                    member(ItemType.CONTAINER, 'store', 'cart', 'blue'),
                    member(ItemType.CONTAINER, 'store', 'cart'),
                    member(ItemType.NETWORK, 'store', 'n'),
                ]
            },
        },
        {
            'cart': {'attaches': {'v': '/v'}},
            'groups': {'g': [member(ItemType.VOLUME, 'store', 'cart', 'v'), member(ItemType.IMAGE, 'store', 'x', 'y')]},
        },
        {
            'cart': CART,
            'a': {'uses': ['cart.blue', 'v'], 'binds': 'h', 'attaches': {'v': '/v'}},
            'host': {'h': '/h'},
            'volumes': {'h': '/h'},
        },
        {'cart': {'binds': {'/x': '/y'}}, 'ledger': {'uses': 'cart'}, 'a': {'uses': ['cart', 'ledger']}},
        {'cart': {'attaches': {'v': '/v'}}, 'a': {'attaches': 'w', 'uses': 'v'}, 'volumes': {'w': '/w'}},
        {
            'use_attached_parent_name': True,
            'cart': {'attaches': {'v': '/v'}},
            'ledger': {'attaches': 'v', 'uses': 'cart.v'},
        },
        {'cart': CART, 'ledger': None, 'a': {'links': ['cart.blue', 'ledger']}},
        {'a': {'networks': ['n', 'host', 'bridge', 'none']}, 'networks': {'n': None}},
        {'cart': CART, 'a': {'network_mode': 'cart.blue'}},
        {'a': {'network_mode': 'container:foreign'}},
        {'a': {'binds': [HostVolume('./x', '/y'), HostVolume(lazy(str), '/y')]}},
        {'a': {'attaches': {'v': '/v'}, 'uses': 'v'}},
        {'a': {'instances': ['i', 'j'], 'binds': 'h'}, 'host': {'h': {'i': '/i', 'j': '/j'}}, 'volumes': {'h': '/h'}},
        {'a': {'binds': 'h'}, 'host': {'h': {'default': '/d'}}, 'volumes': {'h': '/h'}},
        {'a': {'binds': 'h'}, 'host': {'h': lazy(dict)}, 'volumes': {'h': '/h'}},
        {'a': {'binds': 'h'}, 'host': {'h': {'default': lazy(str)}}, 'volumes': {'h': '/h'}},
    ],
)
def test_what_fits_together_passes(values: Any) -> None:
    ContainerMap('store', values).check_integrity()


def test_a_registered_value_is_no_dict_of_host_paths_before_it_is_resolved(registered_type: Any) -> None:
    class Registered(dict[str, str]):
        """A dict that stands for a path."""

    registered_type(Registered)
    path = Registered(part='x')
    values = {'a': {'binds': ['h', ('/c', path)]}, 'host': {'h': path}, 'volumes': {'h': '/h'}}

    ContainerMap('store', values).check_integrity()


@pytest.mark.parametrize(
    ('values', 'path', 'names'),
    [
        ({'cart': None, 'groups': {'cart': []}}, 'groups.cart', ['cart']),
        ({'cart': CART, 'groups': {'cart': []}}, 'groups.cart', ['cart']),
        ({'cart': CART, 'groups': {'cart.blue': []}}, 'groups.cart.blue', ['cart.blue']),
        ({'cart': None, 'groups': {'g': ['nosuch', 'cart', 'cart.x']}}, 'groups.g', ['cart.x, nosuch']),
        ({'cart': None, 'groups': {'g': [], 'h': ['g']}}, 'groups.h', ['g']),
        ({'cart': {'abstract': True}, 'groups': {'g': 'cart'}}, 'groups.g', ['cart']),
        ({'cart': None, 'groups': {'g': [member(ItemType.CONTAINER, 'mall', 'cart')]}}, 'groups.g', ['mall']),
        ({'cart': None, 'groups': {'g': [member(ItemType.CONTAINER, 'store', 'x')]}}, 'groups.g', ["'x'"]),
        ({'cart': CART, 'groups': {'g': [member(ItemType.CONTAINER, 'store', 'cart', 'red')]}}, 'groups.g', ["'red'"]),
        ({'cart': CART, 'groups': {'g': [member(ItemType.NETWORK, 'store', 'cart')]}}, 'groups.g', ["'cart'"]),
        ({'cart': CART, 'groups': {'g': [member(ItemType.VOLUME, 'store', 'cart', 'v')]}}, 'groups.g', ["'v'"]),
        ({'a': {'attaches': {'v': '/v'}}, 'b': {'attaches': {'v': '/v'}}}, 'b', ['v', 'a, b']),
        ({'v': {'shares': '/s'}, 'b': {'attaches': {'v': '/v'}}}, 'b', ['v']),
        ({'a': {'uses': ['nosuch', 'b', 'c.i']}, 'b': None, 'c': {'instances': 'i'}}, 'a.uses', ['b, c.i, nosuch']),
        ({'a': {'uses': 'cart'}, 'cart': CART}, 'a.uses', ["write 'cart.blue' or 'cart.green'"]),
        ({'a': {'uses': 'cart'}, 'cart': {'attaches': {'v': '/v'}}}, 'a.uses', ['cart']),
        (
            {'use_attached_parent_name': True, 'a': {'uses': 'v'}, 'cart': {'attaches': {'v': '/v'}}},
            'a.uses',
            ["write 'cart.v'"],
        ),
        ({'a': {'binds': ['x', 'y']}, 'volumes': {'x': '/x', 'y': '/y'}}, 'a.binds', ['x, y', "'host'"]),
        ({'a': {'binds': ['x', 'y']}, 'host': {'x': '/x', 'y': '/y'}}, 'a.binds', ['x, y', "'volumes'"]),
        ({'a': {'attaches': ['x', 'y']}}, 'a.attaches', ['x, y', "'volumes'"]),
        ({'a': {'links': ['x', 'cart']}, 'cart': CART}, 'a.links', ['cart, x']),
        ({'a': {'links': 'legder'}, 'ledger': None}, 'a.links', ["legder; did you mean 'ledger'?"]),
        ({'a': {'networks': {'n': {'links': 'x'}}}, 'networks': {'n': None}}, 'a.networks', ['x']),
        ({'a': {'networks': ['m', 'n', 'host']}, 'networks': {'x': None}}, 'a.networks', ['m, n']),
        ({'a': {'network_mode': 'x.i'}}, 'a.network_mode', ['x.i']),
        ({'a': {'network_mode': 'cart'}, 'cart': CART}, 'a.network_mode', ["write 'cart.blue'"]),
        ({'a': {'binds': [HostVolume('etc', '/y')]}}, 'a.binds[0]', ["'etc'"]),
        (
            {
                'a': {'instances': ['i', 'j'], 'binds': ['h', 'k']},
                'host': {'h': '/h', 'k': {'i': '/i', 'default': '/d'}},
                'volumes': {'h': '/h', 'k': '/k'},
            },
            'a.binds[1]',
            ["'k' for j", 'default, i'],
        ),
        ({'a': {'binds': 'h'}, 'host': {'h': {'i': '/i'}}, 'volumes': {'h': '/h'}}, 'a.binds[0]', ['for default']),
        ({'a': {'binds': {'/x': {'i': '/i'}}}}, 'a.binds[0]', ['for default']),
        ({'@': None}, '@.image', ["found '@'"]),
        ({'a': {'links': 'b'}, 'b': {'links': 'a'}}, 'a', ['a -> b -> a']),
        ({'a': {'links': 'a'}}, 'a', ['a -> a']),
        ({'a': {'instances': ['i', 'j'], 'links': 'a.i'}}, 'a', ['a -> a']),
        (
            {
                'a': {'network_mode': 'b'},
                'b': {'links': 'c'},
                'c': {'networks': {'bridge': None, 'n': {'links': 'a'}}},
                'networks': {'n': None},
            },
            'a',
            ['a -> b -> c -> a'],
        ),
        (
            {'a': {'uses': 'v', 'attaches': {'w': '/w'}}, 'b': {'uses': 'w', 'attaches': {'v': '/v'}}},
            'a',
            ['a -> b -> a'],
        ),
    ],
)
def test_what_does_not_is_named_with_its_place(values: Any, path: str, names: list[str]) -> None:
    with pytest.raises(MapIntegrityError) as error:
        ContainerMap('store', values)
    lines = [line for line in error.value.message.splitlines() if line.startswith(f'store.{path}: ')]
    assert lines
    for name in names:
        assert any(name in line for line in lines)


def test_names_are_sorted_and_all_problems_are_listed() -> None:
    with pytest.raises(MapIntegrityError) as error:
        ContainerMap('store', {'b': {'links': ['z', 'y']}, 'a': {'uses': 'x', 'networks': 'n'}})
    assert [line.partition(':')[0] for line in str(error.value).splitlines()] == [
        'store.a.uses',
        'store.b.links',
        'store.a.networks',
    ]
    assert 'y, z' in str(error.value)


def test_inherited_settings_are_checked() -> None:
    with pytest.raises(MapIntegrityError, match=r'^store\.a\.links: .*nosuch'):
        ContainerMap('store', {'base': {'abstract': True, 'links': 'nosuch'}, 'a': {'extends': 'base'}})


def test_a_wrong_value_is_found_first() -> None:
    container_map = ContainerMap('store', {'a': {'links': 'nosuch', 'user': 1.5}}, check_integrity=False)
    with pytest.raises(ValueError, match=r'^store\.a\.user: '):
        container_map.check_integrity()


def test_late_values_are_not_evaluated(never: Any) -> None:
    ContainerMap(
        'store',
        {
            'repository': never,
            'default_domain': never,
            'default_tag': never,
            'host_root': never,
            'host': {'h': never, 'k': {'default': never}},
            'volumes': {
                'h': never,
                'k': '/k',
                'v': {'user': never, 'permissions': never, 'driver_options': {'a': never}},
            },
            'a': {
                'user': never,
                'shares': [never],
                'binds': ['h', 'k', ('/x', never)],
                'exposes': [(80, never)],
                'attaches': [('w', never)],
                'create_options': {'command': never},
                'exec_commands': never,
            },
        },
    ).check_integrity()

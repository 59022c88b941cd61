from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.input import InputConfigId, InputConfigIdList, ItemType, MapConfigId

C, N = ItemType.CONTAINER, ItemType.NETWORK


@pytest.mark.parametrize(
    ('element', 'expected'),
    [
        ('cart', (C, 'store', 'cart', ('blue',))),
        (('cart',), (C, 'store', 'cart', ('blue',))),
        ('mall.cart', (C, 'mall', 'cart', ('blue',))),
        ('mall.cart.', (C, 'mall', 'cart', ('blue',))),
        (('mall', 'cart'), (C, 'mall', 'cart', ('blue',))),
        ((None, 'cart'), (C, 'store', 'cart', ('blue',))),
        (('', 'cart'), (C, 'store', 'cart', ('blue',))),
        ('mall.cart.green', (C, 'mall', 'cart', ('green',))),
        (('mall', 'cart', 'green'), (C, 'mall', 'cart', ('green',))),
        (['mall', 'cart', ['green']], (C, 'mall', 'cart', ('green',))),
        (('mall', 'cart', ('green', 'red')), (C, 'mall', 'cart', ('green', 'red'))),
        (('mall', 'cart', ('green', None)), (C, 'mall', 'cart', ('green', None))),
        ('mall.cart.g.1', (C, 'mall', 'cart', ('g.1',))),
        (('mall', 'cart', None), (C, 'mall', 'cart', ('blue',))),
        (('mall', 'cart', ()), (C, 'mall', 'cart', ('blue',))),
        (('mall', 'cart', ''), (C, 'mall', 'cart', ('blue',))),
        (('mall', 'cart', 0), (C, 'mall', 'cart', ('blue',))),
        (('mall', 'cart', False), (C, 'mall', 'cart', ('blue',))),
        ((None, 'cart', 'green'), (C, 'store', 'cart', ('green',))),
        ({'config_name': 'front', 'config_type': 'network'}, (N, 'store', 'front', ('blue',))),
        ({'config_name': 'cart'}, (C, 'store', 'cart', ('blue',))),
        ({'config_name': 'cart', 'map_name': 'mall', 'instance_names': 'green'}, (C, 'mall', 'cart', ('green',))),
        ({'config_name': 'cart', 'instance_names': ['green', 'red']}, (C, 'store', 'cart', ('green', 'red'))),
        ({'mall': 'cart'}, (C, 'mall', 'cart', ('blue',))),
        (MapConfigId(N, 'mall', 'front', 'i'), (N, 'mall', 'front', ('i',))),
        (MapConfigId(C, 'mall', 'cart'), (C, 'mall', 'cart', ('blue',))),
        (InputConfigId(C, 'mall', 'cart', ('i',)), (C, 'mall', 'cart', ('i',))),
        (InputConfigId(C, 'mall', 'cart'), (C, 'mall', 'cart', None)),
        (InputConfigId(C, 'mall', 'cart', ['i']), (C, 'mall', 'cart', ('i',))),
    ],
)
def test_selections(element: Any, expected: Any) -> None:
    [selected] = InputConfigIdList([element], map_name='store', instances=('blue',))

    assert selected == expected
    assert type(selected) is InputConfigId
    assert InputConfigIdList().get_type_item(element, 'store', ('blue',)) == expected


def test_without_defaults_map_and_instances_stay_open() -> None:
    assert InputConfigIdList('cart') == [(C, None, 'cart', None)]


@pytest.mark.parametrize(
    ('instances', 'expected'),
    [
        (None, None),
        ((), None),
        ([], None),
        ('', None),
        (False, None),
        ({}, None),
        (('a',), ('a',)),
        (['a', 'b'], ('a', 'b')),
        ('a', ('a',)),
    ],
)
def test_default_instances(instances: Any, expected: Any) -> None:
    assert InputConfigIdList('cart', instances=instances)[0].instance_names == expected


@pytest.mark.parametrize('instances', [5, {'a': 1}, [5]])
def test_other_default_instances_are_refused(instances: Any) -> None:
    with pytest.raises(ValueError, match='Expected'):
        InputConfigIdList('cart', instances=instances)


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ('mall.cart', [(C, 'mall', 'cart', ('blue',))]),
        (MapConfigId(C, 'mall', 'cart', 'i'), [(C, 'mall', 'cart', ('i',))]),
        (MapConfigId(C, 'mall', 'cart'), [(C, 'mall', 'cart', ('blue',))]),
        (InputConfigId(C, 'mall', 'cart'), [(C, 'mall', 'cart', None)]),
        (('a', 'b'), [(C, 'store', 'a', ('blue',)), (C, 'store', 'b', ('blue',))]),
        ({'mall': 'cart', 'config_name': 'x'}, [(C, 'mall', 'cart', ('blue',)), (C, 'config_name', 'x', ('blue',))]),
        (None, []),
    ],
)
def test_whole_values(value: Any, expected: Any) -> None:
    assert InputConfigIdList(value, 'store', 'blue') == expected


@pytest.mark.parametrize(
    'element',
    [
        (),
        ('a', 'b', 'c', 'd'),
        ('a', 'b', 5),
        ('a', 'b', {'c': 1}),
        ('a', 'b', [5]),
        5,
        None,
        True,
        lazy(str),
        '',
        '.cart',
        'm..i',
        'm.',
        ('m', ''),
        ('m', None),
        (5, 'cart'),
        ('m', 5),
        {},
        {'config_name': ''},
        {'map_name': 'm'},
        {'config_name': 'a', 'config_type': 'thing'},
        {'config_name': 'a', 'config_type': 5},
        {'config_name': 'a', 'instance': 'i'},
        {'config_name': 'a', 'map_name': 5},
        {'config_name': 'a', 'instance_names': 5},
        b'a',
    ],
)
def test_other_selections_are_refused(element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]'):
        InputConfigIdList([element], 'store')


def test_elements_added_later_get_the_defaults_too() -> None:
    ids = InputConfigIdList(map_name='store', instances='blue')
    ids.append('cart')
    ids += ['mall.cart']

    assert ids == [(C, 'store', 'cart', ('blue',)), (C, 'mall', 'cart', ('blue',))]


@pytest.mark.parametrize(
    'duplicate',
    [
        copy.copy,
        copy.deepcopy,
        lambda ids: ids[:],
        lambda ids: ids.copy(),
        lambda ids: pickle.loads(pickle.dumps(ids)),
    ],
)
def test_copies_keep_the_defaults(duplicate: Any) -> None:
    ids = duplicate(InputConfigIdList('cart', 'store', 'blue'))
    ids.append('till')

    assert ids == [(C, 'store', 'cart', ('blue',)), (C, 'store', 'till', ('blue',))]

"""From what is asked for to the ids of single items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.config.main import ContainerMap
from dockermap.map.config.utils import expand_groups, expand_instances, get_map_config, get_map_config_ids
from dockermap.map.input import InputConfigId, ItemType, MapConfigId

CONTAINER, VOLUME, NETWORK, IMAGE = ItemType.CONTAINER, ItemType.VOLUME, ItemType.NETWORK, ItemType.IMAGE


@pytest.fixture
def maps(store: Callable[..., ContainerMap]) -> dict[str, ContainerMap]:
    """The extended maps store and mall."""
    found = store(
        {
            'cart': {'instances': ['blue', 'green'], 'attaches': {'spool': '/s', 'books': '/b'}},
            'front': None,
            'base': {'abstract': True},
            'networks': {'lan': None},
            'groups': {
                'web': ['front', 'cart.green'],
                'ids': [MapConfigId(CONTAINER, 'store', 'cart', 'blue'), MapConfigId(CONTAINER, 'store', 'front')],
            },
        }
    )
    mall = ContainerMap('mall', {'kiosk': None, 'front': None})
    return {'store': found.get_extended_map(), 'mall': mall.get_extended_map()}


def short(config_id: Any) -> str:
    return '/'.join(map(str, config_id[1:]))


@pytest.mark.parametrize(
    ('value', 'default_map', 'expected'),
    [
        ('store.cart', None, ['store/cart/blue', 'store/cart/green']),
        ('store.cart.red', None, ['store/cart/red']),
        (['store.cart.green', 'store.cart'], None, ['store/cart/blue', 'store/cart/green']),
        ('store.web', None, ['store/cart/green', 'store/front/None']),
        ('store.web.x', None, ['store/cart/green', 'store/front/x']),
        ('store.__all__', None, ['store/cart/blue', 'store/cart/green', 'store/front/None']),
        (
            '__all__.__all__',
            None,
            ['mall/front/None', 'mall/kiosk/None', 'store/cart/blue', 'store/cart/green', 'store/front/None'],
        ),
        (
            '__all__',
            None,
            ['mall/front/None', 'mall/kiosk/None', 'store/cart/blue', 'store/cart/green', 'store/front/None'],
        ),
        ('__all__', 'mall', ['mall/front/None', 'mall/kiosk/None']),
        ('__all__.front', None, ['mall/front/None', 'store/front/None']),
        ('__all__.kiosk', None, ['mall/kiosk/None']),
        ('__all__.web', None, ['store/cart/green', 'store/front/None']),
        ('front', 'store', ['store/front/None']),
        ('store.ids', None, ['store/cart/blue', 'store/front/None']),
        (None, None, []),
        ([], None, []),
        (['front', 'cart'], 'store', ['store/cart/blue', 'store/cart/green', 'store/front/None']),
        (['cart.red', 'cart'], 'store', None),
        (MapConfigId(CONTAINER, 'store', 'cart', 'blue'), None, ['store/cart/blue']),
    ],
)
def test_selections(
    maps: dict[str, ContainerMap], value: Any, default_map: str | None, expected: list[str] | None
) -> None:
    if expected is None:
        value, expected = ['store.cart.red', 'store.cart'], ['store/cart/blue', 'store/cart/green', 'store/cart/red']
    assert [short(config_id) for config_id in get_map_config_ids(value, maps, default_map)] == expected


def test_default_instances_apply_where_none_are_named(maps: dict[str, ContainerMap]) -> None:
    found = get_map_config_ids(['cart', 'store.cart.red'], maps, 'store', 'blue')
    assert [short(config_id) for config_id in found] == ['store/cart/blue', 'store/cart/red']


def test_a_wish_for_all_instances_comes_before_others(maps: dict[str, ContainerMap]) -> None:
    ids = [InputConfigId(CONTAINER, 'store', 'cart', ('red',)), InputConfigId(CONTAINER, 'store', 'cart')]
    assert [config_id.instance_name for config_id in expand_instances(ids, maps)] == ['blue', 'green', 'red']


def test_ids_are_sorted_by_type_map_and_configuration(maps: dict[str, ContainerMap]) -> None:
    ids = [
        InputConfigId(VOLUME, 'store', 'cart'),
        InputConfigId(NETWORK, 'store', 'lan'),
        InputConfigId(CONTAINER, 'store', 'front'),
        InputConfigId(CONTAINER, 'mall', 'kiosk'),
        InputConfigId(CONTAINER, 'mall', 'front'),
    ]
    assert list(expand_instances(ids, maps)) == [
        (CONTAINER, 'mall', 'front', None),
        (CONTAINER, 'mall', 'kiosk', None),
        (CONTAINER, 'store', 'front', None),
        (NETWORK, 'store', 'lan', None),
        (VOLUME, 'store', 'cart', 'spool'),
        (VOLUME, 'store', 'cart', 'books'),
    ]


def test_the_configuration_of_an_id() -> None:
    assert get_map_config(MapConfigId(CONTAINER, 'store', 'cart', 'blue')) == (CONTAINER, 'store', 'cart')


@pytest.mark.parametrize(
    ('config_id', 'expected'),
    [
        (InputConfigId(CONTAINER, 'store', 'cart', ('blue',)), [(CONTAINER, 'store', 'cart', ('blue',))]),
        (MapConfigId(CONTAINER, 'store', 'cart', 'blue'), [(CONTAINER, 'store', 'cart', ('blue',))]),
        (MapConfigId(CONTAINER, 'store', 'cart'), [(CONTAINER, 'store', 'cart', None)]),
        (
            InputConfigId(CONTAINER, '__all__', 'front'),
            [(CONTAINER, 'store', 'front', None), (CONTAINER, 'mall', 'front', None)],
        ),
        (
            InputConfigId(CONTAINER, 'store', '__all__', ('x',)),
            [(CONTAINER, 'store', 'cart', ('x',)), (CONTAINER, 'store', 'front', ('x',))],
        ),
        (
            InputConfigId(CONTAINER, 'store', 'web', ('x',)),
            [(CONTAINER, 'store', 'front', ('x',)), (CONTAINER, 'store', 'cart', ('green',))],
        ),
        (
            InputConfigId(VOLUME, 'store', 'web'),
            [(VOLUME, 'store', 'front', None), (VOLUME, 'store', 'cart', ('green',))],
        ),
        (
            InputConfigId(CONTAINER, 'store', 'ids'),
            [(CONTAINER, 'store', 'cart', ('blue',)), (CONTAINER, 'store', 'front', None)],
        ),
        (InputConfigId(NETWORK, '__all__', 'lan'), [(NETWORK, 'store', 'lan', None)]),
    ],
)
def test_expanding_groups(maps: dict[str, ContainerMap], config_id: Any, expected: Any) -> None:
    assert list(expand_groups([config_id], maps)) == expected


def test_all_configurations_of_a_map_that_is_not_extended_include_abstract_ones(
    store: Callable[..., ContainerMap],
) -> None:
    maps = {'store': store({'a': None, 'b': {'abstract': True}})}
    assert [found[2] for found in expand_groups([InputConfigId(CONTAINER, 'store', '__all__')], maps)] == ['a', 'b']


@pytest.mark.parametrize(
    ('config_id', 'expected'),
    [
        (InputConfigId(CONTAINER, 'store', 'cart'), ['blue', 'green']),
        (InputConfigId(CONTAINER, 'store', 'cart', ('red', 'red')), ['red']),
        (InputConfigId(CONTAINER, 'store', 'front'), [None]),
        (InputConfigId(CONTAINER, 'store', 'front', ('x',)), ['x']),
        (InputConfigId(VOLUME, 'store', 'cart'), ['spool', 'books']),
        (InputConfigId(VOLUME, 'store', 'cart', ('spool',)), ['spool']),
        (InputConfigId(NETWORK, 'store', 'lan'), [None]),
    ],
)
def test_expanding_instances(maps: dict[str, ContainerMap], config_id: Any, expected: Any) -> None:
    assert [found.instance_name for found in expand_instances([config_id], maps)] == expected


@pytest.mark.parametrize(
    ('value', 'texts'),
    [
        ('zzz.a', ["no map 'zzz'", 'mall, store']),
        ('stor.cart', ["did you mean 'store'?"]),
        ('cart.blue', ["no map 'cart'", "write 'map.cart.instance'"]),
        ('store.nope', ["no configuration 'nope'", 'cart, front']),
        ('store.crat', ["did you mean 'cart'?"]),
        ('store.base', ['abstract']),
        ('__all__.nope', ["'nope'"]),
        ([{'config_type': 'network', 'map_name': 'store', 'config_name': 'wan'}], ["no network 'wan'", 'lan']),
    ],
)
def test_unknown_names_are_key_errors_that_list_what_exists(
    maps: dict[str, ContainerMap], value: Any, texts: list[str]
) -> None:
    with pytest.raises(KeyError) as error:
        get_map_config_ids(value, maps)
    for text in texts:
        assert text in error.value.args[0]


def test_the_key_error_of_a_missing_configuration_has_its_id(maps: dict[str, ContainerMap]) -> None:
    with pytest.raises(KeyError) as error:
        get_map_config_ids('store.nope', maps)
    assert error.value.args[1] == (CONTAINER, 'store', 'nope')


def test_a_missing_map_name_is_an_error_that_lists_the_maps(maps: dict[str, ContainerMap]) -> None:
    with pytest.raises(ValueError, match=r"'cart' names no map, and there is no default map.* mall, store"):
        get_map_config_ids('cart', maps)


@pytest.mark.parametrize('wrong', ['text', (CONTAINER, 'store', 'cart', None), 5])
def test_expanding_groups_refuses_what_is_no_id(maps: dict[str, ContainerMap], wrong: Any) -> None:
    with pytest.raises(ValueError, match='InputConfigId'):
        list(expand_groups([wrong], maps))


def test_expanding_groups_refuses_members_that_are_none(maps: dict[str, ContainerMap]) -> None:
    maps['store'].groups['bad'] = [5]
    with pytest.raises(ValueError, match=r'store\.groups\.bad'):
        get_map_config_ids('store.bad', maps)


def test_images_have_no_instances(maps: dict[str, ContainerMap]) -> None:
    with pytest.raises(ValueError, match='Instances of'):
        list(expand_instances([InputConfigId(IMAGE, 'store', 'cart')], maps))

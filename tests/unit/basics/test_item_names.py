"""How items are called where people read of them."""

from __future__ import annotations

import pytest

from dockermap.api import ItemType, MapConfigId, describe_item, item_name

NAMES = [
    ((ItemType.CONTAINER, 'shop', 'web', 'blue'), 'shop.web.blue', 'container shop.web.blue'),
    ((ItemType.CONTAINER, 'shop', 'web', None), 'shop.web', 'container shop.web'),
    ((ItemType.NETWORK, 'shop', 'backend', None), 'shop.backend', 'network shop.backend'),
    ((ItemType.VOLUME, 'shop', 'web', 'data'), 'shop.web.data', 'volume data of shop.web'),
    ((ItemType.VOLUME, 'shop', 'data', None), 'shop.data', 'volume shop.data'),
    ((ItemType.IMAGE, 'shop', 'nginx', '1.27'), 'nginx:1.27', 'image nginx:1.27'),
    ((ItemType.IMAGE, 'shop', 'nginx', None), 'nginx', 'image nginx'),
    ((ItemType.IMAGE, 'shop', 'nginx', 'sha256:12ab'), 'nginx@sha256:12ab', 'image nginx@sha256:12ab'),
]


@pytest.mark.parametrize(('fields', 'name', 'description'), NAMES)
def test_items_are_called_by_their_names_on_the_map(fields, name, description):
    config_id = MapConfigId(*fields)
    assert (item_name(config_id), describe_item(config_id)) == (name, description)


def test_the_text_of_an_id_stays_as_it_is():
    assert str(MapConfigId(ItemType.CONTAINER, 'shop', 'web', 'blue')) != 'shop.web.blue'

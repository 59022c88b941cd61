"""Labels on what is created for a map."""

from __future__ import annotations

import pytest

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL, PURPOSE_LABEL, ownership_labels


@pytest.mark.parametrize(
    ('item', 'by_parent', 'text'),
    [
        (('container', 'web', 'blue'), False, 'container:web.blue'),
        (('container', 'web', None), False, 'container:web'),
        (('network', 'back', None), False, 'network:back'),
        (('volume', 'web', 'data'), False, 'volume:data'),
        (('volume', 'web', 'data'), True, 'volume:web.data'),
    ],
)
def test_labels_say_what_an_item_is_on_which_map(item, by_parent, text):
    kind, *names = item
    config_id = MapConfigId(ItemType(kind), 'shop', *names)
    assert ownership_labels(config_id, by_parent) == {MAP_LABEL: 'shop', ITEM_LABEL: text}
    assert ownership_labels(config_id, by_parent, 'x') == {MAP_LABEL: 'shop', ITEM_LABEL: text, PURPOSE_LABEL: 'x'}


def test_the_engine_shows_whose_what_was_created_is(engine, make_client):
    client = make_client(
        {
            'web': {'image': 'busybox', 'attaches': 'data', 'user': 'root', 'networks': ['back']},
            'volumes': {'data': '/data'},
            'networks': {'back': None},
        }
    )
    client.startup('web')
    reader = engine.client()
    found = [
        reader.inspect_container('shop.web')['Config'],
        reader.inspect_network('shop.back'),
        reader.inspect_volume('shop.data'),
        *({'Labels': call.arguments['labels']} for call in engine.calls if 'network_disabled' in call.arguments),
    ]
    assert [[detail['Labels'].get(name) for name in (MAP_LABEL, ITEM_LABEL, PURPOSE_LABEL)] for detail in found] == [
        ['shop', 'container:web', None],
        ['shop', 'network:back', None],
        ['shop', 'volume:data', None],
        ['shop', 'volume:data', 'preparation'],
    ]


def test_the_container_of_a_script_says_so(engine, make_client):
    make_client({'job': {'image': 'busybox'}}).run_script('job', command_format='true', remove_created_after=False)
    assert engine.client().inspect_container('shop.job')['Config']['Labels'][PURPOSE_LABEL] == 'script'


@pytest.mark.parametrize('given', [{'labels': {'a': 'b'}}, {'labels': ['a']}, {}])
def test_the_labels_of_a_map_are_no_difference(engine, make_client, given):
    content = {
        'web': {'image': 'busybox', 'attaches': 'data', 'create_options': given, 'networks': ['back']},
        'volumes': {'data': '/data'},
        'networks': {'back': None},
    }
    make_client(content).startup('web')
    assert make_client(content).update('web') == []

"""Maps written as YAML: short forms, from which an equal map is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockermap.api import ContainerMap, ItemType, MapConfigId
from dockermap.exceptions import InputError
from dockermap.functional import lazy
from dockermap.map._dump import map_document, map_text
from dockermap.map.yaml import load_map, load_map_file

ROOT = Path(__file__).resolve().parents[3]
FILES = [*sorted((ROOT / 'examples').glob('*.yaml')), *sorted((ROOT / 'docs' / 'examples').glob('*.yaml'))]
MAPS = [path for path in FILES if 'client' not in path.name and 'compose' not in path.name]


@pytest.mark.parametrize('path', MAPS, ids=lambda path: path.name)
def test_the_example_maps(path, monkeypatch):
    monkeypatch.setenv('SHOP_FILES', '/srv/shop')
    monkeypatch.chdir(path.parent)
    container_map = load_map_file(path, '' if 'name:' not in path.read_text() else None)
    assert load_map(map_text(container_map), strict=True) == container_map


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({'binds': ['conf', ('/x', '/y', True)]}, {'binds': {'conf': None, '/x': ['/y', 'ro']}}),
        ({'binds': {'/x': '/y', '/z': ['/w', 'ro']}}, {'binds': {'/x': '/y', '/z': ['/w', 'ro']}}),
        ({'binds': {'/x': {'a': '/y'}}}, {'binds': {'/x': {'a': '/y'}}}),
        ({'attaches': ['data', ('spool', '/s')]}, {'attaches': {'data': None, 'spool': '/s'}}),
        ({'uses': [('data', 'ro'), 'db']}, {'uses': {'data': 'ro', 'db': None}}),
        ({'uses': [('name', '/x')]}, {'uses': [{'name': 'name', 'path': '/x'}]}),
        ({'links': ['a', ('b', 'c')]}, {'links': {'a': None, 'b': 'c'}}),
        ({'links': ['a', 'b']}, {'links': ['a', 'b']}),
        ({'links': [('a', 'b'), ('a', 'c')]}, {'links': [{'a': 'b'}, {'a': 'c'}]}),
        ({'exposes': [80, (81, 82), (53, 54, 'lan'), ('55/udp', 56, 'lan', True)]},
         {'exposes': {80: None, 81: 82, 53: [54, 'lan'], '55/udp': [56, 'lan', True]}}),
        ({'exposes': [(80, 81), (80, 82)]}, {'exposes': [{80: 81}, {80: 82}]}),
        ({'exposes': [(80, 0)]}, {'exposes': {80: 0}}),
        ({'networks': ['a']}, {'networks': ['a']}),
        ({'networks': [('a', ['x'])]}, {'networks': {'a': ['x']}}),
        ({'networks': [('a', {'ipv4_address': '10.0.0.1', 'links': {'b': 'c'}})]},
         {'networks': {'a': {'links': {'b': 'c'}, 'ipv4_address': '10.0.0.1'}}}),
        ({'depends_on': {'a': 'healthy', 'b': None}}, {'depends_on': {'a': 'healthy', 'b': None}}),
        ({'exec_commands': ['date', (['a', 'b'], 'root', 'initial')]},
         {'exec_commands': [{'cmd': 'date', 'policy': 'restart'},
                            {'cmd': ['a', 'b'], 'user': 'root', 'policy': 'initial'}]}),
        ({'healthcheck': {'test': 'x', 'interval': '90s', 'timeout': 0, 'retries': 3}},
         {'healthcheck': {'test': 'x', 'interval': '90s', 'timeout': 0, 'retries': 3}}),
        ({'healthcheck': 'NONE'}, {'healthcheck': 'NONE'}),
        ({'user': ('a', 'b')}, {'user': ['a', 'b']}),
        ({'network_mode': ('db', 'a')}, {'network_mode': 'db.a'}),
        ({'instances': {'a': {'exposes': {80: 81}}, 'b': None}},
         {'instances': {'a': {'exposes': {80: 81}}, 'b': None}}),
        ({'create_options': {'command': ['a']}}, {'create_options': {'command': ['a']}}),
    ],
)  # fmt: skip
def test_a_setting(settings, expected):
    shop = ContainerMap('shop', {'containers': {'web': settings}}, check_integrity=False)
    assert map_document(shop)['containers']['web'] == expected
    assert load_map(map_text(shop), check_integrity=False, strict=True) == shop


def test_settings_of_a_map_and_its_other_sections():
    shop = ContainerMap(
        'shop',
        {
            'containers': {'web': {'attaches': 'data', 'networks': 'back', 'binds': 'conf'}},
            'volumes': {'data': '/data', 'conf': {'default_path': '/conf', 'driver': 'x'}},
            'networks': {'back': {'internal': True}},
            'host': {'root': '/srv', 'conf': {'default': 'conf'}},
            'groups': {'all': ['web', MapConfigId(ItemType.NETWORK, 'shop', 'back')]},
            'default_group': 'all',
            'repository': 'registry.test',
            'set_hostname': False,
        },
    )
    assert load_map(map_text(shop), strict=True) == shop


def test_a_late_value_cannot_be_written():
    with pytest.raises(InputError, match='cannot be written'):
        map_text(ContainerMap('shop', {'web': {'create_options': {'command': lazy(str)}}}))

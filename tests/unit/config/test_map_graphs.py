"""The graph of a map as text for Mermaid and Graphviz."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockermap.functional import lazy
from dockermap.map.config.graph import Node, dot_text, map_graph, mermaid_text
from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.yaml import load_map_file

SHOP = Path(__file__).parents[3] / 'examples' / 'shop.yaml'

SHOP_MERMAID = """\
flowchart LR
    container_ledger["ledger"]
    container_app["app<br>blue, green"]
    container_web["web"]
    network_back{{"back"}}
    volume_sockets[("sockets")]
    host_notes[/"notes"/]
    host_content[/"content"/]
    container_ledger -->|"networks"| network_back
    container_app -->|"networks"| network_back
    container_app -->|"depends_on"| container_ledger
    container_app -->|"attaches"| volume_sockets
    container_app -->|"binds read-only"| host_notes
    container_web -->|"networks"| network_back
    container_web -->|"uses"| volume_sockets
    container_web -->|"depends_on blue, green"| container_app
    container_web -->|"binds read-only"| host_content
"""

SHOP_DOT = """\
digraph "shop" {
    rankdir=LR;
    container_ledger [label="ledger", shape=box];
    container_app [label="app\\nblue, green", shape=box];
    container_web [label="web", shape=box];
    network_back [label="back", shape=hexagon];
    volume_sockets [label="sockets", shape=cylinder];
    host_notes [label="notes", shape=folder];
    host_content [label="content", shape=folder];
    container_ledger -> network_back [label="networks"];
    container_app -> network_back [label="networks"];
    container_app -> container_ledger [label="depends_on"];
    container_app -> volume_sockets [label="attaches"];
    container_app -> host_notes [label="binds read-only"];
    container_web -> network_back [label="networks"];
    container_web -> volume_sockets [label="uses"];
    container_web -> container_app [label="depends_on blue, green"];
    container_web -> host_content [label="binds read-only"];
}
"""

GROUPED: dict[str, Any] = {
    'groups': {
        'front': ['web.blue', 'proxy'],
        'all-day': ['web', 'db', MapConfigId(ItemType.NETWORK, 'store', 'back')],
        'night': ['db'],
    },
    'networks': {'back': None, 'spare': None},
    'web': {'instances': ['blue', 'green'], 'networks': {'back': None}},
    'proxy': {'links': ['web.blue', 'web.green']},
    'db': {'networks': 'back', 'network_mode': None},
}

GROUPED_MERMAID = """\
flowchart LR
    subgraph group_front["front"]
        container_web["web<br>blue, green"]
        container_proxy["proxy"]
    end
    subgraph group_all_2d_day["all-day"]
        container_db["db"]
        network_back{{"back"}}
    end
    %% container_web is also in group_all_2d_day
    %% container_db is also in group_night
    network_spare{{"spare"}}
    container_web -->|"networks"| network_back
    container_proxy -->|"links blue, green"| container_web
    container_db -->|"networks"| network_back
"""

GROUPED_DOT = """\
digraph "store" {
    rankdir=LR;
    subgraph cluster_group_front {
        label="front";
        container_web [label="web\\nblue, green", shape=box];
        container_proxy [label="proxy", shape=box];
    }
    subgraph cluster_group_all_2d_day {
        label="all-day";
        container_db [label="db", shape=box];
        network_back [label="back", shape=hexagon];
    }
    // container_web is also in group_all_2d_day
    // container_db is also in group_night
    network_spare [label="spare", shape=hexagon];
    container_web -> network_back [label="networks"];
    container_proxy -> container_web [label="links blue, green"];
    container_db -> network_back [label="networks"];
}
"""


def store(initial: dict[str, Any], **kwargs: Any) -> ContainerMap:
    return ContainerMap('store', initial, **kwargs)


def edges(initial: dict[str, Any], **kwargs: Any) -> list[str]:
    graph = map_graph(store(initial, **kwargs).get_extended_map())
    return [f'{edge.source} {edge.label} {edge.target}' for edge in graph.edges]


def test_the_example_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SHOP_FILES', '/srv/shop')
    shop = load_map_file(str(SHOP))
    assert shop.to_mermaid() == SHOP_MERMAID
    assert shop.to_dot() == SHOP_DOT


def test_groups_and_networks() -> None:
    assert store(GROUPED).to_mermaid() == GROUPED_MERMAID
    assert store(GROUPED).to_dot() == GROUPED_DOT


def test_an_empty_map_is_a_graph_without_nodes() -> None:
    assert ContainerMap('store').to_mermaid() == 'flowchart LR\n'
    assert ContainerMap('store').to_dot() == 'digraph "store" {\n    rankdir=LR;\n}\n'


def test_an_extended_map_has_the_same_graph() -> None:
    assert store(GROUPED).get_extended_map().to_mermaid() == GROUPED_MERMAID


def test_templates_are_no_nodes_and_what_is_inherited_is_there() -> None:
    found = map_graph(
        store({
            'base': {'abstract': True, 'links': 'db'},
            'web': {'extends': 'base'},
            'db': None,
        }).get_extended_map()
    )  # fmt: skip
    assert [node.name for node in found.nodes] == ['web', 'db']
    assert [edge.label for edge in found.edges] == ['links']


@pytest.mark.parametrize(
    ('web', 'expected'),
    [
        ({'links': 'cache'}, ['links container_cache']),
        ({'links': [('cache', 'c'), 'cache']}, ['links as c container_cache', 'links container_cache']),
        ({'links': 'db.main'}, ['links main container_db']),
        ({'links': [('db.main', 'm'), 'db.other']}, ['links main as m, other container_db']),
        ({'networks': {'back': {'links': 'db.main'}}}, ['networks network_back', 'links main container_db']),
        ({'networks': ['bridge', 'back']}, ['networks network_back']),
        ({'network_mode': 'db.main'}, ['network_mode main container_db']),
        ({'network_mode': 'host'}, []),
        ({'uses': 'data'}, ['uses volume_data']),
        ({'uses': {'data': 'ro'}}, ['uses read-only volume_data']),
        ({'uses': 'cache'}, ['uses container_cache']),
        ({'uses': 'db.main'}, ['uses main container_db']),
        ({'attaches': 'own'}, ['attaches volume_own']),
        ({'binds': 'conf'}, ['binds host_conf']),
        ({'binds': {'/srv': ('/host/path', 'ro')}}, ['binds read-only host__2f_host_2f_path']),
        ({'binds': {'/srv': lazy(lambda: pytest.fail('evaluated'))}}, ['binds host__2f_srv']),
    ],
)
def test_relations(web: dict[str, Any], expected: list[str]) -> None:
    initial = {
        'networks': {'back': None},
        'volumes': {'data': '/data', 'own': '/own', 'conf': '/etc/conf'},
        'host': {'conf': '/srv/conf'},
        'db': {'instances': ['main', 'other'], 'attaches': 'data', 'shares': '/shared'},
        'cache': {'shares': '/cached'},
        'web': web,
    }
    assert edges(initial)[1:] == [f'container_web {edge}' for edge in expected]


def test_volumes_that_are_named_after_their_container() -> None:
    initial = {
        'use_attached_parent_name': True,
        'volumes': {'data': '/data'},
        'groups': {'stored': MapConfigId(ItemType.VOLUME, 'store', 'db', 'data')},
        'db': {'attaches': 'data'},
        'cache': {'attaches': 'data', 'shares': '/cached'},
        'web': {'uses': ['db.data', 'cache']},
    }
    assert edges(initial) == [
        'container_db attaches volume_db_2e_data',
        'container_cache attaches volume_cache_2e_data',
        'container_web uses volume_db_2e_data',
        'container_web uses container_cache',
    ]
    assert 'subgraph group_stored["stored"]\n        volume_db_2e_data[("db.data")]' in store(initial).to_mermaid()


def test_what_a_map_refers_to_without_having_it_is_a_node() -> None:
    text = store({'web': {'links': 'db', 'networks': 'back'}}, check_integrity=False).to_mermaid()
    assert 'container_db["db"]' in text
    assert 'network_back{{"back"}}' in text


def test_members_of_groups_that_are_on_no_or_another_map_are_left_out() -> None:
    initial = {'web': None, 'groups': {'all': ['db', MapConfigId(ItemType.CONTAINER, 'other', 'web')]}}
    assert 'group' not in store(initial, check_integrity=False).to_mermaid()


@pytest.mark.parametrize(
    ('name', 'identifier', 'mermaid', 'dot'),
    [
        ('end', 'container_end', '"end"', '"end"'),
        ('web.front', 'container_web_2e_front', '"web.front"', '"web.front"'),
        ('web-front', 'container_web_2d_front', '"web-front"', '"web-front"'),
        ('web_front', 'container_web__front', '"web_front"', '"web_front"'),
        ('a"b', 'container_a_22_b', '"a#34;b"', '"a\\"b"'),
        ('a\\', 'container_a_5c_', '"a#92;"', '"a\\\\"'),
        ('a&b', 'container_a_26_b', '"a#38;b"', '"a&amp;b"'),
        ('<#;>', 'container__3c__23__3b__3e_', '"#60;#35;#59;#62;"', '"<#;>"'),
        ('a\nb', 'container_a_a_b', '"a#10;b"', '"a\\nb"'),
        ('`é`', 'container__60__e9__60_', '"#96;é#96;"', '"`é`"'),
    ],
)
def test_names_are_quoted(name: str, identifier: str, mermaid: str, dot: str) -> None:
    container_map = store({'containers': {name: {'image': 'nginx'}}})
    assert container_map.to_mermaid().splitlines()[1] == f'    {identifier}[{mermaid}]'
    assert container_map.to_dot().splitlines()[2] == f'    {identifier} [label={dot}, shape=box];'


@given(st.sets(st.text().map('n{}'.format), min_size=2, max_size=5))
def test_no_name_breaks_a_line_and_no_two_share_an_id(names: set[str]) -> None:
    graph = map_graph(store({'containers': {name: {'image': 'nginx'} for name in names}}).get_extended_map())
    assert len({node.id for node in graph.nodes}) == len(names)
    for line in mermaid_text(graph).split('\n')[1:-1]:
        assert re.fullmatch(r' {4}container_[A-Za-z0-9_]+\["[^"`<>\n]+"\]', line)
    for line in dot_text(graph).split('\n')[2:-2]:
        assert re.fullmatch(r' {4}container_\w+ \[label="([^"\\\n]|\\.)*", shape=box\];', line)


def test_kinds_have_ids_of_their_own() -> None:
    kinds = ('container', 'network', 'volume', 'host')
    assert len({Node(kind, 'end').id for kind in kinds}) == len(kinds)

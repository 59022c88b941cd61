"""Pictures of maps on pages show what is on the map, and nothing lies on top of anything else."""

from __future__ import annotations

import itertools
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / 'docs'
sys.path.insert(0, str(DOCS))
import map_graph  # type: ignore[import-not-found]  # noqa: E402

sys.path.remove(str(DOCS))
SHOWN = {
    DOCS / target
    for page in DOCS.rglob('*.rst')
    for target in re.findall(r'^ *\.\. map-graph:: (\S+)', page.read_text(encoding='utf-8'), re.MULTILINE)
}
MAPS = [*sorted(SHOWN), DOCS / 'examples' / 'waiting.yaml', ROOT / 'examples' / 'shop.yaml']


@pytest.fixture(autouse=True)
def folder_of_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SHOP_FILES', '/srv/shop')


def test_a_page_shows_a_picture() -> None:
    assert SHOWN


@pytest.mark.parametrize('path', MAPS, ids=lambda path: path.name)
def test_every_name_and_relation_of_a_map_is_in_its_picture(path: Path) -> None:
    graph = map_graph.graph_of(path)

    texts = [element.text for element in ElementTree.fromstring(map_graph.svg(graph)).iter('text')]
    expected = [*(edge.label for edge in graph.edges), *(line for node in graph.nodes for line in node.lines)]
    assert sorted(texts) == sorted(expected)


@pytest.mark.parametrize('path', MAPS, ids=lambda path: path.name)
def test_no_item_lies_on_another_one_and_arrows_lead_down(path: Path) -> None:
    graph = map_graph.graph_of(path)
    boxes = {box.node.id: box for box in map_graph.boxes(graph)}

    overlaps = [
        (one.node.name, other.node.name)
        for one, other in itertools.combinations(boxes.values(), 2)
        if one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    ]
    assert overlaps == []
    assert [edge for edge in graph.edges if boxes[edge.source].y >= boxes[edge.target].y] == []


@pytest.mark.parametrize('path', MAPS, ids=lambda path: path.name)
def test_no_label_lies_on_another_one(path: Path) -> None:
    labels = map_graph.labels(map_graph.graph_of(path))

    overlaps = [
        (one.text, other.text)
        for one, other in itertools.combinations(labels, 2)
        if abs(one.y - other.y) < 10 and abs(one.x - other.x) < map_graph.LABEL_LETTER * len(one.text + other.text) / 2
    ]
    assert overlaps == []

"""The directive ``map-graph``: a picture of a map, drawn from its file when the pages are built.

::

    .. map-graph:: examples/front.yaml

It is meant for small maps: where an arrow leads past a row, it may cross what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.parsers.rst import Directive

from dockermap.map.config.graph import Edge, MapGraph, Node, map_graph
from dockermap.map.yaml import load_map_file

ROOT = Path(__file__).parent
LETTER, LABEL_LETTER, LINE, PADDING = 8, 6, 17, 12
GAP, ROW = 24, 62
OUTLINES = {
    'container': 'M0 0h{w}v{h}h-{w}z',
    'network': 'M10 0h{inner}l10 {half}l-10 {half}h-{inner}l-10 -{half}z',
    'volume': 'M0 6c0 -8 {w} -8 {w} 0v{body}c0 8 -{w} 8 -{w} 0zM0 6c0 8 {w} 8 {w} 0',
    'host': 'M0 0h{tab}l5 5H{w}V{h}H0z',
}


class Box(NamedTuple):
    """Where a node stands."""

    node: Node
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where arrows begin and end."""
        return self.x + self.width / 2


class Label(NamedTuple):
    """Where a relation is named."""

    text: str
    target: str
    x: float
    y: float


def rows(graph: MapGraph) -> list[list[Node]]:
    """Nodes by their distance from those that nothing needs."""
    everything = [*(node for group in graph.groups for node in group.nodes), *graph.nodes]
    depth = dict.fromkeys((node.id for node in everything), 0)
    for _ in everything:
        for edge in graph.edges:
            depth[edge.target] = max(depth[edge.target], depth[edge.source] + 1)
    found: dict[int, list[Node]] = defaultdict(list)
    for node in everything:
        found[depth[node.id]].append(node)
    return [found[key] for key in sorted(found)]


def size(node: Node) -> tuple[float, float]:
    """Width and height of a node with its label."""
    longest = max(map(len, node.lines))
    return max(64, LETTER * longest + 2 * PADDING), LINE * len(node.lines) + 16


def room(graph: MapGraph, node: Node) -> float:
    """Width that a node needs with the labels of the arrows that lead to it."""
    labels = [LABEL_LETTER * len(edge.label) for edge in graph.edges if edge.target == node.id]
    return max(size(node)[0], *labels, 0)


def row_width(graph: MapGraph, row: Sequence[Node]) -> float:
    """Width of nodes beside each other."""
    return sum(room(graph, node) + GAP for node in row) - GAP


def boxes(graph: MapGraph) -> list[Box]:
    """All nodes, row by row, each row centred."""
    found: list[Box] = []
    widths = [row_width(graph, row) for row in rows(graph)]
    top = 1.0
    for row, width in zip(rows(graph), widths, strict=True):
        left = 1 + (max(widths) - width) / 2
        for node in row:
            node_width, height = size(node)
            found.append(Box(node, left + (room(graph, node) - node_width) / 2, top, node_width, height))
            left += room(graph, node) + GAP
        top = max(box.y + box.height for box in found) + ROW
    return found


def labels(graph: MapGraph) -> list[Label]:
    """Relations beside their arrows: near to what they lead to, one above the other where these are several."""
    placed = {box.node.id: box for box in boxes(graph)}
    found: list[Label] = []
    for edge in graph.edges:
        target = placed[edge.target]
        above = sum(label.target == edge.target for label in found)
        found.append(Label(edge.label, edge.target, target.middle, target.y - 20 - (LINE - 4) * above))
    return found


def svg(graph: MapGraph) -> str:
    """The picture. Colours are those of the page."""
    placed = {box.node.id: box for box in boxes(graph)}
    width = max(row_width(graph, row) for row in rows(graph)) + 2
    height = max(box.y + box.height for box in placed.values()) + 1
    parts = [
        f'<svg class="map-graph" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img">',
        f'<title>The graph of the map {escape(graph.name)}</title>',
        '<defs><marker id="map-graph-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
        *_arrows(graph.edges, placed),
        *(
            f'<text class="relation" x="{label.x:g}" y="{label.y:g}">{escape(label.text)}</text>'
            for label in labels(graph)
        ),
        *(_drawn(box) for box in placed.values()),
        '</svg>',
    ]
    return '\n'.join(parts)


def _arrows(edges: Sequence[Edge], placed: Mapping[str, Box]) -> Iterator[str]:
    for edge in edges:
        source, target = placed[edge.source], placed[edge.target]
        start, end = source.y + source.height, target.y - 1
        middle = (start + end) / 2
        curve = f'C{source.middle:g} {middle:g} {target.middle:g} {middle:g} {target.middle:g} {end:g}'
        yield f'<path class="arrow" d="M{source.middle:g} {start:g}{curve}" marker-end="url(#map-graph-tip)"/>'


def _drawn(box: Box) -> str:
    width, height = box.width, box.height
    outline = OUTLINES[box.node.kind].format(
        w=width, h=height, inner=width - 20, half=height / 2, body=height - 12, tab=width / 3
    )
    below_lid = 4 if box.node.kind == 'volume' else 0
    first = box.y + height / 2 + 5 + below_lid - LINE * (len(box.node.lines) - 1) / 2
    texts = [
        f'<text class="{"name" if number == 0 else "details"}" x="{box.middle:g}" y="{first + LINE * number:g}">'
        f'{escape(line)}</text>'
        for number, line in enumerate(box.node.lines)
    ]
    return f'<path class="{box.node.kind}" transform="translate({box.x:g} {box.y:g})" d="{outline}"/>' + ''.join(texts)


def graph_of(path: Path) -> MapGraph:
    """The graph of a map file."""
    return map_graph(load_map_file(str(path), strict=True).get_extended_map())


class MapGraphDirective(Directive):
    """A picture of a map."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        path = ROOT / self.arguments[0]
        self.state.document.settings.record_dependencies.add(str(path))
        return [nodes.raw('', svg(graph_of(path)), format='html')]


def setup(app: Any) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive('map-graph', MapGraphDirective)
    return {'parallel_read_safe': True}

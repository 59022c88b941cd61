"""The graph of a map as text, for programs that draw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ...utils import split_instance
from ..input import ItemType, MapConfigId
from ._content import MapContent
from ._relations import Reference, Relations
from .container import ContainerConfiguration

__all__ = ['Edge', 'Group', 'MapGraph', 'Node', 'dot_text', 'map_graph', 'mermaid_text']

HOST = 'host'
"""Kind of nodes for paths on the host; the other kinds are those of items."""

_MERMAID_SHAPES = {
    'container': ('["', '"]'),
    'network': ('{{"', '"}}'),
    'volume': ('[("', '")]'),
    HOST: ('[/"', '"/]'),
}
_DOT_SHAPES = {'container': 'box', 'network': 'hexagon', 'volume': 'cylinder', HOST: 'folder'}
_KINDS = tuple(_DOT_SHAPES)
_PLAIN = frozenset(' _.,:/=()-')


class Node(NamedTuple):
    """A configuration, network, volume, or path on the host."""

    kind: str
    name: str
    details: str = ''
    """Second line of the label."""

    @property
    def id(self) -> str:
        """Name of the node in the text; it depends on kind and name alone."""
        return f'{self.kind}_{_identifier(self.name)}'

    @property
    def lines(self) -> list[str]:
        """Lines of the label."""
        return [self.name, self.details] if self.details else [self.name]


class Edge(NamedTuple):
    """A relation, from what has it to what it refers to."""

    source: str
    target: str
    label: str


class Group(NamedTuple):
    """A group of the map, with its nodes as far as they are in no earlier group."""

    name: str
    nodes: Sequence[Node]
    others: Sequence[Node]
    """Members that are shown in an earlier group."""

    @property
    def id(self) -> str:
        """Name of the group in the text."""
        return f'group_{_identifier(self.name)}'


class MapGraph(NamedTuple):
    """Nodes by kind and edges, in the order of the map."""

    name: str
    groups: Sequence[Group]
    nodes: Sequence[Node]
    """Nodes that are in no group."""
    edges: Sequence[Edge]


def map_graph(container_map: MapContent) -> MapGraph:
    """The graph of a map in its extended form. Late values are not evaluated."""
    relations = Relations(container_map)
    collected = _Collected(relations, bool(container_map.use_attached_parent_name))
    for name in relations.configs:
        collected.add_configuration(name)
    for name, _ in container_map.networks.items():
        collected.node_of(MapConfigId(ItemType.NETWORK, container_map.name, name))
    nodes = sorted(collected.nodes.values(), key=lambda node: _KINDS.index(node.kind))
    groups = list(_groups(container_map, nodes))
    grouped = {node.id for group in groups for node in group.nodes}
    return MapGraph(container_map.name, groups, [node for node in nodes if node.id not in grouped], collected.edges())


def mermaid_text(graph: MapGraph) -> str:
    """A graph in the language of Mermaid."""
    lines = ['flowchart LR']
    for group in graph.groups:
        if group.nodes:
            lines.append(f'    subgraph {group.id}["{_mermaid(group.name)}"]')
            lines.extend(f'        {_mermaid_node(node)}' for node in group.nodes)
            lines.append('    end')
        lines.extend(f'    %% {node.id} is also in {group.id}' for node in group.others)
    lines.extend(f'    {_mermaid_node(node)}' for node in graph.nodes)
    lines.extend(f'    {edge.source} -->|"{_mermaid(edge.label)}"| {edge.target}' for edge in graph.edges)
    return '\n'.join(lines) + '\n'


def dot_text(graph: MapGraph) -> str:
    """A graph in the language of Graphviz."""
    lines = [f'digraph {_dot(graph.name)} {{', '    rankdir=LR;']
    for group in graph.groups:
        if group.nodes:
            lines.extend((f'    subgraph cluster_{group.id} {{', f'        label={_dot(group.name)};'))
            lines.extend(f'        {_dot_node(node)}' for node in group.nodes)
            lines.append('    }')
        lines.extend(f'    // {node.id} is also in {group.id}' for node in group.others)
    lines.extend(f'    {_dot_node(node)}' for node in graph.nodes)
    lines.extend(f'    {edge.source} -> {edge.target} [label={_dot(edge.label)}];' for edge in graph.edges)
    return '\n'.join([*lines, '}']) + '\n'


class _Collected:
    """Nodes and edges as they are found."""

    def __init__(self, relations: Relations, by_parent: bool) -> None:
        self._relations = relations
        self._by_parent = by_parent
        self._details: dict[tuple[str, str, str, bool], dict[str, list[str]]] = {}
        self._key = ''
        self.nodes: dict[str, Node] = {}

    def add_configuration(self, name: str) -> None:
        config = self._relations.configs[name]
        source = self.node_of(self._relations.instances(name)[0])
        self._key = name
        for reference in self._relations.references(name):
            self._add_reference(source, reference)
        for volume_id in self._relations.attached(name):
            self._add_edge(source, self.node_of(volume_id), 'attaches')
        for bind in config.binds:
            self._add_edge(source, self._add(_host_node(bind)), 'binds', _access(bind))

    def edges(self) -> list[Edge]:
        return [
            Edge(source, target, f'{label} {", ".join(map(self._detail, details.items()))}'.rstrip())
            for (source, target, label, _), details in self._details.items()
        ]

    def _detail(self, detail: tuple[str, list[str]]) -> str:
        """Details of an edge, with the instances that it is for where it is not for all."""
        text, keys = detail
        name = self._relations.name_of(keys[0])
        if len(keys) == len(self._relations.keys_of(name)):
            return text
        return f'{text} for {", ".join(key[len(name) + 1 :] for key in keys)}'.lstrip()

    def node_of(self, config_id: MapConfigId) -> Node:
        name = config_id.config_name
        if config_id.config_type is ItemType.VOLUME:
            alias = str(config_id.instance_name)
            return self._add(Node('volume', f'{name}.{alias}' if self._by_parent else alias))
        config = self._relations.by_name.get(name) if config_id.config_type is ItemType.CONTAINER else None
        return self._add(Node(config_id.config_type.value, name, _instances(config)))

    def _add(self, node: Node) -> Node:
        return self.nodes.setdefault(node.id, node)

    def _add_edge(self, source: Node, target: Node, label: str, details: str = '') -> None:
        found = self._details.setdefault((source.id, target.id, label, bool(details)), {})
        keys = found.setdefault(details, [])
        if self._key not in keys:
            keys.append(self._key)

    def _add_reference(self, source: Node, reference: Reference) -> None:
        if reference.volume is not None:
            self._add_edge(source, self.node_of(reference.volume), reference.property, _access(reference.entry))
            return
        for needed in reference.needed:
            details = filter(None, (self._instance(needed, reference), _remark(reference.entry)))
            self._add_edge(source, self.node_of(needed), reference.property, ' '.join(details))

    def _instance(self, needed: MapConfigId, reference: Reference) -> str:
        """The instance, where not all of a configuration are meant."""
        if needed.config_type is not ItemType.CONTAINER or needed.instance_name is None:
            return ''
        all_meant = set(self._relations.instances(needed.config_name)) <= set(reference.needed)
        return '' if all_meant else str(needed.instance_name)


def _groups(container_map: MapContent, nodes: Sequence[Node]) -> Iterator[Group]:
    by_key = {(node.kind, node.name): node for node in nodes}
    placed: set[str] = set()
    for name, members in container_map.groups.items():
        keys = dict.fromkeys(_member_key(member, container_map) for member in _as_list(members))
        found = [by_key[key] for key in keys if key in by_key]
        others = [node for node in found if node.id in placed]
        yield Group(name, [node for node in found if node not in others], others)
        placed.update(node.id for node in found)


def _as_list(members: Any) -> Iterable[Any]:
    return [members] if isinstance(members, (str, MapConfigId)) else members


def _member_key(member: Any, container_map: MapContent) -> tuple[str, str] | None:
    """Kind and name of the node for a member of a group; none for what is on another map."""
    if isinstance(member, str):
        return 'container', split_instance(member)[0]
    if member.map_name != container_map.name:
        return None
    if member.config_type is not ItemType.VOLUME:
        return member.config_type.value, member.config_name
    alias = str(member.instance_name)
    return 'volume', f'{member.config_name}.{alias}' if container_map.use_attached_parent_name else alias


def _instances(config: ContainerConfiguration | None) -> str:
    return ', '.join(map(str, config.instances)) if config is not None else ''


def _host_node(bind: Any) -> Node:
    """A path on the host by its alias, or as it is given with the container's path, which stands in for a late one."""
    candidates = [bind.name] if hasattr(bind, 'name') else [bind.host_path, bind.path]
    return Node(HOST, next((text for text in candidates if isinstance(text, str) and text), HOST))


def _access(entry: Any) -> str:
    return 'read-only' if entry.readonly is True else ''


def _remark(entry: Any) -> str:
    """What an entry says beside the container that it names: the alias of a link, or a condition."""
    alias = getattr(entry, 'alias', None)
    return f'as {alias}' if isinstance(alias, str) and alias else getattr(entry, 'condition', None) or ''


def _identifier(name: str) -> str:
    """Letters, digits and underscores that no other name gives."""
    return ''.join(_identifier_part(letter) for letter in name)


def _identifier_part(letter: str) -> str:
    if letter == '_':
        return '__'
    return letter if letter.isascii() and letter.isalnum() else f'_{ord(letter):x}_'


def _mermaid(text: str) -> str:
    return ''.join(letter if letter.isalnum() or letter in _PLAIN else f'#{ord(letter)};' for letter in text)


def _mermaid_node(node: Node) -> str:
    start, end = _MERMAID_SHAPES[node.kind]
    return f'{node.id}{start}{"<br>".join(map(_mermaid, node.lines))}{end}'


def _dot(*lines: str) -> str:
    escaped = (line.replace('&', '&amp;').replace('\\', '\\\\').replace('"', '\\"') for line in lines)
    return '"' + '\\n'.join(line.replace('\n', '\\n').replace('\0', '') for line in escaped) + '"'


def _dot_node(node: Node) -> str:
    return f'{node.id} [label={_dot(*node.lines)}, shape={_DOT_SHAPES[node.kind]}];'

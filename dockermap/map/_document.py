"""YAML documents as plain values, within limits; whatever is wrong with one is an error with its line."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from ..exceptions import DockerMapError
from ._lines import Lines
from .input._written import written

__all__ = ['MAX_DEPTH', 'MAX_NODES', 'DocumentError', 'Loader', 'read_document']

MAX_DEPTH = 100
"""How many levels of lists and mappings a document may have, after its aliases have been expanded."""

MAX_NODES = 100_000
"""How many values and keys a document may have, after its aliases have been expanded."""

_MAX_DIGITS = 300
_TAG = 'tag:yaml.org,2002:'
_NUMBERS = (f'{_TAG}int', f'{_TAG}float')
_DATE = f'{_TAG}timestamp'
_INT = re.compile(r'[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)\Z')
_FLOAT = re.compile(
    r'(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?'
    r'|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z'
)


class DocumentError(yaml.MarkedYAMLError, DockerMapError, ValueError):
    """A document that cannot be read; the text says which line, and which file if it is one."""


class _Size:
    """How many nodes a part of a document has, and how many levels."""

    __slots__ = ('levels', 'nodes')

    def __init__(self, nodes: int, levels: int) -> None:
        self.nodes = nodes
        self.levels = levels


class Loader(yaml.SafeLoader):
    """Safe loader with limits, which keeps apart what would be lost, and says where something is wrong.

    ``22:22`` and dates are texts, as numbers to the base of 60 and dates are no settings of anything.
    """

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (*_NUMBERS, _DATE)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: str, name: str, max_nodes: int, keep_texts: bool) -> None:
        super().__init__(stream)
        self.name = name
        self._max_nodes = max_nodes
        self._keep_texts = keep_texts
        self._nodes = self._levels = self._deepest = 0
        self._sizes: dict[int, _Size] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The node that comes next; raises ``DocumentError`` where it goes beyond a limit."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if self.check_event(yaml.AliasEvent):
            node = super().compose_node(parent, index)
            size = self._sizes.get(id(node))
            if size is None:
                raise DocumentError(None, None, 'the value contains itself', mark)
            self._count(size, mark)
            return node
        self._count(_Size(1, 1), mark)
        nodes, deepest = self._nodes, self._deepest
        self._levels += 1
        self._deepest = self._levels
        node = super().compose_node(parent, index)
        self._levels -= 1
        self._sizes[id(node)] = _Size(self._nodes - nodes + 1, self._deepest - self._levels)
        self._deepest = max(deepest, self._deepest)
        return node

    def _count(self, size: _Size, mark: Any) -> None:
        self._nodes += size.nodes
        self._deepest = max(self._deepest, self._levels + size.levels)
        if self._nodes > self._max_nodes:
            raise DocumentError(
                None,
                None,
                f'the document has more than {self._max_nodes} values, where each alias counts as what it '
                'stands for; if that is meant, raise max_nodes',
                mark,
            )
        if self._deepest > MAX_DEPTH:
            raise DocumentError(None, None, f'the document is nested more than {MAX_DEPTH} levels deep', mark)

    def compose_scalar_node(self, anchor: Any) -> Any:
        """The node of a scalar; raises ``DocumentError`` for half characters, which cannot be written anywhere."""
        node = super().compose_scalar_node(anchor)
        try:
            node.value.encode()
        except UnicodeEncodeError as error:
            raise DocumentError(None, None, f'this is no text: {error.reason}', node.start_mark) from None
        return node

    def compose_mapping_node(self, anchor: Any) -> Any:
        """The node of a mapping; raises ``DocumentError`` if a key is given twice, be it in another spelling."""
        node = super().compose_mapping_node(anchor)
        first_keys: dict[Any, Any] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or not key.tag.startswith(_TAG) or key.tag == f'{_TAG}merge':
                continue
            value = self.construct_object(key)
            first = first_keys.setdefault(value, key) if isinstance(value, Hashable) else key
            if first is not key:
                raise DocumentError(
                    'while reading a mapping', node.start_mark, _given_twice(first, key), key.start_mark
                )
        return node

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """The value of a node; raises ``YAMLError`` with the line for all that cannot be read."""
        if node.tag in _NUMBERS and isinstance(node, yaml.ScalarNode) and len(node.value) > _MAX_DIGITS:
            raise DocumentError(
                None, None, f'a number of {len(node.value)} digits; as text, it belongs in quotes', node.start_mark
            )
        try:
            value = super().construct_object(node, deep)
        except (yaml.YAMLError, DockerMapError):
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            kind = node.tag.removeprefix(_TAG)
            value = repr(node.value[:80]) if isinstance(node, yaml.ScalarNode) else 'this'
            raise DocumentError(None, None, f'{value} cannot be read as {kind}', node.start_mark) from error
        return written(value, node.value) if self._keep_texts and _is_plain_scalar(node) else value


Loader.add_implicit_resolver(f'{_TAG}int', _INT, list('-+0123456789'))
Loader.add_implicit_resolver(f'{_TAG}float', _FLOAT, list('-+0123456789.'))


def _is_plain_scalar(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.tag in (*_NUMBERS, f'{_TAG}bool')


def _given_twice(first: Any, second: Any) -> str:
    first_line, second_line = first.start_mark.line + 1, second.start_mark.line + 1
    if first.value == second.value:
        return f'the key {first.value!r} of line {first_line} is given again in line {second_line}'
    return (
        f'the key {second.value!r} of line {second_line} means the same as {first.value!r} of line {first_line}; '
        'if they are texts, they belong in quotes'
    )


def read_document(
    text: str, name: str, max_nodes: int = MAX_NODES, keep_texts: bool = False, loader_class: type[Loader] = Loader
) -> tuple[Any, Lines]:
    """The value of a document, and what tells its lines.

    :param text: The document.
    :param name: What errors call it, such as the name of a file.
    :param max_nodes: How many values and keys there may be after aliases have been expanded.
    :param keep_texts: Have numbers and truth values know the text that they were written as.
    :param loader_class: What reads it, for documents with tags of their own.
    :raises yaml.YAMLError: The document cannot be read, goes beyond the limits, or contains itself.
    """
    try:
        loader = loader_class(text, name, max_nodes, keep_texts)
    except yaml.reader.ReaderError as error:
        raise _unprintable(text, name, error) from None
    try:
        node = loader.get_single_node()
        return None if node is None else loader.construct_document(node), Lines(node, name)
    except (yaml.YAMLError, DockerMapError):
        raise
    except (ArithmeticError, ValueError) as error:
        # From the scanner, such as for an escape sequence that stands for no character.
        raise DocumentError(None, None, f'this cannot be read ({error})', loader.get_mark()) from error
    finally:
        loader.dispose()


def _unprintable(text: str, name: str, error: yaml.reader.ReaderError) -> DocumentError:
    line = text.count('\n', 0, error.position)
    column = error.position - (text.rfind('\n', 0, error.position) + 1)
    mark: Any = yaml.Mark(name, error.position, line, column, None, 0)
    return DocumentError(None, None, f'the character {chr(error.character)!r} cannot stand in a document', mark)

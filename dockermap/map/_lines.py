"""Lines of a YAML document, found by the paths that errors of its content begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import yaml

from ..exceptions import InputError
from .exceptions import MapIntegrityError

_POSITION = re.compile(r'\[(\d+)\]\.?')
_MERGE = 'tag:yaml.org,2002:merge'


class Lines:
    """Tells which line of a document a path leads to, or the nearest place above it that the document has.

    :param root: Node of the document, ``None`` for an empty one. There is nothing to tell of a single line.
    :param name: Name of its file; names that begin with ``<`` are not shown.
    """

    def __init__(self, root: Any, name: str) -> None:
        self._root = None if root is None or root.start_mark.line == root.end_mark.line else root
        self._file = '' if name.startswith('<') else f'{name}, '

    def place(self, path: str) -> str | None:
        """The line, such as ``line 3`` or ``shop.yaml, line 3``; ``None`` if the path leads to nothing."""
        node, found, rest = self._root, None, path
        while rest and (step := _step(node, rest) or (_step(_containers(node), rest) if found is None else None)):
            found, node, rest = step
        return None if found is None else f'{self._file}line {found.start_mark.line + 1}'

    @contextmanager
    def told(self, name: str = '') -> Iterator[None]:
        """Add the line to errors of content that are raised inside.

        :param name: What paths begin with beside what is in the document, such as the name of its map.
        """
        try:
            yield
        except InputError as error:
            error.message = self._with_line(error.message, error.path, name)
            error.args = (error.message, error.path)
            raise
        except MapIntegrityError as error:
            problems = (problem.partition(': ') for problem in error.message.splitlines())
            error.message = '\n'.join(
                f'{path}{colon}{self._with_line(text, path, name)}' for path, colon, text in problems
            )
            error.args = (error.message,)
            raise

    def _with_line(self, message: str, path: str, name: str) -> str:
        place = self.place(path.removeprefix(f'{name}.') if name else path)
        if place is None:
            return message
        return f'{message[:-1]} ({place}).' if message.endswith('.') else f'{message} ({place})'


class SeveralLines(Lines):
    """Lines of several documents; that of the last one which has a path counts."""

    def __init__(self, documents: Sequence[Lines]) -> None:
        self._documents = documents

    def place(self, path: str) -> str | None:
        return next((place for lines in reversed(self._documents) if (place := lines.place(path))), None)


def _step(node: Any, rest: str) -> tuple[Any, Any, str] | None:
    """The node to show, the one to go on from, and what is left of the path, after its first name or position."""
    if isinstance(node, yaml.SequenceNode):
        position = _POSITION.match(rest)
        if position is None or int(position[1]) >= len(node.value):
            return None
        member = node.value[int(position[1])]
        return member, member, rest[position.end() :]
    matching = [(name, key, value) for key, value in _entries(node) for name in _names(key) if _is_front(name, rest)]
    if not matching:
        return None
    name, key, value = max(matching, key=lambda entry: len(entry[0]))
    return key, value, rest[len(name) :].removeprefix('.')


def _names(key: Any) -> tuple[str, ...]:
    """What a key may be called in paths."""
    return (key.value, 'instance_settings') if key.value == 'instances' else (key.value,)


def _is_front(name: str, path: str) -> bool:
    return bool(name) and path.startswith(name) and path[len(name) : len(name) + 1] in ('', '.', '[')


def _entries(node: Any) -> Iterator[tuple[Any, Any]]:
    """Keys with text, and values, of a mapping; then those that it takes over from others."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
            yield key, value
    for key, value in node.value:
        if key.tag == _MERGE:
            for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                yield from _entries(source)


def _containers(root: Any) -> Any:
    """The section whose name is not part of paths."""
    return next((value for key, value in _entries(root) if key.value == 'containers'), None)

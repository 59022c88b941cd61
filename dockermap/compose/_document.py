"""Compose files as plain values, with their variables replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from ..exceptions import InputError, located
from ..map._document import MAX_DEPTH, MAX_NODES, Loader, read_document
from ..map._lines import Lines
from ..map.input._shapes import shown
from ..map.input._written import is_written
from ._env_file import read_text
from ._variables import interpolated

__all__ = ['Override', 'Reset', 'plain', 'read']

_OF_MAPS = ('!env', '!path', '!path_lazy')


@dataclass(frozen=True)
class Reset:
    """Stands for what a file takes away from those before it."""


@dataclass(frozen=True)
class Override:
    """A value that takes the place of those of files before, as a whole."""

    value: object


class _ComposeLoader(Loader):
    """Loader with the tags of Compose, and without those of maps."""


_ComposeLoader.yaml_constructors = {
    tag: constructor for tag, constructor in Loader.yaml_constructors.items() if tag not in _OF_MAPS
}


def _reset(loader: _ComposeLoader, node: yaml.Node) -> Reset:
    return Reset()


def _override(loader: _ComposeLoader, node: yaml.Node) -> Override:
    if isinstance(node, yaml.MappingNode):
        return Override(loader.construct_mapping(node, deep=True))
    if isinstance(node, yaml.SequenceNode):
        return Override(loader.construct_sequence(node, deep=True))
    scalar: object = loader.construct_scalar(node)  # type: ignore[arg-type]
    return Override(scalar)


_ComposeLoader.add_constructor('!reset', _reset)
_ComposeLoader.add_constructor('!override', _override)


def read(path: Path) -> tuple[object, Lines]:
    """The document of a file, and what tells its lines.

    :raises ValueError: The file cannot be read.
    """
    return read_document(read_text(path), str(path), MAX_NODES, True, _ComposeLoader)


Missing = Callable[[str, str], object]
"""Called with the path and the name of a variable that is not set."""


def plain(value: object, variables: Mapping[str, str], missing: Missing, path: str = '', depth: int = 0) -> object:
    """A value where keys are texts, variables are replaced, and only ``true`` and ``false`` are truth values."""
    if depth > MAX_DEPTH:
        raise InputError(f'The value is nested more than {MAX_DEPTH} levels deep, or contains itself.')
    if isinstance(value, str):
        return interpolated(value, variables, lambda name: missing(path, name))
    if isinstance(value, dict):
        return _mapping(value, variables, missing, path, depth)
    if isinstance(value, (list, tuple)):
        found = []
        for index, member in enumerate(value):
            with located(index):
                found.append(plain(member, variables, missing, f'{path}[{index}]', depth + 1))
        return found
    if isinstance(value, Override):
        return Override(plain(value.value, variables, missing, path, depth + 1))
    if is_written(value):
        # What YAML 1.2 does not take for a truth value is a text; numbers are not kept as they were written.
        is_word = isinstance(value.plain, bool) and value.written.lower() not in ('true', 'false')
        return value.written if is_word else value.plain
    if value is None or isinstance(value, (Reset, bool, int, float)):
        return value
    raise InputError(f'Expected a value as YAML has them, found {shown(value)}.')


def _mapping(
    value: dict[object, object], variables: Mapping[str, str], missing: Missing, path: str, depth: int
) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, member in value.items():
        name = key.written if is_written(key) else str(key)
        with located(name):
            if name in found:
                raise InputError('The key is given twice.')
            is_ignored = name.startswith('x-') and not depth
            found[name] = (
                None if is_ignored else plain(member, variables, missing, f'{path}.{name}' if path else name, depth + 1)
            )
    return found

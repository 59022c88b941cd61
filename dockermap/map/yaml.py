"""Maps and client configurations from YAML.

Importing this module registers the tags ``!path`` and ``!path_lazy`` on ``yaml.SafeLoader``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import yaml

from ..exceptions import InputError
from ..utils import expand_path, expand_path_lazy
from .config._notices import inside, report, strictly
from .config.client import ClientConfiguration
from .config.main import ContainerMap
from .input._shapes import shown

__all__ = ['expand_node', 'load_clients', 'load_clients_file', 'load_file', 'load_map', 'load_map_file']

_VARIABLE = re.compile(r'\$(?:(\w+)|\{([^}]*)\})')
_TAG = 'tag:yaml.org,2002:'
_INT = re.compile(r'[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)\Z')
_FLOAT = re.compile(
    r'(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?'
    r'|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z'
)


class _DuplicateKeyError(yaml.composer.ComposerError, ValueError):
    """A key was given twice in a mapping."""


class _Loader(yaml.SafeLoader):
    """Safe loader that refuses duplicate keys, and reads ``22:22`` as text instead of as a number to the base of 60."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (f'{_TAG}int', f'{_TAG}float')]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_mapping_node(self, anchor: Any) -> Any:
        """The node of a mapping; raises ``YAMLError`` with the line if a key is given twice."""
        node = super().compose_mapping_node(anchor)
        first_keys: dict[tuple[str, Any], Any] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == f'{_TAG}merge':
                continue
            first = first_keys.setdefault((key.tag, key.value), key)
            if first is not key:
                raise _DuplicateKeyError(
                    'while reading a mapping', node.start_mark,
                    f'the key {key.value!r} of line {first.start_mark.line + 1} is given again in line '
                    f'{key.start_mark.line + 1}', key.start_mark,
                )
        return node


_Loader.add_implicit_resolver(f'{_TAG}int', _INT, list('-+0123456789'))
_Loader.add_implicit_resolver(f'{_TAG}float', _FLOAT, list('-+0123456789.'))


def expand_node(loader: Any, node: Any, expand_method: Callable[[str], Any]) -> Any:
    """The value of a node, where its text, or each text among its members or values, has been expanded."""
    if isinstance(node, yaml.ScalarNode):
        return expand_method(loader.construct_scalar(node))
    if isinstance(node, yaml.MappingNode):
        mapping = loader.construct_mapping(node, deep=True)
        return {key: _expanded(value, expand_method) for key, value in mapping.items()}
    return [_expanded(value, expand_method) for value in loader.construct_sequence(node, deep=True)]


def _expanded(value: Any, expand_method: Callable[[str], Any]) -> Any:
    return expand_method(value) if isinstance(value, str) else value


def _path(loader: Any, node: Any) -> Any:
    def expand(text: str) -> str:
        missing = [name or braced for name, braced in _VARIABLE.findall(text) if (name or braced) not in os.environ]
        if missing:
            report(f'The environment has no variable {missing[0]!r}, so it stays as it is in !path {text}.',
                   f'line {node.start_mark.line + 1}', UserWarning)
        return expand_path(text)

    return expand_node(loader, node, expand)


def _path_lazy(loader: Any, node: Any) -> Any:
    return expand_node(loader, node, expand_path_lazy)


yaml.SafeLoader.add_constructor('!path', _path)
yaml.SafeLoader.add_constructor('!path_lazy', _path_lazy)


def _load(stream: Any) -> Any:
    # The loader is a subclass of the safe one.
    return yaml.load(stream, Loader=_Loader)


def load_file(filename: str | os.PathLike[str]) -> Any:
    """The document of a YAML file; raises ``OSError`` or ``yaml.YAMLError``."""
    with open(filename, encoding='utf-8') as stream:
        return _load(stream)


def load_map(
    stream: Any, name: str | None = None, check_integrity: bool = True, check_duplicates: bool = True, *,
    strict: bool = False,
) -> ContainerMap:
    """A map from a YAML document.

    :param stream: Text, bytes or open file.
    :param name: Name of the map, instead of the key ``name`` of the document.
    :param check_integrity: Check that the parts of the map fit together.
    :param check_duplicates: Include names that could mean several volumes in this check.
    :param strict: Have unknown settings raise ``ValueError`` instead of giving an ``UnknownOptionWarning``.
    :raises ValueError: The document is no mapping, there is no name, or a setting cannot be used.
    :raises dockermap.map.exceptions.MapIntegrityError: Parts of the map do not fit together.
    """
    with strictly(strict):
        document = _load(stream)
    return _map_from(document, name, check_integrity, check_duplicates, strict=strict)


def load_map_file(
    filename: str | os.PathLike[str], name: str | None = None, check_integrity: bool = True,
    check_duplicates: bool = True, *, strict: bool = False,
) -> ContainerMap:
    """A map from a YAML file, see :func:`load_map`; with an empty name, it has the file's name without extension."""
    if name == '':
        name = os.path.splitext(os.path.basename(filename))[0]
    with strictly(strict):
        document = load_file(filename)
    return _map_from(document, name, check_integrity, check_duplicates, strict=strict)


def _map_from(document: Any, name: str | None, *checks: bool, strict: bool) -> ContainerMap:
    if not isinstance(document, dict):
        raise InputError(f'Expected a mapping with the settings of a map, found {shown(document)}.')
    settings = {key: value for key, value in document.items() if key != 'name'}
    map_name = name or document.get('name')
    if not map_name:
        raise InputError("The map has no name; give one as argument, or as key 'name' of the document.")
    return ContainerMap(map_name, settings, *checks, strict=strict)


def load_clients(stream: Any, configuration_class: Callable[..., Any] = ClientConfiguration) -> dict[str, Any]:
    """Client configurations by name, from a YAML document with a mapping of arguments for each.

    :raises ValueError: The document, or the content of a client, is no mapping.
    """
    return _clients_from(_load(stream), configuration_class)


def load_clients_file(
    filename: str | os.PathLike[str], configuration_class: Callable[..., Any] = ClientConfiguration,
) -> dict[str, Any]:
    """Client configurations by name from a YAML file, see :func:`load_clients`."""
    return _clients_from(load_file(filename), configuration_class)


def _clients_from(document: Any, configuration_class: Callable[..., Any]) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise InputError(f'Expected a mapping of client names to their settings, found {shown(document)}.')
    clients = {}
    for name, arguments in document.items():
        with inside(str(name)):
            if not isinstance(name, str):
                raise InputError(f'Expected the name of a client as text, found {shown(name)}.')
            if not isinstance(arguments, (dict, type(None))):
                raise InputError(f'Expected a mapping with the settings of a client, found {shown(arguments)}.')
            wrong = [key for key in arguments or {} if not isinstance(key, str)]
            if wrong:
                raise InputError(f'Expected the name of a setting as text, found {shown(wrong[0])}.')
            clients[name] = configuration_class(**(arguments or {}))
    return clients

"""Maps and client configurations from YAML.

Importing this module registers the tags ``!path``, ``!path_lazy`` and ``!env`` on ``yaml.SafeLoader``.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable
from inspect import signature
from typing import Any

import yaml

from ..exceptions import InputError
from ..functional import LazyOnceObject, lazy_once
from ._document import MAX_NODES, DocumentError, read_document
from ._environment import expand_variables, variable
from ._lines import Lines
from .config._notices import inside, is_strict, report, strictly
from .config._sections import refuse_compose_file
from .config.client import ClientConfiguration
from .config.main import ContainerMap
from .input._shapes import shown
from .input._written import name_text, plain_deep, text_keys, texts_deep

__all__ = [
    'MAX_NODES',
    'DocumentError',
    'clients_from',
    'expand_node',
    'load_clients',
    'load_clients_file',
    'load_file',
    'load_map',
    'load_map_file',
]

_ABSOLUTE = re.compile(r'[/~]|[A-Za-z]:[\\/]')
_ELSEWHERE = re.compile(r'[a-z+]+://|git@|github\.com/')
_CLIENT_TEXTS = frozenset(('auth_configs', 'base_url', 'domainname', 'interfaces', 'interfaces_ipv6', 'version'))


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


def _expanded_path(text: str, place: str) -> str:
    """A path with variables and ``~`` replaced; variables that are not set are reported."""
    missing: list[str] = []
    try:
        expanded = expand_variables(text, missing.append)
    except InputError as error:
        raise error.below(place) from None
    if missing:
        report(
            f'The environment has no variable {missing[0]!r}, so it stays as it is in the path {text}.',
            place,
            UserWarning,
        )
    return os.path.expanduser(expanded)


def _late_path(text: str, place: str, strict: bool) -> str:
    """A path whose variables are looked up now, for a document that was read before."""
    with strictly(strict):
        return _expanded_path(text, place)


def _path(loader: Any, node: Any) -> Any:
    def expand(text: str) -> str:
        try:
            return _expanded_path(text, _place(node))
        except InputError:
            raise
        except ValueError as error:
            raise DocumentError(None, None, f'{text!r} is no path: {error}', node.start_mark) from error

    return expand_node(loader, node, expand)


def _path_lazy(loader: Any, node: Any) -> Any:
    def expand(text: str) -> LazyOnceObject:
        if '\0' in text:
            raise DocumentError(None, None, f'{text!r} is no path', node.start_mark)
        return lazy_once(_late_path, text, _place(node), is_strict())

    return expand_node(loader, node, expand)


def _env(loader: Any, node: Any) -> str:
    text = loader.construct_scalar(node)
    try:
        return variable(text)
    except InputError as error:
        raise DocumentError(None, None, str(error), node.start_mark) from None


def _place(node: Any) -> str:
    mark = node.start_mark
    line = f'line {mark.line + 1}'
    return line if mark.name.startswith('<') else f'{mark.name}, {line}'


yaml.SafeLoader.add_constructor('!path', _path)
yaml.SafeLoader.add_constructor('!path_lazy', _path_lazy)
yaml.SafeLoader.add_constructor('!env', _env)


def _load(stream: Any, max_nodes: int, keep_texts: bool = False) -> tuple[Any, Lines]:
    name = getattr(stream, 'name', None)
    name = name if isinstance(name, str) else '<text>'
    return read_document(_text_of(stream, name), name, max_nodes, keep_texts)


def _text_of(stream: Any, name: str) -> str:
    try:
        content = stream.read() if hasattr(stream, 'read') else stream
        return _decoded(bytes(content)) if isinstance(content, (bytes, bytearray)) else content
    except UnicodeDecodeError as error:
        raise InputError(
            f'Expected a document in UTF-8, or in UTF-16 with a byte order mark: {error.reason} at byte {error.start}.',
            '' if name.startswith('<') else name,
        ) from error


def _decoded(content: bytes) -> str:
    # The mark of UTF-32 begins with that of UTF-16.
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and content[:4] != codecs.BOM_UTF32_LE:
        return content.decode('utf-16')
    return content.decode('utf-8-sig')


def load_file(filename: str | os.PathLike[str], max_nodes: int = MAX_NODES) -> Any:
    """The document of a YAML file; raises ``OSError`` or ``yaml.YAMLError``.

    :param filename: Name of the file.
    :param max_nodes: How many values and keys there may be at most, after aliases have been expanded.
    """
    with open(filename, 'rb') as stream:
        return _load(stream, max_nodes)[0]


def load_map(
    stream: Any,
    name: str | None = None,
    check_integrity: bool = True,
    check_duplicates: bool = True,
    *,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
) -> ContainerMap:
    """A map from a YAML document.

    :param stream: Text, bytes or open file.
    :param name: Name of the map, instead of the key ``name`` of the document.
    :param check_integrity: Check that the parts of the map fit together.
    :param check_duplicates: Include names that could mean several volumes in this check.
    :param strict: Have unknown settings raise ``ValueError`` instead of giving an ``UnknownOptionWarning``.
    :param max_nodes: How many values and keys there may be at most, after aliases have been expanded.
    :raises yaml.YAMLError: This is no YAML, it goes beyond the limits, or contains itself.
    :raises ValueError: The document is no mapping, there is no name, or a setting cannot be used.
    :raises dockermap.map.exceptions.MapIntegrityError: Parts of the map do not fit together.
    """
    with strictly(strict):
        document, lines = _load(stream, max_nodes, keep_texts=True)
    return _map_from(document, lines, name, check_integrity, check_duplicates, strict=strict)


def load_map_file(
    filename: str | os.PathLike[str],
    name: str | None = None,
    check_integrity: bool = True,
    check_duplicates: bool = True,
    *,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
) -> ContainerMap:
    """A map from a YAML file, see :func:`load_map`; with an empty name, it has the file's name without extension.

    A relative root of host paths, and relative paths in ``env_file``, ``build``, ``secrets`` and ``configs``, are below
    the folder of the file.
    """
    if name == '':
        name = os.path.splitext(os.path.basename(filename))[0]
    with strictly(strict), open(filename, 'rb') as stream:
        document, lines = _load(stream, max_nodes, keep_texts=True)
    document = _below_folder(document, os.path.dirname(os.path.abspath(filename)))
    return _map_from(document, lines, name, check_integrity, check_duplicates, strict=strict)


def _below_folder(document: Any, folder: str) -> Any:
    """The document of a map, where relative paths of this machine begin with a folder."""
    if not isinstance(document, dict):
        return document
    found = dict(document)
    if 'host_root' in found:
        found['host_root'] = _below(found['host_root'], folder)
    if isinstance(found.get('host'), dict) and 'root' in found['host']:
        found['host'] = {**found['host'], 'root': _below(found['host']['root'], folder)}
    for name, settings in found.items():
        if name == 'containers' and isinstance(settings, dict):
            found[name] = {key: _with_paths(entry, folder) for key, entry in settings.items()}
        elif name not in ('networks', 'volumes', 'host', 'groups'):
            found[name] = _with_paths(settings, folder)
    return found


def _with_paths(settings: Any, folder: str) -> Any:
    if not isinstance(settings, dict):
        return settings
    for name in ('instances', 'instance_settings'):
        if isinstance(settings.get(name), dict):
            by_instance = {instance: _with_paths(own, folder) for instance, own in settings[name].items()}
            settings = {**settings, name: by_instance}
    found = dict(settings)
    if 'env_file' in settings:
        paths = settings['env_file']
        found['env_file'] = (
            [_below(path, folder) for path in paths] if isinstance(paths, list) else _below(paths, folder)
        )
    if 'build' in settings:
        found['build'] = _built_below(settings['build'], folder)
    for name in ('secrets', 'configs'):
        if isinstance(settings.get(name), dict):
            found[name] = {key: _content_below(entry, folder) for key, entry in settings[name].items()}
    return found


def _built_below(build: Any, folder: str) -> Any:
    if isinstance(build, dict):
        return {**build, 'context': _built_below(build['context'], folder)} if 'context' in build else build
    return build if isinstance(build, str) and _ELSEWHERE.match(build) else _below(build, folder)


def _content_below(entry: Any, folder: str) -> Any:
    if isinstance(entry, dict) and 'file' in entry:
        return {**entry, 'file': _below(entry['file'], folder)}
    return entry


def _below(path: Any, folder: str) -> Any:
    if isinstance(path, LazyOnceObject):
        return lazy_once(lambda: _below(path.get(), folder))
    if not isinstance(path, str) or not path or _ABSOLUTE.match(path):
        return path
    return os.path.normpath(os.path.join(folder, path))


def _map_from(document: Any, lines: Lines, name: str | None, *checks: bool, strict: bool) -> ContainerMap:
    if not isinstance(document, dict):
        raise InputError(f'Expected a mapping with the settings of a map, found {shown(document)}.')
    with lines.told(name or ''), inside(*filter(None, [name])):
        refuse_compose_file(document)
    settings = _with_text_keys(document)
    own_name = name_text(settings.pop('name', None))
    for section in ('containers', 'networks', 'volumes', 'groups', 'host'):
        settings.update({section: _with_text_keys(settings[section])} if section in settings else {})
    if isinstance(settings.get('host'), dict):
        settings['host'] = {alias: _with_text_keys(path) for alias, path in settings['host'].items()}
    map_name = name or own_name
    if not map_name:
        raise InputError("The map has no name; give one as argument, or as key 'name' of the document.")
    with lines.told(map_name):
        return ContainerMap(map_name, settings, *checks, strict=strict)


def _with_text_keys(section: Any) -> Any:
    """A section whose names are the texts that they were written as, such as ``no`` and ``01``."""
    return text_keys(section) if isinstance(section, dict) else section


def load_clients(
    stream: Any, configuration_class: Callable[..., Any] = ClientConfiguration, max_nodes: int = MAX_NODES
) -> dict[str, Any]:
    """Client configurations by name, from a YAML document with a mapping of arguments for each.

    :raises yaml.YAMLError: This is no YAML, it goes beyond the limits, or contains itself.
    :raises ValueError: The document, or the content of a client, is no mapping, or has settings that are none.
    """
    document, lines = _load(stream, max_nodes, keep_texts=True)
    with lines.told():
        return clients_from(document, configuration_class)


def load_clients_file(
    filename: str | os.PathLike[str],
    configuration_class: Callable[..., Any] = ClientConfiguration,
    max_nodes: int = MAX_NODES,
) -> dict[str, Any]:
    """Client configurations by name from a YAML file, see :func:`load_clients`."""
    with open(filename, 'rb') as stream:
        return load_clients(stream, configuration_class, max_nodes)


def clients_from(document: Any, configuration_class: Callable[..., Any] = ClientConfiguration) -> dict[str, Any]:
    """Client configurations by name, from what a YAML document of clients has been read to; see :func:`load_clients`.

    :raises ValueError: It is no mapping, or has settings that are none.
    """
    if not isinstance(document, dict):
        raise InputError(f'Expected a mapping of client names to their settings, found {shown(document)}.')
    clients = {}
    for name, arguments in _with_text_keys(document).items():
        with inside(str(name)):
            if not isinstance(name, str):
                raise InputError(f'Expected the name of a client as text, found {shown(name)}.')
            if not isinstance(arguments, (dict, type(None))):
                raise InputError(f'Expected a mapping with the settings of a client, found {shown(arguments)}.')
            wrong = [key for key in arguments or {} if not isinstance(key, str)]
            if wrong:
                raise InputError(f'Expected the name of a setting as text, found {shown(wrong[0])}.')
            clients[name] = _client(configuration_class, _client_arguments(arguments or {}))
    return clients


def _client_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        name: texts_deep(value) if name in _CLIENT_TEXTS else plain_deep(value) for name, value in arguments.items()
    }


def _client(configuration_class: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    if 'self' in arguments:
        raise InputError('No client has a setting of this name.', 'self')
    try:
        signature(configuration_class).bind(**arguments)
    except TypeError as error:
        raise InputError(f'The settings are not those of {configuration_class.__name__}: {error}.') from error
    return configuration_class(**arguments)

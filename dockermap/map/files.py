"""One map from several YAML files, and single values of a map by their path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from ..exceptions import InputError, UnknownNameError
from ..utils import close_match
from ._document import MAX_NODES
from ._kinds import SECTIONS
from ._lines import Lines, SeveralLines
from .config import ConfigurationObject
from .config._notices import strictly
from .config.main import ContainerMap
from .input._shapes import shown
from .input._written import name_text
from .yaml import _below_folder, _load, _map_from

__all__ = ['load_map_files', 'set_value']


def load_map_files(
    filenames: Iterable[str | os.PathLike[str]],
    default_name: str = '',
    changes: Iterable[tuple[str, str]] = (),
    *,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
) -> ContainerMap:
    """A map from YAML files; each one is merged over those before it, as :meth:`ContainerMap.merge` does it.

    :param default_name: Name of the map if no file has one; the first one that is found counts.
    :param changes: Paths and values, such as ``('web.create_options.user', 'www')``, that are set in the end; see
        :func:`set_value`. Values are YAML.
    :raises ValueError: A document, or a setting, cannot be used.
    :raises KeyError: A path of a change leads to nothing.
    :raises dockermap.map.exceptions.MapIntegrityError: Parts of the map do not fit together.
    """
    documents = [_read(filename, strict, max_nodes) for filename in filenames]
    names = (name_text(document.get('name')) for document, _ in documents if isinstance(document, dict))
    name = next(filter(None, names), default_name)
    maps = [_map_from(document, lines, name, False, strict=strict) for document, lines in documents]
    result = maps[0]
    lines = SeveralLines([lines for _, lines in documents])
    with lines.told(name), strictly(strict):
        for later in maps[1:]:
            result.merge(later)
        for path, text in changes:
            set_value(result, path, _load(text, max_nodes, keep_texts=True)[0])
        result.check_integrity()
    return result


def _read(filename: str | os.PathLike[str], strict: bool, max_nodes: int) -> tuple[Any, Lines]:
    with strictly(strict), open(filename, 'rb') as stream:
        document, lines = _load(stream, max_nodes, keep_texts=True)
    return _below_folder(document, os.path.dirname(os.path.abspath(filename))), lines


def set_value(container_map: ContainerMap, path: str, value: Any) -> None:
    """Change one value of a map, or of a configuration on it; it is converted when the map is used.

    The path begins with a setting of the map, with ``networks`` or ``volumes`` and a name, or with the name of a
    configuration; then come one of its settings, and the keys of a mapping that this is. ``web.image``,
    ``networks.back.internal`` and ``web.create_options.environment.STAGE`` are examples.

    :raises KeyError: There is nothing of that name.
    :raises ValueError: The path ends too early, or leads into what is no mapping.
    """
    names = path.split('.')
    if names[0] == 'host' and len(names) == 2:
        container_map.host.update({names[1]: value})
    elif names[0] in container_map.CONFIG_PROPERTIES:
        _assign(container_map, path, names, value)
    else:
        section, names = (names[0], names[1:]) if names[0] in SECTIONS else ('containers', names)
        entries = getattr(container_map, section)
        if not names or names[0] not in entries:
            name = names[0] if names else ''
            match = close_match(name, [*entries.keys(), *container_map.CONFIG_PROPERTIES]) or '.'
            raise UnknownNameError(f"{path}: There is no entry {name!r} in '{section}'{match}")
        _assign(entries[names[0]], path, names[1:], value)


def _assign(target: ConfigurationObject, path: str, names: Sequence[str], value: Any) -> None:
    if not names:
        raise InputError('Expected the name of a setting behind this.', path)
    name, *keys = names
    if name not in target.CONFIG_PROPERTIES:
        raise UnknownNameError(f'{path}: {name!r} is no setting{close_match(name, target.CONFIG_PROPERTIES) or "."}')
    if keys:
        target.clean()
        value = _with_value(target.CONFIG_PROPERTIES[name].as_plain(target[name]), keys, value, path)
    setattr(target, name, value)


def _with_value(present: Any, keys: Sequence[str], value: Any, path: str) -> Any:
    """A copy of nested mappings in which one value is another one."""
    if not keys:
        return value
    if present is not None and not isinstance(present, dict):
        raise InputError(f'Expected a mapping, to set {keys[0]!r} in it, found {shown(present)}.', path)
    found = dict(present or {})
    key = next((known for known in found if str(known) == keys[0]), keys[0])
    found[key] = _with_value(found.get(key), keys[1:], value, path)
    return found

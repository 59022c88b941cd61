"""Merging of Compose files, and of services that extend others, in their long forms."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from ._document import Override, Reset
from ._values import Mapping, is_mapping

__all__ = ['merged', 'without_marks']

_REPLACED = frozenset(
    (('services', '*', 'command'), ('services', '*', 'entrypoint'), ('services', '*', 'healthcheck', 'test'))
)
"""Lists that are not joined."""


def _of(*names: str) -> Callable[[Mapping], Hashable]:
    return lambda entry: tuple(repr(entry.get(name)) for name in names)


_UNIQUE: dict[str, Callable[[Mapping], Hashable]] = {
    'ports': _of('host_ip', 'target', 'published', 'protocol'),
    'volumes': _of('target'),
    'secrets': _of('source', 'target'),
    'configs': _of('source', 'target'),
}
"""What tells members of lists apart, of which a later one takes the place of an earlier one."""


def merged(base: object, other: object, path: tuple[str, ...] = ()) -> object:
    """What two values are together, of which the second one counts more."""
    if isinstance(other, Override):
        return without_marks(other.value)
    if isinstance(other, Reset):
        return None
    if isinstance(base, (Override, Reset)):
        base = without_marks(base)
    if is_mapping(base) and is_mapping(other):
        return _mappings(base, other, path)
    if isinstance(base, list) and isinstance(other, list) and path not in _REPLACED:
        return _lists(base, other, path)
    if other is None and is_mapping(base):
        return base
    return without_marks(other)


def _mappings(base: Mapping, other: Mapping, path: tuple[str, ...]) -> Mapping:
    if path == ('services', '*', 'logging') and other.get('driver', base.get('driver')) != base.get('driver'):
        return dict(other)
    found = dict(base)
    for name, value in other.items():
        if isinstance(value, Reset):
            found.pop(name, None)
        elif name in found:
            found[name] = merged(found[name], value, _below(path, name))
        else:
            found[name] = without_marks(value)
    return found


def _below(path: tuple[str, ...], name: str) -> tuple[str, ...]:
    return (*path, '*') if len(path) == 1 else (*path, name)


def _lists(base: list[object], other: list[object], path: tuple[str, ...]) -> list[object]:
    key = _UNIQUE.get(path[-1]) if len(path) == 3 else None
    if key is None:
        return [*base, *(member for member in other if member not in base)]
    found: dict[Hashable, object] = {}
    for member in (*base, *other):
        found[key(member) if is_mapping(member) else repr(member)] = member
    return list(found.values())


def without_marks(value: object) -> object:
    """A value without what is only said to those before it."""
    if isinstance(value, Override):
        return without_marks(value.value)
    if isinstance(value, list):
        return [without_marks(member) for member in value if not isinstance(member, Reset)]
    if is_mapping(value):
        return {name: without_marks(member) for name, member in value.items() if not isinstance(member, Reset)}
    return value

"""Volumes of a container: host directories, attached and used volumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...exceptions import InputError
from ._lists import NamedTupleList, one_of
from ._shapes import Built, Choice, Empty, Entry, Items, Record, Shape, Text, is_late, shown
from ._tuples import HostVolume, SharedVolume, UsedVolume
from ._values import FLAG, HOST_PATH, LATE, NOTHING, PATH

_NAME_PATTERN = r'[^:]+'
_ACCESS = Choice(
    ((None, False), (True, True), (False, False), ('ro', True), ('rw', False)),
    "'ro', 'rw', true or false",
)
_NO_ARGUMENTS = Items((), 0, 'nothing')


def _docker_bind(value: str) -> str | None:
    host, _, others = value.partition(':')
    container, _, access = others.partition(':')
    if not (host and container):
        return None
    right = f'{{{container!r}: [{host!r}, {access!r}]}}' if access else f'{{{container!r}: {host!r}}}'
    return f"{value!r} is written as for Docker's command line; write {right}, with the container's path first."


def _docker_volume(value: str) -> str | None:
    name, _, others = value.partition(':')
    path, _, access = others.partition(':')
    if not (name and path):
        return None
    right = f'{{{name!r}: [{path!r}, {access!r}]}}' if access else f'{{{name!r}: {path!r}}}'
    return f"{value!r} is written as for Docker's command line; write {right}."


def _docker_attached(value: str) -> str | None:
    name, _, others = value.partition(':')
    path = others.partition(':')[0]
    if not (name and path):
        return None
    return f"{value!r} is written as for Docker's command line; write {{{name!r}: {path!r}}}."


def _volume_of(path_type: Callable[..., Any]) -> Callable[..., Any]:
    """Builder of a volume from its name or path, and an access flag, a path, or both (also nested)."""

    def build(first: Any, second: Any = False, readonly: bool = False) -> Any:
        if isinstance(second, tuple) and not is_late(second):
            return build(first, *second)
        if second is not None and not isinstance(second, bool):
            return path_type(first, second, readonly)
        if is_late(first):
            raise InputError(f'Expected a volume alias, found {shown(first)}.')
        return SharedVolume(first, readonly if second is None else second)

    return build


def _used_volume(name: Any, path: Any = None, readonly: bool = False) -> Any:
    return UsedVolume(name, path, readonly) if path is not None else SharedVolume(name, readonly)


def _shared_record(name: Shape, readonly: Shape) -> Record:
    return Record(
        (('name', name), ('readonly', readonly)),
        ('name',),
        SharedVolume,
        "the fields 'name' and 'readonly'",
        alone='name',
    )


def _mounted(
    expected: str,
    name: Text,
    second_path: Shape,
    path_type: Callable[..., Any],
    record: Record,
) -> tuple[Shape, Shape]:
    """Shapes of an element and of a dict entry, for volumes that have an access flag, a path, or both."""
    build = _volume_of(path_type)
    what = f"{second_path.expected}, or 'ro' or 'rw'"
    path_or_alias = one_of(name.expected, LATE, name) if path_type is HostVolume else name
    path_and_flag = (one_of(second_path.expected, NOTHING, second_path), FLAG)
    simple = one_of(what, LATE, _ACCESS, second_path)
    second = one_of(what, simple, Items((simple,), 1, what), Items(path_and_flag, 2, what))
    element = one_of(
        expected,
        Built(name, build),
        Built(Items((path_or_alias, second), 1, expected), build, spread=True),
        Built(Items((path_or_alias, *path_and_flag), 3, expected), build, spread=True),
        Entry(name, one_of(what, second, _NO_ARGUMENTS), build, expected, except_key='name'),
        record,
        _shared_record(name, FLAG),
    )
    return element, Entry(name, second, build, expected)


def _record(path_type: Callable[..., Any], *fields: tuple[str, Shape], required: tuple[str, ...]) -> Record:
    names = ', '.join(repr(name) for name, _ in fields)
    expected = f"the fields {names} and 'readonly'"
    return Record((*fields, ('readonly', FLAG)), required, path_type, expected, needs='path')


_BIND_NAME = Text('a volume alias or a container path', _NAME_PATTERN, _docker_bind, written=True)
_USED_NAME = Text('a volume alias', _NAME_PATTERN, _docker_volume, written=True)


class _VolumeList(NamedTupleList):
    """A list of volumes, whose access flags are always truth values."""

    def get_type_item(self, value: Any) -> Any:
        """The volume of one element. Raises ``ValueError`` where it cannot be read."""
        item = super().get_type_item(value)
        return item if isinstance(item.readonly, bool) else item._replace(readonly=FLAG.convert(item.readonly))


class SharedHostVolumesList(_VolumeList):
    """Host directories: aliases, or container paths with host paths."""

    element_type = (SharedVolume, HostVolume)
    element, entry = _mounted(
        'a volume alias, or a container path with a host path and perhaps an access flag',
        _BIND_NAME,
        HOST_PATH,
        HostVolume,
        _record(
            HostVolume,
            ('path', one_of('a container path', LATE, _BIND_NAME)),
            ('host_path', HOST_PATH),
            required=('path', 'host_path'),
        ),
    )


class UsedVolumeList(_VolumeList):
    """Volumes of others: aliases or container names, perhaps with own paths."""

    element_type = (SharedVolume, UsedVolume)
    element, entry = _mounted(
        'a volume alias, perhaps with a path and an access flag',
        _USED_NAME,
        PATH,
        UsedVolume,
        _record(
            _used_volume,
            ('name', _USED_NAME),
            ('path', one_of('a path', NOTHING, PATH)),
            required=('name', 'path'),
        ),
    )


_WRITABLE = one_of('an access flag that allows writing', Empty(False), Choice((('rw', False),), "'rw'"))
_ATTACHED_NAME = Text('a volume alias', _NAME_PATTERN, _docker_attached, written=True)


def _always_writable(value: str) -> str | None:
    return f'{value!r} is no path, and attached volumes are always read-write.'


_ATTACHED_PATH = one_of('a path', LATE, Text('a path', r'(?!r[ow](?![\s\S]))[\s\S]+', _always_writable))
_ATTACHED_SECOND = one_of('a path (attached volumes are always read-write)', _WRITABLE, _ATTACHED_PATH)


def _attached_volume(name: str, path: Any = False, readonly: bool = False) -> Any:
    return SharedVolume(name, False) if path is None or path is False else UsedVolume(name, path, False)


class AttachedVolumeList(_VolumeList):
    """Volumes that belong to a container, always writable: aliases, perhaps with own paths."""

    element_type = (SharedVolume, UsedVolume)
    element = one_of(
        'a volume alias, perhaps with a path',
        Built(_ATTACHED_NAME, _attached_volume),
        Built(Items((_ATTACHED_NAME, _ATTACHED_SECOND), 1, 'alias and path'), _attached_volume, spread=True),
        Entry(_ATTACHED_NAME, _ATTACHED_SECOND, _attached_volume, 'an alias and a path', except_key='name'),
        Record(
            (('name', _ATTACHED_NAME), ('path', one_of('a path', NOTHING, _ATTACHED_PATH)), ('readonly', _WRITABLE)),
            ('name', 'path'),
            _attached_volume,
            "the fields 'name' and 'path'",
            needs='path',
        ),
        _shared_record(_ATTACHED_NAME, _WRITABLE),
    )
    entry = Entry(_ATTACHED_NAME, _ATTACHED_SECOND, _attached_volume, 'an alias and a path')

    def get_type_item(self, value: Any) -> Any:
        """The volume of one element. Raises ``ValueError`` where it cannot be read or is read-only."""
        item = super().get_type_item(value)
        if item.readonly:
            raise InputError(f'The attached volume {item.name!r} cannot be read-only: {_ATTACHED_SECOND.expected}.')
        return item

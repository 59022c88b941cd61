"""Small helpers that belong to no layer."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from ._compare import same_value
from .functional import LazyOnceObject, lazy_once, resolve_value

__all__ = [
    'close_match',
    'closest',
    'engine_text',
    'expand_path',
    'expand_path_lazy',
    'format_image_tag',
    'merge_list',
    'normal_path',
    'recorded_warnings',
    'split_instance',
    'version_tuple',
    'without_password',
]

_URL_SCHEME = re.compile(r'[A-Za-z][\w+.\-]*://')


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def merge_list(merged_list: list[Any], items: Iterable[Any] | None) -> None:
    """Append each item that the list does not have yet, in order; late values are compared by identity."""
    if not items:
        return
    known = {item for item in merged_list if _is_hashable(item)}
    unhashable = [item for item in merged_list if not _is_hashable(item)]
    for item in items:
        if _is_hashable(item):
            if item in known:
                continue
            known.add(item)
        else:
            if any(same_value(item, other) for other in unhashable):
                continue
            unhashable.append(item)
        merged_list.append(item)


def expand_path(value: str) -> str:
    """A path with environment variables and then ``~`` replaced; unknown variables remain as text."""
    return os.path.expanduser(os.path.expandvars(value))


def expand_path_lazy(value: str) -> LazyOnceObject:
    """A late value for :func:`expand_path`."""
    return lazy_once(expand_path, value)


def normal_path(path: str) -> str:
    """A path of a Linux host or container without doubled slashes, a slash at its end, ``.`` and ``..``."""
    normal = posixpath.normpath(path)
    # POSIX leaves it open what two slashes at the start mean; on Linux they are one.
    return normal[1:] if normal.startswith('//') else normal


def format_image_tag(image: Sequence[str | None]) -> str:
    """Full image name from name and tag; digests are joined with ``@``, an image without tag is the name alone."""
    name, tag = image[0], image[1]
    if not tag:
        return f'{name}'
    # A tag cannot contain a colon, a digest always does.
    return f'{name}{"@" if ":" in tag else ":"}{tag}'


def without_password(url: object) -> str:
    """The address of an engine, without the password that it may contain."""
    before, separator, host = str(url).rpartition('@')
    scheme = match[0] if (match := _URL_SCHEME.match(before)) else ''
    user, colon, _ = before[len(scheme) :].partition(':')
    return f'{scheme}{user}:...@{host}' if separator and colon and '/' not in user else str(url)


def split_instance(reference: str) -> tuple[str, str | None]:
    """Configuration and instance of a reference such as ``web.blue``; ``None`` where no instance is named."""
    config_name, _, instance = reference.partition('.')
    return config_name, instance or None


def version_tuple(version: object) -> tuple[int, ...] | None:
    """A dotted version as comparable tuple, ``None`` if it is none."""
    return _version_tuple(str(version))


@lru_cache(maxsize=64)
def _version_tuple(text: str) -> tuple[int, ...] | None:
    found = re.fullmatch(r'\d+(\.\d+)*', text.strip())
    return tuple(int(part) for part in found[0].split('.')) if found else None


def engine_text(value: Any) -> str:
    """A value as the text that an engine expects for it: ``true`` for ``True``, ``80`` for 80, nothing for ``None``."""
    resolved = resolve_value(value)
    if resolved is None:
        return ''
    if isinstance(resolved, bool):
        return 'true' if resolved else 'false'
    if isinstance(resolved, bytes):
        return resolved.decode('utf-8')
    return str(resolved)


def closest(name: Any, known: Iterable[Any], cutoff: float = 0.6) -> str | None:
    """The known name that is most like a wrong one, or that begins with it; ``None`` if there is none."""
    # Imported where something is wrong, as programs should start quickly.
    from difflib import get_close_matches

    by_text = {str(other).casefold(): str(other) for other in known}
    text = str(name).casefold()
    longer = [other for other in by_text if len(text) > 2 and other.startswith(text)]
    matches = get_close_matches(text, by_text, n=1, cutoff=cutoff) or longer
    return by_text[matches[0]] if matches else None


def close_match(name: Any, known: Iterable[Any]) -> str:
    """End of a sentence that proposes the known name which is most like a wrong one; empty if none is."""
    match = closest(name, known)
    return f'; did you mean {match!r}?' if match is not None else ''


@contextlib.contextmanager
def recorded_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """What is warned of inside."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter('always')
        # These come whenever the interpreter clears up, and are not about what is done.
        warnings.simplefilter('ignore', ResourceWarning)
        yield found

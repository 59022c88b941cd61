"""Numbers and truth values of documents, which know the text that they were written as.

Where only text makes sense, ``0755``, ``24.10`` and ``on`` are what was written, not 493, 24.1 and true. The loader
does not know what a value is for, so the text travels with it. Elsewhere, such a value is the number that it means.
``str()`` gives the text, ``repr()`` the plain value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from ...exceptions import InputError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    'Written',
    'is_canonical',
    'is_written',
    'name_text',
    'odd_texts',
    'plain_deep',
    'plain_value',
    'says_more',
    'text_key',
    'text_keys',
    'texts_deep',
    'written',
]


_SAME_TEXT = 'Two keys are the same as text, such as 1 and "1".'


class Written(Protocol):
    """A plain value with the text that it was written as."""

    written: str
    plain: int | float | bool


class _WrittenInt(int):
    written: str
    plain: int

    def __new__(cls, plain: int, text: str) -> Self:
        new = super().__new__(cls, plain)
        new.plain, new.written = plain, text
        return new

    def __getnewargs__(self) -> tuple[int, str]:  # type: ignore[override]
        return self.plain, self.written

    def __str__(self) -> str:
        return self.written

    def __repr__(self) -> str:
        return repr(self.plain)


class _WrittenFloat(float):
    written: str
    plain: float

    def __new__(cls, plain: float, text: str) -> Self:
        new = super().__new__(cls, plain)
        new.plain, new.written = plain, text
        return new

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        return self.plain, self.written

    def __str__(self) -> str:
        return self.written

    def __repr__(self) -> str:
        return repr(self.plain)


def written(value: Any, text: str) -> Any:
    """A number or truth value with its text; other values as they are."""
    if isinstance(value, int):
        # Truth values cannot be inherited from.
        return _WrittenInt(value, text)
    return _WrittenFloat(value, text) if isinstance(value, float) else value


def is_written(value: object) -> TypeGuard[Written]:
    """Whether a value knows its text."""
    return isinstance(value, (_WrittenInt, _WrittenFloat))


def is_canonical(value: Written) -> bool:
    """Whether the text says no more than the plain value."""
    plain = value.plain
    return value.written == (str(plain).lower() if isinstance(plain, bool) else str(plain))


def says_more(value: object) -> TypeGuard[Written]:
    """Whether a value knows a text that its plain value does not have."""
    return is_written(value) and not is_canonical(value)


def name_text(value: Any) -> Any:
    """The text of a value where that says more, otherwise the plain value: numbers as such are no names."""
    return value.written if says_more(value) else plain_value(value)


def plain_value(value: Any) -> Any:
    """The value without its text."""
    return value.plain if is_written(value) else value


def text_key(key: Any) -> Any:
    """The text of a key where it has one."""
    return key.written if is_written(key) else key


def text_keys(entries: dict[Any, Any], text_of: Callable[[Any], Any] = name_text) -> dict[Any, Any]:
    """A dict whose keys are texts, by default where that says more. Raises ``ValueError`` where two are the same."""
    found = {text_of(key): value for key, value in entries.items()}
    if len(found) < len(entries.keys()):
        raise InputError(_SAME_TEXT)
    return found


def plain_deep(value: Any) -> Any:
    """The value where no member or key has a text; the same object if none had."""
    return _mapped(value, plain_value)


def odd_texts(value: Any) -> Any:
    """The value where members and keys have a text only if it says more than they do; the same object if all have."""
    return _mapped(value, _without_canonical_text)


def _without_canonical_text(value: Any) -> Any:
    # Not all engines and versions of Python write fractions alike.
    return value.plain if is_written(value) and is_canonical(value) and not isinstance(value, float) else value


def texts_deep(value: Any) -> Any:
    """The value where each member and key that has a text is that; the same object if none had.

    Raises ``ValueError`` where two keys have the same text.
    """
    return _mapped(value, text_key)


_PLAIN_TYPES = {str, type(None)}


def _mapped(value: Any, convert: Callable[[Any], Any]) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, dict):
        if {*map(type, value), *map(type, value.values())} <= _PLAIN_TYPES:
            return value
        entries = {convert(key): _mapped(member, convert) for key, member in value.items()}
        if len(entries) < len(value.keys()):
            raise InputError(_SAME_TEXT)
        pairs = zip(value.items(), entries.items(), strict=True)
        is_same = all(key is new_key and member is new for (key, member), (new_key, new) in pairs)
        return value if is_same else entries
    if isinstance(value, (list, tuple)) and not hasattr(value, '_fields'):
        members = [_mapped(member, convert) for member in value]
        if all(old is new for old, new in zip(value, members, strict=True)):
            return value
        return tuple(members) if isinstance(value, tuple) else members
    return convert(value)

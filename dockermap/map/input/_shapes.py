"""Shapes of input as data: one declaration converts values, explains what is wrong, and can be turned into a schema.

A shape accepts a value if and only if ``convert`` does not raise. ``OneOf`` takes the first alternative that accepts,
so what it accepts is exactly the union of its alternatives. Patterns match whole texts and use only what Python and
ECMAScript read alike.
"""

from __future__ import annotations

import math
import re
import reprlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ... import functional
from ...exceptions import InputError
from ...functional import PLAIN_TYPES
from ...utils import close_match
from ._written import is_canonical, is_written, plain_value, says_more

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


def shown(value: Any) -> str:
    """A value for error texts, shortened where it is long; late values are not evaluated."""
    value = plain_value(value)
    try:
        text = _SHORT.repr(value)
    except ValueError:
        # Python does not write numbers of more than some thousand digits.
        text = 'a value that is too long'
    return text if value is None or isinstance(value, (bool, str)) else f'{text} ({type(value).__name__})'


def is_late(value: Any) -> bool:
    """Whether a value is to be kept as it is until it is used; plain text is not, even if ``str`` was registered."""
    return type(value) is not str and functional.is_late(value)


def any_case(words: Iterable[str]) -> str:
    """Pattern for some words, in lower or upper case."""
    return '|'.join(''.join(f'[{char}{char.upper()}]' if char.isalpha() else char for char in word) for word in words)


class Shape(ABC):
    """What a value may look like, and what it becomes."""

    expected: str
    kinds: Collection[type] = PLAIN_TYPES
    """Types whose direct instances may fit, of the plain ones; what is not here is not even asked."""

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Whether the outward form of a value is right, so that this shape should explain what is wrong inside."""

    @abstractmethod
    def convert(self, value: Any) -> Any:
        """The converted value; raises ``InputError`` where the shape does not accept it."""

    def refuse(self, value: Any) -> InputError:
        """The error that names what was expected and found."""
        return InputError(f'Expected {self.expected}, found {shown(value)}.')


@dataclass(frozen=True)
class Choice(Shape):
    """Some values, each with what it becomes; ``1`` is not ``True`` here."""

    options: tuple[tuple[Any, Any], ...]
    expected: str

    @cached_property
    def kinds(self) -> Collection[type]:  # type: ignore[override]
        return {type(option) for option, _ in self.options}

    def fits(self, value: Any) -> bool:
        value = plain_value(value)
        return any(type(value) is type(option) and value == option for option, _ in self.options)

    def convert(self, value: Any) -> Any:
        value = plain_value(value)
        for option, result in self.options:
            if type(value) is type(option) and value == option:
                return result
        raise self.refuse(value)


@dataclass(frozen=True)
class Empty(Shape):
    """Nothing in any of its forms: ``None``, false, zero, empty text, list or dict."""

    result: Any = None
    expected: str = 'nothing'

    def fits(self, value: Any) -> bool:
        return value is None or (isinstance(value, (bool, int, float, str, list, tuple, dict)) and not value)

    def convert(self, value: Any) -> Any:
        if self.fits(value):
            return self.result
        raise self.refuse(value)


@dataclass(frozen=True)
class Text(Shape):
    """A text that matches a pattern as a whole; ``hint`` may give a better message for one that does not.

    With ``written``, numbers and truth values of documents count as what they were written as, if that says more.
    """

    expected: str
    pattern: str = r'[\s\S]+'
    hint: Callable[[str], str | None] | None = field(default=None, compare=False)
    written: bool = False

    kinds = (str,)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) or (self.written and says_more(value))

    def convert(self, value: Any) -> Any:
        if self.written and says_more(value):
            value = value.written
        if isinstance(value, str):
            if self._compiled.fullmatch(value):
                return value
            message = self.hint and self.hint(value)
            if message:
                raise InputError(message)
        raise self.refuse(value)


@dataclass(frozen=True)
class Number(Shape):
    """A finite number within limits, a whole one (also ``80.0``) unless ``fractions``; truth values are none."""

    expected: str
    minimum: int | None = None
    maximum: int | None = None
    fractions: bool = False

    kinds = (int, float)

    def fits(self, value: Any) -> bool:
        value = plain_value(value)
        if isinstance(value, float):
            return math.isfinite(value) and (self.fractions or value.is_integer())
        return isinstance(value, int) and not isinstance(value, bool)

    def convert(self, value: Any) -> Any:
        if not self.fits(value):
            raise self.refuse(value)
        if (self.minimum is not None and not value >= self.minimum) or (
            self.maximum is not None and not value <= self.maximum
        ):
            raise self.refuse(value)
        return plain_value(value) if self.fractions else int(value)


@dataclass(frozen=True)
class Late(Shape):
    """A late or registered value, kept as it is; JSON has none."""

    expected: str = 'a late value'

    kinds = PLAIN_TYPES - {str}

    def fits(self, value: Any) -> bool:
        return is_late(value)

    def convert(self, value: Any) -> Any:
        if is_late(value):
            return value
        raise self.refuse(value)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and not is_late(value)


def _member(shape: Shape, value: Any, part: str | int) -> Any:
    try:
        return shape.convert(value)
    except InputError as error:
        raise error.below(part) from error.__cause__


def _built(build: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return build(*args, **kwargs)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(str(error)) from error


@dataclass(frozen=True)
class Items(Shape):
    """A list or tuple with a meaning for each position, and perhaps any number of further members.

    Becomes a tuple, or with ``as_given`` stays what it is. A choice in the first position decides whether a value has
    the outward form.
    """

    shapes: tuple[Shape, ...]
    required: int
    expected: str
    rest: Shape | None = None
    as_given: bool = False

    kinds = (list, tuple)

    def fits(self, value: Any) -> bool:
        if not _is_sequence(value) or len(value) < self.required:
            return False
        if self.shapes and isinstance(self.shapes[0], Choice) and not (value and self.shapes[0].fits(value[0])):
            return False
        return self.rest is not None or len(value) <= len(self.shapes)

    def convert(self, value: Any) -> Any:
        if not self.fits(value):
            raise self.refuse(value)
        shapes = self.shapes
        if self.rest is not None:
            shapes += (self.rest,) * (len(value) - len(shapes))
        members: list[Any] = []
        try:
            for shape, member in zip(shapes, value, strict=False):
                members.append(shape.convert(member))
        except InputError as error:
            raise error.below(len(members)) from error.__cause__
        return members if self.as_given and isinstance(value, list) else tuple(members)


@dataclass(frozen=True)
class ListOf(Shape):
    """A list or tuple of any length from a minimum, whose members look alike; stays what it is."""

    member: Shape
    expected: str
    minimum: int = 0

    kinds = (list, tuple)

    def fits(self, value: Any) -> bool:
        return _is_sequence(value)

    def convert(self, value: Any) -> Any:
        if not _is_sequence(value) or len(value) < self.minimum:
            raise self.refuse(value)
        members = [_member(self.member, member, index) for index, member in enumerate(value)]
        return tuple(members) if isinstance(value, tuple) else members


@dataclass(frozen=True)
class Record(Shape):
    """A dict of named fields, as keyword arguments of ``build``.

    Its outward form is any dict with the field ``needs``, or, without that, one with several keys or with only the
    field ``alone``.
    """

    fields: tuple[tuple[str, Shape], ...]
    required: tuple[str, ...]
    build: Callable[..., Any] = field(compare=False)
    expected: str
    needs: str | None = None
    alone: str | None = None

    kinds = (dict,)

    def fits(self, value: Any) -> bool:
        if not isinstance(value, dict) or is_late(value):
            return False
        if self.needs:
            return self.needs in value and len(value) > 1
        return len(value) > 1 or self.alone is None or self.alone in value

    def convert(self, value: Any) -> Any:
        if not self.fits(value):
            raise self.refuse(value)
        shapes = dict(self.fields)
        for key, _ in value.items():
            if key not in shapes:
                match = close_match(key, shapes) or '.'
                raise InputError(f'Unknown field {shown(key)}, expected {self.expected}{match}')
        for name in self.required:
            if name not in value:
                raise InputError(f'Missing field {name!r}, expected {self.expected}.')
        converted = {key: _member(shapes[key], member, key) for key, member in value.items()}
        return _built(self.build, **converted)


@dataclass(frozen=True)
class Entry(Shape):
    """A dict with a single entry, as two arguments of ``build``; ``except_key`` is left to a :class:`Record`."""

    key: Shape
    value: Shape
    build: Callable[[Any, Any], Any] = field(compare=False)
    expected: str
    except_key: str | None = None

    kinds = (dict,)

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and not is_late(value) and len(value) == 1 and self.except_key not in value

    def convert(self, value: Any) -> Any:
        if not self.fits(value):
            raise self.refuse(value)
        [(key, member)] = value.items()
        first = self.key.convert(key)
        second = _member(self.value, member, str(key))
        return _built(self.build, first, second)


@dataclass(frozen=True)
class Mapped(Shape):
    """A dict with any keys of one shape and values of another; becomes a plain dict."""

    key: Shape
    value: Shape
    expected: str

    kinds = (dict,)

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and not is_late(value)

    def convert(self, value: Any) -> dict[Any, Any]:
        if not self.fits(value) or not value:
            raise self.refuse(value)
        return {self.key.convert(key): _member(self.value, member, str(key)) for key, member in value.items()}


@dataclass(frozen=True)
class Built(Shape):
    """A shape whose converted value becomes something else; ``spread`` hands its members over one by one."""

    shape: Shape
    build: Callable[..., Any] = field(compare=False)
    spread: bool = False

    @property
    def expected(self) -> str:  # type: ignore[override]
        return self.shape.expected

    @property
    def kinds(self) -> Collection[type]:  # type: ignore[override]
        return self.shape.kinds

    def fits(self, value: Any) -> bool:
        return self.shape.fits(value)

    def convert(self, value: Any) -> Any:
        converted = self.shape.convert(value)
        try:
            return self.build(*converted) if self.spread else self.build(converted)
        except InputError:
            raise
        except ValueError as error:
            raise InputError(str(error)) from error


@dataclass(frozen=True)
class OneOf(Shape):
    """The first of some shapes that accepts a value; if none does, the first with the right outward form says why.

    A number of a document counts as its text only where that says more.
    """

    shapes: tuple[Shape, ...]
    expected: str

    @cached_property
    def kinds(self) -> Collection[type]:  # type: ignore[override]
        return {kind for shape in self.shapes for kind in shape.kinds}

    @cached_property
    def _by_kind(self) -> dict[type, tuple[Shape, ...]]:
        return {kind: tuple(shape for shape in self.shapes if kind in shape.kinds) for kind in PLAIN_TYPES}

    def fits(self, value: Any) -> bool:
        return any(shape.fits(value) for shape in self._by_kind.get(type(value), self.shapes))

    def convert(self, value: Any) -> Any:
        if is_written(value) and is_canonical(value):
            return self.convert(value.plain)
        shapes = self._by_kind.get(type(value), self.shapes)
        first_error = None
        for shape in shapes:
            # What fits is cheaper to find out than what is wrong; the last one need not be asked first.
            if shape is shapes[-1] or shape.fits(value):
                try:
                    return shape.convert(value)
                except InputError as error:
                    if first_error is None and shape.fits(value):
                        first_error = error
        raise first_error or self.refuse(value)

"""Words of a command line: how values become flags and arguments that a shell passes on unchanged."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from ...utils import engine_text

_ACTIVE_IN_QUOTES = re.compile(r'([\\"$`])')
_FLAG_NAME = re.compile(r'[\w-]+', re.ASCII)


class Word(NamedTuple):
    """Part of a command line: its text for a shell, and the argument that arrives.

    Text that a caller wrote for a shell has no argument. It may be several words, and is split where those are needed.
    """

    shell: str
    argument: str | None

    def arguments(self) -> list[str]:
        """What arrives without a shell; raises ``ValueError`` for text with an open quote."""
        return shlex.split(self.shell) if self.argument is None else [self.argument]


class Verbatim(str):
    """Text that a caller wrote for a shell, to be inserted as it is."""


Rule = Callable[[Any], Iterable[Word]]
"""How a value that is not ``None`` is written."""


def verbatim(text: str) -> Word:
    """Text for a shell, unchanged."""
    return Word(text, None)


def positional(value: Any) -> Word:
    """An argument without flag; quoted where a shell would change it."""
    if isinstance(value, Verbatim):
        return verbatim(value)
    text = engine_text(value)
    return Word(shlex.quote(text), text)


def command_words(value: Any) -> list[Word]:
    """A command: text is shell syntax already, a list contributes its elements as arguments."""
    if is_list(value):
        return [positional(element) for element in value]
    text = engine_text(value)
    return [verbatim(text)] if text else []


def plain(flag: str, value: Any) -> Word:
    """``--flag=text``; quoted where a shell would change the text."""
    text = engine_text(value)
    return Word(f'--{_checked(flag)}={shlex.quote(text) if text else text}', f'--{flag}={text}')


def quoted(flag: str, value: Any) -> Word:
    """``--flag="text"``, with everything escaped that stays active between double quotes."""
    text = engine_text(value)
    escaped = _ACTIVE_IN_QUOTES.sub(r'\\\1', text)
    return Word(f'--{_checked(flag)}="{escaped}"', f'--{flag}={text}')


def _checked(flag: str) -> str:
    if not _FLAG_NAME.fullmatch(flag):
        raise ValueError(f'Expected a keyword of letters, digits, "_" and "-" for a command line flag, found {flag!r}.')
    return flag


def is_list(value: Any) -> bool:
    """Whether a value stands for several elements."""
    return isinstance(value, (list, tuple, AbstractSet))


def elements(value: Any) -> Iterable[Any]:
    """Elements of a list, keys of a mapping, a single value as the only element; sets in the order of their texts."""
    if isinstance(value, AbstractSet):
        return sorted(value, key=engine_text)
    return value if isinstance(value, Mapping) or is_list(value) else (value,)


def generic(flag: str) -> Rule:
    """Booleans plain, each element of a list quoted, mappings as ``key:value``, everything else quoted."""

    def words(value: Any) -> Iterator[Word]:
        if isinstance(value, bool):
            yield plain(flag, value)
        elif isinstance(value, Mapping):
            yield from (plain(flag, joined(key, member, ':')) for key, member in value.items())
        else:
            yield from (quoted(flag, element) for element in elements(value))

    return words


def pairs(flag: str, separator: str = '=', write: Callable[[str, Any], Word] = plain) -> Rule:
    """Each entry of a mapping as ``key=value``, without value as the key alone; elements of a list as they are."""

    def words(value: Any) -> Iterator[Word]:
        if isinstance(value, Mapping):
            yield from (write(flag, joined(key, member, separator)) for key, member in value.items())
        else:
            yield from (quoted(flag, element) for element in elements(value))

    return words


def joined(key: Any, value: Any, separator: str) -> str:
    """A key and its value as one text; the key alone if there is no value."""
    return engine_text(key) if value is None else f'{engine_text(key)}{separator}{engine_text(value)}'


def filters(flag: str) -> Rule:
    """Each filter as ``key=value``, repeated for each element of a list."""

    def words(value: Mapping[str, Any]) -> Iterator[Word]:
        for key, wanted in value.items():
            yield from (plain(flag, joined(key, element, '=')) for element in elements(wanted))

    return words


def records(flag: str, describe: Callable[[Any], str]) -> Rule:
    """Each element of a list (or a single one) as the text that a function makes of it; text is taken as it is."""

    def words(value: Any) -> Iterator[Word]:
        for element in [value] if isinstance(value, Mapping) else elements(value):
            yield plain(flag, describe(element) if isinstance(element, Mapping) else element)

    return words


def comma_separated(flag: str, write: Callable[[str, Any], Word] = quoted) -> Rule:
    """For flags whose text ``docker`` splits at commas: each element, or ``key=value``, quoted for that."""

    def words(value: Any) -> Iterator[Word]:
        if isinstance(value, Mapping):
            value = [joined(key, member, '=') for key, member in value.items()]
        yield from (write(flag, _csv_escaped(engine_text(element))) for element in elements(value))

    return words


def csv_line(fields: Iterable[str]) -> str:
    """Fields joined by commas, quoted where the reader of ``docker`` needs it."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator='\r\n').writerow(list(fields))
    return buffer.getvalue().removesuffix('\r\n')


def _csv_escaped(text: str) -> str:
    return csv_line([text]) if any(character in text for character in ',"\r\n') else text


def left_out(value: Any) -> tuple[Word, ...]:
    """Rule for keywords of the API that a command line has no use for."""
    return ()

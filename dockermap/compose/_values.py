"""Values of Compose files: what they have to be, and what they are as numbers and texts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeGuard, TypeVar

from ..exceptions import InputError, located
from ..map.input._shapes import shown

R = TypeVar('R')
Mapping = dict[str, object]

_UNITS = {'ns': 1, 'us': 10**3, 'µs': 10**3, 'ms': 10**6, 's': 10**9, 'm': 60 * 10**9, 'h': 3600 * 10**9}
_TIME = re.compile(r'([0-9]{1,12}(?:\.[0-9]{0,9})?)(ns|us|µs|ms|s|m|h)')
_TIMES = re.compile(rf'(?:{_TIME.pattern})+')
_SIZE = re.compile(r'([0-9]{1,18}(?:\.[0-9]{1,9})?) ?([kmgtp]?)(?:i?b)?', re.IGNORECASE)
_POWERS = {'': 0, 'k': 1, 'm': 2, 'g': 3, 't': 4, 'p': 5}
_WORDS = {'true': True, 'false': False, 'yes': True, 'no': False, 'on': True, 'off': False, '1': True, '0': False}
_LONGEST = 1e21
_MOST = 2**63 - 1
_SIZES = "a size such as '512m'"
SECOND = 10**9


def is_mapping(value: object) -> TypeGuard[Mapping]:
    """Whether this is a mapping with texts as keys, as all mappings of documents are."""
    return isinstance(value, dict)


def expected(what: str, value: object) -> InputError:
    """The error that says what was expected, and found."""
    return InputError(f'Expected {what}, found {shown(value)}.')


def mapping(value: object, what: str = 'a mapping') -> Mapping:
    """A mapping; nothing is an empty one."""
    if value is None:
        return {}
    if not is_mapping(value):
        raise expected(what, value)
    return value


def sequence(value: object, what: str = 'a list') -> list[object]:
    """A list; nothing is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise expected(what, value)
    return value


def entries(value: object, what: str = 'a mapping') -> Iterable[tuple[str, object]]:
    """Keys and values of a mapping."""
    return mapping(value, what).items()


def members(value: object, what: str = 'a list') -> list[object]:
    """Members of a list."""
    return sequence(value, what)


def mapped(value: object, convert: Callable[[str, object], R], what: str = 'a mapping') -> dict[str, R]:
    """A mapping with converted values; errors say which."""
    found: dict[str, R] = {}
    for key, member in entries(value, what):
        with located(key):
            found[key] = convert(key, member)
    return found


def listed(value: object, convert: Callable[[object], R], what: str = 'a list') -> list[R]:
    """A list with converted members; errors say which."""
    found: list[R] = []
    for index, member in enumerate(members(value, what)):
        with located(index):
            found.append(convert(member))
    return found


def text(value: object, what: str = 'a text') -> str:
    """A text; numbers and truth values as they are written."""
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, float) and value.is_integer() and abs(value) < _LONGEST:
        return str(int(value))
    if isinstance(value, (str, int, float)):
        return str(value)
    raise expected(what, value)


def texts(value: object, what: str = 'a list of texts') -> list[str]:
    """A list of texts, of which a single one need not be in a list."""
    if isinstance(value, (str, int, float)):
        return [text(value)]
    return listed(value, lambda member: text(member, what), what)


def flag(value: object) -> bool:
    """A truth value, which variables give as text."""
    if isinstance(value, bool):
        return value
    found = _WORDS.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise expected('true or false', value)
    return found


def number(value: object, what: str = 'a number') -> float:
    """A number, which variables give as text."""
    try:
        found = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (OverflowError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise expected(what, value)
    return found


def whole(value: object, what: str = 'a whole number', most: int = _MOST) -> int:
    """A whole number within limits."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= most:
        return value
    found = number(value, what)
    if not found.is_integer() or abs(found) > most:
        raise expected(what, value)
    return int(found)


def pairs(value: object, what: str = 'a mapping, or a list such as [NAME=value]') -> dict[str, str | None]:
    """Texts by name from a mapping or from a list; names alone have no value."""
    if is_mapping(value):
        return mapped(value, lambda key, member: None if member is None else text(member))
    found: dict[str, str | None] = {}
    for member in texts(value, what):
        name, separator, own = member.partition('=')
        found[name] = own if separator else None
    return found


def set_pairs(value: object, what: str = 'a mapping, or a list such as [NAME=value]') -> dict[str, str]:
    """The same where names alone have an empty text."""
    return {name: own or '' for name, own in pairs(value, what).items()}


def nanoseconds(value: object) -> int:
    """A time such as ``1m30s``; numbers alone are seconds."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f'{value}s'
    if not isinstance(value, str):
        raise expected("a time such as '1m30s'", value)
    if re.fullmatch('[0-9]{1,12}', value):
        value = f'{value}s'
    if not _TIMES.fullmatch(value):
        raise expected("a time such as '1m30s'", value)
    return int(sum(Decimal(amount) * _UNITS[unit] for amount, unit in _TIME.findall(value)))


def seconds(value: object) -> int:
    """A time in whole seconds, of which parts count as whole ones."""
    return -(-nanoseconds(value) // SECOND)


def size(value: object) -> int:
    """A number of bytes such as ``512m``; -1 means no limit."""
    given = text(value, _SIZES)
    if given == '-1':
        return -1
    found = _SIZE.fullmatch(given)
    amount = int(Decimal(found[1]) * 1024 ** _POWERS[found[2].lower()]) if found else _MOST + 1
    if amount > _MOST:
        raise expected(_SIZES, value)
    return amount


def short_size(value: object) -> int | str:
    """The same, with a unit where that is shorter."""
    found = size(value)
    for unit in ('g', 'm', 'k'):
        power = 1024 ** _POWERS[unit]
        if found >= power and not found % power:
            return f'{found // power}{unit}'
    return found

"""Single values of configurations: helpers, shapes that several lists use, network mode and health check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...exceptions import InputError
from ...utils import split_instance
from ._shapes import (
    Built,
    Choice,
    Empty,
    Items,
    Late,
    ListOf,
    Mapped,
    Number,
    OneOf,
    Record,
    Shape,
    Text,
    any_case,
    is_late,
    shown,
)
from ._tuples import TIME_PATTERN, HealthCheck, NotSet, nanoseconds

CURRENT_DIR = './'
"""How a path in the current directory starts."""

_BOOL_WORDS = (
    (True, ('true', 'yes', 'on', 'y', '1')),
    (False, ('false', 'no', 'off', 'n', '0')),
)


def is_path(value: Any) -> Any:
    """Truthy if a value is a text that starts with ``/`` or ``./``; falsy values are returned as they are."""
    return value and isinstance(value, str) and value.startswith(('/', CURRENT_DIR))


def read_only(value: Any) -> Any:
    """Truthy for everything but ``'rw'`` and falsy values, which are returned as they are."""
    return value and value != 'rw'


def bool_of_word(value: str) -> bool:
    """Truth value of a word such as ``yes`` or ``off``; ``ValueError`` for other texts."""
    for result, words in _BOOL_WORDS:
        if value.lower() in words:
            return result
    raise InputError(f'Expected true or false (or yes, no, on, off), found {shown(value)}.')


def bool_if_set(value: Any) -> Any:
    """A truth value, where texts are read as words; ``NotSet`` as it is."""
    if value is NotSet:
        return NotSet
    return bool_of_word(value) if isinstance(value, str) else bool(value)


def get_list(value: Any) -> Any:
    """A new list of a list, a tuple or a single text, late or registered value; ``NotSet`` as it is.

    Raises ``ValueError`` for anything else.
    """
    if value is None:
        return []
    if value is NotSet:
        return NotSet
    if isinstance(value, str) or is_late(value):
        return [value]
    if isinstance(value, (list, tuple)):
        return list(value)
    raise InputError(f'Expected a list or a single text, found {shown(value)}.')


NOTHING = Choice(((None, None),), 'nothing')
LATE = Late()
BOOL_PATTERN = any_case(word for _, words in _BOOL_WORDS for word in words)
BOOL = OneOf(
    (
        LATE,
        Choice(((True, True), (False, False), (None, False)), 'true or false'),
        Built(Text('true or false (or yes, no, on, off)', BOOL_PATTERN), bool_of_word),
    ),
    'true or false',
)
FLAG = Built(
    OneOf(
        (
            Choice(((True, True), (False, False), (None, None)), "'ro' or 'rw', or true or false"),
            Number('a number', fractions=True),
            Text('any text', r'[\s\S]*'),
        ),
        "'ro' or 'rw', or true or false",
    ),
    lambda value: bool(read_only(value)),
)
_MOST_IDS = 2**32 - 1


def user_shape(hint: Callable[[str], str | None] | None = None) -> Shape:
    """Shape of a user: name, ``name:group``, id, or a pair of user and group; ``hint`` explains texts that are none."""
    expected = 'a user name or id, or a pair of user and group'
    part = OneOf((Text(expected, r'[^\-][\s\S]*', hint, written=True), Number(expected, 0, _MOST_IDS)), expected)
    nobody = Choice(((None, None), ('', None)), 'nothing')
    return OneOf((nobody, LATE, part, Items((part, part), 2, 'a user and a group')), expected)


COMMAND_WORD = OneOf((LATE, Text('a text', r'[\s\S]*', written=True)), 'a text (numbers in quotes)')
PATH_TEXT = Text('a path', r'[\s\S]+')
PATH = OneOf((LATE, PATH_TEXT), 'a path')
HOST_PATH = OneOf(
    (PATH, Mapped(Text('an instance name', r'[\s\S]*', written=True), PATH, 'host paths by instance')),
    'a host path, or host paths by instance',
)


NETWORK_MODE = OneOf(
    (
        Choice(((None, NotSet),), 'nothing'),
        Empty('none'),
        Choice((('disabled', 'none'), ('none', 'none'), ('bridge', 'bridge'), ('host', 'host')), 'a network mode'),
        Text('the name of a container', r'container:[\s\S]+'),
        Built(Text('the name of a container', r'/[\s\S]+'), lambda value: f'container:{value[1:]}'),
        Built(
            Text(
                "a network mode such as 'host', or a configuration whose network is shared",
                r'(?!container:)[^./][\s\S]*',
            ),
            split_instance,
        ),
        Built(
            Items(
                (
                    Text('a configuration', r'[\s\S]+'),
                    OneOf((Empty(), Text('an instance', r'[\s\S]+')), 'an instance or nothing'),
                ),
                2,
                'a pair of configuration and instance',
            ),
            lambda *pair: pair,
            spread=True,
        ),
    ),
    "'bridge', 'host', 'none', 'container:' with a name, or a configuration (with instance) whose network is shared",
)

_MOST_NANOSECONDS = 2**63 - 1
_MOST_TIMES = 2**31 - 1


def _no_time(value: str) -> str | None:
    try:
        nanoseconds(value)
    except ValueError as error:
        return str(error)
    return None


_TIME = OneOf(
    (
        Choice(((None, None), ('', 0), (False, 0)), 'nothing'),
        LATE,
        Number('nanoseconds', 0, _MOST_NANOSECONDS, fractions=True),
        Built(Text('a time', TIME_PATTERN, _no_time), nanoseconds),
    ),
    "a time, such as '5s'",
)
_TEST = OneOf(
    (
        Choice(((None, None), (False, None)), 'nothing'),
        LATE,
        Text('a command', r'[\s\S]*'),
        ListOf(COMMAND_WORD, 'a list of texts'),
    ),
    'a command as text or list',
)
_RETRIES = OneOf((NOTHING, LATE, Number('a number of times', 0, _MOST_TIMES)), 'a number of times')
_CMD = Choice((('CMD', 'CMD'), ('CMD-SHELL', 'CMD-SHELL')), 'CMD or CMD-SHELL')
_POSITIONAL_FIELDS = 'test, interval, timeout, retries, start_period'
_HEALTHCHECK_FIELDS = f'{_POSITIONAL_FIELDS}, start_interval'
HEALTHCHECK = OneOf(
    (
        Built(OneOf((NOTHING, LATE, Text('a command', r'[\s\S]*')), 'a command'), HealthCheck),
        Built(Items((_CMD,), 1, 'a command', COMMAND_WORD, as_given=True), HealthCheck),
        Built(Items((_TEST, _TIME, _TIME, _RETRIES, _TIME), 1, _POSITIONAL_FIELDS), HealthCheck, spread=True),
        Record(
            (
                ('test', _TEST),
                ('interval', _TIME),
                ('timeout', _TIME),
                ('retries', _RETRIES),
                ('start_period', _TIME),
                ('start_interval', _TIME),
            ),
            ('test',),
            HealthCheck,
            _HEALTHCHECK_FIELDS,
        ),
    ),
    f'a command, or a list or dict of {_HEALTHCHECK_FIELDS}',
)


def get_network_mode(value: Any) -> Any:
    """Network mode of a container as text, or as a pair (configuration, instance) where the network is shared with it.

    ``None`` and ``NotSet`` leave the mode unset. Raises ``ValueError`` for anything that is no network mode.
    """
    return NotSet if value is NotSet else NETWORK_MODE.convert(value)


def get_healthcheck(value: Any) -> Any:
    """Health check of a container from any of its forms; ``None`` disables an inherited one.

    Raises ``ValueError`` for anything else.
    """
    return value if value is NotSet or isinstance(value, HealthCheck) else HEALTHCHECK.convert(value)


SHAPES: dict[Any, Shape] = {get_network_mode: NETWORK_MODE, get_healthcheck: HEALTHCHECK}
"""Shapes of the values that a conversion function accepts."""

"""What property values may look like, as data that also a schema can be made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ... import docker_options
from ...exceptions import InputError, located
from ..input import NotSet, get_list
from ..input._shapes import Built, Choice, ListOf, Mapped, Number, OneOf, Record, Shape, Text, shown
from ..input._values import LATE, NOTHING, user_shape
from ..input._values import PATH as _PATH
from ..input._written import is_written, name_text, odd_texts, plain_deep, text_key, text_keys, texts_deep
from ._image import IMAGE_PATTERN
from ._option_parts import SIGNAL_PATTERN
from ._option_shapes import option_shapes
from ._values import copied

_NESTING_LIMIT = 50

_TEXT_OPTIONS = frozenset(
    (
        'cap_add',
        'cap_drop',
        'cgroup_parent',
        'command',
        'cpuset_cpus',
        'dns',
        'dns_opt',
        'dns_search',
        'domainname',
        'driver_opts',
        'entrypoint',
        'environment',
        'extra_hosts',
        'group_add',
        'hostname',
        'ipam',
        'labels',
        'log_config',
        'mac_address',
        'options',
        'platform',
        'runtime',
        'security_opt',
        'storage_opt',
        'sysctls',
        'tmpfs',
        'user',
        'volume_driver',
        'working_dir',
    )
)
"""Arguments of creating calls where all values and keys are texts."""

NAME = Text('a non-empty text', written=True)


def optional(*shapes: Shape, expected: str) -> OneOf:
    """The shapes, or ``None``."""
    return OneOf((NOTHING, *shapes), expected)


@dataclass(frozen=True)
class TextList:
    """A list of texts, or a single one; late values are allowed with ``late``, repetitions unless ``unique``."""

    expected: str
    late: bool = False
    unique: bool = False

    def convert(self, value: Any) -> Any:
        """The list of texts; raises ``ValueError`` with the position where an element is something else."""
        try:
            items = get_list(name_text(value))
        except ValueError:
            raise InputError(f'Expected a list of {self.expected}, found {shown(value)}.') from None
        if items is NotSet:
            return []
        member = OneOf((NAME, LATE), self.expected) if self.late else Text(self.expected, written=True)
        seen = set()
        for index, item in enumerate(items):
            with located(index):
                item = items[index] = member.convert(item)
                if self.unique and item in seen:
                    raise InputError(f'{item!r} is given twice.')
                seen.add(item if self.unique else None)
        return items


@dataclass(frozen=True)
class Options:
    """A mapping of arguments that are handed on, or a function or late value that gives one.

    Numbers of documents keep the text that they were written as where only text makes sense: in some arguments, or with
    ``texts`` in all of them.

    :param known: Shapes of arguments by name. Values are kept as they were given, and converted where they are used.
    """

    expected: str
    known: Mapping[str, Shape] = field(default_factory=dict, compare=False)
    texts: bool = False

    def convert(self, value: Any) -> Any:
        """The options, copied; raises ``ValueError`` for what is no mapping with names as keys."""
        if value is None or value is NotSet:
            return {}
        if callable(value):
            return value
        if not isinstance(value, dict):
            raise InputError(f'Expected a mapping with {self.expected}, found {shown(value)}.')
        if self.texts and any(map(is_written, value.keys())):
            value = text_keys(value, text_key)
        for key, item in value.items():
            if not isinstance(key, str) or not key:
                raise InputError(f'Expected the name of an option as text, found {shown(key)}.')
            with located(key):
                _check_depth(item, _NESTING_LIMIT)
                meant = texts_deep(item) if self._is_text(key) else plain_deep(item)
                if key in self.known:
                    self.known[key].convert(meant)
        options = copied(value)
        for key, item in options.items():
            with located(key):
                options[key] = odd_texts(item) if self._is_text(key) else plain_deep(item)
        return options

    def _is_text(self, name: str) -> bool:
        return self.texts or name in _TEXT_OPTIONS


def _members(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.values()]
    return list(value) if isinstance(value, (list, tuple)) else []


def _check_depth(value: Any, limit: int) -> None:
    """Raise ``InputError`` for values that contain themselves, or are nested so deeply that they might."""
    layer = [value]
    for _ in range(limit):
        layer = list({id(member): member for item in layer for member in _members(item)}.values())
        if not layer:
            return
    raise InputError(f'The value is nested more than {limit} levels deep, or contains itself.')


_IMAGE = "the name of an image as text, such as 'shop/cart:2'"
_SECONDS = 'a number of seconds, such as 10'
_MOST_SECONDS = 2**31 - 1
_ORDER = "'one-by-one' or 'parallel'"
_FIRST = 'a number of clients, 1 or more'
_ROLLOUT = f"{_ORDER}, or a mapping with 'order' and 'first'"
_SIGNAL = 'a signal by its name or number'

IMAGE = optional(Text(_IMAGE, f'(?:{IMAGE_PATTERN})?', written=True), expected=_IMAGE)
USER = user_shape()
PERMISSIONS = optional(
    Text("an expression for chmod as text, such as 'u=rwX,g=rX' or '0750'", written=True),
    LATE,
    expected="an expression for chmod as text, such as 'u=rwX,g=rX' or '0750'",
)
STOP_TIMEOUT = optional(
    LATE,
    Number(_SECONDS, -1, _MOST_SECONDS),
    expected=f'{_SECONDS}, as a whole number without unit',
)
START_DELAY = optional(
    LATE,
    Number(_SECONDS, 0, _MOST_SECONDS, fractions=True),
    expected=f'{_SECONDS} or 0.5, without unit',
)
STOP_SIGNAL = optional(LATE, Text(_SIGNAL, f'(?:{SIGNAL_PATTERN})?'), Number(_SIGNAL, 1, 64), expected=_SIGNAL)
TEXT = optional(Text('a text', r'[\s\S]*', written=True), expected='a text')
LATE_TEXT = optional(Text('a text', r'[\s\S]*', written=True), LATE, expected='a text')
ROLLOUT = optional(
    Text(_ROLLOUT, '(?:one-by-one|parallel)?'),
    Record((('order', Text(_ORDER, 'one-by-one|parallel')), ('first', Number(_FIRST, 1))), (), dict, _ROLLOUT),
    expected=_ROLLOUT,
)
PATH = optional(_PATH, expected='a path')

_REPLICAS = 'a number of containers, such as 3'
_PUBLISH = "'host' or 'ingress'"
_ENDPOINT_MODE = "'vip' or 'dnsrr'"
_CONTENT = 'the content as text, or a mapping with text, file or environment, and perhaps path, user, group and mode'
REPLICAS = optional(LATE, Number(_REPLICAS, 1, 10_000), expected=_REPLICAS)
PUBLISH = optional(Text(_PUBLISH, '(?:host|ingress)?'), expected=_PUBLISH)
ENDPOINT_MODE = optional(Text(_ENDPOINT_MODE, '(?:vip|dnsrr)?'), expected=_ENDPOINT_MODE)

_ENGINE_NAME = 'a name as engines accept it: letters, digits, dots, dashes and underscores, no two dots in a row'
ENGINE_NAME = optional(
    Text(_ENGINE_NAME, r'(?![\s\S]*\.\.)[a-zA-Z0-9][a-zA-Z0-9_.\-]+', written=True), expected=_ENGINE_NAME
)

_BUILD = 'a path, or a mapping with context, dockerfile, args, target, labels and ignore'
_ANY_TEXT = Text('a text', r'[\s\S]*', written=True)
_BUILD_VALUE = OneOf(
    (
        NOTHING,
        LATE,
        Choice(((True, True), (False, False)), 'true or false'),
        _ANY_TEXT,
        Number('a number', fractions=True),
    ),
    'a text, a number, or true or false',
)
_BUILD_VALUES = OneOf(
    (Choice(((None, None),), 'nothing'), Mapped(NAME, _BUILD_VALUE, 'a mapping of names to values')),
    'a mapping of names to values',
)
_IGNORED = 'patterns as in a .dockerignore file'
BUILD = optional(
    Built(OneOf((_PATH,), 'a path'), lambda path: {'context': path}),
    Record(
        (
            ('context', _PATH),
            ('dockerfile', _PATH),
            ('args', _BUILD_VALUES),
            ('target', optional(_ANY_TEXT, LATE, expected='the name of a stage')),
            ('labels', _BUILD_VALUES),
            ('ignore', OneOf((NOTHING, Built(Text(_IGNORED), lambda line: [line]), ListOf(NAME, _IGNORED)), _IGNORED)),
        ),
        (),
        dict,
        _BUILD,
    ),
    expected=_BUILD,
)

_VARIABLE = Text('the name of a variable, as in NAME or NAME:-default', r'[A-Za-z_][A-Za-z0-9_]*(?::-[\s\S]*)?')
_ID = Number('the number of a user or group', 0, 2**31 - 1)
_FILE = OneOf(
    (
        LATE,
        _ANY_TEXT,
        Record(
            (
                ('text', OneOf((LATE, _ANY_TEXT), 'a text')),
                ('file', _PATH),
                ('environment', _VARIABLE),
                ('path', _PATH),
                ('user', _ID),
                ('group', _ID),
                ('mode', Text("a mode as text, such as '0400'", '[0-7]{3,4}', written=True)),
            ),
            (),
            dict,
            _CONTENT,
        ),
    ),
    _CONTENT,
)
_NO_FILES = Record((), (), dict, 'nothing')
SECRETS = optional(Mapped(NAME, _FILE, 'secrets by name'), _NO_FILES, expected='secrets by name')
CONFIGS = optional(Mapped(NAME, _FILE, 'files by name'), _NO_FILES, expected='files by name')

_EXTERNAL = 'true or false, or the name on the engine as text'
EXTERNAL = optional(
    Choice(((True, True), (False, False)), 'true or false'), Text(_EXTERNAL, written=True), LATE, expected=_EXTERNAL
)

INSTANCES = TextList('names of instances as texts', unique=True)
CLIENTS = TextList('names of clients as texts')
NODES = TextList("nodes, such as 'node1', 'disk=ssd' or 'node.role==manager'")
PARENTS = TextList('names of configurations as texts')
SHARES = TextList('container paths', late=True)
ENV_FILES = TextList('paths of files with environment variables', late=True)
_CONTAINER = option_shapes(docker_options.CREATE_OPTIONS)
CREATE_OPTIONS = Options('arguments for creation', _CONTAINER)
HOST_CONFIG = Options('arguments of the host configuration', _CONTAINER)
NETWORK_OPTIONS = Options('arguments for creating networks', option_shapes(docker_options.NETWORK_OPTIONS))
VOLUME_OPTIONS = Options('arguments for creating volumes', option_shapes(docker_options.VOLUME_OPTIONS))
DRIVER_OPTIONS = Options('options of the driver', texts=True)

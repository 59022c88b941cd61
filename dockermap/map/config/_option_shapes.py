"""What values of arguments of creating calls may look like, and what they become: one shape for each type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ...docker_options import CreateOption, Type
from ...utils import engine_text
from ..input._addresses import ADDRESS_PATTERN, MAC_PATTERN
from ..input._shapes import Built, Items, ListOf, Number, OneOf, Record, Shape, Text
from ..input._values import BOOL, NOTHING
from . import _option_parts as parts

__all__ = ['option_shape', 'option_shapes']

_SHAPES: dict[Type, Shape] = {
    Type.ADDRESSES: parts.members(
        parts.one_of('an IP address', Text('an IP address', ADDRESS_PATTERN)), 'IP addresses'
    ),
    Type.BINDS: parts.members(
        parts.BIND,
        'binds',
        Built(parts.mapped(parts.BIND_PLACE, 'binds by host path', parts.BIND_SOURCE)[0], parts.bind_texts),
        Record((), (), dict, 'nothing'),
    ),
    Type.CAPABILITIES: parts.members(
        parts.one_of('a capability', Text('a capability such as NET_ADMIN', parts.CAPABILITY)), 'capabilities'
    ),
    Type.COMMAND: parts.one_of(
        'a command as text or list of texts',
        Text('a command', parts.COMMAND_PATTERN, parts.no_words),
        Built(Number('a command', fractions=True), engine_text),
        ListOf(parts.text('a text', parts.ANY), 'a list of texts'),
    ),
    Type.CPUS: parts.one_of('a number of CPUs, in billionths', Number('a number of CPUs, in billionths', 0)),
    Type.CPU_SET: parts.number_text("numbers such as '0-2,7'", r'(?:[0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*)?'),
    Type.DEVICES: parts.members(parts.DEVICE, 'devices'),
    Type.DEVICE_RATES: parts.by_device('rate', parts.one_of(parts.SIZE_TEXT, Number(parts.SIZE_TEXT, 0))),
    Type.DEVICE_REQUESTS: parts.members(parts.DEVICE_REQUEST, 'device requests'),
    Type.DEVICE_RULES: parts.members(
        parts.one_of(parts.DEVICE_RULE, Text(parts.DEVICE_RULE, r'[acb] (?:[0-9]+|\*):(?:[0-9]+|\*) [rwm]{1,3}')),
        'rules',
    ),
    Type.DEVICE_WEIGHTS: parts.by_device(
        'weight', parts.one_of('a weight up to 1000', Number('a weight up to 1000', 0, 1000))
    ),
    Type.ENVIRONMENT: parts.one_of(
        'variables as a mapping, or as a list of texts such as NAME=value',
        *parts.mapped(parts.plain_text(), 'variables as a mapping'),
        parts.members(
            parts.one_of('a text such as NAME=value', Text('a text such as NAME=value', r'[^=][\s\S]*')), 'texts'
        ),
    ),
    Type.GROUPS: parts.members(parts.text('a group by name or number'), 'groups'),
    Type.HEALTHCHECK: parts.HEALTHCHECK,
    Type.HOST_ADDRESSES: parts.one_of(
        'addresses by host name',
        *parts.mapped(parts.HOST_ADDRESS, 'addresses by host name'),
        parts.members(parts.HOST_LINE, 'texts'),
    ),
    Type.IPAM: parts.IPAM,
    Type.LABELS: parts.assignments('name=value', r'[^=][\s\S]*'),
    Type.LINKS: parts.members(
        parts.LINK,
        'links',
        Built(parts.mapped(parts.LINK_ALIAS, 'aliases by container', parts.LINK_TARGET)[0], parts.pairs),
    ),
    Type.LOG_CONFIG: parts.LOG_CONFIG,
    Type.LXC: parts.LXC,
    Type.MAC_ADDRESS: parts.one_of(
        'a MAC address',
        Text('a MAC address', f'{MAC_PATTERN}?'),
    ),
    Type.MOUNTS: parts.members(parts.MOUNT, 'mounts'),
    Type.NAME: parts.text('a name', parts.ANY),
    Type.NAMES: parts.members(parts.text('a name', r'[^,]+'), 'names', parts.NAME_TEXTS),
    Type.NETWORKING: parts.one_of(
        'a mapping with EndpointsConfig',
        Record((('EndpointsConfig', parts.ENDPOINTS),), (), dict, 'EndpointsConfig'),
    ),
    Type.PATH: parts.one_of('an absolute path', Text('an absolute path', r'(?:/[\s\S]*|[A-Za-z]:[\\/][\s\S]*)?')),
    Type.PATHS: parts.members(
        parts.one_of('a path', Text('an absolute path without colon', r'/[^:]*|[A-Za-z]:[\\/][^:]*')),
        'paths',
        *parts.mapped(
            OneOf((NOTHING, Record((), (), dict, 'nothing')), 'nothing'),
            'paths as keys',
            Text('an absolute path without colon', r'/[^:]*|[A-Za-z]:[\\/][^:]*'),
        ),
    ),
    Type.PORTS: parts.members(
        parts.one_of(
            parts.PORT_TEXT,
            parts.PORT,
            Built(Items((parts.PORT, Text('tcp, udp or sctp', parts.PROTOCOL)), 2, 'a port and a protocol'), tuple),
        ),
        'ports',
    ),
    Type.PORT_BINDINGS: parts.one_of(
        'host ports by port', *parts.mapped(parts.BINDINGS, 'host ports by port', parts.PORT)
    ),
    Type.RESTART_POLICY: parts.RESTART_POLICY,
    Type.SIGNAL: parts.one_of(
        parts.SIGNAL_TEXT, Text(parts.SIGNAL_TEXT, f'(?:{parts.SIGNAL_PATTERN})?'), Number(parts.SIGNAL_TEXT, 1, 64)
    ),
    Type.SIZE: parts.SIZE,
    Type.TEXTS: parts.members(parts.text('a text'), 'texts'),
    Type.TEXT_MAP: parts.assignments('name=value', r'[^=]+=[\s\S]*'),
    Type.TMPFS: parts.members(
        parts.TMPFS_LINE,
        'paths',
        *parts.mapped(parts.OPTIONAL_TEXT, 'options by path', Text('an absolute path', r'/[\s\S]*')),
    ),
    Type.ULIMITS: parts.members(parts.ULIMIT, 'limits', parts.ULIMITS_BY_NAME),
    Type.USER: parts.text(parts.USER_TEXT, parts.ANY),
    Type.WORDS: parts.members(parts.text('a word'), 'words'),
}


_DIGITS = 18
"""As many digits as surely fit into what engines store."""


@cache
def option_shape(option: CreateOption) -> Shape:
    """What values of an argument may look like. Nothing is always allowed, and remains nothing."""
    shape = _shape(option)
    return OneOf((NOTHING, shape), shape.expected)


def option_shapes(options: Mapping[str, CreateOption]) -> dict[str, Shape]:
    """Shapes of all arguments of a creating call."""
    return {name: option_shape(option) for name, option in options.items()}


def _shape(option: CreateOption) -> Shape:
    if option.type is Type.FLAG:
        return BOOL
    if option.type is Type.NUMBER:
        return _number(option)
    if option.type is Type.WORD:
        return _word(option)
    return _SHAPES[option.type]


def _number(option: CreateOption) -> Shape:
    """A number in digits, or written as a text."""
    expected = 'a whole number'
    if option.least is not None:
        expected += f' from {option.least}' + ('' if option.most is None else f' to {option.most}')
    number = Number(expected, -(10**_DIGITS) if option.least is None else option.least,
                    10**_DIGITS if option.most is None else option.most)  # fmt: skip
    return parts.one_of(expected, number)


def _word(option: CreateOption) -> Shape:
    if option.most is not None:
        return parts.text(f'a text of {option.most} characters at most', rf'[\s\S]{{0,{option.most}}}')
    if option.accepts is None:
        return parts.text('a text', parts.ANY)
    words = option.accepts.replace('|', ', ').replace(r'container:[\s\S]+', "'container:' with a name")
    return parts.text(words, f'(?:{option.accepts})?')

"""Shapes of what values of arguments of creating calls consist of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ... import docker_api
from ...exceptions import InputError
from ...utils import engine_text
from ..input._addresses import ADDRESS_PATTERN, INTERFACE_PATTERN, without_brackets
from ..input._shapes import Built, Choice, Items, ListOf, Mapped, Number, OneOf, Record, Shape, Text, any_case
from ..input._tuples import TIME_PATTERN, nanoseconds
from ..input._values import BOOL, LATE, NOTHING

ANY = r'[\s\S]*'
SOME = r'[\s\S]+'

COMMAND_PATTERN = r"""(?:[^\\'"]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")*"""
"""Text that a shell can split."""

SIGNALS = (
    'abrt', 'alrm', 'bus', 'chld', 'cld', 'cont', 'fpe', 'hup', 'ill', 'int', 'io', 'iot', 'kill', 'pipe', 'poll',
    'prof', 'pwr', 'quit', 'rtmax', 'rtmin', 'segv', 'stkflt', 'stop', 'sys', 'term', 'trap', 'tstp', 'ttin', 'ttou',
    'urg', 'usr1', 'usr2', 'vtalrm', 'winch', 'xcpu', 'xfsz',
)  # fmt: skip
CAPABILITIES = (
    'audit_control', 'audit_read', 'audit_write', 'block_suspend', 'bpf', 'checkpoint_restore', 'chown',
    'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'ipc_lock', 'ipc_owner', 'kill', 'lease',
    'linux_immutable', 'mac_admin', 'mac_override', 'mknod', 'net_admin', 'net_bind_service', 'net_broadcast',
    'net_raw', 'perfmon', 'setfcap', 'setgid', 'setpcap', 'setuid', 'sys_admin', 'sys_boot', 'sys_chroot',
    'sys_module', 'sys_nice', 'sys_pacct', 'sys_ptrace', 'sys_rawio', 'sys_resource', 'sys_time', 'sys_tty_config',
    'syslog', 'wake_alarm',
)  # fmt: skip
CAPABILITY = f'{any_case(["all"])}|(?:{any_case(["cap"])}_)?(?:{any_case(CAPABILITIES)})'
REAL_TIME = rf'{any_case(["rtmin"])}\+(?:[1-9]|1[0-5])|{any_case(["rtmax"])}-(?:[1-9]|1[0-4])'
SIGNAL_NUMBER = r'0*(?:[1-9]|[1-5][0-9]|6[0-4])'
SIGNAL_PATTERN = rf'(?:{any_case(["sig"])})?(?:{any_case(SIGNALS)}|{REAL_TIME})|{SIGNAL_NUMBER}'
"""Names and numbers of the signals that engines know."""


def no_words(value: str) -> str:
    """Why a text cannot be split into words."""
    fault = 'a quote that is not closed' if value.count('"') % 2 or value.count("'") % 2 else 'a stray backslash'
    return f'The text cannot be split into words: it has {fault}. Give a list of words instead.'


def one_of(expected: str, *shapes: Shape) -> OneOf:
    return OneOf((LATE, *shapes), expected)


def text(expected: str, pattern: str = SOME, hint: Callable[[str], str | None] | None = None) -> Shape:
    """A text, or a number that becomes one."""
    return one_of(expected, Text(expected, pattern, hint), Built(Number(expected, fractions=True), engine_text))


def number_text(expected: str, pattern: str) -> Shape:
    """A text of digits and some more, or a number from 0, which becomes one."""
    return one_of(expected, Text(expected, pattern), Built(Number(expected, 0), engine_text))


def members(member: Shape, expected: str, *others: Shape) -> Shape:
    """A list, or a single member in place of a list of one; both become a list, and so does nothing."""
    nothing = Built(Choice((('', None),), 'nothing'), lambda _: [])
    single = Built(member, lambda value: value if value is None else [value])
    whole = Built(ListOf(member, f'a list of {expected}'), list)
    return one_of(f'{expected}, as a list or a single one', nothing, whole, *others, single)


def mapped(value: Shape, expected: str, key: Shape | None = None) -> tuple[Shape, Shape]:
    names = key or text('a name')
    return Mapped(names, value, expected), Record((), (), dict, 'nothing')


def plain_text(expected: str = 'a text, a number, or true or false') -> Shape:
    """A value that becomes a text in the last step before the call, and is kept until then."""
    return OneOf(
        (NOTHING, LATE, Choice(((True, True), (False, False)), expected), Text(expected, ANY),
         Number(expected, fractions=True)),
        expected,
    )  # fmt: skip


def assigned(lines: list[Any]) -> Any:
    """A mapping of texts with an equals sign; what has none has no value."""
    if not all(isinstance(line, str) for line in lines):
        return lines
    return {name: value for name, _, value in (line.partition('=') for line in lines)}


def assignments(expected: str, pattern: str) -> Shape:
    line = one_of(expected, Text(expected, pattern))
    return one_of(
        f'a mapping, or a list of texts such as {expected}',
        *mapped(plain_text(), 'a mapping'),
        Built(members(line, 'texts'), lambda value: value if not isinstance(value, list) else assigned(value)),
    )


def fields(required: tuple[str, ...], **fields: tuple[str, Shape]) -> tuple[Shape, Shape]:
    """Records of the same fields under the SDK's names, and under those of engines, which they become."""
    expected = ', '.join(fields)
    named = {name: title for name, (title, _) in fields.items()}

    def build(**given: Any) -> dict[str, Any]:
        return {named.get(name, name): item for name, item in given.items()}

    own = Record(tuple((name, shape) for name, (_, shape) in fields.items()), required, build, expected)
    titles = Record(tuple(fields.values()), tuple(named[name] for name in required), build, ', '.join(named.values()))
    return own, titles


LATE_BOOL = OneOf((NOTHING, BOOL), 'true or false')
PATH = one_of('an absolute path', Text('an absolute path', r'/[\s\S]*|[A-Za-z]:[\\/][\s\S]*'))
COUNT = one_of('a whole number', NOTHING, Number('a whole number'))
OPTIONAL_TEXT = one_of('a text', NOTHING, text('a text', ANY))
SIZE_PATTERN = r'-1|[0-9]+(?:\.[0-9]+)?[bkmgtBKMGT]?|[0-9]+(?:\.[0-9]+)?[kmgtKMGT][bB]'
SIZE_TEXT = 'a size such as 512m, or a number of bytes'
SIZE = one_of(SIZE_TEXT, Text(SIZE_TEXT, SIZE_PATTERN), Number(SIZE_TEXT, -1))
PORT_NUMBER = r'(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'
PROTOCOL = any_case(('tcp', 'udp', 'sctp'))
PORT_TEXT = 'a port from 1 to 65535, as text perhaps with /tcp, /udp or /sctp'
PORT = one_of(
    PORT_TEXT,
    Number(PORT_TEXT, 1, 65535),
    Text(PORT_TEXT, f'{PORT_NUMBER}(?:-{PORT_NUMBER})?(?:/(?:{PROTOCOL}))?'),
)
HOST_PORT_TEXT = 'a host port from 0 (a free one) to 65535'
HOST_PORT = one_of(
    HOST_PORT_TEXT,
    NOTHING,
    Number(HOST_PORT_TEXT, 0, 65535),
    Text(HOST_PORT_TEXT, f'(?:0|{PORT_NUMBER}(?:-{PORT_NUMBER})?)?'),
)
ADDRESS = one_of(
    'an IP address',
    NOTHING,
    Choice((('', ''),), 'nothing'),
    Built(Text('an IP address', INTERFACE_PATTERN), without_brackets),
)
BINDING = one_of(
    'a host port, or an IP address and a host port',
    HOST_PORT,
    Built(Items((ADDRESS, HOST_PORT), 2, 'an IP address and a host port'), tuple),
    Built(Items((ADDRESS,), 1, 'an IP address'), tuple),
    Record((('HostPort', HOST_PORT), ('HostIp', ADDRESS)), ('HostPort',), dict, 'HostIp, HostPort'),
)
BINDINGS = one_of(BINDING.expected, BINDING, ListOf(BINDING, 'a list of published ports'))
MODE_WORD = r'(?:ro|rw|z|Z|nocopy|r?shared|r?slave|r?private|consistent|cached|delegated)'
VOLUME_NAME = r'[A-Za-z0-9][A-Za-z0-9_.\-]+'
_MODE = rf'(?!.*\b(?:ro|rw)\b.*\b(?:ro|rw)\b){MODE_WORD}(?:,{MODE_WORD})*'
_SOURCE = rf'(?:/[^:]*|[A-Za-z]:[\\/][^:]*|\\\\[^:]*|{VOLUME_NAME})'
BIND_PATTERN = rf'(?:{_SOURCE}:)?(?:/|[A-Za-z]:\\)[^:]*(?::(?:{_MODE})?)?'
BIND_SOURCE = Text('an absolute path without colon, or the name of a volume', _SOURCE)
BIND = one_of(
    'a bind such as /host/path:/path:ro',
    Text('a bind such as /host/path:/path:ro, without further colons', BIND_PATTERN),
)
BIND_PLACE = one_of(
    'a path in the container, or a mapping with bind, mode, ro and propagation',
    Text('a path without colon', r'[^:]+|[A-Za-z]:[\\/][^:]*'),
    Record(
        (
            ('bind', one_of('a path without colon', Text('a path without colon', r'[^:]+|[A-Za-z]:[\\/][^:]*'))),
            ('mode', one_of('a mode', Text('a mode such as ro', rf'(?:{_MODE})?'))),
            ('ro', LATE_BOOL),
            ('propagation', one_of('a propagation', Text('a propagation', r'r?shared|r?slave|r?private|'))),
        ),
        ('bind',),
        dict,
        'bind, mode, ro, propagation',
    ),
)


def bind_texts(binds: Mapping[str, Any]) -> Any:
    """Binds of a mapping as texts, so that they are combined with others; late ones are left as they are."""
    if any(
        not isinstance(item, str)
        for place in binds.values()
        for item in (place.values() if isinstance(place, dict) else [place])
        if not isinstance(item, bool)
    ):
        return dict(binds)
    return [bind_text(source, place) for source, place in binds.items()]


def bind_text(source: str, place: Any) -> str:
    if isinstance(place, str):
        return f'{source}:{place}:rw'
    if 'ro' in place and 'mode' in place:
        raise InputError("A bind has either 'ro' or 'mode'.").below(source)
    mode = ('ro' if place['ro'] else 'rw') if 'ro' in place else place.get('mode', 'rw')
    modes = ','.join(filter(None, (mode, place.get('propagation'))))
    return f'{source}:{place["bind"]}:{modes}' if modes else f'{source}:{place["bind"]}'


LINK_TARGET = text('the name of a container', r'[^:]+')
ALIAS_TEXT = "an alias without '/', ':' and blanks"
LINK_ALIAS = one_of(ALIAS_TEXT, NOTHING, Text(ALIAS_TEXT, r'[^:/\s]*'))
LINK = one_of(
    'a link such as container:alias',
    Built(Text('a link such as container:alias', r'[^:]+(?::[^:/\s]+)?'), lambda text: pair(text, ':')),
    Built(Items((LINK_TARGET, LINK_ALIAS), 2, 'a container and an alias'), tuple),
)


def pairs(links: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [*links.items()]


def pair(text: str, separator: str) -> tuple[str, str]:
    name, _, value = text.partition(separator)
    return name, value or name


RESTART_NAMES = ('no', 'always', 'unless-stopped', '')
RESTART_TEXT = 'no, always, unless-stopped, on-failure, or on-failure:3'


def restart_policy(text: str) -> dict[str, Any]:
    name, _, retries = text.partition(':')
    return {'Name': name, 'MaximumRetryCount': int(retries)} if retries else {'Name': name}


RESTART_POLICY = one_of(
    RESTART_TEXT,
    # What YAML makes of the word no.
    Choice(((False, {'Name': 'no'}),), 'no'),
    Built(Text(RESTART_TEXT, r'no|always|unless-stopped|on-failure(?::[0-9]{1,9})?'), restart_policy),
    Record(
        (
            ('Name', one_of(RESTART_TEXT, Choice(tuple((name, name) for name in RESTART_NAMES), RESTART_TEXT))),
            ('MaximumRetryCount', one_of('0', NOTHING, Number('0, as only on-failure counts', 0, 0))),
        ),
        (), dict, 'Name, MaximumRetryCount',
    ),
    Record(
        (
            ('Name', one_of(RESTART_TEXT, Choice((('on-failure', 'on-failure'),), 'on-failure'))),
            ('MaximumRetryCount', one_of('a number of times', NOTHING, Number('a number of times', 0))),
        ),
        ('Name',), dict, 'Name, MaximumRetryCount',
    ),
)  # fmt: skip

OPTIONS = one_of('a mapping', NOTHING, *mapped(plain_text(), 'a mapping of texts'))
DRIVER = one_of('the name of a driver', NOTHING, Text('the name of a driver', ANY))
LOG_CONFIG = one_of(
    'a mapping with type and config',
    Built(Text('the name of a driver'), lambda name: {'Type': name}),
    *fields((), type=('Type', DRIVER), config=('Config', OPTIONS)),
    fields((), driver=('Type', DRIVER), options=('Config', OPTIONS))[0],
)

TIME = one_of(
    "a time such as '5s', or a number of nanoseconds",
    NOTHING,
    Choice(((0, 0),), '0'),
    Number('nanoseconds, at least a million', 1_000_000),
    Built(Text("a time such as '5s'", TIME_PATTERN), nanoseconds),
)
_KINDS = Choice(tuple((kind, kind) for kind in ('CMD', 'CMD-SHELL', 'NONE')), 'CMD, CMD-SHELL or NONE')
TEST = one_of(
    'a command as text, or as list that starts with CMD, CMD-SHELL or NONE',
    NOTHING,
    Text('a command', ANY),
    Built(Items((_KINDS,), 0, 'a list that starts with CMD, CMD-SHELL or NONE', text('a text', ANY)), list),
)
RETRIES = one_of('a number of times', NOTHING, Number('a number of times', 0))
HEALTHCHECK = one_of(
    'a mapping with test, interval, timeout, retries, start_period, start_interval',
    Built(TEST, lambda test: test if test is None else {'test': test}),
    Record(
        (('test', TEST), ('interval', TIME), ('timeout', TIME), ('retries', RETRIES), ('start_period', TIME),
         ('start_interval', TIME)),
        (), dict, 'test, interval, timeout, retries, start_period, start_interval',
    ),
    Record(
        (('Test', TEST), ('Interval', TIME), ('Timeout', TIME), ('Retries', RETRIES), ('StartPeriod', TIME),
         ('StartInterval', TIME)),
        (), dict, 'Test, Interval, Timeout, Retries, StartPeriod, StartInterval',
    ),
)  # fmt: skip

LIMIT = one_of('a number', NOTHING, Number('a number', -1))
ULIMIT_FIELDS = fields(('name',), name=('Name', one_of('a name', Text('a name'))), soft=('Soft', LIMIT),
                         hard=('Hard', LIMIT))  # fmt: skip
ULIMIT_TEXT = 'a limit such as nofile=1024:2048'


def ulimit(text: str) -> dict[str, Any]:
    name, _, values = text.partition('=')
    soft, _, hard = values.partition(':')
    return {'Name': name, 'Soft': int(soft), 'Hard': int(hard or soft)}


def ulimits(limits: Mapping[str, Any]) -> list[Any]:
    return [{'Name': name, **(limit if isinstance(limit, dict) else {'Soft': limit, 'Hard': limit})}
            for name, limit in limits.items()]  # fmt: skip


ULIMIT = one_of(
    ULIMIT_TEXT,
    Built(Text(ULIMIT_TEXT, r'[a-z]+=(?:-1|[0-9]{1,18})(?::(?:-1|[0-9]{1,18}))?'), ulimit),
    *ULIMIT_FIELDS,
)
ULIMITS_BY_NAME = Built(
    Mapped(
        Text('the name of a limit', 'as|core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|'
                                    'rttime|sigpending|stack'),
        one_of('a number, or soft and hard', Number('a number', -1), *fields((), soft=('Soft', LIMIT),
                                                                               hard=('Hard', LIMIT))),
        'limits by name',
    ),
    ulimits,
)  # fmt: skip

TEXT_LIST = one_of('a list of texts', NOTHING, ListOf(text('a text'), 'a list of texts'))
DEVICE = one_of(
    'a device such as /dev/a:/dev/b:rwm',
    Text('a device such as /dev/a:/dev/b:rwm', r'[^:]+(?::[^:]+)?(?::[rwm]{1,3})?'),
    Record(
        (('PathOnHost', PATH), ('PathInContainer', PATH),
         ('CgroupPermissions', one_of('of the letters rwm', Text('of the letters rwm', '[rwm]{0,3}')))),
        ('PathOnHost',), dict, 'PathOnHost, PathInContainer, CgroupPermissions',
    ),
)  # fmt: skip
DEVICE_RULE = 'a rule such as c 1:3 rwm'


def by_device(name: str, value: Shape) -> Shape:
    entry = one_of(
        f'a mapping with path and {name}',
        *fields(('path', name), path=('Path', PATH), **{name: (name.title(), value)}),
    )
    return members(entry, 'mappings with path and ' + name)


DEVICE_REQUEST = one_of(
    'a mapping with driver, count, device_ids, capabilities, options',
    *fields(
        (),
        driver=('Driver', DRIVER),
        count=('Count', COUNT),
        device_ids=('DeviceIDs', TEXT_LIST),
        capabilities=('Capabilities', one_of('lists of texts', NOTHING, ListOf(TEXT_LIST, 'lists of texts'))),
        options=('Options', OPTIONS),
    ),
)
DETAILS = one_of('a mapping', NOTHING, *mapped(one_of('a value', plain_text(), OPTIONS,
                                                          TEXT_LIST), 'a mapping'))  # fmt: skip
MOUNT_TYPES = 'bind, volume, tmpfs, image or npipe'


def mount_of_compose(**given: Any) -> dict[str, Any]:
    """A mount as engines have it, from the long form of Compose files."""
    built: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _COMPOSE_PARTS:
            built[_COMPOSE_NAMES[name]] = value
        elif value:
            title, names = _COMPOSE_PARTS[name]
            built[title] = {names[key]: part for key, part in value.items() if part is not None}
    return built


_COMPOSE_NAMES = {'type': 'Type', 'source': 'Source', 'target': 'Target', 'read_only': 'ReadOnly',
                  'consistency': 'Consistency'}  # fmt: skip
_COMPOSE_PARTS = {
    'bind': ('BindOptions', {'propagation': 'Propagation', 'create_host_path': 'CreateMountpoint'}),
    'volume': ('VolumeOptions', {'nocopy': 'NoCopy', 'labels': 'Labels', 'subpath': 'Subpath'}),
    'tmpfs': ('TmpfsOptions', {'size': 'SizeBytes', 'mode': 'Mode'}),
    'image': ('ImageOptions', {'subpath': 'Subpath'}),
}


def _part(**shapes: Shape) -> Shape:
    names = ', '.join(shapes)
    return one_of(names, NOTHING, Record(tuple(shapes.items()), (), dict, names))


MOUNT_TYPE = one_of(MOUNT_TYPES, Text(MOUNT_TYPES, 'bind|volume|tmpfs|image|npipe'))
SIZE_IN_BYTES = Built(SIZE, lambda value: docker_api.parse_bytes(value) if isinstance(value, str) else value)
COMPOSE_MOUNT = Record(
    (
        ('type', MOUNT_TYPE),
        ('source', OPTIONAL_TEXT),
        ('target', PATH),
        ('read_only', LATE_BOOL),
        ('consistency', OPTIONAL_TEXT),
        ('bind', _part(propagation=OPTIONAL_TEXT, create_host_path=LATE_BOOL)),
        ('volume', _part(nocopy=LATE_BOOL, labels=OPTIONS, subpath=OPTIONAL_TEXT)),
        ('tmpfs', _part(size=SIZE_IN_BYTES, mode=COUNT)),
        ('image', _part(subpath=OPTIONAL_TEXT)),
    ),
    ('type', 'target'),
    mount_of_compose,
    'type, source, target, read_only, bind, volume, tmpfs, image',
)
MOUNT = one_of(
    'a mapping with target, source and type',
    *fields(
        ('target',),
        target=('Target', PATH),
        source=('Source', OPTIONAL_TEXT),
        type=('Type', MOUNT_TYPE),
        read_only=('ReadOnly', LATE_BOOL),
        consistency=('Consistency', OPTIONAL_TEXT),
        bind_options=('BindOptions', DETAILS),
        volume_options=('VolumeOptions', one_of('a mapping', NOTHING, *mapped(one_of('a value', plain_text(),
                                                                                        DETAILS), 'a mapping'))),
        tmpfs_options=('TmpfsOptions', DETAILS),
        image_options=('ImageOptions', DETAILS),
    ),
    COMPOSE_MOUNT,
)  # fmt: skip
POOL = one_of(
    'a mapping with subnet',
    *fields(
        (),
        subnet=('Subnet', OPTIONAL_TEXT),
        ip_range=('IPRange', OPTIONAL_TEXT),
        gateway=('Gateway', OPTIONAL_TEXT),
        aux_addresses=('AuxiliaryAddresses', OPTIONS),
    ),
)
IPAM = one_of(
    'a mapping with driver, config, options',
    *fields(
        (),
        driver=('Driver', DRIVER),
        config=('Config', one_of('a list of pools', NOTHING, ListOf(POOL, 'a list of pools'))),
        options=('Options', OPTIONS),
    ),
)
VALUE: Shape = one_of('a value', plain_text(), TEXT_LIST, OPTIONS)
ENDPOINT = one_of('settings of an endpoint', NOTHING, *mapped(VALUE, 'settings of an endpoint'))
TMPFS_LINE = one_of('a path, perhaps with options', Text('a path such as /run:size=1m', r'/[\s\S]*'))
HOST_ADDRESS = one_of('an IP address, or host-gateway', Text('an IP address, or host-gateway',
                                                               rf'{ADDRESS_PATTERN}|host-gateway'))  # fmt: skip


def host_line(text: str) -> str:
    """With a colon behind the host's name, which all engines take; newer ones know the equals sign, too."""
    return re.sub('[:=]', ':', text, count=1)


HOST_LINE_TEXT = 'a host and its address, such as db:10.0.0.1'
HOST_LINE = one_of(
    HOST_LINE_TEXT,
    Built(Text(HOST_LINE_TEXT, rf'[^:=]+[:=](?:{ADDRESS_PATTERN}|host-gateway)'), host_line),
)
LXC = one_of('texts by name', *mapped(plain_text(), 'texts by name'), ListOf(OPTIONS, 'a list of mappings'))
ENDPOINTS = one_of('endpoints by network', NOTHING, *mapped(ENDPOINT, 'endpoints by network'))
SIGNAL_TEXT = 'a signal by its name or number'
NAME_TEXTS = Built(Text('names', r'[^,]+(?:,[^,]+)+'), lambda text: text.split(','))
USER_TEXT = 'a user name or id, perhaps with a colon and a group'

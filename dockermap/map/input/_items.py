"""Links, ports, networks and commands of a container."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ...exceptions import InputError, located
from ._addresses import MAC_PATTERN
from ._lists import NamedTupleList, Whole, one_of
from ._shapes import Built, Choice, Empty, Entry, Items, ListOf, Number, Record, Text, any_case, is_late, shown
from ._tuples import ContainerLink, ConvertingTuple, ExecCommand, ExecPolicy, PortBinding, exec_policy
from ._values import BOOL, COMMAND_WORD, LATE, NOTHING, get_list, user_shape

if TYPE_CHECKING:
    from typing_extensions import Self


def _docker_link(value: str) -> str | None:
    container, _, alias = value.partition(':')
    if not (container and alias):
        return None
    return f"{value!r} is written as for Docker's command line; write {{{container!r}: {alias!r}}}."


_LINK_TARGET = Text('a container configuration, perhaps with an instance', r'[^:]+', _docker_link, written=True)
_LINK_ALIAS = one_of('an alias', NOTHING, Text('an alias', r'[\s\S]*', written=True))


class ContainerLinkList(NamedTupleList):
    """Linked containers, perhaps with aliases."""

    element_type = ContainerLink
    element = one_of(
        'a container to link, perhaps with an alias',
        Built(_LINK_TARGET, ContainerLink),
        Built(Items((_LINK_TARGET, _LINK_ALIAS), 1, 'container and alias'), ContainerLink, spread=True),
        Entry(_LINK_TARGET, _LINK_ALIAS, ContainerLink, 'a container and an alias', except_key='container'),
        Record(
            (('container', _LINK_TARGET), ('alias', _LINK_ALIAS)),
            ('container',),
            ContainerLink,
            "the fields 'container' and 'alias'",
        ),
    )
    entry = Entry(_LINK_TARGET, _LINK_ALIAS, ContainerLink, 'a container and an alias')


_PORT_NUMBER = r'(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'
_PORT_RANGE = re.compile(r'[0-9]+-[0-9]+(/[a-z]+)?')
_DOCKER_PORT = re.compile(r'(?:(?P<address>.*):)?(?P<host>[0-9]*):(?P<port>[0-9]+(?:/[a-z]+)?)')


def _port_hint(value: str) -> str | None:
    if _PORT_RANGE.fullmatch(value):
        return f'{value!r} is a range of ports, which is not supported; list each port.'
    found = _DOCKER_PORT.fullmatch(value)
    if not found:
        return None
    port = found['port'] if found['port'].isdigit() else repr(found['port'])
    host = found['host'] or 'None'
    if found['address']:
        return (
            f"{value!r} is written as for Docker's command line; write {{{port}: [{host}, 'lan']}}, where 'lan' is the "
            f"client's name for the interface with the address {found['address']}."
        )
    right = f'{{{port}: {host}}}'
    return f"{value!r} is written as for Docker's command line; write {right}, with the container's port first."


_PORT_EXPECTED = 'a port from 1 to 65535, as text perhaps with /tcp, /udp or /sctp'
_PORT = one_of(
    _PORT_EXPECTED,
    Number(_PORT_EXPECTED, 1, 65535),
    Text(_PORT_EXPECTED, f'{_PORT_NUMBER}(?:/(?:tcp|udp|sctp))?', _port_hint),
)
_LATE_PORT = one_of(_PORT.expected, LATE, _PORT)
_HOST_EXPECTED = 'a host port from 0 (a free one) to 65535'
_HOST_PORT = one_of(
    _HOST_EXPECTED,
    NOTHING,
    LATE,
    Number(_HOST_EXPECTED, 0, 65535),
    Text(_HOST_EXPECTED, f'(?:0|{_PORT_NUMBER})', _port_hint),
)
_INTERFACE = one_of(
    "a name of the client's interfaces",
    NOTHING,
    LATE,
    Text('an interface name', r'[\s\S]+', written=True),
)
_BINDING_FIELDS = (('host_port', _HOST_PORT), ('interface', _INTERFACE), ('ipv6', BOOL))
_BINDING_PLACE = one_of(
    'a host port, perhaps with an interface',
    _HOST_PORT,
    Items((_HOST_PORT, _INTERFACE, BOOL), 2, 'a host port, an interface and perhaps the flag for IPv6'),
    Record(_BINDING_FIELDS, (), dict, "the fields 'host_port', 'interface' and 'ipv6'"),
)


def _port_binding(exposed_port: Any, place: Any = None, *others: Any) -> PortBinding:
    if isinstance(place, tuple) and not is_late(place):
        return PortBinding(exposed_port, *place)
    if isinstance(place, dict) and not is_late(place):
        return PortBinding(exposed_port, **place)
    return PortBinding(exposed_port, place, *others)


class PortBindingList(NamedTupleList):
    """Exposed ports, perhaps published on the host."""

    element_type = PortBinding
    element = one_of(
        'a port, perhaps with a host port and an interface',
        Built(_PORT, PortBinding),
        Built(Items((_PORT,), 1, 'a port'), PortBinding, spread=True),
        Built(Items((_LATE_PORT, _BINDING_PLACE), 2, 'port and host port'), _port_binding, spread=True),
        Built(
            Items((_LATE_PORT, _HOST_PORT, _INTERFACE, BOOL), 3, 'port, host port, interface, flag for IPv6'),
            PortBinding,
            spread=True,
        ),
        Entry(_PORT, _BINDING_PLACE, _port_binding, 'a port and a host port', except_key='exposed_port'),
        Record(
            (('exposed_port', _LATE_PORT), *_BINDING_FIELDS),
            ('exposed_port',),
            PortBinding,
            "the fields 'exposed_port', 'host_port', 'interface' and 'ipv6'",
        ),
    )
    entry = Entry(_PORT, _BINDING_PLACE, _port_binding, 'a port and a host port')

    def get_type_item(self, value: Any) -> Any:
        """The binding of one element, also checked where it is one already. Raises ``ValueError`` for wrong ports."""
        if isinstance(value, PortBinding):
            self.element.convert(tuple(value))
            return value
        return super().get_type_item(value)


def _name_list(value: Any) -> Any:
    if not value:
        return None
    try:
        return get_list(value)
    except ValueError:
        raise InputError(f'Expected a name or a list of names, found {shown(value)}.') from None


class _NetworkEndpointFields(NamedTuple):
    network_name: Any
    aliases: Any = None
    links: Any = None
    ipv4_address: Any = None
    ipv6_address: Any = None
    link_local_ips: Any = None
    mac_address: Any = None
    gw_priority: Any = None


_ADDED_FIELDS = frozenset(('mac_address', 'gw_priority'))
"""Fields that the documented tuple does not have; in dictionaries they are only where they are set."""


class NetworkEndpoint(ConvertingTuple, _NetworkEndpointFields):  # type: ignore[misc]
    """A network that a container joins, with names and addresses there."""

    __slots__ = ()

    def __new__(
        cls,
        network_name: Any,
        aliases: Any = None,
        links: Any = None,
        ipv4_address: Any = None,
        ipv6_address: Any = None,
        link_local_ips: Any = None,
        mac_address: Any = None,
        gw_priority: Any = None,
    ) -> Self:
        with located('aliases'):
            aliases = _name_list(aliases)
        with located('links'):
            links = ContainerLinkList(links)
        with located('link_local_ips'):
            link_local_ips = _name_list(link_local_ips)
        return super().__new__(
            cls,
            network_name,
            aliases,
            links,
            ipv4_address,
            ipv6_address,
            link_local_ips,
            mac_address,
            gw_priority,
        )

    def _asdict(self) -> dict[str, Any]:
        found = super()._asdict()
        return {name: value for name, value in found.items() if name not in _ADDED_FIELDS or value is not None}


_NAME = Text('a name', r'[\s\S]+', written=True)
_NAME_OR_LATE = one_of('a name', LATE, _NAME)
_NAME_LIST = Built(ListOf(_NAME_OR_LATE, 'a list of names'), list)
_NAMES = one_of('a name or a list of names', Empty(), _NAME_OR_LATE, _NAME_LIST)
_LINKS = Whole(ContainerLinkList, 'a container to link, or several as list or dict')
_ADDRESS = one_of('an address', NOTHING, LATE, Text('an address', r'[\s\S]+'))
_SETTINGS = 'aliases or other settings'
_PLACE_SHAPES = (_NAMES, _LINKS, _ADDRESS, _ADDRESS, _NAMES)
_PLACE_NAMES = ('aliases', 'links', 'ipv4_address', 'ipv6_address', 'link_local_ips')
_PLACE_FIELDS = tuple(zip(_PLACE_NAMES, _PLACE_SHAPES, strict=True))
_MAC_ADDRESS = one_of('a MAC address', NOTHING, LATE, Text('a MAC address', MAC_PATTERN))
_PRIORITY = one_of('a whole number', NOTHING, LATE, Number('a whole number'))
_RECORD_FIELDS = (*_PLACE_FIELDS, ('mac_address', _MAC_ADDRESS), ('gw_priority', _PRIORITY))
_RECORD_NAMES = ', '.join(name for name, _ in _RECORD_FIELDS)
_PLACE_RECORD = Record(_RECORD_FIELDS, (), dict, _RECORD_NAMES)
_POSITIONAL_PLACE = Built(
    Items(_PLACE_SHAPES, 1, f'up to five of {", ".join(_PLACE_NAMES)}'),
    lambda values: dict(zip(_PLACE_NAMES, values, strict=False)),
)


def _endpoint(network_name: Any, place: Any = None) -> NetworkEndpoint:
    if isinstance(place, dict) and not is_late(place):
        return NetworkEndpoint(network_name, **place)
    return NetworkEndpoint(network_name, place)


class NetworkEndpointList(NamedTupleList):
    """Networks to join, perhaps with names and addresses there."""

    element_type = NetworkEndpoint
    element = one_of(
        'a network, perhaps with aliases or other settings',
        Built(_NAME_OR_LATE, NetworkEndpoint),
        Built(
            Items((_NAME_OR_LATE, one_of(_SETTINGS, _NAMES, _PLACE_RECORD)), 1, 'a network and aliases'),
            _endpoint,
            spread=True,
        ),
        Built(
            Items((_NAME_OR_LATE, *_PLACE_SHAPES), 3, f'a network and up to five of {", ".join(_PLACE_NAMES)}'),
            NetworkEndpoint,
            spread=True,
        ),
        Entry(
            _NAME,
            one_of(_SETTINGS, Empty(), _NAME, _POSITIONAL_PLACE, _PLACE_RECORD),
            _endpoint,
            'a network and its settings',
            except_key='network_name',
        ),
        Record(
            (('network_name', _NAME_OR_LATE), *_RECORD_FIELDS),
            ('network_name',),
            NetworkEndpoint,
            f'network_name, {_RECORD_NAMES}',
        ),
    )
    # A list of texts is the list of aliases here; any other list has a meaning for each position.
    entry = Entry(
        _NAME,
        one_of(_SETTINGS, Empty(), _NAME_OR_LATE, _NAME_LIST, _POSITIONAL_PLACE, _PLACE_RECORD),
        _endpoint,
        'a network and its settings',
    )


def _no_command(value: str) -> str | None:
    if not value.startswith('-'):
        return None
    return (
        f'{value!r} is neither a command nor a user. A command with arguments must be a list of its own, such as '
        "[['/bin/sh', '-c', 'date']]."
    )


def _no_policy(value: str) -> str | None:
    try:
        exec_policy(value)
    except ValueError as error:
        return str(error)
    return None


_COMMAND_TEXT = Text('a command', r'[^\-][\s\S]*', _no_command)
_COMMAND = one_of('a command as text or list', LATE, _COMMAND_TEXT, ListOf(COMMAND_WORD, 'a list of texts', 1))
_EXEC_USER = user_shape(_no_command)
_POLICY = one_of(
    "a policy ('restart' or 'initial')",
    Choice(((None, ExecPolicy.RESTART), *((member, member) for member in ExecPolicy)), 'a policy'),
    Built(Text("'restart' or 'initial'", any_case(member.value for member in ExecPolicy), _no_policy), exec_policy),
)


class ExecCommandList(NamedTupleList):
    """Commands to run in a container, perhaps with user and policy."""

    element_type = ExecCommand
    element = one_of(
        'a command, perhaps with a user and a policy',
        Built(one_of('a command', LATE, _COMMAND_TEXT), ExecCommand),
        Built(Items((_COMMAND, _EXEC_USER, _POLICY), 1, 'command, user and policy'), ExecCommand, spread=True),
        Entry(_COMMAND_TEXT, _EXEC_USER, ExecCommand, 'a command and a user', except_key='cmd'),
        Record(
            (('cmd', _COMMAND), ('user', _EXEC_USER), ('policy', _POLICY)),
            ('cmd',),
            ExecCommand,
            "the fields 'cmd', 'user' and 'policy'",
        ),
    )
    entry = Entry(_COMMAND_TEXT, _EXEC_USER, ExecCommand, 'a command and a user')

"""Ports of services: all forms, as mappings with ``target``, ``published``, ``host_ip`` and ``protocol``."""

from __future__ import annotations

import re

from ..exceptions import InputError, located
from ..map.input._addresses import is_address
from ._values import Mapping, expected, is_mapping, members, text, whole

__all__ = ['exposed_ports', 'port_range', 'ports']

_MOST_PORTS = 65_535
_RANGE = re.compile(r'([0-9]{1,5})(?:-([0-9]{1,5}))?')
_SHORT = re.compile(
    r'(?:(?:\[(?P<ipv6>[^\]]*)\]|(?P<ip>[^:]*)):)?(?:(?P<published>[0-9]*(?:-[0-9]+)?):)?'
    r'(?P<target>[0-9]+(?:-[0-9]+)?)(?:/(?P<protocol>[a-zA-Z]+))?'
)
_SHORT_FORM = "a port such as '8080:80' or '127.0.0.1:8080:80/udp'"
_PLACE = ('target', 'published', 'host_ip', 'protocol')


def port_range(value: object) -> range:
    """The ports of a range such as ``3000-3005``, or one port.

    :raises ValueError: This is none.
    """
    found = _RANGE.fullmatch(text(value, 'a port or a range of ports'))
    if not found:
        raise expected('a port or a range of ports', value)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 0 <= first <= last <= _MOST_PORTS:
        raise expected('a port or a range of ports up to 65535', value)
    return range(first, last + 1)


def ports(value: object) -> list[object]:
    """Published ports, one mapping for each; a range of host ports for one port is kept as such."""
    found: list[object] = []
    for index, member in enumerate(members(value, 'a list of ports')):
        with located(index):
            found.extend(_long(member) if is_mapping(member) else _short(text(member, _SHORT_FORM)))
            if len(found) > _MOST_PORTS:
                raise InputError(f'There are more than {_MOST_PORTS} ports.')
    return found


def _short(value: str) -> list[Mapping]:
    found = _SHORT.fullmatch(_with_port_first(value))
    if not found:
        raise expected(_SHORT_FORM, value)
    address = found['ipv6'] or found['ip'] or ''
    return _expanded(address, found['published'] or '', found['target'], found['protocol'] or 'tcp', {})


def _with_port_first(value: str) -> str:
    """The text with an empty address where it has a host port alone, as both look alike."""
    place = value.rpartition('/')[0] or value
    is_bare = place.count(':') == 1 and not place.startswith('[')
    return f':{value}' if is_bare else value


def _long(value: Mapping) -> list[Mapping]:
    if value.get('target') is None:
        raise InputError("Expected a port with 'target', the port of the container.")
    published = value.get('published')
    others = {key: own for key, own in value.items() if key not in _PLACE and own is not None}
    return _expanded(
        text(value.get('host_ip') or '').strip('[]'),
        '' if published is None else text(published),
        text(value['target']),
        text(value.get('protocol') or 'tcp'),
        others,
    )


def _expanded(address: str, published: str, target: str, protocol: str, others: Mapping) -> list[Mapping]:
    if address and not is_address(address):
        raise expected('an IP address of the host', address)
    targets = port_range(target)
    common: Mapping = {**({'host_ip': address} if address else {}), 'protocol': protocol.lower(), **others}
    if not published:
        return [{'target': port, **common} for port in targets]
    hosts = port_range(published)
    if len(targets) == 1 and len(hosts) > 1:
        return [{'target': targets[0], 'published': f'{hosts[0]}-{hosts[-1]}', **common}]
    if len(targets) != len(hosts):
        raise InputError(f'The ranges {published} and {target} have different lengths.')
    return [{'target': port, 'published': str(host), **common} for port, host in zip(targets, hosts, strict=True)]


def exposed_ports(value: object) -> list[str]:
    """Exposed ports, one text for each, with their protocol where it is not TCP."""
    found: list[str] = []
    for index, member in enumerate(members(value, 'a list of ports')):
        with located(index):
            numbers, _, protocol = text(member).partition('/')
            end = f'/{protocol.lower()}' if protocol and protocol.lower() != 'tcp' else ''
            found.extend(f'{port}{end}' for port in port_range(numbers))
    return found


def protocol_port(port: Mapping) -> int | str:
    """The port of a container as maps write it."""
    number, protocol = whole(port['target']), port.get('protocol')
    return number if protocol in (None, 'tcp') else f'{number}/{protocol}'

"""IP addresses as texts: a pattern that Python and ECMAScript read alike, and their shortest form."""

from __future__ import annotations

import ipaddress

__all__ = ['ADDRESS_PATTERN', 'INTERFACE_PATTERN', 'MAC_PATTERN', 'address_text', 'is_address', 'without_brackets']

_BYTE = '[0-9A-Fa-f]{2}'
MAC_PATTERN = rf'(?:{_BYTE}(?::{_BYTE}){{5}}|{_BYTE}(?:-{_BYTE}){{5}})'
_OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
IPV4_PATTERN = rf'{_OCTET}(?:\.{_OCTET}){{3}}'
_GROUP = '[0-9A-Fa-f]{1,4}'
_LAST = f'(?:{_GROUP}:{_GROUP}|{IPV4_PATTERN})'
"""The last two groups, which may be written as an IPv4 address."""


def _ipv6_pattern() -> str:
    """All eight groups, or some of them before and after the two colons that stand for at least one group."""
    full = f'(?:{_GROUP}:){{6}}{_LAST}'
    forms = [full]
    for before in range(8):
        head = '' if before == 0 else _GROUP if before == 1 else f'{_GROUP}(?::{_GROUP}){{{before - 1}}}'
        most = 7 - before
        tails = [f'(?:{_GROUP}(?::{_GROUP}){{0,{most - 1}}})?'] if most else ['']
        if most >= 2:
            tails.append(f'(?:{_GROUP}:){{0,{most - 2}}}{IPV4_PATTERN}')
        forms.append(f'{head}::(?:{"|".join(tails)})')
    return f'(?:{"|".join(forms)})'


IPV6_PATTERN = _ipv6_pattern()
ADDRESS_PATTERN = f'(?:{IPV4_PATTERN}|{IPV6_PATTERN})'
"""What :mod:`ipaddress` takes for an address, without zone."""

INTERFACE_PATTERN = rf'(?:{ADDRESS_PATTERN}|\[{IPV6_PATTERN}\])'
"""An address of a host's interface, where brackets are allowed around one of IPv6."""


def without_brackets(text: str) -> str:
    """The address without the brackets that are usual around one of IPv6."""
    return text[1:-1] if text.startswith('[') and text.endswith(']') else text


def address_text(text: str) -> str:
    """An IP address in its shortest form; an address of IPv6 may have brackets.

    :raises ValueError: It is no address.
    """
    address = ipaddress.ip_address(without_brackets(text))
    if '%' in text or (address.version == 4 and text.startswith('[')):
        raise ValueError(f'{text!r} is no IP address')
    return address.compressed


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        address_text(text)
    except ValueError:
        return False
    return True

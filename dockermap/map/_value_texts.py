"""Values as people write them. A function for each kind gives the text of a value, or ``None`` for values of others.

Late values are not evaluated: they have no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeGuard

MAX_LENGTH = 40
"""Texts that are longer are too long for one line with two of them."""

Kind = Callable[[object], str | None]

_TOO_LARGE = 10**20
_ID = re.compile(r'(?<![0-9a-f])(?:sha256:)?([0-9a-f]{12})[0-9a-f]{52}(?![0-9a-f])')
_PUBLISHED = re.compile(r'(\d[\d\-]*/\w+) on (all addresses|[0-9a-fA-F.:]+), port ([\d\-]*)')
_NUMBER = re.compile(r'-?\d{1,20}(\.\d{1,20})?')
_SIZE = re.compile(r'(-1|\d{1,20}(?:\.\d{1,20})?) ?([bkmgt]?)b?', re.IGNORECASE)
_UNITS = {'t': 1024**4, 'g': 1024**3, 'm': 1024**2, 'k': 1024, 'b': 1, '': 1}


def matching(pattern: str) -> Kind:
    """Kind of texts that a pattern describes; ids of engines are shortened as the ``docker`` command does."""
    compiled = re.compile(pattern)

    def text_of(value: object) -> str | None:
        return _ID.sub(r'\1', value) if isinstance(value, str) and compiled.fullmatch(value) else None

    return text_of


def listed(kind: Kind) -> Kind:
    """Kind of single values and lists of them; of a mapping, the keys count."""

    def text_of(value: object) -> str | None:
        if not isinstance(value, (list, tuple, set, frozenset, Mapping)):
            return kind(value)
        return _joined(map(kind, value.keys() if isinstance(value, Mapping) else value))

    return text_of


def either(*kinds: Kind) -> Kind:
    """Kind of values that are of one of several kinds."""
    return lambda value: next((text for text in (kind(value) for kind in kinds) if text is not None), None)


word = matching(r'[\w.+\-]+(:[\w.\-]+)?')
"""Names of drivers, users, hosts and modes; also two words with a colon between them."""
name = matching(r'[\w.:/\-]+')
"""Names of images, containers and volumes."""
mode = matching(r'[\w,=+\-]+')
address = matching(r'[0-9a-fA-F.:/]+')
host_address = matching(r'[\w.\-]+[:=]([0-9a-fA-F.:\[\]]+|host-gateway)')
cpu_set = matching(r'[\d,\-]+')
path = matching(r'(?!.*://)[^\x00-\x1f\x7f-\x9f\u2028\u2029]+')
_port_name = matching(r'\d+(-\d+)?(/\w+)?')
_image_name = matching(r'[\w./:@\-]+( \([\w.:@ \-]+\))?')


def number(value: object) -> str | None:
    """A number, also as text."""
    if isinstance(value, str):
        return value if _NUMBER.fullmatch(value) else None
    return str(value) if _is_number(value) else None


def flag(value: object) -> str | None:
    """``yes`` or ``no`` for truth values."""
    return ('yes' if value else 'no') if isinstance(value, bool) else None


def size(value: object) -> str | None:
    """A number of bytes in the largest unit that makes it a whole number."""
    count = _bytes(value)
    if count is None or count <= 0:
        return None if count is None else 'unlimited' if count else '0'
    unit = next(unit for unit, factor in _UNITS.items() if count % factor == 0)
    return f'{count // _UNITS[unit]}{unit}'


def cpus(value: object) -> str | None:
    """Processors, given in billionths."""
    return f'{value / 10**9:.9f}'.rstrip('0').rstrip('.') if _is_number(value) else None


def image(value: object) -> str | None:
    """An image with the first digits of its id, which is left out where the text becomes too long."""
    text = _image_name(value)
    return text if text is None or len(text) <= MAX_LENGTH else text.partition(' ')[0]


def port(value: object) -> str | None:
    """A port with its protocol."""
    text = _port_name(str(value) if _is_number(value) else value)
    return text if text is None or '/' in text else f'{text}/tcp'


def published_port(value: object) -> str | None:
    """A published port as the ``docker`` command takes it, such as ``127.0.0.1:8080:80/tcp``; or one that is not."""
    match = _PUBLISHED.fullmatch(value) if isinstance(value, str) else None
    return _binding_text(match[1], match[2].replace('all addresses', ''), match[3]) if match else port(value)


def is_published(value: object) -> bool:
    """Whether a text speaks of a port that is published."""
    return isinstance(value, str) and _PUBLISHED.fullmatch(value) is not None


def port_bindings(value: object) -> str | None:
    """Published ports in the form in which engines have them."""
    if not isinstance(value, Mapping) or not all(isinstance(bindings, list) for bindings in value.values()):
        return None
    return _joined(_binding(key, binding) for key, bindings in value.items() for binding in bindings)


def restart_policy(value: object) -> str | None:
    """The name of a policy, with its number of retries if there is one."""
    if not isinstance(value, Mapping):
        return word(value)
    policy, retries = word(value.get('Name') or 'no'), number(value.get('MaximumRetryCount') or 0)
    return policy if policy is None or retries in (None, '0') else f'{policy}:{retries}'


def link(value: object) -> str | None:
    """A link as ``container:alias``, without the paths that engines make of both names."""
    if not isinstance(value, str):
        return None
    source, _, alias = value.partition(':')
    return name(f'{source.removeprefix("/")}:{alias.rpartition("/")[2]}')


def owner_and_mode(value: object) -> str | None:
    """Owner and mode of a volume, either of which may be missing."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    kinds = zip((word, mode), value, strict=True)
    return _joined([kind(part) for kind, part in kinds if part is not None])


def connection(value: object) -> str | None:
    """Whether there is a connection."""
    return value if isinstance(value, str) and value in ('connected', 'not connected') else None


names, words, addresses = listed(name), listed(word), listed(address)
paths, ports, links = listed(path), listed(port), listed(link)


def _joined(texts: Iterable[str | None]) -> str | None:
    found = list(texts)
    known = sorted(text for text in found if text is not None)
    return (', '.join(known) or 'none') if len(known) == len(found) else None


def _is_number(value: object) -> TypeGuard[int | float]:
    # Python refuses to write very large numbers.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _TOO_LARGE


def _bytes(value: object) -> int | None:
    if isinstance(value, str):
        match = _SIZE.fullmatch(value)
        return int(float(match[1]) * _UNITS[match[2].lower()]) if match else None
    return int(value) if _is_number(value) else None


def _binding(key: object, binding: object) -> str | None:
    if not isinstance(binding, Mapping):
        return None
    parts = (
        port(key),
        address(binding['HostIp']) if binding.get('HostIp') else '',
        number(binding['HostPort']) if binding.get('HostPort') else '',
    )
    return None if None in parts else _binding_text(*map(str, parts))


def _binding_text(port_name: str, host_address: str, host_port: str) -> str:
    host = f'[{host_address}]' if ':' in host_address else host_address
    return f'{host}{host and ":"}{host_port}:{port_name}'

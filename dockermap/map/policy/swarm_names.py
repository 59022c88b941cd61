"""Names of services and networks of a swarm, which are resolved as host names."""

from __future__ import annotations

import re

from ...exceptions import InputError

_LABEL = re.compile(r'[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?')
_LENGTH = 63


def swarm_name(name: str) -> str:
    """The name of an item as a DNS label: hyphens take the place of dots and underscores."""
    return name.replace('.', '-').replace('_', '-')


def check_swarm_name(name: str) -> None:
    """Check a name that :func:`swarm_name` gave.

    :raises ValueError: It is no DNS label.
    """
    if len(name) > _LENGTH:
        raise InputError(f'On a swarm, names have at most {_LENGTH} characters; {name!r} has {len(name)}.')
    if not _LABEL.fullmatch(name):
        raise InputError(
            f'On a swarm, names consist of letters, digits and hyphens, and neither begin nor end with a hyphen; '
            f'found {name!r}.'
        )

"""Where in a Compose file it is that something of its map is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..exceptions import InputError
from ..map.exceptions import MapIntegrityError
from ._options import CREATE, HOST, OPTIONS

__all__ = ['told_where']

_PROPERTIES = {
    **dict.fromkeys(('attaches', 'binds', 'shares', 'uses'), 'volumes'),
    'exec_commands': 'post_start',
    'exposes': 'ports',
    'instances': 'scale',
    'name': 'container_name',
    'stop_timeout': 'stop_grace_period',
}
_ARGUMENTS = {(row.place, row.name): setting for setting, row in OPTIONS.items()}
_PART = re.compile(r'[^.\[]+')


@contextmanager
def told_where(map_name: str, names: Mapping[str, str]) -> Iterator[None]:
    """Raise ``InputError`` with places in the Compose file for what is wrong with its map.

    :param names: Names of configurations by those of services.
    """
    services = {name: service for service, name in names.items()}
    try:
        yield
    except InputError as error:
        raise InputError(error.message, _place(error.path, map_name, services)) from error
    except MapIntegrityError as error:
        problems = [problem.partition(': ') for problem in error.message.splitlines()]
        places = [(_place(path, map_name, services), text) for path, _, text in problems]
        first, text = places[0]
        others = ''.join(f'\n{place}: {said}' for place, said in places[1:])
        raise InputError(f'{text}{others}', first) from error


def _place(path: str, map_name: str, services: Mapping[str, str]) -> str:
    rest = path.removeprefix(f'{map_name}.')
    parts = _PART.findall(rest)
    if not parts or parts[0] not in services:
        return rest
    service = f'services.{services[parts[0]]}'
    if len(parts) > 2 and parts[1] in (CREATE, HOST):
        other = HOST if parts[1] == CREATE else CREATE
        setting = _ARGUMENTS.get((parts[1], parts[2])) or _ARGUMENTS.get((other, parts[2]), parts[2])
        return f'{service}.{setting}'
    return f'{service}.{_PROPERTIES.get(parts[1], parts[1])}' if len(parts) > 1 else service

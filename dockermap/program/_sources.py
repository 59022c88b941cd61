"""Where the map and the clients come from."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ..exceptions import InputError
from ._exit_codes import UsageError

if TYPE_CHECKING:
    from ..map.config.client import ClientConfiguration
    from ..map.config.main import ContainerMap
    from ._contexts import Context
    from ._environment import Environment

FILE_NAMES = ('dockermap.yaml', 'dockermap.yml')
CLIENT_FILE_NAMES = ('dockermap-clients.yaml', 'dockermap-clients.yml')
DEFAULT_CLIENT = '__default__'


def map_files(arguments: Namespace, environment: Environment) -> list[Path]:
    """Files of the map: those that are named, else those of ``DOCKERMAP_FILE``, else one here or above.

    :raises ValueError: There is none.
    """
    named = list(arguments.file or ())
    if not named:
        named = [name for name in environment.variables.get('DOCKERMAP_FILE', '').split(os.pathsep) if name]
    if named:
        return [environment.directory / name for name in named]
    for folder in (environment.directory, *environment.directory.parents):
        for name in FILE_NAMES:
            if (folder / name).is_file():
                return [folder / name]
    raise InputError(
        f'There is no map: no {FILE_NAMES[0]} here or in a folder above. Name a file with -f, or in DOCKERMAP_FILE.'
    )


def load_map(arguments: Namespace, environment: Environment) -> ContainerMap:
    """The map, with what ``--set`` changes."""
    from ..map.files import load_map_files

    paths = map_files(arguments, environment)
    stem = paths[0].stem
    default_name = paths[0].resolve().parent.name if paths[0].name in FILE_NAMES else stem
    return load_map_files(paths, default_name, _changes(arguments), strict=arguments.strict)


def _changes(arguments: Namespace) -> list[tuple[str, str]]:
    return [assigned(text, '--set', 'web.image=nginx:1.27') for text in arguments.set or ()]


def assigned(text: str, flag: str, example: str) -> tuple[str, str]:
    """The two sides of what was given to a flag.

    :raises UsageError: There are none.
    """
    name, separator, value = text.partition('=')
    if not separator or not name:
        raise UsageError(f'{flag}: expected {example}, or the like, found {text!r}.')
    return name.strip(), value


def load_clients(arguments: Namespace, environment: Environment) -> dict[str, ClientConfiguration]:
    """Clients by name: those of the file, else one for the engine that the ``docker`` command speaks to."""
    path = _clients_file(arguments, environment)
    if path is not None:
        from ..map.yaml import load_clients_file

        clients = load_clients_file(path)
    else:
        from ..map.config.client import ClientConfiguration

        clients = {DEFAULT_CLIENT: ClientConfiguration()}
    return _with_engine(clients, environment)


def _clients_file(arguments: Namespace, environment: Environment) -> Path | None:
    if arguments.clients:
        return environment.directory / str(arguments.clients)
    try:
        folder = map_files(arguments, environment)[0].parent
    except InputError:
        return None
    return next((folder / name for name in CLIENT_FILE_NAMES if (folder / name).is_file()), None)


def _with_engine(clients: dict[str, ClientConfiguration], environment: Environment) -> dict[str, ClientConfiguration]:
    """Clients, those without an address with that of the context that the ``docker`` command uses."""
    from ._contexts import current_context

    if environment.variables.get('DOCKER_HOST') or all(client.base_url for client in clients.values()):
        return clients
    context = current_context(environment.variables)
    if context is None:
        return clients
    for client in clients.values():
        if not client.base_url and client.client is None:
            client.base_url = context.address
            client.update(_tls(context))
    return clients


def _tls(context: Context) -> dict[str, object]:
    if context.certificates is None:
        return {}
    from ..docker_api import tls_from_folder

    return {'tls': tls_from_folder(context.certificates, not context.skips_verification)}

"""Where maps and clients come from: arguments of a call, the pillar, files, and the environment of the minion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..exceptions import InputError
from ._minion import FILE_SERVER, PILLAR, Minion, plain

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.config.client import ClientConfiguration
    from ..map.config.main import ContainerMap

DEFAULT_CLIENT = '__default__'
_GRAIN = 'grain'


def make_client(
    minion: Minion, maps: object = None, clients: object = None, map_name: str | None = None, strict: bool = True
) -> MappingDockerClient:
    """What applies actions to the maps.

    :param maps: Maps in place of those of the pillar: by name, each as settings or as the name of a file; or files.
    :param clients: Settings of clients by name, in place of those of the pillar.
    :param map_name: The map that is meant where a name says none; needless if there is only one.
    :param strict: Refuse settings that nothing knows.
    :raises ValueError: There are no maps, or a setting cannot be used.
    """
    from ..map.client import MappingDockerClient

    found = load_maps(minion, maps, strict)
    option_defaults = _mapping(minion.pillar('options'), f'{PILLAR}:options')
    client = MappingDockerClient(
        next(iter(found.values())) if len(found) == 1 else found,
        clients=load_clients(minion, clients, found),
        map_defaults=_mapping(minion.pillar('map_defaults'), f'{PILLAR}:map_defaults'),
        option_defaults=option_defaults,
    )
    if map_name is not None:
        client.default_map = map_name
    return client


def load_maps(minion: Minion, given: object, strict: bool) -> dict[str, ContainerMap]:
    """Maps by name: those that are given, else those of the pillar."""
    place = f'{PILLAR}:maps' if given is None else 'maps'
    data = plain(minion.pillar('maps') if given is None else given, place)
    found = {loaded.name: loaded for loaded in _loaded(minion, data, place, strict)}
    if not found:
        raise InputError(f"There are no maps: neither in the pillar at {PILLAR}:maps, nor as 'maps'.")
    return found


def _loaded(minion: Minion, data: object, place: str, strict: bool) -> Iterator[ContainerMap]:
    if data is None:
        return
    if isinstance(data, str):
        yield _from_file(minion, data, None, strict)
    elif isinstance(data, list):
        for entry in data:
            yield from _loaded(minion, entry, place, strict)
    elif isinstance(data, dict):
        for name, settings in data.items():
            yield _map(minion, str(name), settings, place, strict)
    else:
        raise InputError('Expected maps by name, or the name of a file.', place)


def _map(minion: Minion, name: str, settings: object, place: str, strict: bool) -> ContainerMap:
    from ..map.config.main import ContainerMap

    if isinstance(settings, str):
        return _from_file(minion, settings, name, strict)
    if not isinstance(settings, dict):
        raise InputError('Expected the settings of a map, or the name of a file.', f'{place}:{name}')
    return ContainerMap(name, settings, strict=strict)


def _from_file(minion: Minion, name: str, map_name: str | None, strict: bool) -> ContainerMap:
    from ..map.files import load_map_files
    from ..map.yaml import load_map_file

    path = minion.file(name)
    if map_name is not None:
        return load_map_file(path, map_name, strict=strict)
    return load_map_files([path], PurePosixPath(name.removeprefix(FILE_SERVER)).stem, strict=strict)


def load_clients(minion: Minion, given: object, maps: Mapping[str, ContainerMap]) -> dict[str, ClientConfiguration]:
    """Clients by name: those that are given, else those of the pillar.

    If a map is for the default client, and that is not among them, it is the engine of the minion's own environment.
    """
    from ..map.config.client import ClientConfiguration
    from ..map.yaml import clients_from

    place = f'{PILLAR}:clients' if given is None else 'clients'
    data = _mapping(plain(minion.pillar('clients') if given is None else given, place), place)
    settings = {
        name: _with_grains(minion, entry, f'{place}:{name}') if isinstance(entry, dict) else entry
        for name, entry in data.items()
    }
    clients: dict[str, ClientConfiguration] = clients_from(settings)
    if DEFAULT_CLIENT not in clients and any(_is_for_default(container_map) for container_map in maps.values()):
        clients[DEFAULT_CLIENT] = ClientConfiguration()
    return clients


def _is_for_default(container_map: ContainerMap) -> bool:
    named = [container_map.get_client_names(config_id) for config_id, _ in container_map.dependency_items()]
    # What has been created for a map may be left where nothing is on it any more.
    return any(not names or '' in names for names in named) or not (named or container_map.clients)


def _with_grains(minion: Minion, value: object, place: str) -> object:
    """Settings of a client where ``{grain: path}`` is the value of that grain."""
    if not isinstance(value, dict):
        return value
    if value.keys() == {_GRAIN}:
        try:
            return minion.grain(str(value[_GRAIN]))
        except InputError as error:
            raise InputError(error.message, place) from None
    return {key: _with_grains(minion, item, f'{place}:{key}') for key, item in value.items()}


def _mapping(value: object, place: str) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError('Expected a mapping.', place)
    return {str(name): item for name, item in value.items()}

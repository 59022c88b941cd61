"""What the execution module tells of maps and engines, as data that Salt can carry."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import InputError, UnknownNameError
from ._calls import Arguments, Document, asked, chosen, told
from ._changes import label, planned_changes, reasons, remarks
from ._minion import FILE_SERVER, Minion

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.config.client import ClientConfiguration
    from ..map.input import MapConfigId

_DEPTH = 12
"""How deeply settings are nested at most."""

Named = dict[str, object]


def plan(minion: Minion, action: str, names: Sequence[object], calls: bool, given: Arguments) -> Document:
    """What an action would do."""

    def answer(client: MappingDockerClient, arguments: dict[str, Any]) -> Document:
        found = client.plan(action, chosen(client, names), **arguments)
        return {
            'text': found.text(calls=calls),
            'changes': planned_changes(found),
            'unchanged': len(found.unchanged),
            'remarks': list(remarks(found)),
        }

    return asked(minion, given, answer)


def script(minion: Minion, name: str, command: object, script_path: str | None, given: Arguments) -> Document:
    """What a command has printed, and with which code it has ended."""

    def answer(client: MappingDockerClient, arguments: dict[str, Any]) -> Document:
        config_id = _container(client, name)
        with _on_host(minion, script_path) as path:
            arguments.update({'command_format': command} if command is not None else {})
            arguments.update({'script_path': path} if path is not None else {})
            if minion.is_test:
                planned = client.plan('script', config_id, **arguments)
                return {'comment': '\n'.join(['To be done:', *reasons(planned)])}
            outputs = client.run_script(config_id, **arguments)
        [found] = [output.result for output in outputs if output.action_type.value == 'script']
        if 'error' in found:
            return {'result': False, 'comment': str(found['error'])}
        code, output = found['exit_code'], found['log'].decode('utf-8', 'replace')
        return {'result': code == 0, 'exit_code': code, 'output': output}

    return asked(minion, given, answer)


def _container(client: MappingDockerClient, name: str) -> MapConfigId:
    from ..map.config.utils import get_map_config_ids

    found = get_map_config_ids(chosen(client, [name]), client.get_policy().container_maps, client.default_map)
    if len(found) != 1:
        names = ', '.join(label('__default__', config_id) for config_id in found)
        raise InputError(f'A script is for one container, and this means {len(found)}: {names}.', name)
    return found[0]


@contextlib.contextmanager
def _on_host(minion: Minion, name: str | None) -> Iterator[str | None]:
    """The path of a script; a file of the file server is copied, as its folder is mounted, too."""
    if name is None or not name.startswith(FILE_SERVER):
        yield name
        return
    fetched = Path(minion.file(name))
    with tempfile.TemporaryDirectory(prefix='dockermap-') as private:
        # The user of the container reads it; others on this host do not get to it.
        folder = Path(private, 'script')
        folder.mkdir(mode=0o755)
        path = Path(shutil.copy(fetched, folder))
        path.chmod(0o755)
        yield str(path)


def status(client: MappingDockerClient, names: Sequence[object]) -> Named:
    """How containers are."""
    return {
        label(found.client_name, found.config_id): {
            'name': found.name,
            'state': found.state,
            'health': found.health,
            'exit_code': found.exit_code,
            'since': found.since,
            'image': found.image,
            'ports': list(found.ports),
            'id': found.container_id,
            'up_to_date': found.up_to_date,
        }
        for found in client.status(chosen(client, names))
    }


def orphans(client: MappingDockerClient, map_name: str | None) -> Named:
    """What is no longer on its map."""
    return {
        label(found.client_name, found.config_id): {'name': found.name, 'id': found.item_id}
        for found in client.orphans(map_name)
    }


def login(client: MappingDockerClient, registries: Sequence[str]) -> Named:
    """Whether registries accept the credentials that there are for them."""
    known = {registry for config in client.clients.values() for registry in config.auth_configs}
    for registry in registries:
        if registry not in known:
            raise UnknownNameError(f'No client has credentials for {registry!r}. Known: {_listed(known)}.')
    logins: dict[str, dict[str, object]] = {
        name: {
            registry: _logged_in(config, registry)
            for registry in config.auth_configs
            if not registries or registry in registries
        }
        for name, config in client.clients.items()
    }
    accepted = all(answer is True for answers in logins.values() for answer in answers.values())
    return {'result': accepted, 'logins': logins}


def _logged_in(config: ClientConfiguration, registry: str) -> bool | str:
    """``True``, or why not."""
    credentials = {'registry': registry, **config.auth_configs[registry], 'reauth': True}
    try:
        return bool(config.get_client().login(**credentials)) or 'The credentials are not accepted.'
    except Exception as error:
        return told(error)


def volumes(client: MappingDockerClient, names: Sequence[object]) -> Named:
    """Volumes that containers need."""
    found: Named = {}
    policy = client.get_policy()
    for state in client.get_states('startup', chosen(client, names)):
        if state.config_id.config_type.value == 'volume':
            name = policy.item_name(state.config_id)
            exists = state.base_state.name != 'ABSENT'
            more = client.clients[state.client_name].get_client().inspect_volume(name) if exists else {}
            found[label(state.client_name, state.config_id)] = {
                'name': name,
                'exists': exists,
                **{key.lower(): more[key] for key in ('Driver', 'Mountpoint') if more.get(key)},
            }
    return found


def show(client: MappingDockerClient, map_name: str | None) -> Named:
    """Maps as they are after inheritance and defaults, without what may be secret."""
    from ..functional import resolve_deep
    from ..map.disclosure import readable_settings
    from ..map.input._written import plain_deep

    maps = client.get_policy().container_maps
    if map_name is not None and map_name not in maps:
        raise UnknownNameError(f'There is no map {map_name!r}. Known maps: {_listed(maps)}.')
    return {
        name: resolve_deep(plain_deep(readable_settings(found.as_dict(unset=False))), _DEPTH)
        for name, found in maps.items()
        if map_name in (None, name)
    }


def _listed(names: Iterable[str]) -> str:
    return ', '.join(sorted(names)) or 'none'

"""Checking what configurations say, before anything is done for the sake of it.

Only what is written down can be checked here; late values and functions are looked at when they are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...docker_options import CreateOption
from ...exceptions import InputError, located
from ...functional import is_late
from ...utils import close_match
from .._kinds import kind_of
from ..config._conditions import condition_problem, job_problems
from ..config._elsewhere import home_of
from ..config._option_parts import COMMAND_PATTERN, no_words
from ..config.container import ContainerConfiguration
from ..input import HostVolume, ItemType, MapConfigId
from ._support import check_support
from .utils import get_shared_volume_path

if TYPE_CHECKING:
    from ..config.main import ContainerMap
    from .base import BasePolicy

_ABSOLUTE_HOST_PATH = re.compile(r'/|[A-Za-z]:[\\/]|\\\\')
_DRIVE = re.compile(r'[A-Za-z]:(?=[\\/])')
_NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9_.\-]+')
_NAMED = (ItemType.CONTAINER, ItemType.VOLUME)
"""Items whose names engines are strict about."""

_ALIAS = re.compile(r'[^/:\s]*')
_SPLITTABLE = re.compile(COMMAND_PATTERN)
_OPTION_VALUES = (str, int, float, bool)
_HOMES = {
    'host_config': "Its entries go into the configuration's 'host_config'.",
    'image': "It is the configuration's 'image'.",
    'name': "It is the configuration's 'name'.",
}


def validate_items(policy: BasePolicy, config_ids: Iterable[MapConfigId]) -> None:
    """Check the written settings of items: names of arguments, interfaces, paths, driver options.

    :raises ValueError: Something is wrong; the text starts with the place.
    """
    for config_id in config_ids:
        container_map = policy.container_maps.get(config_id.map_name)
        if container_map is not None:
            with located(config_id.map_name):
                _check_item(policy, container_map, config_id)


def check_host_path(container_path: Any, host_path: Any) -> None:
    """Check the two ends of a bind mount; what is still a late value is left alone.

    An engine takes a host path without a slash for the name of a volume, and would make one.

    :raises ValueError: The container path or the host path is relative.
    """
    check_container_path(container_path)
    if isinstance(host_path, str) and ':' in _DRIVE.sub('', host_path):
        raise InputError(
            f"The path on the host must not contain ':', which engines take for its end; found {host_path!r}. "
            'A bind of mounts in host_config can have one.'
        )
    if isinstance(host_path, str) and not _ABSOLUTE_HOST_PATH.match(host_path):
        raise InputError(
            f'Expected an absolute path on the host, found {host_path!r}. Write it with a slash in front, '
            "or set 'root' in 'host' of the map, which relative paths are below."
        )


def check_container_path(path: Any) -> None:
    """Check a path inside a container; late values are left alone.

    :raises ValueError: The path is relative.
    """
    if isinstance(path, str) and not _ABSOLUTE_HOST_PATH.match(path):
        raise InputError(f'Expected an absolute path in the container, found {path!r}.')
    if isinstance(path, str) and ':' in _DRIVE.sub('', path):
        raise InputError(
            f"A path in the container must not contain ':', which engines take for its end; found {path!r}."
        )


def _check_item(policy: BasePolicy, container_map: ContainerMap, config_id: MapConfigId) -> None:
    kind = kind_of(config_id)
    config = kind.configuration(container_map, config_id)
    with located(*kind.place(config_id)):
        if config_id.config_type in _NAMED:
            _check_name(policy.item_name(config_id))
        if config is None:
            return
        if not config.is_clean:
            config.clean()
        for name in ('create_options', 'host_config'):
            _check_names(name, getattr(config, name, None), kind.options, config._kind)
        if isinstance(config, ContainerConfiguration):
            _check_binds(container_map, config, config_id.instance_name)
            _check_paths(policy, container_map, config, config_id)
            _check_commands(config)
            _check_aliases(config)
            _check_conditions(policy, config, config_id)
            _check_interfaces(policy, config, config_id)
        else:
            _check_driver_options(config.driver_options)
        check_support(policy, config_id, config)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InputError(
            f'Engines do not accept {name!r} as a name: it has to consist of the letters a to z and A to Z, '
            "digits, '_', '.' and '-', two or more, and start with a letter or a digit."
        )
    if '..' in name:
        raise InputError(f'Expected a name without two dots in a row, which mark temporary containers, found {name!r}.')


def _check_commands(config: ContainerConfiguration) -> None:
    for index, command in enumerate(config.exec_commands):
        if isinstance(command.cmd, str) and not _SPLITTABLE.fullmatch(command.cmd):
            with located('exec_commands', index):
                raise InputError(no_words(command.cmd))


def _check_aliases(config: ContainerConfiguration) -> None:
    places: list[tuple[tuple[str | int, ...], Iterable[Any]]] = [(('links',), config.links)]
    places.extend((('networks', index, 'links'), entry.links) for index, entry in enumerate(config.networks))
    for place, links in places:
        for index, link in enumerate(links):
            alias = link.alias
            if isinstance(alias, str) and not _ALIAS.fullmatch(alias):
                with located(*place, index):
                    raise InputError(f"Expected an alias without '/', ':' and blanks, found {alias!r}.")


def _check_conditions(policy: BasePolicy, config: ContainerConfiguration, config_id: MapConfigId) -> None:
    for problem in job_problems(config) if config.job else ():
        raise InputError(problem.text, problem.place)
    for target, awaited in policy.get_conditions(config_id).items():
        other = policy.container_maps[target.map_name].get_instance(target.config_name, target.instance_name)
        text = condition_problem(target.config_name, other, awaited.condition) if other is not None else None
        if text:
            raise InputError(text, 'depends_on')


def _check_names(place: str, options: Any, known: Mapping[str, CreateOption], kind: str) -> None:
    for name in options if isinstance(options, Mapping) else ():
        if name in known:
            continue
        with located(place):
            home = _HOMES.get(name) or home_of(name, kind)
            reason = f'. {home}' if home else close_match(name, known) or '.'
            raise InputError(f'There is no argument {name!r}{reason}')


def _check_driver_options(options: Any) -> None:
    for name, value in options.items() if isinstance(options, Mapping) else ():
        if value is not None and not isinstance(value, _OPTION_VALUES) and not is_late(value):
            with located('driver_options'), located(str(name)):
                raise InputError(f'Expected a text, a number, or true or false, found {value!r}.')


def _check_binds(container_map: ContainerMap, config: ContainerConfiguration, instance: str | None) -> None:
    for index, bind in enumerate(config.binds):
        if _has_late_path(container_map, bind):
            continue
        with located('binds'), located(index):
            try:
                check_host_path(*get_shared_volume_path(container_map, bind, instance))
            except KeyError as error:
                raise InputError(str(error.args[0])) from error


def _has_late_path(container_map: ContainerMap, bind: Any) -> bool:
    if isinstance(bind, HostVolume):
        paths: list[Any] = [bind.path, bind.host_path]
    else:
        volume = container_map.get_existing_volume(bind.name)
        paths = [volume.default_path if volume else None, container_map.host.get(bind.name)]
    inner = [value for path in paths if isinstance(path, dict) for value in path.values()]
    return any(is_late(path) for path in (*paths, *inner, container_map.host.root))


def _check_paths(
    policy: BasePolicy, container_map: ContainerMap, config: ContainerConfiguration, config_id: MapConfigId
) -> None:
    for place, index, path in _container_paths(policy, container_map, config, config_id):
        with located(place), located(index):
            check_container_path(path)


def _container_paths(
    policy: BasePolicy, container_map: ContainerMap, config: ContainerConfiguration, config_id: MapConfigId
) -> Iterator[tuple[str, int, Any]]:
    known = policy.default_volume_paths.get(config_id.map_name, {})
    by_parent = container_map.use_attached_parent_name
    for index, path in enumerate(config.shares):
        yield 'shares', index, path
    for index, entry in enumerate(config.attaches):
        key = f'{config_id.config_name}.{entry.name}' if by_parent else entry.name
        yield 'attaches', index, getattr(entry, 'path', None) or known.get(key)
    for index, entry in enumerate(config.uses):
        yield 'uses', index, getattr(entry, 'path', None) or known.get(entry.name)


def _check_interfaces(policy: BasePolicy, config: ContainerConfiguration, config_id: MapConfigId) -> None:
    for client_name in policy.get_client_names(config_id) if config.exposes else ():
        client_config = policy.clients.get(client_name)
        if client_config is None:
            continue
        for index, port in enumerate(config.exposes):
            is_published = port.host_port is not None and port.host_port != ''
            if not port.interface or not is_published or is_late(port.interface) or is_late(port.ipv6):
                continue
            with located('exposes', index):
                try:
                    client_config.check_interface(port.interface, port.ipv6)
                except InputError as error:
                    raise InputError(f'On client {client_name!r}: {error.message}') from error

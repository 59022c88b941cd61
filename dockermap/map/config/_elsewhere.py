"""Words of Compose files and of the ``docker`` command, and where what they say goes here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ...docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS, CreateOption
from ...utils import closest

__all__ = ['COMPOSE_FILE', 'home_of', 'is_compose_file', 'is_for_anchors', 'suggestion']

COMPOSE_FILE = (
    "This looks like a Compose file, with services in 'services'. A map has container configurations in 'containers' "
    'or at the top, and other names for many settings. dockermap.compose.load() makes a map of it, and so does '
    "'dockermap import-compose'; 'Coming from Compose' (docs/from_compose.rst) has a table."
)

_PORTS = "It goes into 'exposes', where the port of the container comes first: {80: 8080} for 8080:80."
_MOUNTS = (
    "Paths on the host go into 'binds', where the path in the container comes first: {/data: /srv/data}; named volumes "
    "into 'attaches', or 'uses' where another container attaches them; anonymous volumes into 'shares'."
)
_NETWORKS = "It goes into 'networks', or 'network_mode' for 'host', 'none', and the network of another container."
_SAME_WORD = 0.8
_NOTHING = 'There is nothing that is like it; leave it out.'


def _goes_into(place: str, name: str = '') -> str:
    return f'It goes into {place!r}, as {name!r}.' if name else f'It goes into {place!r}.'


_CONTAINERS = {
    **dict.fromkeys(('ports', 'port', 'p', 'expose', 'exposed_ports'), _PORTS),
    **dict.fromkeys(('volumes', 'volume', 'v', 'mount'), _MOUNTS),
    **dict.fromkeys(('network', 'net', 'network_alias', 'ip', 'ip6'), _NETWORKS),
    'container_name': "It is called 'name' here.",
    **dict.fromkeys(('cmd', 'args'), _goes_into('create_options', 'command')),
    **dict.fromkeys(('env', 'e'), _goes_into('create_options', 'environment')),
    **dict.fromkeys(('label', 'l'), _goes_into('create_options', 'labels')),
    **dict.fromkeys(('health_cmd', 'health_interval', 'health_retries', 'health_timeout'), _goes_into('healthcheck')),
    'secret': "It goes into 'secrets', by its name.",
    'config': "It goes into 'configs', by its name.",
    'scale': "List the names of containers in 'instances'; on a swarm, give their number in 'replicas'.",
    **dict.fromkeys(('constraint', 'placement'), "It goes into 'nodes', for a swarm."),
    **dict.fromkeys(('logging', 'log_driver', 'log_opt'), _goes_into('host_config', 'log_config')),
    **dict.fromkeys(('restart', 'restart_policy'), _goes_into('host_config', 'restart_policy')),
    **dict.fromkeys(('cpus', 'cpu_limit'), f'{_goes_into("host_config", "nano_cpus")} It is in billionths of a CPU.'),
    **dict.fromkeys(('develop', 'attach', 'credential_spec', 'detach', 'd', 'provider'), _NOTHING),
    **dict.fromkeys(('pull', 'pull_policy'), "Images are pulled where they are missing; see 'pull_before_update'."),
    'deploy': "Limits go into 'host_config' ('mem_limit', 'nano_cpus'), replicas into 'instances' or 'replicas'.",
    'profiles': "List what is acted on together in 'groups' of the map; 'default_group' is what '__all__' means.",
    'external_links': _goes_into('host_config', 'links'),
    'volumes_from': "It goes into 'uses', with names of configurations.",
    'stop_grace_period': "It goes into 'stop_timeout', as a number of seconds.",
    'pid': _goes_into('host_config', 'pid_mode'),
    'cgroup': _goes_into('host_config', 'cgroupns'),
    'gpus': _goes_into('host_config', 'device_requests'),
    'post_start': _goes_into('exec_commands'),
    'group': "It goes into 'user': name:group.",
    'template': "It is called 'abstract' here.",
}
_OF_DRIVERS = dict.fromkeys(('driver_opts', 'options', 'opts', 'opt', 'o'), _goes_into('driver_options'))
_NETWORK_ADDRESSES = ('subnet', 'gateway', 'ip_range', 'aux_address', 'ipam_driver', 'ipam_opt')
_NETWORK = {
    **_OF_DRIVERS,
    **dict.fromkeys(_NETWORK_ADDRESSES, _goes_into('create_options', 'ipam')),
    'ipv6': _goes_into('create_options', 'enable_ipv6'),
    'name': 'The name follows from map and network.',
}
_VOLUME = {
    **_OF_DRIVERS,
    **dict.fromkeys(('path', 'target', 'mountpoint'), _goes_into('default_path')),
    **dict.fromkeys(('owner', 'uid'), _goes_into('user')),
    'mode': _goes_into('permissions'),
    'name': 'The name follows from map and alias.',
}
_MAP = {
    'version': 'A map has no version; leave it out.',
    'include': 'Maps are combined with merge().',
    'services': "It is called 'containers' here.",
    **dict.fromkeys(('secrets', 'configs'), "They go into 'secrets' and 'configs' of configurations."),
}


_PROPERTIES = frozenset(
    ('binds', 'driver', 'healthcheck', 'internal', 'links', 'network_mode', 'stop_signal', 'stop_timeout', 'user')
)
"""Arguments of creating calls that are called like properties, and follow from these."""


def _word(name: object) -> str:
    return str(name).casefold().strip('-').replace('-', '_')


def _arguments(options: Mapping[str, CreateOption]) -> dict[str, str]:
    """Places of arguments of a creating call, by the names that they have in the SDK and in the ``docker`` command."""
    found: dict[str, str] = {}
    for name, option in options.items():
        if name in _PROPERTIES:
            continue
        place = 'host_config' if option.host else 'create_options'
        found[name] = _goes_into(place)
        for word in (_word(option.flag or name), name.removesuffix('s')):
            found.setdefault(word, _goes_into(place, name))
    return found


_HOMES: dict[str, dict[str, str]] = {
    'container configuration': {**_arguments(CREATE_OPTIONS), **_CONTAINERS},
    'network': {**_arguments(NETWORK_OPTIONS), **_NETWORK},
    'volume': {**_arguments(VOLUME_OPTIONS), **_VOLUME},
    'map': _MAP,
}
"""What to do with words, by what they were said of; settings of that are not looked up."""


def home_of(key: object, kind: str) -> str | None:
    """Where what a word says goes; ``None`` for words that are not known."""
    return _HOMES.get(kind, {}).get(_word(key))


def suggestion(key: object, known: Collection[str], kind: str) -> str:
    """End of a sentence that proposes the setting, or the word with a place here, that a wrong key is most like."""
    homes = {word: home for word, home in _HOMES.get(kind, {}).items() if len(word) > 3}
    match = closest(key, known, _SAME_WORD) or closest(key, [*known, *homes])
    if match is None:
        return ''
    return f'; did you mean {match!r}? {homes[match]}' if match in homes else f'; did you mean {match!r}?'


def is_for_anchors(key: object) -> bool:
    """Whether a key at the top of a map only holds values for anchors of a document."""
    return isinstance(key, str) and key.startswith('x-')


def is_compose_file(settings: Mapping[Any, Any], container_settings: Mapping[str, object]) -> bool:
    """Whether this has services as Compose files have, and not a configuration that is called so."""
    services = settings.get('services')
    if not isinstance(services, dict) or not services:
        return False
    entries = [entry for entry in services.values() if entry is not None]
    has_mappings = bool(entries) and all(isinstance(entry, dict) for entry in entries)
    is_configuration = not container_settings.keys().isdisjoint(services)
    return has_mappings and (not is_configuration or any({'image', 'build'} & entry.keys() for entry in entries))

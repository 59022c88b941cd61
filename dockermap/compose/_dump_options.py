"""Arguments of creating calls as settings of services: the way back of ``_options``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ._options import BLKIO, CREATE, HOST, MICROSECONDS, OPTIONS
from ._values import Mapping, is_mapping, mapping, number, text, whole

__all__ = ['is_known', 'service_settings']

_SETTINGS: dict[tuple[str, str], str] = {(row.place, row.name): setting for setting, row in OPTIONS.items()}
_BLKIO = {argument: (setting, quantity) for setting, (argument, quantity) in BLKIO.items()}
_NAMESPACES = {'ipc_mode': 'ipc', 'pid_mode': 'pid'}
_OTHER_PLACE = {CREATE: HOST, HOST: CREATE}


def _lower(value: object) -> Mapping:
    """A mapping with the names that people write, also where those of the engine were given."""
    return {name.lower(): own for name, own in mapping(value).items()}


def _cpus(value: object) -> object:
    return f'{number(value) / 10**9:g}'


def _extra_hosts(value: object) -> object:
    return [f'{name}:{address}' for name, address in value.items()] if is_mapping(value) else value


def _log(value: object) -> object:
    known = _lower({'driver': value} if isinstance(value, str) else value)
    options = known.get('options') or known.get('config')
    return {'driver': known.get('driver') or known.get('type'), **({'options': options} if options else {})}


def _restart(value: object) -> object:
    if not is_mapping(value):
        return value
    known = _lower(value)
    count = known.get('maximumretrycount')
    return f'{known.get("name")}:{count}' if count else known.get('name')


def _tmpfs(value: object) -> object:
    if not is_mapping(value):
        return value
    return [f'{path}:{options}' if options else path for path, options in value.items()]


def _ulimits(value: object) -> object:
    if not isinstance(value, list):
        return value
    found: Mapping = {}
    for member in value:
        known = _lower(member)
        found[text(known.pop('name'))] = known['soft'] if known.get('soft') == known.get('hard') else known
    return found


def _device_requests(value: object) -> object:
    found = []
    for member in value if isinstance(value, list) else []:
        known = _lower(member)
        capabilities = known.get('capabilities')
        if isinstance(capabilities, list) and capabilities and isinstance(capabilities[0], list):
            known['capabilities'] = capabilities[0]
        ids = known.pop('deviceids', None)
        found.append({**known, **({'device_ids': ids} if ids else {})})
    return 'all' if found == [{'count': -1, 'capabilities': ['gpu']}] else found


_BACK: dict[str, Callable[[object], object]] = {
    'cpus': _cpus,
    'extra_hosts': _extra_hosts,
    'gpus': _device_requests,
    'logging': _log,
    'restart': _restart,
    'tmpfs': _tmpfs,
    'ulimits': _ulimits,
}
"""What is written in another way in Compose files."""


def is_known(name: str) -> bool:
    """Whether an argument has a setting."""
    return any((place, name) in _SETTINGS for place in _OTHER_PLACE)


def service_settings(place: str, options: Mapping) -> Iterator[tuple[str, object]]:
    """Settings that arguments stand for; for those that have none, the name of the argument in brackets."""
    blkio: Mapping = {}
    for name, value in options.items():
        setting = _SETTINGS.get((place, name)) or _SETTINGS.get((_OTHER_PLACE[place], name))
        if name == 'blkio_weight':
            blkio['weight'] = value
        elif name in _BLKIO:
            own, quantity = _BLKIO[name]
            members = [_lower(member) for member in value] if isinstance(value, list) else []
            blkio[own] = [{'path': member['path'], quantity: whole(member[quantity])} for member in members]
        elif setting is not None:
            yield setting, _BACK[setting](value) if setting in _BACK else value
        elif name in MICROSECONDS or name in ('environment', 'network_mode'):
            yield name, value
        elif name in _NAMESPACES:
            yield _NAMESPACES[name], value
        elif name not in ('binds', 'mounts', 'volumes_from'):
            yield f'[{name}]', value
    if blkio:
        yield 'blkio_config', blkio

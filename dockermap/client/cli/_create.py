"""Arguments of ``docker create`` that belong together: network, volumes, ports, links, health check, host options."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...functional import resolve_value
from ...utils import engine_text
from ._words import Word, command_words, csv_line, elements, generic, is_list, joined, plain, quoted

_Arguments = dict[str, Any]

HOST_CONFIG_KEYWORDS = {
    'BlkioDeviceReadBps': 'device_read_bps',
    'BlkioDeviceReadIOps': 'device_read_iops',
    'BlkioDeviceWriteBps': 'device_write_bps',
    'BlkioDeviceWriteIOps': 'device_write_iops',
    'CPURealtimePeriod': 'cpu_rt_period',
    'CPURealtimeRuntime': 'cpu_rt_runtime',
    'CgroupnsMode': 'cgroupns',
    'DnsOptions': 'dns_opt',
    'Memory': 'mem_limit',
    'MemoryReservation': 'mem_reservation',
    'MemorySwap': 'memswap_limit',
    'MemorySwappiness': 'mem_swappiness',
    'ReadonlyRootfs': 'read_only',
    'UTSMode': 'uts_mode',
}
"""Keys of the SDK's host configuration that are not the keyword in capitals (``CapAdd`` is ``cap_add``)."""

_WORD_START = re.compile(r'(?<=[a-z0-9])(?=[A-Z])')
_HEALTH_FLAGS = (
    ('interval', 'health-interval', 'ns'),
    ('timeout', 'health-timeout', 'ns'),
    ('retries', 'health-retries', ''),
    ('start_period', 'health-start-period', 'ns'),
    ('start_interval', 'health-start-interval', 'ns'),
)
_NETWORK_FIELDS = {'network-alias': 'alias'}
_PODMAN_NETWORK_FIELDS = {'network-alias': 'alias', 'ip': 'ip', 'ip6': 'ip6', 'mac-address': 'mac'}
_PROTOCOLS = ('tcp', 'udp', 'sctp')
_MOUNT_FIELDS = (
    ('Type', 'type'),
    ('Source', 'src'),
    ('Target', 'dst'),
    ('ReadOnly', 'readonly'),
    ('Consistency', 'consistency'),
)
_MOUNT_OPTIONS = (
    ('BindOptions', 'Propagation', 'bind-propagation'),
    ('BindOptions', 'NonRecursive', 'bind-nonrecursive'),
    ('VolumeOptions', 'NoCopy', 'volume-nocopy'),
    ('VolumeOptions', 'Subpath', 'volume-subpath'),
    ('ImageOptions', 'Subpath', 'image-subpath'),
    ('TmpfsOptions', 'SizeBytes', 'tmpfs-size'),
)


def expand_host_config(arguments: _Arguments) -> _Arguments:
    """The arguments with those of ``host_config`` in its place; what is given beside it wins."""
    result: _Arguments = {}
    for key, value in arguments.items():
        if key != 'host_config':
            result[key] = value
            continue
        for host_key, host_value in (value or {}).items():
            keyword = host_config_keyword(host_key)
            if keyword not in arguments and not _is_default(keyword, host_value):
                result[keyword] = resolve_value(host_value)
    return result


def host_config_keyword(key: str) -> str:
    """The keyword argument for a key of the SDK's host configuration: ``CapAdd`` is ``cap_add``."""
    return HOST_CONFIG_KEYWORDS.get(key) or _WORD_START.sub('_', key).lower()


def _is_default(keyword: str, value: Any) -> bool:
    """The SDK's host configuration always names a network mode; without one, the network of the call counts."""
    return keyword == 'network_mode' and value == 'default'


def entrypoint_words(arguments: _Arguments) -> list[Word]:
    """What follows the first word of the entry point; the command takes no more than one word for its flag."""
    value = arguments.pop('entrypoint', None)
    if value is None:
        return []
    words = list(elements(value)) if is_list(value) else split_text('entrypoint', value)
    if words or not is_list(value):
        arguments['entrypoint'] = words[0] if words else ''
    return command_words(words[1:])


def split_text(keyword: str, value: Any) -> list[str]:
    """Words of a text, as the SDK splits it; raises ``ValueError`` that names the keyword."""
    try:
        return shlex.split(engine_text(value))
    except ValueError as error:
        raise ValueError(f'{keyword}: {error} in {value!r}; give a list of words instead.') from error


def composite_words(arguments: _Arguments) -> Iterator[Word]:
    """Flags of the arguments that belong together, taken out of the arguments."""
    return _composite_words(arguments, network_words)


def podman_composite_words(arguments: _Arguments) -> Iterator[Word]:
    """The same for ``podman``."""
    for name, value in (arguments.get('healthcheck') or {}).items():
        if name.lower().replace('_', '') == 'startinterval' and value:
            raise ValueError('create_container: podman has no option for start_interval of health checks.')
    return _composite_words(arguments, podman_network_words)


def _composite_words(arguments: _Arguments, networks: Callable[[Any, Any, Any], Iterator[Word]]) -> Iterator[Word]:
    yield from environment_words(arguments.pop('environment', None))
    yield from networks(
        arguments.pop('network_disabled', None),
        arguments.pop('network_mode', None),
        arguments.pop('networking_config', None),
    )
    yield from volume_words(arguments.pop('volumes', None), arguments.pop('binds', None))
    yield from port_words(arguments.pop('ports', None), arguments.pop('port_bindings', None))
    yield from link_words(arguments.pop('links', None))
    yield from restart_words(arguments.pop('restart_policy', None))
    yield from health_words(arguments.pop('healthcheck', None))


def environment_words(environment: Any) -> Iterator[Word]:
    """Variables as ``NAME=value``; one without value stands alone, which unsets it."""
    if isinstance(environment, Mapping):
        environment = [joined(name, value, '=') for name, value in environment.items()]
    for entry in elements(environment) if environment is not None else ():
        yield quoted('env', entry)


def network_words(disabled: Any, mode: Any, networking: Any) -> Iterator[Word]:
    """The networks to start with: none, a mode, or endpoints with their settings, of which the first one has flags."""
    endpoints = (networking or {}).get('EndpointsConfig') or {}
    name, *others = endpoints or (None,)
    if disabled:
        yield plain('net', 'none')
    elif mode and mode != name:
        yield plain('net', mode)
    elif name:
        endpoint = endpoints[name] or {}
        yield plain('net', _network_text(name, _settings_without_flag(endpoint)))
        yield from endpoint_words(endpoint)
        yield from (plain('net', _other_network(other, endpoints[other] or {})) for other in others)


def podman_network_words(disabled: Any, mode: Any, networking: Any) -> Iterator[Word]:
    """As Podman takes them: where there are several, each with its settings, and none with flags."""
    endpoints = (networking or {}).get('EndpointsConfig') or {}
    if disabled or len(endpoints) < 2 or (mode and mode not in endpoints):
        yield from network_words(disabled, mode, networking)
        return
    for name, endpoint in endpoints.items():
        settings = ','.join(_podman_settings(endpoint or {}))
        yield plain('net', f'{name}:{settings}' if settings else name)


def _podman_settings(endpoint: Mapping[str, Any]) -> Iterator[str]:
    for flag, value in (*_endpoint_settings(endpoint), *_settings_without_flag(endpoint)):
        if flag not in _PODMAN_NETWORK_FIELDS:
            raise ValueError(f'create_container: podman has no option for {flag} of several networks.')
        yield f'{_PODMAN_NETWORK_FIELDS[flag]}={engine_text(value)}'


def _other_network(name: str, endpoint: Mapping[str, Any]) -> str:
    """A network beside the first one, with what a container has in it."""
    if endpoint.get('Links'):
        raise ValueError(f'create_container: the docker command has no option for links in a second network ({name}).')
    settings = (*_endpoint_settings(endpoint), *_settings_without_flag(endpoint))
    return _network_text(name, ((_NETWORK_FIELDS.get(flag, flag), value) for flag, value in settings))


def _network_text(name: str, settings: Iterable[tuple[str, Any]]) -> str:
    fields = [f'{key}={engine_text(value)}' for key, value in settings]
    return csv_line([f'name={name}', *fields]) if fields else name


def _settings_without_flag(endpoint: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in (endpoint.get('DriverOpts') or {}).items():
        yield 'driver-opt', joined(key, value, '=')
    if endpoint.get('GwPriority') is not None:
        yield 'gw-priority', endpoint['GwPriority']


def endpoint_words(endpoint: Mapping[str, Any]) -> Iterator[Word]:
    """Aliases, links and addresses of a container in a network."""
    yield from (plain(flag, value) for flag, value in _endpoint_settings(endpoint))


def _endpoint_settings(endpoint: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    addresses = endpoint.get('IPAMConfig') or {}
    settings = (
        ('network-alias', endpoint.get('Aliases')),
        ('link', endpoint.get('Links')),
        ('ip', addresses.get('IPv4Address')),
        ('ip6', addresses.get('IPv6Address')),
        ('link-local-ip', addresses.get('LinkLocalIPs')),
        ('mac-address', endpoint.get('MacAddress')),
    )
    for flag, value in settings:
        yield from ((flag, element) for element in (elements(value) if value else ()))


def volume_words(volumes: Any, binds: Any) -> Iterator[Word]:
    """Each volume, with the bind for its path if there is one, then the remaining binds."""
    remaining = [engine_text(bind) for bind in _bind_texts(binds)]
    if not remaining and volumes is not None and not isinstance(volumes, Mapping):
        yield from generic('volume')(volumes)
        return
    for volume in elements(volumes) if volumes else ():
        bound = [bind for bind in remaining if _bind_path(bind) == posixpath.normpath(engine_text(volume))]
        yield from (quoted('volume', bind) for bind in bound or [volume])
        remaining = [bind for bind in remaining if bind not in bound]
    yield from (quoted('volume', bind) for bind in remaining)


def _bind_texts(binds: Any) -> Iterable[Any]:
    if isinstance(binds, Mapping):
        return [f'{engine_text(source)}:{_bind_target(target)}' for source, target in binds.items()]
    return elements(binds) if binds else ()


def _bind_target(target: Any) -> str:
    """The SDK's ``{'bind': path, 'mode': 'ro'}``, or a plain path, which is mounted for writing."""
    if not isinstance(target, Mapping):
        return f'{engine_text(target)}:rw'
    mode = ('ro' if target['ro'] else 'rw') if 'ro' in target else target.get('mode', 'rw')
    modes = [engine_text(part) for part in (mode, target.get('propagation')) if part]
    return ':'.join(filter(None, (engine_text(target['bind']), ','.join(modes))))


def _bind_path(bind: str) -> str | None:
    fields = bind.split(':')
    return posixpath.normpath(fields[1]) if len(fields) > 1 else None


def port_words(ports: Any, bindings: Mapping[Any, Any] | None) -> Iterator[Word]:
    """Each exposed port, followed by what is published of it, then the remaining bindings."""
    remaining = dict(bindings or {})
    for port in _port_list(ports):
        yield plain('expose', port_text(port))
        key = next((key for key in _binding_keys(port) if key in remaining and _published(remaining[key])), None)
        if key is not None:
            yield from _publish_words(key, remaining.pop(key))
    for key, value in remaining.items():
        yield from _publish_words(key, value)


def port_text(port: Any) -> str:
    """A port, or a pair of port and protocol, as ``port/protocol``."""
    return '/'.join(engine_text(part) for part in port) if isinstance(port, (tuple, list)) else engine_text(port)


def _port_list(ports: Any) -> Iterable[Any]:
    is_pair = isinstance(ports, tuple) and len(ports) == 2 and ports[1] in _PROTOCOLS
    return [ports] if is_pair else elements(ports) if ports is not None else ()


def _binding_keys(port: Any) -> tuple[Any, ...]:
    if isinstance(port, (tuple, list)):
        return port_text(port), tuple(port)
    return port, port_text(port), f'{port_text(port)}/tcp'


def _published(value: Any) -> list[tuple[str, str]]:
    """Pairs of address and host port; both may be empty."""
    return [_address_and_port(element) for element in (value if isinstance(value, list) else [value])]


def _address_and_port(value: Any) -> tuple[str, str]:
    address: Any = ''
    port = value
    if isinstance(value, Mapping):
        address, port = value.get('HostIp'), value.get('HostPort')
    elif isinstance(value, tuple) and len(value) == 1:
        address, port = (value[0], None) if isinstance(value[0], str) and not value[0].isdigit() else ('', value[0])
    elif isinstance(value, tuple):
        address, port = value
    return _bracketed(engine_text(address)), engine_text(port)


def _bracketed(address: str) -> str:
    return f'[{address}]' if ':' in address and not address.startswith('[') else address


def _publish_words(key: Any, value: Any) -> Iterator[Word]:
    for address, port in _published(value):
        fields = [address, port] if address else [port] if port else []
        yield plain('publish', ':'.join([*fields, port_text(key)]))


def link_words(links: Any) -> Iterator[Word]:
    """Each linked container with its alias; without one the name alone."""
    if links is None:
        return
    for link in links.items() if isinstance(links, Mapping) else elements(links):
        yield plain('link', joined(link[0], link[1] or None, ':') if isinstance(link, (tuple, list)) else link)


def restart_words(policy: Any) -> Iterator[Word]:
    """The restart policy; its count only where the command takes one."""
    if not isinstance(policy, Mapping):
        if policy:
            yield plain('restart', policy)
        return
    name, count = policy.get('Name'), policy.get('MaximumRetryCount')
    if name:
        yield plain('restart', joined(name, count if name == 'on-failure' else None, ':'))


def health_words(check: Mapping[str, Any] | None) -> Iterator[Word]:
    """The health check. The command makes a shell command of each test, so the words of a ``CMD`` test are quoted."""
    if not check:
        return
    settings = {_WORD_START.sub('_', key).lower(): resolve_value(value) for key, value in check.items()}
    test = settings.get('test')
    if is_list(test) and [*elements(test)] == ['NONE']:
        yield Word('--no-healthcheck', '--no-healthcheck')
        return
    command = _test_command(test)
    if test and not command:
        return
    if command:
        yield quoted('health-cmd', command)
    for key, flag, unit in _HEALTH_FLAGS:
        value = settings.get(key)
        if value:
            yield plain(flag, f'{value}{unit}' if isinstance(value, int) else value)


def _test_command(test: Any) -> str:
    if not is_list(test):
        return engine_text(test)
    kind, *words = [engine_text(word) for word in test] or ['']
    return {'CMD': shlex.join(words), 'CMD-SHELL': ' '.join(words)}.get(kind, '')


def mount_text(mount: Mapping[str, Any]) -> str:
    """The SDK's mount description as comma-separated fields."""
    if (mount.get('BindOptions') or {}).get('CreateMountpoint'):
        raise ValueError(
            f'create_container: the docker command has no option for create_host_path of mounts (found at '
            f'{engine_text(mount.get("Target"))!r}); write it in binds, which do that.'
        )
    fields = [(name, mount.get(key)) for key, name in _MOUNT_FIELDS]
    fields += [(name, (mount.get(group) or {}).get(key)) for group, key, name in _MOUNT_OPTIONS]
    volume = mount.get('VolumeOptions') or {}
    driver = volume.get('DriverConfig') or {}
    fields += [('volume-label', joined(key, value, '=')) for key, value in (volume.get('Labels') or {}).items()]
    fields += [('volume-driver', driver.get('Name'))]
    fields += [('volume-opt', joined(key, value, '=')) for key, value in (driver.get('Options') or {}).items()]
    mode = (mount.get('TmpfsOptions') or {}).get('Mode')
    fields += [('tmpfs-mode', None if mode is None else f'{mode:o}')]
    return csv_line(f'{name}={engine_text(value)}' for name, value in fields if value)


def gpu_text(request: Mapping[str, Any]) -> str:
    """The SDK's device request as comma-separated fields; the command itself adds the capability ``gpu``."""
    given = {key.replace('_', '').lower(): value for key, value in request.items() if value}
    fields = [f'driver={given["driver"]}'] if 'driver' in given else []
    if 'count' in given:
        fields.append(f'count={"all" if given["count"] == -1 else given["count"]}')
    if 'deviceids' in given:
        fields.append(f'device={",".join(map(engine_text, given["deviceids"]))}')
    capabilities = [name for group in given.get('capabilities', ()) for name in group if name != 'gpu']
    if capabilities:
        fields.append(f'capabilities={",".join(capabilities)}')
    if 'options' in given:
        options = csv_line(joined(key, value, '=') for key, value in given['options'].items())
        fields.append(f'options={options}')
    return csv_line(fields)

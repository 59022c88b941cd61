"""Comparing environment, command, entrypoint and ports with what a container was made with."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ....exceptions import located
from ....functional import resolve_value
from ....utils import engine_text
from ...input import MapConfigId, PortBinding
from .. import Difference
from ._options import BRIDGED, GivenOptions, network_kind, plain_address

if TYPE_CHECKING:
    from ...config.client import ClientConfiguration
    from ...config.container import ContainerConfiguration

_ANY_ADDRESS = frozenset(('', '0.0.0.0', '::'))
_ANY_PORT = '0'

Detail = Mapping[str, Any]


def section(detail: Detail, name: str) -> dict[str, Any]:
    """A part of an inspection that may be missing or null."""
    found = detail.get(name)
    return dict(found) if found else {}


def setting_differences(
    item: MapConfigId,
    config: ContainerConfiguration,
    options: GivenOptions,
    client_config: ClientConfiguration,
    detail: Detail,
) -> list[Difference]:
    """Differences of environment, command, entrypoint and ports; what is not configured is not compared."""
    found = section(detail, 'Config')
    return [
        *environment_differences(item, options.created('environment'), found.get('Env')),
        *process_differences(item, options.created('entrypoint'), options.created('command'), found),
        *port_differences(item, config, options, client_config, detail),
    ]


def environment_differences(item: MapConfigId, wanted: Any, found: Sequence[str] | None) -> list[Difference]:
    """Configured variables that a container does not have as configured; ``None`` asks for a variable's absence."""
    existing = dict(_assignments(found or ()))
    return [
        Difference(item, f'environment.{name}', value, existing.get(name))
        for name, value in _variables(wanted)
        if existing.get(name) != value
    ]


def process_differences(item: MapConfigId, entrypoint: Any, command: Any, found: Detail) -> list[Difference]:
    """Differences of command and entrypoint: one list of words, which the ``docker`` command parts after the first."""
    if entrypoint is not None:
        made = [*(found.get('Entrypoint') or ()), *(found.get('Cmd') or ())]
        if made == [*_words(entrypoint), *_words(command)]:
            return []
    return [
        *command_differences(item, command, found.get('Cmd')),
        *entrypoint_differences(item, entrypoint, found.get('Entrypoint')),
    ]


def command_differences(item: MapConfigId, wanted: Any, found: Sequence[str] | None) -> list[Difference]:
    """A configured command that is not the container's; text is split as by a shell."""
    if wanted is None:
        return []
    words = _words(wanted)
    return _words_difference(item, 'command', (words, [_unquoted(word) for word in words]), found)


def entrypoint_differences(item: MapConfigId, wanted: Any, found: Sequence[str] | None) -> list[Difference]:
    """A configured entrypoint that is not the container's; clients differ in whether they split text."""
    if wanted is None:
        return []
    accepted = (_words(wanted), [wanted]) if isinstance(wanted, str) else (_words(wanted),)
    return _words_difference(item, 'entrypoint', accepted, found)


def port_differences(
    item: MapConfigId,
    config: ContainerConfiguration,
    options: GivenOptions,
    client_config: ClientConfiguration,
    detail: Detail,
) -> list[Difference]:
    """Configured ports that are not exposed, or not published as configured, and others that are published.

    Without a network of its own, a container has no ports. What it was made with counts as well as what is published:
    stopped, restarting or internally connected containers do not publish what they should.

    :raises ValueError: Unknown interface.
    """
    if network_kind(options.network_mode) != BRIDGED:
        return []
    published, exposed = _found_ports(detail)
    missing = [
        difference
        for binding in config.exposes
        for difference in _port_difference(item, binding, client_config, published, exposed)
    ]
    if section(detail, 'HostConfig').get('PublishAllPorts') or missing:
        return missing
    asked = [*_configured(item, config, client_config), *_given(options.hosted('port_bindings'))]
    return [
        Difference(item, 'exposes', None, [_published_text(port, *entry)])
        for port, entry in _publications(published)
        if not any(_is_asked(port, entry, wanted) for wanted in asked)
    ]


def _configured(
    item: MapConfigId, config: ContainerConfiguration, client_config: ClientConfiguration
) -> Iterator[tuple[str, str, str]]:
    """Port, address and host port of what the configuration publishes."""
    for binding in config.exposes:
        host_port = resolve_value(binding.host_port)
        if host_port is not None and host_port != '':
            yield _port_key(binding.exposed_port), _host_address(item, binding, client_config), engine_text(host_port)


def _given(bindings: Any) -> Iterator[tuple[str, str, str]]:
    """The same of what is passed on as an argument."""
    for port, places in (bindings or {}).items():
        for place in places if isinstance(places, list) else [places]:
            address: Any = ''
            host_port: Any = place
            if isinstance(place, tuple):
                address, host_port = place if len(place) > 1 else (place[0], None)
            elif isinstance(place, Mapping):
                address, host_port = place.get('HostIp'), place.get('HostPort')
            yield _port_key(port), _plain_interface(address), engine_text(host_port) or _ANY_PORT


def _publications(published: Mapping[str, list[Detail]]) -> list[tuple[str, tuple[str, str]]]:
    found = (
        (port, (_plain_interface(entry.get('HostIp')), engine_text(entry.get('HostPort'))))
        for port, entries in published.items()
        for entry in entries
    )
    return list(dict.fromkeys(found))


def _is_asked(port: str, entry: tuple[str, str], wanted: tuple[str, str, str]) -> bool:
    address, host_port = entry
    any_port = wanted[2] == _ANY_PORT or '-' in wanted[2] or host_port in ('', _ANY_PORT)
    return (port, address) == wanted[:2] and (any_port or host_port == wanted[2])


def _port_key(exposed_port: Any) -> str:
    port = engine_text(exposed_port)
    return port if '/' in port else f'{port}/tcp'


def _assignments(lines: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    for line in lines:
        name, separator, value = line.partition('=')
        yield name, value if separator else None


def _variables(wanted: Any) -> Iterator[tuple[str, str | None]]:
    if isinstance(wanted, Mapping):
        for name, value in wanted.items():
            resolved = resolve_value(value)
            yield engine_text(name), None if resolved is None else engine_text(resolved)
    elif wanted:
        lines = [wanted] if isinstance(wanted, str) else wanted
        yield from dict(_assignments([engine_text(line) for line in lines])).items()


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return shlex.split(value)
    return [engine_text(word) for word in value or ()]


def _unquoted(word: str) -> str:
    quoted = len(word) > 1 and word[0] == word[-1] and word[0] in '"\''
    return word[1:-1] if quoted else word


def _words_difference(
    item: MapConfigId, name: str, accepted: Sequence[list[str]], found: Sequence[str] | None
) -> list[Difference]:
    words = list(found or ())
    return [] if words in accepted else [Difference(item, name, accepted[0], words)]


def _found_ports(detail: Detail) -> tuple[dict[str, list[Detail]], set[str]]:
    running = section(section(detail, 'NetworkSettings'), 'Ports')
    made = section(section(detail, 'HostConfig'), 'PortBindings')
    published = {port: [*(running.get(port) or ()), *(made.get(port) or ())] for port in {*running, *made}}
    return published, {*published, *section(section(detail, 'Config'), 'ExposedPorts')}


def _port_difference(
    item: MapConfigId,
    binding: PortBinding,
    client_config: ClientConfiguration,
    published: Mapping[str, list[Detail]],
    exposed: set[str],
) -> list[Difference]:
    key = _port_key(binding.exposed_port)
    host_port = resolve_value(binding.host_port)
    if host_port is None or host_port == '':
        return [] if key in exposed else [Difference(item, 'exposes', key, sorted(exposed))]
    address = _host_address(item, binding, client_config)
    entries = published.get(key, [])
    if any(_is_published(entry, address, engine_text(host_port)) for entry in entries):
        return []
    current = (_published_text(key, _plain_interface(entry.get('HostIp')), entry.get('HostPort')) for entry in entries)
    return [Difference(item, 'exposes', _published_text(key, address, host_port), list(dict.fromkeys(current)))]


def _published_text(port: str, address: str, host_port: Any) -> str:
    return f'{port} on {address or "all addresses"}, port {engine_text(host_port)}'


def _is_published(entry: Detail, address: str, host_port: str) -> bool:
    same_port = host_port in (_ANY_PORT, engine_text(entry.get('HostPort')))
    return same_port and _plain_interface(entry.get('HostIp')) == address


def _plain_interface(address: Any) -> str:
    text = plain_address(address) or ''
    return '' if text in _ANY_ADDRESS else text


def _host_address(item: MapConfigId, binding: PortBinding, client_config: ClientConfiguration) -> str:
    interface = resolve_value(binding.interface)
    if not interface:
        return ''
    with located(item.map_name), located(item.config_name), located(f'port {engine_text(binding.exposed_port)}'):
        return _plain_interface(client_config.get_address(interface, bool(resolve_value(binding.ipv6))))

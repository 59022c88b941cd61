"""Comparing the networks that a container is connected to with those that it should be connected to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .... import DEFAULT_PRESET_NETWORKS
from ....functional import resolve_value
from ....utils import engine_text
from ...input import MapConfigId, NetworkEndpoint
from ...policy.utils import networks_of
from .. import Difference
from ._options import plain_address, plain_mac_address

Detail = Mapping[str, Any]
Link = tuple[str, str]

_NO_NETWORKS = frozenset(('host', 'none'))


class ExpectedEndpoint(NamedTuple):
    """A network that a container should be connected to."""

    name: str
    """On the engine."""
    endpoint: NetworkEndpoint
    links: Sequence[Link]
    """Names of containers on the engine, with the aliases under which they should be found."""
    at_creation: bool = False
    """The container can only join it when it is created, as it is known by its name on the engine alone."""
    has_own_mac: bool = False
    """The MAC address is that of the container, and not that of the entry for the network."""


class KnownNetwork(NamedTuple):
    """What an inspection of a network said."""

    network_id: str
    endpoints: Mapping[str, str | None]
    """Endpoint ids by container id; not all engines give them."""


class EndpointCheck(NamedTuple):
    """What has to be done about the networks of a container, and why."""

    differences: list[Difference]
    disconnected: list[NetworkEndpoint]
    reconnect: list[tuple[str, NetworkEndpoint]]
    left: set[str]
    fixed: set[str]
    """Networks that only a new container joins or leaves, e.g. as another one has the name of the network to leave."""


def check_endpoints(
    item: MapConfigId,
    expected: Sequence[ExpectedEndpoint],
    detail: Detail,
    running: bool,
    known: Mapping[str, KnownNetwork],
    foreign: Collection[str] = (),
) -> EndpointCheck:
    """Compare the networks of a container with the expected ones.

    :param running: Without a running container, networks do not know it, and endpoints have no ids.
    :param known: Inspected networks by their name on the engine.
    :param foreign: Networks of others, which it may be connected to.
    """
    connected = connected_networks(detail)
    result = EndpointCheck([], [], [], set(), set())
    for wanted in expected:
        _check_expected(result, item, wanted, connected.get(wanted.name), detail, running, known.get(wanted.name))
    for name in sorted(set(connected) - {wanted.name for wanted in expected} - _NO_NETWORKS - set(foreign)):
        group = result.fixed if is_stale(connected[name], known.get(name)) else result.left
        group.add(name)
        result.differences.append(Difference(item, f'networks.{name}', 'not connected', 'connected'))
    return result


def _check_expected(
    result: EndpointCheck,
    item: MapConfigId,
    wanted: ExpectedEndpoint,
    found: Detail | None,
    detail: Detail,
    running: bool,
    network: KnownNetwork | None,
) -> None:
    connected = found is not None and not is_stale(found, network) and (not running or _is_member(detail, network))
    if found is None or not connected:
        changes = [Difference(item, f'networks.{wanted.name}', 'connected', 'not connected')]
    else:
        changes = endpoint_differences(item, wanted, found, detail)
        if running:
            changes.extend(_endpoint_difference(item, wanted.name, _endpoint_id(detail, network), found))
    result.differences.extend(changes)
    if changes and (wanted.at_creation or _is_heeded_at_creation(wanted.endpoint)):
        result.fixed.add(wanted.name)
    elif changes and connected:
        result.reconnect.append((wanted.name, wanted.endpoint))
    elif changes:
        result.disconnected.append(wanted.endpoint)


def connected_networks(detail: Detail) -> dict[str, Detail]:
    """Networks that an inspected container is connected to, or will be when it is started."""
    if (detail.get('Config') or {}).get('NetworkDisabled'):
        return {}
    return networks_of(detail)


def is_stale(found: Detail, network: KnownNetwork | None) -> bool:
    """Whether a container remembers a network of that name which is not there any more."""
    return bool(network is not None and found.get('NetworkID') and found['NetworkID'] != network.network_id)


def endpoint_differences(
    item: MapConfigId, wanted: ExpectedEndpoint, found: Detail, detail: Detail
) -> list[Difference]:
    """Differences of one connection: aliases, links and fixed addresses.

    Networks of the engine itself take no aliases; some versions list names of their own there.
    """
    start = f'networks.{wanted.name}.'
    endpoint = wanted.endpoint
    fixed = _fixed_addresses(endpoint, found)
    wanted_aliases = set() if wanted.name in DEFAULT_PRESET_NETWORKS else _texts(endpoint.aliases)
    found_aliases = set() if wanted.name in DEFAULT_PRESET_NETWORKS else set(found.get('Aliases') or ())
    rules = (
        ('aliases', wanted_aliases, found_aliases - (_own_names(detail) - wanted_aliases)),
        ('links', {f'{name}:{alias}' for name, alias in wanted.links}, set(found.get('Links') or ())),
        ('ipv4_address', plain_address(endpoint.ipv4_address), plain_address(fixed.get('IPv4Address'))),
        ('ipv6_address', plain_address(endpoint.ipv6_address), plain_address(fixed.get('IPv6Address'))),
        ('link_local_ips', _addresses(endpoint.link_local_ips), _addresses(fixed.get('LinkLocalIPs'))),
    )
    found_differences = [
        Difference(item, start + name, _listed(value), _listed(current))
        for name, value, current in rules
        if value != current
    ]
    return [*found_differences, *_shown_differences(item, wanted, found)]


def _shown_differences(item: MapConfigId, wanted: ExpectedEndpoint, found: Detail) -> list[Difference]:
    """Differences of what engines also choose by themselves, and do not show of each container that is stopped."""
    endpoint, start = wanted.endpoint, f'networks.{wanted.name}.'
    address, current = plain_mac_address(endpoint.mac_address), plain_mac_address(found.get('MacAddress'))
    differences = []
    if address and current and address != current:
        name = 'mac_address' if wanted.has_own_mac else f'{start}mac_address'
        differences.append(Difference(item, name, address, current))
    priority = resolve_value(endpoint.gw_priority)
    if 'GwPriority' in found and (priority or 0) != (found['GwPriority'] or 0):
        differences.append(Difference(item, f'{start}gw_priority', priority, found['GwPriority']))
    return differences


def _is_heeded_at_creation(endpoint: NetworkEndpoint) -> bool:
    """Whether an engine may leave out a setting where a container is connected later."""
    return endpoint.mac_address is not None


def _endpoint_difference(item: MapConfigId, name: str, known: str | None, found: Detail) -> list[Difference]:
    """Another connection than that which the network knows of, where the engine says both."""
    current = found.get('EndpointID')
    differs = known and current and known != current
    return [Difference(item, f'networks.{name}.endpoint', known, current)] if differs else []


def _is_member(detail: Detail, network: KnownNetwork | None) -> bool:
    return network is not None and detail.get('Id') in network.endpoints


def _endpoint_id(detail: Detail, network: KnownNetwork | None) -> str | None:
    return None if network is None else network.endpoints.get(detail.get('Id', ''))


def _own_names(detail: Detail) -> set[str]:
    """Names that engines add to the configured aliases."""
    host_name = (detail.get('Config') or {}).get('Hostname', '')
    return {detail.get('Id', '')[:12], detail.get('Name', '').removeprefix('/'), host_name}


def _fixed_addresses(endpoint: NetworkEndpoint, found: Detail) -> Detail:
    """The addresses that were asked for. Podman, which has no ids of endpoints, shows only those that there are."""
    asked_for: Detail = found.get('IPAMConfig') or {}
    if asked_for or found.get('EndpointID'):
        return asked_for
    return {
        'IPv4Address': endpoint.ipv4_address and found.get('IPAddress'),
        'IPv6Address': endpoint.ipv6_address and found.get('GlobalIPv6Address'),
    }


def _texts(values: Iterable[Any] | None) -> set[str]:
    return {engine_text(value) for value in values or ()}


def _addresses(values: Iterable[Any] | None) -> set[str | None]:
    return {plain_address(value) for value in values or ()}


def _listed(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else value

"""Making a network anew without losing who was in it."""
from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ...docker_api import is_conflict, is_not_found
from ...exceptions import DockerStatusError

if TYPE_CHECKING:
    from . import ActionConfig

log = logging.getLogger(__name__)

_SHORT_ID = 12
_ADDRESSES = ('ipv4_address', 'ipv6_address', 'link_local_ips')


class _Member(NamedTuple):
    container_id: str
    name: str
    settings: dict[str, Any]


class NetworkReset:
    """What has to be put back when a network is replaced, or when it could not be.

    :param reconnects_at_once: Containers are connected as soon as the new network is there, as nothing else will.
    """

    def __init__(self, reconnects_at_once: bool) -> None:
        self.reconnects_at_once = reconnects_at_once
        self.is_prepared = False
        self.is_removed = False
        self._detail: dict[str, Any] = {}
        self._members: list[_Member] = []

    def prepare(self, action: ActionConfig, name: str) -> None:
        """Look at the network, and at all containers that belong to it; stopped ones do, too."""
        self._detail = action.client.inspect_network(_address(action, name, self._detail))
        self._members = list(_members(action, name, self._detail))
        self.is_prepared = True

    def disconnect(self, action: ActionConfig, name: str) -> None:
        """Disconnect the containers that are still connected, so that the network can be removed."""
        for member in self._members:
            try:
                action.client.disconnect_container_from_network(
                    container=member.container_id, net_id=self._detail['Id'])
            except Exception as error:
                log.debug('Container %s was not disconnected from %s: %s', member.name, name, error)

    def reconnect(self, action: ActionConfig, name: str) -> None:
        """Connect all containers again, as they were.

        :raises DockerStatusError: One could not be connected. The others are.
        """
        failures = [failure for failure in (_connect(action, name, member) for member in self._members) if failure]
        self._members = []
        if failures:
            raise DockerStatusError(f'Network {name} was made anew, but not all containers could be connected with it '
                                    f'again: {"; ".join(failures)}', None)

    def undo(self, action: ActionConfig, name: str) -> str | None:
        """Put back what was there; return the id of the network if it had to be made again."""
        network_id = None
        try:
            if self.is_removed:
                network_id = action.client.create_network(**_create_kwargs(self._detail))['Id']
                log.warning('The new network %s on client %s could not be made; the former one is there again.', name,
                            action.client_name)
            self.reconnect(action, name)
        except Exception as error:
            log.error('Network %s on client %s could not be put back as it was: %s', name, action.client_name, error)
        return network_id


def _address(action: ActionConfig, name: str, detail: Mapping[str, Any]) -> str:
    found: str = detail.get('Id') or name
    return found


def _members(action: ActionConfig, name: str, detail: Mapping[str, Any]) -> Iterator[_Member]:
    for container_id in _member_ids(action, name, detail):
        try:
            container = action.client.inspect_container(container_id)
        except Exception as error:
            if is_not_found(error):
                continue
            raise
        endpoint = (container['NetworkSettings'].get('Networks') or {}).get(name)
        if endpoint is not None:
            yield _Member(container_id, container['Name'].removeprefix('/'), _connect_settings(container_id, endpoint))


def _member_ids(action: ActionConfig, name: str, detail: Mapping[str, Any]) -> list[str]:
    ids = dict.fromkeys(detail.get('Containers') or {})
    for container in action.client.containers(all=True):
        networks = (container.get('NetworkSettings') or {}).get('Networks') or {}
        if name in networks and networks[name].get('NetworkID') in ('', None, detail['Id']):
            ids[container['Id']] = None
    return list(ids)


def _connect_settings(container_id: str, endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for connecting a container as its endpoint says; what the engine chose by itself is left to it."""
    ipam = endpoint.get('IPAMConfig') or {}
    settings = {
        'ipv4_address': ipam.get('IPv4Address'),
        'ipv6_address': ipam.get('IPv6Address'),
        'link_local_ips': ipam.get('LinkLocalIPs'),
        'aliases': [alias for alias in endpoint.get('Aliases') or () if alias != container_id[:_SHORT_ID]],
        'links': [tuple(link.split(':', 1)) for link in endpoint.get('Links') or ()],
        'driver_opt': endpoint.get('DriverOpts'),
    }
    return {key: value for key, value in settings.items() if value}


def _connect(action: ActionConfig, name: str, member: _Member) -> str | None:
    """Connect a container; return what went wrong, if anything."""
    without_address = {key: value for key, value in member.settings.items() if key not in _ADDRESSES}
    try:
        _connect_with(action, name, member, member.settings)
    except Exception as error:
        if is_not_found(error) or is_conflict(error) or 'already exists' in str(error):
            log.info('Container %s was not connected with %s again: %s', member.name, name, error)
            return None
        if without_address == member.settings:
            return f'{member.name} ({error})'
        try:
            _connect_with(action, name, member, without_address)
        except Exception as second_error:
            return f'{member.name} ({second_error})'
        log.warning('Container %s got another address in %s: %s', member.name, name, error)
    return None


def _connect_with(action: ActionConfig, name: str, member: _Member, settings: Mapping[str, Any]) -> None:
    action.client.connect_container_to_network(container=member.container_id, net_id=name, **settings)


def _create_kwargs(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that make a network as an inspection shows it."""
    ipam = detail.get('IPAM') or {}
    kwargs = {
        'name': detail['Name'],
        'driver': detail['Driver'],
        'options': dict(detail.get('Options') or {}),
        'ipam': {'Driver': ipam.get('Driver') or 'default', 'Options': ipam.get('Options') or {},
                 'Config': [_pool(pool) for pool in ipam.get('Config') or ()]},
        'internal': bool(detail.get('Internal')),
        'enable_ipv6': bool(detail.get('EnableIPv6')),
        'labels': dict(detail.get('Labels') or {}),
    }
    if detail.get('Attachable'):
        kwargs['attachable'] = True
    return kwargs


def _pool(pool: Mapping[str, Any]) -> dict[str, Any]:
    """An address pool; engines show gateways of IPv6 with the length of the prefix, but do not accept that."""
    gateway = str(pool.get('Gateway') or '').partition('/')[0]
    found = {**pool, 'Gateway': gateway}
    return {key: value for key, value in found.items() if value}

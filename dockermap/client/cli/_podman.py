"""What ``podman`` prints in another form than its Docker API answers."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

__all__ = ['container_of_podman', 'image_of_podman', 'network_of_podman']

_OWN_ANNOTATIONS = ('io.container.', 'io.podman.', 'org.opencontainers.image.stopSignal', 'org.systemd.property.')


def container_of_podman(found: Mapping[str, Any]) -> dict[str, Any]:
    """A container as the API describes it, without the annotations that Podman adds to each one."""
    host = dict(found.get('HostConfig') or {})
    annotations = host.get('Annotations') or {}
    host['Annotations'] = {key: text for key, text in annotations.items() if not key.startswith(_OWN_ANNOTATIONS)}
    return {**found, 'Name': f'/{found["Name"]}', 'Image': _with_kind(found['Image']), 'HostConfig': host}


def image_of_podman(found: Mapping[str, Any]) -> dict[str, Any]:
    """An image as the API describes it."""
    return {**found, 'Id': _with_kind(found['Id'])}


def _with_kind(image_id: str) -> str:
    return f'sha256:{image_id.removeprefix("sha256:")}'


def network_of_podman(found: Mapping[str, Any]) -> dict[str, Any]:
    """A network as the API describes it; Podman gives no ids of endpoints there, either."""
    return {
        'Name': found['name'],
        'Id': found['id'],
        'Created': found.get('created', ''),
        'Scope': 'local',
        'Driver': found.get('driver', ''),
        'EnableIPv6': bool(found.get('ipv6_enabled')),
        'Internal': bool(found.get('internal')),
        'Attachable': False,
        'Ingress': False,
        'IPAM': {'Driver': 'default', 'Options': {}, 'Config': [_pool(pool) for pool in found.get('subnets') or ()]},
        'Options': dict(found.get('options') or {}),
        'Labels': dict(found.get('labels') or {}),
        'Containers': {key: _endpoint(value) for key, value in (found.get('containers') or {}).items()},
    }


def _pool(pool: Mapping[str, Any]) -> dict[str, str]:
    shown = {'Subnet': pool['subnet'], 'Gateway': pool.get('gateway'), 'IPRange': _range(pool.get('lease_range') or {})}
    return {key: value for key, value in shown.items() if value}


def _range(lease: Mapping[str, str]) -> str | None:
    """Podman leaves out the first address of a range, as it does that of a subnet."""
    if not lease.get('start_ip') or not lease.get('end_ip'):
        return None
    first, last = ipaddress.ip_address(lease['start_ip']) - 1, ipaddress.ip_address(lease['end_ip'])
    networks = list(ipaddress.summarize_address_range(first, last))
    return str(networks[0]) if len(networks) == 1 else None


def _endpoint(container: Mapping[str, Any]) -> dict[str, str]:
    interfaces = list((container.get('interfaces') or {}).values())
    addresses = [subnet['ipnet'] for interface in interfaces for subnet in interface.get('subnets') or ()]
    by_version = {ipaddress.ip_interface(address).version: address for address in reversed(addresses)}
    return {
        'Name': container.get('name', ''),
        'EndpointID': '',
        'MacAddress': next((interface.get('mac_address', '') for interface in interfaces), ''),
        'IPv4Address': by_version.get(4, ''),
        'IPv6Address': by_version.get(6, ''),
    }

"""What this library makes of Compose files is what Compose makes of them: processes, networks, mounts, environment and
ports of all containers, and the same settings; but for names and labels.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from dockermap.api import MappingDockerClient
from tests.corpus.cases import CASES, case

BROUGHT_UP = [found for found in CASES if found.is_brought_up]
FEW = frozenset(('web-db-cache', 'elk', 'nextcloud', 'replicas'))
"""Those that are looked at in each run."""

#: What follows from names, or is only there to be looked at.
LEFT_OUT = {
    'Config': {'Hostname', 'Image', 'Labels', 'Volumes', 'AttachStdout', 'AttachStderr', 'AttachStdin', 'StdinOnce'},
    'HostConfig': {'NetworkMode', 'Binds', 'Mounts', 'ContainerIDFile', 'ConsoleSize', 'Links', 'PortBindings'},
}


def without_nothing(value: Any) -> Any:
    """A value where what says nothing is left out."""
    if isinstance(value, dict):
        found = {name: without_nothing(member) for name, member in value.items()}
        return {name: member for name, member in found.items() if member not in (None, '', [], {}, 0, False)}
    return [without_nothing(member) for member in value] if isinstance(value, list) else value


def described(api: docker.APIClient, project: str, volumes: dict[str, str]) -> dict[str, Any]:
    """All containers of a project by service and number."""
    found = {}
    for row in api.containers(all=True):
        detail = api.inspect_container(row['Id'])
        labels = detail['Config']['Labels']
        if labels.get('com.docker.compose.project') == project:
            key = f'{labels["com.docker.compose.service"]}.{labels["com.docker.compose.container-number"]}'
        elif labels.get('org.docker-map.map') == project:
            name = labels['org.docker-map.item'].removeprefix('container:')
            key = name if '.' in name else f'{name}.1'
        else:
            continue
        found[key] = container(detail, project, volumes)
        # Of a range, the engine chooses which container gets which port.
        service = key.rpartition('.')[0]
        found.setdefault(f'ports of {service}', []).extend(published(detail))
    return {name: sorted(value) if isinstance(value, list) else value for name, value in found.items()}


def published(detail: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for port, bindings in (detail['NetworkSettings']['Ports'] or {}).items():
        for binding in bindings or ():
            yield port, binding['HostIp'], binding['HostPort']


def described_networks(api: docker.APIClient, project: str) -> dict[str, Any]:
    """All networks of a project, as far as somebody has said how they are."""
    found = {}
    for row in api.networks():
        labels = row['Labels'] or {}
        if project in (labels.get('com.docker.compose.project'), labels.get('org.docker-map.map')):
            said = ('Driver', 'Internal', 'Attachable', 'EnableIPv6', 'Options')
            found[plain(row['Name'], project)] = {name: row[name] or None for name in said}
    return found


def container(detail: dict[str, Any], project: str, volumes: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        part: without_nothing({name: value for name, value in detail[part].items() if name not in left_out})
        for part, left_out in LEFT_OUT.items()
    }
    found['Config']['Env'] = sorted(found['Config'].get('Env', ()))
    found['HostConfig']['Ulimits'] = sorted(found['HostConfig'].get('Ulimits', ()), key=str)
    found['process'] = [detail['Path'], *detail['Args']]
    found['mounts'] = sorted(mount(entry, project, volumes) for entry in detail['Mounts'])
    networks = detail['NetworkSettings']['Networks']
    found['networks'] = {plain(name, project): names(endpoint, detail) for name, endpoint in networks.items()}
    return found


def plain(name: str, project: str) -> str:
    return name.removeprefix(f'{project}_').removeprefix(f'{project}.')


def mount(entry: dict[str, Any], project: str, volumes: dict[str, str]) -> tuple[Any, ...]:
    name = plain(entry.get('Name') or '', project)
    if not entry['RW'] and (entry['Source'].startswith('/run/dockermap/') or os.path.isfile(entry['Source'])):
        # A secret or config, which Compose mounts from where it is.
        return entry['Type'], 'a file', entry['Destination'], False
    source = ('' if len(name) == 64 else volumes.get(name, name)) or entry.get('Source', '')
    return entry['Type'], source if len(name) != 64 else '', entry['Destination'], entry['RW']


def names(endpoint: dict[str, Any], detail: dict[str, Any]) -> list[str]:
    """Names in a network that somebody has given."""
    own = {detail['Id'][:12], detail['Name'].removeprefix('/'), detail['Config']['Hostname']}
    return sorted({*(endpoint['Aliases'] or ())} - own)


@pytest.mark.parametrize(
    'given',
    [pytest.param(found, marks=() if found.name in FEW else pytest.mark.full, id=found.name) for found in BROUGHT_UP],
)
def test_containers_are_the_same(given, compose_up, with_stand_ins, clean_engine, engine_url, option_defaults):
    api = clean_engine
    stack = case(with_stand_ins(given.folder))
    shop, host, _ = stack.load()
    external = [name for name, network in shop.networks.items() if network.external]
    created = [api.create_network(name)['Id'] for name in external]
    try:
        with compose_up(stack.files, stack.environ):
            expected = described(api, shop.name, {})
            networks = described_networks(api, shop.name)
        host.base_url = engine_url
        client = MappingDockerClient(shop, host, option_defaults=option_defaults)
        client.update('__all__', wait=True, wait_timeout=60)
        # A volume with the name of a service is called otherwise.
        volumes = {f'{name}-volume': name for name, _ in shop}
        found = described(api, shop.name, volumes)
        assert found.keys() == expected.keys()
        assert described_networks(api, shop.name) == networks
        for name in expected:
            assert found[name] == expected[name], name
        plan = client.plan('update', '__all__')
        assert not plan, plan.text()
        client.shutdown('__all__', remove_networks=True, remove_attached=True)
    finally:
        for network in created:
            api.remove_network(network)

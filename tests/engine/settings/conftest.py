"""A bench for trying one setting after the other on an engine."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import docker
import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.policy.ownership import MAP_LABEL, without_own_labels
from tests.engine.conftest import ReadingClient

ANEW, IN_PLACE, NOTHING = 'anew', 'in place', 'nothing'
_EMPTY = (None, '', 0, False, [], {})
_SAME: dict[str, Any] = {'CpuPeriod': 100_000, 'CpuQuota': -1}


class RecordingClient(ReadingClient):
    """Notes the requests that may change something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changes: list[str] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if method.upper() != 'GET':
            self.changes.append(f'{method} {url}')
        return super().request(method, url, *args, **kwargs)


class Bench:
    """Brings maps with a container ``app`` to an engine, each time as a client that knows nothing of earlier ones."""

    def __init__(self, url: str, prefix: str, image: str) -> None:
        self.prefix, self.image = prefix, image
        self._client = RecordingClient(base_url=url, version='auto', timeout=60)
        self._networks: list[str] = []
        self._ports: set[int] = set()

    @property
    def api(self) -> docker.APIClient:
        """A plain client, to do what others do."""
        return self._client

    def close(self) -> None:
        self._client.close()

    def mapping_client(
        self, content: Mapping[str, Any], features: Mapping[str, Any] | None = None
    ) -> MappingDockerClient:
        configuration = ClientConfiguration(version=self._client.api_version, client=self._client, features=features)
        configuration['stop_timeout'] = 0
        options = {'core_image': self.image, 'base_image': self.image, 'start_grace': 0}
        return MappingDockerClient(ContainerMap(self.prefix, dict(content)), configuration, option_defaults=options)

    def update(
        self, content: Mapping[str, Any], name: Any = 'app', features: Mapping[str, Any] | None = None, **options: Any
    ) -> list[str]:
        """Update, and return the requests that may have changed something."""
        self._client.changes.clear()
        self.mapping_client(content, features).update(name, **options)
        return list(self._client.changes)

    def execute(self, configuration: str, command: str) -> str:
        """What a command in a container writes."""
        created = self._client.exec_create(self.name(configuration), command)
        output: bytes = self._client.exec_start(created['Id'])
        return output.decode()

    def changed_by(self, content: Mapping[str, Any]) -> str:
        """What an update does to the container."""
        before = self.inspect()['Id']
        changes = self.update(content)
        if self.inspect()['Id'] != before:
            return ANEW
        return IN_PLACE if changes else NOTHING

    def differences(self, content: Mapping[str, Any]) -> set[str]:
        """Properties of the container that an update would find different."""
        client = self.mapping_client(content)
        states = client.get_states('update', 'app')
        return {
            difference.property.partition('.')[0]
            for state in states
            for difference in state.differences
            if difference.item.config_name == 'app'
        }

    def name(self, configuration: str) -> str:
        return f'{self.prefix}.{configuration}'

    def inspect(self, configuration: str = 'app') -> dict[str, Any]:
        detail: dict[str, Any] = self._client.inspect_container(self.name(configuration))
        return detail

    def inspect_network(self, configuration: str) -> dict[str, Any]:
        detail: dict[str, Any] = self._client.inspect_network(self.name(configuration))
        return detail

    def inspect_volume(self, alias: str) -> dict[str, Any]:
        detail: dict[str, Any] = self._client.inspect_volume(self.name(alias))
        return detail

    def snapshot(self) -> dict[str, Any]:
        """All that an inspection says of how the container is set up, without what differs from time to time."""
        detail = self.inspect()
        own = {detail['Id'][:12], detail['Config']['Hostname'], detail['Name'].removeprefix('/')}
        labels = without_own_labels(detail['Config']['Labels'] or {})
        networks = detail['NetworkSettings']['Networks'] or {}
        return {
            # Some engines list variables in any order.
            'Config': _told({**detail['Config'], 'Labels': labels, 'Env': sorted(detail['Config']['Env'] or ())}),
            'HostConfig': _told({**detail['HostConfig'], **_plain_host_config(detail['HostConfig'])}),
            'Mounts': sorted(
                (mount['Destination'], mount['Type'], mount['RW'], _plain_source(mount)) for mount in detail['Mounts']
            ),
            'Networks': {
                name: (
                    sorted(set(endpoint['Aliases'] or ()) - own),
                    sorted(endpoint['Links'] or ()),
                    endpoint['IPAMConfig'] or {},
                )
                for name, endpoint in networks.items()
            },
        }

    def network(self, number: int) -> str:
        """Name of a network that is not in the map."""
        name = f'{self.prefix}-net{number}'
        if name not in self._networks:
            self._client.create_network(name, driver='bridge', labels={MAP_LABEL: self.prefix})
            self._networks.append(name)
        return name

    def other_image(self, number: int) -> str:
        """Name of an image with an id of its own."""
        name = f'{self.prefix}-image{number}'
        container = self._client.create_container(self.image, ['true'], labels={'number': str(number)})
        try:
            self._client.commit(container, name)
        finally:
            self._client.remove_container(container)
        return name

    def remove_images(self) -> None:
        """Remove the images made here, and the containers of them."""
        tags = [tag for image in self._client.images() for tag in image['RepoTags'] or ()]
        for tag in filter(lambda name: name.startswith(self.prefix), tags):
            for container in self._client.containers(all=True, filters={'ancestor': tag}):
                self._client.remove_container(container['Id'], force=True, v=True)
            self._client.remove_image(tag)

    def port(self) -> int:
        """A port that nobody uses, each time another one."""
        while True:
            with socket.socket() as probe:
                probe.bind(('127.0.0.1', 0))
                number: int = probe.getsockname()[1]
            if number not in self._ports:
                self._ports.add(number)
                return number


def _told(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value not in _EMPTY and value != _SAME.get(key)}


def _plain_host_config(found: Mapping[str, Any]) -> dict[str, Any]:
    """What says the same in different words; networks are compared by themselves."""
    policy, mode = found['RestartPolicy'], found['NetworkMode']
    separate = mode in ('none', 'host') or mode.startswith('container:')
    restarts = policy['Name'] not in ('', 'no')
    return {'RestartPolicy': policy if restarts else None, 'NetworkMode': mode if separate else None}


def _plain_source(mount: Mapping[str, Any]) -> str:
    name: str = mount.get('Name') or mount['Source']
    return 'anonymous' if len(name) == 64 else name


@pytest.fixture
def bench(engine_url: str, unique: str, base_image: str) -> Iterator[Bench]:
    with contextlib.closing(Bench(engine_url, unique, base_image)) as made:
        yield made
        made.remove_images()

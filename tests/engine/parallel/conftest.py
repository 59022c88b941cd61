from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import docker
import pytest

from dockermap.api import ContainerMap, MappingDockerClient

# Below those from which a connection of anybody gets its own end.
FIRST_PORT = 25100
LOOP = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]


class Stand(NamedTuple):
    """A map on a real engine, and what the engine says of its containers."""

    api: docker.APIClient
    url: str
    name: str
    image: str
    options: dict[str, Any]
    subnet: str
    needs: str

    def front_end(self, content: dict[str, Any], client: Any = None) -> MappingDockerClient:
        """A front end for the input of a map, with a client of its own unless one is given."""
        client = client or docker.APIClient(base_url=self.url, version='auto', timeout=60)
        return MappingDockerClient(ContainerMap(self.name, content), client, option_defaults=self.options)

    def service(self, **settings: Any) -> dict[str, Any]:
        """Settings of a container that runs until it is told to end."""
        return {'image': f'/{self.image}', 'stop_timeout': 1, 'create_options': {'command': LOOP}, **settings}

    def ports(self, links: dict[str, str], stage: str = '', **owned: int) -> dict[str, Any]:
        """Input of a map in which each container publishes the port of its number."""
        containers = {name: self.service(exposes={80: FIRST_PORT + number}) for name, number in owned.items()}
        return {'containers': self._needing(containers, links)}

    def addresses(self, links: dict[str, str], stage: str = '', **owned: int) -> dict[str, Any]:
        """The same for fixed addresses; another stage re-creates the containers."""
        containers = {
            name: self.service(
                networks={'back': {'ipv4_address': f'{self.subnet}.{number + 10}'}},
                create_options={'command': LOOP, 'environment': {'STAGE': stage}},
            )
            for name, number in owned.items()
        }
        ipam = {'Config': [{'Subnet': f'{self.subnet}.0/24'}]}
        networks = {'back': {'create_options': {'ipam': ipam}}}
        return {'containers': self._needing(containers, links), 'networks': networks}

    def published(self) -> dict[str, int]:
        """Numbers of the published ports of running containers, as the engine says."""
        return {
            name: int(detail['NetworkSettings']['Ports']['80/tcp'][0]['HostPort']) - FIRST_PORT
            for name, detail in self.running().items()
        }

    def addressed(self) -> dict[str, int]:
        """Numbers of the addresses of running containers, as the engine says."""
        return {
            name: int(detail['NetworkSettings']['Networks'][f'{self.name}.back']['IPAddress'].rpartition('.')[2]) - 10
            for name, detail in self.running().items()
        }

    def running(self) -> dict[str, Any]:
        """What the engine says of the running containers, by configuration."""
        rows = self.api.containers(filters={'name': f'^/{self.name}\\.'})
        # Links are names, too, such as /a/b.
        names = [name.lstrip('/') for row in rows for name in row['Names'] if name.count('/') == 1]
        return {name.removeprefix(f'{self.name}.'): self.api.inspect_container(name) for name in sorted(names)}

    def left(self) -> list[str]:
        """Names of all containers that there are."""
        return [row['Names'][0] for row in self.api.containers(all=True, filters={'name': f'^/{self.name}\\.'})]

    def _needing(self, containers: dict[str, Any], links: dict[str, str]) -> dict[str, Any]:
        for name, target in links.items():
            if name in containers:
                containers[name][self.needs] = target
        return containers


@pytest.fixture
def stand(
    api: docker.APIClient, engine_url: str, unique: str, base_image: str, option_defaults: dict[str, Any], needs: str
) -> Stand:
    """A map on a real engine."""
    return Stand(api, engine_url, unique, base_image, option_defaults, '10.219.7', needs)


@pytest.fixture
def told(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Shows what the engine said in the test's output."""

    def tell(text: str) -> None:
        with capsys.disabled():
            print(f'\n    {request.node.name}: {text}', end='')

    return tell

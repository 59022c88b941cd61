"""What contract tests do with an engine, of either kind."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import docker
import private_engine as engines
import pytest
from docker.errors import APIError, NotFound

from dockermap.docker_api import version_gte
from dockermap.testing import File, InMemoryEngine, Volume

IMAGE = engines.BASE_IMAGE
FULL_IMAGE = '127.0.0.1:1/dockermap/full:latest'
FULL_OPTIONS: dict[str, Any] = {
    'env': {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'COLOUR': 'green', 'SIZE': 'big'},
    'cmd': ['sleep', '100'],
    'volumes': ['/data', '/empty'],
    'user': 'daemon',
    'exposed_ports': ['80', '53/udp'],
    'labels': {'made-by': 'tests', 'kind': 'full'},
    'working_dir': '/tmp',
    'users': {'root': 0, 'daemon': 1, 'nobody': 65534},
    'groups': {'root': 0, 'daemon': 1, 'nogroup': 65534},
    'files': {
        '/data': File(owner=1, group=1, mode=0o750),
        '/data/index.html': File('welcome', 1, 1, 0o640),
        '/srv': File(owner=65534, group=65534, mode=0o700),
        '/etc/passwd': File('', mode=0o644),
    },
}
FULL_OPTIONS['files']['/etc/passwd'] = File(engines.BASE_FILES['etc/passwd'])
WORDED_AS = '1.41'
"""The API version of Docker Engine 20.10, whose words of errors the tests quote."""
ENDS_AT_TERM = ['sh', '-c', "trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done"]
SUBNET = '10.77.1.0/24'


class OtherWords:
    """What another engine than the quoted one says of an error: its text is not compared, its status is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, quoted: object) -> bool:
        return isinstance(quoted, str)

    def __contains__(self, quoted: str) -> bool:
        return True

    def startswith(self, quoted: str) -> bool:
        return True

    endswith = startswith

    def partition(self, separator: str) -> tuple[Any, str, Any]:
        return self, separator, self

    rpartition = partition

    def __repr__(self) -> str:
        return f'{self.text!r} in other words'


class Lab:
    """An engine, seen through docker-py's methods; names of items get a prefix of the test's own."""

    def __init__(self, client: Any, prefix: str) -> None:
        self.client = client
        self.prefix = prefix

    @property
    def api_version(self) -> str:
        return str(self.client.api_version)

    def speaks(self, version: str) -> bool:
        """Whether the engine has what came with an API version."""
        return bool(version_gte(self.api_version, version))

    def own_aliases(self, *aliases: str) -> list[str]:
        """Aliases that an engine adds to those asked for; from API version 1.45 on, it keeps them apart."""
        return [] if self.speaks('1.45') else list(aliases)

    @property
    def default_mode(self) -> str:
        """What is recorded where no network mode was given."""
        return 'bridge' if self.speaks('1.44') else 'default'

    @property
    def never_restarted(self) -> str:
        """What is recorded where no restart policy was given."""
        return 'no' if self.speaks('1.44') else ''

    @property
    def flavour(self) -> str:
        return 'podman' if any('Podman' in part['Name'] for part in self.client.version()['Components']) else 'docker'

    def name(self, name: str) -> str:
        return f'{self.prefix}-{name}'

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def eventually(self, claim: Callable[[], Any]) -> bool:
        for _ in range(200):
            if claim():
                return True
            self.sleep(0.1)
        return False

    def create(
        self,
        name: str,
        command: Any = 'sleep 100',
        *,
        image: str = IMAGE,
        host: dict[str, Any] | None = None,
        network: str | None = None,
        endpoint: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> str:
        """Create a container in networks of the test."""
        if host is not None:
            arguments['host_config'] = self.client.create_host_config(**host)
        if network is not None:
            arguments['networking_config'] = self.client.create_networking_config(
                {network: self.client.create_endpoint_config(**(endpoint or {}))}
            )
        created: str = self.client.create_container(image, command, name=self.name(name), **arguments)['Id']
        return created

    def run(self, name: str, command: Any = 'sleep 100', **arguments: Any) -> str:
        """Create and start a container."""
        container_id = self.create(name, command, **arguments)
        self.client.start(container_id)
        return container_id

    def finished(self, name: str, command: Any, **arguments: Any) -> str:
        """Run a command, and wait for its end."""
        container_id = self.run(name, command, **arguments)
        self.client.wait(container_id)
        assert self.eventually(lambda: not self.state(name)['Running'])
        return container_id

    def run_until_ready(self, name: str, command: Any = ENDS_AT_TERM, **arguments: Any) -> str:
        """Create and start a container, and wait until it says that it handles signals."""
        container_id = self.run(name, command, **arguments)
        assert self.eventually(lambda: self.client.logs(container_id) == b'ready\n')
        return container_id

    def details(self, name: str) -> dict[str, Any]:
        details: dict[str, Any] = self.client.inspect_container(self.name(name))
        return details

    def state(self, name: str) -> dict[str, Any]:
        state: dict[str, Any] = self.details(name)['State']
        return state

    def status(self, name: str) -> str:
        return str(self.state(name)['Status'])

    def endpoints(self, name: str) -> dict[str, Any]:
        return {
            network.removeprefix(f'{self.prefix}-'): endpoint
            for network, endpoint in self.details(name)['NetworkSettings']['Networks'].items()
        }

    def host(self, name: str) -> dict[str, Any]:
        host: dict[str, Any] = self.details(name)['HostConfig']
        return host

    def network(self, name: str, subnet: str | None = None, **arguments: Any) -> str:
        """Create a network."""
        if subnet:
            arguments['ipam'] = docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet=subnet)])
        network_id: str = self.client.create_network(self.name(name), **arguments)['Id']
        return network_id

    def listed(self, **arguments: Any) -> list[str]:
        """Names of the test's containers in a list."""
        return [
            row['Names'][0].removeprefix(f'/{self.prefix}-')
            for row in self.client.containers(**arguments)
            if row['Names'][0].startswith(f'/{self.prefix}-')
        ]

    def exists(self, name: str) -> bool:
        return name in self.listed(all=True)

    def refused(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, Any]:
        """Status code and text of an error, with the prefix taken away and ids made equal.

        The texts are those of Docker Engine 20.10; an engine of another API version says the same in other words.
        """
        with pytest.raises(APIError) as caught:
            call(*args, **kwargs)
        text = re.sub(r'\b[0-9a-f]{64}\b', '<id>', str(caught.value.explanation))
        assert caught.value.response is not None
        text = text.replace(f'{self.prefix}-', '')
        return caught.value.response.status_code, text if self.api_version == WORDED_AS else OtherWords(text)

    def owner_and_mode(self, volume: str, path: str = '/') -> tuple[int, int, str]:
        """Owner, group and mode of a file in a volume."""
        raise NotImplementedError

    def write(self, container: str, directory: str) -> None:
        """Write a file ``kept`` to the volume at a path of a running container; names are those of the engine."""
        raise NotImplementedError

    def has_file(self, container: str, directory: str) -> bool:
        """Whether it is there."""
        raise NotImplementedError


class MemoryLab(Lab):
    """The engine in memory."""

    def __init__(self, engine: InMemoryEngine, prefix: str) -> None:
        super().__init__(engine.client(), prefix)
        self.engine = engine

    def sleep(self, seconds: float) -> None:
        self.engine.clock.sleep(seconds)

    def owner_and_mode(self, volume: str, path: str = '/') -> tuple[int, int, str]:
        file = self.engine.volume(volume).files[path]
        return file.owner, file.group, f'{file.mode:o}'

    def write(self, container: str, directory: str) -> None:
        self._volume(container, directory).files.write('/kept', File('data'))

    def has_file(self, container: str, directory: str) -> bool:
        return '/kept' in self._volume(container, directory).files

    def _volume(self, container: str, directory: str) -> Volume:
        mounts = self.client.inspect_container(container)['Mounts']
        (name,) = (mount['Name'] for mount in mounts if mount['Destination'] == directory)
        return self.engine.volume(name)


class EngineLab(Lab):
    """A Docker Engine."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def owner_and_mode(self, volume: str, path: str = '/') -> tuple[int, int, str]:
        host = self.client.create_host_config(binds=[f'{volume}:/looked-at'])
        container = self.client.create_container(
            IMAGE, ['stat', '-c', '%u %g %a', f'/looked-at{path}'], host_config=host
        )['Id']
        self.client.start(container)
        self.client.wait(container)
        owner, group, mode = self.client.logs(container).decode().split()
        self.client.remove_container(container)
        return int(owner), int(group), mode

    def write(self, container: str, directory: str) -> None:
        created = self.client.exec_create(container, ['touch', f'{directory}/kept'])['Id']
        self.client.exec_start(created)

    def has_file(self, container: str, directory: str) -> bool:
        try:
            chunks, _ = self.client.get_archive(container, f'{directory}/kept')
        except NotFound:
            return False
        return bool(list(chunks))

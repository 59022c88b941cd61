"""Secrets and configs of containers on a Docker Engine: files that its host has, and that containers can read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import docker
import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.client.cli import DockerCliClient

HIDDEN = 'hunter2-xyzzy'
SERVING = ['sh', '-c', 'trap "exit 0" TERM; trap "exit 3" USR1; while :; do sleep 0.1; done']


class Host:
    """A directory of the engine's host, as containers see it."""

    def __init__(self, api: docker.APIClient, image: str, name: str) -> None:
        self.directory = f'/run/{name}'
        self._api = api
        self._image = image
        self._name = f'{name}-look'

    def run(self, command: str) -> str:
        """What a shell command puts out that finds ``/run`` of the host at ``/host``."""
        host_config = self._api.create_host_config(binds=['/run:/host'])
        container = self._api.create_container(
            self._image, ['sh', '-c', command], name=self._name, host_config=host_config
        )
        self._api.start(container)
        self._api.wait(container)
        output: bytes = self._api.logs(container)
        self._api.remove_container(container)
        return output.decode()

    @property
    def path(self) -> str:
        return self.directory.replace('/run', '/host', 1)

    def files(self) -> list[str]:
        """Names of all files, without the digests."""
        lines = self.run(f'find {self.path} -type f 2>/dev/null').splitlines()
        return sorted(line.removeprefix(f'{self.path}/').rpartition('-')[0] for line in lines)

    def remove(self) -> None:
        """What a restart of the host does to what is in memory."""
        self.run(f'rm -rf {self.path}')


@pytest.fixture
def host(api: docker.APIClient, base_image: str, unique: str) -> Any:
    found = Host(api, base_image, unique)
    yield found
    found.remove()


@pytest.fixture
def make_client(base_image: str, unique: str, host: Host, option_defaults: dict[str, Any]) -> Callable[..., Any]:
    def make(client: Any, secret: str = HIDDEN) -> MappingDockerClient:
        web = {
            'image': base_image,
            'secrets': {'password': {'text': secret, 'user': 65534, 'mode': '0400'}},
            'configs': {'site.conf': {'text': 'a=1\n', 'path': '/etc/app/site.conf'}},
            'create_options': {'command': SERVING},
            'host_config': {'restart_policy': {'Name': 'on-failure'}},
            'stop_timeout': 1,
        }
        configuration = ClientConfiguration(client=client, version='auto', files_directory=host.directory)
        return MappingDockerClient(ContainerMap(unique, {'web': web}), configuration, option_defaults=option_defaults)

    return make


def output(api: docker.APIClient, container: str, command: str) -> str:
    found: bytes = api.exec_start(api.exec_create(container, ['sh', '-c', command])['Id'])
    return found.decode()


def has_been_restarted(api: docker.APIClient, name: str) -> bool:
    detail = api.inspect_container(name)
    return detail['RestartCount'] == 1 and detail['State']['Running'] and not detail['State']['Restarting']


def test_files_are_there_to_be_read_through_restarts_changes_and_a_lost_directory(
    api: docker.APIClient,
    make_client: Callable[..., Any],
    unique: str,
    host: Host,
    eventually: Callable[[Callable[[], Any]], bool],
) -> None:
    name = f'{unique}.web'
    make_client(api).update('web')
    looking = 'stat -c "%u %g %a" /run/secrets/password /etc/app/site.conf; cat /run/secrets/password'
    assert output(api, name, looking) == f'65534 0 400\n0 0 444\n{HIDDEN}'
    assert 'Read-only' in output(api, name, 'echo x > /run/secrets/password')
    assert HIDDEN not in json.dumps(api.inspect_container(name))
    assert host.run(f'stat -c "%u %a" {host.path}/{name}') == '0 700\n'

    started = api.inspect_container(name)
    output(api, name, 'kill -USR1 1')
    assert eventually(lambda: has_been_restarted(api, name))
    assert output(api, name, 'cat /run/secrets/password') == HIDDEN

    assert make_client(api).plan('update', 'web').operations == ()
    client = make_client(api, 'another')
    assert 'secret password differs' in client.plan('update', 'web').text()
    client.update('web')
    changed = api.inspect_container(name)
    assert changed['Id'] != started['Id']
    assert output(api, name, 'cat /run/secrets/password') == 'another'
    assert host.files() == [f'{name}/password', f'{name}/site.conf']

    client.stop('web')
    host.remove()
    client.start('web')
    assert api.inspect_container(name)['Id'] == changed['Id']
    assert output(api, name, 'cat /run/secrets/password') == 'another'

    client.shutdown('web')
    assert host.files() == []
    assert not [row for row in api.containers(all=True) if row['Names'][0].startswith(f'/{unique}')]


def test_a_client_that_runs_commands_puts_them_there_too(
    api: docker.APIClient, make_client: Callable[..., Any], unique: str, host: Host, engine_url: str
) -> None:
    lines: list[str] = []

    def run(command: str, input: bytes | None = None) -> str:
        lines.append(command)
        return subprocess.run(['/bin/sh', '-c', command], check=True, input=input, capture_output=True).stdout.decode()

    client = make_client(DockerCliClient(run, base_url=engine_url))
    client.update('web')
    assert output(api, f'{unique}.web', 'stat -c %u /run/secrets/password; cat /run/secrets/password') == (
        f'65534\n{HIDDEN}'
    )
    assert not [line for line in lines if HIDDEN in line]
    assert client.plan('update', 'web').operations == ()
    client.shutdown('web')
    assert host.files() == []

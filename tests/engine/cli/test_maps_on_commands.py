"""A map is brought up, updated and taken down by a client that runs commands, as by the SDK's client."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import docker
import pytest

from dockermap.client.cli import DockerCliClient
from dockermap.map.client import MappingDockerClient
from dockermap.map.config.main import ContainerMap

WAITING = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done']
CHANGING = re.compile(r' (create|start|stop|restart|rm|rmi|update|exec|kill|rename|connect|disconnect)( |$)')


class Recorder:
    """Runs commands by a shell, and keeps those that change something."""

    def __init__(self, shell: Callable[..., str]) -> None:
        self.shell = shell
        self.changing: list[str] = []

    def __call__(self, command: str, input: bytes | None = None) -> str:
        if CHANGING.search(command.partition(' -H ')[2].partition(' --')[0] + ' '):
            self.changing.append(command)
        return self.shell(command, input)


@pytest.fixture
def recorder(shell: Callable[..., str]) -> Recorder:
    return Recorder(shell)


@pytest.fixture
def client(recorder: Recorder, docker_bin: str, engine_url: str) -> DockerCliClient:
    return DockerCliClient(recorder, default_bin=docker_bin, base_url=engine_url)


def a_map(name: str, image: str, needs: str, **settings: Any) -> ContainerMap:
    """A server with a socket volume, and an application that needs it, in a network."""
    return ContainerMap(
        name,
        {
            'db': {
                'image': image,
                'attaches': 'socket',
                'user': '65534:65534',
                'permissions': 'u=rwX,g=rX,o=',
                'networks': 'net',
                'stop_timeout': 2,
                'create_options': {'command': WAITING, 'environment': {'A': 'b $c'}},
                'exec_commands': [['touch /var/socket/made', 'nobody', 'initial']],
            },
            'app': {
                'image': image,
                'uses': 'socket',
                'binds': [['/mnt/usr', '/usr', True]],
                'networks': {'net': {'aliases': 'front'}},
                needs: 'db',
                'exposes': [80],
                'stop_timeout': 2,
                'create_options': {'command': WAITING, 'labels': {'x': settings.get('label', 'y z')}},
                'host_config': {'mem_limit': settings.get('memory', '64m'), 'cap_drop': ['CHOWN']},
            },
            'networks': {'net': {'internal': True, 'driver_options': {'com.docker.network.driver.mtu': 1400}}},
            'volumes': {'socket': {'default_path': '/var/socket', 'create_options': {'labels': {'k': 'v'}}}},
        },
        check_integrity=True,
    )


@pytest.fixture
def new_map(unique: str, base_image: str, needs: str) -> Callable[..., ContainerMap]:
    return partial(a_map, unique, base_image, needs)


def mapping_client(container_map: ContainerMap, client: Any, options: dict[str, Any]) -> MappingDockerClient:
    return MappingDockerClient(container_map, client, option_defaults=options)


def states(api: docker.APIClient, prefix: str) -> dict[str, str]:
    return {
        container['Names'][0].lstrip('/').removeprefix(f'{prefix}.'): container['State']
        for container in api.containers(all=True, filters={'name': prefix})
    }


def test_a_map_is_brought_up_and_taken_down(
    client: DockerCliClient,
    api: docker.APIClient,
    unique: str,
    new_map: Callable[..., ContainerMap],
    option_defaults: dict[str, Any],
) -> None:
    maps = mapping_client(new_map(), client, option_defaults)
    maps.startup('app')
    assert states(api, unique) == {'app': 'running', 'db': 'running'}
    app = api.inspect_container(f'{unique}.app')
    assert app['Config']['Labels']['x'] == 'y z'
    assert app['HostConfig']['Memory'] == 64 << 20
    assert 'front' in app['NetworkSettings']['Networks'][f'{unique}.net']['Aliases']
    assert {mount['Destination']: mount['RW'] for mount in app['Mounts']} == {'/var/socket': True, '/mnt/usr': False}
    assert 'A=b $c' in api.inspect_container(f'{unique}.db')['Config']['Env']
    look = api.exec_create(f'{unique}.db', ['stat', '-c', '%U %A %n', '/var/socket', '/var/socket/made'])
    assert api.exec_start(look['Id']).decode().splitlines() == [
        'nobody drwxr-x--- /var/socket',
        'nobody -rw-r--r-- /var/socket/made',
    ]
    options = api.inspect_network(f'{unique}.net')['Options']
    # Podman shows them without the prefix.
    assert {key.removeprefix('com.docker.network.driver.'): value for key, value in options.items()} == {'mtu': '1400'}
    maps.shutdown('db')
    assert states(api, unique) == {}


def test_a_second_update_changes_nothing(
    client: DockerCliClient,
    recorder: Recorder,
    api: docker.APIClient,
    unique: str,
    new_map: Callable[..., ContainerMap],
    option_defaults: dict[str, Any],
) -> None:
    mapping_client(new_map(), client, option_defaults).update('app')
    assert states(api, unique) == {'app': 'running', 'db': 'running'}
    assert recorder.changing
    recorder.changing.clear()
    mapping_client(new_map(), client, option_defaults).update('app')
    assert recorder.changing == []


def test_the_client_of_the_sdk_finds_nothing_to_update(
    client: DockerCliClient,
    api: docker.APIClient,
    unique: str,
    new_map: Callable[..., ContainerMap],
    option_defaults: dict[str, Any],
) -> None:
    mapping_client(new_map(), client, option_defaults).update('app')
    before = {name: api.inspect_container(f'{unique}.{name}')['State']['StartedAt'] for name in ('app', 'db')}
    mapping_client(new_map(), api, option_defaults).update('app')
    assert {name: api.inspect_container(f'{unique}.{name}')['State']['StartedAt'] for name in ('app', 'db')} == before


@pytest.mark.parametrize('change', [{'label': 'other'}, {'memory': '128m'}])
def test_a_change_reaches_the_container(
    client: DockerCliClient,
    api: docker.APIClient,
    unique: str,
    new_map: Callable[..., ContainerMap],
    option_defaults: dict[str, Any],
    change: dict[str, Any],
) -> None:
    mapping_client(new_map(), client, option_defaults).update('app')
    mapping_client(new_map(**change), client, option_defaults).update('app')
    app = api.inspect_container(f'{unique}.app')
    assert states(api, unique) == {'app': 'running', 'db': 'running'}
    assert app['Config']['Labels']['x'] == change.get('label', 'y z')
    assert app['HostConfig']['Memory'] == (128 << 20 if 'memory' in change else 64 << 20)


def test_a_container_removed_by_hand_is_made_again(
    client: DockerCliClient,
    api: docker.APIClient,
    unique: str,
    new_map: Callable[..., ContainerMap],
    option_defaults: dict[str, Any],
) -> None:
    maps = mapping_client(new_map(), client, option_defaults)
    maps.startup('app')
    api.remove_container(f'{unique}.app', force=True)
    maps.startup('app')
    assert states(api, unique) == {'app': 'running', 'db': 'running'}


def test_a_script_runs(client: DockerCliClient, unique: str, base_image: str, option_defaults: dict[str, Any]) -> None:
    maps = mapping_client(ContainerMap(unique, {'tool': {'image': base_image}}), client, option_defaults)
    results = maps.run_script('tool', entrypoint='/bin/sh', command_format=['-c', 'echo "$0"; exit 3', 'a $b'])
    assert 'exit_code' in str(results)
    assert r'a $b\n' in str(results)

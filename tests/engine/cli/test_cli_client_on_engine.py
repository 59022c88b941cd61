"""The client that works by commands does and answers what the SDK's client does."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import docker
import docker.types
import private_engine as engines
import pytest
from docker.types import HostConfig, NetworkingConfig

from dockermap.client.cli import DockerCliClient
from dockermap.docker_api import is_conflict, is_not_found, is_timeout, is_unreachable

from .conftest import first_process

WAITING = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done']


@pytest.fixture
def running(api: docker.APIClient, unique: str, base_image: str) -> str:
    """Name of a container that runs until it is told to end."""
    api.create_container(base_image, WAITING, name=unique)
    api.start(unique)
    return unique


def test_a_container_goes_through_its_life(
    cli_client: DockerCliClient, api: docker.APIClient, unique: str, base_image: str
) -> None:
    created = cli_client.create_container(
        image=base_image,
        command='sh -c "echo $A; exit 3"',
        name=unique,
        environment={'A': '$HOME "x"'},
        user=None,
        ports=[],
        host_config=HostConfig(version=cli_client.api_version, binds=[], port_bindings={}, links=[], volumes_from=[]),
    )
    assert created['Id'] == api.inspect_container(unique)['Id']
    assert f'/{unique}' in [name for found in cli_client.containers(all=True) for name in found['Names']]
    assert created['Id'] not in [found['Id'] for found in cli_client.containers()]
    cli_client.start(unique)
    assert cli_client.wait(unique)['StatusCode'] == 3
    assert cli_client.logs(unique, tail='all', timestamps=False) == b'$HOME "x"\n'
    assert cli_client.inspect_container(unique)['State']['ExitCode'] == 3
    cli_client.rename(unique, f'{unique}.new')
    cli_client.remove_container(container=f'{unique}.new')
    assert api.containers(all=True, filters={'id': created['Id']}) == []


def test_a_container_is_stopped_restarted_killed_and_changed(
    cli_client: DockerCliClient, api: docker.APIClient, running: str, eventually: Any
) -> None:
    cli_client.restart(container=running, timeout=1)
    assert api.inspect_container(running)['State']['Running'] is True
    # Right after the start, it is still the engine that turns into the command.
    assert eventually(lambda: 'trap' in first_process(api.top(running, '-o pid,ppid,args'))[2])
    wanted = api.top(running, '-o pid,ppid,args')
    found = cli_client.top(running, ps_args='-o pid,ppid,args')
    assert (found['Titles'], first_process(found)) == (wanted['Titles'], first_process(wanted))
    cli_client.update_container(container=running, mem_limit=64 << 20, memswap_limit=-1, restart_policy={'Name': 'no'})
    assert api.inspect_container(running)['HostConfig']['Memory'] == 64 << 20
    cli_client.stop(container=running, timeout=2)
    assert api.inspect_container(running)['State']['Status'] == 'exited'
    cli_client.start(container=running)
    cli_client.kill(running, signal='SIGKILL')
    assert cli_client.wait(container=running, timeout=10)['StatusCode'] == 137


def test_networks_and_volumes_go_through_their_life(
    cli_client: DockerCliClient, api: docker.APIClient, running: str
) -> None:
    network, volume = f'{running}.n', f'{running}.v'
    created = cli_client.create_network(name=network, driver='bridge', options={}, internal=True)
    assert created['Id'] == api.inspect_network(network)['Id'] == cli_client.inspect_network(network)['Id']
    assert (network, created['Id']) in [(found['Name'], found['Id']) for found in cli_client.networks()]
    cli_client.connect_container_to_network(container=running, net_id=network, aliases=['a'], ipv4_address=None)
    assert 'a' in api.inspect_container(running)['NetworkSettings']['Networks'][network]['Aliases']
    cli_client.disconnect_container_from_network(container=running, net_id=network)
    cli_client.remove_network(net_id=network)
    assert api.networks(names=[network]) == []
    cli_client.create_volume(name=volume, driver='local', labels={'a': 'b'})
    assert volume in [found['Name'] for found in cli_client.volumes()['Volumes']]
    assert cli_client.inspect_volume(volume)['Labels'] == api.inspect_volume(volume)['Labels'] == {'a': 'b'}
    cli_client.remove_volume(name=volume)
    assert volume not in [found['Name'] for found in api.volumes()['Volumes'] or ()]


def test_a_container_starts_in_its_first_network(
    cli_client: DockerCliClient, api: docker.APIClient, unique: str, base_image: str
) -> None:
    cli_client.create_network(name=f'{unique}.n', internal=True)
    endpoint = docker.types.EndpointConfig(cli_client.api_version, aliases=['x'])
    cli_client.create_container(
        base_image,
        WAITING,
        name=unique,
        networking_config=NetworkingConfig({f'{unique}.n': endpoint}),
        host_config=HostConfig(version=cli_client.api_version, binds=[f'{unique}.v:/v:rw']),
    )
    cli_client.start(unique)
    found = api.inspect_container(unique)
    assert 'x' in found['NetworkSettings']['Networks'][f'{unique}.n']['Aliases']
    assert found['Mounts'][0]['Name'] == f'{unique}.v'


def ended(client: DockerCliClient, exec_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while client.exec_inspect(exec_id)['Running'] and time.monotonic() < deadline:
        time.sleep(0.05)
    return client.exec_inspect(exec_id)


@pytest.mark.parametrize('code', [0, 3])
def test_a_detached_command_tells_its_exit_code(cli_client: DockerCliClient, running: str, code: int) -> None:
    created = cli_client.exec_create(container=running, cmd=['sh', '-c', f'sleep 0.3; exit {code}'], user='nobody')
    cli_client.exec_start(exec_id=created['Id'], detach=True)
    found = ended(cli_client, created['Id'])
    assert (found['Running'], found['ExitCode']) == (False, code)


def test_a_detached_command_that_goes_on_is_running(cli_client: DockerCliClient, running: str) -> None:
    created = cli_client.exec_create(running, 'sleep 60')
    cli_client.exec_start(created['Id'], detach=True)
    assert cli_client.exec_inspect(created['Id'])['Running'] is True


def test_commands_with_equal_text_are_told_apart(cli_client: DockerCliClient, running: str) -> None:
    command = ['sh', '-c', 'test -f /tmp/x && exit 5; touch /tmp/x; exit 4']
    codes = []
    for _ in range(2):
        created = cli_client.exec_create(running, command)
        cli_client.exec_start(created['Id'], detach=True)
        codes.append(ended(cli_client, created['Id'])['ExitCode'])
    assert codes == [4, 5]


@pytest.mark.parametrize('code', [0, 3])
def test_an_attached_command_returns_its_output_and_tells_its_exit_code(
    cli_client: DockerCliClient, running: str, code: int
) -> None:
    created = cli_client.exec_create(running, ['sh', '-c', f'echo out; echo err >&2; exit {code}'])
    assert sorted(cli_client.exec_start(created['Id']).splitlines()) == [b'err', b'out']
    assert cli_client.exec_inspect(created['Id'])['ExitCode'] == code


def test_a_command_that_cannot_start_is_an_error(cli_client: DockerCliClient, running: str) -> None:
    created = cli_client.exec_create(running, ['no-such-program'])
    with pytest.raises(docker.errors.APIError, match='no-such-program'):
        cli_client.exec_start(created['Id'], detach=True)


def run_in(client: Any, container: str) -> None:
    client.exec_start(client.exec_create(container, 'x')['Id'])


SITUATIONS: dict[str, Callable[[Any, str, str], Any]] = {
    'inspect a missing container': lambda c, name, image: c.inspect_container(f'{name}.none'),
    'inspect a missing network': lambda c, name, image: c.inspect_network(f'{name}.none'),
    'inspect a missing volume': lambda c, name, image: c.inspect_volume(f'{name}.none'),
    'inspect a missing image': lambda c, name, image: c.inspect_image(f'127.0.0.1:1/{name}'),
    'start a missing container': lambda c, name, image: c.start(f'{name}.none'),
    'stop a missing container': lambda c, name, image: c.stop(f'{name}.none'),
    'restart a missing container': lambda c, name, image: c.restart(f'{name}.none'),
    'kill a missing container': lambda c, name, image: c.kill(f'{name}.none'),
    'kill a stopped container': lambda c, name, image: c.kill(f'{name}.stopped'),
    'wait for a missing container': lambda c, name, image: c.wait(f'{name}.none'),
    'logs of a missing container': lambda c, name, image: c.logs(f'{name}.none'),
    'top of a stopped container': lambda c, name, image: c.top(f'{name}.stopped'),
    'update a missing container': lambda c, name, image: c.update_container(f'{name}.none', cpu_shares=5),
    'rename to a taken name': lambda c, name, image: c.rename(f'{name}.stopped', name),
    'remove a missing container': lambda c, name, image: c.remove_container(f'{name}.none'),
    'remove a running container': lambda c, name, image: c.remove_container(name),
    'remove a missing network': lambda c, name, image: c.remove_network(f'{name}.none'),
    'remove a network in use': lambda c, name, image: c.remove_network(f'{name}.n'),
    'remove a missing volume': lambda c, name, image: c.remove_volume(f'{name}.none'),
    'remove a volume in use': lambda c, name, image: c.remove_volume(f'{name}.v'),
    'remove a missing image': lambda c, name, image: c.remove_image(f'127.0.0.1:1/{name}'),
    'create a container with a taken name': lambda c, name, image: c.create_container(image, name=name),
    'create a container from a missing image': lambda c, name, image: c.create_container(f'127.0.0.1:1/{name}'),
    'create a network with a taken name': lambda c, name, image: c.create_network(f'{name}.n', check_duplicate=True),
    'connect to a missing network': lambda c, name, image: c.connect_container_to_network(name, f'{name}.none'),
    'connect a missing container': lambda c, name, image: c.connect_container_to_network(f'{name}.none', f'{name}.n'),
    'connect again': lambda c, name, image: c.connect_container_to_network(name, f'{name}.n'),
    'disconnect from a missing network': lambda c, name, image: c.disconnect_container_from_network(
        name, f'{name}.none'
    ),
    'run a command in a missing container': lambda c, name, image: run_in(c, f'{name}.none'),
    'run a command in a stopped container': lambda c, name, image: run_in(c, f'{name}.stopped'),
    'tag a missing image': lambda c, name, image: c.tag(f'127.0.0.1:1/{name}', 'x', 'y'),
}


def kind_of_error(attempt: Callable[[Any, str, str], Any], client: Any, name: str, image: str) -> tuple[Any, ...]:
    with pytest.raises(docker.errors.APIError) as error:
        attempt(client, name, image)
    return is_not_found(error.value), is_conflict(error.value), type(error.value)


def test_errors_are_of_the_kind_that_the_sdk_raises(
    cli_client: DockerCliClient, api: docker.APIClient, running: str, base_image: str
) -> None:
    api.create_network(f'{running}.n', internal=True)
    api.connect_container_to_network(running, f'{running}.n')
    api.create_container(
        base_image, 'true', name=f'{running}.stopped', host_config=api.create_host_config(binds=[f'{running}.v:/v'])
    )
    wanted, found = (
        {situation: kind_of_error(attempt, client, running, base_image) for situation, attempt in SITUATIONS.items()}
        for client in (api, cli_client)
    )
    assert found == wanted


def test_waiting_too_long_is_a_timeout(cli_client: DockerCliClient, running: str) -> None:
    with pytest.raises(Exception, match='has not ended') as error:
        cli_client.wait(running, timeout=1)
    assert is_timeout(error.value)


@pytest.mark.parametrize('base_url', ['unix:///nowhere.sock', 'tcp://127.0.0.1:1'])
def test_an_engine_that_does_not_answer_is_unreachable(shell: Any, docker_bin: str, base_url: str) -> None:
    client = DockerCliClient(shell, default_bin=docker_bin, base_url=base_url)
    for call in (client.containers, lambda: client.api_version):
        with pytest.raises(docker.errors.APIError) as error:
            call()
        assert is_unreachable(error.value)


def test_a_missing_image_is_never_pulled_by_creating(cli_client: DockerCliClient, unique: str) -> None:
    with pytest.raises(docker.errors.ImageNotFound):
        cli_client.create_container(f'127.0.0.1:1/{unique}')


def test_images_are_built_tagged_pushed_pulled_and_removed(
    cli_client: DockerCliClient, api: docker.APIClient, unique: str, open_registry: str, base_image: str
) -> None:
    name = f'{open_registry}/{unique}'
    built = cli_client.build(
        f'{name}:1', add_latest_tag=True, add_tags=['2'], fileobj=io.BytesIO(f'FROM {base_image}\nENV A=b\n'.encode())
    )
    assert {f'{name}:{tag}' for tag in ('1', '2', 'latest')} <= set(cli_client.get_image_tags())
    assert api.inspect_image(f'{name}:1')['Id'] == f'sha256:{built.removeprefix("sha256:")}'
    assert cli_client.push(name, tag='1') is True
    for tag in ('1', '2', 'latest'):
        cli_client.remove_image(f'{name}:{tag}')
    assert cli_client.images(name=name) == []
    assert cli_client.pull(repository=name, tag='1') is True
    digest = cli_client.images(name=name)[0]['RepoDigests'][0]
    assert digest == api.inspect_image(f'{name}:1')['RepoDigests'][0]
    cli_client.remove_image(f'{name}:1')
    assert cli_client.pull(repository=name, tag=digest.partition('@')[2]) is True
    api.remove_image(digest)


def test_a_failing_build_is_an_error_or_none(cli_client: DockerCliClient, unique: str, base_image: str) -> None:
    dockerfile = f'FROM {base_image}\nRUN echo Successfully built abc; exit 3\n'.encode()
    with pytest.raises(docker.errors.APIError, match=r'(non-zero|exit) code: 3|exit status 3'):
        cli_client.build(f'127.0.0.1:1/{unique}', fileobj=io.BytesIO(dockerfile), rm=True, forcerm=True)
    assert (
        cli_client.build(
            f'127.0.0.1:1/{unique}', fileobj=io.BytesIO(dockerfile), rm=True, forcerm=True, raise_on_error=False
        )
        is None
    )


def test_a_login_tells_whether_credentials_are_right(
    cli_client: DockerCliClient, auth_registry: engines.Registry
) -> None:
    login = {'username': auth_registry.username, 'registry': auth_registry.address}
    assert cli_client.login(password='wrong', **login) is False
    assert cli_client.login(password=auth_registry.password, **login) is True


def test_a_registry_that_is_not_there_is_an_error(cli_client: DockerCliClient, unique: str) -> None:
    with pytest.raises(docker.errors.APIError):
        cli_client.login('u', 'p', '127.0.0.1:1')
    with pytest.raises(docker.errors.APIError):
        cli_client.pull(f'127.0.0.1:1/{unique}', tag='1')
    assert cli_client.pull(f'127.0.0.1:1/{unique}', tag='1', raise_on_error=False) is False


def test_utilities_work_on_commands(
    cli_client: DockerCliClient, api: docker.APIClient, running: str, base_image: str, eventually: Any
) -> None:
    def listed() -> set[str]:
        return {name for _, name in cli_client.cleanup_containers(list_only=True)}

    api.create_container(base_image, 'true', name=f'{running}.done')
    api.start(f'{running}.done')
    # Lists of newer engines show the end of a container some moments after it.
    assert eventually(lambda: f'{running}.done' in listed())
    assert running not in listed()
    assert {running, f'{running}.done'} <= cli_client.get_container_names()

"""Each call that has a command, run by a shell; the engine is looked at afterwards."""

from __future__ import annotations

import datetime
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import docker.types
import private_engine as engines
import pytest
import requests

Run = Callable[..., str]
MANIFESTS = (('docker.distribution', 'v2'), ('oci.image', 'v1'))
WAITING = ['sh', '-c', 'trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done']


@pytest.fixture
def running(api: docker.APIClient, unique: str, base_image: str) -> str:
    """Name of a container that runs until it is told to end."""
    api.create_container(base_image, WAITING, name=unique, stop_signal='SIGTERM')
    api.start(unique)
    return unique


@pytest.fixture
def image(api: docker.APIClient, unique: str, base_image: str) -> Iterator[str]:
    """An additional name of the base image."""
    api.tag(base_image, f'127.0.0.1:1/{unique}', '1')
    yield f'127.0.0.1:1/{unique}:1'
    for found in api.images(f'127.0.0.1:1/{unique}'):
        for tag in found['RepoTags']:
            if unique in tag:
                api.remove_image(tag)


def status(api: docker.APIClient, container: str) -> str:
    found: str = api.inspect_container(container)['State']['Status']
    return found


def test_a_container_goes_through_its_life(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    run('create_container', image=base_image, name=unique, command=WAITING)
    assert status(api, unique) == 'created'
    run('start', container=unique)
    assert status(api, unique) == 'running'
    run('pause', container=unique)
    assert status(api, unique) == 'paused'
    run('unpause', container=unique)
    run('restart', container=unique, timeout=0)
    assert api.inspect_container(unique)['State']['Running'] is True
    run('stop', container=unique, timeout=1)
    assert status(api, unique) == 'exited'
    assert run('wait', container=unique, timeout=5).strip() == str(api.inspect_container(unique)['State']['ExitCode'])
    run('rename', container=unique, name=f'{unique}.new')
    run('remove_container', container=f'{unique}.new', v=True)
    assert api.containers(all=True, filters={'name': unique}) == []


def test_a_signal_arrives(run: Run, api: docker.APIClient, running: str) -> None:
    run('kill', container=running, signal=9)
    assert api.wait(running)['StatusCode'] == 137


def test_a_running_container_is_removed_by_force(run: Run, api: docker.APIClient, running: str) -> None:
    run('remove_container', container=running, force=True, v=True)
    assert api.containers(all=True, filters={'name': running}) == []


def test_waiting_is_limited(run: Run, running: str) -> None:
    with pytest.raises(RuntimeError):
        run('wait', container=running, timeout=1)


def test_limits_and_the_restart_policy_are_changed(run: Run, api: docker.APIClient, running: str) -> None:
    run(
        'update_container',
        container=running,
        mem_limit='64m',
        memswap_limit='128m',
        cpu_shares=7,
        pids_limit=70,
        nano_cpus=500_000_000,
        restart_policy={'Name': 'on-failure', 'MaximumRetryCount': 3},
    )
    found = api.inspect_container(running)['HostConfig']
    assert (found['Memory'], found['MemorySwap'], found['CpuShares']) == (64 << 20, 128 << 20, 7)
    assert (found['PidsLimit'], found['NanoCpus']) == (70, 500_000_000)
    assert found['RestartPolicy'] == {'Name': 'on-failure', 'MaximumRetryCount': 3}


def test_a_command_runs_with_user_environment_and_directory(run: Run, api: docker.APIClient, running: str) -> None:
    command = ['sh', '-c', 'id -u; pwd; echo "$A"; echo "$0"', 'a $b']
    output = run(
        'exec_create',
        container=running,
        cmd=command,
        user=65534,
        environment={'A': '$HOME `id`'},
        workdir='/tmp',
        detach=False,
    )
    assert output == '65534\n/tmp\n$HOME `id`\na $b\n'


def test_a_command_runs_detached(run: Run, api: docker.APIClient, running: str, eventually: Any) -> None:
    def has_run() -> bool:
        looking = api.exec_create(running, 'ls /tmp')
        return api.exec_start(looking['Id']) == b'x\n'

    assert run('exec_create', container=running, cmd='sh -c "touch /tmp/x"', privileged=False, stdin=True) == ''
    assert eventually(has_run)


def test_logs_are_selected(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    api.create_container(base_image, ['sh', '-c', 'echo a; echo b'], name=unique)
    api.start(unique)
    api.wait(unique)
    assert run('logs', container=unique, tail=1, follow=False, stdout=True) == 'b\n'
    assert run('logs', container=unique, since=datetime.datetime(2040, 1, 1), until=1) == ''
    assert run('logs', container=unique, timestamps=True, stream=True).count('Z ') == 2


def test_processes_are_selected(run: Run, running: str) -> None:
    assert run('top', container=running, ps_args='-o pid,args').split()[:2] == ['PID', 'COMMAND']


def test_a_network_has_its_settings(run: Run, api: docker.APIClient, unique: str) -> None:
    pool = docker.types.IPAMPool('10.198.7.0/24', '10.198.7.128/25', '10.198.7.1', {'router': '10.198.7.5'})
    run(
        'create_network',
        name=unique,
        driver='bridge',
        internal=True,
        attachable=True,
        check_duplicate=True,
        scope='local',
        ingress=False,
        enable_ipv6=False,
        labels={'k': 'v, "w"'},
        ipam=docker.types.IPAMConfig(pool_configs=[pool]),
        options={'com.docker.network.driver.mtu': '1400'},
    )
    found = api.inspect_network(unique)
    assert (found['Driver'], found['Internal'], found['Attachable'], found['Scope']) == ('bridge', True, True, 'local')
    assert found['Options'] == {'com.docker.network.driver.mtu': '1400'}
    assert found['Labels'] == {'k': 'v, "w"'}
    assert found['IPAM']['Config'] == [
        {
            'Subnet': '10.198.7.0/24',
            'IPRange': '10.198.7.128/25',
            'Gateway': '10.198.7.1',
            'AuxiliaryAddresses': {'router': '10.198.7.5'},
        }
    ]
    run('remove_network', net_id=unique)
    assert api.networks(names=[unique]) == []


def test_a_network_can_have_addresses_of_version_6(run: Run, api: docker.APIClient, unique: str) -> None:
    run(
        'create_network',
        name=unique,
        enable_ipv6=True,
        internal=True,
        ipam={'Driver': 'default', 'Config': [{'Subnet': '10.198.8.0/24'}, {'Subnet': 'fd00:198:8::/64'}]},
    )
    assert api.inspect_network(unique)['EnableIPv6'] is True


def test_a_container_joins_and_leaves_a_network(run: Run, api: docker.APIClient, running: str) -> None:
    network = f'{running}.n'
    api.create_network(network, ipam={'Config': [{'Subnet': '10.198.9.0/24'}]})
    run(
        'connect_container_to_network',
        container=running,
        net_id=network,
        ipv4_address='10.198.9.9',
        aliases=['a', 'b,c'],
        links=[('x', 'y')],
        link_local_ips=['169.254.8.9'],
        ipv6_address=None,
    )
    found = api.inspect_container(running)['NetworkSettings']['Networks'][network]
    assert set(found['Aliases']) >= {'a', 'b,c'}
    assert (found['Links'], found['IPAMConfig']['IPv4Address']) == (['x:y'], '10.198.9.9')
    run('disconnect_container_from_network', container=running, net_id=network, force=True)
    assert network not in api.inspect_container(running)['NetworkSettings']['Networks']


def test_a_connection_has_options_of_the_driver(run: Run, api: docker.APIClient, running: str) -> None:
    network = f'{running}.n'
    api.create_network(network)
    run('connect_container_to_network', container=running, net_id=network, driver_opt={'a.b': 'c,d'})
    assert api.inspect_container(running)['NetworkSettings']['Networks'][network]['DriverOpts'] == {'a.b': 'c,d'}


def test_a_volume_has_its_settings(run: Run, api: docker.APIClient, unique: str, options_of: Any) -> None:
    options = {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m,uid=5'}
    assert run('create_volume', name=unique, driver='local', driver_opts=options, labels={'k': 'v'}) == f'{unique}\n'
    found = api.inspect_volume(unique)
    assert (found['Driver'], options_of(unique), found['Labels']) == ('local', options, {'k': 'v'})
    run('remove_volume', name=unique, force=True)
    assert unique not in [volume['Name'] for volume in api.volumes()['Volumes'] or ()]


def test_an_image_gets_a_name_and_loses_it(run: Run, api: docker.APIClient, unique: str, image: str) -> None:
    run('tag', image=image, repository=f'127.0.0.1:1/{unique}', tag='2', force=True)
    assert api.inspect_image(f'127.0.0.1:1/{unique}:2')['Id'] == api.inspect_image(image)['Id']
    run('remove_image', image=f'127.0.0.1:1/{unique}:2', force=True, noprune=True)
    with pytest.raises(docker.errors.ImageNotFound):
        api.inspect_image(f'127.0.0.1:1/{unique}:2')


def test_an_image_is_built_from_a_directory(
    run: Run, api: docker.APIClient, unique: str, image: str, base_image: str, tmp_path: Path
) -> None:
    context = tmp_path / 'a context'
    context.mkdir()
    (context / 'Other file').write_text(f'FROM {base_image}\nARG A\nENV B=$A\nRUN true\n', encoding='utf-8')
    run(
        'build',
        path=str(context),
        dockerfile=str(context / 'Other file'),
        tag=f'127.0.0.1:1/{unique}:2',
        quiet=True,
        buildargs={'A': 'x y'},
        labels={'k': 'v w'},
        nocache=True,
        rm=True,
        forcerm=True,
        pull=False,
        shmsize='1m',
        network_mode='none',
        extra_hosts={'h': '10.0.0.1'},
        container_limits={'memory': '64m', 'cpusetcpus': '0'},
        decode=True,
        encoding=None,
        timeout=5,
    )
    found = api.inspect_image(f'127.0.0.1:1/{unique}:2')['Config']
    assert 'B=x y' in found['Env']
    assert found['Labels'] == {'k': 'v w'}


def test_an_image_is_built_from_an_archive(
    shell: Any, command_output: Any, api: docker.APIClient, unique: str, image: str, base_image: str
) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode='w:gz') as tar:
        engines.add_text(tar, 'Dockerfile', f'FROM {base_image}\nENV A=b\n')
    line = command_output.get_cmd('build', tag=f'127.0.0.1:1/{unique}:3', fileobj=archive, custom_context=True)
    shell(line, archive.getvalue())
    assert 'A=b' in api.inspect_image(f'127.0.0.1:1/{unique}:3')['Config']['Env']


def test_an_image_is_pushed_and_pulled(
    run: Run, api: docker.APIClient, unique: str, open_registry: str, base_image: str
) -> None:
    name = f'{open_registry}/{unique}'
    api.tag(base_image, name, '1')
    run('push', repository=name, tag='1', stream=True, decode=True)
    api.remove_image(f'{name}:1')
    run('pull', repository=name, tag='1', stream=True, insecure_registry=True, auth_config={'a': 'b'})
    assert api.inspect_image(f'{name}:1')['Id'] == api.inspect_image(base_image)['Id']
    accepted = ', '.join(f'application/vnd.{kind}.manifest.{rest}+json' for kind, rest in MANIFESTS)
    answer = requests.head(f'http://{open_registry}/v2/{unique}/manifests/1', headers={'Accept': accepted}, timeout=60)
    digest = answer.headers['Docker-Content-Digest']
    assert f'{name}@{digest}' in api.inspect_image(f'{name}:1')['RepoDigests']
    api.remove_image(f'{name}:1')
    run('pull', repository=name, tag=digest)
    api.remove_image(f'{name}@{digest}')


def test_a_login_is_stored(run: Run, shell: Any, auth_registry: engines.Registry) -> None:
    run(
        'login',
        username=auth_registry.username,
        password=auth_registry.password,
        registry=auth_registry.address,
        email='e',
        reauth=True,
    )
    config = Path(shell.environment['DOCKER_CONFIG']) / 'config.json'
    assert auth_registry.address in config.read_text(encoding='utf-8')


def test_a_login_with_a_wrong_password_fails(run: Run, auth_registry: engines.Registry) -> None:
    with pytest.raises(RuntimeError, match=r'401|invalid username/password'):
        run('login', username=auth_registry.username, password='wrong', registry=auth_registry.address)


def test_extra_arguments_are_shell_syntax(run: Run, running: str) -> None:
    assert run('inspect_container', '--format "{{.Name}}" | tr -d /', container=running) == f'{running}\n'


def test_lists_take_their_filters(run: Run, api: docker.APIClient, running: str, base_image: str) -> None:
    api.create_container(base_image, name=f'{running}.later')
    kwargs: dict[str, Any] = {'all': True, 'limit': -1, 'trunc': True, 'filters': {'name': [running, 'other']}}
    assert run('containers', since=running, **kwargs).count(f'{running}.later') == 1
    assert run('containers', before=running, **kwargs) == ''
    assert run('containers', limit=1).count('\n') == 1
    api.create_network(running, driver='bridge')
    api.create_volume(running)
    assert run('networks', names=[running], filters={'driver': 'bridge'}).count('\n') == 1
    assert run('networks', names=[running], filters={'driver': 'null'}) == ''
    assert run('volumes', filters={'name': running, 'dangling': True}).count('\n') == 1
    assert run('volumes', filters={'name': running, 'dangling': False}) == ''
    assert run('images', name='127.0.0.1:1/none', all=True, filters={'dangling': False}) == ''
    assert run('inspect_image', image=base_image).startswith('[')

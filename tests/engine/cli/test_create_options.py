"""A container made by the command has the settings of one made through the API."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import docker
import docker.types
import pytest
from docker.types import DeviceRequest, DriverConfig, HostConfig, LogConfig, Mount, Ulimit

from dockermap.client.cli import DockerCliClient

Run = Callable[..., str]

CONFIG: dict[str, dict[str, Any]] = {
    'nothing': {},
    'texts': {
        'hostname': 'h',
        'domainname': 'example.org',
        'user': '5:6',
        'working_dir': '/w x',
        'stop_signal': 'SIGINT',
        'stop_timeout': 3,
        'labels': {'k': 'v w', 'l': ''},
        'volumes': ['/a', '/b'],
        'ports': [80, (53, 'udp')],
        'environment': {'A': 'b c', 'D': '', 'PATH': '/x'},
        'command': ['sh', '-c', 'echo "a b" $HOME', '*'],
        'detach': True,
        'platform': 'linux/amd64',
    },
    'lists': {
        'user': 0,
        'tty': True,
        'stdin_open': True,
        'labels': ['k', 'l'],
        'environment': ['A=$HOME', 'B=`id`'],
        'entrypoint': ['/bin/echo'],
        'command': None,
        'healthcheck': {'test': 'true'},
    },
    'health check': {
        'healthcheck': {
            'test': ['CMD-SHELL', 'test -f "a b" || exit $X'],
            'interval': 5_000_000_000,
            'timeout': 1_000_000,
            'retries': 2,
            'start_period': 7_000_000,
        }
    },
    'no health check': {'healthcheck': {'test': ['NONE']}},
    'health check of the image': {'healthcheck': {'interval': 5_000_000_000}},
}
HOST: dict[str, dict[str, Any]] = {
    'rights': {
        'cap_add': ['NET_ADMIN'],
        'cap_drop': ['CHOWN', 'KILL'],
        'read_only': True,
        'group_add': [5, 'daemon'],
        'security_opt': ['label=disable', 'no-new-privileges'],
        'userns_mode': 'host',
        'cgroupns': 'private',
    },
    'resources': {
        'oom_score_adj': 5,
        'oom_kill_disable': True,
        'pids_limit': 50,
        'shm_size': '1m',
        'cpu_shares': 5,
        'cpuset_cpus': '0',
        'cpuset_mems': '0',
        'cpu_period': 10000,
        'cpu_quota': 5000,
        'blkio_weight': 20,
        'mem_limit': '64m',
        'memswap_limit': '128m',
        'mem_reservation': 32 << 20,
        'mem_swappiness': 5,
        'ulimits': [Ulimit(name='core', soft=0, hard=0), Ulimit(name='nofile', soft=100, hard=200)],
        'cpu_rt_period': 5000,
        'cpu_rt_runtime': 100,
        'cgroup_parent': '/p',
        'kernel_memory': '64m',
    },
    'processors': {
        'nano_cpus': 500_000_000,
        'init': True,
        'runtime': 'runc',
        'isolation': 'default',
        'storage_opt': {},
    },
    'names': {
        'dns': ['10.0.0.1'],
        'dns_search': ['a.example', 'b.example'],
        'dns_opt': ['timeout:1'],
        'extra_hosts': {'h': '10.0.0.1', 'i': '10.0.0.2'},
        'publish_all_ports': True,
        'auto_remove': True,
        'sysctls': {'net.core.somaxconn': '5', 'net.ipv4.ip_forward': '1'},
        'ipc_mode': 'shareable',
    },
    "the host's namespaces": {
        'ipc_mode': 'host',
        'pid_mode': 'host',
        'uts_mode': 'host',
        'network_mode': 'host',
        'privileged': True,
    },
    'devices': {
        'devices': ['/dev/null:/dev/other:r', '/dev/zero'],
        'device_cgroup_rules': ['c 1:3 mr'],
        'device_read_bps': [{'Path': '/dev/null', 'Rate': 1 << 20}],
        'device_read_iops': [{'Path': '/dev/null', 'Rate': 2}],
        'device_write_bps': [{'Path': '/dev/null', 'Rate': 3 << 20}],
        'device_write_iops': [{'Path': '/dev/null', 'Rate': 4}],
        'blkio_weight_device': [{'Path': '/dev/null', 'Weight': 50}],
        'device_requests': [DeviceRequest(count=-1, capabilities=[['gpu']])],
    },
    'chosen devices': {
        'device_requests': [
            DeviceRequest(
                driver='x', device_ids=['0', '2'], options={'a': 'b'}, capabilities=[['compute', 'utility', 'gpu']]
            )
        ]
    },
    'volumes': {
        'tmpfs': {'/x': 'size=1m', '/y': ''},
        'volume_driver': 'local',
        'binds': ['/tmp:/a:ro', '/tmp:/b'],
        'mounts': [
            Mount('/t', None, type='tmpfs', tmpfs_size='1m', tmpfs_mode=0o1770),
            Mount('/u', '/tmp', type='bind', read_only=True, propagation='rslave'),
        ],
    },
    'binds by path': {'binds': {'/tmp': {'bind': '/a', 'mode': 'ro'}}},
    'log': {'log_config': LogConfig(type='json-file', config={'max-size': '1m', 'labels': 'a,b'})},
    'no log and no network': {
        'log_config': LogConfig(type='none'),
        'network_mode': 'none',
        'restart_policy': {'Name': 'always'},
    },
    'ports': {
        'port_bindings': {80: ('127.0.0.1', 18071), '53/udp': [18072, None, 0]},
        'restart_policy': {'Name': 'on-failure', 'MaximumRetryCount': 3},
    },
    'a port of IPv6': {'port_bindings': {80: ('::1', 18073)}},
}
PORTS = '1807'
REFUSED: list[dict[str, Any]] = [{'storage_opt': {'size': '1G'}}, {'isolation': 'hyperv'}, {'runtime': 'no-such'}]
WINDOWS_ONLY: list[dict[str, Any]] = [{'cpu_count': 1}, {'cpu_percent': 5}]
ALWAYS_DIFFERENT = {
    'Hostname',
    'AttachStdout',
    'AttachStderr',
    'AttachStdin',
    'StdinOnce',
    'ContainerIDFile',
    'ConsoleSize',
    # What Podman notes for itself.
    'Annotations',
}
# Podman has a limit of processes unless there is an explicit one, and commands set it to none.
DEFAULTS = {'PidsLimit': 2048, 'RestartPolicy': {'Name': 'no', 'MaximumRetryCount': 0}, 'MemorySwappiness': -1}


def settings_of(api: docker.APIClient, container: str) -> dict[str, Any]:
    """What an inspection shows of what users set; what is empty or the default counts as unset."""
    detail = api.inspect_container(container)
    found = {
        **detail['Config'],
        **detail['HostConfig'],
        'Mounts': sorted((mount['Type'], mount['Destination'], mount['RW']) for mount in detail['Mounts']),
        # The order of these is the command's own, and changes from call to call.
        'Env': sorted(detail['Config']['Env']),
        # What Podman has chosen already, and shows as if it had been asked for: names of volumes and ports of the host.
        'Binds': sorted(re.sub(r'^[0-9a-f]{64}:', '', bind) for bind in detail['HostConfig']['Binds'] or ()),
        'PortBindings': {
            port: [
                {**binding, 'HostPort': re.sub(f'^(?!{PORTS})[0-9]+$', '', binding['HostPort'])} for binding in bindings
            ]
            for port, bindings in (detail['HostConfig']['PortBindings'] or {}).items()
        },
        'HostMounts': detail['HostConfig'].get('Mounts'),
    }
    if detail['Config']['Hostname'] != detail['Id'][:12]:
        found['hostname'] = detail['Config']['Hostname']
    return {
        key: normal(value) for key, value in found.items() if key not in ALWAYS_DIFFERENT and not is_unset(key, value)
    }


def normal(value: Any) -> Any:
    """Newer commands write the full names of capabilities; nothing and an empty list are the same."""
    if isinstance(value, dict):
        return {key: normal(member) or None for key, member in value.items()}
    if isinstance(value, list):
        return [normal(member) for member in value]
    return value.removeprefix('CAP_') if isinstance(value, str) else value


def is_unset(key: str, value: Any) -> bool:
    return not value or value == DEFAULTS.get(key) or value == {'Name': '', 'MaximumRetryCount': 0}


@pytest.mark.parametrize('kwargs', CONFIG.values(), ids=list(CONFIG))
def test_container_options_have_the_effect_that_they_have_in_the_api(
    run: Run, api: docker.APIClient, unique: str, base_image: str, kwargs: dict[str, Any]
) -> None:
    api.create_container(base_image, name=f'{unique}.api', host_config=HostConfig(version='1.41'), **kwargs)
    created = run('create_container', image=base_image, name=f'{unique}.cli', **kwargs).strip()
    assert api.inspect_container(f'{unique}.cli')['Id'] == created
    assert settings_of(api, f'{unique}.cli') == settings_of(api, f'{unique}.api')


@pytest.mark.parametrize('kwargs', HOST.values(), ids=list(HOST))
def test_host_options_have_the_effect_that_they_have_in_the_api(
    run: Run,
    cli_client: DockerCliClient,
    api: docker.APIClient,
    unique: str,
    base_image: str,
    kwargs: dict[str, Any],
) -> None:
    host_config = HostConfig(version='1.41', **kwargs)
    ports = [(80, 'tcp'), (53, 'udp')]
    api.create_container(base_image, name=f'{unique}.api', ports=ports, host_config=host_config)
    run('create_container', image=base_image, name=f'{unique}.merged', ports=ports, **kwargs)
    run('create_container', image=base_image, name=f'{unique}.wrapped', ports=ports, host_config=host_config)
    wanted = settings_of(api, f'{unique}.api')
    if any('device_' in key for key in kwargs) and cli_client.loses_device_rates:
        # That is why maps that have them are refused.
        wanted = {
            key: value for key, value in wanted.items() if not key.startswith(('BlkioDeviceRead', 'BlkioDeviceWrite'))
        }
    assert settings_of(api, f'{unique}.merged') == wanted
    assert settings_of(api, f'{unique}.wrapped') == wanted


@pytest.mark.parametrize('kwargs', REFUSED, ids=str)
def test_an_option_that_this_engine_refuses_is_refused_by_the_engine(
    run: Run, api: docker.APIClient, unique: str, base_image: str, kwargs: dict[str, Any]
) -> None:
    with pytest.raises(docker.errors.APIError):
        api.create_container(base_image, name=f'{unique}.api', host_config=HostConfig(version='1.41', **kwargs))
    with pytest.raises(RuntimeError, match='Error response from daemon'):
        run('create_container', image=base_image, name=f'{unique}.cli', **kwargs)


@pytest.mark.parametrize('kwargs', WINDOWS_ONLY, ids=str)
def test_an_option_of_other_systems_is_refused_by_the_command(
    run: Run, unique: str, base_image: str, kwargs: dict[str, Any]
) -> None:
    with pytest.raises(RuntimeError, match='only supported on a Docker daemon running on windows'):
        run('create_container', image=base_image, name=unique, **kwargs)


def test_a_hardware_address_is_set_or_refused_by_newer_commands_for_older_engines(
    run: Run, api: docker.APIClient, unique: str, base_image: str
) -> None:
    address = '02:42:0a:09:00:05'
    try:
        run('create_container', image=base_image, name=unique, mac_address=address)
        found = api.inspect_container(unique)['Config']['MacAddress']
    except RuntimeError as error:
        found = str(error)
    assert found == address or 'requires API version 1.44' in found


def test_every_argument_of_the_sdk_for_host_configurations_is_tried() -> None:
    known = set(inspect.signature(HostConfig).parameters) - {'version'}
    tried = {key for kwargs in [*HOST.values(), *REFUSED, *WINDOWS_ONLY] for key in kwargs}
    assert known - tried == {'links', 'volumes_from', 'lxc_conf', 'init_path'}


def test_volumes_of_a_mount_have_labels_driver_and_options(
    run: Run, api: docker.APIClient, unique: str, base_image: str
) -> None:
    driver = DriverConfig('local', {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m,uid=5'})
    mount = Mount('/t', unique, labels={'a': 'b, "c"'}, no_copy=True, driver_config=driver)
    run('create_container', image=base_image, name=unique, mounts=[mount])
    volume = api.inspect_volume(unique)
    assert volume['Labels'] == {'a': 'b, "c"'}
    assert volume['Options'] == driver['Options']


def test_named_volumes_binds_and_volumes_of_others_are_mounted(
    run: Run, api: docker.APIClient, unique: str, base_image: str
) -> None:
    binds = [f'{unique}.x:/v:ro', '/tmp:/z']
    run('create_container', image=base_image, name=f'{unique}.a', volumes=['/v', '/w'], binds=binds)
    run('create_container', image=base_image, name=f'{unique}.b', volumes_from=[f'{unique}.a:ro'])
    first, second = (
        {mount['Destination']: (mount['Type'], mount['RW']) for mount in api.inspect_container(name)['Mounts']}
        for name in (f'{unique}.a', f'{unique}.b')
    )
    assert first == {'/v': ('volume', False), '/w': ('volume', True), '/z': ('bind', True)}
    assert second == {path: (kind, False) for path, (kind, _) in first.items()}


def test_links_have_aliases(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    run('create_container', image=base_image, name=f'{unique}.a')
    run('create_container', image=base_image, name=f'{unique}.b', links=[(f'{unique}.a', 'x')])
    assert api.inspect_container(f'{unique}.b')['HostConfig']['Links'] == [f'/{unique}.a:/{unique}.b/x']


def test_the_first_network_has_its_settings(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    run('create_network', name=f'{unique}.n', ipam={'Config': [{'Subnet': '10.199.7.0/24'}]})
    endpoint = docker.types.EndpointConfig(
        '1.41', aliases=['a', 'b'], links={'x': 'y'}, ipv4_address='10.199.7.9', link_local_ips=['169.254.8.8']
    )
    run(
        'create_container',
        image=base_image,
        name=f'{unique}.a',
        host_config=HostConfig(version='1.41'),
        networking_config=docker.types.NetworkingConfig({f'{unique}.n': endpoint}),
    )
    found = api.inspect_container(f'{unique}.a')['NetworkSettings']['Networks']
    assert list(found) == [f'{unique}.n']
    assert set(found[f'{unique}.n']['Aliases']) >= {'a', 'b'}
    assert found[f'{unique}.n']['Links'] == ['x:y']
    assert found[f'{unique}.n']['IPAMConfig'] == {'IPv4Address': '10.199.7.9', 'LinkLocalIPs': ['169.254.8.8']}


def test_a_network_can_be_switched_off(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    run('create_container', image=base_image, name=unique, network_disabled=True)
    assert api.inspect_container(unique)['HostConfig']['NetworkMode'] == 'none'


def test_a_test_of_words_checks_health_like_that_of_the_api(
    run: Run, api: docker.APIClient, unique: str, base_image: str
) -> None:
    run('create_container', image=base_image, name=unique, healthcheck={'test': ['CMD', 'test', 'a b', '=', '$x']})
    assert api.inspect_container(unique)['Config']['Healthcheck']['Test'] == ['CMD-SHELL', "test 'a b' = '$x'"]


@pytest.mark.parametrize('entrypoint', [['/bin/echo', 'a b', '$HOME'], '/bin/echo "a b" \'$HOME\''])
def test_an_entry_point_with_arguments_runs_them(
    run: Run, api: docker.APIClient, unique: str, base_image: str, entrypoint: Any
) -> None:
    run('create_container', image=base_image, name=unique, entrypoint=entrypoint, command=['c', '*'])
    api.start(unique)
    api.wait(unique)
    assert api.logs(unique) == b'a b $HOME c *\n'


def test_a_variable_without_value_is_unset(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    run('create_container', image=base_image, name=unique, environment={'NOT_SET_ANYWHERE': None, 'A': 'b'})
    assert 'A=b' in api.inspect_container(unique)['Config']['Env']
    assert not [entry for entry in api.inspect_container(unique)['Config']['Env'] if entry.endswith('None')]

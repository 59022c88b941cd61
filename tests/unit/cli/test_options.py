"""Each option of each call, in the form that the ``docker`` command accepts."""

from __future__ import annotations

import datetime
from typing import Any

import docker.types
import pytest

from dockermap.client.cli import CONTAINER_FORMAT_ARG, DockerCommandLineOutput

OUTPUT = DockerCommandLineOutput()
GIB = 1 << 30

SAME_NAME = [
    'name',
    'hostname',
    'domainname',
    'user',
    'mac_address',
    'runtime',
    'platform',
    'stop_signal',
    'stop_timeout',
    'cap_add',
    'cap_drop',
    'dns',
    'dns_search',
    'dns_opt',
    'group_add',
    'security_opt',
    'oom_score_adj',
    'pids_limit',
    'isolation',
    'cgroup_parent',
    'cgroupns',
    'shm_size',
    'volume_driver',
    'volumes_from',
    'cpu_shares',
    'cpuset_cpus',
    'cpuset_mems',
    'cpu_quota',
    'cpu_period',
    'cpu_rt_period',
    'cpu_rt_runtime',
    'cpu_count',
    'cpu_percent',
    'blkio_weight',
    'kernel_memory',
]
SAME_NAME_SWITCHES = ['tty', 'privileged', 'read_only', 'init', 'oom_kill_disable']

CREATE = [
    ({'extra_hosts': {'h': '10.0.0.1'}}, '--add-host=h:10.0.0.1'),
    ({'extra_hosts': ['h:10.0.0.1']}, '--add-host="h:10.0.0.1"'),
    ({'tmpfs': {'/t': 'size=1m', '/u': ''}}, '--tmpfs=/t:size=1m --tmpfs=/u'),
    ({'tmpfs': ['/t']}, '--tmpfs="/t"'),
    (
        {'mem_limit': '1g', 'mem_reservation': GIB, 'memswap_limit': -1},
        '--memory="1g" --memory-reservation="1073741824" --memory-swap="-1"',
    ),
    ({'working_dir': '/w'}, '--workdir="/w"'),
    ({'stdin_open': True}, '--interactive=true'),
    ({'labels': {'k': 'v', 'l': 'a b'}}, "--label=k=v --label='l=a b'"),
    ({'labels': ['k', 'l=m']}, '--label="k" --label="l=m"'),
    ({'mem_swappiness': 5}, '--memory-swappiness="5"'),
    ({'nano_cpus': 1_500_000_000}, '--cpus=1.5'),
    ({'nano_cpus': 20_000_000_000}, '--cpus=20'),
    ({'cpuset': '0'}, '--cpuset-cpus="0"'),
    ({'devices': ['/dev/a:/dev/b:r']}, '--device=/dev/a:/dev/b:r'),
    (
        {'devices': [{'PathOnHost': '/dev/a', 'PathInContainer': '/dev/b', 'CgroupPermissions': 'rwm'}]},
        '--device=/dev/a:/dev/b:rwm',
    ),
    ({'device_cgroup_rules': ['c 1:3 mr']}, '--device-cgroup-rule="c 1:3 mr"'),
    ({'device_read_bps': [{'Path': '/dev/a', 'Rate': 1}]}, '--device-read-bps=/dev/a:1'),
    ({'device_read_iops': [{'Path': '/dev/a', 'Rate': 2}]}, '--device-read-iops=/dev/a:2'),
    ({'device_write_bps': [{'Path': '/dev/a', 'Rate': 3}]}, '--device-write-bps=/dev/a:3'),
    ({'device_write_iops': [{'Path': '/dev/a', 'Rate': 4}]}, '--device-write-iops=/dev/a:4'),
    ({'blkio_weight_device': [{'Path': '/dev/a', 'Weight': 5}]}, '--blkio-weight-device=/dev/a:5'),
    ({'device_requests': [docker.types.DeviceRequest(count=-1, capabilities=[['gpu']])]}, '--gpus=count=all'),
    (
        {
            'device_requests': [
                docker.types.DeviceRequest(
                    driver='nvidia', device_ids=['0', '2'], capabilities=[['gpu', 'utility', 'compute']]
                )
            ]
        },
        '--gpus=\'driver=nvidia,"device=0,2","capabilities=utility,compute"\'',
    ),
    ({'device_requests': [{'count': 2, 'options': {'a': 'b'}}]}, '--gpus=count=2,options=a=b'),
    (
        {'ulimits': [{'Name': 'nofile', 'Soft': 1, 'Hard': 2}, {'name': 'core', 'soft': 0}]},
        '--ulimit=nofile=1:2 --ulimit=core=0',
    ),
    ({'ulimits': [docker.types.Ulimit(name='nproc', soft=3, hard=4)]}, '--ulimit=nproc=3:4'),
    (
        {'log_config': {'Type': 'json-file', 'Config': {'max-size': '1m'}}},
        '--log-driver=json-file --log-opt=max-size=1m',
    ),
    ({'log_config': {'type': 'none'}}, '--log-driver=none'),
    (
        {'ipc_mode': 'host', 'pid_mode': 'host', 'uts_mode': 'host', 'userns_mode': 'host'},
        '--ipc="host" --pid="host" --uts="host" --userns="host"',
    ),
    ({'publish_all_ports': True, 'auto_remove': True}, '--publish-all=true --rm=true'),
    ({'sysctls': {'net.core.somaxconn': 5}}, '--sysctl=net.core.somaxconn=5'),
    ({'storage_opt': {'size': '1G'}}, '--storage-opt=size=1G'),
    (
        {'mounts': [docker.types.Mount('/t', 'v', labels={'a': 'b'}, no_copy=True)]},
        '--mount=type=volume,src=v,dst=/t,volume-nocopy=true,volume-label=a=b',
    ),
    (
        {'mounts': [{'Type': 'volume', 'Source': 'v', 'Target': '/t', 'VolumeOptions': {'Subpath': 'a'}}]},
        '--mount=type=volume,src=v,dst=/t,volume-subpath=a',
    ),
    (
        {'mounts': [{'Type': 'image', 'Source': 'i', 'Target': '/t', 'ImageOptions': {'Subpath': 'a'}}]},
        '--mount=type=image,src=i,dst=/t,image-subpath=a',
    ),
    ({'annotations': {'a.b': 'c d'}}, "--annotation='a.b=c d'"),
    (
        {'mounts': [docker.types.Mount('/t', '/s', type='bind', read_only=True, propagation='rshared')]},
        '--mount=type=bind,src=/s,dst=/t,readonly=true,bind-propagation=rshared',
    ),
    (
        {'mounts': [docker.types.Mount('/t', None, type='tmpfs', tmpfs_size='1m', tmpfs_mode=0o1777)]},
        '--mount=type=tmpfs,dst=/t,tmpfs-size=1048576,tmpfs-mode=1777',
    ),
    (
        {'mounts': [docker.types.Mount('/t', 'v', driver_config=docker.types.DriverConfig('local', {'o': 'a,b'}))]},
        '--mount=\'type=volume,src=v,dst=/t,volume-driver=local,"volume-opt=o=a,b"\'',
    ),
    (
        {'mounts': [docker.types.Mount('/t', 'v', labels={'a': 'b\nc'})]},
        '--mount=\'type=volume,src=v,dst=/t,"volume-label=a=b\nc"\'',
    ),
    ({'mounts': ['type=tmpfs,dst=/t']}, '--mount=type=tmpfs,dst=/t'),
    ({'volumes_from': 'a,b:ro'}, '--volumes-from="a" --volumes-from="b:ro"'),
]


def created(**kwargs: Any) -> str:
    """What stands between ``docker create`` and the image."""
    line = OUTPUT.get_cmd('create_container', image='web', **kwargs)
    assert line is not None
    return line.removeprefix('docker create').removesuffix('web').strip()


@pytest.mark.parametrize('keyword', SAME_NAME)
def test_an_option_of_create_has_its_own_flag(keyword: str) -> None:
    assert created(**{keyword: 'x y'}) == f'--{keyword.replace("_", "-")}="x y"'


@pytest.mark.parametrize('keyword', SAME_NAME_SWITCHES)
def test_a_switch_of_create_has_its_own_flag(keyword: str) -> None:
    assert created(**{keyword: True}) == f'--{keyword.replace("_", "-")}=true'


@pytest.mark.parametrize(('kwargs', 'flags'), CREATE)
def test_an_option_of_create_is_written_as_docker_takes_it(kwargs: dict[str, Any], flags: str) -> None:
    assert created(**kwargs) == flags


@pytest.mark.parametrize('keyword', ['detach', 'use_config_proxy', 'lxc_conf', 'init_path'])
def test_what_only_the_api_knows_is_left_out(keyword: str) -> None:
    assert created(name='x', **{keyword: True}) == '--name="x"'


@pytest.mark.parametrize(
    ('kwargs', 'flags'),
    [
        ({'cap_add': ['NET_ADMIN'], 'privileged': True}, '--privileged=true --cap-add="NET_ADMIN"'),
        ({'binds': ['v:/a:rw']}, '--volume="v:/a:rw"'),
        ({'port_bindings': {80: ('127.0.0.1', 8000)}}, '--publish=127.0.0.1:8000:80/tcp'),
        ({'links': [('db', 'd')]}, '--link=db:d'),
        ({'network_mode': 'host'}, '--net=host'),
        ({'restart_policy': {'Name': 'always'}}, '--restart=always'),
        (
            {'mem_limit': '1g', 'memswap_limit': -1, 'mem_reservation': 5},
            '--memory="1073741824" --memory-swap="-1" --memory-reservation="5"',
        ),
        ({'dns_opt': ['a'], 'read_only': True, 'cgroupns': 'host'}, '--read-only=true --dns-opt="a" --cgroupns="host"'),
        ({'cpu_rt_period': 1, 'cpu_rt_runtime': 2}, '--cpu-rt-period="1" --cpu-rt-runtime="2"'),
        ({'device_read_iops': [{'Path': '/dev/a', 'Rate': 2}]}, '--device-read-iops=/dev/a:2'),
        ({'devices': ['/dev/a']}, '--device=/dev/a:/dev/a:rwm'),
        ({'ulimits': [docker.types.Ulimit(name='core', soft=0, hard=0)]}, '--ulimit=core=0:0'),
        ({'log_config': docker.types.LogConfig(type='none')}, '--log-driver=none'),
        ({'extra_hosts': {'h': '10.0.0.1'}}, '--add-host="h:10.0.0.1"'),
        ({'uts_mode': 'host', 'nano_cpus': 500_000_000}, '--uts="host" --cpus=0.5'),
        ({'tmpfs': ['/t']}, '--tmpfs=/t'),
        ({}, ''),
    ],
)
def test_the_host_configuration_of_the_sdk_is_expanded(kwargs: dict[str, Any], flags: str) -> None:
    assert created(host_config=docker.types.HostConfig(version='1.41', **kwargs)) == flags


def test_a_host_configuration_by_keywords_is_expanded() -> None:
    host_config = {'cap_add': ['A'], 'binds': ['v:/a']}
    assert created(name='x', host_config=host_config) == '--name="x" --cap-add="A" --volume="v:/a"'


def test_what_is_given_beside_the_host_configuration_wins() -> None:
    assert created(host_config={'CapAdd': ['A']}, cap_add=['B']) == '--cap-add="B"'


def test_a_network_of_the_call_goes_with_a_host_configuration_without_mode() -> None:
    endpoint = docker.types.EndpointConfig('1.41', aliases=['a'], links=[('x', 'y')])
    networking = docker.types.NetworkingConfig({'n': endpoint})
    host_config = docker.types.HostConfig(version='1.41')
    assert created(host_config=host_config, networking_config=networking) == '--net=n --network-alias=a --link=x:y'


@pytest.mark.parametrize(
    ('call', 'kwargs', 'line'),
    [
        (
            'exec_create',
            {
                'container': 'c',
                'cmd': 'x',
                'user': '',
                'tty': True,
                'privileged': True,
                'workdir': '/w',
                'detach_keys': 'ctrl-x',
            },
            'exec --detach --user="" --tty=true --privileged=true --workdir="/w" --detach-keys="ctrl-x" c x',
        ),
        ('exec_create', {'container': 'c', 'cmd': 'x', 'user': None}, 'exec --detach c x'),
        ('exec_create', {'container': 'c', 'cmd': 'x', 'user': 0}, 'exec --detach --user="0" c x'),
        (
            'exec_create',
            {'container': 'c', 'cmd': 'x', 'stdout': True, 'stderr': True, 'stdin': True},
            'exec --detach --interactive=true c x',
        ),
        (
            'exec_create',
            {'container': 'c', 'cmd': 'x', 'environment': {'A': 'b', 'C': 'd e'}},
            "exec --detach --env=A=b --env='C=d e' c x",
        ),
        (
            'remove_container',
            {'container': 'c', 'force': True, 'link': False, 'v': True},
            'rm --force=true --link=false --volumes=true c',
        ),
        ('remove_image', {'image': 'i', 'force': True, 'noprune': True}, 'rmi --force=true --no-prune=true i'),
        (
            'create_network',
            {'name': 'n', 'driver': 'bridge', 'internal': True, 'attachable': True, 'scope': 'local', 'ingress': False},
            'network create --driver="bridge" --internal=true --attachable=true --scope="local" --ingress=false n',
        ),
        (
            'create_network',
            {
                'name': 'n',
                'options': {'com.docker.network.driver.mtu': '1400'},
                'labels': {'k': 'v'},
                'enable_ipv6': True,
                'check_duplicate': True,
            },
            'network create --opt=com.docker.network.driver.mtu=1400 --label=k=v --ipv6=true n',
        ),
        (
            'create_network',
            {
                'name': 'n',
                'ipam': docker.types.IPAMConfig(
                    driver='default',
                    options={'a': 'b'},
                    pool_configs=[docker.types.IPAMPool('10.9.0.0/16', '10.9.1.0/24', '10.9.0.1', {'r': '10.9.1.5'})],
                ),
            },
            'network create --ipam-driver=default --subnet=10.9.0.0/16 --ip-range=10.9.1.0/24 --gateway=10.9.0.1 '
            '--aux-address=r=10.9.1.5 --ipam-opt=a=b n',
        ),
        (
            'networks',
            {'names': ['a', 'b'], 'ids': ['c'], 'filters': {'driver': 'bridge', 'dangling': True}},
            'network ls --no-trunc --format="{{json .}}" --filter=name=a --filter=name=b --filter=id=c '
            '--filter=driver=bridge --filter=dangling=true',
        ),
        (
            'connect_container_to_network',
            {
                'container': 'c',
                'net_id': 'n',
                'ipv4_address': '10.0.0.5',
                'ipv6_address': None,
                'aliases': ['a', 'b,c'],
                'links': [('x', 'y')],
                'link_local_ips': ['169.254.1.1'],
                'driver_opt': {'k': 'v'},
                'mac_address': None,
            },
            'network connect --ip="10.0.0.5" --alias="a" --alias="\\"b,c\\"" --link=x:y --link-local-ip="169.254.1.1" '
            '--driver-opt=k=v n c',
        ),
        (
            'disconnect_container_from_network',
            {'container': 'c', 'net_id': 'n', 'force': True},
            'network disconnect --force=true n c',
        ),
        (
            'create_volume',
            {
                'name': 'v',
                'driver': 'local',
                'driver_opts': {'type': 'tmpfs', 'o': 'size=1m,uid=1'},
                'labels': {'k': 'v'},
            },
            'volume create --driver="local" --opt=type=tmpfs --opt=o=size=1m,uid=1 --label=k=v v',
        ),
        (
            'volumes',
            {'filters': {'name': ['a', 'b']}},
            'volume ls --format="{{json .}}" --filter=name=a --filter=name=b',
        ),
        ('remove_volume', {'name': 'v', 'force': True}, 'volume rm --force=true v'),
        ('stop', {'container': 'c', 'timeout': 0, 'raise_on_error': True}, 'stop --time="0" c'),
        ('restart', {'container': 'c', 'timeout': 5}, 'restart --time="5" c'),
        ('kill', {'container': 'c', 'signal': 9}, 'kill --signal="9" c'),
        (
            'logs',
            {
                'container': 'c',
                'tail': 'all',
                'timestamps': True,
                'since': 5,
                'until': 6,
                'follow': False,
                'stream': True,
                'stdout': True,
                'stderr': True,
            },
            'logs --tail="all" --timestamps=true --since="5" --until="6" --follow=false c',
        ),
        ('logs', {'container': 'c', 'stream': True}, 'logs --follow=true c'),
        ('logs', {'container': 'c', 'since': datetime.datetime(2020, 1, 2, 3, 4, 5)}, 'logs --since="1577934245.0" c'),
        ('top', {'container': 'c', 'ps_args': '-o pid,args'}, 'top c -o pid,args'),
        ('top', {'container': 'c', 'ps_args': '$(id) ;'}, "top c '$(id)' ';'"),
        (
            'update_container',
            {
                'container': 'c',
                'mem_limit': 5,
                'cpu_shares': 2,
                'nano_cpus': 10**9,
                'restart_policy': {'Name': 'on-failure', 'MaximumRetryCount': 3},
            },
            'update --memory="5" --cpu-shares="2" --cpus=1 --restart=on-failure:3 c',
        ),
        ('rename', {'container': 'c', 'name': 'd'}, 'rename c d'),
        (
            'pull',
            {
                'repository': 'r',
                'tag': 't',
                'stream': True,
                'insecure_registry': True,
                'auth_config': {'a': 'b'},
                'decode': True,
                'platform': 'linux/amd64',
                'raise_on_error': True,
            },
            'pull --platform="linux/amd64" r:t',
        ),
        ('pull', {'repository': 'r', 'tag': 'sha256:abc'}, 'pull r@sha256:abc'),
        ('pull', {'repository': 'r', 'all_tags': True}, 'pull --all-tags=true r'),
        ('push', {'repository': 'r', 'tag': 't', 'stream': False}, 'push r:t'),
        ('tag', {'image': 'i', 'repository': 'h:5000/r', 'tag': 't', 'force': True}, 'tag i h:5000/r:t'),
        ('login', {'username': 'u', 'email': 'e', 'reauth': True, 'registry': 'r'}, 'login --username="u" r'),
        ('version', {'api_version': True}, 'version --format="{{json .}}"'),
        (
            'images',
            {'name': 'i', 'all': True, 'quiet': True, 'filters': {'dangling': False}},
            'images --no-trunc --format="{{json .}}" --all=true --quiet=true --filter=dangling=false i',
        ),
        (
            'build',
            {
                'tag': 'a:b',
                'nocache': True,
                'rm': True,
                'pull': False,
                'quiet': True,
                'target': 't',
                'cache_from': ['c', 'd'],
                'squash': True,
                'platform': 'p',
                'isolation': 'i',
                'path': '/p q',
            },
            'build --tag="a:b" --no-cache=true --rm=true --pull=false --quiet=true --target="t" --cache-from="c" '
            '--cache-from="d" --squash=true --platform="p" --isolation="i" \'/p q\'',
        ),
        (
            'build',
            {
                'path': '.',
                'buildargs': {'A': 'b', 'C': None},
                'dockerfile': 'D',
                'forcerm': True,
                'labels': {'k': 'v'},
                'shmsize': 5,
                'network_mode': 'host',
                'extra_hosts': {'h': '1.2.3.4'},
                'gzip': True,
            },
            'build --build-arg=A=b --build-arg=C --file="D" --force-rm=true --label=k=v --shm-size="5" '
            '--network="host" --add-host=h:1.2.3.4 --compress=true .',
        ),
        (
            'build',
            {
                'fileobj': object(),
                'custom_context': True,
                'encoding': 'gzip',
                'decode': True,
                'timeout': 5,
                'container_limits': {'memory': 1, 'memswap': 2, 'cpushares': 3, 'cpusetcpus': '0'},
            },
            'build --memory="1" --memory-swap="2" --cpu-shares="3" --cpuset-cpus="0" -',
        ),
    ],
)
def test_an_option_is_written_as_docker_takes_it(call: str, kwargs: dict[str, Any], line: str) -> None:
    assert OUTPUT.get_cmd(call, **kwargs) == f'docker {line}'


@pytest.mark.parametrize(
    ('kwargs', 'flags'),
    [
        ({'all': True, 'latest': True, 'size': True}, '--all=true --latest=true --size=true'),
        (
            {'filters': {'status': ['exited', 'dead'], 'label': 'k=v'}},
            '--filter=status=exited --filter=status=dead --filter=label=k=v',
        ),
        ({'limit': 3}, '--last=3'),
        ({'limit': -1, 'since': 'a', 'before': 'b', 'trunc': True}, '--filter=since=a --filter=before=b'),
    ],
)
def test_containers_are_listed_with_filters(kwargs: dict[str, Any], flags: str) -> None:
    assert OUTPUT.get_cmd('containers', **kwargs) == f'docker ps --no-trunc {CONTAINER_FORMAT_ARG} {flags}'


def test_a_setting_that_would_be_lost_is_refused() -> None:
    with pytest.raises(ValueError, match='mac_address'):
        OUTPUT.get_cmd('connect_container_to_network', container='c', net_id='n', mac_address='02:42:0a:00:00:05')

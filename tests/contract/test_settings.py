"""What containers are created with, and how an engine shows it."""

from __future__ import annotations

from typing import Any

import docker
import pytest

from tests.contract.lab import FULL_IMAGE, IMAGE, Lab

PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


def config(lab: Lab, name: str) -> dict[str, Any]:
    found: dict[str, Any] = lab.details(name)['Config']
    return found


@pytest.mark.parametrize(
    ('arguments', 'shown'),
    [
        (
            {},
            {'Cmd': ['sleep', '100'], 'Entrypoint': None, 'User': '', 'WorkingDir': '', 'Labels': {}, 'Volumes': None},
        ),
        ({'command': ['a', 'b c']}, {'Cmd': ['a', 'b c']}),
        ({'command': 'a "b c"'}, {'Cmd': ['a', 'b c']}),
        ({'command': None}, {'Cmd': ['/bin/sh']}),
        ({'entrypoint': 'env A=1'}, {'Entrypoint': ['env', 'A=1'], 'Cmd': ['sleep', '100']}),
        ({'entrypoint': 'env', 'command': None}, {'Entrypoint': ['env'], 'Cmd': None}),
        ({'environment': {'A': '1', 'B': ''}}, {'Env': ['A=1', 'B=', PATH]}),
        ({'environment': ['A=1', 'PATH=/bin']}, {'Env': ['A=1', 'PATH=/bin']}),
        ({'user': 1000}, {'User': '1000'}),
        ({'hostname': 'site', 'domainname': 'example.com'}, {'Hostname': 'site', 'Domainname': 'example.com'}),
        ({'labels': ['a', 'b']}, {'Labels': {'a': '', 'b': ''}}),
        ({'ports': [80, (53, 'udp')]}, {'ExposedPorts': {'80/tcp': {}, '53/udp': {}}}),
        ({'volumes': ['/a']}, {'Volumes': {'/a': {}}}),
        ({'stop_signal': 'SIGUSR1', 'stop_timeout': 3}, {'StopSignal': 'SIGUSR1', 'StopTimeout': 3}),
        ({'stop_timeout': 0}, {'StopTimeout': 0}),
        ({'working_dir': '/tmp'}, {'WorkingDir': '/tmp'}),
        ({'tty': True, 'stdin_open': True}, {'Tty': True, 'OpenStdin': True, 'StdinOnce': True, 'AttachStdin': True}),
        ({'detach': True}, {'AttachStdout': False, 'AttachStderr': False}),
        ({'detach': False}, {'AttachStdout': True, 'AttachStderr': True}),
        (
            {'healthcheck': {'test': 'true', 'interval': 10**9}},
            {'Healthcheck': {'Test': ['CMD-SHELL', 'true'], 'Interval': 10**9}},
        ),
        (
            {'image': FULL_IMAGE, 'command': None},
            {
                'Cmd': ['sleep', '100'],
                'User': 'daemon',
                'WorkingDir': '/tmp',
                'Volumes': {'/data': {}, '/empty': {}},
                'Labels': {'made-by': 'tests', 'kind': 'full'},
                'ExposedPorts': {'80/tcp': {}, '53/udp': {}},
            },
        ),
        (
            {
                'image': FULL_IMAGE,
                'user': 'root',
                'labels': {'kind': 'mine'},
                'ports': [81],
                'volumes': ['/more'],
                'working_dir': '/srv',
            },
            {
                'User': 'root',
                'WorkingDir': '/srv',
                'Volumes': {'/data': {}, '/empty': {}, '/more': {}},
                'Labels': {'made-by': 'tests', 'kind': 'mine'},
                'ExposedPorts': {'80/tcp': {}, '53/udp': {}, '81/tcp': {}},
            },
        ),
    ],
)
def test_a_configuration_is_shown(lab: Lab, arguments: dict[str, Any], shown: dict[str, Any]) -> None:
    lab.create('web', **{'command': 'sleep 100', **arguments})
    found = config(lab, 'web')
    lab.client.remove_container(lab.name('web'), v=True)

    assert {key: found.get(key) for key in shown} == shown


def test_what_is_not_set_is_left_out(lab: Lab) -> None:
    lab.create('web')

    assert not config(lab, 'web').keys() & {
        'ExposedPorts',
        'Healthcheck',
        'NetworkDisabled',
        'MacAddress',
        'StopSignal',
        'StopTimeout',
    }


def test_environment_of_the_image_comes_last(lab: Lab) -> None:
    lab.create('web', image=FULL_IMAGE, environment={'COLOUR': 'red'})
    found = config(lab, 'web')['Env']
    lab.client.remove_container(lab.name('web'), v=True)

    assert found[0] == 'COLOUR=red'
    assert sorted(found[1:]) == [PATH, 'SIZE=big']


def test_a_host_name_is_made_from_the_id(lab: Lab) -> None:
    assert lab.create('web')[:12] == config(lab, 'web')['Hostname']


def test_path_and_arguments_are_shown(lab: Lab) -> None:
    lab.create('web', ['b', 'c'], entrypoint=['a'])

    assert (lab.details('web')['Path'], lab.details('web')['Args']) == ('a', ['b', 'c'])


@pytest.mark.parametrize(
    ('host', 'shown'),
    [
        (
            {},
            {
                'Binds': None,
                'LogConfig': {'Type': 'json-file', 'Config': {}},
                'CapAdd': None,
                'ShmSize': 67108864,
                'Runtime': 'runc',
                'AutoRemove': False,
                'Privileged': False,
                'Memory': 0,
                'MemorySwap': 0,
                'IpcMode': 'private',
            },
        ),
        ({'restart_policy': {'Name': 'always'}}, {'RestartPolicy': {'Name': 'always', 'MaximumRetryCount': 0}}),
        (
            {'restart_policy': {'Name': 'on-failure', 'MaximumRetryCount': 3}},
            {'RestartPolicy': {'Name': 'on-failure', 'MaximumRetryCount': 3}},
        ),
        ({'restart_policy': {'Name': 'no'}}, {'RestartPolicy': {'Name': 'no', 'MaximumRetryCount': 0}}),
        ({'mem_limit': '64m'}, {'Memory': 67108864, 'MemorySwap': 134217728}),
        ({'mem_limit': '64m', 'memswap_limit': '96m'}, {'Memory': 67108864, 'MemorySwap': 100663296}),
        ({'mem_limit': '64m', 'memswap_limit': -1}, {'MemorySwap': -1}),
        ({'mem_reservation': '32m'}, {'MemoryReservation': 33554432}),
        (
            {'cap_add': ['SYS_ADMIN', 'net_admin'], 'cap_drop': ['CHOWN']},
            {'CapAdd': ['SYS_ADMIN', 'net_admin'], 'CapDrop': ['CHOWN']},
        ),
        (
            {'dns': ['1.1.1.1'], 'dns_search': ['example.com'], 'dns_opt': ['ndots:1']},
            {'Dns': ['1.1.1.1'], 'DnsSearch': ['example.com'], 'DnsOptions': ['ndots:1']},
        ),
        ({'extra_hosts': {'a': '1.2.3.4'}}, {'ExtraHosts': ['a:1.2.3.4']}),
        (
            {'log_config': {'type': 'json-file', 'config': {'max-size': '1m'}}},
            {'LogConfig': {'Type': 'json-file', 'Config': {'max-size': '1m'}}},
        ),
        ({'log_config': docker.types.LogConfig(type='none')}, {'LogConfig': {'Type': 'none', 'Config': {}}}),
        ({'privileged': True}, {'Privileged': True}),
        ({'read_only': True}, {'ReadonlyRootfs': True}),
        ({'pid_mode': 'host'}, {'PidMode': 'host'}),
        ({'ipc_mode': 'host'}, {'IpcMode': 'host'}),
        (
            {'ulimits': [{'Name': 'nofile', 'Soft': 10, 'Hard': 20}]},
            {'Ulimits': [{'Name': 'nofile', 'Soft': 10, 'Hard': 20}]},
        ),
        ({'tmpfs': {'/run': 'size=1m'}}, {'Tmpfs': {'/run': 'size=1m'}}),
        ({'sysctls': {'net.core.somaxconn': 100}}, {'Sysctls': {'net.core.somaxconn': '100'}}),
        ({'shm_size': '32m'}, {'ShmSize': 33554432}),
        ({'cpu_shares': 5, 'cpuset_cpus': '0'}, {'CpuShares': 5, 'CpusetCpus': '0'}),
        ({'security_opt': ['label=disable']}, {'SecurityOpt': ['label=disable']}),
        (
            {'devices': ['/dev/null:/dev/x:r']},
            {'Devices': [{'PathOnHost': '/dev/null', 'PathInContainer': '/dev/x', 'CgroupPermissions': 'r'}]},
        ),
        ({'group_add': [5]}, {'GroupAdd': ['5']}),
        ({'init': True}, {'Init': True}),
        ({'publish_all_ports': True}, {'PublishAllPorts': True}),
        ({'oom_score_adj': 5}, {'OomScoreAdj': 5}),
        ({'pids_limit': 50}, {'PidsLimit': 50}),
    ],
)
def test_a_host_configuration_is_shown(lab: Lab, host: dict[str, Any], shown: dict[str, Any]) -> None:
    lab.create('web', host=host)
    found = lab.host('web')

    assert {key: found.get(key) for key in shown} == shown


@pytest.mark.parametrize(
    ('arguments', 'refused'),
    [
        ({'host': {'restart_policy': {'Name': 'nope'}}}, (400, "invalid restart policy 'nope'")),
        (
            {'host': {'restart_policy': {'Name': 'always', 'MaximumRetryCount': 3}}},
            (400, "maximum retry count cannot be used with restart policy 'always'"),
        ),
        (
            {'host': {'restart_policy': {'Name': 'always'}, 'auto_remove': True}},
            (400, "can't create 'AutoRemove' container with restart policy"),
        ),
        ({'host': {'mem_limit': '1m'}}, (400, 'Minimum memory limit allowed is 6MB')),
        (
            {'host': {'mem_limit': '64m', 'memswap_limit': '32m'}},
            (400, 'Minimum memoryswap limit should be larger than memory limit, see usage'),
        ),
        (
            {'host': {'memswap_limit': '32m'}},
            (400, 'You should always set the Memory limit when using Memoryswap limit, see usage'),
        ),
        ({'host': {'cap_add': ['NOPE']}}, (400, 'invalid CapAdd: unknown capability: "CAP_NOPE"')),
        ({'working_dir': 'rel'}, (400, "the working directory 'rel' is invalid, it needs to be an absolute path")),
        ({'stop_signal': 'NOPE'}, (400, 'Invalid signal: NOPE')),
    ],
)
def test_impossible_settings_are_refused(lab: Lab, arguments: dict[str, Any], refused: tuple[int, str]) -> None:
    assert lab.refused(lab.create, 'web', **arguments) == refused
    assert not lab.exists('web')


def test_what_was_not_set_is_recorded(lab: Lab) -> None:
    lab.create('web', host={})

    assert lab.host('web')['NetworkMode'] == lab.default_mode
    assert lab.host('web')['RestartPolicy'] == {'Name': lab.never_restarted, 'MaximumRetryCount': 0}


def test_an_inspection_can_be_changed_without_effect(lab: Lab) -> None:
    lab.create('web', labels={'a': 'b'})
    lab.details('web')['Config']['Labels']['a'] = 'c'
    lab.host('web')['RestartPolicy']['Name'] = 'always'

    assert config(lab, 'web')['Labels'] == {'a': 'b'}
    assert lab.host('web')['RestartPolicy']['Name'] == lab.never_restarted


def test_a_container_can_be_created_from_the_sdks_configuration(lab: Lab) -> None:
    asked = docker.types.containers.ContainerConfig('1.41', IMAGE, 'sleep 100', labels={'a': 'b'})

    lab.client.create_container_from_config(asked, lab.name('web'))

    assert config(lab, 'web')['Labels'] == {'a': 'b'}

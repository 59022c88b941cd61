"""Whole answers of the engine in memory, next to those of a Docker Engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.lab import FULL_IMAGE, SUBNET, WORDED_AS, Lab

pytestmark = pytest.mark.engine

PORT = 27201
CHOSEN = frozenset(
    (
        'Pid',
        'Created',
        'CreatedAt',
        'MacAddress',
        'IPAddress',
        'IPPrefixLen',
        'Gateway',
        'Subnet',
        'Mountpoint',
        'SandboxKey',
        'ResolvConfPath',
        'HostnamePath',
        'HostsPath',
        'LogPath',
        'Source',
        'IPv4Address',
        'Status',
        'PublicPort',
    )
)
"""What each engine chooses as it likes; whether there is something must be the same."""

NOT_READ = (
    '.DNSNames',
    '.HostConfig.MaskedPaths',
    '.HostConfig.Runtime',
    '.HostnamePath',
    '.HostsPath',
    '.LogPath',
    '.NetworkSettings.Bridge',
    '.NetworkSettings.SandboxID',
    '.NetworkSettings.SandboxKey',
    '.ResolvConfPath',
    '.State.Error',
)
"""Of engines after 20.10, the one in memory answers what the library reads; these are not among it."""


def created(lab: Lab) -> None:
    lab.create('web')


def running(lab: Lab) -> None:
    lab.run('web')


def ended(lab: Lab) -> None:
    lab.finished('web', ['sh', '-c', 'exit 3'])


def full_image(lab: Lab) -> None:
    lab.run('web', None, image=FULL_IMAGE)


def many_settings(lab: Lab) -> None:
    lab.run('db')
    lab.run(
        'web',
        ['sh', '-c', 'sleep 100; true'],
        hostname='site',
        user='nobody',
        environment={'A': '1'},
        ports=[80, (81, 'udp'), 82],
        volumes=['/z', '/x'],
        labels={'l': '1'},
        stop_signal='SIGINT',
        stop_timeout=3,
        working_dir='/tmp',
        entrypoint=['env'],
        host={
            'binds': [f'{lab.name("data")}:/x', '/usr:/y:ro'],
            'port_bindings': {80: PORT, '81/udp': ('127.0.0.1', PORT), 82: None},
            'links': {lab.name('db'): 'db'},
            'mem_limit': '64m',
            'cap_add': ['SYS_ADMIN'],
            'dns': ['1.1.1.1'],
            'extra_hosts': {'h': '1.2.3.4'},
            'restart_policy': {'Name': 'on-failure', 'MaximumRetryCount': 3},
            'log_config': {'type': 'json-file', 'config': {'max-size': '1m'}},
        },
    )


def networks(lab: Lab) -> None:
    lab.network('back', SUBNET, labels={'a': 'b'})
    lab.network('front')
    lab.run(
        'web',
        network=lab.name('back'),
        endpoint={'ipv4_address': '10.77.1.9', 'aliases': ['site'], 'links': {'a': 'b'}},
    )
    lab.client.connect_container_to_network(lab.name('web'), lab.name('front'))


def stopped_in_networks(lab: Lab) -> None:
    networks(lab)
    lab.client.stop(lab.name('web'), timeout=0)


def shared_network(lab: Lab) -> None:
    lab.run('db', hostname='shared')
    lab.run('web', host={'network_mode': f'container:{lab.name("db")}'})


def host_network(lab: Lab) -> None:
    lab.run('web', host={'network_mode': 'none'})


def failed_start(lab: Lab) -> None:
    lab.create('web', network=lab.name('nothing'))
    lab.refused(lab.client.start, lab.name('web'))


SCENARIOS = [
    created,
    running,
    ended,
    full_image,
    many_settings,
    networks,
    stopped_in_networks,
    shared_network,
    host_network,
    failed_start,
]


@pytest.mark.parametrize('scenario', SCENARIOS)
def test_containers_are_described_alike(both_labs: tuple[Lab, Lab], scenario: Callable[[Lab], None]) -> None:
    inspections = []
    for lab in both_labs:
        scenario(lab)
        inspections.append(comparable(lab, lab.details('web')))

    assert read_differences(both_labs, *inspections) == []


@pytest.mark.parametrize('scenario', SCENARIOS)
def test_containers_are_listed_alike(both_labs: tuple[Lab, Lab], scenario: Callable[[Lab], None]) -> None:
    rows = []
    for lab in both_labs:
        scenario(lab)
        rows.append(
            [
                comparable(lab, row)
                for row in lab.client.containers(all=True)
                if row['Names'][0].startswith(f'/{lab.prefix}')
            ]
        )

    assert read_differences(both_labs, *rows) == []


def test_networks_are_described_alike(both_labs: tuple[Lab, Lab]) -> None:
    found = []
    for lab in both_labs:
        networks(lab)
        found.append([comparable(lab, lab.client.inspect_network(lab.name(name))) for name in ('back', 'front')])

    assert read_differences(both_labs, *found) == []


def test_volumes_are_described_alike(both_labs: tuple[Lab, Lab]) -> None:
    found = []
    for lab in both_labs:
        lab.client.create_volume(lab.name('data'), labels={'a': 'b'})
        lab.create('web', host={'binds': [f'{lab.name("new")}:/srv']})
        found.append([comparable(lab, lab.client.inspect_volume(lab.name(name))) for name in ('data', 'new')])

    assert read_differences(both_labs, *found) == []


def test_commands_are_described_alike(both_labs: tuple[Lab, Lab]) -> None:
    found = []
    for lab in both_labs:
        lab.run('web')
        ids = [
            lab.client.exec_create(lab.name('web'), ['sleep', '100'], user='nobody')['Id'],
            lab.client.exec_create(lab.name('web'), 'true')['Id'],
        ]
        lab.client.exec_start(ids[0], detach=True)
        lab.client.exec_start(ids[1])
        found.append([comparable(lab, lab.client.exec_inspect(exec_id)) for exec_id in ids])

    assert read_differences(both_labs, *found) == []


def comparable(lab: Lab, value: Any, key: str = '') -> Any:
    """An answer without ids, times and what an engine chooses."""
    if key == 'GraphDriver':
        return ''
    if isinstance(value, dict):
        return {plain_text(lab, name): comparable(lab, member, name) for name, member in value.items()}
    if isinstance(value, list):
        members = [comparable(lab, member, key) for member in value]
        return sorted(members, key=repr) if key in ('Mounts', 'Ports', 'Names', 'Env') else members
    if key in CHOSEN:
        return bool(value)
    return plain_text(lab, value) if isinstance(value, str) else value


def plain_text(lab: Lab, text: str) -> str:
    text = text.replace(lab.prefix, 'x')
    text = re.sub(r'\b[0-9a-f]{64}\b', '<id>', text)
    text = re.sub(r'^[0-9a-f]{12}$', '<short id>', text)
    text = re.sub(r'^20\d\d-\d\d-\d\dT[0-9:.]+Z$', '<time>', text)
    # Ports that an engine chooses count up with each that it has given away.
    return re.sub(rf'^(?!{PORT}$)\d{{5}}$', '<port>', text)


def read_differences(labs: tuple[Lab, Lab], *answers: Any) -> list[str]:
    """Where two answers differ, in what counts on engines of this version."""
    left_out = () if labs[1].api_version == WORDED_AS else NOT_READ
    return [line for line in differences(*answers) if not line.partition(': ')[0].endswith(left_out)]


def differences(memory: Any, engine: Any, path: str = '') -> list[str]:
    """Where two answers differ."""
    if isinstance(memory, dict) and isinstance(engine, dict):
        names = [*memory, *(name for name in engine if name not in memory)]
        return [
            line
            for name in names
            for line in differences(memory.get(name, 'missing'), engine.get(name, 'missing'), f'{path}.{name}')
        ]
    if isinstance(memory, list) and isinstance(engine, list) and len(memory) == len(engine):
        return [
            line
            for number, members in enumerate(zip(memory, engine, strict=True))
            for line in differences(*members, f'{path}[{number}]')
        ]
    return [] if memory == engine else [f'{path}: {memory!r} in memory, {engine!r} on the engine']

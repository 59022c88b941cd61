"""The program ``podman`` in place of ``docker``: what it takes and prints in another way."""

from __future__ import annotations

import json
from typing import Any

import docker.errors
import pytest

from dockermap.client.cli import DockerCliClient

NETWORK = {
    'name': 'shop.back',
    'id': 'cd2a56738ad9',
    'driver': 'bridge',
    'created': '2026-11-26T17:41:37.730765709Z',
    'subnets': [
        {
            'subnet': '10.77.3.0/24',
            'gateway': '10.77.3.1',
            'lease_range': {'start_ip': '10.77.3.129', 'end_ip': '10.77.3.255'},
        },
        {'subnet': 'fd00:9::/64', 'gateway': 'fd00:9::1'},
    ],
    'ipv6_enabled': True,
    'internal': True,
    'labels': {'a': 'b'},
    'options': {'mtu': '1400'},
    'containers': {
        '65342372f6f4': {
            'name': 'two',
            'interfaces': {
                'eth0': {
                    'subnets': [{'ipnet': '10.77.3.129/24'}, {'ipnet': 'fd00:9::2/64'}],
                    'mac_address': '02:42:ac:11:00:07',
                }
            },
        }
    },
}
CONTAINER = {
    'Id': '65342372f6f4',
    'Name': 'two',
    'Image': 'a2b0bdbe00e0',
    'ExecIDs': ['b3e74b77e9b6'],
    'HostConfig': {
        'Annotations': {
            'a.b': 'c',
            'io.container.manager': 'libpod',
            'org.systemd.property.KillSignal': '15',
        }
    },
}


class Podman:
    """Prints what is scripted for the subcommand that a line has."""

    def __init__(self, **printed: Any) -> None:
        self.printed = {name.replace('_', ' '): value for name, value in printed.items()}
        self.lines: list[str] = []

    def __call__(self, command: str, input: bytes | None = None) -> str:
        self.lines.append(command)
        found = next(value for name, value in self.printed.items() if f'podman {name}' in command)
        return found if isinstance(found, str) else json.dumps([found])


def client(**printed: Any) -> DockerCliClient:
    return DockerCliClient(Podman(**printed), default_bin='podman')


def test_a_network_is_described_as_the_api_does() -> None:
    assert client(network_inspect=NETWORK).inspect_network('shop.back') == {
        'Name': 'shop.back',
        'Id': 'cd2a56738ad9',
        'Created': '2026-11-26T17:41:37.730765709Z',
        'Scope': 'local',
        'Driver': 'bridge',
        'EnableIPv6': True,
        'Internal': True,
        'Attachable': False,
        'Ingress': False,
        'IPAM': {
            'Driver': 'default',
            'Options': {},
            'Config': [
                {'Subnet': '10.77.3.0/24', 'Gateway': '10.77.3.1', 'IPRange': '10.77.3.128/25'},
                {'Subnet': 'fd00:9::/64', 'Gateway': 'fd00:9::1'},
            ],
        },
        'Options': {'mtu': '1400'},
        'Labels': {'a': 'b'},
        'Containers': {
            '65342372f6f4': {
                'Name': 'two',
                'EndpointID': '',
                'MacAddress': '02:42:ac:11:00:07',
                'IPv4Address': '10.77.3.129/24',
                'IPv6Address': 'fd00:9::2/64',
            }
        },
    }


def test_containers_and_images_have_ids_and_names_as_the_api_gives_them() -> None:
    podman = client(inspect=CONTAINER, image_inspect={'Id': 'a2b0bdbe00e0'})

    found = podman.inspect_container('two')

    assert (found['Name'], found['Image']) == ('/two', 'sha256:a2b0bdbe00e0')
    assert found['HostConfig']['Annotations'] == {'a.b': 'c'}
    assert podman.inspect_image('i')['Id'] == 'sha256:a2b0bdbe00e0'


def test_the_driver_of_addresses_is_left_out_where_it_is_the_default() -> None:
    podman = client(network_create='x')

    podman.create_network('n', ipam={'Driver': 'default', 'Config': [{'Subnet': '10.1.0.0/24'}]})
    podman.create_network('n', ipam={'Driver': 'dhcp'})

    assert [('ipam-driver' in line) for line in podman.run.lines] == [False, True]


def test_an_interval_of_checks_during_the_start_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match='podman has no option for start_interval'):
        client().create_container('i', healthcheck={'Test': ['CMD', 'true'], 'StartInterval': 2_000_000_000})


@pytest.mark.parametrize(('code', 'running'), [(0, False), (3, False), (127, False)])
def test_a_command_ends_with_its_exit_code(code: int, running: bool) -> None:
    podman = client(exec=f'hello\nexit code: {code}\n', inspect=CONTAINER)
    command = podman.exec_create('two', ['true'])['Id']

    assert podman.exec_start(command) == b'hello\n'
    found = podman.exec_inspect(command)
    assert (found['ExitCode'], found['Running']) == (code, running)


def test_what_fails_before_the_command_is_an_error() -> None:
    podman = client(exec='Error: unable to find user nobodyx\nexit code: 125\n')

    with pytest.raises(docker.errors.APIError, match='unable to find user nobodyx'):
        podman.exec_start(podman.exec_create('two', ['true'], user='nobodyx')['Id'])


@pytest.mark.parametrize(('printed', 'running'), [('b3e74b77e9b6\n', True), ('ffff\n', False)])
def test_a_detached_command_runs_while_its_container_names_it(printed: str, running: bool) -> None:
    podman = client(exec=printed, inspect=CONTAINER)
    command = podman.exec_create('two', ['true'])['Id']

    podman.exec_start(command, detach=True)

    found = podman.exec_inspect(command)
    assert (found['ExitCode'], found['Running']) == (None, running)

"""A map is brought up, changed and taken down by the program ``podman``, on its own engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import docker
import pytest

from dockermap.client.cli import DockerCliClient
from dockermap.map.client import MappingDockerClient
from dockermap.map.config.main import ContainerMap

WAITING = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done']

pytestmark = pytest.mark.skipif(
    os.environ.get('DOCKERMAP_TEST_ENGINE') != 'podman', reason="the program podman belongs to Podman's engine"
)


def content(image: str, memory: str = '64m', size: int = 1400) -> dict[str, Any]:
    return {
        'db': {
            'image': image,
            'attaches': 'socket',
            'user': '65534:65534',
            'permissions': 'u=rwX,g=rX,o=',
            'networks': {'back': {'aliases': 'db'}},
            'stop_timeout': 1,
            'create_options': {'command': WAITING, 'environment': {'A': 'b $c'}},
            'exec_commands': [['touch /var/socket/made', 'nobody', 'initial']],
        },
        'app': {
            'image': image,
            'uses': 'socket',
            'binds': [['/mnt/usr', '/usr', True]],
            'depends_on': 'db',
            'networks': [('back', {'aliases': 'front'}), ('edge', {'mac_address': '02:42:ac:11:00:05'})],
            'exposes': [80],
            'stop_timeout': 1,
            'create_options': {'command': WAITING, 'labels': {'x': 'y z'}},
            'host_config': {'mem_limit': memory, 'cap_drop': ['CHOWN'], 'annotations': {'a.b': 'c d'}},
        },
        'networks': {
            'back': {'internal': True, 'driver_options': {'com.docker.network.driver.mtu': size}},
            'edge': {'create_options': {'ipam': {'Driver': 'default', 'Config': [{'Subnet': '10.78.9.0/24'}]}}},
        },
        'volumes': {'socket': {'default_path': '/var/socket', 'create_options': {'labels': {'k': 'v'}}}},
    }


def test_a_map_is_brought_up_changed_and_taken_down(
    shell: Callable[..., str], engine_url: str, api: docker.APIClient, unique: str, base_image: str
) -> None:
    def client(**settings: Any) -> MappingDockerClient:
        program = DockerCliClient(shell, default_bin='podman', base_url=engine_url)
        options = {'core_image': base_image, 'base_image': base_image}
        return MappingDockerClient(
            ContainerMap(unique, content(base_image, **settings)), program, option_defaults=options
        )

    def states() -> dict[str, str]:
        rows = api.containers(all=True, filters={'name': unique})
        return {row['Names'][0].removeprefix(f'/{unique}.'): row['State'] for row in rows}

    client().update('__all__')
    assert states() == {'app': 'running', 'db': 'running'}
    assert client().update('__all__') == []
    address = api.inspect_container(f'{unique}.app')['NetworkSettings']['Networks'][f'{unique}.edge']['MacAddress']
    assert address == '02:42:ac:11:00:05'

    assert [result.config_id.config_name for result in client(memory='96m').update('__all__')] == ['app']
    client(memory='96m', size=1300).update('__all__')
    assert client(memory='96m', size=1300).update('__all__') == []
    assert states() == {'app': 'running', 'db': 'running'}

    client(memory='96m', size=1300).stop('__all__')
    assert states() == {'app': 'exited', 'db': 'exited'}
    client(memory='96m', size=1300).start('__all__')
    assert states() == {'app': 'running', 'db': 'running'}
    client(memory='96m', size=1300).shutdown('__all__', remove_networks=True)
    assert states() == {}
    assert not api.networks(names=[unique])

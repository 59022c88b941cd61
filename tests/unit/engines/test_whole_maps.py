"""A whole map on each kind of engine: brought up once, and nothing to do after that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.client import MappingDockerClient
from dockermap.testing import InMemoryEngine


def shop(engine: InMemoryEngine) -> dict[str, Any]:
    """What each of these engines has, and links where it has them."""
    links = {} if engine.flavour.is_podman else {'links': ['db']}
    return {
        'db': {'image': 'box:1', 'attaches': 'data', 'networks': {'back': 'database'}},
        'web': {
            'image': 'box:1',
            'uses': 'data',
            'depends_on': 'db',
            'networks': [('back', {'aliases': 'www', 'ipv4_address': '10.5.0.9'}), 'front'],
            'exposes': [(80, 8080)],
            'healthcheck': {'test': ['true'], 'interval': '10s'},
            'host_config': {'mem_limit': '64m', 'kernel_memory': '32m', 'restart_policy': {'Name': 'always'}},
            'create_options': {'environment': {'A': 'b'}, 'labels': {'c': 'd'}},
        },
        'worker': {'image': 'box:1', **links},
        'volumes': {'data': '/data'},
        'networks': {
            'back': {'create_options': {'ipam': {'Driver': 'default', 'Config': [{'Subnet': '10.5.0.0/24'}]}}},
            'front': {'driver_options': {'com.docker.network.driver.mtu': 1400}},
        },
    }


@pytest.mark.parametrize('first', ['startup', 'update'])
def test_a_map_is_brought_up_and_then_nothing_is_left_to_do(
    any_engine: InMemoryEngine, client_for: Callable[..., MappingDockerClient], first: str
) -> None:
    content = shop(any_engine)
    getattr(client_for(any_engine, content), first)('__all__')

    for _ in range(2):
        assert client_for(any_engine, content).update('__all__') == []
    assert {row['State'] for row in any_engine.client().containers(all=True)} == {'running'}


def test_a_changed_map_is_changed_once(
    any_engine: InMemoryEngine, client_for: Callable[..., MappingDockerClient]
) -> None:
    content = shop(any_engine)
    client_for(any_engine, content).startup('__all__')
    content['web']['networks'][0][1]['aliases'] = 'site'
    content['db']['create_options'] = {'environment': {'NEW': '1'}}

    changed = client_for(any_engine, content).update('__all__')

    assert {result.config_id.config_name for result in changed} >= {'db'}
    assert client_for(any_engine, content).update('__all__') == []


def test_what_is_stopped_and_removed_is_gone(
    any_engine: InMemoryEngine, client_for: Callable[..., MappingDockerClient]
) -> None:
    content = shop(any_engine)
    client_for(any_engine, content).startup('__all__')

    client_for(any_engine, content).shutdown('__all__', remove_networks=True)

    assert any_engine.client().containers(all=True) == []
    assert not [row for row in any_engine.client().networks() if row['Name'].startswith('shop.')]

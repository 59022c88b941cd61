from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.client import MappingDockerClient
from dockermap.map.config.main import ContainerMap
from dockermap.testing import InMemoryEngine

SECRET = 'hunter2-is-secret'
SHOP: dict[str, Any] = {
    'web': {'image': 'app', 'links': 'db', 'networks': 'back', 'stop_timeout': 1},
    'db': {
        'image': 'app',
        'networks': 'back',
        'attaches': {'data': '/data'},
        'user': '1000',
        'stop_timeout': 1,
        'create_options': {'environment': {'PASSWORD': SECRET}},
        'host_config': {'mem_limit': '512m'},
    },
    'networks': {'back': None},
}


@pytest.fixture
def engine() -> InMemoryEngine:
    """An engine that has the images of the map and of helpers."""
    return InMemoryEngine('app:latest', 'busybox:latest', 'tianon/true:latest')


@pytest.fixture
def shop() -> dict[str, Any]:
    """Input of a map; may be changed."""
    return {name: dict(value or {}) for name, value in SHOP.items()}


@pytest.fixture
def client_for(engine: InMemoryEngine) -> Callable[..., MappingDockerClient]:
    """A front end for the input of a map ``shop``; it can be limited to reading."""

    def make(content: dict[str, Any], read_only: bool = False, **options: Any) -> MappingDockerClient:
        return MappingDockerClient(
            ContainerMap('shop', content), engine.client(read_only=read_only), option_defaults=options
        )

    return make

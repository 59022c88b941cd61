"""Engines in memory that answer like those that people have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine

ENGINES: dict[str, dict[str, str]] = {
    '20.10': {},
    '26.1': {'api_version': '1.45'},
    '28.5': {'api_version': '1.51'},
    '29': {'api_version': '1.55'},
    'podman': {'api_version': '1.44', 'flavour': 'podman'},
}


@pytest.fixture(params=ENGINES)
def any_engine(request: pytest.FixtureRequest) -> InMemoryEngine:
    """An engine of each kind, with the image ``box:1``."""
    return InMemoryEngine('box:1', **ENGINES[request.param])


@pytest.fixture
def engine_like() -> Callable[[str], InMemoryEngine]:
    """Gives an engine of a kind, with the image ``box:1``."""
    return lambda name: InMemoryEngine('box:1', **ENGINES[name])


@pytest.fixture
def client_for() -> Callable[..., MappingDockerClient]:
    """Gives a front end for the content of a map ``shop`` on an engine."""

    def client(engine: InMemoryEngine, content: dict[str, Any], **options: Any) -> MappingDockerClient:
        host = ClientConfiguration(client=engine.client(), version=engine.api_version, auto_set_version=False)
        return MappingDockerClient(ContainerMap('shop', content), host, option_defaults=options)

    return client

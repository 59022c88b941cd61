"""An engine in memory, and what looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from dockermap.testing import InMemoryClient, InMemoryEngine

# No test measures time: a busy machine is no fault.
settings.register_profile('untimed', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('untimed')


@pytest.fixture
def engine() -> InMemoryEngine:
    """An engine without containers that has the images busybox, tianon/true, web, api and db."""
    return InMemoryEngine('busybox', 'tianon/true', 'web', 'api', 'db')


@pytest.fixture
def docker_client(engine: InMemoryEngine) -> InMemoryClient:
    """The client of the engine that policies and front ends get."""
    return engine.client()


@pytest.fixture
def make_policy(docker_client: InMemoryClient) -> Callable[..., Any]:
    """Builds a policy for the input of a map ``shop`` and the engine in memory."""

    def make(container_map: dict[str, Any], features: dict[str, bool] | None = None, **option_defaults: Any) -> Any:
        # Imported here, so that tests of one layer do not fail for what is wrong in another one.
        from dockermap.map.config.client import ClientConfiguration
        from dockermap.map.config.main import ContainerMap
        from dockermap.map.policy.base import BasePolicy

        client = ClientConfiguration(client=docker_client, version='1.41', features=features or {})
        return BasePolicy({'shop': ContainerMap('shop', container_map)}, {'__default__': client}, None, option_defaults)

    return make

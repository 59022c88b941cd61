"""Clients for a map on the engine in memory, where others have items, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine

MakeClient = Callable[..., MappingDockerClient]


@pytest.fixture
def engine() -> InMemoryEngine:
    """An engine with images whose processes run until a signal ends them."""
    engine = InMemoryEngine()
    for name in ('busybox', 'web', 'tianon/true'):
        engine.add_image(name, users={'root': 0}, groups={'root': 0})
    return engine


@pytest.fixture
def make_client(engine: InMemoryEngine) -> MakeClient:
    """Makes a client for a map ``shop``, unless it is called otherwise."""

    def make(
        content: dict[str, Any], map_name: str = 'shop', option_defaults: Any = None, **settings: Any
    ) -> MappingDockerClient:
        configuration = ClientConfiguration(client=engine.client(), **settings)
        return MappingDockerClient(
            ContainerMap(map_name, content), configuration, option_defaults={'exec_wait': 0, **(option_defaults or {})}
        )

    return make

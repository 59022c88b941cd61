"""Which classes offer what orchestration needs of a client. Nothing here runs: mypy reads it."""

from __future__ import annotations

import docker

from dockermap.client.base import DockerClientWrapper
from dockermap.client.cli import DockerCliClient
from dockermap.docker_api import EngineClient, ManagerClient
from dockermap.testing import InMemoryClient
from dockermap.testing.swarm import SwarmClient


def takes_any_engine_client(client: EngineClient) -> None:
    """Takes part in nothing but checks of types."""


def classes_that_fit(
    sdk: docker.APIClient, wrapper: DockerClientWrapper, command_line: DockerCliClient, in_memory: InMemoryClient
) -> None:
    takes_any_engine_client(sdk)
    takes_any_engine_client(wrapper)
    takes_any_engine_client(command_line)
    takes_any_engine_client(in_memory)


def takes_any_manager(client: ManagerClient) -> None:
    """Takes part in nothing but checks of types."""


def managers_that_fit(sdk: docker.APIClient, wrapper: DockerClientWrapper, in_memory: SwarmClient) -> None:
    takes_any_manager(sdk)
    takes_any_manager(wrapper)
    takes_any_manager(in_memory)


class WithoutPull:
    """Lacks nearly everything."""

    def containers(self, *, all: bool = False) -> list[dict[str, object]]:
        return []


class WithOtherArguments(DockerCliClient):
    """Has everything, but cannot be asked for containers that do not run."""

    def containers(self) -> list[dict[str, object]]:  # type: ignore[override]
        return []


def classes_that_do_not_fit(lacking: WithoutPull, other: WithOtherArguments) -> None:
    # mypy --strict reports an ignored error that is none, so this shows that the protocol asks for something.
    takes_any_engine_client(lacking)  # type: ignore[arg-type]
    takes_any_manager(lacking)  # type: ignore[arg-type]
    takes_any_engine_client(other)  # type: ignore[arg-type]

"""A runner that does nothing sees what would be done, and nothing is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import docker

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.action import Action, ItemAction
from dockermap.map.runner import AbstractRunner


class DryRunner(AbstractRunner):
    seen: list[ItemAction]

    def run_actions(self, actions: Iterable[ItemAction]) -> Any:
        type(self).seen = [*getattr(type(self), 'seen', []), *actions]


class DryClient(MappingDockerClient):
    runner_class = DryRunner


def container_map(name: str, image: str, working_dir: str) -> ContainerMap:
    options = {'command': ['sleep', '60'], 'working_dir': working_dir}
    return ContainerMap(name, {'app': {'image': image, 'stop_timeout': 0, 'create_options': options}})


def test_a_change_that_only_the_label_tells_is_planned_and_not_made(
    engine_url: str, api: docker.APIClient, unique: str, base_image: str
) -> None:
    configuration = ClientConfiguration(base_url=engine_url)
    MappingDockerClient(container_map(unique, base_image, '/'), configuration).update('app')
    before = api.inspect_container(f'{unique}.app')['Id']
    assert DryClient(container_map(unique, base_image, '/tmp'), configuration).update('app') == []
    planned = [action_type for action in DryRunner.seen for action_type in action.action_types]
    assert Action.CREATE in planned
    assert api.inspect_container(f'{unique}.app')['Id'] == before

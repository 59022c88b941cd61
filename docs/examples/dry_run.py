"""A runner that notes what would be done.

For tools that run every action through their own code.
"""

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)
from dockermap.map.runner.base import DockerClientRunner


class NotingRunner(DockerClientRunner):
    """Changes nothing. It can build arguments, so labels are compared."""

    def run_actions(self, actions):
        for action in actions:
            noted.append(
                (
                    action.config_id.config_name,
                    [member.value for member in action.action_types],
                )
            )


class TestingClient(MappingDockerClient):
    runner_class = NotingRunner


noted = []
tour = ContainerMap('tour', {'web': {'image': 'busybox', 'stop_timeout': 1}})
outputs = TestingClient(
    tour, ClientConfiguration('unix:///var/run/docker.sock')
).update('web')

"""Everything by way of the docker command, run by a function."""

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)
from dockermap.client.cli import DockerCliClient, run_in_shell


def run(command, input=None):
    """Show each command before it is run."""
    print(command)
    return run_in_shell(command, input)


tour = ContainerMap(
    'tour',
    {
        'web': {
            'image': 'busybox',
            'stop_timeout': 1,
            'create_options': {'command': 'sleep 1000'},
        },
    },
)
client = MappingDockerClient(
    tour, ClientConfiguration(client=DockerCliClient(run))
)

client.update('web')
again = client.update('web')
client.shutdown('web')

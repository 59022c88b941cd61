"""A client that is not docker-py's own.

It prepares volumes on the host, and refuses to remove anything.
"""

import subprocess

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    DockerClientWrapper,
    MappingDockerClient,
)


class CarefulClient(DockerClientWrapper):
    def __init__(self, site, **kwargs):
        super().__init__(**kwargs)
        self.site = site

    def run_cmd(self, command):
        """Sets owner and mode of volumes: the engine is on this machine."""
        return subprocess.run(command, shell=True, check=True)

    def remove_container(self, container, **kwargs):
        raise PermissionError(f'{self.site}: nothing is removed here.')


class SiteConfiguration(ClientConfiguration):
    """Has a further setting, which goes to the client."""

    init_kwargs = (*ClientConfiguration.init_kwargs, 'site')
    client_constructor = CarefulClient


tour = ContainerMap(
    'tour',
    {
        'web': {
            'image': 'busybox',
            'stop_timeout': 1,
            'attaches': {'data': '/data'},
            'user': '1000:1000',
            'create_options': {'command': 'sleep 1000'},
        },
    },
)
client = MappingDockerClient(
    tour, SiteConfiguration('unix:///var/run/docker.sock', site='north')
)
client.update('web')

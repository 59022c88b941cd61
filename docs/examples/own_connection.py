"""A tool that has a connection of its own to each host."""

import subprocess

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
    item_name,
)
from dockermap.client.cli import CommandError, DockerCliClient


class Connection:
    """The tool's connection to a host; this one runs all here."""

    def __init__(self, host):
        self.host = host

    def run(self, command, input=None):
        """The output of a command, whose input are bytes."""
        done = subprocess.run(
            ['/bin/sh', '-c', command],
            input=input or b'',
            capture_output=True,
            check=False,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        if done.returncode:
            raise CommandError(done.returncode, out, err)
        return out


def client_of(host):
    """How to reach the engine of a host."""
    return ClientConfiguration(client=DockerCliClient(Connection(host).run))


def deploy(container_map, clients):
    """Bring all hosts of a map to what it says; return what was done."""
    with MappingDockerClient(container_map, clients=clients) as client:
        plan = client.plan('update', '__all__')
        client.apply(plan)
    return [
        (item.client_name, item_name(item.config_id), item.change.name)
        for item in plan.items
    ]


CLIENTS = {'web1': client_of('web1.example.com')}
MAP = ContainerMap(
    'tour',
    {
        'clients': ['web1'],
        'web': {
            'image': 'busybox',
            'stop_timeout': 1,
            'create_options': {'command': 'sleep 1000'},
        },
    },
)

first = deploy(MAP, CLIENTS)
second = deploy(MAP, CLIENTS)
print(first, second)

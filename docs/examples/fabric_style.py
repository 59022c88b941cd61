"""Tasks for hosts that run shell commands, like those of Fabric."""

import subprocess
import sys
from types import SimpleNamespace

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)
from dockermap.client.cli import DockerCliClient


class UnexpectedExit(Exception):
    """Stands for ``invoke.UnexpectedExit``: the text has the command."""

    def __init__(self, result):
        super().__init__(result)
        self.result = result

    def __str__(self):
        command = self.result.command
        return f'Encountered a bad command exit code!\n\nCommand: {command!r}'


class Connection:
    """Stands for ``fabric.Connection(host)``; this one runs all here."""

    def __init__(self, host):
        self.host = host

    def run(self, command, **kwargs):
        source = (
            sys.stdin
            if kwargs.get('in_stream') is None
            else kwargs['in_stream']
        )
        text = source.read() if source else ''
        done = subprocess.run(
            ['/bin/bash', '-c', command],
            input=text,
            capture_output=True,
            check=False,
            text=True,
        )
        if not kwargs.get('hide'):
            print(done.stdout, end='')
        result = SimpleNamespace(
            command=command,
            stdout=done.stdout,
            stderr=done.stderr,
            exited=done.returncode,
            ok=not done.returncode,
        )
        if done.returncode and not kwargs.get('warn'):
            raise UnexpectedExit(result)
        return result


def connected_client(fabric_host):
    """The client of a host, whose commands the connection runs."""
    return DockerCliClient(run=Connection(fabric_host).run)


class FabricConfiguration(ClientConfiguration):
    """A client by the name of a host, the entry ``fabric_host``."""

    init_kwargs = ('fabric_host',)
    client_constructor = staticmethod(connected_client)


class FabricClient(MappingDockerClient):
    configuration_class = FabricConfiguration


def hosts_of(container_map, clients):
    """Hosts that a map is for, for the list of hosts of a task."""
    names = container_map.clients or list(clients)
    return [clients[name].fabric_host for name in names]


def deploy(container_map, clients):
    """Bring all hosts of a map to what it says; return what was done."""
    client = FabricClient(container_map, clients=clients)
    return [
        (
            output.client_name,
            output.config_id.config_name,
            output.action_type.value,
        )
        for output in client.update('__all__')
    ]


CLIENTS = {'web1': FabricConfiguration(fabric_host='web1.example.com')}
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
print(hosts_of(MAP, CLIENTS), first, second)

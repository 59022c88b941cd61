"""Tasks for hosts that are reached through connections which run shell commands, as those of Fabric do."""
import subprocess

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.client.cli import DockerCliClient


class Connection:
    """Stands for ``fabric.Connection(host)``; this one runs everything here."""

    def __init__(self, host):
        self.host = host

    def run(self, command, input=None):
        done = subprocess.run(['/bin/sh', '-c', command], input=input, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()


def connected_client(fabric_host):
    """The client of a host; its commands are run through the connection."""
    return DockerCliClient(run=Connection(fabric_host).run)


class FabricConfiguration(ClientConfiguration):
    """A client by the name of a host, which is an entry of the configuration: ``fabric_host``."""

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
    return [(output.client_name, output.config_id.config_name, output.action_type.value)
            for output in client.update('__all__')]


CLIENTS = {'web1': FabricConfiguration(fabric_host='web1.example.com')}
MAP = ContainerMap('tour', {
    'clients': ['web1'],
    'web': {'image': 'busybox', 'stop_timeout': 1, 'create_options': {'command': 'sleep 1000'}},
})

first = deploy(MAP, CLIENTS)
second = deploy(MAP, CLIENTS)
print(hosts_of(MAP, CLIENTS), first, second)

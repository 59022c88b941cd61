"""One map on two hosts, where one container is only for the second."""

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)

service = {
    'image': 'busybox',
    'stop_timeout': 1,
    'create_options': {'command': 'sleep 1000'},
}
tour = ContainerMap(
    'tour',
    {
        'clients': ['host1', 'host2'],
        'web': {**service, 'links': 'app'},
        'app': service,
        'backup': {**service, 'clients': 'host2'},
    },
)
client = MappingDockerClient(
    tour,
    clients={
        'host1': ClientConfiguration('unix:///run/host1.sock'),
        'host2': ClientConfiguration('unix:///run/host2.sock'),
    },
)
client.update(['web', 'backup'])

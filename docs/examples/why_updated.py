"""Change a map in two ways, and have the reasons told."""

import logging

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)

logging.basicConfig(level=logging.INFO, format='%(message)s')

tour = ContainerMap(
    'tour',
    {
        'web': {
            'image': 'busybox',
            'stop_timeout': 1,
            'create_options': {
                'command': 'sleep 1000',
                'environment': {'STAGE': 'test'},
            },
        },
    },
)
client = MappingDockerClient(
    tour, ClientConfiguration('unix:///var/run/docker.sock')
)
client.update('web')

# Changed in place:
tour.containers.web.host_config['restart_policy'] = {'Name': 'always'}
client.refresh_names()
in_place = client.update('web')

# Needs a new container:
tour.containers.web.create_options['environment'] = {'STAGE': 'production'}
client.refresh_names()
recreated = client.update('web')

unchanged = client.update('web')

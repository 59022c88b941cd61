"""Publish a port that somebody has, and do the rest when it is free."""

import socket

from dockermap.api import (
    ActionRunnerException,
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)

tour = ContainerMap(
    'tour',
    {
        'web': {
            'image': 'busybox',
            'links': 'app',
            'exposes': {80: 8080},
            'stop_timeout': 1,
            'create_options': {'command': 'sleep 1000'},
        },
        'app': {
            'image': 'busybox',
            'stop_timeout': 1,
            'create_options': {'command': 'sleep 1000'},
        },
    },
)
client = MappingDockerClient(
    tour, ClientConfiguration('unix:///var/run/docker.sock')
)

with socket.create_server(('', 8080)):
    try:
        client.update('web')
    except ActionRunnerException as error:
        print(error)
        done = [
            (entry.config_id.config_name, entry.action_type.value)
            for entry in error.completed
        ]
        failed = (
            error.client_name,
            error.config_id.config_name,
            error.action_type.value,
        )

rest = client.update('web')
again = client.update('web')

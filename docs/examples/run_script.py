"""Run a command, and use what it printed."""

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)
from dockermap.map.action import ContainerUtilAction

tour = ContainerMap(
    'tour',
    {
        'tool': {'image': 'busybox', 'uses': 'data'},
        'db': {
            'image': 'busybox',
            'attaches': {'data': '/data'},
            'create_options': {'command': 'sh -c "date > /data/started"'},
        },
    },
)
client = MappingDockerClient(
    tour, ClientConfiguration('unix:///var/run/docker.sock')
)

outputs = client.run_script(
    'tool', command_format=['sh', '-c', 'ls /data; exit 3'], wait_timeout=30
)
[result] = [
    output.result
    for output in outputs
    if output.action_type == ContainerUtilAction.SCRIPT
]
print(result['exit_code'], result['log'].decode())

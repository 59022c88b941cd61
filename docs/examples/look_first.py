"""Show what an update would do, and why, without doing it."""

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)

tour = ContainerMap(
    'tour',
    {
        'web': {'image': 'busybox', 'links': 'app', 'stop_timeout': 1},
        'app': {'image': 'busybox', 'stop_timeout': 1},
    },
)
client = MappingDockerClient(
    tour, ClientConfiguration('unix:///var/run/docker.sock')
)

for state in client.get_states('update', 'web'):
    print(
        state.config_id.config_type.value,
        state.config_id.config_name,
        state.base_state.value,
    )
    for difference in state.differences:
        print(' ', difference.describe())

plan = [
    action
    for actions in client.get_actions('update', 'web')
    for action in actions
]
for action in plan:
    print(
        action.config_id.config_name,
        [action_type.value for action_type in action.action_types],
    )

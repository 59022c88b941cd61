"""Its own comparison: containers older than a day are re-created."""

import datetime

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)
from dockermap.map.state import Difference, StateFlags
from dockermap.map.state.update import UpdateStateGenerator
from dockermap.map.state.update.container import UpdateContainerState


class AgingContainerState(UpdateContainerState):
    checks = (
        *UpdateContainerState.checks,
        ('age_differences', StateFlags.MISC_MISMATCH),
    )

    def age_differences(self):
        created = datetime.datetime.fromisoformat(
            self.detail['Created'][:19] + '+00:00'
        )
        age = now() - created
        if age < datetime.timedelta(days=1):
            return []
        return [
            Difference(self.config_id, 'age', 'less than a day', str(age))
        ]


class AgingStateGenerator(UpdateStateGenerator):
    container_state_class = AgingContainerState


class AgingClient(MappingDockerClient):
    generators = {
        **MappingDockerClient.generators,
        'update': (
            AgingStateGenerator,
            MappingDockerClient.generators['update'][1],
        ),
    }


def now():
    return datetime.datetime.now(datetime.timezone.utc) + later


later = datetime.timedelta(0)
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
client = AgingClient(tour, ClientConfiguration('unix:///var/run/docker.sock'))
client.update('web')
today = client.update('web')
later = datetime.timedelta(days=2)
in_two_days = client.update('web')

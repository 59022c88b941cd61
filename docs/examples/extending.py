"""Other names, an action of its own, and a step of its own with an option."""

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    ItemType,
    MappingDockerClient,
)
from dockermap.map.action import ActionEnum, ItemAction
from dockermap.map.action.base import AbstractActionGenerator
from dockermap.map.action.simple import ShutdownActionGenerator
from dockermap.map.policy.base import BasePolicy
from dockermap.map.runner.base import DockerClientRunner
from dockermap.map.state import State
from dockermap.map.state.base import SingleStateGenerator


class DashPolicy(BasePolicy):
    """Containers are called ``map-configuration-instance``."""

    @classmethod
    def cname(cls, map_name, container, instance=None):
        return '-'.join(filter(None, (map_name, container, instance)))


class TourAction(ActionEnum):
    MEASURE = 'measure'


class MeasureActionGenerator(AbstractActionGenerator):
    """Measures containers that run."""

    arguments = frozenset()

    def get_state_actions(self, state, **kwargs):
        if (
            state.config_id.config_type == ItemType.CONTAINER
            and state.base_state == State.RUNNING
        ):
            return [ItemAction(state, TourAction.MEASURE)]
        return None


class TourRunner(DockerClientRunner):
    """Has a method for the new step, and an option for it."""

    ps_args = '-o pid,args'
    policy_options = ['ps_args']
    action_method_names = [
        (ItemType.CONTAINER, TourAction.MEASURE, 'measure')
    ]

    def measure(self, action, name, **kwargs):
        return len(action.client.top(name, ps_args=self.ps_args)['Processes'])


class TourClient(MappingDockerClient):
    policy_class = DashPolicy
    runner_class = TourRunner
    generators = {
        **MappingDockerClient.generators,
        'measure': (SingleStateGenerator, MeasureActionGenerator),
        'recycle': (SingleStateGenerator, ShutdownActionGenerator),
    }

    def measure(self, container, **kwargs):
        outputs = self.run_actions('measure', container, **kwargs)
        return {
            output.config_id.config_name: output.result for output in outputs
        }


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
client = TourClient(tour, ClientConfiguration('unix:///var/run/docker.sock'))

client.update('web')
processes = client.measure('web', ps_args='-eo pid,args')
client.call('recycle', 'web')
after = client.measure('web')

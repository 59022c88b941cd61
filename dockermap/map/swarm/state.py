"""How the services, networks and images of a swarm are, compared with what a map says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ...docker_api import is_not_found
from ...exceptions import InputError
from ..policy.ownership import PURPOSE_LABEL
from ..state import Difference, State, StateFlags
from ..state.base import (
    AbstractState,
    AbstractStateGenerator,
    DependencyStateGenerator,
    DependentStateGenerator,
    ImageDependencyStateGenerator,
    SingleStateGenerator,
    StateData,
)
from ..state.update import UpdateStateGenerator
from ..state.update._label import label_differences, not_said
from .compare import differences, network_differences

if TYPE_CHECKING:
    from ...docker_api import ManagerClient

_ENDED = ('complete', 'failed', 'rejected', 'shutdown', 'orphaned', 'remove')


class ServiceState(AbstractState):
    """A service, from one list of all of them; tasks are only asked for of jobs."""

    def inspect(self) -> None:
        names: Any = self.policy.container_names[self.client_name]
        self.name = self.policy.name_on(self.client_name, self.config_id)
        self.detail = names.services.get(self.name) or {}

    def get_state(self) -> StateData:
        if not self.detail:
            return State.ABSENT, StateFlags(StateFlags.NONE), {}
        data = {'id': self.detail['ID'], 'service': self.detail}
        flags = StateFlags.PERSISTENT if self.config is not None and self.config.persistent else StateFlags.NONE
        mode = self.detail['Spec'].get('Mode') or {}
        if 'ReplicatedJob' in mode:
            state, of_job = self._job()
            if PURPOSE_LABEL in (self.detail['Spec'].get('Labels') or {}):
                # Of a script; it is not the item, and cannot be made that.
                of_job = StateFlags.NONRECOVERABLE
            return state, StateFlags(flags | of_job), data
        replicas = (mode.get('Replicated') or {}).get('Replicas', 1)
        return (State.RUNNING if replicas else State.PRESENT), StateFlags(flags), data

    def _job(self) -> tuple[State, int]:
        client = cast('ManagerClient', self.client)
        tasks = [task for task in client.tasks(filters={'service': self.name}) if _is_current(task, self.detail)]
        states = [task['Status']['State'] for task in tasks]
        if any(state not in _ENDED for state in states):
            return State.RUNNING, StateFlags.NONE
        wanted = self.detail['Spec']['Mode']['ReplicatedJob'].get('TotalCompletions') or 1
        return State.PRESENT, StateFlags.COMPLETED if states.count('complete') >= wanted else StateFlags.FAILED

    def _find_config(self) -> Any:
        return self.container_map.get_instance(self.config_id.config_name, self.config_id.instance_name)


class ServiceUpdateState(ServiceState):
    """A service that is compared with what the map says."""

    def get_state(self) -> StateData:
        state, flags, data = super().get_state()
        if self.detail and self.create_arguments is not None:
            wanted = self.create_arguments(self.client_name, self.config_id)
            networks: Any = self.policy.network_names[self.client_name]
            names = {network_id: name for name, network_id in networks.items()}
            found = differences(self.config_id, wanted, self.detail['Spec'], names)
            flags = StateFlags(flags | self.differs(StateFlags.MISC_MISMATCH, *found))
        if self.config_id in (self.options.get('force_update') or ()):
            self.differences.append(Difference(self.config_id, 'force_update', None, None))
            flags = StateFlags(flags | StateFlags.FORCED_RESET)
        return state, flags, data


class SwarmNetworkState(AbstractState):
    """A network, from the list of all of them."""

    def inspect(self) -> None:
        names: Any = self.policy.network_names[self.client_name]
        name = self.policy.name_on(self.client_name, self.config_id)
        self.detail = {'Id': names[name], **names.detail(name)} if name in names else {}

    def get_state(self) -> StateData:
        if not self.detail:
            return State.ABSENT, StateFlags(StateFlags.NONE), {}
        return State.PRESENT, StateFlags(StateFlags.NONE), {'id': self.detail['Id'], 'containers': {}}

    def _find_config(self) -> Any:
        return self.container_map.get_existing_network(self.config_id.config_name)


class SwarmNetworkUpdateState(SwarmNetworkState):
    """A network that is compared with what the map says."""

    def get_state(self) -> StateData:
        state, flags, data = super().get_state()
        if not self.detail or self.policy.is_external(self.config_id):
            return state, flags, data
        live = list(network_differences(self.config_id, self.config, self.detail))
        flags = StateFlags(
            flags | self.differs(StateFlags.MISC_MISMATCH, *live, *not_said(label_differences(self), live))
        )
        if self.config_id in (self.options.get('force_update') or ()):
            self.differences.append(Difference(self.config_id, 'force_update', None, None))
            flags = StateFlags(flags | StateFlags.FORCED_RESET)
        return state, flags, data


class SwarmVolumeState(AbstractState):
    """A volume, which nodes create where a container needs it."""

    def inspect(self) -> None:
        """There is nothing that could be asked: managers do not know of volumes on other nodes."""

    def get_state(self) -> StateData:
        return State.PRESENT, StateFlags(StateFlags.NONE), {}


class SwarmImageState(AbstractState):
    """An image, which nodes pull from its registry."""

    def inspect(self) -> None:
        """Digests are asked for where services are created or changed."""

    def get_state(self) -> StateData:
        return State.PRESENT, StateFlags(StateFlags.NONE), {}


class _OfSwarm(AbstractStateGenerator):
    container_state_class: type[AbstractState] = ServiceState
    network_state_class: type[AbstractState] = SwarmNetworkState
    volume_state_class: type[AbstractState] = SwarmVolumeState
    image_state_class: type[AbstractState] = SwarmImageState


class SwarmSingleStateGenerator(_OfSwarm, SingleStateGenerator):
    """Only the items themselves."""


class SwarmDependencyStateGenerator(_OfSwarm, DependencyStateGenerator):
    """What the items need, then the items."""


class SwarmDependentStateGenerator(_OfSwarm, DependentStateGenerator):
    """What needs the items, then the items."""


class SwarmImageStateGenerator(_OfSwarm, ImageDependencyStateGenerator):
    """Images of what the items need, then the items."""


class SwarmUpdateStateGenerator(_OfSwarm, UpdateStateGenerator):
    """Compares what exists with the configuration, dependencies first."""

    container_state_class = ServiceUpdateState
    network_state_class = SwarmNetworkUpdateState


def _is_current(task: Mapping[str, Any], service: Mapping[str, Any]) -> bool:
    """Whether a task is of the last run of a job."""
    # Managers leave out the number of the first run, which is 0.
    iteration = ((service.get('JobStatus') or {}).get('JobIteration') or {}).get('Index', 0)
    return bool((task.get('JobIteration') or {}).get('Index', 0) == iteration)


def resolved_image(client: ManagerClient, image: str, nodes: int) -> str:
    """An image with the digest that its registry tells; without one if there is only one node, which may have it.

    :raises ValueError: No registry has the image, and it would have to be on all nodes.
    """
    if '@' in image:
        return image
    try:
        found = client.inspect_distribution(image)
    except Exception as error:
        if nodes <= 1:
            return image
        reason = 'no registry has it' if is_not_found(error) else f'its registry does not answer ({error})'
        raise InputError(f'Image {image} cannot be used on a swarm of {nodes} nodes: {reason}.') from error
    return f'{image}@{found["Descriptor"]["digest"]}'

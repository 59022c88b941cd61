"""Walking over items in order, and finding out the state of each. Nothing here changes an engine."""

from __future__ import annotations

import itertools
import sys
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ... import DEFAULT_PRESET_NETWORKS
from ...docker_api import is_unreachable
from ...exceptions import UnknownNameError, change_text
from .._describe import describe_item
from .._kinds import Kind, kind_on
from ..input import CmdCheck, ItemType, MapConfigId
from ..policy import ABCPolicyUtilMeta, ConfigFlags, PolicyUtil
from . import ConfigState, State, StateFlags
from ._items import (
    NOT_FOUND,
    AbstractState,
    ContainerBaseState,
    CreateArguments,
    ImageBaseState,
    NetworkBaseState,
    StateData,
    VolumeBaseState,
)
from .outlook import Outlook
from .utils import merge_dependency_paths

if TYPE_CHECKING:
    from ..policy.base import BasePolicy

__all__ = [
    'NOT_FOUND',
    'AbstractDependencyStateGenerator',
    'AbstractState',
    'AbstractStateGenerator',
    'ContainerBaseState',
    'CreateArguments',
    'DependencyStateGenerator',
    'DependentStateGenerator',
    'ImageBaseState',
    'ImageDependencyStateGenerator',
    'NetworkBaseState',
    'SingleStateGenerator',
    'StateData',
    'VolumeBaseState',
]


class AbstractStateGenerator(PolicyUtil, metaclass=ABCPolicyUtilMeta):
    """Finds out the states of items, one at a time, in the order in which they have to be handled."""

    container_state_class: type[AbstractState] = ContainerBaseState
    network_state_class: type[AbstractState] = NetworkBaseState
    volume_state_class: type[AbstractState] = VolumeBaseState
    image_state_class: type[AbstractState] = ImageBaseState

    nonrecoverable_exit_codes: Any = (-127, -1, 127)
    force_update: Any = None
    policy_options = ['nonrecoverable_exit_codes', 'force_update']

    create_arguments: CreateArguments | None = None
    """Set by who knows how items are created: the arguments of the creating call for an item on a client."""

    outlook: Outlook | None = None
    """What was decided before in the same call; without it, items are as they are found."""

    check_commands: Any = CmdCheck.NONE
    """How commands are found in running containers, where no option says so."""

    clients: Collection[str] | None = None
    """Names of the clients that items are looked at on; ``None`` means all."""

    unreachable: dict[str, Any] | None = None
    """Clients that are left out; unreachable ones are added with the error, which surfaces if this is ``None``."""

    @property
    def policy(self) -> BasePolicy:
        """The policy that names and relations are taken from."""
        return self._policy

    @policy.setter
    def policy(self, value: BasePolicy) -> None:
        self._policy = value

    @abstractmethod
    def get_states(self, config_ids: Iterable[MapConfigId]) -> Iterable[ConfigState]:
        """States of the items and of what has to be handled with them.

        The order is determined at once, each item is looked at when its state is requested.
        """

    def get_path(self, config_ids: Iterable[MapConfigId]) -> list[tuple[MapConfigId, ConfigFlags]]:
        """Items that are visited for the given ones, in order, and how they come to be visited."""
        return [(_as_id(config_id), ConfigFlags(ConfigFlags.NONE)) for config_id in config_ids]

    def get_container_state(self, client_name: str, config_id: MapConfigId, config_flags: ConfigFlags) -> AbstractState:
        """Looks at a container, or at one that stands in for a volume."""
        return self.container_state_class(self._policy, self.get_options(), client_name, config_id, config_flags)

    def get_network_state(self, client_name: str, config_id: MapConfigId, config_flags: ConfigFlags) -> AbstractState:
        """Looks at a network."""
        return self.network_state_class(self._policy, self.get_options(), client_name, config_id, config_flags)

    def get_volume_state(self, client_name: str, config_id: MapConfigId, config_flags: ConfigFlags) -> AbstractState:
        """Looks at a volume."""
        return self.volume_state_class(self._policy, self.get_options(), client_name, config_id, config_flags)

    def get_image_state(self, client_name: str, config_id: MapConfigId, config_flags: ConfigFlags) -> AbstractState:
        """Looks up an image."""
        return self.image_state_class(self._policy, self.get_options(), client_name, config_id, config_flags)

    def get_item_state(
        self, client_name: str, config_id: MapConfigId, config_flags: ConfigFlags | int = ConfigFlags.NONE
    ) -> ConfigState:
        """State of one item on one client."""
        flags = ConfigFlags(config_flags)
        expected = self._expected(client_name, config_id)
        if expected is not None:
            return ConfigState(client_name, config_id, flags, expected, StateFlags(StateFlags.NONE), {})
        state = self._state_factory(client_name, config_id)(client_name, config_id, flags)
        state.create_arguments = self.create_arguments
        state.outlook = self.outlook
        if isinstance(state, ContainerBaseState):
            state.check_commands = self.check_commands
        state.inspect()
        data = state.get_state()
        # Own classes need not know of these.
        differences = tuple(getattr(state, 'differences', ()))
        return ConfigState(client_name, config_id, flags, *data, differences=differences)

    def _expected(self, client_name: str, config_id: MapConfigId) -> State | None:
        """What will have become of an item that was decided about before, e.g. as another one has its name."""
        outlook = self.outlook
        if outlook is None:
            return None
        name = self._policy.item_name(config_id)
        if outlook.is_removed(client_name, config_id.config_type, name):
            return State.ABSENT
        return State.PRESENT if outlook.is_created(client_name, config_id.config_type, name) else None

    def generate_config_states(
        self, config_id: MapConfigId, config_flags: ConfigFlags | int = ConfigFlags.NONE
    ) -> Iterator[ConfigState]:
        """States of one item on each of its clients.

        :raises ValueError: Unknown type of item.
        """
        item = _as_id(config_id)
        for client_name in self._policy.get_client_names(item):
            if client_name in (self.unreachable or ()) or client_name not in (self.clients or (client_name,)):
                continue
            try:
                state = self.get_item_state(client_name, item, config_flags)
            except Exception as error:
                if self.unreachable is None or not is_unreachable(error):
                    locate(error, client_name, item)
                    raise
                self.unreachable[client_name] = sys.exc_info()
            else:
                yield state

    def _states_on(self, path: Iterable[tuple[MapConfigId, ConfigFlags]]) -> Iterator[ConfigState]:
        return itertools.chain.from_iterable(itertools.starmap(self.generate_config_states, path))

    def _kind_on(self, client_name: str, config_id: MapConfigId) -> Kind:
        return kind_on(self._policy.clients[client_name].features, config_id)

    def _state_factory(self, client_name: str, config_id: MapConfigId) -> Callable[..., AbstractState]:
        if client_name not in self._policy.clients:
            known = ', '.join(sorted(self._policy.clients)) or 'none'
            raise UnknownNameError(f"There is no client '{client_name}'. Known clients: {known}.", client_name)
        factory: Callable[..., AbstractState] = getattr(self, self._kind_on(client_name, config_id).state_method)
        return factory


class SingleStateGenerator(AbstractStateGenerator):
    """Only the items themselves."""

    def get_states(self, config_ids: Iterable[MapConfigId]) -> Iterator[ConfigState]:
        return self._states_on(self.get_path(config_ids))


class AbstractDependencyStateGenerator(AbstractStateGenerator):
    """The items, and before each of them what it is related to."""

    @abstractmethod
    def get_dependency_path(self, config_id: MapConfigId) -> Iterable[MapConfigId]:
        """What has to be visited before an item, in order."""

    def get_states(self, config_ids: Iterable[MapConfigId]) -> Iterator[ConfigState]:
        return self._states_on(self.get_path(config_ids))

    def get_path(self, config_ids: Iterable[MapConfigId]) -> list[tuple[MapConfigId, ConfigFlags]]:
        requested = [_as_id(config_id) for config_id in config_ids]
        known = set(requested)
        return [
            (_as_id(item), ConfigFlags(ConfigFlags.NONE if item in known else ConfigFlags.DEPENDENT))
            for item in self._get_order(requested)
        ]

    def _get_order(self, requested: list[MapConfigId]) -> Iterable[MapConfigId]:
        """The items and their paths, merged from the path of each; subclasses that know all relations do better."""
        merged = merge_dependency_paths([(item, list(self.get_dependency_path(item))) for item in requested])
        return dict.fromkeys(itertools.chain.from_iterable((*path, item) for item, path in merged))

    def _has_path_of_class(self, described: type[AbstractDependencyStateGenerator]) -> bool:
        """Whether the path is the one of a class here, so that walking the relations once gives the same items."""
        return type(self).get_dependency_path is described.get_dependency_path


class DependencyStateGenerator(AbstractDependencyStateGenerator):
    """What the items need, then the items."""

    def get_dependency_path(self, config_id: MapConfigId) -> Iterable[MapConfigId]:
        return self._policy.get_dependencies(config_id)

    def _get_order(self, requested: list[MapConfigId]) -> Iterable[MapConfigId]:
        if self._has_path_of_class(DependencyStateGenerator):
            return self._policy.walk_dependencies(requested)
        return super()._get_order(requested)


class ImageDependencyStateGenerator(DependencyStateGenerator):
    """Images of what the items need, then the items."""

    def get_dependency_path(self, config_id: MapConfigId) -> Iterable[MapConfigId]:
        return [item for item in self._policy.get_dependencies(config_id) if item.config_type == ItemType.IMAGE]

    def _get_order(self, requested: list[MapConfigId]) -> Iterable[MapConfigId]:
        if not self._has_path_of_class(ImageDependencyStateGenerator):
            return super()._get_order(requested)
        known = set(requested)
        return [
            item
            for item in self._policy.walk_dependencies(requested)
            if item.config_type == ItemType.IMAGE or item in known
        ]


class DependentStateGenerator(AbstractDependencyStateGenerator):
    """What needs the items, then the items; on request also the volumes that the visited containers attach."""

    remove_attached: bool = False
    remove_networks: bool = False
    policy_options = ['remove_attached', 'remove_networks']

    def get_dependency_path(self, config_id: MapConfigId) -> Iterable[MapConfigId]:
        return self._policy.get_dependents(config_id)

    def _get_order(self, requested: list[MapConfigId]) -> Iterable[MapConfigId]:
        if self._has_path_of_class(DependentStateGenerator):
            order: Iterable[MapConfigId] = self._policy.walk_dependents(requested)
        else:
            order = super()._get_order(requested)
        if self.remove_attached:
            order = self._with_attached(list(order))
        return self._with_networks(list(order)) if self.remove_networks else order

    def _with_networks(self, order: list[MapConfigId]) -> Iterable[MapConfigId]:
        """The networks of the maps follow at last, where all that may use them has been visited."""
        maps = dict.fromkeys(item.map_name for item in order)
        networks = (
            MapConfigId(ItemType.NETWORK, map_name, name)
            for map_name in maps
            for name, _ in self._policy.container_maps[map_name].networks.items()
            if name not in DEFAULT_PRESET_NETWORKS
        )
        return dict.fromkeys((*order, *networks))

    def _with_attached(self, order: list[MapConfigId]) -> Iterable[MapConfigId]:
        """Volumes follow the last of the containers that attach them; their other users have been visited before."""
        attached: dict[MapConfigId, MapConfigId] = {}
        for item in order:
            if item.config_type == ItemType.CONTAINER:
                container_map = self._policy.container_maps[item.map_name]
                config = container_map.get_instance(item.config_name, item.instance_name)
                for volume in config.attaches if config else ():
                    attached[MapConfigId(ItemType.VOLUME, item.map_name, item.config_name, volume.name)] = item
        volumes_after: dict[MapConfigId, list[MapConfigId]] = {}
        for volume_id, container_id in attached.items():
            volumes_after.setdefault(container_id, []).append(volume_id)
        others = (item for item in order if item not in attached)
        return itertools.chain.from_iterable((item, *volumes_after.get(item, ())) for item in others)


def _as_id(item: Iterable[Any]) -> MapConfigId:
    return item if isinstance(item, MapConfigId) else MapConfigId(*item)


def locate(error: Exception, client_name: str, config_id: MapConfigId) -> None:
    """Say in the message of an error where it occurred; its type stays, so that callers can tell what it is."""
    place = f'{describe_item(config_id)} on client {client_name}'
    change_text(error, lambda text: f'{place}: {text}')

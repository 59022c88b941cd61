"""The interface of what decides, from a state, what is to be done."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..disclosure import describe_change
from ..input import ItemType, MapConfigId
from ..policy import ABCPolicyUtilMeta, ConfigFlags, PolicyUtil
from ..state import ConfigState, State, StateFlags
from ..state.foreign import ForeignItem, Ownership
from ..state.outlook import Outlook
from . import Action, ActionEnum, ImageAction, ItemAction, VolumeUtilAction
from ._conditions import connected_containers, is_requested_container
from ._relations import VolumeUsers
from .causes import Cause, Explanation

if TYPE_CHECKING:
    from ..policy.base import BasePolicy


class AbstractActionGenerator(PolicyUtil, metaclass=ABCPolicyUtilMeta):
    """Decides what has to be done about one item at a time."""

    arguments: ClassVar[frozenset[str] | None] = None
    """Names of the keyword arguments that have an effect; ``None`` leaves it to the runner and the client."""

    validates: ClassVar[bool] = True
    """Whether items may be created, so that their settings are checked before anything is done."""

    starts_first: ClassVar[bool] = False
    """Whether what only has to be started comes before what is stopped as well; that may need it."""

    hints: ClassVar[Mapping[State, str]] = {}
    """Why nothing is done about a requested container in this state, and what would help."""

    adopt: Any = False
    """Whether items of the right names count as those of the map, whoever has created them."""

    policy_options = ['adopt']

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        super().__init__(policy, kwargs)
        self.outlook = Outlook()
        self._volume_users: dict[str, VolumeUsers] = {}

    @abstractmethod
    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        """Actions that follow from a state; nothing if none are due.

        :param kwargs: The caller's arguments that are options of nothing.
        """

    def get_hint(self, state: ConfigState, **kwargs: Any) -> str | None:
        """What to tell about a requested container for which there is nothing to do, if that may be unexpected."""
        if not is_requested_container(state):
            return None
        return self.hints.get(State.RUNNING if StateFlags.RESTARTING in state.state_flags else state.base_state)

    def explain(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        """Why the actions follow from a state, what stays as it is, and what else there is to know."""
        return Explanation(tuple(_causes(state, actions))) if actions else Explanation()

    def note(self, actions: Iterable[ItemAction]) -> None:
        """Keep in the outlook what actions will have made of their items."""
        for action in actions:
            self._note(action)

    def foreign(self, state: ConfigState) -> ForeignItem | None:
        """What is in the place of an item, if that was not created for its map."""
        if state.base_state == State.ABSENT:
            return None
        return Ownership(self._policy, self.outlook.observed).foreign(state.client_name, state.config_id)

    def volume_users(self, volume_id: MapConfigId) -> Iterator[MapConfigId]:
        """Containers that mount a volume, those first that use it from others."""
        map_name = volume_id.map_name
        if map_name not in self._volume_users:
            self._volume_users[map_name] = VolumeUsers(self._policy.container_maps[map_name])
        return self._volume_users[map_name].of(volume_id)

    def existing_users(self, state: ConfigState) -> list[MapConfigId]:
        """Containers that mount a volume, exist, and are not removed by what was decided before."""
        names = self._policy.container_names[state.client_name]
        users = ((user, self._policy.item_name(user)) for user in self.volume_users(state.config_id))
        return [
            user
            for user, name in users
            if name in names and not self.outlook.is_removed(state.client_name, ItemType.CONTAINER, name)
        ]

    def network_users(self, state: ConfigState) -> list[str]:
        """Names of the containers that are in a network, and are not removed by what was decided before."""
        name, network_id = self._policy.item_name(state.config_id), state.extra_data.get('id')
        containers = self._policy.container_names[state.client_name]
        listed = {
            container
            for container, container_id in containers.items()
            if '/' not in container
            and (containers.networks.get(container_id) or {}).get(name, {}).get('NetworkID', 'other')
            in ('', None, network_id)
        }
        users = sorted({*listed, *connected_containers(state)})
        return [user for user in users if not self.outlook.is_removed(state.client_name, ItemType.CONTAINER, user)]

    def _note(self, action: ItemAction) -> None:
        client_name, item, types = action.client_name, action.config_id, action.action_types
        if ImageAction.PULL in types:
            self.outlook.note_pulled(client_name, self._policy.item_name(item))
        if Action.CREATE in types:
            self.outlook.note_created(client_name, item, self._policy.item_name(item))
        elif Action.REMOVE in types:
            self.outlook.note_removed(client_name, item, self._policy.item_name(item))
        if VolumeUtilAction.PREPARE in types:
            self.outlook.prepared.add((client_name, item))


def _causes(state: ConfigState, actions: Sequence[ItemAction]) -> Iterator[Cause]:
    types = {action_type for action in actions for action_type in action.action_types}
    if state.base_state == State.ABSENT and Action.CREATE in types:
        yield Cause('missing', 'is missing')
        return
    for difference in state.differences:
        yield Cause('difference', describe_change(difference.property, difference.wanted, difference.found))
    if not state.differences:
        yield _plain_cause(state, types)


def _plain_cause(state: ConfigState, types: set[ActionEnum]) -> Cause:
    starts = Action.START in types and state.base_state == State.PRESENT
    if starts and StateFlags.INITIAL in state.state_flags:
        return Cause('state', 'was never started')
    if starts:
        return Cause('state', 'does not run')
    if state.base_state == State.ABSENT:
        return Cause('missing', 'is missing')
    if ConfigFlags.DEPENDENT in state.config_flags:
        return Cause('request', 'belongs to what is asked for')
    return Cause('request', 'is asked for')

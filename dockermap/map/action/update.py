"""Deciding what brings items to what their configuration says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from .._describe import describe_item
from ..disclosure import describe_change
from ..input import ItemType, MapConfigId
from ..state import ConfigState, Difference, StateFlags
from . import Action, ContainerUtilAction, DerivedAction, ImageAction, ItemAction, NetworkUtilAction, VolumeUtilAction
from ._conditions import (
    connected_containers,
    has_failed,
    is_absent,
    is_container,
    is_done,
    is_pullable,
    is_running,
    is_stopped,
    is_volume,
    was_started,
)
from ._relations import bound_containers
from ._table import Row, Step, TableActionGenerator, WaitOptions
from .causes import Cause, Explanation

_ATTACHED = 'attached:'
_CONTAINER_PREFIX = 'container:'


def _has(state: ConfigState, flag: int) -> bool:
    return flag in state.state_flags


def _containers(state: ConfigState) -> dict[str, Any]:
    return {'containers': connected_containers(state)}


def _kept_data(state: ConfigState) -> str | None:
    """How a new volume container would mount the data of the present one, if that is said to be elsewhere."""
    return next((difference.wanted for difference in state.differences if difference.property == 'mount'), None)


def _same_data(state: ConfigState) -> dict[str, Any]:
    return {'host_config': {'binds': [_kept_data(state)]}}


ONLY_ORPHANS = 'only'
"""Value of ``remove_orphans`` with which nothing is done about what is on the map."""


class UpdateActionGenerator(WaitOptions, TableActionGenerator):
    """Creates, changes in place, or re-creates what is not as configured.

    Containers that depend on the mounts, links or network stack of one that is re-created are re-created as well. So a
    generator is good for one run.
    """

    pull_before_update: Any = False
    pull_insecure_registry: Any = False
    update_persistent: Any = False
    remove_orphans: Any = False
    policy_options = ['pull_before_update', 'pull_insecure_registry', 'update_persistent', 'remove_orphans']
    arguments = frozenset()

    rows: ClassVar[tuple[Row, ...]] = (
        Row(ItemType.NETWORK, lambda _, state: is_absent(state), (Action.CREATE,)),
        Row(
            ItemType.NETWORK,
            lambda _, state: _has(state, StateFlags.NEEDS_RESET) and bool(connected_containers(state)),
            (
                Step(NetworkUtilAction.DISCONNECT_ALL, data=_containers),
                DerivedAction.RESET_NETWORK,
                NetworkUtilAction.RECONNECT_ALL,
            ),
        ),
        Row(ItemType.NETWORK, lambda _, state: _has(state, StateFlags.NEEDS_RESET), (DerivedAction.RESET_NETWORK,)),
        Row(
            ItemType.IMAGE,
            lambda self, state: self.pulls(state) and self.pull_insecure_registry,
            (Step(ImageAction.PULL, data=lambda _: {'insecure_registry': True}),),
        ),
        Row(ItemType.IMAGE, lambda self, state: self.pulls(state), (ImageAction.PULL,)),
        Row(ItemType.VOLUME, lambda _, state: is_absent(state), (Action.CREATE, VolumeUtilAction.PREPARE)),
        Row(
            ItemType.VOLUME,
            lambda self, state: self.resets_volume(state),
            (DerivedAction.RESET_VOLUME, VolumeUtilAction.PREPARE),
        ),
        Row(
            ItemType.VOLUME,
            lambda self, state: bool(_kept_data(state)) and not _has(state, StateFlags.FORCED_RESET),
            (Action.REMOVE, Step(Action.CREATE, data=_same_data)),
        ),
        Row(
            ItemType.VOLUME, lambda _, state: _has(state, StateFlags.INITIAL), (Action.START, VolumeUtilAction.PREPARE)
        ),
        Row(
            ItemType.CONTAINER,
            lambda _, state: is_absent(state),
            (DerivedAction.STARTUP_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda self, state: self.renews(state) and is_running(state),
            (DerivedAction.RESET_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda self, state: self.renews(state),
            (DerivedAction.RELAUNCH_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
    )

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        if self.remove_orphans == ONLY_ORPHANS:
            return None
        planned = super().get_state_actions(state)
        if planned is None:
            return list(self._adjustments(state)) if is_container(state) else None
        before = list(self._preparations(state))
        self.note(before)
        return [*before, *planned]

    def explain(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        if self.remove_orphans == ONLY_ORPHANS:
            return Explanation()
        explanation = super().explain(state, actions)
        reason = self._reason_to_stay(state)
        if reason:
            kept = [
                describe_change(difference.property, difference.wanted, difference.found)
                for difference in state.differences
                if self.stays(difference, state)
            ]
            taken_over = self._taken_over(state)
            kept.extend([] if taken_over is None else [taken_over.replace('is taken over: ', '')])
            causes = tuple(cause for cause in explanation.causes if cause.text not in kept)
            explanation = explanation._replace(causes=causes, kept=tuple((text, reason) for text in kept))
        foreign = ', '.join(state.extra_data.get('foreign_networks', ()))
        if not is_container(state) or is_absent(state) or not self.renews(state):
            remarks = (f'stays connected with networks of others: {foreign}',) if foreign else ()
            return explanation._replace(remarks=remarks)
        targets = self._renewed_dependencies(state)
        followed = tuple(
            Cause('item', f'depends on {self._policy.item_name(target)}, which is re-created', target)
            for target in targets
        )
        taken_over = self._taken_over(state)
        adopted = () if taken_over is None else (Cause('adopted', taken_over),)
        causes = (*(cause for cause in explanation.causes if cause.kind == 'difference'), *adopted, *followed)
        lost = (f'is re-created without its connections to networks of others: {foreign}',) if foreign else ()
        return explanation._replace(causes=causes, notices=lost)

    def orphan_actions(self, state: ConfigState) -> list[ItemAction]:
        """What is done about an item that is no longer on its map. Volumes stay, as they hold data."""
        if not self.remove_orphans or is_volume(state) or (not is_container(state) and self._keeps_orphan(state)):
            return []
        return [ItemAction(state, [Action.STOP, Action.REMOVE] if is_running(state) else Action.REMOVE)]

    def explain_orphan(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        """Why that is done, or what would do it."""
        text = 'is no longer on the map'
        if actions:
            return Explanation((Cause('orphan', text),))
        if is_volume(state):
            hint = 'volumes hold data, so that it stays. Its removal is left to you'
        elif self.remove_orphans and not is_container(state):
            hint = f'it stays, as it is in use by {", ".join(self._strangers_in(state))}'
        else:
            hint = 'remove_orphans=True removes it'
        return Explanation(notices=(f'{text}; {hint}',))

    def _keeps_orphan(self, state: ConfigState) -> bool:
        return bool(self._strangers_in(state))

    def _strangers_in(self, state: ConfigState) -> list[str]:
        """Containers in a network that neither go, nor leave it as the map says where they should be."""
        own = {self._policy.item_name(item) for item in self._all_containers(state)}
        return [user for user in self.network_users(state) if user not in own]

    def _all_containers(self, state: ConfigState) -> list[MapConfigId]:
        map_name = state.config_id.map_name
        return [
            MapConfigId(ItemType.CONTAINER, map_name, name, instance)
            for name, config in self._policy.container_maps[map_name]
            for instance in config.instances or (None,)
        ]

    def pulls(self, state: ConfigState) -> bool:
        """Whether an image is pulled: if it is missing, or always on request."""
        return is_pullable(state) and (is_absent(state) or bool(self.pull_before_update))

    def resets_volume(self, state: ConfigState) -> bool:
        """Whether a volume is re-created empty: on explicit request, or if it has no data that could be kept."""
        if _has(state, StateFlags.FORCED_RESET):
            return not self._persistent_users(state)
        return _has(state, StateFlags.NONRECOVERABLE) and not _kept_data(state)

    def renews(self, state: ConfigState) -> bool:
        """Whether a container is re-created: because of itself, or of a container that it depends on."""
        needed = (
            _has(state, StateFlags.NEEDS_RESET)
            or has_failed(state)
            or bool(self._renewed_dependencies(state))
            or self._taken_over(state) is not None
        )
        return needed and self._may_renew(state)

    def _taken_over(self, state: ConfigState) -> str | None:
        """Why a container that is adopted gets the labels of its map; nothing else can get them later."""
        # One that another item of the same name has just had re-created was not inspected.
        is_found = is_container(state) and 'id' in state.extra_data
        item = self.foreign(state) if self.adopt and is_found else None
        return None if item is None else f'is taken over: {item.labels_text}'

    def _may_renew(self, state: ConfigState) -> bool:
        return bool(self.update_persistent) or not _has(state, StateFlags.PERSISTENT)

    def _renewed_dependencies(self, state: ConfigState) -> list[MapConfigId]:
        """Containers that this one depends on in a way that a new one breaks, and that are re-created."""
        if is_done(state):
            return []
        container_map = self._policy.container_maps[state.config_id.map_name]
        renewed = self.outlook.renewed
        found = [
            target
            for target in dict.fromkeys(bound_containers(container_map, state.config_id))
            if (state.client_name, target) in renewed
        ]
        config = container_map.get_instance(state.config_id.config_name, state.config_id.instance_name)
        mode = config.network_mode if config is not None else None
        if isinstance(mode, str) and mode.startswith(_CONTAINER_PREFIX):
            name = mode[len(_CONTAINER_PREFIX) :]
            if self.outlook.is_created(state.client_name, ItemType.CONTAINER, name):
                found.extend(
                    target
                    for client_name, target in renewed
                    if client_name == state.client_name
                    and target.config_type == ItemType.CONTAINER
                    and self._policy.item_name(target) == name
                    and target not in found
                )
        return found

    def _preparations(self, state: ConfigState) -> Iterator[ItemAction]:
        """What has to be done before the actions of a row."""
        if is_container(state):
            yield from self._volume_preparations(state)
        elif is_volume(state) and _has(state, StateFlags.FORCED_RESET):
            yield from self._removals(state)

    def _volume_preparations(self, state: ConfigState) -> Iterator[ItemAction]:
        """Owner and mode of attached volumes are set again where they differ from what the container was made with."""
        for difference in state.differences:
            if difference.property.startswith(_ATTACHED):
                alias = difference.property[len(_ATTACHED) :]
                volume_id = state.config_id._replace(config_type=ItemType.VOLUME, instance_name=alias)
                if (state.client_name, volume_id) not in self.outlook.prepared:
                    yield ItemAction(state._replace(config_id=volume_id), VolumeUtilAction.PREPARE)

    def _removals(self, state: ConfigState) -> Iterator[ItemAction]:
        """The containers that use a volume have to go before it can be reset; those of this run come back later."""
        for user in self.existing_users(state):
            yield ItemAction(state._replace(config_id=user), [Action.STOP, Action.REMOVE])

    def _persistent_users(self, state: ConfigState) -> list[MapConfigId]:
        """Existing containers that must not be removed for the sake of a volume."""
        if self.update_persistent:
            return []
        container_map = self._policy.container_maps[state.config_id.map_name]
        users = [
            (user, container_map.get_instance(user.config_name, user.instance_name))
            for user in self.existing_users(state)
        ]
        return [user for user, config in users if config is not None and config.persistent]

    def _adjustments(self, state: ConfigState) -> Iterator[ItemAction]:
        """What can be done to a container as it is. Settings are changed before it starts."""
        yield from self._network_adjustments(state)
        if _has(state, StateFlags.HOST_CONFIG_UPDATE):
            yield ItemAction(state, Action.UPDATE, update_values=state.extra_data['update_container'])
        if is_stopped(state) and not is_done(state) and self._may_start(state):
            yield ItemAction(state, Action.START)
            yield ItemAction(state, ContainerUtilAction.EXEC_ALL, started_before=was_started(state))
        elif _has(state, StateFlags.EXEC_COMMANDS):
            yield ItemAction(state, ContainerUtilAction.EXEC_COMMANDS, run_cmds=state.extra_data['exec_commands'])

    def _may_start(self, state: ConfigState) -> bool:
        """Persistent containers are started once, and jobs until they have done their work."""
        may_start_again = has_failed(state) or not _has(state, StateFlags.PERSISTENT)
        return _has(state, StateFlags.INITIAL) or may_start_again

    def _network_adjustments(self, state: ConfigState) -> Iterator[ItemAction]:
        data = state.extra_data
        if _has(state, StateFlags.NETWORK_DISCONNECTED):
            yield ItemAction(state, Action.CONNECT, endpoints=data['disconnected'])
        if _has(state, StateFlags.NETWORK_MISMATCH):
            names, endpoints = zip(*data['reconnect'], strict=True)
            yield ItemAction(state, Action.DISCONNECT, networks=names)
            yield ItemAction(state, Action.CONNECT, endpoints=endpoints)
        if _has(state, StateFlags.NETWORK_LEFT):
            yield ItemAction(state, Action.DISCONNECT, networks=data['left'])

    def stays(self, difference: Difference, state: ConfigState) -> bool:
        """Whether a difference of something that may not be re-created is not put right in place, either."""
        in_place = ['networks', 'exec_commands', *state.extra_data.get('update_container', ())]
        if has_failed(state):
            in_place.append('exit code')
        return difference.property.partition('.')[0] not in in_place

    def _reason_to_stay(self, state: ConfigState) -> str | None:
        if is_volume(state):
            if _has(state, StateFlags.FORCED_RESET) and not self.resets_volume(state):
                users = ', '.join(map(describe_item, self._persistent_users(state)))
                return f'{users} would have to be removed and is persistent. Use update_persistent=True'
            if not _has(state, StateFlags.FORCED_RESET) and _has(state, StateFlags.MISC_MISMATCH):
                return 'volumes hold data. To have it re-created empty, use force_update with the id of the volume'
        elif is_container(state) and not is_absent(state) and not self._may_renew(state):
            return 'the container is persistent. To have it re-created, use update_persistent=True'
        return None

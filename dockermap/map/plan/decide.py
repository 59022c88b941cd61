"""One pass over the items of a call: what was found of each, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ...functional import resolve_value
from .._describe import describe_item
from ..action import Action, ContainerUtilAction, ImageAction, ItemAction
from ..action.causes import Cause, Explanation
from ..action.update import UpdateActionGenerator
from ..config.client import ENGINE
from ..config.utils import ALL, expand_groups, expand_instances
from ..exceptions import MissingItemError
from ..input import CmdCheck, InputConfigId, ItemType
from ..policy import ConfigFlags
from ..state import ConfigState, State, StateFlags
from ..state.foreign import Ownership
from ..state.orphans import Orphan, find_orphans, items_by_client
from ..state.outlook import Outlook
from ..state.recovery import Recovery
from ..state.renamed import other_names
from .refusal import changes, refuse_foreign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..action.base import AbstractActionGenerator
    from ..input import MapConfigId
    from ..policy import ConfigFlags
    from ..policy.base import BasePolicy
    from ..state.base import AbstractStateGenerator


@dataclass(frozen=True)
class Decision:
    """What is done about one item on one client.

    :param conditional: It depends on what an image turns out to be when it has been pulled.
    :param hint: What to tell about a requested container for which there is nothing to do.
    """

    state: ConfigState
    actions: Sequence[ItemAction]
    explanation: Explanation
    conditional: bool = False
    hint: str | None = None

    @property
    def is_pull(self) -> bool:
        """Whether an image is pulled."""
        return any(ImageAction.PULL in action.action_types for action in self.actions)

    @property
    def only_starts(self) -> bool:
        """Whether the item is started as it is."""
        return bool(self.actions) and self.actions[0].action_types[:1] == [Action.START]


class Part(NamedTuple):
    """What looks at the items of one kind of client, and decides about them."""

    states: AbstractStateGenerator
    decisions: AbstractActionGenerator


class _Parts(Protocol):
    """The part for each client."""

    @property
    def first(self) -> Part: ...

    @property
    def all(self) -> Sequence[Part]: ...

    def of(self, client_name: str) -> Part: ...


class DecisionPass:
    """Looks at items and decides about them in the order in which they depend on each other. Nothing is changed.

    :param parts: What looks at items and decides about them, for each kind of client.
    :param arguments: Arguments of the call that are options of neither.
    """

    def __init__(self, parts: _Parts, arguments: Mapping[str, Any]) -> None:
        self.first = parts.first
        self.outlook = Outlook()
        self._parts = parts
        self._arguments = arguments
        for part in parts.all:
            part.states.outlook = part.decisions.outlook = self.outlook
            part.states.check_commands = getattr(part.decisions, 'check_exec_commands', CmdCheck.NONE)

    @property
    def policy(self) -> BasePolicy:
        """Names and relations of the items."""
        return self.first.states.policy

    def leave_out(self, unreachable: dict[str, Any]) -> None:
        """Leave out these clients; others that cannot be reached are added with the error."""
        for part in self._parts.all:
            part.states.unreachable = unreachable

    def get_states(self, config_ids: Iterable[MapConfigId]) -> Iterable[ConfigState]:
        """States of the items and all that belongs to them; each is looked at when its state is asked for."""
        if len(self._parts.all) == 1:
            return self.first.states.get_states(config_ids)
        return (
            state
            for item, flags in self.first.states.get_path(config_ids)
            for part in self._parts.all
            for state in part.states.generate_config_states(item, flags)
        )

    def parts_for(self, config_ids: Iterable[MapConfigId]) -> list[tuple[Part, str]]:
        """The part of each kind of client that items are on, with the name of one."""
        clients = [name for item in config_ids for name in self.policy.get_client_names(item)]
        found = {id(part): (part, name) for name in reversed(clients) for part in (self._parts.of(name),)}
        return list(found.values()) or [(self.first, '')]

    def look_again(self, state: ConfigState) -> ConfigState:
        """How an item is now, whatever was decided before."""
        states = self._parts.of(state.client_name).states
        states.outlook = Outlook()
        states.outlook.observed = self.outlook.observed
        found = states.get_item_state(state.client_name, state.config_id, state.config_flags)
        states.outlook = self.outlook
        return found

    def decide_all(self, config_ids: Iterable[MapConfigId], expects_new_images: bool = True) -> Iterator[Decision]:
        """Decisions for the items and all that belongs to them; each is looked at when its decision is asked for.

        :param expects_new_images: An image that is pulled may be another one, which re-creates its containers.
        """
        self.outlook.expects_new_images = expects_new_images
        requested = list(config_ids)
        for state in self.get_states(requested):
            yield self.decide(state)
        yield from self._decide_orphans(requested)

    def _decide_orphans(self, config_ids: Sequence[MapConfigId]) -> Iterator[Decision]:
        """Decisions about what is no longer on the maps of which everything was asked for."""
        if not isinstance(self.first.decisions, UpdateActionGenerator):
            return
        for map_name in _complete_maps(self.policy, config_ids):
            wanted = items_by_client(self.policy, map_name)
            for client_name in wanted:
                part = self._parts.of(client_name)
                if client_name in (part.states.unreachable or ()) or not isinstance(
                    part.decisions, UpdateActionGenerator
                ):
                    continue
                for orphan in list(find_orphans(self.policy, map_name, {client_name: wanted[client_name]})):
                    yield self._decide_orphan(orphan, part.decisions)

    def _decide_orphan(self, orphan: Orphan, decisions: UpdateActionGenerator) -> Decision:
        state = self._orphan_state(orphan)
        is_named_so = self.policy.name_on(orphan.client_name, orphan.config_id) == orphan.name
        actions = decisions.orphan_actions(state) if is_named_so else []
        decisions.note(actions)
        return Decision(state, actions, decisions.explain_orphan(state, actions))

    def _orphan_state(self, orphan: Orphan) -> ConfigState:
        ownership = Ownership(self.policy, self.outlook.observed)
        detail = ownership.look(orphan.client_name, orphan.config_id.config_type, orphan.name)
        status = detail.get('State')
        is_running = isinstance(status, Mapping) and bool(status.get('Running') or status.get('Restarting'))
        data: dict[str, Any] = {'id': orphan.item_id}
        if orphan.config_id.config_type == ItemType.NETWORK:
            data['containers'] = detail.get('Containers') or {}
        return ConfigState(
            orphan.client_name,
            orphan.config_id,
            ConfigFlags(ConfigFlags.DEPENDENT),
            State.RUNNING if is_running else State.PRESENT,
            StateFlags(StateFlags.NONE),
            data,
        )

    def decide(self, state: ConfigState) -> Decision:
        """The decision for a state."""
        decisions = self._parts.of(state.client_name).decisions
        if self.policy.is_external(state.config_id):
            return Decision(state, (), Explanation())
        actions = decisions.get_state_actions(state, **self._arguments) or ()
        if state.config_id.config_type == ItemType.IMAGE:
            actions = self._without_repeated_pulls(state, actions)
        decisions.note(actions)
        busy = self.outlook.observed.busy.get((state.client_name, self.policy.item_name(state.config_id)))
        if busy is not None:
            explanation = self._explained(state, actions)
            notices = (*explanation.notices, f'is being replaced by {busy}, which is waited for')
            return Decision(state, list(actions), explanation._replace(notices=notices))
        if not actions:
            hint = decisions.get_hint(state, **self._arguments)
            return Decision(state, (), self._explained(state, ()), False, hint)
        decision = Decision(state, list(actions), self._explained(state, actions))
        return replace(decision, conditional=True) if self._is_conditional(decision) else decision

    def check(self, decisions: Sequence[Decision]) -> None:
        """Raise an error where something must not be done, or cannot work.

        :raises ForeignItemError: Something is to be changed that was not created for its map.
        :raises MissingItemError: Something does not exist that is external to its map.
        """
        self._check_external(decisions)
        ownership = Ownership(self.policy, self.outlook.observed)
        decided = ((decision.state, decision.actions) for decision in decisions)
        refuse_foreign(decided, ownership, self.adopts)

    def adopts(self, client_name: str) -> bool:
        """Whether items that were not created for their map count as its own."""
        return bool(self._parts.of(client_name).decisions.adopt)

    def _check_external(self, decisions: Iterable[Decision]) -> None:
        missing = [
            f'{describe_item(state.config_id)} ({self.policy.item_name(state.config_id)} on client {state.client_name})'
            for state in (decision.state for decision in decisions)
            if state.base_state == State.ABSENT
            and self.policy.is_external(state.config_id)
            and self._parts.of(state.client_name).decisions.validates
        ]
        if missing:
            raise MissingItemError(missing)

    def _explained(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        decisions = self._parts.of(state.client_name).decisions
        explanation = self._with_replicas(state, actions, decisions.explain(state, actions))
        if decisions.adopt or any(map(changes, actions)):
            return explanation
        item = decisions.foreign(state)
        if item is None:
            return explanation
        return explanation._replace(remarks=(*explanation.remarks, f'{item.labels_text}; it is used as it is'))

    def _with_replicas(self, state: ConfigState, actions: Sequence[ItemAction], found: Explanation) -> Explanation:
        """Tell of a new container on an engine that it is the only one."""
        if not actions:
            return found
        item = state.config_id
        creates = any(Action.CREATE in action.action_types and action.config_id == item for action in actions)
        is_engine = self.policy.clients[state.client_name].backend == ENGINE
        if not creates or not is_engine or item.config_type != ItemType.CONTAINER:
            return found
        config = self.policy.container_maps[item.map_name].get_instance(item.config_name, item.instance_name)
        replicas = resolve_value(config.replicas) if config is not None else None
        if not isinstance(replicas, int) or replicas < 2:
            return found
        text = f'is one container, and not {replicas}: replicas are for swarms. On an engine, list instances'
        return found._replace(remarks=(*found.remarks, text))

    def decide_about_interrupted(self, items: Iterable[tuple[str, MapConfigId, ConfigFlags]]) -> Iterator[Decision]:
        """What is done first: clear up what interrupted replacements have left, which may keep volumes in use."""
        for client_name, config_id, flags in self._givers_first(items):
            state = self._parts.of(client_name).states.get_item_state(client_name, config_id, flags)
            recovery = self.outlook.observed.recoveries.get((client_name, self.policy.item_name(config_id)))
            if recovery is not None:
                yield self._cleared(state, recovery)

    def _givers_first(
        self, items: Iterable[tuple[str, MapConfigId, ConfigFlags]]
    ) -> list[tuple[str, MapConfigId, ConfigFlags]]:
        """The items, where those that give up a name come before those that get it."""
        found = list(items)
        clients = {client_name for client_name, _, _ in found}
        places = {
            (client_name, name): place
            for client_name in clients
            for place, name in enumerate(other_names(self.policy, client_name))
        }
        return sorted(found, key=lambda item: places.get((item[0], self.policy.item_name(item[1])), -1))

    def decide_about_twins(
        self, items: Iterable[tuple[str, MapConfigId, ConfigFlags, Sequence[str]]]
    ) -> Iterator[Decision]:
        """What is done about networks of which there are several: those that nothing uses are removed, by their ids."""
        for client_name, config_id, flags, ids in items:
            state = self._parts.of(client_name).states.get_item_state(client_name, config_id, flags)
            text = 'there are several networks of this name; what nothing uses is removed'
            yield self._cleared(state, Recovery(text, [('remove_network', {'net_id': found}) for found in ids]))

    def _cleared(self, state: ConfigState, recovery: Recovery) -> Decision:
        action = ItemAction(state, ContainerUtilAction.RECOVER, steps=recovery.steps)
        explanation = Explanation((Cause('state', recovery.text),), notices=(recovery.text,))
        return Decision(state, [action], explanation)

    def _without_repeated_pulls(self, state: ConfigState, actions: Sequence[ItemAction]) -> Sequence[ItemAction]:
        """Several maps may name the same image; it is pulled once in a call."""
        key = state.client_name, self.policy.item_name(state.config_id)
        if not any(ImageAction.PULL in action.action_types for action in actions):
            return actions
        if key in self.outlook.pulled:
            return ()
        self.outlook.pulled.add(key)
        return actions

    def _is_conditional(self, decision: Decision) -> bool:
        """Whether a container is only re-created if a pulled image, or one of a container it needs, is another one."""
        state, outlook = decision.state, self.outlook
        if not any(Action.CREATE in action.action_types for action in decision.actions):
            return False
        causes = decision.explanation.causes
        own = (state.client_name, state.config_id) in outlook.conditional
        flags = int(state.state_flags & StateFlags.NEEDS_RESET)
        has_failed = StateFlags.FAILED in state.state_flags
        if has_failed or flags & ~int(StateFlags.IMAGE_MISMATCH) or (flags and not own):
            return False
        followed = [cause.item for cause in causes if cause.kind == 'item']
        if not own and not followed:
            return False
        if not all(item is not None and (state.client_name, item) in outlook.conditional for item in followed):
            outlook.conditional.discard((state.client_name, state.config_id))
            return False
        outlook.conditional.add((state.client_name, state.config_id))
        return True


def _complete_maps(policy: BasePolicy, config_ids: Sequence[MapConfigId]) -> list[str]:
    """The maps of which all containers are asked for, or all of the default group; those without any only if nothing
    else is asked for.
    """
    requested = set(config_ids)
    complete = []
    for map_name in policy.container_maps:
        everything = InputConfigId(ItemType.CONTAINER, map_name, ALL)
        wanted = set(expand_instances(expand_groups([everything], policy.container_maps), policy.container_maps))
        if wanted <= requested and (wanted or not requested):
            complete.append(map_name)
    return complete


def in_order(decisions: Iterable[Decision], starts_first: bool = False) -> list[Decision]:
    """The decisions in order, but images before everything else.

    :param starts_first: What only has to be started comes next, in reverse order: others cannot start without it.
    """
    listed = list(decisions)
    pulls = [decision for decision in listed if decision.is_pull]
    others = [decision for decision in listed if not decision.is_pull]
    if not starts_first:
        return [*pulls, *others]
    starts = [decision for decision in others if decision.only_starts]
    return [*pulls, *reversed(starts), *(decision for decision in others if not decision.only_starts)]

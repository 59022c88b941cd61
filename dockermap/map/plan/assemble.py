"""Putting a plan together from what was decided and the operations that it takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..action import Action, ActionEnum, ContainerUtilAction, ImageAction
from ..action.causes import Cause
from ..input import MapConfigId
from ..policy.helpers import is_helper
from ..state import State
from .items import Change, FoundItem, Kept, PlannedItem
from .needs import Arrangement
from .operation import Operation
from .plan import Plan

if TYPE_CHECKING:
    from ..policy.base import BasePolicy
    from .decide import Decision

_STOPPING = {Action.STOP, ContainerUtilAction.SIGNAL_STOP}
_OTHER_CHANGES: dict[ActionEnum, Change] = {
    ImageAction.PULL: Change.PULL,
    ContainerUtilAction.SCRIPT: Change.RUN,
    Action.RESTART: Change.RESTART,
    Action.KILL: Change.OTHER,
    Action.WAIT: Change.OTHER,
}


class _Item:
    """What is gathered of an item."""

    def __init__(self) -> None:
        self.types: list[ActionEnum] = []
        self.causes: dict[Cause, None] = {}
        self.operations: list[int] = []
        self.conditional = False
        self.exists = False


def assemble(
    action_name: str,
    config_ids: Sequence[MapConfigId],
    options: Mapping[str, Any],
    listed: Sequence[Decision],
    arrangement: Arrangement,
    policy: BasePolicy,
    salt: str,
    notices: Iterable[str] = (),
) -> Plan:
    """The plan for what was decided, and the operations that follow from it.

    :param notices: What to tell beside what was found.
    """
    complete = arrangement.numbered()
    items = _items(listed, complete)
    found = tuple(_found(policy, decision) for decision in listed)
    return Plan(
        action_name=action_name,
        config_ids=tuple(config_ids),
        options=dict(options),
        operations=tuple(complete),
        items=tuple(_planned(policy, client_name, config_id, item) for (client_name, config_id), item in items.items()),
        unchanged=tuple(item for item in found if (item.client_name, item.config_id) not in items),
        kept=tuple(kept for decision in listed for kept in _kept(policy, decision)),
        notices=(
            *(
                f'{policy.name_on(decision.state.client_name, decision.state.config_id)} {notice}'
                for decision in listed
                for notice in (*decision.explanation.notices, *decision.explanation.remarks)
            ),
            *notices,
        ),
        found=found,
        salt=salt,
    )


def _items(decisions: Iterable[Decision], operations: Sequence[Operation]) -> dict[tuple[str, MapConfigId], _Item]:
    items: dict[tuple[str, MapConfigId], _Item] = {}
    for decision in decisions:
        for action in decision.actions:
            item = items.setdefault((action.client_name, action.config_id), _Item())
            item.types.extend(action.action_types)
            item.causes.update(dict.fromkeys(decision.explanation.causes))
            item.conditional = item.conditional or decision.conditional
            is_own = action.config_id == decision.state.config_id
            item.exists = item.exists or not is_own or decision.state.base_state != State.ABSENT
    for operation in operations:
        item = items.setdefault(operation.item, _Item())
        item.operations.append(operation.number)
        if not item.types:
            item.causes.update(dict.fromkeys(operation.causes))
        is_new = operation.call == 'create_container' and not is_helper(str(operation.arguments.get('name')))
        if is_new and Action.CREATE not in item.types and Action.START in item.types:
            item.types.append(Action.CREATE)
    return items


def _planned(policy: BasePolicy, client_name: str, config_id: MapConfigId, item: _Item) -> PlannedItem:
    return PlannedItem(
        client_name,
        config_id,
        policy.name_on(client_name, config_id),
        _change(item),
        tuple(item.causes),
        tuple(item.operations),
        item.conditional,
    )


def _change(item: _Item) -> Change:
    types = set(item.types)
    if Action.CREATE in types:
        return Change.RECREATE if item.exists else Change.CREATE
    if Action.REMOVE in types:
        return Change.REMOVE
    for action_type, change in _OTHER_CHANGES.items():
        if action_type in types:
            return change
    if Action.START in types:
        return Change.RESTART if types & _STOPPING else Change.START
    if types & _STOPPING:
        return Change.STOP
    known = all(type(action_type).__module__.startswith('dockermap.') for action_type in types)
    return Change.CHANGE if types and known else Change.OTHER


def _kept(policy: BasePolicy, decision: Decision) -> Iterable[Kept]:
    state = decision.state
    for text, reason in decision.explanation.kept:
        yield Kept(state.client_name, state.config_id, policy.name_on(state.client_name, state.config_id), text, reason)


def _found(policy: BasePolicy, decision: Decision) -> FoundItem:
    """What was found of an item, as far as another item of the same name would differ."""
    state = decision.state
    text = f'{state.base_state.value} {int(state.state_flags)} {state.extra_data.get("id")}'
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return FoundItem(state.client_name, state.config_id, policy.name_on(state.client_name, state.config_id), digest)

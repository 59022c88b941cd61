"""What a call does not do: change items of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from .._describe import describe_action
from ..action import Action, ActionEnum, ContainerUtilAction, ItemAction, NetworkUtilAction, VolumeUtilAction
from ..exceptions import ForeignItemError
from ..input import ItemType
from ..policy import ConfigFlags
from ..state import ConfigState, StateFlags
from ..state.foreign import ForeignItem, Ownership

Decided = tuple[ConfigState, Sequence[ItemAction]]
"""The state of an item, and what is done about it."""

_CHANGING: frozenset[ActionEnum] = frozenset((*Action, *ContainerUtilAction, *VolumeUtilAction, *NetworkUtilAction)) - {
    Action.CREATE,
    Action.WAIT,
}


def changes(action: ItemAction) -> bool:
    """Whether an action changes an item that exists; own kinds of actions are left to those who define them."""
    return not _CHANGING.isdisjoint(action.action_types)


def refuse_foreign(decided: Iterable[Decided], ownership: Ownership, adopts: Callable[[str], bool]) -> None:
    """Raise an error if anything is to be changed that is not of its map.

    :param adopts: Whether foreign items count as the map's own on a client, by its name.
    :raises ForeignItemError: With all that would be changed.
    """
    found: dict[ForeignItem, list[str]] = {}
    for item, deeds in _foreign(decided, ownership, adopts):
        found.setdefault(item, []).extend(deeds)
    if found:
        raise ForeignItemError(
            [item.describe(', '.join(deeds)) for item, deeds in found.items()],
            list(found),
            needs_own_id=any(adopts(item.client_name) for item in found),
        )


def _foreign(
    decided: Iterable[Decided], ownership: Ownership, adopts: Callable[[str], bool]
) -> Iterator[tuple[ForeignItem, list[str]]]:
    for state, actions in decided:
        for action in actions:
            if not changes(action):
                continue
            if adopts(action.client_name) and not removes_unasked(state, action):
                continue
            item = ownership.foreign(action.client_name, action.config_id)
            if item is not None:
                yield item, [describe_action(action_type) for action_type in action.action_types]


def removes_unasked(state: ConfigState, action: ItemAction) -> bool:
    """Whether a volume is removed, or re-created empty, that was not named by its own id."""
    asked = ConfigFlags.DEPENDENT not in state.config_flags or StateFlags.FORCED_RESET in state.state_flags
    return action.config_id.config_type == ItemType.VOLUME and Action.REMOVE in action.action_types and not asked

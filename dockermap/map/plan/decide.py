"""One pass over the items of a call: what was found of each, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..action import Action, ImageAction, ItemAction
from ..action.causes import Explanation
from ..input import ItemType
from ..state import ConfigState, StateFlags
from ..state.outlook import Outlook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..action.base import AbstractActionGenerator
    from ..input import MapConfigId
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


class DecisionPass:
    """Looks at items and decides about them in the order in which they depend on each other. Nothing is changed.

    :param states: Finds out how items are.
    :param decisions: Finds out what to do about them.
    :param arguments: Arguments of the call that are options of neither.
    """

    def __init__(
        self, states: AbstractStateGenerator, decisions: AbstractActionGenerator, arguments: Mapping[str, Any]
    ) -> None:
        self.states = states
        self.decisions = decisions
        self.outlook = Outlook()
        self._arguments = arguments
        states.outlook = decisions.outlook = self.outlook

    def decide_all(self, config_ids: Iterable[MapConfigId], expects_new_images: bool = True) -> Iterator[Decision]:
        """Decisions for the items and all that belongs to them; each is looked at when its decision is asked for.

        :param expects_new_images: An image that is pulled may be another one, which re-creates its containers.
        """
        self.outlook.expects_new_images = expects_new_images
        for state in self.states.get_states(config_ids):
            yield self.decide(state)

    def decide(self, state: ConfigState) -> Decision:
        """The decision for a state."""
        actions = self.decisions.get_state_actions(state, **self._arguments) or ()
        if state.config_id.config_type == ItemType.IMAGE:
            actions = self._without_repeated_pulls(state, actions)
        self.decisions.note(actions)
        if not actions:
            hint = self.decisions.get_hint(state, **self._arguments)
            return Decision(state, (), self.decisions.explain(state, ()), False, hint)
        decision = Decision(state, list(actions), self.decisions.explain(state, actions))
        return replace(decision, conditional=True) if self._is_conditional(decision) else decision

    def _without_repeated_pulls(self, state: ConfigState, actions: Sequence[ItemAction]) -> Sequence[ItemAction]:
        """Several maps may name the same image; it is pulled once in a call."""
        key = state.client_name, self.states.policy.item_name(state.config_id)
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
        if flags & ~int(StateFlags.IMAGE_MISMATCH) or (flags and not own):
            return False
        followed = [cause.item for cause in causes if cause.kind == 'item']
        if not own and not followed:
            return False
        if not all((state.client_name, item) in outlook.conditional for item in followed if item is not None):
            outlook.conditional.discard((state.client_name, state.config_id))
            return False
        outlook.conditional.add((state.client_name, state.config_id))
        return True


def pulls_first(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions in order, but images before everything else."""
    listed = list(decisions)
    return [
        *(decision for decision in listed if decision.is_pull),
        *(decision for decision in listed if not decision.is_pull),
    ]

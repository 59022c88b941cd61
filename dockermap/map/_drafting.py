"""From what was decided in a call to its operations, and their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ._awaited import with_waits
from ._backends import ByClient
from ._report import Report
from ._staged import Gates, Staging
from ._work import Draft, Settings, all_steps, as_steps
from .action import Action, ContainerUtilAction
from .exceptions import ActionException
from .input import ItemType, MapConfigId
from .plan.decide import Decision, DecisionPass
from .plan.expand.volumes import mounted_volumes
from .plan.needs import Arrangement, arranged
from .plan.operation import Operation
from .plan.replacement import CircularReplacementError, Groups, with_undo
from .state import StateFlags

if TYPE_CHECKING:
    from .plan.expand import Expansion
    from .policy.base import BasePolicy
    from .runner import AbstractRunner

_CREATING = {Action.CREATE, ContainerUtilAction.SCRIPT}


class Drafting:
    """The operations of one pass of decisions.

    :param decided: The pass.
    :param runners: Carry actions out, for each kind of client.
    :param report: What the call has done, and which clients it has lost.
    :param settings: How the call is carried out.
    """

    def __init__(
        self, decided: DecisionPass, runners: ByClient[AbstractRunner], report: Report, settings: Settings
    ) -> None:
        self._pass = decided
        self._runners = runners
        self._report = report
        self._settings = settings
        self._operations: list[Operation] = []
        self._arranged_last: tuple[Sequence[Draft], Arrangement] | None = None
        self._staging = Staging(decided.policy, settings.rollout, decided.first)
        self._gates = Gates()
        self._steps = all_steps(runners)
        self._begin()

    def tell(self, decisions: Sequence[Decision]) -> None:
        """Give expansions what operations also go by: what is looked at, and how long is waited."""
        # Expansions must not know of the pass, which leads back to their runners.
        clients = {decision.state.client_name for decision in decisions}
        adopting = frozenset(client_name for client_name in clients if self._pass.adopts(client_name))
        for steps in self._steps:
            expansion = steps.expansion
            expansion.visited = {(decision.state.client_name, decision.state.config_id) for decision in decisions}
            expansion.adopting = adopting
            expansion.wait, expansion.wait_timeout = self._settings.wait, self._settings.wait_timeout

    def draft(self, decisions: Iterable[Decision]) -> list[Draft]:
        """The steps of all decisions.

        :raises ActionException: The arguments of a call cannot be built.
        """
        drafts = []
        decisions = list(decisions)
        for steps in self._steps:
            steps.expansion.prepared_later |= set(_first_mounted(decisions, self._pass.policy))
        for decision in decisions:
            if decision.actions and decision.state.client_name not in self._report.unreachable:
                try:
                    drafts.append(self._draft(decision))
                except ActionException as error:
                    if not self._report.is_lost(decision.state.client_name, error):
                        raise
        return drafts

    def arranged(self, decisions: Sequence[Decision], drafts: Sequence[Draft]) -> Arrangement:
        """What each operation waits for, and the order that follows.

        :raises ValueError: Two containers want the same.
        """
        if self._arranged_last is not None and self._arranged_last[0] is drafts:
            return self._arranged_last[1]
        policy, observed = self._pass.policy, self._pass.outlook.observed
        numbers = {id(draft.decision): draft.numbers for draft in drafts}
        operations = [*self._operations, *_own_operations(drafts, len(self._operations), numbers)]
        segments = [
            ((decision.state.client_name, decision.state.config_id), numbers.get(id(decision), ()))
            for decision in decisions
        ]
        items = [decision.state.config_id for decision in decisions]

        def relations(config_id: MapConfigId) -> Iterable[MapConfigId]:
            # A network that is no longer on its map can go when everything has left it.
            return policy.get_relations(config_id) if policy.is_on_map(config_id) else items

        replacements = [found for steps in self._steps for found in steps.expansion.replacements]
        chosen = {number for draft in drafts for number in draft.numbers}
        replacements = [found for found in replacements if found.start in chosen]
        across = policy.get_relations_across
        gates = self._gates
        arrangement = arranged(operations, segments, relations, observed, across, replacements, gates.firm, gates.soft)
        self._arranged_last = drafts, arrangement
        return arrangement

    def drafted(self, decisions: Sequence[Decision]) -> list[Draft]:
        """Drafts whose operations can be put in an order."""
        logins = [dict(steps.expansion.logins) for steps in self._steps]
        removed_first: set[tuple[str, MapConfigId]] = set()
        while True:
            try:
                drafts, expansions = self.draft(decisions), self._expansions(decisions)
                if self._settings.wait:
                    drafts = with_waits(drafts, decisions, expansions)
                drafts, self._gates = self._staging.staged(drafts, decisions, expansions, bool(self._settings.wait))
            except ActionException as error:
                raise self._report.failure(error) from error.source_exception[1]
            try:
                self.arranged(decisions, drafts)
            except CircularReplacementError as circle:
                removed_first.add(circle.item)
            else:
                return drafts
            self._begin()
            self.tell(decisions)
            for steps, known in zip(self._steps, logins, strict=True):
                steps.expansion.logins = known
                steps.expansion.removed_first = removed_first

    def blocked(self, drafts: Sequence[Draft]) -> dict[int, str]:
        """Operations that need something on a client that has gone, by number, with the reason."""
        return self._staging.blocked(drafts, self._report.unreachable)

    @property
    def notices(self) -> Sequence[str]:
        """What to tell about the options of the call, and the order of clients."""
        return (*self._settings.notices, *self._gates.notices)

    @property
    def ends_others(self) -> bool:
        """Whether what waits for something on a client that is lost is not done either."""
        return self._staging.ends_others

    def _begin(self) -> None:
        self._operations = []
        for steps in self._steps:
            steps.begin(self._pass.outlook.observed, self._operations)

    def _expansions(self, decisions: Iterable[Decision]) -> dict[str, Expansion]:
        """Where operations are added, by the name of the client; not for those that have gone."""
        names = {decision.state.client_name for decision in decisions}.difference(self._report.unreachable)
        found = {name: as_steps(self._runners.of(name)) for name in names}
        return {name: steps.expansion for name, steps in found.items() if steps is not None}

    def without_arrangement(self, drafts: list[Draft]) -> list[Draft]:
        """Drafts that are carried out without being arranged with others."""
        chosen = {number for draft in drafts for number in draft.numbers}
        replacements = [found for steps in self._steps for found in steps.expansion.replacements]
        groups = Groups([found for found in replacements if found.start in chosen])
        self._operations[:] = with_undo(self._operations, groups)
        return drafts

    def is_bound(self, draft: Draft, error: ActionException) -> bool:
        """Whether something failed that cannot be done otherwise alone: others depend on it, or it is done already."""
        groups = self._arranged_last[1].groups if self._arranged_last is not None else ()
        numbers = set(draft.numbers)
        return any(
            member.former_id is not None and (len(group.members) > 1 or error.action_type == Action.REMOVE)
            for group in groups
            for member in group.members
            if numbers.intersection(member.numbers)
        )

    def _draft(self, decision: Decision) -> Draft:
        steps = as_steps(self._runners.of(decision.state.client_name))
        if steps is None:
            return Draft(decision, None)
        expansion = steps.expansion
        expansion.causes, expansion.conditional = decision.explanation.causes, decision.conditional
        return Draft(decision, list(expansion.expand_replacing(decision.actions)))


def _first_mounted(decisions: Iterable[Decision], policy: BasePolicy) -> Iterator[tuple[str, str]]:
    """Volumes, by client and name, of the containers that are created, or start for the first time."""
    for decision in decisions:
        for action in decision.actions:
            is_first = _CREATING & {*action.action_types} or StateFlags.INITIAL in decision.state.state_flags
            if action.config_id.config_type == ItemType.CONTAINER and is_first:
                for _, name in mounted_volumes(policy, action.config_id):
                    yield action.client_name, name


def _own_operations(drafts: Iterable[Draft], first: int, numbers: dict[int, list[int]]) -> Iterator[Operation]:
    """One operation for each action that a runner carries out in its own way; their numbers are noted by decision."""
    number = first
    for draft in drafts:
        for action in draft.decision.actions if draft.steps is None else ():
            for action_type in action.action_types:
                numbers[id(draft.decision)].append(number)
                yield Operation(
                    number,
                    action.client_name,
                    action.config_id,
                    str(action_type.value),
                    action.extra_data,
                    draft.decision.explanation.causes,
                    conditional=draft.decision.conditional,
                )
                number += 1

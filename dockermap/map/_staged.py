"""What waits for other clients: those that come first in a rollout, and those that cannot be reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..exceptions import InputError
from ._awaited import with_waits
from ._describe import describe_item, item_name
from ._kinds import kind_of
from ._work import Draft
from .config._rollout import Rollout
from .input import ItemType, MapConfigId
from .plan.resources import Handover
from .state import State, StateFlags
from .state.base import AbstractDependencyStateGenerator, DependentStateGenerator

if TYPE_CHECKING:
    from .plan.decide import Decision, Part
    from .plan.expand import Expansion
    from .policy.base import BasePolicy


class Gates(NamedTuple):
    """What waits for what because of rollouts.

    :param firm: Operations that must not begin before others have ended.
    :param soft: The same for networks, which others may need before.
    :param notices: What to tell about it.
    """

    firm: Sequence[Handover] = ()
    soft: Sequence[Handover] = ()
    notices: Sequence[str] = ()


class _Stage(NamedTuple):
    """Decisions about one configuration that wait for others about it."""

    config: tuple[str, str]
    clients: Sequence[str]
    earlier: Sequence[Decision]
    later: Sequence[Decision]


class Staging:
    """Puts decisions about one configuration on several clients into an order.

    :param rollout: What the call says; otherwise, configurations and maps do.
    :param part: What looks at the items, and decides about them. Dependencies count where it visits them, and rollouts
        where it starts containers.
    """

    def __init__(self, policy: BasePolicy, rollout: object, part: Part) -> None:
        self._policy = policy
        self._rollout = rollout
        self._visits_dependencies = isinstance(part.states, AbstractDependencyStateGenerator) and not isinstance(
            part.states, DependentStateGenerator
        )
        self._starts = 'wait' in part.decisions.policy_options

    def staged(
        self, drafts: list[Draft], decisions: Sequence[Decision], expansions: Mapping[str, Expansion], waits: bool
    ) -> tuple[list[Draft], Gates]:
        """The drafts, where containers are waited for before others, and what waits for what.

        :param waits: All containers are waited for already.
        """
        by_decision = {id(draft.decision): draft for draft in drafts if draft.steps is None or draft.numbers}
        stages = list(self._stages(decisions, by_decision.keys()))
        if not stages:
            return drafts, Gates()
        _check_own(by_decision[id(found)] for stage in stages for found in stage.later)
        if not waits:
            first = {id(found): found for stage in stages for found in stage.earlier if _should_run(found, expansions)}
            drafts = with_waits(drafts, first.values(), expansions)
        numbers = {id(draft.decision): draft.numbers for draft in drafts if draft.numbers}
        ends = [[numbers[id(found)][-1] for found in stage.earlier if id(found) in numbers] for stage in stages]
        firm = [
            Handover(numbers[id(found)][0], end)
            for stage, last in zip(stages, ends, strict=True)
            for found in stage.later
            for end in last
        ]
        soft = list(self._of_networks(stages, ends, decisions, numbers))
        return drafts, Gates(firm, soft, [_notice(stage) for stage in stages])

    def _stages(self, decisions: Sequence[Decision], acting: Collection[int]) -> Iterator[_Stage]:
        """For each group of clients but the first one, what is decided about it and about those before."""
        by_client: dict[tuple[str, str], dict[str, list[Decision]]] = {}
        if self._starts and len(self._policy.clients) > 1:
            for decision in decisions:
                item = decision.state.config_id
                if kind_of(item).is_of_configuration:
                    of_config = by_client.setdefault((item.map_name, item.config_name), {})
                    of_config.setdefault(decision.state.client_name, []).append(decision)
        for config, found in by_client.items():
            earlier: list[Decision] = []
            before: list[str] = []
            for wave in self._waves(next(iter(found.values()))[0].state.config_id):
                here = [decision for client_name in wave for decision in found.get(client_name, ())]
                later = [decision for decision in here if id(decision) in acting]
                if earlier and later:
                    yield _Stage(config, list(before), list(earlier), later)
                earlier.extend(here)
                before.extend(wave)

    def _waves(self, item: MapConfigId) -> list[Sequence[str]]:
        container_map = self._policy.container_maps.get(item.map_name)
        config = container_map.get_existing(item.config_name) if container_map is not None else None
        if container_map is None or config is None:
            return []
        rollout = Rollout.of(self._rollout, config.rollout, container_map.rollout)
        if not rollout.waits:
            return []
        of_all_instances = item._replace(config_type=ItemType.CONTAINER, instance_name=None)
        return rollout.waves(self._policy.get_client_names(of_all_instances))

    def _of_networks(
        self,
        stages: Sequence[_Stage],
        ends: Sequence[Sequence[int]],
        decisions: Sequence[Decision],
        numbers: Mapping[int, Sequence[int]],
    ) -> Iterator[Handover]:
        """A network is not changed either before its containers have been re-created on the clients that come first."""
        waiting = {
            (*stage.config, found.state.client_name): last
            for stage, last in zip(stages, ends, strict=True)
            for found in stage.later
        }
        for decision in decisions:
            item = decision.state.config_id
            if item.config_type is not ItemType.NETWORK or id(decision) not in numbers:
                continue
            users = {(user.map_name, user.config_name) for user in self._policy.get_relations(item)}
            for user in sorted(users):
                for end in waiting.get((*user, decision.state.client_name), ()):
                    yield Handover(numbers[id(decision)][0], end)

    def blocked(self, drafts: Sequence[Draft], unreachable: Mapping[str, object]) -> dict[int, str]:
        """Operations that need something on a client that cannot be reached, by number, with the reason."""
        if not unreachable:
            return {}
        found: dict[int, str] = {}
        for draft in drafts:
            reason = self._reason(draft.decision.state.config_id, draft.decision.state.client_name, unreachable)
            if reason is not None:
                found.update(dict.fromkeys(draft.numbers, reason))
        return found

    def _reason(self, item: MapConfigId, client_name: str, unreachable: Mapping[str, object]) -> str | None:
        conditions = self._policy.get_conditions(item) if self._visits_dependencies else {}
        for target, awaited in conditions.items():
            lost = [name for name in self._policy.get_client_names(target) if name in unreachable]
            if awaited.crosses_hosts and lost:
                return f'needs {describe_item(target)} on client {lost[0]}, which could not be reached'
        if not self._starts or not kind_of(item).is_of_configuration:
            return None
        for wave in self._waves(item):
            if client_name in wave:
                break
            lost = [name for name in wave if name in unreachable]
            if lost:
                name = item_name(item._replace(instance_name=None))
                return f'comes after {name} on client {lost[0]}, which could not be reached'
        return None

    @property
    def ends_others(self) -> bool:
        """Whether what waits for something on a client that is lost is not done either."""
        return self._visits_dependencies or self._starts


def _notice(stage: _Stage) -> str:
    later = dict.fromkeys(found.state.client_name for found in stage.later)
    return f'{".".join(stage.config)} on client {", ".join(later)} comes after client {", ".join(stage.clients)}'


def _check_own(drafts: Iterable[Draft]) -> None:
    """Raise ``ValueError`` where a runner carries actions out in its own way, and so waits for nothing."""
    for draft in drafts:
        if draft.steps is None:
            raise InputError(
                f'The runner for client {draft.decision.state.client_name} carries out actions in its own way, so it '
                'cannot wait for the clients that come first.',
                'rollout',
            )


def _should_run(decision: Decision, expansions: Mapping[str, Expansion]) -> bool:
    """Whether a container runs, or is started by this call; others, such as those that are only created, never will."""
    item = decision.state.client_name, decision.state.config_id
    expansion = expansions.get(item[0])
    runs = decision.state.base_state == State.RUNNING or StateFlags.RESTARTING in decision.state.state_flags
    return expansion is not None and (runs or item in expansion.started)

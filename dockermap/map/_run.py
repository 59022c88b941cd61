"""One call of the front end: deciding, carrying out what was decided, and accounting for what was done."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..docker_api import is_conflict, is_not_found
from ..exceptions import PartialResultsError
from ._ahead import observe_ahead
from ._awaited import look_at_started
from ._backends import ByClient
from ._describe import describe_completed, describe_item
from ._drafting import Drafting
from ._others import busy_items, interrupted_items, running_scripts, twin_networks, wait_for_others
from ._report import Report
from ._work import Draft, Limits, Settings, Work, all_steps, as_steps
from .action import Action, ContainerUtilAction, ItemAction
from .config.client import ENGINE
from .exceptions import (
    ActionException,
    ForeignItemError,
    MissingItemError,
)
from .execute.events import Clock
from .input import ItemType, MapConfigId
from .plan.assemble import assemble
from .plan.decide import Decision, DecisionPass, in_order
from .policy import ConfigFlags
from .policy.replaced import former_name, successor_in
from .runner import ActionOutput
from .state import ConfigState

if TYPE_CHECKING:
    from .plan.plan import Plan
    from .runner import AbstractRunner
    from .state.outlook import Outlook

log = logging.getLogger(__name__)

_NEXT = (1 << 60, 0)
_CREATING = {Action.CREATE, ContainerUtilAction.SCRIPT}
_REPEATABLE = {*Action, ContainerUtilAction.SIGNAL_STOP}


class ActionRun:
    """What one call does to its items.

    :param begin: Makes generators of states and actions that know nothing of earlier decisions.
    :param runners: Carry actions out, for each kind of client.
    """

    def __init__(
        self, begin: Callable[[], DecisionPass], runners: ByClient[AbstractRunner], settings: Settings
    ) -> None:
        self._report = Report(runners)
        self._begin = begin
        self._runners = runners
        self._settings = settings
        self._planned: tuple[list[Decision], list[Draft]] | None = None

    def plan(self, action_name: str, config_ids: Sequence[MapConfigId], options: Mapping[str, Any], salt: str) -> Plan:
        """What the call will do; nothing is changed. Carrying out afterwards does just that.

        :raises Exception: A client cannot be reached, or an item cannot be looked at.
        """
        decisions = self.decide(config_ids, waits=False)
        drafts = self._drafting.drafted(decisions)
        self._report.raise_unreachable()
        self._planned = decisions, drafts
        return assemble(
            action_name,
            config_ids,
            options,
            decisions,
            self._drafting.arranged(decisions, drafts),
            self._pass.policy,
            salt,
            self._drafting.notices,
        )

    def decide(
        self, config_ids: Sequence[MapConfigId], former: Outlook | None = None, waits: bool = True
    ) -> list[Decision]:
        """Look at all items and decide about them, before anything is done; images come first.

        :param former: What was decided before images were pulled; other items are not looked at again.
        :param waits: Wait for others that replace containers at the moment.
        """
        self._pass = self._begin()
        self._pass.leave_out(self._report.unreachable)
        clock = self._clock()
        if waits:
            wait_for_others(self._pass, config_ids, clock)
        else:
            self._pass.outlook.observed.busy.update(busy_items(self._pass, config_ids, clock))
        if former is not None:
            self._pass.outlook.pulled = former.pulled
            self._pass.outlook.observed = former.observed
        self._pass.outlook.observed.scripts.update(running_scripts(self._pass, config_ids, clock))
        self._drafting = Drafting(self._pass, self._runners, self._report, self._settings)
        observe_ahead(
            self._pass.first.states, self._pass.policy, config_ids, self._pass.outlook.observed, self._settings.limit
        )
        self._report.clients.update(dict.fromkeys(self._clients(config_ids)))
        found = self._pass.decide_all(config_ids, expects_new_images=former is None)
        cleared = [
            *self._pass.decide_about_interrupted(interrupted_items(self._pass, config_ids)),
            *self._pass.decide_about_twins(twin_networks(self._pass, config_ids)),
        ]
        decisions = [*cleared, *in_order(found, self._pass.first.decisions.starts_first)]
        self._pass.check(decisions)
        self._drafting.tell(decisions)
        return decisions

    def _clients(self, config_ids: Iterable[MapConfigId]) -> Iterator[str]:
        policy = self._pass.policy
        path = self._pass.first.states.get_path(config_ids) if len(policy.clients) > 1 else ()
        return (name for config_id, _ in path for name in policy.get_client_names(config_id))

    def carry_out(self, config_ids: Sequence[MapConfigId]) -> list[ActionOutput]:
        """Decide, and do it. Images are pulled first; if more depends on what they turn out to be, it is decided then.

        Items of a client that cannot be reached are left out, and the error is raised when the others are done.

        :raises ActionRunnerException: A request to a client failed.
        :raises PartialResultsError: Something else failed after actions were carried out.
        """
        for notice in self._settings.notices:
            log.warning('%s.', notice)
        try:
            for work in self._works(config_ids):
                try:
                    work.carry_out()
                finally:
                    self._close(work)
        except Exception:
            raise
        except BaseException:
            log.warning('Interrupted. Done before: %s.', describe_completed(self._report.completed()) or 'nothing')
            raise
        finally:
            for steps in all_steps(self._runners):
                steps.executor.end()
        self._look()
        self._report.raise_failures()
        self._report.raise_unreachable()
        return self._report.results

    def _look(self) -> None:
        """See whether what was started still runs, if nothing else was said, and nothing failed."""
        if self._settings.wait is not None or self._report.failures:
            return
        outputs = self._report.account.outputs()
        started = [(output.client_name, output.config_id) for output in outputs if self._is_start(output)]
        self._report.failures.extend(look_at_started(self._pass.policy, started))

    def _is_start(self, output: ActionOutput) -> bool:
        is_container = output.config_id.config_type is ItemType.CONTAINER
        is_ours = as_steps(self._runners.of(output.client_name)) is not None
        is_engine = self._pass.policy.clients[output.client_name].backend == ENGINE
        return is_container and is_ours and is_engine and output.action_type in (Action.START, Action.RESTART)

    def _works(self, config_ids: Sequence[MapConfigId]) -> Iterator[Work]:
        """What is to be carried out: images first, if more depends on what they turn out to be, and all else then."""
        drafts: list[Draft] | None = None
        if self._planned is not None:
            decisions, drafts = self._planned
        else:
            with self._report.accounted():
                decisions = self.decide(config_ids)
        pulls = [decision for decision in decisions if decision.is_pull]
        if pulls and any(decision.conditional for decision in decisions):
            outlook = self._pass.outlook
            # What cannot be built must be known before anything is pulled.
            drafts = self._drafting.drafted(decisions) if drafts is None else drafts
            self._drafting.arranged(decisions, drafts)
            yield from self._phase(pulls, [draft for draft in drafts if draft.decision.is_pull])
            if self._report.failures:
                return
            with self._report.accounted():
                decisions, drafts = self.decide(config_ids, outlook), None
        self._tell(decisions)
        yield from self._phase(decisions, self._drafting.drafted(decisions) if drafts is None else drafts)

    def _phase(self, decisions: Sequence[Decision], drafts: Sequence[Draft]) -> Iterator[Work]:
        """Carry out what was decided; not what is left for clients that have gone meanwhile."""
        arrangement = self._drafting.arranged(decisions, drafts)
        ready = [draft for draft in drafts if draft.decision.state.client_name not in self._report.unreachable]
        stepwise = [draft for draft in ready if draft.steps is not None]
        if stepwise:
            lost = Limits(self._drafting.blocked(stepwise), self._drafting.ends_others)
            yield Work(self._report, self.repeated, self._runners, stepwise, arrangement, self._settings, lost)
        if not self._report.failures:
            self._run_actions(draft for draft in ready if draft.steps is None)

    def _close(self, work: Work) -> None:
        """Keep what work has done and put back."""
        found = all_steps(self._runners)
        self._report.skipped = work.conductor.skipped
        self._report.undone.extend(operation for steps in found for operation in steps.executor.undone)
        self._report.account.close({number for steps in found for number in steps.executor.reverted})
        for steps in found:
            steps.completed[:] = [
                output for output in self._report.account.outputs() if self._runners.of(output.client_name) is steps
            ]

    def _run_actions(self, drafts: Iterable[Draft]) -> None:
        """Have a runner that goes its own way do what was decided, one item after the other."""
        for draft in drafts:
            if draft.decision.state.client_name not in self._report.unreachable:
                self._handle(draft)

    def _handle(self, draft: Draft, is_repeated: bool = False) -> None:
        """Do what was decided about one item on one client.

        If somebody else made or removed the item meanwhile, it is observed again, and handled once more.
        """
        try:
            runner = self._runners.of(draft.decision.state.client_name)
            for output in runner.run_actions(draft.decision.actions) or ():
                self._report.account.add(_NEXT, output)
        except ActionException as error:
            repeated = self.repeated(draft, error, is_repeated)
            if repeated is None:
                raise self._report.failure(error) from error.source_exception[1]
            for other in repeated:
                self._handle(other, is_repeated=True)
        except Exception as error:
            raise PartialResultsError(
                sys.exc_info(), self._report.results, completed=self._report.completed()
            ) from error

    def repeated(self, draft: Draft, error: ActionException, is_repeated: bool) -> list[Draft] | None:
        """What takes the place of a draft that failed; nothing if its failure does not matter, ``None`` if it does."""
        state, actions = draft.decision.state, draft.decision.actions
        if self._is_settled(state, actions, error):
            return []
        is_final = is_repeated or self._drafting.is_bound(draft, error)
        changed = None if is_final else self._observe_again(state, actions, error)
        if changed is None:
            return None
        with self._report.accounted():
            decision = self._pass.decide(changed)
        try:
            self._pass.check([decision])
        except (ForeignItemError, MissingItemError) as refusal:
            log.error('%s', refusal)
            return None
        self._tell([decision])
        return self._drafting.without_arrangement(self._drafting.draft([decision]))

    def _tell(self, decisions: Iterable[Decision]) -> None:
        """Say why items change, stay, or have nothing to be done about."""
        for decision in decisions:
            state, explanation = decision.state, decision.explanation
            client_name, item = state.client_name, describe_item(state.config_id)
            for cause in explanation.causes:
                log.info('On client %s: %s: %s.', client_name, item, cause.text)
            for text, reason in explanation.kept:
                log.warning('On client %s: %s: %s. It stays as it is: %s.', client_name, item, text, reason)
            for notice in explanation.notices:
                log.warning('%s on client %s %s.', item, client_name, notice)
            for remark in explanation.remarks:
                log.info('%s on client %s %s.', item, client_name, remark)
            if decision.hint:
                log.warning('Nothing to do for %s on client %s: %s.', item, client_name, decision.hint)

    def _is_settled(self, state: ConfigState, actions: Sequence[ItemAction], error: ActionException) -> bool:
        """Whether an error does not end the call: the client has gone, or a volume that only came along is in use."""
        if self._report.is_lost(state.client_name, error):
            return True
        cause = error.source_exception[1]
        assert cause is not None
        only_removes = [action.action_types for action in actions] == [[Action.REMOVE]]
        is_volume = state.config_id.config_type == ItemType.VOLUME
        if is_volume and only_removes and ConfigFlags.DEPENDENT in state.config_flags and is_conflict(cause):
            log.warning(
                '%s on client %s is kept, as it is in use: %s',
                describe_item(state.config_id),
                state.client_name,
                error.source_message.strip(),
            )
            return True
        return False

    def _observe_again(
        self, state: ConfigState, actions: Sequence[ItemAction], error: ActionException
    ) -> ConfigState | None:
        """The state of the item now, if somebody else can have changed it and has done so."""
        cause = error.source_exception[1]
        assert cause is not None
        first = actions[0].action_types[0] if actions else None
        is_first = error.action_type == first and error.action_type in _REPEATABLE
        # What takes the place of another container may find that this is being done, or has been.
        replaces = any(Action.CREATE in action.action_types for action in actions) and is_conflict(cause)
        concerns_existence = is_first or replaces or error.action_type in (Action.CREATE, Action.REMOVE)
        # What is not found on a creation is something else, such as an image or a driver.
        has_vanished = is_not_found(cause) and error.action_type != Action.CREATE
        if not concerns_existence or not (is_conflict(cause) or has_vanished):
            return None
        with self._report.accounted():
            self._refresh_names(state)
            wait_for_others(self._pass, [state.config_id], self._clock())
            found = self._pass.look_again(state)
        return None if _identity(found) == _identity(state) else found

    def _clock(self) -> Clock:
        return next((steps.executor.clock for steps in all_steps(self._runners)), None) or Clock()

    def _refresh_names(self, state: ConfigState) -> None:
        policy, kind = self._pass.policy, state.config_id.config_type
        name = policy.item_name(state.config_id)
        successor = successor_in(policy.container_names[state.client_name], name)
        for outdated_name in (name, successor, former_name(name)):
            self._pass.outlook.observed.forget(state.client_name, kind, outdated_name)
        for outdated in (kind, ItemType.CONTAINER):
            policy.forget_names(state.client_name, outdated)


def _identity(state: ConfigState) -> tuple[Any, Any]:
    return state.base_state, state.extra_data.get('id')

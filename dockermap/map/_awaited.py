"""What becomes of the containers that a call has started: waiting for them, or a look at them in the end."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..exceptions import DockerStatusError
from ._work import Draft
from .action import Action
from .action.causes import Cause
from .config.client import ENGINE
from .exceptions import ActionException
from .execute.until import Seen, describe_end
from .input import ItemType, MapConfigId
from .input._dependencies import COMPLETED
from .plan.expand.conditions import READY, add_wait, is_as_awaited
from .plan.expand.steps import Step, nothing
from .request import action_config
from .status import rows_by_name, state_of

if TYPE_CHECKING:
    from .plan.decide import Decision
    from .plan.expand import Expansion
    from .policy.base import BasePolicy

log = logging.getLogger(__name__)

Item = tuple[str, MapConfigId]
_BAD = ('exited', 'dead', 'restarting')


def with_waits(
    drafts: Sequence[Draft], decisions: Iterable[Decision], expansions: Mapping[str, Expansion]
) -> list[Draft]:
    """The drafts, where each container is waited for in the end: until it runs, is healthy, or has done its job.

    :param expansions: By the name of the client; others are left alone.
    """
    by_decision = {id(draft.decision): draft for draft in drafts}
    added: list[Draft] = []
    for decision in decisions:
        expansion = expansions.get(decision.state.client_name)
        draft = by_decision.get(id(decision))
        step = None if expansion is None else _wait(expansion, decision)
        if step is None:
            continue
        if draft is None:
            added.append(Draft(decision, [step]))
        elif draft.steps is not None:
            by_decision[id(decision)] = replace(draft, steps=[*draft.steps, step])
    return [*(by_decision[id(draft.decision)] for draft in drafts), *added]


def _wait(expansion: Expansion, decision: Decision) -> Step | None:
    client_name, item = decision.state.client_name, decision.state.config_id
    if item.config_type is not ItemType.CONTAINER or expansion.policy.clients[client_name].backend != ENGINE:
        # Services of a swarm are waited for whenever they are changed.
        return None
    config = expansion.policy.container_maps[item.map_name].get_instance(item.config_name, item.instance_name)
    until = COMPLETED if config is not None and config.job else READY
    if any(found.item == (client_name, item) and found.former_id is not None for found in expansion.replacements):
        # It is waited for before the former one is removed.
        return None
    is_started = (client_name, item) in expansion.started
    if not is_started and is_as_awaited(expansion, client_name, item, until):
        return None
    expansion.causes = decision.explanation.causes or (Cause('request', 'is waited for'),)
    expansion.conditional = decision.conditional
    action = action_config(expansion.policy, client_name, item)
    number = add_wait(expansion, action, client_name, item, until, restarts=True)
    return Step(client_name, item, Action.WAIT, (number,), nothing)


def look_at_started(policy: BasePolicy, started: Iterable[Item]) -> Iterator[ActionException]:
    """Name what has ended, or is started over and over again, in a warning; jobs that have failed are errors.

    Each client is asked once, and then for what looks bad.
    """
    by_client: dict[str, list[MapConfigId]] = {}
    for client_name, item in dict.fromkeys(started):
        by_client.setdefault(client_name, []).append(item)
    for client_name, items in by_client.items():
        try:
            yield from _look(policy, client_name, items)
        except Exception as error:
            log.warning('What was started on client %s could not be looked at: %s', client_name, error)


def _look(policy: BasePolicy, client_name: str, items: Iterable[MapConfigId]) -> Iterator[ActionException]:
    rows = rows_by_name(policy.clients[client_name])
    for item in items:
        name = policy.item_name(item)
        row = rows.get(name)
        place = f'Container {name} on client {client_name} was started'
        if row is None:
            log.warning('%s, but does not exist any more.', place)
            continue
        if state_of(row) not in _BAD:
            continue
        client = policy.clients[client_name].get_client()
        seen = Seen.of(client.inspect_container(name))
        if seen.running:
            continue
        config = policy.container_maps[item.map_name].get_instance(item.config_name, item.instance_name)
        is_job = config is not None and config.job
        if is_job and (seen.restarting or not seen.exit_code):
            continue
        what = 'is started over and over again' if seen.restarting else 'has failed' if is_job else 'has ended'
        text = f'{place}, but {what}{describe_end(client, name, seen)}'
        if not is_job:
            log.warning('%s', text)
            continue
        failure = DockerStatusError(text, {'exit_code': seen.exit_code})
        yield ActionException((DockerStatusError, failure, None), client_name, item, Action.START)

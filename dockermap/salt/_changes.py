"""What a plan changes, and what has been changed, in the words of Salt's states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._sources import DEFAULT_CLIENT

if TYPE_CHECKING:
    from ..map.execute.events import ActionEvent
    from ..map.input import MapConfigId
    from ..map.plan import Plan
    from ..map.plan.items import PlannedItem

Item = tuple[str, 'MapConfigId']
"""Name of the client, and id."""

Changes = dict[str, dict[str, str]]

_WORDS = {
    'CREATE': ('absent', 'created'),
    'CHANGE': ('outdated', 'changed'),
    'RECREATE': ('outdated', 're-created'),
    'REMOVE': ('present', 'absent'),
    'START': ('stopped', 'started'),
    'STOP': ('running', 'stopped'),
    'RESTART': ('running', 'restarted'),
    'PULL': ('present', 'pulled'),
    'RUN': ('absent', 'run'),
    'OTHER': ('running', 'signaled'),
}
"""How an item is before and after each kind of change."""

_AFTER = {
    'create_container': 'created',
    'create_network': 'created',
    'create_service': 'created',
    'create_volume': 'created',
    'kill': 'signaled',
    'pull': 'pulled',
    'remove_container': 'absent',
    'remove_network': 'absent',
    'remove_service': 'absent',
    'remove_volume': 'absent',
    'restart': 'restarted',
    'start': 'started',
    'stop': 'stopped',
}
"""How an item is after a call, where those behind it have not been carried out."""

_BY_CALLS: tuple[tuple[set[str], str], ...] = (
    ({'created', 'absent'}, 'RECREATE'),
    ({'created', 'stopped'}, 'RECREATE'),
    ({'created'}, 'CREATE'),
    ({'absent'}, 'REMOVE'),
    ({'started', 'stopped'}, 'RESTART'),
    ({'restarted'}, 'RESTART'),
    ({'started'}, 'START'),
    ({'stopped'}, 'STOP'),
    ({'pulled'}, 'PULL'),
    ({'signaled'}, 'OTHER'),
)
"""Which change calls amount to; the first one counts."""

_NOT_NEEDED = 'not needed'
_IF_PULLED = 'if the image is another one'


def label(client_name: str, config_id: MapConfigId) -> str:
    """An item for people, such as ``container shop.web``; with the client, unless it is the default one."""
    from ..api import describe_item

    where = '' if client_name == DEFAULT_CLIENT else f' on {client_name}'
    return f'{describe_item(config_id)}{where}'


def planned_changes(plan: Plan) -> Changes:
    """All that a plan changes."""
    return {label(*_key(item)): _change(item, _after(plan, item)) for item in plan.items}


def reasons(plan: Plan, keys: Iterable[str] | None = None) -> Iterator[str]:
    """For each item of a plan why it is changed, and by which calls.

    :param keys: Only these items.
    """
    for item in plan.items:
        name = label(*_key(item))
        if keys is not None and name not in keys:
            continue
        calls = (plan.operations[number].call for number in item.operations)
        steps = ', '.join(dict.fromkeys(call.replace('_', ' ') for call in calls if call != 'wait'))
        why = [cause.text for cause in item.causes] or ['follows from other items']
        condition = f', {_IF_PULLED}' if item.conditional and keys is None else ''
        yield f'{name}: {"; ".join(why)}{condition} ({steps})'


def remarks(plan: Plan) -> Iterator[str]:
    """What stays as it is although it differs, and what else there is to know."""
    for kept in plan.kept:
        yield f'{label(kept.client_name, kept.config_id)}: {kept.text}; kept: {kept.reason}'
    yield from plan.notices


def _key(item: PlannedItem) -> Item:
    return item.client_name, item.config_id


def _after(plan: Plan, item: PlannedItem) -> str:
    """How an item is when the plan has been carried out."""
    calls = {plan.operations[number].call for number in item.operations}
    is_started = item.change.name == 'CREATE' and 'start' in calls
    return _AFTER['start'] if is_started else _WORDS[item.change.name][1]


def _change(item: PlannedItem, after: str) -> dict[str, str]:
    is_missing = any(cause.kind == 'missing' for cause in item.causes)
    before = _WORDS['CREATE'][0] if is_missing else _WORDS[item.change.name][0]
    return {'old': before, 'new': after}


def _change_by_calls(calls: Iterable[str]) -> dict[str, str]:
    """What calls have made of an item about which no plan says anything."""
    made = {_AFTER[call] for call in calls if call in _AFTER}
    before, after = _WORDS[next((change for needed, change in _BY_CALLS if needed <= made), 'CHANGE')]
    return {'old': before, 'new': 'started' if after == 'created' and 'started' in made else after}


@dataclass
class _Tally:
    """How far the operations of one item are."""

    calls: list[str] = field(default_factory=list)
    left: int = 0
    is_broken: bool = False
    has_failed: bool = False
    is_put_back: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all of them have been carried out that were needed."""
        return not self.is_broken and not self.left

    @property
    def after(self) -> str:
        """How the item is by now."""
        return next((_AFTER[call] for call in reversed(self.calls) if call in _AFTER), _WORDS['CHANGE'][1])


class Account:
    """What has been done to items, as a listener is told it."""

    def __init__(self) -> None:
        self._tallies: dict[Item, _Tally] = {}

    def take(self, event: ActionEvent) -> None:
        """Note an event."""
        tally = self._tallies.setdefault((event.client_name, event.config_id), _Tally())
        if event.kind == 'planned':
            tally.left += 1
        elif event.kind == 'undone':
            tally.is_put_back = True
        elif event.kind in ('finished', 'failed', 'skipped'):
            tally.left -= 1
            tally.has_failed |= event.kind == 'failed'
            tally.is_broken |= event.kind == 'failed' or (event.kind == 'skipped' and event.detail != _NOT_NEEDED)
            if event.kind == 'finished':
                tally.calls.append(event.call)

    def changes(self, plan: Plan | None = None, unchanged: Iterable[Item] = ()) -> Changes:
        """What has been changed by now.

        :param plan: What was meant to be done, if it is known.
        :param unchanged: Images that were pulled, and are the same as before.
        """
        planned = {} if plan is None else {_key(item): item for item in plan.items}
        left_out = {*unchanged, *(key for key, tally in self._tallies.items() if not tally.calls or tally.is_put_back)}
        found: Changes = {}
        for key in dict.fromkeys((*planned, *self._tallies)):
            if key in self._tallies and key not in left_out:
                tally, item = self._tallies[key], planned.get(key)
                if item is None or plan is None:
                    found[label(*key)] = _change_by_calls(tally.calls)
                else:
                    found[label(*key)] = _change(item, _after(plan, item) if tally.is_whole else tally.after)
        return found

    def put_back(self) -> list[str]:
        """Items that are as they were before, after a failure."""
        return [label(*key) for key, tally in self._tallies.items() if tally.is_put_back]

    def not_attempted(self, plan: Plan) -> list[str]:
        """Items of a plan of which nothing was tried, after a failure."""
        tallies = ((item, self._tallies.get(_key(item)) or _Tally()) for item in plan.items)
        return [label(*_key(item)) for item, tally in tallies if not tally.calls and not tally.has_failed]

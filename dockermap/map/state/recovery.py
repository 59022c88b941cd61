"""What an interrupted replacement of a container has left, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..policy.replaced import REPLACES, RUN, Former, former_name, run_in_name, successor_name
from ..policy.utils import INITIAL_START_TIME

Detail = Mapping[str, Any]
Step = tuple[str, Mapping[str, Any]]
"""A method of the client, and its arguments."""

_STOP_SECONDS = 10


class Current(Enum):
    """The container that has the name of the item, as far as it matters."""

    NOTHING = '—'
    THERE = 'there'
    WORKS = 'runs, or is a job that has ended with 0'
    UNFINISHED = 'runs, but is not healthy, or has commands of the kind ``initial``'
    ENDED = 'does not run'
    OTHER = 'was not created in place of ``…..former``'


class Role(Enum):
    """Which of the containers of an item is meant."""

    CURRENT = 'the new one'
    SUCCESSOR = '``…..new``'
    FORMER = '``…..former``'


@dataclass(frozen=True)
class Row:
    """What is done about one combination of what is there.

    :param successor: Whether there is a container ``…..new``.
    :param former: Whether there is a container ``…..former``.
    :param removed: Which ones are removed.
    :param text: What people are told.
    """

    current: Current
    successor: bool
    former: bool
    removed: tuple[Role, ...]
    text: str

    @property
    def puts_back(self) -> bool:
        """Whether the former container gets the name of the item again."""
        return self.former and (self.current is Current.NOTHING or Role.CURRENT in self.removed)


_AGAIN = 'was created, but has not run its first commands; it is created again'
_BEGINS = 'was about to be replaced; that begins again'
_BACK = 'was being replaced; the former container is put back'
_DONE = 'was replaced; what is left of the former container is removed'
_KEPT = 'was not created in place of {former}, which is kept; remove or rename that one by hand'

ROWS = (
    Row(Current.NOTHING, True, False, (Role.SUCCESSOR,), _AGAIN),
    Row(Current.THERE, True, False, (Role.SUCCESSOR,), _BEGINS),
    Row(Current.NOTHING, True, True, (Role.SUCCESSOR,), _BACK),
    Row(Current.NOTHING, False, True, (), _BACK),
    Row(Current.WORKS, False, True, (Role.FORMER,), _DONE),
    Row(Current.WORKS, True, True, (Role.SUCCESSOR, Role.FORMER), _DONE),
    Row(Current.UNFINISHED, False, True, (Role.CURRENT,), _BACK),
    Row(Current.UNFINISHED, True, True, (Role.CURRENT, Role.SUCCESSOR), _BACK),
    Row(Current.ENDED, False, True, (Role.CURRENT,), _BACK),
    Row(Current.ENDED, True, True, (Role.CURRENT, Role.SUCCESSOR), _BACK),
    Row(Current.OTHER, False, True, (), _KEPT),
    Row(Current.OTHER, True, True, (Role.SUCCESSOR,), _KEPT),
)
"""All combinations of what an interrupted replacement can leave."""

_ROWS = {(row.current, row.successor, row.former): row for row in ROWS}


@dataclass(frozen=True)
class Recovery:
    """What is done about an interrupted replacement.

    :param text: What people are told.
    :param steps: Calls that are made first.
    :param detail: The container that has the name of the item then; ``None`` if there is none.
    :param former: How that container was before, if it was stopped only to be replaced.
    :param is_blocked: The name that the container would get while it is replaced is taken by another one.
    """

    text: str
    steps: Sequence[Step]
    detail: Detail | None = None
    former: Former | None = None
    is_blocked: bool = False


def run_label(detail: Detail) -> str | None:
    """Who works with a temporary container, and for how long it may be needed."""
    found: str | None = run_in_name(_name_of(detail)) or _labels(detail).get(RUN)
    return found


def recover(
    name: str,
    current: Detail | None,
    successor: Detail | None,
    former: Detail | None,
    has_first_commands: bool = False,
    is_job: bool = False,
) -> Recovery:
    """What is done about what is there, as one of :data:`ROWS` says.

    :param name: Name of the item.
    :param current: The container with the name of the item.
    :param successor: The one that was about to take the place of another one.
    :param former: The one that another one was about to take the place of.
    :param has_first_commands: Whether a new container has to run commands before it counts as done.
    :param is_job: Whether it has done its work when it has ended with 0.
    """
    state = _current_state(current, former, has_first_commands, is_job)
    row = _ROWS[state, successor is not None, former is not None]
    steps = list(_removals(row, name, _name_of(successor) or successor_name(name)))
    left = current
    if row.puts_back and former is not None:
        steps.append(('rename', {'container': former_name(name), 'name': name}))
        left = {**former, 'Name': f'/{name}'}
    known = _known(left, current, successor)
    text = row.text.format(former=former_name(name))
    if left is None or known is None:
        return Recovery(text, steps, left, is_blocked=state is Current.OTHER)
    was_stopped = not left['State'].get('Running')
    if _has_lost_policy(left, known):
        steps.append(_restart_policy(name, known))
        left = {**left, 'HostConfig': {**left['HostConfig'], 'RestartPolicy': dict(known.restart)}}
    return Recovery(text, steps, left, known if was_stopped else None)


def _current_state(current: Detail | None, former: Detail | None, has_first_commands: bool, is_job: bool) -> Current:
    if current is None:
        return Current.NOTHING
    if former is None:
        return Current.THERE
    replaced = _former_of(current)
    if replaced is None or replaced.id != former['Id']:
        return Current.OTHER
    state = current['State']
    if is_job and not state['Running'] and not state.get('ExitCode') and state.get('StartedAt') != INITIAL_START_TIME:
        return Current.UNFINISHED if has_first_commands else Current.WORKS
    if not state['Running'] or state.get('Restarting'):
        return Current.ENDED
    return Current.UNFINISHED if has_first_commands or not _is_healthy(state) else Current.WORKS


def _is_healthy(state: Mapping[str, Any]) -> bool:
    """Whether a container is healthy, as far as anybody looks: otherwise, it may never be, and goes as it came."""
    health: Mapping[str, Any] = state.get('Health') or {}
    return health.get('Status', 'none') in ('healthy', 'none')


def _removals(row: Row, name: str, successor: str) -> Iterator[Step]:
    names = {Role.CURRENT: name, Role.SUCCESSOR: successor, Role.FORMER: former_name(name)}
    for role in row.removed:
        if role is Role.CURRENT:
            yield 'stop', {'container': name, 'timeout': _STOP_SECONDS}
        # What the engine has made for a new container alone goes with it.
        alone = {} if role is Role.FORMER else {'v': True}
        yield 'remove_container', {'container': names[role], 'force': True, **alone}


def _known(detail: Detail | None, *others: Detail | None) -> Former | None:
    """How a container was before another one was about to take its place."""
    found = (_former_of(other) for other in others if detail is not None)
    return next((known for known in found if known is not None and known.id == (detail or {})['Id']), None)


def _has_lost_policy(detail: Detail, former: Former) -> bool:
    found = (detail.get('HostConfig') or {}).get('RestartPolicy') or {}
    return former.has_restart_policy and str(found.get('Name') or 'no') == 'no'


def _restart_policy(name: str, former: Former) -> Step:
    policy = {key: value for key, value in former.restart.items() if value}
    return 'update_container', {'container': name, 'restart_policy': policy}


def _former_of(detail: Detail | None) -> Former | None:
    return None if detail is None else Former.of_label(_labels(detail).get(REPLACES))


def _name_of(detail: Detail | None) -> str:
    return str((detail or {}).get('Name') or '').removeprefix('/')


def _labels(detail: Detail) -> Mapping[str, str]:
    return (detail.get('Config') or {}).get('Labels') or {}

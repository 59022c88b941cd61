"""What an interrupted replacement of a container has left, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..policy.replaced import REPLACES, RUN, RUNNING, Former, former_name, run_in_name, successor_name

Detail = Mapping[str, Any]
Step = tuple[str, Mapping[str, Any]]
"""A method of the client, and its arguments."""

_STOP_SECONDS = 10


@dataclass(frozen=True)
class Recovery:
    """What is done about an interrupted replacement.

    :param text: What people are told.
    :param steps: Calls that are made first.
    :param detail: The container that has the name of the item then; ``None`` if there is none.
    :param former: How that container was before, if it was stopped only to be replaced.
    """

    text: str
    steps: Sequence[Step]
    detail: Detail | None = None
    former: Former | None = None


def run_label(detail: Detail) -> str | None:
    """Who works with a temporary container, and for how long it may be needed."""
    found: str | None = run_in_name(_name_of(detail)) or _labels(detail).get(RUN)
    return found


def recover(
    name: str, current: Detail | None, successor: Detail | None, former: Detail | None, has_first_commands: bool
) -> Recovery:
    """What is done about what is there.

    ========================  ==========  =============  ===================================================
    name of the item          ``…..new``  ``…..former``  what is done
    ========================  ==========  =============  ===================================================
    —                         there       —              removed: its first commands have not ended
    there                     there       —              ``…..new`` is removed
    —                         there       there          ``…..new`` is removed, ``…..former`` comes back
    runs                      —           there          ``…..former`` is removed
    runs, first commands due  —           there          the new one is removed, ``…..former`` comes back
    does not run              —           there          the new one is removed, ``…..former`` comes back
    not the successor         —           there          nothing
    —                         —           there          ``…..former`` comes back
    runs                      there       there          both temporary ones are removed
    does not run              there       there          both new ones are removed, ``…..former`` comes back
    ========================  ==========  =============  ===================================================

    :param name: Name of the item.
    :param current: The container with the name of the item.
    :param successor: The one that was about to take the place of another one.
    :param former: The one that another one was about to take the place of.
    :param has_first_commands: Whether a new container has to run commands before it counts as done.
    """
    removals = [] if successor is None else [_removal(successor, _name_of(successor) or successor_name(name))]
    if former is None:
        if current is None:
            return Recovery('was created, but has not run its first commands; it is created again', removals)
        known = _known(_former_of(successor), current)
        text = 'was about to be replaced; that begins again'
        return Recovery(text, [*removals, *_restarts(known, name)], _as_before(current, known), known)
    if current is not None:
        replaced = _former_of(current)
        if replaced is None or replaced.id != former['Id']:
            return Recovery(f'was not created in place of {former_name(name)}, which is kept', removals, current)
        if current['State']['Running'] and not has_first_commands:
            text = 'was replaced; what is left of the former container is removed'
            return Recovery(text, [*removals, _removal(former, former_name(name))], current)
        stop = 'stop', {'container': name, 'timeout': _STOP_SECONDS}
        removals = [stop, _removal(current, name), *removals]
    known = next((found for found in (_former_of(current), _former_of(successor)) if found is not None), None)
    known = _known(known, former)
    rename = 'rename', {'container': former_name(name), 'name': name}
    back = _as_before({**former, 'Name': f'/{name}'}, known)
    text = 'was being replaced; the former container is put back'
    return Recovery(text, [*removals, rename, *_restarts(known, name)], back, known)


def _restarts(former: Former | None, name: str) -> Iterator[Step]:
    if former is not None and former.has_restart_policy:
        policy = {key: value for key, value in former.restart.items() if value}
        yield 'update_container', {'container': name, 'restart_policy': policy}


def _as_before(detail: Detail, former: Former | None) -> Detail:
    """A container with the restart policy that it will have again."""
    if former is None:
        return detail
    return {**detail, 'HostConfig': {**(detail.get('HostConfig') or {}), 'RestartPolicy': dict(former.restart)}}


def _known(former: Former | None, detail: Detail) -> Former | None:
    """What a label says, if it is about this container, and that does not run any more."""
    if former is None or former.id != detail['Id'] or detail['State'].get('Running'):
        return None
    return former if former.state == RUNNING or former.has_restart_policy else None


def _former_of(detail: Detail | None) -> Former | None:
    return None if detail is None else Former.of_label(_labels(detail).get(REPLACES))


def _removal(detail: Detail, name: str) -> Step:
    # What the engine has made for this container alone goes with it.
    is_new = _former_of(detail) is not None or run_in_name(name) is not None
    return 'remove_container', {'container': name, 'force': True, **({'v': True} if is_new else {})}


def _name_of(detail: Detail) -> str:
    return str(detail.get('Name') or '').removeprefix('/')


def _labels(detail: Detail) -> Mapping[str, str]:
    return (detail.get('Config') or {}).get('Labels') or {}

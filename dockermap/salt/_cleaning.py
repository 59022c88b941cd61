"""Removing what is no longer on a map."""

from __future__ import annotations

from ._calls import ALL, Arguments, Outcome, act, connected, plain_arguments
from ._changes import label
from ._minion import Minion


def clean(minion: Minion, map_name: str, given: Arguments) -> Outcome:
    """Remove orphans of a map, and containers that have helped with its items and are not needed any more."""
    outcome = act(minion, 'update', [f'{map_name}.{ALL}'], {**given, 'remove_orphans': 'only'})
    if outcome.result is False:
        return outcome
    sources, _ = plain_arguments(given)
    try:
        with connected(minion, sources, outcome.warnings) as client:
            found = client.leftovers(map_name, remove=not minion.is_test)
    except Exception as error:
        outcome.fail(error)
        return outcome
    for left in found:
        if left.is_removable:
            name = f'{label(left.client_name, left.config_id)} ({left.purpose})'
            outcome.changes[name] = {'old': 'present', 'new': 'absent'}
    if minion.is_test and outcome.changes:
        outcome.result = None
    return outcome

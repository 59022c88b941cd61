"""However long each call takes, what is done side by side ends as what is done one after the other.

The cases are those of the other laws; each call takes a while that its case, its method and its item decide. A failure
names the numbers. ``DOCKERMAP_LAWS=47,194 pytest tests/laws`` tries only these.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from dockermap.testing import CHANGING_CALLS, InMemoryEngine
from tests.laws.cases import Case, make_case
from tests.laws.checker import misplaced
from tests.laws.engines import beginning_of, front_end, maps_of
from tests.laws.laws import UNORDERED, step_of

BLOCK = 50
DEFAULT_BLOCKS, ALL_BLOCKS = 4, 40
LONGEST = 0.004
"""Seconds that a call takes at most."""


def blocks() -> list[object]:
    chosen = os.environ.get('DOCKERMAP_LAWS')
    if chosen:
        return [pytest.param([int(seed)], id=seed) for seed in chosen.split(',')]
    return [
        pytest.param(
            range(number * BLOCK, (number + 1) * BLOCK),
            id=f'{number * BLOCK}-{(number + 1) * BLOCK - 1}',
            marks=() if number < DEFAULT_BLOCKS else pytest.mark.full,
        )
        for number in range(ALL_BLOCKS)
    ]


class Unsteady:
    """A client whose calls take some time each, which the numbers of the case decide."""

    def __init__(self, engine: InMemoryEngine, seed: int) -> None:
        self._client = engine.client()
        self._seed = seed
        self._running = 0
        self._lock = threading.Lock()
        self.most = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in CHANGING_CALLS:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            source = random.Random(f'{self._seed} {name} {args} {sorted(kwargs)} {kwargs.get("name")}')
            with self._lock:
                self._running += 1
                self.most = max(self.most, self._running)
            time.sleep(source.random() * LONGEST)
            try:
                answer = found(*args, **kwargs)
                time.sleep(source.random() * LONGEST)
                return answer
            finally:
                with self._lock:
                    self._running -= 1

        return call


class End(NamedTuple):
    """What a call led to."""

    state: Any
    results: list[tuple[Any, ...]]
    error: str


def run(case: Case, engine: InMemoryEngine, client: Any, max_parallel: int) -> End:
    """Make the call of a case."""
    _, wanted = maps_of(case)
    results, error = [], ''
    try:
        results = front_end(wanted, client).run_actions(
            case.action,
            case.requested,
            max_parallel=max_parallel,
            on_error='continue',
            **case.options,
            **case.arguments,
        )
    except Exception as raised:
        results = list(getattr(raised, 'results', ()))
        failures = getattr(raised, 'failures', None) or [raised]
        error = ' | '.join(sorted(_failure(failure) for failure in failures))
    return End(engine.state(), [(found.client_name, found.config_id, found.action_type) for found in results], error)


def _failure(error: Exception) -> str:
    """The item and the kind of a failure; texts of engines have ids in them."""
    source = getattr(error, 'source_exception', None)
    found = source[1] if source else error
    return f'{getattr(error, "config_id", "")} {getattr(error, "action_type", "")} {type(found).__name__}'


def problem(case: Case, counts: Counter[str]) -> str:
    """How the order of ends changes something; nothing if it does not."""
    source = random.Random(case.seed)
    origin = beginning_of(case, next(maps_of(case)))
    engine = origin.copy()
    serial = run(case, engine, engine.client(), 1)
    max_parallel = source.randint(2, 8)
    engine = origin.copy()
    client = Unsteady(engine, case.seed)
    found = run(case, engine, client, max_parallel)
    counts['any order of ends'] += 1
    counts['any order of ends, several calls at once'] += client.most > 1
    counts['any order of ends, refused'] += bool(serial.error)
    for name, one, other in zip(End._fields, serial, found, strict=True):
        if one != other:
            return f'with {max_parallel} at a time, {name} differs: {one} but {other}'
    if not serial.error and case.action not in UNORDERED:
        steps = [step_of(call.method, call.subject) for call in engine.calls if call.changes]
        return '; '.join(misplaced(steps, case.after, case.place.prefix, case.action))
    return ''


@pytest.mark.parametrize('seeds', blocks())
def test_no_order_of_ends_changes_the_end(seeds: Sequence[int], law_counts: Counter[str]) -> None:
    failures = {}
    for seed in seeds:
        case = make_case(seed)
        if text := problem(case, law_counts):
            failures[seed] = f'{case}\n  -> {text}'
    assert not failures, f'{len(failures)} cases {sorted(failures)}:\n' + '\n\n'.join([*failures.values()][:3])

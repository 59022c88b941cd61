"""Plans for swarms are what runs, and get where they say, whatever request fails: for cases made from numbers.

A failure names the numbers. ``DOCKERMAP_LAWS=47,194 pytest tests/laws/test_swarms.py`` tries only these.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from dockermap.api import ContainerMap
from dockermap.map.plan.plan import Plan
from dockermap.testing import Faults, Killed
from dockermap.testing.swarm import InMemorySwarm
from tests.laws.laws import Outcome, differing_runs
from tests.laws.swarms import SwarmCase, beginning_of, front_end, make_swarm_case, state_of, unused_files
from tests.laws.sweep import KINDS, Kind

REPEATED = ('start', 'restart')
SHOWN_FAILURES = 5
SAMPLED = 8
"""So few cases have a sample of the ways in which each of their requests fails."""

SAMPLE = 3
CALLS = {
    'run_job': ('create_service', 'remove_service'),
    'remove_swarm_network': ('remove_network',),
    'remove_unused_secret': ('remove_secret',),
    'remove_unused_config': ('remove_config',),
    'wait_for_service': (),
    'wait_for_no_tasks': (),
}
"""What operations ask of a manager, where that has another name."""


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('dockermap.map.swarm.execute._POLL_SECONDS', 0)


def numbers(short: int, all_numbers: int) -> list[object]:
    chosen = os.environ.get('DOCKERMAP_LAWS')
    if chosen:
        return [pytest.param([int(seed) for seed in chosen.split(',')], id=chosen)]
    return [
        pytest.param(range(short), id=f'0-{short - 1}'),
        pytest.param(range(short, all_numbers), id=f'{short}-{all_numbers - 1}', marks=pytest.mark.full),
    ]


class Examination:
    """A case on a swarm."""

    def __init__(self, found: SwarmCase) -> None:
        self.case = found.case
        self.map = ContainerMap('shop', self.case.after)
        self.origin = beginning_of(found)
        self.notes: Counter[str] = Counter()

    def call(self, swarm: InMemorySwarm, faults: Faults | None = None) -> Outcome:
        """Make the call."""
        outcome = Outcome()
        try:
            front_end(self.map, swarm, faults).run_actions(
                self.case.action, self.case.requested, listener=outcome.events.append
            )
        except Exception as error:
            outcome.error = error
        return outcome

    def broken_laws(self) -> Iterator[str]:
        """How the case breaks the laws; nothing if it keeps them."""
        swarm, state = self.origin.copy(), state_of(self.origin.copy())
        try:
            plan = front_end(self.map, swarm).plan(self.case.action, self.case.requested)
        except ValueError as error:
            self.notes['refused'] += 1
            if str(self.call(swarm).error) != str(error) or swarm.calls:
                yield f'the plan was refused, {error}, and the call was not'
            return
        if swarm.calls or state_of(swarm) != state:
            yield f'planning changes something: {swarm.calls}'
        self.notes['with something to do'] += bool(plan)
        if self.case.secret in f'{plan} {plan.text(calls=True)} {json.dumps(plan.to_dict())}':
            yield 'the secret is in the plan'
        ran = self.call(swarm)
        if ran.error is not None:
            yield f'the call ended with {ran.error!r}'
            return
        yield from differing_runs(plan, ran)
        yield from _other_calls(ran, swarm)
        end = state_of(swarm)
        if self.case.action not in REPEATED:
            swarm.calls.clear()
            again = self.call(swarm)
            if again.error is not None or swarm.calls or state_of(swarm) != end:
                yield f'the same call again: {again.error!r}, {swarm.calls}'
        yield from self._saved(plan, end)
        yield from self.left(swarm)

    def _saved(self, plan: Plan, end: dict[str, Any]) -> Iterator[str]:
        swarm = self.origin.copy()
        read = Plan.from_dict(json.loads(json.dumps(plan.to_dict())))
        front_end(self.map, swarm).apply(read)
        if state_of(swarm) != end:
            yield 'the saved plan led to another state'

    def left(self, swarm: InMemorySwarm) -> Iterator[str]:
        """What is there after the whole map was taken down."""
        front_end(self.map, swarm).update('__all__', remove_orphans=True)
        front_end(self.map, swarm).shutdown('__all__', remove_networks=True, remove_persistent=True)
        state = state_of(swarm)
        left = {section: list(rows) for section, rows in state.items() if rows and section != 'networks'}
        left['files'] = self._forms_of_own(unused_files(swarm))
        # Networks that are not on the map any more are not taken down with it.
        networks = [name for name in state['networks'] if name.removeprefix('shop-') in self.map.networks]
        if any(left.values()) or networks or swarm.tasks:
            yield f'after shutdown, there are {left}, networks {networks}, and {len(swarm.tasks)} containers'

    def _forms_of_own(self, names: list[str]) -> list[str]:
        """Files that are on the map, in whatever form; others may be those of a service that is lost."""
        own = {f'shop-{file}' for _, config in self.map for file in (*config.secrets, *config.configs)}
        return [name for name in names if name.rpartition('-')[0] in own]


def _other_calls(ran: Outcome, swarm: InMemorySwarm) -> Iterator[str]:
    finished = [event.call for event in ran.events if event.kind == 'finished']
    expected = Counter(name for call in finished for name in CALLS.get(call, (call,)))
    made = Counter(call.method for call in swarm.calls)
    # What is there is not created, and what others still have is not removed.
    files = {'create_secret', 'create_config', 'remove_secret', 'remove_config'}
    if made - expected or any(name not in files for name in expected - made):
        yield f'asked of the manager: {dict(made)}, operations: {dict(expected)}'


class Requests(Faults):
    """No faults, but a list of the requests that are not refused."""

    def __init__(self) -> None:
        super().__init__()
        self.methods: list[str] = []

    @contextlib.contextmanager
    def around(self, method: str, timeout: float) -> Iterator[None]:
        with super().around(method, timeout):
            self.methods.append(f'{method}, which is refused')
            yield
            self.methods[-1] = method


class Sweep:
    """Each changing request of a case fails once; then the call is made again."""

    def __init__(self, found: SwarmCase) -> None:
        self.examination = Examination(found)
        goal, asked = self.examination.origin.copy(), Requests()
        self.examination.call(goal, asked)
        self.requests = asked.methods
        self.end = state_of(goal)

    def problems(self, counts: Counter[str], sampled: bool) -> Iterator[str]:
        for number, request in enumerate(self.requests, 1):
            for place, kind in enumerate(KINDS):
                if request.endswith('refused') and kind.kind.endswith('after'):
                    continue
                if sampled and (place - SAMPLE * number) % len(KINDS) >= SAMPLE:
                    continue
                counts[f'faults on swarms, {kind.title}'] += 1
                yield from (f'{kind.title}, request {number}, {request}: {text}' for text in self._of(kind, number))

    def _of(self, kind: Kind, number: int) -> Iterator[str]:
        swarm, faults = self.examination.origin.copy(), Faults()
        fault = faults.add(number=number, kind=kind.kind, status=kind.status)
        with contextlib.suppress(Killed):
            self.examination.call(swarm, faults)
        if not fault.happened:
            yield 'it did not happen'
            return
        again = self.examination.call(swarm)
        if again.error is not None:
            yield f'the same call again ended with {again.error!r}'
        end = state_of(swarm)
        yield from (f'{key} are {end[key]}, not {self.end[key]}' for key in end if end[key] != self.end[key])
        swarm.calls.clear()
        self.examination.call(swarm)
        if swarm.calls and self.examination.case.action not in REPEATED:
            yield f'a third call asked for {[str(call.method) for call in swarm.calls]}'
        yield from self.examination.left(swarm)


def assert_none(failures: list[str]) -> None:
    assert not failures, f'{len(failures)} cases:\n' + '\n\n'.join(failures[:SHOWN_FAILURES])


@pytest.mark.parametrize('seeds', numbers(40, 300))
def test_what_the_plan_says_is_what_runs_on_a_swarm_and_is_done_then(seeds: range, law_counts: Counter[str]) -> None:
    failures: list[str] = []
    notes: Counter[str] = Counter()
    for seed in seeds:
        found = make_swarm_case(seed)
        examination = Examination(found)
        broken = list(examination.broken_laws())
        notes.update(examination.notes)
        if broken:
            failures.append('\n'.join((str(found), *(f'  -> {text}' for text in broken))))
    law_counts.update({'cases for swarms': len(seeds), 'refused on swarms': notes['refused']})
    assert_none(failures)
    assert notes['refused'] <= 0.15 * max(len(seeds), 40)
    assert notes['with something to do'] >= 0.5 * len(seeds) or len(seeds) < 40


@pytest.mark.parametrize('seeds', numbers(8, 30))
def test_a_call_on_a_swarm_that_is_made_again_after_a_fault_ends_as_without_it(
    seeds: range, law_counts: Counter[str]
) -> None:
    failures: list[str] = []
    for seed in seeds:
        found = make_swarm_case(seed)
        problems = list(Sweep(found).problems(law_counts, sampled=isinstance(seeds, range) and len(seeds) <= SAMPLED))
        if problems:
            failures.append('\n'.join((str(found), *(f'  -> {text}' for text in problems))))
    assert_none(failures)


def test_the_laws_find_secrets_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(Sweep(make_swarm_case(54))._of(KINDS[1], 2)) == []
    monkeypatch.setattr('dockermap.map.swarm.expand.other_forms', lambda *arguments: {})
    assert [text for text in Sweep(make_swarm_case(54))._of(KINDS[1], 2) if text.startswith('after shutdown')]


def test_the_same_number_gives_the_same_case() -> None:
    assert str(make_swarm_case(4711)) == str(make_swarm_case(4711))

"""What a plan says is what runs: for cases that are made from numbers, on the engine in memory.

A failure names the numbers. ``DOCKERMAP_LAWS=47,194 pytest tests/laws`` tries only these.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.laws.cases import make_case
from tests.laws.checker import Step, misplaced, unassured
from tests.laws.laws import Examination

BLOCK = 100
DEFAULT_BLOCKS, ALL_BLOCKS = 10, 30
SHOWN_FAILURES = 5


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


@pytest.mark.parametrize('seeds', blocks())
def test_what_the_plan_says_is_what_runs(seeds: range, law_counts: Counter[str]) -> None:
    failures: list[str] = []
    refused = 0
    for seed in seeds:
        case = make_case(seed)
        examination = Examination(case)
        found = examination.broken_laws()
        refused += examination.notes['refused']
        law_counts['cases'] += 1
        law_counts.update(examination.notes)
        if found:
            failures.append('\n'.join((str(case), *(f'  -> {text}' for text in found))))
    assert not failures, f'{len(failures)} cases:\n' + '\n\n'.join(failures[:SHOWN_FAILURES])
    assert refused <= 0.15 * max(len(seeds), BLOCK)


def test_the_same_number_gives_the_same_case() -> None:
    assert str(make_case(4711)) == str(make_case(4711))


def test_cases_are_of_all_kinds() -> None:
    cases = [make_case(seed) for seed in range(1000)]
    assert len({case.action for case in cases}) == 11
    assert len({event.kind for case in cases for event in case.disturbances}) == 16
    assert sum(bool(case.changes) for case in cases) > 700


TWO = {'containers': {
    'db': {'image': 'site:1', 'attaches': ['data'], 'networks': {'back': {}}},
    'web': {'image': 'site:1', 'links': {'db': None}},
}}  # fmt: skip


@pytest.mark.parametrize(
    ('action', 'first', 'second'),
    [
        ('startup', Step('start', 'shop.web'), Step('start', 'shop.db')),
        ('startup', Step('create_container', 'shop.db'), Step('create_network', 'shop.back')),
        ('startup', Step('create_container', 'shop.db'), Step('create_volume', 'shop.data')),
        ('startup', Step('create_container', 'shop.db'), Step('pull', 'site:1')),
        ('startup', Step('connect_container_to_network', 'shop.back', 'shop.x'), Step('create_network', 'shop.back')),
        ('update', Step('create_container', 'shop.db'), Step('remove_container', 'shop.db')),
        ('shutdown', Step('stop', 'shop.db'), Step('stop', 'shop.web')),
        ('shutdown', Step('remove_network', 'shop.back'), Step('remove_container', 'shop.db')),
        ('shutdown', Step('remove_volume', 'shop.data'), Step('remove_container', 'shop.db')),
    ],
)
def test_the_checker_finds_what_is_in_the_wrong_order(action: str, first: Step, second: Step) -> None:
    assert misplaced([first, second], TWO, 'shop', action)
    assert not misplaced([second, first], TWO, 'shop', action)
    assert unassured([second, first], [(), ()], TWO, 'shop', action)
    assert not unassured([second, first], [(), (0,)], TWO, 'shop', action)

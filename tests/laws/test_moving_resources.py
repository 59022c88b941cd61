"""Ports, addresses and aliases that are handed round among containers with links between them, for seeded cases.

A failure names the numbers. ``DOCKERMAP_LAWS=47,194 pytest tests/laws`` tries only these.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from dockermap.api import ActionRunnerException, PartialResultsError
from dockermap.testing import InMemoryEngine
from tests.unit.plan.moving import NETWORKS, Settings, brought_up, front_end

BLOCK = 50
DEFAULT_BLOCKS, ALL_BLOCKS = 6, 40
NAMES = ('a', 'b', 'c', 'd', 'e', 'f')
KINDS = ('port', 'udp', 'ipv4', 'ipv6', 'alias', 'mac')
FAULTS = ('lost-before', 'lost-after', 'refused')


class Case(NamedTuple):
    """Maps before and after, and how the call is made.

    :param fault: What happens to one changing call, and to the which one.
    """

    before: Settings
    after: Settings
    max_parallel: int
    fault: tuple[Any, int]


def make_case(seed: int) -> Case:
    """The case of a number."""
    source = random.Random(seed)
    names = source.sample(NAMES, source.randint(2, len(NAMES)))
    kinds = source.sample(KINDS, source.choice((1, 1, 2, 3)))
    has_network = bool({'ipv4', 'ipv6', 'alias'}.intersection(kinds)) or source.random() < 0.4
    links = _links(source, names) if source.random() < 0.75 else {}
    # Who links to one that gets the next free address cannot have that one, whatever the order is; nor can both of two
    # that want a free one of one family each.
    lowest = 10 if links or {'ipv4', 'ipv6'} <= set(kinds) else 2
    numbers = {kind: source.sample(range(1, len(names) + 3), len(names)) for kind in kinds}
    moved = {kind: _moved(source, given) for kind, given in numbers.items()}
    first = names[: source.choice((len(names), len(names), len(names) - 1))]
    stages = dict.fromkeys(names, 'a')
    stages.update({name: 'b' for name in names if source.random() < 0.25})
    return Case(
        _map(source, first, numbers, has_network, {}, links if source.random() < 0.8 else {}, lowest),
        _map(source, names, moved, has_network, stages, links, lowest),
        source.choice((1, 2, 4, 8)),
        (source.choice(FAULTS), source.randint(1, 4 * len(names))),
    )


def _links(source: random.Random, names: Sequence[str]) -> dict[str, list[str]]:
    """Links to what comes earlier in a random order, which is not that of the map."""
    order = source.sample(names, len(names))
    return {
        name: [target for target in order[:place] if source.random() < 1.2 / len(names)]
        for place, name in enumerate(order)
    }


def _moved(source: random.Random, numbers: list[int]) -> list[int]:
    """Who has which number afterwards: swapped, in rings, shifted, or some of them others."""
    moved = list(numbers)
    how = source.choice(('ring', 'shuffle', 'shift', 'swap'))
    if how == 'ring':
        return [*moved[1:], moved[0]]
    if how == 'shuffle':
        source.shuffle(moved)
        return moved
    if how == 'shift':
        return [*moved[1:], max(moved) + 1]
    first, second = source.sample(range(len(moved)), 2)
    moved[first], moved[second] = moved[second], moved[first]
    return moved


def _map(
    source: random.Random,
    names: Sequence[str],
    numbers: Mapping[str, Sequence[int]],
    has_network: bool,
    stages: Mapping[str, str],
    links: Mapping[str, Sequence[str]],
    lowest: int,
) -> Settings:
    containers: Settings = {}
    for place, name in enumerate(names):
        options: Settings = {'command': 'sleep 1000', 'environment': {'STAGE': stages.get(name, 'a')}}
        endpoint: Settings = {}
        config: Settings = {'image': 'app', 'stop_timeout': 1, 'create_options': options, 'exposes': []}
        for kind, given in numbers.items():
            _give(source, kind, given[place], config, endpoint, lowest)
        if has_network:
            config['networks'] = {'back': endpoint}
        # Engines do not keep the order of links.
        known = sorted(target for target in links.get(name, ()) if target in names)
        if known:
            config['links'] = known
        containers[name] = config
    order = source.sample(list(containers), len(containers))
    networks = {'back': NETWORKS['back']} if has_network else {}
    return {'containers': {name: containers[name] for name in order}, 'networks': networks}


def _give(source: random.Random, kind: str, number: int, config: Settings, endpoint: Settings, lowest: int) -> None:
    if kind in ('port', 'udp'):
        port = 80 if kind == 'port' else '53/udp'
        interface = source.choice((None, None, 'private', 'any'))
        config['exposes'].append([port, 8000 + number, interface] if interface else [port, 8000 + number])
    elif kind == 'alias':
        endpoint['aliases'] = [f'only{number}']
    elif kind == 'mac':
        config['create_options']['mac_address'] = f'02:42:ac:11:00:{number:02x}'
    elif source.random() < 0.85:
        # Others get the next address that is free.
        endpoint[f'{kind}_address'] = f'{"10.5.0." if kind == "ipv4" else "fd00:5::"}{lowest + number - 1}'


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


def problem(case: Case) -> str:
    """How handing on goes wrong; nothing if it goes well."""
    origin = brought_up(case.before)
    wanted = brought_up(case.after).state()
    engine = origin.copy()
    try:
        front_end(engine, case.after).update('__all__', max_parallel=case.max_parallel)
    except ActionRunnerException as error:
        return str(error)
    if engine.state() != wanted:
        return 'ends otherwise'
    if front_end(engine, case.after).plan('update', '__all__'):
        return 'is not done'
    return _problem_after_fault(case, origin, wanted)


def _problem_after_fault(case: Case, origin: InMemoryEngine, wanted: Any) -> str:
    engine = origin.copy()
    kind, number = case.fault
    engine.faults.add(number=number, kind=kind)
    client = front_end(engine, case.after, is_watched=False)
    try:
        client.update('__all__', max_parallel=case.max_parallel)
    except (ActionRunnerException, PartialResultsError, ConnectionError):
        engine.faults.clear()
        try:
            client.update('__all__', max_parallel=case.max_parallel)
        except (ActionRunnerException, ValueError) as error:
            return f'after {kind} at {number}: {error}'
    return '' if engine.state() == wanted else f'ends otherwise after {kind} at {number}'


@pytest.mark.parametrize('seeds', blocks())
def test_what_only_one_can_have_goes_round(seeds: Sequence[int], law_counts: Counter[str]) -> None:
    found = {}
    for seed in seeds:
        case = make_case(seed)
        law_counts['resources that move'] += 1
        if text := problem(case):
            found[seed] = f'seed {seed}: {text}\n  before {case.before}\n  after {case.after}'
    assert not found, f'{len(found)} cases {sorted(found)}:\n' + '\n\n'.join([*found.values()][:3])

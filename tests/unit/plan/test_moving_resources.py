"""What only one running container can have is given up by one before another one takes it."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar

import pytest

from dockermap.api import (
    ActionRunnerException,
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
    PartialResultsError,
)
from dockermap.map.action import Action, ItemAction
from dockermap.map.action.update import UpdateActionGenerator
from dockermap.map.state import ConfigState, State
from dockermap.map.state.update import UpdateStateGenerator
from dockermap.testing import InMemoryEngine
from dockermap.testing.faults import FaultKind
from tests.unit.plan.moving import (
    INTERFACES,
    KINDS,
    NETWORKS,
    Kind,
    Settings,
    brought_up,
    front_end,
    shop,
    straight,
    swapped,
)

PARALLEL = [1, 4]
LINKS: dict[str, dict[str, str]] = {'alone': {}, 'a-needs-b': {'a': 'b'}, 'b-needs-a': {'b': 'a'}}
MOVES: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    'swapped': ({'a': 1, 'b': 2}, {'a': 2, 'b': 1}),
    'handed-on': ({'a': 1, 'b': 2}, {'a': 2, 'b': 3}),
    'taken-by-a-new-one': ({'a': 1}, {'a': 2, 'b': 1}),
}
RING = ('a', 'b', 'c')
RING_LINKS: dict[str, dict[str, str]] = {
    'alone': {},
    'chain': {'a': 'b', 'b': 'c'},
    'other-way-round': {'c': 'b', 'b': 'a'},
    'both-need-one': {'a': 'c', 'b': 'c'},
}
FAULTS: list[FaultKind] = ['lost-before', 'lost-after', 'refused']
FAULTY_KINDS = [
    pytest.param(kind, id=str(kind), marks=() if kind.name in ('port', 'ipv4') else pytest.mark.full)
    for kind in KINDS
    if not kind.is_recreated
]
MOST_CALLS = 40


def assert_ends_as(engine: InMemoryEngine, content: Any) -> None:
    """The engine is in the state in which a map is that was brought up on an empty one, and stays so."""
    fresh = brought_up(content)
    assert engine.state()['containers'] == fresh.state()['containers']
    assert not front_end(engine, content).plan('update', '__all__')


def needs(links: dict[str, str], owned: dict[str, int]) -> dict[str, str]:
    return {name: target for name, target in links.items() if {name, target} <= owned.keys()}


@pytest.mark.parametrize('max_parallel', PARALLEL)
@pytest.mark.parametrize('links', LINKS.values(), ids=LINKS)
@pytest.mark.parametrize('move', MOVES.values(), ids=MOVES)
@pytest.mark.parametrize('kind', KINDS, ids=str)
def test_it_is_given_up_before_it_is_taken(
    kind: Kind, move: tuple[dict[str, int], dict[str, int]], links: dict[str, str], max_parallel: int
) -> None:
    before, after = move
    engine = brought_up(shop(kind, before, needs(links, before)))
    wanted = shop(kind, after, links, stage='b')

    front_end(engine, wanted).update('__all__', max_parallel=max_parallel)

    assert_ends_as(engine, wanted)


@pytest.mark.parametrize('max_parallel', PARALLEL)
@pytest.mark.parametrize('links', RING_LINKS.values(), ids=RING_LINKS)
@pytest.mark.parametrize('kind', KINDS, ids=str)
def test_it_goes_round_in_a_ring(kind: Kind, links: dict[str, str], max_parallel: int) -> None:
    engine = brought_up(shop(kind, straight(RING), links))
    wanted = shop(kind, swapped(RING), links, stage='b')

    front_end(engine, wanted).update('__all__', max_parallel=max_parallel)

    assert_ends_as(engine, wanted)


@pytest.mark.parametrize('max_parallel', PARALLEL)
@pytest.mark.parametrize('links', [{}, {'a': 'c', 'b': 'c'}], ids=['alone', 'linked'])
@pytest.mark.parametrize('kind', FAULTY_KINDS)
@pytest.mark.parametrize('fault', FAULTS)
def test_one_more_call_ends_what_a_fault_has_stopped(
    fault: FaultKind, kind: Kind, links: dict[str, str], max_parallel: int
) -> None:
    origin = brought_up(shop(kind, straight(RING), links))
    wanted = shop(kind, swapped(RING), links, stage='b')
    unharmed = origin.copy()
    front_end(unharmed, wanted).update('__all__')
    failed = 0
    for number in range(1, MOST_CALLS):
        engine = origin.copy()
        planned = engine.faults.add(number=number, kind=fault)
        try:
            front_end(engine, wanted, is_watched=False).update('__all__', max_parallel=max_parallel)
        except (ActionRunnerException, PartialResultsError, ConnectionError):
            failed += 1
        if not planned.happened:
            break
        engine.faults.clear()

        front_end(engine, wanted, is_watched=False).update('__all__', max_parallel=max_parallel)

        assert engine.state() == unharmed.state(), f'after call {number}'
    else:
        pytest.fail('faults never came to an end')
    assert failed >= number - 1 > 4


@pytest.mark.parametrize('max_parallel', PARALLEL)
def test_who_takes_any_address_leaves_the_one_that_another_wants(max_parallel: int) -> None:
    before = shop(Kind('ipv4'), {'a': -8, 'b': -7})
    after = shop(Kind('ipv4'), {'a': -8, 'b': -8})
    after['containers']['a']['networks'] = {'back': {}}
    assert after['containers']['b']['networks'] == {'back': {'ipv4_address': '10.5.0.2'}}
    engine = brought_up(before)

    front_end(engine, after).update('__all__', max_parallel=max_parallel)

    addresses = [engine.container(f'shop.{name}').endpoints['shop.back'].ip_address for name in 'ab']
    assert addresses == ['10.5.0.3', '10.5.0.2']
    assert_ends_as(engine, after)


@pytest.mark.parametrize('max_parallel', PARALLEL)
@pytest.mark.parametrize('action', ['update', 'startup'])
def test_the_lowest_address_is_not_given_to_the_first_one_if_the_last_one_wants_it(
    action: str, max_parallel: int
) -> None:
    wanted = shop(Kind('ipv4'), {'a': 1, 'b': 2, 'c': -8})
    for name in 'ab':
        wanted['containers'][name]['networks'] = {'back': {}}
    engine = InMemoryEngine('app:latest', api_version='1.44')

    front_end(engine, wanted).run_actions(action, '__all__', max_parallel=max_parallel)

    assert engine.container('shop.c').endpoints['shop.back'].ip_address == '10.5.0.2'
    assert_ends_as(engine, wanted)


def mixed(*endpoints: Settings, links: dict[str, str] | None = None) -> Settings:
    """Input of a map with containers that are in a network with certain settings each."""
    content = shop(Kind('ipv4'), dict.fromkeys('abcdef'[: len(endpoints)], 0), links)
    for config, endpoint in zip(content['containers'].values(), endpoints, strict=True):
        config['networks'] = {'back': endpoint}
    return content


@pytest.mark.parametrize('max_parallel', PARALLEL)
def test_an_address_of_each_family_is_left_to_who_wants_it(max_parallel: int) -> None:
    wanted = mixed({'ipv4_address': '10.5.0.50'}, {'ipv4_address': '10.5.0.51', 'ipv6_address': 'fd00:5::2'})
    engine = InMemoryEngine('app:latest', api_version='1.44')

    front_end(engine, wanted).startup('__all__', max_parallel=max_parallel)

    assert engine.container('shop.b').endpoints['shop.back'].ipv6_address == 'fd00:5::2'


@pytest.mark.parametrize('max_parallel', PARALLEL)
def test_who_is_needed_by_one_that_has_an_address_leaves_that_of_another_one(max_parallel: int) -> None:
    wanted = mixed({}, {'ipv4_address': '10.5.0.30'}, {'ipv4_address': '10.5.0.2'}, links={'b': 'a'})
    engine = InMemoryEngine('app:latest', api_version='1.44')

    front_end(engine, wanted).startup('__all__', max_parallel=max_parallel)

    addresses = [engine.container(f'shop.{name}').endpoints['shop.back'].ip_address for name in 'abc']
    assert addresses == ['10.5.0.3', '10.5.0.30', '10.5.0.2']


class GoesAway(UpdateActionGenerator):
    """Removes what is named ``old``."""

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Any:
        if state.config_id.config_name != 'old':
            return super().get_state_actions(state, **kwargs)
        actions = (Action.STOP, Action.REMOVE)
        return [ItemAction(state, action) for action in actions] if state.base_state != State.ABSENT else []


class TakingAway(MappingDockerClient):
    generators: ClassVar = {**MappingDockerClient.generators, 'replace': (UpdateStateGenerator, GoesAway)}


@pytest.mark.parametrize('max_parallel', PARALLEL)
@pytest.mark.parametrize('links', [{}, {'new': 'keeper'}, {'old': 'keeper', 'keeper': 'new'}], ids=len)
@pytest.mark.parametrize('kind', KINDS, ids=str)
def test_what_a_removed_container_had_goes_to_a_new_one(kind: Kind, links: dict[str, str], max_parallel: int) -> None:
    engine = brought_up(shop(kind, {'old': 1, 'keeper': 2}))
    wanted = shop(kind, {'old': 1, 'keeper': 2, 'new': 1}, links)
    front = front_end(engine, wanted)
    client = TakingAway(front.maps, clients=front.clients, option_defaults=front.option_defaults)

    client.call('replace', '__all__', max_parallel=max_parallel)

    links.pop('old', None)
    assert_ends_as(engine, shop(kind, {'keeper': 2, 'new': 1}, links))


CONFLICTS: dict[str, tuple[Settings, Settings, str]] = {
    'port': ({'exposes': {80: 8000}}, {'exposes': {81: 8000}}, '8000'),
    'udp-port': ({'exposes': {'53/udp': 8000}}, {'exposes': {'54/udp': 8000}}, '8000'),
    'same-address': ({'exposes': {80: [8000, 'private']}}, {'exposes': {80: [8000, 'private']}}, '8000'),
    'any-address': ({'exposes': {80: 8000}}, {'exposes': {80: [8000, 'private']}}, '8000'),
    'any-address-said': ({'exposes': {80: [8000, 'any']}}, {'exposes': {80: [8000, 'private']}}, '8000'),
    'any-ipv6': (
        {'exposes': {80: 8000}},
        {'exposes': [{'exposed_port': 80, 'host_port': 8000, 'interface': 'six', 'ipv6': True}]},
        '8000',
    ),
    'ipv4': (
        {'networks': {'back': {'ipv4_address': '10.5.0.9'}}},
        {'networks': {'back': {'ipv4_address': '10.5.0.9'}}},
        '10.5.0.9',
    ),
    'ipv6': (
        {'networks': {'back': {'ipv6_address': 'fd00:5::9'}}},
        {'networks': {'back': {'ipv6_address': 'fd00:5:0::0:9'}}},
        'fd00:5::9',
    ),
    'mac': (
        {'create_options': {'mac_address': '02:42:ac:11:00:0A'}},
        {'create_options': {'mac_address': '02:42:AC:11:00:0a'}},
        '02:42:ac:11:00:0a',
    ),
}
"""What two containers cannot have both, and what the error names."""

PEACEFUL: dict[str, tuple[Settings, Settings]] = {
    'other-protocol': ({'exposes': {53: 8000}}, {'exposes': {'53/udp': 8000}}),
    'other-address': ({'exposes': {80: [8000, 'private']}}, {'exposes': {80: [8000, 'other']}}),
    'other-family': (
        {'exposes': {80: [8000, 'private']}},
        {'exposes': [{'exposed_port': 80, 'host_port': 8000, 'interface': 'any', 'ipv6': True}]},
    ),
    'only-exposed': ({'exposes': {80: None}}, {'exposes': {80: None}}),
    'internal-network': (
        {'exposes': {80: 8000}, 'networks': 'inside'},
        {'exposes': {80: 8000}, 'networks': 'inside'},
    ),
    'one-on-an-internal-network': ({'exposes': {80: 8000}, 'networks': 'inside'}, {'exposes': {80: 8000}}),
    'other-network': (
        {'networks': {'back': {'ipv4_address': '10.5.0.9'}}},
        {'networks': {'front': {'ipv4_address': '10.6.0.9'}}},
    ),
    'shared-alias': ({'networks': {'back': {'aliases': 'www'}}}, {'networks': {'back': {'aliases': 'www'}}}),
    'without-network': (
        {'exposes': {80: 8000}, 'network_mode': 'disabled'},
        {'exposes': {80: 8000}, 'network_mode': 'disabled'},
    ),
    'mac-in-other-networks': (
        {'create_options': {'mac_address': '02:42:ac:11:00:0a'}, 'networks': 'back'},
        {'create_options': {'mac_address': '02:42:ac:11:00:0a'}, 'networks': 'front'},
    ),
}
"""What two containers can have both."""


def pair(first: Settings, second: Settings) -> Settings:
    containers = {
        name: {'image': 'app', **given, 'create_options': {'command': 'sleep 1000', **given.get('create_options', {})}}
        for name, given in (('one', first), ('two', second))
    }
    return {'containers': containers, 'networks': {**NETWORKS, 'inside': {'internal': True}}}


@pytest.mark.parametrize('action', ['update', 'startup'])
@pytest.mark.parametrize(('first', 'second', 'named'), CONFLICTS.values(), ids=CONFLICTS)
def test_two_that_want_the_same_are_an_error_before_anything_is_changed(
    first: Settings, second: Settings, named: str, action: str
) -> None:
    engine = InMemoryEngine('app:latest', api_version='1.44')

    with pytest.raises(ValueError, match='cannot both have') as caught:
        front_end(engine, pair(first, second)).run_actions(action, '__all__')

    for part in ('shop.one', 'shop.two', '__default__', named):
        assert part in str(caught.value)
    assert engine.changes == []


def test_planning_says_so_too() -> None:
    first, second, _ = CONFLICTS['port']
    with pytest.raises(ValueError, match='8000'):
        front_end(InMemoryEngine('app:latest', api_version='1.44'), pair(first, second)).plan('update', '__all__')


@pytest.mark.parametrize(('first', 'second', 'named'), CONFLICTS.values(), ids=CONFLICTS)
def test_one_that_was_looked_at_and_goes_on_running_counts(first: Settings, second: Settings, named: str) -> None:
    content = pair(first, second)
    engine = InMemoryEngine('app:latest', api_version='1.44')
    front_end(engine, content).startup('one')
    engine.calls.clear()

    with pytest.raises(ValueError, match=r'shop\.one.* shop\.two|shop\.two.* shop\.one'):
        front_end(engine, content).startup(['one', 'two'])

    assert engine.changes == []


@pytest.mark.parametrize(('first', 'second', 'named'), CONFLICTS.values(), ids=CONFLICTS)
def test_created_ones_that_are_started_count(first: Settings, second: Settings, named: str) -> None:
    content = pair(first, second)
    engine = InMemoryEngine('app:latest', api_version='1.44')
    front_end(engine, content).create('__all__')
    engine.calls.clear()

    with pytest.raises(ValueError, match=r'shop\.one.* shop\.two|shop\.two.* shop\.one'):
        front_end(engine, content).start('__all__')

    assert engine.changes == []


@pytest.mark.parametrize(('first', 'second', 'named'), CONFLICTS.values(), ids=CONFLICTS)
def test_those_that_do_not_run_may_want_the_same(first: Settings, second: Settings, named: str) -> None:
    engine = InMemoryEngine('app:latest', api_version='1.44')

    front_end(engine, pair(first, second)).create('__all__')

    assert engine.names() == ['shop.one', 'shop.two']


@pytest.mark.parametrize(('first', 'second', 'named'), CONFLICTS.values(), ids=CONFLICTS)
def test_a_conflict_on_two_clients_is_none(first: Settings, second: Settings, named: str) -> None:
    content = pair(first, second)
    engines = {name: InMemoryEngine('app:latest', api_version='1.44') for name in ('here', 'there')}
    clients = {
        name: ClientConfiguration(client=engine.client(), version='1.41', **INTERFACES)
        for name, engine in engines.items()
    }
    content['containers']['one']['clients'] = ['here']
    content['containers']['two']['clients'] = ['there']

    MappingDockerClient(ContainerMap('shop', content), clients=clients).startup('__all__')

    assert [engine.is_running(name) for engine, name in zip(engines.values(), ('shop.one', 'shop.two'), strict=True)]


@pytest.mark.parametrize(('first', 'second'), PEACEFUL.values(), ids=PEACEFUL)
def test_what_does_not_collide_is_started(first: Settings, second: Settings) -> None:
    engine = InMemoryEngine('app:latest', api_version='1.44')

    front_end(engine, pair(first, second)).startup('__all__', max_parallel=4)

    assert engine.is_running('shop.one')
    assert engine.is_running('shop.two')


def test_who_shares_the_network_of_another_one_publishes_nothing() -> None:
    content = pair({'exposes': {80: 8000}}, {'exposes': {80: 8000}, 'network_mode': 'one'})
    engine = InMemoryEngine('app:latest', api_version='1.44')

    # Whether the engine takes such settings is its own decision.
    with contextlib.suppress(ActionRunnerException):
        front_end(engine, content).startup('__all__')

    assert 'start shop.one' in engine.changes

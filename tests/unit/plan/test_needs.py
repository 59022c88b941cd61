"""What single operations wait for, and the order that follows."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.plan.needs import Arrangement, arranged
from dockermap.map.plan.operation import Condition, Operation, Result, Undo
from dockermap.map.state.observed import Observed

Call = tuple[str, str, dict[str, Any]]
"""A method, a container, and further arguments."""


def item(name: str) -> MapConfigId:
    return MapConfigId(ItemType.CONTAINER, 'shop', name)


def operations(*calls: Call, client: str = 'main') -> list[Operation]:
    """Operations from methods, containers, and further arguments."""
    return [
        Operation(number, client, item(name), method, _arguments(method, name, more))
        for number, (method, name, more) in enumerate(calls)
    ]


def _arguments(method: str, name: str, more: dict[str, Any]) -> dict[str, Any]:
    return {'name' if method == 'create_container' else 'container': name, **more}


def arrange(
    *calls: Call, related: Iterable[tuple[str, str]] = (), found: Observed | None = None, items: Sequence[str] = ()
) -> Arrangement:
    """Operations of items in their order; related ones wait for each other."""
    listed = operations(*calls)
    names = list(items or dict.fromkeys(operation.config_id.config_name for operation in listed))
    segments = [
        (('main', item(name)), [number for number, (_, owner, _) in enumerate(calls) if owner == name])
        for name in names
    ]
    pairs = {*related, *((second, first) for first, second in related)}
    return arranged(
        listed,
        segments,
        lambda config_id: [item(other) for name, other in sorted(pairs) if name == config_id.config_name],
        found or Observed(),
    )


def publishes(port: int) -> dict[str, Any]:
    return {'host_config': {'PortBindings': {'80/tcp': [{'HostIp': '', 'HostPort': str(port)}]}}}


def running(found: Observed, name: str, port: int | None = None, networks: Iterable[str] = ('bridge',)) -> None:
    """A container runs, and publishes a port if it is not only in internal networks."""
    bindings = publishes(port)['host_config'] if port else {}
    found.note('main', ItemType.CONTAINER, name, {
        'Id': f'{name}-id', 'State': {'Running': True}, 'Config': {}, 'HostConfig': bindings,
        'NetworkSettings': {'Networks': {network: {'EndpointID': f'{name}-{network}'} for network in networks}},
    })  # fmt: skip


def needs(found: Arrangement, number: int) -> set[int]:
    """All that is carried out before an operation."""
    before: set[int] = set()
    waiting = [number]
    while waiting:
        for needed in found.operations[waiting.pop()].needs:
            if needed not in before:
                before.add(needed)
                waiting.append(needed)
    return before


def test_what_follows_from_one_decision_is_done_in_its_order() -> None:
    found = arrange(('stop', 'a', {}), ('remove_container', 'a', {}), ('create_container', 'a', {}))
    assert [operation.needs for operation in found.operations] == [(), (0,), (1,)]


def test_independent_items_wait_for_nothing() -> None:
    found = arrange(('start', 'a', {}), ('start', 'b', {}))
    assert [operation.needs for operation in found.operations] == [(), ()]


def test_related_items_wait_for_each_other() -> None:
    found = arrange(('start', 'a', {}), ('start', 'b', {}), related=[('a', 'b')])
    assert found.operations[1].needs == (0,)


def test_items_that_need_nothing_pass_on_what_they_would_wait_for() -> None:
    found = arrange(('start', 'a', {}), ('start', 'c', {}), related=[('a', 'b'), ('b', 'c')], items=['a', 'b', 'c'])
    assert found.operations[1].needs == (0,)


def test_whose_name_is_used_comes_first() -> None:
    found = arrange(
        ('create_container', 'a', {}), ('create_container', 'b', {'host_config': {'NetworkMode': 'container:a'}})
    )
    assert found.operations[1].needs == (0,)


def test_whose_answer_is_used_comes_first() -> None:
    found = arrange(('create_container', 'a', {}), ('start', 'b', {'container': Result(0, 'Id')}))
    assert found.operations[1].needs == (0,)


def test_images_are_pulled_after_the_last_login() -> None:
    calls = (('pull', 'a'), ('login', 'b'), ('pull', 'c'), ('login', 'd'), ('pull', 'e'))
    found = arrange(*((method, name, {'repository': name, 'tag': '1'}) for method, name in calls))
    assert [operation.needs for operation in found.operations] == [(), (), (1,), (1,), (3,)]


def test_a_new_one_gets_the_port_of_one_that_is_removed() -> None:
    observed = Observed()
    running(observed, 'old', 80)
    found = arrange(
        ('create_container', 'new', publishes(80)),
        ('start', 'new', {}),
        ('stop', 'old', {}),
        ('remove_container', 'old', {}),
        found=observed,
    )
    assert needs(found, 1) == {0, 2}
    assert found.order.index(2) < found.order.index(1)


def test_a_port_is_given_up_when_the_wait_for_a_stop_is_over() -> None:
    observed = Observed()
    running(observed, 'old', 80)
    found = arrange(
        ('create_container', 'new', publishes(80)),
        ('start', 'new', {}),
        ('stop', 'old', {}),
        ('wait', 'old', {}),
        found=observed,
    )
    assert 3 in needs(found, 1)


def test_a_port_is_given_up_by_a_removal_by_force() -> None:
    observed = Observed()
    running(observed, 'old', 80)
    found = arrange(
        ('create_container', 'new', publishes(80)), ('start', 'new', {}), ('remove_container', 'old', {}),
        found=observed,
    )  # fmt: skip
    assert 2 in needs(found, 1)


def test_other_ports_are_no_reason_to_wait() -> None:
    observed = Observed()
    running(observed, 'old', 81)
    found = arrange(
        ('create_container', 'new', publishes(80)), ('start', 'new', {}), ('stop', 'old', {}), found=observed
    )
    assert needs(found, 1) == {0}


def recreated(name: str, port: int) -> list[Call]:
    return [
        ('stop', name, {}),
        ('remove_container', name, {}),
        ('create_container', name, publishes(port)),
        ('start', name, {}),
    ]


def test_in_a_circle_all_are_stopped_before_one_is_started() -> None:
    observed = Observed()
    for number, name in enumerate('abc'):
        running(observed, name, 80 + number)
    calls = [call for number, name in enumerate('abc') for call in recreated(name, 80 + (number + 1) % 3)]
    found = arrange(*calls, related=[('a', 'b'), ('b', 'c'), ('a', 'c')], found=observed)
    order = [(found.operations[number].call, found.operations[number].config_id.config_name) for number in found.order]
    last_giving_up = max(order.index(('stop', name)) for name in 'abc')
    assert order.index(('start', 'a')) < order.index(('start', 'b')) < order.index(('start', 'c'))
    assert order.index(('stop', 'b')) < order.index(('start', 'a'))
    assert last_giving_up < order.index(('start', 'c'))


def test_a_circle_that_cannot_be_broken_keeps_an_order() -> None:
    observed = Observed()
    running(observed, 'a', 80)
    running(observed, 'b', 81)
    # What one gives up at last is what the other one takes at first, and the other way round.
    calls: list[Call] = [
        ('create_container', 'c', publishes(81)), ('start', 'c', {}), ('stop', 'a', {'container': 'a'}),
        ('create_container', 'd', publishes(80)), ('start', 'd', {}), ('stop', 'b', {'container': 'b'}),
    ]  # fmt: skip
    listed = operations(*calls)
    segments = [(('main', item('first')), [0, 1, 2]), (('main', item('second')), [3, 4, 5])]
    found = arranged(listed, segments, lambda _: (), observed)
    assert sorted(found.order) == list(range(6))


def test_who_joins_an_ordinary_network_publishes_its_ports_then() -> None:
    observed = Observed()
    observed.note('main', ItemType.NETWORK, 'inside', {'Id': 'inside-id', 'Internal': True})
    observed.note('main', ItemType.NETWORK, 'back', {'Id': 'back-id'})
    running(observed, 'a', 80, ['inside'])
    running(observed, 'b', 80)
    found = arrange(('connect_container_to_network', 'a', {'net_id': 'back'}), ('stop', 'b', {}), found=observed)
    assert found.operations[0].needs == (1,)


@pytest.mark.parametrize('by_id', [False, True])
def test_containers_are_known_by_name_and_id(by_id: bool) -> None:
    observed = Observed()
    running(observed, 'old', 80)
    stop = {'container': 'old-id' if by_id else 'old'}
    found = arrange(
        ('create_container', 'new', publishes(80)), ('start', 'new', {}), ('stop', 'old', stop), found=observed
    )
    assert needs(found, 1) == {0, 2}


def test_other_clients_have_other_ports() -> None:
    observed = Observed()
    running(observed, 'old', 80)
    listed = [
        *operations(('create_container', 'new', publishes(80)), ('start', 'new', {}), client='other'),
        Operation(2, 'main', item('old'), 'stop', {'container': 'old'}),
    ]
    segments = [(('other', item('new')), [0, 1]), (('main', item('old')), [2])]
    found = arranged(listed, segments, lambda _: (), observed)
    assert found.operations[1].needs == (0,)


def test_numbers_in_the_plan_are_places_in_its_order() -> None:
    undo = Undo((Operation(0, 'main', item('a'), 'start', {'container': Result(2, 'Id')}),), frozenset({2}))
    listed = [
        Operation(0, 'main', item('a'), 'start', {'container': Result(2, 'Id')}, condition=Condition(2), undo=undo),
        Operation(1, 'main', item('b'), 'check', {'failures': [('text', 2)]}),
        Operation(2, 'main', item('c'), 'create_container', {'name': 'c'}),
    ]
    first, second, third = Arrangement([*listed], [2, 0, 1]).numbered()
    assert [first.call, second.call, third.call] == ['create_container', 'start', 'check']
    assert [first.number, second.number, third.number] == [0, 1, 2]
    assert second.arguments['container'].operation == 0
    assert second.condition == Condition(0)
    assert third.arguments['failures'] == [('text', 0)]
    assert second.undo is not None
    assert second.undo.reverts == {0}
    assert second.undo.operations[0].arguments['container'].operation == 0


@pytest.mark.parametrize('seed', range(200))
def test_the_order_respects_all_needs_and_names_each_operation_once(seed: int) -> None:
    source = random.Random(seed)
    names = 'abcdef'[: source.randint(2, 6)]
    observed = Observed()
    ports = source.sample(range(80, 90), len(names))
    for name, port in zip(names, ports, strict=True):
        running(observed, name, port)
    moved = source.sample(ports, len(ports))
    calls = [call for name, port in zip(names, moved, strict=True) for call in recreated(name, port)]
    related = [(first, second) for first in names for second in names if first < second and source.random() < 0.4]
    found = arrange(*calls, related=related, found=observed)
    places = {number: place for place, number in enumerate(found.order)}
    assert sorted(places) == list(range(len(calls)))
    for operation in found.operations:
        assert all(places[needed] < places[operation.number] for needed in operation.needs)
    holders = dict(zip(ports, names, strict=True))
    for number in found.order:
        operation = found.operations[number]
        name = operation.config_id.config_name
        if operation.call == 'stop':
            holders = {port: holder for port, holder in holders.items() if holder != name}
        elif operation.call == 'start':
            port = moved[names.index(name)]
            assert port not in holders
            holders[port] = name

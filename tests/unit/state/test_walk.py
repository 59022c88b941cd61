from __future__ import annotations

import pytest
import requests

from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.policy.base import BasePolicy
from dockermap.map.state import State
from dockermap.map.state.base import (
    ContainerBaseState,
    DependencyStateGenerator,
    DependentStateGenerator,
    ImageDependencyStateGenerator,
    SingleStateGenerator,
)
from dockermap.map.state.initial import InitialStateGenerator
from dockermap.testing import InMemoryEngine

SHOP = {
    'web': {'links': ['api'], 'attaches': 'logs'},
    'api': {'links': 'db', 'attaches': 'cache'},
    'db': {},
    'volumes': {'logs': '/logs', 'cache': '/cache'},
}


def container(name):
    return MapConfigId(ItemType.CONTAINER, 'shop', name)


def visited(states):
    """Items in words, those that only came along in brackets."""
    texts = {ItemType.CONTAINER: 'C', ItemType.VOLUME: 'V', ItemType.IMAGE: 'I', ItemType.NETWORK: 'N'}
    result = []
    for state in states:
        item = state.config_id
        is_volume = item.config_type is ItemType.VOLUME
        text = f'{texts[item.config_type]} {item.instance_name if is_volume else item.config_name}'
        result.append(f'({text})' if ConfigFlags.DEPENDENT in state.config_flags else text)
    return result


@pytest.mark.parametrize(
    ('generator_class', 'options', 'names', 'expected'),
    [
        (SingleStateGenerator, {}, ['web', 'db'], ['C web', 'C db']),
        (DependencyStateGenerator, {}, ['api'], ['(I db)', '(C db)', '(V cache)', '(I api)', 'C api']),
        (DependencyStateGenerator, {}, ['api', 'db'], ['(I db)', 'C db', '(V cache)', '(I api)', 'C api']),
        (DependencyStateGenerator, {}, ['db', 'api'], ['(I db)', 'C db', '(V cache)', '(I api)', 'C api']),
        (ImageDependencyStateGenerator, {}, ['api', 'db'], ['(I db)', 'C db', '(I api)', 'C api']),
        (DependentStateGenerator, {}, ['db'], ['(C web)', '(C api)', 'C db']),
        (DependentStateGenerator, {}, ['db', 'web'], ['C web', '(C api)', 'C db']),
        (
            DependentStateGenerator,
            {'remove_attached': True},
            ['db'],
            ['(C web)', '(V logs)', '(C api)', '(V cache)', 'C db'],
        ),
    ],
)
def test_items_are_visited_in_order(make_policy, generator_class, options, names, expected):
    generator = generator_class(make_policy(SHOP), options)
    assert visited(generator.get_states([container(name) for name in names])) == expected


def test_attached_volumes_follow_the_last_instance(make_policy):
    policy = make_policy({'a': {'instances': ['i1', 'i2'], 'attaches': {'v': '/v'}}})
    generator = DependentStateGenerator(policy, {'remove_attached': True})
    items = [container('a')._replace(instance_name=name) for name in ('i1', 'i2')]
    assert visited(generator.get_states(items)) == ['C a', 'C a', '(V v)']


def test_a_requested_volume_stays_requested_among_attached_ones(make_policy):
    generator = DependentStateGenerator(make_policy(SHOP), {'remove_attached': True})
    volume = MapConfigId(ItemType.VOLUME, 'shop', 'web', 'logs')
    assert visited(generator.get_states([volume])) == ['(C web)', 'V logs']


def test_items_may_be_plain_tuples(make_policy):
    generator = DependencyStateGenerator(make_policy(SHOP), {})
    [*_, state] = generator.get_states([(ItemType.CONTAINER, 'shop', 'db', None)])
    assert state.config_id.config_name == 'db'


def test_an_item_is_looked_at_when_its_turn_comes(make_policy, engine):
    states = DependencyStateGenerator(make_policy(SHOP), {}).get_states([container('api')])
    engine.add_container('shop.db')
    engine.add_container('shop.api')
    assert engine.calls == []
    next(state for state in states if state.config_id == container('db'))
    assert [call.subject for call in engine.calls if call.method == 'inspect_container'] == ['shop.db']


def test_the_path_is_determined_at_once():
    container_map = ContainerMap('shop', {'a': {'links': 'b'}, 'b': {'links': 'a'}}, check_integrity=False)
    policy = BasePolicy({'shop': container_map}, {})
    with pytest.raises(Exception, match='leads back to it'):
        DependencyStateGenerator(policy, {}).get_states([container('a')])


def test_a_generator_with_an_own_path_is_merged(make_policy):
    class WithNeighbours(DependencyStateGenerator):
        def get_dependency_path(self, config_id):
            return [container('db'), container('api')] if config_id == container('web') else [container('db')]

    generator = WithNeighbours(make_policy(SHOP), {})
    assert visited(generator.get_states([container('web'), container('api')])) == ['(C db)', 'C api', 'C web']


def test_a_state_class_can_be_replaced(make_policy):
    class AlwaysRunning(ContainerBaseState):
        def get_state(self):
            return State.RUNNING, 0, {}

    class Own(SingleStateGenerator):
        container_state_class = AlwaysRunning

    [state] = Own(make_policy(SHOP), {}).get_states([container('db')])
    assert state.base_state is State.RUNNING


def test_what_looks_at_an_item_need_only_inspect_and_tell(make_policy):
    class Absent:
        def inspect(self):
            pass

        def get_state(self):
            return State.ABSENT, 0, {}

    class Own(SingleStateGenerator):
        def get_container_state(self, client_name, config_id, config_flags):
            return Absent()

    [state] = Own(make_policy(SHOP), {}).get_states([container('db')])
    assert state == ('__default__', container('db'), 0, State.ABSENT, 0, {})


def test_without_a_client_nothing_exists():
    class NoClient(ClientConfiguration):
        def get_client(self):
            return None

    policy = BasePolicy({'shop': ContainerMap('shop', SHOP)}, {'__default__': NoClient(version='1.41')})
    states = [*DependencyStateGenerator(policy, {}).get_states([container('web')])]
    assert {state.base_state for state in states} == {State.ABSENT}
    assert {state.config_id.config_type for state in states} == {ItemType.CONTAINER, ItemType.IMAGE, ItemType.VOLUME}


def test_states_know_how_the_item_would_be_created(make_policy):
    seen = []

    class Own(SingleStateGenerator):
        class container_state_class(ContainerBaseState):
            def get_state(self):
                seen.append(self.create_arguments(self.client_name, self.config_id))
                return super().get_state()

    generator = Own(make_policy(SHOP), {})
    generator.create_arguments = lambda client_name, config_id: {'of': config_id.config_name}
    [*generator.get_states([container('db')])]
    assert seen == [{'of': 'db'}]


def test_an_unknown_type_of_item_is_an_error(make_policy):
    generator = SingleStateGenerator(make_policy(SHOP), {})
    with pytest.raises(ValueError, match='no item type'):
        [*generator.get_states([('other', 'shop', 'db', None)])]


def test_nothing_exists_at_first_but_images():
    no_client = ClientConfiguration()
    no_client.get_client = None
    policy = BasePolicy({'shop': ContainerMap('shop', SHOP)}, {'__default__': no_client})
    states = [*InitialStateGenerator(policy, {}).get_states([container('web')])]
    assert {(state.config_id.config_type, state.base_state) for state in states} == {
        (ItemType.CONTAINER, State.ABSENT),
        (ItemType.VOLUME, State.ABSENT),
        (ItemType.IMAGE, State.PRESENT),
    }


@pytest.fixture
def two_clients():
    engines = {name: InMemoryEngine('web') for name in ('c1', 'c2')}
    clients = {name: ClientConfiguration(client=engine.client(), version='1.41') for name, engine in engines.items()}
    container_map = ContainerMap('shop', {'web': {}, 'clients': ['c1', 'c2']})
    return BasePolicy({'shop': container_map}, clients), engines


def test_each_client_has_its_own_state(two_clients):
    policy, engines = two_clients
    engines['c2'].add_container('shop.web')
    states = SingleStateGenerator(policy, {}).get_states([container('web')])
    assert [(state.client_name, state.base_state) for state in states] == [('c1', State.ABSENT), ('c2', State.PRESENT)]


def test_a_client_that_cannot_be_reached_is_an_error(two_clients):
    policy, engines = two_clients
    engines['c1'].faults.add('containers')
    with pytest.raises(requests.ConnectionError, match=r'container shop\.web on client c1'):
        [*SingleStateGenerator(policy, {}).get_states([container('web')])]


def test_a_client_that_cannot_be_reached_can_be_left_out(two_clients):
    policy, engines = two_clients
    engines['c1'].faults.add('containers')
    generator = SingleStateGenerator(policy, {})
    generator.unreachable = {}
    states = [*generator.get_states([container('web'), container('web')])]
    assert [state.client_name for state in states] == ['c2', 'c2']
    assert isinstance(generator.unreachable['c1'][1], requests.ConnectionError)


def test_an_unknown_client_is_an_error_that_lists_the_known_ones():
    policy = BasePolicy({'shop': ContainerMap('shop', {'web': {'clients': ['nope']}})}, {'main': ClientConfiguration()})
    with pytest.raises(KeyError, match=r"no client 'nope'\. Known clients: main"):
        [*SingleStateGenerator(policy, {}).get_states([container('web')])]

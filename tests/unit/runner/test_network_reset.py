"""Making networks anew, with a way back."""

from __future__ import annotations

import pytest

from dockermap.exceptions import DockerStatusError
from dockermap.map.action import Action, DerivedAction, ItemAction, NetworkUtilAction
from dockermap.map.exceptions import ActionException
from dockermap.map.execute import executor

POOLS = [{'Subnet': '10.9.0.0/24', 'Gateway': '10.9.0.1'}, {'Subnet': 'fd00::/64', 'Gateway': 'fd00::1'}]


@pytest.fixture
def setup(make_setup, engine, client):
    """A network with a running container and one that is stopped; both have an alias and a fixed address."""
    engine.add_network('shop.back', options={'mtu': '1399'}, labels={'a': 'b'}, ipam={'Config': POOLS})
    containers = []
    for number, name in enumerate(('running', 'stopped')):
        containers.append(engine.add_container(name, running=name == 'running'))
        client.connect_container_to_network(
            name, 'shop.back', aliases=[name[0]], links=[('x', 'y')], ipv4_address=f'10.9.0.{number + 2}'
        )
    engine.calls.clear()
    setup = make_setup(
        {
            'web': {'networks': 'back'},
            'networks': {'back': {'driver_options': {'mtu': 1400}, 'create_options': {'ipam': {'Config': POOLS}}}},
        }
    )
    setup.ids = [container.id for container in containers]
    return setup


def has_all_containers(setup):
    """Whether both containers are in the network, the running one with its address."""
    running, stopped = map(setup.engine.container, setup.ids)
    network = setup.engine.network('shop.back')
    return bool(running.endpoints['shop.back'].ip_address == '10.9.0.2' and stopped.is_in(network))


PLANS = {
    'connected': [
        (NetworkUtilAction.DISCONNECT_ALL, {'containers': ['running']}),
        (DerivedAction.RESET_NETWORK, {}),
        (NetworkUtilAction.RECONNECT_ALL, {}),
    ],
    'without reconnecting': [
        (NetworkUtilAction.DISCONNECT_ALL, {'containers': ['running']}),
        (DerivedAction.RESET_NETWORK, {}),
    ],
    'none running': [(DerivedAction.RESET_NETWORK, {})],
}


def reset(setup, plan='connected'):
    state = setup.state('network', 'back')
    return list(setup.runner.run_actions([ItemAction(state, actions, data) for actions, data in PLANS[plan]]))


@pytest.mark.parametrize('plan', list(PLANS))
def test_all_containers_come_back_as_they_were(setup, plan):
    reset(setup, plan)
    assert setup.calls('connect_container_to_network') == [
        {
            'container': container_id,
            'net_id': 'shop.back',
            'aliases': [name],
            'links': [('x', 'y')],
            'ipv4_address': address,
        }
        for container_id, name, address in zip(setup.ids, 'rs', ('10.9.0.2', '10.9.0.3'), strict=True)
    ]
    assert has_all_containers(setup)


def test_the_network_is_replaced(setup):
    former = setup.policy.network_names['__default__']['shop.back']
    reset(setup)
    network = setup.engine.network('shop.back')
    assert network.id == setup.policy.network_names['__default__']['shop.back'] != former
    assert network.options == {'mtu': '1400'}


def test_containers_are_connected_after_the_network_is_there(setup):
    reset(setup)
    assert [step for step in setup.steps if 'disconnect' not in step] == [
        'remove_network',
        'create_network',
        'connect_container_to_network',
        'connect_container_to_network',
    ]


def test_what_cannot_be_made_is_known_before_anything_is_removed(setup):
    network = setup.policy.container_maps['shop'].networks['back']
    network.driver_options = lambda: 1 / 0
    with pytest.raises(ActionException, match='ZeroDivisionError'):
        reset(setup)
    assert setup.engine.changes == []


@pytest.mark.parametrize('plan', list(PLANS))
def test_the_former_network_is_made_again_if_the_new_one_cannot_be(setup, plan):
    setup.engine.faults.add('create_network', kind='refused', text='no such driver')
    with pytest.raises(ActionException, match='no such driver'):
        reset(setup, plan)
    assert setup.calls('create_network')[1] == {
        'name': 'shop.back',
        'driver': 'bridge',
        'options': {'mtu': '1399'},
        'internal': False,
        'enable_ipv6': False,
        'labels': {'a': 'b'},
        'ipam': {'Driver': 'default', 'Options': {}, 'Config': POOLS},
    }
    assert [call['container'] for call in setup.calls('connect_container_to_network')] == setup.ids
    assert setup.policy.network_names['__default__']['shop.back'] == setup.engine.network('shop.back').id
    assert has_all_containers(setup)


@pytest.mark.parametrize('setting', ['attachable', 'internal', 'enable_ipv6'])
def test_the_former_network_is_made_again_as_it_was(make_setup, engine, setting):
    engine.add_network('shop.back', ipam={'Config': POOLS}, **{setting: True})
    engine.faults.add('create_network', kind='refused')
    with pytest.raises(ActionException):
        reset(make_setup({'web': {'networks': 'back'}, 'networks': {'back': None}}), 'none running')
    network = engine.network('shop.back')
    assert [name for name in ('attachable', 'internal', 'enable_ipv6') if getattr(network, name)] == [setting]


def test_gateways_of_the_former_network_are_given_without_the_length_of_their_prefix(setup, client):
    inspect = client.inspect_network

    def inspect_network(name):
        detail = inspect(name)
        # As engines show it where they have chosen the pool.
        detail['IPAM']['Config'][1]['Gateway'] += '/64'
        return detail

    client.inspect_network = inspect_network
    setup.engine.faults.add('create_network', kind='refused')
    with pytest.raises(ActionException):
        reset(setup)
    assert setup.calls('create_network')[1]['ipam']['Config'] == POOLS


@pytest.mark.parametrize('answers', [True, False])
def test_after_a_timeout_the_former_network_is_made_again_if_the_engine_still_answers(
    setup, monkeypatch, caplog, answers
):
    monkeypatch.setattr(executor, 'answers', lambda client, seconds: answers)
    setup.engine.faults.add('create_network', kind='timeout-before')
    with pytest.raises(ActionException, match='timed out'):
        reset(setup)
    assert [network['Name'] for network in setup.client.networks(names=['shop.back'])] == ['shop.back'] * answers
    assert ('Nothing is put back' in caplog.text) is not answers


@pytest.mark.parametrize('call', ['disconnect_container_from_network', 'remove_network'])
def test_containers_come_back_if_the_network_cannot_be_removed(setup, call):
    setup.engine.faults.add(call, kind='refused', text='broken')
    with pytest.raises(ActionException, match='broken'):
        reset(setup)
    assert setup.calls('create_network') == []
    assert [call['container'] for call in setup.calls('connect_container_to_network')] == setup.ids
    assert has_all_containers(setup)


def test_an_address_that_does_not_fit_is_given_up(setup, caplog):
    setup.policy.container_maps['shop'].networks['back'].create_options = {
        'ipam': {'Config': [{'Subnet': '10.8.0.0/24'}]}
    }
    reset(setup)
    assert [call.get('ipv4_address') for call in setup.calls('connect_container_to_network')] == [
        '10.9.0.2',
        None,
        '10.9.0.3',
    ]
    assert 'another address' in caplog.text


def test_a_container_that_cannot_be_connected_does_not_keep_the_others_out(setup):
    for number in (1, 2):
        # With its address, and without.
        setup.engine.faults.add('connect_container_to_network', number=number, kind='refused', text='broken')
    with pytest.raises(ActionException, match='running') as caught:
        reset(setup)
    assert isinstance(caught.value.source_exception[1], DockerStatusError)
    network = setup.engine.network('shop.back')
    assert [bool(setup.engine.container(name).is_in(network)) for name in setup.ids] == [False, True]


def test_a_container_that_cannot_be_looked_at_keeps_its_network(setup):
    setup.engine.faults.add('inspect_container', kind='refused', text='broken')
    with pytest.raises(ActionException, match='broken'):
        reset(setup)
    assert setup.engine.changes == []


def test_containers_that_have_gone_are_left_out(setup):
    assert setup.policy.container_names['__default__']
    setup.client.remove_container('running', force=True)
    reset(setup)
    assert [call['container'] for call in setup.calls('connect_container_to_network')] == [setup.ids[1]]


def test_a_network_that_is_only_removed_gets_nothing_back(setup):
    state = setup.state('network', 'back')
    list(
        setup.runner.run_actions(
            [
                ItemAction(state, NetworkUtilAction.DISCONNECT_ALL, containers=['running']),
                ItemAction(state, Action.REMOVE),
            ]
        )
    )
    assert setup.calls('inspect_network') == []
    assert setup.calls('connect_container_to_network') == []


def test_actions_on_other_items_are_not_looked_at_in_advance(setup):
    seen = []

    def actions():
        for name in ('web', 'back'):
            seen.append(name)
            kind = 'network' if name == 'back' else 'container'
            yield ItemAction(setup.state(kind, name), Action.CREATE)

    outputs = setup.runner.run_actions(actions())
    next(outputs)
    assert seen == ['web']


def test_reconnecting_what_was_not_replaced_does_nothing(setup):
    list(setup.runner.run_actions([ItemAction(setup.state('network', 'back'), NetworkUtilAction.RECONNECT_ALL)]))
    assert setup.engine.changes == []

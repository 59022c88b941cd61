"""Making networks anew, with a way back."""
from __future__ import annotations

import pytest

from dockermap.exceptions import DockerStatusError
from dockermap.map.action import Action, DerivedAction, ItemAction, NetworkUtilAction
from dockermap.map.exceptions import ActionException


@pytest.fixture
def setup(make_setup):
    """A network with a running container and one that is stopped; both have an alias and a fixed address."""
    setup = make_setup({'web': {'networks': 'back'}, 'networks': {'back': {'driver_options': {'mtu': 1400}}}})
    network = setup.engine.add_network('shop.back', Options={'mtu': '1399'}, EnableIPv6=False, Labels={'a': 'b'},
                                       IPAM={'Driver': 'default', 'Options': None, 'Config': [
                                           {'Subnet': '10.9.0.0/24', 'Gateway': '10.9.0.1'},
                                           {'Subnet': 'fd00::/64', 'Gateway': 'fd00::1/64'}]})
    for number, name in enumerate(('running', 'stopped')):
        detail = setup.engine.add_container(name, Running=name == 'running')
        detail['NetworkSettings']['Networks']['shop.back'] = {
            'NetworkID': network['Id'], 'Aliases': [name[0], detail['Id'][:12]], 'Links': ['x:y'],
            'IPAMConfig': {'IPv4Address': f'10.9.0.{number + 2}'}}
        if name == 'running':
            network['Containers'][detail['Id']] = {'Name': name}
    original = setup.engine.containers
    setup.engine.containers = lambda **kwargs: [
        {**found, 'NetworkSettings': setup.engine.container_details[found['Id']]['NetworkSettings']}
        for found in original(**kwargs)]
    setup.ids = list(setup.engine.container_details)
    return setup


PLANS = {
    'connected': [(NetworkUtilAction.DISCONNECT_ALL, {'containers': ['running']}), (DerivedAction.RESET_NETWORK, {}),
                  (NetworkUtilAction.RECONNECT_ALL, {})],
    'without reconnecting': [(NetworkUtilAction.DISCONNECT_ALL, {'containers': ['running']}),
                             (DerivedAction.RESET_NETWORK, {})],
    'none running': [(DerivedAction.RESET_NETWORK, {})],
}


def reset(setup, plan='connected'):
    state = setup.state('network', 'back')
    return list(setup.runner.run_actions([ItemAction(state, actions, data) for actions, data in PLANS[plan]]))


@pytest.mark.parametrize('plan', list(PLANS))
def test_all_containers_come_back_as_they_were(setup, plan):
    reset(setup, plan)
    assert setup.calls('connect_container_to_network') == [
        {'container': container_id, 'net_id': 'shop.back', 'aliases': [name], 'links': [('x', 'y')],
         'ipv4_address': address}
        for container_id, name, address in zip(setup.ids, 'rs', ('10.9.0.2', '10.9.0.3'), strict=True)]


def test_the_network_is_replaced(setup):
    former = setup.policy.network_names['__default__']['shop.back']
    reset(setup)
    found = [detail for detail in setup.engine.network_details.values() if detail['Name'] == 'shop.back']
    assert [detail['Id'] for detail in found] == [setup.policy.network_names['__default__']['shop.back']]
    assert found[0]['Id'] != former


def test_containers_are_connected_after_the_network_is_there(setup):
    reset(setup)
    assert [change.split()[0] for change in setup.engine.changes if 'disconnect' not in change] == [
        'remove_network', 'create_network', 'connect_container_to_network', 'connect_container_to_network']


def test_what_cannot_be_made_is_known_before_anything_is_removed(setup):
    network = setup.policy.container_maps['shop'].networks['back']
    network.driver_options = lambda: 1 / 0
    with pytest.raises(ActionException, match='ZeroDivisionError'):
        reset(setup)
    assert setup.engine.changes == []


@pytest.mark.parametrize('plan', list(PLANS))
def test_the_former_network_is_made_again_if_the_new_one_cannot_be(setup, make_engine_error, plan):
    setup.engine.failures['create_network'] = make_engine_error(500, 'no such driver')
    with pytest.raises(ActionException, match='no such driver'):
        reset(setup, plan)
    assert setup.calls('create_network')[1] == {
        'name': 'shop.back', 'driver': 'bridge', 'options': {'mtu': '1399'}, 'internal': False, 'enable_ipv6': False,
        'labels': {'a': 'b'}, 'ipam': {'Driver': 'default', 'Options': {}, 'Config': [
            {'Subnet': '10.9.0.0/24', 'Gateway': '10.9.0.1'}, {'Subnet': 'fd00::/64', 'Gateway': 'fd00::1'}]}}
    assert [call['container'] for call in setup.calls('connect_container_to_network')] == setup.ids
    assert setup.policy.network_names['__default__']['shop.back'] in setup.engine.network_details


@pytest.mark.parametrize('call', ['disconnect_container_from_network', 'remove_network'])
def test_containers_come_back_if_the_network_cannot_be_removed(setup, make_engine_error, call):
    setup.engine.failures[call] = make_engine_error(500, 'broken')
    with pytest.raises(ActionException, match='broken'):
        reset(setup)
    assert setup.calls('create_network') == []
    assert [call['container'] for call in setup.calls('connect_container_to_network')] == setup.ids


def test_an_address_that_does_not_fit_is_given_up(setup, make_engine_error, caplog):
    setup.engine.failures['connect_container_to_network'] = make_engine_error(400, 'no configured subnet')
    reset(setup)
    assert [call.get('ipv4_address') for call in setup.calls('connect_container_to_network')] == [
        '10.9.0.2', None, '10.9.0.3']
    assert 'another address' in caplog.text


def test_a_container_that_cannot_be_connected_does_not_keep_the_others_out(setup, make_engine_error):
    original = setup.engine.connect_container_to_network

    def connect(**kwargs):
        if kwargs['container'] == setup.ids[0]:
            raise make_engine_error(500, 'broken')
        return original(**kwargs)

    setup.engine.connect_container_to_network = connect
    with pytest.raises(ActionException, match='running') as caught:
        reset(setup)
    assert isinstance(caught.value.source_exception[1], DockerStatusError)
    assert [call['container'] for call in setup.calls('connect_container_to_network')] == [setup.ids[1]]


def test_containers_that_have_gone_are_left_out(setup):
    original = setup.engine.inspect_container
    setup.engine.inspect_container = lambda name: original('gone' if name == setup.ids[0] else name)
    reset(setup)
    assert [call['container'] for call in setup.calls('connect_container_to_network')] == [setup.ids[1]]


def test_a_network_that_is_only_removed_gets_nothing_back(setup):
    state = setup.state('network', 'back')
    list(setup.runner.run_actions([ItemAction(state, NetworkUtilAction.DISCONNECT_ALL, containers=['running']),
                                   ItemAction(state, Action.REMOVE)]))
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

"""Networks of a swarm are compared with their map, and changed where nothing is in them."""

from __future__ import annotations

import pytest

from dockermap.map.input import ItemType, MapConfigId

FRONT = {'driver_options': {'encrypted': ''}, 'create_options': {'labels': {'tier': 'web'}}}
IPAM = {'Driver': 'default', 'Config': [{'Subnet': '10.77.0.0/24'}]}


def shop(network, **web):
    return {'networks': {'front': network}, 'web': {'image': 'web:1', 'networks': ['front'], **web}}


def calls(swarm):
    return [(call.method, call.subject) for call in swarm.calls]


@pytest.mark.parametrize(
    'network', [{}, FRONT, {'internal': True}, {'driver': 'overlay'}, {'create_options': {'ipam': IPAM}}]
)
def test_what_a_manager_adds_is_no_difference(swarm, make_client, network):
    client = make_client(shop(network))
    client.update('web')
    for _ in range(3):
        plan = client.plan('update', 'web')
        assert (list(plan.operations), list(plan.kept)) == ([], [])


@pytest.mark.parametrize(
    'network', [{'driver': 'bridge'}, {'driver': 'overlay'}, {'create_options': {'attachable': True}}]
)
def test_other_words_for_the_same_are_no_difference(swarm, make_client, network):
    make_client(shop({})).update('web')
    plan = make_client(shop(network)).plan('update', 'web')
    assert (list(plan.operations), list(plan.kept)) == ([], [])


@pytest.mark.parametrize(
    ('network', 'text'),
    [
        ({'internal': True}, 'internal'),
        ({'driver_options': {'encrypted': ''}}, 'driver option'),
        ({'create_options': {'labels': {'tier': 'web'}}}, 'labels'),
        ({'create_options': {'ipam': IPAM}}, 'IPAM'),
        ({'create_options': {'enable_ipv6': True}}, 'IPv6'),
    ],
)
@pytest.mark.parametrize('is_removed', [False, True])
def test_a_network_that_nothing_uses_is_created_again_when_it_differs(swarm, make_client, network, text, is_removed):
    former, wanted = (network, {}) if is_removed else ({}, network)
    client = make_client(shop(former))
    client.update('web')
    client.shutdown('web')
    swarm.calls.clear()
    client = make_client(shop(wanted))
    assert text in str(client.plan('update', 'web'))
    client.update('web')
    assert calls(swarm) == [
        ('remove_network', 'shop-front'),
        ('create_network', 'shop-front'),
        ('create_service', 'shop-web'),
    ]
    assert not client.plan('update', 'web').operations


def test_a_network_in_which_something_is_stays_and_that_is_named(swarm, make_client):
    make_client(shop({})).update('web')
    swarm.calls.clear()
    client = make_client(shop({'internal': True}, replicas=2))
    (kept,) = client.plan('update', 'web').kept
    assert (kept.text, 'in it is shop-web. Remove that' in kept.reason) == ('internal: no → yes', True)
    client.update('web')
    assert calls(swarm) == [('update_service', 'shop-web')]


def test_a_network_can_be_replaced_as_the_notice_says(swarm, make_client):
    make_client(shop({})).update('web')
    client = make_client(shop({'internal': True}))
    client.shutdown('web', remove_networks=True)
    client.update('web')
    assert swarm.networks['shop-front']['Internal']
    assert len(swarm.running('shop-web')) == 1


def test_networks_cost_no_request_each(swarm, make_client, monkeypatch):
    client = make_client(shop({}))
    client.update('web')
    monkeypatch.setattr('dockermap.testing.swarm.SwarmClient.inspect_network', None)
    assert not client.plan('update', 'web').operations


@pytest.mark.parametrize('is_used', [False, True])
def test_a_network_that_is_to_be_replaced_is_if_nothing_is_in_it(swarm, make_client, is_used):
    client = make_client(shop({}))
    client.update('web')
    if not is_used:
        client.shutdown('web')
    former = swarm.networks['shop-front']['Id']
    network = MapConfigId(ItemType.NETWORK, 'shop', 'front')
    plan = client.plan('update', 'web', force_update=[network])
    client.update('web', force_update=[network])
    assert ((swarm.networks['shop-front']['Id'] == former), len(plan.kept)) == (is_used, int(is_used))

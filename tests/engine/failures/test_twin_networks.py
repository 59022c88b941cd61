"""A second network of the same name, such as after a lost answer, does not stand in the way of later calls."""

from __future__ import annotations

import pytest

from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL


def of_map(name):
    return {MAP_LABEL: name, ITEM_LABEL: 'network:net'}


@pytest.fixture
def shop(make_client, service, unique):
    """A front end for a map with a network."""
    return make_client({'web': service(networks='net'), 'networks': {'net': {}}})


@pytest.fixture
def network_ids(api, unique):
    """Ids of all networks of the name, the oldest first."""

    def found():
        rows = [row for row in api.networks() if row['Name'] == f'{unique}.net']
        return [row['Id'] for row in sorted(rows, key=lambda row: row['Created'])]

    return found


def network_of(api, name):
    return next(iter(api.inspect_container(name)['NetworkSettings']['Networks'].values()))['NetworkID']


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_one_that_nothing_uses_is_removed(shop, api, unique, network_ids, make_twin_network, action):
    shop.startup('web')
    used = network_of(api, f'{unique}.web')
    make_twin_network(f'{unique}.net', labels=of_map(unique))
    assert len(network_ids()) == 2
    shop.run_actions(action, 'web')
    assert network_ids() == [used]
    assert network_of(api, f'{unique}.web') == used
    assert api.inspect_container(f'{unique}.web')['State']['Running']


def test_a_new_container_gets_the_oldest_of_several(shop, api, unique, network_ids, make_twin_network):
    for _ in range(3):
        make_twin_network(f'{unique}.net', labels=of_map(unique))
    oldest, *_ = network_ids()
    shop.startup('web')
    assert network_ids() == [oldest]
    assert network_of(api, f'{unique}.web') == oldest


def test_one_that_somebody_else_made_stays(shop, api, unique, network_ids, make_twin_network):
    shop.startup('web')
    used = network_of(api, f'{unique}.web')
    make_twin_network(f'{unique}.net')
    shop.update('web')
    assert len(network_ids()) == 2
    assert network_of(api, f'{unique}.web') == used
    for network_id in network_ids():
        if network_id != used:
            api.remove_network(network_id)

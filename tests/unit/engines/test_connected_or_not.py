"""Whether a container is connected with a network is told by the network; not all engines give ids of endpoints."""

from __future__ import annotations

import pytest

from dockermap.map.policy.utils import is_connected, networks_of

CONTENTS = {
    'default': {'web': {'image': 'box:1'}},
    'by name': {'web': {'image': 'box:1', 'networks': 'bridge'}},
    'by mode': {'web': {'image': 'box:1', 'network_mode': 'bridge'}},
    'own': {'web': {'image': 'box:1', 'networks': [('back', {'aliases': 'www'})]}, 'networks': {'back': {}}},
    'two': {'web': {'image': 'box:1', 'networks': ['back', 'front']}, 'networks': {'back': {}, 'front': {}}},
    'both': {'web': {'image': 'box:1', 'networks': ['back', 'bridge']}, 'networks': {'back': {}}},
}


@pytest.mark.parametrize('content', CONTENTS.values(), ids=CONTENTS)
def test_a_container_that_is_connected_stays_as_it_is(any_engine, client_for, content):
    client_for(any_engine, content).update('web')
    any_engine.calls.clear()
    assert client_for(any_engine, content).update('web') == []
    assert any_engine.changes == []


@pytest.mark.parametrize('content', CONTENTS.values(), ids=CONTENTS)
def test_a_stopped_container_is_started_and_nothing_else(any_engine, client_for, content):
    client_for(any_engine, content).update('web')
    any_engine.client().stop('shop.web')
    any_engine.calls.clear()
    client_for(any_engine, content).update('web')
    assert any_engine.changes == ['start shop.web']


def test_a_container_that_was_disconnected_is_connected_again(any_engine, client_for):
    client_for(any_engine, CONTENTS['own']).update('web')
    any_engine.client().disconnect_container_from_network('shop.web', 'shop.back')
    any_engine.calls.clear()
    client_for(any_engine, CONTENTS['own']).update('web')
    assert any_engine.changes == ['connect_container_to_network shop.back shop.web']


def test_a_fixed_address_that_a_container_has_is_no_difference_and_another_one_is(any_engine, client_for):
    def content(address):
        networks = {'back': {'create_options': {'ipam': {'Config': [{'Subnet': '10.5.0.0/24'}]}}}}
        return {'web': {'image': 'box:1', 'networks': [('back', {'ipv4_address': address})]}, 'networks': networks}

    client_for(any_engine, content('10.5.0.9')).update('web')
    any_engine.calls.clear()
    client_for(any_engine, content('10.5.0.9')).update('web')
    assert any_engine.changes == []
    client_for(any_engine, content('10.5.0.10')).update('web')
    assert any_engine.container('shop.web').endpoints['shop.back'].ip_address == '10.5.0.10'


def test_a_container_leaves_the_default_network_for_its_own(any_engine, client_for):
    client_for(any_engine, CONTENTS['default']).update('web')
    client_for(any_engine, CONTENTS['own']).update('web')
    assert list(any_engine.container('shop.web').endpoints) == ['shop.back']
    assert client_for(any_engine, CONTENTS['own']).update('web') == []


def test_a_fixed_address_moves_between_containers(any_engine, client_for):
    networks = {'back': {'create_options': {'ipam': {'Config': [{'Subnet': '10.5.0.0/24'}]}}}}

    def content(first, second):
        addresses = {'one': first, 'two': second}
        return {
            **{
                name: {'image': 'box:1', 'networks': [('back', {'ipv4_address': at})]} for name, at in addresses.items()
            },
            'networks': networks,
        }

    client_for(any_engine, content('10.5.0.8', '10.5.0.9')).update('__all__')
    client_for(any_engine, content('10.5.0.9', '10.5.0.8')).update('__all__')
    found = {name: any_engine.container(f'shop.{name}').endpoints['shop.back'].ip_address for name in ('one', 'two')}
    assert found == {'one': '10.5.0.9', 'two': '10.5.0.8'}


ID = 'a' * 64
PODMAN = '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9'


@pytest.mark.parametrize(
    ('found', 'names', 'network_id'),
    [
        ({'podman': {'NetworkID': 'podman'}}, ['bridge'], ''),
        ({'podman': {'NetworkID': PODMAN}}, ['bridge'], PODMAN),
        ({'podman': {'NetworkID': ID}}, ['podman'], ID),
        ({'default': {'NetworkID': ''}}, ['bridge'], ''),
        ({'shop.back': {'NetworkID': 'shop.back'}}, ['shop.back'], ''),
        ({ID: {'NetworkID': ID}}, [ID], ID),
    ],
)
def test_networks_have_the_names_that_they_are_listed_under(found, names, network_id):
    networks = networks_of({'NetworkSettings': {'Networks': found}})
    assert list(networks) == names
    assert networks[names[0]]['NetworkID'] == network_id


@pytest.mark.parametrize('detail', [{}, {'NetworkSettings': None}, {'NetworkSettings': {'Networks': None}}])
def test_a_container_without_networks_is_in_none(detail):
    assert networks_of(detail) == {}


@pytest.mark.parametrize(
    ('endpoint', 'claim'),
    [
        ({'EndpointID': 'e1'}, True),
        ({'EndpointID': '', 'IPAddress': '10.5.0.9'}, True),
        ({'EndpointID': '', 'GlobalIPv6Address': 'fd00::9'}, True),
        ({'EndpointID': '', 'IPAddress': '', 'IPAMConfig': {'IPv4Address': '10.5.0.9'}}, False),
    ],
)
def test_only_what_works_counts_as_connected(endpoint, claim):
    assert is_connected(endpoint) is claim

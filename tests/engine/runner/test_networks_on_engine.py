"""Replacing networks on a real engine."""

from __future__ import annotations

import pytest

from dockermap.map.exceptions import ActionRunnerException


@pytest.fixture
def shop(make_client, service, api, base_image, unique):
    """A network with a container of the map, a foreign one with a fixed address, and a foreign one that never ran."""
    networks = {'back': {'create_options': {'ipam': {'Config': [{'Subnet': '10.213.7.0/24'}]}}}}
    container_map = {'web': service(networks={'back': {'aliases': ['w']}}), 'networks': networks}
    make_client(container_map).startup('web')
    for name, address in (('foreign', '10.213.7.77'), ('stopped', None)):
        endpoint = api.create_endpoint_config(aliases=[name[0]], ipv4_address=address)
        api.create_container(
            base_image,
            ['sleep', '60'],
            name=f'{unique}-{name}',
            networking_config=(api.create_networking_config({f'{unique}.back': endpoint})),
        )
    api.start(f'{unique}-foreign')
    return container_map


@pytest.fixture
def endpoints(api, unique):
    def found():
        names = (f'{unique}.web', f'{unique}-foreign', f'{unique}-stopped')
        details = [api.inspect_container(name)['NetworkSettings']['Networks'][f'{unique}.back'] for name in names]
        network_id = api.inspect_network(f'{unique}.back')['Id']
        return [
            (
                detail['Aliases'][0],
                (detail['IPAMConfig'] or {}).get('IPv4Address'),
                detail['NetworkID'] in ('', network_id),
            )
            for detail in details
        ]

    return found


EVERYBODY = [('w', None, True), ('f', '10.213.7.77', True), ('s', None, True)]


def test_everybody_comes_back_to_a_network_that_is_made_anew(make_client, shop, endpoints, api, unique):
    former = api.inspect_network(f'{unique}.back')['Id']
    shop['networks']['back']['driver_options'] = {'com.docker.network.driver.mtu': 1400}
    make_client(shop).update('web')
    detail = api.inspect_network(f'{unique}.back')
    assert detail['Id'] != former
    assert list(detail['Options'].values()) == ['1400']
    assert endpoints() == EVERYBODY
    api.start(f'{unique}-stopped')


def test_a_network_that_cannot_be_made_leaves_everything_as_it_was(make_client, shop, endpoints, api, unique):
    shop['networks']['back']['driver'] = 'nosuch'
    with pytest.raises(ActionRunnerException, match='nosuch'):
        make_client(shop).update('web')
    assert api.inspect_network(f'{unique}.back')['IPAM']['Config'][0]['Subnet'] == '10.213.7.0/24'
    assert endpoints() == EVERYBODY
    shop['networks']['back']['driver'] = 'bridge'
    assert make_client(shop).update('web') == []


def test_a_second_network_of_the_same_name_is_no_obstacle(make_client, service, api, unique, make_twin_network):
    container_map = {'web': service(networks='back'), 'networks': {'back': None}}
    client = make_client(container_map)
    client.startup('web')
    client.shutdown('web')
    make_twin_network(f'{unique}.back')
    client.startup('web')
    assert len([network for network in api.networks() if network['Name'] == f'{unique}.back']) == 2

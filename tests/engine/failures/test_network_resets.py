"""A network that cannot be replaced is put back, with everybody who was in it."""

from __future__ import annotations

import pytest

from dockermap.map.action import Action


def pool(number):
    return {'Config': [{'Subnet': f'10.215.{number}.0/24'}]}


@pytest.fixture
def shop(make_client, service, foreign, api, unique):
    """A front end for a running map, and for the same with another pool; foreign containers are in the network."""

    def container_map(number):
        return {
            'web': service(networks={'net': {'aliases': ['w'], 'ipv4_address': f'10.215.{number}.20'}}),
            'networks': {'net': {'create_options': {'ipam': pool(number)}}},
        }

    make_client(container_map(1)).startup('web')
    for name, command in (('runs', 'sleep 60'), ('ran', None)):
        foreign(name, command)
        api.connect_container_to_network(
            f'{unique}{name}', f'{unique}.net', aliases=[name], ipv4_address='10.215.1.77' if command else None
        )
    return make_client(container_map(2))


@pytest.fixture
def endpoints(api, unique):
    """By container: its alias, its fixed address, and whether it is in the network that is there now."""

    def found():
        network_id = api.inspect_network(f'{unique}.net')['Id']
        names = {'web': f'{unique}.web', 'runs': f'{unique}runs', 'ran': f'{unique}ran'}
        details = {
            key: api.inspect_container(name)['NetworkSettings']['Networks'][f'{unique}.net']
            for key, name in names.items()
        }
        return {
            key: (
                detail['Aliases'][0],
                (detail['IPAMConfig'] or {}).get('IPv4Address'),
                detail['NetworkID'] in ('', network_id),
            )
            for key, detail in details.items()
        }

    return found


ITEMS = ['net network', 'ran created', 'runs running', 'web running']


def check_moved(shop, endpoints, api, unique, engine_items):
    shop.update('web')
    assert endpoints()['web'] == ('w', '10.215.2.20', True)
    assert (endpoints()['runs'][0], endpoints()['runs'][2]) == ('runs', True)
    assert endpoints()['ran'] == ('ran', None, True)
    assert api.inspect_network(f'{unique}.net')['IPAM']['Config'][0]['Subnet'] == '10.215.2.0/24'
    assert [item for item in engine_items() if '-other' not in item] == ITEMS
    assert shop.update('web') == []


def test_the_wanted_addresses_are_taken(shop, endpoints, api, unique, engine_items, failure_of):
    api.create_network(f'{unique}-other', ipam=pool(2))
    before = endpoints()
    failure_of(lambda: shop.update('web'), 'net', Action.CREATE, 'Pool overlaps', 'is already used')
    assert (
        endpoints()
        == before
        == {'web': ('w', '10.215.1.20', True), 'runs': ('runs', '10.215.1.77', True), 'ran': ('ran', None, True)}
    )
    assert engine_items() == ['-other network', *ITEMS]
    api.remove_network(f'{unique}-other')
    check_moved(shop, endpoints, api, unique, engine_items)


def test_somebody_joins_while_everybody_is_leaving(
    shop, connection, foreign, endpoints, api, unique, engine_items, failure_of
):
    late = foreign('-other', 'sleep 60')
    connection.once_before('remove_network', lambda: api.connect_container_to_network(late, f'{unique}.net'))
    before = endpoints()
    failure_of(lambda: shop.update('web'), 'net', Action.REMOVE, 'has active endpoints', 'has associated containers')
    assert endpoints() == before
    check_moved(shop, endpoints, api, unique, engine_items)
    assert f'{unique}.net' in api.inspect_container(late)['NetworkSettings']['Networks']


def test_a_container_vanishes_before_it_comes_back(shop, connection, endpoints, api, unique, engine_items):
    connection.once_before('create_network', lambda: api.remove_container(f'{unique}runs', force=True))
    shop.update('web')
    assert engine_items() == ['net network', 'ran created', 'web running']


def test_the_network_vanishes_while_it_is_replaced(shop, connection, endpoints, api, unique, engine_items):
    connection.once_before('remove_network', lambda: api.remove_network(f'{unique}.net'))
    check_moved(shop, endpoints, api, unique, engine_items)

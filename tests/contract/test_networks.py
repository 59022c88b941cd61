"""Creating, finding and removing networks."""

from __future__ import annotations

from typing import Any

import docker
import pytest

from tests.contract.lab import SUBNET, Lab


def pools(**values: Any) -> Any:
    return docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(**values)])


def test_a_network_is_as_it_was_asked_for(lab: Lab) -> None:
    lab.network('back', labels={'a': 'b'}, internal=True, attachable=True, options={'com.example': 'x'})
    found = lab.client.inspect_network(lab.name('back'))

    assert {
        key: found[key]
        for key in (
            'Name',
            'Driver',
            'Scope',
            'Internal',
            'Attachable',
            'Ingress',
            'EnableIPv6',
            'Labels',
            'Options',
            'Containers',
        )
    } == {
        'Name': lab.name('back'),
        'Driver': 'bridge',
        'Scope': 'local',
        'Internal': True,
        'Attachable': True,
        'Ingress': False,
        'EnableIPv6': False,
        'Labels': {'a': 'b'},
        'Options': {'com.example': 'x'},
        'Containers': {},
    }


def test_a_network_gets_a_subnet_of_the_engine(lab: Lab) -> None:
    lab.network('back')
    ipam = lab.client.inspect_network(lab.name('back'))['IPAM']

    assert (ipam['Driver'], ipam['Options'], len(ipam['Config'])) == ('default', None, 1)
    assert set(ipam['Config'][0]) == {'Subnet', 'Gateway'}


def test_a_network_has_the_subnet_that_was_asked_for(lab: Lab) -> None:
    lab.network('back', SUBNET)

    assert lab.client.inspect_network(lab.name('back'))['IPAM'] == {
        'Driver': 'default',
        'Options': {},
        'Config': [{'Subnet': SUBNET}],
    } | ({'Options': lab.client.inspect_network(lab.name('back'))['IPAM']['Options']})


def test_all_of_an_address_pool_is_shown(lab: Lab) -> None:
    lab.network(
        'back',
        ipam=pools(
            subnet='10.77.2.0/24',
            gateway='10.77.2.254',
            iprange='10.77.2.128/25',
            aux_addresses={'router': '10.77.2.130'},
        ),
    )

    assert lab.client.inspect_network(lab.name('back'))['IPAM']['Config'] == [
        {
            'Subnet': '10.77.2.0/24',
            'IPRange': '10.77.2.128/25',
            'Gateway': '10.77.2.254',
            'AuxiliaryAddresses': {'router': '10.77.2.130'},
        }
    ]


def test_a_network_is_found_by_name_id_and_the_beginning_of_its_id(lab: Lab) -> None:
    network_id = lab.network('back')

    for reference in (lab.name('back'), network_id, network_id[:10]):
        assert lab.client.inspect_network(reference)['Id'] == network_id


def test_a_missing_network_is_not_found(lab: Lab) -> None:
    lab.run('web')
    missing = (404, 'network nothing not found')

    assert lab.refused(lab.client.inspect_network, lab.name('nothing')) == missing
    assert lab.refused(lab.client.remove_network, lab.name('nothing')) == missing
    assert lab.refused(lab.client.connect_container_to_network, lab.name('web'), lab.name('nothing')) == missing
    assert lab.refused(lab.client.disconnect_container_from_network, lab.name('web'), lab.name('nothing')) == missing


def test_a_second_network_of_the_same_name_is_allowed_with_a_warning(lab: Lab) -> None:
    first = lab.network('back')

    second = lab.client.create_network(lab.name('back'))

    assert second['Id'] != first
    assert second['Warning'] == f'Network with name {lab.name("back")} (id : {first}) already exists'
    lab.client.remove_network(first)
    lab.client.remove_network(second['Id'])


def test_a_second_network_of_the_same_name_can_be_ruled_out(lab: Lab) -> None:
    lab.network('back')

    assert lab.refused(lab.client.create_network, lab.name('back'), check_duplicate=True) == (
        409,
        'network with name back already exists',
    )


def test_names_of_several_networks_are_refused(lab: Lab) -> None:
    ids = [lab.network('back'), lab.network('back')]
    lab.run('web')

    inspected = lab.refused(lab.client.inspect_network, lab.name('back'))
    removed = lab.refused(lab.client.remove_network, lab.name('back'))
    connected = lab.refused(lab.client.connect_container_to_network, lab.name('web'), lab.name('back'))
    for network_id in ids:
        lab.client.remove_network(network_id)

    assert inspected == (400, '2 matches found based on name: network back is ambiguous')
    assert removed == (400, 'network back is ambiguous (2 matches found based on name)')
    assert connected == (400, 'network back is ambiguous (2 matches found on name)')


def test_a_container_cannot_start_in_a_network_whose_name_is_ambiguous(lab: Lab) -> None:
    ids = [lab.network('back'), lab.network('back')]
    lab.create('web', network=lab.name('back'))

    refused = lab.refused(lab.client.start, lab.name('web'))
    for network_id in ids:
        lab.client.remove_network(network_id)

    assert refused == (400, 'network back is ambiguous (2 matches found on name)')


@pytest.mark.parametrize('name', ['bridge', 'host', 'none'])
def test_predefined_networks_stay(lab: Lab, name: str) -> None:
    assert lab.refused(lab.client.remove_network, name) == (
        403,
        f'{name} is a pre-defined network and cannot be removed',
    )
    assert lab.refused(lab.client.create_network, name) == (
        403,
        f'operation is not permitted on predefined {name} network ',
    )


@pytest.mark.parametrize('driver', ['host', 'null'])
def test_there_is_one_network_of_some_drivers(lab: Lab, driver: str) -> None:
    assert lab.refused(lab.network, 'other', driver=driver) == (
        403,
        f'only one instance of "{driver}" network is allowed',
    )


def test_unknown_drivers_are_refused(lab: Lab) -> None:
    assert lab.refused(lab.network, 'back', driver='nope') == (404, 'plugin "nope" not found')


def test_impossible_subnets_are_refused(lab: Lab) -> None:
    lab.network('back', SUBNET)

    assert lab.refused(lab.network, 'other', SUBNET) == (403, 'Pool overlaps with other one on this address space')
    assert lab.refused(lab.network, 'other', 'x') == (500, 'Invalid subnet x : invalid CIDR address: x')


def test_ipv6_needs_a_subnet(lab: Lab) -> None:
    status, text = lab.refused(lab.network, 'back', enable_ipv6=True)

    assert (status, text) == (
        404,
        'could not find an available, non-overlapping IPv6 address pool among the defaults to assign to the network',
    )


def test_a_network_with_running_containers_is_not_removed(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))

    assert lab.refused(lab.client.remove_network, lab.name('back')) == (
        403,
        'error while removing network: network back id <id> has active endpoints',
    )


def test_a_network_of_stopped_containers_can_be_removed(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))
    lab.client.stop(lab.name('web'), timeout=0)

    assert lab.client.remove_network(lab.name('back')) is None
    assert lab.endpoints('web').keys() == {'back'}


def test_an_inspection_names_running_containers(lab: Lab) -> None:
    lab.network('back')
    web = lab.run('web', network=lab.name('back'))
    lab.create('db', network=lab.name('back'))
    endpoint = lab.endpoints('web')['back']

    assert lab.client.inspect_network(lab.name('back'))['Containers'] == {
        web: {
            'Name': lab.name('web'),
            'EndpointID': endpoint['EndpointID'],
            'MacAddress': endpoint['MacAddress'],
            'IPv4Address': f'{endpoint["IPAddress"]}/{endpoint["IPPrefixLen"]}',
            'IPv6Address': '',
        }
    }


def test_lists_of_networks_name_no_containers(lab: Lab) -> None:
    network_id = lab.network('back')
    lab.run('web', network=lab.name('back'))
    found = [network for network in lab.client.networks() if network['Id'] == network_id]

    assert [(network['Name'], network['Containers']) for network in found] == [(lab.name('back'), {})]


def test_networks_are_filtered(lab: Lab) -> None:
    lab.network('back', labels={'tier': 'back'})
    lab.network('back-2', labels={'tier': 'other'})

    def names(**arguments: Any) -> set[str]:
        return {
            network['Name'].removeprefix(f'{lab.prefix}-')
            for network in lab.client.networks(**arguments)
            if network['Name'].startswith(lab.prefix)
        }

    assert names() == names(filters={'driver': 'bridge'}) == names(names=[lab.name('back')]) == {'back', 'back-2'}
    assert names(filters={'label': 'tier=back'}) == {'back'}
    assert names(ids=[lab.client.inspect_network(lab.name('back'))['Id']]) == {'back'}
    assert names(filters={'type': 'builtin'}) == set()
    assert lab.refused(lab.client.networks, filters={'nope': 'x'}) == (400, "Invalid filter 'nope'")


def test_there_are_predefined_networks(lab: Lab) -> None:
    found = {network['Name']: network['Driver'] for network in lab.client.networks(filters={'type': 'builtin'})}

    assert found == {'bridge': 'bridge', 'host': 'host', 'none': 'null'}


def test_options_and_labels_are_dictionaries(lab: Lab) -> None:
    with pytest.raises(TypeError, match='options must be a dictionary'):
        lab.network('back', options=[('a', 'b')])
    with pytest.raises(TypeError, match='labels must be a dictionary'):
        lab.network('back', labels=['a'])


def test_a_network_needs_a_name(lab: Lab) -> None:
    status, text = lab.refused(lab.client.create_network, '')

    assert (status, text) == (500, 'invalid name: ')

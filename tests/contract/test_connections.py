"""Connecting containers with networks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.lab import SUBNET, Lab

UNKNOWN = {'NetworkID': '', 'EndpointID': '', 'Gateway': '', 'IPAddress': '', 'IPPrefixLen': 0, 'MacAddress': ''}


def settings(endpoint: dict[str, Any]) -> dict[str, Any]:
    return {key: endpoint[key] for key in ('IPAMConfig', 'Links', 'Aliases', 'DriverOpts')}


def test_a_container_is_in_the_default_network(lab: Lab) -> None:
    lab.create('web')
    before = lab.endpoints('web')
    lab.client.start(lab.name('web'))
    after = lab.details('web')['NetworkSettings']

    assert before.keys() == {'bridge'}
    assert before['bridge'].items() >= UNKNOWN.items()
    assert settings(after['Networks']['bridge']) == {
        'IPAMConfig': None,
        'Links': None,
        'Aliases': None,
        'DriverOpts': None,
    }
    assert after['IPAddress'] == after['Networks']['bridge']['IPAddress'] != ''
    assert after['Networks']['bridge']['NetworkID'] == lab.client.inspect_network('bridge')['Id']


def test_in_networks_of_its_own_it_has_its_short_id_as_alias_once_started(lab: Lab) -> None:
    lab.network('back')
    container_id = lab.create('web', network=lab.name('back'), endpoint={'aliases': ['site']})
    before = lab.endpoints('web')['back']
    lab.client.start(lab.name('web'))
    after = lab.endpoints('web')['back']

    assert before.items() >= UNKNOWN.items()
    assert before['Aliases'] == ['site']
    assert after['Aliases'] == ['site', *lab.own_aliases(container_id[:12])]
    assert lab.details('web')['NetworkSettings']['IPAddress'] == ''


def test_a_host_name_is_an_alias_too(lab: Lab) -> None:
    lab.network('back')
    container_id = lab.run('web', network=lab.name('back'), hostname='site')

    assert (lab.endpoints('web')['back']['Aliases'] or []) == lab.own_aliases(container_id[:12], 'site')


def test_network_mode_can_name_a_network(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', host={'network_mode': lab.name('back')})

    assert lab.endpoints('web').keys() == {'back'}
    assert lab.host('web')['NetworkMode'] == lab.name('back')


def test_network_mode_can_be_the_id_of_a_network(lab: Lab) -> None:
    network_id = lab.network('back')
    lab.run('web', host={'network_mode': network_id})

    assert lab.endpoints('web').keys() == {'back'}


def test_a_given_network_is_used_instead_of_the_network_mode(lab: Lab) -> None:
    lab.network('back')
    lab.network('front')
    lab.run('web', host={'network_mode': lab.name('front')}, network=lab.name('back'))

    assert lab.endpoints('web').keys() == {'back'}


def test_two_networks_at_once_are_refused(lab: Lab) -> None:
    endpoints = {lab.name(name): lab.client.create_endpoint_config() for name in ('back', 'front')}

    status, text = lab.refused(lab.create, 'web', networking_config=lab.client.create_networking_config(endpoints))

    # Engines name them in no fixed order.
    start, _, names = text.rpartition(': ')
    assert (status, start) == (400, 'Container cannot be connected to network endpoints')
    assert sorted(names.split(', ')) == ['back', 'front']


def test_a_missing_network_is_found_out_at_the_start(lab: Lab) -> None:
    lab.create('web', network=lab.name('nothing'))

    assert lab.refused(lab.client.start, lab.name('web')) == (404, 'network nothing not found')
    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('created', 128)


def test_a_running_container_is_connected_at_once(lab: Lab) -> None:
    network_id = lab.network('back')
    container_id = lab.run('web')

    lab.client.connect_container_to_network(
        lab.name('web'),
        lab.name('back'),
        aliases=['site'],
        links=[('a', 'b')],
        link_local_ips=['169.254.1.2'],
        driver_opt={'c': 'd'},
    )
    found = lab.endpoints('web')

    assert found.keys() == {'bridge', 'back'}
    assert found['back']['NetworkID'] == network_id
    assert settings(found['back']) == {
        'IPAMConfig': {'LinkLocalIPs': ['169.254.1.2']},
        'Links': ['a:b'],
        'Aliases': ['site', *lab.own_aliases(container_id[:12])],
        'DriverOpts': {'c': 'd'},
    }
    assert container_id in lab.client.inspect_network(lab.name('back'))['Containers']


def test_a_stopped_container_is_connected_when_it_starts(lab: Lab) -> None:
    lab.network('back')
    container_id = lab.create('web')

    lab.client.connect_container_to_network(lab.name('web'), lab.name('back'), aliases=['site'])
    before = lab.endpoints('web')['back']
    lab.client.start(lab.name('web'))

    assert before.items() >= UNKNOWN.items()
    assert before['Aliases'] == ['site', *lab.own_aliases(container_id[:12])]
    assert lab.endpoints('web')['back']['IPAddress']


def test_connecting_twice_is_refused_while_it_runs(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))

    assert lab.refused(lab.client.connect_container_to_network, lab.name('web'), lab.name('back')) == (
        403,
        'endpoint with name web already exists in network back',
    )


def test_connecting_a_stopped_container_again_changes_nothing(lab: Lab) -> None:
    lab.network('back')
    lab.create('web', network=lab.name('back'), endpoint={'aliases': ['site']})

    lab.client.connect_container_to_network(lab.name('web'), lab.name('back'), aliases=['other'])

    assert lab.endpoints('web')['back']['Aliases'] == ['site']


def test_connecting_a_stopped_container_with_a_network_of_the_same_name_replaces_its_settings(lab: Lab) -> None:
    lab.network('back')
    container_id = lab.run('web', network=lab.name('back'), endpoint={'aliases': ['site']})
    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.remove_network(lab.name('back'))
    lab.network('back')

    lab.client.connect_container_to_network(lab.name('web'), lab.name('back'), aliases=['other'])

    assert lab.endpoints('web')['back']['Aliases'] == ['other', *lab.own_aliases(container_id[:12])]


def test_settings_of_a_connection_that_failed_stay(lab: Lab) -> None:
    lab.network('back', SUBNET)
    lab.run('web')
    lab.refused(lab.client.connect_container_to_network, lab.name('web'), lab.name('back'), ipv4_address='10.77.1.1')
    left = lab.endpoints('web')['back']

    assert left.items() >= {**UNKNOWN, 'IPAMConfig': {'IPv4Address': '10.77.1.1'}}.items()
    assert lab.refused(lab.client.disconnect_container_from_network, lab.name('web'), lab.name('back')) == (
        500,
        'container <id> is not connected to network back',
    )
    lab.client.connect_container_to_network(lab.name('web'), lab.name('back'), ipv4_address='10.77.1.5')
    assert lab.endpoints('web')['back']['IPAddress'] == '10.77.1.5'


def test_disconnecting_a_running_container(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))

    lab.client.disconnect_container_from_network(lab.name('web'), lab.name('back'))

    assert lab.endpoints('web') == {}
    assert lab.client.inspect_network(lab.name('back'))['Containers'] == {}


def test_disconnecting_a_stopped_container(lab: Lab) -> None:
    lab.network('back')
    lab.create('web', network=lab.name('back'))

    lab.client.disconnect_container_from_network(lab.name('web'), lab.name('back'))

    assert lab.endpoints('web') == {}


def test_a_container_without_networks_starts_without(lab: Lab) -> None:
    lab.create('web')
    lab.client.disconnect_container_from_network(lab.name('web'), 'bridge')

    lab.client.start(lab.name('web'))

    assert (lab.status('web'), lab.endpoints('web')) == ('running', {})


@pytest.mark.parametrize(
    ('starts', 'text'),
    [
        (True, 'container <id> is not connected to network back'),
        (False, 'container <id> is not connected to the network back'),
    ],
)
def test_disconnecting_what_is_not_connected_is_refused(lab: Lab, starts: bool, text: str) -> None:
    lab.network('back')
    lab.run('web') if starts else lab.create('web')

    for force in (False, True):
        assert lab.refused(
            lab.client.disconnect_container_from_network, lab.name('web'), lab.name('back'), force=force
        ) == (500, text)


def test_after_its_end_a_container_keeps_its_networks_without_addresses(lab: Lab) -> None:
    network_id = lab.network('back')
    container_id = lab.run('web', network=lab.name('back'))
    lab.client.stop(lab.name('web'), timeout=0)
    found = lab.endpoints('web')['back']

    assert found.items() >= {**UNKNOWN, 'NetworkID': network_id}.items()
    assert (found['Aliases'] or []) == lab.own_aliases(container_id[:12])


def test_a_container_cannot_start_whose_network_was_removed(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))
    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.remove_network(lab.name('back'))

    assert lab.refused(lab.client.start, lab.name('web')) == (404, 'network <id> not found')
    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('exited', 137)


def test_not_even_if_there_is_a_new_one_of_this_name(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))
    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.remove_network(lab.name('back'))
    lab.network('back')

    assert lab.refused(lab.client.start, lab.name('web')) == (404, 'network <id> not found')


def test_connecting_it_again_with_the_new_one_helps(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))
    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.remove_network(lab.name('back'))
    new = lab.network('back')

    lab.client.disconnect_container_from_network(lab.name('web'), lab.name('back'), force=True)
    lab.client.connect_container_to_network(lab.name('web'), lab.name('back'))
    lab.client.start(lab.name('web'))

    assert lab.endpoints('web')['back']['NetworkID'] == new


def test_a_stopped_container_can_leave_a_removed_network(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'))
    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.remove_network(lab.name('back'))

    lab.client.disconnect_container_from_network(lab.name('web'), lab.name('back'))

    assert lab.endpoints('web') == {}


@pytest.mark.parametrize('mode', ['host', 'none'])
def test_host_and_none_stay_alone(lab: Lab, mode: str) -> None:
    lab.network('back')
    lab.run('web', host={'network_mode': mode})

    status, text = lab.refused(lab.client.connect_container_to_network, lab.name('web'), lab.name('back'))

    assert status == 400
    assert (
        text
        == {
            'host': 'container sharing network namespace with another container or host cannot be connected to any '
            'other network',
            'none': 'container cannot be connected to multiple networks with one of the networks in private '
            '(none) mode',
        }[mode]
    )
    assert lab.endpoints('web').keys() == {mode}


def test_containers_cannot_join_or_leave_the_hosts_network(lab: Lab) -> None:
    lab.run('web')
    lab.run('other', host={'network_mode': 'host'})
    refused = (400, 'container cannot be disconnected from host network or connected to host network')

    assert lab.refused(lab.client.connect_container_to_network, lab.name('web'), 'host') == refused
    assert lab.refused(lab.client.disconnect_container_from_network, lab.name('other'), 'host') == refused


def test_a_container_with_network_disabled_has_none(lab: Lab) -> None:
    lab.run('web', network_disabled=True)

    assert lab.endpoints('web') == {}
    assert lab.details('web')['Config']['NetworkDisabled'] is True


def test_a_fixed_address_is_used(lab: Lab) -> None:
    lab.network('back', SUBNET)
    lab.run('web', network=lab.name('back'), endpoint={'ipv4_address': '10.77.1.9'})
    found = lab.endpoints('web')['back']

    assert (found['IPAMConfig'], found['IPAddress'], found['IPPrefixLen'], found['Gateway']) == (
        {'IPv4Address': '10.77.1.9'},
        '10.77.1.9',
        24,
        '10.77.1.1',
    )
    # From 28 on, engines choose one at random.
    assert found['MacAddress'] == '02:42:0a:4d:01:09' or lab.speaks('1.48')


def test_addresses_are_given_from_the_lowest_free_one_on(lab: Lab) -> None:
    lab.network('back', SUBNET)
    for name in ('web', 'db', 'app'):
        lab.run(name, network=lab.name('back'))
    lab.client.stop(lab.name('db'), timeout=0)
    lab.run('new', network=lab.name('back'))

    assert [lab.endpoints(name)['back']['IPAddress'] for name in ('web', 'app', 'new')] == [
        '10.77.1.2',
        '10.77.1.4',
        '10.77.1.3',
    ]


def test_a_fixed_address_that_is_in_use_is_refused(lab: Lab) -> None:
    lab.network('back', SUBNET)
    lab.run('web', network=lab.name('back'), endpoint={'ipv4_address': '10.77.1.9'})
    lab.create('db', network=lab.name('back'), endpoint={'ipv4_address': '10.77.1.9'})
    lab.run('app')

    assert lab.refused(lab.client.start, lab.name('db')) == (403, 'Address already in use')
    assert lab.status('db') == 'created'
    assert lab.refused(
        lab.client.connect_container_to_network, lab.name('app'), lab.name('back'), ipv4_address='10.77.1.9'
    ) == (403, 'Address already in use')


def test_the_gateways_address_is_in_use(lab: Lab) -> None:
    lab.network('back', SUBNET)
    lab.run('web')

    assert lab.refused(
        lab.client.connect_container_to_network, lab.name('web'), lab.name('back'), ipv4_address='10.77.1.1'
    ) == (403, 'Address already in use')


def test_an_address_that_was_freed_can_be_used(lab: Lab) -> None:
    lab.network('back', SUBNET)
    lab.run('web', network=lab.name('back'), endpoint={'ipv4_address': '10.77.1.9'})
    lab.create('db', network=lab.name('back'), endpoint={'ipv4_address': '10.77.1.9'})

    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.start(lab.name('db'))

    assert lab.endpoints('db')['back']['IPAddress'] == '10.77.1.9'
    assert lab.refused(lab.client.start, lab.name('web')) == (403, 'Address already in use')


def test_addresses_outside_of_the_subnet_are_refused(lab: Lab) -> None:
    lab.network('back', SUBNET)
    lab.run('web')
    refused = (500, "Invalid address 10.78.1.9: It does not belong to any of this network's subnets")

    assert (
        lab.refused(
            lab.client.connect_container_to_network, lab.name('web'), lab.name('back'), ipv4_address='10.78.1.9'
        )
        == refused
    )
    assert lab.refused(lab.run, 'db', network=lab.name('back'), endpoint={'ipv4_address': '10.78.1.9'}) == refused


def test_addresses_need_a_subnet_that_was_asked_for(lab: Lab) -> None:
    lab.network('back')
    lab.run('web')
    refused = (
        400,
        'user specified IP address is supported only when connecting to networks with user configured subnets',
    )

    assert (
        lab.refused(
            lab.client.connect_container_to_network, lab.name('web'), lab.name('back'), ipv4_address='10.78.1.9'
        )
        == refused
    )
    assert lab.refused(lab.run, 'db', network=lab.name('back'), endpoint={'ipv4_address': '10.78.1.9'}) == refused


def test_the_default_network_takes_neither_addresses_nor_aliases(lab: Lab) -> None:
    # Some engines refuse to create the container, the others to start it.
    assert lab.refused(lab.run, 'web', network='bridge', endpoint={'ipv4_address': '10.78.1.9'}) == (
        400,
        'user specified IP address is supported on user defined networks only',
    )
    assert lab.refused(lab.run, 'db', network='bridge', endpoint={'aliases': ['x']}) == (
        400,
        'network-scoped alias is supported only for containers in user defined networks',
    )


def test_a_mac_address_is_used(lab: Lab) -> None:
    lab.run('web', mac_address='02:42:ac:11:00:99')

    assert lab.endpoints('web')['bridge']['MacAddress'] == '02:42:ac:11:00:99'
    assert lab.details('web')['Config']['MacAddress'] == '02:42:ac:11:00:99'


def test_another_containers_network_is_shown_by_id(lab: Lab) -> None:
    other = lab.run('other', hostname='shared')
    lab.create('web', host={'network_mode': f'container:{lab.name("other")}'})
    assert lab.host('web')['NetworkMode'] == f'container:{other}'
    lab.client.start(lab.name('web'))
    details = lab.details('web')

    assert details['HostConfig']['NetworkMode'] == f'container:{other}'
    assert details['NetworkSettings']['Networks'] == {}
    assert details['Config']['Hostname'] == 'shared'


def test_another_containers_network_needs_it_to_run(lab: Lab) -> None:
    lab.create('other')
    lab.create('web', host={'network_mode': f'container:{lab.name("other")}'})

    assert lab.refused(lab.client.start, lab.name('web')) == (
        409,
        'cannot join network of a non running container: <id>',
    )


def test_another_containers_network_needs_it_to_exist(lab: Lab) -> None:
    lab.create('web', host={'network_mode': f'container:{lab.name("nobody")}'})

    assert lab.host('web')['NetworkMode'] == f'container:{lab.name("nobody")}'
    assert lab.refused(lab.client.start, lab.name('web')) == (404, 'No such container: nobody')


def test_another_containers_network_is_not_found_after_its_removal(lab: Lab) -> None:
    lab.create('other')
    lab.create('web', host={'network_mode': f'container:{lab.name("other")}'})
    lab.client.remove_container(lab.name('other'))

    assert lab.refused(lab.client.start, lab.name('web')) == (404, 'No such container: <id>')


@pytest.mark.parametrize(
    ('arguments', 'text'),
    [
        ({'hostname': 'x'}, 'hostname and the network mode'),
        ({'host': {'port_bindings': {80: 8080}}}, 'port publishing and the container type network mode'),
        ({'ports': [80]}, 'port exposing and the container type network mode'),
        ({'host': {'dns': ['1.1.1.1']}}, 'dns and the network mode'),
        ({'host': {'extra_hosts': {'a': '1.2.3.4'}}}, 'custom host-to-IP mapping and the network mode'),
        ({'mac_address': '02:42:ac:11:00:99'}, 'mac-address and the network mode'),
        (
            {'host': {'links': {'other': 'x'}}},
            "container type network can't be used with links. This would result in undefined behavior",
        ),
    ],
)
def test_what_does_not_go_with_another_containers_network(lab: Lab, arguments: dict[str, Any], text: str) -> None:
    lab.run('other')
    host = {**arguments.get('host', {}), 'network_mode': f'container:{lab.name("other")}'}

    assert lab.refused(lab.create, 'web', **{**arguments, 'host': host}) == (400, f'conflicting options: {text}')


def test_who_shares_a_network_joins_no_other(lab: Lab) -> None:
    lab.network('back')
    lab.run('other')
    lab.run('web', host={'network_mode': f'container:{lab.name("other")}'})

    assert lab.refused(lab.client.connect_container_to_network, lab.name('web'), lab.name('back')) == (
        400,
        'container sharing network namespace with another container or host cannot be connected to any other network',
    )


def test_links_are_shown_with_both_names(lab: Lab) -> None:
    lab.run('db')
    lab.run('web', host={'links': {lab.name('db'): 'store'}})

    assert lab.host('web')['Links'] == [f'/{lab.name("db")}:/{lab.name("web")}/store']


def test_a_linked_container_is_listed_under_the_links_name_too(lab: Lab) -> None:
    lab.run('db')
    lab.run('web', host={'links': {lab.name('db'): 'store'}})
    names = [row['Names'] for row in lab.client.containers() if f'/{lab.name("db")}' in row['Names']]

    assert [sorted(found) for found in names] == [sorted([f'/{lab.name("db")}', f'/{lab.name("web")}/store'])]


def test_links_follow_a_new_name(lab: Lab) -> None:
    lab.run('db')
    lab.run('web', host={'links': {lab.name('db'): 'store'}})

    lab.client.rename(lab.name('db'), lab.name('data'))

    assert lab.host('web')['Links'] == [f'/{lab.name("data")}:/{lab.name("web")}/store']


def test_links_stay_after_the_removal_of_their_target(lab: Lab) -> None:
    lab.run('db')
    lab.run('web', host={'links': {lab.name('db'): 'store'}})

    lab.client.remove_container(lab.name('db'), force=True)

    assert lab.host('web')['Links'] == [f'/{lab.name("db")}:/{lab.name("web")}/store']


def test_a_new_container_of_the_name_is_not_the_target_of_the_link(lab: Lab) -> None:
    lab.run('db')
    lab.run('web', host={'links': {lab.name('db'): 'store'}})
    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.remove_container(lab.name('db'), force=True)
    lab.run('db')

    assert lab.refused(lab.client.start, lab.name('web')) == (
        500,
        'Cannot link to a non running container: /db AS /web/store',
    )


def test_links_to_nobody_are_refused(lab: Lab) -> None:
    assert lab.refused(lab.create, 'web', host={'links': {lab.name('nobody'): 'x'}}) == (
        400,
        'could not get container for nobody: No such container: nobody',
    )
    assert not lab.exists('web')


def test_linked_containers_must_run(lab: Lab) -> None:
    lab.create('db')
    lab.create('web', host={'links': {lab.name('db'): 'store'}})

    assert lab.refused(lab.client.start, lab.name('web')) == (
        500,
        'Cannot link to a non running container: /db AS /web/store',
    )


def test_links_mean_nothing_in_other_networks(lab: Lab) -> None:
    lab.network('back')
    lab.create('db')
    lab.run('web', host={'links': {lab.name('db'): 'store'}, 'network_mode': lab.name('back')})

    assert lab.host('web')['Links'] is None
    assert lab.endpoints('web')['back']['Links'] is None


def test_links_of_a_network_need_nobody(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'), endpoint={'links': {'nobody': 'x'}})

    assert lab.endpoints('web')['back']['Links'] == ['nobody:x']


def test_a_link_can_be_removed(lab: Lab) -> None:
    lab.run('db')
    lab.run('web', host={'links': {lab.name('db'): 'store'}})

    lab.client.remove_container(f'{lab.name("web")}/store', link=True)

    assert lab.host('web')['Links'] is None
    assert lab.status('db') == 'running'

"""What only one running container can have: when it is refused, and when it is free again."""

from __future__ import annotations

import pytest

from tests.contract.lab import SUBNET, Lab

PORT = 27301
ADDRESS = '10.77.1.40'


def addressed(lab: Lab, name: str, address: str | None = ADDRESS) -> str:
    """Run a container with a fixed address."""
    return lab.run(name, network=lab.name('back'), endpoint={'ipv4_address': address} if address else {})


def test_an_address_that_is_taken_is_refused_to_a_running_container(lab: Lab) -> None:
    lab.network('back', SUBNET)
    addressed(lab, 'web')
    lab.run('db')

    status, text = lab.refused(
        lab.client.connect_container_to_network, lab.name('db'), lab.name('back'), ipv4_address=ADDRESS
    )

    assert (status, text) == (403, 'Address already in use')


def test_an_address_is_free_when_its_container_was_disconnected(lab: Lab) -> None:
    lab.network('back', SUBNET)
    addressed(lab, 'web')
    lab.client.disconnect_container_from_network(lab.name('web'), lab.name('back'))

    addressed(lab, 'db')

    assert lab.endpoints('db')['back']['IPAddress'] == ADDRESS


@pytest.mark.parametrize('end', ['stop', 'kill', 'remove'])
def test_an_address_is_free_when_its_container_has_ended(lab: Lab, end: str) -> None:
    lab.network('back', SUBNET)
    addressed(lab, 'web')
    if end == 'stop':
        lab.client.stop(lab.name('web'), timeout=0)
    elif end == 'kill':
        lab.client.kill(lab.name('web'))
        lab.client.wait(lab.name('web'))
    else:
        lab.client.remove_container(lab.name('web'), force=True)

    addressed(lab, 'db')

    assert lab.endpoints('db')['back']['IPAddress'] == ADDRESS


def test_two_addresses_are_swapped_in_place(lab: Lab) -> None:
    lab.network('back', SUBNET)
    addresses = {'web': '10.77.1.41', 'db': '10.77.1.40'}
    addressed(lab, 'web', '10.77.1.40')
    addressed(lab, 'db', '10.77.1.41')
    for name in addresses:
        lab.client.disconnect_container_from_network(lab.name(name), lab.name('back'))

    for name, address in addresses.items():
        lab.client.connect_container_to_network(lab.name(name), lab.name('back'), ipv4_address=address)

    assert {name: lab.endpoints(name)['back']['IPAddress'] for name in addresses} == addresses


def test_the_next_address_may_be_one_that_another_container_wants(lab: Lab) -> None:
    lab.network('back', SUBNET)
    taken = lab.endpoints('web')['back']['IPAddress'] if addressed(lab, 'web', None) else ''
    lab.create('db', network=lab.name('back'), endpoint={'ipv4_address': taken})

    status, text = lab.refused(lab.client.start, lab.name('db'))

    assert (status, text) == (403, 'Address already in use')


def test_several_containers_may_have_the_same_alias(lab: Lab) -> None:
    lab.network('back')
    for name in ('web', 'db'):
        lab.run(name, network=lab.name('back'), endpoint={'aliases': ['www']})

    assert [lab.status(name) for name in ('web', 'db')] == ['running', 'running']


def test_containers_only_in_an_internal_network_publish_nothing(lab: Lab) -> None:
    lab.network('inside', internal=True)
    for name in ('web', 'db'):
        lab.run(name, ports=[80], host={'port_bindings': {80: PORT}}, network=lab.name('inside'))

    assert [lab.status(name) for name in ('web', 'db')] == ['running', 'running']


def test_one_in_an_internal_network_leaves_the_port_to_others(lab: Lab) -> None:
    lab.network('inside', internal=True)
    lab.run('web', ports=[80], host={'port_bindings': {80: PORT}}, network=lab.name('inside'))
    lab.run('db', ports=[80], host={'port_bindings': {80: PORT}})

    assert lab.details('db')['NetworkSettings']['Ports']['80/tcp'][0]['HostPort'] == str(PORT)


def test_who_joins_a_network_that_is_not_internal_publishes_from_then_on(lab: Lab) -> None:
    lab.network('inside', internal=True)
    lab.network('back')
    lab.run('web', ports=[80], host={'port_bindings': {80: PORT}}, network=lab.name('inside'))

    lab.client.connect_container_to_network(lab.name('web'), lab.name('back'))

    assert lab.details('web')['NetworkSettings']['Ports']['80/tcp'][0]['HostPort'] == str(PORT)


def test_who_leaves_its_last_network_that_is_not_internal_keeps_its_port(lab: Lab) -> None:
    lab.network('inside', internal=True)
    lab.network('back')
    lab.run('web', ports=[80], host={'port_bindings': {80: PORT}}, network=lab.name('back'))
    lab.client.connect_container_to_network(lab.name('web'), lab.name('inside'))

    lab.client.disconnect_container_from_network(lab.name('web'), lab.name('back'))
    lab.create('db', ports=[80], host={'port_bindings': {80: PORT}})

    status, text = lab.refused(lab.client.start, lab.name('db'))
    assert status == 500
    assert text.endswith('port is already allocated')


def test_port_zero_is_any_port(lab: Lab) -> None:
    for name in ('web', 'db'):
        lab.run(name, ports=[80], host={'port_bindings': {80: 0}})

    ports = [lab.details(name)['NetworkSettings']['Ports']['80/tcp'][0]['HostPort'] for name in ('web', 'db')]
    assert '0' not in ports
    assert len(set(ports)) == 2


def test_a_network_without_ipv6_gives_no_such_addresses(lab: Lab) -> None:
    pools = [{'Subnet': '10.123.45.0/24'}, {'Subnet': 'fd00:dead:45::/64'}]
    lab.client.create_network(lab.name('back'), ipam={'Driver': 'default', 'Config': pools}, enable_ipv6=False)
    lab.run('web', network=lab.name('back'))

    assert lab.details('web')['NetworkSettings']['Networks'][lab.name('back')]['GlobalIPv6Address'] == ''

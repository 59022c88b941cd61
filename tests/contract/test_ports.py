"""Ports of the host."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.lab import Lab

FIRST, SECOND = 27101, 27102


def published(lab: Lab, name: str) -> dict[str, Any]:
    ports: dict[str, Any] = lab.details(name)['NetworkSettings']['Ports']
    return ports


def test_published_ports_are_shown_while_it_runs(lab: Lab) -> None:
    lab.create('web', ports=[80], host={'port_bindings': {80: FIRST}})
    before = published(lab, 'web')
    lab.client.start(lab.name('web'))
    running = published(lab, 'web')
    lab.client.stop(lab.name('web'), timeout=0)

    assert (before, published(lab, 'web')) == ({}, {})
    assert running == {
        '80/tcp': [{'HostIp': '0.0.0.0', 'HostPort': str(FIRST)}, {'HostIp': '::', 'HostPort': str(FIRST)}]
    }


def test_bindings_are_shown_as_asked_for(lab: Lab) -> None:
    lab.create(
        'web',
        ports=[80, (53, 'udp'), 81],
        host={'port_bindings': {80: FIRST, '53/udp': ('127.0.0.1', FIRST), 81: None}},
    )

    assert lab.host('web')['PortBindings'] == {
        '80/tcp': [{'HostIp': '', 'HostPort': str(FIRST)}],
        '53/udp': [{'HostIp': '127.0.0.1', 'HostPort': str(FIRST)}],
        '81/tcp': [{'HostIp': '', 'HostPort': ''}],
    }
    assert lab.details('web')['Config']['ExposedPorts'] == {'80/tcp': {}, '53/udp': {}, '81/tcp': {}}


def test_an_exposed_port_is_shown_without_binding(lab: Lab) -> None:
    lab.run('web', ports=[80])

    assert published(lab, 'web') == {'80/tcp': None}


def test_a_binding_without_exposed_port_does_nothing(lab: Lab) -> None:
    lab.run('web', host={'port_bindings': {80: FIRST}})

    assert published(lab, 'web') == {}


def test_an_address_is_shown(lab: Lab) -> None:
    lab.run('web', ports=[80], host={'port_bindings': {80: ('127.0.0.1', FIRST)}})

    assert published(lab, 'web') == {'80/tcp': [{'HostIp': '127.0.0.1', 'HostPort': str(FIRST)}]}


@pytest.mark.parametrize('host', [{'port_bindings': {80: None}}, {'publish_all_ports': True}])
def test_the_engine_chooses_a_port(lab: Lab, host: dict[str, Any]) -> None:
    lab.run('web', ports=[80], host=host)

    assert int(published(lab, 'web')['80/tcp'][0]['HostPort']) > 1024


def test_of_a_range_the_first_free_port_is_taken(lab: Lab) -> None:
    for name in ('web', 'db'):
        lab.run(name, ports=[80], host={'port_bindings': {80: f'{FIRST}-{SECOND}'}})

    assert [published(lab, name)['80/tcp'][0]['HostPort'] for name in ('web', 'db')] == [str(FIRST), str(SECOND)]


def test_one_port_can_have_several_bindings(lab: Lab) -> None:
    lab.run('web', ports=[80], host={'port_bindings': {80: [FIRST, SECOND]}})

    assert {found['HostPort'] for found in published(lab, 'web')['80/tcp']} == {str(FIRST), str(SECOND)}


def test_a_port_that_is_taken_is_refused_at_the_start(lab: Lab) -> None:
    lab.run('web', ports=[80], host={'port_bindings': {80: FIRST}})
    lab.create('db', ports=[80], host={'port_bindings': {80: FIRST}})

    status, text = lab.refused(lab.client.start, lab.name('db'))
    state = lab.state('db')

    assert (status, text) == (
        500,
        'driver failed programming external connectivity on endpoint db (<id>): Bind for '
        f'0.0.0.0:{FIRST} failed: port is already allocated',
    )
    assert (state['Status'], state['ExitCode'], state['Running']) == ('created', 128, False)
    assert 'port is already allocated' in state['Error']
    assert lab.endpoints('db')['bridge']['IPAddress'] == ''


def test_a_port_can_be_taken_after_the_other_has_ended(lab: Lab) -> None:
    lab.run('web', ports=[80], host={'port_bindings': {80: FIRST}})
    lab.create('db', ports=[80], host={'port_bindings': {80: FIRST}})
    lab.refused(lab.client.start, lab.name('db'))
    lab.client.stop(lab.name('web'), timeout=0)

    lab.client.start(lab.name('db'))

    assert lab.status('db') == 'running'
    status, text = lab.refused(lab.client.restart, lab.name('web'), timeout=0)
    assert status == 500
    assert text.startswith('Cannot restart container web: driver failed programming external connectivity')


@pytest.mark.parametrize(
    ('taken', 'asked', 'text'),
    [
        ('127.0.0.1', '127.0.0.1', f'Bind for 127.0.0.1:{FIRST} failed: port is already allocated'),
        ('', '127.0.0.1', f'listen tcp4 127.0.0.1:{FIRST}: bind: address already in use'),
        ('127.0.0.1', '', f'listen tcp4 0.0.0.0:{FIRST}: bind: address already in use'),
    ],
)
def test_ports_of_addresses_meet_those_of_all_addresses(lab: Lab, taken: str, asked: str, text: str) -> None:
    lab.run('web', ports=[80], host={'port_bindings': {80: (taken, FIRST)}})
    lab.create('db', ports=[80], host={'port_bindings': {80: (asked, FIRST)}})

    status, refused = lab.refused(lab.client.start, lab.name('db'))

    assert status == 500
    assert refused.endswith(text)


def test_tcp_and_udp_do_not_meet(lab: Lab) -> None:
    lab.run('web', ports=[80], host={'port_bindings': {80: FIRST}})
    lab.run('db', ports=[(80, 'udp')], host={'port_bindings': {'80/udp': FIRST}})

    assert lab.status('db') == 'running'


def test_a_list_shows_the_ports(lab: Lab) -> None:
    lab.run('web', ports=[80, 81], host={'port_bindings': {80: ('127.0.0.1', FIRST)}})
    row = next(row for row in lab.client.containers() if row['Names'] == [f'/{lab.name("web")}'])

    assert sorted(row['Ports'], key=lambda port: port['PrivatePort']) == [
        {'IP': '127.0.0.1', 'PrivatePort': 80, 'PublicPort': FIRST, 'Type': 'tcp'},
        {'PrivatePort': 81, 'Type': 'tcp'},
    ]


def test_port_tells_where_a_port_leads_to(lab: Lab) -> None:
    lab.run('web', ports=[80, 81], host={'port_bindings': {80: ('127.0.0.1', FIRST)}})

    assert lab.client.port(lab.name('web'), 80) == [{'HostIp': '127.0.0.1', 'HostPort': str(FIRST)}]
    assert not lab.client.port(lab.name('web'), 81)


def test_ports_are_published_in_other_networks_too(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', ports=[80], network=lab.name('back'), host={'port_bindings': {80: FIRST}})

    assert published(lab, 'web')['80/tcp'][0]['HostPort'] == str(FIRST)


def test_in_the_hosts_network_nothing_is_published(lab: Lab) -> None:
    lab.run('web', ports=[80], host={'network_mode': 'host'})

    assert published(lab, 'web') == {}

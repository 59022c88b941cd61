"""Ports, addresses and aliases that only one container can have, in each form that engine and SDK have for them."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.map.plan.claims import Claim, connection_claims, endpoint_claims, held_addresses, port_claims

EVERYWHERE = ('port 8080/tcp on 0.0.0.0', 'port 8080/tcp on ::')
LAN = ('port 8080/tcp on 10.0.0.1',)


@pytest.mark.parametrize(
    ('bindings', 'claims'),
    [
        ({'80/tcp': [{'HostIp': '', 'HostPort': '8080'}]}, EVERYWHERE),
        ({'80/tcp': [{'HostPort': '8080'}]}, EVERYWHERE),
        ({80: 8080}, EVERYWHERE),
        ({80: [8080]}, EVERYWHERE),
        ({'80': ['8080']}, EVERYWHERE),
        ({(80, 'tcp'): 8080}, EVERYWHERE),
        ({(80,): 8080}, EVERYWHERE),
        ({80: ('', 8080)}, EVERYWHERE),
        ({80: [('10.0.0.1', 8080)]}, LAN),
        ({'80/tcp': [{'HostIp': '10.0.0.1', 'HostPort': '8080'}]}, LAN),
        ({80: ('fd00:0::1', 8080)}, ('port 8080/tcp on fd00::1',)),
        ({'53/udp': [('10.0.0.1', 53)]}, ('port 53/udp on 10.0.0.1',)),
        ({(53, 'udp'): [('10.0.0.1', 53)]}, ('port 53/udp on 10.0.0.1',)),
        ({80: [8080, ('10.0.0.1', 8081)]}, (*EVERYWHERE, 'port 8081/tcp on 10.0.0.1')),
        # The engine chooses.
        ({80: None}, ()),
        ({80: [None]}, ()),
        ({80: 0}, ()),
        ({80: ('10.0.0.1',)}, ()),
        ({80: ('10.0.0.1', None)}, ()),
        ({'80/tcp': [{'HostIp': '10.0.0.1', 'HostPort': ''}]}, ()),
        ({80: '8000-8010'}, ()),
        ({'': 8080}, ()),
        ({}, ()),
        (None, ()),
    ],
)
def test_host_ports_are_those_that_are_certain(bindings: Any, claims: tuple[str, ...]) -> None:
    assert tuple(map(str, port_claims(bindings))) == claims


@pytest.mark.parametrize(
    ('one', 'other', 'collides'),
    [
        ('0.0.0.0', '10.0.0.1', True),
        ('10.0.0.1', '0.0.0.0', True),
        ('10.0.0.1', '10.0.0.1', True),
        ('10.0.0.1', '10.0.0.2', False),
        ('::', 'fd00::1', True),
        ('::', '10.0.0.1', False),
        ('fd00::1', '0.0.0.0', False),
    ],
)
def test_an_unspecified_address_is_all_of_its_family(one: str, other: str, collides: bool) -> None:
    first, second = (Claim('port', 'tcp', '80', address) for address in (one, other))
    assert first.collides(second) is collides
    assert not first.collides(Claim('port', 'udp', '80', other))
    assert not first.collides(Claim('port', 'tcp', '81', other))


def test_an_endpoint_has_its_fixed_addresses_and_its_aliases_but_not_its_own_names() -> None:
    endpoint = {
        'IPAMConfig': {'IPv4Address': '10.5.0.9', 'IPv6Address': 'fd00:0::9', 'LinkLocalIPs': ['169.254.3.4']},
        'Aliases': ['store', '0123456789ab'],
        'IPAddress': '10.5.0.77',
    }
    assert list(map(str, endpoint_claims('back', endpoint, ['0123456789ab']))) == [
        'address 10.5.0.9 in network back',
        'address fd00::9 in network back',
        'address 169.254.3.4 in network back',
        'alias store in network back',
    ]


@pytest.mark.parametrize('endpoint', [None, {}, {'IPAMConfig': None, 'Aliases': None}])
def test_an_endpoint_that_says_nothing_claims_nothing(endpoint: Any) -> None:
    assert list(endpoint_claims('back', endpoint, ())) == []


def test_connecting_claims_what_its_arguments_say() -> None:
    arguments = {
        'container': 'web',
        'ipv4_address': '10.5.0.9',
        'ipv6_address': 'fd00:0::9',
        'link_local_ips': ['169.254.3.4'],
        'aliases': ['store'],
        'mac_address': '02:42:AC:11:00:02',
    }
    assert list(map(str, connection_claims('back', arguments))) == [
        'address 10.5.0.9 in network back',
        'address fd00::9 in network back',
        'address 169.254.3.4 in network back',
        'alias store in network back',
        'MAC address 02:42:ac:11:00:02 in network back',
    ]
    assert list(connection_claims('back', {'container': 'web', 'aliases': None})) == []


def test_what_the_engine_chose_is_held_but_not_fixed() -> None:
    endpoint = {'IPAddress': '10.5.0.9', 'GlobalIPv6Address': 'fd00:0::9', 'MacAddress': '02:42:AC:11:00:02'}
    found = list(held_addresses('back', endpoint))
    assert [str(claim) for claim in found] == [
        'address 10.5.0.9 in network back',
        'address fd00::9 in network back',
        'MAC address 02:42:ac:11:00:02 in network back',
    ]
    assert not any(claim.fixed for claim in found)
    assert [claim.is_ipv6 for claim in found[:2]] == [False, True]
    assert list(held_addresses('back', {'IPAddress': '', 'GlobalIPv6Address': '', 'MacAddress': ''})) == []


@pytest.mark.parametrize('address', ['not an address', '10.5.0.999'])
def test_what_is_no_address_is_claimed_as_it_is(address: str) -> None:
    assert [claim.value for claim in connection_claims('back', {'ipv4_address': address})] == [address]

from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.input import ContainerLinkList, NetworkEndpoint, NetworkEndpointList

LATE = lazy(lambda: 'x')


@pytest.mark.parametrize(
    ('element', 'expected'),
    [
        ('front', ('front',)),
        (('front',), ('front',)),
        ({'front': None}, ('front',)),
        ({'front': ''}, ('front',)),
        ({'front': {}}, ('front',)),
        ({'front': []}, ('front',)),
        ({'network_name': 'front'}, ('front',)),
        (('front', None), ('front',)),
        (('front', ''), ('front',)),
        (('front', 'web'), ('front', 'web')),
        (('front', ['web']), ('front', 'web')),
        ({'front': 'web'}, ('front', 'web')),
        ({'front': ['web']}, ('front', 'web')),
        (('front', ('w1', 'w2')), ('front', ['w1', 'w2'])),
        (
            ('front', {'aliases': 'web', 'links': 'cart', 'ipv4_address': '10.1.0.9'}),
            ('front', 'web', 'cart', '10.1.0.9'),
        ),
        (
            {'front': {'aliases': 'web', 'links': 'cart', 'ipv4_address': '10.1.0.9'}},
            ('front', 'web', 'cart', '10.1.0.9'),
        ),
        (
            {'network_name': 'front', 'aliases': 'web', 'link_local_ips': '::1'},
            ('front', 'web', None, None, None, '::1'),
        ),
        (('front', 'web', {'cart': 'c'}), ('front', 'web', {'cart': 'c'})),
        (('front', 'web', 'cart', 'v4', 'v6', 'lla'), ('front', 'web', 'cart', 'v4', 'v6', 'lla')),
        ({'front': ('web', None, '10.1.0.9')}, ('front', 'web', None, '10.1.0.9')),
        ({'front': ('web', 'cart', 'v4', 'v6', ['lla'])}, ('front', 'web', 'cart', 'v4', 'v6', 'lla')),
        ({'front': ('w1', 'w2')}, ('front', 'w1', 'w2')),
        (NetworkEndpoint('front', 'web'), ('front', 'web')),
    ],
)
def test_endpoints(element: Any, expected: Any) -> None:
    [endpoint] = NetworkEndpointList([element])

    assert endpoint == NetworkEndpoint(*expected)
    assert type(endpoint) is NetworkEndpoint
    assert type(endpoint.links) is ContainerLinkList


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, ('front',)),
        ('web', ('front', 'web')),
        (('w1', 'w2'), ('front', ['w1', 'w2'])),
        (['w1'], ('front', ['w1'])),
        ([], ('front',)),
        ({'links': [('cart', 'c')]}, ('front', None, {'cart': 'c'})),
        (['web', None, '10.1.0.9'], ('front', 'web', None, '10.1.0.9')),
        ([['w1', 'w2']], ('front', ['w1', 'w2'])),
        ([None, {'cart': 'c'}], ('front', None, {'cart': 'c'})),
    ],
)
def test_values_of_a_whole_dict_are_aliases_unless_a_member_is_no_text(value: Any, expected: Any) -> None:
    assert NetworkEndpointList({'front': value}) == [NetworkEndpoint(*expected)]


def test_a_whole_dict_has_one_endpoint_for_each_key() -> None:
    endpoints = NetworkEndpointList({'front': None, 'back': 'web', 'network_name': 'x'})

    assert [(endpoint.network_name, endpoint.aliases) for endpoint in endpoints] == [
        ('front', None),
        ('back', ['web']),
        ('network_name', ['x']),
    ]


def test_late_values_count_as_names() -> None:
    assert NetworkEndpointList(LATE)[0].network_name is LATE
    assert NetworkEndpointList([LATE])[0].network_name is LATE
    assert NetworkEndpointList({'front': LATE})[0].aliases[0] is LATE
    assert NetworkEndpointList({'front': ['w1', LATE]})[0].aliases[1] is LATE
    assert NetworkEndpointList([('front', [LATE], None, LATE)])[0].ipv4_address is LATE


def test_registered_values_count_as_names(registered_type: Any) -> None:
    class Name(tuple[Any, ...]):
        pass

    registered_type(Name)
    name = Name(('a', 'b'))

    assert NetworkEndpointList(name)[0].network_name is name
    assert NetworkEndpointList([name])[0].network_name is name
    assert NetworkEndpointList({'front': name})[0].aliases[0] is name


@pytest.mark.parametrize(
    'element',
    [
        (),
        ('a', 'b', 'c', 'd', 'e', 'f', 'g'),
        {'front': ('a', 'b', 'c', 'd', 'e', 'f')},
        5,
        None,
        True,
        {'front': 5},
        {'front': LATE},
        {},
        ('front', 5),
        ('front', [5]),
        (5, 'a'),
        {'a': 'b', 'c': 'd'},
        {'front': {'ipv4': '10.0.0.1'}},
        {'network_name': 'a', 'ipv4': 'x'},
        '',
        b'a',
        ('front', 'a', 5),
    ],
)
def test_other_endpoints_are_refused(element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]'):
        NetworkEndpointList([element])


@pytest.mark.parametrize('value', [5, True, {'front': 5}, {'front': True}, {'front': [5]}, {5: None}])
def test_other_whole_values_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r'[Ee]xpected'):
        NetworkEndpointList(value)


def test_the_right_name_of_an_address_is_proposed() -> None:
    with pytest.raises(ValueError, match=r"Unknown field 'ipv4'.*did you mean 'ipv4_address'"):
        NetworkEndpointList({'front': {'ipv4': '172.17.0.5'}})


def test_a_link_of_the_docker_command_is_corrected_in_an_endpoint_too() -> None:
    with pytest.raises(ValueError, match=r"links\[0\]: 'b:alias' is written as for Docker's command line"):
        NetworkEndpointList({'front': {'links': ['b:alias']}})

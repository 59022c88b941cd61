from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.input import ContainerLink, ContainerLinkList, PortBinding, PortBindingList

LATE = lazy(lambda: 80)


@pytest.mark.parametrize(
    ('element', 'expected'),
    [
        ('ledger', ('ledger', None)),
        (('ledger',), ('ledger', None)),
        (['ledger', None], ('ledger', None)),
        ({'container': 'ledger'}, ('ledger', None)),
        ('ledger.blue', ('ledger.blue', None)),
        (('ledger', 'db'), ('ledger', 'db')),
        ({'container': 'ledger', 'alias': 'db'}, ('ledger', 'db')),
        ({'ledger': 'db'}, ('ledger', 'db')),
        ({'ledger': None}, ('ledger', None)),
        (ContainerLink('ledger', 'db'), ('ledger', 'db')),
    ],
)
def test_links(element: Any, expected: Any) -> None:
    [link] = ContainerLinkList([element])

    assert link == expected
    assert type(link) is ContainerLink


def test_a_whole_dict_of_links_keeps_names_of_fields_as_containers() -> None:
    links = ContainerLinkList({'ledger': 'db', 'cart': None, 'container': 'c'})

    assert links == [('ledger', 'db'), ('cart', None), ('container', 'c')]


@pytest.mark.parametrize(
    'element',
    [
        (),
        ('a', 'b', 'c'),
        5,
        None,
        LATE,
        (5,),
        ('a', 5),
        ('a', LATE),
        {},
        {'a': 'b', 'c': 'd'},
        {'container': 'a', 'as': 'b'},
        {'alias': 'b', 'x': 1},
        '',
        b'a',
        {5: 'a'},
    ],
)
def test_other_links_are_refused(element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]'):
        ContainerLinkList([element])


@pytest.mark.parametrize('value', ['b:alias', ['b:alias'], ('b:alias',), [('b:alias', None)], {'b:alias': None}])
def test_links_of_the_docker_command_are_corrected(value: Any) -> None:
    with pytest.raises(ValueError, match=r"'b:alias' is written as for Docker's command line; write \{'b': 'alias'\}"):
        ContainerLinkList(value)


PORTS: list[tuple[Any, tuple[Any, ...]]] = [
    (8080, (8080, None, None, False)),
    ('8080', ('8080', None, None, False)),
    ((8080,), (8080, None, None, False)),
    ({'exposed_port': 8080}, (8080, None, None, False)),
    ((8080, 80), (8080, 80, None, False)),
    ((8080, None), (8080, None, None, False)),
    ((8080, '80'), (8080, '80', None, False)),
    ((8080, 80, 'lan'), (8080, 80, 'lan', False)),
    ((8080, (80, 'lan')), (8080, 80, 'lan', False)),
    ((8080, [80, 'lan']), (8080, 80, 'lan', False)),
    ((8080, 80, 'lan', True), (8080, 80, 'lan', True)),
    ((8080, (80, 'lan', True)), (8080, 80, 'lan', True)),
    ((8080, {'host_port': 80, 'interface': 'lan'}), (8080, 80, 'lan', False)),
    ((8080, {}), (8080, None, None, False)),
    ({'exposed_port': 8080, 'host_port': 80, 'interface': 'lan', 'ipv6': True}, (8080, 80, 'lan', True)),
    ({8080: 80}, (8080, 80, None, False)),
    ({8080: None}, (8080, None, None, False)),
    ({8080: (80, 'lan')}, (8080, 80, 'lan', False)),
    ({'8080': {'host_port': 80}}, ('8080', 80, None, False)),
    ('53/udp', ('53/udp', None, None, False)),
    (('80/tcp', 18081), ('80/tcp', 18081, None, False)),
    (('80/sctp', 0), ('80/sctp', 0, None, False)),
    ((80, '0'), (80, '0', None, False)),
    (1, (1, None, None, False)),
    (65535, (65535, None, None, False)),
    ('65535', ('65535', None, None, False)),
    ((80, 8080, 'lan', 'yes'), (80, 8080, 'lan', True)),
    ((80, 8080, 'lan', 'no'), (80, 8080, 'lan', False)),
    ((80, 8080, 'lan', None), (80, 8080, 'lan', False)),
    (PortBinding(8080, 80), (8080, 80, None, False)),
]


@pytest.mark.parametrize(('element', 'expected'), PORTS)
def test_ports(element: Any, expected: Any) -> None:
    [binding] = PortBindingList([element])

    assert binding == expected
    assert type(binding) is PortBinding
    assert [type(value) for value in binding] == [type(value) for value in expected]


@pytest.mark.parametrize('value', ['8080', 8080])
def test_a_single_port_is_a_whole_value(value: Any) -> None:
    assert PortBindingList(value) == [(value, None, None, False)]


def test_a_whole_dict_of_ports() -> None:
    bindings = PortBindingList({8080: 80, 9000: None, 9443: (443, 'lan')})

    assert bindings == [(8080, 80, None, False), (9000, None, None, False), (9443, 443, 'lan', False)]


@pytest.mark.parametrize(
    'binding',
    [
        PortBinding(99999),
        PortBinding('http'),
        PortBinding(80, 65536),
        PortBinding(None),
        PortBinding(80, 80, 5),
    ],
)
def test_bindings_are_checked_even_if_they_need_no_conversion(binding: PortBinding) -> None:
    for value in (binding, [binding]):
        with pytest.raises(ValueError, match='Expected'):
            PortBindingList(value)


def test_late_parts_of_a_binding_are_kept() -> None:
    [binding] = PortBindingList([(LATE, LATE, LATE, LATE)])

    assert all(value is LATE for value in binding)
    assert PortBindingList([(8080, LATE)])[0].host_port is LATE


@pytest.mark.parametrize(
    'element',
    [
        (),
        (1, 2, 'a', True, 5),
        (LATE,),
        LATE,
        (None,),
        None,
        True,
        1.5,
        ([],),
        (80, 1.5),
        (80, True),
        (80, ()),
        (80, (1,)),
        (80, (1, 'lan', True, 1)),
        {},
        {80: 80, 81: 81},
        {'exposed_port': 80, 'port': 1},
        (80, {'port': 1}),
        {80: {'port': 1}},
        (80, 8080, 5),
        (80, 8080, 'lan', 'maybe'),
        b'80',
        'http',
        '',
        '80 ',
        '080',
        {'host_port': 80, 'ipv6': True},
    ],
)
def test_other_ports_are_refused(element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]'):
        PortBindingList([element])


@pytest.mark.parametrize('port', [0, -1, 65536, 99999, '0', '65536', '99999', '80/icmp', '80/', '80/TCP', '٨٠'])
def test_ports_out_of_range_are_refused(port: Any) -> None:
    for value in ([port], {port: None}, [(port, 80)], [{'exposed_port': port}]):
        with pytest.raises(ValueError, match='Expected a port from 1 to 65535'):
            PortBindingList(value)


@pytest.mark.parametrize('port', [-1, 65536, '65536', '80/tcp', ''])
def test_host_ports_out_of_range_are_refused(port: Any) -> None:
    for value in ({80: port}, [(80, port)], [(80, (port, 'lan'))], [{'exposed_port': 80, 'host_port': port}]):
        with pytest.raises(ValueError, match='Expected a host port from 0'):
            PortBindingList(value)


@pytest.mark.parametrize('value', ['8000-8002', ['8000-8002/udp'], {80: '8000-8002'}])
def test_ranges_of_ports_are_refused_as_such(value: Any) -> None:
    with pytest.raises(ValueError, match='is a range of ports, which is not supported'):
        PortBindingList(value)


@pytest.mark.parametrize(
    ('port', 'right_form'),
    [
        ('8080:80', r'\{80: 8080\}'),
        ('8080:80/udp', r"\{'80/udp': 8080\}"),
        (':80', r'\{80: None\}'),
        ('127.0.0.1:8080:80', r"\{80: \[8080, 'lan'\]\}, where 'lan' is the client's name .* 127.0.0.1"),
        ('127.0.0.1::80', r"\{80: \[None, 'lan'\]\}"),
    ],
)
def test_ports_of_the_docker_command_are_corrected(port: str, right_form: str) -> None:
    for value in (port, [port]):
        with pytest.raises(ValueError, match=f'command line; write {right_form}'):
            PortBindingList(value)


def test_the_error_of_a_port_is_located() -> None:
    with pytest.raises(ValueError, match=r'^\[1\]\[1\]\[0\]: Expected a host port'):
        PortBindingList([80, (81, (99999, 'lan'))])
    with pytest.raises(ValueError, match=r'^81: Expected a host port'):
        PortBindingList({80: 80, 81: 99999})

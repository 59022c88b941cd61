"""Containers of a map that want the same port or address get a warning; they may be meant for different times."""

from __future__ import annotations

import warnings

import pytest

from dockermap.map.config.main import ContainerMap
from dockermap.map.yaml import load_map


def _warnings(content, **kwargs):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        # What other tests have left open is collected at any moment.
        warnings.simplefilter('ignore', ResourceWarning)
        ContainerMap('shop', dict(content), **kwargs)
    return [str(found.message) for found in caught]


def _two(one, other, **more):
    return {'one': {'image': 'img', **one}, 'two': {'image': 'img', **other}, **more}


@pytest.mark.parametrize(
    ('one', 'other'),
    [
        ({80: 8080}, {80: 8080}),
        ({80: 8080}, {9000: '8080'}),
        ({80: [8080, 'lan']}, {80: [8080, 'lan']}),
        ({80: [8080, 'lan']}, {80: 8080}),
        ({'80/udp': 8080}, {'53/udp': 8080}),
    ],
)
def test_a_host_port_that_two_containers_want_is_told(one, other):
    (text,) = _warnings(_two({'exposes': one}, {'exposes': other}))
    assert text.startswith('shop.two.exposes[0]: two wants port 8080/')
    assert 'as one does' in text


@pytest.mark.parametrize(
    ('one', 'other'),
    [
        ({80: 8080}, {80: 8081}),
        ({80: [8080, 'lan']}, {80: [8080, 'wan']}),
        ({'80/udp': 8080}, {'80/tcp': 8080}),
        ({80: 0}, {80: 0}),
        (80, 80),
    ],
)
def test_other_ports_are_no_matter(one, other):
    assert _warnings(_two({'exposes': one}, {'exposes': other})) == []


@pytest.mark.parametrize(
    ('one', 'other', 'is_told'),
    [
        (['node1'], ['node2'], False),
        (['node1'], ['node1', 'disk=ssd'], True),
        (['node1'], [], True),
    ],
)
def test_the_same_port_of_other_nodes_is_no_matter(one, other, is_told):
    texts = _warnings(_two({'exposes': {80: 8080}, 'nodes': one}, {'exposes': {80: 8080}, 'nodes': other}))
    assert bool(texts) is is_told


def test_instances_of_a_configuration_are_in_each_others_way():
    texts = _warnings({'web': {'image': 'img', 'instances': ['blue', 'green'], 'exposes': {80: 8080}}})
    assert texts == [
        'shop.web.exposes[0]: web.green wants port 8080/tcp, as web.blue does. They cannot run at the same time.'
    ]


@pytest.mark.parametrize('name', ['ipv4_address', 'ipv6_address'])
def test_a_fixed_address_that_two_containers_want_is_told(name):
    address = {'ipv4_address': '10.1.0.5', 'ipv6_address': 'fd00::5'}[name]
    endpoint = {'networks': {'back': {name: address}}}
    (text,) = _warnings(_two(endpoint, endpoint, networks={'back': {}}))
    assert text == (
        f'shop.two.networks[0]: two wants address {address} in network back, as one does. '
        'They cannot run at the same time.'
    )


def test_the_same_address_in_another_network_is_no_matter():
    content = _two(
        {'networks': {'back': {'ipv4_address': '10.1.0.5'}}},
        {'networks': {'front': {'ipv4_address': '10.1.0.5'}}},
        networks={'back': {}, 'front': {}},
    )
    assert _warnings(content) == []


def test_containers_on_different_clients_are_not_in_each_others_way():
    content = _two({'exposes': {80: 8080}, 'clients': 'left'}, {'exposes': {80: 8080}, 'clients': 'right'})
    assert _warnings(content) == []


def test_it_is_no_error_in_strict_mode_either():
    with pytest.warns(UserWarning, match=r'shop\.two\.exposes\[0\]: two wants port 8080/tcp'):
        load_map('{name: shop, one: {exposes: {80: 8080}}, two: {exposes: {80: 8080}}}', strict=True)

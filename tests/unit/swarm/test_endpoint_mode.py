"""What the name of a service leads to is said by its configuration, the map, or the client."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ('container', 'of_map', 'client', 'expected'),
    [
        (None, None, None, None),
        (None, None, 'dnsrr', 'dnsrr'),
        (None, 'dnsrr', None, 'dnsrr'),
        (None, 'vip', 'dnsrr', 'vip'),
        ('dnsrr', 'vip', None, 'dnsrr'),
        ('vip', None, 'dnsrr', 'vip'),
    ],
)
def test_what_is_said_nearest_to_the_container_counts(swarm, make_client, container, of_map, client, expected):
    web = {'image': 'web:1', **({'endpoint_mode': container} if container else {})}
    shop = {'web': web, **({'endpoint_mode': of_map} if of_map else {})}
    front = make_client(shop, **({'endpoint_mode': client} if client else {}))
    front.update('web')
    assert swarm.named('shop-web')['Spec']['EndpointSpec'].get('Mode') == expected
    assert not front.plan('update', 'web').operations


def test_another_mode_is_a_difference(swarm, make_client):
    make_client({'web': {'image': 'web:1'}}).update('web')
    client = make_client({'web': {'image': 'web:1', 'endpoint_mode': 'dnsrr'}})
    assert 'endpoint mode' in str(client.plan('update', 'web'))
    client.update('web')
    assert swarm.named('shop-web')['Spec']['EndpointSpec']['Mode'] == 'dnsrr'

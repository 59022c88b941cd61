"""MAC addresses belong to the networks of a container, where engines know that."""

from __future__ import annotations

import pytest

MACS = [f'02:42:ac:11:00:{number:02x}' for number in range(4)]
OLD, NEW = ['20.10'], ['26.1', '28.5', '29', 'podman']


def in_own(address, **more):
    return {'web': {'image': 'box:1', 'create_options': {'mac_address': address}, 'networks': 'back', **more}, **BACK}


def of_entries(*addresses):
    entries = [(name, {'mac_address': address}) for name, address in zip(('back', 'front'), addresses, strict=True)]
    return {'web': {'image': 'box:1', 'networks': entries}, 'networks': {'back': {}, 'front': {}}}


def on_default(address):
    return {'web': {'image': 'box:1', 'create_options': {'mac_address': address}}}


BACK = {'networks': {'back': {}}}


def macs(engine):
    return [endpoint.mac_address for endpoint in engine.container('shop.web').endpoints.values()]


@pytest.mark.parametrize(
    'content',
    [on_default, lambda mac: {'web': {'image': 'box:1', 'networks': [('bridge', {'mac_address': mac})]}}],
    ids=['container', 'entry'],
)
def test_each_engine_takes_an_address_on_the_default_network(any_engine, client_for, content):
    client_for(any_engine, content(MACS[1])).update('web')
    assert macs(any_engine) == [MACS[1]]
    assert client_for(any_engine, content(MACS[1])).update('web') == []
    client_for(any_engine, content(MACS[2])).update('web')
    assert macs(any_engine) == [MACS[2]]


@pytest.mark.parametrize('name', NEW)
def test_an_address_in_an_own_network_is_given_and_changed(engine_like, client_for, name):
    engine = engine_like(name)
    client_for(engine, in_own(MACS[1])).update('web')
    assert macs(engine) == [MACS[1]]
    assert client_for(engine, in_own('02-42-AC-11-00-01')).update('web') == []
    client_for(engine, in_own(MACS[2])).update('web')
    assert macs(engine) == [MACS[2]]


@pytest.mark.parametrize('name', NEW)
def test_each_network_has_its_address(engine_like, client_for, name):
    engine = engine_like(name)
    client_for(engine, of_entries(*MACS[:2])).update('web')
    assert macs(engine) == MACS[:2]
    assert client_for(engine, of_entries(*MACS[:2])).update('web') == []
    client_for(engine, of_entries(MACS[0], MACS[3])).update('web')
    assert macs(engine) == [MACS[0], MACS[3]]


@pytest.mark.parametrize('name', NEW)
@pytest.mark.parametrize('content', [in_own, lambda mac: of_entries(mac, MACS[3])], ids=['container', 'entry'])
def test_an_address_that_is_not_asked_for_any_more_is_given_up(engine_like, client_for, name, content):
    engine = engine_like(name)
    client_for(engine, content(MACS[1])).update('web')
    client_for(engine, in_own(None)).update('web')
    assert MACS[1] not in macs(engine)
    assert client_for(engine, in_own(None)).update('web') == []


@pytest.mark.parametrize('name', NEW)
def test_an_address_that_somebody_has_changed_is_a_difference(engine_like, client_for, name):
    engine = engine_like(name)
    client_for(engine, of_entries(*MACS[:2])).update('web')
    client = engine.client()
    client.disconnect_container_from_network('shop.web', 'shop.front')
    client.connect_container_to_network('shop.web', 'shop.front')
    text = str(client_for(engine, of_entries(*MACS[:2])).plan('update', 'web'))
    assert 'MAC address in network shop.front' in text
    client_for(engine, of_entries(*MACS[:2])).update('web')
    assert macs(engine) == MACS[:2]


@pytest.mark.parametrize('name', OLD)
@pytest.mark.parametrize(
    ('content', 'place'),
    [
        (in_own(MACS[1]), 'shop.web.create_options.mac_address'),
        (of_entries(None, MACS[1]), 'shop.web.networks[1].mac_address'),
        (of_entries(MACS[1], None), 'shop.web.networks[0].mac_address'),
    ],
)
def test_older_engines_refuse_an_address_in_another_network(engine_like, client_for, name, content, place):
    engine = engine_like(name)
    with pytest.raises(ValueError, match=r'needs version 1\.44 .* speaks 1\.41') as error:
        client_for(engine, content).update('web')
    assert str(error.value).startswith(f'{place}: A MAC address')
    assert engine.changes == []


def test_an_address_moves_to_another_container(engine_like, client_for):
    engine = engine_like('28.5')

    def content(**addresses):
        entries = {
            name: {'image': 'box:1', 'networks': [('back', {'mac_address': mac})]} for name, mac in addresses.items()
        }
        return {**entries, **BACK}

    client_for(engine, content(one=MACS[1], two=MACS[2])).update('__all__')
    client_for(engine, content(one=MACS[2], two=MACS[3])).update('__all__')
    found = {name: engine.container(f'shop.{name}').endpoints['shop.back'].mac_address for name in ('one', 'two')}
    assert found == {'one': MACS[2], 'two': MACS[3]}


@pytest.mark.parametrize('value', ['02:42', 'x', 5])
def test_what_is_no_address_is_refused(engine_like, client_for, value):
    with pytest.raises(ValueError, match='MAC address'):
        client_for(engine_like('28.5'), of_entries(value, None))

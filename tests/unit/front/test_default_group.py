"""What ``__all__`` means on a map with a default group."""

from __future__ import annotations

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MapIntegrityError, MappingDockerClient

SETTINGS = {
    'groups': {'main': ['web'], 'tools': ['api']},
    'default_group': 'main',
    'web': {'links': 'db'},
    'db': None,
    'api': None,
}


@pytest.fixture
def make(engine):
    def client(settings):
        shop = ContainerMap('shop', settings, strict=True)
        return MappingDockerClient(shop, ClientConfiguration(client=engine.client(), version='1.41'))

    return client


def test_all_means_the_group_and_what_it_needs(engine, make):
    make(SETTINGS).update('__all__')
    assert sorted(engine.names()) == ['shop.db', 'shop.web']


def test_others_can_be_asked_for(engine, make):
    make(SETTINGS).update('tools')
    assert engine.names() == ['shop.api']


def test_what_is_not_in_the_group_is_no_orphan(engine, make):
    client = make(SETTINGS)
    client.update(['web', 'api'])
    client.update('__all__', remove_orphans=True)
    assert 'shop.api' in engine.names()
    assert client.orphans() == []


def test_what_is_no_longer_on_the_map_is_one(engine, make):
    make({**SETTINGS, 'old': {'image': 'web'}}).update(['old', 'web'])
    make(SETTINGS).update('__all__', remove_orphans=True)
    assert 'shop.old' not in engine.names()


def test_a_group_that_is_not_there_is_an_integrity_error():
    with pytest.raises(MapIntegrityError, match=r"default_group: No group of the map: mains; did you mean 'main'\?"):
        ContainerMap('shop', {**SETTINGS, 'default_group': 'mains'})

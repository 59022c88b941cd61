"""Aliases in networks, as an engine lists them: with names of its own beside the configured ones."""

from __future__ import annotations

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient


@pytest.fixture
def make(docker_client):
    def client(*aliases):
        shop = ContainerMap('shop', {'web': {'networks': {'back': list(aliases)}}, 'networks': {'back': None}})
        return MappingDockerClient(shop, ClientConfiguration(client=docker_client, version='1.41'))

    return client


def own_alias(docker_client):
    """The short id, which engines add to the aliases."""
    return docker_client.inspect_container('shop.web')['Id'][:12]


@pytest.mark.parametrize('aliases', [(), ('front',), ('front', 'shop.web'), ('shop-web',)])
def test_names_that_the_engine_adds_and_those_that_are_configured_are_told_apart(make, aliases):
    make(*aliases).update('web')
    assert not make(*aliases).plan('update', 'web')


def test_an_alias_that_is_the_container_s_own_short_id_is_there(make, docker_client):
    make('front').update('web')
    short_id = own_alias(docker_client)
    docker_client.disconnect_container_from_network('shop.web', 'shop.back')
    docker_client.connect_container_to_network('shop.web', 'shop.back', aliases=['front', short_id])
    assert not make('front', short_id).plan('update', 'web')


@pytest.mark.parametrize(('former', 'later'), [(('a',), ('b',)), (('a', 'b'), ('a',)), ((), ('a',))])
def test_a_changed_alias_is_a_difference_of_aliases(make, former, later):
    make(*former).update('web')
    text = str(make(*later).plan('update', 'web'))
    assert 'aliases in network' in text

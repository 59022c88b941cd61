"""Networks of others that containers are connected to, and networks that nothing uses any more."""

from __future__ import annotations

import logging

import pytest

from dockermap.map.policy.ownership import MAP_LABEL

CONTENT = {
    'web': {'image': 'web', 'networks': ['back']},
    'networks': {'back': None, 'front': None, 'outside': {'external': 'known'}},
}


@pytest.fixture
def started(engine, make_client):
    engine.add_network('known')
    make_client(CONTENT).startup('web')
    engine.changes.clear()
    return make_client(CONTENT)


def networks(engine):
    return sorted(engine.client().inspect_container('shop.web')['NetworkSettings']['Networks'])


def connect(engine, name, **settings):
    if name != 'bridge' and name != 'known':
        engine.add_network(name, **settings)
    engine.client().connect_container_to_network('shop.web', name)
    engine.changes.clear()


def test_connections_to_networks_of_others_stay_and_are_told(engine, started, caplog):
    connect(engine, 'monitoring')
    plan = started.plan('update', 'web')
    assert plan.notices == ('shop.web stays connected with networks of others: monitoring',)
    with caplog.at_level(logging.INFO):
        assert started.update('web') == []
    assert [
        (record.levelname, record.getMessage()) for record in caplog.records if 'monitoring' in record.getMessage()
    ] == [('INFO', 'container shop.web on client __default__ stays connected with networks of others: monitoring.')]
    assert networks(engine) == ['monitoring', 'shop.back']


def test_one_that_is_gone_is_left(engine, started):
    connect(engine, 'monitoring')
    client = engine.client()
    client.stop('shop.web')
    client.remove_network('monitoring')
    assert started.plan('update', 'web').notices == ()
    started.update('web')
    assert networks(engine) == ['shop.back']
    assert engine.is_running('shop.web')


@pytest.mark.parametrize('running', [True, False])
def test_they_are_left_on_request(engine, started, running):
    connect(engine, 'monitoring')
    if not running:
        engine.end('shop.web')
    started.update('web', purge_networks=True)
    assert networks(engine) == ['shop.back']
    assert engine.client().inspect_network('monitoring')


@pytest.mark.parametrize(
    ('name', 'settings'),
    [
        ('bridge', {}),
        ('known', {}),
        ('shop.former', {'labels': {MAP_LABEL: 'shop'}}),
    ],
    ids=['of the engine', 'external', 'of the map, and renamed'],
)
def test_other_networks_that_a_container_should_not_be_in_are_left(engine, started, name, settings):
    connect(engine, name, **settings)
    started.update('web')
    assert networks(engine) == ['shop.back']
    assert started.plan('update', 'web').notices == ()


def test_networks_on_the_map_are_left_whoever_created_them(engine, started):
    connect(engine, 'shop.front')
    started.update('web')
    assert networks(engine) == ['shop.back']


def test_old_engines_have_no_labels_so_all_are_left(engine, started, make_client):
    connect(engine, 'monitoring')
    make_client(CONTENT, version='1.22').update('web')
    assert networks(engine) == ['shop.back']


def test_a_container_that_is_re_created_is_told_to_lose_them(engine, started, make_client):
    connect(engine, 'monitoring')
    plan = started.plan('update', 'web', force_update='web')
    assert 'shop.web is re-created without its connections to networks of others: monitoring' in plan.notices


class TestRemovingNetworks:
    """``remove_networks`` removes the map's networks that nothing uses any more."""

    CONTENT = {
        'web': {'image': 'web', 'networks': ['back', 'outside']},
        'db': {'image': 'web', 'networks': ['deep', 'back']},
        'networks': {'back': None, 'deep': None, 'outside': {'external': 'known'}},
    }

    @pytest.fixture
    def client(self, engine, make_client):
        engine.add_network('known')
        client = make_client(self.CONTENT)
        client.startup('__all__')
        return client

    def names(self, engine):
        return {network['Name'] for network in engine.client().networks()} - {'bridge', 'host', 'none'}

    def test_they_stay_unless_that_is_asked_for(self, engine, client):
        client.shutdown('__all__')
        assert self.names(engine) == {'shop.back', 'shop.deep', 'known'}

    def test_all_go_with_all_containers_but_external_ones(self, engine, client):
        client.shutdown('__all__', remove_networks=True)
        assert engine.names() == []
        assert self.names(engine) == {'known'}

    @pytest.mark.parametrize('is_running', [True, False])
    def test_those_that_others_use_stay(self, engine, client, is_running):
        if not is_running:
            client.stop('web')
        plan = client.plan('shutdown', 'db', remove_networks=True)
        assert 'shop.back is kept, as it is in use by shop.web' in plan.notices
        client.shutdown('db', remove_networks=True)
        assert self.names(engine) == {'shop.back', 'known'}

    def test_containers_of_others_count(self, engine, client):
        engine.add_container('stranger', 'web', running=True)
        engine.client().connect_container_to_network('stranger', 'shop.deep')
        client.shutdown('__all__', remove_networks=True)
        assert self.names(engine) == {'shop.deep', 'known'}
        assert engine.is_running('stranger')

    def test_persistent_containers_that_stay_count(self, engine, make_client):
        content = {'db': {'image': 'web', 'networks': ['deep'], 'persistent': True}, 'networks': {'deep': None}}
        make_client(content).startup('db')
        make_client(content).shutdown('db', remove_networks=True, remove_persistent=False)
        assert self.names(engine) == {'shop.deep'}

    def test_those_of_others_stay_unless_they_are_taken_over(self, engine, make_client):
        engine.add_network('shop.deep')
        content = {'db': {'image': 'web', 'networks': ['deep']}, 'networks': {'deep': None}}
        make_client(content).startup('db')
        make_client(content).shutdown('db', remove_networks=True)
        assert (engine.names(), self.names(engine)) == ([], {'shop.deep'})
        make_client(content).shutdown('db', remove_networks=True, adopt=True)
        assert self.names(engine) == set()

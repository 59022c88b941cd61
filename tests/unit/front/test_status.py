"""How containers are, by one list of each client."""

from __future__ import annotations

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.status import ItemStatus
from dockermap.testing import InMemoryEngine, Process

SHOP = {
    'web': {'image': 'site', 'exposes': {80: [8080, 'local']}, 'stop_timeout': 1},
    'db': {'image': 'base', 'instances': ['main', 'copy'], 'exposes': 5432},
}


@pytest.fixture
def engine():
    return InMemoryEngine('site:latest', 'base:latest')


@pytest.fixture
def client(engine):
    host = ClientConfiguration(client=engine.client(), version='1.41', interfaces={'local': '127.0.0.1'})
    return MappingDockerClient(ContainerMap('shop', SHOP), host)


def _by_name(found: list[ItemStatus]) -> dict[str, ItemStatus]:
    return {status.name: status for status in found}


def test_nothing_is_there_before_the_first_start(client):
    assert {status.name: status.state for status in client.status()} == {
        'shop.web': 'missing',
        'shop.db.main': 'missing',
        'shop.db.copy': 'missing',
    }


def test_each_client_is_asked_for_one_list_and_nothing_else(client, engine):
    client.startup('__all__')
    engine.calls.clear()
    client.status()
    assert [call.method for call in engine.calls] == ['containers']


def test_a_running_container_has_its_ports_and_is_up_to_date(client, engine):
    client.startup('__all__')
    status = _by_name(client.status())['shop.web']
    assert (status.state, status.ports, status.image) == ('running', ('127.0.0.1:8080->80/tcp',), 'site:latest')
    assert status.container_id == engine.containers.find('shop.web').id
    assert status.up_to_date is True
    assert status.exit_code is None


def test_ports_that_are_not_published_are_shown_as_exposed(client):
    client.startup('db')
    assert {status.ports for status in client.status('db')} == {('5432/tcp',)}


def test_a_container_that_ended_has_its_exit_code(client, engine):
    engine.script(Process(seconds=1, exit_code=3), image='site:latest')
    client.startup('web')
    engine.clock.sleep(60)
    status = _by_name(client.status('web'))['shop.web']
    assert (status.state, status.exit_code) == ('exited', 3)
    assert status.since


def test_a_paused_container_is_paused(client, engine):
    client.startup('web')
    engine.client().pause('shop.web')
    assert client.status('web')[0].state == 'paused'


def test_what_was_created_with_other_settings_is_not_up_to_date(client):
    client.startup('web')
    client.maps['shop'].containers.web.create_options = {'environment': {'STAGE': 'test'}}
    client.refresh_names()
    assert client.status('web')[0].up_to_date is False


def test_of_what_has_no_label_it_is_not_known(client, engine):
    engine.add_container('shop.web', running=True, image='site:latest')
    assert client.status('web')[0].up_to_date is None


def test_instances_can_be_chosen(client):
    assert [status.name for status in client.status('db', instances='copy')] == ['shop.db.copy']


@pytest.mark.parametrize(
    ('text', 'state', 'health', 'exit_code', 'since'),
    [
        ('Up 2 hours', 'running', None, None, '2 hours'),
        ('Up 2 hours (Paused)', 'paused', None, None, '2 hours'),
        ('Up 5 seconds (health: starting)', 'running', 'starting', None, '5 seconds'),
        ('Up About a minute (unhealthy)', 'running', 'unhealthy', None, 'About a minute'),
        ('Up 3 days (healthy)', 'running', 'healthy', None, '3 days'),
        ('Exited (137) 5 minutes ago', 'exited', None, 137, '5 minutes'),
        ('Restarting (1) 4 seconds ago', 'restarting', None, 1, '4 seconds'),
        ('Created', 'created', None, None, ''),
    ],
)
def test_texts_of_engines_are_read(text, state, health, exit_code, since):
    class Listed:
        api_version = '1.41'

        def containers(self, all):
            # As from the docker command, which says nothing else of the state.
            return [{'Id': 'c1', 'Names': ['/shop.web'], 'Status': text, 'Image': 'site'}]

    shop = ContainerMap('shop', {'web': {'image': 'site'}})
    status = MappingDockerClient(shop, ClientConfiguration(client=Listed())).status('web')[0]
    assert (status.state, status.health, status.exit_code, status.since) == (state, health, exit_code, since)


def test_an_error_names_client_and_container(client, engine):
    engine.unreachable = True
    with pytest.raises(Exception, match=r'container shop\.db.* on client __default__'):
        client.status()

"""A port of nodes goes from one service to another in one call."""

from __future__ import annotations

import pytest

from dockermap.map.exceptions import ActionRunnerException


def shop(web_port=None, app_port=None, **more):
    ports = {name: port for name, port in (('web', web_port), ('app', app_port)) if port}
    return {
        name: {'image': 'web:1', 'nodes': ['node1'], 'exposes': {80: port}, **more.get(name, {})}
        for name, port in ports.items()
    }


def ports(swarm):
    return {
        service['Spec']['Name']: [port['PublishedPort'] for port in service['ports'] or ()]
        for service in swarm.services.values()
        if swarm.running(service['Spec']['Name'])
    }


pytestmark = pytest.mark.filterwarnings('ignore:.*They cannot run at the same time')
DEPENDENCIES = [{}, {'web': {'depends_on': ['app']}}, {'app': {'depends_on': ['web']}}]


@pytest.mark.parametrize('more', DEPENDENCIES)
@pytest.mark.parametrize('order', [['web', 'app'], ['app', 'web']])
def test_who_gives_a_port_up_comes_before_who_takes_it(swarm, make_client, more, order):
    make_client(shop(8080, 8081)).update(order)
    swarm.calls.clear()
    make_client(shop(8082, 8080, **more)).update(order, wait_timeout=20)
    assert ports(swarm) == {'shop-web': [8082], 'shop-app': [8080]}
    assert [call.subject for call in swarm.calls] == ['shop-web', 'shop-app']


@pytest.mark.parametrize('more', DEPENDENCIES)
@pytest.mark.parametrize('order', [['web', 'app'], ['app', 'web']])
def test_services_may_exchange_ports(swarm, make_client, more, order):
    make_client(shop(8080, 8081)).update(order)
    make_client(shop(8081, 8080, **more)).update(order, wait_timeout=20)
    assert ports(swarm) == {'shop-web': [8081], 'shop-app': [8080]}


@pytest.mark.parametrize('order', [['web', 'app'], ['app', 'web']])
def test_a_new_service_takes_what_another_one_gives_up(swarm, make_client, order):
    make_client(shop(8080)).update('web')
    make_client(shop(8082, 8080)).update(order, wait_timeout=20)
    assert ports(swarm) == {'shop-web': [8082], 'shop-app': [8080]}


def test_what_is_no_longer_on_the_map_gives_its_port_up_first(swarm, make_client):
    make_client(shop(8080)).update('web')
    make_client(shop(None, 8080)).update('__all__', remove_orphans=True, wait_timeout=20)
    assert ports(swarm) == {'shop-app': [8080]}


def test_if_the_one_does_not_work_the_other_is_left_alone(swarm, make_client):
    make_client(shop(8080, 8081)).update(['web', 'app'])
    swarm.broken.add('broken')
    client = make_client(shop(8082, 8080, web={'create_options': {'command': ['broken']}}))
    with pytest.raises(ActionRunnerException, match='was not updated'):
        client.update(['app', 'web'], wait_timeout=20)
    assert ports(swarm) == {'shop-web': [8080], 'shop-app': [8081]}


def test_a_port_that_stays_taken_ends_with_the_words_of_the_scheduler(swarm, make_client):
    make_client(shop(8080)).update('web')
    with pytest.raises(ActionRunnerException, match='host-mode port already in use'):
        make_client(shop(8080, 8080)).update('app', wait_timeout=0.01)

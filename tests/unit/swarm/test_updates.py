"""Services of a swarm in memory follow their map."""

from __future__ import annotations

WEB = {'image': 'web:1', 'networks': ['front'], 'exposes': {80: 8080}, 'create_options': {'environment': {'A': '1'}}}


def methods(swarm):
    return [call.method for call in swarm.calls]


def test_what_is_missing_is_created_and_runs(swarm, make_client):
    make_client({'networks': {'front': {}}, 'web': WEB}).update('web')
    assert methods(swarm) == ['create_network', 'create_service']
    assert [task['Status']['State'] for task in swarm.running('shop-web')] == ['running']
    spec = swarm.named('shop-web')['Spec']
    assert spec['TaskTemplate']['ContainerSpec']['Image'] == f'web:1@{swarm.images["web:1"]}'
    assert spec['EndpointSpec']['Ports'] == [
        {'Protocol': 'tcp', 'TargetPort': 80, 'PublishMode': 'host', 'PublishedPort': 8080}
    ]


def test_a_second_update_sends_nothing(swarm, make_client):
    client = make_client({'networks': {'front': {}}, 'web': WEB})
    client.update('web')
    swarm.calls.clear()
    client.update('web')
    assert methods(swarm) == []
    assert 'Nothing to do' in str(client.plan('update', 'web')) or not client.plan('update', 'web').operations


def test_one_variable_that_changed_is_one_request(swarm, make_client):
    make_client({'networks': {'front': {}}, 'web': WEB}).update('web')
    former = [task['ID'] for task in swarm.running('shop-web')]
    swarm.calls.clear()
    changed = make_client({'networks': {'front': {}}, 'web': {**WEB, 'create_options': {'environment': {'A': '2'}}}})
    assert 'environment.A' in str(changed.plan('update', 'web'))
    changed.update('web')
    assert methods(swarm) == ['update_service']
    assert len(swarm.running('shop-web')) == 1
    assert [task['ID'] for task in swarm.running('shop-web')] != former


def test_a_service_that_becomes_a_job_is_another_one(swarm, make_client):
    make_client({'web': WEB | {'networks': []}}).update('web')
    swarm.calls.clear()
    client = make_client({'web': WEB | {'networks': [], 'job': True}})
    assert 'job' in str(client.plan('update', 'web'))
    client.update('web')
    assert methods(swarm) == ['remove_service', 'create_service']
    assert [task['Status']['State'] for task in swarm.tasks] == ['complete']

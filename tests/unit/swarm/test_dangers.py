"""What was found to go wrong on managers of 20.10 does not."""

from __future__ import annotations

import pytest

from dockermap.exceptions import DockerMapError
from dockermap.map.exceptions import ActionRunnerException
from dockermap.testing.swarm import SwarmClient

WEB = {'image': 'web:1', 'exposes': {80: 8080}, 'nodes': ['node1']}


def test_an_update_that_has_no_constraints_any_more_does_not_crash_the_manager(swarm, make_client):
    make_client({'web': WEB}).update('web')
    make_client({'web': {**WEB, 'nodes': []}}).update('web')
    assert not swarm.has_crashed
    assert swarm.named('shop-web')['Spec']['TaskTemplate']['Placement'] == {}


def test_a_manager_in_memory_crashes_without_a_placement(swarm, make_client):
    make_client({'web': WEB}).update('web')
    service = swarm.named('shop-web')
    template = {key: value for key, value in service['Spec']['TaskTemplate'].items() if key != 'Placement'}
    with pytest.raises(OSError, match='Connection aborted'):
        swarm.client().update_service('shop-web', service['Version']['Index'], template, 'shop-web')
    assert swarm.has_crashed


def test_a_port_moves_together_with_the_placement(swarm, make_client):
    make_client({'web': WEB}).update('web')
    make_client({'web': {**WEB, 'exposes': {80: 8081}, 'nodes': ['node2']}}).update('web')
    assert [port['PublishedPort'] for port in swarm.named('shop-web')['ports']] == [8081]


def test_what_is_stopped_and_started_at_once_runs(swarm, make_client):
    client = make_client({'web': {'image': 'web:1', 'host_config': {'restart_policy': 'no'}}})
    client.update('web')
    client.stop('web')
    assert swarm.running('shop-web') == []
    client.start('web')
    assert len(swarm.running('shop-web')) == 1


@pytest.mark.parametrize('is_changed', [False, True])
def test_an_update_out_of_sequence_is_looked_at_once_more(swarm, make_client, monkeypatch, is_changed):
    make_client({'web': WEB}).update('web')
    original, seen = SwarmClient.update_service, []

    def update_service(self, service, version, *args, **kwargs):
        if not seen:
            seen.append(version)
            found = swarm.named('shop-web')
            found['Version']['Index'] += 1000
            if is_changed:
                found['Spec']['TaskTemplate']['ContainerSpec']['Env'] = ['OTHER=1']
        return original(self, service, version, *args, **kwargs)

    monkeypatch.setattr(SwarmClient, 'update_service', update_service)
    client = make_client({'web': {**WEB, 'image': 'web:2'}})
    if is_changed:
        with pytest.raises(ActionRunnerException, match='Somebody else has updated service shop-web'):
            client.update('web')
    else:
        client.update('web')
    image = swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']['Image']
    assert image.partition('@')[0] == ('web:1' if is_changed else 'web:2')


def test_a_network_that_is_in_use_for_a_moment_goes(swarm, make_client):
    client = make_client({'networks': {'front': {}}, 'web': {'image': 'web:1', 'networks': ['front']}})
    client.update('web')
    client.shutdown('web', remove_networks=True)
    assert (swarm.networks, swarm.services, swarm.tasks) == ({}, {}, [])


def test_what_a_manager_adds_is_no_difference(swarm, make_client):
    shop = {
        'networks': {'front': {}},
        'web': {
            'image': 'web:1',
            'networks': ['front'],
            'replicas': 2,
            'healthcheck': {'test': 'true', 'interval': '5s'},
            'host_config': {'mem_limit': '64m', 'tmpfs': {'/tmp': 'size=1m'}, 'ulimits': {'nofile': 64}},
        },
    }
    make_client(shop).update('web')
    swarm.calls.clear()
    make_client(shop).update('web')
    assert swarm.calls == []


def test_a_constraint_that_no_node_meets_ends_with_the_words_of_the_scheduler(make_client):
    client = make_client({'web': {**WEB, 'nodes': ['disk=tape']}})
    with pytest.raises((DockerMapError, ActionRunnerException), match='no suitable node'):
        client.update('web', wait_timeout=0.01)


def test_a_broken_command_is_rolled_back_and_told(swarm, make_client):
    make_client({'web': WEB}).update('web')
    former = [task['ID'] for task in swarm.running('shop-web')]
    swarm.broken.add('broken')
    client = make_client({'web': {**WEB, 'create_options': {'command': ['broken']}}})
    with pytest.raises(ActionRunnerException, match=r'was not updated: update rolled back.*non-zero exit \(1\)'):
        client.update('web')
    assert [task['ID'] for task in swarm.running('shop-web')] == former


def test_an_image_that_nodes_cannot_pull_is_told(swarm, make_client):
    client = make_client({'web': WEB})
    plan = client.plan('update', 'web')
    del swarm.images['web:1']
    with pytest.raises(DockerMapError, match='no registry has it'):
        client.apply(plan)

"""Networks of a real swarm, which nothing changes once they are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from private_swarm import PrivateSwarm

from dockermap.api import MappingDockerClient

Make = Callable[..., MappingDockerClient]
SUBNET = {'Driver': 'default', 'Config': [{'Subnet': '10.211.0.0/24'}]}


def test_a_network_that_differs_is_created_again_when_nothing_is_in_it(
    swarm: PrivateSwarm, make_client: Make, map_name: str
) -> None:
    def shop(**network: Any) -> MappingDockerClient:
        web = {
            'image': 'web:1',
            'networks': ['front'],
            'stop_timeout': 1,
            'host_config': {'init': True},
            'create_options': {'command': ['sleep', '600']},
        }
        return make_client({'networks': {'front': network}, 'web': web})

    shop().update('web')
    for _ in range(2):
        plan = shop().plan('update', 'web')
        assert (list(plan.operations), list(plan.kept)) == ([], [])
    wanted = shop(internal=True, create_options={'ipam': SUBNET, 'labels': {'tier': 'web'}})
    plan = wanted.plan('update', 'web')
    assert (list(plan.operations), {kept.reason.partition('. ')[0] for kept in plan.kept}) == (
        [],
        {f'no network of a swarm can be changed while it is used, and in it is {map_name}-web'},
    )
    wanted.shutdown('web')
    wanted.update('web')
    plan = wanted.plan('update', 'web')
    assert (list(plan.operations), list(plan.kept)) == ([], [])
    with swarm.api() as api:
        found = api.inspect_network(f'{map_name}-front')
    assert (found['Internal'], found['IPAM']['Config'][0]['Subnet']) == (True, '10.211.0.0/24')
    wanted.shutdown('web', remove_networks=True)

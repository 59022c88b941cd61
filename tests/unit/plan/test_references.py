"""Other items that the arguments of an operation name."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.map.plan.references import with_ids

IDS = {'shop.db': 'd1', 'shop.web': 'w1'}


@pytest.mark.parametrize(
    ('named', 'by_id'),
    [
        ({'links': [('shop.db', 'store'), ('other', 'o')]}, {'links': [('d1', 'store'), ('other', 'o')]}),
        ({'links': ['shop.db:store']}, {'links': ['d1:store']}),
        ({'volumes_from': ['shop.db:ro', 'shop.web', 'other']}, {'volumes_from': ['d1:ro', 'w1', 'other']}),
        ({'network_mode': 'container:shop.db'}, {'network_mode': 'container:d1'}),
        ({'pid_mode': 'container:shop.db'}, {'pid_mode': 'container:d1'}),
        ({'network_mode': 'container:other'}, {'network_mode': 'container:other'}),
        ({'network_mode': 'shop.db'}, {'network_mode': 'shop.db'}),
        ({'host_config': {'Links': ['shop.db:store']}}, {'host_config': {'Links': ['d1:store']}}),
        ({'host_config': {'VolumesFrom': ['shop.db:ro']}}, {'host_config': {'VolumesFrom': ['d1:ro']}}),
        ({'host_config': {'NetworkMode': 'container:shop.db'}}, {'host_config': {'NetworkMode': 'container:d1'}}),
        ({'host_config': {'PidMode': 'container:shop.db'}}, {'host_config': {'PidMode': 'container:d1'}}),
        ({'host_config': {'IpcMode': 'container:shop.web'}}, {'host_config': {'IpcMode': 'container:w1'}}),
        ({'host_config': {'Binds': ['shop.db:/data']}}, {'host_config': {'Binds': ['shop.db:/data']}}),
        (
            {'host_config': None, 'links': None, 'volumes_from': []},
            {'host_config': None, 'links': None, 'volumes_from': []},
        ),
    ],
)
def test_containers_are_named_by_their_ids(named: dict[str, Any], by_id: dict[str, Any]) -> None:
    assert with_ids({'name': 'shop.app', **named}, IDS) == {'name': 'shop.app', **by_id}

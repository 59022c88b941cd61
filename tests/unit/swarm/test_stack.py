"""Files for docker stack deploy have what a swarm would get."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from dockermap.api import ContainerMap
from dockermap.compose import compose_text, dump_stack
from dockermap.map.swarm.runner import SwarmRefusalError
from dockermap.map.yaml import load_map_file

MAP = Path(__file__).parents[3] / 'examples' / 'shop-swarm.yaml'


def test_the_shop_of_the_examples_is_a_stack(monkeypatch):
    monkeypatch.setenv('SHOP_REGISTRY', 'registry.example:5000')
    document, notes = dump_stack(load_map_file(str(MAP)))
    read = yaml.safe_load(compose_text(document, notes))
    assert set(read['services']) == {'shop-app', 'shop-db', 'shop-web'}
    app, web, db = (read['services'][f'shop-{name}'] for name in ('app', 'web', 'db'))
    assert app['image'] == 'registry.example:5000/web:1'
    assert (app['deploy']['replicas'], app['deploy']['update_config']['order']) == (2, 'start-first')
    assert app['healthcheck']['interval'] == '1s'
    assert web['ports'] == [{'target': 80, 'published': 18080, 'protocol': 'tcp', 'mode': 'host'}]
    assert db['deploy']['placement'] == {'constraints': ['node.hostname==node1']}
    assert db['volumes'] == [{'type': 'volume', 'target': '/data', 'source': 'shop.data'}]
    assert read['networks']['shop-front'] == {'driver': 'overlay', 'attachable': True, 'name': 'shop-front'}
    assert {note.hint.partition(' create')[0] for note in notes} == {
        'Create it with docker secret',
        'Create it with docker config',
    }
    assert 'change-me' not in compose_text(document, notes)


def test_limits_and_names_of_hosts_are_written_as_stacks_have_them():
    shop = ContainerMap(
        'shop',
        {
            'web': {
                'image': 'web',
                'host_config': {
                    'mem_limit': '64m',
                    'nano_cpus': 500_000_000,
                    'extra_hosts': {'db': '192.0.2.1'},
                    'ulimits': {'nofile': 64},
                    'restart_policy': 'on-failure:3',
                },
            }
        },
    )
    web = dump_stack(shop)[0]['services']['shop-web']
    assert web['deploy']['resources'] == {'limits': {'cpus': '0.5', 'memory': '67108864'}}
    assert web['deploy']['restart_policy'] == {'condition': 'on-failure', 'max_attempts': 3}
    assert web['extra_hosts'] == ['db:192.0.2.1']
    assert web['ulimits'] == {'nofile': {'soft': 64, 'hard': 64}}


def test_what_cannot_be_on_a_swarm_is_no_stack():
    with pytest.raises(SwarmRefusalError, match="'privileged' is refused on a swarm"):
        dump_stack(ContainerMap('shop', {'web': {'image': 'web', 'host_config': {'privileged': True}}}))


def test_files_of_secrets_and_configs_are_named_by_their_paths(tmp_path):
    path = tmp_path / 'key'
    path.write_text('hunter2')
    document, notes = dump_stack(
        ContainerMap('shop', {'web': {'image': 'web', 'secrets': {'key': {'file': str(path)}}}})
    )
    ((name, declared),) = document['secrets'].items()
    assert declared == {'name': name, 'file': str(path)}
    assert not notes
    assert 'hunter2' not in compose_text(document, notes)

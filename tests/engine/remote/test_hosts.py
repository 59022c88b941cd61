"""Maps on hosts that are reached by Fabric: the same calls, several hosts in one plan, hosts that cannot be reached."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.api import ContainerMap, MappingDockerClient, PartialResultsError
from dockermap.fabric import FabricConfiguration
from tests.engine.remote.conftest import Processes

SECRET = 'hunter2-is-secret'


def stack(name: str, base_image: str, number: int = 1, **settings: Any) -> ContainerMap:
    containers = {
        f'c{index}': {
            'image': base_image,
            'stop_timeout': 1,
            'create_options': {'command': ['sleep', '1000'], 'environment': {'TOKEN': SECRET}},
        }
        for index in range(number)
    }
    return ContainerMap(name, {**containers, **settings})


def front_end(container_map: ContainerMap, option_defaults: Any, **clients: FabricConfiguration) -> MappingDockerClient:
    return MappingDockerClient(container_map, clients=clients, option_defaults=option_defaults)


@pytest.mark.parametrize(('mode', 'number'), [('api', 10), pytest.param('command', 10, marks=pytest.mark.full)])
def test_containers_come_and_go(host, mode, number, base_image, unique, option_defaults, api):
    configuration = FabricConfiguration(mode=mode, **host.arguments)
    with front_end(stack(unique, base_image, number), option_defaults, __default__=configuration) as client:
        assert str(client.plan('update', '__all__')).endswith(f'{number} to create.')
        client.update('__all__')
        running = [row['Names'][0] for row in api.containers() if row['Names'][0].startswith(f'/{unique}.')]
        assert sorted(running) == sorted(f'/{unique}.c{index}' for index in range(number))
        assert not client.plan('update', '__all__')
        client.shutdown('__all__')
    assert not [row for row in api.containers(all=True) if row['Names'][0].startswith(f'/{unique}.')]
    assert configuration.client is None


def test_two_hosts_are_in_one_plan(host, start_host, second_engine_url, mode, base_image, unique, option_defaults, api):
    second = start_host(second_engine_url, f'second-{mode}')
    clients = {
        'one': FabricConfiguration(mode=mode, **host.arguments),
        'two': FabricConfiguration(mode=mode, **second.arguments),
    }
    container_map = stack(unique, base_image, clients=['one', 'two'])
    with docker.APIClient(base_url=second_engine_url, version='auto') as other_api:
        with front_end(container_map, option_defaults, **clients) as client:
            plan = client.plan('update', '__all__')
            assert [(item.client_name, item.name) for item in plan.items] == [
                ('one', f'{unique}.c0'),
                ('two', f'{unique}.c0'),
            ]
            client.update('__all__')
            for engine in (api, other_api):
                assert engine.inspect_container(f'{unique}.c0')['State']['Running']
            client.shutdown('__all__')
        for engine in (api, other_api):
            assert not engine.containers(all=True, filters={'name': f'{unique}.'})


def not_reached(host: Any, tmp_path: Path) -> dict[str, tuple[dict[str, Any], str]]:
    """Hosts that cannot be reached, and what is said of them."""
    changed = tmp_path / 'changed'
    user_key = ' '.join(host.key.with_suffix('.pub').read_text().split()[:2])
    changed.write_text(host.known_hosts.replace(host.host_key, user_key))
    empty = tmp_path / 'empty'
    empty.touch()
    wrong_key = {**host.connect_kwargs, 'key_filename': str(host.key.with_name('host'))}
    return {
        'down': ({**host.arguments, 'port': 1}, r'Unable to connect to port 1 on 127\.0\.0\.1'),
        'changed': ({**host.arguments, 'known_hosts': str(changed)}, 'does not match'),
        'unknown': ({**host.arguments, 'known_hosts': str(empty)}, 'not found in known_hosts'),
        'key': ({**host.arguments, 'connect_kwargs': wrong_key}, 'Authentication failed'),
        'name': ({**host.arguments, 'host': 'nowhere.invalid'}, 'nowhere'),
    }


def test_hosts_that_cannot_be_reached_are_left_out_and_the_others_finished(
    host, mode, base_image, unique, option_defaults, api, tmp_path
):
    bad = not_reached(host, tmp_path)
    clients = {name: FabricConfiguration(mode=mode, **arguments) for name, (arguments, _) in bad.items()}
    container_map = stack(unique, base_image, clients=[*clients, 'good'])
    clients['good'] = FabricConfiguration(mode=mode, **host.arguments)
    with (
        front_end(container_map, option_defaults, **clients) as client,
        pytest.raises(PartialResultsError) as failure,
    ):
        client.update('__all__')
    text = str(failure.value).strip()
    reasons, _, outcomes = text.partition(' By client: ')
    assert f'Items on clients {", ".join(sorted(bad))} were left out, as they could not be reached: ' in text
    for name, (_, expected) in bad.items():
        assert re.search(rf'\b{name}: [^;]*ssh://[^;]*{expected}', reasons), text
    assert all(f'{name}: could not be reached' in outcomes for name in bad)
    assert outcomes.endswith('; good: 1 done.')
    assert api.inspect_container(f'{unique}.c0')['State']['Running']


def test_known_hosts_are_accepted(host, tmp_path):
    known = tmp_path / 'known'
    known.write_text(host.known_hosts)
    configuration = FabricConfiguration(known_hosts=str(known), **host.arguments)
    assert configuration.get_client().version()['ApiVersion'] == configuration.version
    configuration.close()


def test_a_secret_leaves_no_trace(host, mode, base_image, unique, option_defaults, caplog, eventually):
    caplog.set_level(logging.DEBUG)
    configuration = FabricConfiguration(mode=mode, **host.arguments)
    front = front_end(stack(unique, base_image), option_defaults, __default__=configuration)
    with Processes() as processes, front as client:
        plan = client.plan('update', '__all__') if mode == 'api' else None
        client.update('__all__')
        # What it runs takes the place of runc's own process some time after the start.
        assert eventually(lambda: any('sleep\x001000' in line for line in processes.lines))
    logged = [record.getMessage() for record in caplog.records if record.name.startswith(('dockermap', 'paramiko'))]
    assert logged
    shown = [*logged, *processes.lines, str(plan), repr(plan), repr(configuration)]
    assert not [text for text in shown if SECRET in text]

"""The command-line program on a real swarm, with a file of clients."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from private_swarm import PrivateSwarm

from dockermap.api import ClientConfiguration
from dockermap.exceptions import InputError
from dockermap.program import Environment, main


class Result(NamedTuple):
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


Program = Callable[..., Result]


@pytest.fixture
def program(swarm: PrivateSwarm, map_name: str, tmp_path: Path) -> Program:
    """Runs the program for a map of one service. The first address in its file of clients is that of a worker."""
    web = {
        'image': 'web:1',
        'replicas': 2,
        'networks': 'front',
        'stop_timeout': 1,
        'host_config': {'init': True},
        'create_options': {'command': ['sh', '-c', 'echo serves; exec httpd -f -p 80']},
    }
    entries = {'name': map_name, 'repository': swarm.registry, 'networks': {'front': {}}, 'web': web}
    (tmp_path / 'dockermap.yaml').write_text(yaml.safe_dump(entries), encoding='utf-8')
    managers = {
        'orchestrator': 'swarm',
        'base_url': [swarm.url(2), swarm.url(1)],
        'endpoint_mode': 'dnsrr',
        'wait_timeout': 60,
    }
    (tmp_path / 'clients.yaml').write_text(yaml.safe_dump({'__default__': managers}), encoding='utf-8')

    def run(*arguments: str) -> Result:
        out, err = io.StringIO(), io.StringIO()
        variables = {'TERM': 'dumb', 'HOME': str(tmp_path)}
        code = main(
            ['--clients', 'clients.yaml', *arguments], Environment(io.StringIO(), out, err, variables, tmp_path)
        )
        return Result(code, out.getvalue(), err.getvalue())

    return run


def test_the_program_plans_brings_up_shows_and_takes_down_what_is_on_the_swarm(
    swarm: PrivateSwarm, map_name: str, program: Program
) -> None:
    planned = program('plan')
    assert planned.returncode == 2, planned.stderr
    assert f'+ container  {map_name}-web' in planned.stdout
    with swarm.api() as api:
        assert [row for row in api.services() if row['Spec']['Name'].startswith(map_name)] == []

    up = program('up', '--yes')
    assert up.returncode == 0, up.stderr
    again = program('up', '--yes')
    assert (again.returncode, 'Nothing to do.' in again.stdout + again.stderr) == (0, True), again.stderr
    assert program('plan').returncode == 0

    (item,) = json.loads(program('--output', 'json', 'ps').stdout)['items']
    with swarm.api() as api:
        names = {row['ID']: row['Description']['Hostname'] for row in api.nodes()}
        # On a busy machine, a first one may have failed.
        wanted = {'service': f'{map_name}-web', 'desired-state': 'running'}
        nodes = [names[task['NodeID']] for task in api.tasks(filters=wanted)]
    assert (item['name'], item['state']) == (f'{map_name}-web', 'running')
    assert sorted(task['node'] for task in item['tasks']) == sorted(nodes)
    assert program('logs').stdout.splitlines() == [f'{map_name}-web | serves'] * 2

    down = program('down', '--yes')
    assert down.returncode == 0, down.stderr
    with swarm.api() as api:
        assert [row for row in api.services() if row['Spec']['Name'].startswith(map_name)] == []
        assert [row for row in api.networks() if row['Name'].startswith(map_name)] == []


def test_a_worker_alone_is_no_swarm(swarm: PrivateSwarm) -> None:
    with (
        ClientConfiguration(base_url=[swarm.url(2)], orchestrator='swarm') as configuration,
        pytest.raises(InputError, match='None of these is a manager'),
    ):
        configuration.get_client()

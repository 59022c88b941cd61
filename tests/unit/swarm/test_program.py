"""The program's commands on a swarm."""

from __future__ import annotations

import io
import json

import pytest
import yaml

from dockermap.api import ClientConfiguration
from dockermap.program import Environment, main

SHOP = """\
name: shop
networks: {front: {}}
web: {image: web:1, networks: front, replicas: 2}
"""


@pytest.fixture
def program(swarm, tmp_path):
    (tmp_path / 'dockermap.yaml').write_text(SHOP)
    configuration = ClientConfiguration(client=swarm.client(), orchestrator='swarm')

    def run(*arguments):
        out, err = io.StringIO(), io.StringIO()
        variables = {'TERM': 'dumb', 'HOME': str(tmp_path)}
        environment = Environment(
            io.StringIO(), out, err, variables, tmp_path, lambda _: {'__default__': configuration}
        )
        code = main(arguments, environment)
        return code, out.getvalue(), err.getvalue()

    return run


def test_the_plan_is_shown_and_carried_out_and_taken_back(swarm, program):
    code, out, _ = program('plan')
    assert code == 2
    assert '+ container  shop-web    is missing' in out
    assert swarm.calls == []
    code, _, err = program('up', '--yes')
    assert (code, len(swarm.running('shop-web'))) == (0, 2), err
    assert program('plan')[0] == 0
    code, _, err = program('down', '--yes')
    assert (code, swarm.services) == (0, {}), err


def test_each_container_is_shown_with_its_node(swarm, program):
    program('up', '--yes')
    code, out, _ = program('ps')
    assert code == 0
    assert 'running on node1' in out
    (item,) = json.loads(program('--output', 'json', 'ps')[1])['items']
    assert [task['node'] for task in item['tasks']] == ['node1', 'node1']


def test_the_output_of_a_service_is_shown(swarm, program):
    program('up', '--yes')
    swarm.output['shop-web'] = ['one\n', 'two\n']
    assert program('logs')[1].splitlines() == ['shop-web | one', 'shop-web | two']


def test_a_command_in_a_service_is_refused(program):
    program('up', '--yes')
    code, _, err = program('exec', 'web', 'ls')
    assert code != 0
    assert 'shop-web is a service' in err


def test_the_same_is_written_as_a_file_for_docker_stack_deploy(swarm, program):
    code, out, err = program('export-stack')
    assert (code, swarm.calls) == (0, []), err
    assert yaml.safe_load(out)['services']['shop-web']['deploy']['replicas'] == 2
    assert set(json.loads(program('--output', 'json', 'export-stack')[1])) == {'stack', 'notes'}


def test_a_command_is_run_in_a_job_beside_the_service(swarm, program, monkeypatch):
    program('up', '--yes')
    swarm.exit_codes['fail'] = 3
    monkeypatch.setattr('dockermap.testing.swarm.SwarmClient.service_logs', lambda *args, **kwargs: [b'told\n'])
    code, out, err = program('run', 'web', 'fail')
    assert (code, out) == (3, 'told\n'), err
    assert [service['Spec']['Name'] for service in swarm.services.values()] == ['shop-web']


def test_a_command_for_which_there_is_no_node_does_not_wait_as_long_as_it_might_take(swarm, program, monkeypatch):
    monkeypatch.setattr('dockermap.map.swarm.expand._DEFAULT_SECONDS', 0.01)
    swarm.drained.update(swarm.nodes)
    code, _, err = program('run', 'web', 'true')
    assert code != 0
    assert 'no suitable node' in err
    assert swarm.services == {}

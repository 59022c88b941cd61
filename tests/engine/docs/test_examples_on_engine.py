"""The examples of the documentation, run on an engine."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.api import ActionRunnerException, ItemType

ROOT = Path(__file__).parents[3]
Example = Callable[[str], dict[str, Any]]
Found = Callable[[], dict[str, str]]


def steps(outputs: Any) -> list[tuple[str, str]]:
    return [(output.config_id.config_name, output.action_type.value) for output in outputs]


def test_getting_started_leads_from_nothing_to_a_running_stack_and_back(
    example: Example,
    found: Found,
    api: docker.APIClient,
    unique: str,
) -> None:
    left = example('tour.py')

    assert ('web', 'create') in steps(left['first'])
    assert (left['page'], left['again']) == ('It works.\n', [])
    changes = {item.name.partition('.')[2]: item.change.sign for item in left['plan'].items}
    assert changes == {'pages': '+', 'clock': '+', 'web': '±'}
    assert {('clock', 'create'), ('web', 'create')} <= set(steps(left['grown']))
    assert re.search(r'\d\d:\d\d:\d\d', left['clock_page'])
    assert steps(left['in_place']) == [('clock', 'update')]
    assert found() == {}
    assert [volume for volume in api.volumes()['Volumes'] or () if volume['Name'].startswith(unique)] == []


def test_the_image_has_the_file_and_both_tags(example: Example, api: docker.APIClient, unique: str) -> None:
    left = example('build_image.py')

    detail = api.inspect_image(f'{unique}/pages:latest')
    assert detail['Id'] == api.inspect_image(f'{unique}/pages:2.1')['Id']
    assert left['image_id'] in detail['Id']
    # Podman adds one of its own.
    assert detail['Config']['Labels'].keys() - {'io.buildah.version'} == {'release'}
    assert detail['Config']['Labels']['release'] == '2.1'


def test_looking_first_changes_nothing(example: Example, found: Found) -> None:
    left = example('look_first.py')

    assert [
        action.config_id.config_name for action in left['plan'] if action.config_id.config_type is ItemType.CONTAINER
    ] == ['app', 'app', 'web', 'web']
    assert found() == {}


def test_an_update_changes_in_place_or_makes_anew_and_then_nothing(
    example: Example,
    found: Found,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level('INFO'):
        left = example('why_updated.py')

    assert (steps(left['in_place']), steps(left['recreated'])) == ([('web', 'update')], [('web', 'create')])
    assert left['unchanged'] == []
    assert 'restart policy: no → always' in caplog.text
    assert 'environment.STAGE differs' in caplog.text
    assert found() == {'web': 'running'}


def test_a_script_gives_its_exit_code_and_output(example: Example, found: Found) -> None:
    left = example('run_script.py')

    assert (left['result']['exit_code'], left['result']['log']) == (3, b'started\n')
    assert 'tool' not in found()


def test_a_taken_port_is_an_error_and_the_same_call_does_the_rest(example: Example, found: Found) -> None:
    left = example('recover.py')

    assert left['failed'] == ('__default__', 'web', 'start')
    assert {('app', 'create'), ('app', 'start'), ('web', 'create')} <= set(left['done'])
    assert found() == {'app': 'running', 'web': 'running'}
    assert left['again'] == []


@pytest.mark.usefixtures('docker_command')
def test_everything_works_by_way_of_the_docker_command(
    example: Example,
    found: Found,
    capsys: pytest.CaptureFixture[str],
) -> None:
    left = example('command_line_client.py')

    assert (left['again'], found()) == ([], {})
    assert 'docker create ' in capsys.readouterr().out


@pytest.mark.usefixtures('docker_command')
def test_a_tool_deploys_through_a_connection_of_its_own(
    example: Example,
    found: Found,
    unique: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    left = example('own_connection.py')

    # Nothing of what the commands print.
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert left['first'] == [('web1', f'{unique}.web', 'CREATE')]
    assert left['second'] == []
    assert found() == {'web': 'running'}


def test_a_state_function_tells_what_it_would_change_and_what_it_changed(
    example: Example,
    found: Found,
    unique: str,
) -> None:
    left = example('own_state.py')

    assert (left['tested']['result'], left['tested']['changes']) == (None, {f'container {unique}.web': 'create'})
    assert left['tested']['comment'] == f'container {unique}.web: is missing'
    assert (left['applied']['result'], left['applied']['changes']) == (True, left['tested']['changes'])
    assert (left['repeated']['changes'], left['repeated']['result']) == ({}, True)
    assert [(state['result'], state['changes']) for state in left['lost']] == [(False, {})] * 2
    assert all('unix:///nowhere/docker.sock' in state['comment'] for state in left['lost'])
    assert found() == {'web': 'running'}


def test_own_names_actions_and_steps_work_together(example: Example, found: Found) -> None:
    left = example('extending.py')

    assert (left['processes'], left['after']) == ({'web': 1}, {})
    assert found() == {}


def test_a_runner_that_only_notes_changes_nothing(example: Example, found: Found) -> None:
    left = example('dry_run.py')

    containers = [steps for name, steps in left['noted'] if name == 'web']
    assert (left['outputs'], containers[0]) == ([], ['create', 'connect_all_networks', 'start'])
    assert found() == {}


def test_an_own_client_is_used_for_preparations_and_keeps_its_own_rules(
    example: Example,
    api: docker.APIClient,
    unique: str,
    is_own_engine: bool,
) -> None:
    if not is_own_engine:
        pytest.skip('changes files below the data directory of the engine')
    left = example('other_client.py')

    mounted = api.inspect_volume(f'{unique}.data')['Mountpoint']
    assert Path(mounted).stat().st_uid == 1000
    with pytest.raises(ActionRunnerException, match='north: nothing is removed here'):
        left['client'].shutdown('web')


def test_an_own_check_makes_containers_anew(example: Example) -> None:
    left = example('own_comparison.py')

    assert (left['today'], steps(left['in_two_days'])) == ([], [('web', 'create')])


def test_a_map_is_brought_up_on_two_hosts(
    example: Example,
    second_engine_url: str,
    engine_url: str,
    unique: str,
    found: Found,
    base_image: str,
) -> None:
    path = Path.cwd() / 'two_hosts.py'
    text = path.read_text(encoding='utf-8')
    text = text.replace('unix:///run/host1.sock', engine_url)
    path.write_text(text.replace('unix:///run/host2.sock', second_engine_url), encoding='utf-8')

    left = example('two_hosts.py')

    with contextlib.closing(docker.APIClient(base_url=second_engine_url, version='auto')) as second:
        names = {name for container in second.containers() for name in container['Names'] if name.count('/') == 1}
        own_names = {name for name in names if name.startswith(f'/{unique}')}
        assert own_names == {f'/{unique}.{name}' for name in ('web', 'app', 'backup')}
        assert set(found()) == {'web', 'app'}
        left['client'].shutdown(['app', 'backup'])


def test_every_example_file_is_run_or_used() -> None:
    text = Path(__file__).read_text(encoding='utf-8')
    elsewhere = {'arguments.py', 'action_table.py'}

    unused = [
        path.name
        for path in (ROOT / 'docs' / 'examples').glob('*.py')
        if path.name not in elsewhere and f"'{path.name}'" not in text
    ]
    assert unused == []

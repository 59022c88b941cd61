"""Starting commands in containers and watching them."""

from __future__ import annotations

import pytest

from dockermap.map.action import ContainerUtilAction, ItemAction
from dockermap.map.exceptions import ActionException
from dockermap.testing import InMemoryClient, Process

INITIAL, RESTART = ('first', None, 'initial'), ('side', 'root', 'restart')


@pytest.fixture
def setup(make_setup, engine):
    engine.add_container('shop.web', 'web:latest', running=True)
    return make_setup({'web': {'exec_commands': [INITIAL, RESTART], 'user': 'u'}})


def run_all(setup, **kwargs):
    action = ItemAction(setup.state('container', 'web'), ContainerUtilAction.EXEC_ALL, **kwargs)
    return [output.result for output in setup.runner.run_actions([action])]


def test_all_commands_are_started_detached_one_after_the_other(setup):
    results = run_all(setup)
    assert [(call['cmd'], call['user']) for call in setup.calls('exec_create')] == [('first', 'u'), ('side', 'root')]
    assert [call['detach'] for call in setup.calls('exec_start')] == [True, True]
    assert [result['ExitCode'] for result in results[0]] == [0, 0]


def test_commands_for_a_new_container_are_left_out_once_it_has_been_started(setup):
    run_all(setup, started_before=True)
    assert [call['cmd'] for call in setup.calls('exec_create')] == ['side']


def test_single_commands_are_those_of_the_action(setup):
    commands = setup.policy.container_maps['shop'].containers.web.exec_commands[1:]
    results = setup.runner.exec_commands(setup.acting('container', 'web'), 'shop.web', run_cmds=commands, tty=True)
    assert setup.calls('exec_create') == [{'container': 'shop.web', 'cmd': 'side', 'user': 'root', 'tty': True}]
    assert len(results) == 1


def test_nothing_to_run_has_no_result(make_setup):
    setup = make_setup({'web': None})
    assert setup.runner.exec_container_commands(setup.acting('container', 'web'), 'shop.web') is None


def test_commands_can_be_assigned_to_the_configuration(setup):
    setup.policy.container_maps['shop'].containers.web.exec_commands = ['later']
    run_all(setup)
    assert [call['cmd'] for call in setup.calls('exec_create')] == ['later']


def test_commands_given_to_the_call_that_creates_a_container_are_run_in_it(make_setup):
    setup = make_setup({'web': None})
    setup.runner.create_container(setup.acting('container', 'web'), 'shop.web', exec_commands='given')
    setup.runner.start_container(setup.acting('container', 'web'), 'shop.web')
    run_all(setup)
    assert [call['cmd'] for call in setup.calls('exec_create')] == ['given']


@pytest.mark.parametrize(
    ('options', 'seconds'),
    [
        ({}, [10, 1]),
        ({'exec_wait': 3}, [3, 3]),
        ({'exec_wait': 0}, [0, 0]),
    ],
)
def test_commands_that_go_on_are_watched_for_a_while(make_setup, engine, client, options, seconds):
    setup = make_setup({'web': {'exec_commands': [INITIAL, RESTART]}}, options=options)
    engine.add_container('shop.web', running=True)
    engine.script(Process(), in_exec=True)
    starts = []
    start = client.exec_start
    client.exec_start = lambda **kwargs: starts.append(engine.clock.now()) or start(**kwargs)
    results = run_all(setup)
    assert [starts[1] - starts[0], engine.clock.now() - starts[1]] == pytest.approx(seconds)
    assert [sorted(result) for result in results[0]] == [['Id'], ['Id']]


def test_watching_ends_with_the_command(setup, engine):
    engine.script(Process(seconds=0.5, exit_code=3), command='side', in_exec=True)
    before = engine.clock.now()
    results = run_all(setup, started_before=True)
    assert results[0][0]['ExitCode'] == 3
    assert 0.5 <= engine.clock.now() - before < 1


def test_a_command_that_fails_is_a_warning(setup, engine, caplog):
    engine.script(Process(seconds=0, exit_code=7), in_exec=True)
    results = run_all(setup, started_before=True)
    assert results[0][0]['ExitCode'] == 7
    assert [record.levelname for record in caplog.records if 'exit code 7' in record.getMessage()] == ['WARNING']


def test_a_first_command_that_cannot_be_started_ends_the_new_container(setup, engine):
    engine.script(Process(missing=True), command='first', in_exec=True)
    with pytest.raises(ActionException, match='not found'):
        run_all(setup)
    assert setup.calls('remove_container') == [{'container': 'shop.web', 'force': True, 'v': True}]
    assert 'shop.web' not in setup.policy.container_names['__default__']


def test_another_command_that_cannot_be_started_does_not(setup, engine):
    engine.script(Process(missing=True), command='side', in_exec=True)
    with pytest.raises(ActionException, match='not found'):
        run_all(setup, started_before=True)
    assert setup.calls('remove_container') == []


def test_a_client_may_have_started_a_command_already(setup, client):
    client.exec_create = lambda **kwargs: None
    assert run_all(setup) == []
    assert setup.calls('exec_start') == []


def test_a_client_that_cannot_tell_about_commands_gets_the_plain_call(make_setup, engine, client_of):
    class OldClient(InMemoryClient):
        exec_inspect = property()

    engine.add_container('shop.web', 'web:latest', running=True)
    setup = make_setup({'web': {'exec_commands': [RESTART]}}, client_of(OldClient))
    results = run_all(setup)
    assert [sorted(call) for call in setup.calls('exec_start')] == [['exec_id']]
    assert sorted(results[0][0]) == ['Id']


def test_a_client_may_tell_nothing_about_a_command(setup, client):
    client.exec_inspect = lambda exec_id: None
    assert [sorted(result) for result in run_all(setup)[0]] == [['Id'], ['Id']]

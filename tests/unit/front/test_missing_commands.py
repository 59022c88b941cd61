"""Commands that should run in running containers, and what asks for them."""

from __future__ import annotations

import pytest

from dockermap.map.action import ContainerUtilAction
from dockermap.testing import InMemoryEngine

SIDE = {'cmd': 'sleep 5000', 'user': 'root', 'policy': 'restart'}
FIRST = {'cmd': 'touch /ready', 'user': 'root', 'policy': 'initial'}
QUICKLY = {'exec_wait': 0}


@pytest.fixture
def engine():
    return InMemoryEngine('web:latest')


@pytest.fixture
def make_running(make_client, engine):
    """A front end for a container that runs without its commands, as after a call that ended at the wrong moment."""

    def make(*commands):
        make_client({'web': {'create_options': {'command': 'serve'}}}).startup('web')
        engine.calls.clear()
        return make_client({'web': {'create_options': {'command': 'serve'}, 'exec_commands': list(commands)}})

    return make


@pytest.mark.parametrize('action', ['start', 'startup', 'update'])
def test_a_command_that_does_not_run_is_started(make_running, engine, action):
    client = make_running(SIDE)
    assert [actions[0].action_types for actions in client.get_actions(action, 'web')] == [
        [ContainerUtilAction.EXEC_COMMANDS]
    ]
    client.run_actions(action, 'web', **QUICKLY)
    assert engine.changes == ['exec_create shop.web', 'exec_start shop.web']


@pytest.mark.parametrize('action', ['start', 'startup'])
def test_a_command_that_runs_is_left_alone(make_running, engine, action):
    client = make_running(SIDE)
    client.startup('web', **QUICKLY)
    assert list(client.get_actions(action, 'web')) == []


@pytest.mark.parametrize(('commands', 'options'), [([], {}), ([FIRST], {}), ([SIDE], {'check_exec_commands': 'none'})])
@pytest.mark.parametrize('action', ['start', 'startup', 'update'])
def test_processes_are_only_asked_for_where_commands_should_run(make_running, engine, action, commands, options):
    client = make_running(*commands)
    client.run_actions(action, 'web', **options)
    assert 'top' not in [call.method for call in engine.calls]
    assert engine.changes == []


@pytest.mark.parametrize('action', ['create', 'restart', 'stop', 'shutdown', 'remove', 'signal'])
def test_what_does_not_start_commands_does_not_ask_for_them(make_running, engine, action):
    client = make_running(SIDE)
    list(client.get_states(action, 'web'))
    assert 'top' not in [call.method for call in engine.calls]

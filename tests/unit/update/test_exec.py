"""Exec commands among processes."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.input import CmdCheck, ExecCommand, ExecPolicy, NotSet
from dockermap.map.state._exec import check_mode, command_lines, missing_commands

RUNS = 'sleep 5'


def missing(command, rows, mode=CmdCheck.FULL, default_user=NotSet):
    return missing_commands([command], default_user, rows, mode)


@pytest.mark.parametrize(
    ('option', 'mode'),
    [
        (CmdCheck.FULL, CmdCheck.FULL),
        ('full', CmdCheck.FULL),
        ('partial', CmdCheck.PARTIAL),
        ('none', CmdCheck.NONE),
        (CmdCheck.NONE, CmdCheck.NONE),
        (None, CmdCheck.NONE),
        (False, CmdCheck.NONE),
        ('', CmdCheck.NONE),
    ],
)
def test_the_option_may_be_given_as_text_and_be_switched_off(option, mode):
    assert check_mode(option) is mode


def test_other_texts_for_the_option_are_an_error():
    with pytest.raises(ValueError, match='sometimes'):
        check_mode('sometimes')


@pytest.mark.parametrize(
    ('command', 'row'),
    [
        (ExecCommand(RUNS), ['9', 'root', 'sleep 5']),
        (ExecCommand(['sleep', '5']), ['9', 'root', 'sleep 5']),
        (ExecCommand(('sleep', 5)), ['9', 'root', 'sleep 5']),
        (ExecCommand(lazy(lambda: RUNS)), ['9', 'root', 'sleep 5']),
        (ExecCommand(RUNS, 'app'), ['9', 'app', 'sleep 5']),
        (ExecCommand(RUNS, 'app:group'), ['9', 'app', 'sleep 5']),
        (ExecCommand(RUNS, 1000), ['9', '1000', 'sleep 5']),
        (ExecCommand(RUNS, lazy(lambda: 1000)), ['9', '1000', 'sleep 5']),
        (ExecCommand(RUNS, 1000), ['9', 'ubuntu', 'sleep 5']),
        (ExecCommand(RUNS, 'nginx'), ['9', '101', 'sleep 5']),
        (ExecCommand(RUNS, 0), ['9', 'root', 'sleep 5']),
        (ExecCommand(RUNS, 'systemd-network'), ['9', 'systemd+', 'sleep 5']),
        (ExecCommand('sh -c "sleep 5; true"'), ['9', 'root', 'sh -c sleep 5; true']),
        (ExecCommand('sh -c "sleep 5"'), ['9', 'root', 'sleep 5']),
        (ExecCommand('sh -c "sleep 5 >/dev/null 2>&1 &"'), ['9', 'root', 'sleep 5']),
        (ExecCommand('setsid sleep 5'), ['9', 'root', 'sleep 5']),
        (ExecCommand("/bin/sh -c 'exec nohup sleep 5 &'"), ['9', 'root', 'sleep 5']),
        (ExecCommand(['sh', '-c', 'sleep 5']), ['9', 'root', 'sleep 5']),
        (ExecCommand('env A=1 sleep 5'), ['9', 'root', 'sleep 5']),
    ],
)
def test_a_command_that_runs_is_not_missing(command, row):
    assert missing(command, [['1', 'root', 'main'], row]) == []


@pytest.mark.parametrize(
    ('command', 'row'),
    [
        (ExecCommand(RUNS), ['9', 'root', 'sleep 50']),
        (ExecCommand(RUNS), ['9', 'root', '/bin/sleep 5']),
        (ExecCommand(RUNS), ['9', 'app', 'sleep 5']),
        (ExecCommand(RUNS, 'app'), ['9', 'root', 'sleep 5']),
        (ExecCommand(RUNS, 1000), ['9', 'root', 'sleep 5']),
        (ExecCommand(RUNS, 1000), ['9', '1001', 'sleep 5']),
        (ExecCommand(RUNS, 'app'), ['9', 'web', 'sleep 5']),
        (ExecCommand('sh -c "sleep 5; echo x"'), ['9', 'root', 'sleep 5']),
    ],
)
def test_a_command_that_does_not_run_is_missing(command, row):
    assert missing(command, [['1', 'root', 'main'], row]) == [command]


def test_without_a_user_of_its_own_a_command_runs_as_the_containers_user():
    assert missing(ExecCommand(RUNS), [['9', 'app', 'sleep 5']], default_user='app:app') == []
    assert missing(ExecCommand(RUNS), [['9', 'root', 'sleep 5']], default_user='app:app') != []


@pytest.mark.parametrize('line', ['sleep 5', '/bin/sleep 5', 'sleep 50'])
def test_partial_check_looks_for_the_text_anywhere_in_the_line(line):
    assert missing(ExecCommand(RUNS), [['9', 'root', line]], CmdCheck.PARTIAL) == []


@pytest.mark.parametrize('rows', [None, []])
def test_without_processes_all_commands_are_missing(rows):
    assert missing(ExecCommand(RUNS), rows) == [ExecCommand(RUNS)]


@pytest.mark.parametrize('rows', [None, [], [['9', 'root', 'other']]])
@pytest.mark.parametrize('mode', list(CmdCheck))
def test_initial_commands_are_never_missing(rows, mode):
    assert missing(ExecCommand(RUNS, None, ExecPolicy.INITIAL), rows, mode) == []


@pytest.mark.parametrize('rows', [None, [], [['9', 'root', 'other']]])
def test_without_check_nothing_is_missing(rows):
    assert missing(ExecCommand(RUNS), rows, CmdCheck.NONE) == []


def test_only_missing_commands_are_returned_in_their_order():
    commands = [ExecCommand('c'), ExecCommand('a'), ExecCommand('b')]
    assert missing_commands(commands, None, [['9', 'root', 'a']], CmdCheck.FULL) == [commands[0], commands[2]]


@pytest.mark.parametrize('command', ['sh -c "a; b"', 'sh -c "a && b"', 'sh -c "a | b"', 'sh -c "(a)"'])
def test_scripts_of_several_commands_are_only_known_by_their_shell(command):
    assert command_lines(command) == {command, command.replace('"', '')}


@pytest.mark.parametrize('command', ["echo 'a", 'sh -c "echo \'a"'])
def test_a_command_that_cannot_be_split_is_known_as_it_is(command):
    assert command in command_lines(command)

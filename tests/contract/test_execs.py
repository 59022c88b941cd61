"""Commands in containers."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.testing import Process
from tests.contract.lab import Lab, MemoryLab

ENDLESS = ['sh', '-c', 'sleep 300; true']


def without(lab: Lab, command: str) -> None:
    if isinstance(lab, MemoryLab):
        lab.engine.script(Process(missing=True), command=command, in_exec=True)


def executed(lab: Lab, command: Any, *, detach: bool = False, **arguments: Any) -> tuple[Any, dict[str, Any]]:
    exec_id = lab.client.exec_create(lab.name('web'), command, **arguments)['Id']
    output = lab.client.exec_start(exec_id, detach=detach)
    return output, lab.client.exec_inspect(exec_id)


def test_a_command_is_run_to_its_end(lab: Lab) -> None:
    lab.run('web')

    output, found = executed(lab, ['sh', '-c', 'echo done; exit 3'])

    assert (output, found['Running'], found['ExitCode']) == (b'done\n', False, 3)


def test_a_detached_command_goes_on(lab: Lab) -> None:
    lab.run('web')

    output, found = executed(lab, ENDLESS, detach=True)

    assert (output, found['Running'], found['ExitCode']) == ('', True, None)
    assert found['Pid'] > 0
    assert lab.details('web')['ExecIDs'] == [found['ID']]


def test_a_detached_command_ends(lab: Lab) -> None:
    lab.run('web')

    _, found = executed(lab, ['sh', '-c', 'sleep 0.3; exit 4'], detach=True)

    assert lab.eventually(lambda: not lab.client.exec_inspect(found['ID'])['Running'])
    assert lab.client.exec_inspect(found['ID'])['ExitCode'] == 4
    assert lab.eventually(lambda: lab.details('web')['ExecIDs'] is None)


def test_a_command_that_was_set_up_is_not_run(lab: Lab) -> None:
    container_id = lab.run('web')
    exec_id = lab.client.exec_create(lab.name('web'), 'ls -l', user='nobody', tty=True)['Id']

    found = lab.client.exec_inspect(exec_id)

    assert {key: found[key] for key in ('ID', 'Running', 'ExitCode', 'ContainerID', 'ProcessConfig', 'Pid')} == {
        'ID': exec_id,
        'Running': False,
        'ExitCode': None,
        'ContainerID': container_id,
        'Pid': 0,
        'ProcessConfig': {'tty': True, 'entrypoint': 'ls', 'arguments': ['-l'], 'privileged': False, 'user': 'nobody'},
    }


@pytest.mark.parametrize('starts', [True, False])
def test_commands_need_a_running_container(lab: Lab, starts: bool) -> None:
    lab.finished('web', 'true') if starts else lab.create('web')

    assert lab.refused(lab.client.exec_create, lab.name('web'), 'ls') == (409, 'Container <id> is not running')


def test_commands_wait_for_no_paused_container(lab: Lab) -> None:
    lab.run('web')
    exec_id = lab.client.exec_create(lab.name('web'), 'ls')['Id']
    lab.client.pause(lab.name('web'))

    created = lab.refused(lab.client.exec_create, lab.name('web'), 'ls')
    started = lab.refused(lab.client.exec_start, exec_id, detach=True)
    lab.client.unpause(lab.name('web'))

    assert created == (409, 'Container web is paused, unpause the container before exec')
    assert started == (409, 'Container <id> is paused, unpause the container before exec')


def test_an_empty_command_is_refused(lab: Lab) -> None:
    lab.run('web')

    assert lab.refused(lab.client.exec_create, lab.name('web'), '') == (400, 'No exec command specified')


def test_a_missing_command_is_not_found(lab: Lab) -> None:
    for call in (lab.client.exec_start, lab.client.exec_inspect):
        assert lab.refused(call, '0' * 64) == (404, 'No such exec instance: <id>')


def test_an_executable_that_does_not_exist_is_refused_if_detached(lab: Lab) -> None:
    without(lab, 'nosuchcommand')
    lab.run('web')
    exec_id = lab.client.exec_create(lab.name('web'), 'nosuchcommand -x')['Id']

    assert lab.refused(lab.client.exec_start, exec_id, detach=True) == (
        400,
        (
            'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuchcommand": '
            'executable file not found in $PATH: unknown'
        ),
    )
    assert lab.client.exec_inspect(exec_id)['ExitCode'] == 126


def test_an_executable_that_does_not_exist_is_told_in_the_output_otherwise(lab: Lab) -> None:
    without(lab, 'nosuchcommand')
    lab.run('web')

    output, found = executed(lab, 'nosuchcommand')

    assert b'executable file not found in $PATH' in output
    assert (found['Running'], found['ExitCode']) == (False, 126)


def test_an_unknown_user_is_refused(lab: Lab) -> None:
    lab.run('web')
    exec_id = lab.client.exec_create(lab.name('web'), 'ls', user='somebody')['Id']

    status, text = lab.refused(lab.client.exec_start, exec_id, detach=True)

    assert text == 'unable to find user somebody: no matching entries in passwd file'
    assert status == 500


def test_a_running_command_is_not_started_again(lab: Lab) -> None:
    lab.run('web')
    _, found = executed(lab, ENDLESS, detach=True)

    assert lab.refused(lab.client.exec_start, found['ID'], detach=True) == (
        409,
        'Error: Exec command <id> is already running',
    )


def test_an_ended_command_is_not_started_again(lab: Lab) -> None:
    lab.run('web')
    _, found = executed(lab, 'true')

    assert lab.refused(lab.client.exec_start, found['ID'], detach=True)[0] in (404, 409)


def test_running_commands_end_with_the_container(lab: Lab) -> None:
    lab.run('web')
    _, found = executed(lab, ENDLESS, detach=True)

    lab.client.stop(lab.name('web'), timeout=0)

    assert lab.eventually(lambda: not lab.client.exec_inspect(found['ID'])['Running'])
    assert lab.client.exec_inspect(found['ID'])['ExitCode'] == 137
    assert lab.details('web')['ExecIDs'] is None


def test_a_command_that_was_not_started_is_gone_after_the_containers_end(lab: Lab) -> None:
    lab.run('web')
    exec_id = lab.client.exec_create(lab.name('web'), 'ls')['Id']

    lab.client.stop(lab.name('web'), timeout=0)
    lab.client.start(lab.name('web'))

    assert lab.refused(lab.client.exec_start, exec_id) == (404, 'No such exec instance: <id>')


def test_commands_are_gone_with_the_container(lab: Lab) -> None:
    lab.run('web')
    _, found = executed(lab, ENDLESS, detach=True)

    lab.client.remove_container(lab.name('web'), force=True)

    assert lab.refused(lab.client.exec_inspect, found['ID']) == (404, 'No such exec instance: <id>')


def test_processes_are_listed(lab: Lab) -> None:
    lab.run('web', 'sleep 100')
    executed(lab, ['sleep', '200'], detach=True, user='nobody')

    def listed() -> list[list[str]]:
        found = lab.client.top(lab.name('web'), ps_args='-eo pid,user,args')
        assert found['Titles'] == ['PID', 'USER', 'COMMAND']
        # By number, which may have begun again from the lowest in between.
        return sorted(row[1:] for row in found['Processes'])

    # Until the command replaces it, the init of runc stands in the list.
    assert lab.eventually(lambda: listed() == [['nobody', 'sleep 200'], ['root', 'sleep 100']]), listed()


def test_processes_are_listed_in_full_unless_columns_are_given(lab: Lab) -> None:
    lab.run('web', 'sleep 100')

    found = lab.client.top(lab.name('web'))

    assert found['Titles'] == ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD']
    assert [row[0] for row in found['Processes']] == ['root']
    assert lab.eventually(lambda: lab.client.top(lab.name('web'))['Processes'][0][-1] == 'sleep 100')


def test_lists_of_processes_need_a_process_id(lab: Lab) -> None:
    lab.run('web')

    assert lab.refused(lab.client.top, lab.name('web'), ps_args='-eo args') == (
        500,
        "Couldn't find PID field in ps output",
    )


def test_an_ended_command_is_no_process(lab: Lab) -> None:
    lab.run('web', 'sleep 100')
    executed(lab, 'true')

    assert len(lab.client.top(lab.name('web'))['Processes']) == 1


def test_output_can_be_told_apart(lab: Lab) -> None:
    lab.run('web')
    exec_id = lab.client.exec_create(lab.name('web'), ['sh', '-c', 'echo out; echo bad >&2'])['Id']

    assert lab.client.exec_start(exec_id, demux=True) == (b'out\n', b'bad\n')


def test_logs_have_what_was_put_out(lab: Lab) -> None:
    lab.finished('web', ['sh', '-c', 'echo out; sleep 0.3; echo bad >&2'])
    name = lab.name('web')

    assert lab.client.logs(name) == b'out\nbad\n'
    assert lab.client.logs(name, stderr=False) == b'out\n'
    assert lab.client.logs(name, stdout=False) == b'bad\n'
    assert lab.client.logs(name, tail=1) == b'bad\n'
    assert lab.client.logs(name, timestamps=True).splitlines()[0].endswith(b'Z out')
    assert b''.join(lab.client.logs(name, stream=True)) == b'out\nbad\n'


def test_logs_of_what_never_ran_are_empty(lab: Lab) -> None:
    lab.create('web')

    assert lab.client.logs(lab.name('web')) == b''

"""Starting, stopping, pausing and removing containers."""

from __future__ import annotations

import pytest

from tests.contract.lab import Lab

NEVER = '0001-01-01T00:00:00Z'


def test_a_new_container_has_never_run(lab: Lab) -> None:
    lab.create('web')
    state = lab.state('web')

    assert (state['Status'], state['Running'], state['Pid'], state['ExitCode']) == ('created', False, 0, 0)
    assert state['StartedAt'] == state['FinishedAt'] == NEVER


def test_a_started_container_runs(lab: Lab) -> None:
    lab.run('web')
    state = lab.state('web')

    assert (state['Status'], state['Running'], state['Paused']) == ('running', True, False)
    assert state['Pid'] > 0
    assert state['StartedAt'] > NEVER == state['FinishedAt']


def test_starting_a_running_container_does_nothing(lab: Lab) -> None:
    lab.run('web')
    before = lab.state('web')

    assert lab.client.start(lab.name('web')) is None
    assert lab.state('web') == before


def test_a_container_whose_process_ends_has_its_exit_code(lab: Lab) -> None:
    # Engines may note an end at once before the start.
    lab.finished('web', ['sh', '-c', 'sleep 0.3; exit 3'])
    state = lab.state('web')

    assert (state['Status'], state['ExitCode'], state['Pid']) == ('exited', 3, 0)
    assert state['FinishedAt'] > state['StartedAt'] > NEVER


def test_an_ended_container_can_be_started_again(lab: Lab) -> None:
    lab.finished('web', 'true')
    first = lab.state('web')['StartedAt']

    lab.client.start(lab.name('web'))

    assert lab.eventually(lambda: lab.state('web')['StartedAt'] > first)


def test_a_process_that_handles_the_signal_ends_by_it(lab: Lab) -> None:
    lab.run_until_ready('web')

    lab.client.stop(lab.name('web'), timeout=10)

    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('exited', 7)


def test_a_process_that_ignores_the_signal_is_killed_after_the_timeout(lab: Lab) -> None:
    lab.run('web')

    lab.client.stop(lab.name('web'), timeout=1)

    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('exited', 137)


def test_the_stop_timeout_of_the_container_counts(lab: Lab) -> None:
    lab.run('web', stop_timeout=0)

    lab.client.stop(lab.name('web'))

    assert lab.state('web')['ExitCode'] == 137


def test_the_stop_signal_of_the_container_is_sent(lab: Lab) -> None:
    command = ['sh', '-c', "trap 'exit 5' USR1; echo ready; while :; do sleep 0.1; done"]
    lab.run_until_ready('web', command, stop_signal='SIGUSR1')

    lab.client.stop(lab.name('web'), timeout=10)

    assert lab.state('web')['ExitCode'] == 5


@pytest.mark.parametrize('command', ['created', 'exited'])
def test_stopping_what_does_not_run_does_nothing(lab: Lab, command: str) -> None:
    lab.create('web') if command == 'created' else lab.finished('web', 'true')

    assert lab.client.stop(lab.name('web')) is None
    assert lab.status('web') == command


def test_restart_stops_and_starts(lab: Lab) -> None:
    lab.run('web')
    before = lab.state('web')

    lab.client.restart(lab.name('web'), timeout=0)
    after = lab.state('web')

    assert after['Status'] == 'running'
    assert after['StartedAt'] > after['FinishedAt'] > before['StartedAt']
    assert lab.details('web')['RestartCount'] == 0


def test_restart_starts_what_does_not_run(lab: Lab) -> None:
    lab.create('web')

    lab.client.restart(lab.name('web'), timeout=0)

    assert lab.status('web') == 'running'


def test_a_paused_container_runs_and_is_paused(lab: Lab) -> None:
    lab.run('web')

    lab.client.pause(lab.name('web'))
    state = lab.state('web')

    assert (state['Status'], state['Running'], state['Paused']) == ('paused', True, True)
    lab.client.unpause(lab.name('web'))
    assert lab.status('web') == 'running'


def test_pausing_twice_is_refused(lab: Lab) -> None:
    lab.run('web')
    lab.client.pause(lab.name('web'))

    assert lab.refused(lab.client.pause, lab.name('web')) == (409, 'Container <id> is already paused')
    lab.client.unpause(lab.name('web'))


def test_unpausing_what_is_not_paused_is_refused(lab: Lab) -> None:
    lab.run('web')

    assert lab.refused(lab.client.unpause, lab.name('web')) == (500, 'Container <id> is not paused')


def test_starting_what_is_paused_is_refused(lab: Lab) -> None:
    lab.run('web')
    lab.client.pause(lab.name('web'))

    assert lab.refused(lab.client.start, lab.name('web')) == (
        409,
        'cannot start a paused container, try unpause instead',
    )
    lab.client.unpause(lab.name('web'))


def test_a_paused_container_can_be_stopped(lab: Lab) -> None:
    lab.run_until_ready('web')
    lab.client.pause(lab.name('web'))

    lab.client.stop(lab.name('web'), timeout=10)

    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('exited', 7)


def test_a_paused_container_can_be_restarted(lab: Lab) -> None:
    lab.run('web')
    lab.client.pause(lab.name('web'))

    lab.client.restart(lab.name('web'), timeout=0)

    assert lab.status('web') == 'running'


@pytest.mark.parametrize('method', ['pause', 'top'])
def test_what_needs_a_running_container_is_refused(lab: Lab, method: str) -> None:
    lab.create('web')

    assert lab.refused(getattr(lab.client, method), lab.name('web')) == (409, 'Container <id> is not running')


def test_a_stopped_container_cannot_be_killed(lab: Lab) -> None:
    lab.create('web')

    assert lab.refused(lab.client.kill, lab.name('web')) == (
        409,
        'Cannot kill container: web: Container <id> is not running',
    )


def test_a_running_container_is_not_removed_without_force(lab: Lab) -> None:
    lab.run('web')

    assert lab.refused(lab.client.remove_container, lab.name('web')) == (
        409,
        'You cannot remove a running container <id>. Stop the container before attempting removal or force remove',
    )


def test_a_paused_container_is_not_removed_without_force(lab: Lab) -> None:
    lab.run('web')
    lab.client.pause(lab.name('web'))

    assert lab.refused(lab.client.remove_container, lab.name('web')) == (
        409,
        'You cannot remove a paused container <id>. Unpause and then stop the container before attempting removal '
        'or force remove',
    )
    lab.client.unpause(lab.name('web'))


@pytest.mark.parametrize('status', ['created', 'running', 'exited', 'paused'])
def test_force_removes_in_any_state(lab: Lab, status: str) -> None:
    lab.create('web')
    if status != 'created':
        lab.client.start(lab.name('web'))
    if status == 'exited':
        lab.client.stop(lab.name('web'), timeout=0)
    if status == 'paused':
        lab.client.pause(lab.name('web'))
    assert lab.status('web') == status

    lab.client.remove_container(lab.name('web'), force=True)

    assert not lab.exists('web')


def test_a_command_that_does_not_exist_cannot_be_started(lab: Lab) -> None:
    if hasattr(lab, 'engine'):
        from dockermap.testing import Process

        lab.engine.script(Process(missing=True), command='nosuchcommand')
    lab.create('web', 'nosuchcommand')

    status, text = lab.refused(lab.client.start, lab.name('web'))
    state = lab.state('web')

    assert status == 400
    assert text.endswith(
        'unable to start container process: exec: "nosuchcommand": executable file not found in $PATH: unknown'
    )
    assert (state['Status'], state['ExitCode'], state['Running']) == ('created', 127, False)
    assert state['Error'] == text


def test_an_unknown_user_cannot_be_started(lab: Lab) -> None:
    lab.create('web', user='somebody')

    assert lab.refused(lab.client.start, lab.name('web')) == (
        500,
        'unable to find user somebody: no matching entries in passwd file',
    )
    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('created', 128)


def test_an_error_at_the_start_is_forgotten_when_it_works(lab: Lab) -> None:
    lab.create('other')
    lab.create('web', host={'network_mode': f'container:{lab.name("other")}'})
    lab.refused(lab.client.start, lab.name('web'))
    assert lab.state('web')['Error']

    lab.client.start(lab.name('other'))
    lab.client.start(lab.name('web'))

    assert (lab.state('web')['Error'], lab.state('web')['ExitCode']) == ('', 0)


def test_auto_removed_containers_go_with_their_end(lab: Lab) -> None:
    lab.run_until_ready('web', host={'auto_remove': True}, volumes=['/data'])
    volume = lab.details('web')['Mounts'][0]['Name']

    lab.client.stop(lab.name('web'))

    assert lab.eventually(lambda: not lab.exists('web'))
    assert lab.eventually(lambda: volume not in [found['Name'] for found in lab.client.volumes()['Volumes']])


def test_an_auto_removed_container_that_cannot_start_is_removed(lab: Lab) -> None:
    lab.create('web', user='somebody', host={'auto_remove': True})

    lab.refused(lab.client.start, lab.name('web'))

    assert lab.eventually(lambda: not lab.exists('web'))


def test_start_takes_no_settings(lab: Lab) -> None:
    lab.create('web')

    with pytest.raises(Exception, match='Providing configuration in the start'):
        lab.client.start(lab.name('web'), binds=['/tmp:/tmp'])


def test_updated_limits_are_shown(lab: Lab) -> None:
    lab.run('web', host={'mem_limit': '32m', 'memswap_limit': '64m'})

    assert lab.client.update_container(lab.name('web'), mem_limit='48m', cpu_shares=512) == {'Warnings': None}
    assert (lab.host('web')['Memory'], lab.host('web')['MemorySwap'], lab.host('web')['CpuShares']) == (
        48 * 2**20,
        64 * 2**20,
        512,
    )


def test_memory_above_the_swap_limit_is_refused(lab: Lab) -> None:
    lab.run('web', host={'mem_limit': '32m', 'memswap_limit': '64m'})

    status, text = lab.refused(lab.client.update_container, lab.name('web'), mem_limit='128m')

    assert (status, text) == (
        409,
        'Cannot update container <id>: Memory limit should be smaller than already set '
        'memoryswap limit, update the memoryswap at the same time',
    )
    assert lab.host('web')['Memory'] == 32 * 2**20


def test_too_little_memory_is_refused(lab: Lab) -> None:
    lab.run('web')

    assert lab.refused(lab.client.update_container, lab.name('web'), mem_limit='1m') == (
        400,
        'Minimum memory limit allowed is 6MB',
    )


def test_the_restart_policy_can_be_changed(lab: Lab) -> None:
    lab.run('web')

    lab.client.update_container(lab.name('web'), restart_policy={'Name': 'on-failure', 'MaximumRetryCount': 4})

    assert lab.host('web')['RestartPolicy'] == {'Name': 'on-failure', 'MaximumRetryCount': 4}
    assert lab.refused(lab.client.update_container, lab.name('web'), restart_policy={'Name': 'nope'}) == (
        400,
        "invalid restart policy 'nope'",
    )

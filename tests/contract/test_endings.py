"""Signals, waiting for the end, and restart policies."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from dockermap.docker_api import is_timeout
from tests.contract.lab import Lab


def test_kill_ends_at_once(lab: Lab) -> None:
    lab.run('web')

    lab.client.kill(lab.name('web'))

    assert lab.eventually(lambda: lab.status('web') == 'exited')
    assert lab.state('web')['ExitCode'] == 137


@pytest.mark.parametrize('signal', ['SIGTERM', 'TERM', 15, '15'])
def test_signals_are_given_by_name_or_number(lab: Lab, signal: Any) -> None:
    lab.run_until_ready('web')

    lab.client.kill(lab.name('web'), signal)

    assert lab.eventually(lambda: lab.status('web') == 'exited')
    assert lab.state('web')['ExitCode'] == 7


@pytest.mark.parametrize('signal', ['TERM', 'INT', 'HUP', 'USR1', 'WINCH'])
def test_a_first_process_ignores_signals_that_it_does_not_handle(lab: Lab, signal: str) -> None:
    lab.run('web')

    lab.client.kill(lab.name('web'), signal)
    lab.sleep(0.2)

    assert lab.status('web') == 'running'


def test_unknown_signals_are_refused(lab: Lab) -> None:
    lab.run('web')

    assert lab.refused(lab.client.kill, lab.name('web'), 'NOPE') == (400, 'Invalid signal: NOPE')
    assert lab.refused(lab.client.kill, lab.name('web'), 99) == (
        500,
        'Cannot kill container: web: The linux daemon does not support signal 99',
    )


def test_waiting_gives_the_exit_code(lab: Lab) -> None:
    lab.run('web', ['sh', '-c', 'sleep 0.3; exit 4'])

    for condition in (None, 'not-running'):
        answer = lab.client.wait(lab.name('web'), condition=condition)
        assert (answer['StatusCode'], answer.get('Error')) == (4, None)


def test_waiting_for_what_never_ran_returns_at_once(lab: Lab) -> None:
    lab.create('web')

    assert lab.client.wait(lab.name('web'))['StatusCode'] == 0


def test_waiting_too_long_is_a_timeout(lab: Lab) -> None:
    lab.run('web')

    with pytest.raises(Exception) as caught:  # noqa: PT011
        lab.client.wait(lab.name('web'), timeout=1)

    assert is_timeout(caught.value)
    assert type(caught.value) is requests.exceptions.ConnectionError
    assert lab.status('web') == 'running'


def test_waiting_for_the_next_exit_waits_for_the_start(lab: Lab) -> None:
    # It ends again and again: on a busy machine, the first end may come before an engine has heard of who waits.
    lab.create('web', ['sh', '-c', 'sleep 0.2; exit 6'], host={'restart_policy': {'Name': 'always'}})
    found: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: found.append(lab.client.wait(lab.name('web'), condition='next-exit')))
    thread.start()
    thread.join(0.3)
    assert not found

    lab.client.start(lab.name('web'))
    thread.join(20)

    assert [answer['StatusCode'] for answer in found] == [6]


def test_waiting_for_the_removal(lab: Lab) -> None:
    # The end has to come after an engine has heard of who waits.
    lab.run('web', ['sh', '-c', 'sleep 3; exit 2'], host={'auto_remove': True})

    assert lab.client.wait(lab.name('web'), condition='removed')['StatusCode'] == 2
    assert not lab.exists('web')


@pytest.mark.parametrize(
    ('policy', 'exit_code'), [('always', 0), ('always', 1), ('unless-stopped', 0), ('on-failure', 1)]
)
def test_a_policy_restarts_what_ends(lab: Lab, policy: str, exit_code: int) -> None:
    lab.run('web', ['sh', '-c', f'exit {exit_code}'], host={'restart_policy': {'Name': policy}})

    assert lab.eventually(lambda: lab.details('web')['RestartCount'] >= 2)


@pytest.mark.parametrize(('policy', 'exit_code'), [('no', 1), ('on-failure', 0)])
def test_other_policies_do_not(lab: Lab, policy: str, exit_code: int) -> None:
    lab.finished('web', ['sh', '-c', f'exit {exit_code}'], host={'restart_policy': {'Name': policy}})
    lab.sleep(0.5)

    assert (lab.status('web'), lab.details('web')['RestartCount']) == ('exited', 0)


def test_on_failure_gives_up(lab: Lab) -> None:
    policy = {'Name': 'on-failure', 'MaximumRetryCount': 2}
    lab.run('web', ['sh', '-c', 'exit 5'], host={'restart_policy': policy})

    assert lab.eventually(lambda: lab.status('web') == 'exited' and lab.details('web')['RestartCount'] == 2)
    assert lab.state('web')['ExitCode'] == 5


def restarting(lab: Lab) -> dict[str, Any]:
    """The state of a container that waits for its next start, for more than a second from now on."""
    lab.run('web', ['sh', '-c', 'exit 1'], host={'restart_policy': {'Name': 'always'}})
    states: list[dict[str, Any]] = []

    def waits_long() -> bool:
        found = lab.details('web')
        states.append(found['State'])
        # Each time, engines wait twice as long.
        return found['RestartCount'] >= 5 and found['State']['Status'] == 'restarting'

    assert lab.eventually(waits_long)
    return states[-1]


def test_between_two_starts_it_is_restarting_and_counts_as_running(lab: Lab) -> None:
    state = restarting(lab)

    assert (state['Running'], state['Restarting'], state['Pid'], state['ExitCode']) == (True, True, 0, 1)


def test_what_is_refused_while_restarting(lab: Lab) -> None:
    restarting(lab)
    waits = (409, 'Container <id> is restarting, wait until the container is running')

    assert lab.refused(lab.client.exec_create, lab.name('web'), 'ls') == waits
    assert lab.refused(lab.client.pause, lab.name('web')) == waits
    assert lab.refused(lab.client.top, lab.name('web')) == waits
    assert lab.refused(lab.client.remove_container, lab.name('web')) == (
        409,
        'You cannot remove a restarting container <id>. Stop the container before attempting removal or force remove',
    )


@pytest.mark.parametrize('method', ['stop', 'kill'])
def test_a_restarting_container_can_be_stopped_for_good(lab: Lab, method: str) -> None:
    restarting(lab)

    getattr(lab.client, method)(lab.name('web'))

    assert lab.eventually(lambda: lab.status('web') == 'exited')
    lab.sleep(1)
    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('exited', 1)


@pytest.mark.parametrize('policy', ['always', 'unless-stopped'])
@pytest.mark.parametrize('method', ['stop', 'kill'])
def test_what_is_stopped_by_hand_is_not_restarted(lab: Lab, policy: str, method: str) -> None:
    lab.run('web', host={'restart_policy': {'Name': policy}}, stop_timeout=0)

    getattr(lab.client, method)(lab.name('web'))
    assert lab.eventually(lambda: lab.status('web') == 'exited')
    lab.sleep(0.6)

    assert (lab.status('web'), lab.state('web')['ExitCode']) == ('exited', 137)


def test_waiting_for_what_restarts_ends_with_its_first_exit(lab: Lab) -> None:
    lab.run('web', ['sh', '-c', 'sleep 0.5; exit 3'], host={'restart_policy': {'Name': 'always'}})

    assert lab.client.wait(lab.name('web'))['StatusCode'] == 3


def test_a_start_by_hand_counts_restarts_anew(lab: Lab) -> None:
    policy = {'Name': 'on-failure', 'MaximumRetryCount': 1}
    lab.run('web', ['sh', '-c', 'exit 5'], host={'restart_policy': policy})
    assert lab.eventually(lambda: lab.status('web') == 'exited' and lab.details('web')['RestartCount'] == 1)

    lab.client.start(lab.name('web'))

    assert lab.eventually(lambda: lab.status('web') == 'exited')
    assert lab.eventually(lambda: lab.details('web')['RestartCount'] == 1)

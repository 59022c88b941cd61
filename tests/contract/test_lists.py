"""Lists of containers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.lab import FULL_IMAGE, IMAGE, Lab


def row_of(lab: Lab, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in lab.client.containers(all=True) if f'/{lab.name(name)}' in row['Names'])
    return found


def test_running_containers_are_listed(lab: Lab) -> None:
    lab.create('db')
    lab.run('web')

    assert lab.listed() == ['web']
    assert lab.listed(all=True) == ['web', 'db']


def test_the_newest_is_first(lab: Lab) -> None:
    for name in ('app', 'web', 'db'):
        lab.create(name)

    assert lab.listed(all=True) == ['db', 'web', 'app']
    assert lab.listed(limit=2) == ['db', 'web']
    assert lab.listed(latest=True) == ['db']


def test_a_row_says_what_the_container_is(lab: Lab) -> None:
    container_id = lab.create('web', ['sh', '-c', 'sleep 5'], labels={'a': 'b'})
    row = row_of(lab, 'web')

    assert {
        key: row[key]
        for key in ('Id', 'Image', 'Command', 'Labels', 'State', 'Status', 'Ports', 'Mounts', 'HostConfig')
    } == {
        'Id': container_id,
        'Image': IMAGE,
        'Command': "sh -c 'sleep 5'",
        'Labels': {'a': 'b'},
        'State': 'created',
        'Status': 'Created',
        'Ports': [],
        'Mounts': [],
        'HostConfig': {'NetworkMode': lab.default_mode},
    }
    assert row['NetworkSettings']['Networks'].keys() == {'bridge'}


def test_a_row_leaves_out_what_was_asked_for_of_networks(lab: Lab) -> None:
    lab.network('back')
    lab.run('web', network=lab.name('back'), endpoint={'aliases': ['x'], 'links': {'a': 'b'}})
    found = row_of(lab, 'web')['NetworkSettings']['Networks'][lab.name('back')]

    assert (found['Aliases'], found['Links'], found['IPAMConfig'], found['DriverOpts']) == (None, None, None, None)
    assert found['IPAddress'] == lab.endpoints('web')['back']['IPAddress']


@pytest.mark.parametrize(('state', 'status'), [('running', 'Up'), ('paused', 'Up'), ('exited', 'Exited (137)')])
def test_a_row_says_how_it_is(lab: Lab, state: str, status: str) -> None:
    lab.run('web')
    if state == 'paused':
        lab.client.pause(lab.name('web'))
    if state == 'exited':
        lab.client.stop(lab.name('web'), timeout=0)
    # A list may lag behind the state.
    assert lab.eventually(lambda: row_of(lab, 'web')['State'] == state)
    row = row_of(lab, 'web')

    assert row['Status'].startswith(status)
    assert row['Status'].endswith('(Paused)') is (state == 'paused')
    if state == 'paused':
        lab.client.unpause(lab.name('web'))


@pytest.mark.parametrize(
    ('filters', 'expected'),
    [
        ({'status': 'exited'}, ['done']),
        ({'status': ['created', 'running']}, ['web', 'new']),
        ({'exited': 3}, ['done']),
        ({'label': 'tier'}, ['web', 'done']),
        ({'label': 'tier=front'}, ['web']),
        ({'label': ['tier', 'tier=front']}, ['web']),
        ({'label': 'tier=x'}, []),
        ({'network': 'bridge'}, ['web', 'done', 'new']),
        ({'volume': '/srv'}, ['new']),
        ({'ancestor': FULL_IMAGE}, []),
        ({'ancestor': IMAGE}, ['web', 'done', 'new']),
        ({'health': 'none'}, ['web', 'done', 'new']),
    ],
)
def test_containers_are_filtered(lab: Lab, filters: dict[str, Any], expected: list[str]) -> None:
    lab.create('new', host={'binds': [f'{lab.name("data")}:/srv']})
    lab.finished('done', ['sh', '-c', 'exit 3'], labels={'tier': 'back'})
    lab.run('web', labels={'tier': 'front'})

    assert lab.listed(all=True, filters=filters) == expected


def test_names_are_searched_for(lab: Lab) -> None:
    lab.create('web')
    lab.create('web-2')

    def found(pattern: str) -> list[str]:
        return lab.listed(all=True, filters={'name': pattern})

    assert found(lab.name('web')) == ['web-2', 'web']
    assert found(f'^/{lab.name("web")}$') == found(f'^{lab.name("web")}$') == ['web']
    assert found('nothing-like-this') == []


def test_ids_are_filtered_by_their_beginning(lab: Lab) -> None:
    container_id = lab.create('web')

    assert lab.listed(all=True, filters={'id': container_id[:8]}) == ['web']


def test_unknown_filters_are_refused(lab: Lab) -> None:
    assert lab.refused(lab.client.containers, filters={'nope': 'x'}) == (400, "Invalid filter 'nope'")


def test_only_ids_are_listed_on_request(lab: Lab) -> None:
    container_id = lab.run('web')

    assert {'Id': container_id} in lab.client.containers(quiet=True)
    assert container_id[:12] in [row['Id'] for row in lab.client.containers(trunc=True)]


CHECK = {'test': ['CMD-SHELL', 'test -f /tmp/ready'], 'interval': 300_000_000, 'retries': 2, 'timeout': 5_000_000_000}


def with_health(lab: Lab, status: str, **check: Any) -> None:
    """A container with a health check that comes to be healthy or unhealthy; after another start, the latter."""
    from dockermap.testing import Process

    if hasattr(lab, 'engine'):
        lab.engine.script(Process(health=[(0.3, status), (0.6, status)]), container=lab.name('web'))
    command = 'rm /tmp/ready || touch /tmp/ready; sleep 100' if status == 'healthy' else 'sleep 100; true'
    lab.run('web', ['sh', '-c', command], healthcheck={**CHECK, **check})


def test_health_is_unknown_in_the_beginning(lab: Lab) -> None:
    with_health(lab, 'healthy', interval=60_000_000_000)

    assert lab.state('web')['Health'] == {'Status': 'starting', 'FailingStreak': 0, 'Log': []}
    assert row_of(lab, 'web')['Status'].endswith('(health: starting)')


@pytest.mark.parametrize('status', ['healthy', 'unhealthy'])
def test_health_is_checked(lab: Lab, status: str) -> None:
    with_health(lab, status)

    assert lab.eventually(lambda: lab.state('web')['Health']['Status'] == status)
    assert row_of(lab, 'web')['Status'].endswith(f'({status})')
    assert lab.listed(filters={'health': status}) == ['web']
    # On a busy machine, the first check may come before the file is there.
    assert lab.state('web')['Health']['Log'][-1]['ExitCode'] == (0 if status == 'healthy' else 1)


def test_health_begins_anew_with_each_start(lab: Lab) -> None:
    with_health(lab, 'healthy', retries=100)
    assert lab.eventually(lambda: lab.state('web')['Health']['Status'] == 'healthy')

    lab.client.stop(lab.name('web'), timeout=0)
    stopped = lab.state('web')['Health']['Status']
    lab.client.start(lab.name('web'))

    assert (stopped, lab.state('web')['Health']['Status']) == ('unhealthy', 'starting')


def test_without_check_there_is_no_health(lab: Lab) -> None:
    lab.run('web')
    lab.run('db', healthcheck={'test': ['NONE']})

    assert 'Health' not in lab.state('web')
    assert 'Health' not in lab.state('db')


def test_a_container_that_was_not_started_has_no_health(lab: Lab) -> None:
    lab.create('web', healthcheck=CHECK)

    assert 'Health' not in lab.state('web')
    assert lab.details('web')['Config']['Healthcheck'] == {
        'Test': CHECK['test'],
        'Interval': 300_000_000,
        'Retries': 2,
        'Timeout': 5_000_000_000,
    }

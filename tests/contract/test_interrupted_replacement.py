"""What an interrupted replacement has left is cleared up by the next call: a test for each row of the table.

What a killed run leaves is made by hand: its containers, with their names and labels.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.execute.events import Clock
from dockermap.map.policy.replaced import RUN, former_name, successor_name
from dockermap.map.state.recovery import ROWS, Current, Role, Row
from dockermap.testing import Killed
from tests.contract.lab import IMAGE, Lab

LOOP = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
FIRST = ['sh', '-c', 'echo once']
POLICY = {'Name': 'unless-stopped'}
NO_POLICY = {'Name': 'no'}
DATA, SPOOL = '/data', '/spool'
MARK = 'import time; from dockermap.map.execute.runs import Run; from dockermap.map.execute.events import Clock; '


class _KilledAtCreation:
    """A client whose program is killed when it is about to create a container."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.arguments: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def create_container(self, **arguments: Any) -> Any:
        self.arguments = arguments
        raise Killed('at the creation')


class Left:
    """A container ``app`` of a map, and what a killed run has left of its replacement.

    :param has_commands: The new container has to run a command before it counts as done.
    :param is_job: It runs to its end.
    """

    def __init__(self, lab: Lab, has_commands: bool = False, is_job: bool = False) -> None:
        self.lab = lab
        self.client = lab.client
        self.name = f'{lab.prefix}.app'
        self.new, self.former = successor_name(self.name), former_name(self.name)
        self.volumes: set[str] = set()
        self._has_commands = has_commands
        self._is_job = is_job

    def front_end(self, stage: str, client: Any = None) -> MappingDockerClient:
        """A front end for the map as it was before (``a``), or as it is now (``b``)."""
        app: dict[str, Any] = {
            'image': f'/{IMAGE}',
            'stop_timeout': 1,
            'attaches': {'data': DATA},
            'shares': SPOOL,
            'create_options': {'command': FIRST if self._is_job else LOOP, 'environment': {'STAGE': stage}},
        }
        if self._is_job:
            app['job'] = True
        else:
            app['host_config'] = {'restart_policy': POLICY}
        if self._has_commands:
            app['exec_commands'] = [{'cmd': FIRST, 'policy': 'initial'}]
        configuration = ClientConfiguration(client=client or self.client)
        options = {'start_grace': 0.2, 'exec_wait': 1, 'core_image': IMAGE, 'base_image': IMAGE}
        return MappingDockerClient(ContainerMap(self.lab.prefix, {'app': app}), configuration, option_defaults=options)

    def make(self, row: Row, run: str | None, was: str = 'running', ended: bool = True) -> None:
        """Make what is there.

        :param run: The label of the run that was killed.
        :param was: How the former container was: ``running``, ``paused`` or ``exited``.
        :param ended: Whether a new one that does not run has been started.
        """
        if row.former or row.current is not Current.NOTHING:
            self._make_former(was)
        arguments = self._arguments_of_the_new_one(run)
        if row.former:
            self._end_former()
        if row.current is Current.OTHER:
            self.client.create_container(IMAGE, LOOP, name=self.name)
        elif row.former and row.current is not Current.NOTHING:
            self.new_id = self._created(arguments)
            self.client.rename(self.new, self.name)
            if row.current is not Current.ENDED or ended:
                self.client.start(self.name)
            if self._is_job:
                self.client.wait(self.name)
            elif row.current is Current.ENDED and ended:
                self.client.stop(self.name, timeout=1)
        if row.successor:
            self._created(arguments)

    def _make_former(self, was: str) -> None:
        self.front_end('a').startup('app')
        if not self._is_job:
            self.lab.write(self.name, DATA)
            self.lab.write(self.name, SPOOL)
        self.former_id = self._id(self.name)
        if was != 'running':
            getattr(self.client, {'paused': 'pause', 'exited': 'stop'}[was])(self.name)

    def _arguments_of_the_new_one(self, run: str | None) -> dict[str, Any]:
        client = _KilledAtCreation(self.client)
        with pytest.raises(Killed):
            self.front_end('b', client).update('app')
        labels = {**client.arguments['labels'], RUN: run}
        labels = {name: value for name, value in labels.items() if value is not None}
        return {**client.arguments, 'labels': labels}

    def _created(self, arguments: dict[str, Any]) -> str:
        self.client.create_container(**arguments)
        return self._id(self.new)

    def _end_former(self) -> None:
        if not self._is_job:
            self.client.update_container(self.name, restart_policy=NO_POLICY)
        self.client.stop(self.name, timeout=1)
        self.client.rename(self.name, self.former)

    def _id(self, name: str) -> str:
        detail = self.client.inspect_container(name)
        self.volumes.update(mount['Name'] for mount in detail['Mounts'])
        return str(detail['Id'])

    def names(self) -> set[str]:
        """Names of the containers that are there."""
        rows = self.client.containers(all=True)
        names = {name.lstrip('/') for row in rows for name in row['Names']}
        return {name.removeprefix(self.name) for name in names if name.startswith(self.name)}

    def unused_volumes(self) -> set[str]:
        """Volumes that this test has seen with a container, and that no container of the item has now."""
        used = {mount['Name'] for mount in self.detail()['Mounts']}
        there = {row['Name'] for row in self.client.volumes()['Volumes'] or ()}
        return self.volumes & there - used

    def detail(self) -> dict[str, Any]:
        """What has the name of the item now."""
        found: dict[str, Any] = self.client.inspect_container(self.name)
        return found

    def stage(self) -> str:
        """Which version of the map it is of."""
        return next(entry[6:] for entry in self.detail()['Config']['Env'] if entry.startswith('STAGE='))

    def kept_files(self) -> bool:
        """Whether both volumes have their files."""
        return self.lab.has_file(self.name, DATA) and self.lab.has_file(self.name, SPOOL)


def _left(lab: Lab, row: Row, **how: Any) -> Left:
    left = Left(lab, has_commands=row.current is Current.UNFINISHED or (row.current, row.former) == NEVER_REPLACED)
    left.make(row, _ended_run(), **how)
    return left


NEVER_REPLACED = Current.NOTHING, False
SECONDS = 600
_MARKS: list[str] = []


def _ended_run() -> str:
    """The label of a run on this machine that was killed."""
    if not _MARKS:
        program = f'{MARK}print(Run(Clock()).mark(600))'
        _MARKS.append(subprocess.run([sys.executable, '-c', program], capture_output=True, text=True).stdout.strip())
    return _MARKS[0]


@contextmanager
def _live_run() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The label of a run on this machine that still goes on, and its process."""
    program = f'{MARK}print(Run(Clock()).mark(600), flush=True); time.sleep(60)'
    process = subprocess.Popen([sys.executable, '-c', program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.communicate()


def _run_elsewhere(seconds: float) -> str:
    """The label of a run on another machine whose time is over after some seconds."""
    now = time.time()
    data = {'machine': 'elsewhere', 'process': 7, 'started': '1', 'run': 1, 'since': now, 'until': now + seconds}
    return json.dumps(data)


def _with_the_rest_in_full(rows: Iterable[Row]) -> list[Any]:
    """One of each two rows that differ in one more new container; all of them in the long form."""
    doubled = {(row.current, row.former) for row in rows if row.former and not row.successor}
    return [
        pytest.param(
            row,
            id=_title(row),
            marks=pytest.mark.full if row.successor and (row.current, row.former) in doubled else (),
        )
        for row in rows
    ]


def _title(row: Row) -> str:
    parts = [row.current.name.lower(), *(['new'] if row.successor else []), *(['former'] if row.former else [])]
    return '-'.join(parts)


@pytest.mark.parametrize('row', ROWS, ids=_title)
def test_an_update_clears_up_and_brings_what_the_map_says(lab: Lab, row: Row) -> None:
    left = _left(lab, row)
    adopt = row.current is Current.OTHER
    notices = left.front_end('b').plan('update', 'app', adopt=adopt).notices

    left.front_end('b').update('app', adopt=adopt)

    assert [notice for notice in notices if notice == f'{left.name} {row.text.format(former=left.former)}']
    assert left.names() == ({'', '..former'} if row.current is Current.OTHER else {''})
    assert left.stage() == 'b'
    assert left.detail()['State']['Running']
    assert left.detail()['HostConfig']['RestartPolicy']['Name'] == POLICY['Name']
    if row.current is not Current.OTHER:
        assert left.unused_volumes() == set()
    if (row.current, row.former) != NEVER_REPLACED and row.current is not Current.OTHER:
        assert left.kept_files()
    plan = left.front_end('b').plan('update', 'app')
    assert not plan
    assert bool(plan.notices) == (row.current is Current.OTHER)


@pytest.mark.parametrize('row', _with_the_rest_in_full(ROWS))
def test_what_has_the_name_of_the_item_after_clearing_up_is_what_the_table_says(lab: Lab, row: Row) -> None:
    left = _left(lab, row)
    before = None if row.current in (Current.NOTHING, Current.OTHER) else left.detail()['Id']

    left.front_end('a').startup('app', adopt=row.current is Current.OTHER)

    detail = left.detail()
    assert left.names() == {'', *(['..former'] if row.former and not row.puts_back and not _goes(row) else [])}
    assert detail['State']['Running']
    if row.puts_back:
        assert detail['Id'] == left.former_id
    elif before is not None:
        assert detail['Id'] == before
    if row.puts_back or row.current is Current.THERE:
        # The policy is in the label of the new one; without that, the next update finds the difference.
        is_known = row.successor or row.current is not Current.NOTHING
        assert detail['HostConfig']['RestartPolicy']['Name'] == (POLICY if is_known else NO_POLICY)['Name']
        assert left.kept_files()


def _goes(row: Row) -> bool:
    return Role.FORMER in row.removed


THERE_NEW = next(row for row in ROWS if row.current is Current.THERE)
ONLY_NEW_ONES = next(row for row in ROWS if row.current is Current.NOTHING and row.successor and row.former)
DONE = next(row for row in ROWS if row.current is Current.WORKS and not row.successor)
ENDED = next(row for row in ROWS if row.current is Current.ENDED and not row.successor)


@pytest.mark.parametrize('was', ['paused', 'exited'])
def test_a_former_container_that_did_not_run_is_put_back_as_it_was(lab: Lab, was: str) -> None:
    left = _left(lab, ONLY_NEW_ONES, was=was)

    left.front_end('a').stop('app')

    assert left.names() == {''}
    assert left.detail()['Id'] == left.former_id
    assert left.detail()['State']['Status'] == 'exited'
    assert left.detail()['HostConfig']['RestartPolicy']['Name'] == POLICY['Name']


def test_a_former_container_that_still_runs_gets_its_restart_policy_back(lab: Lab) -> None:
    left = _left(lab, THERE_NEW)
    lab.client.update_container(left.name, restart_policy=NO_POLICY)

    left.front_end('a').startup('app')

    assert left.detail()['Id'] == left.former_id
    assert left.detail()['State']['Running']
    assert left.detail()['HostConfig']['RestartPolicy']['Name'] == POLICY['Name']


def test_a_new_one_that_was_never_started_gives_way_to_the_former_one(lab: Lab) -> None:
    left = _left(lab, ENDED, ended=False)

    left.front_end('a').startup('app')

    assert left.detail()['Id'] == left.former_id
    assert left.unused_volumes() == set()


def test_a_job_that_was_done_is_not_run_again(lab: Lab) -> None:
    left = Left(lab, is_job=True)
    left.make(DONE, _ended_run())

    left.front_end('b').update('app')

    assert left.names() == {''}
    assert left.detail()['Id'] == left.new_id


@pytest.mark.parametrize(
    'action', ['stop', *(pytest.param(action, marks=pytest.mark.full) for action in ('shutdown', 'remove'))]
)
@pytest.mark.parametrize('row', [THERE_NEW, ONLY_NEW_ONES, DONE, ENDED], ids=_title)
def test_other_actions_clear_up_too(lab: Lab, row: Row, action: str) -> None:
    left = _left(lab, row)
    if action == 'remove':
        left.front_end('b').stop('app')

    left.front_end('b').run_actions(action, 'app')

    assert left.names() == ({''} if action == 'stop' else set())


def test_nothing_is_changed_by_a_plan(lab: Lab) -> None:
    left = _left(lab, ONLY_NEW_ONES)

    left.front_end('b').plan('update', 'app')

    assert left.names() == {'..new', '..former'}


@pytest.mark.parametrize('row', [THERE_NEW, ONLY_NEW_ONES, DONE], ids=_title)
def test_what_may_belong_to_a_run_elsewhere_is_waited_for_and_dealt_with_when_its_time_is_over(
    lab: Lab, row: Row, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = 'is being replaced by process 7 on another machine; waiting'
    waited: list[float] = []

    def sleep(_: Clock, seconds: float) -> None:
        time.sleep(seconds)
        waited.extend([seconds] if waiting in caplog.text else ())

    # However long it takes to make all this, the time is over only when it has been waited for.
    monkeypatch.setattr(Clock, 'sleep', sleep)
    monkeypatch.setattr(Clock, 'time', lambda _: time.time() + (SECONDS if waited else 0))
    left = Left(lab)
    begin = time.time()
    left.make(row, _run_elsewhere(SECONDS))
    there = left.names()
    plan = left.front_end('b').plan('update', 'app')
    seen: list[tuple[float, str]] = []
    caplog.set_level(logging.WARNING)

    left.front_end('b').update('app', listener=lambda event: seen.append((event.time, event.kind)))

    assert [notice for notice in plan.notices if 'is being replaced by process 7 on another machine' in notice]
    assert there > {''} or there == {'..new', '..former'}
    assert waiting in caplog.text
    assert min(moment for moment, _ in seen) >= begin + SECONDS
    assert left.names() == {''}
    assert left.stage() == 'b'


def test_what_belongs_to_a_run_on_this_machine_is_left_alone_as_long_as_that_is_there(lab: Lab) -> None:
    left = Left(lab)
    with _live_run() as (mark, process):
        left.make(ONLY_NEW_ONES, mark)
        begin = time.monotonic()
        timer = threading.Timer(1, process.kill)
        timer.start()

        left.front_end('b').update('app')

        assert time.monotonic() - begin >= 1
    assert left.names() == {''}
    assert left.stage() == 'b'


def test_a_run_that_ends_well_meanwhile_is_not_disturbed(lab: Lab) -> None:
    left = Left(lab)
    left.make(DONE, _run_elsewhere(60))
    timer = threading.Timer(1, lambda: lab.client.remove_container(left.former))
    timer.start()

    left.front_end('b').update('app')

    timer.join()
    assert left.names() == {''}
    assert left.detail()['Id'] == left.new_id


@pytest.mark.parametrize('label', [None, 'something else', '{"until": "later"}'])
def test_what_says_nothing_of_its_run_is_dealt_with_at_once(
    lab: Lab, label: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    left = Left(lab)
    left.make(ONLY_NEW_ONES, label)

    left.front_end('a').startup('app')

    assert 'is being replaced by' not in caplog.text
    assert left.detail()['Id'] == left.former_id

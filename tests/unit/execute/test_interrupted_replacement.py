"""Ctrl-C while a group of containers is being replaced: all new ones run in the end, or all former ones."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest

from dockermap.api import ActionEvent, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import CHANGING_CALLS, File, InMemoryEngine, Process

LOOP = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
COMMAND = 'sleep 5000'
STOP_TIMEOUT = 3
RUNNING_SECONDS = 10
"""How long calls that run may take to end."""


class Interrupted:
    """A client whose user presses Ctrl-C during some of the calls that change something.

    :param numbers: Numbers of the calls, counted from one.
    :param is_done: Whether the engine has done what it was asked for.
    :param in_threads: Calls have threads of their own, and run to their end.
    """

    def __init__(
        self, engine: InMemoryEngine, numbers: tuple[int, ...], is_done: bool, in_threads: bool = False
    ) -> None:
        self._in_threads = in_threads
        self.requests: list[str] = []
        self.first: float | None = None
        self._client = engine.client()
        self._engine = engine
        self._numbers = numbers
        self._is_done = is_done
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in CHANGING_CALLS:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                self.requests.append(name)
                is_now = len(self.requests) in self._numbers
            if not is_now:
                return found(*args, **kwargs)
            if self.first is None:
                self.first = self._engine.clock.now()
            if self._in_threads:
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                return found(*args, **kwargs)
            if self._is_done:
                found(*args, **kwargs)
            raise KeyboardInterrupt

        return call


def content(stage: str) -> dict[str, Any]:
    """A container with a volume, one that uses its network stack, and one that uses its volumes."""
    options = {'command': LOOP, 'environment': {'STAGE': stage}}
    common: dict[str, Any] = {'image': 'app', 'stop_timeout': STOP_TIMEOUT, 'create_options': options}
    policy = {'host_config': {'restart_policy': {'Name': 'unless-stopped'}}}
    main = {**common, **policy, 'attaches': {'data': '/data'}, 'shares': '/spool'}
    return {
        'main': main,
        'proxy': {**common, 'network_mode': 'main', 'exec_commands': [{'cmd': COMMAND, 'policy': 'restart'}]},
        'backup': {**common, 'uses': {'main': 'ro'}},
    }


NAMES = ('shop.main', 'shop.proxy', 'shop.backup')


def front_end(stage: str, client: Any, **options: Any) -> MappingDockerClient:
    configuration = ClientConfiguration(client=client, version='1.41')
    defaults = {'exec_wait': 0, **options}
    return MappingDockerClient(ContainerMap('shop', content(stage)), configuration, option_defaults=defaults)


def running_engine() -> InMemoryEngine:
    """An engine on which the first version runs, with data."""
    engine = InMemoryEngine('app:latest', 'busybox:latest')
    front_end('a', engine.client()).startup('__all__')
    for volume in engine.volumes:
        volume.files.write('/kept', File('data'))
    return engine


ORIGIN = running_engine()


def undisturbed() -> list[str]:
    engine = ORIGIN.copy()
    client = Interrupted(engine, (), True)
    front_end('b', client).update('__all__')
    return client.requests


REQUESTS = undisturbed()
LAST_START = max(number for number, request in enumerate(REQUESTS, 1) if request == 'start')
NUMBERS = [pytest.param(number, id=f'{number}-{request}') for number, request in enumerate(REQUESTS, 1)]


def stages(engine: InMemoryEngine) -> set[str]:
    """Versions of the containers; there must be no others."""
    assert sorted(container.name for container in engine.containers) == sorted(NAMES)
    assert [container.name for container in engine.containers if not container.running] == []
    return {str(container.config['Env']) for container in engine.containers}


def check_kept(engine: InMemoryEngine) -> None:
    assert {volume.name for volume in engine.volumes} == {volume.name for volume in ORIGIN.volumes}
    assert all('/kept' in volume.files for volume in engine.volumes)
    policy = engine.client().inspect_container('shop.main')['HostConfig']['RestartPolicy']
    assert policy['Name'] == 'unless-stopped'
    commands = [command for container in engine.containers for command in container.execs.values() if command.running]
    assert [command.command for command in commands] == [COMMAND.split()]


@pytest.mark.parametrize('is_done', [False, True], ids=['not-done', 'done'])
@pytest.mark.parametrize('number', NUMBERS)
def test_it_is_finished_where_all_new_ones_run_and_else_put_back(number: int, is_done: bool) -> None:
    engine = ORIGIN.copy()
    client = Interrupted(engine, (number,), is_done)

    with pytest.raises(KeyboardInterrupt):
        front_end('b', client).update('__all__')

    assert client.first is not None
    assert engine.clock.now() - client.first <= RUNNING_SECONDS + STOP_TIMEOUT
    assert stages(engine) == {"['STAGE=b']" if number > LAST_START else "['STAGE=a']"}
    check_kept(engine)
    front_end('b', engine.client()).update('__all__')
    assert stages(engine) == {"['STAGE=b']"}
    check_kept(engine)
    assert not front_end('b', engine.client()).plan('update', '__all__')


@pytest.mark.parametrize('number', NUMBERS)
def test_side_by_side_a_call_that_runs_is_finished_first(number: int) -> None:
    engine = ORIGIN.copy()
    client = Interrupted(engine, (number,), True, in_threads=True)

    with pytest.raises(KeyboardInterrupt):
        front_end('b', client).update('__all__', max_parallel=4)

    assert stages(engine) == {"['STAGE=b']" if number >= LAST_START else "['STAGE=a']"}
    check_kept(engine)
    front_end('b', engine.client()).update('__all__')
    assert stages(engine) == {"['STAGE=b']"}
    check_kept(engine)


@pytest.mark.parametrize('further', [1, 2, 3, 5, 8])
@pytest.mark.parametrize('number', NUMBERS)
def test_a_second_one_ends_at_once_and_the_next_call_clears_up(number: int, further: int) -> None:
    engine = ORIGIN.copy()
    client = Interrupted(engine, (number, number + further), False)

    with pytest.raises(KeyboardInterrupt):
        front_end('b', client).update('__all__')

    assert len(client.requests) <= number + further
    front_end('b', engine.client()).update('__all__')
    assert stages(engine) == {"['STAGE=b']"}
    check_kept(engine)
    assert not front_end('b', engine.client()).plan('update', '__all__')


@pytest.mark.parametrize(('seconds', 'end'), [(None, 'b'), (0.5, 'a')], ids=['runs', 'ends'])
def test_a_new_one_that_gets_healthy_only_later_needs_no_more_than_to_run(seconds: float | None, end: str) -> None:
    engine = InMemoryEngine('app:latest')
    settings = {'image': 'app', 'stop_timeout': STOP_TIMEOUT, 'healthcheck': [['check'], '1s']}

    def front(stage: str) -> MappingDockerClient:
        options = {'environment': {'STAGE': stage}}
        configuration = ClientConfiguration(client=engine.client(), version='1.41')
        return MappingDockerClient(
            ContainerMap('shop', {'main': {**settings, 'create_options': options}}), configuration
        )

    engine.script(Process(health=[(1, 'healthy')]), container='shop.main')
    front('a').startup('main')
    engine.script(Process(seconds=seconds, health=[(100, 'healthy')]), container='shop.main')
    interrupts: list[float] = []

    def interrupt(event: ActionEvent) -> None:
        if event.kind == 'waiting' and 'shop.main to work' in event.detail and not interrupts:
            interrupts.append(engine.clock.now())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        front('b').update('main', wait=True, listener=interrupt)

    assert engine.clock.now() - interrupts[0] <= RUNNING_SECONDS + STOP_TIMEOUT
    assert engine.container('shop.main').config['Env'] == [f'STAGE={end}']
    assert [container.name for container in engine.containers] == ['shop.main']


def test_what_was_put_back_after_a_failure_is_left_alone_when_the_program_is_interrupted_later() -> None:
    engine = ORIGIN.copy()
    engine.faults.add('start', kind='refused', text='no such port')
    maps = [ContainerMap('shop', content('b')), ContainerMap('site', {'late': {'image': 'app'}})]
    client = engine.client()
    done: list[str] = []

    def interrupt(event: ActionEvent) -> None:
        if event.kind == 'undone':
            done.append(event.call)
        if done and event.kind == 'started' and event.config_id.map_name == 'site':
            raise KeyboardInterrupt

    configuration = ClientConfiguration(client=client, version='1.41')
    front = MappingDockerClient(maps, configuration, option_defaults={'exec_wait': 0})
    with pytest.raises(KeyboardInterrupt):
        front.update(['shop.main', 'site.late'], on_error='continue', listener=interrupt)

    assert done.count('start') == 1
    assert [name for name in NAMES if not engine.is_running(name)] == []

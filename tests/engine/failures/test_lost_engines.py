"""Engines that stop, start again, or do not answer in the middle of a call."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import docker
import private_engine as engines
import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.docker_api import is_timeout, is_unreachable
from dockermap.map.action import Action

UNANSWERED_SECONDS = 2
STOP_SECONDS = 3


class OwnEngine:
    """An engine that can be stopped, started, and made to keep silent for a while."""

    def __init__(self, url):
        self.url = url
        home = Path(url.removeprefix('unix://')).parent
        self._log = home / 'dockerd.log'
        self._pid_file = home / 'dockerd.pid'
        self._process = None
        own = Path(f'/proc/{self._pid()}')
        arguments = (own / 'cmdline').read_text(encoding='utf-8').split('\0')[1:-1]
        # An engine of another Debian has mounts of its own, which its containers go on using.
        # They stay as long as this is open.
        self._mounts = (own / 'ns/mnt').open('rb')
        self._command = ['nsenter', f'--mount=/proc/{os.getpid()}/fd/{self._mounts.fileno()}', '--']
        self._command += [str((own / 'exe').readlink()), *arguments]

    def stop(self):
        pid = self._pid()
        os.kill(pid, signal.SIGTERM)
        if self._process is not None:
            self._process.wait()
        while engines.answers(self.url) or _is_alive(pid):
            time.sleep(0.05)

    def start(self):
        with engines.starting_alone(), self._log.open('ab') as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
            )
            engines.wait_until(lambda: engines.answers(self.url), self._process, self._log)

    def restart(self):
        self.stop()
        self.start()

    def keep_silent(self, seconds=UNANSWERED_SECONDS):
        """For some seconds. Requests are answered afterwards."""
        pid = self._pid()
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(seconds, os.kill, (pid, signal.SIGCONT)).start()

    def end(self):
        if self._process is not None:
            engines.end_containers(self.url)
            engines.end_process(self._process)
        self._mounts.close()

    def _pid(self):
        return self._process.pid if self._process else int(self._pid_file.read_text(encoding='utf-8'))


def _is_alive(pid):
    """Whether a process runs; one that nobody has waited for yet does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rpartition(')')[2].split()[0] != 'Z'
    return False


@pytest.fixture(scope='module')
def own_engine(own_engines):
    engine = OwnEngine(own_engines())
    yield engine
    engine.end()


@pytest.fixture
def running(own_engine, engine_url, unique):
    """Names of running containers of the test, by client; what it made on the own engine is removed afterwards."""

    def listed(url, **kwargs):
        with contextlib.closing(docker.APIClient(base_url=url, version='auto')) as api:
            return [
                (api, container['Id'], name)
                for container in api.containers(**kwargs)
                for name in container['Names']
                if name.startswith(f'/{unique}.') and name.count('/') == 1
            ]

    def names(url):
        return sorted(name.partition('.')[2] for _, _, name in listed(url))

    yield lambda: {'own': names(own_engine.url), 'shared': names(engine_url)}
    for api, container_id, _ in listed(own_engine.url, all=True):
        api.remove_container(container_id, force=True, v=True)


@pytest.fixture
def meddle(connection):
    """A client for an own engine like the one for the shared engine."""
    with contextlib.ExitStack() as stack:
        yield lambda url: stack.enter_context(
            contextlib.closing(type(connection)(base_url=url, version='auto', timeout=60))
        )


@pytest.fixture
def make_front_end(unique, service, option_defaults, needs):
    """A front end for three containers that need each other, on one or two clients."""

    def make(own, **clients):
        settings = {
            'web': service(**{needs: 'app'}),
            'app': service(**{needs: 'db'}),
            'db': service(),
            'clients': ['own', *clients],
        }
        configurations = {
            name: ClientConfiguration.from_client(client) for name, client in {'own': own, **clients}.items()
        }
        return MappingDockerClient(
            ContainerMap(unique, settings), clients=configurations, option_defaults=option_defaults
        )

    return make


ALL = ['app', 'db', 'web']


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_an_engine_stops_in_the_middle(
    own_engine, meddle, connection, make_front_end, running, failure_of, done, is_podman, action
):
    own = meddle(own_engine.url)
    front_end = make_front_end(own, shared=connection)
    own.once_before('create_container', own_engine.stop, skip=1)
    error = failure_of(lambda: front_end.call(action, 'web'), 'app', Action.CREATE, 'Connection', client_name='own')
    assert is_unreachable(error.source_exception[1])
    # 'depends_on' waits for a container on each of its clients, links do not.
    shared = ['app', 'db'] if is_podman else ALL
    assert {name for name, _ in done(error.completed)} == set(shared)
    assert [output.client_name for output in error.results].count('own') == 1
    own_engine.start()
    # Containers of Podman outlive its service.
    assert running() == {'own': ['db'] if is_podman else [], 'shared': shared}
    front_end.call(action, 'web')
    assert running() == {'own': ALL, 'shared': ALL}
    assert front_end.update('web') == []


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_an_engine_is_restarted_in_the_middle(
    own_engine, meddle, make_front_end, running, failure_of, is_podman, action
):
    own = meddle(own_engine.url)
    front_end = make_front_end(own)
    own.once_before('create_container', own_engine.restart, skip=1)
    if not is_podman:
        # The container that it links to has ended with the engine.
        text = 'non running container'
        failure_of(lambda: front_end.call(action, 'web'), 'app', Action.START, text, client_name='own')
    front_end.call(action, 'web')
    assert running()['own'] == ALL
    assert front_end.update('web') == []


@pytest.mark.parametrize('action', ['startup', 'update'])
@pytest.mark.parametrize(('request_name', 'failed'), [('create_container', Action.CREATE), ('start', Action.START)])
def test_an_engine_takes_too_long(
    own_engine, meddle, make_front_end, running, failure_of, request_name, failed, action
):
    own = meddle(own_engine.url)
    front_end = make_front_end(own)

    def keep_silent():
        # Not before: a busy engine may need longer to start a container.
        own.timeout = 1
        own_engine.keep_silent()

    own.once_before(request_name, keep_silent, skip=1)
    error = failure_of(lambda: front_end.call(action, 'web'), 'app', failed, 'timed out', client_name='own')
    assert is_timeout(error.source_exception[1])
    time.sleep(UNANSWERED_SECONDS)
    own.timeout = 60
    front_end.call(action, 'web')
    assert running()['own'] == ALL
    assert front_end.update('web') == []


def test_an_engine_takes_too_long_to_stop_a_container(own_engine, meddle, make_front_end, running, unique):
    own = meddle(own_engine.url)
    front_end = make_front_end(own)
    front_end.maps[unique].containers.web.stop_timeout = STOP_SECONDS
    front_end.startup('web')
    waited_for = []

    def keep_silent():
        # The engine answers again after the stop is given up, and long before the wait for its effect is.
        own.timeout = 0.5
        own_engine.keep_silent(STOP_SECONDS + 1)

    def be_patient():
        own.timeout = 60
        waited_for.append('web')

    own.once_before('stop', keep_silent)
    own.once_before('wait', be_patient)
    front_end.shutdown('db')
    assert waited_for == ['web']
    assert running()['own'] == []

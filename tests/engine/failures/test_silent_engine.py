"""An engine that accepts requests and never answers, from each request of a call on."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
import tempfile
import threading
import time

import docker
import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient

PATIENCE = 60
TIMEOUT = 2
MARGIN = 5
STOP_TIMEOUT = 1


class SilentProxy:
    """Stands between a client and an engine; passes requests on, but for those from a certain number on."""

    def __init__(self, engine_url: str) -> None:
        self.requests = itertools.count()
        self.answered: float = float('inf')
        self.silent_since: float | None = None
        self._engine = engine_url.removeprefix('unix://')
        self._directory = tempfile.mkdtemp(prefix='silent-')
        self.url = f'unix://{self._directory}/engine.sock'
        self._sockets: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.url.removeprefix('unix://'))
        self._listener.listen(50)
        threading.Thread(target=self._accept, daemon=True).start()

    def silent_after(self, answered: float) -> None:
        """Answer so many requests from now on, then none."""
        self.requests = itertools.count()
        self.answered = answered
        self.silent_since = None

    def close(self) -> None:
        for connection in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        shutil.rmtree(self._directory)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(self._engine)
                self._sockets += [client, engine]
                threading.Thread(target=self._pass_requests, args=(client, engine), daemon=True).start()
                threading.Thread(target=_pass_on, args=(engine, client), daemon=True).start()

    def _pass_requests(self, client: socket.socket, engine: socket.socket) -> None:
        """Each chunk that starts with a method is a request: the SDK sends heads in one piece."""
        silent = False
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if data.startswith((b'GET ', b'POST ', b'DELETE ', b'HEAD ')):
                    silent = next(self.requests) >= self.answered
                if not silent:
                    engine.sendall(data)
                elif self.silent_since is None:
                    self.silent_since = time.monotonic()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


@pytest.fixture
def proxy(engine_url):
    if not engine_url.startswith('unix://'):
        pytest.skip('The proxy stands in front of a Unix socket.')
    with contextlib.closing(SilentProxy(engine_url)) as proxy:
        yield proxy


@pytest.fixture
def front_end(proxy, unique, service):
    """Asks for one item at a time: a container, its network, and a volume with an owner."""
    container_map = ContainerMap(
        unique,
        {
            'db': service(networks='back', attaches={'data': '/data'}, user='root', stop_timeout=STOP_TIMEOUT),
            'networks': {'back': {}},
        },
    )

    def make():
        client = ClientConfiguration(base_url=proxy.url, version='1.41', timeout=PATIENCE)
        return MappingDockerClient(container_map, client)

    return make


def _changed(client: MappingDockerClient) -> None:
    container_map = next(iter(client.maps.values()))
    options = container_map.containers.db.create_options
    container_map.containers.db.create_options = {**options, 'environment': {'STAGE': os.urandom(4).hex()}}
    client.refresh_names()


CALLS = {
    'startup': (lambda client: client.shutdown('db', remove_attached=True), lambda client: client.startup('db')),
    'update': (_changed, lambda client: client.update('db')),
    'shutdown': (lambda client: client.startup('db'), lambda client: client.shutdown('db')),
    'script': (
        lambda client: client.shutdown('db', remove_attached=True),
        lambda client: client.run_script('db', command_format='true'),
    ),
}


@pytest.mark.parametrize(
    'action', [pytest.param(call, marks=pytest.mark.full) if call == 'script' else call for call in CALLS]
)
def test_a_call_ends_soon_wherever_an_engine_falls_silent(front_end, proxy, action, request, engine_url, unique):
    before, call = CALLS[action]
    every = 1 if 'not full' not in request.config.option.markexpr else 5
    longest, texts = 0.0, set()
    with front_end() as client:
        connection = client.clients['__default__'].get_client()
        client.startup('db')
        for answered in itertools.count(0, every):
            before(client)
            proxy.silent_after(answered)
            connection.timeout = TIMEOUT
            started = time.monotonic()
            try:
                call(client)
            except Exception as error:
                # What the engine did before took as long as it took.
                longest = max(longest, time.monotonic() - (proxy.silent_since or started))
                texts.add(str(error).split(' (already done')[0].split('\n')[0])
            else:
                break
            finally:
                proxy.silent_after(float('inf'))
                connection.timeout = PATIENCE
            connection._custom_adapter.pools.clear()
        client.shutdown('db', remove_attached=True)
    with contextlib.closing(docker.APIClient(engine_url, version='auto')) as api:
        left = [name for found in api.containers(all=True) for name in found['Names'] if unique in name]
        # What set the owner of the volume cannot be removed while the engine does not answer.
        for helper in api.containers(all=True, filters={'volume': f'{unique}.data'}):
            api.remove_container(helper, force=True)
    print(f'{action}: silent from request 0, {every}, ... on to {answered}; the longest took {longest:.1f} s')
    print('\n'.join(sorted(texts)))
    assert answered
    assert longest < TIMEOUT + STOP_TIMEOUT + MARGIN
    assert all('db' in text or 'data' in text or 'back' in text or 'imed out' in text for text in texts)
    assert not left

"""One engine for the whole run: an own one where the tests may start it, otherwise the reachable one.

Set ``DOCKER_HOST`` to use that engine. Tests that remove or re-tag what they did not make are marked ``private_engine``
and run only on an engine that was started here.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import os
import re
import secrets
import shutil
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import private_engine as engines
import pytest

from dockermap.docker_api import output_frames, podman_version

COUNTS = pytest.StashKey[Counter[str]]()
NO_PRIVATE_ENGINE = 'changes what it did not make, so it needs an engine of its own (root, with dockerd installed)'

LONG_FORMS = re.compile(
    '|'.join(
        (
            r'actions/test_every_state\.py::.*\[(?:update|script), ',
            r'cli/test_actions_on_commands\.py::test_a_(?:group_can_be_selected|container_that_was_removed_by_hand)',
            r'compose/test_same_as_compose\.py::.*\[(?:elk|nextcloud)\]',
            r'failures/test_silent_engine\.py::.*\[update\]',
            r'parallel/test_handing_on\.py::test_addresses_go_to_another_container\[(?!ring).*-re-created\]',
            r'remote/test_hosts\.py::test_(?:two_hosts|hosts_that_cannot_be_reached).*\[command',
            r'settings/.*::test_stay_as_they_are_if_they_cannot_be_made_anew\[create_options\]',
            r'cli/test_maps_on_commands\.py::.*\[/usr/local/bin/docker',
            r'shortcuts/.*\[centos',
            r'shortcuts/test_hostile_values\.py::test_(?:every_value|real_commands).*\[busybox',
        )
    )
)
"""Long tests for whose kind others stand in the default run."""

FAMILIES = re.compile(
    '|'.join(
        (
            r'actions/test_(?:every_state|seven_actions)\.py::.*\[',
            r'cli/test_(?:actions_on_commands|create_options|hostile_values)\.py::.*\[',
            r'contract/test_(?:connections|interrupted_replacement)\.py::.*\[(?:engine-|.*-engine)',
            r'failures/test_meanwhile\.py::.*\[',
            r'parallel/test_handing_on\.py::.*\[',
            r'settings/test_(?:container_settings|accepted_values|network_and_volume_settings)\.py::.*\[',
            r'shortcuts/test_(?:files|accounts)_on_systems\.py::.*\[',
        )
    )
)
"""Tests that are alike but for one value: the default run has the most telling ones, and every fourth of the others."""

TELLING = frozenset((Path(__file__).parent / 'contract' / 'telling.txt').read_text(encoding='utf-8').splitlines())
_EVERY = 4
_EVENTS_SECONDS = 0.5
"""How long past events are listened for, as Podman leaves out what it has not read by then."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.engine)
        is_long = LONG_FORMS.search(item.nodeid) or _is_left_out(item.nodeid)
        if is_long and item.get_closest_marker('engine') is not None:
            item.add_marker(pytest.mark.full)


def _is_left_out(node_id: str) -> bool:
    """Whether others stand for a test in the default run; on another engine than the installed one, none does."""
    if os.environ.get('DOCKERMAP_TEST_ENGINE', 'installed') != 'installed' or not FAMILIES.search(node_id):
        return False
    is_telling = node_id in TELLING or node_id.partition('[')[0] in TELLING
    return not is_telling and zlib.crc32(node_id.encode()) % _EVERY != 0


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTS] = Counter()


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, 'workeroutput', None)
    if output is not None:
        output['counts'] = dict(session.config.stash[COUNTS])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what the workers of a run in several processes have counted."""
    node.config.stash[COUNTS].update(getattr(node, 'workeroutput', {}).get('counts', {}))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for text, number in sorted(config.stash[COUNTS].items()):
        terminalreporter.write_line(f'{text}: {number}')


@pytest.fixture(scope='session')
def counts(pytestconfig: pytest.Config) -> Counter[str]:
    """What the run reports at its end."""
    return pytestconfig.stash[COUNTS]


@pytest.fixture(scope='session')
def work_directory() -> Iterator[Path]:
    """A directory with a short path (sockets allow about 100 characters), removed at the end."""
    path = Path(tempfile.mkdtemp(prefix='dmt-'))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope='session')
def own_engines(work_directory: Path) -> Iterator[Callable[[], str]]:
    """Starts engines, each with BusyBox images; all end with the run."""
    numbers = itertools.count(1)
    with contextlib.ExitStack() as stack:

        def start() -> str:
            if not engines.may_start_engine():
                pytest.skip(NO_PRIVATE_ENGINE)
            number = next(numbers)
            home = work_directory / f'e{number}'
            home.mkdir()
            url = stack.enter_context(engines.private_engine(home))
            engines.build_base_image(url, engines.BASE_IMAGE, *engines.STANDARD_IMAGES)
            return url

        yield start


@pytest.fixture(scope='session')
def is_own_engine() -> bool:
    return engines.may_start_engine()


@pytest.fixture(scope='session')
def engine_url(is_own_engine: bool, request: pytest.FixtureRequest) -> str:
    """URL of the engine that most tests share."""
    if is_own_engine:
        url: str = request.getfixturevalue('own_engines')()
        return url
    found = engines.reachable_engine()
    if found is None:
        pytest.skip('no Docker Engine is reachable, and this user cannot start one')
    engines.build_base_image(found, engines.BASE_IMAGE)
    return found


@pytest.fixture(scope='session')
def is_podman(engine_url: str) -> bool:
    """Whether the engine that most tests share is Podman, which does some things at another moment."""
    with contextlib.closing(docker.APIClient(base_url=engine_url, version='auto')) as client:
        return podman_version(client.version()) is not None


@pytest.fixture(scope='session')
def needs(is_podman: bool) -> str:
    """The property for what a container needs, in tests of the order of things: Podman has no links."""
    return 'depends_on' if is_podman else 'links'


@pytest.fixture(scope='session')
def private_engine_url(own_engines: Callable[[], str]) -> str:
    """URL of an engine only for tests that remove or re-tag what they did not make."""
    return own_engines()


@pytest.fixture(scope='session')
def second_engine_url(engine_url: str, own_engines: Callable[[], str]) -> str:
    """URL of an engine beside the shared one, for maps on several hosts."""
    return own_engines()


@pytest.fixture(scope='session')
def base_image() -> str:
    """Name of a BusyBox image that every engine of the tests has."""
    return engines.BASE_IMAGE


@pytest.fixture(scope='session')
def option_defaults() -> dict[str, Any]:
    """Policy options that keep a user's images out of the tests."""
    return {'core_image': engines.BASE_IMAGE, 'base_image': engines.BASE_IMAGE}


class ReadingClient(docker.APIClient):
    """Does not lose output of commands that an engine, such as Podman, sends together with the head of its answer.

    The SDK reads from the socket, and not what has been taken from it with the head.
    """

    def _read_from_socket(self, response: Any, stream: bool, tty: bool = True, demux: bool = False) -> Any:
        if stream or tty or demux:
            return super()._read_from_socket(response, stream, tty, demux)
        with contextlib.closing(response):
            return b''.join(data for _, data in output_frames(response.raw._fp.fp))


@pytest.fixture
def api(engine_url: str) -> Iterator[docker.APIClient]:
    """A plain SDK client, to look at the engine independently of what is tested."""
    with contextlib.closing(ReadingClient(base_url=engine_url, version='auto', timeout=60)) as client:
        yield client


@pytest.fixture(scope='session')
def eventually() -> Callable[[Callable[[], Any]], bool]:
    """Whether something becomes true within some seconds; processes in containers have no fixed pace."""

    def check(claim: Callable[[], Any]) -> bool:
        deadline = time.monotonic() + 20
        while not claim():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    return check


@pytest.fixture(scope='session')
def healthy_since(
    eventually: Callable[[Callable[[], Any]], bool],
) -> Callable[[docker.APIClient, str], datetime.datetime]:
    """Tells when a container has become healthy for the first time; inspections show the last few checks only."""

    def ask(client: docker.APIClient, container: str) -> datetime.datetime:
        found: list[dict[str, Any]] = []

        def is_healthy(event: dict[str, Any]) -> bool:
            return 'healthy' in (event.get('HealthStatus'), event['status'].rpartition(': ')[2])

        def look() -> list[dict[str, Any]]:
            past = {'since': 1, 'until': f'{time.time() + _EVENTS_SECONDS:.6f}', 'decode': True}
            events = client.events(**past, filters={'container': container, 'event': 'health_status'})
            found.extend(event for event in events if is_healthy(event))
            return found

        assert eventually(look), f'Container {container} was never healthy.'
        return datetime.datetime.fromtimestamp(found[0]['timeNano'] / 1e9, datetime.timezone.utc)

    return ask


@pytest.fixture
def unique(engine_url: str) -> Iterator[str]:
    """A prefix for names of maps, containers, networks and volumes; what bears it is removed afterwards."""
    prefix = f't{secrets.token_hex(4)}'
    yield prefix
    with contextlib.closing(docker.APIClient(base_url=engine_url, version='auto', timeout=60)) as client:
        remove_all(client, prefix)


@pytest.fixture
def make_twin_network(api: docker.APIClient) -> Callable[..., str]:
    """Creates a network whose name another one may have; newer engines refuse that, and there is nothing to test."""

    def make(name: str, **kwargs: Any) -> str:
        try:
            network_id: str = api.create_network(name, check_duplicate=False, **kwargs)['Id']
        except docker.errors.APIError as error:
            if error.status_code != 409:
                raise
            pytest.skip('this engine refuses a second network of the same name')
        return network_id

    return make


def remove_all(client: docker.APIClient, prefix: str) -> None:
    """Remove containers, then networks and volumes whose name starts with the prefix."""
    remove_containers(client, prefix)
    for network in client.networks():
        if network['Name'].startswith(prefix):
            client.remove_network(network['Id'])
    for volume in client.volumes()['Volumes'] or ():
        if volume['Name'].startswith(prefix):
            client.remove_volume(volume['Name'], force=True)


_PAUSES_OF_REMOVALS = (0, 0, 0.1, 0.5, 2)
"""Seconds before each try; a removal may already be in progress."""


def remove_containers(client: docker.APIClient, prefix: str) -> None:
    """Remove those whose name starts with the prefix; on some engines, not before those that share their network."""
    error = None
    for pause in _PAUSES_OF_REMOVALS:
        time.sleep(pause)
        names = [name for container in client.containers(all=True) for name in container['Names'] or ()]
        left = [name for name in names if name.startswith(f'/{prefix}') and name.count('/') == 1]
        if not left:
            return
        for name in left:
            try:
                client.remove_container(name.removeprefix('/'), force=True, v=True)
            except docker.errors.NotFound:
                pass
            except docker.errors.APIError as refused:
                error = refused
    if error:
        raise error


@pytest.fixture(scope='session')
def registry_host(is_podman: bool) -> str:
    """Where registries without TLS listen: Podman has logins only for ``localhost``."""
    return 'localhost' if is_podman else '127.0.0.1'


@pytest.fixture(scope='session')
def open_registry(work_directory: Path, registry_host: str) -> Iterator[str]:
    """Address of a registry that asks nobody for a password."""
    with start_registry(work_directory / 'registry', registry_host) as registry:
        yield registry.address


@pytest.fixture(scope='session')
def auth_registry(work_directory: Path, registry_host: str) -> Iterator[engines.Registry]:
    """A registry with ``address``, ``username`` and ``password``."""
    with start_registry(work_directory / 'auth-registry', registry_host, 'tester', 'a secret') as registry:
        yield registry


def start_registry(home: Path, host: str, *login: str) -> contextlib.AbstractContextManager[engines.Registry]:
    if not all(shutil.which(name) for name in ('docker-registry', 'htpasswd')):
        pytest.skip('needs docker-registry and htpasswd (Debian packages docker-registry, apache2-utils)')
    home.mkdir()
    return engines.registry(home, *login, host=host)

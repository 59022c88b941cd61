"""Systems that the commands run on: Debian, BusyBox, and one with the tools of CentOS."""

from __future__ import annotations

import contextlib
import io
import secrets
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import docker
import pytest
import system_roots

from dockermap.shortcuts import CmdArgMappings
from tests.engine.conftest import ReadingClient

WAIT = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1; done']
ACCOUNTS = {
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nbin:x:2:2:bin:/bin:/bin/false\n',
    'etc/group': 'root:x:0:\nbin:x:2:\nnogroup:x:65533:\n',
    'etc/shadow': 'root:*:1:0:99999:7:::\nbin:*:1:0:99999:7:::\n',
}
BUSYBOX_DOCKERFILE = """\
FROM scratch
COPY root/ /
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /home /root /tmp /work
"""
# The tools of Debian's passwd package are those of CentOS; there, adduser is another name of useradd, and sh is bash.
CENTOS_DOCKERFILE = """\
FROM {debian}
RUN rm /usr/sbin/adduser /usr/sbin/addgroup /usr/sbin/deluser /usr/sbin/delgroup \
    && ln -s useradd /usr/sbin/adduser && ln -sf bash /bin/sh
"""


class Result(NamedTuple):
    code: int
    output: str


class System:
    """A running container with the tools of one system."""

    def __init__(self, api: docker.APIClient, mapping: CmdArgMappings, container: str, counts: Counter[str]) -> None:
        self.mapping = mapping
        self.name = mapping.value
        self.api = api
        self.container = container
        self.counts = counts

    def run(self, line: str, directory: str = '/') -> Result:
        """Run a command line by the system's shell, without input."""
        command = ['sh', '-c', f'cd "$1" && {{ {line}\n}}', 'sh', directory]
        instance = self.api.exec_create(self.container, command)['Id']
        output = self.api.exec_start(instance).decode('utf-8', 'replace')
        self.counts[f'shortcut commands executed on {self.name}'] += 1
        return Result(self.api.exec_inspect(instance)['ExitCode'], output)

    def put(self, directory: str, *members: tuple[str, bytes | None], mode: int = 0o644) -> None:
        """Write files, or directories where the content is ``None``; no shell takes part."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode='w') as tar:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.mode = mode if content is not None else 0o755
                info.type = tarfile.REGTYPE if content is not None else tarfile.DIRTYPE
                info.size = len(content or b'')
                tar.addfile(info, io.BytesIO(content or b''))
        assert self.api.put_archive(self.container, directory, archive.getvalue())

    def look(self, path: str) -> dict[str, tarfile.TarInfo]:
        """Everything at and below a path: names, which start with the last component, with owner, mode and type."""
        with self.archive(path) as tar:
            return {info.name: info for info in tar.getmembers()}

    def read(self, path: str) -> bytes:
        with self.archive(path) as tar:
            content = tar.extractfile(tar.getmembers()[0])
            assert content is not None
            return content.read()

    def exists(self, path: str) -> bool:
        try:
            return bool(self.look(path))
        except FileNotFoundError:
            return False

    @contextlib.contextmanager
    def archive(self, path: str) -> Iterator[tarfile.TarFile]:
        parent, name = path.rsplit('/', 1)
        # Archives of some engines leave out who owns a file, so they have what the system's own tar wrote. Not all
        # versions of that take a name as it is.
        quoting = [] if self.name == 'busybox' else ['--no-unquote']
        command = ['tar', *quoting, '-c', '-f', '/look.tar', '-C', f'{parent}/', f'./{name}']
        instance = self.api.exec_create(self.container, command)['Id']
        self.api.exec_start(instance)
        if self.api.exec_inspect(instance)['ExitCode']:
            raise FileNotFoundError(path)
        chunks, _ = self.api.get_archive(self.container, '/look.tar')
        with (
            tarfile.open(fileobj=io.BytesIO(b''.join(chunks))) as outer,
            tarfile.open(fileobj=outer.extractfile('look.tar')) as tar,
        ):
            for member in tar.getmembers():
                member.name = member.name.removeprefix('./')
            yield tar

    def database(self, name: str) -> dict[str, list[str]]:
        """Entries of ``passwd``, ``group`` or ``shadow``, with the fields after the name."""
        lines = self.read(f'/etc/{name}').decode('utf-8').split('\n')[:-1]
        return {line.split(':')[0]: line.split(':')[1:] for line in lines}

    def groups_of(self, user: str) -> set[str]:
        return {group for group, fields in self.database('group').items() if user in fields[2].split(',')}

    def directory(self) -> str:
        """A new empty directory."""
        name = f'd{secrets.token_hex(4)}'
        self.put('/work', (name, None))
        return f'/work/{name}'

    def new_name(self) -> str:
        return f'n{secrets.token_hex(4)}'


@pytest.fixture(scope='session')
def client(engine_url: str) -> Iterator[docker.APIClient]:
    with contextlib.closing(ReadingClient(base_url=engine_url, version='auto', timeout=120)) as api:
        yield api


@pytest.fixture(scope='session')
def new_image(client: docker.APIClient) -> Iterator[Callable[[], tuple[str, str]]]:
    """Repository and tag of images that are removed at the end, last ones first."""
    made: list[tuple[str, str]] = []

    def name() -> tuple[str, str]:
        made.append(('127.0.0.1:1/dockermap/system', secrets.token_hex(4)))
        return made[-1]

    yield name
    for repository, tag in reversed(made):
        with contextlib.suppress(docker.errors.NotFound):
            client.remove_image(f'{repository}:{tag}', force=True)


@pytest.fixture(scope='session')
def debian_image(client: docker.APIClient, new_image: Callable[[], tuple[str, str]]) -> str:
    root = available(system_roots.debian_root)
    repository, tag = new_image()
    client.import_image_from_file(str(root), repository=repository, tag=tag)
    return f'{repository}:{tag}'


@pytest.fixture(scope='session')
def centos_image(client: docker.APIClient, new_image: Callable[[], tuple[str, str]], debian_image: str) -> str:
    context = context_of([('Dockerfile', CENTOS_DOCKERFILE.format(debian=debian_image).encode(), 0o644)])
    return build(client, context, ':'.join(new_image()))


@pytest.fixture(scope='session')
def busybox_image(client: docker.APIClient, new_image: Callable[[], tuple[str, str]]) -> str:
    program = available(system_roots.busybox)
    files = [(f'root/{name}', text.encode(), 0o644) for name, text in ACCOUNTS.items()]
    context = context_of(
        [('Dockerfile', BUSYBOX_DOCKERFILE.encode(), 0o644), *files, ('root/bin/busybox', program.read_bytes(), 0o755)]
    )
    return build(client, context, ':'.join(new_image()))


@pytest.fixture(scope='session')
def start_system(
    client: docker.APIClient, counts: Counter[str], new_image: Callable[[], tuple[str, str]]
) -> Iterator[Callable[[CmdArgMappings, str], System]]:
    """Starts containers without network, which end with the run, before the images that they were made from."""
    with contextlib.ExitStack() as stack:

        def start(mapping: CmdArgMappings, image: str) -> System:
            options = client.create_host_config(network_mode='none', init=False)
            name = f't{secrets.token_hex(4)}-{mapping.value}'
            container = client.create_container(image, WAIT, name=name, host_config=options)
            stack.callback(client.remove_container, container, force=True, v=True)
            client.start(container)
            system = System(client, mapping, container['Id'], counts)
            system.put('/', ('work', None))
            return system

        yield start


@pytest.fixture(scope='session')
def shared_systems() -> dict[str, System]:
    """Systems that have been started, by name: in random order, ``system`` is asked for again and again."""
    return {}


@pytest.fixture(scope='session', params=['debian', 'busybox', 'centos'])
def system(
    request: pytest.FixtureRequest,
    start_system: Callable[[CmdArgMappings, str], System],
    shared_systems: dict[str, System],
) -> System:
    """Each of the systems; what tests leave in it does not matter to others."""
    name: str = request.param
    if name not in shared_systems:
        shared_systems[name] = start_system(CmdArgMappings(name), request.getfixturevalue(f'{name}_image'))
    return shared_systems[name]


def available(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except system_roots.RootUnavailable as reason:
        pytest.skip(str(reason))


def context_of(members: list[tuple[str, bytes, int]]) -> io.BytesIO:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode='w') as tar:
        for name, content, mode in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), mode
            tar.addfile(info, io.BytesIO(content))
    archive.seek(0)
    return archive


def build(client: docker.APIClient, context: io.BytesIO, tag: str) -> str:
    output = list(client.build(fileobj=context, custom_context=True, tag=tag, rm=True, forcerm=True, decode=True))
    errors = [message['error'] for message in output if 'error' in message]
    assert errors == []
    return tag

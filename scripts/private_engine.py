"""Docker Engines and registries for the tests and the demo: started here, on this machine only, and ended again.

Nothing is pulled: the base image is built ``FROM scratch`` around Debian's static BusyBox.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from system_roots import cache_directory

# Port 1 of the loopback interface: a missing image can never be looked for at a public registry.
BASE_IMAGE = '127.0.0.1:1/dockermap/base:latest'
STANDARD_IMAGES = ('busybox:latest', 'tianon/true:latest')
BUSYBOX = '/bin/busybox'
DEFAULT_SOCKET = 'unix:///var/run/docker.sock'
START_SECONDS = 60
STOP_SECONDS = 30

BASE_DOCKERFILE = """\
FROM scratch
COPY root/ /
RUN ["/bin/busybox", "--install", "-s", "/bin"]
CMD ["/bin/sh"]
"""
BASE_FILES = {
    'etc/passwd': 'root:x:0:0:root:/:/bin/sh\n'
    'daemon:x:1:1:daemon:/:/bin/false\n'
    'nobody:x:65534:65534:nobody:/:/bin/false\n',
    'etc/group': 'root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n',
}


@dataclass
class Registry:
    """A Docker registry on the loopback interface; without user name anybody may push and pull."""

    address: str
    username: str | None = None
    password: str | None = None


def can_start_engine() -> bool:
    """Whether this user can start an engine of its own here: root, with ``dockerd`` and ``ip`` installed."""
    return os.geteuid() == 0 and all(shutil.which(name) for name in ('dockerd', 'ip'))


def may_start_engine() -> bool:
    """An own engine changes packet filter rules, so it is started only where no other one is in use."""
    return can_start_engine() and not os.environ.get('DOCKER_HOST') and reachable_engine() is None


def has_own_network() -> bool:
    """Whether this runs in a network namespace of its own: ``scripts/in-private-network`` says so."""
    return os.environ.get('DOCKERMAP_OWN_NETWORK') == '1'


def reachable_engine() -> str | None:
    """URL of the engine that ``DOCKER_HOST`` or the default socket leads to, if one answers there.

    In a network namespace of its own, the default socket does not count: the ports of its containers are elsewhere.
    """
    url = os.environ.get('DOCKER_HOST') or ('' if has_own_network() else DEFAULT_SOCKET)
    return url if url and answers(url) else None


def answers(url: str) -> bool:
    """Whether an engine answers at the URL within a few seconds."""
    try:
        with contextlib.closing(docker.APIClient(base_url=url, version='auto', timeout=5)):
            return True
    except docker.errors.DockerException:
        return False


@contextlib.contextmanager
def private_engine(directory: str | os.PathLike[str]) -> Iterator[str]:
    """An engine with its own data, socket and bridge below the directory; yields its URL and ends it afterwards."""
    home = Path(directory)
    url = f'unix://{home}/docker.sock'
    with contextlib.ExitStack() as stack:
        stack.callback(unmount_below, home)
        with starting_alone():
            network = free_network()
            bridge = stack.enter_context(network_bridge(network))
            log = stack.enter_context((home / 'dockerd.log').open('wb'))
            process = subprocess.Popen(
                engine_command(home, url, bridge, network),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                # A containerd that has to be ended writes there what it was doing.
                env={**os.environ, 'TMPDIR': str(home)},
            )
            stack.callback(end_process, process)
            stack.callback(end_containers, url)
            wait_until(lambda: answers(url), process, home / 'dockerd.log')
        yield url


@contextlib.contextmanager
def starting_alone() -> Iterator[None]:
    """Engines that start at once would take one address range, and fail over each other's packet filter rules."""
    with (cache_directory() / 'engines.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def network_bridge(network: int) -> Iterator[str]:
    """A network bridge with the address 10.N.255.1."""
    bridge = f'dm{os.getpid() % 1000000}x{network}'
    run('ip', 'link', 'add', 'name', bridge, 'type', 'bridge')
    try:
        run('ip', 'address', 'add', f'10.{network}.255.1/24', 'dev', bridge)
        run('ip', 'link', 'set', bridge, 'up')
        yield bridge
    finally:
        subprocess.run(['ip', 'link', 'delete', bridge], check=False, capture_output=True)


def free_network() -> int:
    """The first N from 180 on for which no interface of this machine has an address 10.N.x.y."""
    addresses = run('ip', '-4', '-oneline', 'address')
    for network in range(180, 250):
        if f' 10.{network}.' not in addresses:
            return network
    raise RuntimeError('All networks from 10.180 to 10.249 are in use on this machine.')


def engine_command(home: Path, url: str, bridge: str, network: int) -> list[str]:
    return [
        'dockerd',
        '--host',
        url,
        '--bridge',
        bridge,
        '--data-root',
        str(home / 'data'),
        '--exec-root',
        str(home / 'exec'),
        '--pidfile',
        str(home / 'dockerd.pid'),
        '--default-address-pool',
        f'base=10.{network}.0.0/17,size=24',
        '--log-level',
        'warn',
    ]


def end_containers(url: str) -> None:
    """Remove what still runs, so that no process outlives its engine."""
    with (
        contextlib.suppress(docker.errors.DockerException, OSError),
        contextlib.closing(docker.APIClient(base_url=url, version='auto', timeout=30)) as api,
    ):
        for container in api.containers(all=True, quiet=True):
            with contextlib.suppress(docker.errors.APIError):
                api.remove_container(container['Id'], force=True, v=True)


def end_process(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def unmount_below(home: Path) -> None:
    """Unmount what an engine left below its directory, deepest first; otherwise it could not be removed."""
    mounts = [line.split()[1] for line in Path('/proc/mounts').read_text(encoding='utf-8').splitlines()]
    for mount in sorted((mount for mount in mounts if mount.startswith(f'{home}/')), key=len, reverse=True):
        subprocess.run(['umount', '--lazy', mount], check=False, capture_output=True)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f'{process.args!r} did not come up:\n{log.read_text(errors="replace")[-4000:]}')
        time.sleep(0.1)


def run(*command: str) -> str:
    """What a command prints; if it fails, its error text is part of the exception."""
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f'{" ".join(command)} failed: {result.stderr.strip()}')
    return result.stdout


def build_base_image(url: str, *names: str) -> None:
    """Build the BusyBox image for an engine, under each of the names."""
    with contextlib.closing(docker.APIClient(base_url=url, version='auto', timeout=120)) as api:
        output = list(api.build(fileobj=base_context(), custom_context=True, tag=names[0], rm=True, decode=True))
        errors = [message['error'] for message in output if 'error' in message]
        if errors:
            raise RuntimeError(f'Building {names[0]} failed: {errors}')
        for name in names[1:]:
            api.tag(names[0], *name.rsplit(':', 1))


def base_context() -> io.BytesIO:
    if not os.path.exists(BUSYBOX):
        raise RuntimeError(f"{BUSYBOX} is missing; install Debian's package busybox-static.")
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode='w') as archive:
        add_text(archive, 'Dockerfile', BASE_DOCKERFILE)
        for directory, mode in (('bin', 0o755), ('etc', 0o755), ('tmp', 0o1777)):
            info = tarfile.TarInfo(f'root/{directory}')
            info.type, info.mode = tarfile.DIRTYPE, mode
            archive.addfile(info)
        for name, text in BASE_FILES.items():
            add_text(archive, f'root/{name}', text)
        archive.add(BUSYBOX, 'root/bin/busybox', filter=as_root)
    context.seek(0)
    return context


def add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode('utf-8')
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def as_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = 'root'
    return info


@contextlib.contextmanager
def registry(
    directory: str | os.PathLike[str], username: str | None = None, password: str | None = None, host: str = '127.0.0.1'
) -> Iterator[Registry]:
    """Debian's ``docker-registry`` on a free port of the loopback interface; with a user, it asks for the password."""
    home = Path(directory)
    address = f'{host}:{free_port()}'
    config = home / 'config.yml'
    config.write_text(registry_config(home, address, username, password), encoding='utf-8')
    with (home / 'registry.log').open('wb') as log:
        process = subprocess.Popen(
            ['docker-registry', 'serve', str(config)],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until(lambda: accepts_connections(address), process, home / 'registry.log')
            yield Registry(address, username, password)
        finally:
            end_process(process)


def registry_config(home: Path, address: str, username: str | None, password: str | None) -> str:
    lines = [
        'version: 0.1',
        'log: {level: warn}',
        f'storage: {{filesystem: {{rootdirectory: {home}/data}}, delete: {{enabled: true}}}}',
        f'http: {{addr: "{address}"}}',
    ]
    if username is not None:
        passwords = home / 'htpasswd'
        passwords.write_text(run('htpasswd', '-Bbn', username, password or ''), encoding='utf-8')
        lines.append(f'auth: {{htpasswd: {{realm: tests, path: "{passwords}"}}}}')
    return '\n'.join(lines) + '\n'


def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(address: str) -> bool:
    host, port = address.split(':')
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


def main(arguments: list[str]) -> int:
    """``private_engine.py DIRECTORY COMMAND…``: run a command with ``DOCKER_HOST`` leading to an engine of its own."""
    if len(arguments) < 2:
        print(main.__doc__, file=sys.stderr)
        return 2
    directory, *command = arguments
    Path(directory).mkdir(parents=True, exist_ok=True)
    with private_engine(directory) as url:
        environment: dict[str, Any] = dict(os.environ, DOCKER_HOST=url)
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""A Docker swarm of several engines on this machine, for tests: nothing of it outlives the block.

Each node has a network, process, mount and host-name namespace with a ``dockerd`` of its own; a bridge joins them, and
a registry without login listens on it. This needs ``scripts/in-private-network``. A node that is killed is a machine
whose power is gone: its containers are gone with it, its disk is kept.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docker
from private_engine import accepts_connections, answers, build_base_image, end_process, run, unmount_below, wait_until

IMAGES = ('web:1', 'web:2', 'db:1')


def can_start_swarm() -> bool:
    """Whether this process can start one: root, in a network of its own, with what it takes installed."""
    programs = ('dockerd', 'ip', 'nsenter', 'unshare', 'docker-registry')
    return (
        os.geteuid() == 0
        and bool(os.environ.get('DOCKERMAP_OWN_NETWORK'))
        and all(shutil.which(name) for name in programs)
    )


@dataclass
class PrivateSwarm:
    """Nodes, counted from 1; the first ones are managers.

    :param number: Of the swarm, from 1 to 99; each needs another one.
    """

    home: Path
    nodes: int
    number: int = 1
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def network(self) -> str:
        """Beginning of all addresses."""
        return f'10.123.{self.number}'

    @property
    def registry(self) -> str:
        """Address of the registry."""
        return f'{self.network}.254:5000'

    @property
    def bridge(self) -> str:
        """Name of what joins the nodes."""
        return f'swarm{self.number}'

    def namespace(self, node: int) -> str:
        """Name of the network namespace of a node."""
        return f'{self.bridge}n{node}'

    def url(self, node: int) -> str:
        """Address of an engine."""
        return f'unix://{self.home}/node{node}.sock'

    def address(self, node: int) -> str:
        """IP address of a node, which the tests can reach."""
        return f'{self.network}.{node}'

    @contextlib.contextmanager
    def api(self, node: int = 1) -> Iterator[docker.APIClient]:
        """A client of an engine."""
        with contextlib.closing(docker.APIClient(base_url=self.url(node), version='auto', timeout=60)) as api:
            yield api

    def connect(self, node: int) -> None:
        """Give a node its end of a cable."""
        name, cable = self.namespace(node), f'{self.bridge}c{node}'
        run('ip', 'netns', 'add', name)
        run('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
        run('ip', 'link', 'set', cable, 'master', self.bridge, 'up')
        for command in (
            f'address add {self.address(node)}/24 dev eth0',
            'link set lo up',
            'link set eth0 up',
            f'route add default via {self.network}.254',
        ):
            run('ip', '-n', name, *command.split())

    def start(self, node: int) -> None:
        """Switch a node on."""
        home = self.home / f'node{node}'
        (home / 'etc').mkdir(parents=True, exist_ok=True)
        Path('/etc/docker').mkdir(exist_ok=True)
        for left in (self.home / f'node{node}.sock', home / 'docker.pid'):
            left.unlink(missing_ok=True)
        shutil.rmtree(home / 'exec', ignore_errors=True)
        script = (
            f'hostname node{node}; mount --bind {home}/etc /etc/docker; '
            f'dockerd --data-root {home}/data --exec-root {home}/exec --pidfile {home}/docker.pid '
            f'-H {self.url(node)} --insecure-registry {self.registry} --log-level warn '
            f'--default-address-pool base=10.{130 + node}.0.0/16,size=24 --bip 10.{130 + node}.255.1/24 '
            f'>>{self.home}/node{node}.log 2>&1; exit $?'
        )
        self.processes[node] = subprocess.Popen(
            [
                *('nsenter', f'--net=/run/netns/{self.namespace(node)}', '--'),
                *('unshare', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc', '--'),
                *('sh', '-c', script),
            ],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait_for(self, node: int) -> None:
        """Wait until an engine answers."""
        wait_until(lambda: answers(self.url(node)), self.processes[node], self.home / f'node{node}.log')

    def kill(self, node: int) -> None:
        """Take the power from a node: all of its processes end at once."""
        process = self.processes[node]
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.3)
        unmount_below(self.home / f'node{node}')

    def memory(self, node: int) -> int:
        """What the engine of a node takes of this machine's memory, in bytes; its containers are not counted."""
        engines = [
            pid for pid in _family(self.processes[node].pid) if _text(pid, 'comm').strip() in ('dockerd', 'containerd')
        ]
        lines = [line for pid in engines for line in _text(pid, 'smaps_rollup').splitlines() if line.startswith('Pss:')]
        return sum(int(line.split()[1]) * 1024 for line in lines)

    def form(self, managers: int) -> None:
        """Have all nodes be one swarm."""
        with self.api() as api:
            api.init_swarm(
                advertise_addr=self.address(1),
                listen_addr=f'{self.address(1)}:2377',
                data_path_addr=self.address(1),
                default_addr_pool=['10.200.0.0/16'],
                subnet_size=24,
            )
            tokens = api.inspect_swarm()['JoinTokens']
        for node in range(2, self.nodes + 1):
            with self.api(node) as api:
                api.join_swarm(
                    [f'{self.address(1)}:2377'],
                    tokens['Manager' if node <= managers else 'Worker'],
                    listen_addr=f'{self.address(node)}:2377',
                    advertise_addr=self.address(node),
                    data_path_addr=self.address(node),
                )

    def push_images(self) -> None:
        """Have the registry know the images."""
        names = [f'{self.registry}/{name}' for name in IMAGES]
        build_base_image(self.url(1), *names)
        with self.api() as api:
            for name in names:
                failed = [line for line in api.push(name, stream=True, decode=True) if 'error' in line]
                if failed:
                    raise RuntimeError(f'{name} was not pushed: {failed}')

    def push_image(self, name: str) -> None:
        """Have the registry know one more image, which no node has."""
        image = f'{self.registry}/{name}'
        with self.api() as api:
            text = f'FROM {self.registry}/{IMAGES[0]}\nLABEL name={name}\n'
            list(api.build(fileobj=io.BytesIO(text.encode()), tag=image, rm=True, decode=True))
            list(api.push(image, stream=True, decode=True))
            api.remove_image(image)

    def forget_image(self, name: str) -> None:
        """Take what tags and digests of an image lead to from the registry."""
        repository = name.partition(':')[0]
        for path in self.home.glob(f'registry/docker/registry/v2/repositories/{repository}/_manifests'):
            shutil.rmtree(path)


@contextlib.contextmanager
def private_swarm(
    directory: str | os.PathLike[str], nodes: int = 3, managers: int = 1, number: int = 1
) -> Iterator[PrivateSwarm]:
    """A swarm, with a registry that has the images."""
    swarm = PrivateSwarm(Path(directory), nodes, number)
    swarm.home.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        _add_bridge(swarm)
        stack.callback(_remove_bridge, swarm)
        stack.enter_context(_registry(swarm))
        for node in range(1, nodes + 1):
            swarm.connect(node)
        for node in range(1, nodes + 1):
            swarm.start(node)
            stack.callback(swarm.kill, node)
        for node in range(1, nodes + 1):
            swarm.wait_for(node)
        swarm.form(managers)
        swarm.push_images()
        yield swarm


def _text(pid: int, name: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f'/proc/{pid}/{name}').read_text(encoding='utf-8')
    return ''


def _family(pid: int) -> Iterator[int]:
    """A process, and all that come from it."""
    yield pid
    for child in _text(pid, f'task/{pid}/children').split():
        yield from _family(int(child))


def _add_bridge(swarm: PrivateSwarm) -> None:
    # Names of network namespaces are files and mounts, which are to be seen here alone.
    Path('/run/netns').mkdir(exist_ok=True)
    if not os.path.ismount('/run/netns'):
        run('mount', '-t', 'tmpfs', 'swarm', '/run/netns')
    run('ip', 'link', 'add', swarm.bridge, 'type', 'bridge')
    run('ip', 'address', 'add', f'{swarm.network}.254/24', 'dev', swarm.bridge)
    run('ip', 'link', 'set', swarm.bridge, 'up')
    # Where bridges are filtered, an engine that runs here, too, would have nothing pass between the nodes.
    run('iptables', '--insert', *_passing(swarm))


def _passing(swarm: PrivateSwarm) -> tuple[str, ...]:
    """The rule that lets the nodes reach each other."""
    return ('FORWARD', '--in-interface', swarm.bridge, '--out-interface', swarm.bridge, '--jump', 'ACCEPT')


def _remove_bridge(swarm: PrivateSwarm) -> None:
    for node in range(1, swarm.nodes + 1):
        subprocess.run(['ip', 'netns', 'delete', swarm.namespace(node)], check=False, capture_output=True)
    subprocess.run(['iptables', '--delete', *_passing(swarm)], check=False, capture_output=True)
    subprocess.run(['ip', 'link', 'delete', swarm.bridge], check=False, capture_output=True)


@contextlib.contextmanager
def _registry(swarm: PrivateSwarm) -> Iterator[None]:
    home = swarm.home
    config = home / 'registry.yml'
    config.write_text(
        'version: 0.1\nlog: {level: warn}\n'
        f'storage: {{filesystem: {{rootdirectory: {home}/registry}}}}\nhttp: {{addr: "{swarm.registry}"}}\n',
        encoding='utf-8',
    )
    with (home / 'registry.log').open('wb') as log:
        process = subprocess.Popen(
            ['docker-registry', 'serve', str(config)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        try:
            wait_until(lambda: accepts_connections(swarm.registry), process, home / 'registry.log')
            yield
        finally:
            end_process(process)

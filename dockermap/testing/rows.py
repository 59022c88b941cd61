"""Rows of lists: containers, images and processes as an engine lists them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from .clock import SECOND
from .containers import Container, Endpoint, Mount
from .documents import text, texts
from .errors import refusal
from .images import Image, full_name
from .inspection import Document, endpoint_details, mount_details

__all__ = ['container_row', 'image_row', 'process_rows']


def container_row(container: Container, now: int) -> Document:
    """What ``containers`` says about one."""
    return {
        'Id': container.id,
        'Names': [
            f'/{container.name}',
            *(f'/{parent.name}/{alias}' for (_, alias), parent in container.linked_from.items()),
        ],
        'Image': image_shown(container),
        'ImageID': container.image.id,
        'Command': _command(container.command),
        'Created': container.created // SECOND,
        'Ports': list(_ports(container)),
        'Labels': dict(container.labels),
        'State': container.status,
        'Status': _status(container, now),
        'HostConfig': {'NetworkMode': container.network_mode},
        'NetworkSettings': {'Networks': {name: _endpoint(endpoint) for name, endpoint in container.endpoints.items()}},
        'Mounts': [_mount(mount) for mount in container.mounts if not mount.is_tmpfs],
    }


def _endpoint(endpoint: Endpoint) -> Document:
    """Lists leave out most of what was asked for."""
    fixed = (
        None if endpoint.ipam is None else {key: value for key, value in endpoint.ipam.items() if key != 'LinkLocalIPs'}
    )
    return {**endpoint_details(endpoint), 'IPAMConfig': fixed, 'Links': None, 'Aliases': None, 'DriverOpts': None}


def _mount(mount: Mount) -> Document:
    """Lists do not say where anonymous volumes are."""
    details = mount_details(mount)
    return {**details, 'Source': ''} if mount.volume and mount.volume.is_anonymous else details


def image_shown(container: Container) -> str:
    """The image by which a container is listed: its name, or the id if that leads to another one now."""
    asked = text(container.config['Image'])
    if asked.startswith('sha256:') or container.image.id[7:].startswith(asked):
        return asked
    return asked if full_name(asked) in (*container.image.tags, *container.image.digests) else container.image.id


def _command(command: list[str]) -> str:
    """Engines put what has spaces in quotes."""
    shown = [f"'{word}'" if ' ' in word else word for word in command[1:]]
    return ' '.join([*command[:1], *shown])


def _ports(container: Container) -> Iterator[Document]:
    for port, published in container.ports.items():
        number, _, protocol = port.partition('/')
        if not published:
            yield {'PrivatePort': int(number), 'Type': protocol}
        for address, public in published:
            yield {'IP': address, 'PrivatePort': int(number), 'PublicPort': int(public), 'Type': protocol}


def _status(container: Container, now: int) -> str:
    if container.restarting:
        return f'Restarting ({container.exit_code}) {_duration(now - container.finished_at)} ago'
    if container.running:
        up = f'Up {_duration(now - container.started_at)}'
        if container.paused:
            return f'{up} (Paused)'
        if container.health is not None:
            return f'{up} ({"health: " if container.health.status == "starting" else ""}{container.health.status})'
        return up
    if not container.started_at:
        return 'Created'
    return f'Exited ({container.exit_code}) {_duration(now - container.finished_at)} ago'


def _duration(nanoseconds: int) -> str:
    seconds = nanoseconds // SECOND
    if seconds < 1:
        return 'Less than a second'
    if seconds == 1:
        return '1 second'
    if seconds < 60:
        return f'{seconds} seconds'
    minutes = seconds // 60
    if minutes == 1:
        return 'About a minute'
    if minutes < 60:
        return f'{minutes} minutes'
    hours = round(seconds / 3600)
    if hours == 1:
        return 'About an hour'
    return f'{hours} hours' if hours < 48 else f'{hours // 24} days'


def image_row(image: Image) -> Document:
    """What ``images`` says about one."""
    return {
        'Containers': -1,
        'Created': image.created // SECOND,
        'Id': image.id,
        'Labels': dict(image.labels) or None,
        'ParentId': '',
        'RepoDigests': list(image.digests) or None,
        'RepoTags': list(image.tags) or None,
        'SharedSize': -1,
        'Size': 1000000,
        'VirtualSize': 1000000,
    }


_COLUMNS = {
    'pid': 'PID',
    'ppid': 'PPID',
    'user': 'USER',
    'uid': 'UID',
    'args': 'COMMAND',
    'cmd': 'CMD',
    'comm': 'COMMAND',
    'command': 'COMMAND',
    'time': 'TIME',
    'tty': 'TT',
    'tt': 'TT',
    'stat': 'STAT',
    'etime': 'ELAPSED',
    'stime': 'STIME',
    'c': 'C',
    'pgid': 'PGID',
    'group': 'GROUP',
    'ruser': 'RUSER',
    'euser': 'EUSER',
}
_FULL = ('UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD')
_BY_USER = ('USER', 'PID', '%CPU', '%MEM', 'VSZ', 'RSS', 'TTY', 'STAT', 'START', 'TIME', 'COMMAND')


def process_rows(container: Container, ps_args: str | None) -> Document:
    """What ``top`` returns.

    :raises docker.errors.APIError: The columns have no process id.
    """
    titles = _titles(ps_args)
    if 'PID' not in titles:
        raise refusal(500, "Couldn't find PID field in ps output")
    processes = [(container.pid, text(container.config['User']), container.command)]
    processes += [
        (command.pid, command.user or text(container.config['User']), command.command)
        for command in container.execs.values()
        if command.running
    ]
    return {'Processes': [_process(titles, *process) for process in processes], 'Titles': list(titles)}


def _titles(ps_args: str | None) -> tuple[str, ...]:
    if not ps_args:
        return _FULL
    words = shlex.split(ps_args)
    for position, word in enumerate(words):
        given = word.partition('o')[2] if word.lstrip('-')[-1:] != 'o' else ' '.join(words[position + 1 :])
        if 'o' in word and given:
            names = (part for column in given.replace(',', ' ').split() for part in [column])
            return tuple(_heading(name) for name in names if not name.startswith('-'))
    return _BY_USER if 'u' in words[0] else _FULL


def _heading(column: str) -> str:
    name, equals, title = column.partition('=')
    return title if equals and title else _COLUMNS.get(name, name.upper())


def _process(titles: tuple[str, ...], pid: int, user: str, command: list[str]) -> list[str]:
    values = {
        'PID': str(pid),
        'PPID': '1',
        'USER': user or 'root',
        'UID': user or 'root',
        'RUSER': user or 'root',
        'EUSER': user or 'root',
        'COMMAND': ' '.join(command),
        'CMD': ' '.join(command),
        'TIME': '00:00:00',
        'TTY': '?',
        'TT': '?',
        'STIME': '00:00',
        'START': '00:00',
        'STAT': 'S',
        'C': '0',
        'ELAPSED': '00:01',
    }
    return [values.get(title, '0') for title in titles]


def labels_match(labels: object, wanted: object) -> bool:
    """Whether there are all of some labels, each as ``name`` or ``name=value``."""
    found = labels if isinstance(labels, dict) else {}
    for label in texts(wanted) if isinstance(wanted, (list, tuple)) else [text(wanted)]:
        name, equals, value = label.partition('=')
        if name not in found or (equals and found[name] != value):
            return False
    return True

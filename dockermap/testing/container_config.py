"""The configuration of a container: what was asked for, over what the image says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .documents import fresh, mapping, text, texts
from .errors import refusal
from .images import Image
from .processes import signal_name

__all__ = ['check_container_name', 'container_config']

_ONLY_IF_SET = ('ExposedPorts', 'Healthcheck', 'NetworkDisabled', 'MacAddress', 'StopSignal', 'StopTimeout')


def check_container_name(name: str) -> None:
    """Refuse what cannot be a container's name.

    :raises docker.errors.APIError: It has other characters, or is too short.
    """
    if not re.fullmatch(r'/?[a-zA-Z0-9][a-zA-Z0-9_.-]+', name):
        raise refusal(400, f'Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed')


def container_config(
    container_id: str,
    asked: Mapping[str, object],
    image: Image,
    shares_network: bool,
) -> dict[str, object]:
    """A configuration as inspections show it.

    :param asked: What the SDK sends.
    :raises docker.errors.APIError: It cannot be run like that.
    """
    config: dict[str, object] = {
        'Hostname': text(asked.get('Hostname')) or ('' if shares_network else container_id[:12]),
        'Domainname': text(asked.get('Domainname')),
        'User': text(asked.get('User')) or image.user,
        'AttachStdin': bool(asked.get('AttachStdin')),
        'AttachStdout': bool(asked.get('AttachStdout')),
        'AttachStderr': bool(asked.get('AttachStderr')),
        'ExposedPorts': _exposed_ports(asked, image),
        'Tty': bool(asked.get('Tty')),
        'OpenStdin': bool(asked.get('OpenStdin')),
        'StdinOnce': bool(asked.get('StdinOnce')),
        'Env': _environment(asked, image),
        'Cmd': None,
        'Healthcheck': _healthcheck(asked, image),
        'Image': text(asked.get('Image')),
        'Volumes': {path: {} for path in (*mapping(asked.get('Volumes')), *image.volumes)} or None,
        'WorkingDir': text(asked.get('WorkingDir')) or image.working_dir,
        'Entrypoint': None,
        'NetworkDisabled': bool(asked.get('NetworkDisabled')),
        'MacAddress': text(asked.get('MacAddress')),
        'OnBuild': None,
        'Labels': {**image.labels, **{key: text(value) for key, value in mapping(asked.get('Labels')).items()}},
        'StopSignal': text(asked.get('StopSignal')) or image.stop_signal,
        'StopTimeout': asked.get('StopTimeout'),
    }
    _set_command(config, asked, image)
    _check(config, shares_network)
    return {
        name: value
        for name, value in config.items()
        if name not in _ONLY_IF_SET or (value is not None if name == 'StopTimeout' else value)
    }


def _set_command(config: dict[str, object], asked: Mapping[str, object], image: Image) -> None:
    cmd, entrypoint = asked.get('Cmd'), asked.get('Entrypoint')
    if not entrypoint:
        cmd = cmd or image.cmd
        entrypoint = image.entrypoint if entrypoint is None else entrypoint
    config['Cmd'] = None if cmd is None else texts(cmd)
    config['Entrypoint'] = None if entrypoint is None else texts(entrypoint)
    if not config['Cmd'] and not config['Entrypoint']:
        raise refusal(400, 'No command specified')


def _environment(asked: Mapping[str, object], image: Image) -> list[str]:
    own = texts(asked.get('Env'))
    names = {entry.partition('=')[0] for entry in own}
    return [*own, *(f'{name}={value}' for name, value in image.env.items() if name not in names)]


def _exposed_ports(asked: Mapping[str, object], image: Image) -> dict[str, object]:
    ports: dict[str, object] = {}
    for port in (*mapping(asked.get('ExposedPorts')), *image.exposed_ports):
        ports[str(port) if '/' in str(port) else f'{port}/tcp'] = {}
    return ports


def _healthcheck(asked: Mapping[str, object], image: Image) -> dict[str, object] | None:
    own = {name: value for name, value in mapping(asked.get('Healthcheck')).items() if value}
    if not own:
        return fresh(image.healthcheck)
    return fresh({**(image.healthcheck or {}), **own})


def _check(config: Mapping[str, object], shares_network: bool) -> None:
    if shares_network and config['Hostname']:
        raise refusal(400, 'conflicting options: hostname and the network mode')
    if shares_network and config['ExposedPorts']:
        raise refusal(400, 'conflicting options: port exposing and the container type network mode')
    if shares_network and config['MacAddress']:
        raise refusal(400, 'conflicting options: mac-address and the network mode')
    directory = text(config['WorkingDir'])
    if directory and not directory.startswith('/'):
        raise refusal(400, f"the working directory '{directory}' is invalid, it needs to be an absolute path")
    signal = text(config['StopSignal'])
    if signal and signal_name(signal) is None:
        raise refusal(400, f'Invalid signal: {signal}')

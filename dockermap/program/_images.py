"""The command that builds images from what configurations say."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ._exit_codes import DONE, RefusedError
from ._logged import handled
from ._session import Session

if TYPE_CHECKING:
    from ..build.context import DockerContext
    from ..map.client import MappingDockerClient


class Build(NamedTuple):
    """An image to build on one client."""

    client_name: str
    image: str
    settings: Mapping[str, Any]


def build(session: Session) -> int:
    """Build images."""
    with session.client() as client:
        build_all(session, client)
    return DONE


def build_all(session: Session, client: MappingDockerClient) -> None:
    """Build the images of the configurations that were asked for; each one once on each client.

    :raises RefusedError: None of them says what its image is built from.
    """
    found = _unique(_builds(client, session))
    if not found and session.arguments.names:
        raise RefusedError(f"None of {', '.join(session.arguments.names)} has the setting 'build'.")
    if not found:
        session.output.remark("No configuration has the setting 'build'.")
    several = len({task.client_name for task in found}) > 1
    for task in found:
        where = f' on {task.client_name}' if several else ''
        session.output.remark(f'Building {task.image}{where} from {task.settings["context"]}')
        with _context(task.settings) as context:
            maker = _with_buildx if getattr(session.arguments, 'buildx', False) else _with_sdk
            image_id = maker(session, client, task, context)
        session.output.record('built', client=task.client_name, image=task.image, id=image_id)
        session.output.remark(f'Built {task.image}{where}')


def _unique(builds: Iterator[Build]) -> list[Build]:
    found: list[Build] = []
    for task in builds:
        if task not in found:
            found.append(task)
    return found


def _builds(client: MappingDockerClient, session: Session) -> Iterator[Build]:
    from ..functional import resolve_deep

    policy = client.get_policy()
    for status in client.status(session.names(), map_name=session.map.name):
        config_id = status.config_id
        container_map = policy.container_maps[config_id.map_name]
        config = container_map.get_instance(config_id.config_name, config_id.instance_name)
        if config is not None and config.build:
            name, tag = container_map.get_image(config.image or config_id.config_name)
            yield Build(status.client_name, f'{name}:{tag}', resolve_deep(dict(config.build)))


@contextmanager
def _context(settings: Mapping[str, Any]) -> Iterator[DockerContext]:
    from ..build.directory import context_of_directory

    given = {name: settings[name] for name in ('dockerfile', 'ignore') if settings.get(name)}
    with context_of_directory(settings['context'], **given) as context:
        yield context


def _texts(values: Mapping[str, Any] | None) -> dict[str, str]:
    """Names with their values as engines take them; those without a value have that of this environment."""
    from ..utils import engine_text

    return {name: engine_text(value) for name, value in (values or {}).items() if value is not None}


def _with_sdk(session: Session, client: MappingDockerClient, task: Build, context: DockerContext) -> str | None:
    engine = client.clients[task.client_name].get_client()
    settings = task.settings
    options = {
        'buildargs': _texts(settings.get('args')),
        'labels': _texts(settings.get('labels')),
        'target': settings.get('target'),
        'dockerfile': settings.get('dockerfile'),
    }
    given = {name: value for name, value in options.items() if value}
    # What the engine says about a build is shown.
    with handled('dockermap.client.docker_util', logging.INFO, _Lines(session.output.remark)):
        image_id: str | None = engine.build_from_context(context, task.image, rm=True, **given)
    return image_id


class _Lines(logging.Handler):
    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self._show = show

    def emit(self, record: logging.LogRecord) -> None:
        self._show(f'  {record.getMessage()}')


def _with_buildx(session: Session, client: MappingDockerClient, task: Build, context: DockerContext) -> str | None:
    """Have the ``docker`` command build it, which reads the context from its input.

    :raises RefusedError: There is no such command, or it fails.
    """
    settings = task.settings
    command = ['docker', 'buildx', 'build', '--load', '--tag', task.image]
    for flag, name in (('--file', 'dockerfile'), ('--target', 'target')):
        command += [flag, str(settings[name])] if settings.get(name) else []
    for key, value in _texts(settings.get('labels')).items():
        command += ['--label', f'{key}={value}']
    # The list of processes shows what stands in the command.
    given = _texts(settings.get('args'))
    for key in given:
        command += ['--build-arg', key]
    address = client.clients[task.client_name].base_url
    variables = {**session.environment.variables, **given, **({'DOCKER_HOST': str(address)} if address else {})}
    context.fileobj.seek(0)
    _check_buildx(variables)
    ended = subprocess.run([*command, '-'], stdin=context.fileobj, env=variables, check=False)
    if ended.returncode:
        raise RefusedError(f'docker buildx could not build {task.image}: exit code {ended.returncode}.')
    return None


def _check_buildx(variables: Mapping[str, str]) -> None:
    try:
        ended = subprocess.run(['docker', 'buildx', 'version'], capture_output=True, env=variables, check=False)
    except FileNotFoundError:
        raise RefusedError(
            'There is no docker command on this machine, which --buildx needs. Without it, the engine builds.'
        ) from None
    if ended.returncode:
        raise RefusedError(
            "The docker command on this machine has no buildx, which --buildx needs: it is a plugin, such as Debian's "
            'package docker-buildx. Without it, the engine builds.'
        )

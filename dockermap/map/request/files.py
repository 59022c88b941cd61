"""Files that containers get as secrets and configs: what is in them, and where the host and the container have them."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...functional import resolve_value
from .._environment import variable
from ..config.client import ENGINE
from ..input import MapConfigId
from .settings import container_settings

if TYPE_CHECKING:
    from ..config.client import ClientConfiguration
    from . import ActionConfig
    from .settings import ContainerSettings

SECTIONS = {'secrets': 'secret', 'configs': 'config'}
"""Properties of configurations, with what each of their files is called."""

_FOLDERS = {'secrets': '/run/secrets', 'configs': '/'}
_MODE = '0444'
_OF_DIRECTORY = 0o700
_DIGEST_LENGTH = 16
_LONGEST_NAME = 100


@dataclass(frozen=True)
class GivenFile:
    """A secret or config of a container.

    :param section: The property that it is from.
    :param path: Where the container has it.
    :param origin: The file that the content is from, if it is from one.
    """

    section: str
    name: str
    data: bytes = field(repr=False)
    path: str
    user: int = 0
    group: int = 0
    mode: int = 0o444
    origin: str = ''

    @property
    def text(self) -> str:
        """What people call it."""
        return f'{SECTIONS[self.section]} {self.name}'

    def source(self, client_config: ClientConfiguration, config_id: MapConfigId) -> str:
        """Where the host has it: the name changes with all that is in the file, or said of it."""
        said = f'{item_name(config_id)}:{self.section}:{self.name}:{self.user}:{self.group}:{self.mode:o}:'
        digest = hashlib.sha256(said.encode() + self.data).hexdigest()[:_DIGEST_LENGTH]
        return posixpath.join(item_directory(client_config, config_id), f'{_file_name(self.name)}-{digest}')


def given_files(config: ContainerSettings) -> Iterator[GivenFile]:
    """The secrets and configs of a container, in the order of their names.

    :raises OSError: A file cannot be read.
    :raises ValueError: A variable is not set.
    """
    for section in SECTIONS:
        for name, given in sorted((getattr(config, section, None) or {}).items()):
            value = resolve_value(given)
            settings = value if isinstance(value, dict) else {'text': value}
            yield GivenFile(
                section,
                name,
                _content(settings),
                posixpath.join(_FOLDERS[section], resolve_value(settings.get('path')) or name),
                int(settings.get('user') or 0),
                int(settings.get('group') or 0),
                int(str(settings.get('mode') or _MODE), 8),
                str(resolve_value(settings.get('file')) or ''),
            )


def _content(settings: Mapping[str, Any]) -> bytes:
    path = resolve_value(settings.get('file'))
    if path:
        with open(str(path), 'rb') as stream:
            return stream.read()
    name = settings.get('environment')
    if name:
        return variable(str(name)).encode()
    value = resolve_value(settings.get('text'))
    return value if isinstance(value, bytes) else str(value or '').encode()


def has_files(action: ActionConfig) -> bool:
    """Whether a container is to have files on its host; what is in them is not asked for."""
    config = container_settings(action)
    return action.client_config.backend == ENGINE and any(getattr(config, section, None) for section in SECTIONS)


def files_of(action: ActionConfig) -> list[GivenFile]:
    """Files that have to be on the host for a container; none where the client keeps them itself, as a swarm does."""
    return list(given_files(container_settings(action))) if has_files(action) else []


def file_mounts(action: ActionConfig) -> list[dict[str, Any]]:
    """How a container has its files: each mounted from the host, to be read alone.

    Unlike with binds, an engine does not start a container whose file is missing, as after a restart of the host.
    """
    return [
        {
            'Type': 'bind',
            'Source': file.source(action.client_config, action.config_id),
            'Target': file.path,
            'ReadOnly': True,
        }
        for file in files_of(action)
    ]


def item_name(config_id: MapConfigId) -> str:
    """Name of the directory that a container has there."""
    return _file_name('.'.join(filter(None, (config_id.map_name, config_id.config_name, config_id.instance_name))))


def _file_name(name: str) -> str:
    """A file name that leads nowhere else, and that is seen by shells, for a name that may be any text."""
    found = re.sub(r'^[.-]|[^A-Za-z0-9_.-]', '_', name)[:_LONGEST_NAME]
    return found if found == name else f'{found}-{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]}'


def item_directory(client_config: ClientConfiguration, config_id: MapConfigId) -> str:
    """The directory of a host that has the files of a container."""
    return posixpath.join(client_config.get_files_directory(), item_name(config_id))


def mounted_files(
    detail: Mapping[str, Any] | None, client_config: ClientConfiguration, config_id: MapConfigId
) -> dict[str, str]:
    """Files of its directory that a container has, by their paths in the container, as an inspection shows them."""
    directory = f'{item_directory(client_config, config_id)}/'
    mounts: Iterable[Mapping[str, Any]] = (detail or {}).get('Mounts') or ()
    return {
        str(mount.get('Destination')): str(mount['Source'])
        for mount in mounts
        if str(mount.get('Source') or '').startswith(directory)
    }


def archive(files: Iterable[GivenFile], client_config: ClientConfiguration, config_id: MapConfigId) -> bytes:
    """The directory of a container as an archive, for the directory of all; the same for the same files."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode='w') as target:
        directory = tarfile.TarInfo(item_name(config_id))
        directory.type, directory.mode = tarfile.DIRTYPE, _OF_DIRECTORY
        target.addfile(directory)
        for file in files:
            source = file.source(client_config, config_id)
            entry = tarfile.TarInfo(posixpath.join(directory.name, posixpath.basename(source)))
            entry.size, entry.mode, entry.uid, entry.gid = len(file.data), file.mode, file.user, file.group
            target.addfile(entry, io.BytesIO(file.data))
    return written.getvalue()

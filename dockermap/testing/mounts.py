"""What is mounted in a container, and the volumes that come with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .containers import Container, Containers, Mount
from .documents import mapping, text, texts
from .errors import refusal
from .files import File, FilesGiven, FileTree
from .volumes import Volume, Volumes

__all__ = ['Mounts']

_MODES = frozenset(('rw', 'ro', 'z', 'Z', 'nocopy', 'shared', 'rshared', 'slave', 'rslave', 'private', 'rprivate'))


class Mounts:
    """Mounts volumes and paths of the host in containers."""

    def __init__(self, volumes: Volumes, containers: Containers) -> None:
        self.host = FileTree()
        self._volumes = volumes
        self._containers = containers

    def check(self, host_config: Mapping[str, object], config_volumes: object) -> None:
        """Refuse binds that cannot be, before anything is created.

        :raises docker.errors.APIError: A path is relative or used twice, or there is no such mode.
        """
        targets: set[str] = set()
        for bind in texts(host_config['Binds']):
            source, target, mode = split_bind(bind)
            _check_mode(mode)
            if not target.startswith('/'):
                raise refusal(
                    500,
                    f"invalid volume specification: '{bind}': invalid mount config for type "
                    f'"{"bind" if source.startswith("/") else "volume"}": invalid mount path: '
                    f"'{target}' mount path must be absolute",
                )
            if target in targets:
                raise refusal(400, f'Duplicate mount point: {target}')
            targets.add(target)
        for path in mapping(config_volumes):
            if not path.startswith('/'):
                raise refusal(500, f"invalid volume specification: '{path}'")

    def add(self, container: Container) -> None:
        """Mount what a new container was asked to have; volumes that do not exist are created.

        :raises docker.errors.APIError: A volume's name cannot be used, or there is no container to take volumes from.
        """
        mounts: dict[str, Mount] = {}
        for mount in self._mounts(container):
            mounts.setdefault(mount.destination, mount)
        container.mounts = list(mounts.values())
        for mount in container.mounts:
            if mount.volume is not None:
                mount.volume.users[container.id] = None
                self._fill(mount.volume, container, mount)

    def give(self, container: Container, owner: int, group: int) -> None:
        """Give the volumes of a container to its user, as Podman does until something is found in them."""
        for volume in (mount.volume for mount in container.mounts):
            if volume is None or volume.is_settled:
                continue
            volume.is_settled = not volume.files.is_empty
            if not volume.is_settled:
                volume.files.change('/', False, owner=owner, group=group)

    def release(self, container: Container, with_anonymous: bool) -> None:
        """Give up the mounts of a container that is removed, and its anonymous volumes if nobody else uses them."""
        for mount in container.mounts:
            volume = mount.volume
            if volume is None:
                continue
            volume.users.pop(container.id, None)
            if with_anonymous and volume.is_anonymous and not volume.users:
                self._volumes.remove(volume.name)

    def place(self, container: Container, path: str) -> tuple[FileTree, str]:
        """The files that a path in a container leads to, and its path in these."""
        mount = container.mount_at(path)
        if mount is None:
            return container.files(for_writing=True), path
        below = path[len(mount.destination) :] or '/'
        if mount.volume is not None:
            return mount.volume.files, below
        return self.host, (mount.source + below).rstrip('/') or '/'

    def check_host(self, container: Container) -> None:
        """Refuse to start a container with a mount of a path that is not on the host.

        :raises docker.errors.APIError: There is such a mount.
        """
        for given in _entries(container.host_config.get('Mounts')):
            if given.get('Type') == 'bind':
                self._check_source(text(given.get('Source')))

    def _check_source(self, source: str) -> None:
        if source not in self.host:
            raise refusal(400, f'invalid mount config for type "bind": bind source path does not exist: {source}')

    def unpack(self, container: Container, path: str, files: FilesGiven) -> None:
        """Write files below a directory of a container; paths of the host that are missing are created.

        :raises docker.errors.APIError: There is no such directory.
        """
        self.prepare_host(container)
        tree, top = self.place(container, path)
        if top not in tree or not tree[top].is_directory:
            raise refusal(404, f'Could not find the file {path} in container {container.id}')
        for name, file in files.items():
            assert isinstance(file, File)
            tree.write(f'{top.rstrip("/")}/{name}', file)

    def prepare_host(self, container: Container) -> None:
        """Create the paths of the host that are mounted and do not exist, as engines do."""
        for mount in container.mounts:
            if mount.source and mount.source not in self.host:
                self.host.write(mount.source, File(mode=0o755))

    def _mounts(self, container: Container) -> Iterator[Mount]:
        for bind in texts(container.host_config['Binds']):
            yield self._bound(bind)
        for given in _entries(container.host_config.get('Mounts')):
            yield self._described(given)
        for entry in texts(container.host_config['VolumesFrom']):
            yield from self._from_other(entry)
        for path in mapping(container.host_config.get('Tmpfs')):
            yield Mount(path, is_tmpfs=True)
        taken = self._destinations(container)
        for path in mapping(container.config['Volumes']):
            if path not in taken:
                yield Mount(path, self._volumes.create())

    def _destinations(self, container: Container) -> set[str]:
        """Paths that are mounted by other means than as anonymous volumes."""
        found = {split_bind(bind)[1] for bind in texts(container.host_config['Binds'])}
        found |= {text(given.get('Target')) for given in _entries(container.host_config.get('Mounts'))}
        found |= set(mapping(container.host_config.get('Tmpfs')))
        for entry in texts(container.host_config['VolumesFrom']):
            found |= {mount.destination for mount in self._containers.get(entry.partition(':')[0]).mounts}
        return found

    def _bound(self, bind: str) -> Mount:
        source, target, mode = split_bind(bind)
        writable = 'ro' not in mode.split(',')
        if source.startswith('/'):
            return Mount(target.rstrip('/') or '/', source=source, mode=mode, writable=writable, propagation='rprivate')
        volume = self._volumes.create(source) if source else self._volumes.create()
        return Mount(target.rstrip('/') or '/', volume, mode=mode or 'z', writable=writable)

    def _described(self, given: Mapping[str, object]) -> Mount:
        target, source = text(given.get('Target')), text(given.get('Source'))
        writable = not given.get('ReadOnly')
        # What is in an image that is mounted does not matter to anybody here.
        if given.get('Type') in ('tmpfs', 'image'):
            return Mount(target, is_tmpfs=True)
        if given.get('Type') == 'bind':
            self._check_source(source)
            return Mount(target, source=source, writable=writable, propagation='rprivate')
        options = mapping(given.get('VolumeOptions'))
        labels = {name: text(value) for name, value in mapping(options.get('Labels')).items()}
        return Mount(target, self._volumes.create(source or None, labels=labels or None), mode='z', writable=writable)

    def _from_other(self, entry: str) -> Iterator[Mount]:
        name, _, mode = entry.partition(':')
        for mount in self._containers.get(name).mounts:
            yield Mount(
                mount.destination,
                mount.volume,
                mount.source,
                '',
                mount.writable and mode != 'ro',
                mount.propagation,
                mount.is_tmpfs,
            )

    def _fill(self, volume: Volume, container: Container, mount: Mount) -> None:
        """An empty volume gets what the image has at its path, with owner and mode."""
        if volume.files.is_empty and mount.destination in container.image.files and 'nocopy' not in mount.mode:
            volume.files = container.image.files.part(mount.destination)


def split_bind(bind: str) -> tuple[str, str, str]:
    """Source, target and mode of a bind; the source may be missing."""
    parts = bind.split(':')
    if len(parts) == 1:
        return '', parts[0], ''
    return parts[0], parts[1], ':'.join(parts[2:])


def _check_mode(mode: str) -> None:
    if mode and not set(mode.split(',')) <= _MODES:
        raise refusal(500, f'invalid mode: {mode}')


def _entries(value: object) -> list[Mapping[str, object]]:
    return [mapping(entry) for entry in value] if isinstance(value, (list, tuple)) else []

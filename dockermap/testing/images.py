"""Images of an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypedDict

from .errors import refusal
from .files import FilesGiven, FileTree
from .processes import Process

__all__ = ['Image', 'ImageOptions', 'Images', 'full_name', 'split_name']

USERS = {'root': 0, 'daemon': 1, 'bin': 2, 'sys': 3, 'mail': 8, 'www-data': 33, 'operator': 37, 'nobody': 65534}
"""Users of the public BusyBox image."""

GROUPS = {
    'root': 0,
    'daemon': 1,
    'bin': 2,
    'sys': 3,
    'adm': 4,
    'tty': 5,
    'mail': 8,
    'www-data': 33,
    'operator': 37,
    'staff': 50,
    'users': 100,
    'nobody': 65534,
}
"""Groups of the public BusyBox image."""


class ImageOptions(TypedDict, total=False):
    """What can be said of an image; unless given, its command is a shell, and it has the users of BusyBox."""

    env: Mapping[str, str]
    cmd: Sequence[str] | None
    entrypoint: Sequence[str] | None
    volumes: Sequence[str]
    user: str
    exposed_ports: Sequence[str]
    labels: Mapping[str, str]
    working_dir: str
    stop_signal: str
    healthcheck: Mapping[str, object] | None
    files: FilesGiven
    users: Mapping[str, int]
    groups: Mapping[str, int]
    process: Process | None


@dataclass(eq=False)
class Image:
    """An image: configuration, files, and how its command behaves."""

    id: str
    created: int
    env: dict[str, str] = field(default_factory=dict)
    cmd: list[str] | None = None
    entrypoint: list[str] | None = None
    volumes: list[str] = field(default_factory=list)
    user: str = ''
    exposed_ports: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    working_dir: str = ''
    stop_signal: str = ''
    healthcheck: dict[str, object] | None = None
    files: FileTree = field(default_factory=FileTree)
    users: dict[str, int] = field(default_factory=lambda: dict(USERS))
    groups: dict[str, int] = field(default_factory=lambda: dict(GROUPS))
    process: Process | None = None
    tags: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    @classmethod
    def made(cls, image_id: str, created: int, options: ImageOptions) -> Image:
        """An image without names."""
        healthcheck = options.get('healthcheck')
        cmd, entrypoint = options.get('cmd', ['/bin/sh']), options.get('entrypoint')
        return cls(
            image_id,
            created,
            env=dict(options.get('env') or {}),
            cmd=None if cmd is None else list(cmd),
            entrypoint=None if entrypoint is None else list(entrypoint),
            volumes=list(options.get('volumes') or ()),
            user=options.get('user') or '',
            exposed_ports=[
                port if '/' in port else f'{port}/tcp' for port in map(str, options.get('exposed_ports') or ())
            ],
            labels=dict(options.get('labels') or {}),
            working_dir=options.get('working_dir') or '',
            stop_signal=options.get('stop_signal') or '',
            healthcheck=dict(healthcheck) if healthcheck else None,
            files=FileTree(options.get('files')),
            users=dict(options.get('users', USERS)),
            groups=dict(options.get('groups', GROUPS)),
            process=options.get('process'),
        )

    @property
    def has_one_name(self) -> bool:
        """Whether it has one tag at most, and no digests but those of the same repository."""
        repositories = {split_name(name)[0] for name in (*self.tags, *self.digests)}
        return len(self.tags) <= 1 and len(repositories) == 1


class ImageUser(Protocol):
    """A container, as far as removing images goes."""

    id: str
    image: Image
    running: bool


def split_name(name: str) -> tuple[str, str]:
    """Repository and tag or digest of an image's name; ``latest`` unless given."""
    repository, at, digest = name.partition('@')
    if at:
        return repository, digest
    head, colon, tag = name.rpartition(':')
    return (head, tag) if colon and '/' not in tag else (name, 'latest')


def full_name(name: str) -> str:
    """The name of an image with its tag, as engines list it."""
    repository, tag = split_name(name)
    return f'{repository}{"@" if ":" in tag else ":"}{tag}'


def familiar(name: str) -> str:
    """A name without what stands for the public registry."""
    for prefix in ('docker.io/library/', 'docker.io/', 'index.docker.io/library/', 'index.docker.io/', 'library/'):
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


class Images:
    """The images of an engine by id and name."""

    def __init__(self) -> None:
        self._by_id: dict[str, Image] = {}
        self._by_name: dict[str, Image] = {}

    def __iter__(self) -> Iterator[Image]:
        return iter(self._by_id.values())

    def add(self, image: Image, *names: str) -> Image:
        """Add an image under some names, which others lose."""
        self._by_id[image.id] = image
        for name in names:
            self.tag(image, name)
        return image

    def tag(self, image: Image, name: str) -> None:
        """Give an image a name or digest; the one that had it loses it."""
        name = full_name(familiar(name))
        former = self._by_name.get(name)
        if former is image:
            return
        if former is not None:
            self._untag(former, name)
        self._by_name[name] = image
        (image.digests if '@' in name else image.tags).append(name)

    def find(self, name: str) -> Image | None:
        """The image of a name, digest, id or beginning of an id."""
        found = self._by_name.get(full_name(familiar(name))) or self._by_id.get(name)
        if found is None and set(name.removeprefix('sha256:')) <= set('0123456789abcdef'):
            prefix = f'sha256:{name.removeprefix("sha256:")}'
            matches = [image for image_id, image in self._by_id.items() if image_id.startswith(prefix)]
            found = matches[0] if len(matches) == 1 else None
        return found

    def get(self, name: str) -> Image:
        """The same.

        :raises docker.errors.ImageNotFound: There is none.
        """
        found = self.find(name)
        if found is None:
            raise refusal(404, f'No such image: {name if name.startswith("sha256:") else full_name(familiar(name))}')
        return found

    def remove(self, name: str, users: Sequence[ImageUser], force: bool) -> list[dict[str, str]]:
        """Remove a name of an image, and the image with its last one; what was done.

        :param users: The containers of the engine.
        :raises docker.errors.APIError: There is none, or containers use it.
        """
        image = self.get(name)
        using = [user for user in users if user.image is image]
        reference = full_name(familiar(name))
        if reference not in self._by_name:
            return self._remove_by_id(image, using, force)
        if using and not force and image.has_one_name:
            raise refusal(
                409,
                f'conflict: unable to remove repository reference "{name}" (must force) - container '
                f'{using[0].id[:12]} is using its referenced image {image.id[7:19]}',
            )
        done = [self._untag(image, reference)]
        repository = split_name(reference)[0]
        if '@' not in reference and all(split_name(tag)[0] != repository for tag in image.tags):
            done += [
                self._untag(image, digest) for digest in list(image.digests) if split_name(digest)[0] == repository
            ]
        if image.tags or image.digests or using:
            return done
        return [*done, self._delete(image)]

    def _remove_by_id(self, image: Image, using: Sequence[ImageUser], force: bool) -> list[dict[str, str]]:
        refused = f'conflict: unable to delete {image.id[7:19]} ('
        for user in using:
            if user.running:
                raise refusal(
                    409, f'{refused}cannot be forced) - image is being used by running container {user.id[:12]}'
                )
            if not force:
                raise refusal(
                    409, f'{refused}must be forced) - image is being used by stopped container {user.id[:12]}'
                )
        if not force and not image.has_one_name and image.tags:
            raise refusal(409, f'{refused}must be forced) - image is referenced in multiple repositories')
        done = [self._untag(image, name) for name in (*image.tags, *image.digests)]
        return [*done, self._delete(image)]

    def _delete(self, image: Image) -> dict[str, str]:
        del self._by_id[image.id]
        return {'Deleted': image.id}

    def _untag(self, image: Image, name: str) -> dict[str, str]:
        del self._by_name[name]
        (image.digests if '@' in name else image.tags).remove(name)
        return {'Untagged': name}

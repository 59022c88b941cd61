"""Images of an engine."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from .errors import refusal
from .files import FilesGiven, FileTree
from .processes import Process

__all__ = ['Image', 'ImageOptions', 'Images', 'full_name', 'split_name']

USERS = {'root': 0, 'daemon': 1, 'nobody': 65534}
GROUPS = {'root': 0, 'daemon': 1, 'nogroup': 65534}


class ImageOptions(TypedDict, total=False):
    """What can be said of an image; its command is a shell unless given."""

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
            image_id, created,
            env=dict(options.get('env') or {}),
            cmd=None if cmd is None else list(cmd),
            entrypoint=None if entrypoint is None else list(entrypoint),
            volumes=list(options.get('volumes') or ()),
            user=options.get('user') or '',
            exposed_ports=[port if '/' in port else f'{port}/tcp'
                           for port in map(str, options.get('exposed_ports') or ())],
            labels=dict(options.get('labels') or {}),
            working_dir=options.get('working_dir') or '',
            stop_signal=options.get('stop_signal') or '',
            healthcheck=dict(healthcheck) if healthcheck else None,
            files=FileTree(options.get('files')),
            users={**USERS, **(options.get('users') or {})},
            groups={**GROUPS, **(options.get('groups') or {})},
            process=options.get('process'),
        )


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
            return name[len(prefix):]
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
            prefix = f"sha256:{name.removeprefix('sha256:')}"
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

    def remove(self, name: str, users: Mapping[str, str], force: bool) -> list[dict[str, str]]:
        """Remove a name of an image, and the image with its last one; what was done.

        :param users: For each used image's id, the id of a container, and whether it runs.
        """
        image = self.get(name)
        reference = full_name(familiar(name))
        by_name = reference in self._by_name
        if by_name and len(image.tags) + len(image.digests) > 1:
            self._untag(image, reference)
            return [{'Untagged': reference}]
        self._check_unused(image, name if by_name else image.id[7:19], by_name, users, force)
        if not by_name and len(image.tags) > 1 and not force:
            raise refusal(409, f'conflict: unable to delete {image.id[7:19]} (must be forced) - '
                               'image is referenced in multiple repositories')
        done = [{'Untagged': tag} for tag in (*image.tags, *image.digests)]
        for tag in (*image.tags, *image.digests):
            self._untag(image, tag)
        if image.id in users:
            return done
        del self._by_id[image.id]
        return [*done, {'Deleted': image.id}]

    def _check_unused(self, image: Image, name: str, by_name: bool, users: Mapping[str, str], force: bool) -> None:
        user = users.get(image.id)
        if user is None or (force and by_name):
            return
        container, _, is_running = user.partition(' ')
        if is_running:
            how, state = ('must force', 'running') if by_name else ('cannot be forced', 'running')
        else:
            how, state = 'must force' if by_name else 'must be forced', 'stopped'
        what = 'remove repository reference "%s"' % name if by_name else f'delete {name}'
        using = f'container {container[:12]} is using its referenced image {image.id[7:19]}' if by_name else \
            f'image is being used by {state} container {container[:12]}'
        raise refusal(409, f'conflict: unable to {what} ({how}) - {using}')

    def _untag(self, image: Image, name: str) -> None:
        del self._by_name[name]
        (image.digests if '@' in name else image.tags).remove(name)

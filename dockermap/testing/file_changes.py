"""Changes of files that processes in containers make, and the users that they know."""

from __future__ import annotations

from collections.abc import Mapping

from .clock import Clock
from .containers import Container
from .errors import refusal
from .files import DIRECTORY
from .mounts import Mounts
from .processes import FileChange, Process

__all__ = ['FileChanges', 'check_user', 'numbers']


class FileChanges:
    """Changes owner and mode of files in containers and in what is mounted there."""

    def __init__(self, clock: Clock, mounts: Mounts) -> None:
        self._clock = clock
        self._mounts = mounts

    def apply(self, container: Container, process: Process) -> int:
        """Make the changes of a process; its exit code, which is 1 if they cannot be made."""
        for change in process.file_changes:
            try:
                self._apply(container, change)
            except ValueError as error:
                container.log.append((self._clock.stamp(), 'stderr', f'{error}\n'))
                return 1
        return process.exit_code

    def _apply(self, container: Container, change: FileChange) -> None:
        files, path = self._mounts.place(container, change.path)
        if change.removes or (change.toggles and path in files):
            files.remove(path, change.kept)
            return
        if change.toggles:
            files.write(path, DIRECTORY)
            return
        if path not in files:
            raise ValueError(f'{"chown" if change.owner else "chmod"}: {change.path}: No such file or directory')
        if change.mode is not None:
            files.change(path, change.recursive, mode=change.mode)
        if change.owner is not None:
            owner, group = numbers(container, change.owner)
            files.change(path, change.recursive, owner=owner, group=group)


def numbers(container: Container, user: str) -> tuple[int | None, int | None]:
    """Numbers of a user and group, written as ``user:group``; ``None`` for what is not given.

    :raises ValueError: The image does not know them.
    """
    name, _, group = user.partition(':')
    return _number(name, container.image.users, 'user'), _number(group, container.image.groups, 'group')


def _number(name: str, known: Mapping[str, int], kind: str) -> int | None:
    if not name:
        return None
    if name.isdigit():
        return int(name)
    if name not in known:
        raise ValueError(f'chown: unknown {kind} {name}')
    return known[name]


def check_user(container: Container, user: str) -> None:
    """Refuse users that the image does not know.

    :raises docker.errors.APIError: It is none of them, and no number.
    """
    name, _, group = user.partition(':')
    if name and not name.isdigit() and name not in container.image.users:
        raise refusal(500, f'unable to find user {name}: no matching entries in passwd file')
    if group and not group.isdigit() and group not in container.image.groups:
        raise refusal(500, f'unable to find group {group}: no matching entries in group file')

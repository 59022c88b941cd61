"""What a minion offers to what it runs: pillar, grains, and files of its master."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..exceptions import InputError

PILLAR = 'dockermap'
FILE_SERVER = 'salt://'
_MASKED = '**********'
"""What Salt puts in place of each value of a pillar that it hands out masked."""

Functions = Mapping[str, Callable[..., object]]


@dataclass(frozen=True)
class Minion:
    """What Salt injects into its modules.

    :param functions: ``__salt__``.
    :param is_test: Whether nothing is to be changed.
    :param saltenv: Environment of the file server.
    """

    functions: Functions
    is_test: bool = False
    saltenv: str | None = None

    def pillar(self, key: str) -> object:
        """A value of the pillar below ``dockermap``, unmasked; ``None`` if there is none."""
        return self.functions['pillar.get'](f'{PILLAR}:{key}', None, unmask=True)

    def grain(self, path: str) -> object:
        """A grain such as ``ip4_interfaces:eth0:0``.

        :raises ValueError: The minion does not have it.
        """
        found = self.functions['grains.get'](path, None)
        if found is None:
            raise InputError(f'The minion has no grain {path!r}.')
        return found

    def file(self, name: str) -> str:
        """The path of a file, which is fetched if it is one of the file server.

        :raises ValueError: There is no such file there, or the path is relative.
        """
        if name.startswith(FILE_SERVER):
            path = self.functions['cp.cache_file'](name, saltenv=self.saltenv or 'base')
            if not path:
                raise InputError(f'The file server does not have this file in {self.saltenv or "base"!r}.', name)
            return str(path)
        if not name.startswith('/'):
            raise InputError(f'Expected {FILE_SERVER}… or an absolute path.', name)
        return name


def plain(value: object, place: str) -> object:
    """Plain data of what Salt hands over.

    :param place: What messages begin with, such as ``dockermap:maps``.
    :raises ValueError: A value of it is masked.
    """
    if isinstance(value, Mapping):
        return {key: plain(item, f'{place}:{key}') for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, f'{place}:{number}') for number, item in enumerate(value)]
    if value == _MASKED:
        raise InputError(
            f'Found {_MASKED}, which Salt puts in place of values of the pillar. Leave this argument out, so that '
            'it is read from the pillar here, or read it with pillar.get and unmask=True.',
            place,
        )
    return value

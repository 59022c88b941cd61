"""Volumes, secrets and configs of services in their long forms."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..exceptions import InputError, located
from ._values import Mapping, expected, is_mapping, listed, members, text

__all__ = ['below', 'files', 'mounts']

_DRIVE = re.compile(r'[A-Za-z]:[\\/]')
_IS_PATH = re.compile(r'[./~\\]|[A-Za-z]:[\\/]')
_PROPAGATION = frozenset(('shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'))
_CONSISTENCY = frozenset(('cached', 'delegated', 'consistent'))
_SHORT_FORM = "a volume such as 'data:/data', './conf:/etc/app:ro' or '/cache'"


def below(folder: Path, path: str) -> str:
    """The absolute path of a file or directory whose path may be relative to a folder."""
    expanded = os.path.expanduser(path)
    if _DRIVE.match(expanded):
        return expanded
    return os.path.normpath(os.path.join(folder, expanded))


def mounts(value: object, folder: Path) -> list[object]:
    """What is mounted: mappings with ``type``, ``source``, ``target``, ``read_only``, and options of the type."""
    return [
        *listed(
            value,
            lambda member: _long(member, folder) if is_mapping(member) else _short(text(member, _SHORT_FORM), folder),
            'a list of volumes',
        )
    ]


def _short(value: str, folder: Path) -> Mapping:
    drive = value[:2] if _DRIVE.match(value) else ''
    source, *others = value[len(drive) :].split(':')
    if not others:
        return {'type': 'volume', 'target': _target(source)}
    if len(others) > 2 or not source:
        raise expected(_SHORT_FORM, value)
    found: Mapping = {'type': 'volume', 'source': drive + source, 'target': _target(others[0])}
    if _IS_PATH.match(drive + source):
        found.update(type='bind', source=below(folder, drive + source), bind={'create_host_path': True})
    for option in filter(None, others[1].split(',')) if len(others) > 1 else ():
        _add_option(found, option)
    return found


def _target(path: str) -> str:
    if not path.startswith('/') and not _DRIVE.match(path):
        raise expected('an absolute path in the container', path)
    return path


def _add_option(mount: Mapping, option: str) -> None:
    bind: Mapping = dict(part) if is_mapping(part := mount.get('bind')) else {}
    if option in ('ro', 'rw'):
        mount['read_only'] = option == 'ro'
    elif option == 'nocopy':
        mount['volume'] = {'nocopy': True}
    elif option in ('z', 'Z'):
        mount['bind'] = {**bind, 'selinux': option}
    elif option in _PROPAGATION:
        mount['bind'] = {**bind, 'propagation': option}
    elif option in _CONSISTENCY:
        mount['consistency'] = option
    else:
        raise InputError(f'There is no option {option!r} of a volume.')


def _long(value: Mapping, folder: Path) -> Mapping:
    found = dict(value)
    kind = text(found.setdefault('type', 'volume'))
    if not isinstance(found.get('target'), str):
        raise InputError("Expected a volume with 'target', the path in the container.")
    found['target'] = _target(text(found['target']))
    if kind == 'bind':
        if not isinstance(found.get('source'), str):
            raise InputError("Expected a bind with 'source', the path on the host.")
        found['source'] = below(folder, text(found['source']))
    return found


def files(value: object) -> list[object]:
    """Secrets or configs: mappings with ``source``, and perhaps ``target``, ``uid``, ``gid`` and ``mode``."""
    found: list[object] = []
    for index, member in enumerate(members(value, 'a list of names')):
        with located(index):
            entry: Mapping = dict(member) if is_mapping(member) else {'source': text(member)}
            if not isinstance(entry.get('source'), str):
                raise InputError("Expected a mapping with 'source', the name of what is mounted.")
            found.append(entry)
    return found

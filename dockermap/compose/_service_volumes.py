"""Volumes, host paths, secrets and configs of a service."""

from __future__ import annotations

import posixpath
import re

from ..exceptions import InputError, located
from ._draft import Service
from ._options import HOST
from ._values import Mapping, flag, is_mapping, mapping, members, short_size, text, texts, whole

__all__ = ['FOLDERS', 'add_files', 'add_volumes', 'add_volumes_from']

FOLDERS = {'secrets': '/run/secrets', 'configs': '/'}
"""Where containers have their files, unless a service says otherwise."""

_CONTENTS = {'file': 'file', 'environment': 'environment', 'content': 'text'}
"""What says the content of a file in Compose, and here."""

_MOST_IDS = 2**31 - 1
_OCTAL = re.compile('0?o?[0-7]{1,5}')
_OF_KIND = {
    'bind': ('propagation', 'create_host_path', 'selinux'),
    'volume': (),
    'tmpfs': ('size', 'mode'),
    'image': ('subpath',),
}
_FIELDS = ('type', 'source', 'target', 'read_only', 'consistency', 'bind', 'volume', 'tmpfs', 'image')


def add_volumes(service: Service, value: object) -> None:
    """Mount what the service mounts."""
    for index, mount in enumerate(members(value)):
        with located(index):
            assert is_mapping(mount)
            kind = text(mount['type'])
            if kind not in _ADD:
                service.note(f'volumes[{index}]', kind, 'There is no mount of this type.')
                continue
            options = mapping(mount.get(kind))
            for name in options:
                if name not in _OF_KIND[kind] and not name.startswith('x-'):
                    service.note(f'volumes[{index}].{kind}.{name}', name, 'Mounts have no such setting here.')
            for name in mount:
                if name not in _FIELDS and not name.startswith('x-'):
                    service.note(f'volumes[{index}].{name}', name, 'Mounts have no such setting here.')
            _ADD[kind](service, mount, options)


def _add_bind(service: Service, mount: Mapping, options: Mapping) -> None:
    source, target = text(mount['source']), text(mount['target'])
    is_read_only = flag(mount.get('read_only') or False)
    if not flag(options.get('create_host_path', True)):
        own: Mapping = {'type': 'bind', 'source': source, 'target': target, 'read_only': is_read_only}
        if options.get('propagation'):
            own['bind_options'] = {'propagation': text(options['propagation'])}
        _add_mount(service, own)
        return
    flags = [text(options[name]) for name in ('selinux', 'propagation') if options.get(name)]
    if flags or ':' in target:
        _add_raw(service, ':'.join((source, target, ','.join(('ro' if is_read_only else 'rw', *flags)))))
    else:
        service.extend('binds', {target: [source, 'ro'] if is_read_only else source})


def _add_raw(service: Service, bind: str) -> None:
    known = mapping(service.found.get(HOST)).get('binds', [])
    assert isinstance(known, list)
    service.option(HOST, 'binds', [*known, bind])


def _add_mount(service: Service, mount: Mapping) -> None:
    known = mapping(service.found.get(HOST)).get('mounts', [])
    assert isinstance(known, list)
    service.option(HOST, 'mounts', [*known, mount])


def _add_volume(service: Service, mount: Mapping, options: Mapping) -> None:
    target = text(mount['target'])
    if mount.get('source') is None:
        service.extend('shares', target)
        return
    name = text(mount['source'])
    if name not in mapping(service.context.project.document.get('volumes')):
        raise InputError(f'There is no volume {name!r} at the top.')
    alias = service.context.volume_alias(name)
    is_read_only = flag(mount.get('read_only') or False)
    if _is_mounted(service, alias):
        # A configuration mounts each volume once.
        _add_raw(service, f'{service.context.volume_name(name)}:{target}:{"ro" if is_read_only else "rw"}')
    elif service.context.attaching[name] != service.name:
        service.extend('uses', {alias: [target, 'ro'] if is_read_only else target})
    else:
        service.extend('attaches', {alias: target})
        if is_read_only:
            service.note(
                'volumes', name, 'What a volume belongs to can write into it.', f'{service.name} uses it first.'
            )


def _is_mounted(service: Service, alias: str) -> bool:
    known = (*members(service.found.get('attaches')), *members(service.found.get('uses')))
    return any(is_mapping(entry) and alias in entry for entry in known)


def _add_tmpfs(service: Service, mount: Mapping, options: Mapping) -> None:
    settings: Mapping = {}
    if options.get('size') is not None:
        settings['size_bytes'] = short_size(options['size'])
    if options.get('mode') is not None:
        mode = options['mode']
        settings['mode'] = int(mode, 8) if isinstance(mode, str) else whole(mode)
    found: Mapping = {'type': 'tmpfs', 'target': text(mount['target'])}
    if mount.get('read_only'):
        found['read_only'] = True
    _add_mount(service, {**found, **({'tmpfs_options': settings} if settings else {})})


def _add_image(service: Service, mount: Mapping, options: Mapping) -> None:
    found: Mapping = {'type': 'image', 'source': text(mount.get('source') or ''), 'target': text(mount['target'])}
    if options.get('subpath') is not None:
        found['image'] = {'subpath': text(options['subpath'])}
    _add_mount(service, found)


_ADD = {'bind': _add_bind, 'volume': _add_volume, 'tmpfs': _add_tmpfs, 'image': _add_image}


def add_volumes_from(service: Service, value: object) -> None:
    """Mount what another container mounts."""
    for member in texts(value):
        name, _, access = member.removeprefix('container:').partition(':')
        if member.startswith('container:'):
            known = mapping(service.found.get(HOST)).get('volumes_from', [])
            assert isinstance(known, list)
            service.option(HOST, 'volumes_from', [*known, f'{name}:{access}' if access else name])
            continue
        container = service.context.container(name)
        mounts = [mount for mount in members(service.context.services[name].get('volumes')) if is_mapping(mount)]
        if any(mount['type'] == 'bind' or mount.get('source') is None for mount in mounts):
            service.extend('uses', {container: access or None})
        else:
            add_volumes(service, [{**mount, **({'read_only': True} if access == 'ro' else {})} for mount in mounts])


def add_files(service: Service, section: str, value: object) -> None:
    """The files that a service has as secrets or configs."""
    known = mapping(service.context.project.document.get(section))
    for index, entry in enumerate(members(value)):
        with located(index):
            own = mapping(entry)
            service.note_unknown(section, own, ('source', 'target', 'uid', 'gid', 'mode'))
            name = text(own['source'])
            if name not in known:
                raise InputError(f'There is nothing called {name!r} in {section!r} at the top.')
            content = _content(mapping(known[name]))
            if content is None:
                service.note(
                    section,
                    name,
                    'It is one that a swarm has already.',
                    f'Say in {section!r} of the configuration what is in it.',
                )
                continue
            _note_variable(service, section, content)
            _add_file(service, section, name, {**content, **_place(section, name, own)})


def _content(declared: Mapping) -> Mapping | None:
    """What is in a file; ``None`` if that is not said."""
    for setting, name in _CONTENTS.items():
        if declared.get(setting) is not None:
            return {name: text(declared[setting])}
    return None


def _note_variable(service: Service, section: str, content: Mapping) -> None:
    """Variables of files are known while the Compose file is read, those of the environment later, too."""
    project, name = service.context.project, content.get('environment')
    if isinstance(name, str) and name in project.variables and name not in project.environ:
        service.note(section, name, 'A file sets it, which is not read later.', f'Set {name} in the environment.')


def _place(section: str, name: str, own: Mapping) -> Mapping:
    """Where a service has a file, and whose it is there, as far as that is not as usual."""
    found: Mapping = {}
    path = posixpath.join(FOLDERS[section], text(own.get('target') or name))
    if path != posixpath.join(FOLDERS[section], name):
        found['path'] = path
    for setting, owner in (('uid', 'user'), ('gid', 'group')):
        if own.get(setting) is not None:
            with located(setting):
                found[owner] = whole(own[setting], most=_MOST_IDS)
    if own.get('mode') is not None:
        with located('mode'):
            found['mode'] = _mode(own['mode'])
    return found


def _mode(value: object) -> str:
    number = whole(value) if not isinstance(value, str) else int(value, 8) if _OCTAL.fullmatch(value) else -1
    if not 0 <= number <= 0o7777:
        raise InputError(f'Expected a mode such as 0440, found {value!r}.')
    return f'{number:04o}'


def _add_file(service: Service, section: str, name: str, settings: Mapping) -> None:
    files = service.found.setdefault(section, {})
    assert isinstance(files, dict)
    # A service may have the same content at several places.
    names = (name, *(f'{name}.{number}' for number in range(2, len(files) + 3)))
    free = next(candidate for candidate in names if candidate not in files)
    if free != name:
        settings.setdefault('path', posixpath.join(FOLDERS[section], name))
    files[free] = settings['text'] if settings.keys() == {'text'} else settings

"""Volumes, host paths, secrets and configs of a service."""

from __future__ import annotations

import posixpath

from ..exceptions import InputError, located
from ._draft import Service
from ._options import HOST
from ._values import Mapping, flag, is_mapping, mapping, members, short_size, text, texts, whole

__all__ = ['add_files', 'add_volumes', 'add_volumes_from']

_SECRETS = '/run/secrets'
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
    """Mount secrets or configs that are files."""
    known = mapping(service.context.project.document.get(section))
    for index, entry in enumerate(members(value)):
        with located(index):
            own = mapping(entry)
            service.note_unknown(section, own, ('source', 'target', 'uid', 'gid', 'mode'))
            name = text(own['source'])
            if name not in known:
                raise InputError(f'There is nothing called {name!r} in {section!r} at the top.')
            target = text(own.get('target') or name)
            folder = _SECRETS if section == 'secrets' else '/'
            path = posixpath.join(folder, target)
            file = mapping(known[name]).get('file')
            if file is None:
                service.note(
                    section,
                    name,
                    'It is no file of the host.',
                    f"Write it to a file, and bind that at '{path}', read-only.",
                )
                continue
            service.extend('binds', {path: [text(file), 'ro']})
            for setting in ('uid', 'gid', 'mode'):
                if own.get(setting) is not None:
                    service.note(
                        f'{section}.{name}.{setting}', setting, 'The file has its own owner and mode on the host.'
                    )

"""Services, networks and volumes in their long forms, where paths are absolute: what files can be merged in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..exceptions import located
from ._document import Override, Reset
from ._mounts import below, files, mounts
from ._ports import exposed_ports, ports
from ._values import (
    Mapping,
    entries,
    expected,
    flag,
    is_mapping,
    mapped,
    mapping,
    members,
    pairs,
    set_pairs,
    text,
    texts,
)

__all__ = ['canonical']

_REMOTE = re.compile(r'[a-z+]+://|git@|github\.com/|service:')
_Form = Callable[[object, Path], object]


def _texts(value: object, folder: Path) -> list[str]:
    return texts(value)


def _set_pairs(value: object, folder: Path) -> Mapping:
    marks, others = _parted(value)
    return {**set_pairs(others), **marks}


def _pairs(value: object, folder: Path) -> Mapping:
    marks, others = _parted(value)
    return {**pairs(others), **marks}


def _parted(value: object) -> tuple[Mapping, object]:
    """What takes away from files before, and all else."""
    if not is_mapping(value):
        return {}, value
    marks: Mapping = {name: own for name, own in value.items() if isinstance(own, (Override, Reset))}
    return marks, {name: own for name, own in value.items() if name not in marks}


def _env_files(value: object, folder: Path) -> list[Mapping]:
    found: list[Mapping] = []
    for index, member in enumerate(
        members([value] if isinstance(value, (str, dict)) else value, 'a path, or a list of paths')
    ):
        with located(index):
            entry: Mapping = dict(member) if is_mapping(member) else {'path': member}
            if not isinstance(entry.get('path'), str):
                raise expected("a path, or a mapping with 'path'", member)
            entry['path'] = below(folder, text(entry['path']))
            found.append(entry)
    return found


def _paths(value: object, folder: Path) -> list[str]:
    return [below(folder, path) for path in texts(value)]


def _build(value: object, folder: Path) -> Mapping:
    found: Mapping = {'context': value} if isinstance(value, str) else dict(mapping(value, 'a path, or a mapping'))
    context = text(found.get('context', '.'))
    found['context'] = context if _REMOTE.match(context) else below(folder, context)
    for name in ('args', 'labels'):
        if name in found:
            with located(name):
                found[name] = pairs(found[name])
    return found


def _dependencies(value: object, folder: Path) -> Mapping:
    if isinstance(value, list):
        return {name: {'condition': 'service_started'} for name in texts(value)}
    return dict(
        mapped(
            value,
            lambda name, settings: {'condition': 'service_started', **mapping(settings)},
            'a list of services, or a mapping with conditions',
        )
    )


def _networks(value: object, folder: Path) -> Mapping:
    if isinstance(value, list):
        return dict.fromkeys(texts(value))
    return dict(mapped(value, lambda name, settings: settings and mapping(settings), 'a list, or a mapping'))


def _hosts(value: object, folder: Path) -> Mapping:
    found: dict[str, object] = {}
    if is_mapping(value):
        return dict(mapped(value, lambda name, own: [address.strip('[]') for address in texts(own)]))
    for index, member in enumerate(members(value, "a list such as ['db:192.0.2.1'], or a mapping")):
        with located(index):
            name, separator, address = re.fullmatch(r'([^:=]*)([:=]?)(.*)', text(member)).groups()  # type: ignore[union-attr]
            if not separator or not name:
                raise expected("a host such as 'db:192.0.2.1'", member)
            known = found.setdefault(name, [])
            assert isinstance(known, list)
            known.append(address.strip('[]'))
    return found


def _healthcheck(value: object, folder: Path) -> Mapping:
    found = dict(mapping(value))
    if 'disable' in found:
        with located('disable'):
            found['disable'] = flag(found['disable'])
    return found


_FORMS: dict[str, dict[str, _Form]] = {
    'services': {
        **dict.fromkeys(
            (
                'cap_add', 'cap_drop', 'device_cgroup_rules', 'dns', 'dns_opt', 'dns_search', 'external_links',
                'group_add', 'links', 'profiles', 'security_opt', 'tmpfs', 'volumes_from',
            ),
            _texts,
        ),
        **dict.fromkeys(('labels', 'annotations', 'sysctls', 'storage_opt'), _set_pairs),
        'environment': _pairs,
        'env_file': _env_files,
        'label_file': _paths,
        'build': _build,
        'depends_on': _dependencies,
        'networks': _networks,
        'extra_hosts': _hosts,
        'healthcheck': _healthcheck,
        'expose': lambda value, folder: exposed_ports(value),
        'ports': lambda value, folder: ports(value),
        'volumes': mounts,
        'secrets': lambda value, folder: files(value),
        'configs': lambda value, folder: files(value),
        **dict.fromkeys(('ulimits', 'logging', 'deploy', 'blkio_config'), lambda value, folder: mapping(value)),
    },
    'networks': {'labels': _set_pairs, 'driver_opts': _set_pairs, 'ipam': lambda value, folder: mapping(value)},
    'volumes': {'labels': _set_pairs, 'driver_opts': _set_pairs},
    'secrets': {'file': lambda value, folder: below(folder, text(value))},
    'configs': {'file': lambda value, folder: below(folder, text(value))},
}  # fmt: skip
"""Long forms of settings, by section; others have but one form."""


def canonical(document: object, folder: Path) -> Mapping:
    """A document with all sections and settings in their long forms.

    :param folder: Where relative paths begin.
    :raises ValueError: A setting has another form than Compose knows.
    """
    found = dict(mapping(document, 'a mapping with services'))
    for section, forms in _FORMS.items():
        if section in found and not isinstance(found[section], Reset):
            with located(section):
                found[section] = _marked(found[section], partial(_section, forms, folder))
    return found


def _marked(value: object, convert: Callable[[object], object]) -> object:
    """The value converted, where what takes the place of others keeps doing so."""
    if isinstance(value, Reset):
        return value
    return Override(convert(value.value)) if isinstance(value, Override) else convert(value)


def _section(forms: dict[str, _Form], folder: Path, value: object) -> Mapping:
    return dict(mapped(value, lambda name, entry: _marked(entry, partial(_entry, forms, folder))))


def _entry(forms: dict[str, _Form], folder: Path, value: object) -> Mapping | None:
    if value is None:
        return None
    found: Mapping = {}
    for name, own in entries(value, 'a mapping'):
        with located(name):
            form = forms.get(name)
            found[name] = own if form is None or own is None else _marked(own, partial(_formed, form, folder))
    return found


def _formed(form: _Form, folder: Path, value: object) -> object:
    return form(value, folder)

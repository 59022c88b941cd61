"""Reads what commands of ``docker`` print, into what the API would answer."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, SupportsIndex, cast, overload

from ._podman import container_of_podman, image_of_podman, network_of_podman

NONE_TAG = '<none>'
"""What tables of images show for a missing repository, tag or digest."""

_PUBLISHED = re.compile(r'(?:(?P<ip>\S*):)?(?P<public>\d+(?:-\d+)?)->(?P<private>\d+(?:-\d+)?)/(?P<type>\w+)')
_EXPOSED = re.compile(r'(?P<private>\d+(?:-\d+)?)/(?P<type>\w+)')
_ZONE_OFFSET = re.compile(r'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})')
_ESCAPE = re.compile(r'\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))')
_NETWORK_KEYS = ('Id', 'Name', 'Driver', 'Scope')
_PODMAN_API_VERSION = '1.44'
_CONTROL = {'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}


class VolumeList(list[dict[str, str]]):
    """A list of volumes that can also be read like the API's answer, ``{'Volumes': [...]}``."""

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> dict[str, str]: ...

    @overload
    def __getitem__(self, key: slice, /) -> list[dict[str, str]]: ...

    @overload
    def __getitem__(self, key: str, /) -> list[dict[str, str]]: ...

    def __getitem__(self, key: SupportsIndex | slice | str, /) -> dict[str, str] | list[dict[str, str]]:
        if not isinstance(key, str):
            return super().__getitem__(key)
        if key != 'Volumes':
            raise KeyError(key)
        return self

    def get(self, key: str, default: Any = None) -> Any:
        """Like that of a dictionary with the only key ``Volumes``."""
        return self if key == 'Volumes' else default


def parse_containers_output(out: str | None) -> list[dict[str, Any]]:
    """Containers as printed by ``docker ps`` with ``CONTAINER_FORMAT_ARG``; ``Created`` is seconds since the epoch."""
    return [_container(line) for line in _lines(out)]


def _container(line: str) -> dict[str, Any]:
    # Only the command can contain the separator, so the fields are counted from both ends.
    container_id, image, created, status, names, rest = line.split('||', 5)
    command, ports = rest.rsplit('||', 1)
    return {
        'Id': container_id,
        'Image': image,
        'Created': _seconds(created),
        'Status': status,
        'Names': [f'/{name}' for name in names.split(',') if name],
        'Command': _unquoted(command),
        'Ports': list(_ports(ports)),
    }


def _seconds(created: str) -> float:
    match = _ZONE_OFFSET.match(created)
    if not match:
        raise ValueError(f'Expected a time such as "2020-01-02 03:04:05 +0000 UTC", found {created!r}.')
    return datetime.datetime.strptime(' '.join(match.groups()), '%Y-%m-%d %H:%M:%S %z').timestamp()


def _unquoted(command: str) -> str:
    if len(command) > 1 and command[0] == command[-1] == '"':
        command = command[1:-1]
    return _ESCAPE.sub(_unescaped, command)


def _unescaped(match: re.Match[str]) -> str:
    *codes, character = match.groups()
    code = next(filter(None, codes), None)
    return chr(int(code, 16)) if code else _CONTROL.get(character, character)


def _ports(ports: str) -> Iterator[dict[str, str]]:
    for port in ports.split(', '):
        published, exposed = _PUBLISHED.fullmatch(port), _EXPOSED.fullmatch(port)
        if published:
            address = {'IP': published['ip'].strip('[]')} if published['ip'] else {}
            yield {
                **address,
                'PublicPort': published['public'],
                'PrivatePort': published['private'],
                'Type': published['type'],
            }
        elif exposed:
            yield {'PrivatePort': exposed['private'], 'Type': exposed['type']}


def parse_networks_output(out: str | None) -> list[dict[str, str]]:
    """Networks as printed by ``docker network ls``, as JSON or as a table; and by Podman."""
    if _is_json(out):
        return [{key: str(row.get(key.lower()) or '') for key in _NETWORK_KEYS} for row in _rows(out)]
    networks = []
    for line in _lines(out)[1:]:
        network_id, rest = line.split(None, 1)
        name, driver, scope = rest.rsplit(None, 2)
        networks.append({'Id': network_id, 'Name': name, 'Driver': driver, 'Scope': scope})
    return networks


def parse_volumes_output(out: str | None) -> VolumeList:
    """Volumes as printed by ``docker volume ls``, as JSON or a table: a list, with item ``Volumes`` as in the API."""
    if _is_json(out):
        return VolumeList({key: str(row[key.lower()]) for key in ('Driver', 'Name')} for row in _rows(out))
    rows = [line.split(None, 1) for line in _lines(out)[1:]]
    return VolumeList({'Driver': driver, 'Name': name.rstrip()} for driver, name in rows)


def parse_inspect_output(out: str | None, item_type: str) -> dict[str, Any]:
    """The first item of what an ``inspect`` command printed; raises ``docker.errors.NotFound`` if there is none."""
    items = json.loads(out) if out and out.strip() else []
    if not items:
        from ...docker_api import NotFound

        raise NotFound(f'{item_type.capitalize()} not found.')
    return cast('dict[str, Any]', items[0])


def parse_network_output(out: str | None) -> dict[str, Any]:
    """A network as ``docker network inspect`` printed it, or Podman, which describes it in another way."""
    found = parse_inspect_output(out, 'network')
    return found if 'Id' in found else network_of_podman(found)


def parse_container_output(out: str | None) -> dict[str, Any]:
    """A container as ``docker inspect`` printed it, or Podman, whose names have no slash."""
    found = parse_inspect_output(out, 'container')
    return found if str(found.get('Name', '/')).startswith('/') else container_of_podman(found)


def parse_image_output(out: str | None) -> dict[str, Any]:
    """An image as ``docker image inspect`` printed it, or Podman."""
    found = parse_inspect_output(out, 'image')
    return image_of_podman(found) if 'Id' in found else found


def parse_images_output(out: str | None) -> list[dict[str, Any]]:
    """Images as printed by ``docker images --no-trunc``, by id; with ``RepoDigests`` if digests were asked for.

    Each name has a row, as JSON or in a table.
    """
    if _is_json(out):
        return _merged_images((_image_id(row), _row_names(row)) for row in _rows(out))
    header, *lines = _lines(out) or ['']
    has_digests = 'DIGEST' in header.split()
    images: dict[str, dict[str, Any]] = {}
    for line in lines:
        repository, tag, *digest, image_id = line.split(None, 4 if has_digests else 3)[: 4 if has_digests else 3]
        image = images.setdefault(image_id, _image(image_id, has_digests))
        for key, separator, part in [('RepoTags', ':', tag), *(('RepoDigests', '@', text) for text in digest)]:
            name = f'{repository}{separator}{part}'
            if NONE_TAG not in (repository, part) and name not in image[key]:
                image[key].append(name)
    return [images[image_id] for image_id in sorted(images)]


def _row_names(row: Mapping[str, Any]) -> dict[str, str]:
    """Name and digest of one row; Podman lists a row for each name, too."""
    repository, parts = (
        row.get('repository') or NONE_TAG,
        {'RepoTags': row.get('tag'), 'RepoDigests': row.get('digest')},
    )
    separators = {'RepoTags': ':', 'RepoDigests': '@'}
    return {
        key: f'{repository}{separators[key]}{part}'
        for key, part in parts.items()
        if part and NONE_TAG not in (repository, part)
    }


def _image_id(row: Mapping[str, Any]) -> str:
    """Docker's id; Podman leaves out the kind of its digest."""
    return f'sha256:{str(row["id"]).removeprefix("sha256:")}'


def _merged_images(rows: Iterable[tuple[str, Mapping[str, str]]]) -> list[dict[str, Any]]:
    images: dict[str, dict[str, Any]] = {}
    for image_id, names in rows:
        image = images.setdefault(image_id, _image(image_id, True))
        for key, name in names.items():
            if name not in image[key]:
                image[key].append(name)
    return [images[image_id] for image_id in sorted(images)]


def _image(image_id: str, has_digests: bool) -> dict[str, Any]:
    digests: dict[str, Any] = {'RepoDigests': []} if has_digests else {}
    return {'Id': image_id, 'RepoTags': [], **digests, 'ParentId': '', 'Created': 0, 'VirtualSize': 0, 'Size': 0}


def parse_version_output(out: str | None) -> dict[str, Any]:
    """What ``docker version`` printed about the client; ``ApiVersion`` is the one that it speaks with the engine.

    Podman prints its own version for that of the API; the Docker API of Podman 5 is that of 1.44.
    """
    versions = json.loads(out) if out and out.strip() else {}
    found = versions.get('Client') or {}
    if 'ApiVersion' in found or 'APIVersion' not in found:
        return found
    component = {'Name': 'Podman Engine', 'Version': found.get('Version')}
    return {**found, 'ApiVersion': _PODMAN_API_VERSION, 'Components': [component]}


def parse_top_output(out: str | None) -> dict[str, list[Any]]:
    """Processes as printed by ``docker top``; the last column keeps its blanks."""
    header, *rows = _lines(out) or ['']
    titles = header.split()
    return {'Titles': titles, 'Processes': [row.split(None, len(titles) - 1) for row in rows]}


def _is_json(out: str | None) -> bool:
    return (out or '').lstrip().startswith('{')


def _rows(out: str | None) -> Iterator[dict[str, Any]]:
    """Objects, one each line, with keys in small letters, as programs differ in that."""
    for line in _lines(out):
        yield {key.lower(): value for key, value in json.loads(line).items()}


def _lines(out: str | None) -> list[str]:
    """Lines that are not blank; not split where commands and names may contain other separators of lines."""
    lines: Iterable[str] = (out or '').split('\n')
    return [line for line in lines if line.strip()]

"""Filters of lists, as engines understand them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from .containers import Container
from .documents import text
from .errors import refusal
from .images import Image, familiar, full_name, split_name
from .networks import Network
from .rows import labels_match
from .volumes import Volume

__all__ = ['Filters', 'filtered_containers', 'filtered_images', 'filtered_networks', 'filtered_volumes']

Filters = Mapping[str, object]
Item = TypeVar('Item')
Test = Callable[[Item, str], bool]


def _values(value: object) -> list[str]:
    values = value if isinstance(value, (list, tuple)) else [value]
    return [str(member).lower() if isinstance(member, bool) else str(member) for member in values]


def _filtered(
    items: Iterable[Item], filters: Filters | None, tests: Mapping[str, Test[Item]], labels: Callable[[Item], object]
) -> list[Item]:
    found = list(items)
    for name, value in (filters or {}).items():
        if name == 'label':
            found = [item for item in found if labels_match(labels(item), value)]
        elif name in tests:
            test = tests[name]
            found = [item for item in found if any(test(item, wanted) for wanted in _values(value))]
        else:
            raise refusal(400, f"Invalid filter '{name}'")
    return found


def _names_container(container: Container, wanted: str) -> bool:
    """Engines match a name with and without the slash in front."""
    return bool(re.search(wanted, container.name) or re.search(wanted, f'/{container.name}'))


def _in_network(container: Container, wanted: str) -> bool:
    return any(
        wanted == name or (endpoint.network_id and endpoint.network_id.startswith(wanted))
        for name, endpoint in container.endpoints.items()
    )


def _mounts(container: Container, wanted: str) -> bool:
    return any(wanted in (mount.name, mount.destination, mount.source) for mount in container.mounts)


def _comes_from(container: Container, wanted: str) -> bool:
    image = container.image
    return (
        full_name(familiar(wanted)) in image.tags
        or image.id in (wanted, f'sha256:{wanted}')
        or image.id[7:].startswith(wanted)
    )


def _health(container: Container, wanted: str) -> bool:
    return wanted == (container.health.status if container.health else 'none')


_CONTAINER_TESTS: dict[str, Test[Container]] = {
    'name': _names_container,
    'id': lambda container, wanted: container.id.startswith(wanted),
    'status': lambda container, wanted: container.status == wanted,
    'exited': lambda container, wanted: container.status == 'exited' and str(container.exit_code) == wanted,
    'network': _in_network,
    'volume': _mounts,
    'ancestor': _comes_from,
    'health': _health,
}
_NETWORK_TESTS: dict[str, Test[Network]] = {
    'name': lambda network, wanted: wanted in network.name,
    'id': lambda network, wanted: network.id.startswith(wanted),
    'driver': lambda network, wanted: network.driver == wanted,
    'scope': lambda network, wanted: network.scope == wanted,
    'type': lambda network, wanted: network.is_predefined == (wanted == 'builtin'),
    'dangling': lambda network, wanted: (
        not network.is_predefined and (wanted in ('true', '1')) != bool(network.attached)
    ),
}
_VOLUME_TESTS: dict[str, Test[Volume]] = {
    'name': lambda volume, wanted: wanted in volume.name,
    'driver': lambda volume, wanted: volume.driver == wanted,
    'dangling': lambda volume, wanted: bool(volume.users) != (wanted in ('true', '1')),
}


def _referenced(image: Image, wanted: str) -> bool:
    pattern = familiar(wanted)
    for name in (*image.tags, *image.digests):
        repository = split_name(name)[0]
        if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(repository, pattern):
            return True
    return False


_IMAGE_TESTS: dict[str, Test[Image]] = {
    'reference': _referenced,
    'dangling': lambda image, wanted: bool(image.tags) != (wanted in ('true', '1')),
}


def filtered_containers(containers: Iterable[Container], filters: Filters | None, all: bool) -> list[Container]:
    """Containers that fit, newest first; only those that run unless ``all`` or a state is asked for.

    :raises docker.errors.APIError: There is no such filter.
    """
    wants_all = all or any(name in (filters or {}) for name in ('status', 'exited'))
    fitting = [container for container in containers if wants_all or container.running]
    found = _filtered(fitting, filters, _CONTAINER_TESTS, lambda container: container.labels)
    return found[::-1]


def filtered_networks(networks: Iterable[Network], filters: Filters | None) -> list[Network]:
    """Networks that fit."""
    return _filtered(networks, filters, _NETWORK_TESTS, lambda network: network.labels)


def filtered_volumes(volumes: Iterable[Volume], filters: Filters | None) -> list[Volume]:
    """Volumes that fit."""
    return _filtered(volumes, filters, _VOLUME_TESTS, lambda volume: volume.labels)


def filtered_images(images: Iterable[Image], filters: Filters | None, name: str | None) -> list[Image]:
    """Images that fit, newest first."""
    wanted = dict(filters or {}, **({'reference': text(name)} if name else {}))
    return _filtered(images, wanted, _IMAGE_TESTS, lambda image: image.labels)[::-1]

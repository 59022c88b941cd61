"""Which volumes a container has that nobody has named, as Docker and Podman show it."""

from __future__ import annotations

from typing import Any

from dockermap.map.policy.replaced import anonymous_volumes

OWN, OTHERS = 'a' * 64, 'b' * 64
MOUNTS = [
    {'Type': 'volume', 'Name': OWN, 'Destination': '/own'},
    {'Type': 'volume', 'Name': OTHERS, 'Destination': '/of-another-container'},
    {'Type': 'volume', 'Name': 'shop.data', 'Destination': '/named'},
    {'Type': 'bind', 'Source': '/srv', 'Destination': '/srv'},
]


def detail(volumes: Any, binds: list[str] | None) -> dict[str, Any]:
    return {'Config': {'Volumes': volumes}, 'HostConfig': {'Binds': binds}, 'Mounts': MOUNTS}


def test_docker_shows_the_paths() -> None:
    assert anonymous_volumes(detail({'/own': {}, '/named': {}}, ['shop.data:/named', '/srv:/srv'])) == {'/own': OWN}


def test_podman_shows_no_paths_but_the_volumes_as_binds() -> None:
    binds = ['shop.data:/named:rprivate', f'{OWN}:/own:rprivate,nosuid,nodev,rbind', '/srv:/srv:rprivate']
    assert anonymous_volumes(detail(None, binds)) == {'/own': OWN}


def test_on_docker_a_container_may_have_none() -> None:
    assert anonymous_volumes(detail(None, None)) == {}

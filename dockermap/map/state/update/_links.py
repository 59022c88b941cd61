"""Comparing links of the kind that engines keep per container."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .... import DEFAULT_PRESET_NETWORKS
from ....utils import engine_text, split_instance
from ...input import ContainerLink, MapConfigId
from ...policy.utils import networks_of
from .. import Difference

_TIME = re.compile(r'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z')


def link_differences(
    item: MapConfigId,
    links: Iterable[ContainerLink],
    detail: Mapping[str, Any],
    cname: Callable[..., str],
    get_hostname: Callable[..., str],
    created: Mapping[str, str | None],
) -> list[Difference]:
    """Configured links that a container does not have, or that lead to a container which was replaced later.

    Engines go on showing the name of a linked container that is gone, but the link cannot be used any more. Others
    networks than the default one keep links by names, so that they lead to whatever has the name.

    :param created: When containers were created, by name.
    """
    host_config = detail.get('HostConfig') or {}
    existing = set(_existing_links(host_config.get('Links')))
    in_network = {
        link
        for name, endpoint in networks_of(detail).items()
        if name not in DEFAULT_PRESET_NETWORKS
        for link in _existing_links(endpoint.get('Links'))
    }
    found = []
    for link in links:
        name, alias = link_target(item, link, cname, get_hostname)
        if (name, alias) in in_network:
            continue
        if (name, alias) not in existing:
            current = sorted(f'{source}:{own}' for source, own in existing)
            found.append(Difference(item, 'links', f'{name}:{alias}', current))
        elif is_newer(created.get(name), detail.get('Created')):
            found.append(Difference(item, 'links', f'{name}:{alias}', 'a link to an earlier container of that name'))
    return found


def link_target(
    item: MapConfigId, link: ContainerLink, cname: Callable[..., str], get_hostname: Callable[..., str]
) -> tuple[str, str]:
    """Name of the linked container on the engine, and the alias under which it should be found."""
    name = cname(item.map_name, *split_instance(link.container))
    return name, engine_text(link.alias) or get_hostname(link.container)


def is_newer(time: str | None, other: str | None) -> bool:
    """Whether one of an engine's times is after another; false if one is missing."""
    first, second = _comparable(time), _comparable(other)
    return first is not None and second is not None and first > second


def _existing_links(links: Iterable[str] | None) -> Iterable[tuple[str, str]]:
    for link in links or ():
        source, _, own = link.partition(':')
        yield source.removeprefix('/'), own.rpartition('/')[2]


def _comparable(time: str | None) -> tuple[str, str] | None:
    match = _TIME.fullmatch(time or '')
    return (match[1], (match[2] or '').ljust(9, '0')) if match else None

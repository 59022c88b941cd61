"""How the containers of maps are, as far as one list of each client tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..docker_options import CREATE_OPTIONS
from .config.client import SWARM, ClientConfiguration
from .input import ItemType, MapConfigId
from .policy.label import LABEL, parse_label
from .state.base import locate

if TYPE_CHECKING:
    from .policy.base import BasePolicy

__all__ = ['ItemStatus', 'TaskStatus', 'container_statuses']

Arguments = Callable[[str, MapConfigId], Mapping[str, object]]
"""Gives the arguments of the creating call for an item on a client."""

MISSING = 'missing'
_HEALTH = re.compile(r'\((?:health: )?(healthy|unhealthy|starting)\)')
_EXIT_CODE = re.compile(r'(?:Exited|Restarting) \((-?\d+)\)')
_SINCE = re.compile(r'(?:Up|Exited \(-?\d+\)|Restarting \(-?\d+\)) ([^(]+?)(?: ago)?(?: \(.*)?$')
_STATES = (
    ('Paused', 'paused'),
    ('Up', 'running'),
    ('Restarting', 'restarting'),
    ('Created', 'created'),
    ('Removal', 'removing'),
    ('Dead', 'dead'),
    ('Exited', 'exited'),
)


@dataclass(frozen=True)
class TaskStatus:
    """One container of a service.

    :param node: Name of the node that it is on; empty as long as there is none.
    :param state: What the swarm calls it, such as ``running`` or ``pending``.
    :param error: Why it is not as it should be.
    """

    node: str
    state: str
    error: str = ''


@dataclass(frozen=True)
class ItemStatus:
    """How one container is on one client.

    :param client_name: Name of the client.
    :param config_id: The item.
    :param name: Its name on the engine.
    :param state: ``running``, ``paused``, ``restarting``, ``exited``, ``created``, ``missing``, or what else the engine
        calls it.
    :param container_id: Id on the engine; empty if the container is missing.
    :param health: ``healthy``, ``unhealthy``, ``starting``, or ``None`` without a health check.
    :param exit_code: Of a container that has ended, or is about to be started again.
    :param since: For how long it has been like this, in the engine's words, such as ``5 minutes``; empty if unknown.
    :param image: Name of the image, as the engine tells it.
    :param ports: Published and exposed ports, such as ``127.0.0.1:8080->80/tcp``.
    :param up_to_date: Whether it was created with what the map says now, by its label; ``None`` where it has no label.
        What only an inspection shows, such as limits, is not looked at.
    :param tasks: On a swarm, the containers of the service.
    """

    client_name: str
    config_id: MapConfigId
    name: str
    state: str
    container_id: str = ''
    health: str | None = None
    exit_code: int | None = None
    since: str = ''
    image: str = ''
    ports: tuple[str, ...] = ()
    up_to_date: bool | None = None
    tasks: tuple[TaskStatus, ...] = ()


def container_statuses(
    policy: BasePolicy,
    config_ids: Iterable[MapConfigId],
    arguments: Arguments,
    of_swarm: Callable[[str, MapConfigId], ItemStatus] | None = None,
) -> list[ItemStatus]:
    """The status of each container on each of its clients; each client is asked once.

    :param of_swarm: Gives the status where the client is a swarm.

    :raises Exception: A client cannot be reached.
    """
    listed: dict[str, dict[str, Mapping[str, object]]] = {}
    found = []
    for config_id in config_ids:
        if config_id.config_type != ItemType.CONTAINER:
            continue
        name = policy.item_name(config_id)
        for client_name in policy.get_client_names(config_id):
            if of_swarm is not None and policy.clients[client_name].backend == SWARM:
                found.append(of_swarm(client_name, config_id))
                continue
            if client_name not in listed:
                try:
                    listed[client_name] = rows_by_name(policy.clients[client_name])
                except Exception as error:
                    locate(error, client_name, config_id)
                    raise
            row = listed[client_name].get(name)
            if row is None:
                found.append(ItemStatus(client_name, config_id, name, MISSING))
            else:
                found.append(_status(client_name, config_id, name, row, arguments))
    return found


def rows_by_name(client_config: ClientConfiguration) -> dict[str, Mapping[str, object]]:
    """What a client lists of its containers, running or not."""
    rows: Iterable[Mapping[str, object]] = client_config.get_client().containers(all=True)
    return {str(name).removeprefix('/'): row for row in rows for name in _listed(row.get('Names'))}


def _status(
    client_name: str, config_id: MapConfigId, name: str, row: Mapping[str, object], arguments: Arguments
) -> ItemStatus:
    text = str(row.get('Status') or '')
    health, exit_code, since = (pattern.search(text) for pattern in (_HEALTH, _EXIT_CODE, _SINCE))
    return ItemStatus(
        client_name,
        config_id,
        name,
        state_of(row),
        str(row.get('Id')),
        health[1] if health else None,
        int(exit_code[1]) if exit_code else None,
        since[1] if since else '',
        str(row.get('Image') or ''),
        tuple(sorted({_port(port) for port in _listed(row.get('Ports')) if isinstance(port, Mapping)})),
        _is_up_to_date(row, lambda: arguments(client_name, config_id)),
    )


def state_of(row: Mapping[str, object]) -> str:
    """What a list says of the state; the ``docker`` command says it in the text alone."""
    state, text = row.get('State'), str(row.get('Status') or '')
    if isinstance(state, str) and state:
        return state
    if '(Paused)' in text:
        return 'paused'
    return next((state for word, state in _STATES if text.startswith(word)), text.lower())


def _port(port: Mapping[str, object]) -> str:
    exposed = f'{port.get("PrivatePort")}/{port.get("Type")}'
    if not port.get('PublicPort'):
        return exposed
    address = str(port.get('IP') or '0.0.0.0')
    return f'{f"[{address}]" if ":" in address else address}:{port["PublicPort"]}->{exposed}'


def _is_up_to_date(row: Mapping[str, object], wanted: Callable[[], Mapping[str, object]]) -> bool | None:
    labels = row.get('Labels')
    label = parse_label(labels.get(LABEL)) if isinstance(labels, Mapping) else None
    if label is None:
        return None
    return not label.differing(wanted(), CREATE_OPTIONS)


def _listed(value: object) -> Iterator[object]:
    yield from value if isinstance(value, list) else ()

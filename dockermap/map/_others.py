"""Other runs that work on the same items at the same time, and what they have left."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..docker_api import is_not_found
from .execute.events import Clock
from .execute.runs import is_over, maker
from .input import ItemType, MapConfigId
from .policy.ownership import PURPOSE_LABEL, SCRIPT, is_of_map
from .policy.replaced import RUN, final_name, former_name, is_temporary, successor_in
from .state.recovery import run_label
from .state.renamed import other_names

if TYPE_CHECKING:
    from .plan.decide import DecisionPass
    from .policy import ConfigFlags
    from .policy.base import BasePolicy

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


def wait_for_others(decisions: DecisionPass, config_ids: Iterable[MapConfigId], clock: Clock) -> None:
    """Wait while containers of these items are being replaced by runs that may still be at it."""
    told: set[str] = set()
    while busy := busy_items(decisions, config_ids, clock):
        for (client_name, name), who in busy.items():
            if name not in told:
                log.warning('Container %s on client %s is being replaced by %s; waiting.', name, client_name, who)
                told.add(name)
        clock.sleep(_POLL_SECONDS)
        for client_name, _ in busy:
            decisions.policy.forget_names(client_name, ItemType.CONTAINER)


def busy_items(
    decisions: DecisionPass, config_ids: Iterable[MapConfigId], clock: Clock
) -> Mapping[tuple[str, str], str]:
    """Who replaces containers of these items, by client and name; no request is made if there is no sign of it."""
    policy, found = decisions.policy, {}
    for client_name, config_id, _ in interrupted_items(decisions, config_ids):
        name = policy.item_name(config_id)
        for label in _labels(policy, client_name, name):
            if not is_over(label, clock.time()):
                found[client_name, name] = maker(label)
    return found


def _labels(policy: BasePolicy, client_name: str, name: str) -> Iterator[str | None]:
    """Who has made the new containers of an item; these have its name when the former one has given that up."""
    names: Any = policy.container_names[client_name]
    roles = [successor_in(names, name), *([name] if former_name(name) in names else [])]
    for role in roles:
        if role not in names:
            continue
        try:
            yield run_label(policy.clients[client_name].get_client().inspect_container(role))
        except Exception as error:
            if not is_not_found(error):
                raise
            policy.forget_names(client_name, ItemType.CONTAINER)


def running_scripts(
    decisions: DecisionPass, config_ids: Iterable[MapConfigId], clock: Clock
) -> Iterator[tuple[str, str]]:
    """Containers of these items, by client and name, in which somebody may be waiting for the end of a script."""
    policy = decisions.policy
    scripts: dict[str, set[str]] = {}
    for config_id in config_ids:
        if config_id.config_type != ItemType.CONTAINER:
            continue
        for client_name in policy.get_client_names(config_id):
            if client_name not in scripts:
                scripts[client_name] = set(_running_scripts(policy, client_name, clock.time()))
                if _is_none_left(policy, scripts):
                    return
            if scripts[client_name] and policy.name_on(client_name, config_id) in scripts[client_name]:
                yield client_name, policy.name_on(client_name, config_id)


def _running_scripts(policy: BasePolicy, client_name: str, now: float) -> Iterator[str]:
    try:
        rows: Any = policy.container_names[client_name].rows if client_name in policy.clients else ()
    except Exception:
        # It is told when the first of its items is looked at.
        return
    for name, _, labels in rows:
        is_script = (labels or {}).get(PURPOSE_LABEL) == SCRIPT
        if is_script and (RUN not in labels or not is_over(labels[RUN], now)):
            yield name


def interrupted_items(
    decisions: DecisionPass, config_ids: Iterable[MapConfigId]
) -> Iterator[tuple[str, MapConfigId, ConfigFlags]]:
    """Items whose container has a temporary or another name, with their clients, and how they are visited."""
    policy = decisions.policy
    temporary: dict[str, set[str]] = {}
    for config_id, flags in decisions.first.states.get_path(config_ids):
        if config_id.config_type != ItemType.CONTAINER:
            continue
        for client_name in policy.get_client_names(config_id):
            if client_name not in temporary:
                temporary[client_name] = set(_temporary(decisions, client_name))
                if _is_none_left(policy, temporary):
                    return
            if temporary[client_name] and policy.item_name(config_id) in temporary[client_name]:
                yield client_name, config_id, flags


def _is_none_left(policy: BasePolicy, found: Mapping[str, set[str]]) -> bool:
    """Whether all clients have been asked, and none has anything, so that the other items need not be looked at."""
    return found.keys() >= policy.clients.keys() and not any(found.values())


def _temporary(decisions: DecisionPass, client_name: str) -> Iterator[str]:
    policy = decisions.policy
    if client_name not in policy.clients:
        return
    try:
        names: Any = policy.container_names[client_name]
    except Exception:
        # It is told when the first of its items is looked at.
        return
    for name in list(names):
        if is_temporary(name):
            yield final_name(name)
    yield from other_names(policy, client_name)


def twin_networks(
    decisions: DecisionPass, config_ids: Iterable[MapConfigId]
) -> Iterator[tuple[str, MapConfigId, ConfigFlags, list[str]]]:
    """Networks of which there are several of the same name: the ids of those of the map that no container uses.

    Engines before API version 1.44 accept several, where two ask at the same time or an answer is lost. The one that
    stays is the oldest one, or that which is used, and has the name from now on.
    """
    policy = decisions.policy
    for config_id, flags in decisions.first.states.get_path(config_ids):
        if config_id.config_type != ItemType.NETWORK or policy.is_external(config_id):
            continue
        for client_name in policy.get_client_names(config_id):
            ids = _superfluous(policy, client_name, policy.item_name(config_id), config_id.map_name)
            if ids:
                yield client_name, config_id, flags, ids


def _superfluous(policy: BasePolicy, client_name: str, name: str, map_name: str) -> list[str]:
    if client_name not in policy.clients:
        return []
    try:
        names: Any = policy.network_names[client_name]
        if name not in names.ambiguous:
            return []
        containers: Any = policy.container_names[client_name]
    except Exception:
        # It is told when the first of its items is looked at.
        return []
    used = {text for found in containers.networks.values() for text in _networks_of(found)}
    twins = {network_id: labels for found, network_id, labels in names.rows if found == name}
    if names[name] not in used:
        names[name] = next((network_id for network_id in twins if network_id in used), names[name])
    own = [network_id for network_id, labels in twins.items() if labels is not None and is_of_map(labels, map_name)]
    return [network_id for network_id in own if network_id not in (names[name], *used)] if names[name] in own else []


def _networks_of(endpoints: Mapping[str, Any]) -> Iterator[str]:
    for name, endpoint in endpoints.items():
        # A container that has never been started may know its network by the id alone.
        yield name
        yield endpoint.get('NetworkID') or name

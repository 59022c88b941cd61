"""Waits for what has to have become of other containers before one is started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....exceptions import InputError
from ....utils import format_image_tag
from ..._describe import describe_item
from ...input import ItemType
from ...input._dependencies import COMPLETED, HEALTHY, STARTED
from ...policy.utils import INITIAL_START_TIME

if TYPE_CHECKING:
    from ...config.container import ContainerConfiguration
    from ...input import MapConfigId
    from ...request import ActionConfig
    from .expansion import Expansion

RUNNING, READY = 'running', 'ready'
"""What can be waited for beside conditions of configurations: ``ready`` is healthy, where there is a health check."""

WAIT_SECONDS = 120.0
"""How long is waited for a container, if nothing else is said."""


def add_conditions(plan: Expansion, action: ActionConfig) -> None:
    """Wait for all that a container needs to be as it is awaited, as far as it is not.

    What was found to be so, and is not started by this call, needs no wait. What is not looked at in this call, as
    nothing is said of dependencies, is not waited for.

    :raises ValueError: A container will never be as it is awaited.
    """
    for target, awaited in plan.policy.get_conditions(action.config_id).items():
        if awaited.condition == STARTED:
            continue
        across = plan.policy.get_client_names(target) if awaited.crosses_hosts else (action.client_name,)
        for client_name in across:
            if _is_awaited(plan, client_name, target, awaited.condition):
                add_wait(plan, action, client_name, target, awaited.condition)


def add_wait(
    plan: Expansion, action: ActionConfig, client_name: str, target: MapConfigId, until: str, **arguments: Any
) -> int:
    """Wait for a container on a client on behalf of an item; the number of the operation."""
    arguments = {
        'container': plan.policy.item_name(target),
        'until': until,
        'timeout': wait_seconds(plan, client_name),
        'is_own': (client_name, target) == (action.client_name, action.config_id),
        **arguments,
    }
    return plan.add(action, 'wait', arguments, client_name=client_name)


def wait_seconds(plan: Expansion, client_name: str) -> float:
    """How long a wait may take: what the call says, or the client."""
    if plan.wait_timeout is not None:
        return plan.wait_timeout
    client_config = plan.policy.clients.get(client_name)
    own = client_config.get('wait_timeout') if client_config is not None else None
    return WAIT_SECONDS if own is None else float(own)


def _is_awaited(plan: Expansion, client_name: str, target: MapConfigId, condition: str) -> bool:
    name = plan.policy.item_name(target)
    if (client_name, target) in plan.started:
        if condition == HEALTHY:
            _check_health_check(plan, client_name, target, name)
        return True
    return (client_name, target) in plan.visited and not is_as_awaited(plan, client_name, target, condition)


def is_as_awaited(plan: Expansion, client_name: str, target: MapConfigId, until: str) -> bool:
    """Whether a container was found as it is awaited."""
    name = plan.policy.item_name(target)
    detail: Mapping[str, Any] | None = plan.observed.get(client_name, ItemType.CONTAINER, name)
    state: Mapping[str, Any] = (detail or {}).get('State') or {}
    is_on = bool(state.get('Running') or state.get('Restarting'))
    if until == COMPLETED:
        was_started = state.get('StartedAt') not in (None, INITIAL_START_TIME)
        return was_started and not is_on and not state.get('ExitCode')
    health = (state.get('Health') or {}).get('Status') or 'none'
    is_healthy = health == 'healthy' or (until != HEALTHY and health == 'none')
    return is_on and not state.get('Restarting') and is_healthy


def _check_health_check(plan: Expansion, client_name: str, target: MapConfigId, name: str) -> None:
    """See that a container has a health check, in its configuration or its image, as far as that is known.

    :raises ValueError: It has none.
    """
    config = _config(plan, target)
    client_config = plan.policy.clients[client_name]
    options = config.create_options if isinstance(config.create_options, Mapping) else {'healthcheck': ...}
    if (config.healthcheck and client_config.features.get('healthcheck')) or options.get('healthcheck'):
        return
    if plan.creates(client_name, ItemType.CONTAINER, name):
        checks = _checks_of_image(plan, client_name, target)
    else:
        detail: Mapping[str, Any] = plan.observed.get(client_name, ItemType.CONTAINER, name) or {}
        checks = (detail.get('Config') or {}).get('Healthcheck') if detail else ...
    if checks is ... or (checks and (checks.get('Test') or ['NONE'])[0] != 'NONE'):
        return
    raise InputError(
        f'{describe_item(target)} on client {client_name} will never be healthy, as neither its configuration nor its '
        'image has a health check.'
    )


def _config(plan: Expansion, target: MapConfigId) -> ContainerConfiguration:
    config = plan.policy.container_maps[target.map_name].get_instance(target.config_name, target.instance_name)
    assert config is not None
    return config


def _checks_of_image(plan: Expansion, client_name: str, target: MapConfigId) -> Any:
    """Health check of the image that a container is created from; ``...`` where it is not known before it is pulled."""
    container_map, config = plan.policy.container_maps[target.map_name], _config(plan, target)
    image = format_image_tag(container_map.get_image(config.image or target.config_name))
    client = plan.policy.clients[client_name].get_client()
    if (
        plan.policy.images[client_name].find(image) is None
        or (client_name, image) in plan.pulled
        or not hasattr(client, 'inspect_image')
    ):
        return ...
    key = client_name, image
    if key not in plan.image_checks:
        detail: Mapping[str, Any] = client.inspect_image(image)
        plan.image_checks[key] = (detail.get('Config') or {}).get('Healthcheck')
    return plan.image_checks[key]

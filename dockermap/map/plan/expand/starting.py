"""Comparing an existing container with the arguments of a call that starts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ....utils import engine_text
from ..._describe import describe_item
from ...policy.label import LABEL, parse_label
from ...policy.options import CREATE_OPTIONS
from ...policy.utils import INITIAL_START_TIME, networks_of
from ...request import ActionConfig
from ...request.arguments import with_call_arguments
from ...request.settings import container_settings

if TYPE_CHECKING:
    from ...request.settings import Endpoint
    from ...state.observed import Detail
    from .expansion import Expansion

Given = Mapping[str, Any]
"""Arguments of a call, in the configuration's words or in those of the SDK."""


def check_start_arguments(plan: Expansion, action: ActionConfig, name: str, detail: Detail, given: Given) -> bool:
    """Whether a container that was never started has to be re-created for the arguments.

    :raises ValueError: It has been started before, and was created with other arguments.
    """
    changed = sorted(set(_changed_arguments(plan, action, name, detail, given)))
    if changed and detail['State'].get('StartedAt', INITIAL_START_TIME) != INITIAL_START_TIME:
        raise ValueError(
            f'{describe_item(action.config_id)} has been started before, and was created with other '
            f"{', '.join(changed)}. Use 'shutdown', then 'startup' with these arguments."
        )
    return bool(changed)


def _changed_arguments(plan: Expansion, action: ActionConfig, name: str, detail: Detail, given: Given) -> Iterator[str]:
    """Arguments of creation that differ from those that a container was created with."""
    wanted: Mapping[str, object] = plan.builder.get_create_arguments(action.client_name, action.config_id, given)
    label = parse_label((detail['Config'].get('Labels') or {}).get(LABEL))
    if label is None:
        yield from wanted
        return
    yield from label.differing(wanted, CREATE_OPTIONS)
    yield from _changed_limits(plan, action, name, detail, given)
    yield from _changed_networks(plan, action, name, detail, given)


def _changed_limits(plan: Expansion, action: ActionConfig, name: str, detail: Detail, given: Given) -> Iterator[str]:
    """The same for limits and restart policy, which are not in the label."""
    host = plan.builder.create_kwargs(action, name, given).get('host_config') or {}
    found = detail.get('HostConfig') or {}
    for option in CREATE_OPTIONS.values():
        key = option.path[1] if option.host and option.live and option.path else ''
        if key not in ('', 'NetworkMode') and host.get(key) and not _agrees(host[key], found.get(key)):
            yield option.name


def _changed_networks(plan: Expansion, action: ActionConfig, name: str, detail: Detail, given: Given) -> Iterator[str]:
    """The same for network mode and networks, as far as the arguments say anything of them."""
    config = container_settings(with_call_arguments(action, given)[0])
    mode, own_mode = (_network_mode(plan.builder.create_kwargs(action, name, said)) for said in (given, None))
    prefix, _, target = mode.partition(':')
    target_id = plan.policy.container_names[action.client_name].get(target)
    if mode != own_mode and _network_mode({'host_config': detail.get('HostConfig')}) not in (
        mode,
        f'{prefix}:{target_id}',
    ):
        yield 'network_mode'
    joined = networks_of(detail)
    map_name = action.config_id.map_name
    if config.networks != container_settings(action).networks and not all(
        _has_joined(joined.get(plan.policy.network_name(map_name, endpoint.network_name)), endpoint)
        for endpoint in config.networks
    ):
        yield 'networks'


def _network_mode(kwargs: Given) -> str:
    return str((kwargs.get('host_config') or {}).get('NetworkMode') or 'default')


def _has_joined(found: Detail | None, endpoint: Endpoint) -> bool:
    if found is None:
        return False
    fixed = found.get('IPAMConfig') or {}
    addresses = (('IPv4Address', endpoint.ipv4_address), ('IPv6Address', endpoint.ipv6_address))
    return {engine_text(alias) for alias in endpoint.aliases or ()} <= set(found.get('Aliases') or ()) and all(
        not wanted or engine_text(wanted) == fixed.get(key) for key, wanted in addresses
    )


def _agrees(wanted: object, found: object) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(found.get(key) == value for key, value in wanted.items())
    return bool(wanted == found)

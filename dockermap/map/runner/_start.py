"""Starting containers, also with arguments that only a new container can have."""
from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...docker_api import is_conflict, is_not_found
from ...functional import resolve_value
from ...utils import engine_text
from .._describe import describe_item
from ..policy.label import LABEL, digest, parse_label
from ..policy.options import CREATE_OPTIONS
from ..policy.utils import INITIAL_START_TIME
from ._arguments import creation_arguments, with_call_arguments
from ._parts import RunnerPart
from ._stop import await_removal

if TYPE_CHECKING:
    from ..input import NetworkEndpoint
    from . import ActionConfig

log = logging.getLogger(__name__)


class StartMixin(RunnerPart):
    """Starts containers."""

    def start_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Start a container, and wait for the configured delay.

        With arguments, a container that was never started is made anew if it is to have others than it was made with.

        :param kwargs: What the configuration does not say, in its words or in those of the SDK. Others have no effect.
        :raises ValueError: The container has been started before, and was made with other arguments.
        """
        given = creation_arguments(kwargs)
        started, remaining = with_call_arguments(action, given)
        if given:
            self._memory.set_config(action, name, started.config)
        if not action.client_config.features['host_config']:
            host = remaining.get('host_config')
            response = action.client.start(**self.get_container_host_config_kwargs(started, name, kwargs=host))
        else:
            if given and not self._memory.is_new(action, name):
                self._apply_arguments(action, name, given)
            response = self._start(action, name)
        delay = resolve_value(started.config.start_delay)
        if delay:
            time.sleep(delay)
        return response

    def _start(self, action: ActionConfig, name: str) -> Any:
        """Start a container, also if a network of it was made anew since it last ran."""
        try:
            return action.client.start(name)
        except Exception as error:
            if is_conflict(error) and 'removal' in str(error):
                # It goes away by itself. Whoever wants it to run can make a new one as soon as the name is free.
                await_removal(action, name)
            if not is_not_found(error) or 'network' not in str(error):
                raise
            if not self._rejoin_networks(action, name):
                _explain_lost_network(error)
                raise
        return action.client.start(name)

    def _rejoin_networks(self, action: ActionConfig, name: str) -> bool:
        """Connect a stopped container with the present networks, in place of former ones of the same names."""
        known = self._policy.network_names[action.client_name]
        joined = action.client.inspect_container(name)['NetworkSettings'].get('Networks') or {}
        lost = [network for network, endpoint in joined.items() if endpoint.get('NetworkID') not in known.values()]
        map_name = action.config_id.map_name
        endpoints = [endpoint for endpoint in action.config.networks
                     if self._policy.nname(map_name, endpoint.network_name) in lost]
        if not lost or len(endpoints) < len(lost) or not known.keys() >= set(lost):
            return False
        self.disconnect_networks(action, name, lost, force=True)
        self.connect_networks(action, name, endpoints)
        return True

    def _apply_arguments(self, action: ActionConfig, name: str, kwargs: Mapping[str, Any]) -> None:
        detail = action.client.inspect_container(name)
        changed = sorted(self._changed_arguments(action, name, detail, kwargs))
        if not changed:
            return
        if detail['State'].get('StartedAt', INITIAL_START_TIME) != INITIAL_START_TIME:
            raise ValueError(f'{describe_item(action.config_id)} has been started before, and was made with other '
                             f"{', '.join(changed)}. Use 'shutdown', then 'startup' with these arguments.")
        log.info('%s is made anew for other %s.', describe_item(action.config_id), ', '.join(changed))
        # It never ran, so its own volumes have nothing in them yet.
        self.remove_container(action, name, v=True)
        self.create_container(action, name, **kwargs)
        self.connect_all_networks(action, name, **kwargs)

    def _changed_arguments(self, action: ActionConfig, name: str, detail: Mapping[str, Any],
                           kwargs: Mapping[str, Any]) -> Iterator[str]:
        """Arguments of creation that differ from those that a container was made with."""
        wanted = self.get_create_arguments(action.client_name, action.config_id, kwargs)
        label = parse_label((detail['Config'].get('Labels') or {}).get(LABEL))
        if label is None:
            yield from wanted
            return
        digests = {argument: digest(value) for argument, value in wanted.items()}
        yield from (argument for argument in {*digests, *label} if digests.get(argument) != label.get(argument))
        yield from self._changed_limits(action, name, detail, kwargs)
        yield from self._changed_networks(action, name, detail, kwargs)

    def _changed_limits(self, action: ActionConfig, name: str, detail: Mapping[str, Any],
                        kwargs: Mapping[str, Any]) -> Iterator[str]:
        """The same for limits and restart policy, which are not in the label."""
        host = self._create_kwargs(action, name, kwargs).get('host_config') or {}
        found = detail.get('HostConfig') or {}
        for option in CREATE_OPTIONS.values():
            key = option.path[1] if option.host and option.live and option.path else ''
            if key not in ('', 'NetworkMode') and host.get(key) and not _agrees(host[key], found.get(key)):
                yield option.name

    def _changed_networks(self, action: ActionConfig, name: str, detail: Mapping[str, Any],
                          kwargs: Mapping[str, Any]) -> Iterator[str]:
        """The same for network mode and networks, as far as the arguments say anything of them."""
        given = with_call_arguments(action, kwargs)[0].config
        mode, own_mode = (_network_mode(self._create_kwargs(action, name, said)) for said in (kwargs, None))
        prefix, _, target = mode.partition(':')
        target_id = self._policy.container_names[action.client_name].get(target)
        if mode != own_mode and _network_mode({'host_config': detail.get('HostConfig')}) not in (
                mode, f'{prefix}:{target_id}'):
            yield 'network_mode'
        joined = detail['NetworkSettings'].get('Networks') or {}
        map_name = action.config_id.map_name
        if given.networks != action.config.networks and not all(
                _has_joined(joined.get(self._policy.nname(map_name, endpoint.network_name)), endpoint)
                for endpoint in given.networks):
            yield 'networks'


def _network_mode(kwargs: Mapping[str, Any]) -> str:
    return str((kwargs.get('host_config') or {}).get('NetworkMode') or 'default')


def _has_joined(found: Mapping[str, Any] | None, endpoint: NetworkEndpoint) -> bool:
    if found is None:
        return False
    fixed = found.get('IPAMConfig') or {}
    addresses = (('IPv4Address', endpoint.ipv4_address), ('IPv6Address', endpoint.ipv6_address))
    return {engine_text(alias) for alias in endpoint.aliases or ()} <= set(found.get('Aliases') or ()) and all(
        not wanted or engine_text(wanted) == fixed.get(key) for key, wanted in addresses)


def _explain_lost_network(error: Exception) -> None:
    explanation = getattr(error, 'explanation', None)
    if explanation:
        # The SDK makes the text of its errors from this.
        hint = 'A network of the container was removed since; startup and update make it anew'
        error.explanation = f'{explanation}. {hint}'  # type: ignore[attr-defined]


def _agrees(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(found.get(key) == value for key, value in wanted.items())
    return bool(wanted == found)

"""Starting containers, also with arguments that only a new container can have."""
from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...functional import resolve_value
from .._describe import describe_item
from ..policy.label import LABEL, digest, parse_label
from ..policy.options import CREATE_OPTIONS
from ..policy.utils import INITIAL_START_TIME
from ._arguments import with_call_arguments
from ._parts import RunnerPart

if TYPE_CHECKING:
    from . import ActionConfig

log = logging.getLogger(__name__)


class StartMixin(RunnerPart):
    """Starts containers."""

    def start_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Start a container, and wait for the configured delay.

        With arguments, a container that was never started is made anew if it is to have others than it was made with.

        :param kwargs: What the configuration does not say, in its words or in those of the SDK.
        :raises ValueError: The container has been started before, and was made with other arguments.
        """
        started, remaining = with_call_arguments(action, kwargs)
        if kwargs:
            self._memory.set_config(action, name, started.config)
        if not action.client_config.features['host_config']:
            host = remaining.get('host_config')
            response = action.client.start(**self.get_container_host_config_kwargs(started, name, kwargs=host))
        else:
            if kwargs and not self._memory.is_new(action, name):
                self._apply_arguments(action, name, kwargs)
            response = action.client.start(name)
        delay = resolve_value(started.config.start_delay)
        if delay:
            time.sleep(delay)
        return response

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

    def _changed_limits(self, action: ActionConfig, name: str, detail: Mapping[str, Any],
                        kwargs: Mapping[str, Any]) -> Iterator[str]:
        """The same for what is not in the label, as engines can change it in place."""
        host = self._create_kwargs(action, name, kwargs).get('host_config') or {}
        found = detail.get('HostConfig') or {}
        for option in CREATE_OPTIONS.values():
            if option.host and option.live and option.path and host.get(option.path[1]):
                key = option.path[1]
                if not _agrees(host[key], found.get(key)):
                    yield option.name


def _agrees(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(found.get(key) == value for key, value in wanted.items())
    return bool(wanted == found)

"""What clients have asked for."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ['CHANGING_CALLS', 'READING_CALLS', 'Call', 'Record']

READING_CALLS = frozenset(
    (
        'close',
        'containers',
        'create_endpoint_config',
        'create_host_config',
        'create_networking_config',
        'exec_inspect',
        'get_image',
        'images',
        'info',
        'inspect_container',
        'inspect_image',
        'inspect_network',
        'inspect_volume',
        'logs',
        'networks',
        'ping',
        'port',
        'top',
        'version',
        'volumes',
        'wait',
    )
)
"""Methods of clients that change nothing."""

CHANGING_CALLS = frozenset(
    (
        'connect_container_to_network',
        'create_container',
        'create_container_from_config',
        'create_network',
        'create_volume',
        'disconnect_container_from_network',
        'exec_create',
        'exec_start',
        'kill',
        'load_image',
        'login',
        'pause',
        'pull',
        'put_archive',
        'remove_container',
        'remove_image',
        'remove_network',
        'remove_volume',
        'rename',
        'restart',
        'start',
        'stop',
        'tag',
        'unpause',
        'update_container',
    )
)
"""Methods of clients that change something."""


class Call(NamedTuple):
    """One call: the method, and the arguments that were given, by name."""

    method: str
    arguments: dict[str, object]
    subject: str = ''

    @property
    def changes(self) -> bool:
        """Whether calls of this method change something."""
        return self.method not in READING_CALLS


class Record(list[Call]):
    """Calls in the order in which they were made."""

    @property
    def changes(self) -> list[str]:
        """Calls that change something, in words such as ``start shop.web``."""
        return [f'{call.method} {call.subject}'.rstrip() for call in self if call.changes]

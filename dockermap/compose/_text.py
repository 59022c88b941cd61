"""Maps and client configurations from Compose files as YAML, with what was not carried over as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ..map._dump import map_text, yaml_text
from ..map.config.client import ClientConfiguration
from ..map.config.main import ContainerMap
from ._note import Note

__all__ = ['clients_text', 'compose_text', 'map_with_notes']

_DEFAULT_CLIENT = '__default__'


def map_with_notes(container_map: ContainerMap, notes: Iterable[Note] = ()) -> str:
    """A map file, which begins with notes as comments.

    :raises ValueError: The map has a value that cannot be written.
    """
    return comments(notes) + map_text(container_map)


def clients_text(client: ClientConfiguration, name: str = _DEFAULT_CLIENT) -> str:
    """A file of clients with one that publishes ports on the addresses of a Compose file; empty if there are none."""
    given = {'interfaces': dict(client.interfaces), 'interfaces_ipv6': dict(client.interfaces_ipv6)}
    settings = {key: value for key, value in given.items() if value}
    return yaml_text({name: settings}) if settings else ''


def compose_text(document: dict[str, object], notes: Iterable[Note] = ()) -> str:
    """A Compose file, which begins with notes as comments.

    :raises ValueError: It has a value that cannot be written, such as a late one.
    """
    return comments(notes) + yaml_text(document)


def comments(notes: Iterable[Note]) -> str:
    """Notes as comments of a YAML document."""
    lines = (
        line for note in notes for line in textwrap.wrap(str(note), 98, initial_indent='# ', subsequent_indent='#   ')
    )
    text = '\n'.join(lines)
    return f'# What could not be carried over as it is:\n{text}\n' if text else ''

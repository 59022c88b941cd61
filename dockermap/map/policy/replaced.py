"""Names and labels of containers while one takes the place of another.

A successor is created under a name of its own. When its predecessor has stopped and has been renamed, it gets the name
of the item. So what is there tells how far an interrupted replacement has come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SUCCESSOR = '..new'
"""End of the name of a container that is not yet what its item is called; names in maps have no two dots in a row."""

FORMER = '..former'
"""End of the name of a container that another one takes the place of."""

REPLACES = 'org.docker-map.replaces'
"""Label of a successor: JSON of what :class:`Former` has."""

CARRIED = 'org.docker-map.carried-volumes'
"""Label with the volumes that a container has from its predecessor and that nobody has named: a JSON list."""

RUN = 'org.docker-map.run'
"""Label of what is temporary: who made it, and until when it may be needed."""

_MARKED = re.compile(rf'(?P<name>.+){re.escape(SUCCESSOR)}\.(?P<run>[0-9a-f]+(?:-[0-9]*)+)')
_ANONYMOUS = re.compile('[0-9a-f]{64}')

RUNNING, PAUSED, STOPPED = 'running', 'paused', 'stopped'


def successor_name(name: str) -> str:
    """What a new container is called until it takes the place of the one of this name."""
    return f'{name}{SUCCESSOR}'


def marked_name(name: str, run: str) -> str:
    """What a container that was created before is called from its first start until its first commands have ended.

    Its labels cannot say who does that any more, so that its name does.

    :param run: Short text about the run.
    """
    return f'{successor_name(name)}.{run}'


def run_in_name(name: str) -> str | None:
    """What such a name says about the run; ``None`` if it is none."""
    # Most names are none of these.
    found = _MARKED.fullmatch(name) if SUCCESSOR in name else None
    return None if found is None else found['run']


def successor_in(names: Iterable[str], name: str) -> str:
    """What the container is called that is about to get a name, as far as that was listed."""
    marked: Mapping[str, str] = getattr(names, 'marked', {})
    return marked.get(name) or successor_name(name)


def former_name(name: str) -> str:
    """What the container of this name is called while another one takes its place."""
    return f'{name}{FORMER}'


def is_temporary(name: str) -> bool:
    """Whether a container has such a name."""
    return name.endswith((SUCCESSOR, FORMER)) or run_in_name(name) is not None


def final_name(name: str) -> str:
    """Name of the item that a container with such a name belongs to."""
    found = _MARKED.fullmatch(name)
    return found['name'] if found is not None else name.removesuffix(SUCCESSOR).removesuffix(FORMER)


@dataclass(frozen=True)
class Former:
    """The container that another one takes the place of.

    :param id: Its id; nothing for a container that takes nobody's place, but has to run its first commands.
    :param state: ``running``, ``paused``, or ``stopped``.
    :param restart: Its restart policy, with the engine's names.
    :param seconds: How long taking its place may last.
    """

    id: str | None = None
    state: str = STOPPED
    restart: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0

    @property
    def has_restart_policy(self) -> bool:
        """Whether the engine would start it again."""
        return str(self.restart.get('Name') or 'no') != 'no'

    def label(self) -> str:
        """Text of the label."""
        data = {'id': self.id, 'state': self.state, 'restart': dict(self.restart), 'seconds': self.seconds}
        return json.dumps(data, sort_keys=True, separators=(',', ':'))

    @classmethod
    def of_label(cls, text: str | None) -> Former | None:
        """What a label says; ``None`` if there is none that can be read."""
        try:
            data = json.loads(text or '')
            return cls(data['id'], str(data['state']), dict(data['restart']), float(data['seconds']))
        except (KeyError, TypeError, ValueError):
            return None

    @classmethod
    def of_detail(cls, detail: Mapping[str, Any], seconds: float) -> Former:
        """The container as an inspection shows it."""
        status: Mapping[str, Any] = detail.get('State') or {}
        runs = status.get('Running') or status.get('Restarting')
        state = PAUSED if status.get('Paused') else RUNNING if runs else STOPPED
        restart = (detail.get('HostConfig') or {}).get('RestartPolicy') or {}
        return cls(str(detail['Id']), state, dict(restart), seconds)


def carried_volumes(labels: Mapping[str, str] | None) -> list[str]:
    """Names of the volumes that a container has from its predecessor, and that nobody has named."""
    try:
        found = json.loads((labels or {}).get(CARRIED) or '[]')
    except ValueError:
        return []
    return [str(name) for name in found] if isinstance(found, list) else []


def anonymous_volumes(detail: Mapping[str, Any]) -> dict[str, str]:
    """Names of the volumes that the engine made for a container's own paths, without a name of theirs, by path."""
    paths = (detail.get('Config') or {}).get('Volumes') or ()
    # Podman does not show the paths, but has these volumes among the binds.
    binds = () if paths else (detail.get('HostConfig') or {}).get('Binds') or ()
    return {
        mount['Destination']: mount['Name']
        for mount in detail.get('Mounts') or ()
        if _ANONYMOUS.fullmatch(mount.get('Name') or '')
        and (mount['Destination'] in paths or any(bind.startswith(f'{mount["Name"]}:') for bind in binds))
    }

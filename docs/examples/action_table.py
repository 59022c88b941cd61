"""Writes the table of what each action does to each item in each state."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    ItemType,
    MapConfigId,
    MappingDockerClient,
)
from dockermap.map.exceptions import ScriptActionException
from dockermap.map.input import ExecCommand, NetworkEndpoint
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import ConfigState, State, StateFlags

MAP = {
    'web': {'attaches': {'data': '/data'}, 'networks': 'back'},
    'networks': {'back': None},
}
ITEMS = {
    ItemType.IMAGE: MapConfigId(ItemType.IMAGE, 'shop', 'web', 'latest'),
    ItemType.NETWORK: MapConfigId(ItemType.NETWORK, 'shop', 'back'),
    ItemType.VOLUME: MapConfigId(ItemType.VOLUME, 'shop', 'web', 'data'),
    ItemType.CONTAINER: MapConfigId(ItemType.CONTAINER, 'shop', 'web'),
}
CONNECTED = {'containers': {'0123': {'Name': 'shop.web'}}}
CHANGED = StateFlags.MISC_MISMATCH


class Case(NamedTuple):
    """A state of an item, in words and as the states have it."""

    words: str
    base_state: State
    flags: int = 0
    extra_data: dict[str, Any] = {}


CASES: dict[ItemType, list[Case]] = {
    ItemType.IMAGE: [
        Case('absent', State.ABSENT),
        Case('present', State.PRESENT),
    ],
    ItemType.NETWORK: [
        Case('absent', State.ABSENT),
        Case('present', State.PRESENT),
        Case('present, containers connected', State.PRESENT, 0, CONNECTED),
        Case('changed', State.PRESENT, CHANGED),
        Case(
            'changed, containers connected', State.PRESENT, CHANGED, CONNECTED
        ),
    ],
    ItemType.VOLUME: [
        Case('absent', State.ABSENT),
        Case('present', State.PRESENT),
        Case('changed', State.PRESENT, CHANGED),
        Case('in force_update', State.PRESENT, StateFlags.FORCED_RESET),
        Case(
            'stand-in that was never started',
            State.PRESENT,
            StateFlags.INITIAL,
        ),
    ],
    ItemType.CONTAINER: [
        Case('absent', State.ABSENT),
        Case('never started', State.PRESENT, StateFlags.INITIAL),
        Case('stopped', State.PRESENT),
        Case('stopped, persistent', State.PRESENT, StateFlags.PERSISTENT),
        Case(
            'stopped, not recoverable',
            State.PRESENT,
            StateFlags.NONRECOVERABLE,
        ),
        Case('stopped, changed', State.PRESENT, CHANGED),
        Case(
            'job that has done its work', State.PRESENT, StateFlags.COMPLETED
        ),
        Case(
            'job that has done its work, changed',
            State.PRESENT,
            StateFlags.COMPLETED | CHANGED,
        ),
        Case('job that has failed', State.PRESENT, StateFlags.FAILED),
        Case(
            'restarting again and again', State.PRESENT, StateFlags.RESTARTING
        ),
        Case('running', State.RUNNING),
        Case('running, persistent', State.RUNNING, StateFlags.PERSISTENT),
        Case('running, changed', State.RUNNING, CHANGED),
        Case(
            'running, changed, persistent',
            State.RUNNING,
            CHANGED | StateFlags.PERSISTENT,
        ),
        Case(
            'running, limits changed',
            State.RUNNING,
            StateFlags.HOST_CONFIG_UPDATE,
            {'update_container': {}},
        ),
        Case(
            'running, command missing',
            State.RUNNING,
            StateFlags.EXEC_COMMANDS,
            {'exec_commands': [ExecCommand('sync')]},
        ),
        Case(
            'running, network missing',
            State.RUNNING,
            StateFlags.NETWORK_DISCONNECTED,
            {'disconnected': [NetworkEndpoint('back')]},
        ),
        Case(
            'running, alias missing in network',
            State.RUNNING,
            StateFlags.NETWORK_MISMATCH,
            {'reconnect': [('shop.back', NetworkEndpoint('back'))]},
        ),
        Case(
            'running, in another network',
            State.RUNNING,
            StateFlags.NETWORK_LEFT,
            {'left': {'bridge'}},
        ),
    ],
}
ALWAYS_SEEN = (
    StateFlags.INITIAL
    | StateFlags.PERSISTENT
    | StateFlags.NONRECOVERABLE
    | StateFlags.RESTARTING
    | StateFlags.COMPLETED
    | StateFlags.FAILED
)
"""What all actions find out; only an update finds everything else."""
ALSO_SEEN = {
    'start': StateFlags.EXEC_COMMANDS,
    'startup': StateFlags.EXEC_COMMANDS,
}
"""What single actions find out beside that."""
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ('create', {}),
    ('start', {}),
    ('startup', {}),
    ('restart', {}),
    ('restart', {'restart_exec_commands': True}),
    ('stop', {}),
    ('remove', {}),
    ('remove', {'remove_persistent': False}),
    ('shutdown', {}),
    ('shutdown', {'remove_persistent': False}),
    ('shutdown', {'remove_attached': True}),
    ('signal', {}),
    ('pull_images', {}),
    ('pull_images', {'pull_all_images': False}),
    ('update', {}),
    ('update', {'update_persistent': True}),
    ('update', {'pull_before_update': True}),
    ('script', {}),
    ('script', {'remove_existing_before': True}),
]


def is_seen(action_name: str, case: Case) -> bool:
    """Whether an action can tell a state from others."""
    seen = ALWAYS_SEEN | ALSO_SEEN.get(action_name, StateFlags.NONE)
    return action_name == 'update' or not case.flags & ~seen


class EmptyEngine:
    """Answers that nothing exists."""

    api_version = '1.41'

    def containers(self, **_: Any) -> list[Any]:
        return []

    def networks(self) -> list[Any]:
        return [
            {'Name': name, 'Id': name} for name in ('bridge', 'shop.back')
        ]


def planned(
    action_name: str, options: dict[str, Any], item_type: ItemType, case: Case
) -> str:
    """What an action would do, in the order in which it would do it."""
    client = MappingDockerClient(
        ContainerMap('shop', MAP), ClientConfiguration(client=EmptyEngine())
    )
    generator = client.get_action_generator(
        action_name, client.get_policy(), dict(options)
    )
    state = ConfigState(
        '__default__',
        ITEMS[item_type],
        ConfigFlags(ConfigFlags.NONE),
        case.base_state,
        StateFlags(case.flags),
        dict(case.extra_data),
    )
    try:
        actions = generator.get_state_actions(state) or ()
    except ScriptActionException:
        return 'error'
    return ', '.join(
        member.name for action in actions for member in action.action_types
    )


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Rows where something is done; variants have only what differs."""
    for action_name, options in VARIANTS:
        title = ', '.join(
            [
                action_name,
                *(f'{name}={value}' for name, value in options.items()),
            ]
        )
        for item_type, cases in CASES.items():
            found: dict[str, list[str]] = {}
            for case in cases:
                if not is_seen(action_name, case):
                    continue
                done, usual = (
                    planned(action_name, options, item_type, case),
                    planned(action_name, {}, item_type, case),
                )
                if done != usual or (done and not options):
                    found.setdefault(done or 'nothing', []).append(case.words)
            for done, words in found.items():
                yield title, item_type.value, '; '.join(words), done


def table(lines: Iterable[tuple[str, ...]]) -> str:
    """The rows as text with commas."""
    text = io.StringIO()
    csv.writer(text, lineterminator='\n').writerows(lines)
    return text.getvalue()


def generated() -> str:
    """The whole table with its heading."""
    logging.disable(logging.WARNING)
    try:
        return table([('Action', 'Item', 'State', 'Does'), *rows()])
    finally:
        logging.disable(logging.NOTSET)


if __name__ == '__main__':
    Path(__file__).parent.parent.joinpath('guide', 'actions.csv').write_text(
        generated(), encoding='utf-8'
    )

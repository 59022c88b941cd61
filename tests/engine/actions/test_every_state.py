"""Brings items of each type into each state of the documented table, and looks whether actions do what it says."""

from __future__ import annotations

import ast
import contextlib
import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import docker
import pytest

from dockermap.api import ClientConfiguration, ContainerMap, ItemType, MapConfigId, MappingDockerClient
from dockermap.map.exceptions import ScriptActionException
from dockermap.map.policy.ownership import MAP_LABEL

TABLE = Path(__file__).parents[3] / 'docs' / 'guide' / 'action_proofs.csv'
ENDS = {'create_options': {'command': ['sh', '-c', 'exit 127']}}
WORKS = {'create_options': {'command': ['true']}}
FAILS = {'create_options': {'command': ['false']}}
JOB = {'job': True}
LOOPS = {'create_options': {'command': ['sh', '-c', 'exit 1']}, 'host_config': {'restart_policy': {'Name': 'always'}}}
OTHER = {'create_options': {'environment': {'A': '1'}}}
KEPT = {'persistent': True}
LEADS_TO = {
    'CREATE': 'created',
    'START': 'running',
    'SIGNAL_STOP': 'exited',
    'KILL': 'exited',
    'REMOVE': None,
    'SCRIPT': None,
}
ENDED_BY_THEMSELVES = (
    'stopped, not recoverable',
    'job that has done its work',
    'job that has failed',
)
MTU = {'driver_options': {'com.docker.network.driver.mtu': 1400}}
SMALL = {'driver_options': {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m'}}


class Container(NamedTuple):
    """How a container gets into a state: settings while it is made, afterwards, and what is done to it."""

    made_by: str | None = 'startup'
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    then: str = ''


CONTAINERS = {
    'absent': Container(None),
    'never started': Container('create'),
    'stopped': Container(then='stop'),
    'stopped, persistent': Container('startup', KEPT, KEPT, 'stop'),
    'stopped, not recoverable': Container('startup', ENDS, ENDS, 'wait'),
    'stopped, changed': Container('startup', {}, OTHER, 'stop'),
    'job that has done its work': Container('startup', WORKS, {**WORKS, **JOB}, 'wait'),
    'job that has done its work, changed': Container('startup', WORKS, {**OTHER, **JOB}, 'wait'),
    'job that has failed': Container('startup', FAILS, {**FAILS, **JOB}, 'wait'),
    'restarting again and again': Container('startup', LOOPS, LOOPS, 'loop'),
    'running': Container(),
    'running, persistent': Container('startup', KEPT, KEPT),
    'running, changed': Container('startup', {}, OTHER),
    'running, changed, persistent': Container('startup', KEPT, {**KEPT, **OTHER}),
    'running, limits changed': Container('startup', {}, {'host_config': {'mem_limit': '32m'}}),
    'running, command missing': Container('startup', {}, {'exec_commands': ['sleep 991']}),
    'running, network missing': Container('startup', {'networks': 'back'}, {'networks': 'back'}, 'disconnect'),
    'running, alias missing in network': Container('startup', {'networks': 'back'}, {'networks': {'back': 'alias'}}),
    'running, in another network': Container('startup', {'networks': ['back', 'front']}, {'networks': 'back'}),
}
NETWORKS = {
    'absent': ({}, {}),
    'present': ({}, {}),
    'present, containers connected': ({}, {}),
    'changed': ({}, MTU),
    'changed, containers connected': ({}, MTU),
}
LOOPING = 'container', 'restarting again and again'
STAND_IN = 'stand-in that was never started'
VOLUMES = {
    'absent': ({}, {}),
    'present': ({}, {}),
    'changed': ({}, SMALL),
    'in force_update': ({}, {}),
    STAND_IN: ({}, {}),
}


def titles_and_rows() -> dict[str, dict[tuple[str, str], str]]:
    """What the table says, by action, item type and state."""
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    with TABLE.open(encoding='utf-8', newline='') as lines:
        for row in csv.DictReader(lines):
            found[row['Action']][row['Item'], row['State']] = row['Does']
    return found


ROWS = titles_and_rows()


def key(words: str) -> str:
    return words.replace(', ', '-').replace(' ', '_')


class Noting(MappingDockerClient):
    """Keeps what runners have carried out, also if a call fails."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.runners: list[Any] = []

    def get_runner(self, *args: Any) -> Any:
        self.runners.append(super().get_runner(*args))
        return self.runners[-1]

    @property
    def steps(self) -> dict[MapConfigId, list[str]]:
        """Names of the steps by item."""
        found: dict[MapConfigId, list[str]] = defaultdict(list)
        for runner in self.runners:
            for output in runner.completed:
                found[output.config_id].append(output.action_type.name)
        return found


class Stage:
    """A map with an item of each type in each state."""

    def __init__(
        self,
        connection: docker.APIClient,
        prefix: str,
        images: dict[str, str],
        defaults: dict[str, Any],
        states: dict[tuple[str, str], str],
    ) -> None:
        self._connection, self._prefix, self._images, self._defaults = connection, prefix, images, defaults
        self._words = {
            kind: [words for found, words in states if found == kind]
            for kind in ('image', 'network', 'volume', 'container')
        }

    def client(self, is_after: bool, has_volumes: bool = True) -> Noting:
        container_map = ContainerMap(self._prefix, self._content(is_after))
        configuration = ClientConfiguration(
            version=self._connection.api_version, client=self._connection, features={'volumes': has_volumes}
        )
        return Noting(container_map, configuration, option_defaults=self._defaults)

    def _content(self, is_after: bool) -> dict[str, Any]:
        content: dict[str, Any] = {
            key(words): self._service(CONTAINERS[words].after if is_after else CONTAINERS[words].before)
            for words in self._words['container']
        }
        content['volumes_of'] = {**self._service({}), 'attaches': [key(words) for words in self._words['volume']]}
        content['absent']['image'] = self._images['absent']
        networks = {f'n-{key(words)}': NETWORKS[words][is_after] for words in self._words['network']}
        content['networks'] = {'back': None, 'front': None, **networks}
        content['volumes'] = {
            key(words): {'default_path': f'/{number}', **VOLUMES[words][is_after]}
            for number, words in enumerate(self._words['volume'])
        }
        return content

    def _service(self, settings: dict[str, Any]) -> dict[str, Any]:
        """A container that runs until it is stopped; without a network where none is meant, which is quicker."""
        network = {} if 'networks' in settings else {'network_mode': 'none'}
        command = {'command': ['sh', '-c', "trap 'exit 0' TERM; sleep 1000 & wait"]}
        return {
            'image': self._images['present'],
            'stop_timeout': 1,
            **network,
            **settings,
            'create_options': {**command, **settings.get('create_options', {})},
        }

    def item(self, kind: str, words: str) -> MapConfigId:
        if kind == 'image':
            repository, _, tag = self._images[words].rpartition(':')
            return MapConfigId(ItemType.IMAGE, self._prefix, repository, tag)
        if kind == 'network':
            return MapConfigId(ItemType.NETWORK, self._prefix, f'n-{key(words)}')
        if kind == 'volume':
            return MapConfigId(ItemType.VOLUME, self._prefix, 'volumes_of', key(words))
        return MapConfigId(ItemType.CONTAINER, self._prefix, key(words))

    def all_items(self) -> list[MapConfigId]:
        """Everything that can be asked for; images come along, and stand-ins need a client of their own."""
        return [
            self.item(kind, words)
            for kind in ('network', 'volume', 'container')
            for words in self._words[kind]
            if words != STAND_IN
        ]

    def set_up(self) -> None:
        client = self.client(False)
        client.create(
            [
                self.item(kind, words)
                for kind in ('network', 'volume')
                for words in self._words[kind]
                if words not in ('absent', STAND_IN)
            ]
        )
        self._connection.create_container(
            self._images['present'],
            ['true'],
            name=f'{self._prefix}.{key(STAND_IN)}',
            volumes=[f'/{self._words["volume"].index(STAND_IN)}'],
            labels={MAP_LABEL: self._prefix},
        )
        for action in ('create', 'startup'):
            client.call(
                action,
                [
                    self.item('container', words)
                    for words in self._words['container']
                    if CONTAINERS[words].made_by == action
                ],
            )
        self._connect_foreign()
        for words in self._words['container']:
            self._afterwards(f'{self._prefix}.{key(words)}', CONTAINERS[words].then)

    def _connect_foreign(self) -> None:
        foreign = self._connection.create_container(
            self._images['present'], ['sleep', '1000'], name=f'{self._prefix}-foreign'
        )
        self._connection.start(foreign)
        for words in self._words['network']:
            if 'connected' in words:
                self._connection.connect_container_to_network(foreign, f'{self._prefix}.n-{key(words)}')

    def _afterwards(self, name: str, then: str) -> None:
        if then == 'stop':
            self._connection.stop(name, timeout=0)
        elif then == 'wait':
            self._connection.wait(name)
        elif then == 'disconnect':
            self._connection.disconnect_container_from_network(name, f'{self._prefix}.back')
        elif then == 'loop':
            while self._connection.inspect_container(name)['RestartCount'] < 1:
                time.sleep(0.1)


@pytest.fixture
def images(api: docker.APIClient, base_image: str, open_registry: str, unique: str) -> Iterator[dict[str, str]]:
    """Names of two images in a registry; only one of them is on the engine."""
    names = {state: f'{open_registry}/{unique}/{state}:1' for state in ('absent', 'present')}
    for name in names.values():
        # Podman takes no tag in the name.
        api.tag(base_image, *name.rsplit(':', 1))
        api.push(name)
    api.remove_image(names['absent'])
    yield names
    for container in api.containers(all=True):
        if any(name.startswith(f'/{unique}') for name in container['Names']):
            api.remove_container(container['Id'], force=True, v=True)
    for name in names.values():
        with contextlib.suppress(docker.errors.NotFound):
            api.remove_image(name)


def call(client: Noting, title: str, items: list[MapConfigId], forced: MapConfigId | None = None) -> set[MapConfigId]:
    """Call an action by its title in the table; returns items that it refuses."""
    name, *options = title.split(', ')
    kwargs: dict[str, Any] = {
        option: ast.literal_eval(value) for option, _, value in (part.partition('=') for part in options)
    }
    if name == 'update' and forced is not None:
        kwargs['force_update'] = forced
    if name != 'script':
        client.call(name, items, **kwargs)
        return set()
    refused = set()
    for item in items:
        try:
            client.call(name, [item], command_format=['true'], **kwargs)
        except ScriptActionException:
            refused.add(item)
    return refused


def defaults_with(options: dict[str, Any], images: dict[str, str]) -> dict[str, Any]:
    """Policy options; jobs that fail again are errors where somebody looks."""
    return {**options, 'base_image': images['present'], 'wait': False}


@pytest.mark.parametrize('title', ROWS)
def test_an_action_does_what_the_table_says(
    title: str,
    recorder: docker.APIClient,
    unique: str,
    images: dict[str, str],
    option_defaults: dict[str, Any],
    found: Callable[[], dict[str, str]],
) -> None:
    rows = {row: steps for row, steps in ROWS[title].items() if row != LOOPING}
    stage = Stage(recorder, unique, images, defaults_with(option_defaults, images), rows)
    stage.set_up()
    client, old_client = stage.client(True), stage.client(True, has_volumes=False)
    forced, stand_in = (stage.item('volume', words) for words in ('in force_update', STAND_IN))
    refused = call(client, title, stage.all_items(), forced)
    call(old_client, title, [stand_in], forced)
    steps = {**client.steps, stand_in: old_client.steps[stand_in]}

    def done(kind: str, words: str) -> str:
        item = stage.item(kind, words)
        return 'error' if item in refused else ', '.join(steps.get(item, [])) or 'nothing'

    # A new container is created before the former one is removed.
    assert {row: sorted(done(*row).split(', ')) for row in rows} == {
        row: sorted(steps.split(', ')) for row, steps in rows.items()
    }
    states = found()
    wrong = [
        words
        for kind, words in rows
        if kind == 'container'
        and words not in ENDED_BY_THEMSELVES
        and not fits(rows[kind, words], states.get(key(words)))
    ]
    assert wrong == []


def test_actions_do_what_the_table_says_with_one_that_restarts_again_and_again(
    recorder: docker.APIClient, unique: str, images: dict[str, str], option_defaults: dict[str, Any]
) -> None:
    done = {}
    for number, title in enumerate(ROWS):
        states = dict.fromkeys([LOOPING, ('container', 'absent'), ('volume', STAND_IN)], '')
        stage = Stage(recorder, f'{unique}{number}', images, defaults_with(option_defaults, images), states)
        stage.set_up()
        client, item = stage.client(True), stage.item(*LOOPING)
        done[title] = {'error'} if call(client, title, [item]) else set(client.steps[item] or ['nothing'])
        # Those that are left would keep the engine busy.
        with contextlib.suppress(docker.errors.NotFound):
            recorder.remove_container(f'{unique}{number}.{key(LOOPING[1])}', force=True)
    assert done == {title: set(rows[LOOPING].split(', ')) for title, rows in ROWS.items()}


def fits(steps: str, state: str | None) -> bool:
    """Whether a container is where the steps must have led to."""
    last = [LEADS_TO[step] for step in steps.split(', ') if step in LEADS_TO]
    return not last or state == last[-1]

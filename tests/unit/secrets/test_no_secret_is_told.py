"""A marked secret in every place that can hold one, through every action: nothing that is printed or kept shows it."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.client.cli import DockerCliClient
from dockermap.docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS, Type
from dockermap.functional import lazy, lazy_once
from dockermap.testing import InMemoryEngine, Killed

SECRET = 'hunter2-xyzzy'

Settings = dict[str, Any]


class Place(NamedTuple):
    """Where a secret stands: a change of the map, of the client, or an argument of calls."""

    id: str
    put: Callable[[Settings], object] = lambda settings: None
    client: Settings = {}
    arguments: Settings = {}


def stack() -> Settings:
    """A stack in which each action has something to do."""
    return {
        'networks': {'back': {}},
        'volumes': {'data': {'default_path': '/data', 'user': '1000', 'permissions': '0750'}},
        'web': {
            'image': 'web',
            'stop_timeout': 1,
            'networks': 'back',
            'attaches': ['data'],
            'create_options': {'command': ['serve'], 'environment': {'STAGE': 'a'}},
            'host_config': {},
            'exec_commands': [{'cmd': ['warm', 'up'], 'user': 'root', 'policy': 'initial'}],
        },
        'user': {'image': 'api', 'stop_timeout': 1, 'links': 'web', 'networks': 'back', 'uses': 'data'},
    }


def _options(name: str, value: Any, section: str = 'create_options') -> Place:
    return Place(f'{section}.{name}', lambda settings: settings['web'].setdefault(section, {}).update({name: value}))


def _of(*path: str, value: Any) -> Place:
    def put(settings: Settings) -> None:
        entry = settings
        for key in path[:-1]:
            entry = entry.setdefault(key, {})
        entry[path[-1]] = value

    return Place('.'.join(path), put)


# One value with a secret for each type that is not known to be harmless; the others are of a fixed form.
_VALUES: dict[Type, Any] = {
    Type.COMMAND: ['run', f'--password={SECRET}'],
    Type.ENVIRONMENT: {'PASSWORD': SECRET},
    Type.HEALTHCHECK: {'test': ['CMD', 'check', SECRET], 'interval': '10s'},
    Type.LABELS: {'org.example.token': SECRET},
    Type.LOG_CONFIG: {'type': 'json-file', 'config': {'labels': SECRET}},
    Type.MOUNTS: [
        {
            'Type': 'volume',
            'Source': 'nfs',
            'Target': '/nfs',
            'VolumeOptions': {'DriverConfig': {'Name': 'local', 'Options': {'o': f'password={SECRET}'}}},
        }
    ],
    Type.TEXTS: [f'label=user:{SECRET}'],
    Type.TEXT_MAP: {'kernel.domainname': SECRET},
}
_MOUNT = {'type': 'cifs', 'device': '//host/share', 'o': f'username=me,password={SECRET}'}
_LEFT_OUT = {'networking_config', 'lxc_conf', 'healthcheck'}
"""Arguments with a property of their own, and those that no engine in memory takes."""

OPTIONS = [
    _options(option.name, _VALUES[option.type], 'host_config' if option.host else 'create_options')
    for option in CREATE_OPTIONS.values()
    if option.type in _VALUES and option.name not in _LEFT_OUT
]
OTHERS = [
    _options('environment', [f'PASSWORD={SECRET}']),
    _options('environment', {'PASSWORD': lazy(lambda: SECRET)}),
    _options('environment', {'PASSWORD': lazy_once(lambda: SECRET)}),
    _options('command', f'run --password {SECRET}'),
    _options('log_config', {'driver': 'json-file', 'options': {'env': SECRET}}, 'host_config'),
    _of('web', 'environment', value={'PASSWORD': SECRET}),
    _of('web', 'healthcheck', value={'test': ['CMD', 'check', SECRET]}),
    _of('web', 'healthcheck', value={'test': f'check {SECRET}'}),
    _of('web', 'exec_commands', value=[[['login', SECRET]], {'cmd': f'login {SECRET}', 'policy': 'restart'}]),
    _of('web', 'secrets', value={'password': SECRET}),
    _of('web', 'configs', value={'site.conf': {'text': lazy(lambda: SECRET), 'path': '/etc/site.conf'}}),
    _of('user', 'instances', value={'blue': {'create_options': {'environment': {'PASSWORD': SECRET}}}, 'green': {}}),
    _of('volumes', 'data', 'driver_options', value=_MOUNT),
    _of('networks', 'back', 'driver_options', value={'org.example.key': SECRET}),
    *(
        _of(
            section,
            entry,
            'create_options',
            option.name,
            value=_MOUNT if section == 'volumes' and option.type == Type.TEXT_MAP else _VALUES[option.type],
        )
        for section, entry, options in (('volumes', 'data', VOLUME_OPTIONS), ('networks', 'back', NETWORK_OPTIONS))
        for option in options.values()
        if option.type in _VALUES
    ),
    Place('a client', client={'base_url': f'http://me:{SECRET}@127.0.0.1:2375'}),
    Place('a login', client={'auth_configs': {'docker.io': {'username': 'me', 'password': SECRET}}}),
    Place('an argument', arguments={'environment': {'PASSWORD': SECRET}}),
]
PLACES = [*OPTIONS, *OTHERS]

_TAKING = ('create', 'startup')
ACTIONS = ['create', 'start', 'startup', 'update', 'restart', 'stop', 'shutdown', 'remove', 'kill', 'pull_images']


class Told:
    """What a person, a log or a file could get to see."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, *things: object) -> None:
        for thing in things:
            self.texts += [repr(thing), str(thing)]

    def note_error(self, error: BaseException) -> None:
        self.note(error, *error.args)
        self.texts.append(''.join(traceback.format_exception(error)))
        for name in ('results', 'completed', 'failures', 'errors', 'skipped', 'undone', 'client_errors'):
            self.note(getattr(error, name, ''))

    def shows_secret(self) -> list[str]:
        return [text for text in self.texts if SECRET in text]


def front_end(place: Place, engine: InMemoryEngine, changed: bool = False) -> MappingDockerClient:
    settings = stack()
    place.put(settings)
    if changed:
        # Everything differs from what is there, by the secret or beside it.
        settings['web']['create_options'] = {**settings['web']['create_options'], 'tty': True}
        settings['networks']['back']['internal'] = True
    configuration = ClientConfiguration(**{'client': engine.client(), 'version': engine.api_version, **place.client})
    return MappingDockerClient(ContainerMap('shop', settings), configuration)


def an_engine(place: Place, action: str) -> InMemoryEngine:
    engine = InMemoryEngine('web', 'api', 'busybox', api_version='1.48')
    if action == 'pull_images':
        hub = engine.registry('docker.io')
        for name in ('web', 'api'):
            hub.publish(name)
            engine.client().remove_image(name)
        return engine
    if action in ('create', 'startup'):
        return engine
    if action == 'start':
        front_end(place, engine).create('__all__')
    else:
        # A container as it was before there was a secret.
        before = place if action != 'update' else Place('')
        front_end(before, engine).startup('__all__')
    return engine


def call(place: Place, action: str, engine: InMemoryEngine, told: Told) -> None:
    """Everything that can be said of a call, and the call."""
    client = front_end(place, engine, changed=action == 'update')
    arguments = copy.deepcopy(place.arguments) if action in _TAKING else {}
    told.note(client, client.maps['shop'], client.clients, *client.clients.values())
    told.note(*(config for _, config in client.maps['shop']), *client.maps['shop'].networks.values())
    told.note(*client.maps['shop'].volumes.values(), client.get_policy())
    try:
        told.note(*client.get_states(action, '__all__'))
        told.note(*client.get_actions(action, '__all__', **arguments))
        plan = client.plan(action, '__all__', **arguments)
        told.note(plan, plan.operations, json.dumps(plan.to_dict()))
        told.texts += [plan.text(calls=True), plan.text()]
        results = client.run_actions(action, '__all__', listener=told.note, **arguments)
        told.note(results)
    except Exception as error:
        told.note_error(error)
    except Killed as error:
        told.texts.append(str(error))
    told.note(*client.status('__all__'))


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Told]:
    caplog.set_level(logging.DEBUG)
    found = Told()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter('always')
        yield found
    found.note(*(str(warning.message) for warning in warned))
    found.texts += [record.getMessage() for record in caplog.records]
    assert not found.shows_secret()


def test_the_stack_uses_what_it_is_given(told: Told) -> None:
    engine = an_engine(OTHERS[0], 'startup')
    call(OTHERS[0], 'startup', engine, told)
    assert f'PASSWORD={SECRET}' in engine.client().inspect_container('shop.web')['Config']['Env']


@pytest.mark.parametrize('action', ACTIONS)
@pytest.mark.parametrize('place', PLACES, ids=[f'{number}-{place.id}' for number, place in enumerate(PLACES)])
def test_no_secret_is_told_by_an_action(place: Place, action: str, told: Told) -> None:
    call(place, action, an_engine(place, action), told)


@pytest.mark.parametrize('action', ['startup', 'update', 'shutdown'])
@pytest.mark.parametrize('place', PLACES, ids=[f'{number}-{place.id}' for number, place in enumerate(PLACES)])
def test_no_secret_is_told_by_a_failure(place: Place, action: str, told: Told) -> None:
    origin = an_engine(place, action)
    undisturbed = origin.copy()
    call(place, action, undisturbed, Told())
    # Places take turns with the requests that fail.
    begin = 1 + PLACES.index(place) % min(3, len(undisturbed.changes))
    numbers = range(begin, len(undisturbed.changes) + 1, 3)
    for number, kind in zip(numbers, ['refused', 'lost-after', 'timeout-before'] * len(numbers), strict=False):
        engine = origin.copy()
        engine.faults.add(number=number, kind=kind)  # type: ignore[arg-type]
        call(place, action, engine, told)


@pytest.mark.parametrize('kind', [None, 'refused', 'lost-after', 'timeout-before'])
@pytest.mark.parametrize('number', [1, 2, 3, 4])
def test_no_secret_of_a_script_is_told(kind: Any, number: int, tmp_path: Path, told: Told) -> None:
    (tmp_path / 'load.sh').write_text(f'login {SECRET}')
    engine = InMemoryEngine('web', 'busybox')
    client = MappingDockerClient(
        ContainerMap('shop', {'web': {'image': 'web', 'create_options': {'environment': {'PASSWORD': SECRET}}}}),
        ClientConfiguration(client=engine.client(), version='1.41'),
    )
    if kind:
        engine.faults.add(number=number, kind=kind)
    try:
        results = client.run_script(
            'web',
            script_path=str(tmp_path),
            entrypoint='/bin/sh',
            wait_timeout=3,
            command_format=['-c', f'{{script_path}}/load.sh {SECRET}'],
        )
        told.note(*results)
    except Exception as error:
        told.note_error(error)
    assert engine.calls


COMMANDS: list[Callable[[MappingDockerClient], Any]] = [
    lambda client: client.startup('web'),
    lambda client: client.pull_images('web'),
    lambda client: client.update('web'),
]


@pytest.mark.parametrize('run', COMMANDS)
def test_neither_environment_nor_passwords_are_on_a_command_line(run: Callable[[MappingDockerClient], Any]) -> None:
    lines: list[str] = []

    def carried_out(command: str, input: bytes | None = None) -> str:
        lines.append(command)
        return '[]' if ' inspect' in command else ''

    settings = {'web': {'image': 'web', 'create_options': {'environment': {'PASSWORD': SECRET}}}}
    login = {'docker.io': {'username': 'me', 'password': SECRET}}
    configuration = ClientConfiguration(client=DockerCliClient(carried_out), version='1.41', auth_configs=login)
    with contextlib.suppress(Exception):
        run(MappingDockerClient(ContainerMap('shop', settings), configuration))
    assert lines
    assert not [line for line in lines if SECRET in line]

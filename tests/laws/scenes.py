"""Where a fault can happen: stacks, what their engine is like before a call, and the call."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dockermap.api import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.testing import File, InMemoryEngine
from tests.laws.engines import GROUPS, USERS, front_end

Settings = dict[str, Any]
Change = Callable[[Settings], None]

PREFIX = 'shop'
SERVE = ['sh', '-c', "trap 'exit 0' TERM INT; while :; do sleep 0.1; done"]
KEPT = '/kept'
"""A file that is in each named volume before the call, where there is a volume."""

IMAGE_FILES = {'/srv/data': File(owner=7, group=7, mode=0o700), '/srv/data/begin': File('made by the image', 7, 7)}
INITIAL = ['sh', '-c', 'echo once']
AGAIN = 'sleep 5000'


def network_stack() -> Settings:
    """Networks with aliases, a fixed address and links, a volume with owner and mode, commands, two instances."""
    return {
        'networks': {
            'back': {'create_options': {'ipam': {'Config': [{'Subnet': '10.77.1.0/24'}]}}},
            'front': {'driver_options': {'com.docker.network.bridge.name': 'front0'}},
        },
        'volumes': {'data': {'default_path': '/srv/data', 'user': 'daemon', 'permissions': '0750'}},
        'containers': {
            'db': {
                'image': 'site:1',
                'stop_timeout': 1,
                'attaches': ['data'],
                'networks': {'back': {'aliases': ['store'], 'ipv4_address': '10.77.1.10'}},
                'create_options': {'command': SERVE, 'environment': {'STAGE': 'a'}},
                'host_config': {'mem_limit': '64m'},
                'exec_commands': [
                    {'cmd': INITIAL, 'user': 'root', 'policy': 'initial'},
                    {'cmd': AGAIN, 'user': 'root', 'policy': 'restart'},
                ],
            },
            'app': {
                'image': 'site:1',
                'stop_timeout': 1,
                'instances': ['blue', 'green'],
                'uses': {'data': ['/used', 'ro']},
                'links': {'db': 'database'},
                'networks': {'back': {}, 'front': {'aliases': ['www']}},
                'create_options': {'command': SERVE, 'environment': {'STAGE': 'a'}},
            },
        },
    }


def volume_stack() -> Settings:
    """Legacy links, a shared network, volumes of two owners, shared paths, and a persistent container."""
    return {
        'use_attached_parent_name': True,
        'volumes': {'data': {'default_path': '/srv/data'}, 'logs': {'default_path': '/var/log/shop'}},
        'containers': {
            'store': {
                'image': 'site:1',
                'stop_timeout': 1,
                'persistent': True,
                'user': 'nobody:nogroup',
                'permissions': 'u=rwX,g=rX,o=',
                'attaches': ['data', 'logs'],
                'shares': ['/spool'],
                'create_options': {'command': SERVE},
            },
            'worker': {
                'image': 'tool:1',
                'stop_timeout': 1,
                'stop_signal': 'SIGINT',
                'attaches': ['data'],
                'user': 'daemon',
                'uses': {'store.data': '/other', 'store': 'rw'},
                'links': {'store': 'store'},
                'create_options': {'command': SERVE, 'environment': {'STAGE': 'a'}},
                'host_config': {'cpu_shares': 256},
            },
            'monitor': {
                'image': 'tool:1',
                'stop_timeout': 1,
                'network_mode': 'worker',
                'create_options': {'command': SERVE},
                'exec_commands': [{'cmd': AGAIN, 'user': 'root', 'policy': 'restart'}],
            },
        },
    }


def file_stack() -> Settings:
    """A container with secrets and configs, and an attached volume."""
    return {
        'volumes': {'data': {'default_path': '/srv/data', 'user': 'daemon', 'permissions': '0750'}},
        'containers': {
            'app': {
                'image': 'site:1',
                'stop_timeout': 1,
                'attaches': ['data'],
                'secrets': {'password': {'text': 'a', 'user': 1, 'mode': '0400'}, 'key': 'k'},
                'configs': {'site.conf': 'a=1'},
                'create_options': {'command': SERVE},
            },
        },
    }


STACKS: dict[str, Callable[[], Settings]] = {
    'networks': network_stack,
    'volumes': volume_stack,
    'files': file_stack,
}


def _configs(settings: Settings) -> dict[str, Settings]:
    found: dict[str, Settings] = settings['containers']
    return found


def change_environment(settings: Settings) -> None:
    for config in _configs(settings).values():
        config['create_options'].setdefault('environment', {})['STAGE'] = 'b'


def change_limits(settings: Settings) -> None:
    for config in _configs(settings).values():
        config.setdefault('host_config', {})['mem_limit'] = '128m'


def change_network(settings: Settings) -> None:
    settings['networks']['back']['internal'] = True


def change_aliases(settings: Settings) -> None:
    _configs(settings)['db']['networks']['front'] = {'aliases': ['more']}
    _configs(settings)['app']['networks']['front'] = {'aliases': ['www', 'web']}


def change_owner(settings: Settings) -> None:
    for volume in settings['volumes'].values():
        volume['user'] = '1:1'
        volume['permissions'] = '0700'


def change_secret(settings: Settings) -> None:
    _configs(settings)['app']['secrets']['password'] = {'text': 'b', 'user': 1, 'mode': '0400'}
    del _configs(settings)['app']['secrets']['key']


@dataclass(frozen=True)
class Scene:
    """A call, and the engine that it finds.

    :param beginning: Actions that bring the engine to where it is before the call.
    :param change: How the map of the call differs from the one that these were done with.
    :param repeats: The call does something each time that it is made.
    :param drops_files: Removing files of volumes is what is asked for.
    :param resets_volumes: Volumes are emptied for which their containers have to be removed first.
    """

    action: str
    stack: str
    beginning: tuple[str, ...] = ()
    change: Change | None = None
    requested: Any = '__all__'
    arguments: Mapping[str, Any] = field(default_factory=dict)
    repeats: bool = False
    drops_files: bool = False
    resets_volumes: bool = False
    title: str = ''

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return self.title or self.action

    @property
    def id(self) -> str:
        """What it is called among those of all stacks."""
        return f'{self.name}/{self.stack}'

    def settings(self) -> Settings:
        """The map of the call."""
        settings = STACKS[self.stack]()
        if self.change is not None:
            self.change(settings)
        return settings

    @cached_property
    def map(self) -> ContainerMap:
        """The same, read once."""
        return ContainerMap(PREFIX, self.settings())

    def origin(self) -> InMemoryEngine:
        """The engine as the call finds it; each volume that it has got is in use and has a file."""
        engine = InMemoryEngine()
        hub = engine.registry('docker.io')
        for name in ('site:1', 'tool:1', 'busybox:latest'):
            files = IMAGE_FILES if name == 'site:1' else {}
            hub.publish(name, users=USERS, groups=GROUPS, files=files)
            if self.action != 'pull_images':
                engine.add_image(name, users=USERS, groups=GROUPS, files=files)
        client = front_end(ContainerMap(PREFIX, STACKS[self.stack]()), engine.client())
        for action in self.beginning:
            client.run_actions(action, '__all__')
        for volume in engine.volumes:
            if not volume.is_anonymous:
                volume.files.write(KEPT, File('data', 1, 1))
        engine.calls.clear()
        return engine

    def call(self, engine: InMemoryEngine) -> Any:
        """Make the call."""
        client = front_end(self.map, engine.client())
        return client.run_actions(self.action, self.requested, **copy.deepcopy(dict(self.arguments)))


def _volume_ids(stack: str) -> list[MapConfigId]:
    return [
        MapConfigId(ItemType.VOLUME, PREFIX, name, alias)
        for name, config in STACKS[stack]()['containers'].items()
        for alias in config.get('attaches', ())
    ]


RUNNING = ('startup',)
STOPPED = ('startup', 'stop')


def _scenes(stack: str) -> list[Scene]:
    one = 'db' if stack == 'networks' else 'worker'
    tool = 'app' if stack == 'networks' else 'worker'
    script = MapConfigId(ItemType.CONTAINER, PREFIX, tool, 'blue' if stack == 'networks' else None)
    echo = {'command_format': ['sh', '-c', 'echo done'], 'wait_timeout': 20}
    return [
        Scene('pull_images', stack, repeats=True),
        Scene('create', stack),
        Scene('start', stack, ('create',), title='start what is new'),
        Scene('start', stack, STOPPED, title='start what has run'),
        Scene('startup', stack, title='startup of nothing'),
        Scene('startup', stack, ('create',), title='startup of what is new'),
        Scene('startup', stack, STOPPED, title='startup of what has run'),
        Scene('update', stack, title='update of nothing'),
        Scene('update', stack, RUNNING, title='update of what is unchanged'),
        Scene('update', stack, RUNNING, change_limits, title='update of limits'),
        Scene('update', stack, RUNNING, change_owner, title="update of volumes' owners"),
        Scene(
            'update', stack, RUNNING, change_environment, title='update that re-creates containers',
            arguments={'update_persistent': True},
        ),
        Scene(
            'update', stack, RUNNING, title='update that resets volumes', repeats=True, drops_files=True,
            resets_volumes=True,
            arguments={'force_update': _volume_ids(stack), 'update_persistent': True},
        ),
        Scene('restart', stack, RUNNING, repeats=True),
        Scene('restart', stack, RUNNING, repeats=True, title='restart with commands',
              arguments={'restart_exec_commands': True}),
        Scene('stop', stack, RUNNING),
        Scene('shutdown', stack, RUNNING),
        Scene('shutdown', stack, RUNNING, title='shutdown with volumes', drops_files=True,
              arguments={'remove_attached': True}),
        Scene('remove', stack, STOPPED),
        Scene('remove', stack, STOPPED, title='remove with volumes', drops_files=True,
              arguments={'remove_attached': True}),
        Scene('signal', stack, RUNNING, repeats=True, arguments={'signal': 'SIGHUP'}, title='signal'),
        Scene('signal', stack, RUNNING, arguments={'signal': 'SIGKILL'}, title='kill'),
        Scene('script', stack, title='run_script', requested=script, arguments=echo, repeats=True),
        Scene('update', stack, RUNNING, requested=one, title='update of one container', change=change_environment),
    ]  # fmt: skip


SCENES = [
    Scene('update', 'networks', STOPPED, title='update of what has ended'),
    *(scene for stack in ('networks', 'volumes') for scene in _scenes(stack)),
    Scene('update', 'networks', RUNNING, change_network, title='update that resets a network'),
    Scene('update', 'networks', RUNNING, change_aliases, title='update of connections'),
    Scene('startup', 'files', title='startup of nothing'),
    Scene('start', 'files', STOPPED, title='start what has run'),
    Scene('update', 'files', RUNNING, title='update of what is unchanged'),
    Scene('update', 'files', RUNNING, change_secret, title='update of a secret'),
    Scene('restart', 'files', RUNNING, repeats=True),
    Scene('shutdown', 'files', RUNNING),
]

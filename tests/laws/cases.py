"""Cases made from a number: a map, how it was changed, what happened to the engine meanwhile, and a call.

The same number gives the same case. On a real engine, only what such an engine has is used: one image, and no registry.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dockermap.map.input import ItemType, MapConfigId

Settings = dict[str, Any]

NAMES = ('db', 'cache', 'app', 'worker', 'web', 'proxy')
NETWORKS = ('back', 'front', 'side')
SERVE = "trap 'exit 0' TERM INT; while :; do sleep 0.1; done"
ENDLESS = 'sleep 5000'

ACTIONS = {
    'update': 30, 'startup': 12, 'shutdown': 10, 'create': 8, 'start': 8, 'stop': 7, 'remove': 8, 'restart': 5,
    'signal': 4, 'pull_images': 4, 'script': 6,
}  # fmt: skip
"""Actions with how often they come up."""

BRINGING_UP = ('update', 'startup', 'create', 'script', 'pull_images')
"""Actions that also do something on an engine that has nothing yet."""


@dataclass(frozen=True)
class Place:
    """What the engine of a case has.

    :param is_real: Whether processes, addresses and time are those of a real engine.
    :param images: Names of images that maps use.
    :param subnet: First two numbers of the addresses of networks.
    """

    prefix: str = 'shop'
    is_real: bool = False
    images: tuple[str, ...] = ('site:1', 'site:2', 'tool:1')
    subnet: str = '10.77'
    first_port: int = 8000


@dataclass(frozen=True)
class Disturbance:
    """Something that happens to the engine behind the library's back."""

    kind: str
    subject: str
    detail: str = ''


@dataclass
class Case:
    """A state to begin with, and a call."""

    seed: int
    place: Place
    secret: str
    before: Settings
    after: Settings
    beginning: str
    disturbances: list[Disturbance]
    action: str
    requested: Any
    options: Settings = field(default_factory=dict)
    arguments: Settings = field(default_factory=dict)

    @property
    def changes(self) -> list[str]:
        """What is different on the second map."""
        return list(_differences(self.before, self.after))

    def __str__(self) -> str:
        given = ', '.join(f'{name}={value!r}' for name, value in {**self.options, **self.arguments}.items())
        return '\n'.join(
            (
                f'seed {self.seed}: {self.action}({self.requested!r}{", " if given else ""}{given})',
                f'  before, brought up by {self.beginning}: {self.before}',
                f'  changed: {"; ".join(self.changes) or "nothing"}',
                f'  disturbances: {self.disturbances}',
            )
        )


def make_case(seed: int, place: Place = Place()) -> Case:
    """The case of a number."""
    random_source = random.Random(seed)
    secret = f'secret-{seed}-{random_source.randrange(16**8):08x}'
    maker = _Maker(random_source, place, secret)
    before = maker.map_settings()
    after = maker.changed(before)
    action = _weighted(random_source, ACTIONS)
    while place.is_real and action == 'pull_images':
        action = _weighted(random_source, ACTIONS)
    beginning = _weighted(
        random_source,
        {
            'update': 14,
            'create': 12 if action == 'start' else 2,
            'half': 1,
            'nothing': 3 if action in BRINGING_UP else 0,
        },
    )
    requested, options, arguments = maker.call(action, after)
    return Case(
        seed,
        place,
        secret,
        before,
        after,
        beginning,
        maker.disturbances(before, beginning),
        action,
        requested,
        options,
        arguments,
    )


class _Maker:
    def __init__(self, source: random.Random, place: Place, secret: str) -> None:
        self.random = source
        self.place = place
        self.secret = secret
        self.numbers = iter(range(1, 1000))
        # What came later draws its own numbers, so that cases that are known by theirs stay the same.
        self.further = random.Random(f'{secret} depends on')

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def map_settings(self) -> Settings:
        """A map of one to six configurations, each of which needs only what comes before it."""
        count = self.random.choice((1, 2, 2, 3, 3, 4, 4, 5, 6))
        names = self.random.sample(NAMES, count)
        settings: Settings = {'containers': {}, 'networks': {}, 'volumes': {}}
        if self.chance(0.2):
            settings['use_attached_parent_name'] = True
        for number, name in enumerate(NETWORKS[: self.random.choice((0, 1, 1, 2, 3))]):
            settings['networks'][name] = self.network(number)
        for name in names:
            settings['containers'][name] = self.configuration(settings, name)
        used = {network for config in settings['containers'].values() for network in config.get('networks', ())}
        settings['networks'] = {name: value for name, value in settings['networks'].items() if name in used}
        settings['groups'] = {'some': self.random.sample(names, self.random.randint(1, count))}
        return settings

    def network(self, number: int) -> Settings:
        settings: Settings = {'driver_options': {'org.example.token': self.secret}}
        if self.chance(0.5):
            subnet = f'{self.place.subnet}.{number}'
            settings['create_options'] = {'ipam': {'Config': [{'Subnet': f'{subnet}.0/24'}]}}
        if self.chance(0.15):
            settings['internal'] = True
        return settings

    def configuration(self, settings: Settings, name: str) -> Settings:
        """A configuration that may need those that are on the map already."""
        earlier = settings['containers']
        number = next(self.numbers)
        config: Settings = {
            'image': self.random.choice(self.place.images),
            'stop_timeout': 1,
            'create_options': self.create_options(),
            'host_config': self.host_config(),
        }
        if self.chance(0.2):
            config['instances'] = ['blue', 'green']
        stacks = [other for other, given in earlier.items() if 'network_mode' not in given and 'instances' not in given]
        if stacks and self.chance(0.12):
            config['network_mode'] = self.random.choice(stacks)
        else:
            self.add_networks(settings, config, number)
            self.add_links(settings, config)
            if self.chance(0.4) and 'instances' not in config:
                config['exposes'] = {80: self.place.first_port + number}
            elif self.chance(0.2):
                config['exposes'] = 80
        self.add_volumes(settings, name, config)
        if self.chance(0.15):
            config['persistent'] = True
        if self.chance(0.15):
            config['stop_signal'] = 'SIGINT'
        if self.chance(0.25):
            config['exec_commands'] = self.exec_commands()
        if self.chance(0.1):
            config['healthcheck'] = {'test': ['CMD', 'true'], 'interval': '30s'}
        self.add_dependencies(settings, config)
        return config

    def create_options(self) -> Settings:
        command = ['sh', '-c', SERVE]
        options: Settings = {
            'environment': {'PASSWORD': self.secret, 'STAGE': self.random.choice('abc')},
            'command': command,
        }
        if self.chance(0.1):
            options['labels'] = {'made-for': 'tests'}
        return options

    def host_config(self) -> Settings:
        options: Settings = {}
        if self.chance(0.25):
            options['mem_limit'] = self.random.choice(('32m', '64m', 96 * 1024 * 1024))
        if self.chance(0.25):
            options['cpu_shares'] = self.random.choice((256, 512))
        if self.chance(0.2):
            options['restart_policy'] = {'Name': self.random.choice(('always', 'unless-stopped', 'on-failure'))}
        return options

    def add_networks(self, settings: Settings, config: Settings, number: int) -> None:
        known = settings['networks']
        if not known or self.chance(0.35):
            return
        joined = self.random.sample(sorted(known), self.random.randint(1, len(known)))
        config['networks'] = {name: self.endpoint(known[name], config, number) for name in joined}

    def endpoint(self, network: Settings, config: Settings, number: int) -> Settings:
        endpoint: Settings = {}
        if self.chance(0.4):
            endpoint['aliases'] = [f'alias{number}', *(['www'] if self.chance(0.3) else [])]
        ipam = network.get('create_options', {}).get('ipam')
        if ipam and 'instances' not in config and self.chance(0.4):
            subnet = ipam['Config'][0]['Subnet'].rpartition('.')[0]
            endpoint['ipv4_address'] = f'{subnet}.{100 + number}'
        return endpoint

    def add_links(self, settings: Settings, config: Settings) -> None:
        own = set(config.get('networks', ()))
        for other, given in settings['containers'].items():
            if 'network_mode' in given or not self.chance(0.35):
                continue
            shared = own & set(given.get('networks', ()))
            instances = given.get('instances', [None])
            reference = '.'.join(filter(None, (other, self.random.choice(instances))))
            if shared and self.chance(0.4):
                endpoint = config['networks'][min(shared)]
                endpoint.setdefault('links', []).append(reference)
            elif own == set(given.get('networks', ())) or (own and shared):
                config.setdefault('links', {})[reference] = f'{other}-alias' if self.chance(0.5) else None

    def add_dependencies(self, settings: Settings, config: Settings) -> None:
        for other, given in settings['containers'].items():
            if self.further.random() < 0.15:
                instances = given.get('instances', [None])
                reference = '.'.join(filter(None, (other, self.further.choice(instances))))
                config.setdefault('depends_on', {})[reference] = self.further.choice((None, 'started'))

    def add_volumes(self, settings: Settings, name: str, config: Settings) -> None:
        by_parent = settings.get('use_attached_parent_name')
        if self.chance(0.4):
            alias = f'{name}-data'
            volume: Settings = {'default_path': f'/srv/{alias}'}
            if self.chance(0.3):
                volume['user'] = self.random.choice(('daemon', '1:1'))
            settings['volumes'][alias] = volume
            config['attaches'] = [alias]
            if self.chance(0.4):
                config['user'] = self.random.choice(('daemon', 'nobody:nogroup'))
            if self.chance(0.3):
                config['permissions'] = 'u=rwX,g=rX,o='
        for other, given in settings['containers'].items():
            for alias in given.get('attaches', ()):
                if self.chance(0.35):
                    volume_name = f'{other}.{alias}' if by_parent else alias
                    config.setdefault('uses', {})[volume_name] = [f'/used/{alias}', self.random.choice(('ro', 'rw'))]
            if not given.get('attaches') and given.get('shares') and self.chance(0.4):
                instances = given.get('instances', [None])
                config.setdefault('uses', {})['.'.join(filter(None, (other, self.random.choice(instances))))] = 'rw'
        if self.chance(0.12):
            config['shares'] = ['/spool']
        if self.chance(0.15):
            config['binds'] = {'/etc/here': ['/tmp', 'ro']}

    def exec_commands(self) -> list[Settings]:
        commands: list[Settings] = []
        if self.chance(0.6):
            commands.append({'cmd': ['sh', '-c', f'echo {self.secret}'], 'user': 'root', 'policy': 'initial'})
        if not commands or self.chance(0.5):
            commands.append({'cmd': ENDLESS, 'user': 'root', 'policy': 'restart'})
        return commands

    def changed(self, before: Settings) -> Settings:
        """The map with some changes that leave it whole."""
        after = copy.deepcopy(before)
        for _ in range(self.random.choice((0, 1, 1, 2, 2, 3, 4))):
            change = self.random.choice(self.possible_changes())
            change(after)
        after['groups'] = {'some': [name for name in before['groups']['some'] if name in after['containers']]}
        after['groups'] = {name: members for name, members in after['groups'].items() if members}
        return after

    def possible_changes(self) -> list[Callable[[Settings], None]]:
        return [
            self.change_environment,
            self.change_limit,
            self.change_policy,
            self.change_image,
            self.change_network,
            self.change_alias,
            self.change_address,
            self.change_membership,
            self.change_volume,
            self.change_owner,
            self.remove_configuration,
            self.add_configuration,
            self.change_commands,
            self.change_port,
            self.change_signal,
            self.change_link,
            self.change_persistence,
        ]

    def any_config(self, settings: Settings) -> Settings:
        config: Settings = settings['containers'][self.random.choice(sorted(settings['containers']))]
        return config

    def change_environment(self, settings: Settings) -> None:
        environment = self.any_config(settings)['create_options']['environment']
        environment['STAGE'] = self.random.choice('abcd')

    def change_limit(self, settings: Settings) -> None:
        options = self.any_config(settings)['host_config']
        name = self.random.choice(('mem_limit', 'cpu_shares'))
        if name in options and self.chance(0.3):
            del options[name]
        else:
            options[name] = '128m' if name == 'mem_limit' else 1024

    def change_policy(self, settings: Settings) -> None:
        self.any_config(settings)['host_config']['restart_policy'] = {'Name': self.random.choice(('always', 'no'))}

    def change_image(self, settings: Settings) -> None:
        self.any_config(settings)['image'] = self.random.choice(self.place.images)

    def change_network(self, settings: Settings) -> None:
        if settings['networks']:
            network = settings['networks'][self.random.choice(sorted(settings['networks']))]
            if self.chance(0.5):
                network['driver_options']['com.docker.network.driver.mtu'] = self.random.choice((1400, 1300))
            else:
                network['internal'] = not network.get('internal', False)

    def _some_endpoint(self, settings: Settings) -> tuple[Settings, Settings, Settings] | None:
        found = [
            (config, settings['networks'][name], endpoint)
            for config in settings['containers'].values()
            for name, endpoint in config.get('networks', {}).items()
        ]
        return self.random.choice(found) if found else None

    def change_alias(self, settings: Settings) -> None:
        found = self._some_endpoint(settings)
        if found:
            found[2]['aliases'] = [f'new{next(self.numbers)}']

    def change_address(self, settings: Settings) -> None:
        found = self._some_endpoint(settings)
        if found and 'instances' not in found[0] and 'create_options' in found[1]:
            subnet = found[1]['create_options']['ipam']['Config'][0]['Subnet'].rpartition('.')[0]
            found[2]['ipv4_address'] = f'{subnet}.{150 + next(self.numbers)}'

    def change_membership(self, settings: Settings) -> None:
        config = self.any_config(settings)
        joined = config.get('networks', {})
        others = [name for name in settings['networks'] if name not in joined]
        if joined and others:
            joined[self.random.choice(sorted(others))] = {}
        elif len(joined) > 1:
            name = self.random.choice(sorted(joined))
            if not joined[name].get('links') and not config.get('links'):
                del joined[name]
                self._drop_lonely_links(settings)

    def _drop_lonely_links(self, settings: Settings) -> None:
        containers = settings['containers']
        for config in containers.values():
            own = set(config.get('networks', ()))
            for name in list(config.get('links', ())):
                others = set(containers[name.partition('.')[0]].get('networks', ()))
                if own != others and not own & others:
                    del config['links'][name]
            for network, endpoint in config.get('networks', {}).items():
                for name in list(endpoint.get('links', ())):
                    if network not in containers[name.partition('.')[0]].get('networks', ()):
                        endpoint['links'].remove(name)

    def change_volume(self, settings: Settings) -> None:
        name = self.random.choice(sorted(settings['containers']))
        config = settings['containers'][name]
        if config.get('attaches'):
            alias = config['attaches'][0]
            settings['volumes'][alias]['default_path'] = f'/moved/{alias}'
        else:
            alias = f'{name}-more'
            settings['volumes'][alias] = {'default_path': f'/srv/{alias}'}
            config['attaches'] = [alias]

    def change_owner(self, settings: Settings) -> None:
        attaching = [config for config in settings['containers'].values() if config.get('attaches')]
        if attaching:
            config = self.random.choice(attaching)
            config['permissions'] = self.random.choice(('u=rwX,go=', 'a=rX,u+w'))

    def remove_configuration(self, settings: Settings) -> None:
        containers = settings['containers']
        if len(containers) < 2:
            return
        name = self.random.choice(sorted(containers))
        removed = containers.pop(name)
        gone = {
            name,
            *(f'{name}.{part}' for part in (*removed.get('instances', ()), *removed.get('attaches', ()))),
            *removed.get('attaches', ()),
        }
        for alias in removed.get('attaches', ()):
            settings['volumes'].pop(alias, None)
        for config in containers.values():
            if config.get('network_mode') == name:
                del config['network_mode']
            for section in ('links', 'uses', 'depends_on'):
                if section in config:
                    config[section] = {key: value for key, value in config[section].items() if key not in gone}
            for endpoint in config.get('networks', {}).values():
                if 'links' in endpoint:
                    endpoint['links'] = [link for link in endpoint['links'] if link not in gone]
        used = {network for config in containers.values() for network in config.get('networks', ())}
        settings['networks'] = {key: value for key, value in settings['networks'].items() if key in used}

    def add_configuration(self, settings: Settings) -> None:
        free = [name for name in NAMES if name not in settings['containers']]
        if free:
            name = self.random.choice(free)
            settings['containers'][name] = self.configuration(settings, name)

    def change_commands(self, settings: Settings) -> None:
        self.any_config(settings)['exec_commands'] = self.exec_commands()

    def change_port(self, settings: Settings) -> None:
        config = self.any_config(settings)
        if 'instances' not in config and 'network_mode' not in config:
            config['exposes'] = {80: self.place.first_port + 300 + next(self.numbers)}

    def change_signal(self, settings: Settings) -> None:
        self.any_config(settings)['stop_signal'] = self.random.choice(('SIGTERM', 'SIGINT'))

    def change_link(self, settings: Settings) -> None:
        config = self.any_config(settings)
        if config.get('links'):
            config['links'].pop(self.random.choice(sorted(config['links'])))

    def change_persistence(self, settings: Settings) -> None:
        config = self.any_config(settings)
        config['persistent'] = not config.get('persistent', False)

    def disturbances(self, before: Settings, beginning: str) -> list[Disturbance]:
        """What happens to the engine between; nothing in half of the cases."""
        count = self.random.choice((0, 0, 0, 1, 1, 2, 3))
        return [found for found in (self.disturbance(before) for _ in range(count)) if found]

    def disturbance(self, before: Settings) -> Disturbance | None:
        containers = container_names(before, self.place.prefix)
        networks = [f'{self.place.prefix}.{name}' for name in before['networks']]
        volumes = volume_names(before, self.place.prefix)
        name = self.random.choice(sorted(containers))
        kinds = ['stop', 'stop', 'kill', 'remove', 'remove', 'replace', 'replace-running', 'pause', 'recreate']
        if not self.place.is_real:
            kinds += ['end-127', 'end-0', 'image-moved', 'image-gone', 'published']
        if networks:
            kinds += ['network-gone', 'network-empty', 'foreign']
        if volumes:
            kinds += ['volume-gone']
        kind = self.random.choice(kinds)
        if kind.startswith('network') or kind == 'foreign':
            return Disturbance(kind, self.random.choice(networks))
        if kind == 'volume-gone':
            return Disturbance(kind, self.random.choice(sorted(volumes)))
        if kind in ('image-moved', 'image-gone', 'published'):
            return Disturbance(kind, self.random.choice(self.place.images))
        return Disturbance(kind, name, self.random.choice(self.place.images) if kind.startswith('replace') else '')

    def call(self, action: str, settings: Settings) -> tuple[Any, Settings, Settings]:
        """What is asked for, options, and arguments that are none."""
        names = sorted(settings['containers'])
        requested: Any = self.random.choice(names)
        if action == 'script':
            config = settings['containers'][requested]
            if 'instances' in config:
                requested = MapConfigId(ItemType.CONTAINER, self.place.prefix, requested, config['instances'][0])
        elif self.chance(0.45):
            requested = '__all__'
        elif self.chance(0.3):
            requested = self.random.sample(names, self.random.randint(1, len(names)))
        elif self.chance(0.15) and settings['groups']:
            requested = 'some'
        elif self.chance(0.3) and action in ('remove', 'update', 'shutdown'):
            requested = self.item_id(settings) or requested
        options: Settings = {}
        arguments: Settings = {}
        getattr(self, f'_{action}_options', lambda *_: None)(options, arguments, settings)
        return requested, options, arguments

    def item_id(self, settings: Settings) -> MapConfigId | None:
        prefix = self.place.prefix
        found = [MapConfigId(ItemType.NETWORK, prefix, name) for name in settings['networks']]
        found += [
            MapConfigId(ItemType.VOLUME, prefix, name, alias)
            for name, config in settings['containers'].items()
            for alias in config.get('attaches', ())
        ]
        return self.random.choice(found) if found else None

    def _update_options(self, options: Settings, arguments: Settings, settings: Settings) -> None:
        if self.chance(0.15):
            options['force_update'] = self.item_id(settings) if self.chance(0.3) else None
            options['force_update'] = options['force_update'] or self.random.choice(sorted(settings['containers']))
        if self.chance(0.15):
            options['update_persistent'] = True
        if self.chance(0.15) and not self.place.is_real:
            options['pull_before_update'] = True
        if self.chance(0.15):
            options['check_exec_commands'] = self.random.choice(('full', 'partial', 'none'))
        if self.chance(0.1):
            options['skip_limit_reset'] = True

    def _shutdown_options(self, options: Settings, arguments: Settings, settings: Settings) -> None:
        for name in ('remove_persistent', 'remove_attached'):
            if self.chance(0.4):
                options[name] = self.chance(0.5)

    _remove_options = _shutdown_options

    def _stop_options(self, options: Settings, arguments: Settings, settings: Settings) -> None:
        if self.chance(0.3):
            arguments['timeout'] = 1

    def _restart_options(self, options: Settings, arguments: Settings, settings: Settings) -> None:
        self._stop_options(options, arguments, settings)
        if self.chance(0.4):
            options['restart_exec_commands'] = True

    def _signal_options(self, options: Settings, arguments: Settings, settings: Settings) -> None:
        arguments['signal'] = self.random.choice(('SIGTERM', 'SIGHUP', 'SIGKILL'))

    def _pull_images_options(self, options: Settings, arguments: Settings, settings: Settings) -> None:
        if self.chance(0.4):
            options['pull_all_images'] = False

    def _script_options(self, options: Settings, arguments: Settings, settings: Settings) -> None:
        if self.chance(0.9):
            options['remove_existing_before'] = True
        if self.chance(0.2):
            options['remove_created_after'] = False
        arguments['command_format'] = ['sh', '-c', f'echo {self.secret}']
        arguments['wait_timeout'] = 20


def container_names(settings: Settings, prefix: str) -> dict[str, str]:
    """Names of all containers of a map on the engine, each with the name of its configuration."""
    return {
        '.'.join(filter(None, (prefix, name, instance))): name
        for name, config in settings['containers'].items()
        for instance in config.get('instances', [None])
    }


def volume_names(settings: Settings, prefix: str) -> dict[str, str]:
    """Names of all volumes of a map on the engine, each with the name of the configuration that attaches it."""
    by_parent = settings.get('use_attached_parent_name')
    return {
        f'{prefix}.{name}.{alias}' if by_parent else f'{prefix}.{alias}': name
        for name, config in settings['containers'].items()
        for alias in config.get('attaches', ())
    }


def _weighted(source: random.Random, weights: dict[str, int]) -> str:
    return source.choices(list(weights), list(weights.values()))[0]


def _differences(before: Any, after: Any, path: str = '') -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            text
            for key in dict.fromkeys((*before, *after))
            for text in _differences(before.get(key), after.get(key), f'{path}.{key}' if path else str(key))
        ]
    return [] if before == after else [f'{path}: {before!r} -> {after!r}']

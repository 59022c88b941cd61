"""Every setting of a container: made with it, looked at again, changed, and removed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import docker
import pytest

from dockermap.api import ActionRunnerException, ContainerConfiguration
from dockermap.map.action import Action
from dockermap.map.policy.options import CREATE_OPTIONS

ANEW, IN_PLACE, NOTHING = 'anew', 'in place', 'nothing'
CONFIG, CREATE, HOST = 'config', 'create_options', 'host_config'
FOREVER = "trap 'exit 0' TERM HUP INT; sleep 1000 & wait"

NO_PART_OF_A_CONTAINER = {
    'abstract': 'says that there is no container',
    'extends': 'brings in other settings of this table',
    'instances': 'says how many containers there are',
    'clients': 'says where containers are',
    'depends_on': 'says what comes before',
    'instance_settings': 'brings in other settings of this table',
    'job': 'says what is expected of a container',
    'rollout': 'says how instances are replaced',
    'build': 'says what an image is built from, which no action does',
    'name': 'is another name, which renames a container: see tests/engine/ownership/test_literal_names.py',
    'replicas': 'is for swarms, and means nothing to an engine: see tests/unit/swarm',
    'nodes': 'is for swarms, and means nothing to an engine: see tests/unit/swarm',
    'publish': 'is for swarms, and means nothing to an engine: see tests/unit/swarm',
    'endpoint_mode': 'is for swarms, and means nothing to an engine: see tests/unit/swarm',
    'create_options': 'see the arguments of the creating call',
    'host_config': 'see the arguments of the host configuration',
}
LEFT_OUT = {
    'annotations': 'only engines from API version 1.43 on have them; see tests/unit/engines/test_newer_settings.py',
    'lxc_conf': 'engines of our time have no LXC driver, and ignore it',
    'init_path': 'the SDK refuses it for APIs after 1.29',
}


class Setting(NamedTuple):
    """One setting with two values. Functions get the bench and return the value."""

    name: str
    place: str
    first: Any
    other: Any = None
    """Second value; without it, the setting is only switched on and off."""
    changed: str = ANEW
    removed: str = ANEW
    needs: Mapping[str, Any] = {}
    """Rest of the container's configuration."""
    content: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] = {}
    """Rest of the map."""
    without: Any = None
    """What remains of the setting when it is removed."""
    shown: bool = True
    """Whether inspections show it."""
    runs: bool = True
    """Whether every host can start such containers; otherwise they are only created if need be."""
    label: str = ''

    def __str__(self) -> str:
        return f'{self.place}: {self.name}{f" ({self.label})" if self.label else ""}'


def rate(amount: int) -> list[dict[str, Any]]:
    return [{'Path': '/dev/null', 'Rate': amount}]


def mount(path: str) -> list[Any]:
    return [docker.types.Mount(path, None, 'tmpfs')]


def ulimit(soft: int) -> list[Any]:
    return [docker.types.Ulimit(name='nofile', soft=soft, hard=900)]


def joined(number: int) -> Callable[[Any], Any]:
    def config(bench: Any) -> Any:
        return docker.types.NetworkingConfig({bench.network(number): docker.types.EndpointConfig('1.24')})

    return config


def subnets(*addresses: str) -> dict[str, Any]:
    pools = [docker.types.IPAMPool(subnet=address) for address in addresses]
    return {'create_options': {'ipam': docker.types.IPAMConfig(pool_configs=pools), 'enable_ipv6': True}}


def endpoint(**values: Any) -> list[Any]:
    return [('n1', values)]


HERE = Path(__file__).parent
NETWORKS = {'networks': {'n1': {}, 'n2': {}}}
FIXED = {'networks': {'n1': subnets('10.231.7.0/24', 'fd00:231::/64')}}
SOURCE = {'src': {'shares': ['/shared']}}
VOLUMES = {'volumes': {'v1': '/v1', 'v2': '/v2'}}
OWNER = {**VOLUMES, 'src': {'attaches': ['v1', 'v2']}}
LONG_CHECK = ['CMD', 'true']

SETTINGS = [
    Setting('image', CONFIG, lambda bench: bench.other_image(1), lambda bench: bench.other_image(2)),
    Setting('shares', CONFIG, ['/s1'], ['/s2']),
    Setting('binds', CONFIG, [('/x', '/tmp')], [('/y', '/tmp')]),
    Setting('binds', CONFIG, [('/x', '/tmp')], [('/x', '/tmp', 'ro')], label='access'),
    Setting('attaches', CONFIG, ['v1'], ['v2'], content=VOLUMES),
    Setting('attaches', CONFIG, [('v1', '/a')], [('v1', '/b')], content=VOLUMES, label='path'),
    Setting('uses', CONFIG, ['v1'], ['v2'], content=OWNER),
    Setting('uses', CONFIG, ['v1'], [('v1', 'ro')], content=OWNER, label='access'),
    Setting('uses', CONFIG, [('v1', '/a')], [('v1', '/b')], content=OWNER, label='path'),
    Setting('uses', CONFIG, ['src'], [('src', 'ro')], content=SOURCE, label='container'),
    Setting('links', CONFIG, ['src'], [('src', 'other')], content=SOURCE),
    Setting('exposes', CONFIG, [80], [81]),
    Setting('secrets', CONFIG, {'token': 'one'}, {'token': 'two'}),
    Setting('configs', CONFIG, {'page': {'text': 'one', 'path': '/page'}}, {'page': {'text': 'one', 'path': '/other'}}),
    Setting('exposes', CONFIG, lambda bench: [(80, bench.port())], [80], label='published'),
    Setting('exposes', CONFIG, ['80/udp'], ['80/tcp'], label='protocol'),
    Setting('user', CONFIG, '1000', '1001'),
    Setting('permissions', CONFIG, 'u=rwx', 'u=rwX', needs={'attaches': ['v1']}, content=VOLUMES, shown=False),
    Setting('stop_timeout', CONFIG, 3, 2),
    Setting('stop_signal', CONFIG, 'SIGHUP', 2),
    Setting('env_file', CONFIG, str(HERE / 'one.env'), str(HERE / 'two.env')),
    Setting('start_delay', CONFIG, 0.1, 0.2, NOTHING, NOTHING, shown=False),
    Setting('network_mode', CONFIG, 'none', 'host'),
    Setting('network_mode', CONFIG, 'src', 'none', content=SOURCE, label='container'),
    Setting('networks', CONFIG, ['n1'], ['n2'], IN_PLACE, IN_PLACE, content=NETWORKS),
    Setting(
        'networks',
        CONFIG,
        endpoint(aliases=['a']),
        endpoint(aliases=['b']),
        IN_PLACE,
        IN_PLACE,
        content=NETWORKS,
        without=['n1'],
        label='aliases',
    ),
    Setting(
        'networks',
        CONFIG,
        endpoint(links=['src']),
        endpoint(links=[('src', 'z')]),
        IN_PLACE,
        IN_PLACE,
        content={**NETWORKS, 'src': {'networks': ['n1']}},
        without=['n1'],
        label='links',
    ),
    Setting(
        'networks',
        CONFIG,
        endpoint(ipv4_address='10.231.7.9'),
        endpoint(ipv4_address='10.231.7.10'),
        IN_PLACE,
        IN_PLACE,
        content=FIXED,
        without=['n1'],
        label='ipv4_address',
    ),
    Setting(
        'networks',
        CONFIG,
        endpoint(ipv6_address='fd00:231::9'),
        endpoint(ipv6_address='fd00:231:0::10'),
        IN_PLACE,
        IN_PLACE,
        content=FIXED,
        without=['n1'],
        label='ipv6_address',
    ),
    Setting(
        'networks',
        CONFIG,
        endpoint(link_local_ips=['169.254.8.8']),
        endpoint(link_local_ips=['169.254.8.9']),
        IN_PLACE,
        IN_PLACE,
        content=FIXED,
        without=['n1'],
        label='link_local_ips',
    ),
    Setting('exec_commands', CONFIG, ['sleep 991'], ['sleep 992'], IN_PLACE, NOTHING, shown=False),
    Setting('healthcheck', CONFIG, [LONG_CHECK, '1h'], [LONG_CHECK, '2h']),
    Setting('persistent', CONFIG, True, False, NOTHING, NOTHING, shown=False),
    Setting('default_domain', 'map', 'a.test', 'b.test'),
    Setting('set_hostname', 'map', False),
    Setting('command', CREATE, 'a b', ['a', 'c']),
    Setting('detach', CREATE, True),
    Setting('domainname', CREATE, 'a.test', 'b.test'),
    Setting(
        'entrypoint',
        CREATE,
        ['env'],
        'env B=1',
        needs={'create_options': {'entrypoint': None, 'command': ['/bin/sh', '-c', FOREVER]}},
    ),
    Setting('environment', CREATE, {'A': 1}, {'A': True}),
    Setting('environment', CREATE, {'A': 1, 'B': 2}, {'A': 1}, label='one of two'),
    Setting('environment', CREATE, ['A=1'], ['A=2'], label='list'),
    Setting(
        'healthcheck',
        CREATE,
        {'test': LONG_CHECK, 'interval': 3600 * 10**9},
        {'test': LONG_CHECK, 'interval': 1800 * 10**9},
    ),
    Setting('hostname', CREATE, 'one', 'two'),
    Setting('labels', CREATE, {'a': 'b'}, {'a': 1}),
    Setting('mac_address', CREATE, '02:42:ac:99:99:01', '02:42:ac:99:99:02'),
    Setting('network_disabled', CREATE, True),
    Setting('networking_config', CREATE, joined(1), joined(2), removed=IN_PLACE),
    Setting('platform', CREATE, 'linux', 'linux/amd64', shown=False, runs=False),
    Setting('ports', CREATE, [80], [81]),
    Setting('stdin_open', CREATE, True),
    Setting('stop_signal', CREATE, 'SIGHUP', 'SIGINT'),
    Setting('stop_timeout', CREATE, 3, 2),
    Setting('tty', CREATE, True),
    Setting('use_config_proxy', CREATE, False, True, NOTHING, NOTHING, shown=False),
    Setting('user', CREATE, '1000', '1001'),
    Setting('volumes', CREATE, ['/v1'], ['/v2']),
    Setting('working_dir', CREATE, '/tmp', '/bin'),
    Setting('auto_remove', HOST, True),
    Setting('binds', HOST, ['/tmp:/x'], ['/tmp:/x:ro']),
    Setting(
        'binds',
        HOST,
        {'/tmp': {'bind': '/x', 'mode': 'rw'}},
        {'/tmp': {'bind': '/y', 'mode': 'rw'}},
        label='dictionary',
    ),
    Setting('blkio_weight', HOST, 300, 400, IN_PLACE, ANEW, runs=False),
    Setting(
        'blkio_weight_device',
        HOST,
        [{'Path': '/dev/null', 'Weight': 300}],
        [{'Path': '/dev/null', 'Weight': 400}],
        shown=False,
        runs=False,
    ),
    Setting('cap_add', HOST, ['NET_ADMIN'], ['NET_RAW']),
    # Podman does not show those that no container has.
    Setting('cap_drop', HOST, ['CHOWN'], ['SETUID']),
    Setting('cgroup_parent', HOST, '/docker-a', '/docker-b', runs=False),
    Setting('cgroupns', HOST, 'private', runs=False),
    Setting('cpu_count', HOST, 1, 2),
    Setting('cpu_percent', HOST, 10, 20, shown=False),
    Setting('cpu_period', HOST, 50000, 60000, IN_PLACE, IN_PLACE),
    Setting('cpu_quota', HOST, 20000, 30000, IN_PLACE, IN_PLACE),
    Setting('cpu_rt_period', HOST, 500000, 600000, runs=False),
    Setting('cpu_rt_runtime', HOST, 1000, 2000, runs=False),
    Setting('cpu_shares', HOST, 512, 256, IN_PLACE, ANEW),
    Setting('cpuset_cpus', HOST, '0', '0-0', IN_PLACE, ANEW),
    Setting('cpuset_mems', HOST, '0', '0-0', IN_PLACE, ANEW),
    Setting('device_cgroup_rules', HOST, ['c 1:3 rwm'], ['c 1:5 rwm'], runs=False),
    Setting('device_read_bps', HOST, rate(1024), rate(2048), runs=False),
    Setting('device_read_iops', HOST, rate(1024), rate(2048), runs=False),
    Setting(
        'device_requests',
        HOST,
        [{'Driver': 'x', 'Count': 1, 'Capabilities': [['gpu']]}],
        [{'Driver': 'x', 'Count': 2, 'Capabilities': [['gpu']]}],
        runs=False,
    ),
    Setting('device_write_bps', HOST, rate(1024), rate(2048), runs=False),
    Setting('device_write_iops', HOST, rate(1024), rate(2048), runs=False),
    Setting('devices', HOST, ['/dev/null:/dev/x:rwm'], ['/dev/null:/dev/y:rwm']),
    Setting('dns', HOST, ['192.0.2.1'], ['192.0.2.2']),
    Setting('dns_opt', HOST, ['use-vc'], ['ndots:2']),
    Setting('dns_search', HOST, ['a.test'], ['b.test']),
    Setting('extra_hosts', HOST, {'a.test': '192.0.2.1'}, {'a.test': '192.0.2.2'}),
    Setting('group_add', HOST, ['100'], [101]),
    Setting('init', HOST, True),
    Setting('init', HOST, False, shown=False, label='off'),
    Setting('ipc_mode', HOST, 'shareable', 'host', runs=False),
    Setting('isolation', HOST, 'default'),
    Setting('kernel_memory', HOST, '16m', '20m', IN_PLACE, ANEW, runs=False),
    Setting(
        'links', HOST, lambda bench: {bench.name('src'): 'a'}, lambda bench: {bench.name('src'): 'b'}, content=SOURCE
    ),
    Setting(
        'log_config',
        HOST,
        docker.types.LogConfig(type='json-file', config={'max-size': '1m'}),
        {'Type': 'json-file', 'Config': {'max-size': '2m'}},
    ),
    Setting('mem_limit', HOST, '32m', 48 * 1024**2, IN_PLACE, ANEW),
    Setting('mem_limit', CREATE, '32m', '48m', IN_PLACE, ANEW),
    Setting('mem_reservation', HOST, '32m', '48m', IN_PLACE, ANEW),
    Setting('mem_swappiness', HOST, 10, 20, runs=False),
    Setting('memswap_limit', HOST, '64m', -1, IN_PLACE, IN_PLACE, needs={'host_config': {'mem_limit': '48m'}}),
    Setting('mounts', HOST, mount('/m1'), mount('/m2')),
    Setting('nano_cpus', HOST, 5 * 10**8, 4 * 10**8),
    Setting('network_mode', HOST, 'none', 'host'),
    Setting(
        'network_mode',
        HOST,
        lambda bench: bench.network(1),
        lambda bench: bench.network(2),
        removed=IN_PLACE,
        label='network',
    ),
    Setting('oom_kill_disable', HOST, True, needs={'host_config': {'mem_limit': '48m'}}, runs=False),
    Setting('oom_score_adj', HOST, 100, 200),
    Setting('pid_mode', HOST, 'host', runs=False),
    Setting('pids_limit', HOST, 100, 200),
    Setting('port_bindings', HOST, lambda bench: {80: bench.port()}, lambda bench: {80: bench.port()}),
    Setting('privileged', HOST, True, runs=False),
    Setting('publish_all_ports', HOST, True),
    Setting('read_only', HOST, True),
    Setting(
        'restart_policy', HOST, {'Name': 'always'}, {'Name': 'on-failure', 'MaximumRetryCount': 2}, IN_PLACE, IN_PLACE
    ),
    Setting('runtime', HOST, 'runc', 'io.containerd.runc.v2', runs=False),
    Setting('security_opt', HOST, ['no-new-privileges'], ['seccomp=unconfined'], runs=False),
    Setting('shm_size', HOST, '32m', '16m'),
    Setting('storage_opt', HOST, {'size': '1G'}, {'size': '2G'}, runs=False),
    Setting('sysctls', HOST, {'net.core.somaxconn': 256}, {'net.core.somaxconn': '512'}, runs=False),
    Setting('tmpfs', HOST, {'/t': 'size=1m'}, {'/t': 'size=2m'}),
    Setting('ulimits', HOST, ulimit(100), ulimit(200)),
    Setting('userns_mode', HOST, 'host'),
    Setting('uts_mode', HOST, 'host', needs={'map': {'set_hostname': False}}, runs=False),
    Setting('volume_driver', HOST, 'local', 'other'),
    Setting(
        'volumes_from',
        HOST,
        lambda bench: [bench.name('src')],
        lambda bench: [f'{bench.name("src")}:ro'],
        content=SOURCE,
    ),
]


def test_every_setting_is_in_the_table():
    properties = {setting.name for setting in SETTINGS if setting.place == CONFIG}
    assert properties == set(ContainerConfiguration.CONFIG_PROPERTIES) - set(NO_PART_OF_A_CONTAINER)
    arguments = {setting.name for setting in SETTINGS if setting.place in (CREATE, HOST)}
    assert arguments == set(CREATE_OPTIONS) - set(LEFT_OUT)


def resolved(value: Any, bench: Any) -> Any:
    return value(bench) if callable(value) else value


def content_with(bench: Any, setting: Setting, value: Any) -> dict[str, Any]:
    """The map with a value of the setting, or ``None`` for what it is without it."""
    running = {'image': bench.image, 'create_options': {'entrypoint': ['/bin/sh', '-c', FOREVER]}}
    needs = dict(setting.needs)
    content = {**resolved(setting.content, bench), **needs.pop('map', {})}
    if 'src' in content:
        content['src'] = {**running, **content['src']}
    config = {**running, 'host_config': {}}
    for key, part in needs.items():
        config[key] = {**config[key], **part} if isinstance(part, dict) else part
    if value is not None:
        place = content if setting.place == 'map' else config
        if setting.place in (CREATE, HOST):
            place = config[setting.place] = dict(config[setting.place])
        place[setting.name] = value
    return {**content, 'app': config}


@pytest.mark.parametrize('setting', SETTINGS, ids=str)
def test_a_setting_is_kept_changed_and_removed(bench, setting, counts):
    values = [resolved(value, bench) for value in (setting.first, setting.other, setting.without)]
    first, other, without = (content_with(bench, setting, value) for value in values)
    if 'src' in first:
        bench.update(first, 'src')
    if not setting.runs and is_only_created(bench, setting, first, other if values[1] is not None else first, without):
        counts['settings of containers whose state was only compared, as this host cannot start them'] += 1
        return
    bench.update(first)
    assert bench.update(first) == []
    counts['settings of containers for which a repeated update changed nothing (false alarms: 0)'] += 1
    before = bench.snapshot()
    if values[1] is not None:
        assert bench.changed_by(other) == setting.changed
        counts[f'settings of containers: a change was followed by: {setting.changed}'] += 1
        assert bench.update(other) == []
        assert (bench.snapshot() != before) is (setting.shown and setting.changed != NOTHING)
        before = bench.snapshot()
    assert bench.changed_by(without) == setting.removed
    counts[f'settings of containers: a removal was followed by: {setting.removed}'] += 1
    assert bench.update(without) == []
    after = bench.snapshot()
    assert (after != before) is (setting.shown and setting.removed != NOTHING)
    if setting.removed == IN_PLACE:
        bench.update(without, force_update='app')
        assert bench.snapshot() == after


def is_only_created(bench: Any, setting: Setting, first: Any, other: Any, without: Any) -> bool:
    """Whether the host cannot start such containers; then one that was created is compared, without being changed."""
    try:
        bench.update(first)
    except ActionRunnerException as error:
        answer = error.source_message.strip()
        if error.action_type == Action.CREATE:
            pytest.skip(f'{setting} is refused: {answer}')
        warnings.warn(f'{setting} is only created: {answer}')
    else:
        option = CREATE_OPTIONS[setting.name]
        if option.live and option.path and not bench.inspect()[option.path[0]].get(option.path[1]):
            # The engine leaves out what its host does not support, or what it does not know any more.
            assert [bench.update(content) for content in (first, other, without, first)] == [[], [], [], []]
            return True
        return False
    assert bench.differences(first) == set()
    assert setting.name in bench.differences(without)
    if other != first:
        assert setting.name in bench.differences(other)
    return True

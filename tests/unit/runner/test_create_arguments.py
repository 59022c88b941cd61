"""What the label says that an item was made from."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.label import LABEL, parse_label
from dockermap.map.policy.meaning import means_the_same
from dockermap.map.policy.options import CREATE_OPTIONS
from dockermap.map.runner.base import DockerClientRunner

VALUES = {
    'command': ['a', 'b'],
    'detach': True,
    'domainname': 'd',
    'entrypoint': 'e',
    'environment': {'A': 1},
    'healthcheck': {'test': ['CMD', 'x']},
    'hostname': 'h',
    'labels': {'a': 'b'},
    'mac_address': '02:42:ac:11:00:02',
    'network_disabled': True,
    'platform': 'linux',
    'ports': [80],
    'stdin_open': True,
    'stop_signal': 'INT',
    'stop_timeout': 0,
    'tty': True,
    'user': 'u',
    'volumes': ['/v'],
    'working_dir': '/w',
    'auto_remove': True,
    'binds': ['/a:/b'],
    'blkio_weight_device': [{'Path': '/dev/x', 'Weight': 10}],
    'cap_add': ['NET_ADMIN'],
    'cap_drop': ['MKNOD'],
    'cgroup_parent': 'g',
    'cgroupns': 'host',
    'cpu_count': 1,
    'cpu_percent': 1,
    'cpu_rt_period': 1,
    'cpu_rt_runtime': 1,
    'device_cgroup_rules': ['c 1:1 r'],
    'device_read_bps': [{'Path': '/dev/x', 'Rate': 1}],
    'device_read_iops': [{'Path': '/dev/x', 'Rate': 1}],
    'device_requests': [{'count': 1}],
    'device_write_bps': [{'Path': '/dev/x', 'Rate': 1}],
    'device_write_iops': [{'Path': '/dev/x', 'Rate': 1}],
    'devices': ['/dev/null:/dev/x'],
    'dns': ['1.1.1.1'],
    'dns_opt': ['ndots:1'],
    'dns_search': ['test'],
    'extra_hosts': {'h': '1.1.1.1'},
    'group_add': ['1'],
    'init': False,
    'ipc_mode': 'host',
    'isolation': 'default',
    'links': [('a', 'b')],
    'log_config': {'type': 'none'},
    'lxc_conf': {'a': 'b'},
    'mem_swappiness': 0,
    'mounts': [{'Type': 'tmpfs', 'Target': '/t'}],
    'nano_cpus': 1,
    'oom_kill_disable': True,
    'oom_score_adj': 1,
    'pid_mode': 'host',
    'pids_limit': 1,
    'port_bindings': {80: 81},
    'privileged': True,
    'publish_all_ports': True,
    'read_only': True,
    'runtime': 'runc',
    'security_opt': ['a'],
    'shm_size': 1,
    'annotations': {'a.b': 'c'},
    'storage_opt': {'size': 1},
    'sysctls': {'a': 1},
    'tmpfs': {'/t': ''},
    'ulimits': [{'name': 'nofile', 'soft': 1}],
    'userns_mode': 'host',
    'uts_mode': 'host',
    'volume_driver': 'x',
    'volumes_from': ['y'],
}
CANNOT_BE_SENT = {'init_path'}
"""Arguments that the SDK refuses for the version of the API that the tests use."""


@pytest.fixture
def arguments(make_setup):
    """Arguments of the creating call of a container ``web`` with some settings."""

    def build(settings, kwargs=None, **client_settings):
        setup = make_setup(
            {'web': settings, 'networks': {'back': None}, 'volumes': {'data': '/data'}, 'set_hostname': False},
            **client_settings,
        )
        return setup.runner.get_create_arguments('__default__', MapConfigId(ItemType.CONTAINER, 'shop', 'web'), kwargs)

    return build


def test_nothing_is_said_of_a_container_without_settings(arguments):
    assert arguments(None) == {}


def test_every_argument_has_a_test():
    described = {name for name, option in CREATE_OPTIONS.items() if not option.live}
    assert described - CANNOT_BE_SENT == set(VALUES)


@pytest.mark.parametrize('name', sorted(VALUES))
def test_an_argument_is_described_under_its_name_wherever_it_is_given(arguments, name):
    found = [arguments({place: {name: VALUES[name]}}) for place in ('create_options', 'host_config')]
    assert list(found[0]) == [name]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('mem_limit', '1m'),
        ('cpu_shares', 5),
        ('restart_policy', {'Name': 'always'}),
        ('network_mode', 'host'),
        ('use_config_proxy', False),
    ],
)
def test_what_can_be_changed_in_place_or_leaves_no_trace_is_not_described(arguments, name, value):
    assert arguments({'create_options': {name: value}}) == {}


@pytest.mark.parametrize(
    ('name', 'one', 'other'),
    [
        ('ports', ['80'], [80]),
        ('ports', ['80/tcp'], [80]),
        ('environment', {'A': 1, 'B': True}, ['B=true', 'A=1']),
        ('command', 'a "b c"', ['a', 'b c']),
        ('entrypoint', 'a', ['a']),
        ('labels', ['a'], {'a': ''}),
        ('user', 1, '1'),
        ('volumes', '/v', ['/v']),
        ('healthcheck', {'test': 'x'}, {'test': ['CMD-SHELL', 'x']}),
        ('shm_size', '1m', 2**20),
        ('extra_hosts', {'h': '1.1.1.1'}, ['h:1.1.1.1']),
        ('tmpfs', ['/t'], {'/t': ''}),
        ('devices', ['/dev/x'], ['/dev/x:/dev/x:rwm']),
        ('binds', {'/a': {'bind': '/b', 'ro': True}}, ['/a:/b:ro']),
        ('port_bindings', {80: 81}, {'80/tcp': ['81']}),
        ('links', {'a': 'b'}, [('a', 'b')]),
        ('environment', {'A': lazy(lambda: 'x')}, {'A': 'x'}),
        ('hostname', lazy(lambda: 'x'), 'x'),
    ],
    ids=repr,
)
def test_different_ways_to_say_the_same_are_the_same(arguments, name, one, other):
    described = [arguments({'create_options': {name: value}})[name] for value in (one, other)]
    assert means_the_same(None, *described)


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('read_only', False),
        ('privileged', False),
        ('tty', False),
        ('dns', []),
        ('environment', {}),
        ('labels', {}),
        ('command', []),
        ('volumes', []),
        ('hostname', ''),
        ('log_config', None),
    ],
)
def test_saying_nothing_is_like_not_saying_it(arguments, name, value):
    assert arguments({'create_options': {name: value}}) == {}


def test_an_empty_entrypoint_says_something(arguments):
    assert arguments({'create_options': {'entrypoint': []}}) == {'entrypoint': []}


@pytest.mark.parametrize(
    ('settings', 'names'),
    [
        ({'shares': '/s'}, {'volumes'}),
        ({'binds': [('/c', '/h')]}, {'volumes', 'binds'}),
        ({'attaches': 'data'}, {'volumes', 'binds'}),
        ({'attaches': 'data', 'user': 7}, {'volumes', 'binds', 'user', 'attached:data'}),
        ({'attaches': 'data', 'permissions': 'o='}, {'volumes', 'binds', 'attached:data'}),
        ({'exposes': [(80, 80)]}, {'ports', 'port_bindings'}),
        ({'stop_signal': 'INT', 'stop_timeout': 1, 'healthcheck': 'x'}, {'stop_signal', 'stop_timeout', 'healthcheck'}),
        ({'network_mode': 'none'}, {'network_disabled'}),
        ({'networks': 'back', 'exec_commands': 'x', 'start_delay': 1}, set()),
    ],
)
def test_a_setting_of_the_configuration_is_described_by_the_arguments_it_leads_to(arguments, settings, names):
    assert set(arguments(settings)) == names


def test_owner_and_mode_of_attached_volumes_are_described(arguments):
    found = arguments({'attaches': 'data', 'user': ('u', 'g'), 'permissions': lazy(lambda: 'o=')})
    assert found['attached:data'] == ['u:g', 'o=']


def test_arguments_of_a_call_count(arguments):
    found = arguments({'exposes': 80}, {'expose': {80: 8080}, 'tty': True, 'mem_limit': '1m'})
    assert found == {
        'ports': {'80/tcp': {}},
        'port_bindings': {'80/tcp': [{'HostPort': '8080', 'HostIp': ''}]},
        'tty': True,
    }


@pytest.mark.parametrize(
    ('kind', 'settings', 'expected'),
    [
        ('network', None, {}),
        ('network', {'driver': 'bridge', 'driver_options': {'mtu': 1400}}, {'options': {'mtu': '1400'}}),
        (
            'network',
            {'driver': 'x', 'internal': True, 'create_options': {'attachable': True, 'check_duplicate': True}},
            {'driver': 'x', 'internal': True, 'attachable': True},
        ),
        (
            'network',
            {'create_options': {'ipam': {'Config': [{'Subnet': lazy(lambda: '10.0.0.0/24')}]}}},
            {'ipam': {'Config': [{'Subnet': '10.0.0.0/24'}]}},
        ),
        ('volume', '/data', {}),
        (
            'volume',
            {'default_path': '/data', 'driver_options': {'o': 1}, 'create_options': {'labels': {'a': 1}}},
            {'driver_opts': {'o': '1'}, 'labels': {'a': '1'}},
        ),
    ],
)
def test_networks_and_volumes_are_described_as_well(make_setup, kind, settings, expected):
    setup = make_setup({'web': {'attaches': [('data', '/d')]}, f'{kind}s': {'data': settings}})
    item = ('web', 'data') if kind == 'volume' else ('data', None)
    config_id = MapConfigId(ItemType(kind), 'shop', *item)
    assert setup.runner.get_create_arguments('__default__', config_id) == expected


def test_the_label_is_one_of_what_is_sent(make_setup):
    setup = make_setup({'web': {'create_options': {'tty': True, 'labels': {'a': 'b'}}}, 'set_hostname': False})
    labels = setup.final_kwargs('web')['labels']
    assert labels['a'] == 'b'
    assert parse_label(labels[LABEL]).differing({'tty': True, 'labels': {'a': 'b'}}, CREATE_OPTIONS) == []


def test_the_label_of_a_created_item_agrees_with_what_would_be_created(make_setup):
    setup = make_setup({'web': {'exposes': 80, 'attaches': 'data', 'user': 7}, 'volumes': {'data': '/data'}})
    setup.runner.create_container(setup.acting('container', 'web'), 'shop.web')
    label = parse_label(setup.calls('create_container')[0]['labels'][LABEL])
    config_id = MapConfigId(ItemType.CONTAINER, 'shop', 'web')
    arguments = setup.runner.get_create_arguments('__default__', config_id)
    assert label.differing(arguments, CREATE_OPTIONS) == []


def test_an_overridden_last_step_counts(make_setup):
    class Runner(DockerClientRunner):
        def finalize_create_kwargs(self, action, name, kwargs):
            return {**super().finalize_create_kwargs(action, name, kwargs), 'tty': True}

    setup = make_setup({'web': None, 'set_hostname': False}, runner_class=Runner)
    setup.runner.create_container(setup.acting('container', 'web'), 'shop.web')
    label = parse_label(setup.calls('create_container')[0]['labels'][LABEL])
    assert label.differing({'tty': True}, CREATE_OPTIONS) == []

"""Each argument of a creating call declares what its values look like."""

from __future__ import annotations

import json
import shlex
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockermap.docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS
from dockermap.functional import lazy
from dockermap.map.config._option_parts import COMMAND_PATTERN
from dockermap.map.config._option_shapes import option_shape, option_shapes
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.input._addresses import ADDRESS_PATTERN, is_address
from dockermap.map.input._schema import json_schema
from dockermap.map.input._shapes import Text

ALL = {**CREATE_OPTIONS, 'ipam': NETWORK_OPTIONS['ipam'], 'options': NETWORK_OPTIONS['options'],
       'scope': NETWORK_OPTIONS['scope'], 'attachable': NETWORK_OPTIONS['attachable'],
       'driver_opts': VOLUME_OPTIONS['driver_opts']}  # fmt: skip
SHAPES = option_shapes(ALL)

BECOMES: list[tuple[str, Any, Any]] = [
    ('entrypoint', ['sh', 3], ['sh', '3']),
    ('command', ['sleep', 1.5], ['sleep', '1.5']),
    ('command', 'sh -c "a b"', 'sh -c "a b"'),
    ('hostname', 83, '83'), ('hostname', 'x' * 64, 'x' * 64),
    ('user', 0, '0'),
    ('cpuset_cpus', 0, '0'),
    ('group_add', [100, 'www'], ['100', 'www']),
    ('tty', 'yes', True),
    ('privileged', 'off', False),
    ('restart_policy', 'always', {'Name': 'always'}),
    ('restart_policy', 'on-failure:3', {'Name': 'on-failure', 'MaximumRetryCount': 3}),
    ('restart_policy', False, {'Name': 'no'}),
    ('restart_policy', {'Name': 'on-failure', 'MaximumRetryCount': 2}, {'Name': 'on-failure', 'MaximumRetryCount': 2}),
    ('cap_add', 'NET_ADMIN', ['NET_ADMIN']),
    ('dns', '192.0.2.1', ['192.0.2.1']),
    ('dns_search', 'a.test', ['a.test']),
    ('security_opt', 'no-new-privileges', ['no-new-privileges']),
    ('devices', '/dev/null', ['/dev/null']),
    ('tmpfs', '/run', ['/run']),
    ('binds', '/a:/b', ['/a:/b']),
    ('binds', {'/a': {'bind': '/b', 'mode': 'ro'}}, ['/a:/b:ro']),
    ('binds', {'/a': {'bind': '/b', 'ro': True, 'propagation': 'rslave'}}, ['/a:/b:ro,rslave']),
    ('binds', {'/a': '/b'}, ['/a:/b:rw']),
    ('volumes_from', 'a,b', ['a', 'b']),
    ('links', {'db': 'data'}, [('db', 'data')]),
    ('links', ['db:data', 'web'], [('db', 'data'), ('web', 'web')]),
    ('labels', ['a', 'b=c'], {'a': '', 'b': 'c'}),
    ('environment', 'A=1', ['A=1']),
    ('environment', {'A': 1, 'B': None}, {'A': 1, 'B': None}),
    ('sysctls', ['net.core.somaxconn=256'], {'net.core.somaxconn': '256'}),
    ('extra_hosts', ['db=192.0.2.1'], ['db:192.0.2.1']),
    ('log_config', 'journald', {'Type': 'journald'}),
    ('log_config', {'driver': 'json-file', 'options': {'max-size': '1m'}}, {'Type': 'json-file',
                                                                           'Config': {'max-size': '1m'}}),
    ('log_config', {'type': 'json-file', 'config': {'max-file': 3}}, {'Type': 'json-file', 'Config': {'max-file': 3}}),
    ('ulimits', 'nofile=10:20', [{'Name': 'nofile', 'Soft': 10, 'Hard': 20}]),
    ('ulimits', {'nofile': 10, 'core': {'soft': 0, 'hard': -1}}, [{'Name': 'nofile', 'Soft': 10, 'Hard': 10},
                                                                  {'Name': 'core', 'Soft': 0, 'Hard': -1}]),
    ('ulimits', [{'name': 'nofile', 'soft': 1}], [{'Name': 'nofile', 'Soft': 1}]),
    ('device_read_bps', [{'path': '/dev/sda', 'rate': 1024}], [{'Path': '/dev/sda', 'Rate': 1024}]),
    ('mounts', {'type': 'tmpfs', 'target': '/t'}, [{'Type': 'tmpfs', 'Target': '/t'}]),
    ('healthcheck', 'true', {'test': 'true'}),
    ('healthcheck', {'test': ['CMD', 'a'], 'interval': '5s'}, {'test': ['CMD', 'a'], 'interval': 5_000_000_000}),
    ('port_bindings', {'80/tcp': ('[::1]', 8080)}, {'80/tcp': ('::1', 8080)}),
    ('port_bindings', {80: [8080, ('192.0.2.1', 8081)]}, {80: [8080, ('192.0.2.1', 8081)]}),
    ('ipam', {'config': [{'subnet': '10.0.0.0/24'}]}, {'Config': [{'Subnet': '10.0.0.0/24'}]}),
    ('stop_signal', 'sigint', 'sigint'),
    ('mem_limit', '512MB', '512MB'),
]  # fmt: skip
WRONG: list[tuple[str, Any]] = [
    ('entrypoint', ['sh', ['x']]), ('command', 'sh -c "a'), ('command', 'a \\'), ('command', False),
    ('tty', 'maybe'), ('tty', 1), ('hostname', ['a']), ('hostname', 'x' * 65),
    ('cap_drop', [1]), ('cap_add', ['NET_ADMINN']),
    ('environment', {'A': [1, 2]}), ('environment', {'A': {'b': 1}}), ('environment', ['=1']), ('environment', 3),
    ('labels', {'a': ['b']}), ('log_config', {'type': 'json-file', 'option': {}}), ('log_config', {'max-size': '1m'}),
    ('log_config', {'driver': 'x', 'options': {'a': [1]}}), ('restart_policy', 'sometimes'),
    ('restart_policy', 'always:3'), ('restart_policy', {'Name': 'always', 'MaximumRetryCount': 3}),
    ('restart_policy', {'name': 'always'}), ('binds', ['/a:b:/c']), ('binds', ['/a:/b:rx']), ('binds', ['./a:/b']),
    ('binds', ['/a:/b:ro,rw']), ('binds', {'/a:b': '/c'}), ('volumes', ['a']), ('volumes', ['/a:/b']),
    ('dns', ['dns.test']), ('mac_address', '02:42'), ('stop_signal', 'SIGFOO'), ('stop_signal', 0),
    ('stop_timeout', '5s'), ('mem_limit', '1x'), ('mem_limit', '1 GB'), ('shm_size', []), ('cpuset_cpus', '0-'),
    ('cpuset_cpus', [0]), ('cpu_shares', 'many'), ('cpu_period', 0.5), ('mem_swappiness', 101),
    ('oom_score_adj', 2000), ('pids_limit', -2), ('userns_mode', 'private'), ('uts_mode', 'x'), ('ipc_mode', 'x'),
    ('pid_mode', 'container:'), ('cgroupns', 'x'), ('isolation', 'x'), ('extra_hosts', {'a': 'b'}),
    ('extra_hosts', ['a']), ('links', ['db:a/b']), ('links', {'db': 'a/b'}), ('links', ['a:b:c']),
    ('port_bindings', {80: ('lan', 80)}), ('port_bindings', {80: 'x'}), ('port_bindings', {'80/xyz': 80}),
    ('port_bindings', [80]), ('ports', [0]), ('ports', ['80:80']), ('sysctls', ['a']), ('storage_opt', {'a': []}),
    ('tmpfs', ['t']), ('tmpfs', {'t': ''}), ('ulimits', [{'soft': 1}]), ('ulimits', {'nofiles': 1}),
    ('ulimits', 'nofile'), ('devices', ['/dev/a:/dev/b:x']), ('device_cgroup_rules', ['x']),
    ('device_read_bps', [{'path': '/dev/a'}]), ('device_requests', ['gpu']), ('mounts', [{'target': 't'}]),
    ('mounts', [{'target': '/t', 'type': 'x'}]), ('healthcheck', {'test': ['a', 'b']}),
    ('healthcheck', {'intervall': 1}),
    ('healthcheck', {'test': 'a', 'interval': 5}), ('working_dir', 'tmp'), ('group_add', [['a']]),
    ('security_opt', {'a': 'b'}), ('networking_config', {'back': {}}), ('ipam', {'subnet': '10.0.0.0/24'}),
    ('scope', 'here'), ('attachable', 'maybe'), ('driver_opts', {'o': ['a']}), ('options', 'a'),
]  # fmt: skip


@pytest.mark.parametrize(('name', 'value', 'expected'), BECOMES)
def test_usual_forms_of_a_value_are_accepted(name: str, value: Any, expected: Any) -> None:
    assert SHAPES[name].convert(value) == expected


@pytest.mark.parametrize(('name', 'value', 'expected'), BECOMES)
def test_what_was_converted_stays_as_it_is(name: str, value: Any, expected: Any) -> None:
    assert SHAPES[name].convert(expected) == expected


@pytest.mark.parametrize(('name', 'value'), WRONG)
def test_other_values_are_an_error_with_the_path(name: str, value: Any) -> None:
    place = 'create_options' if name in CREATE_OPTIONS and not CREATE_OPTIONS[name].host else 'host_config'
    config_class: Any = ContainerConfiguration
    if name not in CREATE_OPTIONS:
        place = 'create_options'
        config_class = VolumeConfiguration if name in VOLUME_OPTIONS else NetworkConfiguration
    with pytest.raises(ValueError, match=rf'{place}\.{name}'):
        config_class({place: {name: value}}).clean()


@pytest.mark.parametrize(('name', 'value'), [*WRONG, *((name, value) for name, value, _ in BECOMES)])
def test_the_schema_says_the_same(name: str, value: Any) -> None:
    plain = json.loads(json.dumps(value))
    schema = jsonschema.Draft202012Validator(json_schema(SHAPES[name]))

    assert schema.is_valid(plain) == accepted(name, plain)


def accepted(name: str, value: Any) -> bool:
    try:
        SHAPES[name].convert(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize('table', [CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS])
def test_nothing_is_always_allowed(table: Any) -> None:
    assert {name for name, option in table.items() if option_shape(option).convert(None) is not None} == set()


@pytest.mark.parametrize('table', [CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS])
def test_no_argument_takes_just_anything(table: Any) -> None:
    assert {name for name in table if accepted_by_row(table[name], object())} == set()


def accepted_by_row(option: Any, value: Any) -> bool:
    try:
        option_shape(option).convert(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize('table', [CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS])
def test_a_late_value_is_kept_until_it_is_used(table: Any) -> None:
    late = lazy(lambda: 1 / 0)
    assert {name for name, option in table.items() if option_shape(option).convert(late) is not late} == set()


@given(text=st.text(alphabet='ab \\"\'', max_size=8))
def test_commands_are_those_that_a_shell_can_split(text: str) -> None:
    try:
        shlex.split(text)
        splits = True
    except ValueError:
        splits = False
    assert bool(Text('', COMMAND_PATTERN)._compiled.fullmatch(text)) == splits


GROUPS = st.sampled_from(['', '0', '1', 'ffff', 'AbC', '12345', '1.2.3.4', '1.2.3', '256.1.1.1', '01.1.1.1'])


@given(parts=st.lists(GROUPS, max_size=9), separator=st.sampled_from([':', '.', '::']))
def test_addresses_are_those_of_the_standard_library(parts: list[str], separator: str) -> None:
    for text in (separator.join(parts), ':'.join(parts).replace(':::', '::')):
        assert bool(Text('', ADDRESS_PATTERN)._compiled.fullmatch(text)) == is_address(text)

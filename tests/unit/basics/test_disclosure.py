"""What may be shown of values, and how changes read."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dockermap.map
from dockermap.functional import lazy
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.disclosure import (
    HIDDEN,
    describe_change,
    has_decision,
    redacted,
    shown_value,
    without_password,
)
from dockermap.map.input import (
    ContainerLink,
    ExecCommand,
    HealthCheck,
    ItemType,
    MapConfigId,
    NetworkEndpoint,
    PortBinding,
)
from dockermap.map.policy.options import CONFIG_ARGUMENTS, CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS
from dockermap.map.state.update.container import CONTAINER_UPDATE_VARS

GIGABYTE = 1024**3
IMAGE_ID = 'sha256:' + '0123456789abcdef' * 4
OTHER_ID = 'sha256:' + 'fedcba9876543210' * 4

NEVER_SHOWN = [
    'auth',
    'auth_config',
    'blkio_weight_device',
    'command',
    'create_options',
    'device_cgroup_rules',
    'device_requests',
    'dns_opt',
    'driver_options',
    'driver_options.o',
    'driver_opts',
    'entrypoint',
    'environment',
    'environment.PASSWORD',
    'exec_commands',
    'healthcheck',
    'host_config',
    'ipam',
    'labels',
    'log_config',
    'lxc_conf',
    'mounts',
    'networking_config',
    'networks.shop.back.endpoint',
    'options',
    'security_opt',
    'storage_opt',
    'sysctls',
    'sysctls.net',
    'tmpfs',
    'ulimits',
    'something',
    'some.thing',
]

CHANGES = [
    ('mem_limit', GIGABYTE, GIGABYTE // 2, 'memory: 512m → 1g'),
    ('mem_limit', None, GIGABYTE, 'memory: 1g → not set'),
    ('mem_limit', 1_000_000_000, '1.5g', 'memory: 1536m → 1000000000b'),
    ('mem_limit', 10**400, 1, 'memory differs'),
    ('memswap_limit', -1, 2 * GIGABYTE, 'memory and swap: 2g → unlimited'),
    ('cpu_shares', 512, None, 'CPU shares: not set → 512'),
    ('nano_cpus', 1_500_000_000, 500_000_000, 'CPUs: 0.5 → 1.5'),
    ('cpuset_cpus', '0-3,5', '0', 'CPU set: 0 → 0-3,5'),
    ('restart_policy', {'Name': 'always'}, {'Name': 'no', 'MaximumRetryCount': 0}, 'restart policy: no → always'),
    (
        'restart_policy',
        {'Name': 'on-failure', 'MaximumRetryCount': 3},
        {'Name': 'on-failure', 'MaximumRetryCount': 5},
        'restart policy: on-failure:5 → on-failure:3',
    ),
    ('driver', 'local', 'nfs', 'driver: nfs → local'),
    ('internal', True, False, 'internal: no → yes'),
    ('hostname', 'shop-web', '', 'host name: not set → shop-web'),
    ('stop_signal', 'SIGINT', 15, 'stop signal: 15 → SIGINT'),
    ('stop_timeout', 5, None, 'stop timeout: not set → 5'),
    ('user', '1000:1000', 'nobody', 'user: nobody → 1000:1000'),
    ('network_mode', 'container:shop.db', 'default', 'network mode: default → container:shop.db'),
    ('network_mode', 'none', f'container:{OTHER_ID[7:]}', 'network mode: container:fedcba987654 → none'),
    ('image', f'nginx:1.25 ({IMAGE_ID})', OTHER_ID, 'image: fedcba987654 → nginx:1.25 (0123456789ab)'),
    ('image', 'nginx:1.25 (not present)', OTHER_ID, 'image: fedcba987654 → nginx:1.25 (not present)'),
    (
        'image',
        f'registry.example.com/shop/web:1 ({IMAGE_ID})',
        OTHER_ID,
        'image: fedcba987654 → registry.example.com/shop/web:1',
    ),
    ('exposes', '80/tcp on all addresses, port 8080', [], 'port 8080:80/tcp is not published'),
    (
        'exposes',
        '80/tcp on 127.0.0.1, port 8080',
        ['80/tcp on all addresses, port 8081'],
        'ports: 8081:80/tcp → 127.0.0.1:8080:80/tcp',
    ),
    ('exposes', '80/tcp on ::1, port 8080', ['80/tcp on ::1, port 1'], 'ports: [::1]:1:80/tcp → [::1]:8080:80/tcp'),
    ('exposes', '443/tcp', ['80/tcp'], 'port 443/tcp is not exposed'),
    ('ports', {'80/tcp': {}, '53/udp': {}}, {'80/tcp': {}}, 'exposed ports: 80/tcp → 53/udp, 80/tcp'),
    (
        'port_bindings',
        {'80/tcp': [{'HostIp': '', 'HostPort': '8080'}]},
        {'80/tcp': [{'HostIp': '10.0.0.1', 'HostPort': '80'}]},
        'published ports: 10.0.0.1:80:80/tcp → 8080:80/tcp',
    ),
    ('port_bindings', None, {'80/tcp': None}, 'published ports differ'),
    ('links', 'shop.db:db', ['shop.app:app'], 'link to shop.db as db is missing'),
    (
        'links',
        'shop.db:db',
        'a link to an earlier container of that name',
        'link to shop.db as db leads to an earlier container',
    ),
    ('links', None, ['/shop.db:/shop.web/db'], 'links: shop.db:db → not set'),
    ('networks.shop.back', 'connected', 'not connected', 'network shop.back: not connected → connected'),
    ('networks.shop.aliases', 'not connected', 'connected', 'network shop.aliases: connected → not connected'),
    ('networks.shop.back.aliases', ['b', 'a'], [], 'aliases in network shop.back: none → a, b'),
    ('networks.shop.back.links', ['shop.db:db'], [], 'links in network shop.back: none → shop.db:db'),
    (
        'networks.shop.back.ipv4_address',
        '10.1.0.2',
        None,
        'IPv4 address in network shop.back: not set → 10.1.0.2',
    ),
    ('networks.shop.back.endpoint', 'abc', 'def', 'endpoint in network shop.back differs'),
    ('binds./srv', '/host/content', '/other', 'bind at /srv: /other → /host/content'),
    ('attaches./data', 'shop.data', None, 'volume at /data: not mounted → shop.data'),
    ('uses./data', None, '/var/lib', 'volume at /data differs'),
    ('uses./data', None, None, 'volume at /data differs'),
    ('binds', ['/host:/srv:ro'], None, 'binds: not set → /host:/srv:ro'),
    ('mount', 'data:/new', 'data:/old', 'mount: data:/old → data:/new'),
    ('attached:data', [None, 'a+rwX'], None, 'owner and mode of volume data should be a+rwX'),
    ('attached:data', ['1000:1000', 'u=rwX'], None, 'owner and mode of volume data should be 1000:1000, u=rwX'),
    ('attached:data', None, None, 'owner and mode of volume data differ'),
    ('exit code', 'none of -127, -1, 127', 127, 'exit code is 127'),
    ('exec_commands', '/bin/run --password x', 'not running', 'exec command is not running'),
    ('environment.STAGE', 'live', 'test', 'environment.STAGE differs'),
    ('environment.STAGE', 'live', None, 'environment.STAGE differs'),
    ('driver_options.o', 'password=x', None, 'driver option o differs'),
    ('labels', {'a': 'b'}, None, 'labels differ'),
    ('command', ['a'], ['b'], 'command differs'),
    ('force_update', None, None, 'update is forced'),
    ('my own reason', None, None, 'my own reason'),
    ('my own property', 1, 2, 'my own property differs'),
]


@pytest.mark.parametrize(('property_name', 'wanted', 'found', 'expected'), CHANGES)
def test_a_change_reads_as_people_write_it(property_name: str, wanted: Any, found: Any, expected: str) -> None:
    assert describe_change(property_name, wanted, found) == expected


@pytest.mark.parametrize(
    ('wanted', 'found'),
    [
        (GIGABYTE, '1024m'),
        (None, ''),
    ],
)
def test_values_that_read_the_same_are_not_shown(wanted: Any, found: Any) -> None:
    assert describe_change('mem_limit', wanted, found) == 'memory differs'


@pytest.mark.parametrize('value', ['/a' * 21, '/a\n/b', '/a\u2028/b', 'cifs://user:password@host/share'])
def test_long_values_several_lines_and_addresses_are_not_shown(value: str) -> None:
    assert describe_change('binds./srv', value, '/srv') == 'bind at /srv differs'


def test_names_that_would_break_the_line_do_not() -> None:
    assert describe_change('environment.A\nB', 'x', None) == 'environment.A?B differs'


def test_late_values_are_not_evaluated() -> None:
    late = lazy(lambda: pytest.fail('evaluated'))
    for name in [*NEVER_SHOWN, *(change[0] for change in CHANGES)]:
        assert shown_value(name, late) is None
        describe_change(name, late, late)
    redacted({'mem_limit': late, 'networks': [late], 'command': late, 'host_config': late})


def _properties_in_source() -> set[str]:
    """First parts of the properties that are given to ``Difference`` as text."""
    names = set()
    for path in Path(dockermap.map.__file__).parent.rglob('*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'Difference':
                names.update(_property_of(node))
    return names


def _property_of(call: ast.Call) -> list[str]:
    argument = call.args[1] if len(call.args) > 1 else None
    if isinstance(argument, ast.JoinedStr):
        argument = argument.values[0]
    return [argument.value] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []


def test_the_source_is_searched_for_properties() -> None:
    assert {'environment.', 'networks.', 'force_update', 'restart_policy', 'image'} <= _properties_in_source()


@pytest.mark.parametrize(
    'name',
    sorted({
        *CREATE_OPTIONS,
        *NETWORK_OPTIONS,
        *VOLUME_OPTIONS,
        *CONFIG_ARGUMENTS,
        *CONFIG_ARGUMENTS.values(),
        *(name for _, name, _, _ in CONTAINER_UPDATE_VARS),
        *ContainerConfiguration.CONFIG_PROPERTIES,
        *NetworkConfiguration.CONFIG_PROPERTIES,
        *VolumeConfiguration.CONFIG_PROPERTIES,
        *_properties_in_source(),
        # Those that are not given as text where the difference is made.
        'attached:data',
        'attaches./data',
        'binds./srv',
        'driver_options.o',
        'uses./data',
    }),
)  # fmt: skip
def test_each_property_has_a_decision(name: str) -> None:
    assert has_decision(name)


@pytest.mark.parametrize('name', NEVER_SHOWN)
def test_nothing_is_shown_where_it_is_not_known_to_be_harmless(name: str) -> None:
    for value in ('a', 1, ['a'], {'a': 'b'}, None, ''):
        assert shown_value(name, value) is None


SECRETS = st.text(st.characters(codec='ascii', categories=('L', 'N', 'P')), min_size=1).map('hunter2-{}'.format)


def _around(secret: str) -> st.SearchStrategy[Any]:
    values = st.one_of(st.just(secret), st.just(f'/{secret}'), st.just(f'{secret}:x'), st.none(), st.just(1))
    return st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(['Name', 'a']), inner))


VALUES_WITH_SECRETS = SECRETS.flatmap(_around)
NARROW = ['mem_limit', 'cpu_shares', 'nano_cpus', 'internal', 'exposes', 'port_bindings', 'cpuset_cpus', 'exit code']


@given(st.sampled_from([*NEVER_SHOWN, *NARROW]), VALUES_WITH_SECRETS, VALUES_WITH_SECRETS)
def test_a_secret_is_in_no_text(name: str, wanted: Any, found: Any) -> None:
    for text in (describe_change(name, wanted, found), shown_value(name, wanted), repr(redacted({name: wanted}))):
        assert 'hunter2' not in str(text)


@given(st.sampled_from([change[0] for change in CHANGES]), VALUES_WITH_SECRETS, VALUES_WITH_SECRETS)
def test_a_change_is_one_line_with_at_most_two_short_values(name: str, wanted: Any, found: Any) -> None:
    text = describe_change(name, wanted, found)
    assert text.isprintable()
    assert len(text) < 150


@given(VALUES_WITH_SECRETS, VALUES_WITH_SECRETS)
def test_no_text_contradicts_itself(wanted: Any, found: Any) -> None:
    for name in ('binds', 'mount', 'binds./srv', 'links', 'hostname', 'networks'):
        _, separator, change = describe_change(name, wanted, found).partition(': ')
        old, _, new = change.partition(' → ')
        assert not separator or old != new


@given(VALUES_WITH_SECRETS)
def test_arguments_without_a_name_are_hidden(value: Any) -> None:
    assert 'hunter2' not in repr(redacted([value, {'password': value, 'kwargs': {'token': value}}]))


def test_harmless_arguments_keep_their_form() -> None:
    given_arguments = {
        'image': 'nginx:1.25',
        'mem_limit': GIGABYTE,
        'environment': {'PASSWORD': 'hunter2'},
        'host_config': {'privileged': True, 'sysctls': {'a': 'hunter2'}, 'restart_policy': {'Name': 'always'}},
        'exposes': [PortBinding(80, 8080)],
        'binds': ['/host:/srv:ro'],
        'networks': [NetworkEndpoint('back', links=[ContainerLink('db', 'database')])],
        'exec_commands': [ExecCommand('login hunter2')],
        'healthcheck': HealthCheck(['CMD', 'login', 'hunter2']),
    }
    assert redacted(given_arguments) == {
        'image': 'nginx:1.25',
        'mem_limit': GIGABYTE,
        'environment': HIDDEN,
        'host_config': {'privileged': True, 'sysctls': HIDDEN, 'restart_policy': 'always'},
        'exposes': [PortBinding(80, 8080)],
        'binds': ['/host:/srv:ro'],
        'networks': [NetworkEndpoint('back', links=[ContainerLink('db', 'database')])],
        'exec_commands': HIDDEN,
        'healthcheck': HIDDEN,
    }


def test_ids_of_items_are_harmless() -> None:
    config_id = MapConfigId(ItemType.CONTAINER, 'shop', 'web', 'blue')
    assert redacted(config_id) == config_id
    assert repr(redacted(config_id)) == repr(config_id)


@pytest.mark.parametrize(
    ('url', 'expected'),
    [
        (None, 'None'),
        ('unix:///var/run/docker.sock', 'unix:///var/run/docker.sock'),
        ('tcp://10.0.0.1:2375', 'tcp://10.0.0.1:2375'),
        ('ssh://root@host', 'ssh://root@host'),
        ('ssh://root:hunter2@host:22', 'ssh://root:...@host:22'),
        ('https://user:hun@ter/2:x@host/path', 'https://user:...@host/path'),
        ('user:hunter2@host', 'user:...@host'),
        ('tcp://:hunter2@host', 'tcp://:...@host'),
    ],
)
def test_the_password_of_an_address_is_hidden(url: Any, expected: str) -> None:
    assert without_password(url) == expected
    assert redacted({'base_url': url}) == {'base_url': None if url is None else expected}


@given(SECRETS, st.sampled_from(['ssh://', 'tcp://', 'http+docker://', '']))
def test_no_password_is_in_an_address(password: str, scheme: str) -> None:
    assert 'hunter2' not in without_password(f'{scheme}user:{password}@host')

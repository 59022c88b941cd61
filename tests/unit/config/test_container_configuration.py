"""Each property of a container configuration: default, conversion, merging, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.exceptions import InputError
from dockermap.functional import lazy
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.input import (
    ContainerLink,
    ExecCommand,
    HealthCheck,
    HostVolume,
    NetworkEndpoint,
    NotSet,
    PortBinding,
    SharedVolume,
    UsedVolume,
)


def cleaned(**values: Any) -> ContainerConfiguration:
    config = ContainerConfiguration(values)
    config.clean()
    return config


DEFAULTS = {
    'abstract': False,
    'extends': [],
    'image': NotSet,
    'instances': [],
    'clients': [],
    'shares': [],
    'binds': [],
    'attaches': [],
    'uses': [],
    'links': [],
    'exposes': [],
    'user': NotSet,
    'permissions': NotSet,
    'stop_timeout': NotSet,
    'stop_signal': NotSet,
    'start_delay': NotSet,
    'network_mode': NotSet,
    'networks': [],
    'exec_commands': [],
    'healthcheck': NotSet,
    'persistent': NotSet,
    'create_options': {},
    'host_config': {},
    'env_file': [],
    'depends_on': [],
    'job': NotSet,
    'instance_settings': {},
    'rollout': NotSet,
    'name': NotSet,
    'build': {},
    'replicas': NotSet,
    'nodes': [],
    'publish': NotSet,
    'endpoint_mode': NotSet,
    'secrets': {},
    'configs': {},
}


def test_the_properties_come_in_the_documented_order() -> None:
    assert list(ContainerConfiguration.CONFIG_PROPERTIES) == list(DEFAULTS)


@pytest.mark.parametrize('name', DEFAULTS)
def test_default(name: str) -> None:
    assert getattr(ContainerConfiguration(), name) == DEFAULTS[name]


@pytest.mark.parametrize('name', DEFAULTS)
def test_each_property_is_documented(name: str) -> None:
    assert getattr(ContainerConfiguration, name).__doc__


@pytest.mark.parametrize(
    ('name', 'value', 'expected'),
    [
        ('abstract', 'yes', True),
        ('abstract', 'no', False),
        ('extends', 'base', ['base']),
        ('extends', ('a', 'b'), ['a', 'b']),
        ('image', 'shop/cart:2', 'shop/cart:2'),
        ('image', None, None),
        ('image', '', ''),
        ('instances', 'blue', ['blue']),
        ('clients', 'web1', ['web1']),
        ('shares', '/data', ['/data']),
        ('binds', {'cfg': 'ro'}, [SharedVolume('cfg', True)]),
        ('binds', [('/etc/shop', 'conf')], [HostVolume('/etc/shop', 'conf', False)]),
        ('attaches', 'spool', [SharedVolume('spool', False)]),
        ('attaches', {'spool': '/var/spool'}, [UsedVolume('spool', '/var/spool', False)]),
        ('uses', ['spool', 'ledger'], [SharedVolume('spool', False), SharedVolume('ledger', False)]),
        ('links', {'ledger': 'db'}, [ContainerLink('ledger', 'db')]),
        ('exposes', 8080, [PortBinding(8080)]),
        ('exposes', {8080: (80, 'lan')}, [PortBinding(8080, 80, 'lan')]),
        ('user', 'app', 'app'),
        ('user', 'app:staff', 'app:staff'),
        ('user', 1000, 1000),
        ('user', 0, 0),
        ('user', ('app', 'staff'), ('app', 'staff')),
        ('user', ['app', 'staff'], ('app', 'staff')),
        ('permissions', 'u=rwX', 'u=rwX'),
        ('stop_timeout', 10, 10),
        ('stop_timeout', 0, 0),
        ('stop_timeout', None, None),
        ('stop_signal', 'SIGINT', 'SIGINT'),
        ('stop_signal', 2, 2),
        ('start_delay', 0.5, 0.5),
        ('rollout', 'one-by-one', 'one-by-one'),
        ('rollout', 'parallel', 'parallel'),
        ('network_mode', None, NotSet),
        ('network_mode', 'disabled', 'none'),
        ('network_mode', 'none', 'none'),
        ('network_mode', 'ledger.blue', ('ledger', 'blue')),
        ('network_mode', '/other', 'container:other'),
        ('networks', {'front': 'web'}, [NetworkEndpoint('front', ['web'])]),
        ('exec_commands', 'run all', [ExecCommand('run all')]),
        ('healthcheck', 'probe', HealthCheck('probe')),
        ('healthcheck', None, HealthCheck(None)),
        ('persistent', 1, True),
        ('persistent', 'no', False),
        ('create_options', {'command': 'run'}, {'command': 'run'}),
        ('create_options', None, {}),
        ('host_config', {'privileged': True}, {'privileged': True}),
    ],
)
def test_conversion(name: str, value: Any, expected: Any) -> None:
    assert getattr(cleaned(**{name: value}), name) == expected


@pytest.mark.parametrize('name', [name for name, value in DEFAULTS.items() if value in ([], {})])
def test_none_is_empty(name: str) -> None:
    assert getattr(cleaned(**{name: None}), name) == DEFAULTS[name]


@pytest.mark.parametrize('name', ['user', 'permissions', 'stop_timeout', 'stop_signal', 'start_delay'])
def test_late_values_are_kept(name: str, never: Any) -> None:
    assert getattr(cleaned(**{name: never}), name) is never


@pytest.mark.parametrize('name', ['create_options', 'host_config'])
def test_options_may_be_a_function_or_late(name: str) -> None:
    def made() -> dict[str, int]:
        return {}

    late = lazy(dict)
    assert getattr(cleaned(**{name: made}), name) is made
    assert getattr(cleaned(**{name: late}), name) is late


def test_late_values_may_stand_in_lists_and_options(never: Any) -> None:
    config = cleaned(shares=[never], binds=[('/x', never)], exposes=[(80, never)], create_options={'user': never})
    assert config.shares[0] is never
    assert config.binds[0].host_path is never
    assert config.exposes[0].host_port is never
    assert config.create_options['user'] is never


def test_a_registered_value_is_kept_as_path(registered_type: Any) -> None:
    place = registered_type(type('Place', (), {}))()
    assert cleaned(shares=place).shares == [place]


@pytest.mark.parametrize(
    ('name', 'value', 'path'),
    [
        ('abstract', 'perhaps', 'abstract'),
        ('extends', [5], r'extends\[0\]'),
        ('image', 5, 'image'),
        ('image', ['x'], 'image'),
        ('image', ':7', 'image'),
        ('instances', [1, 2], r'instances\[0\]'),
        ('instances', ['i', 'i'], r'instances\[1\]'),
        ('instances', [''], r'instances\[0\]'),
        ('instances', {'i': 1}, r'instance_settings\.i'),
        ('clients', 5, 'clients'),
        ('shares', [5], r'shares\[0\]'),
        ('binds', 5, 'binds'),
        ('attaches', [('spool', 'ro')], r'attaches\[0\]\[1\]'),
        ('uses', [None], r'uses\[0\]'),
        ('links', [5], r'links\[0\]'),
        ('exposes', [99999], r'exposes\[0\]'),
        ('exposes', [PortBinding(80), PortBinding(99999)], r'exposes\[1\]\[0\]'),
        ('exposes', ['8000-8002'], r'exposes\[0\]'),
        ('user', 1.5, 'user'),
        ('user', True, 'user'),
        ('user', ['a'], 'user'),
        ('permissions', 493, 'permissions'),
        ('stop_timeout', '10s', 'stop_timeout'),
        ('stop_timeout', True, 'stop_timeout'),
        ('stop_timeout', 1.5, 'stop_timeout'),
        ('stop_signal', ['SIGINT'], 'stop_signal'),
        ('start_delay', 'soon', 'start_delay'),
        ('rollout', 'one by one', 'rollout'),
        ('rollout', True, 'rollout'),
        ('start_delay', -1, 'start_delay'),
        ('network_mode', 5, 'network_mode'),
        ('networks', 5, 'networks'),
        ('exec_commands', [5], r'exec_commands\[0\]'),
        ('healthcheck', 5, 'healthcheck'),
        ('persistent', 'perhaps', 'persistent'),
        ('create_options', ['a'], 'create_options'),
        ('create_options', {5: 'a'}, 'create_options'),
        ('host_config', 'privileged', 'host_config'),
    ],
)
def test_what_is_refused_is_named_with_its_path(name: str, value: Any, path: str) -> None:
    with pytest.raises(InputError, match=f'^{path}: '):
        cleaned(**{name: value})


def test_options_that_contain_themselves_are_refused() -> None:
    options: dict[str, Any] = {}
    options['labels'] = options
    with pytest.raises(InputError, match=r'^create_options\.labels: .*contains itself'):
        cleaned(create_options=options)


@pytest.mark.parametrize(
    ('name', 'current', 'incoming', 'expected'),
    [
        ('abstract', True, False, True),
        ('extends', ['a'], ['b'], ['a']),
        ('image', 'a', 'b', 'b'),
        ('instances', ['i'], ['j', 'i'], ['i', 'j']),
        ('clients', ['c1'], ['c2'], ['c1', 'c2']),
        ('shares', ['/a'], ['/b'], ['/a', '/b']),
        ('binds', ['a', 'b'], [('b', 'ro'), 'c'], ['a', ('b', 'ro'), 'c']),
        ('attaches', ['a', 'b'], [('a', '/x')], [('a', '/x'), 'b']),
        ('uses', ['a'], [('a', '/x')], [('a', '/x')]),
        ('links', ['a'], ['b', 'a'], ['a', 'b']),
        ('links', ['a'], [('a', 'x')], [('a', 'x')]),
        ('links', [('a', 'x')], [('a', 'y')], [('a', 'x'), ('a', 'y')]),
        ('exposes', [(80, 1), (90, 2)], [('80', 3)], [('80', 3), (90, 2)]),
        ('exposes', [(80, 1), (90, 2)], [(80, 3), (80, 4)], [(80, 3), (80, 4), (90, 2)]),
        ('exposes', [(80, 1), (90, 2), (80, 5)], [(80, 3)], [(80, 3), (90, 2)]),
        ('user', 'a', 'b', 'b'),
        ('permissions', 'a', 'b', 'b'),
        ('stop_timeout', 5, None, None),
        ('stop_signal', 'SIGINT', 'SIGTERM', 'SIGTERM'),
        ('start_delay', 1, 2, 2),
        ('network_mode', 'host', 'bridge', 'bridge'),
        ('network_mode', 'host', None, 'host'),
        ('networks', ['a', 'b'], {'a': 'x'}, [('a', 'x'), 'b']),
        ('exec_commands', [(['a', 'b'],)], [(['a', 'b'],), 'c'], [(['a', 'b'],), 'c']),
        ('healthcheck', 'a', None, None),
        ('persistent', True, False, False),
        ('create_options', {'a': {'x': 1}, 'b': 1}, {'a': {'y': 1}}, {'a': {'y': 1}, 'b': 1}),
        ('host_config', {'a': 1}, {'b': 2}, {'a': 1, 'b': 2}),
    ],
)
def test_merging(name: str, current: Any, incoming: Any, expected: Any) -> None:
    config = ContainerConfiguration({name: current})
    config.merge({name: incoming})
    assert config == ContainerConfiguration({name: expected})


def test_a_function_for_options_is_replaced_by_later_ones() -> None:
    def made() -> dict[str, int]:
        return {}

    config = ContainerConfiguration(create_options={'a': 1})
    config.merge({'create_options': made})
    assert config.create_options is made


def test_merged_lists_still_convert_what_is_appended() -> None:
    config = ContainerConfiguration(links=['a'])
    config.merge({'links': ['b']})
    config.links.append('c')
    assert config.links[-1] == ContainerLink('c')


def test_merging_shares_with_late_values_compares_them_by_identity(never: Any) -> None:
    config = ContainerConfiguration(shares=[never])
    config.merge({'shares': [never, '/a']})
    assert config.shares == [never, '/a']


def test_the_dict_consists_of_plain_values_only() -> None:
    config = ContainerConfiguration(
        user=('u', 'g'),
        network_mode='a.i',
        healthcheck='probe',
        networks={'n': {'links': 'a'}},
        exec_commands='run',
    )
    assert config.as_dict() == {
        'abstract': False,
        'user': ['u', 'g'],
        'network_mode': ['a', 'i'],
        'networks': [
            {
                'network_name': 'n',
                'aliases': None,
                'links': [{'container': 'a', 'alias': None}],
                'ipv4_address': None,
                'ipv6_address': None,
                'link_local_ips': None,
            }
        ],
        'exec_commands': [{'cmd': 'run', 'user': None, 'policy': 'restart'}],
        'healthcheck': {'test': 'probe'},
    }


def test_start_options_is_a_former_name_of_host_config() -> None:
    with pytest.warns(DeprecationWarning, match="start_options: .*'host_config'"):
        config = ContainerConfiguration(start_options={'privileged': True})
    assert config.host_config == {'privileged': True}
    assert config.start_options == {'privileged': True}
    with pytest.warns(DeprecationWarning, match='host_config'):
        config.start_options = {'init': True}
    assert config.host_config == {'init': True}
    with pytest.warns(DeprecationWarning, match='host_config'):
        config.merge({'start_options': {'privileged': True}})
    assert config.host_config == {'init': True, 'privileged': True}


@pytest.mark.parametrize('check', [('probe', '0s'), ('probe', None, None, 0), (None, 0)])
def test_zeros_of_a_health_check_survive_the_dict(check: Any) -> None:
    config = ContainerConfiguration(healthcheck=HealthCheck(*check))
    assert ContainerConfiguration(config.as_dict()) == config

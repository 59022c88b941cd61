"""Unquoted values of documents where only text makes sense: they are the text that was written."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from dockermap.exceptions import InputError
from dockermap.map.config.main import ContainerMap
from dockermap.map.input._written import written
from dockermap.map.policy.utils import init_options
from dockermap.map.yaml import load_clients, load_file, load_map

# What YAML reads as something else, with that.
CHANGED: dict[str, Any] = {
    '0755': 493,
    '0x1F': 31,
    '0b11': 3,
    '1_000': 1000,
    '+31201234567': 31201234567,
    '24.10': 24.1,
    '1.0': 1.0,
    '007': 7,
    '+1': 1,
    '-0': 0,
    '1.': 1.0,
    '.5': 0.5,
    '1.5e+3': 1500.0,
    '.inf': float('inf'),
    'on': True,
    'off': False,
    'yes': True,
    'No': False,
    'True': True,
    'FALSE': False,
}
NEVER_CHANGED = ['22:22', '1:30.5', '2026-01-31', '2026-01-31T12:00:00Z', '2020-13-45', '1e3', '08', '0o17']


def map_with(settings: str) -> ContainerMap:
    return load_map(f'name: shop\nweb: {{{settings}}}\n')


TEXT_PLACES = {
    'environment': ('create_options', '{{environment: {{A: {0}}}}}', lambda found: found['environment']['A']),
    'labels': ('create_options', '{{labels: {{A: {0}}}}}', lambda found: found['labels']['A']),
    'a name in the environment': (
        'create_options',
        '{{environment: {{{0}: A}}}}',
        lambda found: next(iter(found['environment'])),
    ),
    'a name of a label': ('create_options', '{{labels: {{{0}: A}}}}', lambda found: next(iter(found['labels']))),
    'host name': ('create_options', '{{hostname: {0}}}', lambda found: found['hostname']),
    'domain name': ('create_options', '{{domainname: {0}}}', lambda found: found['domainname']),
    'user': ('create_options', '{{user: {0}}}', lambda found: found['user']),
    'words of a command': ('create_options', '{{command: [chmod, {0}]}}', lambda found: found['command'][1]),
    'sysctls': (
        'host_config',
        '{{sysctls: {{net.core.somaxconn: {0}}}}}',
        lambda found: found['sysctls']['net.core.somaxconn'],
    ),
    'log options': (
        'host_config',
        '{{log_config: {{type: json-file, config: {{max-file: {0}}}}}}}',
        lambda found: found['log_config']['config']['max-file'],
    ),
    'storage options': ('host_config', '{{storage_opt: {{size: {0}}}}}', lambda found: found['storage_opt']['size']),
}


@pytest.mark.parametrize('text', [*CHANGED, *NEVER_CHANGED])
@pytest.mark.parametrize(('setting', 'form', 'read'), TEXT_PLACES.values(), ids=list(TEXT_PLACES))
def test_the_request_has_the_text_that_was_written(setting: str, form: str, read: Any, text: str) -> None:
    found = load_map(f'name: shop\nweb: {{{setting}: {form.format(text)}}}\n', check_integrity=False)
    configuration = found.containers.web
    assert read(init_options(getattr(configuration, setting))) == text


@pytest.mark.parametrize('text', CHANGED)
def test_driver_options_are_the_text_that_was_written(text: str) -> None:
    found = load_map(
        f'name: shop\nvolumes: {{v: {{driver_options: {{o: {text}}}}}}}\n'
        f'networks: {{n: {{driver_options: {{{text}: {text}}}}}}}\n'
    )
    assert init_options(found.volumes.v.driver_options) == {'o': text}
    assert init_options(found.networks.n.driver_options) == {text: text}


@pytest.mark.parametrize('text', ['', '~', 'null', 'Null'])
def test_nothing_stays_nothing(text: str) -> None:
    found = map_with(f'create_options: {{environment: {{A: {text}}}}}').containers.web
    assert init_options(found.create_options) == {'environment': {'A': None}}


@pytest.mark.parametrize(('text', 'plain'), CHANGED.items())
def test_the_dict_of_a_map_has_the_plain_value(text: str, plain: Any) -> None:
    found = map_with(f'create_options: {{environment: {{A: {text}}}}}').as_dict()
    value = found['containers']['web']['create_options']['environment']['A']
    assert value == plain
    assert type(value) is type(plain)


@pytest.mark.parametrize(('text', 'plain'), CHANGED.items())
def test_a_file_as_such_has_plain_values(text: str, plain: Any, tmp_path: Any) -> None:
    (tmp_path / 'x.yaml').write_text(f'[{text}]')
    [value] = load_file(tmp_path / 'x.yaml')
    assert value == plain
    assert type(value) is type(plain)


def test_texts_survive_copies_anchors_merge_keys_and_inheritance() -> None:
    found = load_map("""
        name: shop
        base: &base {abstract: true, create_options: {environment: &env {A: 0755, B: on}}}
        web: {extends: base, create_options: {user: 010}}
        app: {<<: *base, abstract: false}
        job: {create_options: {environment: {<<: *env, B: off}}}
    """)
    for source in (found, found.copy()):
        extended = source.get_extended_map().containers
        assert init_options(extended.web.create_options)['environment'] == {'A': '0755', 'B': 'on'}
        assert init_options(extended.web.create_options)['user'] == '010'
        assert init_options(extended.app.create_options)['environment'] == {'A': '0755', 'B': 'on'}
        assert init_options(extended.job.create_options)['environment'] == {'A': '0755', 'B': 'off'}


def test_texts_survive_merging() -> None:
    found = ContainerMap('shop', {'web': {'create_options': {'tty': True}}})
    found.merge(map_with('create_options: {environment: {A: 0755}}'))
    assert init_options(found.containers.web.create_options) == {'tty': True, 'environment': {'A': '0755'}}


@pytest.mark.parametrize(
    ('settings', 'name', 'expected'),
    [
        ('user: 0755', 'user', '0755'),
        ('user: 1000', 'user', 1000),
        ('user: [01, 02]', 'user', ('01', '02')),
        ('image: 24.10', 'image', '24.10'),
        ('instances: [01, 0x2, no]', 'instances', ['01', '0x2', 'no']),
        ('instances: 010', 'instances', ['010']),
        ('permissions: 0750', 'permissions', '0750'),
    ],
)
def test_texts_among_the_properties_are_what_was_written(settings: str, name: str, expected: Any) -> None:
    assert getattr(map_with(settings).containers.web, name) == expected


def test_names_are_what_was_written() -> None:
    found = load_map("""
        name: 010
        default_tag: 24.10
        default_domain: 0.10
        clients: [01, on]
        networks: {1.10: }
        volumes: {08: /a, 010: /b}
        host: {010: {01: /srv/a, 02: /srv/b}}
        groups: {all: [no, 1.00]}
        no: {networks: [1.10], binds: 010, instances: [01, 02], attaches: 08}
        1.00: {links: {no.01: 0x1}, networks: {1.10: [no, 1_0]}}
    """)
    assert (found.name, found.default_tag, found.default_domain, found.clients) == (
        '010',
        '24.10',
        '0.10',
        ['01', 'on'],
    )
    assert sorted(found.containers.keys()) == ['1.00', 'no']
    assert [*found.networks.keys()] == ['1.10']
    assert [*found.volumes.keys()] == ['08', '010']
    assert found.host.get_path('010', '02') == '/srv/b'
    assert found.groups['all'] == ['no', '1.00']
    assert found.containers['no'].binds[0].name == '010'
    assert found.containers['1.00'].links[0].alias == '0x1'
    assert found.containers['1.00'].networks[0].aliases == ['no', '1_0']


@pytest.mark.parametrize(
    ('settings', 'name', 'expected'),
    [
        ('stop_timeout: 010', 'stop_timeout', 8),
        ('start_delay: 0.50', 'start_delay', 0.5),
        ('stop_signal: 0x9', 'stop_signal', 9),
        ('persistent: off', 'persistent', False),
        ('persistent: yes', 'persistent', True),
    ],
)
def test_numbers_and_truth_values_stay_what_they_mean_elsewhere(settings: str, name: str, expected: Any) -> None:
    value = getattr(map_with(settings).containers.web, name)
    assert value == expected
    assert type(value) is type(expected)


def test_ports_stay_numbers() -> None:
    assert [*map_with('exposes: [0x50, [8_080, 0x51]]').containers.web.exposes][1][:2] == (8080, 81)


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ('create_options: {tty: yes}', {'tty': True}),
        ('create_options: {mem_limit: 0x100000}', {'mem_limit': 1048576}),
        ('create_options: {cpu_shares: 1_000}', {'cpu_shares': 1000}),
        ('create_options: {ulimits: [{Name: nofile, Soft: 0x400, Hard: 0x400}]}', None),
    ],
)
def test_options_that_are_no_texts_have_plain_values(settings: str, expected: Any) -> None:
    found = map_with(settings).containers.web.create_options
    assert expected is None or found == expected
    assert json.dumps(found) == json.dumps(expected or {'ulimits': [{'Name': 'nofile', 'Soft': 1024, 'Hard': 1024}]})


@pytest.mark.parametrize(
    'settings', ['create_options: {environment: {1: a, "1": b}}', 'create_options: {labels: {on: a, "on": b}}']
)
def test_names_that_are_the_same_as_text_are_an_error(settings: str) -> None:
    with pytest.raises(InputError, match=r'^shop\.web\.create_options\.(environment|labels): .*same as text'):
        map_with(settings)


def test_configurations_that_are_the_same_as_text_are_an_error() -> None:
    with pytest.raises(InputError, match='same as text'):
        load_map('name: shop\n01: {image: x}\n"01": {image: y}\n')


@pytest.mark.parametrize(
    'text', ['image: 5', 'image: true', 'user: 1.5', 'instances: [1, 2]', 'permissions: 750', 'links: 5']
)
def test_a_number_as_such_is_no_text_among_the_properties(text: str) -> None:
    with pytest.raises(InputError, match=r'^shop\.web\.'):
        map_with(text)


@pytest.mark.parametrize('settings', [{'image': 5}, {'permissions': 488}, {'instances': [1]}, {'links': 5}])
def test_numbers_from_python_are_refused_as_before(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r'^shop\.web\.'):
        ContainerMap('shop', {'web': settings})


def test_errors_show_the_plain_value() -> None:
    with pytest.raises(InputError, match=r'found 8 \(int\)'):
        map_with('healthcheck: 010')


def test_texts_of_clients_are_what_was_written() -> None:
    found = load_clients("""
        01:
            version: 1.30
            domainname: 0.10
            timeout: 010
            auth_configs: {hub: {username: 0123, password: 0755}}
    """)
    client = found['01']
    assert (client.version, client.domainname, client.timeout) == ('1.30', '0.10', 8)
    assert client.auth_configs == {'hub': {'username': '0123', 'password': '0755'}}


@pytest.mark.parametrize('plain', [493, 0.5, True])
def test_a_value_with_a_text_can_be_pickled(plain: Any) -> None:
    value = pickle.loads(pickle.dumps(written(plain, 'text')))
    assert (value, str(value), f'{value}', repr(value)) == (plain, 'text', 'text', repr(plain))

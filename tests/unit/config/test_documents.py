"""Documents from others: limits, values that cannot be read, keys that mean the same."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from dockermap.exceptions import DockerMapError, InputError
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.yaml import DocumentError, load_clients, load_file, load_map, load_map_file


def in_option(value: str) -> str:
    return f'name: shop\nweb:\n  create_options:\n    a: {value}\n'


@pytest.mark.parametrize(
    'value',
    [
        '!!int ""',
        '!!int abc',
        '!!int 0x',
        '!!float abc',
        '!!float ""',
        '!!bool abc',
        '!!bool ""',
        '!!timestamp abc',
        '!!timestamp 2020-13-45',
        '!!timestamp 2020-01-01T99:00:00Z',
        '!!int [1]',
        '!!bool {a: b}',
        '!!timestamp [a]',
        '!!binary ä',
        '0x_',
        '0b__',
        '"\\UFFFFFFFF"',
        '"\\U00110000"',
        '"\\uD800"',
        '"\\xZZ"',
        '9' * 5000,
        '0x' + 'F' * 5000,
        '1.' + '0' * 5000,
        '!path "~a\\0b"',
        '!path ["~a\\0b"]',
        '!path_lazy "a\\0b"',
        '!path_lazy {k: "a\\0b"}',
        '!unknown x',
        '{? [a] : b}',
        '{!path_lazy a: b}',
        '*nosuch',
        '{',
        '"',
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(value: str) -> None:
    with pytest.raises(yaml.YAMLError, match=r'line [45]'):
        load_map(in_option(value))


@pytest.mark.parametrize('character', ['\0', '\x07', '\ud800', '\uffff'])
def test_a_character_that_cannot_stand_in_a_document_is_named_with_its_line(character: str) -> None:
    with pytest.raises(yaml.YAMLError, match=r'line 4'):
        load_map(in_option(f'x{character}'))


def test_errors_of_documents_are_value_errors_and_errors_of_this_library() -> None:
    with pytest.raises(DocumentError) as caught:
        load_map(in_option('!!int ""'))
    assert isinstance(caught.value, (DockerMapError, ValueError, yaml.YAMLError))
    assert issubclass(DocumentError, (DockerMapError,))
    assert issubclass(DocumentError, (ValueError,))


def test_errors_in_a_file_have_its_name(tmp_path: Path) -> None:
    (tmp_path / 'shop.yaml').write_text(in_option('!!bool abc'))
    with pytest.raises(DocumentError, match=r'shop\.yaml", line 4'):
        load_map_file(tmp_path / 'shop.yaml')


@pytest.mark.parametrize('value', ['2020-01-02', '2020-13-45', '2001-12-14t21:59:43.10-05:00'])
def test_dates_are_texts(value: str) -> None:
    assert load_map(in_option(value)).containers.web.create_options == {'a': value}


@pytest.mark.parametrize(
    ('first', 'second'),
    [
        ('1', 'true'),
        ('1', '1.0'),
        ('true', 'yes'),
        ('0', 'off'),
        ('10', '0xA'),
        ('010', '8'),
        ('~', 'null'),
        ('1', '+1'),
    ],
)
def test_keys_that_mean_the_same_are_an_error(first: str, second: str) -> None:
    with pytest.raises(DocumentError, match=r"'.*' of line 6 means the same as '.*' of line 5"):
        load_map(f'name: shop\nweb:\n  create_options:\n    labels:\n      {first}: a\n      {second}: b\n')


def test_keys_that_only_look_alike_are_different_ones() -> None:
    found = load_map('name: shop\nweb: {create_options: {labels: {"1": a, "true": b, "1.0": c, "~": e}}}')
    assert found.containers.web.create_options['labels'] == {'1': 'a', 'true': 'b', '1.0': 'c', '~': 'e'}


def test_a_merged_key_may_be_given_again() -> None:
    found = load_map('name: shop\na: &a {image: x, user: u}\nb: {<<: *a, user: v}\n')
    assert (found.containers.b.image, found.containers.b.user) == ('x', 'v')


NESTED = {
    'lists': lambda depth: '[' * depth + ']' * depth,
    'mappings': lambda depth: '{a: ' * depth + 'b' + '}' * depth,
    'block lists': lambda depth: '\n' + '- ' * depth + 'a',
    'block mappings': lambda depth: '\n' + ''.join(f'{" " * level}a:\n' for level in range(1, depth + 1)),
}


@pytest.mark.parametrize('kind', NESTED)
@pytest.mark.parametrize('depth', [150, 2000])
def test_documents_that_are_nested_too_deeply_are_refused_with_the_line(kind: str, depth: int) -> None:
    with pytest.raises(DocumentError, match=r'(?s)nested more than 100 levels deep.*line'):
        load_map(f'name: shop\nweb: {NESTED[kind](depth)}')


def test_nesting_in_options_is_limited_with_the_path() -> None:
    with pytest.raises(InputError, match=r'^shop\.web\.create_options\.a: .*50 levels'):
        load_map(in_option('[' * 60 + ']' * 60))


@pytest.mark.parametrize('depth', [60, 5000])
def test_nesting_in_dictionaries_is_limited_with_the_path(depth: int) -> None:
    value: Any = 'x'
    for _ in range(depth):
        value = {'a': value}
    with pytest.raises(InputError, match=r'^shop\.web\.create_options\.a: .*50 levels'):
        ContainerMap('shop', {'web': {'create_options': {'a': value}}})


def test_depth_counts_what_aliases_stand_for() -> None:
    levels = [f'a{number}: &a{number} [*a{number - 1}]' for number in range(1, 200)]
    with pytest.raises(DocumentError, match='nested more than 100 levels deep'):
        load_map('\n'.join(['name: shop', 'a0: &a0 x', *levels]))


MULTIPLIED = {
    'lists': ('[x, x, x, x, x, x, x, x, x, x]', lambda alias: f'[{", ".join([alias] * 10)}]'),
    'mappings': (
        '{a: x, b: x, c: x, d: x, e: x, f: x}',
        lambda alias: '{' + ', '.join(f'{key}: {alias}' for key in 'abcdefghij') + '}',
    ),
    'merged mappings': ('{a: x, b: x, c: x}', lambda alias: f'{{<<: [{", ".join([alias] * 10)}]}}'),
}


@pytest.mark.parametrize('kind', MULTIPLIED)
def test_aliases_that_multiply_are_refused_before_they_are_expanded(kind: str) -> None:
    start, multiplied = MULTIPLIED[kind]
    lines = ['name: shop', f'a0: &a0 {start}', *(f'a{n}: &a{n} {multiplied(f"*a{n - 1}")}' for n in range(1, 12))]
    begin = time.process_time()
    with pytest.raises(DocumentError, match=r'(?s)more than 100000 values.*max_nodes.*line'):
        load_map('\n'.join(lines))
    assert time.process_time() - begin < 2


@pytest.mark.parametrize('text', ['a: &a [*a]', 'a: &a {b: *a}', 'a: &a {b: [{c: *a}]}', '&a {b: {c: *a}}'])
def test_a_value_that_contains_itself_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r'(?s)contains itself.*line 1'):
        load_map(text, 'shop')


def test_a_limit_of_nodes_can_be_given(tmp_path: Path) -> None:
    text = 'name: shop\nweb: {create_options: {a: [1, 2, 3]}}\n'
    (tmp_path / 'shop.yaml').write_text(text)
    for call in (
        lambda limit: load_map(text, max_nodes=limit),
        lambda limit: load_map_file(tmp_path / 'shop.yaml', max_nodes=limit),
        lambda limit: load_file(tmp_path / 'shop.yaml', max_nodes=limit),
    ):
        # Keys and values, and the document itself.
        assert call(12)
        with pytest.raises(DocumentError, match='more than 11 values'):
            call(11)


def test_the_limit_of_nodes_can_be_raised() -> None:
    text = f'name: shop\nweb: {{create_options: {{a: [&n [{"1, " * 1000}], {"*n, " * 119}]}}}}\n'
    with pytest.raises(DocumentError, match='more than 100000 values'):
        load_map(text)
    assert len(load_map(text, max_nodes=200_000).containers.web.create_options['a']) == 120


def test_dictionaries_have_no_limit_of_nodes() -> None:
    found = ContainerMap('shop', {'web': {'create_options': {'a': [1] * 120_000}}})
    assert len(found.containers.web.create_options['a']) == 120_000


@pytest.mark.parametrize(
    ('settings', 'path'),
    [
        ('start_delay: .inf', 'start_delay'),
        ('start_delay: .nan', 'start_delay'),
        ('start_delay: 99999999999', 'start_delay'),
        ('stop_timeout: .inf', 'stop_timeout'),
        ('stop_timeout: 99999999999', 'stop_timeout'),
        ('healthcheck: [a, .inf]', r'healthcheck\[1\]'),
        ('healthcheck: {test: a, interval: 1.0e+30}', 'healthcheck.interval'),
        ('healthcheck: {test: a, retries: 1.0e+30}', 'healthcheck.retries'),
        ('stop_signal: 1000', 'stop_signal'),
        ('exposes: [.inf]', r'exposes\[0\]'),
    ],
)
def test_numbers_without_end_are_refused_with_the_path(settings: str, path: str) -> None:
    with pytest.raises(InputError, match=rf'^shop\.web\.{path}: Expected '):
        load_map(f'name: shop\nweb: {{{settings}}}')


def test_a_number_that_python_does_not_write_is_refused_with_the_path() -> None:
    with pytest.raises(InputError, match=r'^shop\.web\.stop_timeout: Expected '):
        ContainerMap('shop', {'web': {'stop_timeout': 10**5000}})


@pytest.mark.parametrize(
    'networks',
    ['[!path_lazy y]', '!path_lazy y', '[[!path_lazy y, [a]]]', '[{network_name: !path_lazy y}]', '[y, !path_lazy z]'],
)
def test_a_late_name_of_a_network_is_refused_with_the_path(networks: str) -> None:
    with pytest.raises(MapIntegrityError, match=r'^shop\.web\.networks\[[01]\]: Expected the name of a network'):
        load_map(f'name: shop\nnetworks: {{y: }}\nweb: {{networks: {networks}}}')


@pytest.mark.parametrize('defaults', ['x', 5, ['a'], {('a', 1)}])
def test_defaults_that_are_no_map_are_refused(defaults: Any) -> None:
    with pytest.raises(InputError, match=r'^map_defaults: Expected a mapping'):
        ContainerMap('shop', {'web': None}).get_extended_map(defaults)


@pytest.mark.parametrize('key', ['self', '"self"'])
def test_a_setting_that_no_client_can_have_is_named(key: str) -> None:
    with pytest.raises(InputError, match=r'^a\.self: '):
        load_clients(f'a: {{{key}: 1}}')


def test_settings_that_a_class_of_clients_does_not_take_are_named() -> None:
    class Client:
        def __init__(self, host: str) -> None:
            self.host = host

    with pytest.raises(InputError, match=r"^a: The settings are not those of Client: .*'port'"):
        load_clients('a: {host: x, port: 1}', Client)
    with pytest.raises(InputError, match=r"^b: The settings are not those of Client: .*'host'"):
        load_clients('b: ', Client)


def test_type_errors_of_a_class_of_clients_are_not_hidden() -> None:
    def client(host: str) -> None:
        raise TypeError('an error of its own')

    with pytest.raises(TypeError, match='an error of its own'):
        load_clients('a: {host: x}', client)


class TestVariablesOfLatePaths:
    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv('NOSUCH', raising=False)

    def test_an_unset_one_is_a_warning_when_the_path_is_used(self) -> None:
        found = load_map('name: shop\nhost_root: !path_lazy $NOSUCH/x\n')
        with pytest.warns(UserWarning, match=r"line 2: .*'NOSUCH'"):
            assert found.host.root.get() == '$NOSUCH/x'

    def test_an_unset_one_is_an_error_in_strict_mode(self) -> None:
        found = load_map('name: shop\nhost_root: !path_lazy $NOSUCH/x\n', strict=True)
        with pytest.raises(InputError, match=r"line 2: .*'NOSUCH'"):
            found.host.root.get()

    def test_one_that_is_set_by_then_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = load_map('name: shop\nhost_root: !path_lazy $NOSUCH/x\n', strict=True)
        monkeypatch.setenv('NOSUCH', '/srv')
        assert found.host.root.get() == '/srv/x'


@pytest.mark.parametrize('name', ['__class__', '__x__', '____', '__'])
@pytest.mark.parametrize('section', ['containers', 'networks', 'volumes'])
def test_names_of_python_itself_are_refused_with_the_path(section: str, name: str) -> None:
    with pytest.raises(InputError, match=rf'^shop\.(\w+\.)?{name}: Expected a name'):
        load_map(f'name: shop\n{section}: {{{name}: }}')


def test_a_group_that_contains_itself_is_refused_with_the_path() -> None:
    member: dict[str, Any] = {'config_type': 'container', 'map_name': 'shop', 'config_name': 'web'}
    member['instance_name'] = [member]
    with pytest.raises((InputError, MapIntegrityError), match=r'^shop\.groups\.all'):
        ContainerMap('shop', {'groups': {'all': [member]}, 'web': None})

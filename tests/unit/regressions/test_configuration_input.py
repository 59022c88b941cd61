"""Mistakes in the input of maps and clients that were once accepted or badly explained."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.config.utils import get_map_config_ids
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.input import ExecCommand, ExecPolicy, HostVolume, NetworkEndpoint, NotSet, SharedVolume
from dockermap.map.yaml import load_map


def test_an_empty_network_mode_is_unset() -> None:
    assert load_map('name: hunt\na: {network_mode: }\n').containers.a.network_mode is NotSet


def test_an_empty_network_mode_does_not_override_an_inherited_one() -> None:
    found = load_map('name: hunt\nbase: {abstract: true, network_mode: host}\na: {extends: base, network_mode: }\n')
    assert found.get_extended_map().containers.a.network_mode == 'host'


@pytest.mark.parametrize('mode', ['disabled', 'none'])
def test_networking_is_switched_off_by_name(mode: str) -> None:
    assert load_map(f'name: hunt\na: {{network_mode: {mode}}}\n').containers.a.network_mode == 'none'


def test_a_default_repository_has_an_effect() -> None:
    extended = ContainerMap('hunt', {'base': None}).get_extended_map({'repository': '127.0.0.1:5000'})
    assert extended.get_image('base') == ('127.0.0.1:5000/base', 'latest')


@pytest.mark.filterwarnings('ignore::DeprecationWarning')
def test_start_options_have_the_effect_of_host_config() -> None:
    found = ContainerMap('hunt', {'a': {'start_options': {'mem_limit': '32m'}}}, strict=True)
    assert found.containers.a.host_config == {'mem_limit': '32m'}


def test_options_are_merged_on_the_first_level() -> None:
    found = ContainerMap(
        'hunt',
        {
            'base': {'abstract': True, 'create_options': {'environment': {'A': '1', 'B': '2'}, 'tty': True}},
            'a': {'extends': 'base', 'create_options': {'environment': {'A': '3', 'C': '4'}}},
        },
    ).get_extended_map()
    assert found.containers.a.create_options == {'environment': {'A': '3', 'C': '4'}, 'tty': True}


def test_an_alias_for_an_inherited_link_replaces_it() -> None:
    found = ContainerMap(
        'hunt',
        {
            'base': {'abstract': True, 'links': ['l1', 'l2']},
            'a': {'extends': 'base', 'links': {'l1': 'al'}},
            'l1': None,
            'l2': None,
        },
    ).get_extended_map()
    assert found.containers.a.links == [('l1', 'al'), ('l2', None)]


@pytest.mark.parametrize(
    'values',
    [
        {'a': {'links': 'b'}, 'b': {'links': 'a'}},
        {'a': {'network_mode': 'b'}, 'b': {'network_mode': 'a'}},
        {'a': {'uses': 'w', 'attaches': {'v': '/v'}}, 'b': {'uses': 'v', 'attaches': {'w': '/w'}}},
    ],
)
def test_containers_that_need_each_other_are_named_at_load(values: Any) -> None:
    with pytest.raises(MapIntegrityError, match=r'^hunt\..*a -> b -> a'):
        ContainerMap('hunt', values)


def test_configurations_that_extend_each_other_are_named_at_load() -> None:
    with pytest.raises(MapIntegrityError, match=r'^hunt\.a\.extends: .*a -> b -> a'):
        ContainerMap('hunt', {'a': {'extends': 'b'}, 'b': {'extends': 'a'}})


def test_a_circle_of_thousands_of_containers_is_found() -> None:
    circle = {f'c{index}': {'links': f'c{(index + 1) % 3000}'} for index in range(3000)}
    with pytest.raises(MapIntegrityError, match='in a circle'):
        ContainerMap('hunt', circle)


def test_items_of_a_list_come_in_order_of_their_names() -> None:
    maps = {'hunt': ContainerMap('hunt', {'ext': None, 'a': None, 'i': None}).get_extended_map()}
    assert [found.config_name for found in get_map_config_ids(['ext', 'a', 'i'], maps, 'hunt')] == ['a', 'ext', 'i']


def test_an_alias_with_a_colon_in_a_yaml_list_is_an_alias() -> None:
    found = load_map(
        'name: hunt\na: {binds: [app_data: ], uses: [logs: ]}\nb: {attaches: [logs: ]}\n'
        'volumes: {app_data: /d, logs: /l}\nhost: {app_data: /h}\n'
    )
    assert found.containers.a.binds == [SharedVolume('app_data', False)]
    assert found.containers.a.uses == [SharedVolume('logs', False)]
    assert found.containers.b.attaches == [SharedVolume('logs', False)]


def test_an_unknown_field_of_an_endpoint_is_named_with_the_right_one() -> None:
    with pytest.raises(InputError, match=r"^hunt\.a\.networks\b.*'ipv4'.*'ipv4_address'"):
        ContainerMap(
            'hunt', {'a': {'networks': [{'network1': {'ipv4': '172.17.0.5'}}]}, 'networks': {'network1': None}}
        )
    found = ContainerMap('hunt', {'a': {'networks': [{'n': {'ipv4_address': '172.17.0.5'}}]}, 'networks': {'n': None}})
    assert found.containers.a.networks == [NetworkEndpoint('n', ipv4_address='172.17.0.5')]


def test_a_tagged_mapping_may_stand_in_a_tagged_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SITE', '/srv')
    found = load_map('name: hunt\nhost: !path\n  a: $SITE/a\n  b: !path\n    i: $SITE/i\n')
    assert dict(found.host.items()) == {'a': '/srv/a', 'b': {'i': '/srv/i'}}


def test_attributes_of_the_map_itself_are_no_entries() -> None:
    container_map = ContainerMap('hunt')
    with pytest.warns(UnknownOptionWarning, match=r"^hunt\.volume1: .*'volumes\.volume1'"):
        container_map.volume1 = '/path'
    with pytest.raises(AttributeError, match='container1'):
        _ = container_map.container1  # type: ignore[attr-defined]


def test_a_client_configuration_can_be_made_from_a_dict() -> None:
    assert ClientConfiguration({'base_url': 'unix://x'}) == ClientConfiguration('unix://x')


def test_configuration_objects_may_stand_in_a_dict() -> None:
    volume = VolumeConfiguration('/v', driver='nfs')
    found = ContainerMap(
        'x',
        {
            'volumes': {'v': volume},
            'containers': {'a': ContainerConfiguration(image='i')},
            'b': ContainerConfiguration(),
        },
    )
    assert found.volumes.v == volume
    assert found.containers.a.image == 'i'


def test_a_high_level_client_is_accepted() -> None:
    low_level = SimpleNamespace(api_version='1.41', inspect_container=None)
    assert ClientConfiguration.from_client(SimpleNamespace(api=low_level)).client is low_level


@pytest.mark.parametrize(
    ('values', 'text'),
    [
        ({'a': {'imagee': 'x'}}, r"^hunt\.a\.imagee: .*did you mean 'image'\?"),
        ({'a': {'exposed': [80]}}, r"^hunt\.a\.exposed: .*did you mean 'exposes'\?"),
        ({'a': {'environment': {'A': 'B'}}}, r'^hunt\.a\.environment: '),
        ({'a': {'create_option': {}}}, r"^hunt\.a\.create_option: .*did you mean 'create_options'\?"),
        ({'networks': {'n': {'drivr': 'x'}}}, r"^hunt\.networks\.n\.drivr: .*did you mean 'driver'\?"),
        ({'volumes': {'v': {'path': '/x'}}}, r'^hunt\.volumes\.v\.path: '),
        ({'volume': {'v': {}}}, r"^hunt\.volume: .*did you mean 'volumes'\?"),
        ({'repositry': None}, r"^hunt\.repositry: .*did you mean 'repository'\?"),
    ],
)
@pytest.mark.filterwarnings('ignore::dockermap.exceptions.UnknownOptionWarning')
def test_typing_errors_are_reported(values: Any, text: str) -> None:
    with pytest.warns(UnknownOptionWarning, match=text):
        ContainerMap('hunt', values)
    with pytest.raises(ValueError, match=text):
        ContainerMap('hunt', values, strict=True)


def test_typing_errors_in_code_are_reported() -> None:
    with pytest.warns(UnknownOptionWarning, match="^imagee: .*did you mean 'image'"):
        ContainerConfiguration(imagee='x')
    container_map = ContainerMap('hunt', {'a': None})
    with pytest.warns(UnknownOptionWarning, match="^imagee: .*did you mean 'image'"):
        container_map.containers.a.imagee = 'x'


@pytest.mark.parametrize(
    ('line', 'path'),
    [
        ('stop_timeout: 10s', 'stop_timeout'),
        ('start_delay: soon', 'start_delay'),
        ('image: 5', 'image'),
        ('image: [x]', 'image'),
        ('user: 1.5', 'user'),
        ('instances: [i, i]', r'instances\[1\]'),
        ('instances: [1, 2]', r'instances\[0\]'),
        ('exposes: "8080:80"', r'exposes\b'),
        ('exposes: [22:22]', r'exposes\[0\]'),
        ('exposes: [http]', r'exposes\[0\]'),
    ],
)
def test_wrong_types_are_refused_at_load(line: str, path: str) -> None:
    with pytest.raises(ValueError, match=rf'^hunt\.a\.{path}.*: '):
        load_map(f'name: hunt\na:\n  {line}\n')


def test_words_for_false_are_false() -> None:
    assert load_map('name: hunt\na: {persistent: "no"}\n').containers.a.persistent is False


@pytest.mark.parametrize(
    ('values', 'path'),
    [
        ({'a': 'busybox'}, r'hunt\.a'),
        ({'volumes': {'v': 5}}, r'hunt\.volumes\.v'),
        ({'a': {'binds': 5}}, r'hunt\.a\.binds'),
        ({'a': {'exposes': {80: {'port': 1}}}}, r'hunt\.a\.exposes\.80'),
        ({'a': {'healthcheck': {'tests': 'x'}}}, r'hunt\.a\.healthcheck'),
        ({'a': {'create_options': ['a']}}, r'hunt\.a\.create_options'),
    ],
)
def test_errors_name_their_place(values: Any, path: str) -> None:
    with pytest.raises(ValueError, match=f'^{path}: '):
        ContainerMap('hunt', values)


def test_an_unknown_parent_names_its_place() -> None:
    with pytest.raises(MapIntegrityError, match=r'^hunt\.a\.extends: .*nosuch'):
        ContainerMap('hunt', {'a': {'extends': 'nosuch'}})


def test_a_group_may_be_a_single_name() -> None:
    assert ContainerMap('hunt', {'web': None, 'groups': {'g': 'web'}}).groups.g == ['web']
    with pytest.raises(MapIntegrityError, match=r'^hunt\.groups\.g: .*: nosuch'):
        ContainerMap('hunt', {'web': None, 'groups': {'g': 'nosuch'}})


def test_a_command_list_must_be_nested_and_the_error_says_so() -> None:
    with pytest.raises(ValueError, match=r'^hunt\.a\.exec_commands\[0\].*list of its own'):
        load_map('name: hunt\na: {exec_commands: [[/bin/sh, -c, x]]}\n')
    found = load_map('name: hunt\na: {exec_commands: [[[/bin/sh, -c, x], null, INITIAL]]}\n')
    assert found.containers.a.exec_commands == [ExecCommand(['/bin/sh', '-c', 'x'], None, ExecPolicy.INITIAL)]


@pytest.mark.parametrize(('line', 'path'), [('binds: "/h:/c:ro"', 'binds'), ('links: "b:alias"', 'links')])
def test_forms_of_the_command_line_are_explained(line: str, path: str) -> None:
    with pytest.raises(ValueError, match=rf'^hunt\.a\.{path}.*command line'):
        load_map(f'name: hunt\na:\n  {line}\nb:\n')


@pytest.mark.parametrize(
    ('text', 'key', 'line'),
    [
        ('name: hunt\na: {image: x}\nb:\na: {image: y}\n', "'a'", 'line 4'),
        ('name: hunt\na:\n  image: x\n  image: y\n', "'image'", 'line 4'),
        ('name: hunt\na: {exposes: {80: 1, 80: 2}}\n', "'80'", 'line 2'),
    ],
)
def test_a_key_that_is_given_twice_is_an_error_with_its_line(text: str, key: str, line: str) -> None:
    with pytest.raises(ValueError, match=key) as error:
        load_map(text)
    assert line in str(error.value)


def test_an_unset_variable_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('NOSUCH', raising=False)
    with pytest.warns(UserWarning, match='line 3: .*NOSUCH'):
        load_map('name: hunt\nhost:\n  a: !path $NOSUCH/x\n')


@pytest.mark.parametrize(
    ('value', 'error', 'text'),
    [
        ('zzz.a', KeyError, "no map 'zzz'.*There are the maps: hunt"),
        ('a', ValueError, 'no default map.*There are the maps: hunt'),
        ('hunt.t', KeyError, r'hunt\.t is abstract'),
        ('hunt.x', KeyError, "no configuration 'x'.*There are: a, i"),
        ('i.y', KeyError, r"no map 'i'.*'map\.i\.instance'"),
    ],
)
def test_unknown_names_list_what_exists(value: str, error: type[Exception], text: str) -> None:
    maps = {
        'hunt': ContainerMap('hunt', {'a': None, 'i': {'instances': 'y'}, 't': {'abstract': True}}).get_extended_map()
    }
    with pytest.raises(error, match=text):
        get_map_config_ids(value, maps)


def test_a_missing_host_path_of_an_instance_is_found_at_load() -> None:
    with pytest.raises(MapIntegrityError, match=r"^hunt\.a\.binds\[0\]: .*'data' for i2; there are paths for: i1"):
        ContainerMap(
            'hunt',
            {
                'a': {'instances': ['i1', 'i2'], 'binds': 'data'},
                'host': {'data': {'i1': '/h'}},
                'volumes': {'data': '/d'},
            },
        )


def test_a_bind_with_paths_stays_possible_in_all_these_forms() -> None:
    found = ContainerMap('hunt', {'a': {'binds': {'/c': ('/h', 'ro')}}})
    assert found.containers.a.binds == [HostVolume('/c', '/h', True)]

"""Words of Compose files and of the ``docker`` command, where a map has others: what is said about them."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS
from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.yaml import load_map


@pytest.mark.parametrize(
    ('word', 'value', 'home'),
    [
        ('ports', ['8080:80'], "'exposes'"),
        ('environment', {'A': 'b'}, "'create_options'"),
        ('env', ['A=b'], "'create_options', as 'environment'"),
        ('restart', 'always', "'host_config', as 'restart_policy'"),
        ('volumes', ['data:/data'], "'binds'.*'attaches'.*'uses'.*'shares'"),
        ('volume', 'data:/data', "'binds'.*'attaches'"),
        ('mem_limit', '1g', "'host_config'"),
        ('memory', '1g', "'host_config', as 'mem_limit'"),
        ('labels', {'a': 'b'}, "'create_options'"),
        ('command', 'run', "'create_options'"),
        ('container_name', 'x', "called 'name'"),
        ('logging', {'driver': 'journald'}, "'host_config', as 'log_config'"),
        ('cpus', '0.5', "'nano_cpus'"),
        ('deploy', {'replicas': 2}, "'instances'"),
        ('stop_grace_period', '1m', "'stop_timeout'"),
        ('cap-add', 'NET_ADMIN', "'host_config'"),
        ('--add-host', 'a:1.2.3.4', "'host_config', as 'extra_hosts'"),
        ('workdir', '/srv', "'create_options', as 'working_dir'"),
        ('enviroment', {'A': 'b'}, "did you mean 'environment'. It goes into 'create_options'"),
    ],
)
def test_a_word_of_compose_or_docker_is_told_where_it_goes(word: str, value: Any, home: str) -> None:
    with pytest.warns(UnknownOptionWarning, match=rf'^shop\.web\.{word}: .*{home}'):
        ContainerMap('shop', {'web': {word: value}})
    with pytest.raises(InputError, match=home):
        ContainerMap('shop', {'web': {word: value}}, strict=True)


@pytest.mark.parametrize('name', sorted({*CREATE_OPTIONS} - {*ContainerConfiguration.CONFIG_PROPERTIES}))
def test_no_argument_of_the_creating_call_is_an_unknown_word(name: str) -> None:
    with pytest.warns(UnknownOptionWarning, match='It goes into|There is nothing|go into'):
        ContainerMap('shop', {'web': {name: None}})


@pytest.mark.parametrize('name', sorted({*NETWORK_OPTIONS} - {*NetworkConfiguration.CONFIG_PROPERTIES}))
def test_no_argument_of_a_network_is_an_unknown_word(name: str) -> None:
    with pytest.warns(UnknownOptionWarning, match=rf'^shop\.networks\.back\.{name}: .*It goes into'):
        ContainerMap('shop', {'networks': {'back': {name: None}}})


@pytest.mark.parametrize('name', sorted({*VOLUME_OPTIONS} - {*VolumeConfiguration.CONFIG_PROPERTIES}))
def test_no_argument_of_a_volume_is_an_unknown_word(name: str) -> None:
    with pytest.warns(UnknownOptionWarning, match=rf'^shop\.volumes\.data\.{name}: .*It goes into'):
        ContainerMap('shop', {'volumes': {'data': {name: None}}})


def test_what_a_word_is_said_of_decides_where_it_goes() -> None:
    with pytest.warns(UnknownOptionWarning, match="'driver_options'"):
        ContainerMap('shop', {'networks': {'back': {'driver_opts': {}}}})
    with pytest.warns(UnknownOptionWarning, match="'create_options', as 'ipam'"):
        ContainerMap('shop', {'networks': {'back': {'subnet': '10.0.0.0/8'}}})
    with pytest.warns(UnknownOptionWarning, match="'default_path'"):
        ContainerMap('shop', {'volumes': {'data': {'path': '/data'}}})


@pytest.mark.parametrize('value', ['run', ['8080:80'], 5])
@pytest.mark.parametrize('word', ['command', 'ports', 'restart', 'image', 'user'])
def test_a_setting_of_containers_at_the_top_of_a_map_is_an_error_that_says_where(word: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf'^shop\.{word}: .*below the name of its configuration'):
        ContainerMap('shop', {word: value})


@pytest.mark.parametrize('word', ['environment', 'labels', 'healthcheck'])
def test_a_mapping_of_containers_at_the_top_of_a_map_is_told(word: str) -> None:
    with pytest.warns(UnknownOptionWarning) as told:
        ContainerMap('shop', {word: {'A': 'b'}})
    text = next(str(found.message) for found in told if found.category is UnknownOptionWarning)
    assert f'shop.{word}: Read as a container configuration of this name' in text
    assert 'below the name of its configuration' in text


@pytest.mark.parametrize('settings', [None, {'image': 'x'}])
@pytest.mark.parametrize('name', ['command', 'user', 'services', 'secrets', 'init'])
@pytest.mark.filterwarnings('error', 'ignore::ResourceWarning')
def test_a_container_can_be_called_like_a_setting(name: str, settings: Any) -> None:
    assert name in ContainerMap('shop', {name: settings}).containers


def test_what_compose_files_have_beside_services_is_told() -> None:
    with pytest.raises(InputError, match=r'^shop\.version: .*leave it out'):
        ContainerMap('shop', {'version': '3.8'})
    with pytest.raises(InputError, match=r"^shop\.secrets: .*'configs' of"):
        ContainerMap('shop', {'secrets': {'key': {'file': 'key.txt'}}}, strict=True)


class TestComposeFiles:
    @pytest.mark.parametrize(
        'text',
        [
            'services: {web: {image: nginx}}',
            "version: '3.8'\nservices:\n  web:\n    build: .\n",
            'services: {web: {image: nginx}, cache: }\nnetworks: {back: }',
            'name: shop\nservices: {user: {image: x}, links: {build: .}}',
        ],
    )
    def test_are_recognised_and_the_error_names_the_table(self, text: str) -> None:
        with pytest.raises(InputError, match=r'looks like a Compose file.*docs/from_compose\.rst'):
            load_map(text)
        with pytest.raises(InputError, match=r'^mall: This looks like a Compose file'):
            load_map(text, 'mall')

    def test_are_recognised_when_merged(self) -> None:
        with pytest.raises(InputError, match='looks like a Compose file'):
            ContainerMap('shop').merge({'services': {'web': {'image': 'x'}}})

    @pytest.mark.parametrize(
        'settings', [{'image': 'x'}, {'create_options': {'tty': True}}, {'host_config': {}, 'networks': {}}, None, {}]
    )
    @pytest.mark.filterwarnings('error', 'ignore::ResourceWarning')
    def test_are_not_confused_with_a_container_called_services(self, settings: Any) -> None:
        assert list(ContainerMap('shop', {'services': settings}).containers.keys()) == ['services']


class TestKeysForAnchors:
    @pytest.mark.filterwarnings('error', 'ignore::ResourceWarning')
    def test_at_the_top_of_a_map_are_ignored(self) -> None:
        found = load_map(
            """
            name: shop
            x-environment: &environment {A: b}
            x-limits: &limits {mem_limit: 1g}
            x-list: [1, 2]
            x-nothing:
            web:
              create_options: {environment: {<<: *environment, C: d}}
              host_config: *limits
            """,
            strict=True,
        )
        assert list(found.containers.keys()) == ['web']
        assert found.containers.web.create_options == {'environment': {'A': 'b', 'C': 'd'}}

    def test_are_named_where_they_look_like_containers(self) -> None:
        with pytest.warns(UserWarning, match=r"^shop\.x-base: Ignored.*below 'containers'"):
            found = ContainerMap('shop', {'x-base': {'image': 'x'}}, strict=True)
        assert not found.containers.keys()

    @pytest.mark.filterwarnings('error', 'ignore::ResourceWarning')
    def test_are_ignored_when_merged_and_in_defaults(self) -> None:
        shop = ContainerMap('shop', {'web': None})
        shop.merge({'x-a': {'b': 1}})
        assert [name for name, _ in shop.get_extended_map({'x-c': 5})] == ['web']

    def test_below_containers_are_containers(self) -> None:
        assert list(ContainerMap('shop', {'containers': {'x-a': {'image': 'x'}}}).containers.keys()) == ['x-a']

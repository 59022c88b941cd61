"""The tables of what creating calls can say."""

from __future__ import annotations

import inspect

import pytest

from dockermap.docker_api import APIClient, HostConfig
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.policy.options import (
    CONFIG_ARGUMENTS,
    CREATE_OPTIONS,
    NETWORK_OPTIONS,
    VOLUME_OPTIONS,
    sort_arguments,
    unknown_options,
)


def parameters(function, *others):
    return set(inspect.signature(function).parameters) - {'self', 'name', *others}


def test_every_argument_of_the_sdk_has_its_row():
    host = parameters(HostConfig.__init__, 'version')
    create = parameters(APIClient.create_container, 'image', 'host_config')
    assert set(CREATE_OPTIONS) == host | create | {'annotations'}
    own = {'runtime', 'annotations'}
    assert {name for name, option in CREATE_OPTIONS.items() if option.host} == host | own


@pytest.mark.parametrize(
    ('function', 'table'), [(APIClient.create_network, NETWORK_OPTIONS), (APIClient.create_volume, VOLUME_OPTIONS)]
)
def test_networks_and_volumes_have_theirs(function, table):
    assert set(table) - {'enable_ipv4'} == parameters(function)


@pytest.mark.parametrize('table', [CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS])
def test_rows_are_found_by_their_names(table):
    assert [option.name for option in table.values()] == list(table)


def test_what_engines_change_in_place_is_judged_live():
    update = parameters(APIClient.update_container, 'container')
    live = {name for name, option in CREATE_OPTIONS.items() if option.live}
    assert live == update | {'network_mode', 'networking_config', 'use_config_proxy'}


def test_arguments_are_sorted_and_unknown_ones_left_where_they_are():
    assert sort_arguments({'tty': True, 'mem_limit': 1, 'own': 2, 'runtime': 'x'}) == (
        {'tty': True, 'own': 2},
        {'mem_limit': 1, 'runtime': 'x'},
    )


def test_unknown_names_are_found():
    assert unknown_options(['tty', 'mem_limits', 'dns', 'x']) == ['mem_limits', 'x']


def test_a_call_can_use_the_names_of_the_configuration():
    assert set(CONFIG_ARGUMENTS.values()) <= set(ContainerConfiguration.CONFIG_PROPERTIES)
    assert (CONFIG_ARGUMENTS['expose'], CONFIG_ARGUMENTS['start_options']) == ('exposes', 'host_config')

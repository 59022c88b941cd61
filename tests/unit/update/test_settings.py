"""Environment, command, entrypoint and ports."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.state.update._options import GivenOptions
from dockermap.map.state.update._settings import (
    command_differences,
    entrypoint_differences,
    environment_differences,
    port_differences,
    process_differences,
)


def properties(differences: list[Any]) -> list[str]:
    return [difference.property for difference in differences]


@pytest.mark.parametrize(
    ('wanted', 'found'),
    [
        (None, ['A=1']),
        ({}, None),
        ({'A': '1'}, ['PATH=/bin', 'A=1']),
        ({'A': 1, 'B': True, 'C': 1.5}, ['A=1', 'B=true', 'C=1.5']),
        ({'A': ''}, ['A=']),
        ({'A': 'x=y'}, ['A=x=y']),
        ({'A': lazy(lambda: 5)}, ['A=5']),
        (['A=1', 'B=2'], ['B=2', 'A=1']),
        ({'A': None}, ['B=1']),
        (['A'], ['B=1']),
        ({'A': b'x'}, ['A=x']),
    ],
)
def test_variables_that_the_container_has_are_no_difference(item, wanted, found):
    assert environment_differences(item, wanted, found) == []


@pytest.mark.parametrize(
    ('wanted', 'found', 'names'),
    [
        ({'A': '1'}, None, ['environment.A']),
        ({'A': '1'}, ['A=2'], ['environment.A']),
        ({'A': '1', 'B': '2'}, ['A=2', 'B=2'], ['environment.A']),
        ({'A': ''}, ['B='], ['environment.A']),
        (['A=1'], ['A=1 '], ['environment.A']),
        ({'A': None}, ['A=1'], ['environment.A']),
    ],
)
def test_missing_and_other_variables_are_differences(item, wanted, found, names):
    assert properties(environment_differences(item, wanted, found)) == names


def test_values_of_variables_are_not_spelled_out(item):
    (difference,) = environment_differences(item, {'PASSWORD': 's3cret'}, ['PASSWORD=old'])
    assert 's3cret' not in difference.describe()
    assert 'PASSWORD' in difference.describe()


@pytest.mark.parametrize(
    ('wanted', 'found'),
    [
        (None, ['sh']),
        ('sh -c "a b"', ['sh', '-c', 'a b']),
        (['sh', '-c', 'a b'], ['sh', '-c', 'a b']),
        (('sh', '-x'), ['sh', '-x']),
        (['echo', '"a"'], ['echo', 'a']),
        (['echo', '"a"'], ['echo', '"a"']),
        (['sleep', 5], ['sleep', '5']),
        ([], None),
        ('', []),
    ],
)
def test_the_same_command_is_no_difference(item, wanted, found):
    assert command_differences(item, wanted, found) == []


@pytest.mark.parametrize(
    ('wanted', 'found'),
    [
        ('sh -x', ['sh']),
        ('sh', None),
        (['sh', '-c', 'a'], ['sh', '-c', 'b']),
        ([], ['sh']),
    ],
)
def test_another_command_is_a_difference(item, wanted, found):
    assert properties(command_differences(item, wanted, found)) == ['command']


@pytest.mark.parametrize(
    ('wanted', 'found'),
    [
        (None, ['/bin/x']),
        ('/bin/x', ['/bin/x']),
        ('env A=1', ['env', 'A=1']),
        ('env A=1', ['env A=1']),
        (['env', 'A=1'], ['env', 'A=1']),
        (('env',), ['env']),
        ('', None),
    ],
)
def test_the_same_entrypoint_is_no_difference(item, wanted, found):
    assert entrypoint_differences(item, wanted, found) == []


@pytest.mark.parametrize(('wanted', 'found'), [('/bin/x', ['/bin/y']), ('/bin/x', []), (['env A=1'], ['env', 'A=1'])])
def test_another_entrypoint_is_a_difference(item, wanted, found):
    assert properties(entrypoint_differences(item, wanted, found)) == ['entrypoint']


def ports_of(item, exposes, running=None, made=None, exposed=None, **config):
    configuration = ContainerConfiguration({'exposes': exposes, **config})
    configuration.clean()
    client = ClientConfiguration(interfaces={'lan': '10.0.0.1', 'all': '0.0.0.0'}, interfaces_ipv6={'lan': 'fd00:0::1'})
    detail = {
        'NetworkSettings': {'Ports': running},
        'HostConfig': {'PortBindings': made},
        'Config': {'ExposedPorts': exposed},
    }
    return port_differences(item, configuration, GivenOptions(configuration), client, detail)


def at(address, port):
    return [{'HostIp': address, 'HostPort': port}]


@pytest.mark.parametrize(
    ('exposes', 'running'),
    [
        ([80], {'80/tcp': None}),
        (['80'], {'80/tcp': None}),
        (['53/udp'], {'53/udp': None}),
        ([(80, 8080)], {'80/tcp': at('0.0.0.0', '8080')}),
        ([(80, '8080')], {'80/tcp': at('', '8080')}),
        ([('80/tcp', 8080)], {'80/tcp': at('0.0.0.0', '8080')}),
        ([('53/udp', 5353)], {'53/udp': at('0.0.0.0', '5353')}),
        ([(80, lazy(lambda: 8080))], {'80/tcp': at('0.0.0.0', '8080')}),
        ([(80, 8080, 'lan')], {'80/tcp': at('10.0.0.1', '8080')}),
        ([(80, 8080, 'all')], {'80/tcp': at('', '8080')}),
        ([(80, 8080, 'lan', True)], {'80/tcp': at('fd00::1', '8080')}),
        ([(80, 8080, None, True)], {'80/tcp': at('::', '8080')}),
        ([(80, 8080)], {'80/tcp': [*at('0.0.0.0', '8080'), *at('::', '8080')]}),
        ([(80, 8080, '192.0.2.7')], {'80/tcp': at('192.0.2.7', '8080')}),
        ([(80, 8080, '[fd00::7]')], {'80/tcp': at('fd00::7', '8080')}),
        ([(80, 0)], {'80/tcp': at('0.0.0.0', '32768')}),
    ],
)
def test_a_port_that_is_published_as_configured_is_no_difference(item, exposes, running):
    assert ports_of(item, exposes, running=running) == []


@pytest.mark.parametrize(
    ('exposes', 'running'),
    [
        ([80], {'80/tcp': at('0.0.0.0', '8080')}),
        ([], {'80/tcp': at('0.0.0.0', '8080')}),
        ([(80, 8080, 'lan')], {'80/tcp': [*at('10.0.0.1', '8080'), *at('0.0.0.0', '8080')]}),
        ([(80, 8080)], {'80/tcp': [*at('0.0.0.0', '1'), *at('0.0.0.0', '8080')]}),
        ([(80, 8080)], {'80/tcp': at('', '8080'), '80/udp': at('', '8080')}),
    ],
)
@pytest.mark.parametrize('place', ['running', 'made'])
def test_a_port_that_is_published_beside_what_is_configured_is_a_difference(item, exposes, running, place):
    exposed = {'80/tcp': {}}
    assert [found.property for found in ports_of(item, exposes, exposed=exposed, **{place: running})] == ['exposes']


@pytest.mark.parametrize(
    'bindings',
    [
        {80: 8080},
        {'80/tcp': [('0.0.0.0', 8080)]},
        {80: {'HostIp': '', 'HostPort': '8080'}},
        {80: None},
        {80: ('0.0.0.0',)},
        {80: '8000-8100'},
    ],
)
def test_what_is_passed_on_as_an_argument_is_configured_too(item, bindings):
    configuration = ContainerConfiguration({'host_config': {'port_bindings': bindings}})
    detail = {'NetworkSettings': {'Ports': {'80/tcp': at('0.0.0.0', '8080')}}}
    assert port_differences(item, configuration, GivenOptions(configuration), ClientConfiguration(), detail) == []


def test_a_container_that_publishes_all_ports_may_publish_any(item):
    detail = {'NetworkSettings': {'Ports': {'80/tcp': at('0.0.0.0', '8080')}}, 'HostConfig': {'PublishAllPorts': True}}
    configuration = ContainerConfiguration()
    assert port_differences(item, configuration, GivenOptions(configuration), ClientConfiguration(), detail) == []


@pytest.mark.parametrize(
    'parts',
    [
        {'made': {'80/tcp': at('', '8080')}, 'exposed': {'80/tcp': {}, '90/tcp': {}}},
        {'running': {}, 'made': {'80/tcp': at('', '8080')}, 'exposed': {'90/tcp': {}}},
    ],
)
def test_ports_of_containers_that_do_not_publish_at_the_moment_are_those_that_they_were_made_with(item, parts):
    assert ports_of(item, [(80, 8080), 90], **parts) == []


@pytest.mark.parametrize(
    ('exposes', 'running'),
    [
        ([80], {}),
        ([80], None),
        (['80/udp'], {'80/tcp': None}),
        ([(80, 8080)], {'80/tcp': None}),
        ([(80, 8080)], {'80/tcp': at('0.0.0.0', '8081')}),
        ([(80, 8080)], {'80/tcp': at('10.0.0.1', '8080')}),
        ([(80, 8080, 'lan')], {'80/tcp': at('0.0.0.0', '8080')}),
        ([(80, 8080, 'lan', True)], {'80/tcp': at('10.0.0.1', '8080')}),
        ([(80, 0)], {'80/tcp': None}),
    ],
)
def test_a_port_that_is_not_published_as_configured_is_a_difference(item, exposes, running):
    assert properties(ports_of(item, exposes, running=running)) == ['exposes']


@pytest.mark.parametrize(
    'config',
    [
        {'network_mode': 'host'},
        {'network_mode': 'none'},
        {'network_mode': 'container:x'},
        {'network_mode': 'other'},
        {'host_config': {'network_mode': 'host'}},
        {'create_options': {'network_disabled': True}},
    ],
)
def test_without_a_network_of_its_own_a_container_has_no_ports(item, config):
    assert ports_of(item, [(80, 8080)], **config) == []


def test_an_unknown_interface_is_named(item):
    with pytest.raises(ValueError, match=r"m\.app.*'wan'.*interfaces.*lan"):
        ports_of(item, [(80, 8080, 'wan')])


@pytest.mark.parametrize(
    ('entrypoint', 'command', 'found'),
    [
        (['a', 'b'], ['c'], (['a'], ['b', 'c'])),
        (['a', 'b'], None, (['a'], ['b'])),
        ('a "b c"', 'd', (['a'], ['b c', 'd'])),
        (['a'], ['b'], (['a'], ['b'])),
        (None, ['b'], (['any'], ['b'])),
        (['a'], None, (['a'], None)),
    ],
)
def test_words_of_a_process_may_be_parted_elsewhere(item, entrypoint, command, found):
    detail = {'Entrypoint': found[0], 'Cmd': found[1]}
    assert process_differences(item, entrypoint, command, detail) == []


@pytest.mark.parametrize(
    ('entrypoint', 'command', 'found', 'names'),
    [
        (['a', 'b'], ['c'], (['a'], ['c', 'b']), ['command', 'entrypoint']),
        (['a', 'b'], None, (['a'], ['b', 'c']), ['entrypoint']),
        (None, ['b'], (['b'], []), ['command']),
    ],
)
def test_other_words_of_a_process_are_a_difference(item, entrypoint, command, found, names):
    detail = {'Entrypoint': found[0], 'Cmd': found[1]}
    assert properties(process_differences(item, entrypoint, command, detail)) == names

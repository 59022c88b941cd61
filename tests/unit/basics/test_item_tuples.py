from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map import input as inputs
from dockermap.map.input import (
    CmdCheck,
    ContainerLink,
    ExecCommand,
    ExecPolicy,
    HealthCheck,
    HostVolume,
    InputConfigId,
    ItemType,
    MapConfigId,
    NetworkEndpoint,
    NotSet,
    PortBinding,
    SharedVolume,
    UsedVolume,
)

LATE = lazy(lambda: 'x')


@pytest.mark.parametrize(
    ('enum', 'members'),
    [
        (ExecPolicy, {'RESTART': 'restart', 'INITIAL': 'initial'}),
        (CmdCheck, {'FULL': 'full', 'PARTIAL': 'partial', 'NONE': 'none'}),
        (ItemType, {'CONTAINER': 'container', 'VOLUME': 'volume', 'NETWORK': 'network', 'IMAGE': 'image'}),
    ],
)
def test_members_of_the_enums(enum: Any, members: Any) -> None:
    assert {member.name: member.value for member in enum} == members


def test_constants() -> None:
    assert inputs.EXEC_POLICY_RESTART is ExecPolicy.RESTART
    assert inputs.EXEC_POLICY_INITIAL is ExecPolicy.INITIAL
    assert inputs.CURRENT_DIR == './'


def test_item_types_are_ordered_by_value() -> None:
    assert sorted(ItemType) == [ItemType.CONTAINER, ItemType.IMAGE, ItemType.NETWORK, ItemType.VOLUME]
    assert ItemType.CONTAINER <= ItemType.CONTAINER < ItemType.IMAGE
    assert ItemType.VOLUME >= ItemType.VOLUME > ItemType.IMAGE


def test_the_unset_marker() -> None:
    assert (bool(NotSet), str(NotSet), repr(NotSet)) == (False, 'Not set', '<Value not set>')
    assert NotSet != None  # noqa: E711
    assert NotSet != ''


@pytest.mark.parametrize('duplicate', [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_there_is_one_unset_marker_only(duplicate: Any) -> None:
    assert duplicate(NotSet) is NotSet
    assert duplicate([NotSet])[0] is NotSet
    assert type(NotSet)() is NotSet


def test_the_unset_marker_can_be_hashed() -> None:
    assert NotSet in {NotSet}


@pytest.mark.parametrize(
    ('item', 'values'),
    [
        (SharedVolume('cfg'), ('cfg', False)),
        (HostVolume('/etc', 'conf'), ('/etc', 'conf', False)),
        (UsedVolume('cfg'), ('cfg', None, False)),
        (ContainerLink('db'), ('db', None)),
        (PortBinding(80), (80, None, None, False)),
        (NetworkEndpoint('front'), ('front', None, [], None, None, None, None, None)),
        (ExecCommand('run'), ('run', None, ExecPolicy.RESTART)),
        (MapConfigId('volume', 'm', 'c'), (ItemType.VOLUME, 'm', 'c', None)),
        (InputConfigId('image', 'm', 'c'), (ItemType.IMAGE, 'm', 'c', None)),
        (HealthCheck(None), (None, None, None, None, None, None)),
    ],
)
def test_item_tuples_are_tuples_with_defaults(item: Any, values: Any) -> None:
    assert item == values
    assert pickle.loads(pickle.dumps(item)) == item
    assert type(copy.deepcopy(item)) is type(item)


@pytest.mark.parametrize(
    ('item', 'fields'),
    [
        (SharedVolume('cfg', True), {'name': 'cfg', 'readonly': True}),
        (HostVolume('/etc', 'conf'), {'path': '/etc', 'host_path': 'conf', 'readonly': False}),
        (UsedVolume('cfg', '/p'), {'name': 'cfg', 'path': '/p', 'readonly': False}),
        (ContainerLink('db', 'a'), {'container': 'db', 'alias': 'a'}),
        (PortBinding(80), {'exposed_port': 80, 'host_port': None, 'interface': None, 'ipv6': False}),
        (
            NetworkEndpoint('front', 'web', 'db'),
            {
                'network_name': 'front',
                'aliases': ['web'],
                'links': [ContainerLink('db')],
                'ipv4_address': None,
                'ipv6_address': None,
                'link_local_ips': None,
            },
        ),
        (ExecCommand('run', 'me', 'initial'), {'cmd': 'run', 'user': 'me', 'policy': 'initial'}),
        (
            MapConfigId('volume', 'm', 'c'),
            {
                'config_type': 'volume',
                'map_name': 'm',
                'config_name': 'c',
                'instance_name': None,
            },
        ),
        (
            InputConfigId('image', 'm', 'c', ('i',)),
            {
                'config_type': 'image',
                'map_name': 'm',
                'config_name': 'c',
                'instance_names': ('i',),
            },
        ),
        (HealthCheck('NONE'), {'test': None}),
        (HealthCheck('probe', retries=0, timeout='3s'), {'test': 'probe', 'timeout': 3000000000}),
    ],
)
def test_item_tuples_as_dict(item: Any, fields: Any) -> None:
    result = item._asdict()

    assert result == fields
    assert list(result) == list(fields)


@pytest.mark.parametrize(
    'make',
    [
        SharedVolume,
        lambda: SharedVolume('a', True, 1),
        lambda: HostVolume('a'),
        lambda: PortBinding(1, port=2),
        lambda: NetworkEndpoint('front', ipv4='10.0.0.1'),
        lambda: ExecCommand('a', 'b', 'initial', 1),
        lambda: HealthCheck('a', tests='x'),
        lambda: MapConfigId('image', 'm'),
    ],
)
def test_wrong_arguments_are_type_errors(make: Any) -> None:
    with pytest.raises(TypeError):
        make()


def test_item_tuples_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ExecCommand('run').cmd = 'x'  # type: ignore[misc]


def test_a_changed_copy_is_converted_too() -> None:
    assert ExecCommand('run')._replace(policy='initial').policy is ExecPolicy.INITIAL
    assert MapConfigId('image', 'm', 'c')._replace(config_type='volume').config_type is ItemType.VOLUME
    assert HealthCheck('x')._replace(interval='1s').interval == 10**9


@pytest.mark.parametrize('policy', ['restart', 'RESTART', 'Restart', ExecPolicy.RESTART])
def test_policies_may_be_written_in_any_case(policy: Any) -> None:
    assert ExecCommand('run', None, policy).policy is ExecPolicy.RESTART


def test_an_unknown_policy_is_refused_with_the_form_of_a_command_list() -> None:
    with pytest.raises(ValueError, match=r"'x' is no policy .*'restart' or 'initial'.*a list of its own"):
        ExecCommand('/bin/sh', '-c', 'x')


@pytest.mark.parametrize('id_type', [MapConfigId, InputConfigId])
def test_an_unknown_item_type_is_refused(id_type: Any) -> None:
    with pytest.raises(ValueError, match=r"'volumes' is no item type.*did you mean 'volume'"):
        id_type('volumes', 'm', 'c')


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, None),
        ('', None),
        ([], None),
        (['a', 'b'], ['a', 'b']),
        (('a',), ['a']),
        ('a', ['a']),
    ],
)
def test_names_of_an_endpoint_become_lists(value: Any, expected: Any) -> None:
    assert NetworkEndpoint('front', value).aliases == expected
    assert NetworkEndpoint('front', link_local_ips=value).link_local_ips == expected


def test_a_late_name_of_an_endpoint_becomes_a_list_of_one() -> None:
    aliases = NetworkEndpoint('front', LATE).aliases

    assert len(aliases) == 1
    assert aliases[0] is LATE


@pytest.mark.parametrize(('field', 'value'), [('aliases', 5), ('link_local_ips', {'a': 1}), ('links', 5)])
def test_endpoint_settings_of_other_types_are_refused(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f'^{field}'):
        NetworkEndpoint('front', **{field: value})


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, []),
        ('db', [('db', None)]),
        ({'db': 'a'}, [('db', 'a')]),
        ([('db', 'a'), 'c'], [('db', 'a'), ('c', None)]),
    ],
)
def test_links_of_an_endpoint_are_converted(value: Any, expected: Any) -> None:
    assert NetworkEndpoint('front', links=value).links == expected


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, None),
        ('', None),
        ([], None),
        ('NONE', None),
        (['probe', '-q'], ['CMD', 'probe', '-q']),
        (('probe', '-q'), ['CMD', 'probe', '-q']),
        ('probe', 'probe'),
        (['CMD', 'probe'], ['CMD', 'probe']),
        (('CMD-SHELL', 'probe'), ('CMD-SHELL', 'probe')),
        (['NONE'], ['NONE']),
    ],
)
def test_the_test_of_a_health_check(value: Any, expected: Any) -> None:
    result = HealthCheck(value).test

    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, None),
        (0, 0),
        ('', 0),
        (False, 0),
        (15, 15),
        ('15', 15),
        ('15ns', 15),
        ('15 ns', 15),
        (' 15ns ', 15),
        ('15us', 15000),
        ('15ms', 15000000),
        ('15s', 15000000000),
        ('2m', 120000000000),
        ('5h', 18000000000000),
        ('1.5s', 1500000000),
        ('0.5 m', 30000000000),
    ],
)
@pytest.mark.parametrize('field', ['interval', 'timeout', 'start_period'])
def test_times_become_nanoseconds(field: str, value: Any, expected: Any) -> None:
    assert getattr(HealthCheck('probe', **{field: value}), field) == expected


def test_a_late_time_stays_late() -> None:
    assert HealthCheck('probe', LATE).interval is LATE


@pytest.mark.parametrize('value', ['fast', '-1s', '5min', '5S', '1m30s', '1.5', '1.5ns', '.5s', ' ', '5s\n', '٣s'])
def test_texts_that_are_no_times_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r'^timeout: .* is no time'):
        HealthCheck('probe', timeout=value)


def test_a_health_check_with_command_list_and_time() -> None:
    assert HealthCheck(['probe', '-q'], '5s') == (['CMD', 'probe', '-q'], 5000000000, None, None, None, None)

from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.input import (
    AttachedVolumeList,
    HostVolume,
    SharedHostVolumesList,
    SharedVolume,
    UsedVolume,
    UsedVolumeList,
)

LATE = lazy(lambda: '/late')
BOTH = [(SharedHostVolumesList, HostVolume), (UsedVolumeList, UsedVolume)]

SHARED = [
    ('cfg', False),
    (('cfg',), False),
    (['cfg'], False),
    (('cfg', 'ro'), True),
    (('cfg', True), True),
    (('cfg', 'rw'), False),
    (('cfg', False), False),
    (('cfg', None), False),
    (('cfg', ['ro']), True),
    (('cfg', (True,)), True),
    (('cfg', [None]), False),
    ({'cfg': 'ro'}, True),
    ({'cfg': ['ro']}, True),
    ({'cfg': ()}, False),
    ({'cfg': []}, False),
    ({'cfg': None}, False),
    ({'name': 'cfg'}, False),
    ({'name': 'cfg', 'readonly': True}, True),
    ({'name': 'cfg', 'readonly': 'rw'}, False),
    ({'name': 'cfg', 'readonly': 'ro'}, True),
    ({'name': 'cfg', 'readonly': None}, False),
    (('cfg', None, 'ro'), True),
    (SharedVolume('cfg', True), True),
]
WITH_PATH = [
    (('/etc/shop', 'conf/shop'), ('/etc/shop', 'conf/shop', False)),
    (('spool', '/mnt/spool'), ('spool', '/mnt/spool', False)),
    (('/etc/shop', 'conf', 'ro'), ('/etc/shop', 'conf', True)),
    (('/etc/shop', 'conf', True), ('/etc/shop', 'conf', True)),
    (('/etc/shop', 'conf', 'rw'), ('/etc/shop', 'conf', False)),
    (('/etc/shop', 'conf', None), ('/etc/shop', 'conf', False)),
    (('/etc/shop', 'conf', ''), ('/etc/shop', 'conf', False)),
    (('/etc/shop', ['conf']), ('/etc/shop', 'conf', False)),
    (('/etc/shop', ('conf', 'ro')), ('/etc/shop', 'conf', True)),
    ({'/etc/shop': 'conf'}, ('/etc/shop', 'conf', False)),
    ({'/etc/shop': ['conf', 'ro']}, ('/etc/shop', 'conf', True)),
    ({'/etc/shop': ('conf',)}, ('/etc/shop', 'conf', False)),
]


@pytest.mark.parametrize(('list_type', 'path_type'), BOTH)
@pytest.mark.parametrize(('element', 'readonly'), SHARED)
def test_an_alias_with_its_access(list_type: Any, path_type: Any, element: Any, readonly: bool) -> None:
    [item] = list_type([element])

    assert item == SharedVolume('cfg', readonly)
    assert type(item) is SharedVolume
    assert type(item.readonly) is bool


@pytest.mark.parametrize(('list_type', 'path_type'), BOTH)
@pytest.mark.parametrize(('element', 'expected'), WITH_PATH)
def test_a_volume_with_path(list_type: Any, path_type: Any, element: Any, expected: Any) -> None:
    [item] = list_type([element])

    assert item == expected
    assert type(item) is path_type
    assert type(item.readonly) is bool


@pytest.mark.parametrize(('list_type', 'path_type'), BOTH)
def test_a_late_path_is_kept(list_type: Any, path_type: Any) -> None:
    [two, three] = list_type([('/etc/shop', LATE), ('/etc/shop', LATE, 'ro')])

    assert two[1] is LATE
    assert three[1] is LATE
    assert type(two) is path_type


def test_a_late_container_path_of_a_bind_is_kept() -> None:
    [item] = SharedHostVolumesList([(LATE, 'conf')])

    assert type(item) is HostVolume
    assert item.path is LATE


def test_a_host_path_may_differ_by_instance() -> None:
    [item] = SharedHostVolumesList({'/etc/shop': {'blue': 'b', 'default': 'd'}})

    assert item == HostVolume('/etc/shop', {'blue': 'b', 'default': 'd'}, False)


@pytest.mark.parametrize(
    ('list_type', 'element', 'expected'),
    [
        (SharedHostVolumesList, {'path': '/etc', 'host_path': 'c', 'readonly': 'ro'}, HostVolume('/etc', 'c', True)),
        (SharedHostVolumesList, {'path': '/etc', 'host_path': 'c', 'readonly': 'rw'}, HostVolume('/etc', 'c', False)),
        (UsedVolumeList, {'name': 'cfg', 'path': '/etc', 'readonly': 'ro'}, UsedVolume('cfg', '/etc', True)),
        (UsedVolumeList, {'name': 'cfg', 'path': None}, SharedVolume('cfg', False)),
    ],
)
def test_volumes_by_field_names(list_type: Any, element: Any, expected: Any) -> None:
    [item] = list_type([element])

    assert item == expected
    assert type(item) is type(expected)


@pytest.mark.parametrize(
    ('list_type', 'element', 'expected'),
    [
        (SharedHostVolumesList, HostVolume('/a', 'b', True), HostVolume('/a', 'b', True)),
        (UsedVolumeList, UsedVolume('a', '/b', True), UsedVolume('a', '/b', True)),
        (SharedHostVolumesList, UsedVolume('a1', '/p', False), HostVolume('a1', '/p', False)),
        (UsedVolumeList, HostVolume('a1', '/p', False), UsedVolume('a1', '/p', False)),
    ],
)
def test_named_tuples_are_kept_or_read_as_tuples(list_type: Any, element: Any, expected: Any) -> None:
    [item] = list_type([element])

    assert item == expected
    assert type(item) is type(expected)


@pytest.mark.parametrize(
    ('list_type', 'item'),
    [
        (SharedHostVolumesList, HostVolume('/a', 'b', 'rw')),
        (UsedVolumeList, UsedVolume('a', '/b', None)),
        (UsedVolumeList, SharedVolume('a', 'rw')),
        (AttachedVolumeList, UsedVolume('a', '/b', 'rw')),
    ],
)
def test_the_access_flag_of_a_named_tuple_becomes_a_truth_value(list_type: Any, item: Any) -> None:
    assert list_type([item])[0].readonly is False


@pytest.mark.parametrize(
    'element',
    [
        (),
        [],
        ('a', 'b', 'ro', 1),
        ('a', ('b', 'ro', 1)),
        ('a', ()),
        ('a', []),
        5,
        None,
        LATE,
        True,
        b'a',
        ('a', 5),
        (5, 'a'),
        (LATE, 'ro', 'x', 1),
        (LATE,),
        (LATE, 'rw'),
        {},
        {'name': 'a', 'path': '/b', 'mode': 'ro'},
        {'name': 'a', 'read': True},
        {'path': '/a', 'readonly': True},
        {'a': 'b', 'c': 'd'},
        {'a': ('b', 'ro', 1)},
        ('a', True, 'ro'),
        '',
        ('', 'b'),
        {'a': 5},
        ('a', 'b', ['ro']),
    ],
)
@pytest.mark.parametrize('list_type', [SharedHostVolumesList, UsedVolumeList])
def test_other_elements_are_refused(list_type: Any, element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]'):
        list_type([element])


@pytest.mark.parametrize('list_type', [SharedHostVolumesList, UsedVolumeList, AttachedVolumeList])
@pytest.mark.parametrize('value', [5, True, LATE, b'ab'])
def test_other_whole_values_are_refused(list_type: Any, value: Any) -> None:
    with pytest.raises(ValueError, match='Expected'):
        list_type(value)


@pytest.mark.parametrize(
    ('list_type', 'element', 'right_form'),
    [
        (SharedHostVolumesList, '/h:/c:ro', r"\{'/c': \['/h', 'ro'\]\}"),
        (SharedHostVolumesList, '/h:/c', r"\{'/c': '/h'\}"),
        (UsedVolumeList, 'spool:/mnt:ro', r"\{'spool': \['/mnt', 'ro'\]\}"),
        (UsedVolumeList, 'spool:/mnt', r"\{'spool': '/mnt'\}"),
        (AttachedVolumeList, 'spool:/var/spool', r"\{'spool': '/var/spool'\}"),
    ],
)
def test_the_form_of_the_docker_command_is_corrected(list_type: Any, element: str, right_form: str) -> None:
    for value in (element, [element], (element,)):
        with pytest.raises(ValueError, match=f'command line; write {right_form}'):
            list_type(value)


@pytest.mark.parametrize('list_type', [SharedHostVolumesList, UsedVolumeList, AttachedVolumeList])
@pytest.mark.parametrize('element', ['a:', ':a', ':'])
def test_a_colon_is_no_part_of_an_alias(list_type: Any, element: str) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]: Expected'):
        list_type([element])


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ('spool', SharedVolume('spool')),
        (('spool',), SharedVolume('spool')),
        ([('spool',)], SharedVolume('spool')),
        ([{'name': 'spool'}], SharedVolume('spool')),
        ([('spool', '/var/spool')], UsedVolume('spool', '/var/spool')),
        ([{'spool': '/var/spool'}], UsedVolume('spool', '/var/spool')),
        ({'spool': '/var/spool'}, UsedVolume('spool', '/var/spool')),
        ([{'name': 'spool', 'path': '/var/spool'}], UsedVolume('spool', '/var/spool')),
        ([{'name': 'spool', 'path': None}], SharedVolume('spool')),
        ([('spool', None)], SharedVolume('spool')),
        ([('spool', '')], SharedVolume('spool')),
        ({'spool': None}, SharedVolume('spool')),
        ([{'spool': None}], SharedVolume('spool')),
        ([{'name': 'spool', 'readonly': False}], SharedVolume('spool')),
        ([('spool', 'rw')], SharedVolume('spool')),
        ([('spool', False)], SharedVolume('spool')),
        (SharedVolume('spool'), SharedVolume('spool')),
        ([UsedVolume('spool', '/a')], UsedVolume('spool', '/a')),
    ],
)
def test_attached_volumes(value: Any, expected: Any) -> None:
    [item] = AttachedVolumeList(value)

    assert item == expected
    assert type(item) is type(expected)


def test_a_late_path_of_an_attached_volume_is_kept() -> None:
    assert AttachedVolumeList({'spool': LATE})[0].path is LATE


@pytest.mark.parametrize(
    'value',
    [
        SharedVolume('spool', True),
        [SharedVolume('spool', True)],
        [UsedVolume('spool', '/a', True)],
        [('spool', 'ro')],
        [('spool', True)],
        {'spool': 'ro'},
        {'spool': True},
        [{'name': 'spool', 'readonly': True}],
        [{'name': 'spool', 'path': '/a', 'readonly': 'ro'}],
    ],
)
def test_attached_volumes_are_never_read_only(value: Any) -> None:
    with pytest.raises(ValueError, match=r'always read-write|allows writing'):
        AttachedVolumeList(value)


@pytest.mark.parametrize(
    'add',
    [
        lambda volumes, item: volumes.append(item),
        lambda volumes, item: volumes.insert(0, item),
        lambda volumes, item: volumes.extend(item),
        lambda volumes, item: volumes.extend([item]),
        lambda volumes, item: volumes.__setitem__(slice(0, 0), [item]),
    ],
)
def test_there_is_no_other_way_in_for_a_read_only_volume(add: Any) -> None:
    with pytest.raises(ValueError, match='read-only'):
        add(AttachedVolumeList(), SharedVolume('spool', True))


@pytest.mark.parametrize(
    'element',
    [
        (),
        ('a', '/b', False),
        5,
        None,
        LATE,
        {},
        ('a', ['/b']),
        ('a', 5),
        {'a': 1, 'b': 2},
    ],
)
def test_other_attached_volumes_are_refused(element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]'):
        AttachedVolumeList([element])


def test_a_plain_tuple_is_a_list_of_elements() -> None:
    assert SharedHostVolumesList(('cfg', 'ro')) == [SharedVolume('cfg', False), SharedVolume('ro', False)]


def test_a_whole_dict_is_read_entry_by_entry() -> None:
    volumes = SharedHostVolumesList({'cfg': 'ro', '/a': 'b', 'name': 'ro', 'x': None})

    assert volumes == [('cfg', True), ('/a', 'b', False), ('name', True), ('x', False)]


def test_an_empty_list_is_no_entry_of_a_whole_dict() -> None:
    with pytest.raises(ValueError, match='cfg'):
        UsedVolumeList({'cfg': ()})

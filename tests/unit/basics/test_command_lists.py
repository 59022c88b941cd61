from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.input import ExecCommand, ExecCommandList, ExecPolicy

LATE = lazy(lambda: 'x')


@pytest.mark.parametrize(
    ('element', 'expected'),
    [
        ('run all', ('run all', None, 'restart')),
        (('run all',), ('run all', None, 'restart')),
        ({'cmd': 'run all'}, ('run all', None, 'restart')),
        ((['run', 'all'],), (['run', 'all'], None, 'restart')),
        ((('run', 'all'),), (('run', 'all'), None, 'restart')),
        ((['/bin/sh', '-c', 'x'],), (['/bin/sh', '-c', 'x'], None, 'restart')),
        (('run all', 'daemon'), ('run all', 'daemon', 'restart')),
        (('run all', None), ('run all', None, 'restart')),
        (('run all', 5), ('run all', 5, 'restart')),
        (('run all', ('a', 'b')), ('run all', ('a', 'b'), 'restart')),
        (('run all', 'daemon', 'initial'), ('run all', 'daemon', 'initial')),
        (('run all', 'daemon', 'INITIAL'), ('run all', 'daemon', 'initial')),
        (('run all', None, ExecPolicy.INITIAL), ('run all', None, 'initial')),
        (('run all', None, None), ('run all', None, 'restart')),
        ({'cmd': ['run', 'all'], 'user': 'daemon', 'policy': 'initial'}, (['run', 'all'], 'daemon', 'initial')),
        ({'run all': 'daemon'}, ('run all', 'daemon', 'restart')),
        ({'run all': None}, ('run all', None, 'restart')),
        (['run', 'all'], ('run', 'all', 'restart')),
        (ExecCommand('run', 'a'), ('run', 'a', 'restart')),
    ],
)
def test_commands(element: Any, expected: Any) -> None:
    [command] = ExecCommandList([element])

    assert command == ExecCommand(*expected)
    assert type(command) is ExecCommand


def test_a_whole_list_of_texts_is_several_commands() -> None:
    assert [command.cmd for command in ExecCommandList(['run', 'all'])] == ['run', 'all']


def test_a_whole_dict_maps_commands_to_users() -> None:
    assert ExecCommandList({'run all': 'daemon', 'sync': None, 'cmd': 'x'}) == [
        ExecCommand('run all', 'daemon'),
        ExecCommand('sync'),
        ExecCommand('cmd', 'x'),
    ]


def test_late_commands_and_users_are_kept() -> None:
    assert ExecCommandList(LATE)[0].cmd is LATE
    [command] = ExecCommandList([(LATE, LATE)])
    assert command.cmd is LATE
    assert command.user is LATE
    assert ExecCommandList([(['run', LATE],)])[0].cmd[1] is LATE


@pytest.mark.parametrize(
    'element',
    [
        (),
        ('a', 'b', 'restart', 1),
        5,
        None,
        True,
        ('a', 'b', 'sometimes'),
        ([],),
        (['a', 5],),
        ('a', ['b']),
        ('a', 1.5),
        {},
        {'cmd': 'a', 'usr': 'b'},
        {'a': 'b', 'c': 'd'},
        {'user': 'a', 'policy': 'initial'},
        '',
        b'a',
        ('a', 'b', 5),
    ],
)
def test_other_commands_are_refused(element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]'):
        ExecCommandList([element])


@pytest.mark.parametrize('value', [[['/bin/sh', '-c', 'x']], ['/bin/sh', '-c', 'x'], [['run', 'me', 'x']]])
def test_a_command_list_without_a_list_of_its_own_is_explained(value: Any) -> None:
    with pytest.raises(ValueError, match=r"A command with arguments must be a list of its own, such as \[\['/bin/sh'"):
        ExecCommandList(value)


def test_an_unknown_policy_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"^\[0\]\[2\]: 'x' is no policy .*'restart' or 'initial'"):
        ExecCommandList([['run', 'me', 'x']])

"""Command lines for users and groups on three kinds of systems."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap import shortcuts as sh
from dockermap.shortcuts import CMD_ARG_MAPPING, CmdArgMappings, addgroup, addgroupuser, adduser, assignuser

DEBIAN, BUSYBOX, CENTOS = CmdArgMappings.DEBIAN, CmdArgMappings.BUSYBOX, CmdArgMappings.CENTOS
SYSTEMS = [DEBIAN, BUSYBOX, CENTOS]


def test_systems_print_as_members_of_their_class() -> None:
    assert [(repr(system), system.value) for system in SYSTEMS] == [
        ('CmdArgMappings.DEBIAN', 'debian'),
        ('CmdArgMappings.BUSYBOX', 'busybox'),
        ('CmdArgMappings.CENTOS', 'centos'),
    ]


@pytest.mark.parametrize(
    ('name', 'debian', 'centos', 'busybox'),
    [
        ('no_login', '--disabled-login', '-s /sbin/nologin', '-s /sbin/nologin'),
        ('no_create_home', '--no-create-home', '--no-create-home', '-H'),
        ('no_password', '--disabled-password', None, '-D'),
        ('gecos', '--gecos', '--comment', '-g'),
        ('system_user', '--system', '--system', '-S'),
    ],
)
def test_each_system_has_its_flags(name: str, debian: str, centos: str | None, busybox: str) -> None:
    assert [CMD_ARG_MAPPING[system][name] for system in (DEBIAN, CENTOS, BUSYBOX)] == [debian, centos, busybox]


def test_flags_are_in_the_same_order_everywhere() -> None:
    order = ['no_login', 'no_create_home', 'no_password', 'gecos', 'system_user']
    assert [list(CMD_ARG_MAPPING[system]) for system in SYSTEMS] == [order] * 3


@pytest.mark.parametrize(
    ('arguments', 'options', 'line'),
    [
        (('app',), {}, "adduser --disabled-login --no-create-home --disabled-password --gecos '' app"),
        (('app', 900), {'no_login': False, 'gecos': 'A B'}, "adduser --uid 900 --gecos 'A B' app"),
        (('app', 900), {'arg_mapping': CENTOS}, 'adduser -u 900 -s /sbin/nologin --no-create-home app'),
        (('app', 900, True), {'arg_mapping': BUSYBOX}, 'adduser -u 900 -s /sbin/nologin -H -D -S app'),
        (('app',), {'no_login': False}, "adduser --gecos '' app"),
        (('app',), {'__shell': '/bin/sh', 'no_login': False}, "adduser --shell /bin/sh --gecos '' app"),
        (('app', 0), {'no_login': False}, "adduser --uid 0 --gecos '' app"),
        (('app',), {'no_create_home': False}, "adduser --disabled-login --disabled-password --gecos '' app"),
        (('app',), {'no_login': False, 'no_create_home': True}, "adduser --no-create-home --gecos '' app"),
        (('app',), {'no_login': False, 'no_password': True}, "adduser --disabled-password --gecos '' app"),
        (('app',), {'no_login': False, 'gecos': False}, 'adduser app'),
        (('app', None, 1), {'no_login': 0}, "adduser --gecos '' --system app"),
        (('app',), {'no_login': False, 'arg_mapping': CENTOS}, 'adduser app'),
        (
            ('app',),
            {'no_login': False, 'arg_mapping': CENTOS, 'gecos': 'A', 'system': True},
            'adduser --comment A --system app',
        ),
        (('app',), {'no_login': False, 'arg_mapping': BUSYBOX, 'gecos': 'A B'}, "adduser -D -g 'A B' app"),
        (('-app',), {'no_login': False}, "adduser --gecos '' -- -app"),
        (('a b',), {'no_login': False}, "adduser --gecos '' 'a b'"),
    ],
)
def test_a_user_is_added(arguments: Any, options: Any, line: str) -> None:
    assert adduser(*arguments, **options) == line


@pytest.mark.parametrize('no_login', [True, False])
def test_what_a_system_cannot_do_names_option_and_system(no_login: bool) -> None:
    with pytest.raises(ValueError, match=r'no_password.*CmdArgMappings\.CENTOS'):
        adduser('app', no_login=no_login, no_password=True, arg_mapping=CENTOS)


@pytest.mark.parametrize(
    ('options', 'line'),
    [
        ({}, 'addgroup g'),
        ({'gid': 7}, 'addgroup --gid 7 g'),
        ({'gid': 0, 'system': True, '__force_badname': True}, 'addgroup --gid 0 --force-badname --system g'),
        ({'system': 'yes'}, 'addgroup --system g'),
        ({'arg_mapping': BUSYBOX}, 'addgroup g'),
        ({'arg_mapping': BUSYBOX, 'gid': 7, 'system': True}, 'addgroup -g 7 -S g'),
        ({'arg_mapping': CENTOS}, 'groupadd g'),
        ({'arg_mapping': CENTOS, 'gid': 7, 'system': True, '_f': True}, 'groupadd -g 7 -f -r g'),
    ],
)
def test_a_group_is_added(options: Any, line: str) -> None:
    assert addgroup('g', **options) == line


@pytest.mark.parametrize(
    ('groups', 'options', 'result'),
    [
        (['a'], {}, 'usermod -aG a u'),
        (['a', 'b'], {}, 'usermod -aG a,b u'),
        (('a', 'b'), {'arg_mapping': CENTOS, '_x': True}, 'usermod -aG a,b -x u'),
        (['a', 'b'], {'arg_mapping': BUSYBOX}, 'adduser u a && adduser u b'),
        (['a', 'b'], {'arg_mapping': BUSYBOX, 'return_list': True, '_x': True}, ['adduser -x u a', 'adduser -x u b']),
        (['a', 'b'], {'return_list': True}, ['usermod -aG a,b u']),
        ('abc', {}, 'usermod -aG abc u'),
        (2000, {}, 'usermod -aG 2000 u'),
        (0, {}, 'usermod -aG 0 u'),
        ([1, 2], {}, 'usermod -aG 1,2 u'),
        (['a b'], {}, "usermod -aG 'a b' u"),
        ([], {}, ''),
        (None, {}, ''),
        ('', {'return_list': True}, []),
        ([], {'arg_mapping': BUSYBOX, 'return_list': True}, []),
    ],
)
def test_a_user_is_put_into_groups(groups: Any, options: Any, result: Any) -> None:
    assert assignuser('u', groups, **options) == result


@pytest.mark.parametrize(
    ('arguments', 'options', 'result'),
    [
        (
            ('u', ['a', 'b'], 7),
            {'arg_mapping': BUSYBOX},
            'adduser -u 7 -s /sbin/nologin -H -D u && adduser u a && adduser u b',
        ),
        (
            ('u', ['a', 'b'], 7),
            {},
            "adduser --uid 7 --disabled-login --no-create-home --disabled-password --gecos '' u && usermod -aG a,b u",
        ),
        (
            ('u', ['a', 'b'], 7),
            {'arg_mapping': CENTOS, '_x': True},
            'adduser -u 7 -x -G a,b -s /sbin/nologin --no-create-home u',
        ),
        (
            ('u', ['a'], 7),
            {'arg_mapping': CENTOS, 'return_list': True},
            ['adduser -u 7 -G a -s /sbin/nologin --no-create-home u'],
        ),
        (('u', ['a', 'b']), {'no_login': False, 'return_list': True}, ["adduser --gecos '' u", 'usermod -aG a,b u']),
        (
            ('u', ['a'], 7),
            {'arg_mapping': BUSYBOX, 'return_list': True},
            ['adduser -u 7 -s /sbin/nologin -H -D u', 'adduser u a'],
        ),
        (('nginx', 2000), {'no_login': False}, "adduser --gecos '' nginx && usermod -aG 2000 nginx"),
        (('nginx', '2000'), {'no_login': False}, "adduser --gecos '' nginx && usermod -aG 2000 nginx"),
        (('u', []), {'no_login': False}, "adduser --gecos '' u"),
        (('u', None), {'no_login': False, 'arg_mapping': CENTOS}, 'adduser u'),
        (('u', []), {'arg_mapping': BUSYBOX, 'return_list': True}, ['adduser -s /sbin/nologin -H -D u']),
    ],
)
def test_a_user_is_added_with_groups(arguments: Any, options: Any, result: Any) -> None:
    assert addgroupuser(*arguments, **options) == result


@pytest.mark.parametrize('system', SYSTEMS)
def test_a_system_may_be_given_by_its_value(system: CmdArgMappings) -> None:
    assert adduser('u', 1, arg_mapping=system.value) == adduser('u', 1, arg_mapping=system)  # type: ignore[arg-type]


@pytest.mark.parametrize('function', ['adduser', 'addgroup', 'assignuser', 'addgroupuser'])
@pytest.mark.parametrize('system', ['no-login', None, 'DEBIAN'])
def test_an_unknown_system_is_an_error(function: str, system: Any) -> None:
    arguments = ('u', ['g']) if function.endswith('user') and function != 'adduser' else ('u',)
    with pytest.raises(ValueError, match='arg_mapping'):
        getattr(sh, function)(*arguments, arg_mapping=system)


@pytest.mark.parametrize('value', ['a\nroot2::0:0::/:/bin/sh', 'a:b'])
@pytest.mark.parametrize(
    'make',
    [
        lambda value: adduser(value, arg_mapping=BUSYBOX),
        lambda value: adduser('u', gecos=value, arg_mapping=BUSYBOX),
        lambda value: adduser('u', _h=value, arg_mapping=BUSYBOX),
        lambda value: adduser('u', _h=(True, '-h', value), arg_mapping=BUSYBOX),
        lambda value: addgroup(value, arg_mapping=BUSYBOX),
        lambda value: assignuser('u', [value], arg_mapping=BUSYBOX),
        lambda value: addgroupuser(value, [], arg_mapping=BUSYBOX),
    ],
)
def test_what_would_damage_the_user_database_of_busybox_is_refused(make: Any, value: str) -> None:
    with pytest.raises(ValueError, match='BusyBox'):
        make(value)

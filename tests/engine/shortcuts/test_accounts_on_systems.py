"""The lines for users and groups make on each system the accounts that they describe."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap import shortcuts as sh


@pytest.fixture
def user(system: Any) -> str:
    """A name that is not taken."""
    name: str = system.new_name()
    return name


@pytest.fixture
def groups(system: Any) -> list[str]:
    """Two groups without members."""
    names = [system.new_name() for _ in range(2)]
    for name in names:
        assert run(system, sh.addgroup(name, arg_mapping=system.mapping)) == 0
    return names


def run(system: Any, line: Any) -> int:
    result = system.run(line)
    print(line, result.output)
    code: int = result.code
    return code


def test_a_user_without_login_has_neither_password_nor_home(system: Any, user: str) -> None:
    assert run(system, sh.adduser(user, arg_mapping=system.mapping)) == 0
    _, _, _, _, home, shell = system.database('passwd')[user]
    assert shell.endswith('/nologin')
    assert not system.exists(home)
    assert system.database('shadow')[user][0] in ('!', '*', '!!')


def test_a_user_with_login_has_a_shell_and_a_home(system: Any, user: str) -> None:
    line = sh.adduser(
        user,
        no_login=False,
        no_create_home=False,
        arg_mapping=system.mapping,
        # CentOS makes homes by its configuration, which is not Debian's.
        **({'_m': True} if system.name == 'centos' else {}),
    )
    assert run(system, line) == 0
    _, _, _, _, home, shell = system.database('passwd')[user]
    assert shell in ('/bin/sh', '/bin/bash')
    assert system.exists(home)


def test_a_home_can_be_made_without_a_login(system: Any, user: str) -> None:
    extra = {'_m': True} if system.name == 'centos' else {}
    assert run(system, sh.adduser(user, no_create_home=False, arg_mapping=system.mapping, **extra)) == 0
    home, shell = system.database('passwd')[user][4:6]
    assert (system.exists(home), shell.endswith('/nologin')) == (True, True)


def test_a_user_gets_the_id_and_the_name_given(system: Any, user: str) -> None:
    uid = 20000 + int(user[1:5], 16) % 30000
    assert run(system, sh.adduser(user, uid, no_login=False, gecos='A B $HOME', arg_mapping=system.mapping)) == 0
    fields = system.database('passwd')[user]
    assert (fields[1], fields[3].rstrip(',')) == (str(uid), 'A B $HOME')


@pytest.mark.parametrize('no_login', [True, False])
def test_a_system_user_has_a_low_id(system: Any, user: str, no_login: bool) -> None:
    assert run(system, sh.adduser(user, system=True, no_login=no_login, arg_mapping=system.mapping)) == 0
    assert 0 < int(system.database('passwd')[user][1]) < 1000


def test_a_user_without_password_can_be_wanted(system: Any, user: str) -> None:
    if system.name == 'centos':
        with pytest.raises(ValueError, match='no_password'):
            sh.adduser(user, no_password=True, arg_mapping=system.mapping)
        return
    assert run(system, sh.adduser(user, no_login=False, no_password=True, arg_mapping=system.mapping)) == 0
    assert system.database('shadow')[user][0] in ('!', '*', '!!')


def test_options_of_the_system_reach_its_tool(system: Any, user: str) -> None:
    option = {'debian': '__shell', 'busybox': '_s', 'centos': '_s'}[system.name]
    assert run(system, sh.adduser(user, no_login=False, arg_mapping=system.mapping, **{option: '/bin/false'})) == 0
    assert system.database('passwd')[user][5] == '/bin/false'


def test_a_group_gets_the_id_given(system: Any, user: str) -> None:
    # Not one of those that users get here, and with them a group.
    gid = 51000 + int(user[1:5], 16) % 10000
    assert run(system, sh.addgroup(user, gid, arg_mapping=system.mapping)) == 0
    assert system.database('group')[user][1] == str(gid)


def test_a_system_group_has_a_low_id(system: Any, user: str) -> None:
    assert run(system, sh.addgroup(user, system=True, arg_mapping=system.mapping)) == 0
    assert 0 < int(system.database('group')[user][1]) < 1000


def test_a_system_group_may_have_an_id(system: Any, user: str) -> None:
    free = next(
        number
        for number in range(500, 900)
        if str(number) not in {fields[1] for fields in system.database('group').values()}
    )
    assert run(system, sh.addgroup(user, free, system=True, arg_mapping=system.mapping)) == 0
    assert system.database('group')[user][1] == str(free)


@pytest.mark.parametrize('return_list', [True, False])
def test_a_user_becomes_a_member_of_groups(system: Any, user: str, groups: list[str], return_list: bool) -> None:
    assert run(system, sh.adduser(user, arg_mapping=system.mapping)) == 0
    lines = sh.assignuser(user, groups, arg_mapping=system.mapping, return_list=return_list)
    assert run(system, ' && '.join(lines) if isinstance(lines, list) else lines) == 0
    assert system.groups_of(user) >= set(groups)


def test_a_further_group_leaves_the_others(system: Any, user: str, groups: list[str]) -> None:
    assert run(system, sh.adduser(user, arg_mapping=system.mapping)) == 0
    for group in groups:
        assert run(system, sh.assignuser(user, group, arg_mapping=system.mapping)) == 0
    assert system.groups_of(user) >= set(groups)


@pytest.mark.parametrize('options', [{}, {'no_login': False, 'gecos': 'A B'}, {'system': True}])
def test_a_user_is_added_with_groups(system: Any, user: str, groups: list[str], options: Any) -> None:
    assert run(system, sh.addgroupuser(user, groups, arg_mapping=system.mapping, **options)) == 0
    assert user in system.database('passwd')
    assert system.groups_of(user) >= set(groups)


def test_a_user_is_added_without_groups(system: Any, user: str) -> None:
    assert run(system, sh.addgroupuser(user, [], arg_mapping=system.mapping)) == 0
    assert user in system.database('passwd')


def test_a_user_is_not_added_to_a_group_that_does_not_exist(system: Any, user: str) -> None:
    assert run(system, sh.addgroupuser(user, [system.new_name()], arg_mapping=system.mapping)) != 0


def test_an_account_is_the_owner_of_directories(system: Any, user: str) -> None:
    directory = system.directory()
    line = f'{sh.adduser(user, arg_mapping=system.mapping)} && {sh.mkdir_chown(f"{directory}/x", user, "700")}'
    assert run(system, line) == 0
    entry = system.look(f'{directory}/x')['x']
    uid, gid = system.database('passwd')[user][1:3]
    assert (str(entry.uid), str(entry.gid), entry.mode & 0o777) == (uid, gid, 0o700)

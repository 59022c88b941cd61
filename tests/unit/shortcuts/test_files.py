"""Command lines for files and downloads."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import pytest

from dockermap import shortcuts as sh


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        ('plain', 'plain'),
        ('_@%+=:,./-9Az', '_@%+=:,./-9Az'),
        ('a b', "'a b'"),
        ('', "''"),
        (123, '123'),
        ("it's", "'it'\"'\"'s'"),
        ('$x', "'$x'"),
        ('*', "'*'"),
        ('~/x', "'~/x'"),
        ('ä', "'ä'"),
        ('a\nb', "'a\nb'"),
    ],
)
def test_a_value_is_quoted_where_a_shell_would_change_it(value: Any, text: str) -> None:
    assert sh.str_arg(value) == text


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        (sh.rm('/x'), 'rm /x'),
        (sh.rm('/x', True), 'rm -R /x'),
        (sh.rm('/x', recursive=True, force=True), 'rm -R -f /x'),
        (sh.rm('/x', force=1), 'rm -f /x'),
        (sh.rm('a b'), "rm 'a b'"),
        (sh.chown('web', '/srv'), 'chown -R web:web /srv'),
        (sh.chown(0, '/srv', False), 'chown 0:0 /srv'),
        (sh.chown('a:b', '/srv'), 'chown -R a:b /srv'),
        (sh.chown(('a', 7), '/srv'), 'chown -R a:7 /srv'),
        (sh.chown('a b', '/srv'), "chown -R 'a b':'a b' /srv"),
        (sh.chown(('a b', 'c'), '/srv'), "chown -R 'a b':c /srv"),
        (sh.chmod('644', '/srv'), 'chmod -R 644 /srv'),
        (sh.chmod(644, '/srv', False), 'chmod 644 /srv'),
        (sh.chmod(0o644, '/srv', False), 'chmod 420 /srv'),
        (sh.chmod('u=rwX,o=rX', '/srv'), 'chmod -R u=rwX,o=rX /srv'),
        (sh.curl('http://x/y'), 'curl http://x/y'),
        (sh.curl('http://x/y', '/o'), 'curl -o /o http://x/y'),
        (sh.wget('http://x/y'), 'wget http://x/y'),
        (sh.wget('http://x/y', '/o'), 'wget -O /o http://x/y'),
        (sh.mkdir('/d'), 'mkdir -p /d'),
        (sh.mkdir('/d', False), 'mkdir /d'),
        (sh.mkdir('/d', create_parent='x'), 'mkdir -p /d'),
        (sh.mkdir('/d', check_if_exists=True), 'if [ ! -d /d ]; then mkdir -p /d; fi'),
        (sh.mkdir('/d e', False, True), "if [ ! -d '/d e' ]; then mkdir '/d e'; fi"),
        (sh.tar('x.tar', '/s'), 'tar -cf x.tar /s'),
        (sh.tar('x.tar', ['/s', '/t u']), "tar -cf x.tar /s '/t u'"),
        (sh.tar('x.tar', ('/s', '/t'), _v=True, exclude='*.o'), "tar -cf x.tar -v exclude '*.o' /s /t"),
        (sh.untar('x.tar'), 'tar -xf x.tar'),
        (sh.untar('x.tar', '/opt', __strip_components=1), 'tar -xf x.tar -C /opt --strip-components 1'),
        (sh.targz('x.tgz', '/s', _v=True), 'tar -cf x.tgz -z -v /s'),
        (sh.untargz('x.tgz', '/opt', _v=True), 'tar -xf x.tgz -C /opt -z -v'),
        (sh.untargz('x.tgz'), 'tar -xf x.tgz -z'),
    ],
)
def test_plain_values_give_the_documented_line(line: str, expected: str) -> None:
    assert line == expected


@pytest.mark.parametrize(
    ('value', 'words'),
    [
        (True, ['--opt']),
        (False, []),
        (None, []),
        ((True, 'a', 'b c'), ['a', 'b c']),
        ((0, 'a'), []),
        ((), []),
        (0, ['--opt', '0']),
        ('', ['--opt', '']),
        ('a b', ['--opt', 'a b']),
    ],
)
def test_a_keyword_argument_becomes_an_option_by_its_value(value: Any, words: list[str]) -> None:
    assert shlex.split(sh.untar('x.tar', __opt=value)) == ['tar', '-xf', 'x.tar', *words]


@pytest.mark.parametrize(('name', 'option'), [('_v', '-v'), ('__shell', '--shell'), ('home', 'home'), ('a_b', 'a-b')])
def test_underscores_of_option_names_become_dashes(name: str, option: str) -> None:
    assert sh.untar('x.tar', **{name: True}) == f'tar -xf x.tar {option}'


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        (sh.rm('-x', True), 'rm -R -- -x'),
        (sh.chown('u', '-x'), 'chown -R -- u:u -x'),
        (sh.chown('-u', '/x', False), 'chown -- -u:-u /x'),
        (sh.chmod('-x', '/x'), 'chmod -R -- -x /x'),
        (sh.curl('-x', 'f'), 'curl -o f -- -x'),
        (sh.wget('-x'), 'wget -- -x'),
        (sh.mkdir('-x'), 'mkdir -p -- -x'),
        (sh.mkdir('-x', check_if_exists=True), 'if [ ! -d -x ]; then mkdir -p -- -x; fi'),
        (sh.tar('x.tar', ['a', '-x']), 'tar -cf x.tar -- a -x'),
        (sh.targz('-x', '-y'), 'tar -cf -x -z -- -y'),
    ],
)
def test_an_operand_with_a_leading_dash_is_no_option(line: str, expected: str) -> None:
    assert line == expected


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        (sh.tar('a:b.tar', '/s'), 'tar -cf ./a:b.tar /s'),
        (sh.untargz('a:b'), 'tar -xf ./a:b -z'),
        (sh.tar('/a:b.tar', '/s'), 'tar -cf /a:b.tar /s'),
        (sh.tar('-', '/s'), 'tar -cf - /s'),
    ],
)
def test_a_colon_in_the_name_of_an_archive_is_no_host(line: str, expected: str) -> None:
    assert line == expected


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        (sh.tar('x.tar', ['a\\n', 'b']), r"TAR_OPTIONS=--no-unquote tar -cf x.tar 'a\n' b"),
        (sh.untar('x.tar', 'a\\n'), r"TAR_OPTIONS=--no-unquote tar -xf x.tar -C 'a\n'"),
        (sh.untargz('a\\n'), r"tar -xf 'a\n' -z"),
    ],
)
def test_a_backslash_in_a_path_is_no_escape_for_tar(line: str, expected: str) -> None:
    assert line == expected


def test_brackets_and_braces_of_a_url_are_no_patterns() -> None:
    assert sh.curl('http://[::1]/{a}', '/o') == "curl -o /o -g 'http://[::1]/{a}'"


@pytest.mark.parametrize(
    ('owner', 'text'),
    [
        (('a', 7), 'a:7'),
        (('a', 'b', 'c'), 'a:b'),
        (('a b', ''), "'a b':''"),
        (5, '5:5'),
        (0, '0:0'),
        ('web', 'web:web'),
        ('a b', "'a b':'a b'"),
        ('a:b', 'a:b'),
        ('u:', 'u:'),
        (':g', ':g'),
        ('a:$b', "'a:$b'"),
    ],
)
def test_user_and_group_come_from_a_name_an_id_or_a_pair(owner: Any, text: str) -> None:
    assert sh.get_user_group(owner) == text


@pytest.mark.parametrize(('owner', 'error'), [(('a',), IndexError), ((), IndexError), (None, TypeError)])
def test_incomplete_owners_are_errors(owner: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        sh.get_user_group(owner)


@pytest.mark.parametrize(
    ('arguments', 'options', 'expected'),
    [
        (('/d', 'web', '750'), {}, 'mkdir -p /d && chown web:web /d && chmod 750 /d'),
        (('/d',), {}, 'mkdir -p /d && chmod ug=rwX,o=rX /d'),
        (('/d', 0), {}, 'mkdir -p /d && chown 0:0 /d && chmod ug=rwX,o=rX /d'),
        (('/d', '', None), {}, 'mkdir -p /d'),
        (
            ('/d', 'web', '750', False, True, True),
            {},
            'if [ ! -d /d ]; then mkdir /d; fi && chown -R web:web /d && chmod -R 750 /d',
        ),
        ((['/d', '/e'],), {'permissions': None}, 'mkdir -p /d; mkdir -p /e'),
        ((('/d', '/e'), 'u'), {'permissions': ''}, 'mkdir -p /d && chown u:u /d; mkdir -p /e && chown u:u /e'),
        (('/d', 'web', '750'), {'return_list': True}, ['mkdir -p /d', 'chown web:web /d', 'chmod 750 /d']),
        ((['/d', '/e'],), {'permissions': None, 'return_list': True}, [['mkdir -p /d'], ['mkdir -p /e']]),
        (([],), {}, ''),
        (([],), {'return_list': True}, []),
    ],
)
def test_directories_are_made_with_owner_and_permissions(arguments: Any, options: Any, expected: Any) -> None:
    assert sh.mkdir_chown(*arguments, **options) == expected


@pytest.mark.parametrize(
    'make',
    [
        lambda v: sh.rm(v),
        lambda v: sh.chmod('644', v),
        lambda v: sh.mkdir(v),
        lambda v: sh.curl(v),
        lambda v: sh.wget(v),
    ],
)
def test_any_text_arrives_as_the_last_word(make: Callable[[str], str]) -> None:
    value = ' $(x) `y` "z" \'; \n*\\'
    assert shlex.split(make(value))[-1] == value

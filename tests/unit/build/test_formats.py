"""The text of single values in Dockerfile instructions."""

from __future__ import annotations

import os
from collections import namedtuple
from typing import Any

import pytest

from dockermap.build._instructions import format_healthcheck, format_paths
from dockermap.build.dockerfile import format_command, format_expose, format_labels, prepare_path

SECOND = 10**9
HealthCheckLike = namedtuple('HealthCheckLike', 'test interval timeout retries start_period', defaults=(None,) * 4)


@pytest.mark.parametrize(
    ('command', 'text'),
    [
        ('', '[]'),
        ([], '[]'),
        ((), '[]'),
        (('a', 1), '["a", "1"]'),
        (['a b', 'c"d'], '["a b", "c\\"d"]'),
        ('a -b', '["a", "-b"]'),
        ('a  b', '["a", "b"]'),
        ('a\\ b c', '["a b", "c"]'),
        ('echo "a b" $HOME', '["echo", "a b", "$HOME"]'),
        ('ä', '["\\u00e4"]'),
    ],
)
def test_commands_in_exec_form(command: Any, text: str) -> None:
    assert format_command(command) == text


@pytest.mark.parametrize(
    ('command', 'text'),
    [
        ('', '[]'),
        ([], '[]'),
        ((), '[]'),
        (['a', '-b', 'c/d.e'], 'a -b c/d.e'),
        (('a', 1), 'a 1'),
        (['echo', 'a b', '$HOME', "it's"], """echo 'a b' '$HOME' 'it'"'"'s'"""),
        ('echo "a  b" $HOME', 'echo "a  b" $HOME'),
    ],
)
def test_commands_in_shell_form(command: Any, text: str) -> None:
    assert format_command(command, True) == text


@pytest.mark.parametrize('shell', [False, True])
@pytest.mark.parametrize('command', [None, 5, b'a', {'a': 1}])
def test_other_types_are_no_commands(command: Any, shell: bool) -> None:
    with pytest.raises(ValueError, match='must be text'):
        format_command(command, shell=shell)


def test_unbalanced_quotes_cannot_be_split() -> None:
    with pytest.raises(ValueError, match=r'cannot be split.*list'):
        format_command('echo "a')


@pytest.mark.parametrize(
    ('ports', 'texts'),
    [
        (80, ['80']),
        ('80', ['80']),
        ('53/udp', ['53/udp']),
        ([80, '53/udp'], ['80', '53/udp']),
        ((80,), ['80']),
        (iter([80, 90]), ['80', '90']),
        ([], []),
    ],
)
def test_ports(ports: Any, texts: list[str]) -> None:
    assert list(format_expose(ports)) == texts


@pytest.mark.parametrize(
    ('labels', 'texts'),
    [
        ('a=b c=d', ['a=b c=d']),
        ({'k': 'v', 'l': 'w'}, ['"k"="v"', '"l"="w"']),
        ([('k', 'v')], ['"k"="v"']),
        ({'k': 5}, ['"k"="5"']),
        ({'k': 'a "b" \\ $c \'d\''}, ['"k"="a \\"b\\" \\\\ \\$c \'d\'"']),
        ({'k': 'a\nb'}, ['"k"="a\\\nb"']),
        ({'k': 'a\n# b'}, ['"k"="a# b"']),
        ({'k': 'a\\\nb'}, ['"k"="a\\\\b"']),
        ({}, []),
    ],
)
def test_labels(labels: Any, texts: list[str]) -> None:
    assert list(format_labels(labels)) == texts


@pytest.mark.parametrize('labels', [5, None, [1, 2], ['abc'], {'a=b': 'c'}])
def test_what_cannot_be_labels(labels: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        list(format_labels(labels))


def test_the_error_for_labels_shows_the_value() -> None:
    with pytest.raises(ValueError, match='4711'):
        format_labels(4711)


@pytest.mark.parametrize(
    ('check', 'text'),
    [
        ('NONE', 'NONE'),
        ('--interval=5s CMD true', '--interval=5s CMD true'),
        (['probe', '-q x'], 'CMD ["probe", "-q x"]'),
        (['CMD', 'probe'], 'CMD ["probe"]'),
        (['CMD-SHELL', 'probe || exit 1'], 'CMD probe || exit 1'),
        (['NONE'], 'NONE'),
        (HealthCheckLike('probe || exit 1'), 'CMD probe || exit 1'),
        (HealthCheckLike(None, 5 * SECOND), 'NONE'),
        (
            HealthCheckLike(['CMD', 'probe'], 5 * SECOND, 1500 * 10**6, 3, 1),
            '--interval=5s --timeout=1500ms --retries=3 --start-period=1ns CMD ["probe"]',
        ),
        (HealthCheckLike('probe', 0, None, 0), 'CMD probe'),
        ({'test': 'probe', 'start_period': '2m'}, '--start-period=2m CMD probe'),
    ],
)
def test_health_checks(check: Any, text: str) -> None:
    assert format_healthcheck(check) == text


def test_a_health_check_has_no_unknown_options() -> None:
    with pytest.raises(ValueError, match="'intervall'; did you mean 'interval'"):
        format_healthcheck({'test': 'probe', 'intervall': 5})


def test_a_number_is_no_health_check() -> None:
    with pytest.raises(ValueError, match='found 5'):
        format_healthcheck(5)


@pytest.mark.parametrize(
    ('path', 'flags', 'result'),
    [
        ('a b', (False, False, False, False), 'a b'),
        ('a b', (True, False, False, False), 'a\\ b'),
        ('$BUILD_X/~', (False, False, False, False), '$BUILD_X/~'),
        ('$BUILD_X/~', (False, False, True, False), 'x y/~'),
        ('$BUILD_UNKNOWN', (False, False, True, False), '$BUILD_UNKNOWN'),
        ('~/a', (False, False, False, True), '/home/jo/a'),
        ('$BUILD_HOME/a', (False, False, True, True), '/home/jo/a'),
        ('$BUILD_X', (True, True, True, False), 'x\\ y'),
        ('a/b', (False, True, False, False), 'a/b'),
    ],
)
def test_paths_are_expanded_and_escaped(
    path: str, flags: tuple[bool, ...], result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('BUILD_X', 'x y')
    monkeypatch.setenv('BUILD_HOME', '~')
    monkeypatch.setenv('HOME', '/home/jo')
    monkeypatch.delenv('BUILD_UNKNOWN', raising=False)
    assert prepare_path(path, *flags) == result


def test_local_separators_become_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, 'sep', '\\')
    assert prepare_path('a\\b', False, True, False, False) == 'a/b'
    assert prepare_path('a\\b', False, False, False, False) == 'a\\b'


@pytest.mark.parametrize(
    ('source', 'target', 'text'),
    [
        ('a', '/b/c-d_e.f', 'a /b/c-d_e.f'),
        ('ä', 'ä', 'ä ä'),
        ('a b', 'a b', '["a b", "a b"]'),
        ('a[b]*?', 'a[b]*?', '["a[[]b][*][?]", "a[b]*?"]'),
        ('$a', '$a', '["\\\\$a", "\\\\$a"]'),
        ('a"b\'', 'c', '["a\\\\\\"b\\\\\'", "c"]'),
        ('a', 'b\\c', '["a", "b\\\\\\\\c"]'),
        ('--a', 'b', '["--a", "b"]'),
        ('a', '', '["a", ""]'),
    ],
)
def test_paths_have_the_form_that_docker_reads_as_they_are(source: str, target: str, text: str) -> None:
    assert format_paths(source, target) == text

"""Local files in Dockerfiles: the instruction, the path in the context, and the removal at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dockermap.build.context import DockerContext
from dockermap.build.dockerfile import DockerFile

Text = Callable[[DockerFile], str]


@pytest.fixture
def dockerfile() -> DockerFile:
    return DockerFile('b')


@pytest.mark.parametrize(
    ('args', 'line', 'path'),
    [
        (('/home/jo/app.ini',), 'ADD app.ini app.ini', 'app.ini'),
        (('/a/dir/',), 'ADD dir dir', 'dir'),
        (('conf', '/etc/app'), 'ADD /etc/app /etc/app', '/etc/app'),
        (('conf', '/etc/app', '/c1'), 'ADD /c1 /etc/app', '/c1'),
        (('conf', None, 'c1'), 'ADD c1 conf', 'c1'),
        (('a b',), 'ADD ["a b", "a b"]', 'a b'),
        (('/x/b c.txt', '/dst/b c.txt'), 'ADD ["/dst/b c.txt", "/dst/b c.txt"]', '/dst/b c.txt'),
        (('a b', None, None, False), 'ADD a b a b', 'a b'),
        (('a', '$X', None, False), 'ADD $X $X', '$X'),
        (('/x/f', '/d/'), 'ADD /d/f /d/', '/d/f'),
        (('/x/f', '/'), 'ADD /f /', '/f'),
        (('/x/f', './'), 'ADD ./f ./', './f'),
        (('/x/f', '/d', 'c/'), 'ADD c/f /d', 'c/f'),
        (('/x/f', '/d', '/'), 'ADD /f /d', '/f'),
        (('st*r[$]',), 'ADD ["st[*]r[[]\\\\$]", "st*r[\\\\$]"]', 'st*r[$]'),
    ],
)
def test_the_instruction_and_the_path_in_the_context(
    args: tuple[Any, ...], line: str, path: str, dockerfile: DockerFile, text_of: Text
) -> None:
    assert dockerfile.add_file(*args) == path
    assert text_of(dockerfile) == f'{line}\n'


def test_a_path_object_can_be_added(dockerfile: DockerFile) -> None:
    assert dockerfile.add_file(Path('/x/f')) == 'f'


def test_copy_writes_an_instruction_that_unpacks_nothing(dockerfile: DockerFile, text_of: Text) -> None:
    dockerfile.add_file('a.tar', copy=True)
    assert text_of(dockerfile) == 'COPY a.tar a.tar\n'


@pytest.mark.parametrize(
    ('args', 'line'),
    [
        (('$BUILD_X/f', None), 'ADD f f'),
        (('$BUILD_X', None), 'ADD x x'),
        (('f', '/$BUILD_X'), 'ADD /srv/x /srv/x'),
        (('f', '/t', '$BUILD_X'), 'ADD srv/x /t'),
    ],
)
def test_variables_are_expanded_before_the_target_is_derived(
    args: tuple[Any, ...],
    line: str,
    dockerfile: DockerFile,
    text_of: Text,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('BUILD_X', 'srv/x')
    dockerfile.add_file(*args, expandvars=True)
    assert text_of(dockerfile) == f'{line}\n'


def test_home_directories_are_expanded(dockerfile: DockerFile, text_of: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', '/home/jo')
    dockerfile.add_file('~/f', '~/g', expanduser=True)
    assert text_of(dockerfile) == 'ADD /home/jo/g /home/jo/g\n'


@pytest.mark.parametrize(
    'args',
    [
        ('/',),
        ('',),
        ('.',),
        ('a/..',),
        ('f', '/t', '.'),
        ('f', '/t', '../f'),
        ('f', '../f'),
        ('f', '.'),
        ('f', '/t', 'a\\b'),
        ('f', '/t', 'a\nb'),
        ('f\nRUN x',),
        ('f', '/t', 'Dockerfile'),
        ('x/Dockerfile',),
        ('f', 'a\nRUN b', 'c', False),
        ('\udcff',),
    ],
)
def test_paths_that_docker_could_not_find_are_refused(
    args: tuple[Any, ...], dockerfile: DockerFile, text_of: Text
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        dockerfile.add_file(*args)
    assert text_of(dockerfile) == ''


def test_two_sources_cannot_have_one_path_in_the_context(dockerfile: DockerFile, text_of: Text) -> None:
    dockerfile.add_file('/a/app.ini', '/etc/a.ini', 'app.ini')
    with pytest.raises(ValueError, match=r"'/b/app.ini' and '/a/app.ini' would both.*ctx_path"):
        dockerfile.add_file('/b/app.ini')
    assert text_of(dockerfile) == 'ADD app.ini /etc/a.ini\n'


def test_paths_that_mean_the_same_are_one_path(dockerfile: DockerFile) -> None:
    dockerfile.add_file('/a', '/t/x')
    with pytest.raises(ValueError, match='would both'):
        dockerfile.add_file('/b', '/t/y', './t//x')


def test_one_source_can_be_added_to_several_targets(
    dockerfile: DockerFile, make_tree: Callable[[Mapping[str, str]], Path]
) -> None:
    source = make_tree({'f': 'text'}) / 'f'
    dockerfile.add_file(source, '/a', 'f')
    dockerfile.add_file(source, '/b', 'f')
    with DockerContext(dockerfile) as context:
        assert context.tarfile.getnames() == ['f', 'Dockerfile']


@pytest.mark.parametrize(
    ('before', 'args', 'line'),
    [
        ('', ('x',), 'RUN rm -Rf x'),
        ('', ('x', '/t/y'), 'RUN rm -Rf /t/y'),
        ('', ('x', '/t/'), 'RUN rm -Rf /t/x'),
        ('', ('x', '/'), 'RUN rm -Rf /x'),
        ('', ('a b',), "RUN rm -Rf 'a b'"),
        ('', ('-x',), 'RUN rm -Rf -- -x'),
        ('WORKDIR /srv', ('x',), 'RUN rm -Rf /srv/x'),
        ('WORKDIR /srv\nWORKDIR app', ('x',), 'RUN rm -Rf /srv/app/x'),
        ('WORKDIR /srv', ('x', '/t/y'), 'RUN rm -Rf /t/y'),
        ('WORKDIR app', ('x',), 'RUN rm -Rf x'),
        ('WORKDIR $HOME', ('x',), 'RUN rm -Rf x'),
        ('WORKDIR /srv\nFROM c', ('x',), 'RUN rm -Rf x'),
    ],
)
def test_a_target_is_removed_at_the_end(before: str, args: tuple[str, ...], line: str, text_of: Text) -> None:
    dockerfile = DockerFile('b', initial=before)
    dockerfile.add_file(*args, remove_final=True)
    dockerfile.finalize()
    assert text_of(dockerfile).endswith(f'\n{line}\n\n')


def test_removals_come_in_the_order_of_adding_and_once(dockerfile: DockerFile, text_of: Text) -> None:
    for name in ('c', 'a', 'b'):
        dockerfile.add_file(name, f'/{name}', remove_final=True)
    dockerfile.add_file('a', '/a', remove_final=True)
    dockerfile.command = 'x'
    dockerfile.finalize()
    assert text_of(dockerfile).partition('RUN')[2] == ' rm -Rf /c\nRUN rm -Rf /a\nRUN rm -Rf /b\n\nCMD ["x"]\n'


def test_the_content_of_a_directory_is_not_removed_with_the_root(dockerfile: DockerFile, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='of its own'):
        dockerfile.add_file(tmp_path, '/', remove_final=True)


def test_a_line_feed_in_a_target_that_is_removed_is_refused(dockerfile: DockerFile, text_of: Text) -> None:
    dockerfile.add_file('x', '/a\nb', 'x', remove_final=True)
    with pytest.raises(ValueError, match='new instruction'):
        dockerfile.finalize()


@pytest.mark.parametrize('name', ['pipe', 'link to it'])
def test_a_pipe_as_a_source_is_refused(dockerfile: DockerFile, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'link to it').symlink_to('pipe')
    with pytest.raises(ValueError, match='is a pipe, which Docker would wait for'):
        dockerfile.add_file(tmp_path / name, '/target')


def test_a_name_is_not_taken_for_the_start_of_a_file_in_the_dockerfile(dockerfile: DockerFile) -> None:
    dockerfile.add_file('/x/<<EOF', '<<EOF')

    assert 'ADD ["./<<EOF", "./<<EOF"]' in dockerfile.getvalue().decode()

"""Archives in Dockerfiles: an instruction for each thing at their top."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dockermap.build.dockerfile import DockerFile

Text = Callable[[DockerFile], str]
DIRECTORY, PIPE, DEVICE = {'type': tarfile.DIRTYPE}, {'type': tarfile.FIFOTYPE}, {'type': tarfile.CHRTYPE}


@pytest.fixture
def dockerfile() -> DockerFile:
    return DockerFile('b')


@pytest.mark.parametrize(
    ('members', 'names'),
    [
        ([('top.txt', b'a'), ('etc', DIRECTORY), ('etc/x', b'a')], ['top.txt', 'etc']),
        ([('.', DIRECTORY), ('./b', b'a'), ('./a', b'a')], ['b', 'a']),
        ([('etc/a/x', b'a'), ('etc/y', b'a'), ('z/q', b'a')], ['etc', 'z']),
        ([('etc//x', b'a')], ['etc']),
        ([('link', {'type': tarfile.SYMTYPE, 'linkname': 'a'}), ('a', b'a')], ['link', 'a']),
        ([('dev', DIRECTORY), ('dev/pipe', PIPE), ('dev/null', DEVICE)], ['dev']),
        ([], []),
    ],
)
def test_distinct_first_components_are_added_in_order(
    members: list[Any],
    names: list[str],
    dockerfile: DockerFile,
    text_of: Text,
    make_archive: Callable[..., str],
) -> None:
    assert dockerfile.add_archive(make_archive(*members)) == names
    assert text_of(dockerfile) == ''.join(f'ADD {name} {name}\n' for name in names)


@pytest.mark.parametrize('mode', ['w', 'w:gz', 'w:bz2', 'w:xz'])
def test_any_compression_is_read(mode: str, dockerfile: DockerFile, make_archive: Callable[..., str]) -> None:
    assert dockerfile.add_archive(make_archive(('a', b'a'), mode=mode)) == ['a']


def test_names_with_blanks_are_quoted(dockerfile: DockerFile, text_of: Text, make_archive: Callable[..., str]) -> None:
    dockerfile.add_archive(Path(make_archive(('a b/c', b'a'))))
    assert text_of(dockerfile) == 'ADD ["a b", "a b"]\n'


def test_copy_writes_an_instruction_that_unpacks_nothing(
    dockerfile: DockerFile, text_of: Text, make_archive: Callable[..., str]
) -> None:
    dockerfile.add_archive(make_archive(('a.tar', b'a')), copy=True)
    assert text_of(dockerfile) == 'COPY a.tar a.tar\n'


@pytest.mark.parametrize(
    ('before', 'lines'),
    [
        ('', 'RUN rm -Rf b\nRUN rm -Rf a\n\n'),
        ('WORKDIR /srv', 'RUN rm -Rf /srv/b\nRUN rm -Rf /srv/a\n\n'),
    ],
)
def test_what_was_added_is_removed_at_the_end(
    before: str, lines: str, text_of: Text, make_archive: Callable[..., str]
) -> None:
    dockerfile = DockerFile('b', initial=before)
    dockerfile.add_archive(make_archive(('b/x', b'a'), ('a', b'a')), remove_final=True)
    dockerfile.finalize()
    assert text_of(dockerfile).endswith(f'ADD a a\n{lines}')


@pytest.mark.parametrize(
    ('name', 'content'),
    [
        ('/etc/x', b'a'),
        ('../x', b'a'),
        ('a/../../x', b'a'),
        ('a\\b', b'a'),
        ('Dockerfile', b'a'),
        ('pipe', PIPE),
    ],
)
def test_names_that_cannot_be_added_are_refused(
    name: str, content: Any, dockerfile: DockerFile, text_of: Text, make_archive: Callable[..., str]
) -> None:
    with pytest.raises(ValueError, match=r'archive\.tar'):
        dockerfile.add_archive(make_archive((name, content)))
    assert text_of(dockerfile) == ''


def test_a_file_in_an_archive_replaces_no_other_one(dockerfile: DockerFile, make_archive: Callable[..., str]) -> None:
    dockerfile.add_file('/x/top.txt')
    with pytest.raises(ValueError, match=r'would both.*top\.txt'):
        dockerfile.add_archive(make_archive(('top.txt', b'a')))


def test_a_file_that_is_a_directory_later_in_an_archive_replaces_no_other_one_either(
    dockerfile: DockerFile, make_archive: Callable[..., str]
) -> None:
    dockerfile.add_file('/x/top')
    with pytest.raises(ValueError, match=r'would both.*top'):
        dockerfile.add_archive(make_archive(('top', b'a'), ('top/x', b'a')))


def test_a_directory_can_come_from_several_sources(dockerfile: DockerFile, make_archive: Callable[..., str]) -> None:
    dockerfile.add_file('/x/etc')
    assert dockerfile.add_archive(make_archive(('etc/x', b'a'))) == ['etc']


def test_what_is_no_archive_is_an_error(dockerfile: DockerFile, tmp_path: Path) -> None:
    (tmp_path / 'text').write_text('no archive')
    with pytest.raises(tarfile.ReadError):
        dockerfile.add_archive(tmp_path / 'text')

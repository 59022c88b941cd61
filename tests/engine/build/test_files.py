"""Files and archives in Dockerfiles, as the image holds them."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dockermap.build.context import DockerContext

Files = Callable[..., Path]

NAMES = (
    'plain',
    'a b',
    ' a',
    'a ',
    "it's",
    'say "x"',
    '$HOME',
    '${HOME}',
    '$(touch hit)',
    '`touch hit`',
    'a;b',
    'a&b',
    'a|b',
    'st*r',
    'q?m',
    'br[a]',
    '[a',
    'a]',
    '[a-z]',
    '#a',
    '--flag',
    '-f',
    'ünï',
    '日本',
    '{a}',
    '%s',
    '!a',
    '~',
    '<<EOF',
    'a\tb',
    'nb\u00a0sp',
    'a=b',
    'http:x',
    '.hidden',
    '...',
)


def test_files_of_any_name_arrive_where_they_are_told(builder, files: Files) -> None:
    root = files(*NAMES)
    dockerfile = builder.dockerfile()
    for name in NAMES:
        dockerfile.add_file(root / name, f'/target/{name}')
    builder.build(dockerfile)
    assert builder.contents('/target') == {name: name.encode() for name in NAMES}


def test_files_of_any_name_arrive_in_the_working_directory(builder, files: Files) -> None:
    root = files(*NAMES)
    dockerfile = builder.dockerfile(initial='WORKDIR /work')
    for name in NAMES:
        dockerfile.add_file(root / name, copy=True)
    builder.build(dockerfile)
    assert builder.contents('/work') == {name: name.encode() for name in NAMES}


def test_files_of_any_name_are_removed_at_the_end(builder, files: Files) -> None:
    names = ('a b', '-f', '$HOME', '*', "it's", '$(touch hit)', '#a', '日本')
    root = files(*names)
    dockerfile = builder.dockerfile(initial='WORKDIR /work\nRUN touch kept')
    for name in names:
        dockerfile.add_file(root / name, f'/target/{name}', remove_final=True)
        dockerfile.add_file(root / name, remove_final=True)
    builder.build(dockerfile)
    assert list(builder.members('/work')) == ['kept']
    assert list(builder.members('/target')) == []


@pytest.mark.parametrize('target', ['a\\b', 'a\nb', '"', "'", '\\'])
def test_targets_may_have_characters_that_context_paths_may_not(target: str, builder, files: Files) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.add_file(files('f') / 'f', f'/target/{target}', 'f')
    builder.build(dockerfile)
    assert builder.contents('/target') == {target: b'f'}


@pytest.mark.parametrize(('target', 'path'), [('/d/', 'd/f'), ('/d', 'd'), ('d/', 'd/f'), ('/d/e/', 'd/e/f')])
def test_a_target_directory_gets_the_file_in_it(target: str, path: str, builder, files: Files) -> None:
    dockerfile = builder.dockerfile(initial='WORKDIR /root-of-test')
    base = '/root-of-test/' if not target.startswith('/') else '/root-of-test'
    dockerfile.add_file(files('f') / 'f', target if not target.startswith('/') else base + target)
    builder.build(dockerfile)
    assert builder.contents('/root-of-test') == {path: b'f'}


def test_a_directory_is_added_with_its_content(builder, files: Files) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.add_file(files('d/a', 'd/e/b') / 'd', '/target')
    builder.build(dockerfile)
    assert builder.contents('/target') == {'a': b'd/a', 'e/b': b'd/e/b'}


def test_ignore_rules_apply_to_an_added_directory(builder, files: Files) -> None:
    root = files('d/a.o', 'd/e/a.o', 'd/f')
    (root / 'd/.dockerignore').write_text('**/*.o\n!e/a.o\n.dockerignore\n')
    dockerfile = builder.dockerfile()
    dockerfile.add_file(root / 'd', '/target')
    builder.build(dockerfile)
    assert builder.contents('/target') == {'e/a.o': b'd/e/a.o', 'f': b'd/f'}


def test_several_sources_with_one_name_arrive_at_different_places(builder, files: Files) -> None:
    root = files('x/app.ini', 'y/app.ini')
    dockerfile = builder.dockerfile()
    for directory in ('x', 'y'):
        dockerfile.add_file(root / directory / 'app.ini', f'/target/{directory}', f'{directory}.ini')
    builder.build(dockerfile)
    assert builder.contents('/target') == {'x': b'x/app.ini', 'y': b'y/app.ini'}


def test_a_link_as_a_source_arrives_as_the_file(builder, files: Files) -> None:
    root = files('f')
    (root / 'link').symlink_to('f')
    dockerfile = builder.dockerfile()
    dockerfile.add_file(root / 'link', '/target/link')
    builder.build(dockerfile)
    assert builder.contents('/target') == {'link': b'f'}


def test_links_in_a_directory_stay_links(builder, files: Files) -> None:
    root = files('d/f')
    (root / 'd/link').symlink_to('f')
    (root / 'd/dangling').symlink_to('/nowhere')
    (root / 'd/hard').hardlink_to(root / 'd/f')
    dockerfile = builder.dockerfile()
    dockerfile.add_file(root / 'd', '/target')
    builder.build(dockerfile)
    members = builder.members('/target')
    assert {name: member.linkname for name, member in members.items() if member.issym()} == {
        'link': 'f',
        'dangling': '/nowhere',
    }
    assert set(members) == {'f', 'link', 'dangling', 'hard'}


def test_pipes_of_a_directory_arrive_as_such(builder, files: Files) -> None:
    root = files('d/e/f')
    os.mkfifo(root / 'd/pipe')
    os.mkfifo(root / 'd/e/pipe')
    dockerfile = builder.dockerfile()
    dockerfile.add_file(root / 'd', '/target')
    builder.build(dockerfile)
    members = builder.members('/target')
    assert {name for name, member in members.items() if member.isfifo()} == {'pipe', 'e/pipe'}


def test_pipes_of_a_whole_context_arrive_as_such(builder, files: Files, base_image: str) -> None:
    root = files('f')
    os.mkfifo(root / 'pipe')
    (root / 'Dockerfile').write_text(f'FROM {base_image}\nCOPY . /target\n')
    with DockerContext() as context:
        context.add(root, '')
        context.finalize()
        builder.image(context)
    members = builder.members('/target')
    assert members['pipe'].isfifo()
    assert members['f'].isreg()


@pytest.mark.parametrize(('copy', 'found'), [(False, {'inside': b'data'}), (True, None)])
def test_an_archive_as_a_file_is_unpacked_unless_copied(copy: bool, found: Any, builder, tmp_path: Path) -> None:
    path = make_archive(tmp_path, ('inside', b'data'))
    dockerfile = builder.dockerfile()
    dockerfile.add_file(path, '/target/a.tar', copy=copy)
    builder.build(dockerfile)
    if copy:
        assert builder.contents('/target') == {'a.tar': Path(path).read_bytes()}
    else:
        assert builder.contents('/target/a.tar') == found


def make_archive(directory: Path, *members: tuple[str, Any]) -> str:
    """An archive of names with data, or with what differs from a regular file."""
    path = directory / 'archive.tar.gz'
    with tarfile.open(path, 'w:gz') as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            data = content if isinstance(content, bytes) else b''
            member.size = len(data)
            for attribute, value in () if isinstance(content, bytes) else content.items():
                setattr(member, attribute, value)
            archive.addfile(member, io.BytesIO(data))
    return str(path)


DIRECTORY = {'type': tarfile.DIRTYPE, 'mode': 0o755}


@pytest.mark.parametrize(
    'members',
    [
        [('d', DIRECTORY), ('d/e', DIRECTORY), ('d/e/f', b'1'), ('top', b'2')],
        [('d/e/f', b'1'), ('top', b'2')],
        [('.', DIRECTORY), ('./d/e/f', b'1'), ('./top', b'2')],
    ],
)
def test_an_archive_arrives_with_its_directories_implied_or_not(members: Any, builder, tmp_path: Path) -> None:
    dockerfile = builder.dockerfile(initial='WORKDIR /work')
    dockerfile.add_archive(make_archive(tmp_path, *members))
    builder.build(dockerfile)
    assert builder.contents('/work') == {'d/e/f': b'1', 'top': b'2'}


def test_an_archive_with_names_of_any_kind_arrives(builder, tmp_path: Path) -> None:
    dockerfile = builder.dockerfile(initial='WORKDIR /work')
    dockerfile.add_archive(make_archive(tmp_path, *((name, name.encode()) for name in NAMES)))
    builder.build(dockerfile)
    assert builder.contents('/work') == {name: name.encode() for name in NAMES}


def test_links_and_devices_of_an_archive_arrive(builder, tmp_path: Path) -> None:
    dockerfile = builder.dockerfile(initial='WORKDIR /work')
    dockerfile.add_archive(
        make_archive(
            tmp_path,
            ('d/f', b'1'),
            ('d/link', {'type': tarfile.SYMTYPE, 'linkname': 'f'}),
            ('d/absolute', {'type': tarfile.SYMTYPE, 'linkname': '/etc/passwd'}),
            ('d/loop', {'type': tarfile.SYMTYPE, 'linkname': 'loop'}),
            ('d/hard', {'type': tarfile.LNKTYPE, 'linkname': 'd/f'}),
            ('d/null', {'type': tarfile.CHRTYPE, 'devmajor': 1, 'devminor': 3}),
            ('d/pipe', {'type': tarfile.FIFOTYPE}),
            ('current', {'type': tarfile.SYMTYPE, 'linkname': 'd/f'}),
        )
    )
    builder.build(dockerfile)
    members = builder.members('/work')
    assert {name: member.linkname for name, member in members.items() if member.issym()} == {
        'd/link': 'f',
        'd/absolute': '/etc/passwd',
        'd/loop': 'loop',
    }
    assert (members['d/null'].ischr(), members['d/null'].devmajor, members['d/null'].devminor) == (True, 1, 3)
    assert members['d/pipe'].isfifo()
    assert builder.contents('/work')['current'] == b'1'
    assert 'd/hard' in members


def test_what_an_archive_brought_is_removed_at_the_end(builder, tmp_path: Path) -> None:
    dockerfile = builder.dockerfile(initial='WORKDIR /work\nRUN touch kept')
    dockerfile.add_archive(make_archive(tmp_path, ('./d/f', b'1'), ('./a b', b'2')), remove_final=True)
    builder.build(dockerfile)
    assert list(builder.members('/work')) == ['kept']


@pytest.mark.parametrize('compression', ['gz', 'bz2', 'xz', '', None])
def test_the_engine_reads_any_compression(compression: str | None, builder, files: Files) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.add_file(files('f') / 'f', '/target/f')
    with DockerContext(dockerfile, compression, finalize=True) as context:
        builder.image(context)
    assert builder.contents('/target') == {'f': b'f'}


def test_a_context_builds_twice(builder, files: Files) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.add_file(files('f') / 'f', '/target/f')
    with DockerContext(dockerfile, finalize=True) as context:
        first = builder.image(context)
        context.fileobj.seek(0)
        assert builder.image(context)['Id'] == first['Id']


def test_a_saved_context_builds(builder, api, files: Files, tmp_path: Path) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.add_file(files('f') / 'f', '/target/f')
    with DockerContext(dockerfile) as context:
        context.save(tmp_path / 'context.tar.gz')
    tag = f'{builder.prefix}-saved'
    builder.tags.append(tag)
    with open(tmp_path / 'context.tar.gz', 'rb') as saved:
        list(api.build(fileobj=saved, custom_context=True, encoding='gzip', tag=tag, rm=True))
    assert builder.contents('/target') == {'f': b'f'}


def test_a_reproducible_context_hits_the_build_cache(builder, files: Files) -> None:
    root = files('d/f')

    def build() -> str:
        dockerfile = builder.dockerfile()
        dockerfile.add_file(root / 'd', '/target')
        with DockerContext(dockerfile, finalize=True, reproducible=True) as context:
            return str(builder.image(context)['Id'])

    first = build()
    os.utime(root / 'd/f', (99, 99))
    os.chown(root / 'd/f', os.getuid(), os.getgid())
    assert build() == first


def test_owners_and_times_of_a_reproducible_context_are_fixed(builder, files: Files) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.add_file(files('d/f') / 'd', '/target')
    with DockerContext(dockerfile, finalize=True, reproducible=True) as context:
        builder.image(context)
    member = builder.members('/target')['f']
    assert (member.uid, member.gid, member.mtime) == (0, 0, 0)

"""Build contexts: what is in the archive, and how it can be stored and sent."""

from __future__ import annotations

import io
import os
import socket
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dockermap.build.buffer import FinalizedError
from dockermap.build.context import DockerContext
from dockermap.build.dockerfile import DockerFile

MakeTree = Callable[[Mapping[str, str]], Path]
Packed = Callable[[DockerContext], dict[str, tarfile.TarInfo]]
DataOf = Callable[[DockerContext, str], bytes]
MakeArchive = Callable[..., str]

DIRECTORY = {'type': tarfile.DIRTYPE, 'mode': 0o750}


@pytest.mark.parametrize(
    ('compression', 'stream_encoding', 'start'),
    [
        ('gz', 'gzip', b'\x1f\x8b'),
        ('bz2', 'bzip2', b'BZh'),
        ('xz', None, b'\xfd7zXZ'),
        ('', None, b'Dockerfile\0'),
        (None, None, b'Dockerfile\0'),
    ],
)
def test_compressions(compression: str | None, stream_encoding: str | None, start: bytes, packed: Packed) -> None:
    with DockerContext(DockerFile('b'), compression=compression, finalize=True) as context:
        assert context.getvalue().startswith(start)
        assert context.stream_encoding == stream_encoding
        assert list(packed(context)) == ['Dockerfile']


def test_an_unknown_compression_is_an_error() -> None:
    with pytest.raises(tarfile.CompressionError):
        DockerContext(compression='zip')


@pytest.mark.parametrize('compression', ['gz', 'bz2'])
def test_options_go_to_the_archive(compression: str) -> None:
    with DockerContext(compression=compression, compresslevel=1, format=tarfile.GNU_FORMAT) as context:
        assert context.tarfile.format == tarfile.GNU_FORMAT


def test_unknown_options_leave_nothing_open() -> None:
    with pytest.raises(TypeError):
        DockerContext(unknown=1)


def test_names_are_encoded_as_told(make_tree: MakeTree) -> None:
    root = make_tree({'ä': ''})
    with DockerContext(compression='', encoding='latin-1', format=tarfile.GNU_FORMAT) as context:
        context.add(root / 'ä', 'ä')
        context.finalize()
        assert context.getvalue().startswith(b'\xe4\0')


def test_finalizing_at_once_needs_a_dockerfile() -> None:
    with pytest.raises(ValueError, match='dockerfile'):
        DockerContext(finalize=True)


def test_the_name_is_the_path_of_a_file_that_goes_away() -> None:
    with DockerContext() as context:
        assert os.path.exists(context.name)
    assert not os.path.exists(context.name)


def test_a_dockerfile_is_added_as_the_last_member(make_tree: MakeTree, packed: Packed, data_of: DataOf) -> None:
    root = make_tree({'f': 'text', 'd/g': 'more'})
    dockerfile = DockerFile('b')
    dockerfile.add_file(root / 'f', '/etc/f')
    dockerfile.add_file(root / 'd')
    dockerfile.command = 'x'
    with DockerContext(dockerfile) as context:
        members = packed(context)
        assert list(members) == ['etc/f', 'd', 'd/g', 'Dockerfile']
        assert data_of(context, 'd/g') == b'more'
        assert data_of(context, 'Dockerfile') == dockerfile.getvalue()
    member = members['Dockerfile']
    assert (member.mode, member.uid, member.gid, member.mtime) == (0o644, 0, 0, 0)


def test_adding_a_dockerfile_finalizes_it() -> None:
    dockerfile = DockerFile('b')
    with DockerContext(dockerfile), pytest.raises(FinalizedError):
        dockerfile.blank()


def test_a_dockerfile_can_be_used_for_several_contexts(data_of: DataOf) -> None:
    dockerfile = DockerFile('b')
    with DockerContext(dockerfile) as first, DockerContext(dockerfile) as second:
        assert data_of(first, 'Dockerfile') == data_of(second, 'Dockerfile') == b'FROM b\n\n'


def test_the_position_in_a_dockerfile_does_not_matter(data_of: DataOf) -> None:
    dockerfile = DockerFile('b')
    dockerfile.finalize()
    dockerfile.fileobj.seek(3)
    with DockerContext(dockerfile) as context:
        assert data_of(context, 'Dockerfile') == b'FROM b\n\n'


@pytest.mark.parametrize('as_type', [str, Path])
def test_a_path_is_added_as_the_dockerfile(as_type: type, make_tree: MakeTree, data_of: DataOf) -> None:
    root = make_tree({'My.dockerfile': 'FROM c'})
    (root / 'link').symlink_to('My.dockerfile')
    with DockerContext(as_type(root / 'link')) as context:
        assert data_of(context, 'Dockerfile') == b'FROM c'


def test_a_missing_source_is_an_error_and_leaves_nothing_open(tmp_path: Path) -> None:
    dockerfile = DockerFile('b')
    dockerfile.add_file(tmp_path / 'missing')
    with pytest.raises(FileNotFoundError):
        DockerContext(dockerfile)


def test_a_source_that_is_a_link_is_packed_as_what_it_points_to(make_tree: MakeTree, packed: Packed) -> None:
    root = make_tree({'f': 'text', 'd/g': 'more', 'd/.dockerignore': 'h', 'd/h': ''})
    (root / 'd/inner').symlink_to('g')
    dockerfile = DockerFile('b')
    for name in ('f', 'd'):
        (root / f'{name}-link').symlink_to(name)
        dockerfile.add_file(root / f'{name}-link', name)
    with DockerContext(dockerfile) as context:
        members = packed(context)
    assert members['f'].isreg()
    assert list(members) == ['f', 'd', 'd/.dockerignore', 'd/g', 'd/inner', 'Dockerfile']
    assert members['d/inner'].issym()


def test_ignore_rules_do_not_concern_the_dockerfile(make_tree: MakeTree, packed: Packed) -> None:
    dockerfile = DockerFile('b')
    dockerfile.add_file(make_tree({'f': '', '.dockerignore': '*'}), '/d')
    with DockerContext(dockerfile) as context:
        assert list(packed(context)) == ['d', 'Dockerfile']


def test_a_directory_is_packed_in_order(make_tree: MakeTree, packed: Packed) -> None:
    root = make_tree({'b/c': '', 'b.c': '', 'a/': '', 'é': ''})
    with DockerContext() as context:
        context.add(str(root), 'root')
        assert list(packed(context)) == ['root', 'root/a', 'root/b', 'root/b/c', 'root/b.c', 'root/é']


def test_names_default_to_the_path(make_tree: MakeTree, packed: Packed, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree({'d/f': ''})
    monkeypatch.chdir(root)
    with DockerContext() as context:
        context.add('d')
        context.add(root / 'd')
        assert list(packed(context)) == ['d', 'd/f', f'{root}/d'[1:], f'{root}/d/f'[1:]]


def test_a_directory_can_be_added_alone(make_tree: MakeTree, packed: Packed) -> None:
    with DockerContext() as context:
        context.add(make_tree({'f': ''}), 'root', recursive=False)
        assert list(packed(context)) == ['root']


def test_the_root_of_the_archive_needs_no_member(make_tree: MakeTree, packed: Packed) -> None:
    with DockerContext() as context:
        context.add(make_tree({'d/f': ''}), '')
        assert list(packed(context)) == ['d', 'd/f']


def test_links_are_kept(make_tree: MakeTree, packed: Packed) -> None:
    root = make_tree({'f': ''})
    (root / 'dangling').symlink_to('/nowhere')
    with DockerContext() as context:
        context.add(root, 'root')
        assert packed(context)['root/dangling'].linkname == '/nowhere'


def test_sockets_are_left_out_and_named(
    make_tree: MakeTree,
    packed: Packed,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(make_tree({'f': ''}))
    with socket.socket(socket.AF_UNIX) as server, DockerContext() as context:
        server.bind('socket')
        context.add('.', 'root')
        assert list(packed(context)) == ['root', 'root/f']
    assert './socket is left out' in caplog.text


@pytest.mark.parametrize('options', [{}, {'compression': 'gz'}, {'reproducible': True}])
def test_pipes_are_packed_as_such(options: dict[str, Any], make_tree: MakeTree, packed: Packed) -> None:
    root = make_tree({'f': 'text', 'd/g': ''})
    os.mkfifo(root / 'a pipe', 0o640)
    os.mkfifo(root / 'd/pipe')
    with DockerContext(**options) as context:
        context.add(root, 'root')
        members = packed(context)
    assert list(members) == ['root', 'root/a pipe', 'root/d', 'root/d/g', 'root/d/pipe', 'root/f']
    assert [name for name, member in members.items() if member.isfifo()] == ['root/a pipe', 'root/d/pipe']
    assert (members['root/a pipe'].mode, members['root/a pipe'].size) == (0o640, 0)


def test_a_pipe_alone_is_packed_as_such(make_tree: MakeTree, packed: Packed) -> None:
    root = make_tree({})
    os.mkfifo(root / 'pipe')
    with DockerContext() as context:
        context.add(root / 'pipe', 'pipe')
        assert packed(context)['pipe'].isfifo()


def test_pipes_follow_rules_and_filters(make_tree: MakeTree, packed: Packed) -> None:
    root = make_tree({'.dockerignore': 'pipe'})
    os.mkfifo(root / 'pipe')
    with DockerContext() as context:
        context.add(root, 'rules')
        context.add(root, 'filter', filter=lambda member: None if member.isfifo() else member)
        assert not [name for name in packed(context) if 'pipe' in name]


def test_devices_are_packed_as_such(packed: Packed) -> None:
    with DockerContext() as context:
        context.add('/dev/null', 'null')
        member = packed(context)['null']
    assert (member.type, member.devmajor, member.devminor) == (tarfile.CHRTYPE, 1, 3)


def test_several_names_of_a_file_share_its_data(make_tree: MakeTree, packed: Packed, data_of: DataOf) -> None:
    root = make_tree({'a': 'text'})
    (root / 'b').hardlink_to(root / 'a')
    with DockerContext() as context:
        context.add(root, 'root')
        members = packed(context)
        assert data_of(context, 'root/b') == b'text'
    assert (members['root/b'].type, members['root/b'].linkname) == (tarfile.LNKTYPE, 'root/a')


@pytest.mark.parametrize('rules', [True, False])
def test_a_file_is_not_linked_to_a_name_that_is_left_out(rules: bool, make_tree: MakeTree, data_of: DataOf) -> None:
    root = make_tree({'a': 'text', '.dockerignore': '/a'})
    (root / 'b').hardlink_to(root / 'a')
    with DockerContext() as context:
        context.add(root, 'root', filter=None if rules else lambda member: None if member.name == 'root/a' else member)
        assert data_of(context, 'root/b') == b'text'


def test_a_filter_changes_members(make_tree: MakeTree, packed: Packed) -> None:
    def owned(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = 1234
        return member

    with DockerContext() as context:
        context.add(make_tree({'f': ''}), 'root', filter=owned)
        assert [member.uid for member in packed(context).values()] == [1234, 1234]


def test_a_context_does_not_pack_itself(packed: Packed) -> None:
    with DockerContext() as context:
        context.add(context.name, 'itself')
        assert list(packed(context)) == []


def test_members_can_be_added_as_to_an_archive(make_tree: MakeTree, data_of: DataOf) -> None:
    root = make_tree({'f': 'text'})
    with DockerContext() as context, open(root / 'f', 'rb') as data:
        context.addfile(context.gettarinfo(str(root / 'f'), 'g'), data)
        assert data_of(context, 'g') == b'text'


@pytest.mark.parametrize('mode', ['w', 'w:gz', 'w:bz2', 'w:xz'])
def test_an_archive_is_copied(mode: str, make_archive: MakeArchive, packed: Packed, data_of: DataOf) -> None:
    attributes = {'type': tarfile.SYMTYPE, 'linkname': '/nowhere', 'uid': 7, 'uname': 'jo', 'mtime': 99.5}
    source = make_archive(('d', DIRECTORY), ('./d/f', b'text'), ('link', attributes), mode=mode)
    with DockerContext() as context:
        context.addarchive(source)
        members = packed(context)
        assert data_of(context, './d/f') == b'text'
    assert list(members) == ['d', './d/f', 'link']
    assert members['d'].mode == 0o750
    assert {name: getattr(members['link'], name) for name in attributes} == attributes


@pytest.mark.parametrize(
    ('name', 'attributes'),
    [
        ('dangling', {'type': tarfile.SYMTYPE, 'linkname': 'nowhere'}),
        ('absolute', {'type': tarfile.SYMTYPE, 'linkname': '/etc/passwd'}),
        ('loop', {'type': tarfile.SYMTYPE, 'linkname': 'loop'}),
        ('hard', {'type': tarfile.LNKTYPE, 'linkname': 'absent'}),
        ('device', {'type': tarfile.CHRTYPE, 'devmajor': 1, 'devminor': 3}),
        ('block', {'type': tarfile.BLKTYPE, 'devmajor': 7, 'devminor': 0}),
        ('pipe', {'type': tarfile.FIFOTYPE}),
        ('x' * 150, {'type': tarfile.SYMTYPE, 'linkname': 'y' * 150}),
    ],
)
def test_links_and_devices_are_copied_without_data(
    name: str, attributes: dict[str, Any], make_archive: MakeArchive, packed: Packed
) -> None:
    with DockerContext() as context:
        context.addarchive(make_archive((name, attributes), ('next', b'text')))
        members = packed(context)
    assert {key: getattr(members[name], key) for key in attributes} == attributes
    assert members['next'].size == 4


def test_members_with_one_name_keep_their_own_data(make_archive: MakeArchive) -> None:
    with DockerContext() as context:
        context.addarchive(make_archive(('f', b'first'), ('f', b'second')))
        context.finalize()
        with tarfile.open(fileobj=context.fileobj) as archive:
            files = [archive.extractfile(member) for member in archive.getmembers()]
            assert [file.read() for file in files if file] == [b'first', b'second']


@pytest.mark.parametrize(
    ('name', 'content'),
    [
        ('/etc/x', b'a'),
        ('../x', b'a'),
        ('a/../../x', b'a'),
        ('x', {'type': tarfile.LNKTYPE, 'linkname': '/etc/passwd'}),
        ('x', {'type': tarfile.LNKTYPE, 'linkname': '../x'}),
    ],
)
def test_members_outside_of_the_root_are_refused(name: str, content: Any, make_archive: MakeArchive) -> None:
    with DockerContext() as context, pytest.raises(ValueError, match=r'archive\.tar'):
        context.addarchive(make_archive((name, content)))


def test_extended_attributes_of_members_are_kept(make_archive: MakeArchive, packed: Packed) -> None:
    headers = {'SCHILY.xattr.user.a': 'b', 'comment': 'c'}
    with DockerContext() as context:
        context.addarchive(make_archive(('ä' * 80, {'pax_headers': headers, 'mtime': 1.5})))
        member = packed(context)['ä' * 80]
    assert member.pax_headers['SCHILY.xattr.user.a'] == 'b'
    assert 'comment' not in member.pax_headers


def test_a_sparse_file_is_copied_as_a_regular_one(tmp_path: Path, packed: Packed, data_of: DataOf) -> None:
    path = tmp_path / 'sparse'
    with open(path, 'wb') as file:
        file.seek(1 << 20)
        file.write(b'end')
    for form in ('gnu', 'posix'):
        archive = tmp_path / f'{form}.tar'
        assert (
            os.spawnlp(
                os.P_WAIT, 'tar', 'tar', '-C', str(tmp_path), '-S', f'--format={form}', '-cf', str(archive), 'sparse'
            )
            == 0
        )
        with DockerContext() as context:
            context.addarchive(archive)
            assert data_of(context, 'sparse') == path.read_bytes()


def test_archives_of_a_dockerfile_come_after_its_files(
    make_archive: MakeArchive, make_tree: MakeTree, packed: Packed
) -> None:
    dockerfile = DockerFile('b')
    dockerfile.add_archive(make_archive(('etc/x', b'a')))
    dockerfile.add_file(make_tree({'f': ''}) / 'f')
    with DockerContext(dockerfile) as context:
        assert list(packed(context)) == ['f', 'etc/x', 'Dockerfile']


def test_finalizing_goes_to_the_start_of_a_complete_archive(make_tree: MakeTree) -> None:
    with DockerContext() as context:
        context.add(make_tree({'f': ''}) / 'f', 'f')
        context.finalize()
        assert context.fileobj.tell() == 0
        with tarfile.open(fileobj=context.fileobj) as archive:
            assert archive.getnames() == ['f']


def test_finalizing_again_keeps_archive_and_position() -> None:
    with DockerContext(DockerFile('b'), finalize=True) as context:
        value = context.getvalue()
        context.fileobj.seek(5)
        context.finalize()
        assert context.fileobj.tell() == 5
        assert context.getvalue() == value


@pytest.mark.parametrize(
    ('method', 'args'),
    [
        ('add', (__file__,)),
        ('addfile', (tarfile.TarInfo('x'),)),
        ('addarchive', ('x',)),
        ('add_dockerfile', (__file__,)),
    ],
)
def test_a_finalized_context_takes_nothing(method: str, args: tuple[Any, ...]) -> None:
    with DockerContext(DockerFile('b'), finalize=True) as context, pytest.raises(FinalizedError):
        getattr(context, method)(*args)


def test_saving_finalizes_and_stores_the_whole_archive(tmp_path: Path) -> None:
    with DockerContext(DockerFile('b')) as context:
        context.save(tmp_path / 'context.tar.gz')
        with tarfile.open(tmp_path / 'context.tar.gz') as archive:
            assert archive.getnames() == ['Dockerfile']
        with pytest.raises(FinalizedError):
            context.add_dockerfile(__file__)


def test_saving_while_the_archive_is_sent_does_not_disturb(tmp_path: Path) -> None:
    with DockerContext(DockerFile('b'), finalize=True) as context:
        start = context.fileobj.read(20)
        context.save(tmp_path / 'saved')
        assert start + context.fileobj.read() == (tmp_path / 'saved').read_bytes()


@pytest.mark.parametrize('compression', ['gz', 'bz2', 'xz', ''])
@pytest.mark.parametrize('finalize', [False, True])
def test_closing_closes_archive_and_file(compression: str, finalize: bool) -> None:
    context = DockerContext(DockerFile('b'), compression=compression, finalize=finalize)
    context.close()
    context.close()
    assert context.tarfile.closed
    with pytest.raises(ValueError, match='closed'):
        context.fileobj.read()


@pytest.mark.parametrize('compression', ['gz', 'bz2', 'xz', ''])
def test_reproducible_archives_depend_on_content_alone(compression: str, tmp_path: Path) -> None:
    def archive(number: int) -> bytes:
        root = tmp_path / f'tree{number}'
        (root / 'd').mkdir(parents=True)
        names = ('b', 'a', 'd/c') if number else ('a', 'd/c', 'b')
        for name in names:
            (root / name).write_text('same')
        if number:
            (root / 'b').unlink()
            (root / 'b').hardlink_to(root / 'a')
        os.utime(root / 'a', (number, number))
        source = tmp_path / 'archive.tar'
        with tarfile.open(source, 'w') as written:
            member = tarfile.TarInfo('e')
            member.uid, member.uname, member.mtime = number, f'user{number}', number + 0.5
            written.addfile(member, io.BytesIO())
        dockerfile = DockerFile('b')
        dockerfile.add_file(root, 'root')
        dockerfile.add_archive(source)
        with DockerContext(dockerfile, compression, finalize=True, reproducible=True) as context:
            return context.getvalue()

    assert archive(0) == archive(1)


def test_reproducible_archives_differ_with_the_mode(tmp_path: Path) -> None:
    values = []
    (tmp_path / 'f').write_text('same')
    for mode in (0o644, 0o755):
        (tmp_path / 'f').chmod(mode)
        with DockerContext(reproducible=True) as context:
            context.add(tmp_path / 'f', 'f')
            context.finalize()
            values.append(context.getvalue())
    assert values[0] != values[1]


def test_otherwise_owner_and_whole_seconds_are_kept(tmp_path: Path, packed: Packed) -> None:
    (tmp_path / 'f').write_text('')
    os.utime(tmp_path / 'f', (99.5, 99.5))
    with DockerContext() as context:
        context.add(tmp_path / 'f', 'f')
        member = packed(context)['f']
    assert (member.mtime, member.uid) == (99, os.getuid())

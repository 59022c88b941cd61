"""The lines for files and downloads do on each system what they say."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap import shortcuts as sh

SERVER = 'http://127.0.0.1:8080'


def modes(system: Any, path: str) -> dict[str, str]:
    return {name: f'{info.mode & 0o7777:o}' for name, info in system.look(path).items()}


def owners(system: Any, path: str) -> dict[str, tuple[int, int]]:
    return {name: (info.uid, info.gid) for name, info in system.look(path).items()}


@pytest.fixture
def tree(system: Any) -> str:
    """A directory with ``d``, ``d/f`` and ``f``."""
    directory: str = system.directory()
    system.put(directory, ('d', None), ('d/f', b'inner'), ('f', b'outer'))
    return directory


# Removing


@pytest.mark.parametrize(
    ('line', 'code', 'left'),
    [
        (sh.rm('f'), 0, {'d', 'd/f'}),
        (sh.rm('d', recursive=True), 0, {'f'}),
        (sh.rm('d'), 1, {'d', 'd/f', 'f'}),
        (sh.rm('missing'), 1, {'d', 'd/f', 'f'}),
        (sh.rm('missing', force=True), 0, {'d', 'd/f', 'f'}),
        (sh.rm('d', True, True), 0, {'f'}),
    ],
)
def test_rm_removes_what_it_names(system: Any, tree: str, line: str, code: int, left: set[str]) -> None:
    assert system.run(line, tree).code == code
    assert {name.partition('/')[2] for name in system.look(tree)} - {''} == left


# Owners and modes


@pytest.mark.parametrize(
    ('owner', 'numbers'),
    [
        (7, (7, 7)),
        (0, (0, 0)),
        ('bin', (2, 2)),
        ('bin:nogroup', None),
        (('bin', 9), (2, 9)),
        ((5, 6), (5, 6)),
        (':9', (0, 9)),
    ],
)
def test_chown_sets_owner_and_group_of_all_below(system: Any, tree: str, owner: Any, numbers: Any) -> None:
    assert system.run(sh.chown(owner, 'd'), tree).code == 0
    expected = numbers or (2, int(system.database('group')['nogroup'][1]))
    assert owners(system, f'{tree}/d') == {'d': expected, 'd/f': expected}


def test_chown_can_leave_what_is_below(system: Any, tree: str) -> None:
    assert system.run(sh.chown((5, 6), 'd', recursive=False), tree).code == 0
    assert owners(system, f'{tree}/d') == {'d': (5, 6), 'd/f': (0, 0)}


@pytest.mark.parametrize(
    ('mode', 'recursive', 'directory', 'file'),
    [
        ('750', True, '750', '750'),
        ('750', False, '750', '644'),
        (700, True, '700', '700'),
        ('u=rwX,g=rX,o=', True, '750', '640'),
        ('-r', False, '311', '644'),
        # Written in decimal, as documented.
        (0o644, False, '420', '644'),
    ],
)
def test_chmod_sets_permissions(system: Any, tree: str, mode: Any, recursive: bool, directory: str, file: str) -> None:
    assert system.run(sh.chmod(mode, 'd', recursive), tree).code == 0
    assert modes(system, f'{tree}/d') == {'d': directory, 'd/f': file}


# Directories


@pytest.mark.parametrize(
    ('line', 'code', 'is_made'),
    [
        (sh.mkdir('a'), 0, 'a'),
        (sh.mkdir('a/b/c'), 0, 'a/b/c'),
        (sh.mkdir('a/b/c', create_parent=False), 1, None),
        (sh.mkdir('f/x'), 1, None),
        (sh.mkdir('a', check_if_exists=True), 0, 'a'),
        (sh.mkdir('a/b', False, True), 1, None),
        (sh.mkdir('d', create_parent=False), 1, None),
        (sh.mkdir('d', create_parent=False, check_if_exists=True), 0, 'd'),
    ],
)
def test_mkdir_makes_directories(system: Any, tree: str, line: str, code: int, is_made: str | None) -> None:
    assert system.run(line, tree).code == code
    found = {name.partition('/')[2] for name in system.look(tree)} - {'', 'd', 'd/f', 'f'}
    assert (is_made is None and not found) or is_made in found | {'d'}
    assert system.read(f'{tree}/d/f') == b'inner'


def test_directories_get_owner_and_mode_even_if_they_exist(system: Any, tree: str) -> None:
    line = sh.mkdir_chown(['a/b', 'd'], (5, 6), '750', create_parent=True, check_if_exists=True)
    assert system.run(line, tree).code == 0
    assert owners(system, tree)[f'{tree[6:]}/a/b'] == owners(system, tree)[f'{tree[6:]}/d'] == (5, 6)
    assert modes(system, f'{tree}/a/b') == {'b': '750'}
    assert modes(system, f'{tree}/d') == {'d': '750', 'd/f': '644'}


def test_the_default_permissions_let_others_read(system: Any, tree: str) -> None:
    assert system.run(sh.mkdir_chown('d', recursive=True), tree).code == 0
    assert modes(system, f'{tree}/d') == {'d': '775', 'd/f': '664'}


def test_commands_in_a_list_stop_at_the_first_failure(system: Any, tree: str) -> None:
    lines = sh.mkdir_chown(['f/x', 'b'], permissions=None, return_list=True)
    assert system.run(' && '.join(line for lines_of_path in lines for line in lines_of_path), tree).code == 1
    assert not system.exists(f'{tree}/b')


# Archives


@pytest.mark.parametrize(('pack', 'unpack'), [(sh.tar, sh.untar), (sh.targz, sh.untargz)])
@pytest.mark.parametrize('archive', ['x.tar', '-x', 'host:x', 'a b', 'a\\tb'])
def test_what_was_packed_is_unpacked(system: Any, tree: str, pack: Any, unpack: Any, archive: str) -> None:
    system.put(tree, ('target', None), ('back\\nslash', b'b'), ('-dash', b'd'), ('c d', b'cd'))
    sources = ['d', 'f', 'back\\nslash', '-dash', 'c d']
    packed = system.run(f'{pack(archive, sources)} && {unpack(archive, "target")}', tree)
    assert packed.code == 0, packed.output
    assert {name.partition('/')[2] for name in system.look(f'{tree}/target')} == {'', 'd/f', *sources}
    assert system.read(f'{tree}/target/back\\nslash') == b'b'


def test_only_targz_compresses(system: Any, tree: str) -> None:
    assert system.run(f'{sh.tar("plain", "f")} && {sh.targz("packed", "f")}', tree).code == 0
    assert system.read(f'{tree}/packed')[:2] == b'\x1f\x8b'
    assert system.read(f'{tree}/plain')[:1] == b'f'


def test_archives_are_unpacked_where_the_shell_is_unless_there_is_a_target(system: Any, tree: str) -> None:
    system.put(tree, ('other', None))
    assert system.run(f'{sh.tar("x.tar", "f")} && cd other && {sh.untar("../x.tar")}', tree).code == 0
    assert system.read(f'{tree}/other/f') == b'outer'


def test_options_reach_tar(system: Any, tree: str) -> None:
    listed = system.run(sh.tar('x.tar', ['d', 'f'], _v=True, __exclude='d/f'), tree)
    assert (listed.code, set(listed.output.split())) == (0, {'d/', 'f'})


def test_an_archive_can_be_a_pipe(system: Any, tree: str) -> None:
    system.put(tree, ('target', None))
    assert system.run(f'{sh.targz("-", "d")} | {sh.untargz("-", "target")}', tree).code == 0
    assert system.read(f'{tree}/target/d/f') == b'inner'


# Downloads


@pytest.fixture
def server(system: Any, busybox_program: bytes) -> str:
    """A web server inside the container that serves a directory of files."""
    system.put(
        '/',
        ('opt', None),
        ('opt/busybox', busybox_program),
        ('srv', None),
        ('srv/file', b'content'),
        ('srv/a[1]{b}', b'brackets'),
        mode=0o755,
    )
    if system.run(f'/opt/busybox wget -q -O - {SERVER}/file').code != 0:
        assert system.run(f'/opt/busybox httpd -p {SERVER[7:]} -h /srv').code == 0
    return SERVER


@pytest.fixture
def busybox_program() -> bytes:
    import system_roots

    try:
        return system_roots.busybox().read_bytes()
    except system_roots.RootUnavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=[sh.curl, sh.wget], ids=['curl', 'wget'])
def download(request: pytest.FixtureRequest, system: Any) -> Any:
    if request.param is sh.curl and system.name == 'busybox':
        pytest.skip('BusyBox has no curl')
    return request.param


@pytest.mark.parametrize('name', ['out', '-out', 'a b', '#1', "it's"])
def test_a_download_is_in_the_file_that_was_named(system: Any, server: str, download: Any, name: str) -> None:
    directory = system.directory()
    assert system.run(download(f'{server}/file', name), directory).code == 0
    assert {entry.partition('/')[2] for entry in system.look(directory)} == {'', name}
    assert system.read(f'{directory}/{name}') == b'content'


def test_wget_takes_the_name_from_the_url(system: Any, server: str) -> None:
    directory = system.directory()
    assert system.run(sh.wget(f'{server}/file'), directory).code == 0
    assert system.read(f'{directory}/file') == b'content'


def test_curl_prints_without_a_file(system: Any, server: str) -> None:
    if system.name == 'busybox':
        pytest.skip('BusyBox has no curl')
    assert system.run(f'{sh.curl(f"{server}/file")} 2>/dev/null').output == 'content'


def test_brackets_in_a_url_are_taken_literally(system: Any, server: str, download: Any) -> None:
    directory = system.directory()
    assert system.run(download(f'{server}/a[1]{{b}}', 'out'), directory).code == 0
    assert system.read(f'{directory}/out') == b'brackets'


def test_a_url_that_looks_like_an_option_is_none(system: Any, server: str, download: Any) -> None:
    result = system.run(download('--help', 'out'), system.directory())
    assert (result.code != 0, 'Usage' in result.output) == (True, False)

"""Rules of .dockerignore files. They are compared with the real command in the engine tests."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tarfile import TarInfo

import pytest

from dockermap.build import _tree
from dockermap.build.context import DockerContext, get_exclusions, get_filter_func, preprocess_matches

MakeTree = Callable[[Mapping[str, str]], Path]


def is_kept(lines: list[str], name: str, prefix: str = '/p/') -> bool:
    member = TarInfo(f'{prefix.strip("/")}/{name}'.lstrip('/'))
    result = get_filter_func(list(preprocess_matches(lines)), prefix)(member)
    assert result in (member, None)
    return result is member


@pytest.mark.parametrize(
    ('lines', 'name', 'kept'),
    [
        (['*.o'], 'm.o', False),
        (['*.o'], 'lib/m.o', True),
        (['out'], 'out', False),
        (['out'], 'out/x', False),
        (['docs/**/draft'], 'docs/draft', False),
        (['docs/**/draft'], 'docs/a/b/draft', False),
        (['.*'], '.env', False),
        (['.*'], 'a/.env', True),
        (['/top.cfg', 'sub/'], 'top.cfg', False),
        (['/top.cfg', 'sub/'], 'sub', False),
        (['q\\\\z*'], 'q\\zz', False),
        (['x[!y]'], 'xa', True),
        (['x[!y]'], 'xy', False),
        (['data', '!data/eu'], 'data/us', False),
        (['data', '!data/eu'], 'data/eu/f', True),
        (['data/**', '!data', '!data/eu/*'], 'data', True),
        (['data/**', '!data', '!data/eu/*'], 'data/us', False),
        (['data/**', '!data', '!data/eu/*'], 'data/eu/f', True),
        (['*', '!keep', '!lib/*.py'], 'keep/in', True),
        (['*', '!keep', '!lib/*.py'], 'lib/a.py', True),
        (['*', '!keep', '!lib/*.py'], 'lib/x/a.py', False),
    ],
)
def test_decisions_of_docker(lines: list[str], name: str, kept: bool) -> None:
    assert is_kept(lines, name) is kept


@pytest.mark.parametrize(
    ('lines', 'name', 'kept'),
    [
        (['# x'], '# x', True),
        ([' # x'], '# x', False),
        (['  a\t '], 'a', False),
        (['a\r'], 'a', False),
        (['! a', 'a'], 'a', False),
        (['a', '! a'], 'a', True),
        (['/a/'], 'a', False),
        (['./a'], 'a', False),
        (['//a'], 'a', False),
        (['a//b'], 'a/b', False),
        (['x/../a'], 'a', False),
        (['.'], 'a', True),
        (['a.txt'], 'd/a.txt', True),
        (['a.txt'], 'a.txt.x', True),
        (['a.txt'], 'aXtxt', True),
        (['*'], '.a', False),
        (['a*c'], 'a/c', True),
        (['?'], 'a', False),
        (['?'], 'ab', True),
        (['a?c'], 'a/c', True),
        (['d/**/f'], 'd/f', False),
        (['d/**/f'], 'd/a/b/f', False),
        (['**/*.o'], 'm.o', False),
        (['**/*.o'], 'a/b/m.o', False),
        (['**/m'], 'm', False),
        (['**/m'], 'a/m', False),
        (['**/m'], 'am', True),
        (['**m'], 'am', False),
        (['d/**'], 'd', True),
        (['d/**'], 'd/a', False),
        (['d/**'], 'd/a/b', False),
        (['d**'], 'dd/a', False),
        (['**'], 'a/b', False),
        (['[abc]'], 'b', False),
        (['[a-c]'], 'b', False),
        (['[a-c]'], 'd', True),
        (['[^a]'], 'b', False),
        (['[^a]'], 'a', True),
        (['[a]]'], 'a]', False),
        (['[[]'], '[', False),
        (['\\*'], '*', False),
        (['\\*'], 'a', True),
        (['\\a'], 'a', False),
        (['A'], 'a', True),
        (['ä?'], 'äö', False),
        (['(a|b)+$.{1}'], '(a|b)+$.{1}', False),
        (['a', '!a', 'a'], 'a', False),
        (['!a'], 'a', True),
        (['data/*', '!data'], 'data/x', False),
    ],
)
def test_syntax(lines: list[str], name: str, kept: bool) -> None:
    assert is_kept(lines, name) is kept


@pytest.mark.parametrize('line', ['!', '! ', '!/', '[', 'a[b', '[]', '[a-]', '[z-a]', 'a\\', '[^]'])
def test_what_docker_refuses_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(line.strip()))):
        list(preprocess_matches([line]))


def test_rules_are_pairs_of_expression_and_exception_mark() -> None:
    rules = list(preprocess_matches(['', 'a*', ' ', '!ab', '# c']))
    assert [is_negative for _, is_negative in rules] == [False, True]
    assert [bool(expression.match('ac')) for expression, _ in rules] == [True, False]


def test_lines_are_read_as_they_are_needed() -> None:
    rules = preprocess_matches(iter(['a', '[']))
    next(rules)
    with pytest.raises(ValueError, match='unclosed'):
        next(rules)


@pytest.mark.parametrize('prefix', ['/root/app/', 'root/app', 'root/app/', '/root/app'])
def test_slashes_around_the_prefix_do_not_matter(prefix: str) -> None:
    keep = get_filter_func(list(preprocess_matches(['src/*.c'])), prefix)
    assert keep(TarInfo('root/app/src/a.c')) is None
    assert keep(TarInfo('root/app/src')) is not None


def test_the_root_is_never_tested() -> None:
    keep = get_filter_func(list(preprocess_matches(['**'])), 'p')
    assert keep(TarInfo('p')) is not None
    assert keep(TarInfo('p/a')) is None


def test_without_a_prefix_names_are_relative_to_the_archive() -> None:
    assert not is_kept(['a/b'], 'a/b', prefix='')


def test_without_rules_everything_is_kept() -> None:
    assert is_kept([], 'a/b')


def test_plain_tuples_are_rules() -> None:
    keep = get_filter_func([(re.compile(r'a.*\Z'), False), (re.compile(r'ab\Z'), True)], 'p')
    assert [keep(TarInfo(f'p/{name}')) is not None for name in ('a', 'ab', 'b')] == [False, True, True]


@pytest.mark.parametrize(
    ('content', 'patterns'),
    [
        (b'\xef\xbb\xbfa\n', 'a'),
        ('ä\r\n'.encode(), 'ä'),
        (b'# a\nb', 'b'),
        (b'a\xe2\x80\xa8b', 'a\u2028b'),
        (b'\xff', os.fsdecode(b'\xff')),
    ],
)
def test_the_ignore_file_is_read_as_text(content: bytes, patterns: str, tmp_path: Path) -> None:
    (tmp_path / '.dockerignore').write_bytes(content)
    rules = get_exclusions(str(tmp_path))
    assert rules is not None
    assert [bool(expression.match(patterns)) for expression, _ in rules] == [True]


def test_an_ignore_file_without_patterns_has_no_rules(tmp_path: Path) -> None:
    (tmp_path / '.dockerignore').write_text('# nothing\n\n')
    assert get_exclusions(tmp_path) == []


def test_no_directory_and_no_ignore_file_means_no_rules(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    assert get_exclusions(tmp_path) is None
    assert get_exclusions(tmp_path / 'file') is None
    assert get_exclusions(tmp_path / 'missing') is None


def test_an_error_names_the_ignore_file(tmp_path: Path) -> None:
    (tmp_path / '.dockerignore').write_text('[')
    with pytest.raises(ValueError, match=re.escape(str(tmp_path))):
        get_exclusions(tmp_path)


@pytest.mark.parametrize(
    ('lines', 'names'),
    [
        (['a'], ['.dockerignore', 'b', 'b/c', 'b/c/f', 'b/d', 'b/d/f', 'b/f']),
        (['*', '!b/c/f'], ['b', 'b/c', 'b/c/f']),
        (['*', '!b/c'], ['b', 'b/c', 'b/c/f']),
        (['b', '!b/*/f'], ['.dockerignore', 'a', 'a/f']),
        (['b/**', '!b/c*/f', '!b/c'], ['.dockerignore', 'a', 'a/f', 'b', 'b/c', 'b/c/f']),
        (['*', '!**/f'], []),
        (['*', '!.dockerignore'], ['.dockerignore']),
        (['**/f', '!a/f'], ['.dockerignore', 'a', 'a/f', 'b', 'b/c', 'b/d']),
        (['# none'], ['.dockerignore', 'a', 'a/f', 'b', 'b/c', 'b/c/f', 'b/d', 'b/d/f', 'b/f']),
    ],
)
@pytest.mark.parametrize('arcname', ['root', '/root', 'root/'])
def test_packing_a_directory(arcname: str, lines: list[str], names: list[str], make_tree: MakeTree) -> None:
    root = make_tree({'a/f': '', 'b/c/f': '', 'b/d/f': '', 'b/f': '', '.dockerignore': '\n'.join(lines)})
    with DockerContext(compression='') as context:
        context.add(root, arcname)
        assert context.tarfile.getnames() == ['root', *(f'root/{name}' for name in names)]


@pytest.mark.parametrize('arcname', [None, '', '.', '/'])
def test_rules_do_not_depend_on_the_name_in_the_archive(
    arcname: str | None, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree({'src/a.o': '', 'src/a.c': '', '.dockerignore': 'src/*.o\n.docker*'})
    monkeypatch.chdir(root.parent)
    with DockerContext(compression='') as context:
        context.add('tree', arcname)
        names = [name.removeprefix('tree').lstrip('./') for name in context.tarfile.getnames()]
    assert list(filter(None, names)) == ['src', 'src/a.c']


def test_ignore_files_further_down_have_no_effect(make_tree: MakeTree) -> None:
    root = make_tree({'a/.dockerignore': 'f', 'a/f': ''})
    with DockerContext() as context:
        context.add(root, 'root')
        assert 'root/a/f' in context.tarfile.getnames()


def test_a_filter_replaces_the_ignore_file(make_tree: MakeTree) -> None:
    root = make_tree({'.dockerignore': 'a', 'a': '', 'b/c': ''})
    with DockerContext() as context:
        context.add(root, 'root', filter=lambda member: None if member.name == 'root/b' else member)
        assert context.tarfile.getnames() == ['root', 'root/.dockerignore', 'root/a']


@pytest.mark.parametrize(
    ('lines', 'read'),
    [
        (['deep'], ['', 'kept']),
        (['*', '!kept/f'], ['', 'kept']),
        (['*', '!deep/a/f'], ['', 'deep', 'deep/a']),
        (['**/a', '!*/a/f'], ['', 'deep', 'kept']),
    ],
)
def test_directories_that_are_excluded_as_a_whole_are_not_read(
    lines: list[str], read: list[str], make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree({'deep/a/b/f': '', 'deep/a/f': '', 'kept/f': '', '.dockerignore': '\n'.join(lines)})
    scanned = []
    scandir = os.scandir

    def recording(path: str) -> os._ScandirIterator[str]:
        scanned.append(os.path.relpath(path, root).lstrip('.'))
        return scandir(path)

    monkeypatch.setattr(_tree.os, 'scandir', recording)
    with DockerContext() as context:
        context.add(root, 'root')
    assert scanned == read


def test_links_to_directories_are_kept_and_not_followed(make_tree: MakeTree) -> None:
    root = make_tree({'a/f': '', '.dockerignore': 'a\n!a/f'})
    (root / 'link').symlink_to('a')
    with DockerContext() as context:
        context.add(root, 'root')
        assert 'root/link' in context.tarfile.getnames()
        assert 'root/link/f' not in context.tarfile.getnames()

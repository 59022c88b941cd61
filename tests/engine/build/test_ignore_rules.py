"""What a context packs of a directory, against what the real ``docker build`` sends of it.

The reference is the newest ``docker`` command on the search path, with its classic builder. Two differences are known
and exempt, both of commands before 23: they let an exception bring back files below a directory that it matches, even
if that was not excluded; and for them ``**b`` does not match ``ab``.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from dockermap.build.context import DockerContext, preprocess_matches

DEFAULT_RUNS = 60
FULL_RUNS = 300
FIRST_EXACT_VERSION = (23,)
HIDDEN_BY_ENGINE = {'Dockerfile', '.dockerignore'}

NAMES = ('a', 'b', 'ab', 'ab.o', 'a.o', '.a', 'lib', 'é', 'a b', 'a*', '[a]', 'a^', '#a', '!a', 'Dockerfile')
PARTS = (
    'a',
    'b',
    'ab',
    'lib',
    '*',
    '*',
    '**',
    '**',
    '?',
    'a*',
    '*b',
    '*.o',
    '.*',
    '[ab]',
    '[^a]',
    '[a-f]b',
    '[!a]',
    'a?',
    '??',
    'é',
    'a b',
    r'a\*',
    r'\[a\]',
    r'\!a',
    '**b',
    'a**',
    '..',
    '.',
    '',
    '[*]',
    '[?]',
    '[^]b]',
    'a^',
    '^*',
    'Dockerfile',
    '.dockerignore',
    'a-f]',
    ']',
)
MARKS = ('', '', '', '', '!', '!', '!', '! ', '/', '!/', './', '# ', ' #', ' ')


def newest_command() -> tuple[str, tuple[int, ...]]:
    """Path and version of the newest ``docker`` command; skips if there is none."""
    found = []
    for directory in os.get_exec_path():
        command = Path(directory) / 'docker'
        if os.access(command, os.X_OK):
            text = subprocess.run([command, '--version'], capture_output=True, text=True, check=False).stdout
            version = re.search(r'version (\d+)\.(\d+)', text)
            if version:
                found.append((tuple(map(int, version.groups())), str(command)))
    if not found:
        pytest.skip('needs a docker command')
    version, path = max(found)
    return path, version


def random_paths(generator: random.Random) -> set[str]:
    """Paths of files; some are prefixes of others and become directories."""
    return {
        '/'.join(generator.choices(NAMES, k=generator.choice((1, 1, 2, 2, 3, 4))))
        for _ in range(generator.randint(5, 25))
    }


def random_rules(generator: random.Random, paths: set[str]) -> list[str]:
    """Lines of a ``.dockerignore`` file; those that Docker would refuse are left out."""
    lines = []
    for _ in range(generator.randint(1, 6)):
        if generator.random() < 0.6:
            parts = generator.choice(sorted(paths)).split('/')
            parts = [generalized(generator, part) for part in parts[: generator.randint(1, len(parts))]]
        else:
            parts = generator.choices(PARTS, k=generator.choice((1, 1, 2, 2, 3)))
        line = generator.choice(MARKS) + '/'.join(parts)
        try:
            list(preprocess_matches([line]))
        except ValueError:
            continue
        lines.append(line)
    return lines


def generalized(generator: random.Random, part: str) -> str:
    return generator.choice((part, part, part, f'{part[0]}*', '*', '**', '?' * len(part), f'[^z]{part[1:]}'))


def make_tree(root: Path, paths: set[str]) -> None:
    for path in sorted(paths, reverse=True):
        target = root / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path)


def packed_names(root: Path) -> set[str]:
    with DockerContext(compression='') as context:
        context.add(root, 'root')
        names = {name.partition('/')[2] for name in context.tarfile.getnames()}
    return names - HIDDEN_BY_ENGINE - {''}


def sent_names(root: Path, command: str, engine_url: str, builder) -> set[str]:
    tag = f'{builder.prefix}-{len(builder.tags)}'
    builder.tags.append(tag)
    environment = {**os.environ, 'DOCKER_HOST': engine_url, 'DOCKER_BUILDKIT': '0', 'DOCKER_CONFIG': str(root.parent)}
    result = subprocess.run(
        [command, 'build', '-q', '-t', tag, str(root)], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return set(builder.members('/context')) - HIDDEN_BY_ENGINE


def is_exempt(name: str, lines: list[str]) -> bool:
    if any(re.search(r'\*\*[^/]', line) for line in lines):
        return True
    exceptions = [expression for expression, is_negative in preprocess_matches(lines) if is_negative]
    parts = name.split('/')
    parents = ['/'.join(parts[:depth]) for depth in range(1, len(parts))]
    return any(expression.match(parent) for expression in exceptions for parent in parents)


@pytest.mark.parametrize(
    'seed',
    [
        *range(DEFAULT_RUNS),
        *(pytest.param(seed, marks=pytest.mark.full) for seed in range(DEFAULT_RUNS, FULL_RUNS)),
    ],
)
def test_a_context_packs_what_docker_sends(seed: int, tmp_path: Path, engine_url: str, builder, counts) -> None:
    generator = random.Random(seed)
    command, version = newest_command()
    root = tmp_path / 'tree'
    paths = random_paths(generator) - {'Dockerfile'}
    lines = random_rules(generator, paths)
    make_tree(root, {path for path in paths if not path.startswith('Dockerfile/')} | {'always'})
    (root / '.dockerignore').write_text('\n'.join(lines))
    (root / 'Dockerfile').write_text('FROM scratch\nCOPY . /context/\n')
    differing = packed_names(root) ^ sent_names(root, command, engine_url, builder)
    if version < FIRST_EXACT_VERSION:
        differing = {name for name in differing if not is_exempt(name, lines)}
    assert not differing, lines
    counts['sets of ignore rules compared with docker build, without a difference'] += 1

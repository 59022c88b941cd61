"""No module imports one that imports it back: neither directly, nor through others, nor when a function is called."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

import dockermap

PACKAGE = Path(dockermap.__path__[0])


def modules(package: Path) -> dict[str, Path]:
    """Source files by the name of the module."""
    named = {'.'.join(path.relative_to(package.parent).with_suffix('').parts): path for path in package.rglob('*.py')}
    return {name.removesuffix('.__init__'): path for name, path in named.items()}


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith('TYPE_CHECKING')


def import_statements(nodes: Iterable[ast.AST]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Those at the top and in functions, but for those that only type checkers see."""
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.If) and is_for_types(node):
            yield from import_statements(node.orelse)
        else:
            yield from import_statements(ast.iter_child_nodes(node))


def possible_modules(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, ...]]:
    """For each name that is imported what it may be, the narrowest first: ``a.b`` and ``a`` for ``from a import b``."""
    if isinstance(statement, ast.Import):
        yield from ((alias.name,) for alias in statement.names)
        return
    base = resolve_name('.' * statement.level + (statement.module or ''), package)
    yield from ((f'{base}.{alias.name}', base) for alias in statement.names)


def imported(name: str, path: Path, known: Iterable[str]) -> set[str]:
    """What a module imports, with the packages that are loaded before; of its own packages, only if they are named."""
    package = name if path.name == '__init__.py' else name.rpartition('.')[0]
    found = set()
    for statement in import_statements(ast.parse(path.read_text(encoding='utf-8')).body):
        for names in possible_modules(statement, package):
            found.update([target for target in names if target in known][:1])
    outer = {parent for target in found for parent in packages_of(target) if not f'{name}.'.startswith(f'{parent}.')}
    return (found | outer) - {name}


def packages_of(name: str) -> list[str]:
    parts = name.split('.')
    return ['.'.join(parts[:length]) for length in range(1, len(parts))]


def circle(package: Path) -> list[str]:
    """Names of modules that lead from one to itself; empty if there are none."""
    known = modules(package)
    try:
        TopologicalSorter({name: imported(name, path, known) for name, path in known.items()}).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_no_modules_import_each_other() -> None:
    assert circle(PACKAGE) == []


@pytest.mark.parametrize(
    ('first', 'second'),
    [
        ('from . import second', 'from .first import A'),
        ('from .second import B', 'def late():\n    from . import first'),
        ('import pkg.second', 'try:\n    from pkg.first import A\nexcept ImportError:\n    pass'),
        ('from . import A', ''),
    ],
)
def test_a_circle_is_found(tmp_path: Path, first: str, second: str) -> None:
    package = tmp_path / 'pkg'
    package.mkdir()
    (package / '__init__.py').write_text('from .first import A')
    (package / 'first.py').write_text(first)
    (package / 'second.py').write_text(second)

    found = circle(package)

    assert found[0] == found[-1]
    assert 'pkg.first' in found


@pytest.mark.parametrize(
    'second',
    [
        'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .first import A',
        'from ..other import first',
        'import first',
    ],
)
def test_what_is_no_circle_is_not_found(tmp_path: Path, second: str) -> None:
    package = tmp_path / 'pkg'
    (package / 'sub').mkdir(parents=True)
    (package / '__init__.py').write_text('')
    (package / 'other.py').write_text('first = 1')
    (package / 'sub' / '__init__.py').write_text('from .first import A')
    (package / 'sub' / 'first.py').write_text('from .second import B')
    (package / 'sub' / 'second.py').write_text(second)

    assert circle(package) == []

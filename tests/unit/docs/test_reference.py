"""Every public name says what it promises, and the reference shows it."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import itertools
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import dockermap

REFERENCE = Path(__file__).parents[3] / 'docs' / 'reference'


ROOMS = ('dockermap.map.execute', 'dockermap.map.plan', 'dockermap.map.request', 'dockermap.testing')
"""Packages whose modules are private: what they offer is what the package itself lists."""


def public_modules() -> list[str]:
    found = ['dockermap']
    found += [module.name for module in pkgutil.walk_packages(dockermap.__path__, 'dockermap.')]
    found = [name for name in found if not name.startswith(tuple(f'{room}.' for room in ROOMS))]
    if importlib.util.find_spec('fabric') is None:
        found = [name for name in found if not name.startswith('dockermap.fabric')]
    return [name for name in found if not any(part.startswith('_') for part in name.split('.')[1:])]


def public_names(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module itself offers: what it lists, or otherwise defines without underscore."""
    listed = getattr(module, '__all__', None)
    for name in listed if listed is not None else vars(module):
        value = getattr(module, name)
        if name.startswith('_') or inspect.ismodule(value):
            continue
        if listed is not None or getattr(value, '__module__', None) == module.__name__:
            yield name, value


def undocumented(module: ModuleType) -> Iterator[str]:
    if not module.__doc__ and Path(str(module.__file__)).stat().st_size:
        yield module.__name__
    for name, value in public_names(module):
        if not (inspect.isclass(value) or inspect.isroutine(value)):
            continue
        if not str(getattr(value, '__module__', '')).startswith('dockermap'):
            continue
        if not has_own_doc(value):
            yield f'{module.__name__}.{name}'
        if inspect.isclass(value):
            yield from (f'{module.__name__}.{name}.{member}' for member in undocumented_members(value))


def has_own_doc(value: Any) -> bool:
    return bool(vars(value).get('__doc__') if inspect.isclass(value) else value.__doc__)


def undocumented_members(cls: type) -> Iterator[str]:
    """Methods and properties that neither the class nor a base of it describes."""
    for name, member in vars(cls).items():
        is_function = inspect.isroutine(member) or isinstance(member, (property, classmethod, staticmethod))
        if name.startswith('_') or not is_function:
            continue
        found = getattr(cls, name, None) if isinstance(member, (classmethod, staticmethod)) else member
        if not inspect.getdoc(found) and not any(inspect.getdoc(getattr(base, name, None)) for base in cls.__mro__[1:]):
            yield name


def described_constants() -> set[str]:
    """Names that are assigned at the top of a module, and followed by a text."""
    found = set()
    for path in Path(dockermap.__path__[0]).rglob('*.py'):
        body = ast.parse(path.read_text(encoding='utf-8')).body
        for statement, following in itertools.pairwise(body):
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                single = getattr(statement, 'target', None)
                targets = statement.targets if isinstance(statement, ast.Assign) else [single]
                found.update(target.id for target in targets if isinstance(target, ast.Name))
    return found


def constants(module: ModuleType) -> Iterator[str]:
    listed = getattr(module, '__all__', None) or [name for name in vars(module) if name.startswith('DEFAULT_')]
    for name in listed:
        value = getattr(module, name)
        if not (inspect.isclass(value) or inspect.isroutine(value) or inspect.ismodule(value)):
            yield name


def test_every_public_constant_is_described() -> None:
    described = described_constants()

    modules = map(importlib.import_module, public_modules())
    missing = [
        f'{module.__name__}.{constant}'
        for module in modules
        for constant in constants(module)
        if constant not in described
    ]
    assert missing == []


def test_no_public_name_is_undocumented() -> None:
    missing = [name for module in public_modules() for name in undocumented(importlib.import_module(module))]

    assert missing == []


@pytest.mark.parametrize('name', [name for name in public_modules() if name != 'dockermap'])
def test_the_reference_shows_every_public_module(name: str) -> None:
    pages = '\n'.join(path.read_text(encoding='utf-8') for path in REFERENCE.glob('*.rst'))
    shown = re.findall(r'^\.\. automodule:: (\S+)', pages, re.MULTILINE)

    assert name in shown


def test_the_door_lists_its_names_in_order_and_has_them_all() -> None:
    api = importlib.import_module('dockermap.api')

    assert api.__all__ == sorted(api.__all__)
    assert all(getattr(api, name) is not None for name in api.__all__)

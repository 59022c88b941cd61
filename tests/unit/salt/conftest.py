"""A minion without Salt: what its loader injects, with a pillar that is handed out masked unless that is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dockermap.salt.modules import dockermap as execution
from dockermap.salt.states import dockermap as states
from dockermap.testing import InMemoryEngine

SECRET = 'hunter2-xyzzy'
MASK = '**********'
SHOP = {
    'networks': {'back': None},
    'groups': {'front': ['web']},
    'web': {'image': 'web', 'links': 'app', 'stop_timeout': 1, 'attaches': {'static': '/static'}},
    'app': {
        'image': 'api',
        'networks': 'back',
        'stop_timeout': 1,
        'create_options': {'environment': {'PASSWORD': SECRET}},
    },
}


def masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return MASK if value else value


def found_at(data: Any, path: str, default: Any) -> Any:
    for name in path.split(':'):
        if isinstance(data, list) and name.isdigit() and int(name) < len(data):
            data = data[int(name)]
        elif isinstance(data, dict) and name in data:
            data = data[name]
        else:
            return default
    return data


class CommandExecutionError(Exception):
    """Stands in for that of Salt."""


@dataclass
class FakeMinion:
    """A minion whose default engine is one in memory."""

    engine: InMemoryEngine
    files: Path
    pillar: dict[str, Any]
    opts: dict[str, Any] = field(default_factory=lambda: {'test': False})
    grains: dict[str, Any] = field(default_factory=lambda: {'ip4_interfaces': {'eth0': ['192.0.2.7']}})
    secret: str = SECRET
    error: type[Exception] = CommandExecutionError
    states: ModuleType = states
    execution: ModuleType = execution

    @property
    def maps(self) -> dict[str, Any]:
        found: dict[str, Any] = self.pillar['dockermap']['maps']
        return found

    @property
    def functions(self) -> dict[str, Callable[..., Any]]:
        return {
            'pillar.get': self._pillar_get,
            'grains.get': lambda path, default: found_at(self.grains, path, default),
            'cp.cache_file': self._cache_file,
        }

    def _pillar_get(self, path: str, default: Any = '', unmask: bool | None = None) -> Any:
        found = found_at(self.pillar, path, default)
        return found if unmask else masked(found)

    def _cache_file(self, name: str, saltenv: str) -> str | bool:
        path = self.files / saltenv / name.removeprefix('salt://')
        return str(path) if path.exists() else False

    def test(self, function: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Call a state in test mode."""
        self.opts['test'] = True
        try:
            return self.state(function, *args, **kwargs)
        finally:
            self.opts['test'] = False

    def state(self, function: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = getattr(states, function)(*args, **kwargs)
        return found

    def call(self, function: str, *args: Any, **kwargs: Any) -> Any:
        return getattr(execution, function)(*args, **kwargs)


@pytest.fixture
def minion(engine: InMemoryEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMinion:
    """A minion with a map ``shop`` in its pillar."""
    client = {'client': engine.client(), 'version': '1.41'}
    shop = {name: dict(entry) if isinstance(entry, dict) else entry for name, entry in SHOP.items()}
    found = FakeMinion(engine, tmp_path, {'dockermap': {'maps': {'shop': shop}, 'clients': {'__default__': client}}})
    for module in (states, execution):
        monkeypatch.setattr(module, '__salt__', found.functions, raising=False)
        monkeypatch.setattr(module, '__opts__', found.opts, raising=False)
    errors = ModuleType('salt.exceptions')
    errors.CommandExecutionError = CommandExecutionError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, 'salt', ModuleType('salt'))
    monkeypatch.setitem(sys.modules, 'salt.exceptions', errors)
    return found

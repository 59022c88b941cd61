"""``fab`` with engines in memory in place of hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from dockermap.testing import InMemoryEngine


class Result(NamedTuple):
    """How ``fab`` ended, and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def fabric() -> Any:
    return pytest.importorskip('fabric', reason="needs Fabric (pip install 'docker-map[fabric]')")


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> dict[str, InMemoryEngine]:
    """Engines by the name of their host; others cannot be reached."""
    from dockermap.fabric import FabricConfiguration

    found: dict[str, InMemoryEngine] = {}

    def connected(connection: Any, mode: str, sudo: bool, **kwargs: Any) -> Any:
        if connection.original_host not in found:
            raise ConnectionRefusedError(f'{connection.original_host} is down')
        return found[connection.original_host].client()

    monkeypatch.setattr(FabricConfiguration, 'client_constructor', staticmethod(connected))
    return found


@pytest.fixture
def fab(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Result]:
    """Runs ``fab`` with a collection of tasks, in this process."""
    from fabric import Config
    from fabric.executor import Executor
    from fabric.main import Fab
    from invoke import Collection

    monkeypatch.chdir(tmp_path)

    def run(tasks: Any, *arguments: str, configuration: Mapping[str, Any] | None = None) -> Result:
        root = Collection(tasks)
        root.configure(configuration or {})
        program = Fab(version='0', namespace=root, executor_class=Executor, config_class=Config)
        capsys.readouterr()
        code = 0
        try:
            program.run(['fab', *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        return Result(code, *capsys.readouterr())

    return run

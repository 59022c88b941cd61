"""A minion without master whose ``salt-call`` is the real one, beside an engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import salt_environment
from system_roots import RootUnavailable

MINION = """\
id: minion
file_client: local
root_dir: {home}/root
file_roots: {{base: [{home}/states]}}
pillar_roots: {{base: [{home}/pillar]}}
log_level_logfile: debug
# These take seconds, and tell nothing here.
enable_fqdns_grains: False
enable_gpu_grains: False
"""


@dataclass(frozen=True)
class Result:
    """How a call of ``salt-call`` ended, and what it has written."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What was returned, of a call with ``--out=json``."""
        return json.loads(self.out)['local']

    @property
    def states(self) -> dict[str, Any]:
        """Returns of states by their id, or by id and function where the former is not enough."""
        return {f'{name.split("_|-")[1]} {name.split("_|-")[3]}': ret for name, ret in self.data.items()}


@dataclass(frozen=True)
class SaltMinion:
    """A directory with pillar and states, and how Salt is called with it."""

    home: Path
    command: list[str]
    environment: dict[str, str]

    def write(self, name: str, content: str) -> Path:
        """Write a file below ``states`` or ``pillar``."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding='utf-8')
        return path

    def pillar(self, content: str) -> None:
        self.write('pillar/top.sls', "base: {'*': [containers]}\n")
        self.write('pillar/containers.sls', content)

    def call(self, *arguments: str, text: bool = False, **variables: str) -> Result:
        """Call a function; the answer is JSON unless it is to be as people read it."""
        form = ['--out=highstate', '--no-color'] if text else ['--out=json']
        done = subprocess.run(
            [*self.command, '--local', '-c', str(self.home), *form, '--retcode-passthrough', *arguments],
            capture_output=True,
            text=True,
            env={**self.environment, **variables},
            timeout=100,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    @property
    def logged(self) -> str:
        """All that was logged so far, at the level ``debug``."""
        return (self.home / 'root' / 'var' / 'log' / 'salt' / 'minion').read_text(encoding='utf-8')


@pytest.fixture(scope='session')
def salt_command() -> list[str]:
    try:
        return salt_environment.salt_call()
    except RootUnavailable as reason:
        pytest.skip(f'needs Salt: {reason}')


@pytest.fixture
def minion(
    salt_command: list[str], tmp_path: Path, work_directory: Path, engine_url: str, request: pytest.FixtureRequest
) -> SaltMinion:
    """A minion whose environment leads to the engine of the tests."""
    environment = salt_environment.environment(work_directory / 'salt-entry-points')
    home = tmp_path / 'minion'
    home.mkdir()
    (home / 'minion').write_text(MINION.format(home=home), encoding='utf-8')
    for name in ('states', 'pillar'):
        (home / name).mkdir()
    return SaltMinion(home, salt_command, {**environment, 'DOCKER_HOST': engine_url})


@pytest.fixture
def containers(api: Any, unique: str) -> Callable[[], dict[str, Any]]:
    """What the engine tells of containers, by name without that of the map."""

    def found() -> dict[str, Any]:
        names = [name for row in api.containers(all=True) for name in row['Names']]
        own = [name.removeprefix('/') for name in names if name.startswith(f'/{unique}.')]
        return {name.removeprefix(f'{unique}.'): api.inspect_container(name) for name in own}

    return found

"""The tests of all actions, unchanged, with a client that works by commands."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from dockermap.client.cli import DockerCliClient, run_in_shell

ACTIONS = Path(__file__).parents[1] / 'actions'
CHANGING = re.compile(
    r'(create|start|stop|restart|rm|rmi|update|exec|kill|rename|pull|pause|'
    r'network (create|rm|connect|disconnect)|volume (create|rm)) '
)


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f'{name}_on_commands', ACTIONS / f'{name}.py')
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class RecordingClient(DockerCliClient):
    """Keeps the commands, apart by whether they change something."""

    def __init__(self, base_url: str) -> None:
        self.changes: list[str] = []
        self.reads: list[str] = []
        super().__init__(run=self.recorded, base_url=base_url)

    def recorded(self, command: str, input: bytes | None = None) -> str:
        start = f'{" ".join(["docker", *self.cmd_args])} '
        call = command.partition(start)[2]
        (self.changes if CHANGING.match(call) else self.reads).append(call)
        return run_in_shell(command, input)


@pytest.fixture
def recorder(engine_url: str) -> RecordingClient:
    return RecordingClient(engine_url)


# All tests and fixtures of that module and its conftest, but for the fixture above.
for _names in (vars(loaded('conftest')), vars(loaded('test_seven_actions'))):
    globals().update({name: value for name, value in _names.items() if name not in globals()})

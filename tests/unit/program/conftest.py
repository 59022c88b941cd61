"""The program with an engine in memory, streams that are kept, and a folder with a map."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from dockermap.map.config.client import ClientConfiguration
from dockermap.program import Environment, main
from dockermap.testing import InMemoryEngine

SHOP = """\
    name: shop
    networks:
      back:
    groups:
      all: [web, app]
    web:
      image: web
      links: app.blue
      exposes: {80: 8080}
      attaches: {static: /static}
    app:
      image: api
      instances: [blue, green]
      networks: back
      create_options:
        environment: {STAGE: test, PASSWORD: geheim}
      host_config:
        mem_limit: 512m
"""


class Stream(io.StringIO):
    """Text that is kept; whether it is a terminal is said by the test."""

    is_terminal = False

    def isatty(self) -> bool:
        return self.is_terminal


@dataclass
class Result:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The one document of the output."""
        return json.loads(self.out)

    @property
    def documents(self) -> list[Any]:
        """Documents of the output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Program:
    """Runs commands in a folder."""

    directory: Path
    engine: InMemoryEngine
    variables: dict[str, str] = field(default_factory=dict)
    answers: str | None = None
    """What somebody types on a terminal; without it there is none."""

    def write(self, text: str, name: str = 'dockermap.yaml') -> Path:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding='utf-8')
        return path

    def __call__(self, *arguments: str) -> Result:
        stdin, out, err = Stream(self.answers or ''), Stream(), Stream()
        stdin.is_terminal = out.is_terminal = self.answers is not None
        variables = {'TERM': 'dumb', 'HOME': str(self.directory), **self.variables}
        environment = Environment(stdin, out, err, variables, self.directory, self.connect)
        return Result(main(arguments, environment), out.getvalue(), err.getvalue())

    def connect(self, clients: dict[str, ClientConfiguration]) -> dict[str, ClientConfiguration]:
        for configuration in clients.values():
            configuration.client, configuration.version = self.engine.client(), '1.41'
        return clients

    @property
    def running(self) -> list[str]:
        """Names of the containers that run."""
        rows = self.engine.client().containers()
        return sorted(name[1:] for row in rows for name in row['Names'] if '/' not in name[1:])

    @property
    def volumes(self) -> list[str]:
        """Names of the volumes."""
        return sorted(row['Name'] for row in self.engine.client().volumes()['Volumes'])

    def yes(self, *arguments: str) -> Result:
        """The same, where nobody is asked, and everything has to succeed."""
        result = self(*arguments, '--yes')
        assert result.code == 0, result
        return result


@pytest.fixture
def make_program(tmp_path: Path, engine: InMemoryEngine) -> Callable[..., Program]:
    def make(text: str | None = SHOP) -> Program:
        program = Program(tmp_path, engine)
        if text is not None:
            program.write(text)
        return program

    return make


@pytest.fixture
def program(make_program: Callable[..., Program]) -> Program:
    """The program in a folder with the map ``shop``."""
    return make_program()

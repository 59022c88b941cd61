"""From Compose files to a map, and on to containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Program = Any
COMPOSE = """\
    name: blog
    services:
      app:
        image: api
        ports: ["127.0.0.1:8000:80"]
        depends_on: [db]
        develop: {watch: []}
      db:
        image: db
        volumes: ["data:/data"]
      debug:
        image: web
        profiles: [debug]
    volumes:
      data:
    """


@pytest.fixture
def program(make_program: Callable[..., Any]) -> Program:
    program = make_program(None)
    program.write(COMPOSE, 'compose.yaml')
    return program


def test_a_compose_file_becomes_a_map_that_comes_up(program: Program) -> None:
    written = program('import-compose', '--out', 'dockermap.yaml')

    assert (written.code, written.out) == (0, 'dockermap.yaml is written.\ndockermap-clients.yaml is written.\n')
    assert '# services.app.develop' in (program.directory / 'dockermap.yaml').read_text()
    assert program('check').code == 0
    program.yes('up')
    assert program.running == ['blog.app', 'blog.db']
    assert program('plan').code == 0
    program.yes('up', 'debug')
    assert len(program('ps').out.splitlines()) == 4
    program.yes('down')
    assert program.running == []


def test_files_are_not_replaced_unless_that_is_said(program: Program) -> None:
    program.write('mine', 'dockermap.yaml')

    refused = program('import-compose', '--out', 'dockermap.yaml')

    assert refused.code == 1
    assert 'exists; --overwrite replaces it. Nothing was written.' in refused.err
    assert (program.directory / 'dockermap.yaml').read_text() == 'mine'
    assert program('import-compose', '--out', 'dockermap.yaml', '--overwrite').code == 0


def test_without_a_compose_file_the_error_says_what_to_do(make_program: Callable[..., Any]) -> None:
    assert make_program(None)('import-compose').err == (
        'There is no compose.yaml here; name the file behind the command.\n'
    )


def test_a_map_becomes_a_compose_file_again(program: Program) -> None:
    program('import-compose', '--out', 'dockermap.yaml')

    written = program('export-compose', '--out', 'again.yaml')

    assert (written.code, written.out) == (0, 'again.yaml is written.\n')
    assert program('import-compose', 'again.yaml', '--out', 'again-map.yaml', '--overwrite').code == 0
    program.yes('up')
    assert program('-f', 'again-map.yaml', 'plan').out.endswith('Nothing to do.\n')

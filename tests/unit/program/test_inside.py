"""Output of containers, and commands in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from dockermap.program._exit_codes import UsageError
from dockermap.program._inside import since
from dockermap.testing import Process

Program = Any
NOW = datetime.fromisoformat('2026-11-26T12:00:00+00:00')


@pytest.fixture
def talking(program: Program) -> Program:
    program.engine.script(Process(seconds=60, output='one\ntwo\n'), container='shop.app.blue')
    program.engine.script(Process(seconds=60, output='three\n'), container='shop.web')
    program.yes('up', '--no-wait')
    return program


def test_logs_are_prefixed_with_the_name_of_the_container(talking: Program) -> None:
    lines = talking('logs', 'web', 'app.blue').out.splitlines()

    assert lines == ['shop.app.blue | one', 'shop.app.blue | two', 'shop.web      | three']


def test_logs_of_several_containers_are_followed_together(talking: Program) -> None:
    lines = talking('logs', '--follow').out.splitlines()

    assert sorted(line.partition('| ')[2] for line in lines) == ['one', 'three', 'two']


def test_only_the_last_lines_are_shown(talking: Program) -> None:
    assert talking('logs', '--tail', '1', 'app.blue').out == 'shop.app.blue | two\n'


def test_logs_as_data_are_one_document_for_each_line(talking: Program) -> None:
    documents = talking('--output', 'json', 'logs', 'web').documents

    assert documents == [
        {'client': '__default__', 'kind': 'container', 'item': 'web', 'name': 'shop.web', 'line': 'three'}
    ]


@pytest.mark.parametrize(
    ('text', 'seconds'),
    [
        (None, None),
        ('1795694400', 1795694400),
        ('10m', NOW.timestamp() - 600),
        ('1h30m', NOW.timestamp() - 5400),
        ('2026-11-26T08:00:00+00:00', NOW.timestamp() - 4 * 3600),
    ],
)
def test_times_are_given_as_people_say_them(text: str | None, seconds: float | None) -> None:
    assert since(text, lambda: NOW) == seconds


def test_other_times_are_wrong_use() -> None:
    with pytest.raises(UsageError, match='expected a time such as 10m'):
        since('yesterday')


def test_exec_shows_output_and_ends_with_the_exit_code(talking: Program) -> None:
    hello = talking('exec', 'web', 'sh', '-c', 'echo hello')

    assert (hello.code, hello.out) == (0, 'hello\n')
    assert talking('exec', 'web', '--', 'sh', '-c', 'exit 4').code == 4


def test_exec_needs_one_container_that_runs(program: Program) -> None:
    missing = program('exec', 'web', 'true')
    several = program('exec', 'app', 'true')

    assert (missing.code, missing.err) == (1, 'Container shop.web does not run: it is missing.\n')
    assert several.err.startswith('app has to be one container, and is shop.app.blue')


def test_run_leaves_the_containers_of_the_map_alone(program: Program) -> None:
    program.yes('up')
    before = program.running

    result = program('run', 'web', 'sh', '-c', 'echo hello')

    assert (result.code, result.out) == (0, 'hello\n')
    assert program.running == before
    assert program('plan').code == 0
    assert program('cleanup').out == 'Nothing is left over.\n'


def test_run_starts_what_the_container_needs(program: Program) -> None:
    assert program('run', 'web', 'true').code == 0
    assert program.running == ['shop.app.blue']


def test_a_run_has_what_its_configuration_has_but_no_published_ports(program: Program) -> None:
    seen = []
    create = type(program.engine.client()).create_container

    class Watching(type(program.engine.client())):  # type: ignore[misc]
        def create_container(self, *args: Any, **kwargs: Any) -> Any:
            seen.append(kwargs)
            return create(self, *args, **kwargs)

    original = program.connect

    def connect(clients: Any) -> Any:
        found = original(clients)
        for configuration in found.values():
            configuration.client.__class__ = Watching
        return found

    program.connect = connect

    assert program('run', 'app.green', 'true').code == 0

    made = next(kwargs for kwargs in seen if '.run-' in kwargs['name'])
    assert made['environment'] == {'STAGE': 'test', 'PASSWORD': 'geheim'}
    assert not made['host_config'].get('PortBindings')


def test_a_run_that_takes_too_long_is_kept_and_cleaned_up(program: Program) -> None:
    program.yes('up')

    result = program('run', '--timeout', '2', 'web', 'sleep', '100')

    assert result.code == 1
    assert 'Timed out' in result.err
    assert 'script' in program('cleanup').out
    assert program('cleanup', '--remove', '--yes').out.endswith('1 removed.\n')
    assert program('cleanup').out == 'Nothing is left over.\n'

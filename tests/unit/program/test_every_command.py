"""Exit codes and data of every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from dockermap.program._commands import COMMANDS

ITEM = {'client', 'kind', 'item', 'name'}
PLAN = {'action', 'changes', 'kept', 'notices', 'unchanged'}
STATUS = ITEM | {'state', 'health', 'exit_code', 'since', 'image', 'ports', 'id', 'up_to_date'}
RESULT = {
    'type', 'exit_code', 'done', 'failed', 'not_attempted', 'put_back', 'interrupted', 'error', 'seconds',
}  # fmt: skip
EVENT = ITEM | {'type', 'event', 'call', 'detail', 'time'}


class Case(NamedTuple):
    """A command, and what is there before; what its exit code is, and keys of its data."""

    command: str
    before: tuple[str, ...] = ()
    code: int = 0
    keys: set[str] | None = None
    first: dict[str, set[str]] = {}


def changing(command: str, *before: str) -> Case:
    return Case(f'{command} --yes', before, 0, None)


CASES = [
    Case('check', (), 0, {'valid', 'map', 'configurations', 'problems', 'warnings'}),
    Case('--set app.imag=x check', (), 1, {'valid', 'map', 'configurations', 'problems', 'warnings'}),
    Case('plan', (), 2, PLAN, {'changes': ITEM | {'sign', 'change', 'reasons', 'conditional'}}),
    Case('plan --calls', (), 2, {*PLAN, 'calls'}, {'calls': {'number', 'call', 'client', 'item', 'subject', 'needs'}}),
    Case('plan', ('up',), 0, PLAN),
    Case('plan stop web', ('up',), 2, PLAN),
    Case('plan nothing', (), 1),
    Case('plan --bogus', (), 64),
    changing('update'),
    changing('create'),
    changing('start', 'create'),
    changing('startup'),
    changing('stop', 'up'),
    changing('restart', 'up'),
    changing('remove', 'create'),
    changing('shutdown', 'up'),
    changing('signal --signal HUP app', 'up'),
    changing('pull'),
    changing('down', 'up'),
    Case('build', (), 0),
    Case('build web', (), 1),
    Case('save-image web --out web.tar', (), 0, {'client', 'image', 'file', 'bytes'}),
    Case('save-image nowhere:1 --out web.tar', (), 1),
    Case('load-image archive.tar --yes', (), 0),
    Case('load-image archive.tar', (), 1),
    Case('load-image nowhere.tar --yes', (), 1),
    Case('ps', ('up',), 0, {'items'}, {'items': STATUS}),
    Case('logs', ('up',), 0),
    Case('exec web true', ('up',), 0),
    Case('exec web false', ('up',), 1),
    Case('exec web', ('up',), 64),
    Case('exec app true', ('up',), 1),
    Case('exec web true', (), 1),
    Case('run web true', (), 0),
    Case('run web sh -c "exit 7"', (), 7),
    Case('run nothing true', (), 1),
    Case('graph', (), 0, {'format', 'text'}),
    Case('show', (), 0, {'name', 'containers', 'networks', 'groups'}),
    Case('orphans', (), 0, {'items'}),
    Case('cleanup', (), 0, {'items'}),
    Case('import-compose compose.yaml', (), 0, {'map', 'clients', 'notes'}, {'notes': {'path', 'what', 'why', 'hint'}}),
    Case('import-compose nowhere.yaml', (), 1),
    Case('export-compose', (), 0, {'compose', 'notes'}),
    Case('export-stack', (), 1),
    Case('schema', (), 0),
    Case('schema clients', (), 0),
    Case('completion bash', (), 0),
    Case('completion fish', (), 64),
    Case('names plan', (), 0),
    Case('version', (), 0, {'dockermap', 'sdk', 'engines'}, {'engines': {'client', 'version', 'api'}}),
    Case('', (), 64),
    Case('bogus', (), 64),
    Case('--set nonsense check', (), 64),
    Case('-f nowhere.yaml check', (), 1),
]


@pytest.fixture
def ready(make_program: Callable[..., Any]) -> Callable[[Case], Any]:
    def make(case: Case) -> Any:
        program = make_program()
        (program.directory / 'archive.tar').write_bytes(b''.join(program.engine.client().get_image('web')))
        program.write('services: {web: {image: web, deploy: {mode: global}}}\n', 'compose.yaml')
        for name in ('web', 'api', 'db'):
            program.engine.registry('docker.io').publish(f'{name}:latest')
        for command in case.before:
            program.yes(command)
        return program

    return make


def words(command: str) -> list[str]:
    import shlex

    return shlex.split(command)


@pytest.mark.parametrize('case', CASES, ids=lambda case: f'{case.command} after {" ".join(case.before) or "nothing"}')
def test_it_ends_with_its_exit_code_and_without_traceback(case: Case, ready: Callable[[Case], Any]) -> None:
    result = ready(case)(*words(case.command))

    assert result.code == case.code, result
    assert 'Traceback' not in result.err
    assert len(result.err.splitlines()) <= 5
    assert bool(result.err) == (case.code in (1, 64) and 'exec web false' not in case.command), result


@pytest.mark.parametrize(
    'case', [case for case in CASES if case.keys], ids=lambda case: f'{case.command} after {" ".join(case.before)}'
)
def test_it_writes_one_document_with_the_same_keys_always(case: Case, ready: Callable[[Case], Any]) -> None:
    result = ready(case)('--output', 'json', *words(case.command))

    assert result.code == case.code
    assert set(result.data) == case.keys
    for name, keys in case.first.items():
        assert set(result.data[name][0]) == keys


@pytest.mark.parametrize(
    'case',
    [case for case in CASES if '--yes' in case.command and 'load-image' not in case.command],
    ids=lambda case: case.command,
)
def test_what_changes_something_writes_a_plan_events_and_a_result(case: Case, ready: Callable[[Case], Any]) -> None:
    documents = ready(case)('--output', 'json', *words(case.command)).documents

    assert [document['type'] for document in (documents[0], documents[-1])] == ['plan', 'result']
    assert set(documents[0]) == {'type', *PLAN}
    assert {frozenset(document) for document in documents[1:-1]} == {frozenset(EVENT)}
    assert set(documents[-1]) == RESULT
    assert (documents[-1]['exit_code'], documents[-1]['failed']) == (0, [])
    assert documents[-1]['done']


@pytest.mark.parametrize('output', ['text', 'json'])
@pytest.mark.parametrize('case', CASES, ids=lambda case: f'{case.command} after {" ".join(case.before)}')
def test_no_value_of_a_variable_is_shown(case: Case, output: str, ready: Callable[[Case], Any]) -> None:
    result = ready(case)('--output', output, '--verbose', *words(case.command))

    is_meant = case.command == 'export-compose'
    assert ('geheim' in result.out + result.err) == is_meant


def test_the_keys_that_are_written_are_documented() -> None:
    told = {
        command.name: ' '.join(text for row in command.keys for text in row).replace('`', '') for command in COMMANDS
    }
    missing = [
        (command, key)
        for command, keys in [
            *(
                (case.command.split()[0], {*case.keys, *(key for keys in case.first.values() for key in keys)})
                for case in CASES
                if case.keys and not case.command.startswith('-')
            ),
            ('update', {*RESULT, *EVENT}),
        ]
        if command != 'show'
        for key in keys
        if key not in told[command]
    ]

    assert missing == []


def test_every_command_is_tried() -> None:
    tried = {word for case in CASES for word in words(case.command)}

    assert [command.name for command in COMMANDS if command.name not in tried] == []


@pytest.mark.parametrize('command', [command.name for command in COMMANDS])
def test_help_is_shown_without_a_map(command: str, make_program: Callable[..., Any]) -> None:
    assert make_program(None)(command, '--help').code == 0

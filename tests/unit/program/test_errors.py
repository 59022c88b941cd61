"""Errors are a few lines: what, where, what to do."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.program._errors import MAX_LINES, error_text

Program = Any


def test_an_engine_that_does_not_answer_is_named_with_what_to_do(program: Program, monkeypatch: Any) -> None:
    monkeypatch.setenv('DOCKER_HOST', 'unix:///nowhere.sock')
    program.connect = lambda clients: clients

    for command in (('ps',), ('up', '--yes'), ('plan',)):
        result = program(*command)
        assert result.code == 1
        said, hint = result.err.splitlines()
        assert said.startswith('Error: ')
        assert said.endswith('No Docker Engine answers at unix:///nowhere.sock: No such file or directory')
        assert hint.startswith('Does the engine run')


@pytest.mark.parametrize('command', ['check', 'plan', 'show'])
def test_a_file_that_is_no_yaml_is_one_line_with_the_place(make_program: Any, command: str) -> None:
    program = make_program('name: shop\nweb: {image: [\n')

    result = program(command)

    assert result.code == 1
    assert result.err.removeprefix('Error: ') == (
        f'{program.directory}/dockermap.yaml, line 3, column 1: while parsing a flow node: expected the node content, '
        "but found '<stream end>'\n"
    )


def test_each_problem_of_a_map_is_a_line_of_check(make_program: Any) -> None:
    program = make_program('name: shop\nweb:\n  links: one\n  networks: two\n')

    lines = program('check').err.splitlines()

    assert ['shop.web.links' in line or 'shop.web.networks' in line for line in lines] == [True, True]
    assert all('dockermap.yaml, line ' in line for line in lines)


def test_a_long_error_keeps_its_beginning_and_its_end() -> None:
    text = error_text(ValueError('\n'.join(f'line {number}' for number in range(30)))).splitlines()

    assert len(text) == MAX_LINES
    assert (text[0], text[1], text[-1]) == ('Error: line 0', '  (26 lines left out)', 'line 29')


def test_what_the_engine_has_said_is_shown_and_not_the_request(program: Program) -> None:
    program.engine.faults.add('create_network', kind='refused', text='no more networks')

    result = program('up', '--yes', '--parallel', '1')

    assert 'Could not create network shop.back: no more networks' in result.out
    assert 'http' not in result.out


def test_a_traceback_is_shown_on_request(program: Program) -> None:
    with pytest.raises(KeyError):
        program('--debug', 'plan', 'nothing')


def test_errors_as_data_are_in_the_result(program: Program) -> None:
    program.engine.faults.add('start', kind='refused', text='out of memory')

    documents = program('--output', 'json', 'up', '--yes', '--parallel', '1').documents

    assert documents[-1]['exit_code'] == 3
    assert documents[-1]['failed'] == [
        {'name': 'shop.app.blue', 'reason': 'Could not start container shop.app.blue: out of memory'}
    ]
    assert documents[-1]['not_attempted']


def test_a_file_that_is_not_there_is_named_without_a_number() -> None:
    error = FileNotFoundError(2, 'No such file or directory', 'nowhere.yaml')
    assert error_text(error) == 'Error: nowhere.yaml: No such file or directory'

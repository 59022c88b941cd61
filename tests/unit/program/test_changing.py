"""Commands that change something show the plan, ask, and carry out what the plan says."""

from __future__ import annotations

from typing import Any

import pytest

Program = Any


def test_up_brings_the_map_up_and_shows_the_plan_before(program: Program) -> None:
    result = program('up', '--yes')

    assert result.code == 0
    assert '+ container  shop.app.blue   is missing\n' in result.out
    assert '\n5 done in ' in result.out
    assert program.engine.is_running('shop.web')


def test_a_second_update_says_that_there_is_nothing_to_do(program: Program) -> None:
    program.yes('update')
    program.engine.calls.clear()

    result = program('update')

    assert (result.code, program.engine.changes) == (0, [])
    assert result.out.endswith('Nothing to do.\n')


@pytest.mark.parametrize(
    'command',
    ['update', 'create', 'start', 'startup', 'stop', 'restart', 'remove', 'shutdown', 'signal', 'pull', 'down'],
)
def test_without_a_terminal_nothing_is_changed_unless_yes_is_given(program: Program, command: str) -> None:
    if command not in ('update', 'create', 'startup', 'pull'):
        program.yes('create' if command in ('start', 'remove') else 'update')
    program.engine.calls.clear()

    result = program(command)

    assert (result.code, program.engine.changes) == (1, [])
    assert 'Nothing was done: there is no terminal to ask on.' in result.err


@pytest.mark.parametrize(('answer', 'code', 'runs'), [('y\n', 0, True), ('n\n', 1, False), ('', 1, False)])
def test_on_a_terminal_somebody_has_to_agree(program: Program, answer: str, code: int, runs: bool) -> None:
    program.answers = answer

    result = program('up')

    assert (result.code, program.engine.is_running('shop.web') if runs else False) == (code, runs)
    assert 'Go on? [y/N]' in result.out


@pytest.mark.parametrize(('answer', 'code'), [('shop\n', 0), ('y\n', 1)])
def test_volumes_are_removed_if_the_name_of_the_map_is_entered(program: Program, answer: str, code: int) -> None:
    program.yes('up')
    program.answers = answer

    result = program('down', '--volumes')

    assert result.code == code
    assert program.volumes == (['shop.static'] if code else [])


def test_down_leaves_volumes_and_removes_networks(program: Program) -> None:
    program.yes('up')

    program.yes('down')

    assert program.volumes == ['shop.static']
    assert [network['Name'] for network in program.engine.client().networks()] == ['bridge', 'host', 'none']


def test_names_are_configurations_instances_and_groups(program: Program) -> None:
    program.yes('startup', 'app.green')

    assert program.running == ['shop.app.green']

    program.yes('up', 'all')
    program.yes('stop', 'app.green', 'web')

    assert program.running == ['shop.app.blue']


def test_a_saved_plan_is_applied(program: Program) -> None:
    assert program('plan', '--out', 'plan.json').code == 2

    result = program.yes('update', '--plan', 'plan.json')

    assert '5 done' in result.out
    assert program('plan').code == 0


def test_an_outdated_plan_changes_nothing(program: Program) -> None:
    program('plan', '--out', 'plan.json')
    program.yes('startup', 'app')
    program.engine.calls.clear()

    result = program('up', '--plan', 'plan.json', '--yes')

    assert (result.code, program.engine.changes) == (1, [])
    assert result.err.startswith('Error: The plan is outdated: ')


def test_what_is_no_plan_is_an_error_with_the_name_of_the_file(program: Program) -> None:
    program.write('nonsense', 'plan.json')

    result = program('up', '--plan', 'plan.json')

    assert result.code == 1
    assert 'plan.json: This is no plan: ' in result.err


def test_an_error_in_the_middle_says_what_failed_why_and_what_was_not_attempted(program: Program) -> None:
    program.engine.faults.add('start', kind='refused', text='out of memory')

    result = program('up', '--yes', '--parallel', '1')

    assert result.code == 3
    assert 'container shop.app.blue: failed\n    Could not start container shop.app.blue: out of memory\n' in result.out
    assert 'container shop.web: not attempted: needs start for container shop.app.blue, which failed\n' in result.out
    assert '\n1 done, 1 failed, 3 not attempted in ' in result.out
    assert 'Traceback' not in result.out + result.err


def test_an_error_before_anything_was_done_ends_with_1(program: Program) -> None:
    program.engine.faults.add('create_network', kind='refused', text='no more networks')

    assert program('up', '--yes', '--parallel', '1').code == 1


def test_keep_going_does_what_does_not_need_what_failed(program: Program) -> None:
    program.engine.faults.add('start', kind='refused', text='out of memory')

    result = program('up', '--yes', '--parallel', '1', '--keep-going')

    assert result.code == 3
    assert program.engine.is_running('shop.app.green')


def test_what_is_foreign_is_named_with_the_flag_that_takes_it_over(program: Program) -> None:
    program.engine.add_container('shop.web', 'web', running=True)

    refused = program('up', '--yes')

    assert refused.code == 1
    assert 'use --adopt to take over what was found' in refused.err
    program.yes('up', '--adopt')
    assert program('plan').code == 0


def test_recreate_takes_names_of_the_map(program: Program) -> None:
    program.yes('up')

    result = program('plan', 'update', '--recreate', 'app.green')

    assert result.out.startswith('± container  shop.app.green  update is forced')


def test_quiet_shows_only_what_went_wrong(program: Program) -> None:
    assert program('up', '--yes', '--quiet').out == ''

    program.write('name: shop\nweb:\n  image: nowhere\n')
    result = program('up', '--yes', '-q')

    assert result.code == 1
    assert 'nowhere' in result.out + result.err

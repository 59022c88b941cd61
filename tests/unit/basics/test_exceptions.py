from __future__ import annotations

import pickle
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from dockermap.exceptions import (
    DockerStatusError,
    InputError,
    PartialResultsError,
    UnknownOptionWarning,
    located,
)
from dockermap.map.exceptions import (
    ActionException,
    ActionRunnerException,
    ActionTypeException,
    MapIntegrityError,
    ScriptActionException,
    ScriptRunException,
)
from dockermap.map.input import MapConfigId

CONTAINER = MapConfigId('container', 'shop', 'web', 'i1')
CREATE = SimpleNamespace(value='create')


def failure(message: str = 'no disk') -> Any:
    try:
        raise KeyError(message)
    except KeyError:
        return sys.exc_info()


def completed(item: MapConfigId, action: str = 'create') -> Any:
    return SimpleNamespace(client_name='main', config_id=item, action_type=SimpleNamespace(value=action))


def test_a_wrapped_error_can_be_read_and_raised_again() -> None:
    source = failure()
    error = PartialResultsError(source, [1])

    assert error.source_exception == source
    assert error.source_message == "KeyError: 'no disk'\n"
    assert error.results == [1]
    assert str(error) == error.source_message
    with pytest.raises(KeyError, match='no disk') as found:
        error.reraise()
    assert found.traceback[-1].name == 'failure'


def test_what_was_done_is_empty_until_it_is_told() -> None:
    assert list(PartialResultsError(failure(), []).completed) == []


@pytest.mark.parametrize(
    ('detail', 'expected'),
    [
        ({'message': 'x', 'code': 5}, {'code': 5}),
        ({'message': 'x'}, None),
        ({}, None),
        ('text', 'text'),
        ('', None),
        (0, None),
    ],
)
def test_details_of_a_status_error(detail: Any, expected: Any) -> None:
    error = DockerStatusError('broken', detail)

    assert (error.message, error.detail, str(error)) == ('broken', expected, 'broken')


def test_details_of_a_status_error_are_not_changed_for_the_caller() -> None:
    detail = {'message': 'x', 'code': 5}
    DockerStatusError('broken', detail)

    assert detail == {'message': 'x', 'code': 5}


def test_an_invalid_action_names_action_and_kind_in_this_order() -> None:
    error = ActionTypeException(MapConfigId('network', 'shop', 'front'), CREATE)

    assert error.config_type == error.config_id.config_type
    assert str(error) == "Action 'create' is not valid for an item of type 'network' (network shop.front)."


def test_a_failed_action_names_action_item_client_and_reason_in_one_line() -> None:
    error = ActionException(failure(), 'main', CONTAINER, CREATE)

    assert (error.client_name, error.config_id, error.action_type) == ('main', CONTAINER, CREATE)
    assert str(error) == "Could not create container shop.web.i1 on client main: KeyError: 'no disk'"


def test_the_end_of_a_sequence_takes_everything_from_the_failed_action() -> None:
    action_error = ActionException(failure(), 'main', CONTAINER, CREATE)
    error = ActionRunnerException.from_action_exception(action_error, [1])

    assert error.source_exception == action_error.source_exception
    assert (error.client_name, error.config_id, error.action_type, error.results) == ('main', CONTAINER, CREATE, [1])
    assert str(error) == str(action_error)


@pytest.mark.parametrize(
    ('item', 'description'),
    [
        (MapConfigId('container', 'shop', 'db'), 'container shop.db'),
        (MapConfigId('volume', 'shop', 'db', 'data'), 'volume data of shop.db'),
        (MapConfigId('network', 'shop', 'front'), 'network shop.front'),
        (MapConfigId('image', 'shop', 'busybox', 'latest'), 'image busybox:latest'),
        (MapConfigId('image', 'shop', 'busybox', 'sha256:0a'), 'image busybox@sha256:0a'),
    ],
)
def test_the_end_of_a_sequence_names_what_was_done_before(item: Any, description: str) -> None:
    error = ActionRunnerException(failure(), 'main', CONTAINER, CREATE, [])
    error.completed = [completed(item)]

    assert str(error).endswith(f"KeyError: 'no disk' (already done: create {description} on client main)")


def test_further_arguments_reach_the_exception() -> None:
    assert ActionException(failure(), 'main', CONTAINER, CREATE, 'more').args == ('more',)


def test_an_integrity_error_is_its_message() -> None:
    error = MapIntegrityError('broken')

    assert (error.message, str(error)) == ('broken', 'broken')


@pytest.mark.parametrize('error_type', [ScriptRunException, ScriptActionException])
def test_script_errors_are_plain(error_type: Any) -> None:
    assert error_type('a', 'b').args == ('a', 'b')


def test_paths_grow_at_the_front() -> None:
    error = InputError('wrong').below('host_path').below(2).below('binds').below('web')

    assert str(error) == 'web.binds[2].host_path: wrong'
    assert (error.path, error.message) == ('web.binds[2].host_path', 'wrong')


def test_an_error_without_path_is_its_message() -> None:
    assert str(InputError('wrong')) == 'wrong'


def test_input_errors_can_be_pickled() -> None:
    assert str(pickle.loads(pickle.dumps(InputError('wrong', 'a[1]')))) == 'a[1]: wrong'


@pytest.mark.parametrize('inner', [ValueError('wrong'), InputError('wrong')])
def test_errors_are_located_on_their_way_out(inner: Exception) -> None:
    with pytest.raises(InputError, match=r'^web\[3\]: wrong$'), located('web'), located(3):
        raise inner


def test_other_errors_pass_unlocated() -> None:
    with pytest.raises(KeyError), located('web'):
        raise KeyError('x')


def test_unknown_options_can_be_filtered_as_user_warnings() -> None:
    assert issubclass(UnknownOptionWarning, UserWarning)

"""The execution module, function by function."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

Minion = Any
ACTIONS = ('update', 'startup', 'shutdown', 'create', 'start', 'stop', 'restart', 'remove', 'signal', 'pull_images')
ANSWERS = ('plan', 'script', 'status', 'orphans', 'login', 'volumes', 'show')


def offered(module: Any) -> set[str]:
    """Functions as the loader of Salt finds them."""
    names = {name for name, value in vars(module).items() if inspect.isfunction(value) and not name.startswith('_')}
    own = {name for name in names if getattr(module, name).__module__ == module.__name__}
    alias = getattr(module, '__func_alias__', {})
    return {alias.get(name, name) for name in own}


def test_all_functions_are_there_with_an_example(minion: Minion) -> None:
    assert offered(minion.execution) == {*ACTIONS, *ANSWERS}
    for name in (*ACTIONS, *ANSWERS):
        documented = inspect.getdoc(getattr(minion.execution, 'signal_' if name == 'signal' else name))
        assert documented is not None
        assert f"CLI Example:\n\n.. code-block:: bash\n\n    salt '*' dockermap.{name}" in documented


def test_all_states_are_there(minion: Minion) -> None:
    assert offered(minion.states) == {
        'updated', 'running', 'stopped', 'absent', 'images_pulled', 'signaled', 'cleaned', 'mod_watch',
    }  # fmt: skip
    assert all(getattr(minion.states, name).__doc__ for name in offered(minion.states))


SEQUENCE = [
    ('create', (), {'container shop.app': 'created', 'container shop.web': 'created'}),
    ('start', (), {'container shop.app': 'started', 'container shop.web': 'started'}),
    ('restart', ('shop.web',), {'container shop.web': 'restarted'}),
    ('signal_', ('shop.web',), {'container shop.web': 'signaled'}),
    ('startup', ('web',), {'container shop.web': 'started'}),
    ('stop', ('shop',), {'container shop.app': 'stopped', 'container shop.web': 'stopped'}),
    ('remove', ('shop.web',), {'container shop.web': 'absent'}),
    ('update', ('shop.app', 'shop.web'), {'container shop.app': 'started', 'container shop.web': 'started'}),
    ('shutdown', (['web', 'app'],), {'container shop.app': 'absent', 'container shop.web': 'absent'}),
]


def test_actions_do_what_they_are_called(minion: Minion) -> None:
    for name, names, expected in SEQUENCE:
        before = minion.engine.state()
        tested = minion.call(name, *names, test=True, __pub_jid='1')
        assert minion.engine.state() == before, name

        done = minion.call(name, *names, __pub_jid='1')

        found = {item: change['new'] for item, change in done['changes'].items() if item.startswith('container')}
        assert (done['result'], found) == (True, expected), name
        assert (tested['result'], tested['changes']) == (True, done['changes']), name


def test_the_configuration_of_the_minion_may_ask_for_tests_only(minion: Minion) -> None:
    minion.opts['test'] = True

    minion.call('update')
    assert minion.engine.changes == []
    minion.call('update', test=False)
    assert minion.engine.changes != []


@pytest.mark.parametrize('name', ['shutdown', 'stop', 'restart', 'remove', 'signal_'])
def test_what_takes_something_away_does_not_mean_all_where_nothing_is_said(minion: Minion, name: str) -> None:
    minion.call('update')
    before = minion.engine.state()

    refused = minion.call(name)

    assert refused['result'] is False
    assert refused['comment'].endswith('For all that is on the maps, write __all__.')
    assert minion.engine.state() == before
    assert minion.call(name, '__all__', test=True)['changes'] or name == 'remove'


def test_a_failed_action_says_what_was_done(minion: Minion) -> None:
    minion.engine.faults.add('create_container', number=2, kind='refused', status=500, text='no space left')

    failed = minion.call('update')

    assert (failed['result'], failed['comment']) == (False, 'Could not create container shop.web: no space left')
    assert failed['changes']['container shop.app'] == {'old': 'absent', 'new': 'started'}


def test_images_are_pulled_though_they_exist(minion: Minion) -> None:
    hub = minion.engine.registry('docker.io')
    for name in ('web', 'api'):
        hub.publish(f'{name}:latest')

    pulled = minion.call('pull_images')

    assert pulled['changes'].keys() == {'image web:latest', 'image api:latest'}


def test_a_plan_is_text_and_data(minion: Minion) -> None:
    found = minion.call('plan', 'shop.app', action='startup', calls=True)

    assert found['changes']['container shop.app'] == {'old': 'absent', 'new': 'started'}
    assert '+ container  shop.app   is missing' in found['text']
    assert 'create_container shop.app' in found['text']
    assert (found['unchanged'], found['remarks']) == (1, [])
    assert minion.engine.changes == []


def test_the_status_of_containers_is_told(minion: Minion) -> None:
    minion.call('update')
    minion.engine.client().stop('shop.web')

    found = minion.call('status')

    assert {name: entry['state'] for name, entry in found.items()} == {
        'container shop.app': 'running',
        'container shop.web': 'exited',
    }
    assert found['container shop.app']['up_to_date'] is True


def test_orphans_and_volumes_are_told(minion: Minion) -> None:
    assert minion.call('volumes') == {'volume static of shop.web': {'name': 'shop.static', 'exists': False}}
    minion.call('update')

    [volume] = minion.call('volumes', 'shop').values()
    assert (volume['exists'], volume['driver']) == (True, 'local')
    assert volume['mountpoint'].endswith('shop.static/_data')

    assert minion.call('orphans') == {}
    del minion.maps['shop']['web'], minion.maps['shop']['groups']
    assert {name: entry['name'] for name, entry in minion.call('orphans', 'shop').items()} == {
        'container shop.web': 'shop.web',
        'volume shop.static': 'shop.static',
    }


def test_a_map_is_shown_without_secrets(minion: Minion) -> None:
    shown = minion.call('show', 'shop')

    assert shown['shop']['containers']['app']['create_options'] == {'environment': {'PASSWORD': '...'}}
    assert minion.secret not in json.dumps(shown)


@pytest.mark.parametrize(('password', 'accepted'), [('right', True), ('wrong', False)])
def test_logins_are_tried(minion: Minion, password: str, accepted: bool) -> None:
    minion.engine.registry('registry.example', users={'shop': 'right'})
    minion.pillar['dockermap']['clients']['__default__']['auth_configs'] = {
        'registry.example': {'username': 'shop', 'password': password}
    }

    found = minion.call('login')

    assert found['result'] is accepted
    assert (found['logins']['__default__']['registry.example'] is True) is accepted
    assert accepted or 'Unauthorized' in found['logins']['__default__']['registry.example']
    with pytest.raises(minion.error, match='No client has credentials for'):
        minion.call('login', 'other.example')


def test_a_command_is_run_in_a_container_of_its_own(minion: Minion) -> None:
    minion.maps['shop']['tool'] = {'image': 'busybox'}

    assert minion.call('script', 'shop.tool', 'echo hi') == {'result': True, 'exit_code': 0, 'output': 'hi\n'}
    assert minion.call('script', 'shop.tool', 'false') == {'result': False, 'exit_code': 1, 'output': ''}
    before = minion.engine.state()
    assert minion.call('script', 'shop.tool', 'false', test=True)['comment'].startswith('To be done:')
    assert minion.engine.state() == before


def test_a_script_of_the_file_server_is_copied_and_removed(minion: Minion) -> None:
    minion.maps['shop']['tool'] = {'image': 'busybox'}
    (minion.files / 'base').mkdir()
    (minion.files / 'base' / 'import.sh').write_text('echo hi', encoding='utf-8')

    minion.call('script', 'shop.tool', 'sh {script_path}', script_path='salt://import.sh')

    [call] = [call for call in minion.engine.calls if call.method == 'create_container']
    assert '/tmp/script_run/import.sh' in str(call)
    assert not list(minion.files.rglob('script'))


@pytest.mark.parametrize(
    ('call', 'expected'),
    [
        (('script', 'shop', 'true'), 'shop: A script is for one container, and this means 2: '),
        (('status', 'shop.wed'), "did you mean 'web'"),
        (('show', 'shep'), "There is no map 'shep'. Known maps: shop."),
        (('plan', 'shop.web', 'x.y'), "There is no map 'x'"),
    ],
)
def test_questions_without_an_answer_are_errors_of_salt(minion: Minion, call: Any, expected: str) -> None:
    with pytest.raises(minion.error, match=expected) as error:
        minion.call(*call)

    assert error.value.__suppress_context__


def test_arguments_that_nothing_knows_are_told(minion: Minion) -> None:
    with pytest.raises(minion.error, match="There is no argument 'mapps' here"):
        minion.call('status', mapps={})

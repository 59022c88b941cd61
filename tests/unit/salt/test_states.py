"""States as Salt wants them: a test says what is changed, applying changes that, and a repeat nothing."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from dockermap.salt import _calls

Minion = Any


def test_a_test_tells_the_changes_and_makes_none(minion: Minion) -> None:
    tested = minion.test('updated', 'shop')

    assert tested['result'] is None
    assert tested['changes'] == {
        'network shop.back': {'old': 'absent', 'new': 'created'},
        'container shop.app': {'old': 'absent', 'new': 'started'},
        'volume static of shop.web': {'old': 'absent', 'new': 'created'},
        'container shop.web': {'old': 'absent', 'new': 'started'},
    }
    assert tested['comment'].splitlines()[:3] == [
        'To be done:',
        'network shop.back: is missing (create network)',
        'container shop.app: is missing (create container, start)',
    ]
    assert minion.engine.changes == []


def outdate(minion: Minion) -> None:
    minion.state('updated', 'shop')
    minion.maps['shop']['web']['create_options'] = {'user': 'root'}


def stop_all(minion: Minion) -> None:
    minion.state('updated', 'shop')
    minion.state('stopped', 'shop')


def take_web_off_the_map(minion: Minion) -> None:
    minion.state('updated', 'shop')
    del minion.maps['shop']['web'], minion.maps['shop']['groups']


def remove_images(minion: Minion) -> None:
    hub = minion.engine.registry('docker.io')
    for name in ('web', 'api'):
        hub.publish(f'{name}:latest')
        minion.engine.client().remove_image(name)


UP = ('updated', 'shop')
CASES: dict[str, tuple[Any, tuple[Any, ...], dict[str, Any]]] = {
    'updated': (lambda minion: None, UP, {}),
    'updated-by-difference': (outdate, UP, {}),
    'updated-one-by-name': (outdate, ('updated', 'shop.web'), {}),
    'updated-group': (outdate, ('updated', 'front'), {}),
    'running': (stop_all, ('running', 'shop.web'), {}),
    'running-several': (stop_all, ('running', 'both'), {'items': ['shop.app', 'shop.web']}),
    'stopped': (lambda minion: minion.state(*UP), ('stopped', 'shop.app'), {'timeout': 3}),
    'absent': (lambda minion: minion.state(*UP), ('absent', 'shop'), {'remove_networks': True}),
    'images_pulled': (remove_images, ('images_pulled', 'shop'), {}),
    'cleaned': (take_web_off_the_map, ('cleaned', 'shop'), {}),
}


@pytest.mark.parametrize('case', CASES)
def test_applying_changes_what_the_test_said_and_a_repeat_nothing(minion: Minion, case: str) -> None:
    prepare, arguments, options = CASES[case]
    prepare(minion)

    tested = minion.test(*arguments, **options)
    applied = minion.state(*arguments, **options)
    repeated = minion.state(*arguments, **options)
    tested_again = minion.test(*arguments, **options)

    assert (tested['result'], applied['result'], repeated['result'], tested_again['result']) == (None, True, True, True)
    assert applied['changes'] == tested['changes'] != {}
    assert (repeated['changes'], tested_again['changes']) == ({}, {})
    assert tested['comment'].replace('To be done:', 'Done:') == applied['comment']


def test_differences_are_in_the_comment_with_the_steps(minion: Minion) -> None:
    outdate(minion)

    applied = minion.state('updated', 'shop')

    assert applied['changes'] == {'container shop.web': {'old': 'outdated', 'new': 're-created'}}
    [line] = applied['comment'].splitlines()[1:]
    assert line.startswith('container shop.web: ')
    assert 'not set → root' in line
    assert line.endswith('(create container, stop, rename, start, remove container)')


def test_what_stays_different_is_a_warning(minion: Minion) -> None:
    minion.maps['shop']['web']['persistent'] = True
    outdate(minion)

    applied = minion.state('updated', 'shop')

    assert (applied['result'], applied['changes']) == (True, {})
    [warning] = applied['warnings']
    assert 'update_persistent=True' in warning


def test_a_failure_keeps_what_was_done_and_says_what_was_not(minion: Minion) -> None:
    minion.engine.faults.add('create_container', number=2, kind='refused', status=500, text='no space left')

    failed = minion.state('updated', 'shop')

    assert failed['result'] is False
    assert failed['comment'] == 'Could not create container shop.web: no space left'
    assert failed['changes'] == {
        'network shop.back': {'old': 'absent', 'new': 'created'},
        'container shop.app': {'old': 'absent', 'new': 'started'},
        'volume static of shop.web': {'old': 'absent', 'new': 'created'},
    }
    assert minion.state('updated', 'shop')['changes'] == {'container shop.web': {'old': 'absent', 'new': 'started'}}


def test_a_failure_says_what_was_not_attempted(minion: Minion) -> None:
    minion.engine.faults.add('create_container', kind='refused', status=500, text='no space left')

    failed = minion.state('updated', 'shop')

    first, *rest = failed['comment'].splitlines()
    assert first == 'Could not create container shop.app: no space left'
    assert rest[-1].startswith('Not attempted: ')
    assert 'container shop.web' in rest[-1]


def test_half_of_the_calls_of_an_item_are_told_as_what_they_have_made_of_it(minion: Minion) -> None:
    minion.engine.faults.add('start', kind='refused', status=500, text='no')

    failed = minion.state('updated', 'shop.app')

    assert failed['changes']['container shop.app'] == {'old': 'absent', 'new': 'created'}


def test_what_is_put_back_is_no_change(minion: Minion) -> None:
    outdate(minion)
    minion.engine.faults.add('start', kind='refused', status=500, text='no')

    failed = minion.state('updated', 'shop')

    assert (failed['result'], failed['changes']) == (False, {})
    assert 'Put back: container shop.web' in failed['comment'].splitlines()
    assert minion.engine.is_running('shop.web')


@pytest.mark.parametrize(
    'function', ['updated', 'running', 'stopped', 'absent', 'images_pulled', 'signaled', 'cleaned']
)
@pytest.mark.parametrize('is_test', [True, False], ids=['test', 'apply'])
def test_an_engine_that_cannot_be_reached_is_one_line(minion: Minion, function: str, is_test: bool) -> None:
    minion.pillar['dockermap']['clients'] = {'__default__': {'base_url': 'unix:///nowhere/docker.sock'}}
    minion.maps['shop']['web']['links'] = []
    call = minion.test if is_test else minion.state

    assert call(function, 'shop') == {
        'name': 'shop',
        'result': False,
        'changes': {},
        'comment': 'No Docker Engine answers at unix:///nowhere/docker.sock: No such file or directory',
    }


def test_an_engine_that_cannot_be_reached_does_not_keep_others_from_theirs(minion: Minion) -> None:
    clients = minion.pillar['dockermap']['clients']
    clients['here'] = clients.pop('__default__')
    clients['gone'] = {'base_url': 'unix:///nowhere.sock'}
    minion.maps['shop']['clients'] = ['here', 'gone']

    def change(old: str, new: str) -> dict[str, str]:
        return {'old': old, 'new': new}

    tested, created = minion.test('updated', 'shop'), minion.state('updated', 'shop')
    minion.maps['shop']['web']['create_options'] = {'user': 'root'}
    recreated, stopped = minion.state('updated', 'shop'), minion.state('stopped', 'shop.web')
    started, repeated = minion.state('running', 'shop.web'), minion.state('running', 'shop.web')

    for ret in (tested, created, recreated, stopped, started, repeated):
        assert ret['result'] is False
        assert 'No Docker Engine answers at unix:///nowhere.sock: No such file or directory' in ret['comment']
    assert tested['changes'] == repeated['changes'] == {}
    assert created['changes'] == {
        'network shop.back on here': change('absent', 'created'),
        'container shop.app on here': change('absent', 'started'),
        'volume static of shop.web on here': change('absent', 'created'),
        'container shop.web on here': change('absent', 'started'),
    }
    assert recreated['changes'] == {'container shop.web on here': change('outdated', 're-created')}
    assert stopped['changes'] == {'container shop.web on here': change('running', 'stopped')}
    assert started['changes'] == {'container shop.web on here': change('stopped', 'started')}


def test_any_other_error_is_a_failed_state(minion: Minion, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError('something that nobody has thought of')

    monkeypatch.setattr(_calls, 'make_client', fail)

    failed = minion.state('updated', 'shop')

    assert (failed['result'], failed['comment']) == (False, 'RuntimeError: something that nobody has thought of')


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        ({'name': 'shop', 'force_updates': 'web'}, "did you mean 'force_update'?"),
        ({'name': 'shop.wed'}, "did you mean 'web'?"),
        ({'name': 'shop', 'map_name': 'shep'}, "There is no map 'shep'. Known maps: shop."),
        ({'name': 'shop', 'maps': {'shop': {'web': {'imagee': 'x'}}}}, "did you mean 'image'?"),
        ({'name': 'shop', 'maps': 7}, 'maps: Expected maps by name, or the name of a file.'),
    ],
)
def test_mistakes_are_told(minion: Minion, arguments: dict[str, Any], expected: str) -> None:
    failed = minion.state('updated', **arguments)

    assert failed['result'] is False
    assert expected in failed['comment']
    assert minion.engine.changes == []


def test_somebody_else_may_change_something_between_looking_and_doing(
    minion: Minion, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dockermap.api import MappingDockerClient

    apply = MappingDockerClient.apply
    minion.state('updated', 'shop')
    minion.engine.client().stop('shop.web')

    def late(client: Any, plan: Any, **kwargs: Any) -> Any:
        if minion.engine.is_running('shop.app'):
            minion.engine.client().stop('shop.app')
        return apply(client, plan, **kwargs)

    monkeypatch.setattr(MappingDockerClient, 'apply', late)

    applied = minion.state('updated', 'shop')

    assert applied['result'] is True
    assert applied['changes'].keys() == {'container shop.app', 'container shop.web'}
    assert applied['comment'].splitlines() == [
        'Done:',
        'container shop.app: does not run (start)',
        'container shop.web: does not run (start)',
    ]


def test_what_never_stands_still_is_an_error_in_the_end(minion: Minion, monkeypatch: pytest.MonkeyPatch) -> None:
    from dockermap.api import MappingDockerClient, PlanOutdatedError

    def late(client: Any, plan: Any, **kwargs: Any) -> Any:
        raise PlanOutdatedError(['container shop.web is not as it was found then'])

    monkeypatch.setattr(MappingDockerClient, 'apply', late)

    failed = minion.state('updated', 'shop')

    assert (failed['result'], failed['changes']) == (False, {})
    assert failed['comment'].startswith('The plan is outdated: container shop.web')


def test_images_that_are_the_newest_already_are_no_change(minion: Minion) -> None:
    hub = minion.engine.registry('docker.io')
    hub.publish('api:latest')
    minion.maps['shop'] = {'app': {'image': 'api', 'stop_timeout': 1}}

    first = minion.state('images_pulled', 'shop', pull_all_images=True)
    second = minion.state('images_pulled', 'shop', pull_all_images=True)
    tested = minion.test('images_pulled', 'shop', pull_all_images=True)

    assert first['changes'] == {'image api:latest': {'old': 'present', 'new': 'pulled'}}
    assert (second['result'], second['changes']) == (True, {})
    assert tested['result'] is None


def test_an_update_that_pulls_says_only_what_has_come_of_it(minion: Minion) -> None:
    hub = minion.engine.registry('docker.io')
    hub.publish('api:latest')
    minion.maps['shop'] = {'app': {'image': 'api', 'stop_timeout': 1}}
    minion.state('updated', 'shop', pull_before_update=True)

    same = minion.state('updated', 'shop', pull_before_update=True)
    hub.publish('api:latest')
    tested = minion.test('updated', 'shop', pull_before_update=True)
    newer = minion.state('updated', 'shop', pull_before_update=True)

    assert (same['result'], same['changes']) == (True, {})
    assert 'if the image is another one' in tested['comment']
    assert newer['changes'] == {
        'image api:latest': {'old': 'present', 'new': 'pulled'},
        'container shop.app': {'old': 'outdated', 'new': 're-created'},
    }


def test_items_of_other_clients_bear_their_name(minion: Minion) -> None:
    clients = minion.pillar['dockermap']['clients']
    clients['web1'] = clients.pop('__default__')
    minion.maps['shop']['clients'] = ['web1']

    assert 'container shop.web on web1' in minion.state('updated', 'shop')['changes']


def test_clients_are_closed_also_after_an_error(minion: Minion, monkeypatch: pytest.MonkeyPatch) -> None:
    from dockermap.api import MappingDockerClient

    closed: list[object] = []
    monkeypatch.setattr(MappingDockerClient, 'close', lambda client: closed.append(client))

    minion.state('updated', 'shop')
    minion.state('updated', 'shop.no')
    minion.call('status')

    assert len(closed) == 3


def test_helpers_that_were_left_are_removed_with_what_is_no_longer_on_the_map(minion: Minion) -> None:
    minion.state('updated', 'shop')
    client = minion.engine.client()
    labels = client.inspect_container('shop.app')['Config']['Labels']
    labels = {**labels, 'org.docker-map.purpose': 'script'}
    client.create_container('api', name='shop.app..helper', labels=labels)

    tested, applied = minion.test('cleaned', 'shop'), minion.state('cleaned', 'shop')

    assert tested['result'] is None
    assert (
        tested['changes'] == applied['changes'] == {'container shop.app (script)': {'old': 'present', 'new': 'absent'}}
    )
    assert minion.state('cleaned', 'shop')['changes'] == {}


def test_no_secret_is_told(minion: Minion, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    minion.pillar['dockermap']['clients']['__default__']['auth_configs'] = {
        'registry.example': {'username': 'shop', 'password': minion.secret}
    }
    told = [minion.test('updated', 'shop'), minion.state('updated', 'shop')]
    minion.maps['shop']['app']['create_options'] = {
        'environment': {'PASSWORD': f'{minion.secret}-2'},
        'labels': {'k': minion.secret},
    }
    minion.engine.faults.add('create_container', kind='refused', status=400, text='no')
    told += [minion.test('updated', 'shop'), minion.state('updated', 'shop'), minion.state('updated', 'shop')]
    minion.maps['shop']['app']['create_options'] = {
        'environment': [{'PASSWORD': minion.secret}],
        'labels': minion.secret,
    }
    told.append(minion.state('updated', 'shop'))

    assert [ret['result'] for ret in told] == [None, True, None, False, True, False]
    assert minion.secret not in json.dumps(told)
    assert minion.secret not in caplog.text


def test_a_signal_is_sent_each_time_unless_something_is_watched(
    minion: Minion, monkeypatch: pytest.MonkeyPatch
) -> None:
    minion.state('updated', 'shop')

    sent = [minion.test('signaled', 'shop.web'), minion.state('signaled', 'shop.web', signal='SIGUSR1')]
    monkeypatch.setattr(minion.states, '__low__', {'watch': [{'file': 'x'}]}, raising=False)
    watching = minion.state('signaled', 'shop.web')

    assert [ret['result'] for ret in sent] == [None, True]
    assert sent[0]['changes'] == sent[1]['changes'] == {'container shop.web': {'old': 'running', 'new': 'signaled'}}
    assert (watching['result'], watching['changes']) == (True, {})
    assert [call for call in minion.engine.changes if call.startswith('kill')] == ['kill shop.web']


@pytest.mark.parametrize(
    ('arguments', 'word', 'calls'),
    [
        ({'sfun': 'signaled', 'signal': 'SIGHUP'}, 'signaled', ['kill shop.web']),
        ({'sfun': 'updated'}, 'restarted', ['stop shop.web', 'start shop.web']),
        ({'sfun': 'running', 'watch_action': 'SIGHUP', 'wait': True}, 'signaled', ['kill shop.web']),
        ({'sfun': 'updated', 'watch_action': 'recreate'}, 're-created', None),
    ],
)
def test_what_is_watched_leads_to_what_was_said(
    minion: Minion, arguments: dict[str, Any], word: str, calls: list[str] | None
) -> None:
    minion.state('updated', 'shop')
    before = len(minion.engine.changes)

    tested = minion.test('mod_watch', 'shop.web', **arguments)
    applied = minion.state('mod_watch', 'shop.web', **arguments)

    assert tested['result'] is None
    assert applied['changes'] == tested['changes']
    assert applied['changes']['container shop.web']['new'] == word
    assert calls is None or [call for call in minion.engine.changes[before:] if 'wait' not in call] == calls


def test_states_that_nothing_follows_for_say_so(minion: Minion) -> None:
    found = minion.state('mod_watch', 'shop', sfun='absent')

    assert (found['result'], found['changes']) == (True, {})


def test_a_client_may_stand_for_a_swarm(minion: Minion, monkeypatch: pytest.MonkeyPatch) -> None:
    from dockermap.testing.swarm import InMemorySwarm

    monkeypatch.setattr('dockermap.map.swarm.execute._POLL_SECONDS', 0)
    swarm = InMemorySwarm({'node1': {}}, ['web:1', 'web:2'])
    settings = {'client': swarm.client(), 'orchestrator': 'swarm'}
    minion.pillar['dockermap']['clients'] = {
        '__default__': settings,
        'gone': {'base_url': 'unix:///nowhere.sock'},
    }
    minion.maps['shop'] = {'web': {'image': 'web:1'}}

    tested, created = minion.test('updated', 'shop'), minion.state('updated', 'shop')
    repeated = minion.state('updated', 'shop')
    minion.maps['shop']['web']['image'] = 'web:2'
    changed, removed = minion.state('updated', 'shop'), minion.state('absent', 'shop')

    assert [ret['result'] for ret in (tested, created, repeated, changed, removed)] == [None, True, True, True, True]
    assert (tested['changes'], repeated['changes']) == (created['changes'], {})
    [word] = [change['new'] for change in created['changes'].values()]
    assert word == 'created'
    assert [change['old'] for change in changed['changes'].values()] == ['outdated']
    assert [change['new'] for change in removed['changes'].values()] == ['absent']

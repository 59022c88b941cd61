"""The extension, called by the real ``salt-call``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import docker
import pytest

Minion = Any
Containers = Callable[[], dict[str, Any]]

SECRET = 'hunter2-xyzzy'
PILLAR = """
dockermap:
  maps:
    {unique}:
      web:
        image: {image}
        stop_timeout: 1
        create_options:
          command: [sh, -c, 'trap "echo told" HUP; trap exit TERM; while :; do sleep 0.1; done']
          environment: {{PASSWORD: {secret}}}
"""


@pytest.fixture
def pillar(minion: Minion, unique: str, base_image: str) -> None:
    minion.pillar(PILLAR.format(unique=unique, image=base_image, secret=SECRET))


FAILURES = """
partly:
  dockermap.updated:
    - name: {unique}x
    - maps:
        {unique}x:
          first: {{image: '{image}', stop_timeout: 1, create_options: {{command: sleep 100}}}}
          second:
            image: {image}
            links: first
            create_options: {{command: no-such-program, environment: {{PASSWORD: {secret}}}}}

lost:
  dockermap.updated:
    - name: {unique}
    - clients: {{__default__: {{base_url: 'unix:///nowhere.sock'}}}}

wrong:
  dockermap.updated:
    - name: {unique}
    - maps: {{{unique}: {{web: {{create_options: {{environment: [{{PASSWORD: {secret}}}]}}}}}}}}

typo:
  dockermap.updated:
    - name: {unique}
    - force_updates: web

masked:
  dockermap.updated:
    - name: {unique}
    # Not before the state is run, where Salt masks what it hands out.
    - maps: __slot__:salt:pillar.get(dockermap:maps)

lax:
  dockermap.images_pulled:
    - name: {unique}
    - strict: False
    - maps: {{{unique}: {{web: {{image: '{image}', imagee: x}}}}}}
"""


@pytest.mark.usefixtures('pillar')
def test_failures_are_short_and_keep_what_was_done_and_no_secret(
    minion: Minion, unique: str, base_image: str, containers: Containers
) -> None:
    minion.write('states/failures.sls', FAILURES.format(unique=unique, image=base_image, secret=SECRET))

    result = minion.call('state.apply', 'failures')

    found = {name.partition(' ')[0]: ret for name, ret in result.states.items()}
    assert result.code != 0
    assert {name: ret['result'] for name, ret in found.items()} == {
        'partly': False, 'lost': False, 'wrong': False, 'typo': False, 'masked': False, 'lax': True,
    }  # fmt: skip
    assert found['partly']['changes'] == {
        f'container {unique}x.first': {'old': 'absent', 'new': 'started'},
        f'container {unique}x.second': {'old': 'absent', 'new': 'created'},
    }
    assert found['partly']['comment'].startswith(f'Could not start container {unique}x.second: ')
    assert found['lost']['comment'] == 'No Docker Engine answers at unix:///nowhere.sock: No such file or directory'
    assert found['wrong']['comment'].endswith('Expected a text such as NAME=value, found something else.')
    assert "did you mean 'force_update'?" in found['typo']['comment']
    assert f'maps:{unique}:web:image: Found **********, which Salt puts in place' in found['masked']['comment']
    assert [warning.partition(':')[0] for warning in found['lax']['warnings']] == [f'{unique}.web.imagee']
    assert all(len(ret['comment'].splitlines()) <= 6 for ret in found.values())
    told = f'{result.out}{result.err}'
    assert 'Traceback' not in told
    assert SECRET not in told


WATCHING = """
{unique}:
  dockermap.updated

{path}:
  file.managed:
    - contents: {contents}

reload:
  dockermap.signaled:
    - name: {unique}.web
    - watch:
      - file: {path}

restart:
  dockermap.running:
    - name: {unique}.web
    - watch:
      - file: {path}
"""


@pytest.mark.usefixtures('pillar')
def test_containers_are_told_when_something_that_is_watched_has_changed(
    minion: Minion,
    unique: str,
    tmp_path: Any,
    api: docker.APIClient,
    containers: Containers,
    eventually: Callable[[Callable[[], Any]], bool],
) -> None:
    def apply(contents: str, *arguments: str) -> Any:
        path = tmp_path / 'watched.conf'
        minion.write('states/watching.sls', WATCHING.format(unique=unique, path=path, contents=contents))
        return minion.call('state.apply', 'watching', *arguments)

    name = f'container {unique}.web'
    first = apply('one')
    begin = containers()['web']['State']['StartedAt']

    assert first.code == 0, first.out
    assert f'PASSWORD={SECRET}' in containers()['web']['Config']['Env']
    assert first.states[f'{unique} updated']['changes'] == {name: {'old': 'absent', 'new': 'started'}}
    assert first.states['reload signaled']['changes'] == {name: {'old': 'running', 'new': 'signaled'}}
    assert first.states['restart running']['changes'] == {name: {'old': 'running', 'new': 'restarted'}}
    assert eventually(lambda: b'told' in api.logs(f'{unique}.web'))

    unchanged = apply('one')
    assert {ret['result'] for ret in unchanged.states.values()} == {True}
    assert [ret['changes'] for ret in unchanged.states.values()] == [{}, {}, {}, {}]
    assert containers()['web']['State']['StartedAt'] == begin

    assert 'Executing state dockermap.updated' in minion.logged
    assert SECRET not in minion.logged


@pytest.mark.full
@pytest.mark.usefixtures('pillar')
def test_a_test_tells_of_what_is_watched_too(minion: Minion, unique: str, tmp_path: Any) -> None:
    path = tmp_path / 'watched.conf'
    minion.write('states/watching.sls', WATCHING.format(unique=unique, path=path, contents='one'))
    minion.call('dockermap.update')

    tested = minion.call('state.apply', 'watching', 'test=True').states

    assert tested['reload signaled']['result'] is None
    assert tested['restart running']['changes'][f'container {unique}.web']['new'] == 'restarted'


@pytest.mark.usefixtures('pillar')
def test_functions_answer_on_the_command_line(minion: Minion, unique: str, containers: Containers) -> None:
    failed = minion.call('dockermap.update', DOCKER_HOST='unix:///nowhere.sock')
    done = minion.call('dockermap.update', f'{unique}.web')

    assert (failed.code != 0, failed.data['result'], failed.data['changes']) == (True, False, {})
    assert (done.code, done.data['result']) == (0, True)
    assert containers()['web']['State']['Running']


@pytest.mark.full
@pytest.mark.usefixtures('pillar')
def test_questions_are_answered_on_the_command_line(minion: Minion, unique: str) -> None:
    web = f'{unique}.web'
    documented = minion.call('sys.doc', 'dockermap').data
    planned = minion.call('dockermap.plan', web, 'action=create').data
    status = minion.call('dockermap.status').data
    shown = minion.call('dockermap.show').data
    ran = minion.call('dockermap.script', web, "sh -c 'echo hi; exit 3'").data
    unknown = minion.call('dockermap.status', 'no.such')

    assert len(documented) == 17
    assert planned['changes'] == {f'container {web}': {'old': 'absent', 'new': 'created'}}
    assert status[f'container {web}']['state'] == 'missing'
    assert shown[unique]['containers']['web']['create_options']['environment'] == {'PASSWORD': '...'}
    assert (ran['result'], ran['exit_code'], ran['output']) == (False, 3, 'hi\n')
    assert (unknown.code, unknown.out) == (1, '')
    assert "There is no map 'no'" in unknown.err
    assert 'Traceback' not in unknown.err


@pytest.mark.full
@pytest.mark.usefixtures('pillar')
def test_maps_and_scripts_come_from_the_file_server(minion: Minion, unique: str, base_image: str) -> None:
    minion.write('states/shop/map.yaml', f'name: {unique}\ntool: {{image: "{base_image}"}}\n')
    minion.write('states/shop/hello.sh', 'echo "hello from $0"\n')

    ran = minion.call(
        'dockermap.script', f'{unique}.tool', 'sh {script_path}', 'script_path=salt://shop/hello.sh',
        'maps=salt://shop/map.yaml',
    )  # fmt: skip

    assert ran.data['output'] == 'hello from /tmp/script_run/hello.sh\n'


@pytest.mark.full
@pytest.mark.usefixtures('pillar')
def test_what_is_no_longer_on_the_map_is_removed(minion: Minion, unique: str, containers: Containers) -> None:
    minion.call('dockermap.update')
    minion.pillar(f'dockermap: {{maps: {{{unique}: {{}}}}}}')
    minion.write('states/clean.sls', f'{unique}:\n  dockermap.cleaned\n')

    tested, applied, repeated = (minion.call('state.apply', 'clean', *more) for more in (['test=True'], [], []))

    results = [result.states[f'{unique} cleaned'] for result in (tested, applied, repeated)]
    assert [ret['result'] for ret in results] == [None, True, True]
    assert (
        results[0]['changes']
        == results[1]['changes']
        == {f'container {unique}.web': {'old': 'present', 'new': 'absent'}}
    )
    assert (results[2]['changes'], containers()) == ({}, {})

"""Secrets and configs of containers on an engine: files of its host, in memory, that the container can read."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.client.cli import DockerCliClient
from dockermap.exceptions import InputError
from dockermap.testing import File, InMemoryClient, InMemoryEngine, Killed, Process

HIDDEN = 'hunter2-xyzzy'
DIRECTORY = '/run/dockermap/shop.web'
STARTED = ['create_container shop.web..files', 'put_archive shop.web..files', 'remove_container shop.web..files']


def front(engine: InMemoryEngine, client: Mapping[str, Any] | None = None, **settings: Any) -> MappingDockerClient:
    configuration = ClientConfiguration(**{'client': engine.client(), 'version': '1.41', **(client or {})})
    return MappingDockerClient(ContainerMap('shop', {'web': {'image': 'web', **settings}}), configuration)


def with_secret(engine: InMemoryEngine, secret: Any = HIDDEN, **settings: Any) -> MappingDockerClient:
    return front(engine, secrets={'password': secret}, **settings)


def files(engine: InMemoryEngine, directory: str = DIRECTORY) -> dict[str, str | None]:
    """Contents by name, without the digest."""
    paths = [path for path in engine.mounts.host.paths(directory) if path != directory]
    return {path.rpartition('/')[2].rpartition('-')[0]: engine.mounts.host[path].content for path in paths}


def seen(engine: InMemoryEngine, path: str, container: str = 'shop.web') -> Any:
    tree, place = engine.mounts.place(engine.container(container), path)
    return tree[place]


def test_a_container_has_its_secrets_and_configs_as_files_to_be_read_alone(engine: InMemoryEngine) -> None:
    settings = {
        'secrets': {
            'password': HIDDEN,
            'key': {'text': 'k', 'path': '/etc/key', 'user': 5, 'group': 6, 'mode': '0400'},
        },
        'configs': {'site.conf': {'text': 'a=1', 'mode': '0440'}},
    }
    front(engine, **settings).update('web')
    assert [seen(engine, path).content for path in ('/run/secrets/password', '/etc/key', '/site.conf')] == [
        HIDDEN,
        'k',
        'a=1',
    ]
    key = seen(engine, '/etc/key')
    assert (key.owner, key.group, key.mode) == (5, 6, 0o400)
    assert {mount.writable for mount in engine.container('shop.web').mounts} == {False}


def test_only_root_of_the_host_gets_at_the_files(engine: InMemoryEngine) -> None:
    with_secret(engine).update('web')
    directory = engine.mounts.host[DIRECTORY]
    assert (directory.owner, directory.mode) == (0, 0o700)


def test_content_is_in_no_argument_label_or_inspection(engine: InMemoryEngine) -> None:
    client = with_secret(engine)
    plan = client.plan('update', 'web')
    client.update('web')
    assert HIDDEN not in json.dumps(engine.client().inspect_container('shop.web'))
    assert HIDDEN not in plan.text(calls=True) + json.dumps(plan.to_dict()) + repr(plan.operations)
    creating = [call.arguments for call in engine.calls if call.method == 'create_container']
    assert HIDDEN not in repr(creating)


def test_the_plan_names_the_files(engine: InMemoryEngine) -> None:
    text = with_secret(engine, configs={'site.conf': 'a=1'}).plan('update', 'web').text(calls=True)
    assert 'put_files shop.web..files: secret password, config site.conf' in text


def test_nothing_is_sent_where_nothing_has_changed(engine: InMemoryEngine) -> None:
    with_secret(engine).update('web')
    engine.calls.clear()
    with_secret(engine).update('web')
    assert engine.calls.changes == []


@pytest.mark.parametrize(
    'changed',
    ['other', {'text': HIDDEN, 'mode': '0400'}, {'text': HIDDEN, 'user': 1000}, {'text': HIDDEN, 'path': '/pw'}],
    ids=['content', 'mode', 'owner', 'path'],
)
def test_a_change_re_creates_the_container_and_removes_the_former_file(engine: InMemoryEngine, changed: Any) -> None:
    with_secret(engine).update('web')
    former = engine.container('shop.web').id
    client = with_secret(engine, changed)
    assert 'secret password differs' in client.plan('update', 'web').text()
    client.update('web')
    assert engine.container('shop.web').id != former
    assert len(files(engine)) == 1
    engine.calls.clear()
    with_secret(engine, changed).update('web')
    assert engine.calls.changes == []


def test_a_file_that_is_no_longer_on_the_map_goes(engine: InMemoryEngine) -> None:
    with_secret(engine, configs={'site.conf': 'a=1'}).update('web')
    with_secret(engine).update('web')
    assert list(files(engine)) == ['password']
    front(engine).update('web')
    assert files(engine) == {}


def test_files_go_with_the_container(engine: InMemoryEngine) -> None:
    engine.mounts.host.write('/run/dockermap/other/mine', File('mine'))
    client = with_secret(engine)
    client.update('web')
    client.shutdown('web')
    assert files(engine) == {}
    assert engine.mounts.host['/run/dockermap/other/mine'].content == 'mine'
    assert not list(engine.containers)


def test_files_go_with_a_container_that_is_no_longer_on_the_map(engine: InMemoryEngine) -> None:
    with_secret(engine).update('web')
    other = ContainerMap('shop', {'api': {'image': 'api'}})
    client = MappingDockerClient(other, ClientConfiguration(client=engine.client(), version='1.41'))
    client.update('__all__', remove_orphans=True)
    assert [container.name for container in engine.containers] == ['shop.api']
    assert files(engine) == {}


@pytest.mark.parametrize('action', ['start', 'startup', 'update'])
def test_files_are_written_again_after_a_restart_of_the_host(engine: InMemoryEngine, action: str) -> None:
    client = with_secret(engine)
    client.update('web')
    former = engine.container('shop.web').id
    client.stop('web')
    engine.mounts.host.remove('/run/dockermap')
    engine.calls.clear()
    getattr(with_secret(engine), action)('web')
    assert engine.calls.changes == [*STARTED, 'start shop.web']
    assert (engine.container('shop.web').id, seen(engine, '/run/secrets/password').content) == (former, HIDDEN)


def test_a_restart_writes_them_before_the_container_is_started(engine: InMemoryEngine) -> None:
    client = with_secret(engine)
    client.update('web')
    engine.mounts.host.remove('/run/dockermap')
    client.restart('web')
    assert files(engine) == {'password': HIDDEN}


def test_a_container_whose_former_content_is_lost_is_not_started_with_another_one(engine: InMemoryEngine) -> None:
    client = with_secret(engine)
    client.update('web')
    client.stop('web')
    engine.mounts.host.remove('/run/dockermap')
    with pytest.raises(ActionRunnerException, match='update creates it again'):
        with_secret(engine, 'other').start('web')
    with_secret(engine, 'other').update('web')
    assert seen(engine, '/run/secrets/password').content == 'other'


def test_instances_have_directories_of_their_own(engine: InMemoryEngine) -> None:
    client = with_secret(engine, instances={'blue': {'secrets': {'password': 'of blue'}}, 'green': None})
    client.update('web')
    assert files(engine, f'{DIRECTORY}.blue') == {'password': 'of blue'}
    assert files(engine, f'{DIRECTORY}.green') == {'password': HIDDEN}
    client.shutdown('web', instances=['blue'])
    assert files(engine, f'{DIRECTORY}.blue') == {}
    assert files(engine, f'{DIRECTORY}.green') == {'password': HIDDEN}


def test_equal_contents_do_not_show(engine: InMemoryEngine) -> None:
    with_secret(engine, instances=['blue', 'green']).update('web')
    names = {path.rpartition('-')[2] for path in engine.mounts.host.paths('/run/dockermap') if '-' in path}
    assert len(names) == 2


def test_a_script_has_the_files_too(engine: InMemoryEngine) -> None:
    with_secret(engine).run_script('web', command_format=['true'])
    assert engine.calls.changes[:4] == [*STARTED, 'create_container shop.web']
    assert files(engine) == {}


def test_a_client_may_have_another_directory(engine: InMemoryEngine) -> None:
    own = {'files_directory': '/run/user/1000/dockermap'}
    front(engine, own, secrets={'password': HIDDEN}).update('web')
    assert files(engine, '/run/user/1000/dockermap/shop.web') == {'password': HIDDEN}


@pytest.mark.parametrize('directory', ['dockermap', '/', '/a:b'])
def test_the_directory_has_to_be_one_of_the_host(engine: InMemoryEngine, directory: str) -> None:
    with pytest.raises(ValueError, match='absolute path of a directory on the host'):
        front(engine, {'files_directory': directory}, secrets={'password': HIDDEN}).update('web')
    assert engine.calls.changes == []


def test_the_helper_bears_the_labels_of_preparations(engine: InMemoryEngine) -> None:
    with_secret(engine).update('web')
    call = next(call for call in engine.calls if call.method == 'create_container')
    labels: Any = call.arguments['labels']
    assert (labels['org.docker-map.purpose'], labels['org.docker-map.item']) == ('preparation', 'container:web')


def test_what_an_interrupted_call_has_left_is_removed_by_the_next(engine: InMemoryEngine) -> None:
    engine.faults.add(number=2, kind='killed-before')
    with pytest.raises(Killed):
        with_secret(engine).update('web')
    assert [container.name for container in engine.containers] == ['shop.web..files']
    engine.clock.advance(1000)
    with_secret(engine).update('web')
    assert [container.name for container in engine.containers] == ['shop.web']


def test_files_that_cannot_be_removed_are_a_warning(engine: InMemoryEngine, caplog: pytest.LogCaptureFixture) -> None:
    client = with_secret(engine)
    client.update('web')
    engine.faults.add('start', kind='refused')
    with caplog.at_level(logging.WARNING):
        client.shutdown('web')
    assert [container.name for container in engine.containers] == []
    assert any('could not be removed from the host of client __default__' in text for text in caplog.messages)


def test_a_client_that_cannot_copy_files_is_refused_before_anything_is_changed(engine: InMemoryEngine) -> None:
    class Other(InMemoryClient):
        put_archive = None  # type: ignore[assignment]

    client = engine.client()
    client.__class__ = Other
    with pytest.raises(InputError, match=r'shop\.web\.secrets: .* cannot copy files') as error:
        front(engine, {'client': client}, secrets={'password': HIDDEN}).update('web')
    assert HIDDEN not in str(error.value)
    assert engine.calls.changes == []


def test_old_engines_are_refused_by_name() -> None:
    engine = InMemoryEngine('web', 'busybox', api_version='1.24')
    with pytest.raises(InputError, match=r'shop\.web\.secrets: A file of a container needs version 1\.30'):
        front(engine, {'version': '1.24'}, secrets={'password': HIDDEN}).update('web')


def test_several_contents_change_one_container_each(engine: InMemoryEngine) -> None:
    with_secret(engine, instances=['blue', 'green']).update('web')
    former = {container.name: container.id for container in engine.containers}
    instances = {'blue': {'secrets': {'password': 'of blue'}}, 'green': None}
    with_secret(engine, instances=instances).update('web')
    now = {container.name: container.id for container in engine.containers}
    assert {name for name in now if now[name] != former[name]} == {'shop.web.blue'}


def test_a_command_gets_the_files_on_its_standard_input() -> None:
    given: list[tuple[str, bytes | None]] = []

    def run(command: str, input: bytes | None = None) -> str:
        given.append((command, input))
        return ''

    DockerCliClient(run).put_archive('shop.web', '/files', HIDDEN.encode())
    ((command, source),) = given
    assert command == 'base64 -d | docker cp - shop.web:/files'
    assert base64.b64decode(source or b'') == HIDDEN.encode()


@pytest.mark.parametrize('program', ['docker', 'podman'])
def test_commands_that_cannot_do_it_are_refused_before_anything_is_changed(program: str) -> None:
    lines: list[str] = []

    def without_input(command: str) -> str:
        lines.append(command)
        return ''

    def run(command: str, input: bytes | None = None) -> str:
        return without_input(command)

    client = DockerCliClient(without_input if program == 'docker' else run, default_bin=program)
    with pytest.raises(InputError, match=r'shop\.web\.secrets: .* cannot copy files'):
        front(InMemoryEngine(), {'client': client}, secrets={'password': HIDDEN}).update('web')
    assert not [line for line in lines if 'create' in line]


@pytest.mark.parametrize('name', ['../../../etc/passwd', '.env', '-rf', 'a b;$(c)', 'x' * 300])
def test_whatever_a_file_is_called_it_is_in_the_directory_of_its_container(engine: InMemoryEngine, name: str) -> None:
    before = engine.mounts.host.paths('/')
    front(engine, secrets={name: {'text': HIDDEN, 'path': '/etc/x'}}).update('web')
    new = [path for path in engine.mounts.host.paths('/') if path not in before]
    assert [path for path in new if engine.mounts.host[path].content is not None] == [new[-1]]
    assert new[-1].startswith(f'{DIRECTORY}/')
    assert not new[-1].removeprefix(DIRECTORY).startswith(('/.', '/-'))
    front(engine, secrets={name: {'text': 'other', 'path': '/etc/x'}}).update('web')
    assert list(files(engine).values()) == ['other']


def changes_of_an_update(engine: InMemoryEngine) -> int:
    tried = engine.copy()
    with_secret(tried, 'other').update('web')
    return len(tried.calls.changes)


def test_no_file_is_left_by_an_update_that_is_killed_anywhere_and_made_again(engine: InMemoryEngine) -> None:
    with_secret(engine).update('web')
    for number in range(1, changes_of_an_update(engine) + 1):
        tried = engine.copy()
        tried.faults.add(number=number, kind='killed-after')
        with pytest.raises(Killed):
            with_secret(tried, 'other').update('web')
        with_secret(tried, 'other').update('web')
        assert (files(tried), [container.name for container in tried.containers]) == (
            {'password': 'other'},
            ['shop.web'],
        ), number
        assert len(tried.mounts.host.paths(DIRECTORY)) == 2, number


def test_content_may_be_that_of_a_variable(engine: InMemoryEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SHOP_PASSWORD', HIDDEN)
    client = with_secret(engine, {'environment': 'SHOP_PASSWORD'})
    client.update('web')
    assert files(engine) == {'password': HIDDEN}
    monkeypatch.delenv('SHOP_PASSWORD')
    with_secret(engine, {'environment': 'SHOP_PASSWORD'}).shutdown('web')
    assert files(engine) == {}


def test_content_that_cannot_be_had_is_an_error_before_anything_is_changed(engine: InMemoryEngine) -> None:
    for given in ({'environment': 'NO_SUCH_VARIABLE'}, {'file': '/no/such/file'}):
        with pytest.raises(Exception, match=r'NO_SUCH_VARIABLE|/no/such/file'):
            with_secret(engine, given).update('web')
    assert engine.calls.changes == []


def test_a_container_that_is_removed_before_it_is_created_again_has_its_files(engine: InMemoryEngine) -> None:
    with_secret(engine).update('web')
    with_secret(engine, 'other').update('web', replace='remove-first')
    assert files(engine) == {'password': 'other'}
    assert seen(engine, '/run/secrets/password').content == 'other'


def test_a_replacement_that_fails_leaves_the_former_container_with_its_files(engine: InMemoryEngine) -> None:
    with_secret(engine).update('web')
    former = engine.container('shop.web').id
    engine.script(Process(missing=True), command='broken')
    with pytest.raises(ActionRunnerException):
        with_secret(engine, 'other', create_options={'command': 'broken'}).update('web')
    assert (engine.container('shop.web').id, engine.is_running('shop.web')) == (former, True)
    assert seen(engine, '/run/secrets/password').content == HIDDEN
    engine.client().restart('shop.web')
    with_secret(engine, 'other').update('web')
    assert files(engine) == {'password': 'other'}

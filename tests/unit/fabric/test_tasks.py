"""Tasks of a fabfile: they are the program's commands, with its output and its exit codes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap
from dockermap.program import Environment, Given, command, main
from dockermap.testing import InMemoryEngine

TASKS = (
    'cleanup', 'create', 'load-image', 'logs', 'plan', 'ps', 'pull', 'remove', 'restart', 'run', 'save-image',
    'shutdown', 'signal', 'start', 'startup', 'stop', 'update',
)  # fmt: skip
READING = ('plan', 'ps', 'logs')
DOWN = '127.0.0.1:1'


@pytest.fixture
def shop() -> ContainerMap:
    return ContainerMap('shop', {'web': {'image': 'web'}, 'app': {'image': 'api', 'instances': ['blue', 'green']}})


@pytest.fixture
def tasks(shop: ContainerMap, engine: InMemoryEngine) -> Any:
    """Tasks with a client of their own."""
    from dockermap.fabric import collection

    return collection(shop, {'__default__': ClientConfiguration(client=engine.client(), version='1.41')})


@pytest.fixture
def host_tasks(shop: ContainerMap) -> Any:
    """Tasks for the hosts that ``fab`` is told."""
    from dockermap.fabric import collection

    return collection(shop)


def names_of(engine: InMemoryEngine) -> list[str]:
    return sorted(container.name for container in engine.containers)


def test_importing_the_library_imports_no_fabric():
    code = 'import sys, dockermap, dockermap.api; print(sorted({"fabric", "invoke", "paramiko"} & {*sys.modules}))'
    found = subprocess.run([sys.executable, '-c', code], check=True, capture_output=True, text=True)
    assert found.stdout == '[]\n'


def test_the_tasks_are_complete_and_all_have_names_yes_and_dry_run(tasks):
    found = {
        name: {argument.names[0]: argument for argument in tasks[name].get_arguments()} for name in tasks.task_names
    }
    assert sorted(found) == sorted(TASKS)
    for name, arguments in found.items():
        assert {'names', 'yes', 'dry-run'} <= set(arguments), name
        assert all(argument.help for argument in arguments.values()), name
        assert ('no effect' in arguments['dry-run'].help) == (name in READING), name


@pytest.mark.parametrize('name', TASKS)
def test_the_options_of_a_task_are_those_of_its_command(tasks, name):
    known = {flag for argument in command(name).arguments for flag in argument.flags}
    given = {f'--{argument.names[0]}' for argument in tasks[name].get_arguments()}
    assert given - known <= {'--names', '--yes', '--dry-run', '--action', '--command', '--archive'}
    assert not given & {'--file', '--clients', '--set'}


def test_a_plan_is_carried_out_once(tasks, fab, engine):
    assert fab(tasks, 'docker.plan').code == 2
    updated = fab(tasks, 'docker.update', '--yes')
    assert (updated.code, updated.err) == (0, '')
    assert names_of(engine) == ['shop.app.blue', 'shop.app.green', 'shop.web']
    repeated = fab(tasks, 'docker.update', '--yes')
    assert (repeated.code, repeated.out) == (0, '5 unchanged. Nothing to do.\n')
    assert fab(tasks, 'docker.plan').code == 0


@pytest.mark.parametrize('arguments', [['plan'], ['plan', 'stop', 'web'], ['ps'], ['update', '--yes', '--output=json']])
def test_the_output_is_that_of_the_program(tasks, shop, fab, engine, tmp_path, arguments):
    given = Given((shop,), {'__default__': ClientConfiguration(client=engine.client(), version='1.41')})
    out = io.StringIO()
    code = main(arguments, Environment(io.StringIO(), out, io.StringIO(), {}, tmp_path, given=given))
    if arguments[0] == 'update':
        main(['shutdown', '--yes'], Environment(io.StringIO(), io.StringIO(), io.StringIO(), {}, tmp_path, given=given))
    flags = [word for word in arguments[1:] if word.startswith('-')]
    action, *names = [word for word in arguments[1:] if not word.startswith('-')] or ['update']
    more = [f'--action={action}'] if arguments[0] == 'plan' else []
    result = fab(tasks, f'docker.{arguments[0]}', *flags, *more, *(['--names', ','.join(names)] if names else []))
    assert result.code == code
    if arguments[-1] == '--output=json':
        kinds = [[json.loads(line)['type'] for line in text.splitlines()] for text in (out.getvalue(), result.out)]
        assert kinds[0] == kinds[1]
    else:
        assert result.out == out.getvalue()


def test_names_are_separated_by_commas_or_given_again(tasks, fab, engine):
    fab(tasks, 'docker.startup', '--yes', '--names', 'web,app.blue')
    assert names_of(engine) == ['shop.app.blue', 'shop.web']
    fab(tasks, 'docker.startup', '--yes', '--names', 'web', '--names', 'app.green')
    assert names_of(engine) == ['shop.app.blue', 'shop.app.green', 'shop.web']


CHANGING = [name for name in TASKS if name not in (*READING, 'run', 'cleanup', 'save-image', 'load-image')]


@pytest.mark.parametrize('flag', ['task', 'core'])
@pytest.mark.parametrize('name', CHANGING)
def test_a_dry_run_shows_the_plan_and_changes_nothing(tasks, shop, fab, engine, name, flag):
    from dockermap.fabric import collection

    before = {'create': (), 'startup': (), 'update': (), 'pull': (), 'start': ('create',), 'remove': ('create',)}
    for action in before.get(name, ('startup',)):
        fab(tasks, f'docker.{action}', '--yes')
    read_only = engine.client(read_only=True)
    tasks_now = collection(shop, {'__default__': ClientConfiguration(client=read_only, version='1.41')})
    words = [f'docker.{name}', *(['--signal=HUP'] if name == 'signal' else [])]
    result = fab(tasks_now, *(['--dry', *words] if flag == 'core' else [*words, '--dry-run']))
    assert (result.code, result.err) == (2, '')
    assert 'shop.web' in result.out or name == 'pull'


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        (['run', '--names=web', '--command=sh -c "exit 3"'], "run -- web sh -c 'exit 3'"),
        (['save-image', '--names=web', '--out=web.tar'], 'save-image --out=web.tar -- web'),
        (['load-image', '--archive=web.tar'], 'load-image -- web.tar'),
    ],
)
def test_what_has_no_plan_says_what_would_be_done(tasks, fab, engine, tmp_path, arguments, expected):
    result = fab(tasks, f'docker.{arguments[0]}', *arguments[1:], '--dry-run')
    assert (result.code, result.out) == (0, f'This would be done: {expected}\n')
    assert not names_of(engine)
    assert not list(tmp_path.iterdir())


def test_without_a_terminal_nothing_is_changed_unless_that_was_agreed_to(tasks, fab, engine):
    result = fab(tasks, 'docker.update')
    assert (result.code, 'no terminal to ask on' in result.err, names_of(engine)) == (1, True, [])


def test_the_exit_code_of_a_command_is_that_of_the_task(tasks, fab):
    result = fab(tasks, 'docker.run', '--names=web', '--command=sh -c "exit 7"')
    assert (result.code, result.err) == (7, '')


def test_images_are_saved_and_loaded(tasks, fab, engine, tmp_path):
    assert fab(tasks, 'docker.save-image', '--names=web', '--out=web.tar').code == 0
    engine.client().remove_image('web')
    assert fab(tasks, 'docker.load-image', '--archive=web.tar').code == 1
    assert fab(tasks, 'docker.load-image', '--archive=web.tar', '--yes').code == 0
    assert engine.client().inspect_image('web')


def test_what_is_left_over_is_removed_unless_it_is_a_dry_run(tasks, fab):
    for arguments in (['--dry-run'], ['--yes'], []):
        result = fab(tasks, 'docker.cleanup', *arguments)
        assert (result.code, result.out) == (0, 'Nothing is left over.\n')


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        (['run', '--command=true'], '--names: expected one, found none.'),
        (['run', '--names=web,app', '--command=true'], '--names: expected one, found 2.'),
        (['run', '--names=web'], '--command: expected one, found none.'),
        (['load-image'], '--archive: expected one, found none.'),
    ],
)
def test_what_a_task_needs_is_asked_for(tasks, fab, arguments, expected):
    result = fab(tasks, f'docker.{arguments[0]}', *arguments[1:])
    assert (result.code, result.err) == (64, f'{expected}\n')


def test_without_host_and_clients_it_is_said_what_is_missing(host_tasks, fab):
    result = fab(host_tasks, 'docker.plan')
    assert (result.code, result.err) == (64, 'There is no host: name one with fab -H, or give collection() clients.\n')


def test_tasks_with_clients_are_not_for_hosts(tasks, fab):
    result = fab(tasks, '-H', 'web1', 'docker.plan')
    assert (result.code, result.err) == (
        64,
        '-H: these tasks have clients of their own, __default__. Leave it out.\n',
    )


def test_maps_that_name_their_clients_are_not_for_hosts(fab):
    from dockermap.fabric import collection

    tasks = collection(ContainerMap('shop', {'clients': ['one'], 'web': {'image': 'web'}}))
    result = fab(tasks, '-H', 'web1', 'docker.plan')
    assert (result.code, result.err) == (
        64,
        '-H: map shop is for the clients one. Give these to collection().\n',
    )


def test_each_host_has_its_turn(host_tasks, fab, hosts: dict[str, InMemoryEngine]):
    hosts.update(a=InMemoryEngine('web', 'api'), b=InMemoryEngine('web', 'api'))
    result = fab(host_tasks, '-H', 'a,b', 'docker.update', '--yes')
    assert (result.code, result.err) == (0, '')
    assert [line for line in result.out.splitlines() if line in ('a:', 'b:')] == ['a:', 'b:']
    assert [names_of(engine) for engine in hosts.values()] == [['shop.app.blue', 'shop.app.green', 'shop.web']] * 2


@pytest.mark.parametrize(
    ('up', 'task', 'code'),
    [
        ('', 'plan', 2), ('a', 'plan', 2), ('b', 'plan', 2), ('ab', 'plan', 0), ('ac', 'plan', 1), ('c', 'plan', 1),
        ('c', 'update', 3), ('c', 'ps', 1),
    ],
)  # fmt: skip
def test_the_worst_exit_code_of_the_hosts_counts(host_tasks, fab, hosts, up, task, code):
    hosts.update(a=InMemoryEngine('web', 'api'), b=InMemoryEngine('web', 'api'))
    for name in up.replace('c', ''):
        assert fab(host_tasks, '-H', name, 'docker.update', '--yes').code == 0
    chosen = 'c,b' if 'c' in up else 'a,b'
    more = ['--yes'] if task == 'update' else []
    result = fab(host_tasks, '-H', chosen, f'docker.{task}', *more)
    assert result.code == code
    assert 'b:' in result.out.splitlines()
    assert ('No Docker Engine answers at ssh://root@c:22: c is down' in result.err) == ('c' in up)


def test_a_task_that_is_called_again_starts_anew(host_tasks, fab, hosts):
    hosts.update(a=InMemoryEngine('web', 'api'))
    assert fab(host_tasks, '-H', 'a', 'docker.plan').code == 2
    assert fab(host_tasks, '-H', 'a', 'docker.update', '--yes').code == 0
    assert fab(host_tasks, '-H', 'a', 'docker.plan', 'docker.ps').code == 0


def test_hosts_that_are_down_are_errors_with_their_names_in_a_line(host_tasks, fab):
    result = fab(host_tasks, '-H', f'{DOWN},127.0.0.1:2', 'docker.plan')
    assert result.code == 1
    assert [line.partition('at ssh://')[2].partition(': ')[0].rpartition(':')[2] for line in result.err.splitlines()
            if 'left out' in line] == ['1', '2']  # fmt: skip
    assert '--clients' not in result.err


def test_the_way_to_the_engine_is_a_setting_of_fabric(host_tasks, fab, monkeypatch: pytest.MonkeyPatch):
    from dockermap.fabric import FabricConfiguration

    found: list[Any] = []

    def connected(connection: Any, mode: str, sudo: bool, **kwargs: Any) -> Any:
        found.append((mode, sudo))
        return InMemoryEngine('web', 'api').client()

    monkeypatch.setattr(FabricConfiguration, 'client_constructor', staticmethod(connected))
    fab(host_tasks, '-H', 'a', 'docker.plan')
    fab(host_tasks, '-H', 'a', 'docker.plan', configuration={'dockermap': {'mode': 'command', 'sudo': True}})
    assert found == [('api', False), ('command', True)]


def test_several_maps_are_one_plan(fab: Callable[..., Any], engine: InMemoryEngine):
    from dockermap.fabric import collection

    maps = {name: ContainerMap(name, {'web': {'image': 'web'}}) for name in ('one', 'two')}
    clients = {'__default__': ClientConfiguration(client=engine.client(), version='1.41')}
    assert fab(collection(maps, clients, 'boxes'), 'boxes.update', '--yes').code == 0
    assert names_of(engine) == ['one.web', 'two.web']


@pytest.mark.parametrize(('agreed', 'code', 'found'), [(['--yes'], 3, ['shop.web']), ([], 1, [])])
def test_a_client_that_is_down_does_not_keep_the_others_from_theirs(fab, agreed, code, found):
    from dockermap.fabric import collection

    engines = {'one': InMemoryEngine('web'), 'two': InMemoryEngine('web')}
    engines['one'].unreachable = True
    clients = {name: ClientConfiguration(client=engine.client(), version='1.41') for name, engine in engines.items()}
    shop = ContainerMap('shop', {'clients': ['one', 'two'], 'web': {'image': 'web'}})
    result = fab(collection(shop, clients), 'docker.update', *agreed)
    assert (result.code, names_of(engines['two'])) == (code, found), result
    assert 'one' in result.err
    assert 'Traceback' not in result.err

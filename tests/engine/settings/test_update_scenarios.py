"""One update is enough: what happened to items, what an update makes of it, and that a second finds nothing to do."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

import docker
import pytest

from dockermap.api import ActionRunnerException, ItemType, MapConfigId

FOREVER = "trap 'exit 0' TERM HUP INT; sleep 1000 & wait"
MTU = 'com.docker.network.driver.mtu'
EMULATED = {'volumes': False}


@pytest.fixture
def plain(bench):
    """Configuration of a container that runs until it is stopped."""

    def config(environment: Any = None, **settings: Any) -> dict[str, Any]:
        options = {'entrypoint': ['/bin/sh', '-c', FOREVER]}
        if environment:
            options['environment'] = environment
        return {'image': bench.image, 'create_options': options, **settings}

    return config


@pytest.fixture
def once(bench):
    """Updates, checks that nothing is left to do, and returns the requests."""

    def update(content: dict[str, Any], name: Any = 'app', **options: Any) -> list[str]:
        changes = bench.update(content, name, **options)
        assert bench.update(content, name) == []
        return changes

    return update


def is_running(bench, name):
    return bench.inspect(name)['State']['Running']


class TestWhatHoldsOnToAContainer:
    """A container that is made anew takes those along that would keep a stale link, volume or network stack."""

    @pytest.mark.parametrize('relation', [{'links': ['src']}, {'uses': ['src']}, {'network_mode': 'src'}])
    def test_is_made_anew_in_the_same_run(self, bench, plain, once, relation):
        source = {'shares': ['/shared']}
        once({'src': plain(**source), 'app': plain(**relation)})
        app = bench.inspect()['Id']
        once({'src': plain({'A': 1}, **source), 'app': plain(**relation)})
        assert bench.inspect()['Id'] != app
        bench.api.restart(bench.name('app'), timeout=0)
        assert is_running(bench, 'app')

    @pytest.mark.parametrize('relation', [{'links': ['src']}, {'uses': ['src']}, {'network_mode': 'src'}])
    def test_is_made_anew_in_a_later_run(self, bench, plain, once, relation):
        source = {'shares': ['/shared']}
        once({'src': plain(**source), 'app': plain(**relation)})
        app = bench.inspect()['Id']
        once({'src': plain({'A': 1}, **source), 'app': plain(**relation)}, 'src')
        once({'src': plain({'A': 1}, **source), 'app': plain(**relation)})
        # A volume without a name is that of the new container, too.
        assert (bench.inspect()['Id'] == app) is ('uses' in relation)
        bench.api.restart(bench.name('app'), timeout=0)
        assert is_running(bench, 'app')

    @pytest.mark.parametrize('relation', [{'links': ['src']}, {'uses': ['src']}, {'network_mode': 'src'}])
    def test_is_made_anew_after_somebody_removed_it(self, bench, plain, once, relation):
        content = {'src': plain(shares=['/shared']), 'app': plain(**relation)}
        once(content)
        bench.api.remove_container(bench.name('src'), force=True)
        once(content)
        bench.api.restart(bench.name('app'), timeout=0)
        assert is_running(bench, 'app')


def test_links_resolve_in_a_network(bench, plain, once):
    once({'src': plain(networks=['net']), 'app': plain(networks=['net'], links=['src']), 'networks': {'net': {}}})
    assert '1 packets received' in bench.execute('app', 'ping -c 1 -W 2 src')


@pytest.mark.parametrize(
    'modes',
    [
        ('bridge', 'host'),
        ('host', 'src'),
        ('src', 'bridge'),
        ('bridge', 'none'),
        ('none', 'src'),
        ('none', 'bridge'),
        ('host', 'none'),
        ('none', 'host'),
        ('src', 'host'),
    ],
)
def test_network_modes_are_changed_for_good(bench, plain, once, modes):
    for mode in modes:
        once({'src': plain(), 'app': plain(network_mode=mode, exposes=[80])})
    found = bench.inspect()['HostConfig']['NetworkMode']
    assert found == (f'container:{bench.inspect("src")["Id"]}' if modes[1] == 'src' else modes[1])


class TestStoppedContainers:
    @pytest.fixture
    def stopped(self, bench, once):
        def make(content: dict[str, Any]) -> None:
            once(content)
            bench.api.stop(bench.name('app'), timeout=0)

        return make

    @pytest.mark.parametrize(
        'settings',
        [
            {},
            {'exposes': [80, '53/udp']},
            {'networks': ['net']},
            {'attaches': ['data']},
            {'exec_commands': ['sleep 991']},
        ],
    )
    def test_are_started(self, bench, plain, once, stopped, settings):
        content = {'app': plain(**settings), 'networks': {'net': {}}, 'volumes': {'data': '/data'}}
        stopped(content)
        app = bench.inspect()['Id']
        once(content)
        assert (bench.inspect()['Id'], is_running(bench, 'app')) == (app, True)

    def test_are_changed_before_they_are_started(self, bench, plain, once, stopped):
        stopped({'app': plain(networks=['n1']), 'networks': {'n1': {}, 'n2': {}}})
        app = bench.inspect()['Id']
        limits = {'mem_limit': '32m', 'restart_policy': {'Name': 'always'}}
        once({'app': plain(networks=['n1', ('n2', ['alias'])], host_config=limits), 'networks': {'n1': {}, 'n2': {}}})
        found = bench.inspect()
        assert (found['Id'], found['HostConfig']['Memory']) == (app, 32 * 1024**2)
        assert 'alias' in found['NetworkSettings']['Networks'][bench.name('n2')]['Aliases']

    @pytest.mark.parametrize('made_again', [False, True])
    def test_find_their_network_again_after_it_was_removed(self, bench, plain, once, stopped, made_again):
        content = {'app': plain(networks=[('net', ['alias'])]), 'networks': {'net': {}}}
        stopped(content)
        bench.api.remove_network(bench.name('net'))
        if made_again:
            bench.api.create_network(bench.name('net'), driver='bridge')
        once(content)
        assert 'alias' in bench.inspect()['NetworkSettings']['Networks'][bench.name('net')]['Aliases']

    @pytest.mark.parametrize('made_again', [False, True])
    def test_leave_a_network_that_was_removed(self, bench, plain, once, stopped, made_again):
        stopped({'app': plain(networks=['net']), 'networks': {'net': {}}})
        bench.api.remove_network(bench.name('net'))
        if made_again:
            bench.api.create_network(bench.name('net'), driver='bridge')
        once({'app': plain()})
        assert list(bench.inspect()['NetworkSettings']['Networks']) == ['bridge']

    def test_are_not_made_anew_after_their_start_failed(self, bench, plain, once, needs):
        taken = bench.port()
        blocker = {'app': plain(exposes=[(80, taken)])}
        once(blocker)
        content = {'other': plain(exposes=[(80, taken)]), 'last': plain(**{needs: ['other']})}
        with pytest.raises(ActionRunnerException):
            bench.update(content, 'last')
        other = bench.inspect('other')['Id']
        bench.api.remove_container(bench.name('app'), force=True)
        once(content, 'last')
        assert (bench.inspect('other')['Id'], is_running(bench, 'last')) == (other, True)


def test_all_containers_come_back_to_a_network_that_is_reset(bench, plain, once):
    def content(**options: Any) -> dict[str, Any]:
        return {
            'app': plain(networks=['net']),
            'other': plain(networks=[('net', ['alias'])]),
            'networks': {'net': options},
        }

    once(content(), ['app', 'other'])
    once(content(driver_options={MTU: 1400}))
    for name in ('app', 'other'):
        assert bench.name('net') in bench.inspect(name)['NetworkSettings']['Networks']
    assert 'alias' in bench.inspect('other')['NetworkSettings']['Networks'][bench.name('net')]['Aliases']


class TestVolumes:
    def test_data_survives_shutdown_and_update(self, bench, plain, once):
        content = {'app': plain(attaches=['data']), 'volumes': {'data': '/data'}}
        once(content)
        bench.execute('app', 'touch /data/file')
        bench.mapping_client(content).shutdown('app')
        once(content)
        assert bench.execute('app', 'ls /data') == 'file\n'

    def test_owner_and_mode_are_set_again_when_they_change(self, bench, plain, once):
        for owner in ('1234', '1235'):
            once({'app': plain(attaches=['data'], user=owner, permissions='u=rwX,g=,o='), 'volumes': {'data': '/data'}})
            assert bench.execute('app', 'stat -c "%u %a" /data') == f'{owner} 700\n'

    @pytest.mark.parametrize('is_new', [False, True])
    def test_without_names_are_carried_over_when_their_container_is_re_created(self, bench, plain, once, is_new):
        once({'app': plain(shares=['/shared'])})
        name = bench.inspect()['Mounts'][0]['Name']
        bench.execute('app', 'touch /shared/file')
        bench.update({'app': plain({'A': 1}, shares=['/shared'])}, renew_anonymous_volumes=is_new)
        assert (bench.inspect()['Mounts'][0]['Name'] != name) is is_new
        assert ('file' in bench.execute('app', 'ls /shared')) is not is_new
        once({'app': plain({'A': 1}, shares=['/shared'])})
        bench.api.remove_container(bench.name('app'), force=True, v=True)
        # On some engines it went with the container.
        with contextlib.suppress(docker.errors.NotFound):
            bench.api.remove_volume(name)

    def test_of_the_old_kind_keep_their_data_when_their_path_changes(self, bench, plain):
        def content(path: str) -> dict[str, Any]:
            return {'app': plain(attaches=['data']), 'web': plain(uses=['data']), 'volumes': {'data': path}}

        assert bench.update(content('/old'), ['app', 'web'], features=EMULATED) != []
        bench.execute('app', 'touch /old/file')
        assert bench.update(content('/new'), ['app', 'web'], features=EMULATED) != []
        assert bench.update(content('/new'), ['app', 'web'], features=EMULATED) == []
        assert [bench.execute(name, 'ls /new') for name in ('app', 'web')] == ['file\n', 'file\n']

    def test_of_a_persistent_container_are_not_reset(self, bench, plain, once):
        content = {'app': plain(attaches=['data'], persistent=True), 'volumes': {'data': '/data'}}
        once(content)
        bench.execute('app', 'touch /data/file')
        assert bench.update(content, force_update=MapConfigId(ItemType.VOLUME, bench.prefix, 'app', 'data')) == []
        assert bench.execute('app', 'ls /data') == 'file\n'


class TestPersistentContainers:
    def test_are_only_warned_about(self, bench, plain, once, caplog):
        once({'app': plain(persistent=True)})
        with caplog.at_level(logging.WARNING):
            assert bench.update({'app': plain({'PASSWORD': 'secret'}, persistent=True)}) == []
        assert 'environment.PASSWORD' in caplog.text
        assert 'secret' not in caplog.text

    def test_are_made_anew_on_request(self, bench, plain, once):
        once({'app': plain(persistent=True)})
        once({'app': plain({'A': 1}, persistent=True)}, update_persistent=True)
        assert 'A=1' in bench.inspect()['Config']['Env']


class TestExecCommands:
    @pytest.mark.parametrize(
        'command',
        [
            'sleep 991',
            ['sleep', '991'],
            'sh -c "sleep 991"',
            'sh -c "sleep 991 &"',
            'setsid sleep 991',
            'sh -c "sleep 991; true"',
            ('sleep 991', '1000'),
            ('sleep 991', 'nobody'),
        ],
    )
    def test_are_found_again(self, bench, plain, once, eventually, command):
        commands = [(command,)] if isinstance(command, list) else [command]
        once({'app': plain(exec_commands=commands)})

        def running():
            found = bench.api.top(bench.name('app'), ps_args='-eo pid,user,args')['Processes']
            return [line for *_, line in found if line.endswith(('sleep 991', 'sleep 991; true'))]

        assert eventually(lambda: len(running()) in (1, 2))

    def test_that_follow_creation_run_once(self, bench, plain, once):
        content = {'app': plain(exec_commands=[('sh -c "echo x >> /out"', None, 'initial'), 'sleep 991'])}
        once(content)
        bench.api.stop(bench.name('app'), timeout=0)
        once(content)
        assert bench.execute('app', 'cat /out') == 'x\n'

    @pytest.mark.parametrize('option', ['none', None])
    def test_are_left_alone_without_check(self, bench, plain, once, option):
        once({'app': plain()})
        assert bench.update({'app': plain(exec_commands=['sleep 991'])}, check_exec_commands=option) == []


def test_a_container_that_cannot_be_started_again_is_made_anew(bench, plain):
    content = {'app': {**plain(), 'create_options': {'entrypoint': ['/bin/sh', '-c', 'exit 127']}}}
    bench.update(content)
    app = bench.inspect()['Id']
    bench.api.wait(app)
    bench.update(content, wait=False)
    assert bench.inspect()['Id'] != app

"""What only the engine in memory has: its record, faults, clock, copies and builders."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from docker.errors import APIError, NotFound

from dockermap.docker_api import EngineClient, is_timeout, is_unreachable
from dockermap.testing import (
    CHANGING_CALLS,
    READING_CALLS,
    File,
    InMemoryClient,
    InMemoryEngine,
    Killed,
    NothingHappens,
    OnlyReads,
    Process,
)


@pytest.fixture
def engine() -> InMemoryEngine:
    return InMemoryEngine('busybox:latest')


def test_its_client_is_an_engine_client(engine: InMemoryEngine) -> None:
    assert isinstance(engine.client(), EngineClient)


def test_all_methods_of_clients_read_or_change() -> None:
    methods = {name for name in dir(InMemoryClient) if not name.startswith('_')}

    assert methods == READING_CALLS | CHANGING_CALLS
    assert not READING_CALLS & CHANGING_CALLS


def test_calls_are_recorded_with_their_arguments_by_name(engine: InMemoryEngine) -> None:
    client = engine.client()
    client.create_container('busybox', 'true', name='web')
    client.containers(all=True)

    assert [(method, arguments) for method, arguments, _ in engine.calls] == [
        ('create_container', {'image': 'busybox', 'command': 'true', 'name': 'web'}),
        ('containers', {'all': True}),
    ]


def test_changes_are_told_with_names_instead_of_ids(engine: InMemoryEngine) -> None:
    client = engine.client()
    network = client.create_network('back')['Id']
    container = client.create_container('busybox', name='web')['Id']
    client.connect_container_to_network(container, network)
    client.start({'Id': container})
    client.exec_start(client.exec_create(container, 'ls')['Id'])
    client.inspect_container(container)
    client.rename(container, 'old')
    client.create_volume('data')
    engine.registry('docker.io').publish('site:1')
    client.pull('site', tag='1')
    client.remove_container(container, force=True)

    assert engine.changes == [
        'create_network back',
        'create_container web',
        'connect_container_to_network back web',
        'start web',
        'exec_create web',
        'exec_start web',
        'rename web old',
        'create_volume data',
        'pull site:1',
        'remove_container old',
    ]


def test_a_client_that_only_reads_changes_nothing(engine: InMemoryEngine) -> None:
    engine.add_container('web')
    client = engine.client(read_only=True)

    assert len(client.containers(all=True)) == 1
    with pytest.raises(OnlyReads, match='start'):
        client.start('web')
    assert not engine.is_running('web')
    assert issubclass(OnlyReads, AssertionError)


@pytest.mark.parametrize(
    ('kind', 'done'),
    [
        ('lost-before', False),
        ('lost-after', True),
        ('timeout-before', False),
        ('timeout-after', True),
        ('refused', False),
        ('refused-after', True),
        ('killed-before', False),
        ('killed-after', True),
    ],
)
def test_a_fault_happens_before_or_after_the_engine_acts(engine: InMemoryEngine, kind: Any, done: bool) -> None:
    engine.add_container('web')
    engine.faults.add('start', kind=kind, status=503, text='try later')

    with pytest.raises(BaseException) as caught:  # noqa: PT011
        engine.client().start('web')

    assert engine.is_running('web') is done
    if kind.startswith('lost'):
        assert is_unreachable(caught.value)
    elif kind.startswith('timeout'):
        assert is_timeout(caught.value)
    elif kind.startswith('killed'):
        assert isinstance(caught.value, Killed)
        assert not isinstance(caught.value, Exception)
    else:
        assert isinstance(caught.value, APIError)
        assert (caught.value.status_code, caught.value.explanation) == (503, 'try later')


def test_a_fault_happens_to_the_call_of_its_number(engine: InMemoryEngine) -> None:
    for name in ('web', 'db', 'app'):
        engine.add_container(name)
    fault = engine.faults.add('start', number=2)
    client = engine.client()

    client.start('web')
    with pytest.raises(requests.exceptions.ConnectionError):
        client.start('db')
    client.start('app')

    assert fault.happened == 1
    assert [engine.is_running(name) for name in ('web', 'db', 'app')] == [True, False, True]


def test_without_method_changing_calls_are_counted(engine: InMemoryEngine) -> None:
    engine.faults.add(number=2)
    client = engine.client()

    client.create_volume('one')
    client.volumes()
    with pytest.raises(requests.exceptions.ConnectionError):
        client.create_network('two')


def test_faults_can_go_on(engine: InMemoryEngine) -> None:
    engine.faults.add('*', number=2, repeats=True, kind='refused', status=404, text='gone')
    client = engine.client()

    assert client.ping()
    for _ in range(2):
        with pytest.raises(NotFound, match='gone'):
            client.ping()
    engine.faults.clear()
    assert client.ping()


def test_kinds_of_faults_are_checked(engine: InMemoryEngine) -> None:
    with pytest.raises(ValueError, match='lost-before'):
        engine.faults.add('start', kind='nope')  # type: ignore[arg-type]


def test_an_engine_can_be_unreachable(engine: InMemoryEngine) -> None:
    engine.unreachable = True

    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        engine.client().containers()

    assert is_unreachable(caught.value)


def test_values_that_other_engines_report_are_merged_into_answers(engine: InMemoryEngine) -> None:
    container = engine.add_container('web', labels={'made-by': 'hand'}, running=True)
    engine.report('inspect_container', {'Config': {'Labels': None}, 'Mounts': [{'Destination': '/odd'}]})
    engine.report('inspect_container', {'State': {'Paused': True}})

    found = engine.client().inspect_container('web')

    assert found['Config']['Labels'] is None
    assert found['Config']['Image'] == 'busybox:latest'
    assert found['Mounts'] == [{'Destination': '/odd'}]
    assert (found['State']['Paused'], found['State']['Pid']) == (True, container.pid)


def test_what_others_report_changes_nothing_in_the_engine(engine: InMemoryEngine) -> None:
    mounts: list[dict[str, str]] = []
    engine.add_container('web', labels={'made-by': 'hand'}, running=True)
    before = engine.state()
    engine.report('inspect_container', {'State': {'Running': False}, 'Mounts': mounts})

    engine.client().inspect_container('web')['Mounts'].append({'Destination': '/odd'})

    assert engine.is_running('web')
    assert engine.state() == before
    assert mounts == []


def test_reports_can_be_about_one_item(engine: InMemoryEngine) -> None:
    container = engine.add_container('web')
    engine.add_container('db')
    engine.report('inspect_container', {'Driver': 'odd'}, name='web')

    found = [engine.client().inspect_container(name)['Driver'] for name in (container.id, 'db')]

    assert found == ['odd', 'overlay2']


def test_a_function_makes_any_answer_from_the_usual_one(engine: InMemoryEngine) -> None:
    engine.add_network('back')
    engine.report('networks', lambda rows: [{'Id': row['Id'], 'Name': row['Name']} for row in rows])
    engine.report('networks', lambda rows: rows[-1:])

    assert engine.client().networks() == [{'Id': engine.network('back').id, 'Name': 'back'}]


@pytest.mark.parametrize('method', ['start', 'inspect_contaner'])
def test_only_answers_of_what_reads_are_reported(engine: InMemoryEngine, method: str) -> None:
    with pytest.raises(ValueError, match=f"'{method}' is no method that only reads; .*inspect_container"):
        engine.report(method, {})


def test_values_cannot_be_merged_into_lists(engine: InMemoryEngine) -> None:
    engine.report('networks', {'Driver': 'odd'})

    with pytest.raises(TypeError, match=r'networks returns a list, .*function'):
        engine.client().networks()


def test_a_copy_reports_the_same(engine: InMemoryEngine) -> None:
    engine.report('info', {'SwapLimit': False})
    copied = engine.copy()
    copied.report('info', {'CPUShares': False})

    assert copied.client().info()['SwapLimit'] is False
    assert engine.client().info()['CPUShares'] is True


def test_time_passes_only_where_somebody_waits(engine: InMemoryEngine) -> None:
    engine.add_container('web', command='sleep 100', running=True)
    begin = engine.clock.now()

    engine.client().containers()
    assert engine.clock.now() == begin
    engine.client().stop('web', timeout=7)
    assert engine.clock.now() == begin + 7


def test_waiting_takes_as_long_as_the_process(engine: InMemoryEngine) -> None:
    engine.add_container('web', command='sleep 30', running=True)
    begin = engine.clock.now()

    engine.client().wait('web')

    assert engine.clock.now() == begin + 30


def test_processes_end_while_the_clock_is_advanced(engine: InMemoryEngine) -> None:
    engine.add_container('web', command='sleep 30', running=True)

    engine.clock.advance(29)
    assert engine.is_running('web')
    engine.clock.advance(1)
    assert not engine.is_running('web')


def test_a_slow_call_takes_time(engine: InMemoryEngine) -> None:
    engine.add_container('web')
    engine.slow('start', 5)
    begin = engine.clock.now()

    engine.client().start('web')

    assert engine.clock.now() == begin + 5


def test_a_call_that_is_slower_than_the_client_waits_is_a_timeout_and_done(engine: InMemoryEngine) -> None:
    engine.add_container('web')
    engine.slow('start', 100)

    with pytest.raises(requests.exceptions.Timeout):
        engine.client(timeout=60).start('web')

    assert engine.is_running('web')


def test_waiting_for_ever_is_noticed(engine: InMemoryEngine) -> None:
    engine.add_container('web', running=True)

    with pytest.raises(NothingHappens):
        engine.client().wait('web')


def side_by_side(engine: InMemoryEngine, *calls: Callable[[], object]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    with engine.clock.expecting(len(threads)):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_slow_calls_of_several_threads_take_as_long_as_the_slowest(engine: InMemoryEngine) -> None:
    client = engine.client()
    for number in range(8):
        engine.add_container(f'c{number}', command='sleep 100', running=True)
    begin = engine.clock.now()

    side_by_side(engine, *[lambda number=number: client.stop(f'c{number}', timeout=number) for number in range(8)])

    assert engine.clock.now() == begin + 7
    assert not any(container.running for container in engine.containers)


def test_a_waiting_call_does_not_keep_others_out(engine: InMemoryEngine) -> None:
    client = engine.client()
    engine.add_container('web', running=True)
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.append(client.wait('web')))
    waiting.start()
    time.sleep(0.05)

    client.kill('web')
    waiting.join(10)

    assert found == [{'Error': None, 'StatusCode': 137}]


def test_the_order_of_ends_is_that_of_their_times(engine: InMemoryEngine) -> None:
    ended: list[str] = []

    def sleeping(name: str, seconds: float) -> None:
        engine.clock.sleep(seconds)
        ended.append(name)

    side_by_side(engine, lambda: sleeping('third', 3), lambda: sleeping('first', 1), lambda: sleeping('second', 2))

    assert ended == ['first', 'second', 'third']


def test_many_threads_leave_a_consistent_engine(engine: InMemoryEngine) -> None:
    client = engine.client()

    def work(number: int) -> None:
        for part in range(20):
            name = f'c{number}-{part}'
            client.create_container('busybox', name=name)
            client.start(name)
            client.stop(name)
            client.remove_container(name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(engine.containers) == 0
    assert len(engine.changes) == 6 * 20 * 4


def test_a_copy_goes_its_own_way(engine: InMemoryEngine) -> None:
    engine.add_network('back')
    engine.add_container('web', command='sleep 30', running=True, host_config={'Binds': ['data:/srv']})
    engine.faults.add('start')
    other = engine.copy()
    assert other.state() == engine.state()

    other.client().remove_container('web', force=True)
    other.client().remove_volume('data')
    engine.clock.advance(31)

    assert (engine.names(), other.names()) == (['web'], [])
    assert engine.container('web').exit_code == 0
    assert (engine.changes, other.changes) == ([], ['remove_container web', 'remove_volume data'])
    assert list(other.faults) == []


def test_processes_of_a_copy_end_too(engine: InMemoryEngine) -> None:
    engine.add_container('web', command='sleep 30', running=True)
    other = engine.copy()

    other.clock.advance(31)

    assert (engine.is_running('web'), other.is_running('web')) == (True, False)


def test_states_are_compared_without_ids_and_times(engine: InMemoryEngine) -> None:
    def build(seed: str, wait: float) -> InMemoryEngine:
        built = InMemoryEngine('busybox:latest', seed=seed)
        built.add_network('back')
        built.clock.advance(wait)
        client = built.client()
        client.create_container('busybox', name='db')
        client.create_container(
            'busybox',
            name='web',
            volumes=['/data'],
            host_config=client.create_host_config(network_mode='container:db', binds=['conf:/etc/conf']),
        )
        client.connect_container_to_network('db', 'back', aliases=['store'])
        client.start('db')
        return built

    assert build('a', 0).state() == build('b', 60).state()


@pytest.mark.parametrize(
    'change',
    [
        lambda client: client.stop('web'),
        lambda client: client.rename('web', 'old'),
        lambda client: client.create_volume('new'),
        lambda client: client.create_network('back'),
        lambda client: client.connect_container_to_network('web', 'back', aliases=['x']),
        lambda client: client.update_container('web', restart_policy={'Name': 'always'}),
        lambda client: client.remove_container('web', force=True),
    ],
)
def test_states_show_differences(engine: InMemoryEngine, change: Callable[[InMemoryClient], object]) -> None:
    engine.add_network('back')
    engine.add_container('web', running=True)
    before = engine.state()

    change(engine.client())

    assert engine.state() != before


def test_inspections_do_not_lead_into_the_engine(engine: InMemoryEngine) -> None:
    engine.add_network('back')
    engine.add_container('web', labels={'a': 'b'}, running=True)
    engine.add_volume('data', labels={'a': 'b'})
    before = engine.state()
    client = engine.client()

    def spoil(value: Any) -> None:
        for member in (
            list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else ()
        ):
            spoil(member)
        if isinstance(value, (dict, list)):
            value.clear()

    for answer in (
        client.inspect_container('web'),
        client.containers(),
        client.inspect_network('back'),
        client.networks(),
        client.inspect_volume('data'),
        client.volumes(),
        client.images(),
        client.inspect_image('busybox'),
    ):
        spoil(answer)

    assert engine.state() == before


def test_builders_arrange_what_a_test_needs(engine: InMemoryEngine) -> None:
    engine.add_image(
        'site:1',
        files={'/data': File(owner=5, mode=0o700), '/data/x': 'text'},
        volumes=['/data'],
        env={'A': '1'},
        process=Process(signals={'TERM': 0}),
    )
    engine.add_volume('conf', files={'/site.conf': 'listen 80'})
    container = engine.add_container('web', 'site:1', running=True, host_config={'Binds': ['conf:/conf']})

    assert container.running
    assert {mount.destination: mount.volume.files.as_data() for mount in container.mounts if mount.volume} == {
        '/conf': {'/': (0, 0, '755', None), '/site.conf': (0, 0, '644', 'listen 80')},
        '/data': {'/': (5, 0, '700', None), '/x': (0, 0, '644', 'text')},
    }
    engine.client().stop('web')
    assert engine.container('web').exit_code == 0


def test_processes_end_at_the_signal_unless_scripted(engine: InMemoryEngine) -> None:
    engine.add_container('web', running=True)
    engine.add_container('deaf', running=True, process=Process(signals={'TERM': None}))
    engine.add_container('slow', running=True, process=Process(ending=4))
    begin = engine.clock.now()
    client = engine.client()

    client.stop('web')
    assert (engine.container('web').exit_code, engine.clock.now() - begin) == (143, 0)
    client.stop('slow', timeout=10)
    assert (engine.container('slow').exit_code, engine.clock.now() - begin) == (143, 4)
    client.stop('deaf', timeout=10)
    assert (engine.container('deaf').exit_code, engine.clock.now() - begin) == (137, 14)


def test_processes_are_scripted_by_image_and_command(engine: InMemoryEngine) -> None:
    engine.script(Process(seconds=2, exit_code=9, output='migrating\n'), image='site:1', command='migrate')
    engine.script(Process(seconds=0, exit_code=5), command=lambda command: 'fail' in command, in_exec=True)
    engine.add_container('job', 'site:1', command='migrate --all', running=True)
    engine.add_container('web', 'site:1', command='serve', running=True)
    client = engine.client()

    assert client.wait('job')['StatusCode'] == 9
    assert client.logs('job') == b'migrating\n'
    assert engine.is_running('web')
    command = client.exec_create('web', ['make', 'fail'])['Id']
    client.exec_start(command)
    assert client.exec_inspect(command)['ExitCode'] == 5


def test_a_start_can_be_refused_by_a_script(engine: InMemoryEngine) -> None:
    engine.add_container('web', process=Process(refused='no space left on device'))

    with pytest.raises(APIError, match='no space left on device'):
        engine.client().start('web')

    assert engine.container('web').status == 'created'


def test_a_process_can_be_ended_from_outside(engine: InMemoryEngine) -> None:
    engine.add_container('web', running=True, host_config={'RestartPolicy': {'Name': 'always'}})

    engine.end('web', exit_code=3)
    assert engine.container('web').status == 'restarting'
    engine.clock.advance(1)

    assert engine.container('web').status == 'running'
    assert engine.container('web').restart_count == 1


def test_delays_of_restarts_double(engine: InMemoryEngine) -> None:
    engine.add_container('web', command='false', running=True, host_config={'RestartPolicy': {'Name': 'always'}})

    counts = []
    for _ in range(5):
        counts.append(engine.container('web').restart_count)
        engine.clock.advance(1)

    assert counts == [1, 4, 5, 5, 6]


def test_health_is_set_from_outside(engine: InMemoryEngine) -> None:
    engine.add_container('web', running=True, healthcheck={'Test': ['CMD', 'true']})

    engine.set_health('web', 'unhealthy')

    assert engine.client().inspect_container('web')['State']['Health']['Status'] == 'unhealthy'


def test_names_of_networks_are_unique_for_newer_clients() -> None:
    engine = InMemoryEngine(api_version='1.44')
    engine.add_network('back')

    with pytest.raises(APIError, match='network with name back already exists'):
        engine.client().create_network('back')
    assert engine.client(api_version='1.41').create_network('back')['Warning']


def test_newer_clients_create_containers_in_several_networks() -> None:
    engine = InMemoryEngine('busybox:latest', api_version='1.44')
    client = engine.client()
    for name in ('back', 'front'):
        client.create_network(name)
    endpoints = {name: client.create_endpoint_config() for name in ('back', 'front')}
    client.create_container('busybox', name='web', networking_config=client.create_networking_config(endpoints))

    client.start('web')

    assert list(client.inspect_container('web')['NetworkSettings']['Networks']) == ['back', 'front']


def test_a_registry_can_be_away_and_come_back(engine: InMemoryEngine) -> None:
    registry = engine.registry('registry.example')
    registry.publish('registry.example/site:1')
    registry.is_away = True
    client = engine.client()

    with pytest.raises(APIError, match='connection refused'):
        client.pull('registry.example/site:1')
    registry.is_away = False
    client.pull('registry.example/site:1')

    assert client.inspect_image('registry.example/site:1')


def test_what_the_public_registry_does_not_have_is_denied(engine: InMemoryEngine) -> None:
    with pytest.raises(NotFound, match='pull access denied for nothing, repository does not exist'):
        engine.client().pull('nothing')


@pytest.mark.parametrize('address', [None, 'docker.io', 'index.docker.io', 'https://index.docker.io/v1/'])
def test_the_public_registry_has_several_names_at_logins(engine: InMemoryEngine, address: str | None) -> None:
    engine.registry('docker.io', users={'shop': 'secret'}).publish('site:1')
    client = engine.client()

    client.login('shop', 'secret', registry=address)
    client.pull('site:1')

    assert client.inspect_image('site:1')


def test_timestamps_of_what_is_created_differ(engine: InMemoryEngine) -> None:
    client = engine.client()
    ids = [client.create_container('busybox', name=f'c{number}')['Id'] for number in range(20)]
    times = [client.inspect_container(container)['Created'] for container in ids]

    assert times == sorted(set(times))


def test_thousands_of_containers_are_quick(engine: InMemoryEngine) -> None:
    def seconds(number: int) -> float:
        filled = InMemoryEngine('busybox:latest')
        client = filled.client()
        begin = time.process_time()
        for index in range(number):
            client.create_container('busybox', name=f'c{index:05}')
            client.start(f'c{index:05}')
        client.containers()
        return time.process_time() - begin

    seconds(100)
    # Collecting what other tests have left, and a busy machine, only add to it.
    assert min(seconds(2000) for _ in range(3)) < 8 * seconds(500) + 0.2

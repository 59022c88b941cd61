"""Calls of the front end that do things side by side, on the clock of the engine in memory."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import docker
import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.functional import SimpleLazyObject
from dockermap.map.action.simple import StartupActionGenerator
from dockermap.map.policy.base import BasePolicy
from dockermap.map.runner.base import DockerClientRunner
from dockermap.map.state.base import DependencyStateGenerator
from dockermap.testing import InMemoryEngine
from tests.unit.execute.timed import TimedClient, front_end, shop


@pytest.fixture
def engine() -> InMemoryEngine:
    return InMemoryEngine('app:latest')


def test_independent_containers_take_the_time_of_one(engine: InMemoryEngine) -> None:
    client = TimedClient(engine)
    begin = engine.clock.now()
    with engine.clock.expecting(4):
        front_end(shop('a', 'b', 'c', 'd'), client).startup('__all__')
    assert engine.clock.now() - begin == pytest.approx(20, abs=1)
    assert client.most == 4


def test_one_at_a_time_takes_the_time_of_all(engine: InMemoryEngine) -> None:
    client = TimedClient(engine)
    begin = engine.clock.now()
    front_end(shop('a', 'b', 'c', 'd'), client).startup('__all__', max_parallel=1)
    assert engine.clock.now() - begin == pytest.approx(80, abs=1)
    assert client.most == 1


def test_a_container_starts_when_the_one_that_it_needs_has_started(engine: InMemoryEngine) -> None:
    client = TimedClient(engine)
    with engine.clock.expecting(2):
        front_end(shop('web', 'db', 'other', links={'web': 'db'}), client).startup('__all__')
    assert client.span('create_container', 'shop.web').begin >= client.span('start', 'shop.db').end
    assert client.span('create_container', 'shop.other').begin < client.span('create_container', 'shop.db').end


def test_a_container_is_stopped_when_the_one_that_needs_it_has_gone(engine: InMemoryEngine) -> None:
    content = shop('web', 'db', 'other', links={'web': 'db'})
    front_end(content, engine.client()).startup('__all__')
    client = TimedClient(engine)
    with engine.clock.expecting(2):
        front_end(content, client).shutdown('__all__')
    assert client.span('stop', 'shop.db').begin >= client.span('remove_container', 'shop.web').end
    assert client.span('stop', 'shop.other').begin < client.span('stop', 'shop.web').end


def two_engines() -> tuple[dict[str, TimedClient], dict[str, ClientConfiguration]]:
    """Two clients, and their configurations."""
    clients = {name: TimedClient(InMemoryEngine('app:latest')) for name in ('here', 'there')}
    return clients, {name: ClientConfiguration(client=client, version='1.41') for name, client in clients.items()}


def test_all_clients_work_at_once() -> None:
    clients, configurations = two_engines()
    together = threading.Barrier(2)
    for client in clients.values():

        def start(container: str, start: Callable[..., Any] = client._client.start, **kwargs: Any) -> Any:
            together.wait(10)
            return start(container, **kwargs)

        client._client.start = start  # type: ignore[method-assign]
    content = shop('a', clients=['here', 'there'])
    MappingDockerClient(ContainerMap('shop', content), clients=configurations).startup('a', max_parallel=2)
    assert [client.engine.is_running('shop.a') for client in clients.values()] == [True, True]


def test_one_at_a_time_is_the_order_of_the_plan_over_all_clients() -> None:
    _, configurations = two_engines()
    content = shop(*'abc', clients=['here', 'there'])
    client = MappingDockerClient(ContainerMap('shop', content), clients=configurations)
    plan = client.plan('startup', '__all__', max_parallel=1)
    events: list[Any] = []
    client.startup('__all__', max_parallel=1, listener=events.append)
    done = [(event.client_name, event.config_id, event.call) for event in events if event.kind == 'finished']
    assert done == [(found.client_name, found.config_id, found.call) for found in plan.operations]


def test_the_limit_is_for_each_client() -> None:
    clients = {name: TimedClient(InMemoryEngine('app:latest')) for name in ('here', 'there')}
    content = shop(*'abcdef', clients=['here', 'there'])
    configurations = {
        name: ClientConfiguration(client=client, version='1.41', max_parallel=limit)
        for limit, (name, client) in enumerate(clients.items(), 1)
    }
    MappingDockerClient(ContainerMap('shop', content), clients=configurations).startup('__all__')
    assert clients['here'].most == 1
    assert clients['there'].most == 2


# Defaults


class OwnPolicy(BasePolicy):
    pass


class OwnRunner(DockerClientRunner):
    pass


class OwnDecisions(StartupActionGenerator):
    pass


class OwnStates(DependencyStateGenerator):
    pass


class WithPolicy(MappingDockerClient):
    policy_class = OwnPolicy


class WithRunner(MappingDockerClient):
    runner_class = OwnRunner


class WithDecisions(MappingDockerClient):
    generators: ClassVar = {
        **MappingDockerClient.generators, 'startup': (DependencyStateGenerator, OwnDecisions),
    }  # fmt: skip


class WithStates(MappingDockerClient):
    generators: ClassVar = {**MappingDockerClient.generators, 'startup': (OwnStates, StartupActionGenerator)}


OWN = [WithPolicy, WithRunner, WithDecisions, WithStates]


@pytest.mark.parametrize('front_class', OWN)
def test_with_classes_of_others_one_thing_is_done_at_a_time(
    engine: InMemoryEngine, front_class: type[MappingDockerClient]
) -> None:
    client = TimedClient(engine)
    front_end(shop(*'abcd'), client, front_class).startup('__all__')
    assert client.most == 1


@pytest.mark.parametrize('front_class', OWN)
def test_it_is_done_side_by_side_if_that_is_said(
    engine: InMemoryEngine, front_class: type[MappingDockerClient]
) -> None:
    client = TimedClient(engine)
    with engine.clock.expecting(3):
        front_end(shop(*'abcd'), client, front_class).startup('__all__', max_parallel=3)
    assert client.most == 3


def test_it_can_be_said_for_all_calls(engine: InMemoryEngine) -> None:
    client = TimedClient(engine)
    with engine.clock.expecting(2):
        front_end(shop(*'abcd'), client, max_parallel=2).startup('__all__')
    assert client.most == 2


def test_subclasses_of_the_front_end_with_our_classes_are_no_reason(engine: InMemoryEngine) -> None:
    client = TimedClient(engine)
    with engine.clock.expecting(4):
        front_end(shop(*'abcd'), client, type('Own', (MappingDockerClient,), {})).startup('__all__')
    assert client.most == 4


def test_clients_of_the_sdk_do_four_things_at_a_time() -> None:
    class OwnClient(docker.APIClient):
        pass

    for client_class in (docker.APIClient, OwnClient):
        client = client_class(base_url='tcp://127.0.0.1:1', version='1.41')
        assert ClientConfiguration(client=client).get_max_parallel() == 4
        client.close()


def test_clients_of_others_do_one_thing_at_a_time(engine: InMemoryEngine) -> None:
    assert ClientConfiguration(client=engine.client()).get_max_parallel() == 1


def test_what_is_configured_goes_before_the_class() -> None:
    class OwnClient(docker.APIClient):
        max_parallel = 7

    client = OwnClient(base_url='tcp://127.0.0.1:1', version='1.41')
    assert ClientConfiguration(client=client).get_max_parallel() == 7
    assert ClientConfiguration(client=client, max_parallel=2).get_max_parallel() == 2
    client.close()


@pytest.mark.parametrize('value', [0, -1, 1.5, 'two', True])
def test_limits_are_numbers_above_zero(engine: InMemoryEngine, value: Any) -> None:
    with pytest.raises(ValueError, match='max_parallel'):
        front_end(shop('a'), engine.client()).startup('a', max_parallel=value)
    assert engine.changes == []


def test_there_are_two_ways_to_go_on_after_errors(engine: InMemoryEngine) -> None:
    with pytest.raises(ValueError, match='on_error'):
        front_end(shop('a'), engine.client()).startup('a', on_error='ignore')
    assert engine.changes == []


# What others bring is called by one thread at a time


class Alone:
    """Notes whether two threads are in it at the same time."""

    def __init__(self) -> None:
        self.visits = 0
        self.met = False
        self.threads: set[int] = set()
        self._inside = 0

    def __call__(self, *_: Any) -> None:
        self.visits += 1
        self.threads.add(threading.get_ident())
        self._inside += 1
        time.sleep(0.005)
        self.met = self.met or self._inside > 1
        self._inside -= 1


def test_the_listener_is_called_by_one_thread_at_a_time(engine: InMemoryEngine) -> None:
    listener = Alone()
    front_end(shop(*'abcdef'), TimedClient(engine)).startup('__all__', max_parallel=4, listener=listener)
    assert listener.visits > 24
    assert len(listener.threads) > 1
    assert not listener.met


@pytest.mark.parametrize('method', ['create_container', 'start_container', 'exec_container_commands'])
def test_own_methods_are_called_by_one_thread_at_a_time(engine: InMemoryEngine, method: str) -> None:
    visit = Alone()

    def own(self: Any, *args: Any, **kwargs: Any) -> Any:
        visit()
        return getattr(DockerClientRunner, method)(self, *args, **kwargs)

    runner = type('Runner', (DockerClientRunner,), {method: own})
    front_class = type('Front', (MappingDockerClient,), {'runner_class': runner})
    front_end(shop(*'abcdef'), TimedClient(engine), front_class).startup('__all__', max_parallel=4)
    assert visit.visits == 6
    assert not visit.met


def test_own_builders_are_called_by_one_thread_at_a_time(engine: InMemoryEngine) -> None:
    visit = Alone()

    class Runner(DockerClientRunner):
        def get_container_create_kwargs(self, *args: Any, **kwargs: Any) -> Any:
            visit()
            return super().get_container_create_kwargs(*args, **kwargs)

    front_class = type('Front', (MappingDockerClient,), {'runner_class': Runner})
    front_end(shop(*'abcdef'), TimedClient(engine), front_class).startup('__all__', max_parallel=4)
    assert visit.visits >= 6
    assert not visit.met


def test_late_values_are_asked_for_by_one_thread_at_a_time(engine: InMemoryEngine) -> None:
    visit = Alone()

    def command() -> str:
        visit()
        return 'true'

    def environment() -> str:
        visit()
        return 'x'

    content = shop(*'abcd')
    for config in content['containers'].values():
        config['create_options'] = {**config['create_options'], 'environment': {'A': SimpleLazyObject(environment)}}
        config['exec_commands'] = [{'cmd': SimpleLazyObject(command), 'user': 'root'}]
    front_end(content, TimedClient(engine)).startup('__all__', max_parallel=4)
    assert visit.visits >= 8
    assert not visit.met


# What is told


def test_each_operation_that_is_carried_out_gives_one_finished(engine: InMemoryEngine) -> None:
    events: list[Any] = []
    content = shop(*'abcdef', links={'a': 'b', 'c': 'd', 'd': 'e'})
    client = front_end(content, TimedClient(engine))
    plan = client.plan('startup', '__all__')
    client.startup('__all__', max_parallel=4, listener=events.append)

    def told(kind: str) -> Counter[Any]:
        return Counter((event.client_name, event.config_id, event.call) for event in events if event.kind == kind)

    planned = Counter((found.client_name, found.config_id, found.call) for found in plan.operations)
    assert told('planned') == told('started') == told('finished') == planned
    assert not told('failed')


def test_a_listener_that_raises_is_logged_once_and_dropped(
    engine: InMemoryEngine, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[Any] = []

    def listener(event: Any) -> None:
        calls.append(event)
        raise RuntimeError('broken listener')

    with caplog.at_level(logging.WARNING):
        front_end(shop(*'abcd'), TimedClient(engine)).startup('__all__', max_parallel=4, listener=listener)
    assert len(calls) == 1
    assert sum('listener failed' in record.getMessage() for record in caplog.records) == 1
    assert all(engine.is_running(f'shop.{name}') for name in 'abcd')


def outputs(results: Any) -> list[tuple[Any, ...]]:
    return [(output.client_name, output.config_id, output.action_type) for output in results]


def test_results_come_in_the_order_of_the_plan(engine: InMemoryEngine) -> None:
    content = shop(*'abcd')
    serial = front_end(content, engine.copy().client()).startup('__all__')
    seconds: dict[str, float] = {f'create_container shop.{name}': 40 - 10 * place for place, name in enumerate('abcd')}
    client = TimedClient(engine, seconds)
    with engine.clock.expecting(4):
        results = front_end(content, client).startup('__all__')
    created = [span.subject for span in client.spans if span.method == 'create_container']
    assert created == ['shop.d', 'shop.c', 'shop.b', 'shop.a']
    assert outputs(results) == outputs(serial)


# Failures


@pytest.fixture
def fail(engine: InMemoryEngine) -> Callable[..., TimedClient]:
    """A client on which the start of some containers fails, after seconds that their name says."""

    def make(*names: str, seconds: dict[str, float] | None = None) -> TimedClient:
        client = TimedClient(engine, seconds or {'*': 1})
        original = client._client.start

        def start(container: str, **kwargs: Any) -> Any:
            if engine.container(container).name.removeprefix('shop.') in names:
                raise docker.errors.APIError(f'no start of {container}')
            return original(container, **kwargs)

        client._client.start = start  # type: ignore[method-assign]
        return client

    return make


def failure(client: TimedClient, content: dict[str, Any], **options: Any) -> ActionRunnerException:
    with pytest.raises(ActionRunnerException) as caught:
        front_end(content, client).startup('__all__', **options)
    return caught.value


def named(entries: Any) -> list[str]:
    return [entry.config_id.config_name for entry in entries]


def test_the_first_failure_is_the_one_that_is_raised(engine: InMemoryEngine, fail: Any) -> None:
    client = fail('a', 'c', seconds={'start shop.a': 30, 'start shop.c': 10})
    with engine.clock.expecting(3):
        error = failure(client, shop('a', 'b', 'c'), on_error='continue')
    assert error.config_id.config_name == 'c'
    assert named(error.failures) == ['c', 'a']


def test_continuing_does_all_that_does_not_need_what_failed(engine: InMemoryEngine, fail: Any) -> None:
    content = shop('a', 'b', 'c', 'd', links={'b': 'a', 'd': 'c'})
    error = failure(fail('a'), content, on_error='continue', max_parallel=2)
    assert [engine.is_running(f'shop.{name}') for name in 'cd'] == [True, True]
    assert set(named(entry.operation for entry in error.skipped)) == {'b'}
    assert {entry.reason for entry in error.skipped} == {'needs start for container shop.a, which failed'}
    assert engine.containers.find('shop.b') is None


def test_stopping_begins_nothing_else(engine: InMemoryEngine, fail: Any) -> None:
    error = failure(fail('a'), shop(*'abcdef'), max_parallel=1)
    assert engine.names() == ['shop.a']
    assert set(named(entry.operation for entry in error.skipped)) == set('bcdef')
    assert {entry.reason for entry in error.skipped} == {'nothing else was begun after the failure'}


def test_stopping_finishes_what_was_begun(engine: InMemoryEngine, fail: Any) -> None:
    client = fail('a', seconds={'*': 10, 'start shop.b': 60, 'create_container shop.c': 60})
    with engine.clock.expecting(3):
        error = failure(client, shop(*'abcdef'), max_parallel=3)
    assert engine.is_running('shop.b')
    assert engine.is_running('shop.c')
    assert set(named(entry.operation for entry in error.skipped)) == set('def')


def test_what_is_skipped_is_told_to_the_listener(engine: InMemoryEngine, fail: Any) -> None:
    events: list[Any] = []
    error = failure(fail('a'), shop('a', 'b', links={'b': 'a'}), listener=events.append)
    told = [(event.config_id, event.call, event.detail) for event in events if event.kind == 'skipped']
    assert told == [(entry.operation.config_id, entry.operation.call, entry.reason) for entry in error.skipped]
    assert told


def test_completed_names_what_was_done_by_all_threads(engine: InMemoryEngine, fail: Any) -> None:
    error = failure(fail('b'), shop(*'abc'), on_error='continue', max_parallel=3)
    done = [(output.config_id.config_name, output.action_type.value) for output in error.completed]
    assert ('b', 'create') in done
    assert ('b', 'start') not in done
    assert {('a', 'start'), ('c', 'start')} <= set(done)
    assert [name for name, _ in done] == sorted(name for name, _ in done)


def test_a_client_that_is_lost_leaves_the_others_alone() -> None:
    engines = {name: InMemoryEngine('app:latest') for name in ('here', 'there')}
    engines['here'].faults.add('start', kind='lost-before')
    content = shop(*'abc', clients=['here', 'there'])
    configurations = {
        name: ClientConfiguration(client=engine.client(), version='1.41') for name, engine in engines.items()
    }
    client = MappingDockerClient(ContainerMap('shop', content), clients=configurations)
    with pytest.raises(ActionRunnerException) as caught:
        client.startup('__all__', max_parallel=2)
    assert all(engines['there'].is_running(f'shop.{name}') for name in 'abc')
    assert caught.value.client_name == 'here'
    skipped = caught.value.skipped
    assert skipped
    assert {entry.operation.client_name for entry in skipped} == {'here'}
    assert all('could not be reached' in entry.reason for entry in skipped)


POOL = {'Subnet': '10.9.0.0/24', 'Gateway': '10.9.0.1'}


@pytest.mark.parametrize('max_parallel', [1, 4])
def test_completed_never_names_what_was_put_back(engine: InMemoryEngine, max_parallel: int) -> None:
    def content(mtu: int) -> dict[str, Any]:
        network = {'driver_options': {'mtu': mtu}, 'create_options': {'ipam': {'Config': [POOL]}}}
        return {**shop('a', 'b', networks='back'), 'networks': {'back': network}}

    front_end(content(1400), engine.client()).startup('__all__')
    engine.calls.clear()
    engine.faults.add('create_network', kind='refused')
    events: list[Any] = []
    with pytest.raises(ActionRunnerException) as caught:
        front_end(content(1300), engine.client()).update(
            '__all__', max_parallel=max_parallel, on_error='continue', listener=events.append
        )
    completed = [
        (str(output.config_id.config_type.value), output.action_type.value) for output in caught.value.completed
    ]
    assert [operation.call for operation in caught.value.undone][:1] == ['create_network']
    assert not [entry for entry in completed if entry[0] == 'network']
    assert len([event for event in events if event.kind == 'undone']) == len(caught.value.undone)
    assert engine.network('shop.back').options == {'mtu': '1400'}

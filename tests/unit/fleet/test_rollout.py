"""A configuration that is brought up on some clients first, and only then on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.exceptions import InputError, PartialResultsError
from dockermap.map.config._rollout import Rollout
from dockermap.map.runner.base import DockerClientRunner
from dockermap.testing import InMemoryEngine, Process

CLIENTS = ['one', 'two', 'three']
FAILING = Process(seconds=0.1, exit_code=3)
CHECK = {'healthcheck': {'test': ['true'], 'interval': '1s'}}

Fleet = Callable[..., MappingDockerClient]


class Journal:
    """What several engines were asked to change, in the order in which it was done."""

    def __init__(self, names: Iterable[str]) -> None:
        self.engines = {name: InMemoryEngine('app:latest', 'db:latest', 'busybox:latest') for name in names}
        self.events: list[tuple[str, str]] = []

    def listen(self, event: Any) -> None:
        if event.kind == 'finished' and event.call in ('create_container', 'start', 'wait', 'remove_container'):
            self.events.append((event.client_name, event.call))

    def clients_in_order(self) -> list[str]:
        return list(dict.fromkeys(client_name for client_name, _ in self.events))

    def place(self, client_name: str, call: str) -> int:
        return self.events.index((client_name, call))

    def stages(self) -> dict[str, str | None]:
        """The environment of the container, by client; nothing where it does not run."""
        return {name: self._stage(engine) for name, engine in self.engines.items()}

    def _stage(self, engine: InMemoryEngine) -> str | None:
        if not engine.is_running('shop.web'):
            return None
        found: list[str] = engine.client().inspect_container('shop.web')['Config']['Env']
        return next(line.removeprefix('STAGE=') for line in found if line.startswith('STAGE='))


@pytest.fixture
def journal() -> Journal:
    return Journal(CLIENTS)


@pytest.fixture
def fleet(journal: Journal) -> Fleet:
    def make(stage: str = 'a', more: dict[str, Any] | None = None, **of_map: Any) -> MappingDockerClient:
        web = {'image': 'app', 'create_options': {'environment': {'STAGE': stage}}, 'stop_timeout': 1, **(more or {})}
        container_map = ContainerMap('shop', {'clients': CLIENTS, 'web': web, **of_map})
        clients = {
            name: ClientConfiguration(client=engine.client(), version='1.41')
            for name, engine in journal.engines.items()
        }
        return MappingDockerClient(container_map, clients=clients)

    return make


@pytest.mark.parametrize(
    ('value', 'waves'),
    [
        (None, [['one', 'two', 'three']]),
        ('parallel', [['one', 'two', 'three']]),
        ({'order': 'parallel'}, [['one', 'two', 'three']]),
        ({'first': 1}, [['one'], ['two', 'three']]),
        ({'first': 2, 'order': 'parallel'}, [['one', 'two'], ['three']]),
        ('one-by-one', [['one'], ['two'], ['three']]),
        ({'order': 'one-by-one'}, [['one'], ['two'], ['three']]),
        ({'order': 'one-by-one', 'first': 2}, [['one', 'two'], ['three']]),
        ({'first': 3}, [['one', 'two', 'three']]),
        ({'first': 9}, [['one', 'two', 'three']]),
    ],
)
def test_clients_come_in_groups(value: Any, waves: list[list[str]]) -> None:
    assert Rollout.of(value).waves(CLIENTS) == waves


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        ('one-by', "Expected 'one-by-one' or 'parallel', or a mapping with 'order' and 'first', found 'one-by'"),
        ({'first': 0}, 'first: Expected a number of clients, 1 or more, found 0'),
        ({'frist': 1}, "Unknown field 'frist', expected 'one-by-one' or 'parallel', or a mapping"),
        ({'order': 'serial'}, "order: Expected 'one-by-one' or 'parallel', found 'serial'"),
        (3, "Expected 'one-by-one' or 'parallel'"),
    ],
)
def test_what_is_no_rollout_is_refused_before_anything_is_changed(
    fleet: Fleet, journal: Journal, value: Any, text: str
) -> None:
    with pytest.raises(ValueError, match='rollout') as caught:
        fleet().startup('web', rollout=value)
    assert text in str(caught.value)
    assert all(engine.changes == [] for engine in journal.engines.values())
    with pytest.raises(ValueError, match='rollout'):
        ContainerMap('shop', {'web': {'rollout': value}})


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_nothing_is_begun_on_other_clients_before_the_first_one_runs(
    fleet: Fleet, journal: Journal, action: str
) -> None:
    fleet().call(action, 'web', rollout={'first': 1}, listener=journal.listen)
    assert journal.clients_in_order()[0] == 'one'
    assert journal.place('one', 'wait') < min(journal.place(name, 'create_container') for name in ('two', 'three'))
    assert set(journal.stages().values()) == {'a'}


def test_one_client_comes_after_the_other(fleet: Fleet, journal: Journal) -> None:
    fleet().startup('web')
    fleet('b').update('web', rollout='one-by-one', listener=journal.listen)
    assert journal.clients_in_order() == CLIENTS
    for former, following in (('one', 'two'), ('two', 'three')):
        assert journal.place(former, 'remove_container') < journal.place(following, 'create_container')


@pytest.mark.parametrize(
    ('of_map', 'of_configuration', 'of_call', 'ordered'),
    [
        (None, None, None, False),
        ({'first': 1}, None, None, True),
        (None, {'first': 1}, None, True),
        ({'first': 1}, 'parallel', None, False),
        ({'first': 1}, {'first': 1}, 'parallel', False),
        (None, None, {'first': 1}, True),
    ],
)
def test_a_call_counts_more_than_a_configuration_and_that_more_than_the_map(
    fleet: Fleet, of_map: Any, of_configuration: Any, of_call: Any, ordered: bool
) -> None:
    client = fleet(more={'rollout': of_configuration}, rollout=of_map)
    plan = client.plan('startup', 'web', rollout=of_call)
    assert ('shop.web on client two, three comes after client one' in plan.notices) == ordered
    by_number = {operation.number: operation for operation in plan.operations}
    waits = {
        (by_number[number].client_name, operation.client_name)
        for operation in plan.operations
        for number in operation.needs
        if by_number[number].client_name != operation.client_name
    }
    assert waits == ({('one', 'two'), ('one', 'three')} if ordered else set())


@pytest.mark.parametrize('on_error', ['stop', 'continue'])
def test_a_failure_on_the_first_client_leaves_the_others_as_they_were(
    fleet: Fleet, journal: Journal, on_error: str
) -> None:
    fleet().startup('web')
    for engine in journal.engines.values():
        engine.calls.clear()
    journal.engines['one'].script(FAILING, container='shop.web')

    with pytest.raises(ActionRunnerException) as caught:
        fleet('b').update('web', rollout={'first': 1}, on_error=on_error)

    assert journal.stages() == {'one': 'a', 'two': 'a', 'three': 'a'}
    assert journal.engines['two'].changes == journal.engines['three'].changes == []
    assert 'By client: one: failed; two: 1 not attempted; three: 1 not attempted.' in str(caught.value)
    reasons = {entry.reason for entry in caught.value.skipped if entry.operation.client_name == 'two'}
    assert reasons == {'needs wait for container shop.web on client one, which failed'}

    journal.engines['one'].script(Process(), container='shop.web')
    fleet('c').update('web', rollout={'first': 1})
    assert journal.stages() == {'one': 'c', 'two': 'c', 'three': 'c'}


def test_a_container_that_never_becomes_healthy_ends_the_rollout(fleet: Fleet, journal: Journal) -> None:
    for engine in journal.engines.values():
        engine.script(Process(health=[(1, 'healthy')]), container='shop.web')
    fleet(more=CHECK).startup('web')
    journal.engines['one'].script(Process(health=[(1, 'unhealthy')]), container='shop.web')

    with pytest.raises(ActionRunnerException, match='unhealthy'):
        fleet('b', more=CHECK).update('web', rollout={'first': 1})

    assert journal.stages() == {'one': 'a', 'two': 'a', 'three': 'a'}


def test_a_first_client_on_which_nothing_is_to_be_done_is_looked_at_too(fleet: Fleet, journal: Journal) -> None:
    journal.engines['one'].script(Process(health=[(1, 'unhealthy')]), container='shop.web')
    client = fleet(more={**CHECK, 'clients': ['one']})
    client.startup('web')
    journal.engines['one'].clock.sleep(5)

    with pytest.raises(ActionRunnerException, match='unhealthy'):
        fleet(more=CHECK).startup('web', rollout={'first': 1})

    assert journal.stages() == {'one': 'a', 'two': None, 'three': None}


def test_nothing_is_waited_for_where_nothing_follows(fleet: Fleet) -> None:
    fleet().startup('web')
    plan = fleet().plan('update', 'web', rollout={'first': 1})
    assert (list(plan.operations), list(plan.notices)) == ([], [])


def test_containers_that_do_not_run_are_not_waited_for(fleet: Fleet, journal: Journal) -> None:
    persistent = {'persistent': True}
    fleet(more=persistent).startup('web')
    journal.engines['one'].client().stop('shop.web', timeout=0)
    fleet(more={**persistent, 'clients': ['one', 'two', 'three']}).call(
        'update', 'web', rollout={'first': 1}, force_update='web', update_persistent=True
    )
    assert journal.engines['two'].is_running('shop.web')


def test_what_is_only_created_waits_for_nobody(fleet: Fleet) -> None:
    plan = fleet().plan('create', 'web', rollout={'first': 1})
    assert {operation.call for operation in plan.operations} == {'create_container'}
    assert list(plan.notices) == []


@pytest.mark.parametrize('action', ['stop', 'shutdown'])
def test_what_ends_containers_does_it_on_all_clients_at_once(fleet: Fleet, action: str) -> None:
    fleet().startup('web')
    plan = fleet(rollout={'first': 1}).plan(action, 'web')
    assert list(plan.notices) == []


def test_restarts_come_one_after_the_other(fleet: Fleet, journal: Journal) -> None:
    client = fleet(more={'rollout': {'order': 'one-by-one'}})
    client.startup('web')
    journal.events.clear()
    client.restart('web', listener=journal.listen)
    assert journal.clients_in_order() == CLIENTS


def test_a_job_has_ended_on_the_first_client_before_it_begins_on_others(fleet: Fleet, journal: Journal) -> None:
    journal.engines['one'].script(FAILING, container='shop.web')
    with pytest.raises(ActionRunnerException, match='exit code 3'):
        fleet(more={'job': True}).startup('web', rollout={'first': 1})
    assert journal.engines['two'].changes == []


def test_all_instances_of_the_first_clients_come_before_those_of_others(fleet: Fleet) -> None:
    plan = fleet(more={'instances': ['blue', 'green']}).plan('startup', 'web', rollout={'first': 2})
    by_number = {operation.number: operation for operation in plan.operations}
    for operation in plan.operations:
        if operation.client_name == 'three' and operation.call == 'create_container':
            needed = {by_number[number].item for number in operation.needs}
            found = {(client_name, config_id.instance_name) for client_name, config_id in needed}
            assert found >= {('one', 'blue'), ('one', 'green'), ('two', 'blue'), ('two', 'green')}


def test_a_network_stays_as_it_is_until_the_first_client_works_with_the_new_one(fleet: Fleet, journal: Journal) -> None:
    fleet(more={'networks': 'back'}, networks={'back': {}}).startup('web')
    for engine in journal.engines.values():
        engine.calls.clear()
    journal.engines['one'].script(FAILING, container='shop.web')
    changed = {'back': {'driver_options': {'com.docker.network.driver.mtu': '1400'}}}

    with pytest.raises(ActionRunnerException):
        fleet('b', more={'networks': 'back'}, networks=changed).update('web', rollout={'first': 1})

    assert journal.engines['two'].changes == []


def test_a_client_that_cannot_be_reached_holds_up_those_that_come_after_it(fleet: Fleet, journal: Journal) -> None:
    fleet().startup('web')
    journal.engines['one'].unreachable = True

    with pytest.raises(PartialResultsError) as caught:
        fleet('b').update('web', rollout={'first': 1})

    assert {entry.reason for entry in caught.value.skipped} == {
        'comes after shop.web on client one, which could not be reached'
    }
    assert 'one: could not be reached; two: 1 not attempted; three: 1 not attempted' in str(caught.value)
    journal.engines['one'].unreachable = False
    assert journal.stages() == {'one': 'a', 'two': 'a', 'three': 'a'}


def test_a_client_that_comes_last_holds_up_nobody(fleet: Fleet, journal: Journal) -> None:
    fleet().startup('web')
    journal.engines['three'].unreachable = True
    with pytest.raises(PartialResultsError, match='three: could not be reached'):
        fleet('b').update('web', rollout={'first': 1})
    journal.engines['three'].unreachable = False
    assert journal.stages() == {'one': 'b', 'two': 'b', 'three': 'a'}


def test_a_client_that_is_lost_holds_up_those_that_come_after_it(fleet: Fleet, journal: Journal) -> None:
    fleet().startup('web')
    journal.engines['one'].faults.add('start', kind='lost-before', repeats=True)
    with pytest.raises(ActionRunnerException) as caught:
        fleet('b').update('web', rollout={'first': 1})
    assert {name: stage for name, stage in journal.stages().items() if name != 'one'} == {'two': 'a', 'three': 'a'}
    reasons = {entry.reason for entry in caught.value.skipped if entry.operation.client_name != 'one'}
    assert reasons == {'needs container shop.web on client one, which could not be reached any more'}
    journal.engines['one'].faults.clear()
    fleet('b').update('web', rollout={'first': 1})
    assert journal.stages() == {'one': 'b', 'two': 'b', 'three': 'b'}


def test_what_each_other_client_would_wait_for_is_refused() -> None:
    """``app`` comes first where ``db`` comes last, and is stopped before that is re-created."""
    engines = {name: InMemoryEngine('app:latest', 'db:latest', 'busybox:latest') for name in ('one', 'two')}

    def client(stage: str) -> MappingDockerClient:
        options = {'create_options': {'environment': {'STAGE': stage}}, 'rollout': 'one-by-one'}
        content = {
            'app': {'image': 'app', 'network_mode': 'db', 'clients': ['one', 'two'], **options},
            'db': {'image': 'db', 'clients': ['two', 'one'], **options},
        }
        clients = {n: ClientConfiguration(client=e.client(), version='1.41') for n, e in engines.items()}
        return MappingDockerClient(ContainerMap('shop', content), clients=clients)

    client('a').startup('app', rollout='parallel')
    for engine in engines.values():
        engine.calls.clear()

    with pytest.raises(
        InputError,
        match='would wait for each other',
    ):
        client('b').update('app')
    assert all(engine.changes == [] for engine in engines.values())


def test_a_runner_that_goes_its_own_way_is_refused(fleet: Fleet) -> None:
    class OwnRunner(DockerClientRunner):
        def run_actions(self, actions: Any) -> Any:
            return iter(())

    client = fleet()
    client.runner_class = OwnRunner  # type: ignore[misc]
    with pytest.raises(InputError, match='rollout: The runner for client two carries out actions in its own way'):
        client.startup('web', rollout={'first': 1})


def test_a_saved_plan_is_rolled_out_as_it_says(fleet: Fleet, journal: Journal) -> None:
    client = fleet()
    plan = client.plan('startup', 'web', rollout={'first': 1, 'order': 'parallel'})
    saved = type(plan).from_dict(plan.to_dict())
    client.apply(saved, listener=journal.listen)
    assert journal.place('one', 'wait') < journal.place('two', 'create_container')

"""The shop of the examples on a real swarm: it comes up, is changed, and survives changes that do not work."""

from __future__ import annotations

import contextlib
import copy
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from private_swarm import PrivateSwarm
from prober import Probe, probing

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.exceptions import ActionRunnerException
from dockermap.map.execute.events import ActionEvent
from dockermap.map.yaml import load_map_file

MAP = Path(__file__).parents[3] / 'examples' / 'shop-swarm.yaml'
SERVICES = ('shop-app', 'shop-db', 'shop-web')


@pytest.fixture(scope='module')
def shop(swarm: PrivateSwarm) -> Iterator[Shop]:
    found = Shop(swarm)
    found.client().update('__all__')
    yield found
    found.client().shutdown('__all__', remove_networks=True)
    with swarm.api() as api:
        assert api.services() == []
        assert [network['Name'] for network in api.networks() if network['Name'].startswith('shop-')] == []


class Shop:
    """The shop on the swarm."""

    def __init__(self, swarm: PrivateSwarm) -> None:
        self.swarm = swarm
        os.environ['SHOP_REGISTRY'] = swarm.registry
        self.settings: dict[str, Any] = {}
        """How the application is, where it is not as in the example."""
        self.url = f'http://{swarm.address(2)}:18080/cgi-bin/page'
        self._configuration = ClientConfiguration(
            base_url=[swarm.url(1)], orchestrator='swarm', endpoint_mode='dnsrr', wait_timeout=60
        )

    def client(self, **app: Any) -> MappingDockerClient:
        """A front end for the shop, with other settings of the application."""
        found = load_map_file(str(MAP))
        entries = found.as_dict(unset=False)
        settings = entries['containers']['app']
        for name, value in (*self.settings.items(), *app.items()):
            settings[name] = {**copy.deepcopy(settings.get(name) or {}), **value} if isinstance(value, dict) else value
        return MappingDockerClient(ContainerMap('shop', entries), self._configuration)

    def tasks(self, name: str) -> set[str]:
        """Ids of the tasks of a service that are to run."""
        with self.swarm.api() as api:
            found = api.tasks(filters={'service': name, 'desired-state': 'running'})
        return {task['ID'] for task in found}

    def slots(self, name: str) -> set[tuple[int, str]]:
        """Replicas of a service with the ids of their tasks, also former ones, of which a swarm keeps the last five."""
        with self.swarm.api() as api:
            return {(task['Slot'], task['ID']) for task in api.tasks(filters={'service': name})}

    def id(self, name: str) -> str:
        """Id of a service."""
        with self.swarm.api() as api:
            return str(api.inspect_service(name)['ID'])

    @contextlib.contextmanager
    def changing_requests(self) -> Iterator[list[str]]:
        """Paths of the requests that ask the manager to change something."""
        found: list[str] = []

        def note(response: Any, **kwargs: Any) -> None:
            if response.request.method != 'GET':
                path = urlsplit(response.request.url).path
                found.append(path[path.index('/', 2) :])

        hooks = self._configuration.get_client().hooks['response']
        hooks.append(note)
        yield found
        hooks.remove(note)

    @contextlib.contextmanager
    def prober(self, case: str, counts: Counter[str]) -> Iterator[Probe]:
        """Ask for the page in the meantime, and report how often, and how many failed."""
        with probing(self.url, lambda text: text == 'Corner Shop') as probe:
            yield probe
        assert len(probe.answers) > 10
        counts[f'swarm, {case}: requests'] += len(probe.answers)
        counts[f'swarm, {case}: failed requests'] += len(probe.failed)

    def version(self, name: str) -> int:
        """What each change of a service raises."""
        with self.swarm.api() as api:
            return int(api.inspect_service(name)['Version']['Index'])

    def page(self) -> str:
        """What the front end answers."""
        with urlopen(self.url, timeout=5) as answer:
            return str(answer.read().decode())


def test_the_page_is_served_and_a_second_update_sends_nothing(shop: Shop) -> None:
    versions = {name: shop.version(name) for name in SERVICES}
    assert shop.page() == 'Corner Shop'
    assert not shop.client().plan('update', '__all__').operations
    shop.client().update('__all__')
    assert {name: shop.version(name) for name in versions} == versions


def test_one_variable_that_changed_is_one_request_and_replaces_each_task_of_its_service_once(
    shop: Shop, counts: Counter[str]
) -> None:
    former, slots = {name: shop.tasks(name) for name in SERVICES}, shop.slots('shop-app')
    shop.settings = {'create_options': {'environment': {'SHOP_NAME': 'Other'}}}
    client = shop.client()
    with shop.changing_requests() as requests, shop.prober('one variable changed', counts) as probe:
        client.update('__all__')
    assert requests == [f'/services/{shop.id("shop-app")}/update']
    assert sorted(slot for slot, _ in shop.slots('shop-app') - slots) == sorted({slot for slot, _ in slots})
    assert not shop.tasks('shop-app') & former['shop-app']
    assert {name: shop.tasks(name) for name in ('shop-db', 'shop-web')} == {
        name: former[name] for name in ('shop-db', 'shop-web')
    }
    assert probe.failed == [], probe.summary()


@pytest.mark.parametrize(
    ('change', 'text'),
    [
        ({'create_options': {'command': ['false']}}, 'was not updated'),
        ({'healthcheck': {'test': 'false', 'interval': '1s', 'retries': 1}}, 'was not updated'),
    ],
    ids=['command', 'health check'],
)
def test_what_does_not_work_is_an_error_and_the_former_tasks_answer_without_a_failure(
    shop: Shop, change: dict[str, Any], text: str, counts: Counter[str], request: pytest.FixtureRequest
) -> None:
    former = shop.tasks('shop-app')
    with (
        shop.prober(f'broken {request.node.callspec.id}', counts) as probe,
        pytest.raises(ActionRunnerException) as error,
    ):
        shop.client(**change).update('app')
    assert text in str(error.value)
    assert probe.failed == [], probe.summary()
    assert shop.tasks('shop-app') == former
    assert not shop.client().plan('update', '__all__').operations


def test_an_image_that_goes_from_its_registry_meanwhile_is_an_error_and_the_former_tasks_answer(
    shop: Shop, counts: Counter[str]
) -> None:
    former = shop.tasks('shop-app')
    shop.swarm.push_image('app:9')
    client = shop.client(image='app:9')

    def forget(event: ActionEvent) -> None:
        if event.call == 'update_service':
            shop.swarm.forget_image('app:9')

    with (
        shop.prober('image gone', counts) as probe,
        pytest.raises(ActionRunnerException, match=r'was not updated: .*No such image'),
    ):
        client.update('app', listener=forget)
    assert probe.failed == [], probe.summary()
    assert shop.tasks('shop-app') == former
    assert not shop.client().plan('update', '__all__').operations


def test_an_image_that_is_not_there_is_refused_before_anything_is_changed(shop: Shop) -> None:
    former = shop.version('shop-app')
    with pytest.raises(Exception, match=r'missing:9 cannot be used on a swarm of 3 nodes'):
        shop.client(image='missing:9').update('app')
    assert shop.version('shop-app') == former


def test_a_drained_node_keeps_the_data_of_what_is_pinned_to_it(shop: Shop) -> None:
    swarm = shop.swarm
    with swarm.api() as api:
        container = next(row['Id'] for row in api.containers() if row['Image'].startswith(f'{swarm.registry}/db:1'))
        command = api.exec_create(container, ['sh', '-c', 'echo kept >/data/note; cat /run/secrets/password'])
        assert api.exec_start(command) == b'change-me'
        node = next(row for row in api.nodes() if row['Description']['Hostname'] == 'node1')
        try:
            _set_availability(api, node['ID'], 'drain')
            _await(lambda: _states(api, 'shop-db')[-1:] == ['pending'])
            _await(lambda: _states(api, 'shop-app') == ['running'] * 2)
        finally:
            _set_availability(api, node['ID'], 'active')
        _await(lambda: _states(api, 'shop-db') == ['running'])
        container = next(row['Id'] for row in api.containers() if row['Image'].startswith(f'{swarm.registry}/db:1'))
        _await(lambda: api.exec_start(api.exec_create(container, ['cat', '/data/note'])) == b'kept\n')


def _set_availability(api: Any, node_id: str, availability: str) -> None:
    node = api.inspect_node(node_id)
    api.update_node(node_id, node['Version']['Index'], {**node['Spec'], 'Availability': availability})


def _states(api: Any, name: str) -> list[str]:
    tasks = api.tasks(filters={'service': name, 'desired-state': 'running'})
    return [task['Status']['State'] for task in tasks]


def _await(holds: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.25)

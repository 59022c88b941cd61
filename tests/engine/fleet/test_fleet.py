"""The example fleet: two web hosts and a data host, each an engine of its own, in one plan."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.api import ActionRunnerException, ContainerMap, MappingDockerClient
from dockermap.exceptions import PartialResultsError
from dockermap.map.yaml import load_clients_file, load_map_file

ROOT = Path(__file__).parents[3]
Since = Callable[[docker.APIClient, str], datetime.datetime]
NAMES = ('data', 'web1', 'web2')


class Fleet:
    """Three hosts, and calls for them with the map as it is at the moment."""

    def __init__(self, urls: dict[str, str], options: dict[str, Any], base_image: str) -> None:
        self.urls = urls
        self._options = options
        self._base_image = base_image
        self._stack = contextlib.ExitStack()
        self.apis = {
            name: self._stack.enter_context(contextlib.closing(docker.APIClient(base_url=url, version='auto')))
            for name, url in urls.items()
        }

    def map(self, **of_shop: Any) -> ContainerMap:
        container_map = load_map_file(str(ROOT / 'examples' / 'fleet.yaml'), strict=True)
        for name in ('service', 'mail'):
            container_map.containers[name].image = self._base_image
        container_map.containers.shop.create_options.update(of_shop)
        return container_map

    def client(self, container_map: ContainerMap, **urls: str) -> MappingDockerClient:
        configurations = load_clients_file(str(ROOT / 'examples' / 'fleet-clients.yaml'))
        for name, url in {**self.urls, **urls}.items():
            configurations[name].base_url = url
        client = MappingDockerClient(container_map, clients=configurations, option_defaults=self._options)
        return self._stack.enter_context(client)

    def found(self, client_name: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.apis[client_name].inspect_container(f'fleet.{name}')
        return found

    def shops(self) -> dict[str, str]:
        return {name: self.found(name, 'shop')['Id'] for name in ('web1', 'web2')}

    def close(self) -> None:
        for api in self.apis.values():
            for row in api.containers(all=True, filters={'name': 'fleet.'}):
                api.remove_container(row['Id'], force=True)
        self._stack.close()


@pytest.fixture(scope='module')
def fleet(
    own_engines: Callable[[], str],
    engine_url: str,
    second_engine_url: str,
    option_defaults: dict[str, Any],
    base_image: str,
) -> Iterator[Fleet]:
    made = Fleet(
        dict(zip(NAMES, (own_engines(), engine_url, second_engine_url), strict=True)), option_defaults, base_image
    )
    yield made
    made.close()


def time_of(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text[:26].rstrip('Z') + '+00:00')


def test_the_fleet_comes_up_in_one_plan_and_each_host_waits_for_what_it_needs(
    fleet: Fleet, healthy_since: Since
) -> None:
    client = fleet.client(fleet.map())
    client.shutdown('__all__')
    plan = client.plan('update', '__all__')
    assert {item.client_name: True for item in plan.items} == dict.fromkeys(NAMES, True)
    assert 'fleet.shop on client web2 comes after client web1' in plan.text()

    client.apply(plan)

    ledger, first, second = fleet.found('data', 'ledger'), fleet.found('web1', 'shop'), fleet.found('web2', 'shop')
    assert [found['State']['Health']['Status'] for found in (ledger, first)] == ['healthy', 'healthy']
    assert healthy_since(fleet.apis['data'], ledger['Id']) <= time_of(first['State']['StartedAt'])
    assert healthy_since(fleet.apis['web1'], first['Id']) <= time_of(second['Created'])
    assert fleet.client(fleet.map()).plan('update', '__all__').text().endswith('Nothing to do.')


def test_a_form_that_does_not_work_on_the_first_host_never_reaches_the_second(
    fleet: Fleet, healthy_since: Since
) -> None:
    fleet.client(fleet.map()).update('__all__')
    before = fleet.shops()
    broken = fleet.map(command='sh -c "exit 3"')

    with pytest.raises(ActionRunnerException) as caught:
        fleet.client(broken).update('__all__', on_error='continue')

    assert fleet.shops() == before
    assert fleet.found('web1', 'shop')['State']['Running']
    assert 'web1: failed' in str(caught.value)
    assert 'web2: 1 not attempted' in str(caught.value)

    fleet.client(fleet.map(environment={'SHOP_NAME': 'Corner Shop and Sons'})).update('__all__')
    after = fleet.shops()
    assert all(after[name] != before[name] for name in before)
    first, second = fleet.found('web1', 'shop'), fleet.found('web2', 'shop')
    assert healthy_since(fleet.apis['web1'], first['Id']) <= time_of(second['Created'])


def test_what_needs_a_host_that_is_down_is_left_as_it_is(fleet: Fleet) -> None:
    fleet.client(fleet.map()).update('__all__')
    before = fleet.shops()
    fleet.apis['web2'].remove_container('fleet.mail', force=True)
    changed = fleet.map(environment={'SHOP_NAME': 'Shop of the day'})

    with pytest.raises(PartialResultsError) as caught:
        fleet.client(changed, data='unix:///run/nobody-listens-here.sock').update('__all__')

    assert fleet.shops() == before
    assert fleet.found('web2', 'mail')['State']['Running']
    text = str(caught.value)
    assert 'Items on client data were left out, as it could not be reached' in text
    assert 'By client: data: could not be reached; web1: 1 not attempted; web2: 1 done, 1 not attempted.' in text
    assert {entry.reason for entry in caught.value.skipped} == {
        'needs container fleet.ledger on client data, which could not be reached'
    }


def test_everything_goes_again_although_a_web_host_is_down(fleet: Fleet) -> None:
    fleet.client(fleet.map()).update('__all__')
    with pytest.raises(PartialResultsError, match='web1: could not be reached; web2: 2 done'):
        fleet.client(fleet.map(), web1='unix:///run/nobody-listens-here.sock').shutdown('__all__')
    assert fleet.apis['data'].containers(all=True, filters={'name': 'fleet.'}) == []
    fleet.client(fleet.map()).shutdown('__all__')
    assert all(api.containers(all=True, filters={'name': 'fleet.'}) == [] for api in fleet.apis.values())

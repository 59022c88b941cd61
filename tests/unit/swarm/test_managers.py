"""The address of a swarm may be a list of managers, of which the first one that answers is used."""

from __future__ import annotations

import pytest
import requests

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.exceptions import InputError
from dockermap.testing.swarm import SwarmClient

ADDRESSES = ['tcp://a:2376', 'tcp://b:2376', 'tcp://c:2376']


class Managers:
    """Engines by their addresses: those that are lost do not answer, workers manage nothing."""

    def __init__(self, swarm):
        self.swarm = swarm
        self.lost = set()
        self.workers = set()
        self.tried = []

    def connect(self, base_url, **kwargs):
        self.tried.append(base_url)
        if base_url in self.lost:
            raise requests.exceptions.ConnectionError(f'{base_url} refused the connection')
        return Manager(self, base_url)


class Manager(SwarmClient):
    def __init__(self, managers, address):
        super().__init__(managers.swarm)
        self.managers = managers
        self.address = address
        self.is_closed = False

    def info(self):
        if self.address in self.managers.lost:
            raise requests.exceptions.ConnectionError(f'{self.address} has gone')
        return super().info()

    @property
    def is_worker(self):
        return self.address in self.managers.workers

    @is_worker.setter
    def is_worker(self, value):
        assert not value

    def close(self):
        self.is_closed = True


@pytest.fixture
def managers(swarm):
    return Managers(swarm)


@pytest.fixture
def configuration(managers):
    class Configuration(ClientConfiguration):
        client_constructor = staticmethod(managers.connect)

    return Configuration(base_url=ADDRESSES, orchestrator='swarm', version='1.41')


def test_the_first_manager_is_used(managers, configuration):
    assert configuration.get_client().address == ADDRESSES[0]
    assert managers.tried == ADDRESSES[:1]


def test_one_that_does_not_answer_or_manages_nothing_is_passed_over(managers, configuration):
    managers.lost.add(ADDRESSES[0])
    managers.workers.add(ADDRESSES[1])
    assert configuration.get_client().address == ADDRESSES[2]


def test_the_next_call_finds_another_manager_when_the_present_one_is_lost(managers, configuration, swarm):
    client = MappingDockerClient(ContainerMap('shop', {'web': {'image': 'web:1'}}), configuration)
    client.update('web')
    former = configuration.get_client()
    managers.lost.add(ADDRESSES[0])
    assert client.status('web')[0].state == 'running'
    assert (configuration.get_client().address, former.is_closed) == (ADDRESSES[1], True)


def test_if_none_answers_the_failure_of_the_last_one_is_told(managers, configuration):
    managers.lost.update(ADDRESSES)
    with pytest.raises(requests.exceptions.ConnectionError, match='tcp://c:2376'):
        configuration.get_client()


def test_a_manager_that_becomes_a_worker_in_a_call_is_left_for_another_one(managers, configuration, swarm, monkeypatch):
    original = Manager.create_service

    def create_service(self, *args, **kwargs):
        managers.workers.add(ADDRESSES[0])
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Manager, 'create_service', create_service)
    client = MappingDockerClient(ContainerMap('shop', {'web': {'image': 'web:1'}}), configuration)
    client.update('web')
    assert (configuration.get_client().address, len(swarm.running('shop-web'))) == (ADDRESSES[1], 1)
    assert [call.method for call in swarm.calls] == ['create_service']


def test_a_manager_that_becomes_a_worker_and_is_the_only_one_is_an_error(managers, configuration, swarm):
    configuration.base_url = ADDRESSES[0]
    client = MappingDockerClient(ContainerMap('shop', {'web': {'image': 'web:1'}}), configuration)
    client.status('web')
    managers.workers.add(ADDRESSES[0])
    with pytest.raises(Exception, match='not a swarm manager'):
        client.update('web')
    assert swarm.calls == []


def test_a_worker_as_the_only_address_says_who_manages_the_swarm(managers, configuration):
    configuration.base_url = ADDRESSES[0]
    managers.workers.add(ADDRESSES[0])
    with pytest.raises(InputError, match=r'base_url: .*tcp://a:2376 manages no swarm; .* managers are 192\.0\.2\.1\.'):
        configuration.get_client()


def test_if_none_manages_a_swarm_that_is_told(managers, configuration):
    managers.workers.update(ADDRESSES)
    with pytest.raises(InputError, match='base_url: None of these is a manager'):
        configuration.get_client()

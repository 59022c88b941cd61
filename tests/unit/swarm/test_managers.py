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
        return {'Swarm': {'ControlAvailable': self.address not in self.managers.workers}}

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


def test_if_none_manages_a_swarm_that_is_told(managers, configuration):
    managers.workers.update(ADDRESSES)
    with pytest.raises(InputError, match='base_url: None of these is a manager'):
        configuration.get_client()

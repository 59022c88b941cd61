"""Secrets that an interrupted call has left on a swarm do not stay there for good."""

from __future__ import annotations

import pytest

from dockermap.testing import Killed
from dockermap.testing.swarm import SwarmClient


def shop(password, **settings):
    return {'web': {'image': 'web:1', 'secrets': {'password': password}, **settings}}


@pytest.fixture
def interrupted(swarm, make_client, monkeypatch):
    """A swarm whose service has a new password, and an old one that the call did not come to remove."""
    make_client(shop('old')).update('web')
    original = SwarmClient.update_service

    def update_service(self, *args, **kwargs):
        original(self, *args, **kwargs)
        raise Killed('after the update')

    monkeypatch.setattr(SwarmClient, 'update_service', update_service)
    with pytest.raises(Killed):
        make_client(shop('new')).update('web')
    monkeypatch.setattr(SwarmClient, 'update_service', original)
    assert passwords(swarm) == [b'new', b'old']
    return swarm


def passwords(swarm):
    return sorted(row['data'] for row in swarm.files['secrets'].values())


def test_the_next_change_of_the_service_removes_them(interrupted, make_client):
    make_client(shop('new', image='web:2')).update('web')
    assert passwords(interrupted) == [b'new']


def test_they_go_with_the_service(interrupted, make_client):
    make_client(shop('new')).shutdown('web')
    assert passwords(interrupted) == []


def test_they_go_with_the_last_of_several_services_that_have_the_file(interrupted, make_client):
    client = make_client({**shop('old'), 'other': {'image': 'web:1', 'secrets': {'password': 'new'}}})
    client.shutdown('__all__')
    assert passwords(interrupted) == []


def test_what_another_service_of_the_map_is_about_to_get_stays(interrupted, make_client):
    wanted = {**shop('new', image='web:2'), 'other': {'image': 'web:1', 'secrets': {'password': 'old'}}}
    make_client(wanted).update('__all__')
    assert passwords(interrupted) == [b'new', b'old']


def test_those_of_others_stay(interrupted, make_client):
    interrupted.client().create_secret('shop-password-0123456789ab', b'of somebody else')
    make_client(shop('new')).shutdown('web')
    assert passwords(interrupted) == [b'of somebody else']


def test_they_are_listed_once_for_all_services(swarm, make_client, monkeypatch):
    listed, original = [], SwarmClient.secrets

    def secrets(self, *args, **kwargs):
        listed.append(1)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(SwarmClient, 'secrets', secrets)
    service = {'image': 'web:1', 'secrets': {'password': 'new'}}
    assert make_client(dict.fromkeys(('one', 'two', 'three'), service)).plan('update', '__all__').operations
    assert len(listed) == 1

"""Whether an image is there is answered by the list, and where that does not tell, by an inspection."""

from __future__ import annotations

import pytest
import requests

from dockermap.exceptions import DockerMapError
from dockermap.map.policy.cache import CachedImages


@pytest.mark.parametrize(
    'name',
    ['box:1', 'library/box:1', 'docker.io/library/box:1', 'docker.io/box:1', 'index.docker.io/library/box:1'],
)
def test_an_image_is_not_pulled_under_any_of_its_names(any_engine, client_for, name):
    client_for(any_engine, {'web': {'image': name}}).update('web')
    assert any_engine.is_running('shop.web')
    assert not any('pull' in change for change in any_engine.changes)
    assert client_for(any_engine, {'web': {'image': name}}).update('web') == []


@pytest.mark.parametrize('name', ['localhost/own:1', 'registry.example/team/own:1', 'localhost:5000/own:1'])
def test_names_with_a_registry_are_found_as_they_are(any_engine, client_for, name):
    any_engine.add_image(name)
    client_for(any_engine, {'web': {'image': name}}).update('web')
    assert not any('pull' in change for change in any_engine.changes)


def test_an_image_of_another_registry_is_not_taken_for_it(any_engine):
    any_engine.add_image('localhost/own:1')
    assert CachedImages(any_engine.client()).find('own:1') is None


@pytest.mark.parametrize('digest', ['a', 'b'])
def test_each_digest_of_an_image_is_known(any_engine, client_for, digest):
    names = [f'box@sha256:{letter * 64}' for letter in 'ab']
    any_engine.add_image('other:1', *names)
    content = {'web': {'image': f'box@sha256:{digest * 64}'}}
    client_for(any_engine, content).update('web')
    assert not any('pull' in change for change in any_engine.changes)
    assert client_for(any_engine, content).update('web') == []


@pytest.mark.parametrize('length', [12, 20, 64])
@pytest.mark.parametrize('prefix', ['', 'sha256:'])
def test_an_image_is_known_by_its_id_or_the_beginning(any_engine, client_for, prefix, length):
    image_id = any_engine.image('box:1').id.removeprefix('sha256:')
    content = {'web': {'image': f'{prefix}{image_id[:length]}'}}
    client_for(any_engine, content).update('web')
    assert any_engine.is_running('shop.web')
    assert not any('pull' in change for change in any_engine.changes)
    assert client_for(any_engine, content).update('web') == []


def test_an_image_without_names_is_known_by_its_id(any_engine, client_for):
    image = any_engine.add_image('gone:1')
    any_engine.add_image('gone:1')
    assert image.tags == []
    client_for(any_engine, {'web': {'image': image.id[7:19]}}).update('web')
    assert any_engine.container('shop.web').image is image


def test_an_image_that_is_not_there_is_pulled_and_asked_for_once(any_engine, client_for):
    any_engine.registry('docker.io').publish('new:1')
    client_for(any_engine, {'web': {'image': 'new:1'}, 'api': {'image': 'new:1'}}).update(['web', 'api'])
    assert [change for change in any_engine.changes if 'pull' in change] == ['pull new:1']
    before = [call.method for call in any_engine.calls].index('pull')
    asked = [call.method for call in any_engine.calls[:before]]
    assert asked.count('inspect_image') == 1


def test_what_the_list_has_is_not_inspected(any_engine):
    images = CachedImages(any_engine.client())
    images.find('docker.io/library/box:1')
    assert [call.method for call in any_engine.calls] == ['images']


def test_an_image_that_came_is_found_after_it_was_missing(any_engine):
    images = CachedImages(any_engine.client())
    assert images.find('new:1') is None
    image = any_engine.add_image('new:1')
    images.refresh_repo('new')
    assert images.find('new:1') == image.id


def test_clients_that_do_not_inspect_images_go_by_the_list():
    class Client:
        def images(self, name=None):
            return [{'Id': 'sha256:' + 'a' * 64, 'RepoTags': ['docker.io/library/a:1']}]

    images = CachedImages(Client())
    assert images.find('a:1') == images.find('a' * 12) == 'sha256:' + 'a' * 64
    assert images.find('b:1') is None


def test_an_inspection_that_fails_is_no_missing_image(any_engine, client_for):
    any_engine.faults.add('inspect_image', kind='lost-before')
    with pytest.raises((DockerMapError, requests.ConnectionError)):
        client_for(any_engine, {'web': {'image': 'new:1'}}).update('web')
    assert any_engine.changes == []

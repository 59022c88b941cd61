"""Pulling from registries that do and do not ask for a login."""

from __future__ import annotations

import contextlib
from pathlib import Path

import docker
import pytest

from dockermap.exceptions import PartialResultsError
from dockermap.map.exceptions import ActionRunnerException


@pytest.fixture(autouse=True)
def no_stored_logins(monkeypatch, tmp_path: Path):
    """The SDK would use those of the user who runs the tests."""
    monkeypatch.setenv('DOCKER_CONFIG', str(tmp_path))


@pytest.fixture
def publish(engine_url, base_image, unique):
    """Pushes the base image to a registry under another name; the name does not remain on the engine."""
    pushed = []
    with contextlib.closing(docker.APIClient(base_url=engine_url, version='auto', timeout=60)) as client:

        def push(registry, tag='1', login=None):
            repository = f'{registry}/{unique}/app'
            client.tag(base_image, repository, tag)
            output = client.push(repository, tag, auth_config=login)
            assert 'error' not in output, output
            client.remove_image(f'{repository}:{tag}')
            pushed.append(repository)
            return f'{repository}:{tag}'

        yield push
        for image in client.images():
            for name in (*(image['RepoTags'] or ()), *(image['RepoDigests'] or ())):
                if any(name.startswith(repository) for repository in pushed):
                    with contextlib.suppress(docker.errors.NotFound):
                        client.remove_image(name)


def credentials(registry, **changes):
    return {'username': registry.username, 'password': registry.password, **changes}


def test_an_open_registry_with_a_port_needs_no_login(make_client, service, publish, open_registry, inspect):
    image = publish(open_registry)
    make_client({'web': {**service(), 'image': image}}).startup('web')
    assert inspect('web')['Config']['Image'] == image


def test_a_closed_registry_gets_the_clients_login(make_client, service, publish, auth_registry, inspect):
    login = credentials(auth_registry)
    image = publish(auth_registry.address, login=login)
    make_client({'web': {**service(), 'image': image}}, auth_configs={auth_registry.address: login}).startup('web')
    assert inspect('web')['State']['Running']


@pytest.mark.parametrize('changes', [{'password': 'wrong'}, {'username': 'nobody'}, None])
def test_a_closed_registry_refuses_others(make_client, service, publish, auth_registry, existing, changes):
    image = publish(auth_registry.address, login=credentials(auth_registry))
    auth_configs = {} if changes is None else {auth_registry.address: credentials(auth_registry, **changes)}
    client = make_client({'web': {**service(), 'image': image}}, auth_configs=auth_configs)
    with pytest.raises(ActionRunnerException):
        client.startup('web')
    assert existing() == []


def test_a_wrong_password_is_noticed_after_a_good_login(make_client, service, publish, auth_registry):
    login = credentials(auth_registry)
    image = publish(auth_registry.address, login=login)
    client = make_client({'web': {**service(), 'image': image}}, auth_configs={auth_registry.address: login})
    client.pull_images('web')
    client.clients['__default__'].auth_configs[auth_registry.address]['password'] = 'wrong'
    with pytest.raises(ActionRunnerException):
        client.pull_images('web')


def test_a_missing_image_is_an_error(make_client, service, open_registry, unique):
    client = make_client({'web': {**service(), 'image': f'{open_registry}/{unique}/nosuch:1'}})
    with pytest.raises((ActionRunnerException, PartialResultsError), match='nosuch'):
        client.startup('web')


def test_an_image_can_be_named_by_its_digest(make_client, service, publish, open_registry, api, inspect):
    image = publish(open_registry)
    api.pull(image)
    digest = api.inspect_image(image)['RepoDigests'][0]
    api.remove_image(image)
    client = make_client({'web': {**service(), 'image': digest}})
    client.startup('web')
    assert inspect('web')['Config']['Image'] == digest
    assert client.update('web') == []

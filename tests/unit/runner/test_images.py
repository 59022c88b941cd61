"""Pulling images, with and without login."""

from __future__ import annotations

import logging

import pytest

from dockermap import docker_api
from dockermap.exceptions import DockerStatusError

LOGIN = {'username': 'u', 'password': 'p'}


@pytest.fixture
def registries(engine):
    """Registries with some images, by address."""
    published = {
        'docker.io': ['web', 'team/web'],
        'reg.test': ['reg.test/web', 'reg.test/web:3', 'reg.test/team/web'],
        'reg:5000': ['reg:5000/web'],
        'localhost': ['localhost/web'],
    }
    found = {address: engine.registry(address) for address in published}
    for address, names in published.items():
        for name in names:
            found[address].publish(name)
    return found


@pytest.fixture
def pulled(make_setup, registries, client):
    """Pulls an image with some credentials."""

    def pull(image='web', tag='latest', auth_configs=None, runs=1, client=client, **kwargs):
        setup = pull.setup = make_setup({'web': None}, client, auth_configs=auth_configs)
        for _ in range(runs):
            result = setup.runner.pull(setup.acting('image', image, tag), f'{image}:{tag}', **kwargs)
        return result

    return pull


def test_an_image_is_pulled_and_known(pulled):
    assert 'Downloaded newer image for reg.test/web:3' in pulled('reg.test/web', '3', platform='linux')
    setup = pulled.setup
    assert setup.calls('pull') == [{'repository': 'reg.test/web', 'tag': '3', 'platform': 'linux'}]
    assert 'reg.test/web:3' in setup.policy.images['__default__']
    assert setup.calls('images')[-1] == {'name': 'reg.test/web'}


@pytest.mark.parametrize(
    ('image', 'key', 'registry'),
    [
        ('reg.test/web', 'reg.test', 'reg.test'),
        ('reg:5000/web', 'reg:5000', 'reg:5000'),
        ('localhost/web', 'localhost', 'localhost'),
        ('reg.test/team/web', 'reg.test', 'reg.test'),
        ('reg.test/team/web', 'reg.test/team', 'reg.test'),
        ('reg.test/web', 'https://reg.test/v2/', 'reg.test'),
        ('reg.test/web', 'http://reg.test', 'reg.test'),
        ('team/web', 'docker.io', 'docker.io'),
        ('web', 'https://index.docker.io/v1/', 'index.docker.io'),
    ],
)
def test_credentials_are_used_for_the_registry_of_the_image(pulled, registries, image, key, registry):
    for found in registries.values():
        found.users = {'u': 'p' if found.address == registry.removeprefix('index.') else 'other'}
    pulled(image, auth_configs={key: LOGIN})
    assert pulled.setup.calls('login') == [{'registry': registry, **LOGIN}]
    assert pulled.setup.steps == ['login', 'pull']


@pytest.mark.parametrize('image', ['reg.test/web', 'team/web', 'web', 'reg:5000/web'])
def test_without_credentials_images_are_pulled_anonymously(pulled, image):
    pulled(image, auth_configs={'other.test': LOGIN})
    assert pulled.setup.calls('login') == []


def test_the_longest_matching_credentials_count(pulled):
    pulled(
        'reg.test/team/web',
        auth_configs={'reg.test': {**LOGIN, 'username': 'all'}, 'reg.test/team': {**LOGIN, 'username': 'team'}},
    )
    assert [call['username'] for call in pulled.setup.calls('login')] == ['team']


def test_a_registry_is_logged_in_to_once(pulled):
    pulled('reg.test/web', auth_configs={'reg.test': LOGIN}, runs=2)
    assert len(pulled.setup.calls('login')) == 1


def test_logins_are_remembered_by_client(make_setup, registries):
    setup = make_setup({'web': None}, auth_configs={'reg.test': LOGIN})
    setup.policy.clients['other'] = setup.client_config
    for client_name in ('__default__', 'other', 'other'):
        setup.runner.pull(setup.acting('image', 'reg.test/web', '3', client_name=client_name), 'reg.test/web:3')
    assert len(setup.calls('login')) == 2


def test_a_login_can_be_asked_for(make_setup, registries):
    setup = make_setup({'web': None}, auth_configs={'reg.test': LOGIN})
    action = setup.acting('image', 'reg.test/web', '1')
    assert setup.runner.login(action, 'reg.test', email='e')
    assert setup.calls('login') == [{'registry': 'reg.test', **LOGIN, 'email': 'e'}]


def test_a_login_without_credentials_is_an_error(make_setup):
    setup = make_setup({'web': None})
    with pytest.raises(KeyError) as caught:
        setup.runner.login(setup.acting('image', 'reg.test/web', '1'), 'reg.test')
    assert caught.value.args[1] == 'reg.test'


@pytest.mark.parametrize('response', [False, None, {}])
def test_a_refused_login_is_an_error_and_nothing_is_pulled(pulled, client, response):
    client.login = lambda **kwargs: response
    with pytest.raises(DockerStatusError, match=r'reg\.test'):
        pulled('reg.test/web', auth_configs={'reg.test': LOGIN})
    assert pulled.setup.calls('pull') == []


def test_a_remembered_password_of_the_sdk_does_not_hide_a_wrong_one(pulled, client, registries):
    registries['reg.test'].users = {'u': 'former'}
    client.login('u', 'former', registry='reg.test')
    registries['reg.test'].users = {'u': 'p'}
    pulled('reg.test/web', auth_configs={'reg.test': LOGIN})
    assert [call.get('reauth') for call in pulled.setup.calls('login')] == [None, None, True]


@pytest.mark.parametrize(
    'response', [False, '{"status": "x"}\n{"errorDetail": {"message": "no"}, "error": "no"}', b'{"errorDetail": {}}']
)
def test_a_failed_transfer_is_an_error(pulled, client, response):
    client.pull = lambda **kwargs: response
    with pytest.raises(DockerStatusError, match='web:latest'):
        pulled()


@pytest.mark.parametrize('response', [True, None, '{"status": "done"}'])
def test_clients_tell_success_in_different_ways(pulled, client, response):
    client.pull = lambda **kwargs: response
    assert pulled() is response


@pytest.mark.parametrize(('takes_it', 'sent', 'warnings'), [(True, {'insecure_registry': True}, 0), (False, {}, 1)])
def test_insecure_registries_are_left_to_the_engine_if_the_sdk_cannot_say_it(
    pulled, old_client, monkeypatch, caplog, takes_it, sent, warnings
):
    monkeypatch.setattr(docker_api, 'INSECURE_REGISTRIES', takes_it)
    with caplog.at_level(logging.WARNING):
        pulled(client=old_client, insecure_registry=True)
    assert pulled.setup.calls('pull') == [{'repository': 'web', 'tag': 'latest', **sent}]
    assert len(caplog.records) == warnings

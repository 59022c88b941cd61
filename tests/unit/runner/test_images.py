"""Pulling images, with and without login."""
from __future__ import annotations

import logging

import pytest

from dockermap import docker_api
from dockermap.exceptions import DockerStatusError

LOGIN = {'username': 'u', 'password': 'p'}


@pytest.fixture
def pulled(make_setup):
    """Pulls an image with some credentials."""
    def pull(image='web', tag='latest', auth_configs=None, runs=1, **kwargs):
        setup = pull.setup = make_setup({'web': None}, auth_configs=auth_configs)
        for _ in range(runs):
            result = setup.runner.pull(setup.acting('image', image, tag), f'{image}:{tag}', **kwargs)
        return result

    return pull


def test_an_image_is_pulled_and_known(pulled):
    assert pulled('reg.test/web', '3', platform='linux') == 'pulled'
    setup = pulled.setup
    assert setup.calls('pull') == [{'repository': 'reg.test/web', 'tag': '3', 'platform': 'linux'}]
    assert 'reg.test/web:3' in setup.policy.images['__default__']
    assert [call['name'] for call in setup.calls('images')][-1] == 'reg.test/web'


@pytest.mark.parametrize(('image', 'key', 'registry'), [
    ('reg.test/web', 'reg.test', 'reg.test'),
    ('reg:5000/web', 'reg:5000', 'reg:5000'),
    ('localhost/web', 'localhost', 'localhost'),
    ('reg.test/team/web', 'reg.test', 'reg.test'),
    ('reg.test/team/web', 'reg.test/team', 'reg.test'),
    ('reg.test/web', 'https://reg.test/v2/', 'reg.test'),
    ('reg.test/web', 'http://reg.test', 'reg.test'),
    ('team/web', 'docker.io', 'docker.io'),
    ('web', 'https://index.docker.io/v1/', 'index.docker.io'),
])
def test_credentials_are_used_for_the_registry_of_the_image(pulled, image, key, registry):
    pulled(image, auth_configs={key: LOGIN})
    assert pulled.setup.calls('login') == [{'registry': registry, **LOGIN}]
    assert [name for name, _ in pulled.setup.engine.calls if name in ('login', 'pull')] == ['login', 'pull']


@pytest.mark.parametrize('image', ['reg.test/web', 'team/web', 'web', 'reg:5000/web'])
def test_without_credentials_images_are_pulled_anonymously(pulled, image):
    pulled(image, auth_configs={'other.test': LOGIN})
    assert pulled.setup.calls('login') == []


def test_the_longest_matching_credentials_count(pulled):
    pulled('reg.test/team/web', auth_configs={'reg.test': {'username': 'all'}, 'reg.test/team': {'username': 'team'}})
    assert [call['username'] for call in pulled.setup.calls('login')] == ['team']


def test_a_registry_is_logged_in_to_once(pulled):
    pulled('reg.test/web', auth_configs={'reg.test': LOGIN}, runs=2)
    assert len(pulled.setup.calls('login')) == 1


def test_logins_are_remembered_by_client(make_setup):
    setup = make_setup({'web': None}, auth_configs={'reg.test': LOGIN})
    setup.policy.clients['other'] = setup.client_config
    for client_name in ('__default__', 'other', 'other'):
        setup.runner.pull(setup.acting('image', 'reg.test/web', '1', client_name=client_name), 'reg.test/web:1')
    assert len(setup.calls('login')) == 2


def test_a_login_can_be_asked_for(make_setup):
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
def test_a_refused_login_is_an_error_and_nothing_is_pulled(pulled, engine_double, response):
    engine_double.login = lambda **kwargs: response
    with pytest.raises(DockerStatusError, match=r'reg\.test'):
        pulled('reg.test/web', auth_configs={'reg.test': LOGIN})
    assert pulled.setup.calls('pull') == []


def test_a_remembered_password_of_the_sdk_does_not_hide_a_wrong_one(pulled, engine_double):
    given = []

    def login(**kwargs):
        given.append(kwargs)
        return {'Status': 'ok'} if kwargs.get('reauth') else {'username': 'u', 'password': 'former'}

    engine_double.login = login
    pulled('reg.test/web', auth_configs={'reg.test': LOGIN})
    assert [kwargs.get('reauth') for kwargs in given] == [None, True]


@pytest.mark.parametrize('response', [
    False, '{"status": "x"}\n{"errorDetail": {"message": "no"}, "error": "no"}', b'{"errorDetail": {}}'])
def test_a_failed_transfer_is_an_error(pulled, engine_double, response):
    engine_double.pull = lambda **kwargs: response
    with pytest.raises(DockerStatusError, match='web:latest'):
        pulled()


@pytest.mark.parametrize('response', [True, None, '{"status": "done"}'])
def test_clients_tell_success_in_different_ways(pulled, engine_double, response):
    engine_double.pull = lambda **kwargs: response
    assert pulled() is response


@pytest.mark.parametrize(('takes_it', 'sent', 'warnings'), [(True, {'insecure_registry': True}, 0), (False, {}, 1)])
def test_insecure_registries_are_left_to_the_engine_if_the_sdk_cannot_say_it(pulled, monkeypatch, caplog, takes_it,
                                                                             sent, warnings):
    monkeypatch.setattr(docker_api, 'INSECURE_REGISTRIES', takes_it)
    with caplog.at_level(logging.WARNING):
        pulled(insecure_registry=True)
    assert pulled.setup.calls('pull') == [{'repository': 'web', 'tag': 'latest', **sent}]
    assert len(caplog.records) == warnings

"""Images by tag, digest and id, from registries with and without a login."""

from __future__ import annotations

import base64
import json

import pytest

from dockermap.api import ActionRunnerException
from dockermap.map.action import ImageAction


def login_of(registry, **changes):
    return {'username': registry.username, 'password': registry.password, **changes}


@pytest.fixture
def repository(open_registry, unique):
    return f'{open_registry}/{unique}/app'


@pytest.fixture
def closed_image(auth_registry, unique, publish):
    """An image that only those get who have a login."""
    repository = f'{auth_registry.address}/team/{unique}/app'
    publish(repository, '1', login=login_of(auth_registry))
    return f'{repository}:1'


@pytest.mark.parametrize('action', ['startup', 'update', 'create'])
def test_an_image_comes_from_a_registry_on_a_port_without_login(
    make_client, publish, repository, connection, api, unique, action
):
    publish(repository, '1')
    client = make_client(f'{repository}:1')
    client.call(action, 'web')
    assert api.inspect_container(f'{unique}.web')['Config']['Image'] == f'{repository}:1'
    client.call(action, 'web')
    assert (connection.pulls, connection.logins) == ([repository], [])


def test_an_image_without_tag_is_the_latest_and_only_that_is_pulled(
    make_client, publish, repository, api, running_image
):
    publish(repository, 'latest')
    publish(repository, 'other')
    make_client(repository).startup('web')
    assert running_image() in (repository, f'{repository}:latest')
    found = {tag for image in api.images(repository) for tag in image['RepoTags']}
    assert {tag for tag in found if tag.startswith(repository)} == {f'{repository}:latest'}


def test_a_registry_and_a_tag_can_be_the_maps(make_client, publish, open_registry, unique, running_image):
    publish(f'{open_registry}/{unique}/app', '7')
    make_client('app', repository=f'{open_registry}/{unique}', default_tag='7').startup('web')
    assert running_image() == f'{open_registry}/{unique}/app:7'


def test_an_image_is_pulled_again_on_request(make_client, publish, repository, connection):
    publish(repository, '1')
    client = make_client(f'{repository}:1')
    for _ in range(2):
        (output,) = client.pull_images('web')
        assert output.action_type == ImageAction.PULL
    assert connection.pulls == [repository, repository]


def test_a_missing_image_is_an_error_until_it_is_there(make_client, publish, repository, running_image):
    client = make_client(f'{repository}:1')
    with pytest.raises(ActionRunnerException, match=r'pull image (127\.0|localhost:).*(not found|unknown)') as caught:
        client.startup('web')
    assert (caught.value.action_type, caught.value.config_id.config_name) == (ImageAction.PULL, repository)
    publish(repository, '1')
    client.startup('web')
    assert running_image() == f'{repository}:1'


def test_an_image_can_be_named_by_digest(make_client, publish, repository, connection, running_image):
    image = f'{repository}@{publish(repository, "1")}'
    client = make_client(image, default_tag='nosuch')
    client.startup('web')
    assert running_image() == image
    assert client.update('web') == []
    assert connection.pulls == [repository]


def test_a_container_of_another_digest_is_replaced(
    make_client, publish, repository, api, unique, base_image, running_image
):
    first = f'{repository}@{publish(repository, "1")}'
    make_client(first).startup('web')
    made = api.create_container(base_image, 'touch /changed')['Id']
    api.start(made)
    api.wait(made)
    api.commit(made, repository, '2')
    api.remove_container(made)
    api.push(repository, '2')
    (second,) = [name for name in api.inspect_image(f'{repository}:2')['RepoDigests'] if name.startswith(repository)]
    make_client(second).update('web')
    assert running_image() == second != first
    assert make_client(second).update('web') == []


def test_a_digest_that_does_not_exist_is_an_error(make_client, publish, repository, running_image):
    publish(repository, '1')
    with pytest.raises(ActionRunnerException, match='sha256:0000'):
        make_client(f'{repository}@sha256:{"0" * 64}').startup('web')
    assert running_image() is None


@pytest.mark.parametrize('settings', [{}, {'repository': '127.0.0.1:1/nosuch', 'default_tag': '7'}])
def test_an_image_id_is_used_as_it_is_and_never_pulled(make_client, connection, api, base_image, unique, settings):
    image_id = api.inspect_image(base_image)['Id']
    client = make_client(image_id, **settings)
    client.startup('web')
    client.pull_images('web')
    assert api.inspect_container(f'{unique}.web')['Image'].removeprefix('sha256:') == image_id.removeprefix('sha256:')
    assert client.update('web') == []
    assert connection.pulls == []


def test_an_image_id_that_does_not_exist_is_an_error(make_client, connection, running_image):
    with pytest.raises(ActionRunnerException, match=r'(?i)no such image'):
        make_client(f'sha256:{"0" * 64}').startup('web')
    assert (running_image(), connection.pulls) == (None, [])


@pytest.mark.parametrize('key', ['{}', '{}/team', 'http://{}', 'https://{}/v1/', '{}/'])
def test_a_login_is_found_by_the_registry_or_by_a_longer_prefix(
    make_client, closed_image, auth_registry, connection, running_image, key
):
    auth_configs = {key.format(auth_registry.address): login_of(auth_registry)}
    make_client(closed_image, auth_configs).startup('web')
    assert running_image() == closed_image
    assert len(connection.logins) == 1


@pytest.mark.parametrize('good', ['prefix', 'registry'])
def test_the_login_with_the_longest_prefix_counts(make_client, closed_image, auth_registry, running_image, good):
    right, wrong = login_of(auth_registry), login_of(auth_registry, username='nobody', password='wrong')
    auth_configs = {
        auth_registry.address: right if good == 'registry' else wrong,
        f'{auth_registry.address}/team': right if good == 'prefix' else wrong,
    }
    client = make_client(closed_image, auth_configs)
    if good == 'prefix':
        client.startup('web')
        assert running_image() == closed_image
        return
    with pytest.raises(ActionRunnerException):
        client.startup('web')
    assert running_image() is None


@pytest.mark.parametrize('changes', [{'password': 'wrong'}, {'username': 'nobody'}, {'password': ''}])
def test_nothing_is_pulled_after_a_wrong_password(
    make_client, closed_image, auth_registry, connection, running_image, changes
):
    client = make_client(closed_image, {auth_registry.address: login_of(auth_registry, **changes)})
    with pytest.raises(ActionRunnerException, match=r'nauthorized|no basic auth|reading password') as caught:
        client.startup('web')
    assert caught.value.action_type == ImageAction.PULL
    assert (connection.pulls, running_image()) == ([], None)
    client.clients['__default__'].auth_configs = {auth_registry.address: login_of(auth_registry)}
    client.startup('web')
    assert running_image() == closed_image


def test_a_closed_registry_is_asked_anonymously_without_login(make_client, closed_image, connection, running_image):
    with pytest.raises(ActionRunnerException, match=r'no basic auth credentials|authentication required'):
        make_client(closed_image).startup('web')
    assert (len(connection.pulls), connection.logins, running_image()) == (1, [], None)


def test_logins_for_other_registries_are_not_sent(
    make_client, publish, repository, auth_registry, connection, running_image
):
    publish(repository, '1')
    make_client(f'{repository}:1', {auth_registry.address: login_of(auth_registry)}).startup('web')
    assert (running_image(), connection.logins) == (f'{repository}:1', [])


def test_one_login_is_enough_for_several_images_and_calls(
    make_client, publish, closed_image, auth_registry, connection
):
    other = closed_image.replace('/app:1', '/other')
    publish(other, '1', login=login_of(auth_registry))
    client = make_client(
        closed_image,
        {auth_registry.address: login_of(auth_registry)},
        other={'image': f'{other}:1', 'create_options': {'command': 'true'}},
    )
    client.create(['web', 'other'])
    client.pull_images(['web', 'other'])
    assert len(connection.pulls) == 4
    assert len(connection.logins) == 1


@pytest.fixture
def stored(stored_logins):
    """Stores a login as ``docker login`` does."""

    def write(registry, password):
        text = base64.b64encode(f'{registry.username}:{password}'.encode()).decode()
        stored_logins.write_text(json.dumps({'auths': {registry.address: {'auth': text}}}))

    return write


def test_logins_of_the_docker_command_are_used(auth_registry, stored, request, closed_image):
    stored(auth_registry, auth_registry.password)
    make_client, running_image = map(request.getfixturevalue, ('make_client', 'running_image'))
    make_client(closed_image).startup('web')
    assert running_image() == closed_image


def test_a_wrong_stored_login_is_an_error(auth_registry, stored, request, closed_image):
    stored(auth_registry, 'wrong')
    make_client, running_image = map(request.getfixturevalue, ('make_client', 'running_image'))
    with pytest.raises(ActionRunnerException, match=r'unauthorized|basic auth'):
        make_client(closed_image).startup('web')
    assert running_image() is None


def test_the_maps_login_counts_more_than_a_stored_one(auth_registry, stored, request, closed_image):
    stored(auth_registry, 'wrong')
    make_client, running_image = map(request.getfixturevalue, ('make_client', 'running_image'))
    make_client(closed_image, {auth_registry.address: login_of(auth_registry)}).startup('web')
    assert running_image() == closed_image


def test_a_wrong_login_of_the_client_is_an_error_in_spite_of_a_stored_one(auth_registry, stored, request, closed_image):
    stored(auth_registry, auth_registry.password)
    make_client, connection = map(request.getfixturevalue, ('make_client', 'connection'))
    client = make_client(closed_image, {auth_registry.address: login_of(auth_registry, password='wrong')})
    with pytest.raises(ActionRunnerException):
        client.startup('web')
    assert connection.pulls == []

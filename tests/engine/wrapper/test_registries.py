"""Logging in, pushing and pulling, with right and wrong credentials."""

from __future__ import annotations

import logging
from typing import Any

import docker
import pytest

from dockermap.exceptions import DockerStatusError


@pytest.fixture
def pushed(new_wrapper: Any, auth_registry: Any, registry_images: Any, base_image: str) -> str:
    """An image with two tags that only the registry with passwords has."""
    repository: str = registry_images(auth_registry.address)
    client = new_wrapper()
    assert client.login(auth_registry.username, auth_registry.password, registry=auth_registry.address)
    for tag in ('1', '2'):
        client.tag(base_image, repository, tag)
        assert client.push(f'{repository}:{tag}')
        client.remove_image(f'{repository}:{tag}')
    return repository


def names(client: Any, repository: str) -> set[str]:
    """Names in the repository; some engines list an image's other names, too."""
    found = {name for image in client.images(repository) for name in image['RepoTags']}
    return {name for name in found if name.startswith(f'{repository}:')}


def test_a_login_with_the_right_password_works(wrapper: Any, auth_registry: Any) -> None:
    assert wrapper.login(auth_registry.username, auth_registry.password, registry=auth_registry.address) is True


@pytest.mark.parametrize('reauth', [True, False])
@pytest.mark.parametrize('is_logged_in', [True, False])
def test_a_login_with_a_wrong_password_does_not(
    wrapper: Any, auth_registry: Any, reauth: bool, is_logged_in: bool
) -> None:
    if is_logged_in:
        wrapper.login(auth_registry.username, auth_registry.password, registry=auth_registry.address)
    assert wrapper.login(auth_registry.username, 'wrong', registry=auth_registry.address, reauth=reauth) is False
    assert [level for level, _ in wrapper.logged] == [logging.ERROR]


def test_an_unknown_user_cannot_log_in(wrapper: Any, auth_registry: Any) -> None:
    assert wrapper.login('nobody', auth_registry.password, registry=auth_registry.address) is False


def test_a_stored_login_needs_no_password(wrapper: Any, auth_registry: Any) -> None:
    wrapper.login(auth_registry.username, auth_registry.password, registry=auth_registry.address)
    assert wrapper.login(auth_registry.username, registry=auth_registry.address) is True


def test_anybody_can_log_in_to_an_open_registry(wrapper: Any, open_registry: str) -> None:
    assert wrapper.login('anybody', 'anything', registry=open_registry) is True


def test_a_registry_that_does_not_answer_is_an_exception(wrapper: Any) -> None:
    with pytest.raises(docker.errors.APIError):
        wrapper.login('u', 'p', registry='127.0.0.1:1')


def test_an_image_goes_to_a_registry_and_back(
    wrapper: Any, open_registry: str, registry_images: Any, base_image: str
) -> None:
    repository = registry_images(open_registry)
    wrapper.tag(base_image, repository, '1')
    assert wrapper.push(f'{repository}:1') is True
    wrapper.remove_image(f'{repository}:1')
    assert wrapper.pull(repository, '1') is True
    assert names(wrapper, repository) == {f'{repository}:1'}


def test_only_the_tag_is_pulled_unless_all_are_wanted(new_wrapper: Any, auth_registry: Any, pushed: str) -> None:
    client = new_wrapper()
    client.login(auth_registry.username, auth_registry.password, registry=auth_registry.address)
    assert client.pull(f'{pushed}:2') is True
    assert names(client, pushed) == {f'{pushed}:2'}
    assert client.pull(pushed, all_tags=True) is True
    assert names(client, pushed) == {f'{pushed}:1', f'{pushed}:2'}


def test_all_local_tags_are_pushed_without_a_tag(
    wrapper: Any, open_registry: str, registry_images: Any, base_image: str
) -> None:
    repository = registry_images(open_registry)
    for tag in ('1', '2'):
        wrapper.tag(base_image, repository, tag)
    assert wrapper.push(repository) is True
    for tag in ('1', '2'):
        wrapper.remove_image(f'{repository}:{tag}')
        assert wrapper.pull(repository, tag) is True


def test_credentials_can_be_given_with_the_call(new_wrapper: Any, auth_registry: Any, pushed: str) -> None:
    credentials = {'username': auth_registry.username, 'password': auth_registry.password}
    assert new_wrapper().pull(pushed, '1', auth_config=credentials) is True


def test_nothing_is_pulled_without_a_login(new_wrapper: Any, pushed: str) -> None:
    client = new_wrapper()
    with pytest.raises(docker.errors.APIError, match=r'no basic auth credentials|authentication required'):
        client.pull(pushed, '1')
    assert client.pull(pushed, '1', raise_on_error=False) is False
    assert names(client, pushed) == set()


def test_nothing_is_pulled_with_wrong_credentials(new_wrapper: Any, auth_registry: Any, pushed: str) -> None:
    client = new_wrapper()
    assert client.login(auth_registry.username, 'wrong', registry=auth_registry.address) is False
    assert client.pull(pushed, '1', raise_on_error=False) is False
    wrong = {'username': auth_registry.username, 'password': 'wrong'}
    assert client.pull(pushed, '1', auth_config=wrong, raise_on_error=False) is False


def test_nothing_is_pushed_without_a_login(
    new_wrapper: Any, auth_registry: Any, registry_images: Any, base_image: str
) -> None:
    client, repository = new_wrapper(), registry_images(auth_registry.address)
    client.tag(base_image, repository, '1')
    with pytest.raises(DockerStatusError, match=r'no basic auth credentials|authentication required') as caught:
        client.push(f'{repository}:1')
    assert client.push(f'{repository}:1', raise_on_error=False) is False
    assert client.logged[-1] == (logging.ERROR, caught.value.args[0])


def test_a_missing_image_is_an_exception_or_false(wrapper: Any, open_registry: str, registry_images: Any) -> None:
    repository = registry_images(open_registry)
    with pytest.raises(docker.errors.NotFound):
        wrapper.pull(repository, 'missing')
    assert wrapper.pull(repository, 'missing', raise_on_error=False) is False
    assert wrapper.push(f'{repository}:missing', raise_on_error=False) is False


def test_transfers_report_progress_that_makes_a_bar(
    wrapper: Any, api: Any, open_registry: str, registry_images: Any, context: Any, base_image: str
) -> None:
    repository = registry_images(open_registry)
    content = b'compressible' * 1_000_000
    wrapper.build(
        f'{repository}:1',
        fileobj=context(f'FROM {base_image}', 'COPY data /data', data=content),
        custom_context=True,
        rm=True,
    )
    wrapper.progress.clear()
    wrapper.push(f'{repository}:1')
    pushing = [progress for status, _, progress in wrapper.progress if status == 'Pushing']
    assert any(progress.current and progress.total and str(progress).startswith('[') for progress in pushing)
    last = {item: status for status, item, _ in wrapper.progress}
    layers = [item for item, status in last.items() if status.startswith(('Pushed', 'Layer already', 'Mounted from'))]
    assert len(layers) == len(api.inspect_image(f'{repository}:1')['RootFS']['Layers'])
    assert any('digest: sha256:' in text for _, text in wrapper.logged)


@pytest.mark.filterwarnings('ignore:insecure_registry')
def test_what_older_versions_passed_does_no_harm(
    wrapper: Any, open_registry: str, registry_images: Any, base_image: str
) -> None:
    repository = registry_images(open_registry)
    wrapper.tag(base_image, repository, '1')
    assert wrapper.push(f'{repository}:1', insecure_registry=True, stream=True, decode=True) is True
    assert wrapper.pull(repository, '1', stream=True, insecure_registry=True) is True
    assert wrapper.login('u', 'p', registry=open_registry, insecure_registry=True) is True

"""Cleaning up an engine; all of it happens on one that the tests started."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

from dockermap.exceptions import PartialResultsError

pytestmark = pytest.mark.private_engine

WAIT = ['sh', '-c', 'trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done']
STUBBORN = ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done']
REPOSITORY = '127.0.0.1:1/dockermap/cleanup'


@pytest.fixture
def engine(private_engine_url: str) -> Iterator[docker.APIClient]:
    """A plain client of the private engine, which has no containers, and only the images that the tests began with."""
    with contextlib.closing(docker.APIClient(base_url=private_engine_url, version='auto', timeout=60)) as api:
        remove_containers(api)
        before = {name for image in api.images() for name in names_of(image)}
        yield api
        remove_containers(api)
        # Some engines keep those that others are based on until they are told.
        for image in [*api.images(), *api.images(all=True)]:
            for name in names_of(image) - before:
                with contextlib.suppress(docker.errors.APIError):
                    api.remove_image(name, force=True)


def names_of(image: dict[str, Any]) -> set[str]:
    """Names in a list of images; the id of one without, for which engines have a name of their own, or none."""
    return {name for name in image['RepoTags'] or () if '<none>' not in name} or {image['Id']}


def await_output(api: docker.APIClient, container: str) -> None:
    """Wait until a container's own command runs: before, signals end what starts it."""
    deadline = time.monotonic() + 20
    while not api.logs(container) and time.monotonic() < deadline:
        time.sleep(0.05)


def remove_containers(api: docker.APIClient) -> None:
    for container in api.containers(all=True):
        with contextlib.suppress(docker.errors.NotFound):
            api.remove_container(container['Id'], force=True, v=True)


@pytest.fixture
def client(engine: docker.APIClient, private_engine_url: str, new_wrapper: Callable[..., Any]) -> Any:
    return new_wrapper(private_engine_url)


@pytest.fixture
def container(engine: docker.APIClient, base_image: str) -> Callable[..., str]:
    """Makes a container in a state, and tells its id."""

    def make(name: str, state: str = 'exited', command: Any = None, image: str = base_image, **options: Any) -> str:
        default = ['true'] if state == 'exited' else WAIT
        identifier: str = engine.create_container(image, command or default, name=name, **options)['Id']
        if state == 'created':
            return identifier
        engine.start(identifier)
        if state == 'exited':
            engine.wait(identifier)
        else:
            await_output(engine, identifier)
        if state == 'paused':
            engine.pause(identifier)
        return identifier

    return make


@pytest.fixture
def image(engine: docker.APIClient, base_image: str, context: Any) -> Callable[..., str]:
    """Makes an image of its own, and tells its id."""

    def make(tag: str | None = None, parent: str = base_image, repository: str = REPOSITORY) -> str:
        dockerfile = context(f'FROM {parent}', f'LABEL made={secrets.token_hex(4)}')
        output = list(
            engine.build(
                fileobj=dockerfile, custom_context=True, rm=True, decode=True, tag=tag and f'{repository}:{tag}'
            )
        )
        return str(next(message['aux']['ID'] for message in reversed(output) if 'aux' in message))

    return make


def container_names(engine: docker.APIClient) -> set[str]:
    return {container['Names'][0][1:] for container in engine.containers(all=True)}


def image_ids(engine: docker.APIClient) -> set[str]:
    return {image['Id'] for image in engine.images(all=True)}


# Containers


@pytest.mark.parametrize(
    ('options', 'removed'),
    [
        ({}, {'ended', 'other'}),
        ({'include_initial': True}, {'ended', 'other', 'new'}),
        ({'exclude': ['other']}, {'ended'}),
        ({'include_initial': True, 'exclude': ('new', 'ended')}, {'other'}),
    ],
)
def test_containers_that_ended_are_removed(
    client: Any, engine: Any, container: Any, options: Any, removed: set[str]
) -> None:
    states = {'ended': 'exited', 'other': 'exited', 'new': 'created', 'busy': 'running', 'still': 'paused'}
    ids = {name: container(name, state) for name, state in states.items()}
    listed = client.cleanup_containers(list_only=True, **options)
    assert set(listed) == {(ids[name], name) for name in removed}
    assert container_names(engine) == set(states)
    assert set(client.cleanup_containers(**options)) == removed
    assert container_names(engine) == set(states) - removed


def test_aliases_of_links_are_no_names(client: Any, engine: Any, container: Any, eventually: Any) -> None:
    container('target', 'running')
    link = engine.create_host_config(links=[('target', 'alias')])
    container('source', 'running', host_config=link)
    assert any('/source/alias' in entry['Names'] for entry in engine.containers())
    assert client.get_container_names() == {'source', 'target'}
    engine.kill('source')
    engine.kill('target')
    assert eventually(lambda: not engine.containers())
    assert set(client.cleanup_containers()) == {'source', 'target'}


@pytest.mark.parametrize('raise_on_error', [True, False])
def test_one_that_cannot_be_removed_keeps_the_others_from_it_only_if_asked_for(
    client: Any, engine: Any, container: Any, monkeypatch: pytest.MonkeyPatch, raise_on_error: bool
) -> None:
    container('first')
    container('second', command=['sh', '-c', 'test -e /again && sleep 60; touch /again'])
    container('third')
    listed = sorted(engine.containers(all=True), key=lambda found: found['Names'], reverse=True)
    # It is started again after the engine was asked.
    engine.start('second')
    monkeypatch.setattr(client, 'containers', lambda **options: listed)
    if raise_on_error:
        with pytest.raises(PartialResultsError, match='running') as caught:
            client.cleanup_containers(raise_on_error=True)
        assert caught.value.results == ['third']
        assert container_names(engine) == {'first', 'second'}
    else:
        assert client.cleanup_containers() == ['third', 'first']
        assert container_names(engine) == {'second'}


def test_one_that_is_gone_already_counts_as_removed(
    client: Any, engine: Any, container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    container('gone')
    listed = engine.containers(all=True)
    engine.remove_container('gone')
    monkeypatch.setattr(client, 'containers', lambda **options: listed)
    assert client.cleanup_containers(raise_on_error=True) == ['gone']
    assert client.remove_all_containers() == ([], [listed[0]['Id']])


@pytest.mark.parametrize(('options', 'left'), [({}, 1), ({'remove_volumes': True}, 0)])
def test_anonymous_volumes_go_if_asked_for(client: Any, engine: Any, container: Any, options: Any, left: int) -> None:
    container('data', volumes=['/data'])
    volumes = {volume['Name'] for volume in engine.volumes()['Volumes'] or ()}
    client.cleanup_containers(**options)
    remaining = {volume['Name'] for volume in engine.volumes()['Volumes'] or ()} & volumes
    for name in remaining:
        engine.remove_volume(name)
    assert len(remaining) == left


def test_all_containers_are_stopped_and_removed(client: Any, engine: Any, container: Any) -> None:
    states = ('running', 'exited', 'created', 'paused', 'running')
    ids = [container(f'c{number}', state) for number, state in enumerate(states)]
    running = {identifier for identifier, state in zip(ids, states, strict=True) if state in ('running', 'paused')}
    listed = client.remove_all_containers(list_only=True)
    assert (set(listed[0]), set(listed[1])) == (running, set(ids))
    stopped, removed = client.remove_all_containers(stop_timeout=2)
    assert (set(stopped), set(removed)) == (running, set(ids))
    assert container_names(engine) == set()


def test_a_stubborn_container_is_killed_and_counts_as_stopped(client: Any, engine: Any, container: Any) -> None:
    identifier = container('stubborn', 'running', STUBBORN)
    assert client.remove_all_containers(stop_timeout=1) == ([identifier], [identifier])
    assert client.logged == []


def test_a_client_that_cannot_wait_that_long_asks_again(
    client: Any, engine: Any, container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = container('stubborn', 'running', STUBBORN)
    stop = client.stop

    def impatient_stop(*args: Any, **kwargs: Any) -> None:
        patience, client.timeout = client.timeout, -0.5
        try:
            stop(*args, **kwargs)
        finally:
            client.timeout = patience

    monkeypatch.setattr(client, 'stop', impatient_stop)
    assert client.remove_all_containers(stop_timeout=3) == ([identifier], [identifier])
    assert ['did not stop in time' in text for _, text in client.logged] == [True]


# Images


def test_names_of_images_lead_to_ids(client: Any, image: Any, base_image: str) -> None:
    named, unnamed = image('1'), image()
    tags = client.get_image_tags()
    assert tags[f'{REPOSITORY}:1'] == named
    assert base_image in tags
    assert unnamed not in tags.values()


def test_images_without_names_that_nothing_needs_are_removed(
    client: Any, engine: Any, image: Any, container: Any
) -> None:
    ids = {'named': image('named'), 'unused': image(), 'used': image(), 'parent': image()}
    ids['child'] = image('child', parent=ids['parent'])
    container('user', 'created', image=ids['used'])
    assert client.cleanup_images(list_only=True) == [ids['unused']]
    assert image_ids(engine) >= set(ids.values())
    assert client.cleanup_images() == [ids['unused']]
    assert set(ids.values()) - image_ids(engine) == {ids['unused']}


@pytest.mark.parametrize(
    ('options', 'kept'),
    [
        ({}, {'latest'}),
        ({'keep_tags': ['1']}, {'latest', '1'}),
        ({'keep_tags': ['1', '2']}, {'latest', '1', '2'}),
    ],
)
def test_old_images_are_removed_except_for_tags_to_keep(
    client: Any, engine: Any, image: Any, options: Any, kept: set[str], base_image: str
) -> None:
    ids = {tag: image(tag) for tag in ('1', '2', 'latest')}
    removed = {ids[tag] for tag in set(ids) - kept}
    assert set(client.cleanup_images(remove_old=True, list_only=True, **options)) == removed
    assert set(client.cleanup_images(remove_old=True, **options)) == removed
    assert image_ids(engine) & set(ids.values()) == set(ids.values()) - removed
    # The image that they are based on has the tag "latest".
    assert engine.inspect_image(base_image)


def test_a_chain_of_unnamed_images_goes_with_its_last_one(client: Any, engine: Any, image: Any) -> None:
    parent = image()
    child = image(parent=parent)
    assert set(client.cleanup_images(raise_on_error=True)) == {child, parent}
    assert image_ids(engine) & {parent, child} == set()


def test_an_image_with_names_in_two_repositories_needs_force(
    client: Any, engine: Any, image: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    single, double = image('1'), image('2')
    images = client.images

    def double_first(*args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        return sorted(images(*args, **kwargs), key=lambda found: found['Id'] != double)

    # The order is the engine's.
    monkeypatch.setattr(client, 'images', double_first)
    engine.tag(double, f'{REPOSITORY}-other', '2')
    with pytest.raises(PartialResultsError, match=r'multiple repositories|more than one tag') as caught:
        client.cleanup_images(remove_old=True, raise_on_error=True)
    assert caught.value.results == []
    assert client.cleanup_images(remove_old=True) == [single]
    assert client.cleanup_images(remove_old=True, force=True) == [double]
    assert image_ids(engine) & {single, double} == set()

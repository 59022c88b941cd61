"""Names and ids of containers."""

from __future__ import annotations

import pytest
from docker.errors import ImageNotFound, NotFound

from dockermap.docker_api import is_conflict, is_not_found
from tests.contract.lab import Lab

METHODS_OF_CONTAINERS = [
    'start',
    'stop',
    'restart',
    'pause',
    'unpause',
    'wait',
    'logs',
    'top',
    'remove_container',
    'inspect_container',
]


def test_a_container_is_found_by_name_id_and_the_beginning_of_its_id(lab: Lab) -> None:
    container_id = lab.create('web')

    for reference in (lab.name('web'), f'/{lab.name("web")}', container_id, container_id[:12], {'Id': container_id}):
        assert lab.client.inspect_container(reference)['Id'] == container_id


def test_a_name_that_is_taken_is_refused(lab: Lab) -> None:
    lab.create('web')

    assert lab.refused(lab.create, 'web') == (
        409,
        (
            'Conflict. The container name "/web" is already in use by container "<id>". You have to remove (or rename) '
            'that container to be able to reuse that name.'
        ),
    )


def test_a_taken_name_is_a_conflict_for_the_library(lab: Lab) -> None:
    lab.create('web')

    with pytest.raises(Exception) as caught:  # noqa: PT011
        lab.create('web')

    assert is_conflict(caught.value)


def test_a_name_can_be_used_again_after_removal(lab: Lab) -> None:
    first = lab.create('web')
    lab.client.remove_container(first)

    assert lab.create('web') != first


@pytest.mark.parametrize('name', ['!x', 'a b', 'ä', '-x'])
def test_names_with_other_characters_are_refused(lab: Lab, name: str) -> None:
    status, text = lab.refused(lab.client.create_container, '127.0.0.1:1/dockermap/base:latest', 'true', name=name)

    assert (status, text) == (400, f'Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed')


def test_a_container_without_name_gets_one(lab: Lab) -> None:
    container_id = lab.client.create_container('127.0.0.1:1/dockermap/base:latest', 'true')['Id']
    name = lab.client.inspect_container(container_id)['Name']
    lab.client.remove_container(container_id)

    assert len(name) > 3
    assert name.startswith('/')


@pytest.mark.parametrize('method', METHODS_OF_CONTAINERS)
def test_a_missing_container_is_not_found(lab: Lab, method: str) -> None:
    assert lab.refused(getattr(lab.client, method), lab.name('nobody')) == (404, 'No such container: nobody')


def test_a_missing_container_cannot_be_killed(lab: Lab) -> None:
    assert lab.refused(lab.client.kill, lab.name('nobody')) == (
        404,
        'Cannot kill container: nobody: No such container: nobody',
    )


def test_a_missing_container_cannot_be_renamed_updated_or_run_commands(lab: Lab) -> None:
    missing = (404, 'No such container: nobody')

    assert lab.refused(lab.client.rename, lab.name('nobody'), lab.name('web')) == missing
    assert lab.refused(lab.client.update_container, lab.name('nobody'), cpu_shares=5) == missing
    assert lab.refused(lab.client.exec_create, lab.name('nobody'), 'ls') == missing


def test_errors_of_missing_items_are_the_sdks_classes(lab: Lab) -> None:
    with pytest.raises(NotFound) as container:
        lab.client.inspect_container(lab.name('nobody'))
    with pytest.raises(ImageNotFound):
        lab.client.inspect_image(lab.name('nothing'))

    assert is_not_found(container.value)
    assert not isinstance(container.value, ImageNotFound)


def test_an_empty_reference_is_no_request(lab: Lab) -> None:
    for call in (lab.client.inspect_container, lab.client.start, lab.client.remove_network):
        with pytest.raises(Exception, match='Resource ID was not provided'):
            call(None)


def test_a_renamed_container_is_found_by_its_new_name_only(lab: Lab) -> None:
    container_id = lab.create('web')

    lab.client.rename(container_id, lab.name('old'))

    assert lab.details('old')['Id'] == container_id
    assert not lab.exists('web')


def test_a_running_container_can_be_renamed(lab: Lab) -> None:
    lab.run('web')

    lab.client.rename(lab.name('web'), lab.name('old'))

    assert lab.status('old') == 'running'


def test_renaming_to_a_taken_name_is_refused(lab: Lab) -> None:
    lab.create('web')
    lab.create('db')

    status, text = lab.refused(lab.client.rename, lab.name('web'), lab.name('db'))

    assert status == 409
    assert text.startswith('Error when allocating new name: Conflict. The container name "/db" is already in use')


def test_renaming_to_the_same_or_an_impossible_name_is_refused(lab: Lab) -> None:
    lab.create('web')

    assert lab.refused(lab.client.rename, lab.name('web'), lab.name('web')) == (
        400,
        'Renaming a container with the same name as its current name',
    )
    assert lab.refused(lab.client.rename, lab.name('web'), '!') == (
        400,
        'Error when allocating new name: Invalid container name (/!), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed',
    )

"""Images and registries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.lab import FULL_IMAGE, IMAGE, EngineLab, Lab, MemoryLab


def push(lab: Lab, name: str, credentials: dict[str, Any] | None = None) -> str:
    """Make an image available in a registry, and take its name from the engine again; its id."""
    repository, _, tag = name.rpartition(':')
    if isinstance(lab, MemoryLab):
        return lab.engine.registry(repository.partition('/')[0]).publish(name)
    container = lab.client.create_container(IMAGE, 'true')['Id']
    image_id: str = lab.client.commit(container, repository, tag)['Id']
    lab.client.remove_container(container)
    output = lab.client.push(repository, tag, auth_config=credentials)
    assert 'errorDetail' not in output, output
    lab.client.remove_image(name)
    return image_id


def tags(lab: Lab, image: str) -> list[str]:
    return [
        tag
        for row in lab.client.images()
        if row['Id'] == lab.client.inspect_image(image)['Id']
        for tag in row['RepoTags']
    ]


def test_an_image_is_found_by_name_id_and_the_beginning_of_its_id(lab: Lab) -> None:
    image_id = lab.client.inspect_image(IMAGE)['Id']

    assert image_id.startswith('sha256:')
    for reference in (image_id, image_id[7:], image_id[7:19], IMAGE.rpartition(':')[0]):
        assert lab.client.inspect_image(reference)['Id'] == image_id


def test_an_inspection_shows_the_configuration(lab: Lab) -> None:
    config = lab.client.inspect_image(FULL_IMAGE)['Config']

    assert {
        key: config[key] for key in ('Cmd', 'Entrypoint', 'User', 'WorkingDir', 'Labels', 'Volumes', 'ExposedPorts')
    } == {
        'Cmd': ['sleep', '100'],
        'Entrypoint': None,
        'User': 'daemon',
        'WorkingDir': '/tmp',
        'Labels': {'made-by': 'tests', 'kind': 'full'},
        'Volumes': {'/data': {}, '/empty': {}},
        'ExposedPorts': {'80/tcp': {}, '53/udp': {}},
    }
    assert sorted(config['Env'])[:1] == ['COLOUR=green']


def test_a_missing_image_is_not_found(lab: Lab) -> None:
    assert lab.refused(lab.client.inspect_image, lab.name('nothing')) == (
        404,
        'no such image: nothing: No such image: nothing:latest',
    )
    assert lab.refused(lab.client.create_container, lab.name('nothing'), 'true') == (
        404,
        'No such image: nothing:latest',
    )
    assert lab.refused(lab.client.create_container, lab.name('nothing:1'), 'true') == (404, 'No such image: nothing:1')
    assert lab.refused(lab.client.remove_image, lab.name('nothing')) == (404, 'No such image: nothing:latest')
    assert lab.refused(lab.client.tag, lab.name('nothing'), 'x', 'y') == (404, 'No such image: nothing:latest')


def test_images_get_further_names(lab: Lab) -> None:
    repository = f'127.0.0.1:1/{lab.prefix}/site'

    assert lab.client.tag(IMAGE, repository, '1') is True
    found = lab.client.images(name=repository)

    assert [(row['Id'], f'{repository}:1' in row['RepoTags']) for row in found] == [
        (lab.client.inspect_image(IMAGE)['Id'], True)
    ]
    assert lab.client.remove_image(f'{repository}:1') == [{'Untagged': f'{repository}:1'}]
    assert lab.client.images(name=repository) == []


def test_a_name_moves_to_another_image(lab: Lab) -> None:
    repository = f'127.0.0.1:1/{lab.prefix}/site'
    lab.client.tag(IMAGE, repository, '1')

    lab.client.tag(FULL_IMAGE, repository, '1')
    moved = lab.client.inspect_image(f'{repository}:1')['Id']
    lab.client.remove_image(f'{repository}:1')

    assert moved == lab.client.inspect_image(FULL_IMAGE)['Id']


def test_images_are_listed_by_repository_or_full_name(lab: Lab) -> None:
    repository = IMAGE.rpartition(':')[0]

    for name in (repository, IMAGE):
        assert [IMAGE in row['RepoTags'] for row in lab.client.images(name=name)] == [True]
    assert lab.client.images(name=lab.name('nothing')) == []
    assert lab.client.inspect_image(IMAGE)['Id'] in lab.client.images(quiet=True)


def test_the_image_of_a_container_is_shown_as_asked_for(lab: Lab) -> None:
    image_id = lab.client.inspect_image(IMAGE)['Id']
    lab.create('web')
    lab.create('db', image=image_id)
    rows = {row['Names'][0].removeprefix(f'/{lab.prefix}-'): row for row in lab.client.containers(all=True)}

    assert [(rows[name]['Image'], rows[name]['ImageID']) for name in ('web', 'db')] == [
        (IMAGE, image_id),
        (image_id, image_id),
    ]
    assert (lab.details('web')['Image'], lab.details('web')['Config']['Image']) == (image_id, IMAGE)


def test_a_container_whose_images_name_moved_is_listed_with_the_id(lab: Lab) -> None:
    name = f'127.0.0.1:1/{lab.prefix}/site:1'
    lab.client.tag(IMAGE, *name.rsplit(':', 1))
    lab.create('web', image=name)
    lab.client.tag(FULL_IMAGE, *name.rsplit(':', 1))
    row = next(row for row in lab.client.containers(all=True) if row['Names'] == [f'/{lab.name("web")}'])
    lab.client.remove_image(name)

    assert row['Image'] == row['ImageID'] == lab.client.inspect_image(IMAGE)['Id']


def test_a_used_image_is_not_removed(lab: Lab, registry_address: str) -> None:
    name = f'{registry_address}/{lab.prefix}/site:1'
    push(lab, name)
    lab.client.pull(name)
    lab.create('web', image=name)

    status, text = lab.refused(lab.client.remove_image, name)
    lab.client.remove_container(lab.name('web'))
    removed = lab.client.remove_image(name)

    assert status == 409
    assert 'conflict: unable to remove repository reference' in text
    assert 'is using its referenced image' in text
    assert {'Untagged': name} in removed


def test_an_image_that_a_container_uses_is_not_removed_by_id(lab: Lab) -> None:
    image_id = lab.client.inspect_image(FULL_IMAGE)['Id']
    lab.create('web', image=image_id)

    created = lab.refused(lab.client.remove_image, image_id)
    lab.client.start(lab.name('web'))
    running = lab.refused(lab.client.remove_image, image_id, force=True)

    assert created[0] == running[0] == 409
    assert '(must be forced) - image is being used by stopped container' in created[1]
    assert '(cannot be forced) - image is being used by running container' in running[1]


def test_an_image_with_names_in_several_repositories_is_not_removed_by_id(lab: Lab, registry_address: str) -> None:
    name = f'{registry_address}/{lab.prefix}/site:1'
    image_id = push(lab, name)
    lab.client.pull(name)
    lab.client.tag(name, f'127.0.0.1:1/{lab.prefix}/site', '2')

    status, text = lab.refused(lab.client.remove_image, image_id)
    removed = lab.client.remove_image(image_id, force=True)

    assert (status, text.partition(' - ')[2]) == (409, 'image is referenced in multiple repositories')
    assert {'Untagged': name} in removed
    assert {'Deleted': image_id} in removed


def test_pulling_makes_an_image_available(lab: Lab, registry_address: str) -> None:
    name = f'{registry_address}/{lab.prefix}/site:1'
    image_id = push(lab, name)
    repository, _, tag = name.rpartition(':')

    output = lab.client.pull(repository, tag=tag)
    found = lab.client.inspect_image(name)
    lab.client.remove_image(name)

    assert found['Id'] == image_id
    assert found['RepoDigests'][0].startswith(f'{repository}@sha256:')
    statuses = [json.loads(line).get('status', '') for line in output.splitlines()]
    assert f'Status: Downloaded newer image for {name}' in statuses


def test_pulling_again_says_so(lab: Lab, registry_address: str) -> None:
    name = f'{registry_address}/{lab.prefix}/site:1'
    push(lab, name)
    lab.client.pull(name)

    messages = list(lab.client.pull(name, stream=True, decode=True))
    lab.client.remove_image(name)

    assert messages[-1] == {'status': f'Status: Image is up to date for {name}'}


def test_pulling_a_name_that_moved_gives_the_other_image(lab: Lab, registry_address: str) -> None:
    name = f'{registry_address}/{lab.prefix}/site:1'
    first = push(lab, name)
    lab.client.pull(name)
    lab.create('web', image=name)
    if isinstance(lab, EngineLab):
        lab.client.tag(first, f'127.0.0.1:1/{lab.prefix}/kept', '1')
        lab.client.remove_image(name)
    second = push(lab, name)
    lab.client.pull(name)
    found = lab.client.inspect_image(name)['Id']
    used = lab.details('web')['Image']
    lab.client.remove_container(lab.name('web'))
    lab.client.remove_image(name)
    if isinstance(lab, EngineLab):
        lab.client.remove_image(f'127.0.0.1:1/{lab.prefix}/kept:1')

    assert (found, used) == (second, first)
    assert first != second


def test_what_a_registry_does_not_have_is_not_found(lab: Lab, registry_address: str) -> None:
    repository = f'{registry_address}/{lab.prefix}/nothing'

    assert lab.refused(lab.client.pull, repository, tag='1') == (
        404,
        f'manifest for {repository}:1 not found: manifest unknown: manifest unknown',
    )


def test_a_registry_that_is_away(lab: Lab) -> None:
    assert lab.refused(lab.client.pull, '127.0.0.1:1/dockermap/nothing', tag='1') == (
        500,
        'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
    )


def test_a_registry_asks_for_a_login(lab: Lab, login_registry: Any) -> None:
    credentials = {'username': login_registry.username, 'password': login_registry.password}
    name = f'{login_registry.address}/{lab.prefix}/site:1'
    image_id = push(lab, name, credentials)
    repository, _, tag = name.rpartition(':')

    status, text = lab.refused(lab.client.pull, repository, tag=tag, auth_config={})
    lab.client.pull(repository, tag=tag, auth_config=credentials)
    found = lab.client.inspect_image(name)['Id']
    lab.client.remove_image(name)

    assert status == 500
    assert text.endswith('no basic auth credentials')
    assert found == image_id


def test_logging_in(lab: Lab, login_registry: Any) -> None:
    answer = lab.client.login(
        login_registry.username, login_registry.password, registry=login_registry.address, reauth=True
    )

    assert answer == {'IdentityToken': '', 'Status': 'Login Succeeded'}


def test_a_login_counts_for_the_following_pulls(lab: Lab, login_registry: Any) -> None:
    credentials = {'username': login_registry.username, 'password': login_registry.password}
    name = f'{login_registry.address}/{lab.prefix}/site:1'
    image_id = push(lab, name, credentials)

    lab.client.login(login_registry.username, login_registry.password, registry=login_registry.address, reauth=True)
    lab.client.pull(name)
    found = lab.client.inspect_image(name)['Id']
    lab.client.remove_image(name)

    assert found == image_id


def test_a_wrong_password_is_refused(lab: Lab, login_registry: Any) -> None:
    status, text = lab.refused(
        lab.client.login, login_registry.username, 'wrong', registry=login_registry.address, reauth=True
    )

    assert (status, text) == (
        500,
        f'login attempt to http://{login_registry.address}/v2/ failed with status: 401 Unauthorized',
    )


def test_the_engine_answers(lab: Lab) -> None:
    assert lab.client.ping() is True
    assert lab.client.version()['ApiVersion'] == lab.client.api_version
    assert lab.client.info()['Containers'] >= 0


@pytest.mark.parametrize('user', ['tester', 'nobody'])
def test_a_wrong_password_at_the_pull_is_refused(lab: Lab, login_registry: Any, user: str) -> None:
    status, text = lab.refused(
        lab.client.pull,
        f'{login_registry.address}/{lab.prefix}/site',
        tag='1',
        auth_config={'username': user, 'password': 'wrong'},
    )

    assert status == 500
    assert 'unauthorized' in text or 'no basic auth credentials' in text


def test_an_image_comes_back_from_its_archive(lab: Lab) -> None:
    tag = f'{lab.name("archived")}:1'
    lab.client.tag(IMAGE, *tag.split(':'))
    image_id = lab.client.inspect_image(tag)['Id']
    archive = b''.join(lab.client.get_image(tag))
    lab.client.remove_image(tag)

    messages = list(lab.client.load_image(archive))

    try:
        assert {'stream': f'Loaded image: {tag}\n'} in messages
        assert lab.client.inspect_image(tag)['Id'] == image_id
    finally:
        lab.client.remove_image(tag)


def test_an_image_that_is_not_there_has_no_archive(lab: Lab) -> None:
    status, _ = lab.refused(lambda: b''.join(lab.client.get_image('no.such/image:1')))

    assert status in (404, 500)

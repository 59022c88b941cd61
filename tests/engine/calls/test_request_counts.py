"""How many requests a call makes for N containers that do not need each other."""

from __future__ import annotations

import collections
import contextlib

import docker
import pytest

from dockermap.api import ContainerMap, MappingDockerClient
from dockermap.docker_api import version_gte

LISTS = {'GET /images/json', 'GET /containers/json', 'GET /networks', 'GET /volumes'}

# For each request: how often it is made in any case, and how often for each container.
LIST_CONTAINERS, LIST_IMAGES = {'GET /containers/json': (1, 0)}, {'GET /images/json': (1, 0)}
INSPECT_EACH = {**LIST_CONTAINERS, 'GET /containers/*/json': (0, 1)}
CREATE, START = 'POST /containers/create', 'POST /containers/*/start'
STOP, REMOVE = 'POST /containers/*/stop', 'DELETE /containers/*'
LOOK = {'GET /containers/json': (2, 0)}
FIRST_START = {**LIST_IMAGES, **LOOK, CREATE: (0, 1), START: (0, 1)}
NOTHING_TO_START = {**LIST_IMAGES, **INSPECT_EACH}
NOTHING_TO_UPDATE = {
    **NOTHING_TO_START,
    'GET /networks': (1, 0),
    'GET /networks/*': (1, 0),
    # What is no longer on the map may be a volume.
    'GET /volumes': (1, 0),
}
ONE_CHANGED = {
    **NOTHING_TO_UPDATE,
    **LOOK,
    STOP: (1, 0),
    REMOVE: (1, 0),
    CREATE: (1, 0),
    START: (1, 0),
    'POST /containers/*/rename': (2, 0),
    'GET /containers/*/json': (2, 1),
}
SHUTDOWN = {**INSPECT_EACH, STOP: (0, 1), REMOVE: (0, 1)}


def requests(formula, number):
    """Requests for a number of containers, those left out that are not made."""
    counts = {request: fixed + each * number for request, (fixed, each) in formula.items()}
    return {request: count for request, count in counts.items() if count}


def total(formula):
    """A formula as people write it: what is made in any case, and what for each container."""
    return tuple(map(sum, zip(*formula.values(), strict=True)))


@pytest.fixture
def make_client(connection, unique, base_image, option_defaults):
    """A front end for N equal containers; the first can have another label."""

    def make(number, label='no', image=f'/{base_image}', **settings):
        def container(index):
            labels = {'changed': label if index == 0 else 'no'}
            return {
                'image': image.format(index),
                'stop_timeout': 0,
                'create_options': {'command': 'sleep 300', 'labels': labels},
                **settings,
            }

        containers = {f'c{index:02}': container(index) for index in range(number)}
        return MappingDockerClient(ContainerMap(unique, containers), connection, option_defaults=option_defaults)

    return make


@pytest.mark.parametrize('number', [1, 10, 40])
def test_requests_follow_the_formulas(make_client, count, counts, number):
    same, changed = make_client(number, network_mode='none'), make_client(number, 'yes', network_mode='none')
    for text, call, formula in (
        ('first start', same.startup, FIRST_START),
        ('nothing to start', same.startup, NOTHING_TO_START),
        ('nothing to update', same.update, NOTHING_TO_UPDATE),
        ('one changed', changed.update, ONE_CHANGED),
        ('shutdown', changed.shutdown, SHUTDOWN),
    ):
        found = count(lambda call=call: call('__all__'))
        counts[f'requests for {number:2} containers, {text}'] = sum(found.values())
        assert found == requests(formula, number)


def test_the_default_network_needs_no_further_requests(make_client, count):
    client = make_client(3)
    assert count(lambda: client.startup('__all__')) == requests(FIRST_START, 3)
    assert count(lambda: client.update('__all__')) == requests(NOTHING_TO_UPDATE, 3)


@pytest.mark.parametrize(
    ('formula', 'expected'),
    [
        (FIRST_START, (3, 2)),
        (NOTHING_TO_START, (2, 1)),
        (NOTHING_TO_UPDATE, (5, 1)),
        (ONE_CHANGED, (14, 1)),
        (SHUTDOWN, (1, 3)),
    ],
)
def test_the_formulas_in_short(formula, expected):
    assert total(formula) == expected


def test_attached_volumes_and_networks_are_listed_once(
    make_client, count, connection, unique, base_image, option_defaults
):
    def shop(number):
        containers = {
            f'c{index}': {
                'image': f'/{base_image}',
                'stop_timeout': 0,
                'networks': f'n{index}',
                'attaches': {f'd{index}': '/data'},
                'create_options': {'command': 'sleep 300'},
            }
            for index in range(number)
        }
        return ContainerMap(unique, {**containers, 'networks': {f'n{index}': None for index in range(number)}})

    for number in (1, 4):
        client = MappingDockerClient(shop(number), connection, option_defaults=option_defaults)
        for action in ('startup', 'update', 'shutdown'):
            counts = count(lambda client=client, action=action: client.call(action, '__all__'))
            # Where engines accept two networks of one name, each that was created is looked for once more.
            looked_for = 0 if version_gte(connection.api_version, '1.44') else counts.get('POST /networks/create', 0)
            wanted = {'GET /networks': 1 + looked_for}
            # What was started is looked at in the end.
            wanted['GET /containers/json'] = 2 if counts.get(START) else 1
            found = {request: made for request, made in counts.items() if request in LISTS}
            assert found == {request: wanted.get(request, 1) for request in found}


@pytest.fixture
def publish(engine_url, base_image, open_registry, unique):
    """Puts the base image into a registry under a number of names that the engine does not have."""
    with contextlib.closing(docker.APIClient(base_url=engine_url, version='auto', timeout=60)) as client:

        def forget():
            for image in client.images():
                for name in (*(image['RepoTags'] or ()), *(image['RepoDigests'] or ())):
                    if name.startswith(f'{open_registry}/{unique}'):
                        # The last tag takes the digests with it.
                        with contextlib.suppress(docker.errors.NotFound):
                            client.remove_image(name)

        def push(number):
            for index in range(number):
                repository = f'{open_registry}/{unique}/app{index}'
                client.tag(base_image, repository, '1')
                client.push(repository, '1')
            forget()
            return f'{open_registry}/{unique}/app{{}}:1'

        yield push
        for container in client.containers(all=True):
            if container['Names'][0].startswith(f'/{unique}.'):
                client.remove_container(container['Id'], force=True)
        forget()


@pytest.mark.parametrize('number', [1, 10])
def test_each_pulled_image_is_looked_up_once(make_client, count, publish, number):
    client = make_client(number, image=publish(number))
    # What a list does not show may be there nevertheless, under another name.
    pulls = {'POST /images/create': (0, 1), 'GET /images/json': (1, 1), 'GET /images/*/json': (0, 1)}
    expected = requests({**LIST_CONTAINERS, **pulls, CREATE: (0, 1)}, number)
    assert collections.Counter(count(lambda: client.create('__all__'))) == collections.Counter(expected)

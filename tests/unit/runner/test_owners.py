"""Owner and mode of volumes, whatever images have at the path, and whoever was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import File, InMemoryEngine, Killed

MAP = {
    'containers': {
        'web': {'image': 'web', 'attaches': ['data'], 'user': 'u:g', 'permissions': '0750'},
        'more': {'image': 'web', 'uses': {'data': ['/data', 'ro']}},
    },
    'volumes': {'data': '/data'},
}


@pytest.fixture
def engine() -> InMemoryEngine:
    """An engine whose image has a directory, with an owner of its own, where the volume is mounted."""
    engine = InMemoryEngine()
    users, groups = {'root': 0, 'u': 500}, {'g': 600}
    engine.add_image('busybox:latest', users=users, groups=groups)
    engine.add_image('web', users=users, groups=groups, files={'/data': File(owner=7, group=7, mode=0o711)})
    return engine


@pytest.fixture
def client(engine: InMemoryEngine) -> Callable[[], MappingDockerClient]:
    """A new front end, as another run has it."""

    def make(settings: dict[str, Any] = MAP) -> MappingDockerClient:
        configuration = ClientConfiguration(client=engine.client(), version='1.41')
        return MappingDockerClient(ContainerMap('shop', settings), configuration)

    return make


def root(engine: InMemoryEngine) -> tuple[int, int, int]:
    found = engine.volume('shop.data').files['/']
    return found.owner, found.group, found.mode


def test_what_the_image_has_there_does_not_count(client, engine):
    client().startup('web')
    assert root(engine) == (500, 600, 0o750)


def test_a_container_that_uses_the_volume_later_does_not_bring_its_images_owner(client, engine):
    client().startup('web')
    client().startup('more')
    assert root(engine) == (500, 600, 0o750)


def test_files_of_a_container_that_is_at_work_are_left_alone(client, engine):
    client().startup('web')
    engine.volume('shop.data').files.write('/file', File('text', 1, 2, 0o640))
    client().startup('more')
    assert engine.volume('shop.data').files['/file'] == File('text', 1, 2, 0o640)


def test_what_was_created_only_is_prepared_when_it_starts(client, engine):
    client().create('web')
    assert engine.names() == ['shop.web']
    client().start('web')
    assert root(engine) == (500, 600, 0o750)


def test_a_container_that_has_run_starts_without_it(client, engine):
    client().startup('web')
    client().stop('web')
    engine.calls.clear()
    client().startup('web')
    assert engine.changes == ['start shop.web']


@pytest.mark.parametrize('method', ['create_container', 'start', 'remove_container'])
@pytest.mark.parametrize('number', [1, 2])
def test_the_next_call_removes_what_an_interrupted_one_has_left(client, engine, method, number):
    engine.faults.add(method, kind='killed-after', number=number)
    with pytest.raises(Killed):
        client().startup('__all__')
    engine.faults.clear()
    client().startup('__all__')
    assert engine.names() == ['shop.more', 'shop.web']
    assert root(engine) == (500, 600, 0o750)


@pytest.mark.parametrize('action', ['shutdown', 'remove'])
def test_what_was_left_does_not_keep_a_volume_from_being_removed(client, engine, action):
    engine.faults.add('start', kind='killed-after')
    with pytest.raises(Killed):
        client().startup('web')
    engine.faults.clear()
    client().call(action, 'web', remove_attached=True)
    assert engine.names() == []
    assert list(engine.volumes) == []


def test_a_volume_that_was_not_created_for_the_map_is_used_as_it_is(client, engine):
    engine.add_volume('shop.data', files={'/file': File('text', 1, 2, 0o640)})
    client().startup('web')
    assert engine.volume('shop.data').files['/file'] == File('text', 1, 2, 0o640)
    assert root(engine) == (0, 0, 0o755)


def test_a_volume_that_is_taken_over_is_prepared(client, engine):
    engine.add_volume('shop.data')
    client().startup('web', adopt=True)
    assert root(engine) == (500, 600, 0o750)


def test_what_was_not_prepared_is_not_said_to_be(client, engine):
    engine.faults.add('start', kind='refused')
    with pytest.raises(ActionRunnerException) as caught:
        client().startup('web')
    assert [output.action_type.value for output in caught.value.completed] == [
        'create',
        'create',
        'connect_all_networks',
    ]


def test_a_volume_that_somebody_else_has_filled_meanwhile_is_kept(client, engine):
    engine.faults.add('start', kind='refused')
    with pytest.raises(Exception, match='something went wrong'):
        client().startup('web')
    engine.volume('shop.data').files.write('/file', File('text'))
    client().startup('web')
    assert '/file' in engine.volume('shop.data').files

"""Images are moved between engines and files."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap
from dockermap.program import Environment, Given, main
from dockermap.testing import InMemoryClient, InMemoryEngine
from tests.unit.program.conftest import Program, Stream


class TornClient(InMemoryClient):
    """The connection ends in the middle of an archive."""

    def get_image(self, image: Any, chunk_size: int = 0) -> Iterator[bytes]:
        yield b'beginning'
        raise ConnectionError('The connection has ended.')


class RefusingClient(InMemoryClient):
    """The engine tells that it cannot load something in the middle of its messages."""

    def load_image(self, data: Any, quiet: bool | None = None) -> Iterator[Any]:
        yield {'stream': 'Loaded image: a:1\n'}
        yield {'errorDetail': {'message': 'no space left'}, 'error': 'no space left'}


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Runs commands with maps and clients that are given."""

    def call(given: Given, *arguments: str) -> tuple[int, str, str]:
        out, err = Stream(), Stream()
        environment = Environment(io.StringIO(), out, err, {'TERM': 'dumb'}, tmp_path, given=given)
        return main(arguments, environment), out.getvalue(), err.getvalue()

    return call


def given(*maps: ContainerMap, **clients: Any) -> Given:
    found = {name: ClientConfiguration(client=client, version='1.41') for name, client in clients.items()}
    return Given(maps or (ContainerMap('shop', {'web': {'image': 'web:2'}}),), found)


def test_the_image_of_a_configuration_is_saved_and_loaded_elsewhere(run, tmp_path):
    engine, other = InMemoryEngine('web:2'), InMemoryEngine()
    assert run(given(__default__=engine.client()), 'save-image', 'web', '--out', 'web.tar')[0] == 0
    code, out, _ = run(given(__default__=other.client()), 'load-image', 'web.tar', '--yes')
    assert (code, 'Loaded web:2.' in out) == (0, True)
    assert [row['RepoTags'] for row in other.client().images()] == [['web:2']]


def test_nothing_is_left_of_a_file_that_did_not_become_complete(run, tmp_path):
    (tmp_path / 'web.tar').write_bytes(b'former')
    torn = TornClient(InMemoryEngine('web:2'), '1.41', False, 60, 'http+memory://engine')
    code, _, err = run(given(__default__=torn), 'save-image', 'web', '--out', 'web.tar')
    assert (code, 'The connection has ended' in err) == (1, True)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [('web.tar', b'former')]


def test_an_image_that_is_not_there_leaves_no_file(run, tmp_path):
    code, _, err = run(given(__default__=InMemoryEngine().client()), 'save-image', 'web', '--out', 'web.tar')
    assert (code, 'web:2' in err, list(tmp_path.iterdir())) == (1, True, [])


def test_what_an_engine_does_not_load_is_an_error(run, tmp_path):
    (tmp_path / 'web.tar').write_bytes(b'archive')
    refusing = RefusingClient(InMemoryEngine(), '1.41', False, 60, 'http+memory://engine')
    code, _, err = run(given(__default__=refusing), 'load-image', 'web.tar', '--yes')
    assert (code, err.splitlines()) == (1, [f'{tmp_path}/web.tar could not be loaded: no space left'])


@pytest.mark.parametrize(
    ('more', 'code', 'text'), [((), 1, 'a, b'), (('--client', 'c'), 1, 'a, b'), (('--client', 'b'), 0, '')]
)
def test_one_of_several_clients_has_to_be_named(run, tmp_path, more, code, text):
    clients = {'a': InMemoryEngine().client(), 'b': InMemoryEngine('web:2').client()}
    both = ContainerMap('shop', {'clients': ['a', 'b'], 'web': {'image': 'web:2'}})
    found = run(given(both, **clients), 'save-image', 'web', '--out', 'web.tar', *more)
    assert (found[0], text in found[2], (tmp_path / 'web.tar').exists()) == (code, True, not code)


def test_loading_asks_first(make_program: Callable[..., Program]):
    program = make_program()
    (program.directory / 'web.tar').write_bytes(b''.join(program.engine.client().get_image('web')))
    program.engine.client().remove_image('web')
    program.answers = 'n\n'
    assert program('load-image', 'web.tar').code == 1
    program.answers = 'y\n'
    assert program('load-image', 'web.tar').code == 0
    assert program.engine.client().inspect_image('web')


def test_given_maps_are_used_together_and_names_are_looked_for_on_all(run):
    engine = InMemoryEngine('web:2', 'db')
    maps = (
        ContainerMap('shop', {'web': {'image': 'web:2'}, 'both': {'image': 'db'}}),
        ContainerMap('data', {'db': {'image': 'db', 'instances': ['a']}, 'both': {'image': 'db'}}),
    )
    found = given(*maps, __default__=engine.client())
    assert run(found, 'plan')[1].splitlines()[-1].endswith('4 to create.')
    assert 'shop.web ' in run(found, 'plan', 'update', 'web')[1]
    assert 'data.db.a' in run(found, 'plan', 'update', 'data.db')[1]
    code, _, err = run(found, 'plan', 'update', 'both')
    assert (code, err) == (64, 'both is on several maps: shop.both, data.both.\n')
    assert run(found, 'save-image', 'db.a', '--out', 'db.tar')[0] == 0
    assert run(found, 'graph')[0] == 64

"""Images move between hosts and files through the connection."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dockermap.api import ContainerMap
from dockermap.client._transfer import replacing
from dockermap.fabric import FabricConfiguration, command_client, connection_client
from dockermap.program import Environment, Given, main
from tests.engine.remote.test_connections import MEGABYTE, context_of


@pytest.fixture(scope='module')
def large_image(engine_url: str, base_image: str) -> Iterator[str]:
    """An image of ten megabytes."""
    import docker

    client = docker.APIClient(base_url=engine_url, version='auto', timeout=60)
    tag = 'dockermap-tests/large:1'
    output = client.build(
        tag=tag, fileobj=io.BytesIO(context_of(10 * MEGABYTE, base_image)), custom_context=True, rm=True
    )
    assert 'errorDetail' not in str(list(output))
    yield tag
    client.remove_image(tag, force=True)
    client.close()


def test_an_image_is_saved_and_loaded(host: Any, mode: str, large_image: str, unique: str, api: Any, tmp_path: Path):
    tag = f'{unique}:1'
    full_name = f'docker.io/library/{tag}'
    api.tag(large_image, *tag.split(':'))
    shop = ContainerMap('shop', {'web': {'image': tag}})
    given = Given((shop,), {'__default__': FabricConfiguration(mode=mode, **host.arguments)})

    def run(*arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        return (
            main(arguments, Environment(io.StringIO(), out, err, {}, tmp_path, given=given)),
            out.getvalue(),
            err.getvalue(),
        )

    assert run('save-image', 'web', '--out', 'web.tar')[::2] == (0, '')
    with tarfile.open(tmp_path / 'web.tar') as archive:
        assert json.load(archive.extractfile('manifest.json'))[0]['RepoTags'] in ([tag], [full_name])
    assert (tmp_path / 'web.tar').stat().st_size > 10 * MEGABYTE
    api.remove_image(tag)
    try:
        code, out, err = run('load-image', 'web.tar', '--yes')
        assert (code, any(f'Loaded {name}.' in out for name in (tag, full_name)), err) == (0, True, '')
        assert api.inspect_image(tag)['Id'] == api.inspect_image(large_image)['Id']
    finally:
        api.remove_image(tag)
    assert [path.name for path in tmp_path.iterdir()] == ['web.tar']


def test_a_connection_that_ends_leaves_no_half_of_a_file(
    host: Any, connect: Any, mode: str, large_image: str, tmp_path: Path
):
    connection = connect(host)
    client = connection_client(connection) if mode == 'api' else command_client(connection)

    def save() -> None:
        pieces = iter(client.get_image(large_image))
        with replacing(tmp_path / 'large.tar') as target:
            target.write(next(pieces))
            connection.close()
            for piece in pieces:
                target.write(piece)

    with pytest.raises(Exception, match=r'(?i)connection|incomplete|ended'):
        save()
    assert not list(tmp_path.iterdir())

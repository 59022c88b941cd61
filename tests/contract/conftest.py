"""The same tests on the engine in memory, and on a Docker Engine.

The second half runs where ``DOCKER_HOST`` leads to an engine, or in a network namespace of its own:
``scripts/in-private-network .venv/bin/pytest tests/contract``. What the two do differently is a fault of the former.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import tarfile
from collections.abc import Iterator

import docker
import private_engine as engines
import pytest

from dockermap.testing import InMemoryEngine
from tests.contract.lab import FULL_IMAGE, FULL_OPTIONS, WORDED_AS, EngineLab, Lab, MemoryLab
from tests.engine.conftest import (  # noqa: F401
    auth_registry,
    engine_url,
    is_own_engine,
    is_podman,
    open_registry,
    own_engines,
    registry_host,
    remove_all,
    work_directory,
)

NO_ENGINE = 'DOCKER_HOST is not set, and this is no network namespace of its own (scripts/in-private-network)'


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if 'lab' in metafunc.fixturenames:
        metafunc.parametrize('lab', ['memory', pytest.param('engine', marks=pytest.mark.engine)], indirect=True)


@pytest.fixture(scope='session')
def real_client(request: pytest.FixtureRequest) -> Iterator[docker.APIClient]:
    """A client of a Docker Engine that has the image with everything."""
    if not os.environ.get('DOCKER_HOST') and os.environ.get('DOCKERMAP_OWN_NETWORK') != '1':
        pytest.skip(NO_ENGINE)
    url = request.getfixturevalue('engine_url')
    with contextlib.closing(docker.APIClient(base_url=url, version='auto', timeout=60)) as client:
        make_full_image(client)
        yield client


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """An engine of one kind or the other, and shortcuts for what tests do with it."""
    if request.param == 'memory':
        yield memory_lab()
        return
    client = request.getfixturevalue('real_client')
    prefix = f't{secrets.token_hex(4)}'
    yield EngineLab(client, prefix)
    remove_all(client, prefix)


@pytest.fixture
def both_labs(real_client: docker.APIClient) -> Iterator[tuple[Lab, Lab]]:
    """One of each, with the same prefix of names."""
    prefix = f't{secrets.token_hex(4)}'
    engine = EngineLab(real_client, prefix)
    yield memory_lab(prefix, engine.flavour, engine.api_version), engine
    remove_all(real_client, prefix)


def memory_lab(prefix: str = 'test', flavour: str = 'docker', api_version: str = WORDED_AS) -> MemoryLab:
    engine = InMemoryEngine(flavour=flavour, api_version=api_version)
    engine.add_image(
        engines.BASE_IMAGE,
        env={'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'},
        users=FULL_OPTIONS['users'],
        groups=FULL_OPTIONS['groups'],
    )
    engine.add_image(FULL_IMAGE, **FULL_OPTIONS)
    return MemoryLab(engine, prefix)


def make_full_image(client: docker.APIClient) -> None:
    """Make the image that uses all that an image can say."""
    container = client.create_container(engines.BASE_IMAGE, 'true')['Id']
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode='w') as tar:
        for path, file in FULL_OPTIONS['files'].items():
            info = tarfile.TarInfo(path.lstrip('/'))
            info.type = tarfile.DIRTYPE if file.content is None else tarfile.REGTYPE
            info.uid, info.gid, info.mode = file.owner, file.group, file.mode
            content = (file.content or '').encode()
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    client.put_archive(container, '/', archive.getvalue())
    repository, _, tag = FULL_IMAGE.rpartition(':')
    client.commit(
        container,
        repository,
        tag,
        changes='\n'.join(
            (
                'ENV COLOUR=green SIZE=big',
                'CMD ["sleep", "100"]',
                'VOLUME /data /empty',
                'USER daemon',
                'EXPOSE 80 53/udp',
                'LABEL made-by=tests kind=full',
                'WORKDIR /tmp',
            )
        ),
    )
    client.remove_container(container)


@pytest.fixture
def registry_address(lab: Lab, request: pytest.FixtureRequest) -> str:
    """A registry that asks nobody for a password."""
    if isinstance(lab, MemoryLab):
        lab.engine.registry('127.0.0.1:5000')
        return '127.0.0.1:5000'
    address: str = request.getfixturevalue('open_registry')
    return address


@pytest.fixture
def login_registry(lab: Lab, request: pytest.FixtureRequest) -> engines.Registry:
    """A registry that asks for a password."""
    if isinstance(lab, MemoryLab):
        lab.engine.registry('127.0.0.1:5001', {'tester': 'a secret'})
        return engines.Registry('127.0.0.1:5001', 'tester', 'a secret')
    registry: engines.Registry = request.getfixturevalue('auth_registry')
    return registry

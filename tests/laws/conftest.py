"""Laws of plans for cases made from numbers; those on a real engine run in a network namespace of their own:
``scripts/in-private-network .venv/bin/pytest tests/laws -m engine``.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from tests.engine.conftest import (  # noqa: F401
    COUNTS,
    engine_url,
    is_own_engine,
    is_podman,
    own_engines,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
    remove_all,
    work_directory,
)

NO_ENGINE = 'DOCKER_HOST is not set, and this is no network namespace of its own (scripts/in-private-network)'


@pytest.fixture(scope='session')
def law_counts(pytestconfig: pytest.Config) -> Iterator[Counter[str]]:
    """What the run reports at its end."""
    counts: Counter[str] = Counter()
    yield counts
    if counts:
        pytestconfig.stash.setdefault(COUNTS, Counter()).update(
            {f'laws of plans, {text}': number for text, number in counts.items()}
        )


@pytest.fixture(scope='session')
def real_client(request: pytest.FixtureRequest) -> Iterator[docker.APIClient]:
    """A client of a Docker Engine."""
    if not os.environ.get('DOCKER_HOST') and os.environ.get('DOCKERMAP_OWN_NETWORK') != '1':
        pytest.skip(NO_ENGINE)
    url: Any = request.getfixturevalue('engine_url')
    with contextlib.closing(docker.APIClient(base_url=url, version='auto', timeout=60)) as client:
        yield client


@pytest.fixture
def unique(real_client: docker.APIClient) -> Iterator[str]:
    """A prefix for names; what bears it is removed afterwards."""
    prefix = f't{secrets.token_hex(4)}'
    yield prefix
    remove_all(real_client, prefix)

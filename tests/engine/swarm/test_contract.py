"""Managers do what the swarm in memory does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from private_swarm import PrivateSwarm

from tests.contract.swarm_contract import *  # noqa: F403
from tests.contract.swarm_contract import Manager

_NUMBERS = itertools.count(1)


@pytest.fixture
def manager(swarm: PrivateSwarm) -> Iterator[Manager]:
    with swarm.api() as api:
        found = Manager(api, f'{swarm.registry}/web:1', f'c{next(_NUMBERS)}')
        yield found
        for service in api.services():
            if service['Spec']['Name'].startswith(found.prefix):
                api.remove_service(service['ID'])

"""The swarm in memory does what managers do."""

from __future__ import annotations

import pytest

from dockermap.testing.swarm import InMemorySwarm
from tests.contract.swarm_contract import *  # noqa: F403
from tests.contract.swarm_contract import Manager


@pytest.fixture
def manager() -> Manager:
    swarm = InMemorySwarm({'node1': {}, 'node2': {}}, ['web:1'])
    swarm.broken.add('false')
    swarm.endless.add('sleep')
    return Manager(swarm.client(), 'web:1', 'contract')

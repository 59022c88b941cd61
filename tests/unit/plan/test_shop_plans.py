"""What the plans of the example shop say, and what becomes of a saved one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockermap.api import ClientConfiguration, MappingDockerClient, Plan, PlanOutdatedError
from dockermap.map.yaml import load_map_file
from dockermap.testing import InMemoryEngine

SHOP = Path(__file__).parents[3] / 'examples' / 'shop.yaml'
LIMITED = {'web': {'host_config': {'mem_limit': '512m'}}}

FIRST = """\
+ network    shop.back       is missing
+ container  shop.ledger     is missing
+ volume     shop.sockets    is missing
+ container  shop.app.blue   is missing
+ container  shop.app.green  is missing
+ container  shop.web        is missing
3 unchanged. 6 to create."""

CHANGED = """\
± network    shop.back    internal: no → yes
± container  shop.ledger  environment.SHOP_NAME differs
~ container  shop.web     memory: 512m → 1g; memory and swap: 1g → 2g
6 unchanged. 1 to change, 2 to re-create."""


@pytest.fixture
def engine():
    images = (f'dockermap-demo/{name}:latest' for name in ('ledger', 'app', 'web'))
    return InMemoryEngine(*images, 'busybox:latest', 'tianon/true:latest')


@pytest.fixture
def client(engine, monkeypatch):
    monkeypatch.setenv('SHOP_FILES', '/srv/shop')
    shop = load_map_file(str(SHOP))
    shop.merge(LIMITED)
    host = ClientConfiguration(client=engine.client(), version='1.41', interfaces={'public': '127.0.0.1'})
    return MappingDockerClient(shop, host)


@pytest.fixture
def changed(client):
    """The shop runs; then a variable of the ledger, an option of the network, and a limit are changed on the map."""
    client.update('__all__')
    shop = client.maps['shop']
    shop.containers.ledger.create_options = {'environment': {'SHOP_NAME': 'Other Shop'}}
    shop.networks.back.internal = True
    shop.containers.web.host_config = {'mem_limit': '1g'}
    client.refresh_names()
    return client


def test_before_the_first_start_everything_is_missing(client):
    assert str(client.plan('update', '__all__')) == FIRST


def test_when_it_runs_there_is_nothing_to_do(client):
    client.update('__all__')
    assert str(client.plan('update', '__all__')) == '9 unchanged. Nothing to do.'


def test_changes_are_shown_with_what_follows_from_them(changed):
    assert str(changed.plan('update', '__all__')) == CHANGED


def test_a_saved_plan_is_applied_once(changed, engine):
    saved = json.dumps(changed.plan('update', '__all__').to_dict())
    changed.apply(Plan.from_dict(json.loads(saved)))
    assert str(changed.plan('update', '__all__')) == '9 unchanged. Nothing to do.'
    engine.calls.clear()
    with pytest.raises(PlanOutdatedError, match=r'container shop\.ledger on client __default__ is not as it was found'):
        changed.apply(Plan.from_dict(json.loads(saved)))
    assert engine.changes == []

"""Files that are wrong somewhere: they are read, or are an error that says where; nothing else."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from dockermap.compose import dump, load, map_with_notes
from dockermap.exceptions import InputError
from dockermap.map.yaml import load_map
from tests.corpus.cases import CASES

pytestmark = pytest.mark.filterwarnings('ignore')

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 1.5, 1e300, 10**30, '', 'x', 'a:b', '1:2:3:4', '/x', './x', 'x y', 'é', '\0', 'a' * 30,
    [], {}, [None], [[]], [{}], {'a': None}, {'a': {'b': [1]}}, ['a', 'b'], [1, 2], 'service:app', 'container:', 'host',
    '${X}', '$$', '0', '99999', '1-5', '::', '[::1]:1:1', '1m', '1g', 'no', '-', '.', '..', '~', 'a.b', '__x__',
]  # fmt: skip
KEYS = (
    'image', 'build', 'ports', 'volumes', 'networks', 'deploy', 'healthcheck', 'extends', 'depends_on', 'restart',
    'configs', 'secrets', 'environment', 'env_file', 'labels', 'ulimits', 'logging', 'driver', 'external', 'name',
    'ipam', 'config', 'target', 'source', 'type', 'published', 'scale', 'resources', 'links', 'pid', 'network_mode',
    'volumes_from', 'tmpfs', 'devices', 'gpus', 'post_start', 'blkio_config', 'profiles', 'container_name', 'cpus',
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places(value[key])


def changed(document: Any, chance: random.Random) -> Any:
    """The document with one to three things in it replaced or added."""
    result = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 2, 3))):
        container, key = chance.choice(list(places(result)))
        if isinstance(container, dict) and chance.random() < 0.3:
            key = chance.choice(KEYS)
        container[key] = copy.deepcopy(chance.choice(VALUES))
    return result


@pytest.mark.parametrize('seed', range(8))
def test_whatever_is_in_a_file(seed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chance = random.Random(seed)
    read = [yaml.safe_load(case.files[0].read_text()) for case in CASES if case.name != 'overrides']
    accepted, wrong = 0, set()
    for document in (changed(chance.choice(read), chance) for _ in range(50)):
        try:
            shop, host, notes = load(document, environ={'X': '1'})
        except InputError as error:
            wrong.add(error.path.split('.')[0].split('[')[0])
            continue
        accepted += 1
        assert load_map(map_with_notes(shop, notes), strict=True) == shop
        load(dump(shop, host)[0], environ={})
    assert accepted
    assert wrong <= {'services', 'networks', 'volumes', 'secrets', 'configs', 'include', 'name', ''}

"""Two runs that make the same call at the same time, on the engine in memory."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any

import pytest

from dockermap.testing import CHANGING_CALLS, InMemoryEngine
from tests.laws.engines import front_end
from tests.laws.scenes import SCENES, Scene
from tests.laws.sweep import Sweep

TRIES = 6
BY_ID = {scene.id: scene for scene in SCENES}
SCENE_IDS = [
    'create/networks',
    'start what is new/networks',
    'startup of nothing/networks',
    'startup of nothing/volumes',
    'update of one container/networks',
    'update that re-creates containers/networks',
    'update that re-creates containers/volumes',
    'update that resets a network/networks',
    'shutdown/networks',
    'shutdown/volumes',
    'update of a secret/files',
]


class Slow:
    """A client that takes its time before each change, so that others get their turn."""

    def __init__(self, client: Any, source: random.Random) -> None:
        self._client = client
        self._source = source

    def __getattr__(self, name: str) -> Any:
        if name in CHANGING_CALLS:
            time.sleep(self._source.random() * 0.01)
        return getattr(self._client, name)


def both(scene: Scene, engine: InMemoryEngine, seed: int) -> list[str]:
    """What each of two runs was told."""
    told: list[str] = []

    def run(number: int) -> None:
        client = front_end(scene.map, Slow(engine.client(), random.Random(seed * 2 + number)))
        try:
            client.run_actions(scene.action, scene.requested, **dict(scene.arguments))
        except Exception as error:
            told.append(f'{type(error).__name__}: {str(error).partition(" (already done")[0]}')
        else:
            told.append('done')

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.parametrize('scene_id', SCENE_IDS)
def test_the_same_call_at_the_same_time_ends_as_one_after_one_more(scene_id: str, law_counts: Counter[str]) -> None:
    sweep = Sweep(BY_ID[scene_id])
    for seed in range(TRIES):
        engine = sweep.origin.copy()
        told = both(sweep.scene, engine, seed)
        law_counts['two runs at once'] += 1
        law_counts['two runs at once, told of an error'] += sum(text != 'done' for text in told)
        sweep.scene.call(engine)
        assert sweep.end.differences(sweep.end_of(engine)) == [], f'try {seed}: {told}'

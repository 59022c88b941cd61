"""Two processes that make the same call at the same time on a real engine."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dockermap.api import ActionRunnerException
from tests.engine.conftest import remove_all
from tests.engine.parallel.conftest import LOOP, Stand

TRIES = 20
CALL = Path(__file__).parent / 'call.py'


def content(stand: Stand, stage: str, has_network: bool) -> dict[str, Any]:
    joined = {'networks': 'back'} if has_network else {}
    settings = stand.service(**joined, create_options={'command': LOOP, 'environment': {'STAGE': stage}})
    containers: dict[str, Any] = {name: dict(settings) for name in ('db', 'app', 'web', 'cron')}
    containers['app'][stand.needs] = ['db']
    containers['web'][stand.needs] = ['app']
    return {'containers': containers, 'networks': {'back': {}} if has_network else {}}


def both(stand: Stand, action: str, wanted: dict[str, Any]) -> list[str]:
    """What each of two processes was told."""
    begin = str(time.time() + 1.5)
    arguments = [sys.executable, str(CALL), stand.url, stand.name, json.dumps(wanted), stand.image, action, begin]
    processes = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=110)[0].strip() for process in processes]
    assert all(told), 'a process ended without a word'
    return told


def is_right(stand: Stand, action: str, wanted: dict[str, Any]) -> bool:
    """Whether the engine is as the call is meant to leave it."""
    if action == 'shutdown':
        return not stand.left()
    client = stand.front_end(wanted)
    return sorted(stand.running()) == sorted(wanted['containers']) and not client.plan('update', '__all__')


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize('has_network', [False, True], ids=['bridge', 'own-network'])
@pytest.mark.parametrize('action', ['startup', 'update', 'shutdown'])
def test_the_same_call_at_the_same_time_ends_well_after_one_more(
    stand: Stand, told: Callable[[str], None], action: str, has_network: bool
) -> None:
    messages: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for _ in range(TRIES):
        client = stand.front_end(content(stand, 'a', has_network))
        client.shutdown('__all__')
        if action != 'startup':
            client.startup('__all__')
        wanted = content(stand, 'b' if action == 'update' else 'a', has_network)
        for text in both(stand, action, wanted):
            messages[re.sub(r'[0-9a-f]{12,64}|\b1[0-9.]+/\d+', '…', text.partition(' (already done')[0])] += 1
        if is_right(stand, action, wanted):
            ends['right at once'] += 1
            continue
        # Each of the two makes its call once more.
        for _ in range(2):
            with contextlib.suppress(ActionRunnerException):
                stand.front_end(wanted).run_actions(action, '__all__')
        if is_right(stand, action, wanted):
            ends['right after one more call of each'] += 1
        else:
            ends['wrong'] += 1
            remove_all(stand.api, stand.name)
    for text, number in messages.most_common():
        told(f'{number} x {text}')
    told(f'ends: {dict(ends)}')
    assert sum(ends.values()) == TRIES
    assert not ends['wrong']

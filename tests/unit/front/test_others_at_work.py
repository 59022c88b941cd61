"""Temporary containers of other runs: what may still be needed is waited for, what is not is removed."""

from __future__ import annotations

import json
import time

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.exceptions import ScriptActionException
from dockermap.map.execute.events import Clock
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL, PURPOSE_LABEL
from dockermap.map.policy.replaced import RUN
from dockermap.testing import InMemoryEngine, Process

HELPER = 'shop.db..owner.shop.data'
CONTENT = {
    'db': {'image': 'app', 'attaches': {'data': '/data'}, 'user': '7', 'permissions': 'o='},
    'tool': {'image': 'app'},
}


def elsewhere(seconds: float) -> str:
    """The label of a run on another machine, whose time is over after some seconds."""
    return json.dumps({'machine': 'elsewhere', 'process': 7, 'started': '1', 'run': 1, 'until': time.time() + seconds})


@pytest.fixture
def engine() -> InMemoryEngine:
    return InMemoryEngine('app:latest', 'busybox:latest')


@pytest.fixture
def front(engine: InMemoryEngine) -> MappingDockerClient:
    configuration = ClientConfiguration(client=engine.client(), version='1.41')
    return MappingDockerClient(ContainerMap('shop', CONTENT), configuration)


def add_helper(engine: InMemoryEngine, run: str | None) -> None:
    labels = {MAP_LABEL: 'shop', ITEM_LABEL: 'volume:data', PURPOSE_LABEL: 'preparation', **({RUN: run} if run else {})}
    engine.add_container(HELPER, running=True, process=Process(seconds=1000), labels=labels)


def test_a_helper_says_who_has_made_it_and_until_when_it_is_needed(engine, front):
    front.startup('db')
    (labels,) = (call.arguments['labels'] for call in engine.calls if call.arguments.get('name') == HELPER)
    until = json.loads(labels[RUN])['until']
    assert time.time() + 500 < until < time.time() + 700


def test_a_helper_that_another_run_may_need_is_waited_for(engine, front, caplog, monkeypatch):
    there_while_waiting = []
    monkeypatch.setattr(Clock, 'sleep', lambda *_: there_while_waiting.append(engine.names()))
    monkeypatch.setattr(Clock, 'time', lambda _: time.time() + 600 * len(there_while_waiting))
    add_helper(engine, elsewhere(600))
    front.startup('db')
    assert HELPER in there_while_waiting[0]
    assert 'is in use by process 7 on another machine; waiting' in caplog.text
    assert engine.names() == ['shop.db']


@pytest.mark.parametrize('seconds', [None, -1])
def test_a_helper_that_nobody_needs_is_removed_at_once(engine, front, seconds, caplog):
    add_helper(engine, None if seconds is None else elsewhere(seconds))
    front.startup('db')
    assert 'waiting' not in caplog.text
    assert engine.names() == ['shop.db']


def test_a_script_can_be_run_again_after_it_took_too_long(engine, front):
    engine.script(Process(), container='shop.tool')
    (first,) = [output.result for output in front.run_script('tool', wait_timeout=1) if 'error' in output.result]
    assert engine.is_running('shop.tool')
    engine.script(Process(seconds=0.1, output='done'), container='shop.tool')
    second = front.run_script('tool', wait_timeout=1)[-1].result
    assert (second['exit_code'], second['log']) == (0, b'done')
    assert second['id'] != first['id']
    assert engine.names() == []


def test_a_script_that_another_run_may_be_waiting_for_is_left_alone(engine, front):
    labels = {MAP_LABEL: 'shop', ITEM_LABEL: 'container:tool', PURPOSE_LABEL: 'script', RUN: elsewhere(60)}
    engine.add_container('shop.tool', running=True, process=Process(), labels=labels)
    with pytest.raises(ScriptActionException):
        front.run_script('tool')
    assert engine.is_running('shop.tool')


@pytest.mark.parametrize('kind', ['refused', 'timeout-before', 'lost-before'])
def test_the_output_is_there_although_the_container_cannot_be_removed(engine, front, kind):
    engine.script(Process(seconds=0.1, exit_code=3, output='done'), container='shop.tool')
    engine.faults.add('remove_container', kind=kind)
    result = front.run_script('tool')[-1].result
    assert (result['exit_code'], result['log']) == (3, b'done')
    assert front.run_script('tool')[-1].result['exit_code'] == 3
    assert engine.names() == []

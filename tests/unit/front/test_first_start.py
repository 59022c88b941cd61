"""Containers that were created by one call, and run their first commands in another."""

from __future__ import annotations

import re

import pytest

from dockermap.api import ActionRunnerException
from dockermap.testing import InMemoryEngine, Killed, Process

FIRST = {'cmd': ['sh', '-c', 'echo once'], 'user': 'root', 'policy': 'initial'}
MAP = {'db': {'exec_commands': [FIRST], 'image': 'web'}, 'web': {'network_mode': 'db'}}
MARKED = re.compile(r'shop\.db\.\.new\.[0-9a-f]+-\d+-\d*-\d+-\d+')


@pytest.fixture
def engine():
    return InMemoryEngine('web:latest')


@pytest.fixture
def created(make_client, engine):
    """A front end for containers that have been created and not been started."""
    client = make_client(MAP, option_defaults={'exec_wait': 0})
    client.create('web')
    client.create('db')
    engine.calls.clear()
    return client


def names(engine):
    return sorted(container.name for container in engine.containers)


def first_commands(engine):
    (container,) = [found for found in engine.containers if found.name == 'shop.db']
    return len(container.execs)


def kill_at(engine, created, method, number=1, action='start'):
    engine.faults.add(method, kind='killed-after', number=number)
    with pytest.raises(Killed):
        created.run_actions(action, 'web')
    engine.faults.clear()
    engine.calls.clear()


def test_meanwhile_the_name_says_that_they_have_not_ended(created, engine):
    created.start('db')
    assert [MARKED.sub('MARKED', change) for change in engine.changes] == [
        'rename shop.db MARKED',
        'start MARKED',
        'exec_create MARKED',
        'exec_start MARKED',
        'rename MARKED shop.db',
    ]


@pytest.mark.parametrize('action', ['start', 'startup', 'update'])
@pytest.mark.parametrize('method', ['rename', 'start', 'exec_create', 'exec_start'])
def test_a_container_whose_first_commands_were_interrupted_is_created_again(created, engine, method, action):
    kill_at(engine, created, method)
    assert any(map(MARKED.fullmatch, names(engine)))
    created.run_actions(action, 'web')
    assert names(engine) == ['shop.db', 'shop.web']
    assert first_commands(engine) == 1
    assert engine.is_running('shop.web')
    assert list(created.get_actions(action, 'web')) == []


def test_what_is_interrupted_can_be_removed(created, engine):
    kill_at(engine, created, 'exec_start')
    created.shutdown('db')
    assert names(engine) == []


def test_a_start_that_is_refused_leaves_the_container_as_it_was(created, engine):
    engine.faults.add('start', kind='refused', status=500, text='port is already allocated')
    with pytest.raises(ActionRunnerException, match='already allocated'):
        created.start('db')
    assert names(engine) == ['shop.db', 'shop.web']


def test_a_command_that_cannot_be_started_stops_the_container_and_the_next_call_starts_over(created, engine):
    engine.script(Process(missing=True), command='sh -c echo once', in_exec=True)
    with pytest.raises(ActionRunnerException):
        created.start('db')
    (marked,) = filter(MARKED.fullmatch, names(engine))
    assert not engine.is_running(marked)
    with pytest.raises(ActionRunnerException):
        created.start('db')
    assert 'shop.db' not in names(engine)


def test_a_container_that_another_run_starts_is_waited_for(created, engine, make_client):
    others, waited = make_client(MAP, option_defaults={'exec_wait': 0}), []

    docker_client = engine.client()
    exec_start = docker_client.exec_start

    def meanwhile(*args, **kwargs):
        plan = others.plan('start', 'db')
        waited.extend(plan.notices)
        return exec_start(*args, **kwargs)

    docker_client.exec_start = meanwhile
    created.clients['__default__'].client = docker_client
    created.start('db')
    assert any('waited for' in str(notice) for notice in waited), waited


def test_what_another_run_has_started_meanwhile_is_left_alone(created, engine, make_client):
    others = make_client(MAP, option_defaults={'exec_wait': 0})
    docker_client = engine.client()
    rename = docker_client.rename

    def after_another_run(*args, **kwargs):
        docker_client.rename = rename
        others.start('db')
        return rename(*args, **kwargs)

    docker_client.rename = after_another_run
    created.clients['__default__'].client = docker_client
    created.start('db')
    assert names(engine) == ['shop.db', 'shop.web']
    assert engine.is_running('shop.db')
    assert first_commands(engine) == 1

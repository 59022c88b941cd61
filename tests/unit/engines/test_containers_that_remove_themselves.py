"""Containers that the engine removes as soon as they have ended."""

from __future__ import annotations

import pytest

from dockermap.testing import Process

SELF_REMOVING = {'image': 'box:1', 'host_config': {'auto_remove': True}}
SIGNALS = {'default signal': {}, 'own signal': {'stop_signal': 'SIGINT'}}


def content(**more):
    return {'web': {**SELF_REMOVING, 'networks': 'back', **more}, 'networks': {'back': {}}}


@pytest.mark.parametrize('more', SIGNALS.values(), ids=SIGNALS)
def test_a_restart_creates_it_again(any_engine, client_for, more):
    client = client_for(any_engine, content(**more))
    client.startup('web')
    former = any_engine.container('shop.web').id
    client.restart('web')
    assert any_engine.is_running('shop.web')
    assert any_engine.container('shop.web').id != former
    assert client.update('web') == []


@pytest.mark.parametrize('more', SIGNALS.values(), ids=SIGNALS)
@pytest.mark.parametrize('call', ['stop', 'shutdown'])
def test_it_is_gone_when_it_has_been_stopped(any_engine, client_for, call, more):
    client = client_for(any_engine, content(**more))
    client.startup('web')
    getattr(client, call)('web')
    assert any_engine.names() == []
    client.startup('web')
    assert any_engine.is_running('shop.web')


@pytest.mark.parametrize('call', ['stop', 'restart', 'shutdown'])
def test_one_that_does_not_listen_is_killed(any_engine, client_for, call):
    any_engine.script(Process(signals={'SIGINT': None}), container='shop.web')
    client = client_for(any_engine, content(stop_signal='SIGINT', stop_timeout=5))
    client.startup('web')
    former = any_engine.container('shop.web').id
    getattr(client, call)('web')
    assert all(any_engine.container(name).id != former for name in any_engine.names())


def test_a_restart_runs_its_commands_again(any_engine, client_for):
    client = client_for(any_engine, content(exec_commands=['work']))
    client.startup('web')
    any_engine.calls.clear()
    client.restart('web')
    assert [change.split()[0] for change in any_engine.changes] == [
        'stop',
        'remove_container',
        'create_container',
        'start',
        'exec_create',
        'exec_start',
    ]

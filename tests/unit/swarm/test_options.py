"""Options and arguments of calls mean something on a swarm, or it is told that they do not."""

from __future__ import annotations

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.client import _CARRYING_OUT
from dockermap.map.swarm import settings
from dockermap.map.swarm.backend import GENERATORS
from dockermap.map.swarm.runner import SwarmRunner
from dockermap.testing import InMemoryEngine

WEB = {'image': 'web:1'}
VALUES = {'start_grace': 3, 'replace': 'remove-first', 'rollout': 'one-by-one', 'exec_wait': 1, 'wait': False}
ACTIONS = {
    'pull_all_images': 'pull_images',
    'pull_insecure_registry': 'pull_images',
    'restart_exec_commands': 'restart',
    'remove_attached': 'shutdown',
}
SILENT = [name for name in settings.CALL_OPTIONS if not settings.has_effect(name, VALUES.get(name, True))]


def test_each_option_of_a_call_has_a_row():
    parts = [part for table in (MappingDockerClient.generators, GENERATORS) for pair in table.values() for part in pair]
    parts += [MappingDockerClient.runner_class, SwarmRunner]
    known = {name for part in parts for name in part.policy_options}
    assert set(settings.CALL_OPTIONS) == {*known, *_CARRYING_OUT}


def test_what_a_swarm_ignores_are_these():
    ignored = {name for name, row in settings.CALL_OPTIONS.items() if row.fate is settings.Fate.IGNORED}
    assert set(SILENT) == {*ignored, 'rollout', 'wait'}


@pytest.mark.parametrize('name', SILENT)
def test_an_option_that_does_nothing_is_told_and_is_no_error(make_client, caplog, name):
    client, action = make_client({'web': WEB}), ACTIONS.get(name, 'update')
    value = VALUES.get(name, True)
    notice = f'{name} has no effect on client __default__, which is a swarm: {settings.CALL_OPTIONS[name].text}'
    assert notice in client.plan(action, 'web', **{name: value}).notices
    client.run_actions(action, 'web', **{name: value})
    assert notice in caplog.text


@pytest.mark.parametrize('options', [{}, {'adopt': True}, {'wait': True}, {'rollout': {'first': 1}}, {'replace': ''}])
def test_what_has_an_effect_is_not_told(make_client, options):
    assert make_client({'web': WEB}).plan('update', 'web', **options).notices == ()


@pytest.fixture
def make_both(swarm):
    """Builds a front end for ``data`` on an engine and ``web`` on the swarm."""
    engine = InMemoryEngine('data:1')

    def make(data=None, **web):
        clients = {
            'host': ClientConfiguration(client=engine.client()),
            'swarm': ClientConfiguration(client=swarm.client(), orchestrator='swarm'),
        }
        entries = {
            'data': {'image': 'data:1', 'clients': ['host'], **(data or {})},
            'web': {**WEB, 'clients': ['swarm'], **web},
        }
        return MappingDockerClient(ContainerMap('shop', entries), clients=clients)

    return make


def test_of_a_call_that_is_not_about_the_swarm_nothing_is_told(make_both):
    client = make_both()
    assert client.plan('update', 'data', replace='remove-first').notices == ()
    (notice,) = client.plan('update', ['data', 'web'], replace='remove-first').notices
    assert notice.startswith('replace has no effect on client swarm,')


@pytest.mark.parametrize('order', [['data', 'web'], ['web', 'data']])
def test_arguments_are_checked_for_each_kind_of_client(swarm, make_both, order):
    client = make_both()
    client.update(order)
    swarm.calls.clear()
    with pytest.raises(TypeError, match="'stop' takes no argument 'timeout' on client 'swarm', which is a swarm"):
        client.stop(order, timeout=3)
    assert swarm.calls == []
    client.stop('data', timeout=3)
    assert client.status('data')[0].state == 'exited'


def test_what_neither_takes_is_refused_wherever_it_is_given(make_both):
    client = make_both()
    for names in ('data', 'web', ['data', 'web']):
        with pytest.raises(TypeError, match="'update' takes no argument 'force_updates'"):
            client.update(names, force_updates='web')


def test_of_replicas_on_an_engine_the_plan_tells_once(make_both):
    client = make_both({'replicas': 3, 'nodes': ['disk=ssd'], 'publish': 'ingress'}, replicas=2)
    notices = client.plan('update', ['data', 'web']).notices
    assert notices == ('shop.data is one container, and not 3: replicas are for swarms. On an engine, list instances',)
    client.update('data')
    assert client.plan('update', 'data').notices == ()

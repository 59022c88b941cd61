"""Starting containers with arguments that only a new container can have."""
from __future__ import annotations

import pytest

from dockermap.map.policy.label import LABEL, format_label

STARTED = '2026-01-01T00:00:00Z'


@pytest.fixture
def existing(make_setup):
    """A container that exists as it was made with some arguments."""
    def make(made_with=None, **state):
        setup = make_setup({'web': {'networks': ['back', 'front']}, 'networks': {'back': None, 'front': None}})
        for name in ('back', 'front'):
            setup.engine.add_network(f'shop.{name}')
        action = setup.acting('container', 'web')
        setup.runner.create_container(action, 'shop.web', **(made_with or {}))
        detail = next(iter(setup.engine.container_details.values()))
        detail['State'].update(state)
        setup.engine.calls.clear()
        # A new runner, as for another call.
        setup.runner = type(setup.runner)(setup.policy, {})
        return setup

    return make


def start(setup, **kwargs):
    setup.runner.start_container(setup.acting('container', 'web'), 'shop.web', **kwargs)
    return [change.split()[0] for change in setup.engine.changes]


RENEWED = ['remove_container', 'create_container', 'connect_container_to_network', 'start']


@pytest.mark.parametrize('kwargs', [{'expose': {80: 80}}, {'tty': True}, {'create_options': {'tty': True}},
                                    {'mem_limit': '8m'}, {'host_config': {'restart_policy': {'Name': 'always'}}},
                                    {'networks': {'front': {'aliases': ['x']}}},
                                    {'networks': {'back': {'ipv4_address': '10.0.0.5'}}}])
def test_a_container_that_never_ran_is_made_anew(existing, kwargs):
    setup = existing()
    assert start(setup, **kwargs) == RENEWED
    assert setup.calls('remove_container') == [{'container': 'shop.web', 'v': True}]


@pytest.mark.parametrize('state', [{}, {'StartedAt': STARTED}])
@pytest.mark.parametrize('kwargs', [{'expose': {80: 80}}, {'mem_limit': '8m'}])
def test_a_container_that_has_them_already_is_just_started(existing, kwargs, state):
    assert start(existing(kwargs, **state), **kwargs) == ['start']


@pytest.mark.parametrize('kwargs', [{'expose': {80: 80}}, {'mem_limit': '8m'}])
def test_a_container_that_has_run_is_not_replaced(existing, kwargs):
    setup = existing(StartedAt=STARTED)
    with pytest.raises(ValueError, match=r"'shutdown', then 'startup'"):
        start(setup, **kwargs)
    assert setup.engine.changes == []


@pytest.mark.parametrize('kwargs', [
    {'network_mode': 'host'}, {'network_mode': 'container:other'}, {'host_config': {'network_mode': 'host'}},
])
def test_another_network_mode_needs_another_container(existing, kwargs):
    setup = existing(StartedAt=STARTED)
    with pytest.raises(ValueError, match='network_mode'):
        start(setup, **kwargs)


def test_networks_of_the_call_that_made_a_container_are_all_joined(make_setup):
    setup = make_setup({'web': {}, 'networks': {'back': None, 'front': None}})
    for name in ('back', 'front'):
        setup.engine.add_network(f'shop.{name}')
    action = setup.acting('container', 'web')
    setup.runner.create_container(action, 'shop.web', networks=['back', 'front'])
    setup.runner.connect_all_networks(action, 'shop.web')
    assert [call['net_id'] for call in setup.calls('connect_container_to_network')] == ['shop.front']


@pytest.mark.parametrize(('state', 'is_renewed'), [({}, True), ({'StartedAt': STARTED}, False)])
def test_a_container_without_label_counts_as_different(existing, state, is_renewed):
    setup = existing(**state)
    next(iter(setup.engine.container_details.values()))['Config']['Labels'] = {}
    if is_renewed:
        assert start(setup, tty=True) == RENEWED
    else:
        with pytest.raises(ValueError, match='tty'):
            start(setup, tty=True)


def test_without_arguments_nothing_is_compared(existing):
    setup = existing(StartedAt=STARTED)
    next(iter(setup.engine.container_details.values()))['Config']['Labels'][LABEL] = format_label({'tty': True})
    assert start(setup) == ['start']
    assert setup.calls('inspect_container') == []


def test_arguments_that_are_for_stopping_it_before_are_not_compared(existing):
    setup = existing(StartedAt=STARTED)
    assert start(setup, timeout=3) == ['start']
    assert setup.calls('inspect_container') == []


def test_a_container_that_was_just_made_is_not_compared(existing):
    setup = existing()
    action = setup.acting('container', 'web')
    setup.runner.remove_container(action, 'shop.web')
    setup.runner.create_container(action, 'shop.web', tty=True)
    setup.engine.calls.clear()
    assert start(setup, tty=True) == ['start']
    assert setup.calls('inspect_container') == []

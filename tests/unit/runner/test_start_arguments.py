"""Starting containers with arguments that only a new container can have."""

from __future__ import annotations

import pytest

from dockermap.docker_options import CREATE_OPTIONS
from dockermap.map.policy.label import LABEL, format_label

MAP = {'web': {'networks': ['back', 'front']}, 'networks': {'back': None, 'front': None}}
SUBNET = {'Config': [{'Subnet': '10.0.0.0/24'}]}


@pytest.fixture
def setup(make_setup, engine):
    """A container ``web`` is to be in two networks, which exist."""
    engine.add_network('shop.back', ipam=SUBNET)
    engine.add_network('shop.front')
    return make_setup(MAP)


@pytest.fixture
def existing(setup):
    """A container that exists as it was created with some arguments."""

    def make(created_with=None, has_run=False):
        setup.runner.create_container(setup.acting('container', 'web'), 'shop.web', **(created_with or {}))
        return as_found(setup, has_run)

    return make


def as_found(setup, has_run):
    """As another call finds it: with a new runner, and perhaps after a former run."""
    if has_run:
        setup.client.start('shop.web')
        setup.client.stop('shop.web')
    setup.engine.calls.clear()
    setup.renew_runner()
    return setup


def start(setup, **kwargs):
    setup.runner.start_container(setup.acting('container', 'web'), 'shop.web', **kwargs)
    return setup.steps


RENEWED = ['remove_container', 'create_container', 'connect_container_to_network', 'start']


@pytest.mark.parametrize(
    'kwargs',
    [
        {'expose': {80: 80}},
        {'tty': True},
        {'create_options': {'tty': True}},
        {'mem_limit': '8m'},
        {'host_config': {'restart_policy': {'Name': 'always'}}},
        {'networks': {'front': {'aliases': ['x']}}},
        {'networks': {'back': {'ipv4_address': '10.0.0.5'}}},
    ],
)
def test_a_container_that_never_ran_is_made_anew(existing, kwargs):
    setup = existing()
    assert start(setup, **kwargs) == RENEWED
    assert setup.calls('remove_container') == [{'container': 'shop.web', 'v': True}]


@pytest.mark.parametrize('has_run', [False, True])
@pytest.mark.parametrize('kwargs', [{'expose': {80: 80}}, {'mem_limit': '8m'}])
def test_a_container_that_has_them_already_is_just_started(existing, kwargs, has_run):
    assert start(existing(kwargs, has_run), **kwargs) == ['start']


@pytest.mark.parametrize('kwargs', [{'expose': {80: 80}}, {'mem_limit': '8m'}])
def test_a_container_that_has_run_is_not_replaced(existing, kwargs):
    setup = existing(has_run=True)
    with pytest.raises(ValueError, match=r"'shutdown', then 'startup'"):
        start(setup, **kwargs)
    assert setup.engine.changes == []


@pytest.mark.parametrize(
    'kwargs',
    [
        {'network_mode': 'host'},
        {'network_mode': 'container:other'},
        {'host_config': {'network_mode': 'host'}},
    ],
)
def test_another_network_mode_needs_another_container(existing, kwargs):
    setup = existing(has_run=True)
    with pytest.raises(ValueError, match='network_mode'):
        start(setup, **kwargs)


@pytest.mark.parametrize(
    'kwargs',
    [
        {'network_mode': 'host'},
        {'network_mode': 'container:other'},
        {'host_config': {'network_mode': 'container:other'}},
    ],
)
def test_a_container_that_has_the_network_mode_already_is_just_started(existing, engine, kwargs):
    engine.add_container('other', running=True)
    assert start(existing(kwargs), **kwargs) == ['start']


def test_a_network_mode_that_the_arguments_do_not_name_is_not_compared(existing):
    setup = existing({'network_mode': 'host', 'mem_limit': '8m'}, has_run=True)
    assert start(setup, mem_limit='8m') == ['start']


def test_networks_of_the_call_that_made_a_container_are_all_joined(make_setup, engine):
    setup = make_setup({**MAP, 'web': {}})
    for name in ('back', 'front'):
        engine.add_network(f'shop.{name}')
    action = setup.acting('container', 'web')
    setup.runner.create_container(action, 'shop.web', networks=['back', 'front'])
    setup.runner.connect_all_networks(action, 'shop.web')
    assert [call['net_id'] for call in setup.calls('connect_container_to_network')] == ['shop.front']


def test_a_container_without_label_that_never_ran_is_made_anew(setup):
    setup.engine.add_container('shop.web')
    assert start(as_found(setup, False), tty=True) == RENEWED


def test_a_container_without_label_that_has_run_counts_as_different(setup):
    setup.engine.add_container('shop.web')
    with pytest.raises(ValueError, match='tty'):
        start(as_found(setup, True), tty=True)


def test_without_arguments_nothing_is_compared(setup):
    setup.engine.add_container('shop.web', labels={LABEL: format_label({'tty': True}, CREATE_OPTIONS)})
    assert start(as_found(setup, True)) == ['start']
    assert setup.calls('inspect_container') == []


def test_arguments_that_are_for_stopping_it_before_are_not_compared(existing):
    setup = existing(has_run=True)
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

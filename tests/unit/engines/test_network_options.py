"""Driver options of networks that an engine records under another name."""

from __future__ import annotations

import pytest

MTU = 'com.docker.network.driver.mtu'
BRIDGE = 'com.docker.network.bridge.name'
OTHER = 'org.example.token'


@pytest.mark.parametrize(
    ('option', 'first', 'second'),
    [(MTU, 1400, 1400), (MTU, 1400, 1500), (BRIDGE, 'a0', 'a0'), (BRIDGE, 'a0', 'b0'), (OTHER, 1, 1), (OTHER, 1, 2)],
)
def test_a_network_is_re_created_for_another_value_and_only_then(any_engine, client_for, option, first, second):
    def content(value):
        networks = {'back': {'driver_options': {option: value}}}
        return {'web': {'image': 'box:1', 'networks': 'back'}, 'networks': networks}

    client_for(any_engine, content(first)).update('web')
    any_engine.calls.clear()
    client_for(any_engine, content(second)).update('web')
    assert ('create_network shop.back' in any_engine.changes) is (first != second)

"""Driver options of networks that an engine records under another name."""

from __future__ import annotations

import pytest

MTU = 'com.docker.network.driver.mtu'


@pytest.mark.parametrize('recorded_change', [0, 100])
def test_a_network_is_re_created_for_another_packet_size_and_only_then(any_engine, client_for, recorded_change):
    def content(size):
        return {'web': {'image': 'box:1', 'networks': 'back'}, 'networks': {'back': {'driver_options': {MTU: size}}}}

    client_for(any_engine, content(1400)).update('web')
    any_engine.calls.clear()
    client_for(any_engine, content(1400 + recorded_change)).update('web')
    assert ('create_network shop.back' in any_engine.changes) is bool(recorded_change)

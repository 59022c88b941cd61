"""Limits that an engine does not know any more, or that its host does not have."""

from __future__ import annotations

import pytest

WITH_KERNEL_MEMORY = {'web': {'image': 'box:1', 'host_config': {'kernel_memory': '64m'}}}
NEWER = ['26.1', '28.5', '29', 'podman']


def without_weight(detail):
    """What hosts report that accept a weight and leave it out."""
    return {**detail, 'HostConfig': {**detail['HostConfig'], 'BlkioWeight': 0}}


def weighing(weight, **more):
    return {'web': {'image': 'box:1', 'host_config': {'blkio_weight': weight, **more}}}


@pytest.mark.parametrize('name', NEWER)
def test_a_limit_that_the_engine_has_dropped_is_no_difference(engine_like, client_for, name):
    engine = engine_like(name)
    client_for(engine, {'web': {'image': 'box:1'}}).update('web')
    engine.calls.clear()
    assert client_for(engine, WITH_KERNEL_MEMORY).update('web') == []
    assert engine.changes == []


def test_a_limit_that_the_engine_still_has_is_changed_in_place(engine_like, client_for):
    engine = engine_like('20.10')
    client_for(engine, {'web': {'image': 'box:1'}}).update('web')
    engine.calls.clear()
    client_for(engine, WITH_KERNEL_MEMORY).update('web')
    assert engine.changes == ['update_container shop.web']
    assert engine.container('shop.web').host_config['KernelMemory'] == 64 * 1024**2


@pytest.fixture
def warned(caplog):
    """Gives the warnings of a change that the engine did not make."""
    return lambda: [record.getMessage() for record in caplog.records if 'does not apply it' in record.getMessage()]


def test_a_change_that_the_engine_does_not_make_is_tried_once_and_told_once(any_engine, client_for, warned):
    any_engine.report('inspect_container', without_weight)
    client = client_for(any_engine, weighing(300))
    client.update('web')
    client.update('web')
    assert warned() == [
        'container shop.web on client __default__: the engine accepts block IO weight: not set → 300, but does not '
        'apply it. This is not tried again while the engine is the same; remove the setting, or use a host that '
        'supports it.'
    ]
    any_engine.calls.clear()
    assert client.update('web') == []
    assert (any_engine.changes, len(warned())) == ([], 1)


def test_another_value_is_tried_again(any_engine, client_for, warned):
    any_engine.report('inspect_container', without_weight)
    client = client_for(any_engine, weighing(300))
    client.update('web')
    client.update('web')
    client.maps['shop'].containers['web'].host_config['blkio_weight'] = 400
    client.update('web')
    assert len(warned()) == 2


def test_what_did_not_take_is_tried_again_on_a_newer_engine(any_engine, client_for, warned):
    any_engine.report('inspect_container', without_weight)
    client = client_for(any_engine, weighing(300))
    client.update('web')
    client.update('web')
    any_engine.report('info', {'ServerVersion': '99.0'})
    client.update('web')
    assert len(warned()) == 2


def test_a_limit_that_takes_is_changed_beside_one_that_does_not(any_engine, client_for, warned):
    any_engine.report('inspect_container', without_weight)
    client_for(any_engine, weighing(300)).update('web')
    client = client_for(any_engine, weighing(300, cpu_shares=512))
    client.update('web')
    assert any_engine.container('shop.web').host_config['CpuShares'] == 512
    assert len(warned()) == 1
    assert client.update('web') == []


def test_a_change_that_takes_is_not_told(any_engine, client_for, warned):
    client_for(any_engine, weighing(300)).update('web')
    client_for(any_engine, weighing(400)).update('web')
    assert (any_engine.container('shop.web').host_config['BlkioWeight'], warned()) == (400, [])

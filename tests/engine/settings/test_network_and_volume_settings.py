"""Every setting of a network and of a volume: made with it, looked at again, changed, and removed."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

import docker
import pytest

from dockermap.api import ActionRunnerException, ItemType, MapConfigId, NetworkConfiguration, VolumeConfiguration
from dockermap.map.policy.options import NETWORK_OPTIONS, VOLUME_OPTIONS
from dockermap.map.policy.ownership import without_own_labels

CONFIG, CREATE = 'config', 'create_options'
MTU = 'com.docker.network.driver.mtu'
FOREVER = "trap 'exit 0' TERM; sleep 1000 & wait"
NEITHER_CHANGES_NOR_SHOWS = {
    'external': 'says that it is not created for the map',
    'check_duplicate': 'engines check it when they create a network, or not',
    'ingress': 'needs a swarm',
    'scope': 'needs a swarm',
    'create_options': 'see the arguments of the creating call',
    'default_path': 'see the containers',
    'user': 'see the containers',
    'permissions': 'see the containers',
}


class Setting(NamedTuple):
    """One setting with two values; ``shown`` says where an inspection has it."""

    name: str
    place: str
    first: Any
    other: Any
    shown: str

    def __str__(self) -> str:
        return f'{self.place}: {self.name}'


def pool(subnet: str) -> Any:
    return docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet=subnet)])


NETWORK_SETTINGS = [
    Setting('driver_options', CONFIG, {MTU: 1400}, {MTU: 1300}, 'Options'),
    Setting('internal', CONFIG, True, False, 'Internal'),
    Setting('options', CREATE, {MTU: 1400}, {MTU: 1300}, 'Options'),
    Setting('internal', CREATE, True, False, 'Internal'),
    Setting('attachable', CREATE, True, False, 'Attachable'),
    Setting('enable_ipv6', CREATE, True, False, 'EnableIPv6'),
    Setting('ipam', CREATE, pool('10.232.1.0/24'), pool('10.232.2.0/24'), 'IPAM'),
    Setting('labels', CREATE, {'a': 'b'}, {'a': 1}, 'Labels'),
]
VOLUME_SETTINGS = [
    Setting(
        'driver_options',
        CONFIG,
        {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m'},
        {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=2m'},
        'Options',
    ),
    Setting(
        'driver_opts',
        CREATE,
        {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m'},
        {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=2m'},
        'Options',
    ),
    Setting('labels', CREATE, {'a': 'b'}, {'a': 1}, 'Labels'),
]
DRIVERS = ('driver',)
"""Not every host has more than one driver for networks and for volumes: they are tried with one that is not there."""

NEWER = ('enable_ipv4',)
"""Only engines from API version 1.48 on have it; elsewhere it is refused."""


def test_every_setting_is_in_the_tables():
    for settings, configuration, options in (
        (NETWORK_SETTINGS, NetworkConfiguration, NETWORK_OPTIONS),
        (VOLUME_SETTINGS, VolumeConfiguration, VOLUME_OPTIONS),
    ):
        known = {setting.name for setting in settings} | set(NEITHER_CHANGES_NOR_SHOWS) | set(DRIVERS) | set(NEWER)
        assert {*configuration.CONFIG_PROPERTIES, *options} - known == set()


def shown(detail: dict[str, Any], key: str) -> Any:
    value = detail[key] or {}
    return without_own_labels(value) if isinstance(value, dict) else value


def settings_with(setting: Setting, value: Any) -> dict[str, Any]:
    needed = {'ipam': pool('fd00:232::/64')} if setting.name == 'enable_ipv6' else {}
    if value is None:
        return {CREATE: needed}
    if setting.place == CONFIG:
        return {setting.name: value}
    return {CREATE: {**needed, setting.name: value}}


def container(bench: Any, **config: Any) -> dict[str, Any]:
    return {'image': bench.image, 'create_options': {'entrypoint': ['/bin/sh', '-c', FOREVER]}, **config}


class TestNetworks:
    @pytest.mark.parametrize('setting', NETWORK_SETTINGS, ids=str)
    def test_are_made_anew_around_their_containers(self, bench, setting):
        def content(value: Any) -> dict[str, Any]:
            return {'app': container(bench, networks=['net']), 'networks': {'net': settings_with(setting, value)}}

        def state() -> tuple[str, Any]:
            detail = bench.inspect_network('net')
            assert bench.inspect()['NetworkSettings']['Networks'].keys() == {bench.name('net')}
            return detail['Id'], shown(detail, setting.shown)

        bench.update(content(setting.first))
        assert bench.update(content(setting.first)) == []
        app, (network, value) = bench.inspect()['Id'], state()
        for wanted in (setting.other, setting.first, None):
            bench.update(content(wanted))
            assert bench.update(content(wanted)) == []
            before, (network, value) = (network, value), state()
            assert before[0] != network
            assert before[1] != value
        assert bench.inspect()['Id'] == app

    @pytest.mark.parametrize('place', [CONFIG, CREATE])
    def test_stay_as_they_are_if_they_cannot_be_made_anew(self, bench, place, caplog):
        def content(**config: Any) -> dict[str, Any]:
            return {'app': container(bench, networks=['net']), 'networks': {'net': config}}

        bench.update(content())
        wanted = {'driver': 'other'} if place == CONFIG else {CREATE: {'driver': 'other'}}
        with caplog.at_level(logging.INFO), pytest.raises(ActionRunnerException):
            bench.update(content(**wanted))
        assert 'driver: bridge → other' in caplog.text
        assert bench.inspect()['NetworkSettings']['Networks'].keys() == {bench.name('net')}
        assert bench.update(content()) == []


class TestVolumes:
    @pytest.mark.parametrize('setting', VOLUME_SETTINGS, ids=str)
    def test_keep_their_data_until_they_are_named(self, bench, setting, caplog):
        def content(value: Any) -> dict[str, Any]:
            return {
                'app': container(bench, attaches=['data']),
                'volumes': {'data': {'default_path': '/data', **settings_with(setting, value)}},
            }

        bench.update(content(setting.first))
        assert bench.update(content(setting.first)) == []
        for wanted in (setting.other, None):
            found = shown(bench.inspect_volume('data'), setting.shown)
            caplog.clear()
            with caplog.at_level(logging.WARNING):
                assert bench.update(content(wanted)) == []
            assert f'volume data of {bench.prefix}.app' in caplog.text
            assert shown(bench.inspect_volume('data'), setting.shown) == found
            volume = MapConfigId(ItemType.VOLUME, bench.prefix, 'app', 'data')
            bench.update(content(wanted), force_update=volume)
            assert bench.update(content(wanted)) == []
            assert shown(bench.inspect_volume('data'), setting.shown) != found
            assert bench.inspect()['State']['Running']

    def test_of_another_driver_are_noticed(self, bench, caplog):
        content = {'app': container(bench, attaches=['data']), 'volumes': {'data': '/data'}}
        bench.update(content)
        with caplog.at_level(logging.WARNING):
            assert bench.update({**content, 'volumes': {'data': {'default_path': '/data', 'driver': 'other'}}}) == []
        assert 'driver: local → other' in caplog.text

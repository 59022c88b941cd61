"""Limits and restart policy."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.state.update._limits import check_limits
from dockermap.map.state.update._options import GivenOptions
from dockermap.map.state.update.container import CONTAINER_UPDATE_VARS

G = 1024**3
ALL = {'container_update': True, 'container_update_restart_policy': True}
EXAMPLES = {
    'blkio_weight': (300, 'BlkioWeight', 300, 400),
    'cpu_period': (50000, 'CpuPeriod', 50000, 60000),
    'cpu_quota': (20000, 'CpuQuota', 20000, 30000),
    'cpu_shares': (512, 'CpuShares', 512, 256),
    'cpuset_cpus': ('0', 'CpusetCpus', '0', '0-1'),
    'cpuset_mems': ('0', 'CpusetMems', '0', '1'),
    'mem_limit': ('1g', 'Memory', G, 2 * G),
    'mem_reservation': ('1g', 'MemoryReservation', G, 2 * G),
    'kernel_memory': ('1g', 'KernelMemory', G, 2 * G),
}


def checked(item, found, host_config=None, create_options=None, features=ALL):
    config = ContainerConfiguration({'host_config': host_config or {}, 'create_options': create_options or {}})
    return check_limits(item, GivenOptions(config), found, features)


def found_for(name, value):
    key = EXAMPLES[name][1]
    return {key: value, 'MemorySwap': 2 * value} if name == 'mem_limit' else {key: value}


def test_every_limit_has_an_example():
    assert {row[1] for row in CONTAINER_UPDATE_VARS} == {*EXAMPLES, 'memswap_limit'}


@pytest.mark.parametrize('place', ['host_config', 'create_options'])
@pytest.mark.parametrize('name', EXAMPLES)
class TestEachLimit:
    def test_is_no_difference_when_equal(self, item, name, place):
        value, _, shown, _ = EXAMPLES[name]
        assert checked(item, found_for(name, shown), **{place: {name: value}}).differences == []

    def test_is_updated_in_place_when_changed(self, item, name, place):
        value, _, shown, other = EXAMPLES[name]
        result = checked(item, found_for(name, other), **{place: {name: value}})
        expected = {name: shown, 'memswap_limit': 2 * shown} if name == 'mem_limit' else {name: shown}
        assert (result.update, result.fixed) == (expected, [])

    def test_is_updated_in_place_when_added(self, item, name, place):
        value, _, shown, _ = EXAMPLES[name]
        assert checked(item, {}, **{place: {name: value}}).update[name] == shown


@pytest.mark.parametrize(('name', 'reset'), [('cpu_period', 100000), ('cpu_quota', -1)])
def test_limits_that_engines_can_lift_are_lifted_in_place(item, name, reset):
    result = checked(item, found_for(name, EXAMPLES[name][2]))
    assert (result.update, result.fixed) == ({name: reset}, [])


@pytest.mark.parametrize('name', sorted(set(EXAMPLES) - {'cpu_period', 'cpu_quota'}))
def test_other_limits_need_a_new_container_to_be_lifted(item, name):
    result = checked(item, found_for(name, EXAMPLES[name][2]))
    assert result.update == {}
    assert name in [difference.property for difference in result.fixed]


@pytest.mark.parametrize(
    'found',
    [
        {'CpuQuota': -1},
        {'CpuPeriod': 100000},
        {'Memory': 0},
        {'MemoryReservation': -1},
        {'KernelMemory': -1},
        {'CpusetCpus': ''},
        {},
    ],
)
def test_what_means_no_limit_is_no_difference_to_none(item, found):
    assert checked(item, found).differences == []


@pytest.mark.parametrize(
    ('host_config', 'found', 'update'),
    [
        ({'mem_limit': '1g'}, {'Memory': G, 'MemorySwap': 2 * G}, {}),
        ({'mem_limit': '2g'}, {'Memory': G, 'MemorySwap': 2 * G}, {'mem_limit': 2 * G, 'memswap_limit': 4 * G}),
        ({'mem_limit': '1g', 'memswap_limit': '3g'}, {'Memory': G, 'MemorySwap': 3 * G}, {}),
        ({'mem_limit': '1g'}, {'Memory': G, 'MemorySwap': 3 * G}, {'memswap_limit': 2 * G}),
        ({'mem_limit': '1g', 'memswap_limit': -1}, {'Memory': G, 'MemorySwap': -1}, {}),
        ({'mem_limit': '1g'}, {'Memory': G, 'MemorySwap': -1}, {'memswap_limit': 2 * G}),
        (
            {'mem_limit': '2g', 'memswap_limit': -1},
            {'Memory': G, 'MemorySwap': -1},
            {'mem_limit': 2 * G, 'memswap_limit': -1},
        ),
        ({'restart_policy': {'Name': 'always'}}, {'RestartPolicy': {'Name': 'always', 'MaximumRetryCount': 3}}, {}),
    ],
)
def test_examples(item, host_config, found, update):
    result = checked(item, found, host_config)
    assert (result.update, result.fixed) == (update, [])


def test_host_config_counts_before_create_options(item):
    assert checked(item, {'CpuShares': 5}, {'cpu_shares': 5}, {'cpu_shares': 6}).differences == []


def test_late_values_and_functions_are_evaluated(item):
    found = {'Memory': G, 'MemorySwap': 2 * G, 'CpuShares': 5}
    result = checked(item, found, lambda: {'mem_limit': lazy(lambda: '1g')}, lambda: {'cpu_shares': lazy(lambda: 5)})
    assert result.differences == []


@pytest.mark.parametrize(
    ('wanted', 'found'),
    [
        ({'Name': 'always'}, {'Name': 'always', 'MaximumRetryCount': 0}),
        ({'Name': 'on-failure', 'MaximumRetryCount': 3}, {'Name': 'on-failure', 'MaximumRetryCount': 3}),
        ({'Name': 'on-failure'}, {'Name': 'on-failure', 'MaximumRetryCount': 0}),
        ({'Name': 'no'}, {'Name': '', 'MaximumRetryCount': 0}),
        (None, {'Name': 'no'}),
        (None, {'Name': ''}),
        (None, None),
        ({'Name': 'always'}, None),
    ],
)
def test_the_same_restart_policy_is_no_difference(item, wanted, found):
    assert checked(item, {'RestartPolicy': found}, {'restart_policy': wanted} if wanted else {}).differences == []


@pytest.mark.parametrize(
    ('wanted', 'found', 'update'),
    [
        ({'Name': 'always'}, {'Name': ''}, {'Name': 'always'}),
        ({'Name': 'always'}, {'Name': 'unless-stopped'}, {'Name': 'always'}),
        (
            {'Name': 'on-failure', 'MaximumRetryCount': 3},
            {'Name': 'on-failure', 'MaximumRetryCount': 2},
            {'Name': 'on-failure', 'MaximumRetryCount': 3},
        ),
        (None, {'Name': 'always'}, {'Name': 'no'}),
    ],
)
def test_another_restart_policy_is_updated_in_place(item, wanted, found, update):
    result = checked(item, {'RestartPolicy': found}, {'restart_policy': wanted} if wanted else {})
    assert (result.update, result.fixed) == ({'restart_policy': update}, [])


def test_without_updates_every_difference_needs_a_new_container(item):
    result = checked(item, {'CpuShares': 4, 'RestartPolicy': {'Name': 'always'}}, {'cpu_shares': 5}, features={})
    assert result.update == {}
    assert [difference.property for difference in result.fixed] == ['cpu_shares', 'restart_policy']


def test_without_updates_of_the_restart_policy_only_that_needs_a_new_container(item):
    result = checked(
        item,
        {'CpuShares': 4, 'RestartPolicy': {'Name': 'always'}},
        {'cpu_shares': 5},
        features={'container_update': True},
    )
    assert result.update == {'cpu_shares': 5}
    assert [difference.property for difference in result.fixed] == ['restart_policy']


@pytest.mark.parametrize(
    ('host_config', 'found', 'info'),
    [
        ({'mem_limit': '1g'}, {'Memory': G, 'MemorySwap': -1}, {'SwapLimit': False}),
        ({'mem_limit': '1g'}, {'Memory': G}, {'SwapLimit': False}),
        ({'kernel_memory': '1g'}, {}, {'KernelMemory': False}),
        ({'kernel_memory': '1g'}, {}, {'MemoryLimit': True}),
        ({'cpu_shares': 5}, {'CpuShares': 0}, {'MemoryLimit': True}),
        ({'cpuset_cpus': '0'}, {'CpusetCpus': ''}, {'CPUSet': False}),
        ({'blkio_weight': 300}, {'BlkioWeight': 0}, {'Warnings': ['WARNING: No io.weight support']}),
        (
            {'blkio_weight': 300},
            {'BlkioWeight': 0},
            {'Warnings': None, 'CgroupVersion': '1', 'KernelVersion': '5.10.0-8'},
        ),
        ({'blkio_weight': 300}, {}, {'KernelVersion': '6.1.0', 'CgroupVersion': '1'}),
    ],
)
def test_limits_that_the_host_does_not_support_are_no_difference(item, host_config, found, info):
    options = GivenOptions(ContainerConfiguration({'host_config': host_config}))
    assert check_limits(item, options, found, ALL, lambda: info).differences == []
    able = {'Warnings': None, 'SwapLimit': True, 'KernelMemory': True, 'CPUSet': True, 'CPUShares': True}
    assert check_limits(item, options, found, ALL, lambda: able).differences != []


def test_the_host_is_only_asked_if_a_limit_seems_to_be_missing(item):
    def fail():
        raise AssertionError('asked')

    options = GivenOptions(ContainerConfiguration({'host_config': {'cpu_shares': 5}}))
    assert check_limits(item, options, {'CpuShares': 6}, ALL, fail).update == {'cpu_shares': 5}


@pytest.mark.parametrize(
    'info',
    [
        {},
        {'CgroupVersion': '2', 'KernelVersion': '6.1.0', 'Warnings': None},
        {'CgroupVersion': '1', 'KernelVersion': '4.19.0'},
    ],
)
def test_a_weight_that_the_host_may_support_is_a_difference(item, info):
    options = GivenOptions(ContainerConfiguration({'host_config': {'blkio_weight': 300}}))
    checked = check_limits(item, options, {'BlkioWeight': 0}, {}, lambda: info)
    assert [difference.property for difference in checked.differences] == ['blkio_weight']


def test_a_quota_that_the_engine_works_out_from_the_number_of_cpus_is_no_difference(item):
    found = {'NanoCpus': 5 * 10**8, 'CpuPeriod': 100000, 'CpuQuota': 50000}
    assert checked(item, found, {'nano_cpus': 5 * 10**8}).differences == []
    assert [difference.property for difference in checked(item, found).differences] == ['cpu_quota']

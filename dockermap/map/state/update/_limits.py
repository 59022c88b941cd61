"""Comparing limits and the restart policy, which engines can mostly change in place."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .... import docker_api
from ....functional import resolve_value
from ....utils import engine_text
from ...input import MapConfigId
from .. import Difference
from ._options import GivenOptions


def _bytes(value: Any) -> int:
    return int(docker_api.parse_bytes(value))


CONTAINER_UPDATE_VARS: list[tuple[str, str, bool, Callable[[Any], Any] | None]] = [
    ('BlkioWeight', 'blkio_weight', False, None),
    ('CpuPeriod', 'cpu_period', False, None),
    ('CpuQuota', 'cpu_quota', False, None),
    ('CpuShares', 'cpu_shares', True, None),
    ('CpusetCpus', 'cpuset_cpus', False, None),
    ('CpusetMems', 'cpuset_mems', False, None),
    ('Memory', 'mem_limit', True, _bytes),
    ('MemoryReservation', 'mem_reservation', False, _bytes),
    ('MemorySwap', 'memswap_limit', True, _bytes),
    ('KernelMemory', 'kernel_memory', False, _bytes),
]
"""Limits: key of the inspection, keyword argument, whether it is known from ``create_options`` as well, conversion.

All are read from both dictionaries; ``host_config`` counts first.
"""

_RESETS: dict[str, int] = {'cpu_period': 100_000, 'cpu_quota': -1}
"""Values that mean the same as no limit, on every kind of control group, and that engines accept in an update.

For the others there is none: memory cannot be unlimited again, and what processor shares default to varies with hosts.
"""

_SUPPORT: dict[str, str | None] = {
    'blkio_weight': None,
    'cpu_period': 'CpuCfsPeriod',
    'cpu_quota': 'CpuCfsQuota',
    'cpu_shares': 'CPUShares',
    'cpuset_cpus': 'CPUSet',
    'cpuset_mems': 'CPUSet',
    'mem_limit': 'MemoryLimit',
    'mem_reservation': 'MemoryLimit',
    'memswap_limit': 'SwapLimit',
    'kernel_memory': 'KernelMemory',
}
"""Where an engine's description of its host says whether a limit is supported; ``None`` if by a warning only."""

_UNLIMITED: dict[str, int] = {**_RESETS, 'mem_limit': -1, 'mem_reservation': -1, 'kernel_memory': -1}
_NO_RESTART: dict[str, Any] = {'Name': 'no'}


class LimitCheck(NamedTuple):
    """Differences of limits, those of them that only a new container puts right, and arguments for an update."""

    differences: list[Difference]
    fixed: list[Difference]
    update: dict[str, Any]


def check_limits(item: MapConfigId, options: GivenOptions, found: Mapping[str, Any], features: Mapping[str, Any],
                 get_info: Callable[[], Mapping[str, Any]] = dict) -> LimitCheck:
    """Compare limits and restart policy.

    :param found: ``HostConfig`` of the inspection; any key may be missing.
    :param features: Features of the client; without the one for updates, nothing can be done in place.
    :param get_info: Gives the engine's description of its host. Used if a limit seems to be missing: engines leave out
        limits that the host does not support, and would do so again.
    """
    limits = [difference for difference in limit_differences(item, options, found)
              if not may_be_discarded(difference) or not is_unsupported(difference.property, get_info())]
    restart = restart_policy_differences(item, options, found)
    update = {difference.property: _update_value(difference) for difference in limits}
    if 'mem_limit' in update and _wanted(options, 'memswap_limit', _bytes) == -1:
        # Engines refuse to raise the one below an unlimited other, unless both are given.
        update['memswap_limit'] = -1
    if restart:
        update['restart_policy'] = restart[0].wanted
    fixed = {name for name, value in update.items() if value is None or not _can_update(name, features)}
    differences = [*limits, *restart]
    return LimitCheck(differences, [difference for difference in differences if difference.property in fixed],
                      {name: value for name, value in update.items() if name not in fixed})


def may_be_discarded(difference: Difference) -> bool:
    """Whether a limit that is not in force may have been left out by the engine, as the host does not support it."""
    return difference.property in _SUPPORT and difference.found in (None, -1)


def is_unsupported(name: str, info: Mapping[str, Any]) -> bool:
    """Whether an engine says of its host that it cannot keep up a limit."""
    key = _SUPPORT[name]
    if key is not None:
        return info.get(key) is False
    return any('weight support' in warning for warning in info.get('Warnings') or ())


def limit_differences(item: MapConfigId, options: GivenOptions, found: Mapping[str, Any]) -> list[Difference]:
    """Limits that are not as configured; not set, zero, and what engines take for no limit are the same."""
    differences = []
    for key, name, _, convert in CONTAINER_UPDATE_VARS:
        wanted, current = _plain(name, _wanted(options, name, convert)), _plain(name, found.get(key))
        if wanted != current:
            differences.append(Difference(item, name, wanted, current))
    return differences


def restart_policy_differences(item: MapConfigId, options: GivenOptions, found: Mapping[str, Any]) -> list[Difference]:
    """A restart policy that is not as configured, or that none is configured for, if the inspection shows it."""
    current = found.get('RestartPolicy')
    if not current:
        return []
    wanted = options.hosted('restart_policy') or {}
    if _policy_key(wanted) == _policy_key(current):
        return []
    return [Difference(item, 'restart_policy', dict(wanted or _NO_RESTART), dict(current))]


def _can_update(name: str, features: Mapping[str, Any]) -> bool:
    needed = ['container_update']
    if name == 'restart_policy':
        needed.append('container_update_restart_policy')
    return all(features.get(feature) for feature in needed)


def _update_value(difference: Difference) -> Any:
    return _RESETS.get(difference.property) if difference.wanted is None else difference.wanted


def _wanted(options: GivenOptions, name: str, convert: Callable[[Any], Any] | None) -> Any:
    value = options.hosted(name)
    if name == 'memswap_limit' and not value:
        memory = _plain('mem_limit', _wanted(options, 'mem_limit', _bytes))
        return None if memory is None else 2 * memory
    if value is None or value == '':
        return None
    if name.startswith('cpuset_'):
        return engine_text(value)
    return convert(value) if convert else value


def _plain(name: str, value: Any) -> Any:
    return None if not value or value == _UNLIMITED.get(name) else value


def _policy_key(policy: Mapping[str, Any]) -> tuple[str, int]:
    name = engine_text(policy.get('Name')) or 'no'
    retries = resolve_value(policy.get('MaximumRetryCount')) or 0
    return name, int(retries) if name == 'on-failure' else 0

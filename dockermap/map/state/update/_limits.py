"""Comparing limits and the restart policy, which engines can mostly change in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .... import docker_api
from ....docker_options import CREATE_OPTIONS, CreateOption, Limit, Type
from ....functional import resolve_value
from ....utils import engine_text
from ...input import MapConfigId
from .. import Difference
from ._options import GivenOptions


def _bytes(value: Any) -> int:
    return int(docker_api.parse_bytes(value))


LIMITS: dict[str, CreateOption] = {name: option for name, option in CREATE_OPTIONS.items() if option.limit is not None}
"""Options that engines can change in place."""

CONTAINER_UPDATE_VARS: list[tuple[str, str, bool, Callable[[Any], Any] | None]] = [
    (option.path[1], option.name, option.limit.created, _bytes if option.type is Type.SIZE else None)
    for option in LIMITS.values()
    if option.limit is not None and option.path is not None
]
"""Limits: key of the inspection, keyword argument, whether it is known from ``create_options`` as well, conversion.

All are read from both dictionaries; ``host_config`` counts first.
"""

_KERNEL_WITHOUT_WEIGHT = 5
_NO_RESTART: dict[str, Any] = {'Name': 'no'}


class LimitCheck(NamedTuple):
    """Differences of limits, those of them that only a new container puts right, and arguments for an update."""

    differences: list[Difference]
    fixed: list[Difference]
    update: dict[str, Any]


def check_limits(
    item: MapConfigId,
    options: GivenOptions,
    found: Mapping[str, Any],
    features: Mapping[str, Any],
    get_info: Callable[[], Mapping[str, Any]] = dict,
    is_ineffective: Callable[[Difference], bool] = lambda _: False,
) -> LimitCheck:
    """Compare limits and restart policy.

    :param found: ``HostConfig`` of the inspection; any key may be missing.
    :param features: Features of the client; without the one for updates, nothing can be done in place.
    :param get_info: Gives the engine's description of its host. Used if a limit seems to be missing: engines leave out
        limits that the host does not support, and would do so again.
    :param is_ineffective: Whether the engine was asked for this change before, and has not made it.
    """
    limits = [
        difference
        for difference in limit_differences(item, options, found)
        if not (may_be_discarded(difference) and is_unsupported(difference.property, get_info()))
        and not is_ineffective(difference)
    ]
    restart = restart_policy_differences(item, options, found)
    update = {difference.property: _update_value(difference) for difference in limits}
    if 'mem_limit' in update and _wanted(options, 'memswap_limit', _bytes) == -1:
        # Engines refuse to raise the one below an unlimited other, unless both are given.
        update['memswap_limit'] = -1
    if restart:
        update['restart_policy'] = restart[0].wanted
    fixed = {name for name, value in update.items() if value is None or not _can_update(name, features)}
    differences = [*limits, *restart]
    return LimitCheck(
        differences,
        [difference for difference in differences if difference.property in fixed],
        {name: value for name, value in update.items() if name not in fixed},
    )


def may_be_discarded(difference: Difference) -> bool:
    """Whether a limit that is not in force may have been left out by the engine, as the host does not support it."""
    return difference.property in LIMITS and difference.found in (None, -1)


def is_unsupported(name: str, info: Mapping[str, Any]) -> bool:
    """Whether an engine says of its host that it cannot keep up a limit."""
    key = _limit(name).support
    if key is not None:
        # What an engine does not even mention, it has dropped.
        return bool(info) and not info.get(key)
    if any('weight support' in warning for warning in info.get('Warnings') or ()):
        return True
    # Kernels since 5.0 have no such file in the first version of control groups, of which engines give no warning.
    kernel = re.match(r'\d+', str(info.get('KernelVersion') or ''))
    return info.get('CgroupVersion', '1') == '1' and kernel is not None and int(kernel[0]) >= _KERNEL_WITHOUT_WEIGHT


def ineffective_changes(item: MapConfigId, values: Mapping[str, Any], found: Mapping[str, Any]) -> list[Difference]:
    """Limits that an engine was asked for, and that are not in force.

    :param values: Arguments of the change, as a check has given them.
    :param found: ``HostConfig`` of the inspection afterwards.
    """
    differences = []
    for key, name, _, convert in CONTAINER_UPDATE_VARS:
        wanted = values.get(name)
        plain = _plain(name, convert(wanted) if convert and wanted else wanted), _plain(name, found.get(key))
        if name in values and plain[0] != plain[1]:
            differences.append(Difference(item, name, *plain))
    return differences


def limit_differences(item: MapConfigId, options: GivenOptions, found: Mapping[str, Any]) -> list[Difference]:
    """Limits that are not as configured; not set, zero, and what engines take for no limit are the same."""
    differences = []
    for key, name, _, convert in CONTAINER_UPDATE_VARS:
        wanted, current = _plain(name, _wanted(options, name, convert)), _plain(name, found.get(key))
        if wanted != current and not (wanted is None and _follows_from_cpus(name, options)):
            differences.append(Difference(item, name, wanted, current))
    return differences


def _follows_from_cpus(name: str, options: GivenOptions) -> bool:
    """Whether an engine may have worked it out from the number of CPUs, as Podman does; both cannot be given."""
    return name in ('cpu_quota', 'cpu_period') and bool(options.hosted('nano_cpus'))


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
    return _limit(difference.property).reset if difference.wanted is None else difference.wanted


def _wanted(options: GivenOptions, name: str, convert: Callable[[Any], Any] | None) -> Any:
    value = options.hosted(name)
    if name == 'memswap_limit' and not value:
        memory = _plain('mem_limit', _wanted(options, 'mem_limit', _bytes))
        return None if memory is None else 2 * memory
    if value is None or value == '':
        return None
    if LIMITS[name].type is Type.CPU_SET:
        return engine_text(value)
    return convert(value) if convert else value


def _plain(name: str, value: Any) -> Any:
    limit = _limit(name)
    return None if not value or value in (limit.reset, limit.unlimited) else value


def _limit(name: str) -> Limit:
    limit = LIMITS[name].limit
    assert limit is not None
    return limit


def _policy_key(policy: Mapping[str, Any]) -> tuple[str, int]:
    name = engine_text(policy.get('Name')) or 'no'
    retries = resolve_value(policy.get('MaximumRetryCount')) or 0
    return name, int(retries) if name == 'on-failure' else 0

"""What of a service is not as the map says, and what managers of swarms make of specifications."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...utils import engine_text
from ..input import MapConfigId
from ..policy.ownership import PURPOSE_LABEL
from ..state import Difference
from ..state.update._options import driver_options, network_or_volume_option
from .service import PREPARED
from .settings import CONTAINER, TASK, Path, setting_at

if TYPE_CHECKING:
    from ..config.network import NetworkConfiguration

_ENV = (*CONTAINER, 'Env')
_IMAGE = (*CONTAINER, 'Image')
_NETWORKS = (*TASK, 'Networks')
_REPLICAS = ('Mode', 'Replicated', 'Replicas')
_JOB = 'ReplicatedJob'
_ADDED: dict[Path, tuple[Any, ...]] = {
    (*TASK, 'Runtime'): ('container',),
    (*CONTAINER, 'Isolation'): ('default',),
    ('EndpointSpec', 'Mode'): ('vip',),
    (*CONTAINER, 'StopGracePeriod'): (10_000_000_000,),
}
"""What managers add where nothing was said."""

_IGNORED: tuple[Path, ...] = (('Name',), ('Labels',), (*TASK, 'ForceUpdate'), ('RollbackConfig',))
_LATE_IDS = ('SecretID', 'ConfigID')
_SHOWN = frozenset(
    ('replicas', 'endpoint_mode', 'image', 'hostname', 'command', 'user', 'stop_signal', 'working_dir', 'nodes')
)


def differences(
    item: MapConfigId, wanted: Mapping[str, Any], found: Mapping[str, Any], networks: Mapping[str, str]
) -> list[Difference]:
    """Each setting of a service that is not as it should be.

    :param wanted: Specification that follows from the map. An image without digest is any of that name.
    :param found: Specification as the manager tells it.
    :param networks: Names of networks by their ids.
    """
    values = dict(_leaves(plain(wanted)))
    others = dict(_leaves(plain(found, networks)))
    result: dict[str, Difference] = {}
    if needs_replacement(wanted, found):
        result['job'] = Difference(item, 'job', _JOB in wanted['Mode'], None)
        for leaves in (values, others):
            for path in [path for path in leaves if path[0] == 'Mode']:
                del leaves[path]
    if others.get(_REPLICAS, 0) == 0:
        # Those that are stopped get their number when they are started.
        values.pop(_REPLICAS, None)
    if '@' not in str(values.get(_IMAGE)):
        others[_IMAGE] = str(others.get(_IMAGE)).partition('@')[0]
    for path in sorted(values.keys() | others.keys()):
        value, other = values.get(path), others.get(path)
        if value == other or (value is None and other in _ADDED.get(path, ())):
            continue
        for difference in _told(item, path, value, other):
            result.setdefault(difference.property, difference)
    for difference in _prepared(item, wanted, found):
        result.setdefault(difference.property, difference)
    return list(result.values())


def needs_replacement(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a service has to be removed for another one: as managers make no job of it, or it was of a script."""
    is_of_item = PURPOSE_LABEL not in (found.get('Labels') or {})
    return not is_of_item or (_JOB in wanted['Mode']) != (_JOB in (found.get('Mode') or {}))


def _prepared(item: MapConfigId, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Difference]:
    own, other = (json.loads((spec.get('Labels') or {}).get(PREPARED) or '{}') for spec in (wanted, found))
    for alias in sorted(own):
        if own[alias] != other.get(alias):
            yield Difference(item, f'attached:{alias}', own[alias], other.get(alias))


def plain(spec: Mapping[str, Any], networks: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A specification without what says nothing, what is known later, and what is no setting of the map.

    :param networks: Names of networks by their ids.
    """
    found: dict[str, Any] = _without_nothing(spec) or {}
    for path in _IGNORED:
        place = found
        for key in path[:-1]:
            place = place.get(key, {})
        place.pop(path[-1], None)
    task = found.get('TaskTemplate', {})
    if 'Networks' in task:
        named = [
            {**entry, 'Target': (networks or {}).get(entry['Target'], entry['Target'])} for entry in task['Networks']
        ]
        task['Networks'] = sorted(
            ({**entry, **({'Aliases': sorted(entry['Aliases'])} if 'Aliases' in entry else {})} for entry in named),
            key=lambda entry: str(entry['Target']),
        )
    policy = task.get('RestartPolicy')
    if policy:
        task['RestartPolicy'] = {key: policy[key] for key in ('Condition', 'MaxAttempts') if key in policy}
    placement = task.get('Placement')
    if placement:
        # Managers add the platforms of the image.
        task['Placement'] = {key: placement[key] for key in ('Constraints',) if key in placement}
        if not task['Placement']:
            del task['Placement']
    update = found.get('UpdateConfig')
    if update:
        found['UpdateConfig'] = {key: update[key] for key in ('Parallelism', 'FailureAction', 'Order') if key in update}
    ports = found.get('EndpointSpec', {}).get('Ports')
    if ports:
        found['EndpointSpec']['Ports'] = sorted(ports, key=lambda port: sorted(map(str, port.items())))
    return found


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        items = ((key, _without_nothing(item)) for key, item in value.items() if key not in _LATE_IDS)
        return {key: item for key, item in items if item is not None} or None
    if isinstance(value, (list, tuple)):
        return [item for item in map(_without_nothing, value) if item is not None] or None
    return value if value or (value == 0 and value is not False) else None


def _leaves(value: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _leaves(item, (*path, key))
        elif item != 0 or (*path, key) == _REPLICAS:
            yield (*path, key), item


def _told(item: MapConfigId, path: Path, wanted: Any, found: Any) -> Iterator[Difference]:
    if path == _ENV:
        own, others = _by_name(wanted), _by_name(found)
        for name in sorted(own.keys() | others.keys()):
            if own.get(name) != others.get(name):
                yield Difference(item, f'environment.{name}', own.get(name), others.get(name))
        return
    name = setting_at(path) or '.'.join(path)
    if name in _SHOWN:
        yield Difference(item, name, wanted, found)
    else:
        yield Difference(item, name, None, None)


def _by_name(lines: Any) -> dict[str, str]:
    pairs = (str(line).partition('=') for line in lines or ())
    return {name: value for name, _, value in pairs}


def network_differences(
    item: MapConfigId, wanted: NetworkConfiguration, found: Mapping[str, Any]
) -> Iterator[Difference]:
    """Differences of a network as a manager lists it; what is asked for beyond that is told by its label.

    :param found: Driver and options are empty until the manager has allocated the network, a moment after its creation.
    """
    internal = bool(network_or_volume_option(wanted, 'internal'))
    if internal != bool(found.get('Internal')):
        yield Difference(item, 'internal', internal, bool(found.get('Internal')))
    if not found.get('Attachable'):
        yield Difference(item, 'attachable', True, False)
    if not found.get('Driver'):
        return
    if found['Driver'] != 'overlay':
        yield Difference(item, 'driver', 'overlay', found['Driver'])
    options = found.get('Options') or {}
    for name, value in driver_options(wanted, 'options').items():
        if engine_text(value) != options.get(name):
            yield Difference(item, f'driver_options.{name}', engine_text(value), options.get(name))

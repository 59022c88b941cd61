"""Each changing request of a call fails once; then the call is made again, and a third time.

``python -m tests.laws.sweep`` writes the table of the documentation, and what it says of services.
With names of scenes, such as ``restart/networks``, it says what is wrong in these.
``-w`` before the names writes their rows of the table.
"""

from __future__ import annotations

import csv
import io
import logging
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from dockermap.map.action import Action, ContainerUtilAction, ImageAction
from dockermap.map.exceptions import ActionRunnerException
from dockermap.map.input import ItemType
from dockermap.testing import CHANGING_CALLS, Container, InMemoryEngine, Killed
from dockermap.testing.faults import FaultKind
from tests.laws.scenes import INITIAL, KEPT, PREFIX, SCENES, Scene

TABLE = Path(__file__).parents[2] / 'docs' / 'guide' / 'faults.csv'
SHARE = TABLE.with_name('faults_share.txt')
SHARE_TEXT = 'After {} faults during ``update``, a container that ran before does not run any more.'
SAMPLED_FROM = 12
"""Calls with more requests than this have a sample of the kinds of faults in the short form."""
SAMPLE = 3
UNDISTURBED = 'without a fault'

RUN_LABELS = ('org.docker-map.run', 'org.docker-map.replaces')
"""Labels that say which run made an item; they are no part of how a run ends."""

OWNERS = {
    'networks': {'shop.data': (1, 1, 0o750)},
    'volumes': {'shop.store.data': (65534, 65534, 0o750), 'shop.store.logs': (65534, 65534, 0o750),
                'shop.worker.data': (1, None, None)},
    'files': {'shop.data': (1, 1, 0o750)},
}  # fmt: skip
"""Owner, group and mode that the root of each volume has to have."""


CHANGED_OWNER = (1, 1, 0o700)
OF_PERSISTENT = ('shop.store.logs',)
"""Volumes that only a persistent container mounts, which an update leaves as it is."""


class Kind(NamedTuple):
    """A kind of faults."""

    title: str
    kind: FaultKind
    status: int = 500


KINDS = (
    Kind('connection lost before', 'lost-before'),
    Kind('connection lost after', 'lost-after'),
    Kind('404', 'refused', 404),
    Kind('409', 'refused', 409),
    Kind('500', 'refused', 500),
    Kind('timed out before', 'timeout-before'),
    Kind('timed out after', 'timeout-after'),
    Kind('program killed', 'killed-after'),
)


class Fault(NamedTuple):
    """What goes wrong: the changing request of this number, counted from one."""

    kind: Kind
    number: int
    request: str

    def __str__(self) -> str:
        return f'{self.kind.title}, request {self.number}, {self.request}'


@dataclass
class Result:
    """What became of the faults of a scene: how many there were of each kind, and which did not converge."""

    scene: Scene
    counts: dict[str, int] = field(default_factory=dict)
    problems: dict[Fault, list[str]] = field(default_factory=dict)
    undisturbed: list[str] = field(default_factory=list)
    ended_services: dict[Fault, list[str]] = field(default_factory=dict)
    """Containers that ran before and do not run after the fault; only of updates whose program goes on."""

    def row(self) -> list[str]:
        """How many of each kind converge, and how many there are."""
        wrong = [fault.kind.title for fault in self.problems]
        return [
            f'{count - wrong.count(title)}/{count}' if wrong.count(title) else str(count)
            for title, count in self.counts.items()
        ]


class Sweep:
    """All faults of one scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.origin = scene.origin()
        self.goal = self.origin.copy()
        scene.call(self.goal)
        self.requests = [f'{call.method} {call.subject}' for call in self.goal.calls if call.method in CHANGING_CALLS]
        self.end = self.end_of(self.goal)

    def faults(self, sampled: bool = False) -> Iterator[Fault]:
        """What can go wrong; as a sample, each request in some ways, and each way with some requests."""
        is_sample = sampled and len(self.requests) > SAMPLED_FROM
        for number, request in enumerate(self.requests, 1):
            for place, kind in enumerate(KINDS):
                if not is_sample or (place - SAMPLE * number) % len(KINDS) < SAMPLE:
                    yield Fault(kind, number, request)

    def undisturbed_problems(self) -> list[str]:
        """What is wrong without a fault."""
        return [*self._owners(self.goal), *self._repeated(self.goal.copy(), self.end)]

    def result(self, sampled: bool = False) -> Result:
        """What becomes of all faults, or of a sample."""
        result = Result(self.scene, dict.fromkeys((kind.title for kind in KINDS), 0))
        result.undisturbed = self.undisturbed_problems()
        for fault in self.faults(sampled):
            result.counts[fault.kind.title] += 1
            if problems := self.problems(fault, result):
                result.problems[fault] = problems
        return result

    def problems(self, fault: Fault, result: Result) -> list[str]:
        """How a fault keeps the call from ending as it should, even if it is made again."""
        engine = self.origin.copy()
        engine.faults.add(number=fault.number, kind=fault.kind.kind, status=fault.kind.status)
        error = self._call(engine)
        happened = [planned.happened for planned in engine.faults]
        engine.faults.clear()
        if happened != [1]:
            return ['the fault did not happen']
        problems = [*self._kept_files(engine)]
        if self._keeps_services() and not isinstance(error, Killed):
            result.ended_services[fault] = list(self._ended_services(engine))
            problems += [f'{name} does not run after the fault' for name in result.ended_services[fault]]
        # An engine that says of something that it is not there is believed.
        if isinstance(error, ActionRunnerException) and fault.kind.status != 404:
            problems += untrue(error, engine)
        again = self._call(engine)
        if again is not None:
            problems.append(f'the same call again ended with {again!r}')
        problems += self._kept_files(engine)
        end = self.end_of(engine)
        problems += self.end.differences(end)
        return [*problems, *self._repeated(engine, end)]

    def end_of(self, engine: InMemoryEngine) -> _End:
        return _End(engine, with_anonymous=not self.scene.resets_volumes)

    def _call(self, engine: InMemoryEngine) -> BaseException | None:
        try:
            self.scene.call(engine)
        except (Exception, Killed) as error:
            return error
        return None

    def _repeated(self, engine: InMemoryEngine, before: _End) -> Iterator[str]:
        """What another call changes."""
        engine.calls.clear()
        error = self._call(engine)
        if error is not None:
            yield f'the last call ended with {error!r}'
        if not self.scene.repeats and engine.changes:
            yield f'the last call asked for {engine.changes}'
        elif engine.changes and not self.scene.drops_files:
            yield from (f'after the last call, {text}' for text in before.differences(self.end_of(engine)))

    def _kept_files(self, engine: InMemoryEngine) -> Iterator[str]:
        if self.scene.drops_files:
            return
        for volume in self.origin.volumes:
            found = engine.volumes.find(volume.name)
            if not volume.is_anonymous and (found is None or KEPT not in found.files):
                yield f'volume {volume.name} lost a file'

    def _keeps_services(self) -> bool:
        """Whether what runs has to run after a fault; volumes cannot be emptied while they are in use."""
        return self.scene.action == 'update' and not self.scene.drops_files

    def _ended_services(self, engine: InMemoryEngine) -> Iterator[str]:
        for container in self.origin.containers:
            if container.running and not engine.is_running(container.name):
                yield container.name

    def _owners(self, engine: InMemoryEngine) -> Iterator[str]:
        is_changed = self.scene.change is not None and self.scene.change.__name__ == 'change_owner'
        used = {mount.name for container in engine.containers if container.started_at for mount in container.mounts}
        for name, wanted in OWNERS[self.scene.stack].items():
            volume = engine.volumes.find(name)
            if volume is None or name not in used:
                continue
            root = volume.files['/']
            expected = CHANGED_OWNER if is_changed and name not in OF_PERSISTENT else wanted
            found = root.owner, root.group, root.mode
            if any(one is not None and one != other for one, other in zip(expected, found, strict=True)):
                yield f'volume {name} belongs to {found}, not {expected}'


class _End:
    """How an engine is after a call.

    :param with_anonymous: Whether the volumes without a name are those of the former containers. A container has to go
        before a volume of its can be emptied. If the call ends there, nothing on the engine tells any more which other
        volumes it had; they stay on the host.
    """

    def __init__(self, engine: InMemoryEngine, with_anonymous: bool = True) -> None:
        self.state = _comparable(engine.state())
        if with_anonymous:
            self.state['unused anonymous volumes'] = sum(v.is_anonymous and not v.users for v in engine.volumes)
        else:
            self._forget_carried({volume.name for volume in engine.volumes if volume.is_anonymous})
        self.state['files'] = {container.name: dict(_files(engine, container)) for container in engine.containers}
        self.state['first commands'] = {
            container.name: sum(command.started and command.command == INITIAL for command in container.execs.values())
            for container in engine.containers
        }

    def _forget_carried(self, volumes: set[str]) -> None:
        for container in self.state['containers'].values():
            host = container['host_config']
            host['Binds'] = [bind for bind in host['Binds'] or () if bind.partition(':')[0] not in volumes]

    def differences(self, other: _End) -> list[str]:
        """How another end differs from this one."""
        return list(_differences(self.state, other.state))


def _files(engine: InMemoryEngine, container: Container) -> Iterator[tuple[str, Any]]:
    """What a container has from its host; a warning is all that there is of files which nothing has any more."""
    for mount in container.mounts:
        if mount.source:
            yield mount.destination, engine.mounts.host[mount.source]


def _comparable(state: dict[str, Any]) -> dict[str, Any]:
    for container in state['containers'].values():
        for label in RUN_LABELS:
            (container['config'].get('Labels') or {}).pop(label, None)
    for volume in state['volumes'].values():
        volume['files'] = {path: _without_owner(path, file) for path, file in volume['files'].items()}
    return state


def _without_owner(path: str, file: Any) -> Any:
    """A file without owner and mode, where it is not the root of a volume.

    Those of a volume are set for everything in it only if no other container is at work there, for the root alone
    otherwise. After an interruption, other ones are at work than without it.
    """
    return file if path == '/' else file[3:]


def _differences(wanted: Any, found: Any, path: str = '') -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in dict.fromkeys((*wanted, *found)):
            if wanted.get(key) != found.get(key):
                yield from _differences(wanted.get(key), found.get(key), f'{path} {key}'.strip())
    elif wanted != found:
        yield f'{path}: wanted {_short(wanted)}, found {_short(found)}'


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 200 else f'{text[:200]}…'


def untrue(error: ActionRunnerException, engine: InMemoryEngine) -> Iterator[str]:
    """What an exception says was done, and was not."""
    last: dict[Any, Any] = {}
    for output in error.completed:
        action = output.action_type
        # A container that takes the place of another one is created before that is stopped and removed.
        is_former = last.get(output.config_id) in (Action.CREATE, Action.START) and action in _ENDING
        if action in _CLAIMS and not is_former:
            last[output.config_id] = action
    unknown = {getattr(failure, 'config_id', None) for failure in error.failures}
    for config_id, action in last.items():
        if config_id in unknown:
            continue
        name = '.'.join(filter(None, config_id[1:]))
        if not _CLAIMS[action](engine, config_id):
            yield f'{action.value} of {name} is said to be done, but is not'


def _exists(engine: InMemoryEngine, config_id: Any) -> bool:
    kind, name = config_id.config_type, '.'.join(filter(None, config_id[1:]))
    if kind == ItemType.CONTAINER:
        return engine.containers.find(name) is not None
    if kind == ItemType.NETWORK:
        return bool(engine.networks.named(name))
    if kind == ItemType.VOLUME:
        return any(engine.volumes.find(other) for other in (name, f'{PREFIX}.{config_id.instance_name}'))
    return True


def _runs(engine: InMemoryEngine, config_id: Any) -> bool:
    container = engine.containers.find('.'.join(filter(None, config_id[1:])))
    return config_id.config_type != ItemType.CONTAINER or (container is not None and bool(container.started_at))


def _does_not_run(engine: InMemoryEngine, config_id: Any) -> bool:
    return not engine.is_running('.'.join(filter(None, config_id[1:])))


def _is_pulled(engine: InMemoryEngine, config_id: Any) -> bool:
    return engine.images.find(f'{config_id.config_name}:{config_id.instance_name}') is not None


_ENDING = (Action.REMOVE, Action.STOP, ContainerUtilAction.SIGNAL_STOP)
_CLAIMS = {
    Action.CREATE: _exists,
    Action.REMOVE: lambda engine, config_id: not _exists(engine, config_id),
    Action.START: _runs,
    Action.STOP: _does_not_run,
    ContainerUtilAction.SIGNAL_STOP: _does_not_run,
    ImageAction.PULL: _is_pulled,
}


def table(results: Iterable[Result]) -> str:
    """The documentation's table: calls, and how many faults of each kind converge."""
    rows = [['Call', 'Stack', *(kind.title for kind in KINDS)]]
    rows += [[result.scene.name, result.scene.stack, *result.row()] for result in results]
    text = io.StringIO()
    csv.writer(text, lineterminator='\n').writerows(rows)
    return text.getvalue()


def share(results: Iterable[Result]) -> str:
    """What the documentation says of services after faults during an update."""
    found = [bool(ended) for result in results for ended in result.ended_services.values()]
    return f'{sum(found)} of {len(found)}'


def swept(scene: Scene, sampled: bool = False) -> Result:
    """All faults of a scene, or a sample, without the log lines that they lead to."""
    logging.disable(logging.CRITICAL)
    try:
        return Sweep(scene).result(sampled)
    finally:
        logging.disable(logging.NOTSET)


def _write(results: Sequence[Result]) -> None:
    """Put the rows of some scenes in the place of those that are there."""
    rows = dict(zip((scene.id for scene in SCENES), TABLE.read_text(encoding='utf-8').splitlines()[1:], strict=True))
    heading, *new = table(results).splitlines()
    rows.update(zip((result.scene.id for result in results), new, strict=True))
    TABLE.write_text('\n'.join([heading, *rows.values()]) + '\n', encoding='utf-8')
    if len(results) == len(SCENES):
        SHARE.write_text(f'{SHARE_TEXT.format(share(results))}\n', encoding='utf-8')


def _main(names: Sequence[str]) -> None:
    begin = time.monotonic()
    writes, names = not names or names[0] == '-w', [name for name in names if name != '-w']
    with ProcessPoolExecutor() as processes:
        results = list(processes.map(swept, [scene for scene in SCENES if not names or scene.id in names]))
    if writes:
        _write(results)
    for result in results:
        for fault, problems in result.problems.items():
            print(f'{result.scene.id}: {fault}', *problems, sep='\n    ')
        if result.undisturbed:
            print(f'{result.scene.id}: {UNDISTURBED}', *result.undisturbed, sep='\n    ')
    wrong = sum(len(result.problems) for result in results)
    count = sum(sum(result.counts.values()) for result in results)
    print(f'After {share(results)} faults during an update, a service does not run any more.')
    print(f'{count - wrong} of {count} converge, {time.monotonic() - begin:.0f} s.')


if __name__ == '__main__':
    _main(sys.argv[1:])

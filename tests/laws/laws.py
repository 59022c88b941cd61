"""The laws of plans, each as a function that says how a case breaks it."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dockermap.map.execute.events import ActionEvent
from dockermap.map.plan.operation import Operation
from dockermap.map.plan.plan import Plan, PlanOutdatedError
from dockermap.testing import CHANGING_CALLS, InMemoryEngine, OnlyReads
from tests.laws.cases import Case
from tests.laws.checker import Step, misplaced, unassured
from tests.laws.engines import beginning_of, front_end, maps_of

UNORDERED = ('restart', 'signal', 'pull_images')
"""Actions that visit what was asked for alone."""

REPEATED = ('start', 'restart', 'signal', 'pull_images', 'script')
"""Actions that do something each time."""


@dataclass
class Outcome:
    """What a call did, or said it would do."""

    plan: Plan | None = None
    events: list[ActionEvent] = field(default_factory=list)
    error: Exception | None = None

    @property
    def carried_out(self) -> list[tuple[str, Any, str]]:
        """What was finished, or found not to be needed, in this order."""
        return [_key(event) for event in self.events if _is_settled(event)]

    @property
    def changes(self) -> Counter[str]:
        """How often each changing method was called to the end."""
        return Counter(event.call for event in self.events if event.kind == 'finished' and event.call in CHANGING_CALLS)


def _is_settled(event: ActionEvent) -> bool:
    return event.kind == 'finished' or (event.kind == 'skipped' and event.detail == 'not needed')


def _key(found: Any) -> tuple[str, Any, str]:
    return found.client_name, found.config_id, found.call


class Examination:
    """One case on the engine in memory, with all that the laws are about."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.notes: Counter[str] = Counter()
        before, self.map = maps_of(case)
        self.origin = beginning_of(case, before)

    def broken_laws(self) -> list[str]:
        """How the case breaks the laws; nothing if it keeps them."""
        with _Log() as log:
            return [*self._broken_laws(), *_secrets(self.case, 'a log line', log.text)]

    def _broken_laws(self) -> Iterator[str]:
        case = self.case
        planned = yield from self._plan()
        engine = self.origin.copy()
        ran = self._run(engine)
        yield from _secrets(case, 'an event', repr(ran.events))
        if ran.error is not None:
            yield from _secrets(case, 'an exception', f'{ran.error} {ran.error!r}')
        yield from self._agreement(planned, ran, engine)
        if planned.plan is None:
            return
        if ran.error is None:
            steps = [step_of(call.method, call.subject) for call in engine.calls if call.changes]
            if case.action not in UNORDERED:
                yield from (f'law 3: {text}' for text in misplaced(steps, case.after, case.place.prefix, case.action))
            yield from self._idempotence(engine)
        yield from self._saved(planned.plan, ran, engine)

    def _front_end(self, engine: InMemoryEngine, read_only: bool = False) -> Any:
        return front_end(self.map, engine.client(read_only=read_only))

    def _plan(self) -> Any:
        outcome, engine = Outcome(), self.origin
        state = engine.state()
        try:
            outcome.plan = self._front_end(engine, read_only=True).plan(
                self.case.action, self.case.requested, **self.case.options, **self.case.arguments
            )
        except OnlyReads as error:
            yield f'law 1: a plan changes something: {error}'
            outcome.error = RuntimeError(str(error))
        except Exception as error:
            outcome.error = error
            yield from _secrets(self.case, 'an exception', f'{error} {error!r}')
        if engine.state() != state:
            yield 'law 1: the engine is not as it was before planning'
        if engine.changes:
            yield f'law 1: planning asked for {engine.changes}'
        if outcome.plan is not None:
            yield from _secrets(self.case, 'the plan', _texts(outcome.plan))
            for operation in outcome.plan.operations:
                later = [needed for needed in operation.needs if needed >= operation.number]
                if later:
                    yield (
                        f'law 3: {_shown([_key(operation)])} comes before '
                        f'{_shown(_key(outcome.plan.operations[number]) for number in later)}, which it needs'
                    )
            yield from self._assured(engine, outcome.plan)
        return outcome

    def _assured(self, engine: InMemoryEngine, plan: Plan) -> Iterator[str]:
        case = self.case
        if case.action not in UNORDERED:
            steps = [_planned_step(engine, operation) for operation in plan.operations]
            needs = [operation.needs for operation in plan.operations]
            yield from (
                f'law 3: {text}' for text in unassured(steps, needs, case.after, case.place.prefix, case.action)
            )

    def _run(self, engine: InMemoryEngine) -> Outcome:
        outcome = Outcome()
        try:
            self._front_end(engine).run_actions(
                self.case.action,
                self.case.requested,
                listener=outcome.events.append,
                **self.case.options,
                **self.case.arguments,
            )
        except Exception as error:
            outcome.error = error
        return outcome

    def _agreement(self, planned: Outcome, ran: Outcome, engine: InMemoryEngine) -> Iterator[str]:
        if planned.plan is None:
            self.notes['refused'] += 1
            if ran.error is None:
                yield f'law 2: the plan was refused, but the call was not: {planned.error!r}'
            elif str(ran.error) != str(planned.error):
                yield f'law 2: plan and call were refused differently: {planned.error!r}, {ran.error!r}'
            if engine.changes:
                yield f'law 2: the plan was refused ({planned.error!r}), but the call changed {engine.changes}'
            return
        if ran.error is not None:
            self.notes['refused'] += 1
            self.notes['refused by the engine'] += 1
        yield from differing_runs(planned.plan, ran)
        made = Counter(call.method for call in engine.calls if call.changes)
        failed = Counter(event.call for event in ran.events if event.kind in ('failed', 'undone'))
        allowed = ran.changes + Counter({call: count for call, count in failed.items() if call in CHANGING_CALLS})
        if made != allowed:
            yield f'law 2: changing calls {dict(made)}, but operations {dict(allowed)}'

    def _idempotence(self, engine: InMemoryEngine) -> Iterator[str]:
        case = self.case
        exempt = {'force_update', 'pull_before_update'} & case.options.keys()
        if case.action in REPEATED or exempt:
            return
        self.notes['run twice'] += 1
        try:
            second = self._front_end(engine, read_only=True).plan(
                case.action, case.requested, **case.options, **case.arguments
            )
        except Exception as error:
            yield f'law 4: the second plan was refused: {error!r}'
            return
        if second:
            found = [
                (operation.call, str(operation.config_id[1:]), [cause.text for cause in operation.causes])
                for operation in second.operations
            ]
            yield f'law 4: a second run would do {found}'

    def _saved(self, plan: Plan, ran: Outcome, engine: InMemoryEngine) -> Iterator[str]:
        read = Plan.from_dict(json.loads(json.dumps(plan.to_dict())))
        if read.to_dict() != plan.to_dict():
            yield 'law 5: a plan that was read again is another one'
        copied = self.origin.copy()
        again = Outcome()
        try:
            self._front_end(copied).apply(read, listener=again.events.append, **self.case.arguments)
        except Exception as error:
            again.error = error
        if type(again.error) is not type(ran.error):
            yield f'law 5: the saved plan ended with {again.error!r}, the call with {ran.error!r}'
        elif [(*_key(event), event.kind) for event in again.events] != [
            (*_key(event), event.kind) for event in ran.events
        ]:
            yield f'law 5: the saved plan did {_shown(again.carried_out)}, the call {_shown(ran.carried_out)}'
        elif copied.state() != engine.state():
            yield 'law 5: the saved plan led to another state'
        yield from self._outdated(read)

    def _outdated(self, plan: Plan) -> Iterator[str]:
        disturbed = self.origin
        name = next(
            (
                item.name
                for item in plan.found
                if disturbed.containers.find(item.name) is not None and item.config_id.config_type.value == 'container'
            ),
            None,
        )
        if name is None:
            return
        self.notes['outdated'] += 1
        disturbed.client().remove_container(name, force=True)
        disturbed.calls.clear()
        try:
            self._front_end(disturbed).apply(plan, **self.case.arguments)
        except PlanOutdatedError as error:
            yield from _secrets(self.case, 'an exception', f'{error} {error!r}')
        except Exception as error:
            yield f'law 5: a plan from before {name} was removed ended with {error!r}'
        else:
            yield f'law 5: a plan from before {name} was removed was carried out: {disturbed.changes}'
        if disturbed.changes:
            yield f'law 5: an outdated plan changed {disturbed.changes}'


def differing_runs(plan: Plan, ran: Outcome) -> Iterator[str]:
    """How what was done differs from the plan. Of what depends on a pull, both outcomes will do."""
    done = ran.carried_out
    if not any(operation.conditional for operation in plan.operations):
        expected = [_key(operation) for operation in plan.operations]
        if done != (expected if ran.error is None else expected[: len(done)]):
            yield f'law 2: planned {_shown(expected)}, done {_shown(done)}'
        yield from _wrongly_skipped(plan, ran)
        return
    certain = Counter(_key(operation) for operation in plan.operations if not operation.conditional)
    open_items = {operation.config_id for operation in plan.operations if operation.conditional}
    missing, more = certain - Counter(done), Counter(done) - certain
    if missing and ran.error is None:
        yield f'law 2: planned whatever is pulled, but not done: {_shown(missing)}'
    foreign = [key for key in more if key[1] not in open_items]
    if foreign:
        yield f'law 2: not planned, but done: {_shown(foreign)}'


def _wrongly_skipped(plan: Plan, ran: Outcome) -> Iterator[str]:
    events = [event for event in ran.events if _is_settled(event)]
    for operation, event in zip(plan.operations, events, strict=False):
        if event.kind == 'skipped' and operation.condition is None:
            yield f'law 2: {_shown([_key(operation)])} was skipped'


def _shown(keys: Any) -> str:
    return ', '.join(f'{call} {".".join(filter(None, config_id[1:]))}' for _, config_id, call in keys)


def _texts(plan: Plan) -> str:
    return '\n'.join((str(plan), plan.text(calls=True), repr(plan), repr(plan.operations), json.dumps(plan.to_dict())))


def _secrets(case: Case, place: str, text: str) -> Iterator[str]:
    if case.secret in text:
        begin = max(0, text.index(case.secret) - 120)
        yield f'law 6: the secret is in {place}: ...{text[begin : begin + 200]}'


def step_of(method: str, subject: str) -> Step:
    """A step from a method and the names of items that it was called for, network first."""
    item, *others = subject.split(' ')
    return Step(method, item, others[-1] if others else '')


def _planned_step(engine: InMemoryEngine, operation: Operation) -> Step:
    arguments = operation.arguments
    if 'net_id' in arguments:
        reference, container = str(arguments['net_id']), str(arguments.get('container', ''))
        network = next((found for found in engine.networks if found.id == reference), None)
        found = engine.containers.find(container)
        return Step(operation.call, network.name if network else reference, found.name if found else container)
    if operation.call == 'pull':
        return Step('pull', f'{arguments["repository"]}:{arguments["tag"]}')
    name = arguments.get('name', arguments.get('container', ''))
    if isinstance(name, str):
        return Step(operation.call, name)
    return Step(operation.call, '')


class _Log(logging.Handler):
    """All lines of the library's log while it is entered; caplog would keep those of all cases."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    @property
    def text(self) -> str:
        return '\n'.join(self.lines)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __enter__(self) -> _Log:
        logger = logging.getLogger('dockermap')
        self._former = logger.level, logger.propagate
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(self)
        return self

    def __exit__(self, *exc_info: object) -> None:
        logger = logging.getLogger('dockermap')
        logger.removeHandler(self)
        logger.level, logger.propagate = self._former
        logger.setLevel(self._former[0])

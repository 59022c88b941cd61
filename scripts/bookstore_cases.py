"""What happens while the bookstore is changed: cases, in each of which somebody asks for its page all the time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

from bookstore_stack import DEBIAN, REPOSITORY, build
from bookstore_store import EXTERNAL_NETWORK, INSTANCES, Bookstore
from prober import Answer, Probe, probing

from dockermap.api import ActionEvent, DockerFile

PAGE = 'http://127.0.0.1:18090/'
BOOKS = ('Frankenstein', 'Middlemarch', 'The Trial')
OTHERS = ('bookstore.database', 'bookstore.web')
SETTLE_SECONDS = 1.0
KILLED_BEFORE = ('stop', 'start', 'wait', 'remove_container')

Containers = dict[str, tuple[str, str]]


@dataclass
class Outcome:
    """What was done, what the prober saw, and what is true of the engine afterwards."""

    title: str
    may_fail: bool = False
    claims: dict[str, bool] = field(default_factory=dict)
    probe: Probe = field(default_factory=Probe)

    @property
    def failed(self) -> int:
        """How many requests failed that should not."""
        return 0 if self.may_fail else len(self.probe.failed)

    @property
    def broken(self) -> list[str]:
        return [claim for claim, holds in self.claims.items() if not holds]

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask for the page from shortly before until shortly after what is done."""
        with probing(PAGE, has_books) as self.probe:
            time.sleep(SETTLE_SECONDS)
            yield
            time.sleep(SETTLE_SECONDS)


@dataclass(frozen=True)
class Case:
    """Something that is done with the bookstore.

    :param may_fail: Whether requests may fail meanwhile.
    """

    title: str
    do: Callable[[Bookstore, Outcome], None]
    may_fail: bool = False

    def run(self, store: Bookstore) -> Outcome:
        tell(f'\n== {self.title}')
        outcome = Outcome(self.title, self.may_fail)
        self.do(store, outcome)
        if outcome.probe.answers:
            tell(outcome.probe.summary())
        for claim, holds in outcome.claims.items():
            tell(f'{"yes" if holds else "NO "}  {claim}')
        return outcome


def tell(text: str) -> str:
    if text:
        print(text, flush=True)
    return text


def has_books(page: str) -> bool:
    return all(book in page for book in BOOKS)


def start_everything(store: Bookstore, outcome: Outcome) -> None:
    """Start everything on an engine that only has the images, and the network of somebody else."""
    store.engine.create_network(EXTERNAL_NETWORK)
    edge = store.engine.inspect_network(EXTERNAL_NETWORK)
    tell(str(store.client.plan('startup', '__all__')))
    store.client.startup('__all__', wait=True)
    user = int(store.output_of('bookstore.database', 'id', '-u', 'postgres'))
    found = store.engine.inspect_network(EXTERNAL_NETWORK)
    outcome.claims = {
        'the page has the books': has_books(ask_once().text),
        'the migration ended with exit code 0': store.exit_code('bookstore.migrate') == 0,
        'it has run once': migration_runs(store) == 1,
        "the image's directory belongs to root, the volume to the database, and nobody else can read it": (
            store.image_owner() == 0 != user and store.volume_owner() == (user, 0o700)
        ),
        'front end, application and database are in the internal network': (
            store.network('bookstore.inside') == (True, {*INSTANCES, *OTHERS})
        ),
        'only the front end is in the external one, which is as it was': (
            store.network(EXTERNAL_NETWORK) == (False, {'bookstore.web'})
            and {**found, 'Containers': {}} == {**edge, 'Containers': {}}
        ),
        **reachable(store),
        'a second start does nothing': not store.client.startup('__all__', wait=True),
        'an update does nothing': store.is_as_planned(),
    }
    # So that it is seen whether it is still the same data in the end.
    store.sql("CREATE TABLE purchase AS SELECT title FROM book WHERE title = 'Middlemarch'")


def reachable(store: Bookstore) -> dict[str, bool]:
    web, inner_web = (f'{store.address(name, "bookstore.web")}:8080' for name in (EXTERNAL_NETWORK, 'bookstore.inside'))
    app = f'{store.address("bookstore.inside", INSTANCES[0])}:8000'
    with store.neighbour() as neighbour:
        return {
            'others in the external network reach the front end, but not the application': (
                store.can_reach(neighbour, web) and not store.can_reach(neighbour, app)
            ),
            'the application reaches the internal network, but no other': (
                store.can_reach(INSTANCES[0], inner_web) and not store.can_reach(INSTANCES[0], web)
            ),
        }


def changed_variable(store: Bookstore, outcome: Outcome, greeting: str = 'New books', wait: bool | None = True) -> None:
    before, others, since = store.containers(), store.started(*OTHERS), time.time()
    with outcome.asking():
        store.set_variables('app', GREETING=greeting)
        tell(store.plan())
        error = tell(store.update(wait=wait))
    after = store.containers()
    events = [event for event in store.events(since) if event[2].startswith('bookstore.app.')]
    for moment, _, name, what in events:
        tell(f'  {moment - since:5.2f} s  {name:28} {what}')
    outcome.claims = {
        'the update succeeded': not error,
        'both instances have the new value': greetings_now() == {greeting},
        'both instances were replaced': replaced(before, after) == set(INSTANCES),
        'the second one was stopped when the new first one was healthy': one_after_the_other(events, before, after),
        'database and nginx were left alone': others == store.started(*OTHERS),
        'a second update does nothing': store.is_as_planned(),
    }


def one_after_the_other(events: Iterable[tuple[float, str, str, str]], before: Containers, after: Containers) -> bool:
    """Whether each former instance ended only when the new ones of those before it were healthy."""
    when: dict[tuple[str, str], float] = {}
    for moment, own, _, what in events:
        when.setdefault((own, what), moment)
    ended = sorted((when[before[name][0], 'die'], name) for name in INSTANCES)
    healthy = [when.get((after[name][0], 'health_status: healthy'), 0.0) for _, name in ended]
    return all(0.0 < done < moment for done, (moment, _) in zip(healthy, ended[1:], strict=False))


def without_wait(store: Bookstore, outcome: Outcome) -> None:
    """The rollout waits for instances itself."""
    changed_variable(store, outcome, 'Old books', None)


def broken_image(store: Bookstore, outcome: Outcome) -> None:
    build(store.url, 'broken', broken)
    before = store.containers()
    with outcome.asking():
        store.set_app(image='broken')
        tell(store.plan())
        error = tell(store.update())
        store.set_app(image='app')
    outcome.claims = {
        **put_back(store, before, error),
        'the error has the last lines': 'The shelf is empty.' in error,
    }


def broken() -> DockerFile:
    command = ['sh', '-c', 'echo The shelf is empty. >&2; exit 3']
    return DockerFile(f'{REPOSITORY}/app:latest', command=command)


def failing_health_check(store: Bookstore, outcome: Outcome) -> None:
    check = store.map.containers.app.healthcheck
    before = store.containers()
    with outcome.asking():
        test = ['CMD', 'sh', '-c', 'echo No books in the window; exit 1']
        store.set_app(healthcheck={'test': test, 'interval': '300ms', 'retries': 2})
        tell(store.plan())
        error = tell(store.update())
        store.set_app(healthcheck=check)
    outcome.claims = {
        **put_back(store, before, error),
        'the error has the results of the check': 'No books in the window' in error,
    }


def put_back(store: Bookstore, before: Containers, error: str) -> dict[str, bool]:
    return {
        'the update is an error': bool(error),
        'the error says that the former container runs again': 'runs again' in error,
        'the former containers run, and no others are there': store.containers() == before,
        'with the map as it was, there is nothing to do': store.is_as_planned(),
    }


def killed_program(store: Bookstore, outcome: Outcome) -> None:
    before, names = store.containers(), set(store.containers())
    codes, errors, left = [], [], []
    with outcome.asking():
        for call in KILLED_BEFORE:
            greeting = f'Killed before {call}'
            code = subprocess.run([sys.executable, __file__, store.url, call, greeting], check=False, timeout=60)
            codes.append(code.returncode)
            between = store.containers()
            left.append(set(between) != names)
            tell(f'Killed before {call}; what is there:\n{listed(between)}')
            store.set_variables('app', GREETING=greeting)
            tell(store.plan())
            errors.append(tell(store.update()))
    after = store.containers()
    outcome.claims = {
        'the program was killed each time': codes == [-signal.SIGKILL] * len(KILLED_BEFORE),
        'it left something half done each time': all(left),
        'the next call succeeded each time': not any(errors),
        'nothing is left over': set(after) == names,
        'both instances are replaced': greetings_now() == {greeting} and replaced(before, after) == set(INSTANCES),
        'a second update does nothing': store.is_as_planned(),
    }


def listed(containers: Containers) -> str:
    return '\n'.join(f'  {name:28} {state}' for name, (_, state) in sorted(containers.items()))


def foreign_container(store: Bookstore, outcome: Outcome) -> None:
    name = 'bookstore.app.red'
    with outcome.asking():
        labels = {'com.docker.compose.project': 'neighbour'}
        own = store.engine.create_container(DEBIAN, ['sleep', '3600'], name=name, labels=labels)['Id']
        before = store.containers()
        store.set_app(instances=['blue', 'green', 'red'])
        error = tell(store.update())
        unchanged = store.containers() == before
        tell('With adopt=True:')
        tell(str(store.client.plan('update', '__all__', adopt=True)))
        error_of_adopting = tell(store.update(adopt=True))
        after = store.containers()
        tell('Without that instance, and with remove_orphans=True:')
        store.set_app(instances=['blue', 'green'])
        tell(str(store.client.plan('update', '__all__', remove_orphans=True)))
        error_of_removing = tell(store.update(remove_orphans=True))
    outcome.claims = {
        'the update is an error that names the container': name in error,
        'nothing was changed': unchanged,
        'with adopt=True, the update succeeded': not error_of_adopting,
        'the container is ours, and runs': after[name][0] != own and after[name][1] == 'running',
        'it was removed when it was on the map no longer': not error_of_removing and name not in store.containers(),
        'the other instances were left alone': all(store.containers()[name] == before[name] for name in INSTANCES),
    }


def all_at_once(store: Bookstore, outcome: Outcome, greeting: str = 'Other books', wait: bool | None = True) -> None:
    """What the prober sees without a rollout: so it is known to see something."""
    with outcome.asking():
        store.set_variables('app', GREETING=greeting)
        error = tell(store.update(rollout='parallel', wait=wait))
    outcome.claims = {
        'the update succeeded': not error,
        'some requests failed': bool(outcome.probe.failed),
    }


def all_at_once_without_wait(store: Bookstore, outcome: Outcome) -> None:
    """What is done if nothing is said."""
    all_at_once(store, outcome, 'Any books', None)


def replaced_database(store: Bookstore, outcome: Outcome) -> None:
    """There is only one database, so nobody can be answered meanwhile; but it is the same data afterwards."""
    before = store.containers()
    with outcome.asking():
        store.set_variables('database', TZ='Europe/Berlin')
        tell(store.plan())
        error = tell(store.update())
    outcome.claims = {
        'the update succeeded': not error,
        'only the database was replaced': replaced(before, store.containers()) == {'bookstore.database'},
        'the page has the books again': has_books(ask_once().text),
        'the data is what it was': has_purchase(store) and migration_runs(store) == 1,
    }


CASES: dict[str, Case] = {
    'a': Case('A variable is changed', changed_variable),
    'b': Case('The new image is broken', broken_image),
    'c': Case('The health check of the new containers fails', failing_health_check),
    'd': Case('The program is killed while it replaces, at four moments', killed_program),
    'e': Case('Somebody else has a container of that name', foreign_container),
    'f': Case('A variable is changed, and nothing is said of waiting', without_wait),
    'p': Case('For comparison: all instances at once', all_at_once, may_fail=True),
    'q': Case('For comparison: all instances at once, without waiting', all_at_once_without_wait, may_fail=True),
    'r': Case('For comparison: the only database is replaced', replaced_database, may_fail=True),
}


def take_everything_down(store: Bookstore, outcome: Outcome) -> None:
    outcome.claims = {
        'the migration has never run again': migration_runs(store) == 1,
        'the data of the beginning is still there': has_purchase(store),
    }
    store.client.shutdown('__all__', remove_attached=True, remove_networks=True)
    networks = {network['Name'] for network in store.engine.networks()} - {'bridge', 'host', 'none'}
    outcome.claims |= {
        'no container is left': not store.containers(),
        'no volume is left': not store.engine.volumes()['Volumes'],
        'only the network of somebody else is left': networks == {EXTERNAL_NETWORK},
    }
    store.engine.remove_network(EXTERNAL_NETWORK)


BEGIN = Case('The bookstore is started', start_everything)
END = Case('The bookstore is taken down', take_everything_down)


def migration_runs(store: Bookstore) -> int:
    """How often the job has run, as the database knows."""
    return int(store.sql('SELECT count(*) FROM migration_run'))


def has_purchase(store: Bookstore) -> bool:
    return store.sql('SELECT title FROM purchase') == 'Middlemarch'


def greetings_now() -> set[str]:
    """What is said at the top of the page, asked so often that each instance has been asked."""
    with probing(PAGE, has_books) as probe:
        time.sleep(2)
    return {answer.text.partition('</h1>')[0].removeprefix('<h1>') for answer in probe.answers if not answer.failure}


def replaced(before: Containers, after: Containers) -> set[str]:
    return {name for name, (own, _) in after.items() if before.get(name, ('', ''))[0] != own}


def ask_once() -> Answer:
    with probing(PAGE, has_books) as probe:
        time.sleep(0.05)
    return probe.answers[0]


def update_and_die(url: str, call: str, greeting: str) -> NoReturn:
    """Change a variable, and kill this process before the first call of that name for an instance."""

    def listener(event: ActionEvent) -> None:
        if (event.kind, event.call, event.config_id.config_name) == ('started', call, 'app'):
            os.kill(os.getpid(), signal.SIGKILL)

    store = Bookstore(url)
    store.set_variables('app', GREETING=greeting)
    store.update(listener=listener)
    sys.exit('The program should have been killed.')


if __name__ == '__main__':
    update_and_die(*sys.argv[1:])

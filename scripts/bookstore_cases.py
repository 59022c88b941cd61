"""What happens while the bookstore is changed: cases, in each of which somebody asks for its page all the time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bookstore_stack import DEBIAN, REPOSITORY, bookstore_client, build, load_bookstore
from prober import Answer, Probe, probing

from dockermap.api import ActionEvent, DockerClientWrapper, DockerFile
from dockermap.exceptions import DockerMapError

PAGE = 'http://127.0.0.1:18090/'
BOOKS = ('Frankenstein', 'Middlemarch', 'The Trial')
EXTERNAL_NETWORK = 'edge'
INSTANCES = ('bookstore.app.blue', 'bookstore.app.green')
SETTLE_SECONDS = 1.0


@dataclass
class Outcome:
    """What a case was, what the prober saw, and what is true of the engine afterwards."""

    title: str
    told: list[str] = field(default_factory=list)
    claims: dict[str, bool] = field(default_factory=dict)
    probe: Probe = field(default_factory=Probe)
    may_fail: bool = False

    @property
    def failed(self) -> int:
        """How many requests failed that should not."""
        return 0 if self.may_fail else len(self.probe.failed)

    @property
    def broken(self) -> list[str]:
        return [claim for claim, holds in self.claims.items() if not holds]


def has_books(page: str) -> bool:
    return all(book in page for book in BOOKS)


class Bookstore:
    """The bookstore on an engine, with its map as it is at the moment."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.map = load_bookstore()
        self.client = bookstore_client(self.map, url)
        self.engine = DockerClientWrapper(url)

    def close(self) -> None:
        self.client.close()
        self.engine.close()

    def set_greeting(self, text: str) -> None:
        environment = self.map.containers.app.create_options['environment']
        self.map.containers.app.create_options = {'environment': {**environment, 'GREETING': text}}
        self.client.refresh_names()

    def set_app(self, **settings: Any) -> None:
        self.map.containers.app.update(settings)
        self.client.refresh_names()

    def plan(self) -> str:
        return str(self.client.plan('update', '__all__'))

    def update(self, **options: Any) -> str:
        """Bring the engine to what the map says; the text of the error, if that is not possible."""
        try:
            self.client.update('__all__', wait=True, wait_timeout=60, **options)
        except DockerMapError as error:
            return str(error)
        return ''

    def containers(self) -> dict[str, tuple[str, str]]:
        """Id and state of each container, by name."""
        return {
            container['Names'][0][1:]: (container['Id'], container['State'])
            for container in self.engine.containers(all=True)
        }

    def started(self, *names: str) -> list[str]:
        """Since when containers run, which tells more than that they run."""
        return [self.engine.inspect_container(name)['State']['StartedAt'] for name in names]


@contextmanager
def case(title: str) -> Iterator[Outcome]:
    """Ask for the page from shortly before until shortly after what is done."""
    outcome = Outcome(title)
    with probing(PAGE, has_books) as outcome.probe:
        time.sleep(SETTLE_SECONDS)
        yield outcome
        time.sleep(SETTLE_SECONDS)


def changed_variable(store: Bookstore) -> Outcome:
    before = store.containers(), store.started('bookstore.database', 'bookstore.web')
    with case('A variable is changed') as outcome:
        store.set_greeting('New books')
        outcome.told = [store.plan(), store.update()]
    outcome.claims = {
        'the update succeeded': not outcome.told[-1],
        'both instances have the new value': greetings_now() == {'New books'},
        'both instances were replaced': replaced(before[0], store.containers()) == set(INSTANCES),
        'database and nginx were left alone': before[1] == store.started('bookstore.database', 'bookstore.web'),
        'a second update does nothing': 'Nothing to do' in store.plan(),
    }
    return outcome


def all_at_once(store: Bookstore) -> Outcome:
    """What the prober sees without a rollout: so it is known to see something."""
    with case('For comparison: a variable is changed, both instances at once') as outcome:
        store.set_greeting('Other books')
        outcome.told = [store.update(rollout='parallel')]
    outcome.may_fail = True
    outcome.claims = {
        'the update succeeded': not outcome.told[-1],
        'some requests failed': bool(outcome.probe.failed),
    }
    return outcome


def broken_image(store: Bookstore) -> Outcome:
    build(store.url, 'broken', broken)
    before = store.containers()
    with case('The new image is broken') as outcome:
        store.set_app(image='broken')
        outcome.told = [store.plan(), store.update()]
        store.set_app(image='app')
    outcome.claims = {
        **put_back(store, before, outcome.told[-1]),
        'the error has the last lines': 'The shelf is empty.' in outcome.told[-1],
    }
    return outcome


def broken() -> DockerFile:
    command = ['sh', '-c', 'echo The shelf is empty. >&2; exit 3']
    return DockerFile(f'{REPOSITORY}/app:latest', command=command)


def failing_health_check(store: Bookstore) -> Outcome:
    check = store.map.containers.app.healthcheck
    before = store.containers()
    with case('The health check of the new containers fails') as outcome:
        test = ['CMD', 'sh', '-c', 'echo No books in the window; exit 1']
        store.set_app(healthcheck={'test': test, 'interval': '300ms', 'retries': 2})
        outcome.told = [store.plan(), store.update()]
        store.set_app(healthcheck=check)
    outcome.claims = {
        **put_back(store, before, outcome.told[-1]),
        'the error has the results of the check': 'No books in the window' in outcome.told[-1],
    }
    return outcome


def put_back(store: Bookstore, before: dict[str, tuple[str, str]], error: str) -> dict[str, bool]:
    return {
        'the update is an error': bool(error),
        'the error says that the former container runs again': 'runs again' in error,
        'the former containers run, and no others are there': store.containers() == before,
        'with the map as it was, there is nothing to do': 'Nothing to do' in store.plan(),
    }


def killed_program(store: Bookstore) -> Outcome:
    before = store.containers()
    with case('The program is killed while it replaces') as outcome:
        code = subprocess.run([sys.executable, __file__, store.url], check=False, timeout=60).returncode
        between = store.containers()
        store.set_greeting('Repaired')
        outcome.told = [f'The containers after the kill:\n{listed(between)}', store.plan(), store.update()]
    after = store.containers()
    outcome.claims = {
        'the program was killed': code == -signal.SIGKILL,
        'it left something half done': set(between) != set(before),
        'the next call succeeded': not outcome.told[-1],
        'nothing is left over': set(after) == set(before),
        'both instances are replaced': greetings_now() == {'Repaired'},
    }
    return outcome


def listed(containers: dict[str, tuple[str, str]]) -> str:
    return '\n'.join(f'  {name:28} {state}' for name, (_, state) in sorted(containers.items()))


def foreign_container(store: Bookstore) -> Outcome:
    name = 'bookstore.app.red'
    with case('Somebody else has a container of that name') as outcome:
        labels = {'com.docker.compose.project': 'neighbour'}
        own = store.engine.create_container(DEBIAN, ['sleep', '3600'], name=name, labels=labels)['Id']
        before = store.containers()
        store.set_app(instances=['blue', 'green', 'red'])
        outcome.told = [store.update()]
        unchanged = store.containers() == before
        outcome.told += [store.update(adopt=True)]
    after = store.containers()
    outcome.claims = {
        'the update is an error that names the container': name in outcome.told[0],
        'nothing was changed': unchanged,
        'with adopt=True, the update succeeded': not outcome.told[1],
        'the container is ours, and runs': after[name][0] != own and after[name][1] == 'running',
        'the other instances were left alone': all(after[name] == before[name] for name in INSTANCES),
    }
    return outcome


CASES: dict[str, Callable[[Bookstore], Outcome]] = {
    'a': changed_variable,
    'b': broken_image,
    'c': failing_health_check,
    'd': killed_program,
    'e': foreign_container,
    'p': all_at_once,
}


def greetings_now() -> set[str]:
    """What is said at the top of the page, asked so often that each instance has been asked."""
    with probing(PAGE, has_books) as probe:
        time.sleep(2)
    return {answer.text.partition('</h1>')[0].removeprefix('<h1>') for answer in probe.answers if not answer.failure}


def replaced(before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> set[str]:
    return {name for name, (own, _) in after.items() if before.get(name, ('', ''))[0] != own}


def bring_up(store: Bookstore) -> Outcome:
    """Start everything on an engine that only has the images, and the network of somebody else."""
    outcome = Outcome('The bookstore is started')
    store.engine.create_network(EXTERNAL_NETWORK)
    outcome.told = [str(store.client.plan('startup', '__all__'))]
    store.client.startup('__all__', wait=True)
    owner = exec_output(store, 'bookstore.database', 'stat -c "%U %a" /srv/database')
    outcome.claims = {
        'the page has the books': has_books(ask_once().text),
        'the migration ended with exit code 0': job_exit_code(store) == 0,
        'the volume belongs to the database, and nobody else can read it': owner == 'postgres 700',
        'a second start does nothing': not store.client.startup('__all__', wait=True),
        'an update does nothing': 'Nothing to do' in store.plan(),
    }
    return outcome


def ask_once() -> Answer:
    with probing(PAGE, has_books) as probe:
        time.sleep(0.05)
    return probe.answers[0]


def exec_output(store: Bookstore, container: str, command: str) -> str:
    output: bytes = store.engine.exec_start(store.engine.exec_create(container, ['sh', '-c', command])['Id'])
    return output.decode().strip()


def job_exit_code(store: Bookstore) -> int:
    state = store.engine.inspect_container('bookstore.migrate')['State']
    return -1 if state['Running'] else int(state['ExitCode'])


def take_down(store: Bookstore) -> Outcome:
    outcome = Outcome('The bookstore is taken down')
    store.client.shutdown('__all__', remove_attached=True, remove_networks=True)
    networks = {network['Name'] for network in store.engine.networks()} - {'bridge', 'host', 'none'}
    outcome.claims = {
        'no container is left': not store.containers(),
        'no volume is left': not store.engine.volumes()['Volumes'],
        'only the network of somebody else is left': networks == {EXTERNAL_NETWORK},
    }
    store.engine.remove_network(EXTERNAL_NETWORK)
    return outcome


def update_and_die(url: str) -> NoReturn:
    """Change a variable, and kill this process when the first new container is about to be started."""

    def listener(event: ActionEvent) -> None:
        if (event.kind, event.call, event.config_id.config_name) == ('started', 'start', 'app'):
            os.kill(os.getpid(), signal.SIGKILL)

    store = Bookstore(url)
    store.set_greeting('Repaired')
    store.update(listener=listener)
    sys.exit('The program should have been killed.')


if __name__ == '__main__':
    update_and_die(sys.argv[1])

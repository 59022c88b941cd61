"""A shop on engines in memory whose containers get healthy, end and fail when they are told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dockermap.api import ActionEvent, ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine, Process

HEALTHCHECK = [['check'], '1s']


class Shop:
    """Engines with the images db, job and web, and a front end for a map ``shop``.

    :param content: Container configurations; each has the image of its name, or else ``web``.
    :param clients: Names of clients, each with an engine of its own.
    """

    def __init__(self, content: dict[str, Any], *clients: str, networks: Any = None, **options: Any) -> None:
        self.engines = {name: InMemoryEngine('db', 'job', 'web') for name in clients or ('__default__',)}
        self.events: list[ActionEvent] = []
        self._options = options
        self._configurations = {
            name: ClientConfiguration(client=engine.client(), version='1.41') for name, engine in self.engines.items()
        }
        self.use(content, networks)

    @property
    def engine(self) -> InMemoryEngine:
        """The first engine."""
        return next(iter(self.engines.values()))

    @property
    def configuration(self) -> ClientConfiguration:
        """The configuration of the first client."""
        return next(iter(self._configurations.values()))

    def use(self, content: Mapping[str, Any], networks: Any = None) -> None:
        """From now on the map has these configurations."""
        containers = {
            name: {'image': name if name in ('db', 'job') else 'web', 'stop_timeout': 1, **(config or {})}
            for name, config in content.items()
        }
        self.map = ContainerMap('shop', {'containers': containers, 'networks': networks or {}})
        self.client = MappingDockerClient(self.map, clients=self._configurations, option_defaults=self._options)

    def behave(self, name: str, seconds: float | None = None, **process: Any) -> None:
        """From now on a container behaves like this when it is started."""
        for engine in self.engines.values():
            engine.script(Process(seconds=seconds, **process), container=f'shop.{name}')

    def do(self, action: str, *names: str, **options: Any) -> float:
        """Carry out an action; the seconds that it took on the first engine."""
        self.events.clear()
        begin = self.engine.clock.now()
        self.client.run_actions(action, list(names) or '__all__', listener=self.events.append, **options)
        return self.engine.clock.now() - begin

    def fails(self, action: str, *names: str, **options: Any) -> ActionRunnerException:
        """The error of an action that fails."""
        try:
            self.do(action, *names, **options)
        except ActionRunnerException as error:
            return error
        raise AssertionError(f'{action} did not fail.')

    def plan(self, action: str, *names: str, **options: Any) -> str:
        """What an action would do."""
        return str(self.client.plan(action, list(names) or '__all__', **options))

    def state(self, name: str, client_name: str | None = None) -> dict[str, Any]:
        """State of a container."""
        engine = self.engine if client_name is None else self.engines[client_name]
        found: dict[str, Any] = engine.client().inspect_container(f'shop.{name}')['State']
        return found

    def ids(self, *names: str) -> list[str]:
        """Ids of containers."""
        return [self.engine.client().inspect_container(f'shop.{name}')['Id'] for name in names]

    def started_at(self, name: str, client_name: str | None = None) -> str:
        """When a container was started last, as a text that sorts."""
        return str(self.state(name, client_name)['StartedAt'])

    def waits(self) -> list[str]:
        """What was waited for: who, and for what."""
        return [
            f'{event.config_id.config_name}: {event.detail.partition(",")[0]}'
            for event in self.events
            if event.kind == 'waiting'
        ]


def counted(method: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    """A method that notes its calls."""

    def call(*args: Any, **kwargs: Any) -> Any:
        calls.append(method.__name__)
        return method(*args, **kwargs)

    return call

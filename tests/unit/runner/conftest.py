from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.execute.executor import Executor
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy
from dockermap.map.policy.replaced import RUN
from dockermap.map.runner import ActionConfig
from dockermap.map.runner.base import DockerClientRunner
from dockermap.map.state import ConfigFlags, ConfigState, State, StateFlags
from dockermap.testing import InMemoryClient, InMemoryEngine, Process

CLIENT = '__default__'
USERS = {'root': 0, 'u': 500}
GROUPS = {'root': 0, 'g': 600}


class OldClient(InMemoryClient):
    """A client of an SDK that takes the host configuration at the start, and knows insecure registries."""

    def start(self, container: Any, **host_config: Any) -> None:
        super().start(container)
        self._note_further(host_config)

    def pull(self, repository: str, tag: str | None = None, insecure_registry: bool = False) -> Any:
        answer = super().pull(repository, tag)
        self._note_further({'insecure_registry': True} if insecure_registry else {})
        return answer

    def _note_further(self, arguments: dict[str, Any]) -> None:
        call = self.engine.calls[-1]
        self.engine.calls[-1] = call._replace(arguments={**call.arguments, **arguments})


class Setup:
    """A runner for one map ``shop``, and what its methods work on."""

    def __init__(
        self,
        container_map: dict[str, Any],
        engine: InMemoryEngine,
        client: InMemoryClient,
        client_settings: dict[str, Any],
        runner_class: type[DockerClientRunner],
        options: dict[str, Any],
        option_defaults: dict[str, Any],
    ) -> None:
        settings = {'version': '1.41', **client_settings}
        self.engine = engine
        self.client = client
        self.client_config = ClientConfiguration(client=client, **settings)
        self.policy = BasePolicy(
            {'shop': ContainerMap('shop', container_map)}, {CLIENT: self.client_config}, None, option_defaults
        )
        self.runner_class = runner_class
        self.options = options
        self.renew_runner()

    def renew_runner(self) -> None:
        """Use a new runner, as each call of the front end does; it waits by the engine's clock."""
        self.runner = self.runner_class(self.policy, self.options)
        self.runner.executor = Executor(self.policy, clock=self.engine.clock)

    def action(self, kind: str, name: str, instance: str | None = None, **changes: Any) -> ActionConfig:
        """What a method works on; without a client, as builders must do without."""
        container_map = self.policy.container_maps['shop']
        config_id = MapConfigId(ItemType(kind), 'shop', name, instance)
        config = {
            'container': lambda: container_map.get_existing(name),
            'network': lambda: container_map.get_existing_network(name),
            'image': lambda: None,
            'volume': lambda: (
                container_map.get_existing_volume(instance)
                if self.client_config.features['volumes']
                else container_map.get_existing(name)
            ),
        }[kind]()
        return ActionConfig(CLIENT, config_id, self.client_config, None, container_map, config)._replace(**changes)

    def acting(self, kind: str, name: str, instance: str | None = None, **changes: Any) -> ActionConfig:
        """The same with the client."""
        return self.action(kind, name, instance, client=self.client, **changes)

    def state(self, kind: str, name: str, instance: str | None = None) -> ConfigState:
        config_id = MapConfigId(ItemType(kind), 'shop', name, instance)
        return ConfigState(CLIENT, config_id, ConfigFlags.NONE, State.PRESENT, StateFlags.NONE, {})

    def create_kwargs(self, name: str, instance: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """What the builder for creating a container returns."""
        engine_name = self.policy.cname('shop', name, instance)
        return self.runner.get_container_create_kwargs(self.action('container', name, instance), engine_name, **kwargs)

    def final_kwargs(self, name: str, instance: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """The same after the last step."""
        action = self.action('container', name, instance)
        return self.runner.finalize_create_kwargs(action, f'shop.{name}', self.create_kwargs(name, instance, **kwargs))

    def calls(self, method: str) -> list[dict[str, Any]]:
        """Arguments of all calls of a method, without the label that differs each time."""
        found = [dict(call.arguments) for call in self.engine.calls if call.method == method]
        for arguments in found:
            if isinstance(arguments.get('labels'), dict):
                arguments['labels'] = {name: value for name, value in arguments['labels'].items() if name != RUN}
        return found

    @property
    def steps(self) -> list[str]:
        """Methods that change something or wait, in order."""
        return [call.method for call in self.engine.calls if call.changes or call.method == 'wait']


@pytest.fixture
def engine() -> InMemoryEngine:
    """An engine with images whose processes run until a signal ends them; only the one that does nothing ends."""
    engine = InMemoryEngine()
    for name in ('busybox', 'web', 'api', 'db'):
        engine.add_image(name, users=USERS, groups=GROUPS)
    engine.add_image('tianon/true', process=Process(seconds=0), users=USERS, groups=GROUPS)
    return engine


@pytest.fixture
def client(engine: InMemoryEngine) -> InMemoryClient:
    """The client of the engine that runners get."""
    return engine.client()


@pytest.fixture
def client_of(engine: InMemoryEngine) -> Callable[[type[InMemoryClient]], InMemoryClient]:
    """Makes a client of the engine of a class of its own."""
    return lambda client_class: client_class(engine, engine.api_version, False, 60, 'http+memory://engine')


@pytest.fixture
def old_client(client_of: Callable[[type[InMemoryClient]], InMemoryClient]) -> InMemoryClient:
    """A client of the engine with methods of a former SDK."""
    return client_of(OldClient)


@pytest.fixture
def make_setup(engine: InMemoryEngine, client: InMemoryClient) -> Callable[..., Setup]:
    """Builds a runner for the input of a map, an engine in memory, and settings of the client."""

    def make(
        container_map: dict[str, Any],
        client: InMemoryClient = client,
        runner_class: type[DockerClientRunner] = DockerClientRunner,
        options: dict[str, Any] | None = None,
        option_defaults: dict[str, Any] | None = None,
        **client_settings: Any,
    ) -> Setup:
        return Setup(container_map, engine, client, client_settings, runner_class, options or {}, option_defaults or {})

    return make

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy
from dockermap.map.runner import ActionConfig
from dockermap.map.runner.base import DockerClientRunner
from dockermap.map.state import ConfigFlags, ConfigState, State, StateFlags

CLIENT = '__default__'


class Setup:
    """A runner for one map ``shop``, and what its methods work on."""

    def __init__(self, container_map: dict[str, Any], client: Any, client_settings: dict[str, Any],
                 runner_class: type[DockerClientRunner], options: dict[str, Any],
                 option_defaults: dict[str, Any]) -> None:
        settings = {'version': '1.41', **client_settings}
        self.engine = client
        self.client_config = ClientConfiguration(client=client, **settings)
        self.policy = BasePolicy({'shop': ContainerMap('shop', container_map)}, {CLIENT: self.client_config}, None,
                                 option_defaults)
        self.runner = runner_class(self.policy, options)

    def action(self, kind: str, name: str, instance: str | None = None, **changes: Any) -> ActionConfig:
        """What a method works on; without a client, as builders must do without."""
        container_map = self.policy.container_maps['shop']
        config_id = MapConfigId(ItemType(kind), 'shop', name, instance)
        config = {
            'container': lambda: container_map.get_existing(name),
            'network': lambda: container_map.get_existing_network(name),
            'image': lambda: None,
            'volume': lambda: (container_map.get_existing_volume(instance) if self.client_config.features['volumes']
                               else container_map.get_existing(name)),
        }[kind]()
        return ActionConfig(CLIENT, config_id, self.client_config, None, container_map, config)._replace(**changes)

    def acting(self, kind: str, name: str, instance: str | None = None, **changes: Any) -> ActionConfig:
        """The same with the client."""
        return self.action(kind, name, instance, client=self.engine, **changes)

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
        """Arguments of all calls of a method."""
        return [kwargs for name, kwargs in self.engine.calls if name == method]


@pytest.fixture
def make_setup(engine_double: Any) -> Callable[..., Setup]:
    """Builds a runner for the input of a map, an engine in memory, and settings of the client."""
    def make(container_map: dict[str, Any], client: Any = None,
             runner_class: type[DockerClientRunner] = DockerClientRunner, options: dict[str, Any] | None = None,
             option_defaults: dict[str, Any] | None = None, **client_settings: Any) -> Setup:
        return Setup(container_map, engine_double if client is None else client, client_settings, runner_class,
                     options or {}, option_defaults or {})

    return make

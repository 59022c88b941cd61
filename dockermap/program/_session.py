"""What a command works with: its arguments, the map, the clients, and the output."""

from __future__ import annotations

import contextlib
import warnings
from argparse import Namespace
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ._environment import Environment
from ._output import Output
from ._sources import assigned, load_clients, load_map

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.config.client import ClientConfiguration
    from ..map.config.main import ContainerMap

ALL = '__all__'


@contextlib.contextmanager
def recorded_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """What is warned of inside."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter('always')
        # These come whenever the interpreter clears up, and are not about what is done.
        warnings.simplefilter('ignore', ResourceWarning)
        yield found


class Session:
    """One run of the program."""

    def __init__(self, arguments: Namespace, environment: Environment) -> None:
        self.arguments = arguments
        self.environment = environment
        self.output = Output(environment, arguments.output == 'json', arguments.quiet, colours=not arguments.no_color)

    @cached_property
    def map(self) -> ContainerMap:
        """The map. Warnings about it are shown."""
        with recorded_warnings() as found:
            loaded = load_map(self.arguments, self.environment)
        for warning in found:
            self.warn(str(warning.message))
        return loaded

    @cached_property
    def clients(self) -> dict[str, ClientConfiguration]:
        """Clients by name."""
        return self.environment.connect(load_clients(self.arguments, self.environment))

    @contextlib.contextmanager
    def client(self) -> Iterator[MappingDockerClient]:
        """What applies actions to the map; closed in the end. What the library warns of meanwhile is shown."""
        from ..map.client import MappingDockerClient

        with (
            MappingDockerClient(self.map, clients=self.clients, option_defaults=self.option_defaults) as client,
            self._logged(),
        ):
            yield client

    @cached_property
    def option_defaults(self) -> dict[str, object]:
        """Options of the library for all calls."""
        import yaml

        pairs = (assigned(text, '--option', 'core_image=busybox') for text in self.arguments.option or ())
        return {name: yaml.safe_load(value) for name, value in pairs}

    def names(self, given: Iterable[str] | None = None) -> list[str]:
        """What was asked for, as the library reads it: a name with a dot is that of an instance, not of a map."""
        names = list(self.arguments.names if given is None else given)
        return [self._name(name) for name in names] or [ALL]

    def everything(self) -> list[str]:
        """All configurations, also those that are not in the default group of the map."""
        return [f'{self.map.name}.{name}' for name, _ in self.map]

    def _name(self, name: str) -> str:
        first, dot, _ = name.partition('.')
        is_of_map = first in self.map.containers or first in self.map.groups
        return f'{self.map.name}.{name}' if dot and is_of_map else name

    def warn(self, text: str) -> None:
        """Show a warning; in JSON, among the documents of a command that writes several."""
        if self.output.is_json:
            self.output.record('warning', text=text)
        else:
            self.output.note(f'Warning: {text}')

    def _logged(self) -> contextlib.AbstractContextManager[None]:
        """Show what is logged."""
        from ._logged import logged

        return logged(self.warn, self.arguments.debug)

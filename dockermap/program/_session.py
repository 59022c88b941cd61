"""What a command works with: its arguments, the map, the clients, and the output."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ..utils import recorded_warnings, split_instance
from ._environment import Environment
from ._exit_codes import UsageError
from ._output import Output
from ._sources import assigned, load_clients, load_map

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.config.client import ClientConfiguration
    from ..map.config.main import ContainerMap

ALL = '__all__'


class Session:
    """One run of the program."""

    def __init__(self, arguments: Namespace, environment: Environment) -> None:
        self.arguments = arguments
        self.environment = environment
        self.output = Output(environment, arguments.output == 'json', arguments.quiet, colours=not arguments.no_color)

    @cached_property
    def maps(self) -> tuple[ContainerMap, ...]:
        """The map that is in files, or those that are given. Warnings about it are shown."""
        if self.environment.given is not None:
            return self.environment.given.maps
        with recorded_warnings() as found:
            loaded = load_map(self.arguments, self.environment)
        for warning in found:
            self.warn(str(warning.message))
        return (loaded,)

    @property
    def map(self) -> ContainerMap:
        """The only map.

        :raises UsageError: Several are given.
        """
        if len(self.maps) != 1:
            names = ', '.join(container_map.name for container_map in self.maps)
            raise UsageError(f'This needs one map, and there are several: {names}.')
        return self.maps[0]

    @cached_property
    def clients(self) -> dict[str, ClientConfiguration]:
        """Clients by name."""
        given = self.environment.given
        found = load_clients(self.arguments, self.environment) if given is None else dict(given.clients)
        return self.environment.connect(found)

    @contextlib.contextmanager
    def client(self) -> Iterator[MappingDockerClient]:
        """What applies actions to the map; closed in the end. What the library warns of meanwhile is shown."""
        from ..map.client import MappingDockerClient

        with (
            MappingDockerClient(self._all_maps, clients=self.clients, option_defaults=self.option_defaults) as client,
            self._logged(),
        ):
            yield client

    @property
    def _all_maps(self) -> ContainerMap | tuple[ContainerMap, ...]:
        # One map is meant where a name does not say which.
        return self.maps[0] if len(self.maps) == 1 else self.maps

    @cached_property
    def option_defaults(self) -> dict[str, object]:
        """Options of the library for all calls."""
        import yaml

        pairs = (assigned(text, '--option', 'core_image=busybox') for text in self.arguments.option or ())
        given = {} if self.environment.given is None else self.environment.given.options
        return {**given, **{name: yaml.safe_load(value) for name, value in pairs}}

    def names(self, given: Iterable[str] | None = None) -> list[str]:
        """What was asked for, as the library reads it: a name with a dot is that of an instance, not of a map."""
        names = list(self.arguments.names if given is None else given)
        return [self._name(name) for name in names] or [ALL]

    def everything(self) -> list[str]:
        """All configurations, also those that are not in the default group of the map."""
        return [f'{container_map.name}.{name}' for container_map in self.maps for name, _ in container_map]

    def owner(self, name: str) -> tuple[ContainerMap, str] | None:
        """The map that has a configuration, or an instance of it, and its name there; ``None`` if there is none.

        :raises UsageError: Several have it.
        """
        full_name = self._name(name)
        for container_map in self.maps:
            found = full_name.removeprefix(f'{container_map.name}.')
            if split_instance(found)[0] in container_map.containers and (len(self.maps) == 1 or found != full_name):
                return container_map, found
        return None

    def _name(self, name: str) -> str:
        first, dot, _ = name.partition('.')
        owners = [found.name for found in self.maps if first in found.containers or first in found.groups]
        if len(owners) > 1 and not (dot and any(found.name == first for found in self.maps)):
            raise UsageError(f'{name} is on several maps: {", ".join(f"{owner}.{name}" for owner in owners)}.')
        return f'{owners[0]}.{name}' if len(owners) == 1 and (dot or len(self.maps) > 1) else name

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

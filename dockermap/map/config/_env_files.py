"""Environment files of configurations: variables that are read when a container is made or compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...functional import lazy, resolve_value
from .._environment import variables_of_files
from ..input import NotSet
from ..input._written import texts_deep
from .container import ContainerConfiguration

_ENVIRONMENT = 'environment'


def with_environment_files(config: ContainerConfiguration) -> ContainerConfiguration:
    """The configuration with a late environment in place of its files; the same object if it has none."""
    if not config.env_file:
        return config
    files = list(config.env_file)
    result = config.copy()
    place = _place_of_environment(config)
    setattr(result, place, _with_variables(getattr(config, place), files))
    result.env_file = NotSet
    result.clean()
    return result


def _place_of_environment(config: ContainerConfiguration) -> str:
    """Where the environment is given: what is in ``create_options`` is stronger, so it may stand in ``host_config``."""
    create, host = config.create_options, config.host_config
    if not callable(create) and _ENVIRONMENT not in create and not callable(host) and _ENVIRONMENT in host:
        return 'host_config'
    return 'create_options'


def _with_variables(options: Any, files: Sequence[object]) -> Any:
    # Functions without arguments, as these would be shown by what shows late values.
    if callable(options):
        return lazy(lambda: _combined_options(options() or {}, files))
    return {**options, _ENVIRONMENT: lazy(_reader(options.get(_ENVIRONMENT), files))}


def _combined_options(options: Mapping[str, Any], files: Sequence[object]) -> dict[str, Any]:
    return {**options, _ENVIRONMENT: _reader(options.get(_ENVIRONMENT), files)()}


def _reader(given: Any, files: Sequence[object]) -> Callable[[], Any]:
    def environment() -> Any:
        own = texts_deep(resolve_value(given))
        variables = variables_of_files(str(resolve_value(path)) for path in files)
        if not isinstance(own, (list, tuple)):
            return {**variables, **(own or {})}
        # Engines do not say which one of two lines with the same name wins.
        names = {line.partition('=')[0] for line in own if isinstance(line, str)}
        return [*(f'{name}={value}' for name, value in variables.items() if name not in names), *own]

    return environment

"""Inheritance between configurations, and the extended form of maps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ...exceptions import DockerMapError
from .._kinds import SECTIONS
from ._env_files import with_environment_files
from ._object import ConfigurationObject
from ._sections import SectionedObject
from ._values import copied
from .container import ContainerConfiguration
from .host_volume import is_set


class ExtensionCycle(DockerMapError, ValueError):
    """Configurations extend each other in a circle; ``names`` starts and ends with the same one."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f'Configurations extend each other in a circle: {" -> ".join(names)}.')
        self.names = names


class Extension:
    """Extended forms of the configurations of a map, each made once.

    :param configs: Configurations by name, clean.
    :param defaults: Configurations that those of the same name are merged over.
    """

    def __init__(
        self,
        configs: Mapping[str, ContainerConfiguration],
        defaults: Mapping[str, ContainerConfiguration] | None = None,
    ) -> None:
        self._configs = configs
        self._defaults = defaults or {}
        self._extended: dict[str, ContainerConfiguration] = {}

    def parents(self, name: str) -> list[str]:
        """Names of the configurations that one extends directly."""
        parents: list[str] = [*self._configs[name].extends] if name in self._configs else []
        if name in self._defaults:
            parents = [*self._defaults[name].extends, *parents]
        return parents

    def extended(self, name: str) -> ContainerConfiguration:
        """The extended form of a configuration.

        :raises KeyError: A configuration that is extended does not exist.
        :raises ExtensionCycle: Configurations extend each other in a circle.
        """
        for ancestor in dependency_order(name, self._known_parents):
            if ancestor not in self._extended:
                self._extended[ancestor] = self._combined(ancestor)
        return self._extended[name]

    def _known_parents(self, name: str) -> list[str]:
        if name not in self._configs and name not in self._defaults:
            raise KeyError(name)
        return [] if name in self._extended else self.parents(name)

    def _combined(self, name: str) -> ContainerConfiguration:
        own, default = self._configs.get(name), self._defaults.get(name)
        parents = self.parents(name)
        if own is not None and default is None and not parents:
            return own
        sources = [*(self._extended[parent] for parent in parents), default, own]
        return merged_configs(source for source in sources if source is not None)


def merged_configs(sources: Iterable[ContainerConfiguration]) -> ContainerConfiguration:
    """A new configuration that the given ones were merged into, one after the other."""
    found = list(sources)
    result = type(found[-1])()
    for source in found:
        result.merge_from_obj(source)
    return result


def dependency_order(start: str, parents_of: Callable[[str], list[str]]) -> Iterator[str]:
    """The names that one refers to, directly or not, each after those that it refers to itself; itself at last."""
    done: set[str] = set()
    open_names: dict[str, Iterator[str]] = {start: iter(parents_of(start))}
    while open_names:
        name = next(reversed(open_names))
        parent = next(open_names[name], None)
        if parent is None:
            del open_names[name]
            done.add(name)
            yield name
        elif parent in open_names:
            names = list(open_names)
            raise ExtensionCycle([*names[names.index(parent) :], parent])
        elif parent not in done:
            open_names[parent] = iter(parents_of(parent))


def take_over_settings(target: ConfigurationObject, source: ConfigurationObject) -> None:
    """Copy what is set in one object to another, which keeps what it has elsewhere."""
    for name in source.CONFIG_PROPERTIES:
        if not source._is_set(name):
            continue
        value = copied(source._values[name])
        if name == 'groups':
            value = type(value)({**dict(target._values[name].items()), **dict(value.items())})
        target._assign(name, value)
        target._dirty.discard(name)


def extended_map(source: SectionedObject, result: SectionedObject) -> None:
    """Fill a map that has only defaults with the extended form of another; both are clean."""
    defaults = dict(result.containers.items())
    for section in (section for section in SECTIONS if section != 'containers'):
        entries = getattr(result, section)
        for name, entry in getattr(source, section).items():
            if name not in entries:
                entries[name] = type(entry)()
            take_over_settings(entries[name], entry)
    for alias, path in source.host.items():
        result.host[alias] = copied(path)
    if is_set(source.host.root):
        result.host.root = source.host.root
    take_over_settings(result, source)
    extension = Extension(dict(source.containers.items()), defaults)
    result.containers.clear()
    for name in {**defaults, **dict(source.containers.items())}:
        own = source.containers.get(name)
        if not (defaults[name] if own is None else own).abstract:
            config = extension.extended(name)
            result.containers[name] = with_environment_files(config)
            for instance in config.instance_settings:
                # Files of both come before the environments of both.
                result._instance_configs[name, instance] = with_environment_files(config.of_instance(instance))
    result._instance_configs.update(source._instance_configs)

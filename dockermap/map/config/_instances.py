"""Settings of single instances, which are merged over those of their configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ...exceptions import InputError, located
from ..input import NotSet
from ..input._shapes import shown
from ..input._written import name_text
from ._entries import checked_name
from ._notices import inside
from ._object import ConfigurationObject

__all__ = ['FOR_ALL_INSTANCES', 'InstanceSettings']

FOR_ALL_INSTANCES = ('abstract', 'extends', 'instances', 'instance_settings')
"""Properties that cannot differ by instance."""


@dataclass(frozen=True)
class InstanceSettings:
    """Settings by name of an instance, each a dict of values by property.

    :param config_class: Gives the class of configurations, which is not there yet where the property is declared.
    """

    config_class: Callable[[], type[ConfigurationObject]]

    def parted(self, name: str, value: Any) -> list[tuple[str, Any]]:
        """What is assigned for ``instances`` or ``instance_settings``: a mapping of instances is for both.

        Unknown settings are reported, as others are when they are assigned; what is no mapping is left to ``convert``.
        """
        if not isinstance(value, dict):
            return [(name, value)]
        found: dict[Any, Any] = {}
        with inside(name):
            for instance, settings in value.items():
                with inside(str(instance)):
                    found[name_text(instance)] = self._read(settings)
        if name != 'instances':
            return [(name, found)]
        with_settings = {instance: settings for instance, settings in found.items() if settings != {}}
        return [('instances', list(found)), ('instance_settings', with_settings or NotSet)]

    def _read(self, settings: Any) -> Any:
        if settings is None or settings is NotSet:
            return {}
        config_class = self.config_class()
        if not isinstance(settings, (dict, config_class)):
            return settings
        for name in FOR_ALL_INSTANCES:
            if name in settings if isinstance(settings, dict) else settings._is_set(name):
                raise InputError('This cannot differ by instance.', name)
        config = config_class(settings)
        return {name: config._values[name] for name in config.CONFIG_PROPERTIES if config._is_set(name)}

    def convert(self, value: Any) -> dict[str, dict[str, Any]]:
        """The converted settings; raises ``ValueError`` with the path of one that cannot be used."""
        if value is None or value is NotSet:
            return {}
        if not isinstance(value, dict):
            raise InputError(f'Expected a mapping of instances to their settings, found {shown(value)}.')
        result: dict[str, dict[str, Any]] = {}
        for instance, settings in value.items():
            with located(checked_name(instance)):
                result[instance] = self._converted(settings)
        return result

    def _converted(self, settings: Any) -> dict[str, Any]:
        config = self.config_class()()
        config.update(settings)
        config.clean()
        return {name: config._values[name] for name in settings if config._is_set(name)}

    def merge(self, current: dict[str, dict[str, Any]], incoming: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Merge settings of instances into others, in place."""
        for instance, settings in incoming.items():
            current[instance] = self._merged(current.get(instance), settings)
        return current

    def _merged(self, own: dict[str, Any] | None, settings: dict[str, Any]) -> dict[str, Any]:
        config = self.config_class()(own)
        config.merge(settings)
        names: Iterable[str] = dict.fromkeys((*(own or ()), *settings))
        return {name: config._values[name] for name in names if config._is_set(name)}

    def as_plain(self, value: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """The settings as plain dicts and lists."""
        config_class = self.config_class()
        return {instance: config_class(settings).as_dict(unset=False) for instance, settings in value.items()}

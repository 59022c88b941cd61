"""A service that is being translated, and what has come of it so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ._context import Context
from ._values import Mapping, is_mapping

__all__ = ['UNKNOWN', 'Service']

UNKNOWN = 'It is no setting that is known here.'


@dataclass
class Service:
    """A service that is being translated, and what has come of it so far."""

    context: Context
    name: str
    settings: Mapping
    found: Mapping = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it stands."""
        return f'services.{self.name}'

    def note(self, setting: str, what: object, why: str, hint: str = '') -> None:
        """Tell that something is not carried over."""
        self.context.notes.add(f'{self.path}.{setting}' if setting else self.path, str(what), why, hint)

    def note_unknown(self, setting: str, value: object, known: Collection[str]) -> None:
        """Tell which settings of a mapping are none that are known here."""
        for name in value if is_mapping(value) else ():
            if name not in known and not name.startswith('x-'):
                self.note(f'{setting}.{name}', name, UNKNOWN)

    def option(self, place: str, name: str, value: object) -> None:
        """Set an argument of the creating call."""
        options = self.found.setdefault(place, {})
        assert isinstance(options, dict)
        options[name] = value

    def extend(self, name: str, *values: object) -> None:
        """Add to a list of the configuration."""
        if not values:
            return
        known = self.found.setdefault(name, [])
        assert isinstance(known, list)
        known.extend(values)

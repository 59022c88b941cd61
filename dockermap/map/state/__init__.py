"""What was found of an item: base state, flags, data, and each difference from what should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .. import Flags, SimpleEnum
from .._describe import describe_item
from ..disclosure import describe_change, redacted
from ..input import MapConfigId
from ..policy import ConfigFlags
from ..policy.utils import INITIAL_START_TIME

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['INITIAL_START_TIME', 'ConfigState', 'Difference', 'State', 'StateFlags']


class State(SimpleEnum):
    """Base state of an item; ``PRESENT`` means that it exists, but does not run."""

    ABSENT = 'absent'
    PRESENT = 'present'
    RUNNING = 'running'


class StateFlags(Flags):
    """What else was found of an existing item."""

    INITIAL = 1
    RESTARTING = 1 << 1
    COMPLETED = 1 << 2
    FAILED = 1 << 3
    PERSISTENT = 1 << 5
    NONRECOVERABLE = 1 << 10
    IMAGE_MISMATCH = 1 << 12
    MISSING_LINK = 1 << 13
    VOLUME_MISMATCH = 1 << 14
    EXEC_COMMANDS = 1 << 15
    HOST_CONFIG_UPDATE = 1 << 16
    NETWORK_DISCONNECTED = 1 << 20
    NETWORK_LEFT = 1 << 21
    NETWORK_MISMATCH = 1 << 22
    MISC_MISMATCH = 1 << 30
    FORCED_RESET = 1 << 31
    NEEDS_RESET = NONRECOVERABLE | IMAGE_MISMATCH | MISSING_LINK | VOLUME_MISMATCH | MISC_MISMATCH | FORCED_RESET


class Difference(NamedTuple):
    """One property of an item that is not as it should be; with neither value, the name of the property says all."""

    item: MapConfigId
    property: str
    wanted: Any
    found: Any

    def describe(self) -> str:
        """One line for people; values are only shown where they are known to be harmless."""
        return f'{describe_item(self.item)}: {describe_change(self.property, self.wanted, self.found)}'

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self.describe()}>'


class _StateFields(NamedTuple):
    client_name: str
    config_id: MapConfigId
    config_flags: ConfigFlags
    base_state: State
    state_flags: StateFlags
    extra_data: dict[str, Any]


class ConfigState(_StateFields):
    """What is known of one item on one client.

    ``differences`` are no field of the tuple: they take no part in comparing or unpacking.
    """

    differences: tuple[Difference, ...]

    def __new__(cls, *args: Any, differences: tuple[Difference, ...] = (), **kwargs: Any) -> Self:
        created = super().__new__(cls, *args, **kwargs)
        created.differences = differences
        return created

    def __repr__(self) -> str:
        fields = ', '.join(f'{name}={value!r}' for name, value in zip(self._fields[:-1], self, strict=False))
        return f'{type(self).__name__}({fields}, extra_data={redacted(self.extra_data)!r})'

    def _replace(self, **kwargs: Any) -> Self:
        return type(self)(**{**self._asdict(), 'differences': self.differences, **kwargs})

"""Item tuples, enums and the marker for unset values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ...exceptions import located
from ...utils import close_match
from .. import SimpleEnum

if TYPE_CHECKING:
    from typing_extensions import Self


class _NotSetType:
    """Type of the marker for unset values; there is one instance only, also after copying and pickling."""

    _instance: _NotSetType | None = None

    def __new__(cls) -> Self:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance  # type: ignore[return-value]

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return 'Not set'

    def __repr__(self) -> str:
        return '<Value not set>'

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> str:
        return 'NotSet'


NotSet: Final = _NotSetType()
"""Marks a property without a value."""


class ExecPolicy(SimpleEnum):
    """When a command is run in a container."""

    RESTART = 'restart'
    INITIAL = 'initial'


class CmdCheck(SimpleEnum):
    """How running commands are compared with configured ones."""

    FULL = 'full'
    PARTIAL = 'partial'
    NONE = 'none'


class ItemType(SimpleEnum):
    """Kind of an item; kinds are ordered by their values."""

    CONTAINER = 'container'
    VOLUME = 'volume'
    NETWORK = 'network'
    IMAGE = 'image'

    def __lt__(self, other: object) -> bool:
        return self.value < other.value if isinstance(other, ItemType) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.value <= other.value if isinstance(other, ItemType) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.value > other.value if isinstance(other, ItemType) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.value >= other.value if isinstance(other, ItemType) else NotImplemented


EXEC_POLICY_RESTART = ExecPolicy.RESTART
"""Another name of ``ExecPolicy.RESTART``."""

EXEC_POLICY_INITIAL = ExecPolicy.INITIAL
"""Another name of ``ExecPolicy.INITIAL``."""


def _choices(enum: type[SimpleEnum]) -> str:
    return ' or '.join(repr(member.value) for member in enum)


def _item_type(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ItemType(value)
    except ValueError:
        match = close_match(value, (member.value for member in ItemType))
        raise ValueError(f'{value!r} is no item type; expected {_choices(ItemType)}{match}') from None


def exec_policy(value: Any) -> Any:
    """The policy of a text, in lower or upper case; other values as they are.

    Raises ``ValueError`` for a text that is no policy.
    """
    if not isinstance(value, str):
        return value
    try:
        return ExecPolicy(value.lower())
    except ValueError:
        raise ValueError(
            f'{value!r} is no policy for a command; expected {_choices(ExecPolicy)}. A command with arguments must be '
            "a list of its own, such as [['/bin/sh', '-c', 'date']]."
        ) from None


class ConvertingTuple:
    """Part of a named tuple that has copies with changed fields converted as well."""

    __slots__ = ()

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Self:
        return cls(*iterable)


class SharedVolume(NamedTuple):
    """A volume by its alias."""

    name: Any
    readonly: Any = False


class HostVolume(NamedTuple):
    """A host path at a container path."""

    path: Any
    host_path: Any
    readonly: Any = False


class UsedVolume(NamedTuple):
    """A volume by its alias, with its own path."""

    name: Any
    path: Any = None
    readonly: Any = False


class ContainerLink(NamedTuple):
    """A link to a container."""

    container: Any
    alias: Any = None


class Dependency(NamedTuple):
    """A container that has to be ``started``, ``healthy`` or ``completed`` before another one is started.

    Without a condition of its own, a job has to be completed, and anything else started.
    """

    container: Any
    condition: Any = None


class PortBinding(NamedTuple):
    """A port of a container, and where the host publishes it."""

    exposed_port: Any
    host_port: Any = None
    interface: Any = None
    ipv6: Any = False


class _ExecCommandFields(NamedTuple):
    cmd: Any
    user: Any = None
    policy: Any = ExecPolicy.RESTART


class ExecCommand(ConvertingTuple, _ExecCommandFields):  # type: ignore[misc]
    """A command that is run in a running container."""

    __slots__ = ()

    def __new__(cls, cmd: Any, user: Any = None, policy: Any = ExecPolicy.RESTART) -> Self:
        return super().__new__(cls, cmd, user, exec_policy(policy))

    def _asdict(self) -> dict[str, Any]:
        policy = self.policy
        return {**super()._asdict(), 'policy': policy.value if isinstance(policy, ExecPolicy) else policy}


class _MapConfigIdFields(NamedTuple):
    config_type: ItemType
    map_name: str
    config_name: str
    instance_name: str | None = None


class MapConfigId(ConvertingTuple, _MapConfigIdFields):  # type: ignore[misc]
    """One item: a container, a volume that a container attaches, a network, or an image."""

    __slots__ = ()

    def __new__(cls, config_type: Any, map_name: Any, config_name: Any, instance_name: Any = None) -> Self:
        return super().__new__(cls, _item_type(config_type), map_name, config_name, instance_name)

    def _asdict(self) -> dict[str, Any]:
        return {**super()._asdict(), 'config_type': getattr(self.config_type, 'value', self.config_type)}


class _InputConfigIdFields(NamedTuple):
    config_type: Any
    map_name: Any
    config_name: Any
    instance_names: Any = None


class InputConfigId(ConvertingTuple, _InputConfigIdFields):  # type: ignore[misc]
    """A configuration that was asked for, with some of its instances."""

    __slots__ = ()

    def __new__(cls, config_type: Any, map_name: Any, config_name: Any, instance_names: Any = None) -> Self:
        return super().__new__(cls, _item_type(config_type), map_name, config_name, instance_names)

    def _asdict(self) -> dict[str, Any]:
        return {**super()._asdict(), 'config_type': getattr(self.config_type, 'value', self.config_type)}


_NANOSECONDS = {
    None: 1,
    'ns': 1,
    'us': 10**3,
    'ms': 10**6,
    's': 10**9,
    'm': 60 * 10**9,
    'h': 3600 * 10**9,
}
TIME_PATTERN = r'[ \t]*(?:[0-9]{1,18}[ \t]*(?:ns|us|ms|s|m|h)?|[0-9]{1,18}\.[0-9]{1,18}[ \t]*(?:us|ms|s|m|h))[ \t]*'
"""A time as text: a number with a unit; nanoseconds, which need no unit, cannot be divided."""

_NUMBER_AND_UNIT = re.compile(r'([0-9.]+)[ \t]*([a-z]+)?')
_TEST_TYPES = ('NONE', 'CMD', 'CMD-SHELL')


def nanoseconds(value: Any) -> Any:
    """A time text in nanoseconds; other values as they are. Raises ``ValueError`` for texts that are no times."""
    if value is None:
        return None
    if not value:
        return 0
    if not isinstance(value, str):
        return value
    if not re.fullmatch(TIME_PATTERN, value):
        raise ValueError(
            f"{value!r} is no time; expected a number with one of the units ns, us, ms, s, m, h, such as '1.5s'. "
            "If it belongs to a command, the command must be nested, such as [['probe', '-q'], '5s']."
        )
    found = _NUMBER_AND_UNIT.match(value.strip())
    if not found:
        raise ValueError(f'{value!r} is no time.')
    from decimal import Decimal

    return int(Decimal(found[1]) * _NANOSECONDS[found[2]])


def _healthcheck_test(value: Any) -> Any:
    if not value or (isinstance(value, str) and value == 'NONE'):
        return None
    if isinstance(value, (list, tuple)) and not (isinstance(value[0], str) and value[0] in _TEST_TYPES):
        return ['CMD', *value]
    return value


class _HealthCheckFields(NamedTuple):
    test: Any
    interval: Any = None
    timeout: Any = None
    retries: Any = None
    start_period: Any = None
    start_interval: Any = None


class HealthCheck(ConvertingTuple, _HealthCheckFields):  # type: ignore[misc]
    """How an engine finds out whether a container works; times are in nanoseconds or texts such as ``'5s'``."""

    __slots__ = ()

    def __new__(
        cls,
        test: Any,
        interval: Any = None,
        timeout: Any = None,
        retries: Any = None,
        start_period: Any = None,
        start_interval: Any = None,
    ) -> Self:
        times = {}
        given = {
            'interval': interval,
            'timeout': timeout,
            'start_period': start_period,
            'start_interval': start_interval,
        }
        for name, value in given.items():
            with located(name):
                times[name] = nanoseconds(value)
        return super().__new__(
            cls,
            _healthcheck_test(test),
            times['interval'],
            times['timeout'],
            retries,
            times['start_period'],
            times['start_interval'],
        )

    def _asdict(self) -> dict[str, Any]:
        others = {name: value for name, value in super()._asdict().items() if name != 'test' and value}
        return {'test': self.test, **others}

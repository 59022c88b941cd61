"""Changes that an engine was asked for, and has not made."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_IDENTITY = ('ID', 'ServerVersion', 'KernelVersion')


class Ineffective:
    """Limits of containers that an engine did not change; another version of the engine, or of its host, may do so."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def note(self, container_id: str, name: str, wanted: object, info: Mapping[str, object]) -> bool:
        """Remember a change that did not take; whether it was not known yet.

        :param info: What the engine says about itself.
        """
        key, identity = (container_id, name, str(wanted)), _identity(info)
        is_new = self._known.get(key) != identity
        self._known[key] = identity
        return is_new

    def knows(self, container_id: str, name: str, wanted: object, get_info: Callable[[], Mapping[str, object]]) -> bool:
        """Whether the engine, as it is now, has been asked for a change in vain."""
        identity = self._known.get((container_id, name, str(wanted)))
        return identity is not None and identity == _identity(get_info())


def _identity(info: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(str(info.get(key)) for key in _IDENTITY)

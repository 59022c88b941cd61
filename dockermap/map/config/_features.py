"""What clients can do, by the version of their API."""

from __future__ import annotations

from typing import Any

from ...docker_api import CLIENT_FEATURES
from ...utils import version_tuple

FEATURE_VERSIONS = [(name, version_tuple(version) or ()) for name, version in CLIENT_FEATURES]
"""Names of features, each with the first version that has it."""

FEATURE_NAMES = tuple(name for name, _ in FEATURE_VERSIONS)


class Features(dict[str, Any]):
    """All features by name: what was set explicitly, else what the version of the client has, else ``False``."""

    def __init__(self, explicit: Any = None) -> None:
        super().__init__(dict.fromkeys(FEATURE_NAMES, False))
        self._explicit: set[str] = set()
        self.update(explicit or {})

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self._explicit.add(name)

    def update(self, other: Any = (), /, **kwargs: Any) -> None:
        """Set features explicitly."""
        for name, value in dict(other, **kwargs).items():
            self[name] = value

    def set_version(self, version: Any) -> None:
        """Set all features that are not set explicitly by the version of the client; unknown versions have none."""
        found = version_tuple(version)
        for name, minimum in FEATURE_VERSIONS:
            if name not in self._explicit:
                super().__setitem__(name, found is not None and found >= minimum)

    def explicit(self) -> dict[str, Any]:
        """Features that were set explicitly."""
        return {name: value for name, value in self.items() if name in self._explicit}

    def copy(self) -> Features:
        """An equal object, where the same features are explicit."""
        return _restored(dict(self), self.explicit())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (dict(self), self.explicit())


def _restored(values: dict[str, Any], explicit: dict[str, Any]) -> Features:
    features = Features(explicit)
    dict.update(features, values)
    return features

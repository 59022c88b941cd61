"""What depends on the version of an engine's API."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.client import (
    DEPRECATED_COPY_VERSION,
    DEPRECATED_FORCE_TAG_VERSION,
    use_force_tag,
    use_get_archive,
)


@pytest.mark.parametrize(
    ('version', 'force'),
    [
        ('1.9', True),
        ('1.23', True),
        ('1.24', False),
        ('1.41', False),
        (1.23, True),
        (1.24, False),
        (2, False),
        ('auto', False),
        (None, False),
    ],
)
def test_force_is_for_old_engines(version: Any, force: bool) -> None:
    assert use_force_tag(version) is force


@pytest.mark.parametrize(
    ('version', 'archive'),
    [
        ('1.9', False),
        ('1.19', False),
        ('1.20', True),
        ('1.100', True),
        (1.19, False),
        ('auto', True),
    ],
)
def test_archives_are_for_newer_engines(version: Any, archive: bool) -> None:
    assert use_get_archive(version) is archive


def test_thresholds_are_comparable() -> None:
    assert DEPRECATED_COPY_VERSION < DEPRECATED_FORCE_TAG_VERSION
    assert DEPRECATED_COPY_VERSION > '1.9'
    assert DEPRECATED_FORCE_TAG_VERSION == '1.24'
    assert str(DEPRECATED_FORCE_TAG_VERSION) == '1.24'
    assert len({DEPRECATED_COPY_VERSION, DEPRECATED_FORCE_TAG_VERSION}) == 2

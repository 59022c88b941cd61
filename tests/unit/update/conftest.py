from __future__ import annotations

import pytest

from dockermap.map.input import ItemType, MapConfigId


@pytest.fixture
def item() -> MapConfigId:
    """Some container."""
    return MapConfigId(ItemType.CONTAINER, 'm', 'app')

"""Many containers at once on a real engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.engine.parallel.conftest import Stand

COUNT = 12


def test_twelve_containers_come_and_go_four_at_a_time(stand: Stand, told: Callable[[str], None]) -> None:
    names = [f'n{number:02}' for number in range(COUNT)]
    containers: dict[str, Any] = {name: stand.service() for name in names}
    for number in range(3, COUNT, 3):
        containers[names[number]][stand.needs] = names[number - 3]
    client = stand.front_end({'containers': containers})
    begin = time.monotonic()

    results = client.startup('__all__', max_parallel=4)

    up = time.monotonic()
    details = stand.running()
    assert sorted(details) == names
    started = {name: detail['State']['StartedAt'] for name, detail in details.items()}
    assert all(started[names[number]] > started[names[number - 3]] for number in range(3, COUNT, 3))
    created = [result.config_id.config_name for result in results if result.action_type.value == 'create']
    assert sorted(created) == names

    client.shutdown('__all__', max_parallel=4)

    told(f'up in {up - begin:.1f} s, down in {time.monotonic() - up:.1f} s')
    assert stand.left() == []

"""Ports and addresses that are handed on, with several calls at a time on a real engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import docker
import pytest
from requests.exceptions import ConnectionError as ConnectionLost

from dockermap.api import ActionRunnerException, PartialResultsError
from tests.engine.parallel.conftest import Stand

CHANGING = ('POST', 'PUT', 'DELETE')
MOVES: dict[str, tuple[dict[str, int], dict[str, int], dict[str, str]]] = {
    'swapped': ({'a': 1, 'b': 2}, {'a': 2, 'b': 1}, {}),
    'swapped-with-link': ({'a': 1, 'b': 2}, {'a': 2, 'b': 1}, {'a': 'b'}),
    'ring': ({'a': 1, 'b': 2, 'c': 3}, {'a': 3, 'b': 1, 'c': 2}, {}),
    'from-a-dependent-one': ({'a': 1, 'b': 2}, {'a': 3, 'b': 1}, {'a': 'b'}),
    'to-a-dependent-one': ({'a': 1, 'b': 2}, {'a': 2, 'b': 3}, {'a': 'b'}),
}


@pytest.mark.parametrize(('before', 'after', 'links'), MOVES.values(), ids=MOVES)
def test_ports_go_to_another_container(
    stand: Stand, told: Callable[[str], None], before: dict[str, int], after: dict[str, int], links: dict[str, str]
) -> None:
    stand.front_end(stand.ports(links, **before)).update('__all__')
    wanted = stand.ports(links, **after)

    stand.front_end(wanted).update('__all__', max_parallel=4)

    told(f'{before} -> {stand.published()}')
    assert stand.published() == after
    assert not stand.front_end(wanted).plan('update', '__all__')


@pytest.mark.parametrize('stage', ['', 'new'], ids=['in-place', 're-created'])
@pytest.mark.parametrize(('before', 'after', 'links'), MOVES.values(), ids=MOVES)
def test_addresses_go_to_another_container(
    stand: Stand,
    told: Callable[[str], None],
    before: dict[str, int],
    after: dict[str, int],
    links: dict[str, str],
    stage: str,
) -> None:
    stand.front_end(stand.addresses(links, **before)).update('__all__')
    former = {name: detail['Id'] for name, detail in stand.running().items()}
    wanted = stand.addresses(links, stage, **after)

    stand.front_end(wanted).update('__all__', max_parallel=4)

    told(f'{before} -> {stand.addressed()}')
    assert stand.addressed() == after
    kept = [name for name, detail in stand.running().items() if detail['Id'] == former[name]]
    assert bool(kept) != bool(stage)
    assert not stand.front_end(wanted).plan('update', '__all__')


class BrokenClient(docker.APIClient):
    """Loses the connection after, or instead of, one of its requests that change something."""

    def __init__(self, number: int, is_done: bool, **kwargs: Any) -> None:
        self.left = number
        self.is_done = is_done
        super().__init__(**kwargs)

    def send(self, request: Any, **kwargs: Any) -> Any:
        if request.method in CHANGING:
            self.left -= 1
            if self.left == 0:
                if self.is_done:
                    super().send(request, **kwargs)
                raise ConnectionLost('the connection is gone')
        return super().send(request, **kwargs)


@pytest.mark.parametrize('is_done', [False, True], ids=['not-done', 'done'])
@pytest.mark.parametrize(
    'number', [5, *(pytest.param(number, marks=pytest.mark.full) for number in (1, 2, 3, 4, 6, 8, 9))]
)
def test_one_more_call_ends_what_a_fault_has_stopped(
    stand: Stand, told: Callable[[str], None], number: int, is_done: bool
) -> None:
    after = {'a': 3, 'b': 1, 'c': 2}
    stand.front_end(stand.ports({}, a=1, b=2, c=3)).update('__all__')
    wanted = stand.ports({}, **after)
    broken = BrokenClient(number, is_done, base_url=stand.url, version='auto', timeout=60)
    with pytest.raises((ActionRunnerException, PartialResultsError, ConnectionLost)):
        stand.front_end(wanted, broken).update('__all__', max_parallel=4)
    meanwhile = stand.published()

    stand.front_end(wanted).update('__all__', max_parallel=4)

    told(f'{meanwhile} -> {stand.published()}')
    assert stand.published() == after
    assert not stand.front_end(wanted).plan('update', '__all__')

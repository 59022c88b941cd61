from __future__ import annotations

import collections
import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

_ITEM = re.compile(r'(?<=/)(containers|exec|images|networks|volumes)/(?!json$|create$)[^?]+?(?=/\w+$|$)')


class CountingClient(docker.APIClient):
    """An SDK client that counts requests by what they are for."""

    def __init__(self, **kwargs: Any) -> None:
        self.requests: collections.Counter[str] = collections.Counter()
        self._counting = threading.Lock()
        super().__init__(**kwargs)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        path = re.sub(r'^.*?/v[\d.]+/', '/', url)
        purpose = _ITEM.sub(r'\1/*', path)
        with self._counting:
            self.requests[f'{method.upper()} {purpose}'] += 1
        return super().request(method, url, *args, **kwargs)


@pytest.fixture
def connection(engine_url: str) -> Iterator[CountingClient]:
    with contextlib.closing(CountingClient(base_url=engine_url, version='auto', timeout=60)) as client:
        yield client


@pytest.fixture
def count(connection: CountingClient) -> Callable[[Callable[[], Any]], dict[str, int]]:
    """Requests that a call needs, by what they are for."""

    def counted(call: Callable[[], Any]) -> dict[str, int]:
        connection.requests.clear()
        call()
        return dict(connection.requests)

    return counted

"""A client that keeps when its calls begin and end on the engine's clock, and can be made slow for single items."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import CHANGING_CALLS, InMemoryEngine

PATIENCE = 0.03
"""Real seconds that the engine's clock gives threads which are about to come."""


class Span(NamedTuple):
    """A call, with the seconds at which it began and ended."""

    method: str
    subject: str
    begin: float
    end: float


class TimedClient:
    """Calls that change something take some seconds on the engine's clock.

    :param seconds: By method and item, by method, or for all others with the key ``'*'``.
    """

    max_parallel = 4

    def __init__(self, engine: InMemoryEngine, seconds: Mapping[str, float] | None = None) -> None:
        self.engine = engine
        self.spans: list[Span] = []
        self.most = 0
        self._client = engine.client()
        self._seconds = seconds or {'*': 10}
        self._running = 0
        self._lock = threading.Lock()
        engine.clock.patience = PATIENCE

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._timed(name, found) if name in CHANGING_CALLS else found

    def span(self, method: str, subject: str) -> Span:
        """The only call of a method for an item."""
        (found,) = (span for span in self.spans if (span.method, span.subject) == (method, subject))
        return found

    def _timed(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            subject = self._subject(args, kwargs)
            self._count(1)
            begin = self.engine.clock.now()
            try:
                seconds = self._seconds.get(f'{name} {subject}', self._seconds.get(name, self._seconds.get('*', 0)))
                if seconds:
                    self.engine.clock.sleep(seconds)
                return method(*args, **kwargs)
            finally:
                self._count(-1)
                self.spans.append(Span(name, subject, begin, self.engine.clock.now()))

        return call

    def _count(self, change: int) -> None:
        with self._lock:
            self._running += change
            self.most = max(self.most, self._running)

    def _subject(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        reference = kwargs.get('container', kwargs.get('name', args[0] if args else ''))
        if isinstance(reference, Mapping):
            reference = reference['Id']
        found = self.engine.containers.find(str(reference))
        return found.name if found else str(reference)


def shop(*names: str, links: Mapping[str, str] | None = None, **settings: Any) -> dict[str, Any]:
    """Input of a map of containers, each perhaps linked to another one."""
    options = {'command': "sh -c 'trap exit TERM; sleep 1000'"}
    content = {name: {'image': 'app', 'stop_timeout': 1, 'create_options': options, **settings} for name in names}
    for name, target in (links or {}).items():
        content[name]['links'] = target
    return {'containers': content}


def front_end(
    content: dict[str, Any], client: Any, front_class: type[MappingDockerClient] = MappingDockerClient, **options: Any
) -> MappingDockerClient:
    """A front end for the input of a map ``shop`` and one client."""
    configuration = ClientConfiguration(client=client, version='1.41')
    return front_class(ContainerMap('shop', content), configuration, option_defaults={'exec_wait': 0, **options})

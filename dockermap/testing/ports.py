"""Ports of the engine's host that lead into containers."""

from __future__ import annotations

from collections.abc import Iterator

from .containers import Container
from .documents import mapping, sequence, text
from .errors import refusal

__all__ = ['Ports']

ANY = '0.0.0.0'
FIRST_RANDOM = 32768

Taken = tuple[str, str, int]


class Ports:
    """Which ports are taken: protocol, address and number, with the container's id."""

    def __init__(self) -> None:
        self._taken: dict[Taken, str] = {}
        self._addresses: dict[tuple[str, int], set[str]] = {}
        self._next_random = FIRST_RANDOM

    def publish(self, container: Container, endpoint_id: str) -> None:
        """Take what a container publishes.

        :raises docker.errors.APIError: Something is taken already.
        """
        bindings = mapping(container.host_config['PortBindings'])
        container.ports = {}
        for port in mapping(container.config.get('ExposedPorts')):
            asked = [mapping(binding) for binding in sequence(bindings.get(port))]
            if not asked and container.host_config['PublishAllPorts']:
                asked = [{}]
            container.ports[port] = []
            for binding in asked:
                self._publish(container, endpoint_id, port, text(binding.get('HostIp')), text(binding.get('HostPort')))

    def release(self, container: Container) -> None:
        """Give up what a container published."""
        for port, published in container.ports.items():
            protocol = port.partition('/')[2]
            for address, number in published:
                if self._taken.pop((protocol, address, int(number)), None):
                    self._addresses[protocol, int(number)].discard(address)
        container.ports = {}

    def _publish(self, container: Container, endpoint_id: str, port: str, address: str, asked: str) -> None:
        protocol = port.partition('/')[2]
        refused = ''
        for number in self._numbers(protocol, asked):
            refused = self._conflict(protocol, address or ANY, number)
            if not refused:
                for taken in (address,) if address else (ANY, '::'):
                    self._taken[protocol, taken, number] = container.id
                    self._addresses.setdefault((protocol, number), set()).add(taken)
                    container.ports[port].append((taken, str(number)))
                return
        raise refusal(
            500,
            f'driver failed programming external connectivity on endpoint {container.name} ({endpoint_id}): {refused}',
        )

    def _numbers(self, protocol: str, asked: str) -> Iterator[int]:
        if not asked or asked == '0':
            while self._addresses.get((protocol, self._next_random)):
                self._next_random += 1
            yield self._next_random
            self._next_random += 1
            return
        first, _, last = asked.partition('-')
        yield from range(int(first), int(last or first) + 1)

    def _conflict(self, protocol: str, address: str, number: int) -> str:
        taken = self._addresses.get((protocol, number))
        if not taken:
            return ''
        if address in taken:
            return f'Bind for {address}:{number} failed: port is already allocated'
        if ANY in taken or address == ANY:
            return f'Error starting userland proxy: listen {protocol}4 {address}:{number}: bind: address already in use'
        return ''

"""Health checks of containers, as scripted."""

from __future__ import annotations

from functools import partial

from .clock import Clock
from .containers import Container, Health
from .documents import mapping, number
from .processes import Process

__all__ = ['HealthChecks']

RETRIES = 3


class HealthChecks:
    """Finds containers healthy or not at the times that their process says."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def begin(self, container: Container, process: Process) -> None:
        """Begin the checks of a container that starts, if it has some."""
        test = mapping(container.config.get('Healthcheck')).get('Test')
        if not test or test == ['NONE']:
            return
        container.health = Health(log=container.health.log if container.health else [])
        for seconds, status in process.health:
            container.agenda.append(self._clock.after(seconds, partial(self.set, container, status)))

    def set(self, container: Container, status: str) -> None:
        """Set the state of health, as if enough checks had found it."""
        if container.health is not None:
            self.add(container, status == 'healthy')
            container.health.status = status

    def add(self, container: Container, healthy: bool) -> None:
        """Note the result of one check."""
        health = container.health
        if health is None or not container.running:
            return
        health.failing_streak = 0 if healthy else health.failing_streak + 1
        now = self._clock.stamp()
        health.log = [*health.log[-4:], {'Start': now, 'End': now, 'ExitCode': 0 if healthy else 1, 'Output': ''}]
        retries = number(mapping(container.config['Healthcheck']).get('Retries')) or RETRIES
        if healthy:
            health.status = 'healthy'
        elif health.failing_streak >= retries:
            health.status = 'unhealthy'

"""What ``deploy`` of a service says."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..exceptions import InputError, located
from ._draft import UNKNOWN, Service
from ._elsewhere import DEPLOY, PLACEMENT
from ._options import HOST, device_requests, nano_cpus
from ._values import Mapping, entries, mapping, short_size, text, texts, whole

__all__ = ['add_deploy']


def add_deploy(service: Service, value: object) -> None:
    """Replicas are looked at before, as others need to know them."""
    for name, own in entries(value):
        with located(name):
            if own is not None and name not in _DEPLOYED and not name.startswith('x-'):
                service.note(f'deploy.{name}', name, *DEPLOY.get(name, (UNKNOWN, '')))
    given = mapping(value)
    with located('mode'):
        _add_mode(service, text(given.get('mode') or 'replicated'))
    with located('endpoint_mode'):
        _add_endpoint_mode(service, given.get('endpoint_mode'))
    with located('placement'):
        _add_placement(service, mapping(given.get('placement')))
    resources = mapping(given.get('resources'))
    service.note_unknown('deploy.resources', resources, ('limits', 'reservations'))
    with located('resources', 'limits'):
        _add_limits(service, mapping(resources.get('limits')))
    with located('resources', 'reservations'):
        _add_reservations(service, mapping(resources.get('reservations')))
    policy = mapping(given.get('restart_policy'))
    if policy:
        with located('restart_policy'):
            _add_restart_policy(service, policy)


_DEPLOYED = ('endpoint_mode', 'mode', 'placement', 'replicas', 'resources', 'restart_policy')
"""Settings of ``deploy`` that have a place in a map; ``replicas`` are looked at before."""


def _add_mode(service: Service, mode: str) -> None:
    if mode == 'replicated-job':
        service.found['job'] = True
    elif mode in ('global', 'global-job'):
        service.note('deploy.mode', mode, *DEPLOY['mode'])
    elif mode != 'replicated':
        raise InputError(f'Expected replicated, global, replicated-job or global-job as mode, found {mode!r}.')


def _add_endpoint_mode(service: Service, mode: object) -> None:
    if mode is None:
        return
    if mode not in ('vip', 'dnsrr'):
        raise InputError(f'Expected vip or dnsrr as endpoint mode, found {mode!r}.')
    service.found['endpoint_mode'] = mode


def _add_placement(service: Service, placement: Mapping) -> None:
    for name, own in entries(placement):
        if own is not None and name != 'constraints' and not name.startswith('x-'):
            service.note(f'deploy.placement.{name}', name, *PLACEMENT.get(name, (UNKNOWN, '')))
    with located('constraints'):
        service.extend('nodes', *map(_constraint, texts(placement.get('constraints'))))


def _constraint(given: str) -> str:
    """A constraint in the one form that maps show."""
    match = _CONSTRAINT.fullmatch(given)
    if match is None:
        raise InputError(f'Expected a constraint such as node.role==worker, found {given!r}.')
    return ''.join(match.groups())


_CONSTRAINT = re.compile(r'\s*([^\s=!]+)\s*([=!]=)\s*(.*\S)\s*')


_LIMITS: dict[str, tuple[str, Callable[[object], object]]] = {
    'cpus': ('nano_cpus', nano_cpus),
    'memory': ('mem_limit', short_size),
    'pids': ('pids_limit', whole),
}


def _add_limits(service: Service, limits: Mapping) -> None:
    for name, own in entries(limits):
        with located(name):
            if name in _LIMITS:
                argument, convert = _LIMITS[name]
                service.option(HOST, argument, convert(own))
            else:
                service.note(f'deploy.resources.limits.{name}', name, UNKNOWN)


def _add_reservations(service: Service, reservations: Mapping) -> None:
    for name, own in entries(reservations):
        with located(name):
            if name == 'memory':
                service.option(HOST, 'mem_reservation', short_size(own))
            elif name == 'devices':
                service.option(HOST, 'device_requests', device_requests(own))
            else:
                service.note(
                    f'deploy.resources.reservations.{name}', name, 'Engines reserve nothing but memory and devices.'
                )


_RESTART = {'any': 'always', 'on-failure': 'on-failure', 'none': 'no'}


def _add_restart_policy(service: Service, policy: Mapping) -> None:
    service.note_unknown('deploy.restart_policy', policy, ('condition', 'delay', 'max_attempts', 'window'))
    condition = text(policy.get('condition', 'any'))
    if condition not in _RESTART:
        raise InputError(f'Expected one of {", ".join(_RESTART)} as condition, found {condition!r}.')
    attempts = policy.get('max_attempts')
    is_counted = attempts is not None and condition == 'on-failure'
    count = f':{whole(attempts)}' if is_counted else ''
    if attempts is not None and not is_counted:
        service.note(
            'deploy.restart_policy.max_attempts',
            'max_attempts',
            'Engines count attempts after failures alone.',
            'Use the condition on-failure.',
        )
    service.option(HOST, 'restart_policy', f'{_RESTART[condition]}{count}')
    for name in ('delay', 'window'):
        if policy.get(name) is not None:
            service.note(f'deploy.restart_policy.{name}', name, 'Engines choose it themselves.')

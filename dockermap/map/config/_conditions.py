"""Which conditions can never hold, and what a job must not say, as far as it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ...docker_options import CREATE_OPTIONS
from ...functional import is_late
from ..input import HealthCheck
from ..input._dependencies import COMPLETED, HEALTHY
from ._option_shapes import option_shape
from ._relations import Relations
from .container import ContainerConfiguration

__all__ = ['Problem', 'condition_problem', 'job_problems', 'problem_of_arguments', 'problems_of']

_FOR_EVER = ('always', 'unless-stopped')
_REMOVED = (
    'A job must not be removed automatically, as nobody would know whether it has done its work; leave out auto_remove.'
)


class Problem(NamedTuple):
    """Where in a configuration something cannot work, and why."""

    place: str
    text: str


def problems_of(relations: Relations, name: str) -> Iterator[Problem]:
    """What cannot work of the job that a configuration is, and of the conditions that it has."""
    config = relations.configs[name]
    if config.job:
        yield from job_problems(config)
    for target, awaited in relations.conditions(name).items():
        text = condition_problem(target.config_name, relations.config_of(target), awaited.condition)
        if text:
            yield Problem('depends_on', text)
    yield from needs_of_jobs(relations, name)


def needs_of_jobs(relations: Relations, name: str) -> Iterator[Problem]:
    """What a configuration wants of jobs that will have ended when it starts."""
    config, conditions = relations.configs[name], relations.conditions(name)
    for reference in relations.references(name):
        is_legacy = reference.property == 'links' and reference.entry in config.links and not config.networks
        if not (is_legacy and _is_on_bridge(config)) and reference.property != 'network_mode':
            continue
        for target in reference.needed:
            awaited = conditions.get(target)
            if awaited is not None and awaited.condition == COMPLETED:
                yield Problem(
                    reference.property,
                    f'{target.config_name!r} has ended when this one is started, and engines do not link to, nor share '
                    'the network of, a container that does not run. Write depends_on in its place, or beside it with '
                    "the condition 'started'.",
                )
                break


def job_problems(config: ContainerConfiguration) -> Iterator[Problem]:
    """What a job must not say."""
    for place in ('create_options', 'host_config'):
        for name in ('auto_remove', 'restart_policy'):
            text = _problem(name, _written(getattr(config, place), name))
            if text:
                yield Problem(f'{place}.{name}', text)


def problem_of_arguments(host_config: Mapping[str, Any]) -> Problem | None:
    """What the host configuration of a job's creating call must not say, as engines know it."""
    found = (('auto_remove', host_config.get('AutoRemove')), ('restart_policy', host_config.get('RestartPolicy')))
    problems = (Problem(f'host_config.{name}', text) for name, value in found if (text := _problem(name, value)))
    return next(problems, None)


def condition_problem(name: str, target: ContainerConfiguration | None, condition: str) -> str | None:
    """Why a container will never be as it is awaited, if that is known from its configuration."""
    if target is None:
        return None
    if condition == HEALTHY and target.job:
        return f'{name!r} is a job. Jobs are completed, and not healthy.'
    if condition == HEALTHY and _has_no_check(target):
        return f'{name!r} will never be healthy, as its health check is switched off.'
    if condition == COMPLETED and not target.job and _restarts(_option(target, 'restart_policy')):
        return f'{name!r} will never be completed, as it is no job, and is started again whenever it ends.'
    return None


def _problem(name: str, value: Any) -> str | None:
    if name == 'auto_remove':
        return _REMOVED if value is True else None
    if not _restarts(value):
        return None
    return "A job ends, so its restart policy can only be 'no' or 'on-failure'."


def _restarts(policy: Any) -> bool:
    return isinstance(policy, Mapping) and policy.get('Name') in _FOR_EVER


def _is_on_bridge(config: ContainerConfiguration) -> bool:
    return not config.network_mode or config.network_mode == 'bridge'


def _has_no_check(config: ContainerConfiguration) -> bool:
    check = config.healthcheck
    if isinstance(check, HealthCheck):
        return check.test is None
    option = _option(config, 'healthcheck')
    test = option.get('Test', option.get('test')) if isinstance(option, Mapping) else None
    return test in (['NONE'], 'NONE')


def _option(config: ContainerConfiguration, name: str) -> Any:
    return _written(config.create_options, name) or _written(config.host_config, name)


def _written(options: Any, name: str) -> Any:
    """An argument as engines take it; ``None`` where it is not known before it is used."""
    value = options.get(name) if isinstance(options, Mapping) else None
    return None if value is None or is_late(value) else option_shape(CREATE_OPTIONS[name]).convert(value)

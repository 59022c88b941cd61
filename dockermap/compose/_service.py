"""One service as the settings of a container configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..exceptions import InputError, located
from ._context import COMPLETED, Context
from ._draft import UNKNOWN, Service
from ._elsewhere import BUILD, PULL_POLICIES, SERVICES
from ._env_file import read_env_file
from ._options import (
    CREATE,
    HOST,
    MICROSECONDS,
    OPTIONS,
    blkio_options,
    command,
)
from ._service_deploy import add_deploy
from ._service_networks import add_exposed, add_links, add_network_mode, add_networks, add_ports
from ._service_volumes import add_files, add_volumes, add_volumes_from
from ._values import (
    Mapping,
    entries,
    flag,
    mapping,
    members,
    nanoseconds,
    pairs,
    seconds,
    text,
    texts,
    whole,
)

__all__ = ['configuration']

_CONDITIONS = {'service_started': 'started', 'service_healthy': 'healthy', COMPLETED: 'completed'}
_HEALTHCHECK = ('test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable')
_DEPENDENCY = ('condition', 'restart', 'required')
_HOOK = ('command', 'user', 'privileged', 'environment', 'working_dir')
_BUILD_NAMES = ('context', 'dockerfile', 'target', 'args', 'labels')


def configuration(context: Context, name: str) -> Mapping:
    """Settings of the configuration that stands for a service.

    :raises ValueError: The service cannot work under Compose, either.
    """
    service = Service(context, name, context.services[name])
    with located('services', name):
        _add_image(service)
        # What 'deploy' says counts more than the same elsewhere.
        for setting, value in sorted(entries(service.settings), key=lambda entry: entry[0] == 'deploy'):
            with located(setting):
                if value is not None and not setting.startswith('x-'):
                    _add(service, setting, value)
        _add_environment(service)
        add_networks(service)
        with located('expose'):
            add_exposed(service, service.settings.get('expose'))
        _finish(service)
    return service.found


def _add(service: Service, setting: str, value: object) -> None:
    row = OPTIONS.get(setting)
    if setting == 'logging':
        service.note_unknown(setting, value, ('driver', 'options'))
    if row is not None:
        service.option(row.place, row.name, row.convert(value))
    elif setting in _SETTINGS:
        _SETTINGS[setting](service, value)
    elif setting in SERVICES:
        service.note(setting, setting, *SERVICES[setting])
    elif setting not in _ELSEWHERE:
        service.note(setting, setting, UNKNOWN)


def _add_image(service: Service) -> None:
    context, settings = service.context, service.settings
    if service.name not in context.names or context.names[service.name] != service.name:
        service.note(
            '', service.name, f'The configuration is called {context.names[service.name]}: dots separate instances.'
        )
    if settings.get('image') is not None:
        service.found['image'] = text(settings['image'])
    elif settings.get('build') is not None:
        service.found['image'] = f'{context.project.name}-{service.name}'
    elif settings.get('provider') is None:
        raise InputError("A service has an 'image', or something to 'build' it from.")
    if context.replicas[service.name] > 1:
        service.found['instances'] = [str(place + 1) for place in range(context.replicas[service.name])]


def _add_build(service: Service, value: object) -> None:
    found: Mapping = {}
    for name, own in entries(value):
        with located(name):
            if name in _BUILD_NAMES:
                found[name] = own
            elif own is not None and not name.startswith('x-'):
                service.note(f'build.{name}', name, *BUILD.get(name, ('It is not handed on to the engine.', '')))
    service.found['build'] = found


def _add_name(service: Service, value: object) -> None:
    if service.context.replicas[service.name] > 1:
        service.note(
            'container_name', text(value), 'Only one container can have a name.', 'Each instance can have its own.'
        )
    else:
        service.found['name'] = text(value)


def _add_dependencies(service: Service, value: object) -> None:
    found: Mapping = {}
    for target, settings in entries(value):
        with located(target):
            own = mapping(settings)
            service.note_unknown(f'depends_on.{target}', own, _DEPENDENCY)
            condition = text(own.get('condition', 'service_started'))
            if condition not in _CONDITIONS:
                raise InputError(f'Expected one of {", ".join(_CONDITIONS)}, found {condition!r}.')
            is_required = flag(own.get('required', True))
            if not is_required and target not in service.context.enabled:
                continue
            if own.get('restart') and flag(own['restart']):
                service.note(
                    f'depends_on.{target}.restart', 'restart', f'{service.name} is not restarted because {target} is.'
                )
            if not is_required:
                service.note(f'depends_on.{target}.required', 'required: false', 'What is on the map is always needed.')
            found[service.context.configuration(target)] = _CONDITIONS[condition]
    if found:
        service.found['depends_on'] = {**mapping(service.found.get('depends_on')), **found}


def _add_healthcheck(service: Service, value: object) -> None:
    settings = mapping(value)
    service.note_unknown('healthcheck', settings, _HEALTHCHECK)
    test = settings.get('test')
    if settings.get('disable') or test in ('NONE', ['NONE']):
        service.found['healthcheck'] = 'NONE'
        return
    found: Mapping = {'test': [text(word) for word in test] if isinstance(test, list) else test}
    for name in ('interval', 'timeout', 'start_period', 'start_interval'):
        if settings.get(name) is not None:
            with located(name):
                found[name] = nanoseconds(settings[name])
    if settings.get('retries') is not None:
        found['retries'] = whole(settings['retries'])
    if test is None:
        service.note(
            'healthcheck', 'healthcheck', 'Without a test, nothing of that of the image is changed.', 'Repeat the test.'
        )
    else:
        service.found['healthcheck'] = found


def _add_hooks(service: Service, value: object) -> None:
    for index, member in enumerate(members(value, 'a list of mappings')):
        with located(index):
            hook = mapping(member)
            service.note_unknown('post_start', hook, _HOOK)
            user = hook.get('user')
            service.extend(
                'exec_commands',
                {
                    'cmd': command(hook.get('command')),
                    'user': None if user is None else text(user),
                    'policy': 'initial',
                },
            )
            for name in ('privileged', 'environment', 'working_dir'):
                if hook.get(name):
                    service.note(f'post_start.{name}', name, 'Commands in containers run as the container does.')
            service.note(
                'post_start',
                text(hook.get('command', '')),
                'It is run once after the container was created, not after each start.',
            )


def _add_pull_policy(service: Service, value: object) -> None:
    policy = text(value)
    if policy not in ('missing', 'if_not_present'):
        hint = PULL_POLICIES.get(policy, PULL_POLICIES['always'])
        service.note('pull_policy', policy, 'Images are pulled where they are missing.', hint)


def _add_time(name: str) -> Callable[[Service, object], None]:
    def add(service: Service, value: object) -> None:
        amount = whole(value) if isinstance(value, int) else nanoseconds(value) // 1000
        service.option(HOST, name, amount)

    return add


def _add_namespace(name: str) -> Callable[[Service, object], None]:
    def add(service: Service, value: object) -> None:
        mode = text(value)
        if mode.startswith('service:'):
            target = mode.removeprefix('service:')
            mode = f'container:{service.context.engine_name(target)}'
            needed = {service.context.configuration(target): 'started'}
            service.found['depends_on'] = {**needed, **mapping(service.found.get('depends_on'))}
        service.option(HOST, name, mode)

    return add


def _add_blkio(service: Service, value: object) -> None:
    for name, own in blkio_options(value).items():
        service.option(HOST, name, own)


def _add_stop_timeout(service: Service, value: object) -> None:
    service.found['stop_timeout'] = seconds(value)


def _add_stop_signal(service: Service, value: object) -> None:
    service.found['stop_signal'] = text(value)


def _add_environment(service: Service) -> None:
    """What files and the service itself say; names alone have the value that the variable has here."""
    known = service.context.variables
    found: dict[str, str] = {}
    for index, entry in enumerate(members(service.settings.get('env_file'))):
        with located('env_file', index):
            service.note_unknown(f'env_file[{index}]', entry, ('path', 'required', 'format'))
            found.update(_of_file(service, mapping(entry), {**found, **known}))
    for name, value in pairs(service.settings.get('environment')).items():
        if value is not None:
            found[name] = value
        elif name in known:
            found[name] = known[name]
    if found:
        service.option(CREATE, 'environment', found)
    labels: dict[str, str] = {}
    for index, path in enumerate(texts(service.settings.get('label_file'))):
        with located('label_file', index):
            labels.update(read_env_file(Path(path), {}))
    if labels:
        own = mapping(mapping(service.found.get(CREATE)).get('labels'))
        service.option(CREATE, 'labels', {**labels, **own})


def _of_file(service: Service, entry: Mapping, known: dict[str, str]) -> dict[str, str]:
    path = Path(text(entry['path']))
    if not flag(entry.get('required', True)) and not path.exists():
        return {}
    return read_env_file(path, known, entry.get('format') == 'raw')


def _finish(service: Service) -> None:
    host = mapping(service.found.get(HOST))
    if service.name in service.context.jobs:
        service.found['job'] = True
    if service.found.get('job'):
        policy = str(host.get('restart_policy', 'no'))
        if not policy.startswith(('no', 'on-failure')):
            del host['restart_policy']
            service.note('restart', policy, 'Others wait for its end, so that it is a job and not started again.')


_ELSEWHERE = frozenset(('image', 'environment', 'env_file', 'label_file', 'networks', 'scale', 'profiles', 'expose'))
_SETTINGS: dict[str, Callable[[Service, object], None]] = {
    'blkio_config': _add_blkio,
    'build': _add_build,
    'container_name': _add_name,
    'depends_on': _add_dependencies,
    'deploy': add_deploy,
    'healthcheck': _add_healthcheck,
    'ipc': _add_namespace('ipc_mode'),
    'links': add_links,
    'network_mode': add_network_mode,
    'pid': _add_namespace('pid_mode'),
    'ports': add_ports,
    'post_start': _add_hooks,
    'pull_policy': _add_pull_policy,
    'secrets': lambda service, value: add_files(service, 'secrets', value),
    'configs': lambda service, value: add_files(service, 'configs', value),
    'stop_grace_period': _add_stop_timeout,
    'stop_signal': _add_stop_signal,
    'volumes': add_volumes,
    'volumes_from': add_volumes_from,
    **{name: _add_time(name) for name in MICROSECONDS},
}
"""What is done about settings that are no plain arguments."""

"""One short function for each call of a client: the call, and what the policy knows afterwards."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ...docker_api import (
    EngineClient,
    connect_to_network,
    create_container,
    create_network,
    is_conflict,
    is_not_found,
    is_timeout,
    is_unreachable,
)
from ...exceptions import ChangedMeanwhileError, DockerStatusError
from ...utils import version_tuple
from .._describe import describe_item
from ..disclosure import describe_change
from ..exceptions import ScriptRunException
from ..plan.operation import Operation
from ..policy.helpers import is_helper
from ..policy.ownership import PURPOSE_LABEL
from ..policy.replaced import REPLACES, RUN, Former, is_temporary, marked_name, successor_name
from ..policy.utils import INITIAL_START_TIME
from ..state import Difference
from ..state.update import LIMITS, ineffective_changes
from .building import told_what_builds
from .events import TransferProgress
from .runs import Run, is_over, maker
from .waiting import Waiting

if TYPE_CHECKING:
    from ..policy.base import BasePolicy
from .events import Clock

log = logging.getLogger(__name__)

Arguments = dict[str, object]
Call = Callable[[EngineClient, Operation, Arguments], object]
_UNIQUE_NETWORKS = (1, 44)
_HELPER_SECONDS = 600
"""How long a temporary container may be needed, if nothing else is said."""
_POLL_SECONDS = 0.5
_MARK_SECONDS = 600.0
"""What the first start of a container, and its first commands, may last."""
_STOP_SECONDS = 10
_NO_SOURCE = 'bind source path does not exist: '
_POSITIONAL = {
    'inspect_container': 'container',
    'inspect_volume': 'name',
    'inspect_network': 'net_id',
    'run_cmd': 'command',
}


class Calls:
    """Calls the clients of a policy, and keeps its names of items up to date.

    :param exclusive: Entered while names are changed, and while a method that is not of this library is called.
    """

    def __init__(
        self,
        policy: BasePolicy,
        clock: Clock,
        outcomes: Mapping[int, str],
        exclusive: AbstractContextManager[object],
        progress: Callable[[Operation, str], None] | None = None,
    ) -> None:
        self._exclusive = exclusive
        self._policy = policy
        self._progress = progress
        self._outcomes = outcomes
        self._clock = clock
        self._waiting = Waiting(clock)
        self.run = Run(clock)
        self._marks: dict[tuple[str, str], str] = {}

    def function(self, operation: Operation) -> Call:
        """What makes the call of an operation: a function of the client, the operation, and its arguments.

        It raises whatever the client raises, and a ``DockerStatusError`` if the answer is that it failed.
        """
        if operation.method is not None:
            return self._own_call
        found: Call = getattr(self, f'_{operation.call}', _plain_call)
        return found

    def end(self) -> None:
        """Everything has been carried out, or will not be: what was marked as temporary is not needed any more."""
        self.run.end()

    def note_tolerated(self, operation: Operation, outcome: str) -> None:
        """What a tolerated answer says of an item."""
        if outcome == 'needed':
            return
        if operation.call == 'remove_container':
            self._forget_container(operation)
        elif operation.call == 'remove_network':
            self._forget_network(operation)

    def _own_call(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        assert operation.method is not None
        with self._exclusive:
            found: object = operation.method(arguments['action'], arguments['name'], **_mapping(arguments['kwargs']))
            return found

    def _create_container(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        name = arguments.get('name')
        labels = _mapping(arguments.get('labels'))
        if (isinstance(name, str) and is_temporary(name)) or PURPOSE_LABEL in labels:
            arguments['labels'] = self._marked(labels)
        response = self._created(client, operation, self._with_clear_networks(operation, arguments))
        if operation.purpose and not response:
            raise ScriptRunException(operation.purpose)
        if isinstance(name, str):
            with self._exclusive:
                _note(self._policy.container_names[operation.client_name], name, response)
        return response

    def _created(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        try:
            created: object = create_container(client, arguments)
        except Exception as error:
            if not is_conflict(error) or PURPOSE_LABEL not in _mapping(arguments.get('labels')):
                raise
            # Another run does the same, with a container of the same name.
            name = str(arguments['name'])
            if is_helper(name):
                self._let_go(client, name)
            else:
                self._waiting.for_removal(client, name)
            created = create_container(client, arguments)
        return created

    def _let_go(self, client: EngineClient, name: str) -> None:
        """Wait while another run may need a temporary container, which removes it then; remove it when that is over."""
        self._wait_for_its_run(client, name)
        try:
            client.remove_container(name, force=True)
        except Exception as error:
            if not is_not_found(error) and 'already in progress' not in str(error):
                raise
            self._waiting.for_removal(client, name)

    def _wait_for_its_run(self, client: EngineClient, name: str) -> None:
        is_told = False
        while True:
            try:
                detail: object = client.inspect_container(name)
            except Exception as error:
                if is_not_found(error):
                    return
                raise
            label = str(_mapping(_mapping(_mapping(detail).get('Config')).get('Labels')).get(RUN))
            if self.run.made(label) or is_over(label, self._clock.time()):
                return
            if not is_told:
                log.warning('Container %s is in use by %s; waiting.', name, maker(label))
                is_told = True
            self._clock.sleep(_POLL_SECONDS)

    def _remove_container(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        if operation.arguments['container'] != arguments['container']:
            # A helper, known by its id alone.
            container = arguments.pop('container')
            return client.remove_container(container, **arguments)
        if arguments.get('force') and operation.number >= 0 and is_helper(str(arguments['container'])):
            # Only what an earlier run has left is removed by force, and it may still be at it.
            self._wait_for_its_run(client, str(arguments['container']))
        response: object = client.remove_container(**arguments)
        self._forget_container(operation)
        return response

    def _put_files(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        put_archive: Callable[..., object] = getattr(client, 'put_archive')  # noqa: B009
        return put_archive(arguments['container'], arguments['path'], arguments['data'])

    def _marked(self, labels: Mapping[str, object]) -> dict[str, object]:
        former = Former.of_label(str(labels.get(REPLACES)))
        seconds = float(str(labels.get(RUN, _HELPER_SECONDS))) if former is None else former.seconds
        return {**labels, RUN: self.run.mark(seconds)}

    def _rename(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        container, name = str(arguments['container']), str(arguments['name'])
        if name == successor_name(container):
            return self._mark(client, operation, container)
        response: object = client.rename(container, name)  # type: ignore[attr-defined]
        with self._exclusive:
            names = self._policy.container_names[operation.client_name]
            former = next((known for known, found in names.items() if container in (known, found)), None)
            if former is not None:
                names[name] = names.pop(former)
        return response

    def _mark(self, client: EngineClient, operation: Operation, container: str) -> object:
        """Let the name of a container say that this run starts it for the first time.

        :raises ChangedMeanwhileError: Another run has done so.
        """
        name = marked_name(container, self.run.short_mark(_MARK_SECONDS))
        self._marks[operation.client_name, successor_name(container)] = name
        response: object = self._rename(client, operation, {'container': container, 'name': name})
        # Only now nobody else can start it.
        if not _is_new(client, name):
            self._rename(client, operation, {'container': name, 'name': container})
            del self._marks[operation.client_name, successor_name(container)]
            raise ChangedMeanwhileError(f'Container {container} has been started meanwhile.')
        return response

    def present_name(self, client_name: str, name: object) -> object:
        """What a container is called that bears a mark of this run."""
        return self._marks.get((client_name, name), name) if isinstance(name, str) else name

    def _unmark(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        """Give a container its name back, unless it has been started; then it keeps the mark, and is stopped."""
        container = str(arguments['container'])
        if _is_new(client, container):
            return self._rename(client, operation, arguments)
        return client.stop(container, timeout=_STOP_SECONDS)

    def _discard(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        """Remove a container whose creation was not answered, if it is there and this run has created it."""
        name = str(arguments['container'])
        detail: object = client.inspect_container(name)
        labels = _mapping(_mapping(_mapping(detail).get('Config')).get('Labels'))
        if not self.run.made(str(labels.get(RUN))):
            return None
        response: object = client.remove_container(name, v=True, force=True)
        with self._exclusive:
            self._policy.container_names[operation.client_name].pop(name, None)
        return response

    def _exec_run(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        """Start a command, and leave it running."""
        created: object = client.exec_create(arguments.pop('container'), **arguments)
        exec_id = _mapping(created).get('Id')
        return client.exec_start(exec_id, detach=True) if exec_id else None

    def _start(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        container = arguments.pop('container')
        try:
            answer: object = client.start(container=container, **arguments) if arguments else client.start(container)
            self._waiting.note_start(client, operation.client_name, str(container))
            return answer
        except Exception as error:
            if is_conflict(error) and 'removal' in str(error):
                # It goes away by itself. Whoever wants it to run can create a new one as soon as the name is free.
                self._waiting.for_removal(client, str(container))
            if is_not_found(error) and 'network' in str(error):
                _explain(error, 'A network of the container was removed since; startup and update create it again')
            if f'{_NO_SOURCE}{self._policy.clients[operation.client_name].get_files_directory()}/' in str(error):
                _explain(error, 'The secret or config that it was created with is gone; update creates it again')
            raise

    def _create_network(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        name = str(arguments['name'])
        if operation.number < 0 and (present := _networks_named(client, name)):
            # The one that takes its place was created, though nobody said so.
            response: object = present[0]
        else:
            response = _create_network_once(client, name, arguments)
        oldest = _oldest_twin(client, name, response) if arguments.get('check_duplicate') else None
        with self._exclusive:
            names = self._policy.network_names[operation.client_name]
            _note(names, name, oldest or response)
            if oldest is not None:
                # Until the other one has gone, the name alone would not be clear.
                names.ambiguous.add(name)
        if oldest is not None and oldest.get('Id') != _mapping(response).get('Id'):
            log.info('Somebody else created network %s at the same time. That one is used, the new one goes.', name)
            client.remove_network(_mapping(response)['Id'])
            return oldest
        return response

    def _remove_network(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        response: object = client.remove_network(**self._addressed(operation, arguments))
        self._forget_network(operation)
        return response

    def _update_container(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        """Change limits, and see whether they have changed: engines leave out what they do not support."""
        response: object = client.update_container(**arguments)
        if not any(name in arguments for name in LIMITS):
            return response
        detail = _mapping(client.inspect_container(str(arguments['container'])))
        for difference in ineffective_changes(operation.config_id, arguments, _mapping(detail.get('HostConfig'))):
            self._note_ineffective(client, operation, str(detail.get('Id')), difference)
        return response

    def _note_ineffective(
        self, client: EngineClient, operation: Operation, container_id: str, difference: Difference
    ) -> None:
        get_info: Callable[[], Mapping[str, object]] = getattr(client, 'info', dict)
        known = self._policy.clients[operation.client_name].get_ineffective()
        if known.note(container_id, difference.property, difference.wanted, get_info()):
            log.warning(
                '%s on client %s: the engine accepts %s, but does not apply it. This is not tried again while the '
                'engine is the same; remove the setting, or use a host that supports it.',
                describe_item(operation.config_id),
                operation.client_name,
                describe_change(difference.property, difference.wanted, difference.found),
            )

    def _connect_container_to_network(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        return connect_to_network(client, self._addressed(operation, arguments))

    def _disconnect_container_from_network(
        self, client: EngineClient, operation: Operation, arguments: Arguments
    ) -> object:
        return client.disconnect_container_from_network(**self._addressed(operation, arguments))

    def _create_volume(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        response: object = client.create_volume(**arguments)
        with self._exclusive:
            self._policy.volume_names[operation.client_name].add(str(arguments['name']))
        return response

    def _remove_volume(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        response: object = client.remove_volume(**arguments)
        with self._exclusive:
            self._policy.volume_names[operation.client_name].discard(str(arguments['name']))
        return response

    def _pull(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        with told_what_builds(self._policy.container_maps.get(operation.config_id.map_name), arguments):
            response = self._transferred(client, operation, arguments)
            _check_transfer(operation.purpose, response)
        with self._exclusive:
            self._policy.images[operation.client_name].refresh_repo(str(arguments['repository']))
        return response

    def _transferred(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        """Answer to a pull; where somebody listens and the client can, its messages are told as they come."""
        progress = self._progress
        if progress is None:
            return client.pull(**arguments)

        def tell(message: object) -> None:
            text = _progress_text(message)
            if text:
                progress(operation, text)

        if _takes(client.pull, 'on_message'):
            return client.pull(**arguments, on_message=tell)
        if not _takes(client.pull, 'stream', 'decode'):
            return client.pull(**arguments)
        lines = []
        for message in client.pull(**arguments, stream=True, decode=True):
            lines.append(json.dumps(message))
            tell(message)
        return '\n'.join(lines)

    def _login(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        response: object = client.login(**arguments)
        password = arguments.get('password')
        if isinstance(response, Mapping) and response.get('password', password) != password:
            # The SDK hands out what it remembers of this user, without asking whether the new password is right.
            response = client.login(**{**arguments, 'reauth': True})
        if not response:
            raise DockerStatusError(operation.purpose)
        return response

    def _wait(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        return self._waiting.wait(client, operation, arguments)

    def _logs(self, client: EngineClient, operation: Operation, arguments: Arguments) -> object:
        return client.logs(arguments.pop('container'), **arguments)

    def _check(self, client: EngineClient, operation: Operation, arguments: Arguments) -> None:
        """Tell which of several operations failed, now that all have been tried."""
        failures = arguments['failures']
        assert isinstance(failures, list)
        failed = [str(name) for name, number in failures if self._outcomes.get(number) == 'failed']
        if failed:
            raise DockerStatusError(f'{operation.purpose}: {", ".join(failed)}', None)

    def _with_clear_networks(self, operation: Operation, arguments: Arguments) -> Arguments:
        """Arguments that name networks by their ids, where several have the same name."""
        endpoints = _mapping(_mapping(arguments.get('networking_config')).get('EndpointsConfig'))
        if not endpoints:
            return arguments
        with self._exclusive:
            names = self._policy.network_names[operation.client_name]
            clear = {names.address(name): endpoint for name, endpoint in endpoints.items()}
        return {**arguments, 'networking_config': {'EndpointsConfig': clear}}

    def _addressed(self, operation: Operation, arguments: Arguments) -> Arguments:
        """Arguments that name a network by its id, where the name alone would not be clear."""
        with self._exclusive:
            names = self._policy.network_names[operation.client_name]
            return {**arguments, 'net_id': names.address(str(arguments['net_id']))}

    def _forget_container(self, operation: Operation) -> None:
        with self._exclusive:
            self._policy.container_names[operation.client_name].pop(operation.arguments['container'], None)

    def _forget_network(self, operation: Operation) -> None:
        with self._exclusive:
            names, name = self._policy.network_names[operation.client_name], operation.arguments['net_id']
            if name in names.ambiguous:
                names.refresh()
            else:
                names.pop(name, None)


def _create_network_once(client: EngineClient, name: str, arguments: Arguments) -> object:
    """Create a network; where the answer is lost, it may be there, and a second one of its name must not be."""
    try:
        created: object = create_network(client, arguments)
    except Exception as error:
        if not is_timeout(error) and not is_unreachable(error):
            raise
        try:
            labels = _mapping(arguments.get('labels'))
            found = [row for row in _networks_named(client, name) if labels and row.get('Labels') == labels]
        except Exception:
            raise error from None
        if not found:
            raise
        return found[0]
    return created


def _networks_named(client: EngineClient, name: str) -> list[Mapping[str, object]]:
    return [row for row in client.networks() if row.get('Name') == name]


def _oldest_twin(client: EngineClient, name: str, created: object) -> Mapping[str, object] | None:
    """The oldest of several networks of the same name, where another one was created at the same time; else ``None``.

    Engines before API version 1.44 accept several networks of one name, where two ask at the same time.
    """
    version = version_tuple(getattr(client, 'api_version', None))
    if version is None or version >= _UNIQUE_NETWORKS or not _mapping(created).get('Id'):
        return None
    rows = _networks_named(client, name)
    oldest = min(rows, key=lambda row: (str(row.get('Created')), str(row.get('Id'))), default=None)
    return oldest if len(rows) > 1 else None


def _plain_call(client: EngineClient, operation: Operation, arguments: Arguments) -> object:
    method: Callable[..., object] = getattr(client, operation.call)
    positional = _POSITIONAL.get(operation.call)
    if positional is not None:
        return method(arguments.pop(positional), **arguments)
    return method(**arguments)


def _is_new(client: EngineClient, container: str) -> bool:
    """Whether a container has never been started."""
    detail: object = client.inspect_container(container)
    return _mapping(_mapping(detail).get('State')).get('StartedAt') == INITIAL_START_TIME


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _note(names: MutableMapping[str, str], name: str, response: object) -> None:
    """Keep the id of a new item, or where a client does not tell it, the name, which does as well."""
    names[name] = str(_mapping(response).get('Id') or name)


def _explain(error: Exception, hint: str) -> None:
    explanation = getattr(error, 'explanation', None)
    if explanation:
        # The SDK makes the text of its errors from this.
        error.explanation = f'{explanation}. {hint}'  # type: ignore[attr-defined]


def _check_transfer(purpose: str, response: object) -> None:
    """The SDK returns the engine's messages as text, and leaves it to the caller to find errors in them."""
    if response is False:
        raise DockerStatusError(f'{purpose}.')
    text = response.decode(errors='replace') if isinstance(response, bytes) else response
    for line in text.splitlines() if isinstance(text, str) else ():
        if '"errorDetail"' in line:
            raise DockerStatusError(f'{purpose}: {line}')


def _takes(pull: Callable[..., object], *names: str) -> bool:
    """Whether a client's method has arguments of these names, so that it hands out messages as they come."""
    try:
        parameters = inspect.signature(pull).parameters
    except (TypeError, ValueError):
        return False
    return set(names) <= parameters.keys()


def _progress_text(message: object) -> TransferProgress | None:
    """What a message of a transfer says: the layer, what is done with it, and bytes so far of all."""
    said = _mapping(message)
    if not said.get('status'):
        return None
    detail = _mapping(said.get('progressDetail'))
    current, total = detail.get('current'), detail.get('total')
    amount = f' {current} of {total} bytes' if current and total else ''
    layer = str(said.get('id') or '')
    text = f'{f"{layer}: " if layer else ""}{said["status"]}{amount}'
    return TransferProgress(text, layer, *(value if isinstance(value, int) else None for value in (current, total)))

"""Looking at one item on one client. Nothing here changes an engine."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...docker_api import is_conflict, is_not_found
from ...exceptions import UnknownNameError, UnsupportedError
from .._describe import describe_item
from .._kinds import KINDS, kind_of
from ..config.volume import VolumeConfiguration
from ..input import CmdCheck, ExecPolicy, ItemType, MapConfigId
from ..policy import ConfigFlags
from ..policy.replaced import former_name, successor_in
from . import INITIAL_START_TIME, Difference, State, StateFlags, _exec
from .observed import Observed
from .recovery import Recovery, recover
from .renamed import RENAMED, other_names

if TYPE_CHECKING:
    from ...docker_api import EngineClient
    from ..config.client import ClientConfiguration
    from ..config.main import ContainerMap
    from ..policy.base import BasePolicy
    from .outlook import Outlook

log = logging.getLogger(__name__)

StateData = tuple[State, StateFlags, dict[str, Any]]
"""Base state, flags, and further data."""

CreateArguments = Callable[[str, MapConfigId], Mapping[str, Any]]
"""Gives the arguments of the creating call for an item on a client."""


class _NotFound:
    """Stands for the detail of an item that does not exist."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return 'NOT_FOUND'


NOT_FOUND = _NotFound()
"""Stands for the detail of an item that does not exist; false."""


class AbstractState(ABC):
    """One item on one client, looked at by ``inspect`` and judged by ``get_state``.

    :param options: Options of the state generator.
    :raises KeyError: The map has no configuration for the item.
    """

    create_arguments: CreateArguments | None = None
    outlook: Outlook | None = None

    def __init__(
        self,
        policy: BasePolicy,
        options: Mapping[str, Any],
        client_name: str,
        config_id: MapConfigId,
        config_flags: ConfigFlags | int = ConfigFlags.NONE,
    ) -> None:
        self.policy = policy
        self.options = options
        self.client_name = client_name
        self.config_id = config_id
        self.config_flags = ConfigFlags(config_flags)
        self.client_config: ClientConfiguration = policy.clients[client_name]
        self.container_map: ContainerMap = policy.container_maps[config_id.map_name]
        self.config: Any = self._find_config()
        self.set_defaults()

    def set_defaults(self) -> None:
        """Forget what was found."""
        self.detail: Any = NOT_FOUND
        self.differences: list[Difference] = []

    @property
    def client(self) -> EngineClient:
        """Client object; it may contact the engine when first used."""
        client: EngineClient = self.client_config.get_client()
        return client

    @abstractmethod
    def inspect(self) -> None:
        """Ask the client for what ``get_state`` needs."""

    @abstractmethod
    def get_state(self) -> StateData:
        """Base state, flags and data, from what was found last."""

    def differs(self, flag: int, *differences: Difference) -> int:
        """Keep differences; a flag for them if there are any, else none."""
        self.differences.extend(differences)
        return flag if differences else StateFlags.NONE

    def _find_config(self) -> Any:
        return None

    def _config_of(self, config_type: ItemType) -> Any:
        kind, item = KINDS[config_type], self.config_id
        config = kind.configuration(self.container_map, item)
        if config is None:
            known = ', '.join(sorted(getattr(self.container_map, kind.section or '').keys())) or 'none'
            raise UnknownNameError(
                f"Map '{item.map_name}' has no {config_type.value} configuration '{item.config_name}'. It has: {known}."
            )
        return config

    def _inspected(self, kind: ItemType, known: Any, name: str, inspect: Callable[[str], Any]) -> Any:
        """Detail of what is said to exist, unless somebody removed it in the meantime."""
        if name not in known:
            return NOT_FOUND
        observed = self.outlook.observed if self.outlook is not None else Observed()
        found = observed.get(self.client_name, kind, name)
        if found is not None:
            return found
        try:
            found = inspect(name)
            observed.note(self.client_name, kind, name, found)
            return found
        except Exception as error:
            if not is_not_found(error):
                raise
        _forget(known, name)
        return NOT_FOUND

    def _require(self, feature: str) -> None:
        if not self.client_config.features.get(feature):
            message = f"The API version of client '{self.client_name}' does not offer {feature}."
            raise UnsupportedError(message, self.client_name)

    def _forced(self) -> int:
        is_named = self.config_id in (self.options.get('force_update') or ())
        if not is_named or self.policy.is_external(self.config_id):
            return StateFlags.NONE
        return self.differs(StateFlags.FORCED_RESET, Difference(self.config_id, 'force_update', None, None))

    def _present(self, extra_data: dict[str, Any]) -> StateData:
        if not self.detail:
            return State.ABSENT, StateFlags(StateFlags.NONE), {}
        return State.PRESENT, StateFlags(self._forced()), extra_data


def _forget(known: dict[str, str] | set[str], name: str) -> None:
    if isinstance(known, dict):
        known.pop(name, None)
    else:
        known.discard(name)


class ContainerBaseState(AbstractState):
    """A container, or the one that stands in for a volume on clients without named volumes."""

    check_commands: Any = CmdCheck.NONE
    """How commands are found in a running container, where no option says so."""

    def set_defaults(self) -> None:
        super().set_defaults()
        self.processes: list[list[str]] | None = None

    @property
    def container_name(self) -> str:
        """Name on the engine."""
        return self.policy.item_name(self.config_id)

    def inspect(self) -> None:
        name, names = self.container_name, self.policy.container_names[self.client_name]
        is_container = self.config_id.config_type == ItemType.CONTAINER
        if is_container and (successor_in(names, name) in names or former_name(name) in names):
            self.detail = self._recovered(name, names)
        elif is_container and name in other_names(self.policy, self.client_name):
            self.detail = self._renamed(name, names)
        elif is_container and name in other_names(self.policy, self.client_name).values():
            # Another item has it, under another name.
            self.detail = NOT_FOUND
        else:
            self.detail = self._container(name, names)
        if self.detail and self.detail['State'].get('Paused'):
            log.warning(
                '%s on client %s is paused. It counts as running; unpause it to get it to work.',
                describe_item(self.config_id),
                self.client_name,
            )
        if self.detail and is_container:
            self._inspect_processes()

    def get_state(self) -> StateData:
        base_state, flags, extra_data = self._found_state()
        return base_state, StateFlags(flags | self._check_exec_commands(extra_data)), extra_data

    def _found_state(self) -> StateData:
        """Whether it is there and runs, and what follows from that alone."""
        if not self.detail:
            return State.ABSENT, StateFlags(StateFlags.NONE), {}
        status, extra_data = self.detail['State'], {'id': self.detail['Id']}
        flags = StateFlags(StateFlags.PERSISTENT if self.config.persistent else StateFlags.NONE) | self._forced()
        if status['Running']:
            return State.RUNNING, flags, {**extra_data, 'pid': status['Pid']}
        if status.get('Restarting'):
            flags |= StateFlags.RESTARTING
        return State.PRESENT, flags | self._stopped_flag(status), extra_data

    def _check_mode(self) -> CmdCheck:
        return _exec.check_mode(self.options.get('check_exec_commands', self.check_commands))

    def _inspect_processes(self) -> None:
        """Look at what runs in it, if there are commands that should."""
        status = self.detail['State']
        works = status['Running'] and not status.get('Paused') and not status.get('Restarting')
        commands = any(command.policy is ExecPolicy.RESTART for command in self.config.exec_commands)
        if not works or not commands or self._check_mode() is CmdCheck.NONE:
            return
        try:
            found = self.client.top(self.detail['Id'], ps_args=_exec.PS_ARGS)
        except Exception as error:
            if not is_conflict(error):
                raise
            log.debug('Container %s ended while it was looked at.', self.container_name)
        else:
            self.processes = found.get('Processes') or []

    def _check_exec_commands(self, extra_data: dict[str, Any]) -> int:
        if self.processes is None:
            return StateFlags.NONE
        missing = _exec.missing_commands(
            self.config.exec_commands, self.config.user, self.processes, self._check_mode()
        )
        if missing:
            extra_data['exec_commands'] = missing
        return self.differs(StateFlags.EXEC_COMMANDS, *_exec.exec_differences(self.config_id, missing))

    def _container(self, name: str, names: Any) -> Any:
        return self._inspected(ItemType.CONTAINER, names, name, lambda known: self.client.inspect_container(known))

    def _recovered(self, name: str, names: Any) -> Any:
        """The container as it is when what an interrupted replacement has left has been cleared up."""
        roles = name, successor_in(names, name), former_name(name)
        current, successor, former = (self._container(role, names) or None for role in roles)
        observed = self.outlook.observed if self.outlook is not None else Observed()
        known = observed.recoveries.get((self.client_name, name))
        if known is not None:
            # What is there by then must not be taken for what has been left.
            return known.detail or NOT_FOUND
        if (self.client_name, name) in observed.busy:
            return current or former or NOT_FOUND
        if successor is None and former is None:
            return current or NOT_FOUND
        commands = any(command.policy == ExecPolicy.INITIAL for command in self.config.exec_commands)
        found = recover(name, current, successor, former, commands, bool(self.config.job))
        observed.recoveries[self.client_name, name] = found
        if found.detail is not None:
            observed.note(self.client_name, ItemType.CONTAINER, name, found.detail)
        return found.detail or NOT_FOUND

    def _renamed(self, name: str, names: Any) -> Any:
        """The container that bears the label of the item under another name, as it is when it has been renamed."""
        observed = self.outlook.observed if self.outlook is not None else Observed()
        known = observed.recoveries.get((self.client_name, name))
        if known is None:
            former = other_names(self.policy, self.client_name)[name]
            detail = self._container(former, names)
            if not detail:
                return NOT_FOUND
            steps = [('rename', {'container': former, 'name': name})]
            known = Recovery(RENAMED.format(name=former), steps, {**detail, 'Name': f'/{name}'})
            observed.recoveries[self.client_name, name] = known
            observed.note(self.client_name, ItemType.CONTAINER, name, known.detail)
        return known.detail or NOT_FOUND

    def _find_config(self) -> Any:
        # A volume that is stood in for is made from the configuration that attaches it.
        return self._config_of(ItemType.CONTAINER)

    def _stopped_flag(self, status: Mapping[str, Any]) -> int:
        if status['StartedAt'] == INITIAL_START_TIME:
            return StateFlags.INITIAL
        if self.config.job and self.config_id.config_type is ItemType.CONTAINER:
            return self._job_flag(status)
        codes = self.options['nonrecoverable_exit_codes']
        if status['ExitCode'] in codes:
            wanted = f'none of {", ".join(map(str, codes))}'
            return self.differs(
                StateFlags.NONRECOVERABLE, Difference(self.config_id, 'exit code', wanted, status['ExitCode'])
            )
        return StateFlags.NONE

    def _job_flag(self, status: Mapping[str, Any]) -> int:
        """Whether a job has done its work; not while the engine is about to try once more."""
        if status.get('Restarting'):
            return StateFlags.NONE
        if not status['ExitCode']:
            return StateFlags.COMPLETED
        return self.differs(StateFlags.FAILED, Difference(self.config_id, 'exit code', 0, status['ExitCode']))


class NetworkBaseState(AbstractState):
    """A network."""

    @property
    def network_name(self) -> str:
        """Name on the engine."""
        return self.policy.item_name(self.config_id)

    def inspect(self) -> None:
        self._require('networks')
        names = self.policy.network_names[self.client_name]
        self.detail = self._inspected(
            ItemType.NETWORK, names, self.network_name, lambda name: self.client.inspect_network(names.address(name))
        )

    def get_state(self) -> StateData:
        if not self.detail:
            return self._present({})
        return self._present({'id': self.detail['Id'], 'containers': self.detail.get('Containers') or {}})

    def _find_config(self) -> Any:
        return self._config_of(ItemType.NETWORK)


class VolumeBaseState(AbstractState):
    """A named volume."""

    @property
    def volume_name(self) -> str:
        """Name on the engine."""
        return self.policy.item_name(self.config_id)

    def inspect(self) -> None:
        self._require('volumes')
        names = self.policy.volume_names[self.client_name]
        self.detail = self._inspected(
            ItemType.VOLUME, names, self.volume_name, lambda name: self.client.inspect_volume(name)
        )

    def get_state(self) -> StateData:
        return self._present({})

    def _find_config(self) -> Any:
        found = kind_of(self.config_id).configuration(self.container_map, self.config_id)
        return VolumeConfiguration() if found is None else found


class ImageBaseState(AbstractState):
    """An image; inspected only where lists do not know it by its name or id."""

    @property
    def image_name(self) -> str:
        """Full name, with tag or digest."""
        return self.policy.item_name(self.config_id)

    def inspect(self) -> None:
        image_id = self.policy.images[self.client_name].find(self.image_name)
        self.detail = {'Id': image_id} if image_id else NOT_FOUND

    def get_state(self) -> StateData:
        if not self.detail:
            return State.ABSENT, StateFlags(StateFlags.NONE), {}
        return State.PRESENT, StateFlags(StateFlags.NONE), {'id': self.detail['Id']}

"""The front end: container maps and clients in, actions on the items of the maps out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ..exceptions import InputError, UnknownNameError, located
from ..utils import close_match
from ._arguments import check_arguments, ineffective_options
from ._backends import Backend, ByClient
from ._run import ActionRun
from ._work import Settings
from .action import ItemAction
from .action.base import AbstractActionGenerator
from .action.script import ScriptActionGenerator
from .action.simple import (
    CreateActionGenerator,
    ImagePullActionGenerator,
    RemoveActionGenerator,
    RestartActionGenerator,
    ShutdownActionGenerator,
    SignalActionGenerator,
    StartActionGenerator,
    StartupActionGenerator,
    StopActionGenerator,
)
from .action.update import UpdateActionGenerator
from .config._shapes import ROLLOUT
from .config.client import ENGINE, SWARM, ClientConfiguration, check_max_parallel
from .config.main import ContainerMap
from .config.utils import get_map_config_ids
from .execute.conductor import CONTINUE, STOP
from .execute.events import Clock, Listener
from .execute.leftovers import Leftover, find_leftovers, remove_leftover
from .input import ItemType, MapConfigId
from .input._shapes import shown
from .plan.decide import DecisionPass, Part
from .plan.plan import Plan, PlanOutdatedError, plan_differences
from .policy.base import BasePolicy
from .policy.options import validate_items
from .runner import AbstractRunner, ActionOutput
from .runner._steps import StepRunner
from .runner.base import DockerClientRunner
from .state import ConfigState
from .state.base import (
    AbstractStateGenerator,
    CreateArguments,
    DependencyStateGenerator,
    DependentStateGenerator,
    ImageDependencyStateGenerator,
    SingleStateGenerator,
)
from .state.orphans import Orphan, find_orphans, items_by_client
from .state.update import UpdateStateGenerator
from .status import ItemStatus, container_statuses
from .swarm.backend import SWARM_BACKEND
from .swarm.runner import SwarmRunner
from .swarm.status import SwarmStatuses

if TYPE_CHECKING:
    from typing_extensions import Self

_CARRYING_OUT = ('listener', 'max_parallel', 'on_error')
"""Options that are about how a plan is carried out, and not about what is in it."""

_GeneratorPair = tuple[type[AbstractStateGenerator], type[AbstractActionGenerator]]


class MappingDockerClient:
    """Applies actions to the items of container maps on one or more clients.

    :param container_maps: A map, a list of maps, or a dictionary of maps by name. A single map is the default map.
    :param docker_client: Client for maps that name none: a configuration, a client, or a ``docker.DockerClient``.
    :param clients: Client configurations by name. The dictionary is copied.
    :param map_defaults: Input of a map, applied wherever a map has not set a value itself.
    :param option_defaults: Options of policy, generators and runner, for calls that do not give them.
    :raises ValueError: ``container_maps`` is none of these.
    """

    configuration_class: type[ClientConfiguration] = ClientConfiguration
    policy_class: type[BasePolicy] = BasePolicy
    runner_class: type[AbstractRunner] = DockerClientRunner
    generators: ClassVar[dict[str, _GeneratorPair]] = {
        'create': (DependencyStateGenerator, CreateActionGenerator),
        'start': (DependencyStateGenerator, StartActionGenerator),
        'restart': (SingleStateGenerator, RestartActionGenerator),
        'stop': (DependentStateGenerator, StopActionGenerator),
        'remove': (DependentStateGenerator, RemoveActionGenerator),
        'startup': (DependencyStateGenerator, StartupActionGenerator),
        'shutdown': (DependentStateGenerator, ShutdownActionGenerator),
        'update': (UpdateStateGenerator, UpdateActionGenerator),
        'script': (DependencyStateGenerator, ScriptActionGenerator),
        'signal': (SingleStateGenerator, SignalActionGenerator),
        'pull_images': (ImageDependencyStateGenerator, ImagePullActionGenerator),
    }

    def __init__(
        self,
        container_maps: ContainerMap | Iterable[ContainerMap] | dict[str, ContainerMap] | None = None,
        docker_client: Any = None,
        clients: Mapping[str, ClientConfiguration] | Iterable[tuple[str, ClientConfiguration]] | None = None,
        map_defaults: Mapping[str, Any] | None = None,
        option_defaults: Mapping[str, Any] | None = None,
    ) -> None:
        self._maps = _maps_by_name(container_maps)
        self._default_map = container_maps.name if isinstance(container_maps, ContainerMap) else None
        self._clients: dict[str, ClientConfiguration] = dict(clients or {})
        self._map_defaults = map_defaults
        self._option_defaults = option_defaults
        self._policy: BasePolicy | None = None
        if docker_client is not None:
            name = (option_defaults or {}).get('default_client_name', self.policy_class.default_client_name)
            self._clients[name] = self._configuration(docker_client)

    @property
    def maps(self) -> dict[str, ContainerMap]:
        """Maps by name. After a change in place, call :meth:`refresh_names`."""
        return self._maps

    @property
    def clients(self) -> dict[str, ClientConfiguration]:
        """Client configurations by name. After a change in place, call :meth:`refresh_names`."""
        return self._clients

    @property
    def default_map(self) -> str | None:
        """Name of the map that is meant where none is given.

        :raises ValueError: There is no such map.
        """
        return self._default_map

    @default_map.setter
    def default_map(self, value: str) -> None:
        if value not in self._maps:
            raise ValueError(f"There is no map '{value}'. Known maps: {_listed(self._maps)}.")
        self._default_map = value

    @property
    def map_defaults(self) -> Mapping[str, Any] | None:
        """Input of a map that applies to all maps."""
        return self._map_defaults

    @property
    def option_defaults(self) -> Mapping[str, Any] | None:
        """Options for calls that do not give them."""
        return self._option_defaults

    def get_policy(self) -> BasePolicy:
        """The policy for the maps and clients as they were on its first use since :meth:`refresh_names`."""
        if self._policy is None:
            self._policy = self.policy_class(self._maps, self._clients, self._map_defaults, self._option_defaults)
        return self._policy

    def refresh_names(self) -> None:
        """Forget the policy, so that changes in maps and clients have an effect."""
        self._policy = None

    def get_state_generator(
        self, action_name: str, policy: BasePolicy, kwargs: MutableMapping[str, Any]
    ) -> AbstractStateGenerator:
        """What finds out states for an action. Its options are removed from ``kwargs``."""
        return self._generator_pair(action_name)[0](policy, kwargs)

    def get_action_generator(
        self, action_name: str, policy: BasePolicy, kwargs: MutableMapping[str, Any]
    ) -> AbstractActionGenerator:
        """What decides for an action. Its options are removed from ``kwargs``."""
        return self._generator_pair(action_name)[1](policy, kwargs)

    def get_runner(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> AbstractRunner:
        """What carries actions out. Its options are removed from ``kwargs``."""
        return self.runner_class(policy, kwargs)

    def get_backend(self, kind: str) -> Backend:
        """What is used for clients of a kind, see ``ClientConfiguration.backend``: engines, or swarms.

        :raises ValueError: There is none for this kind of client.
        """
        if kind == SWARM:
            return SWARM_BACKEND
        if kind != ENGINE:
            raise ValueError(f'There are no clients of the kind {kind!r}, only {ENGINE!r} and {SWARM!r}.')
        return Backend(self.get_state_generator, self.get_action_generator, self.get_runner)

    def validate(self, policy: BasePolicy, config_ids: Iterable[MapConfigId]) -> None:
        """Check the settings of all items that a call will visit, before anything is done.

        :raises ValueError: A setting cannot work.
        """
        validate_items(policy, config_ids)

    def close(self) -> None:
        """Close the clients that the client configurations have made. They are made again when they are needed."""
        for configuration in self._clients.values():
            configuration.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def get_states(
        self, action_name: str, config_name: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> Iterable[ConfigState]:
        """States that an action would act on; each item is looked at when its state is requested.

        Arguments that are no options for finding out states are ignored.
        """
        call = self._prepare(action_name, config_name, instances, map_name, kwargs)
        return call.begin().get_states(call.config_ids)

    def get_actions(
        self, action_name: str, config_name: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> Iterator[list[ItemAction]]:
        """What an action would do, as one list for each state that calls for something."""
        call = self._prepare(action_name, config_name, instances, map_name, kwargs)
        self._check_arguments(action_name, call)
        for decision in call.begin().decide_all(call.config_ids, expects_new_images=False):
            if decision.actions:
                yield list(decision.actions)

    def run_actions(
        self, action_name: str, config_name: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Carry out an action.

        :param action_name: Key of ``generators``.
        :param config_name: Configuration, group, ``map.configuration``, id, or a list of these.
        :param instances: Instances, if not all.
        :param map_name: Map, if not the default map.
        :param kwargs: Options; other arguments go to the requested containers, as documented for the action.
        :raises KeyError: There is no such action, map, configuration or client.
        :raises TypeError: Nothing takes an argument. Nothing was changed.
        :raises ActionRunnerException: A request to a client failed.
        :raises PartialResultsError: Something else failed after actions were carried out.
        """
        call = self._prepare(action_name, config_name, instances, map_name, kwargs)
        self._check_arguments(action_name, call)
        self._validate(call)
        return self._run(call).carry_out(call.config_ids)

    def plan(
        self, action_name: str, config_name: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> Plan:
        """What a call of :meth:`run_actions` with the same arguments will do, and why. Nothing is changed.

        :raises KeyError: There is no such action, map, configuration or client.
        :raises TypeError: Nothing takes an argument.
        :raises ValueError: A setting cannot work.
        """
        call = self._prepare(action_name, config_name, instances, map_name, kwargs)
        self._check_arguments(action_name, call)
        self._validate(call)
        options = _plain_options(call, kwargs)
        return self._run(call).plan(action_name, call.config_ids, options, secrets.token_hex(16))

    def apply(self, plan: Plan, **kwargs: Any) -> list[ActionOutput]:
        """Carry out a plan, if everything is still as it was when the plan was made.

        :param plan: As from :meth:`plan`, also if it was saved and read again.
        :param kwargs: Arguments of the planning call that are no options, and further options such as ``listener``.
        :raises PlanOutdatedError: The maps, or what was found, differ by now; nothing was changed.
        :raises ActionRunnerException: A request to a client failed.
        """
        options = dict(plan.options)
        if 'force_update' in options:
            options['force_update'] = [MapConfigId(ItemType(kind), *names) for kind, *names in options['force_update']]
        arguments = {**options, **kwargs}
        call = self._prepare(plan.action_name, list(plan.config_ids), None, None, arguments)
        self._check_arguments(plan.action_name, call)
        self._validate(call)
        run = self._run(call)
        given = {name: value for name, value in _plain_options(call, arguments).items() if name not in _CARRYING_OUT}
        given.update((name, plan.options[name]) for name in _CARRYING_OUT if name in plan.options)
        now = run.plan(plan.action_name, call.config_ids, given, plan.salt)
        differences = plan_differences(plan, now)
        if differences:
            raise PlanOutdatedError(differences)
        return run.carry_out(call.config_ids)

    def create(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Create containers, and what they need. Further arguments are for the requested containers."""
        return self.run_actions('create', container, instances, map_name, **kwargs)

    def start(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Start existing containers, and those that they need. Further arguments are for the requested containers."""
        return self.run_actions('start', container, instances, map_name, **kwargs)

    def restart(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Stop and start containers. Takes ``timeout`` in seconds."""
        return self.run_actions('restart', container, instances, map_name, **kwargs)

    def stop(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Stop containers, after those that need them. Takes ``timeout`` in seconds."""
        return self.run_actions('stop', container, instances, map_name, **kwargs)

    def remove(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Remove containers that do not run, after those that need them. Takes ``v``, ``link`` and ``force``."""
        return self.run_actions('remove', container, instances, map_name, **kwargs)

    def startup(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Create what is missing and start what does not run, with all that is needed."""
        return self.run_actions('startup', container, instances, map_name, **kwargs)

    def shutdown(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Stop and remove containers, after those that need them."""
        return self.run_actions('shutdown', container, instances, map_name, **kwargs)

    def update(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Bring containers, and what they need, to what the maps say."""
        return self.run_actions('update', container, instances, map_name, **kwargs)

    def signal(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Send a signal to running containers. Takes ``signal``, a name or number; the client's default is SIGKILL."""
        return self.run_actions('signal', container, instances, map_name, **kwargs)

    def pull_images(
        self, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Pull the images of containers and of those that they need."""
        return self.run_actions('pull_images', container, instances, map_name, **kwargs)

    def run_script(
        self, container: Any, instance: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Run a command in a container that is made for it and removed afterwards."""
        return self.run_actions('script', container, instance, map_name, **kwargs)

    def call(
        self, action_name: str, container: Any, instances: Any = None, map_name: str | None = None, **kwargs: Any
    ) -> list[ActionOutput]:
        """Carry out an action by name, also an own one from ``generators``."""
        return self.run_actions(action_name, container, instances, map_name, **kwargs)

    def status(
        self, config_name: Any = '__all__', instances: Any = None, map_name: str | None = None
    ) -> list[ItemStatus]:
        """How containers are; each client is asked for one list, and nothing is inspected.

        :param config_name: As for actions.
        :raises KeyError: There is no such map or configuration.
        """
        policy = self._fresh_policy()
        config_ids = self._config_ids(policy, config_name, instances, map_name)
        arguments = _describing(self.get_runner(policy, {}), policy)
        return container_statuses(policy, config_ids, arguments, SwarmStatuses(policy).of)

    def orphans(self, map_name: str | None = None) -> list[Orphan]:
        """What was created for a map, or for all maps, and is not on it any more; all clients are asked.

        :raises KeyError: There is no such map.
        """
        policy = self._fresh_policy()
        found: list[Orphan] = []
        for name in self._map_names(policy, map_name):
            wanted = items_by_client(policy, name)
            by_client = {client_name: wanted.get(client_name, set()) for client_name in policy.clients}
            found.extend(find_orphans(policy, name, by_client))
        return found

    def leftovers(self, map_name: str | None = None, *, remove: bool = False) -> list[Leftover]:
        """Containers that helped with items of a map, or of all maps, and were not removed; all clients are asked.

        :param remove: Remove those that no run needs any more. What an interrupted replacement has left is for the next
            ``update``.
        :raises KeyError: There is no such map.
        """
        policy = self._fresh_policy()
        now = Clock().time()
        found = [left for name in self._map_names(policy, map_name) for left in find_leftovers(policy, name, now)]
        if remove:
            found = [left for left in found if left.is_removable]
            for left in found:
                remove_leftover(policy, left)
        return found

    def _fresh_policy(self) -> BasePolicy:
        """The policy, which knows nothing of what exists; of swarms, managers that answer are used."""
        policy = self.get_policy()
        policy.clear_names()
        for client in policy.clients.values():
            client.check_manager()
        return policy

    def _map_names(self, policy: BasePolicy, map_name: str | None) -> list[str]:
        if map_name is not None and map_name not in policy.container_maps:
            raise UnknownNameError(f"There is no map '{map_name}'. Known maps: {_listed(policy.container_maps)}.")
        return list(policy.container_maps) if map_name is None else [map_name]

    def list_persistent_containers(self, map_name: str | None = None) -> list[str]:
        """Names of attached volumes and persistent containers, in one map or in all. Contacts no client."""
        names: list[str] = []
        for name in [map_name] if map_name else self._maps:
            names.extend(self._persistent_names(name, self._maps[name].get_extended_map(self._map_defaults)))
        return names

    def _persistent_names(self, map_name: str, container_map: ContainerMap) -> Iterator[str]:
        attached, persistent = container_map.get_persistent_items()
        for config_name, volume in attached:
            configured = container_map.get_existing_volume(volume.name)
            if configured is not None and configured.external:
                continue
            parent = config_name if container_map.use_attached_parent_name else None
            yield self.policy_class.aname(map_name, volume.name, parent)
        for config_name, instance in persistent:
            config = container_map.get_instance(config_name, instance)
            literal = config.name if config is not None else None
            yield literal or self.policy_class.cname(map_name, config_name, instance)

    def _configuration(self, docker_client: Any) -> ClientConfiguration:
        if isinstance(docker_client, ClientConfiguration):
            return docker_client
        api = getattr(docker_client, 'api', None)
        # docker.from_env() gives an object around the client that is needed here.
        is_wrapped = api is not None and not hasattr(docker_client, 'inspect_container')
        return self.configuration_class.from_client(api if is_wrapped else docker_client)

    def _generator_pair(self, action_name: str) -> _GeneratorPair:
        if action_name not in self.generators:
            match = close_match(action_name, self.generators) or '.'
            raise UnknownNameError(
                f"There is no action '{action_name}'{match} Known actions: {_listed(self.generators)}."
            )
        return self.generators[action_name]

    def _prepare(
        self, action_name: str, config_name: Any, instances: Any, map_name: str | None, kwargs: dict[str, Any]
    ) -> _Call:
        """What a call needs. Each component takes its options; what none of them took is for the actions."""
        policy = self._fresh_policy()
        config_ids = self._config_ids(policy, config_name, instances, map_name)
        given = {name: value for name, value in kwargs.items() if name not in ('force_update', *_CARRYING_OUT)}
        if kwargs.get('force_update'):
            given['force_update'] = set(self._config_ids(policy, kwargs['force_update'], instances, map_name))
        rest = dict(given)

        def taking(create: Callable[[dict[str, Any]], Any]) -> Any:
            left = dict(given)
            component = create(left)
            for name in given.keys() - left.keys():
                rest.pop(name, None)
            return component

        kinds = {name: client.backend for name, client in policy.clients.items()}
        backends = {kind: self.get_backend(kind) for kind in dict.fromkeys(kinds.values())} or {
            ENGINE: self.get_backend(ENGINE)
        }
        runners: ByClient[AbstractRunner] = ByClient(
            {
                kind: taking(lambda left, backend=backend: backend.runner(policy, left))  # type: ignore[misc]
                for kind, backend in backends.items()
            },
            kinds.get,
        )

        def part(kind: str, backend: Backend) -> Part:
            states: AbstractStateGenerator = taking(lambda left: backend.state_generator(action_name, policy, left))
            decisions: AbstractActionGenerator = taking(
                lambda left: backend.action_generator(action_name, policy, left)
            )
            states.create_arguments = _describing(runners.row(kind), policy)
            if len(backends) > 1:
                states.clients = {name for name, found in kinds.items() if found == kind}
            return Part(states, decisions)

        def begin() -> DecisionPass:
            parts = ByClient({kind: part(kind, backend) for kind, backend in backends.items()}, kinds.get)
            # A runner in place of the usual one, such as one that only shows what it would do, need not know its
            # options.
            pair = self.generators.get(action_name, ()) if SWARM in backends else ()
            for component in (self.runner_class, *pair):
                for name in component.policy_options:
                    rest.pop(name, None)
            return DecisionPass(parts, rest)

        options = {name: kwargs.get(name, (self._option_defaults or {}).get(name)) for name in _CARRYING_OUT}
        first = begin()
        # Whoever brings own classes may rely on one thing being done after the other.
        ours = all(_is_ours(type(component)) for component in (policy, *first.first, *runners.all))
        settings = self._settings(policy, ours, options['max_parallel'], options['on_error'], first.first.decisions)

        def path() -> Iterator[MapConfigId]:
            return (item for item, _ in first.first.states.get_path(config_ids))

        notices = tuple(ineffective_options(kwargs, policy, path))
        settings = settings._replace(rollout=_rollout(runners.first), notices=notices)
        return _Call(begin, first, runners, config_ids, rest, options['listener'], settings)

    def _settings(
        self, policy: BasePolicy, ours: bool, max_parallel: Any, on_error: Any, decisions: AbstractActionGenerator
    ) -> Settings:
        on_error = STOP if on_error is None else on_error
        if on_error not in (STOP, CONTINUE):
            raise InputError(f'Expected {STOP!r} or {CONTINUE!r}, found {on_error!r}.', 'on_error')
        if max_parallel is not None:
            with located('max_parallel'):
                check_max_parallel(max_parallel)

        def limit(client_name: str) -> int:
            if max_parallel is not None:
                return int(max_parallel)
            return policy.clients[client_name].get_max_parallel(1 if not ours else None)

        return Settings(limit, on_error, *_wait_options(decisions))

    def _run(self, call: _Call) -> ActionRun:
        for runner in call.runners.all:
            if isinstance(runner, StepRunner):
                runner.listen(call.listener)
        return ActionRun(call.begin, call.runners, call.settings)

    def _validate(self, call: _Call) -> None:
        if call.first.first.decisions.validates:
            path = call.first.first.states.get_path(call.config_ids)
            items = [config_id for config_id, _ in path]
            self.validate(self.get_policy(), items)
            swarms = [name for name, client in self.get_policy().clients.items() if client.backend == SWARM]
            for runner in call.runners.all:
                if isinstance(runner, SwarmRunner):
                    runner.check_items(items, swarms)

    def _config_ids(
        self, policy: BasePolicy, config_name: Any, instances: Any, map_name: str | None
    ) -> list[MapConfigId]:
        return get_map_config_ids(config_name, policy.container_maps, map_name or self._default_map, instances)

    def _check_arguments(self, action_name: str, call: _Call) -> None:
        options = {name for part in (*call.first.first, *call.runners.all) for name in part.policy_options}
        check_arguments(action_name, call.arguments, options, call.first, call.config_ids)


class _Call(NamedTuple):
    """What a call needs; ``begin`` makes generators that know nothing of earlier decisions, ``first`` has some."""

    begin: Callable[[], DecisionPass]
    first: DecisionPass
    runners: ByClient[AbstractRunner]
    config_ids: list[MapConfigId]
    arguments: dict[str, Any]
    listener: Listener | None
    settings: Settings


def _wait_options(decisions: AbstractActionGenerator) -> tuple[bool | None, float | None]:
    """Whether and for how long is waited for containers; not at all by actions that start none.

    :raises ValueError: An option has another value than it can have.
    """
    wait: object = getattr(decisions, 'wait', False)
    if wait is not None and not isinstance(wait, bool):
        raise InputError(f'Expected True, False or None, found {shown(wait)}.', 'wait')
    timeout: object = getattr(decisions, 'wait_timeout', None)
    if timeout is not None and not (isinstance(timeout, (int, float)) and timeout >= 0 and timeout is not True):
        raise InputError(f'Expected a number of seconds, found {shown(timeout)}.', 'wait_timeout')
    return wait, None if timeout is None else float(timeout)


def _rollout(runner: AbstractRunner) -> Any:
    """What the call says about the order in which clients come.

    :raises ValueError: It cannot be understood.
    """
    with located('rollout'):
        return ROLLOUT.convert(getattr(runner, 'rollout', None))


def _plain_options(call: _Call, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a call as plain data; arguments for creating items are none, as they may hold secrets."""
    options: dict[str, Any] = {}
    for name, value in kwargs.items():
        if name in call.arguments or name == 'listener':
            continue
        if name == 'force_update':
            forced = call.first.first.states.force_update
            options[name] = sorted([config_id.config_type.value, *config_id[1:]] for config_id in forced or ())
        elif name == 'rollout' and isinstance(value, Mapping):
            options[name] = dict(value)
        elif isinstance(value, (str, int, float, bool, list, tuple)) or value is None:
            options[name] = list(value) if isinstance(value, tuple) else value
    return options


def _describing(runner: AbstractRunner, policy: BasePolicy) -> CreateArguments:
    """A runner that only shows what it would do creates nothing, but what would be created is compared all the same."""
    found: CreateArguments | None = getattr(runner, 'get_create_arguments', None)
    return DockerClientRunner(policy, {}).get_create_arguments if found is None else found


def _is_ours(component: type) -> bool:
    return component.__module__.partition('.')[0] == __name__.partition('.')[0]


def _maps_by_name(container_maps: Any) -> dict[str, ContainerMap]:
    if isinstance(container_maps, ContainerMap):
        return {container_maps.name: container_maps}
    if not container_maps:
        return {}
    if isinstance(container_maps, dict):
        return container_maps
    if isinstance(container_maps, (list, tuple)):
        return {container_map.name: container_map for container_map in container_maps}
    raise ValueError(
        'Container maps are given as a ContainerMap, a list of them, or a dictionary of them by name; '
        f'found {type(container_maps).__name__}.'
    )


def _listed(names: Iterable[str]) -> str:
    return ', '.join(sorted(names)) or 'none'

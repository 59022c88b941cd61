"""Configuration of containers."""

from __future__ import annotations

from typing import Any

from ...exceptions import InputError
from ..input import (
    AttachedVolumeList,
    ContainerLinkList,
    DependencyList,
    ExecCommandList,
    NetworkEndpointList,
    NotSet,
    PortBindingList,
    SharedHostVolumesList,
    UsedVolumeList,
    bool_if_set,
    get_healthcheck,
    get_network_mode,
)
from ._instances import InstanceSettings
from ._object import ConfigurationObject
from ._property import CP
from ._shapes import (
    BUILD,
    CLIENTS,
    CONFIGS,
    CREATE_OPTIONS,
    ENDPOINT_MODE,
    ENGINE_NAME,
    ENV_FILES,
    HOST_CONFIG,
    IMAGE,
    INSTANCES,
    NODES,
    PARENTS,
    PERMISSIONS,
    PUBLISH,
    REPLICAS,
    ROLLOUT,
    SECRETS,
    SHARES,
    START_DELAY,
    STOP_SIGNAL,
    STOP_TIMEOUT,
    USER,
)
from ._values import append_all, merge_by_first_item, merge_dependencies, merge_links

__all__ = ['ContainerConfiguration']

_OF_INSTANCES = ('instances', 'instance_settings')
_BY_INSTANCE = InstanceSettings(lambda: ContainerConfiguration)


def _parted(name: Any, value: Any) -> list[tuple[Any, Any]]:
    return _BY_INSTANCE.parted(name, value) if name in _OF_INSTANCES else [(name, value)]


class ContainerConfiguration(ConfigurationObject):
    """What a container is created from; other containers of the map are named by their configuration names."""

    abstract: Any = CP(default=False, input_func=bool_if_set, merge_func=False)
    extends: Any = CP(list, input_func=PARENTS.convert, merge_func=False)
    image: Any = CP(input_func=IMAGE.convert)
    instances: Any = CP(list, input_func=INSTANCES.convert)
    clients: Any = CP(list, input_func=CLIENTS.convert)
    shares: Any = CP(list, input_func=SHARES.convert)
    binds: Any = CP(SharedHostVolumesList, merge_func=merge_by_first_item)
    attaches: Any = CP(AttachedVolumeList, merge_func=merge_by_first_item)
    uses: Any = CP(UsedVolumeList, merge_func=merge_by_first_item)
    links: Any = CP(ContainerLinkList, merge_func=merge_links)
    exposes: Any = CP(PortBindingList, merge_func=merge_by_first_item)
    user: Any = CP(input_func=USER.convert)
    permissions: Any = CP(input_func=PERMISSIONS.convert)
    stop_timeout: Any = CP(input_func=STOP_TIMEOUT.convert)
    stop_signal: Any = CP(input_func=STOP_SIGNAL.convert)
    start_delay: Any = CP(input_func=START_DELAY.convert)
    network_mode: Any = CP(input_func=get_network_mode)
    networks: Any = CP(NetworkEndpointList, merge_func=merge_by_first_item)
    exec_commands: Any = CP(ExecCommandList)
    healthcheck: Any = CP(input_func=get_healthcheck)
    persistent: Any = CP(input_func=bool_if_set)
    create_options: Any = CP(dict, input_func=CREATE_OPTIONS.convert)
    host_config: Any = CP(dict, input_func=HOST_CONFIG.convert)
    env_file: Any = CP(list, input_func=ENV_FILES.convert, merge_func=append_all)
    depends_on: Any = CP(DependencyList, merge_func=merge_dependencies)
    job: Any = CP(input_func=bool_if_set)
    instance_settings: Any = CP(dict, input_func=_BY_INSTANCE.convert, merge_func=_BY_INSTANCE.merge)
    rollout: Any = CP(input_func=ROLLOUT.convert)
    name: Any = CP(input_func=ENGINE_NAME.convert)
    build: Any = CP(dict, input_func=BUILD.convert)
    replicas: Any = CP(input_func=REPLICAS.convert)
    nodes: Any = CP(list, input_func=NODES.convert)
    publish: Any = CP(input_func=PUBLISH.convert)
    endpoint_mode: Any = CP(input_func=ENDPOINT_MODE.convert)
    secrets: Any = CP(dict, input_func=SECRETS.convert)
    configs: Any = CP(dict, input_func=CONFIGS.convert)

    DOCSTRINGS = {
        'abstract': 'Whether this is only a template for ``extends``.',
        'extends': 'Names of configurations whose settings are inherited, in order.',
        'image': 'Image to create the container from; by default, its name is that of the configuration.',
        'instances': 'Names of instances; without any there is one unnamed instance.',
        'clients': 'Names of the clients that this configuration is limited to, instead of those of the map.',
        'shares': 'Container paths of plain volumes.',
        'binds': 'Host directories, by alias or by container path and host path.',
        'attaches': 'Volumes that belong to this container, which others can use one by one.',
        'uses': 'Attached volumes of other containers, or containers whose volumes are all used.',
        'links': 'Linked containers.',
        'exposes': 'Ports that linked containers can reach, or that are published on the host.',
        'user': 'User of the container and owner of its attached volumes: a name, an id, or user and group.',
        'permissions': 'Expression for ``chmod`` on attached volumes.',
        'stop_timeout': 'Seconds between stop signal and kill; ``None`` ignores the value of the client.',
        'stop_signal': 'Signal that stops the container, by name or number.',
        'start_delay': 'Seconds to wait after starting the container.',
        'network_mode': 'Network mode: ``bridge``, ``host``, ``disabled``, or a container whose network is shared.',
        'networks': 'Networks to join; with any given, the default bridge is joined only if it is among them.',
        'exec_commands': 'Commands that are run in the container after it has been started.',
        'healthcheck': 'How the engine checks the health of the container.',
        'persistent': 'Whether the container is kept during cleanup.',
        'create_options': 'Further arguments for creating the container, or a function that returns them.',
        'host_config': 'Further arguments of the host configuration, or a function that returns them.',
        'instance_settings': 'Settings of single instances, by name, which are merged over those of the configuration.',
        'env_file': 'Files with environment variables; later ones win, and ``environment`` wins over all.',
        'depends_on': 'Containers that have to be started, healthy or completed before this one is started.',
        'job': 'Whether the container runs to its end, and has done its work when it has ended with exit code 0.',
        'rollout': 'Whether instances and clients come ``one-by-one`` or in ``parallel``, and how many clients first.',
        'name': 'Name of the container on the engine, in place of ``map.configuration``.',
        'build': 'What the image is built from: a path, or context, dockerfile, args, target, labels and ignore.',
        'replicas': 'How many containers a swarm runs for each instance; on an engine there is one.',
        'nodes': 'Which nodes of a swarm the container may run on; an engine is the only one.',
        'publish': 'Whether a swarm publishes ports on the ``host`` of the container, or by ``ingress`` on all.',
        'endpoint_mode': 'Whether a name on a swarm has one address, ``vip``, or leads to containers, ``dnsrr``.',
        'secrets': 'Files with secret content, by name; a swarm keeps them, on an engine its host has them in memory.',
        'configs': 'Files with other content, by name, which the container has like secrets.',
    }
    _kind = 'container configuration'
    _former_names = {'start_options': 'host_config'}

    def _assign(self, name: str, value: Any) -> None:
        if name not in _OF_INSTANCES:
            super()._assign(name, value)
            return
        for part, parted in _BY_INSTANCE.parted(name, value):
            super()._assign(part, parted)

    def _items_of(self, dct: Any) -> list[tuple[Any, Any]]:
        items = super()._items_of(dct)
        names = {name for name, _ in items}
        if names.isdisjoint(_OF_INSTANCES):
            return items
        if names.issuperset(_OF_INSTANCES) and isinstance(dct['instances'], dict):
            raise InputError("Give the settings of instances either in 'instances' or in 'instance_settings'.")
        return [part for name, value in items for part in _parted(name, value)]

    def as_dict(self, *, unset: bool = True) -> dict[str, Any]:
        """All settings as plain dicts and lists in declared order, see :meth:`ConfigurationObject.as_dict`."""
        settings = super().as_dict(unset=unset)
        if 'instance_settings' in settings:
            settings['instance_settings'] = _BY_INSTANCE.as_plain(self.instance_settings)
        return settings

    def of_instance(self, instance: str | None) -> ContainerConfiguration:
        """The configuration with the settings of an instance; the same object if it has none of its own."""
        settings = self.instance_settings.get(instance) if instance else None
        if not settings:
            return self
        result = self.copy()
        result.merge(settings)
        result.instance_settings = NotSet
        return result

    @property
    def start_options(self) -> Any:
        """Former name of ``host_config``."""
        return self.host_config

    @start_options.setter
    def start_options(self, value: Any) -> None:
        self.update_from_dict({'start_options': NotSet if value is None else value})

"""The state of an engine as plain data, to compare the ends of two runs."""

from __future__ import annotations

from collections.abc import Iterable

from .containers import Container
from .documents import fresh, text, texts
from .images import Image
from .inspection import Document, network_details
from .networks import Network
from .volumes import Volume

__all__ = ['snapshot']

_TEMPORARY = ('org.docker-map.carried-volumes', 'org.docker-map.replaces', 'org.docker-map.run')
"""Labels that tell how a container came to be there, and when."""


def snapshot(
    containers: Iterable[Container], networks: Iterable[Network], volumes: Iterable[Volume], images: Iterable[Image]
) -> Document:
    """Containers, networks, volumes and images by name, without ids, times, and what the engine chooses."""
    members = list(containers)
    names = {container.id: container.name for container in members}
    return {
        'containers': {container.name: _container(container, names) for container in _sorted(members)},
        'networks': _networks(networks, names),
        'volumes': {
            volume.name: _volume(volume)
            for volume in sorted(volumes, key=lambda volume: volume.name)
            if not volume.is_anonymous
        },
        'images': {
            tag: _image(image)
            for tag, image in sorted(((tag, image) for image in images for tag in image.tags), key=lambda pair: pair[0])
        },
    }


def _sorted(containers: Iterable[Container]) -> list[Container]:
    return sorted(containers, key=lambda container: container.name)


def _container(container: Container, names: dict[str, str]) -> Document:
    config = fresh(container.config)
    if config.get('Hostname') == container.id[:12]:
        config['Hostname'] = ''
    config['Labels'] = {name: value for name, value in container.labels.items() if name not in _TEMPORARY}
    host_config = fresh(container.host_config)
    host_config.pop('Runtime', None)
    mode, _, other = container.network_mode.partition(':')
    if other:
        host_config['NetworkMode'] = f'{mode}:{names.get(other, other)}'
    host_config['VolumesFrom'] = [_named(str(source), names) for source in texts(container.host_config['VolumesFrom'])]
    # In other networks than the default one, endpoints keep the links.
    links = container.links if not container.endpoints or 'bridge' in container.endpoints else {}
    host_config['Links'] = sorted(f'{target.name}:{alias}' for alias, target in links.items())
    return {
        'status': container.status,
        'exit_code': container.exit_code,
        'health': container.health.status if container.health else None,
        'was_started': bool(container.started_at),
        'image': sorted(container.image.tags),
        'config': config,
        'host_config': host_config,
        'networks': {
            name: {
                'ipam': endpoint.ipam,
                'links': endpoint.links,
                'aliases': [alias for alias in endpoint.aliases or () if alias != container.id[:12]],
                'driver_options': endpoint.driver_options,
            }
            for name, endpoint in sorted(container.endpoints.items())
        },
        'ports': {port: list(published) for port, published in sorted(container.ports.items())},
        'mounts': sorted(
            (mount.destination, _source(container, mount.name), mount.source, mount.writable)
            for mount in container.mounts
        ),
        'execs': sorted(' '.join(command.command) for command in container.open_execs if command.running),
    }


def _named(source: str, names: dict[str, str]) -> str:
    found, separator, mode = source.partition(':')
    return f'{names.get(found, found)}{separator}{mode}'


def _source(container: Container, name: str) -> str:
    anonymous = any(mount.volume and mount.volume.is_anonymous for mount in container.mounts if mount.name == name)
    return '(anonymous)' if name and anonymous else name


def _networks(networks: Iterable[Network], names: dict[str, str]) -> Document:
    found: dict[str, list[Document]] = {}
    for network in networks:
        described = network_details(network)
        for key in ('Id', 'Created', 'Containers', 'Name'):
            del described[key]
        if not network.has_own_subnet:
            del described['IPAM']
        described['containers'] = sorted(names[container_id] for container_id in network.attached)
        found.setdefault(network.name, []).append(described)
    return {name: sorted(same, key=repr) for name, same in sorted(found.items())}


def _volume(volume: Volume) -> Document:
    return {
        'driver': volume.driver,
        'options': volume.options,
        'labels': volume.labels,
        'files': volume.files.as_data(),
    }


def _image(image: Image) -> Document:
    return {
        'env': image.env,
        'cmd': image.cmd,
        'entrypoint': image.entrypoint,
        'labels': image.labels,
        'digests': sorted(text(digest) for digest in image.digests),
    }

"""The bookstore of the examples: its images, built from Debian's own packages, and a client for its map.

``python scripts/bookstore_stack.py`` gets the packages, which are kept beside the other roots of ``system_roots``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import system_roots

from dockermap.api import ContainerMap, DockerClientWrapper, DockerFile, MappingDockerClient
from dockermap.build.context import DockerContext
from dockermap.map.yaml import load_clients_file, load_map_file

BOOKSTORE = Path(__file__).resolve().parent.parent / 'examples' / 'bookstore'
REPOSITORY = 'dockermap-bookstore'
DEBIAN = f'{REPOSITORY}/debian:latest'
PACKAGES = {
    'database': ('postgresql-15',),
    'app': ('python3', 'python3-psycopg2'),
    'web': ('nginx',),
}


def package_directory(service: str) -> Path:
    """Debian packages of a service, with all that they need.

    :raises RootUnavailable: They are not in the cache, and cannot be fetched here.
    """
    return system_roots.package_directory(f'bookstore-{service}', *PACKAGES[service])


def debian() -> DockerFile:
    """A small Debian system, where packages do not start services."""
    files = BOOKSTORE / 'debian'
    root = system_roots.debian_root()
    dockerfile = DockerFile('scratch')
    dockerfile.add_file(root, '/', ctx_path='debian.tar')
    dockerfile.add_file(files / 'small.cfg', '/etc/dpkg/dpkg.cfg.d/small')
    dockerfile.add_file(files / 'policy-rc.d', '/usr/sbin/policy-rc.d')
    target = '/etc/postgresql-common/createcluster.conf'
    dockerfile.add_file(files / 'createcluster.conf', target)
    return dockerfile


def installed(service: str) -> DockerFile:
    """A Debian system with the packages of a service."""
    dockerfile = DockerFile(DEBIAN)
    dockerfile.add_file(package_directory(service), '/packages')
    install = 'apt-get install -q -y /packages/*.deb'
    dockerfile.run(f'DEBIAN_FRONTEND=noninteractive {install}')
    return dockerfile


def database() -> DockerFile:
    dockerfile = installed('database')
    start = BOOKSTORE / 'database' / 'start-database'
    dockerfile.add_file(start, '/usr/local/bin/start-database')
    dockerfile.command_workdir = '/srv/database'
    dockerfile.command = ['start-database']
    return dockerfile


def app() -> DockerFile:
    dockerfile = installed('app')
    program = BOOKSTORE / 'app' / 'bookstore.py'
    dockerfile.add_file(program, '/usr/local/bin/bookstore')
    dockerfile.command = ['bookstore', 'serve']
    return dockerfile


def web() -> DockerFile:
    dockerfile = installed('web')
    settings = BOOKSTORE / 'web' / 'nginx.conf'
    dockerfile.add_file(settings, '/etc/nginx/nginx.conf')
    dockerfile.command = ['nginx', '-g', 'daemon off;']
    return dockerfile


IMAGES: dict[str, Callable[[], DockerFile]] = {'database': database, 'app': app, 'web': web}


def build_images(url: str) -> None:
    """Build all images on an engine; those of the services at the same time."""
    build(url, 'debian', debian)
    pool = ThreadPoolExecutor()
    try:
        for _ in pool.map(lambda service: build(url, service, IMAGES[service]), IMAGES):
            pass
    finally:
        # Whoever interrupts this need not wait: builds end with their engine.
        pool.shutdown(wait=False)


def build(url: str, name: str, make: Callable[[], DockerFile]) -> None:
    """Build an image as ``dockermap-bookstore/NAME:latest``; compressing would only take time on the same machine."""
    with make() as dockerfile, DockerContext(dockerfile, compression='', finalize=True) as context:
        client = DockerClientWrapper(url, timeout=300)
        client.build_from_context(context, f'{REPOSITORY}/{name}:latest', rm=True, raise_on_error=True)
        client.close()


def load_bookstore() -> ContainerMap:
    return load_map_file(str(BOOKSTORE / 'bookstore.yaml'), strict=True)


def bookstore_client(bookstore: ContainerMap, url: str) -> MappingDockerClient:
    """A client for the map; the database's image, which knows its user, sets the owner of the volume."""
    clients = load_clients_file(str(BOOKSTORE / 'clients.yaml'))
    clients['__default__'].base_url = url
    return MappingDockerClient(bookstore, clients=clients, option_defaults={'core_image': f'{REPOSITORY}/database'})


def main() -> int:
    try:
        for service in PACKAGES:
            print(package_directory(service))
    except system_roots.RootUnavailable as reason:
        print(f'The bookstore cannot be built: {reason}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())

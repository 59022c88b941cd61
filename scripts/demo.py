"""The demo: the example shop on a real engine, from building its images to taking it down."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

import private_engine as engines

from dockermap.api import ActionRunnerException, ContainerMap, DockerClientWrapper, DockerFile, MappingDockerClient
from dockermap.client.docker_util import primary_container_name
from dockermap.map.yaml import load_clients_file, load_map_file

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / 'examples' / 'shop'
BASE = 'dockermap-demo/base:latest'
SERVICES = {'ledger': ('serve.sh',), 'app': ('serve.sh',), 'web': ('serve.sh', 'page.sh')}
PAGE = 'http://127.0.0.1:18080/cgi-bin/page'
PAGE_SECONDS = 20


def say(text: str) -> None:
    print(f'\n== {text}', flush=True)


@contextlib.contextmanager
def engine(keep: bool) -> Iterator[str]:
    """The reachable engine, or one that is started for the demo and ended with it unless it is to be kept."""
    url = engines.reachable_engine()
    if url is not None:
        say(f'Using the Docker Engine at {url}')
        yield url
        return
    if not engines.can_start_engine():
        sys.exit('No Docker Engine answers at DOCKER_HOST or the default socket, and this user cannot start one.')
    with contextlib.ExitStack() as stack:
        home = Path(tempfile.mkdtemp(prefix='dockermap-demo-'))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        say(f'Starting a Docker Engine of its own below {home}')
        url = stack.enter_context(engines.private_engine(home))
        yield url
        if keep:
            stack.pop_all()
            print(f'The engine goes on at {url}; end it with: kill $(cat {home}/dockerd.pid)')


def build_images(client: DockerClientWrapper, url: str) -> None:
    say('Building the images of the shop from local files')
    engines.build_base_image(url, BASE)
    for service, scripts in SERVICES.items():
        with DockerFile(BASE, command=[f'/usr/local/bin/{scripts[0].removesuffix(".sh")}']) as dockerfile:
            for script in scripts:
                dockerfile.add_file(str(SHOP / service / script), f'/usr/local/bin/{script.removesuffix(".sh")}')
            image_id = client.build_from_file(dockerfile, f'dockermap-demo/{service}:latest', rm=True)
        print(f'dockermap-demo/{service}:latest is {image_id}')


def load_shop() -> ContainerMap:
    os.environ.setdefault('SHOP_FILES', str(SHOP))
    return load_map_file(str(ROOT / 'examples' / 'shop.yaml'))


def show_containers(client: DockerClientWrapper) -> None:
    rows = [('CONTAINER', 'STATE', 'IMAGE', 'PORTS')]
    for container in client.containers(all=True):
        name = primary_container_name(container['Names'], default='')
        if name and name.startswith('shop.'):
            rows.append((name, container['State'], container['Image'], ', '.join(map(port_text, container['Ports']))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in [rows[0], *sorted(rows[1:])]:
        print('  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def port_text(port: dict[str, object]) -> str:
    published = f'{port["IP"]}:{port["PublicPort"]}->' if 'PublicPort' in port else ''
    return f'{published}{port["PrivatePort"]}/{port["Type"]}'


def fetch_page() -> str:
    """The page, as soon as it holds the answers of both application instances."""
    deadline = time.monotonic() + PAGE_SECONDS
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(PAGE, timeout=15) as answer:
            text: str = answer.read().decode('utf-8')
            if text.count('balance 42') == 2:
                return text
        if time.monotonic() > deadline:
            sys.exit(f'{PAGE} did not show what both application instances say within {PAGE_SECONDS} seconds.')
        time.sleep(0.2)


def describe(outputs: Iterable[object]) -> None:
    for output in outputs:
        _, config_id, action_type = output[:3]  # type: ignore[index]
        item = '.'.join(filter(None, config_id[1:]))
        print(f'{action_type.value:22} {config_id.config_type.value:9} {item}')


def show_change(client: MappingDockerClient, shop: ContainerMap) -> None:
    """Change a setting in memory, and show what an update would have to do about it."""
    shop.containers.web.update({'create_options': {'environment': {'SHOP_NAME': 'Corner Shop and Sons'}}})
    client.refresh_names()
    for state in client.get_states('update', 'shop.__all__'):
        if state.differences:
            print(f'{".".join(filter(None, state.config_id[1:]))} would be updated:')
            for difference in state.differences:
                print(f'  {difference.describe()}')


def show(keep: bool) -> None:
    with engine(keep) as url:
        clients = load_clients_file(str(ROOT / 'examples' / 'shop-clients.yaml'))
        clients['__default__'].base_url = url
        shop = load_shop()
        client = MappingDockerClient(shop, clients=clients, option_defaults={'core_image': BASE, 'base_image': BASE})
        wrapper = clients['__default__'].get_client()
        build_images(wrapper, url)
        say('Starting the shop')
        try:
            describe(client.startup('__all__'))
            show_containers(wrapper)
            say(f'What {PAGE} says')
            print(fetch_page(), end='')
            say('Starting it a second time')
            again = client.startup('__all__')
            describe(again)
            print(f'{len(again)} results: nothing was changed.' if not again else f'{len(again)} results.')
            say('Changing one setting of the front end in memory: which containers are affected?')
            show_change(client, shop)
        finally:
            if keep:
                print(f'\nThe shop is left running: {PAGE}')
            else:
                take_down(client, wrapper)


def take_down(client: MappingDockerClient, wrapper: DockerClientWrapper) -> None:
    say('Taking the shop down')
    client.shutdown('__all__', remove_attached=True)
    show_containers(wrapper)
    for name in (*(f'dockermap-demo/{service}:latest' for service in SERVICES), BASE):
        wrapper.remove_image(name, raise_on_error=False)


def main(arguments: list[str]) -> int:
    if arguments == ['--reachable']:
        return 0 if engines.reachable_engine() else 1
    started = time.monotonic()
    try:
        show(keep=arguments == ['--keep'])
    except ActionRunnerException as error:
        print(error, file=sys.stderr)
        return 1
    say(f'Done in {time.monotonic() - started:.0f} seconds')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""The demo: the program brings the example shop up on a real engine, changes it, and takes it down."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import private_engine as engines

from dockermap.api import DockerClientWrapper, DockerFile

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / 'examples' / 'shop'
BASE = 'dockermap-demo/base:latest'
SERVICES = {'ledger': ('serve.sh',), 'app': ('serve.sh',), 'web': ('serve.sh', 'page.sh')}
PAGE = 'http://127.0.0.1:18080/cgi-bin/page'
PAGE_SECONDS = 20
NEW_NAME = 'Corner Shop and Sons'
CHANGES = 2
SETTINGS = {'SHOP_FILES': str(SHOP), 'DOCKERMAP_FILE': str(ROOT / 'examples' / 'shop.yaml')}


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


def dockermap(url: str, *arguments: str) -> int:
    """Show a command of the program, and carry it out; its exit code."""
    print(f'$ dockermap {shlex.join(arguments)}', flush=True)
    # Where no volume has to be prepared with an image from elsewhere.
    given = [
        '--clients',
        str(ROOT / 'examples' / 'shop-clients.yaml'),
        '--option',
        f'core_image={BASE}',
        '--option',
        f'base_image={BASE}',
        *arguments,
    ]
    environment = {**os.environ, **SETTINGS, 'DOCKER_HOST': url}
    return subprocess.run([sys.executable, '-m', 'dockermap', *given], check=False, env=environment).returncode


def need(code: int, *expected: int) -> None:
    """End with the exit code of a command, unless it is one of those that were expected."""
    if code not in (0, *expected):
        sys.exit(code)


def fetch_page(wanted: str = '') -> str:
    """The page, as soon as it holds the answers of both application instances, and a text."""
    deadline = time.monotonic() + PAGE_SECONDS
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(PAGE, timeout=15) as answer:
            text: str = answer.read().decode('utf-8')
            if text.count('balance 42') == 2 and wanted in text:
                return text
        if time.monotonic() > deadline:
            sys.exit(f'{PAGE} did not show what both application instances say within {PAGE_SECONDS} seconds.')
        time.sleep(0.2)


def show(keep: bool) -> None:
    with engine(keep) as url, contextlib.closing(DockerClientWrapper(url, version='auto')) as wrapper:
        build_images(wrapper, url)
        try:
            show_shop(url)
        finally:
            if keep:
                print(f'\nThe shop is left running: {PAGE}')
            else:
                take_down(url, wrapper)


def show_shop(url: str) -> None:
    say('What would be done?')
    need(dockermap(url, 'plan'), CHANGES)
    say('Starting the shop')
    need(dockermap(url, 'up', '--yes'))
    say('How is it?')
    need(dockermap(url, 'ps'))
    say(f'What {PAGE} says')
    print(fetch_page(), end='')
    say('A second time, there is nothing to do')
    need(dockermap(url, 'up'))
    change = ('--set', f'service.create_options.environment.SHOP_NAME={NEW_NAME}')
    say('Changing one setting: what would that do?')
    need(dockermap(url, *change, 'plan'), CHANGES)
    say('Doing it')
    need(dockermap(url, *change, 'up', '--yes'))
    print(fetch_page(NEW_NAME), end='')


def take_down(url: str, client: DockerClientWrapper) -> None:
    say('Taking the shop down')
    dockermap(url, 'down', '--volumes', '--yes')
    for name in (*(f'dockermap-demo/{service}:latest' for service in SERVICES), BASE):
        client.remove_image(name, raise_on_error=False)


def main(arguments: list[str]) -> int:
    if arguments == ['--reachable']:
        return 0 if engines.reachable_engine() else 1
    started = time.monotonic()
    show(keep=arguments == ['--keep'])
    say(f'Done in {time.monotonic() - started:.0f} seconds')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

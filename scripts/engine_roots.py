"""Other engines than the installed one: Debian systems with a newer Docker Engine, or with Podman.

``python scripts/engine_roots.py NAME`` gets the system from Debian's mirror unless it is there already, and prints a
directory with the programs ``dockerd`` and ``docker`` that run in it; ``scripts/in-private-network --engine NAME`` puts
it first in ``PATH``. With ``--root``, it prints the directory of the system itself. The systems are kept beside those
of ``system_roots``. ``sid`` moves on: remove its directory, and the next run gets what Debian has by then.
"""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from system_roots import RootUnavailable, cached, mirror, named, run

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
#: What is on the machine; the others are in roots of their own.
INSTALLED = 'installed'
DOCKER_PACKAGES = ('docker.io', 'docker-cli', 'iptables', 'procps', 'xz-utils', 'ca-certificates')
PODMAN_PACKAGES = ('podman', 'crun', 'netavark', 'aardvark-dns', 'nftables', 'catatonit')
LEFT_OUT = ('var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale', 'usr/share/man')
ENTER = '#!/bin/sh\nexec unshare --mount -- {enter} {root} {shared} {program} "$@"\n'


@dataclass(frozen=True)
class EngineRoot:
    """A suite of Debian, its packages, and the program there that takes the place of ``dockerd``."""

    suite: str
    packages: tuple[str, ...]
    service: str = 'dockerd'


PYTHON_PACKAGES = ('python3.14-venv',)
# Podman, the newest Docker Engine and the newest Python do not disturb each other in one root.
SID_PACKAGES = (*DOCKER_PACKAGES, *PODMAN_PACKAGES, *PYTHON_PACKAGES)
ENGINES = {
    'trixie': EngineRoot('trixie', DOCKER_PACKAGES),
    'sid': EngineRoot('sid', SID_PACKAGES),
    'podman': EngineRoot('sid', SID_PACKAGES, str(HERE / 'podman-as-dockerd')),
}
NAMES = (INSTALLED, *ENGINES)


def engine_root(name: str) -> Path:
    """The directory of the system that has this engine.

    :raises RootUnavailable: when it is not there, and cannot be had.
    """
    engine = ENGINES[name]
    result = named('engine', *engine.packages, *LEFT_OUT, suite=engine.suite)
    return cached(result, functools.partial(make_engine_root, engine), 'debootstrap', 'unshare')


def make_engine_root(engine: EngineRoot, work: Path, result: Path) -> None:
    # In a mount namespace of its own, so that nothing stays mounted below the root if this is interrupted.
    command = ('unshare', '--mount', '--', 'debootstrap', '--variant=minbase')
    run(*command, f'--include={",".join(engine.packages)}', engine.suite, str(result), mirror())
    for name in LEFT_OUT:
        shutil.rmtree(result / name, ignore_errors=True)


def programs(name: str) -> Path:
    """A directory with ``dockerd``, ``docker`` and, where it is there, ``podman``, which run in the engine's root.

    :raises RootUnavailable: when the root cannot be had.
    """
    root = engine_root(name)
    commands = {'dockerd': ENGINES[name].service, 'docker': 'docker', 'podman': 'podman'}
    shared = ':'.join(dict.fromkeys((tempfile.gettempdir(), str(CHECKOUT))))
    texts = {
        program: ENTER.format(enter=HERE / 'in-engine-root', root=root, shared=shared, program=command)
        for program, command in commands.items()
        if command != 'podman' or 'podman' in ENGINES[name].packages
    }
    return cached(named('programs', repr(texts), suite=name), functools.partial(write_programs, texts))


def write_programs(texts: dict[str, str], work: Path, result: Path) -> None:
    result.mkdir()
    for name, text in texts.items():
        (result / name).write_text(text, encoding='utf-8')
        (result / name).chmod(0o755)


def main(arguments: list[str]) -> int:
    """``engine_roots.py [--root] NAME``: print the directory to put first in PATH; nothing for the installed engine."""
    *options, name = arguments or ('',)
    if options not in ([], ['--root']) or name not in NAMES:
        print(f'usage: engine_roots.py [--root] {"|".join(NAMES)}', file=sys.stderr)
        return 2
    if name == INSTALLED:
        return 0
    try:
        print(engine_root(name) if options else programs(name))
    except RootUnavailable as reason:
        print(f'No engine {name} here: {reason}', file=sys.stderr)
        return 3
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

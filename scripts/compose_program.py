"""Docker Compose, for tests that hold a map from a Compose file against what Compose makes of the same file.

``python scripts/compose_program.py`` gets the program from Debian's mirror unless it is there already, and prints its
path. It is kept beside the systems of ``system_roots``, and runs on this machine as it is.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from system_roots import RootUnavailable, cached, named, own_apt, run

SUITE = 'trixie'
PACKAGE = 'docker-compose'
PROGRAM = 'usr/libexec/docker/cli-plugins/docker-compose'


def compose_program() -> Path:
    """The program.

    :raises RootUnavailable: when it is not there, and cannot be had; or when it does not run here.
    """
    path = cached(named('compose', PACKAGE, suite=SUITE), make_directory, 'apt-get', 'dpkg-deb') / PROGRAM
    try:
        subprocess.run([path, 'version'], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise RootUnavailable(f'{path} does not run on this machine: {error}') from error
    return path


def make_directory(work: Path, result: Path) -> None:
    run(*own_apt(work, 'deb', SUITE), 'download', PACKAGE, cwd=work)
    (package,) = work.glob(f'{PACKAGE}_*.deb')
    run('dpkg-deb', '-x', str(package), str(result))


if __name__ == '__main__':
    try:
        print(compose_program())
    except RootUnavailable as reason:
        print(f'No Compose here: {reason}', file=sys.stderr)
        sys.exit(3)

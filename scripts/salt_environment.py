"""Salt in an environment of its own, for tests that call the extension as a minion does.

``python scripts/salt_environment.py`` installs what the extra ``salt`` needs, unless that is there, and prints how
``salt-call`` is called. It takes minutes, 240 MB, a package index and a C compiler, and is kept beside the systems of
``system_roots``. This checkout itself is not installed there: what is tested is put in front with ``environment``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from system_roots import RootUnavailable, cached, named, run

ROOT = Path(__file__).resolve().parent.parent
EXTRA = 'extra == "salt"'


def salt_call() -> list[str]:
    """The command; it takes arguments.

    :raises RootUnavailable: Salt is not there, and cannot be installed here.
    """
    needed = requirements()
    path = cached(named('salt', sys.version, *needed), lambda work, result: make_environment(result, needed))
    # Scripts contain the path at which an environment was made.
    return [str(path / 'bin' / 'python'), str(path / 'bin' / 'salt-call')]


def requirements() -> list[str]:
    """What the package needs, with the extra.

    :raises RootUnavailable: The package that is installed has no such extra.
    """
    pairs = (requirement.partition(';') for requirement in package().requires or ())
    needed = [name.strip() for name, _, marker in pairs if not marker or marker.strip().replace("'", '"') == EXTRA]
    if not any(name.startswith('salt') for name in needed):
        raise RootUnavailable('docker-map is installed from an older checkout, without the extra; install it again')
    return needed


def package() -> Distribution:
    return distribution('docker-map')


def make_environment(result: Path, needed: list[str]) -> None:
    try:
        run(sys.executable, '-m', 'venv', str(result))
        run(str(result / 'bin' / 'python'), '-m', 'pip', 'install', '-q', '--disable-pip-version-check', *needed)
    except subprocess.CalledProcessError as error:
        said = (error.stdout or '').strip().splitlines() or ['no reason was given']
        raise RootUnavailable(f'Salt cannot be installed: {said[-1]}') from error


def environment(directory: Path) -> dict[str, str]:
    """Variables with which Salt finds this checkout.

    :param directory: Where the entry points of the package are written to.
    """
    info = directory / f'docker_map-{package().version}.dist-info'
    info.mkdir(parents=True, exist_ok=True)
    metadata = package().read_text('METADATA') or package().read_text('PKG-INFO') or ''
    (info / 'METADATA').write_text(metadata, encoding='utf-8')
    (info / 'entry_points.txt').write_text(package().read_text('entry_points.txt') or '', encoding='utf-8')
    return {**os.environ, 'PYTHONPATH': os.pathsep.join([str(directory), str(ROOT)]), 'PYTHONWARNINGS': 'ignore'}


if __name__ == '__main__':
    try:
        print(*salt_call())
    except RootUnavailable as reason:
        print(f'No Salt here: {reason}', file=sys.stderr)
        sys.exit(3)

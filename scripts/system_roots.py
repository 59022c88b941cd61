"""What the tests of shell commands run in: a Debian root file system, and BusyBox with its tools for users and groups.

Both come from Debian's mirror and are kept in a cache directory, as the tests themselves run without network:
``python scripts/system_roots.py`` prepares them. ``DOCKERMAP_TEST_CACHE`` is the directory, ``DOCKERMAP_TEST_MIRROR``
the mirror.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

SUITE = 'bookworm'
DEBIAN_PACKAGES = ('adduser', 'wget', 'curl')
LEFT_OUT = (
    './var/cache/apt/*',
    './var/lib/apt/lists/*',
    './usr/share/doc/*',
    './usr/share/locale/*',
    './usr/share/man/*',
)

# Debian's own BusyBox is built without adduser and addgroup.
BUSYBOX_OPTIONS = (
    'STATIC',
    'BUSYBOX',
    'FEATURE_INSTALLER',
    'LONG_OPTS',
    'ASH',
    'ASH_ECHO',
    'ASH_PRINTF',
    'ASH_TEST',
    'SH_IS_ASH',
    'TEST',
    'TEST1',
    'ADDGROUP',
    'ADDUSER',
    'FEATURE_ADDUSER_TO_GROUP',
    'FEATURE_SHADOWPASSWDS',
    'PASSWD',
    'CAT',
    'CHMOD',
    'CHOWN',
    'ID',
    'LN',
    'LS',
    'MKDIR',
    'PRINTF',
    'RM',
    'SLEEP',
    'TOUCH',
    'TRUE',
    'TAR',
    'FEATURE_TAR_CREATE',
    'FEATURE_TAR_FROM',
    'FEATURE_TAR_GNU_EXTENSIONS',
    'FEATURE_TAR_LONG_OPTIONS',
    'FEATURE_SEAMLESS_GZ',
    'GZIP',
    'GUNZIP',
    'WGET',
    'FEATURE_WGET_LONG_OPTIONS',
    'HTTPD',
)

BUSYBOX_NUMBERS = {'FIRST_SYSTEM_ID': 100, 'LAST_SYSTEM_ID': 999, 'LAST_ID': 60000}


class RootUnavailable(Exception):
    """A root cannot be made here; the text is the reason."""


def cache_directory() -> Path:
    default = Path(tempfile.gettempdir()) / f'dockermap-tests-{os.getuid()}'
    path = Path(os.environ.get('DOCKERMAP_TEST_CACHE') or default)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def mirror() -> str:
    """``DOCKERMAP_TEST_MIRROR``, or else where this machine gets its own packages from."""
    given = os.environ.get('DOCKERMAP_TEST_MIRROR')
    if given:
        return given
    command = ['apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']
    sources = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    if not sources:
        raise RootUnavailable('no package source is set up on this machine, and DOCKERMAP_TEST_MIRROR is not set')
    return sources[0].rstrip('/')


def debian_root() -> Path:
    """An archive of a small Debian system with ``adduser``, ``wget`` and ``curl``."""
    return cached(named('debian', *DEBIAN_PACKAGES, *LEFT_OUT), make_debian_root, 'debootstrap', 'tar')


def busybox() -> Path:
    """A static BusyBox, built from Debian's source package."""
    name = named('busybox', *BUSYBOX_OPTIONS, repr(BUSYBOX_NUMBERS))
    return cached(name, make_busybox, 'apt-get', 'gcc', 'make', 'tar', 'bzip2')


def package_directory(name: str, *packages: str) -> Path:
    """A directory with Debian packages, and all that they need on the system of ``debian_root``."""
    make = functools.partial(make_package_directory, packages)
    return cached(named(name, *packages, *DEBIAN_PACKAGES), make, 'apt-get')


def named(name: str, *ingredients: str, suite: str = SUITE) -> str:
    """A file name that changes with what goes into the file."""
    return f'{name}-{suite}-{hashlib.sha256(repr(ingredients).encode()).hexdigest()[:8]}'


def cached(name: str, make: Callable[[Path, Path], None], *programs: str) -> Path:
    result = cache_directory() / name
    with (cache_directory() / f'{name}.lock').open('w') as lock:
        # What two processes want at once is made by one of them.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            make_cached(result, make, *programs)
    return result


def make_cached(result: Path, make: Callable[[Path, Path], None], *programs: str) -> None:
    missing = [program for program in programs if not shutil.which(program)]
    if missing or (programs and os.geteuid() != 0):
        raise RootUnavailable(f'{result} can only be made by root, with {", ".join(missing or programs)}')
    with tempfile.TemporaryDirectory(dir=cache_directory()) as work:
        partial = Path(work) / result.name
        try:
            make(Path(work), partial)
        except subprocess.CalledProcessError as error:
            raise RootUnavailable(f'{result} could not be made: {(error.stdout or "")[-2000:]}') from error
        partial.replace(result)


def make_debian_root(work: Path, result: Path) -> None:
    root = work / 'root'
    run('debootstrap', '--variant=minbase', f'--include={",".join(DEBIAN_PACKAGES)}', SUITE, str(root), mirror())
    run('tar', '-C', str(root), '--numeric-owner', *(f'--exclude={name}' for name in LEFT_OUT), '-cf', str(result), '.')


def make_busybox(work: Path, result: Path) -> None:
    source = work / 'source'
    source.mkdir()
    apt = own_apt(work, 'deb-src')
    run(*apt, 'source', '--download-only', 'busybox', cwd=source)
    (archive,) = source.glob('busybox_*.orig.tar.bz2')
    run('tar', '-C', str(source), '--strip-components=1', '-xf', str(archive))
    run('make', 'allnoconfig', cwd=source)
    config = (source / '.config').read_text(encoding='utf-8')
    for option in BUSYBOX_OPTIONS:
        config = config.replace(f'# CONFIG_{option} is not set\n', f'CONFIG_{option}=y\n')
    for option, number in BUSYBOX_NUMBERS.items():
        config = re.sub(f'CONFIG_{option}=.*\n', '', config) + f'CONFIG_{option}={number}\n'
    (source / '.config').write_text(config, encoding='utf-8')
    run('make', 'oldconfig', cwd=source, answers='\n' * 1000)
    run('make', f'-j{os.cpu_count() or 1}', cwd=source)
    shutil.copy(source / 'busybox', result)


def make_package_directory(names: tuple[str, ...], work: Path, result: Path) -> None:
    status = 'var/lib/dpkg/status'
    run('tar', '-C', str(work), '-xf', str(debian_root()), f'./{status}')
    apt = own_apt(work, 'deb')
    only = ('-y', '--no-install-recommends', '--download-only')
    run(*apt, '-o', f'Dir::State::status={work / status}', 'install', *only, *names)
    result.mkdir()
    for package in (work / 'cache' / 'archives').glob('*.deb'):
        package.rename(result / package.name)


def own_apt(work: Path, kind: str, suite: str = SUITE) -> tuple[str, ...]:
    """A command of apt that knows nothing of this machine's packages, with fresh lists of the mirror's."""
    for directory in (work / 'lists' / 'partial', work / 'cache' / 'archives' / 'partial'):
        directory.mkdir(parents=True)
    (work / 'sources.list').write_text(f'{kind} {mirror()} {suite} main\n', encoding='utf-8')
    options = {
        'Dir::Etc::sourcelist': work / 'sources.list',
        'Dir::Etc::sourceparts': '-',
        'Dir::State::lists': work / 'lists',
        'Dir::Cache': work / 'cache',
        'APT::Sandbox::User': 'root',
    }
    apt = ('apt-get', '-q', *(word for name, value in options.items() for word in ('-o', f'{name}={value}')))
    run(*apt, 'update')
    return apt


def run(*command: str, cwd: Path | None = None, answers: str = '') -> None:
    subprocess.run(
        command,
        check=True,
        cwd=cwd,
        input=answers,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors='replace',
    )


def main() -> int:
    for make in (debian_root, busybox):
        try:
            print(make())
        except RootUnavailable as reason:
            print(f'Tests that need it are skipped: {reason}', file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())

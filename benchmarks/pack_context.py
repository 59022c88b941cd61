"""Time and memory to pack a directory as a build context, against ``tar`` and against docker-py's own packing.

Run ``python benchmarks/pack_context.py [--size MIB]``. The tree is three quarters large files and one quarter small
ones, of data that compresses to about half. Each packer runs in a process of its own, in turns; the best time counts.
Memory is the highest resident size of the process, with the interpreter.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MIB = 1024 * 1024
LARGE_FILES = 4
SMALL_FILE = 16 * 1024
FILES_IN_DIRECTORY = 256
MEMORY_LIMIT = 64


def make_tree(root: Path, size: int) -> None:
    """Files of together ``size`` MiB."""
    generator = random.Random(0)
    block = b''.join(generator.randbytes(32) + b'some text that compresses well. ' for _ in range(MIB // 64))
    for number in range(LARGE_FILES):
        with open(root / f'large{number}', 'wb') as file:
            for _ in range(size * 3 // 4 // LARGE_FILES):
                file.write(block)
    for number in range(size * MIB // 4 // SMALL_FILE):
        path = root / f'd{number // FILES_IN_DIRECTORY}' / f'small{number}'
        path.parent.mkdir(exist_ok=True)
        start = generator.randrange(MIB - SMALL_FILE)
        path.write_bytes(block[start : start + SMALL_FILE])


Packer = Callable[[str, str, bool], None]


def pack_with_tar(root: str, target: str, compressed: bool) -> None:
    subprocess.run(['tar', '-C', root, '-czf' if compressed else '-cf', target, '.'], check=True)


def sdk_packer() -> Packer:
    from docker.utils.build import tar

    def pack(root: str, target: str, compressed: bool) -> None:
        with open(target, 'w+b') as file:
            tar(root, fileobj=file, gzip=compressed)

    return pack


def context_packer() -> Packer:
    from dockermap.build.context import DockerContext

    def pack(root: str, target: str, compressed: bool) -> None:
        # The temporary file is the result, as it is for sending; the other two write one file as well.
        with DockerContext(compression='gz' if compressed else '') as context:
            context.add(root, '.')
            context.finalize()
            Path(target).hardlink_to(context.name)

    return pack


# What a packer imports is neither in its time nor in the memory of the others.
PACKERS: dict[str, Callable[[], Packer]] = {
    'tar': lambda: pack_with_tar,
    'docker-py': sdk_packer,
    'DockerContext': context_packer,
}


def run_packer(name: str, root: str, target: str, compressed: bool) -> None:
    """Pack in this process, and print seconds and MiB."""
    pack = PACKERS[name]()
    start = time.perf_counter()
    pack(root, target, compressed)
    print(time.perf_counter() - start, peak_memory())


def peak_memory() -> float:
    """Highest resident size of this process in MiB, as Linux counts it since the program was started."""
    status = Path('/proc/self/status').read_text(encoding='ascii')
    return int(re.findall(r'VmHWM:\s+(\d+) kB', status)[0]) / 1024


def measure(name: str, root: Path, target: Path, compressed: bool) -> tuple[float, float]:
    """Seconds and MiB of one packer in a process of its own."""
    command = [sys.executable, __file__, '--run', name, str(root), str(target)]
    if compressed:
        command.append('--compressed')
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(target)).stdout
    target.unlink()
    seconds, memory = map(float, output.split())
    return seconds, memory


def environment(target: Path) -> dict[str, str]:
    """Temporary files beside the target; the package from this checkout."""
    return {'PATH': '/usr/bin:/bin', 'TMPDIR': str(target.parent), 'PYTHONPATH': str(Path(__file__).parent.parent)}


def compare(root: Path, target: Path, compressed: bool, repeats: int) -> float:
    """Print the comparison of all packers; highest memory of ``DockerContext``."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in PACKERS}
    for _ in range(repeats):
        for name in PACKERS:
            runs[name].append(measure(name, root, target, compressed))
    seconds = {name: min(run[0] for run in results) for name, results in runs.items()}
    memory = {name: max(run[1] for run in results) for name, results in runs.items()}
    ours = 'DockerContext'
    for name in PACKERS:
        used = '' if name == 'tar' else f'  {memory[name]:6.1f} MiB'
        print(f'  {name:14} {seconds[name]:7.2f} s{used}')
    print(
        f'  time against tar {seconds[ours] / seconds["tar"]:.2f}, against docker-py '
        f'{seconds[ours] / seconds["docker-py"]:.2f}; peak memory {memory[ours]:.1f} MiB (limit {MEMORY_LIMIT})'
    )
    return memory[ours]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--size', type=int, default=256, metavar='MIB', help='size of the tree (default 256)')
    parser.add_argument('--repeats', type=int, default=3, metavar='TIMES', help='runs of each packer (default 3)')
    parser.add_argument('--run', nargs=3, metavar=('NAME', 'ROOT', 'TARGET'), help=argparse.SUPPRESS)
    parser.add_argument('--compressed', action='store_true', help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_packer(*options.run, options.compressed)
        return 0
    directory = Path(tempfile.mkdtemp(prefix='pack-context-'))
    try:
        root = directory / 'tree'
        root.mkdir()
        make_tree(root, options.size)
        memory = []
        for title, compressed in (('plain', False), ('gzip', True)):
            print(f'{options.size} MiB, {title}:')
            memory.append(compare(root, directory / 'archive', compressed, options.repeats))
    finally:
        shutil.rmtree(directory)
    return int(max(memory) > MEMORY_LIMIT)


if __name__ == '__main__':
    sys.exit(main())

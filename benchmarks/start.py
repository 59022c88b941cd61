"""How long the program takes to start, without an engine: python benchmarks/start.py

Times of the processor, as ratios to that of an empty program, so that a busy machine does not matter much. Modules are
compiled before, as they are where a package was installed.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 15
CASES = {
    'python -c pass': ['-c', 'pass'],
    'dockermap --help': ['-m', 'dockermap', '--help'],
    'dockermap check': ['-m', 'dockermap', '-f', str(ROOT / 'docs' / 'examples' / 'front.yaml'), 'check'],
    "import docker (Docker's SDK, which is not imported for these)": ['-c', 'import docker'],
}

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != 'PYTHONDONTWRITEBYTECODE'}


def used(arguments: list[str]) -> float:
    """Milliseconds that the processor works for a program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    """Print a line for each case; the cases take turns."""
    for arguments in CASES.values():
        used(arguments)
    rounds = [[used(arguments) for arguments in CASES.values()] for _ in range(ROUNDS)]
    for number, name in enumerate(CASES):
        ratio = statistics.median(times[number] / times[0] for times in rounds)
        lowest = min(times[number] for times in rounds)
        print(f'{ratio:5.1f} times  {lowest:5.0f} ms at least  {name}')


if __name__ == '__main__':
    main()

"""The most telling engine tests, for engines other than the one that all run on: ``pytest tests/engine/contract``.

They stay where they belong; ``telling.txt`` lists them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
LIST = HERE / 'telling.txt'


def pytest_configure(config: pytest.Config) -> None:
    """In place of this directory, run what the list names; what it names wrongly is an error."""
    given = [config.invocation_params.dir / argument for argument in config.args]
    config.args[:] = [
        argument
        for path, name in zip(given, config.args, strict=True)
        for argument in (telling(config.rootpath) if path == HERE else [name])
    ]


def telling(root: Path) -> list[str]:
    lines = map(str.strip, LIST.read_text(encoding='utf-8').splitlines())
    return [str(root / line) for line in lines if line and not line.startswith('#')]

"""Compose files in the shapes of well-known applications; comments at the top say how each is read, and its notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parent / 'compose'


@dataclass(frozen=True)
class Case:
    """A Compose file with what goes with it."""

    folder: Path
    files: list[Path]
    profiles: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    is_brought_up: bool = False

    @property
    def name(self) -> str:
        return self.folder.name

    def load(self) -> tuple[Any, Any, list[Any]]:
        from dockermap.compose import load

        return load(*self.files, profiles=self.profiles, environ=self.environ)


def case(folder: Path) -> Case:
    lines = (folder / 'compose.yaml').read_text(encoding='utf-8').splitlines()
    head = [line[2:].partition(': ') for line in lines if line.startswith('# ')]
    found = {name: value for name, _, value in head}
    return Case(
        folder,
        [folder / name for name in found.get('files', 'compose.yaml').split()],
        found.get('profiles', '').split(),
        dict(pair.split('=', 1) for pair in found.get('environ', '').split()),
        [value for name, _, value in head if name == 'note'],
        'brought up' in found,
    )


CASES = [case(folder) for folder in sorted(CORPUS.iterdir())]

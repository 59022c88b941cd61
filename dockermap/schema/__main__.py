"""Writes the schema files: ``python -m dockermap.schema``."""

from __future__ import annotations

from pathlib import Path

from . import _generated

for name, text in _generated().items():
    (Path(__file__).parent / name).write_text(text, encoding='utf-8')

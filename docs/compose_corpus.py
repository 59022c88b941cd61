"""Writes the table of Compose files that the tests read, from these files and from what is said of them."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / 'docs' / 'compose_corpus.csv'
HEADINGS = 'In the shape of', 'Services', 'Notes', 'Brought up on', 'Second plan', 'Beside Compose'


def rows() -> list[list[str]]:
    """One row for each file."""
    sys.path.insert(0, str(ROOT))
    from tests.corpus.cases import CASES

    found = []
    for case in CASES:
        shop, _, _ = case.load()
        is_compared = case.is_brought_up
        found.append(
            [
                case.name,
                str(len([name for name, _ in shop])),
                ', '.join(f'``{path}``' for path in sorted(set(case.notes))) or '—',
                'a Docker Engine' if is_compared else 'the engine in memory',
                'empty',
                'the same' if is_compared else '—',
            ]
        )
    return found


def generated() -> str:
    """The whole table with its heading."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(HEADINGS)
    writer.writerows(rows())
    return text.getvalue()


if __name__ == '__main__':
    TABLE.write_text(generated(), encoding='utf-8')

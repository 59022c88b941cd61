"""Writes the table of what is done about interrupted replacements, from the rows that the library goes by."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from dockermap.map.state.recovery import ROWS, Role, Row

TABLE = Path(__file__).parent / 'guide' / 'recovery.csv'
HEADINGS = 'Name of the item', Role.SUCCESSOR.value, Role.FORMER.value, 'What is done'
THERE = 'there', '—'


def done(row: Row) -> str:
    """What is done in a case, in words."""
    removed = ' and '.join(role.value for role in row.removed)
    parts = [f'{removed} {"are" if len(row.removed) > 1 else "is"} removed'] if removed else []
    if row.puts_back:
        parts.append(f'{Role.FORMER.value} comes back')
    return ', '.join(parts) or 'nothing'


def generated() -> str:
    """The whole table with its heading."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(HEADINGS)
    for row in ROWS:
        writer.writerow([row.current.value, THERE[not row.successor], THERE[not row.former], done(row)])
    return text.getvalue()


if __name__ == '__main__':
    TABLE.write_text(generated(), encoding='utf-8')

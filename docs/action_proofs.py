"""Writes the table of every action, item and state, with the test that shows on an engine what is done."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
TABLE = DOCS / 'guide' / 'action_proofs.csv'
TEST = 'tests/engine/actions/test_every_state.py::test_an_action_does_what_the_table_says'
OWN_TESTS = {
    'restarting again and again': 'tests/engine/actions/test_every_state.py::'
    'test_actions_do_what_the_table_says_with_one_that_restarts_again_and_again',
}
NOTHING = 'nothing'
sys.path.insert(0, str(DOCS / 'examples'))

import action_table as decisions  # type: ignore[import-not-found]  # noqa: E402


def title(action_name: str, options: dict[str, Any]) -> str:
    """How an action with options is called in the table."""
    return ', '.join([action_name, *(f'{name}={value}' for name, value in options.items())])


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """One row for each action, item and state that the action can tell from others."""
    for action_name, options in decisions.VARIANTS:
        name = title(action_name, options)
        for item_type, cases in decisions.CASES.items():
            for case in cases:
                if decisions.is_seen(action_name, case):
                    done = decisions.planned(action_name, options, item_type, case) or NOTHING
                    yield name, item_type.value, case.words, done, OWN_TESTS.get(case.words, f'{TEST}[{name}]')


def generated() -> str:
    """The whole table with its heading."""
    logging.disable(logging.WARNING)
    try:
        text: str = decisions.table([('Action', 'Item', 'State', 'Does', 'Shown by'), *rows()])
    finally:
        logging.disable(logging.NOTSET)
    return text


if __name__ == '__main__':
    TABLE.write_text(generated(), encoding='utf-8')

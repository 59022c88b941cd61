"""The table of the guide that says how many requests to the bookstore failed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from bookstore import COLUMNS, TABLE
from bookstore_cases import CASES


@pytest.fixture(scope='module')
def rows() -> list[list[str]]:
    with Path(TABLE).open(encoding='utf-8', newline='') as file:
        return list(csv.reader(file))


def test_the_table_has_the_cases_that_the_command_goes_through(rows: list[list[str]]) -> None:
    assert rows[0] == list(COLUMNS)
    assert [row[:2] for row in rows[1:]] == [[letter, case.title] for letter, case in CASES.items()]


def test_no_request_has_failed_but_where_that_is_said(rows: list[list[str]]) -> None:
    failed = {letter for letter, _, _, _, number in rows[1:] if int(number)}

    assert failed <= {letter for letter, case in CASES.items() if case.may_fail}


def test_the_prober_has_asked_ten_times_a_second(rows: list[list[str]]) -> None:
    paces = [int(requests) / int(seconds) for _, _, requests, seconds, _ in rows[1:]]

    assert all(8 < pace < 12 for pace in paces), paces

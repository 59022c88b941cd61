"""The example bookstore is changed in several ways, while somebody asks for its page ten times a second."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator

import bookstore_stack
import pytest
import system_roots
from bookstore_cases import BEGIN, CASES, END, Outcome
from bookstore_store import Bookstore

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]


@pytest.fixture(scope='module')
def store(own_engines: Callable[[], str]) -> Iterator[Bookstore]:
    """The bookstore on an engine of its own, with images, and not started."""
    try:
        for service in bookstore_stack.PACKAGES:
            bookstore_stack.package_directory(service)
    except system_roots.RootUnavailable as reason:
        pytest.skip(str(reason))
    url = own_engines()
    bookstore_stack.build_images(url)
    with contextlib.closing(Bookstore(url)) as bookstore:
        yield bookstore


def test_no_request_fails_while_the_bookstore_is_changed(store: Bookstore, counts: Counter[str]) -> None:
    outcomes = [case.run(store) for case in (BEGIN, *CASES.values(), END)]

    for outcome in outcomes:
        counts[f'requests to the bookstore, {outcome.title}'] += len(outcome.probe.answers)
        counts[f'requests to the bookstore that failed, {outcome.title}'] += len(outcome.probe.failed)
    assert [report(outcome) for outcome in outcomes if outcome.broken or outcome.failed] == []


def report(outcome: Outcome) -> str:
    return '\n'.join([outcome.title, outcome.probe.summary(), *outcome.broken])

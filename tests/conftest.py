"""What is known to fail on an engine is expected to, with the reason; if it passes, the list is wrong.

``DOCKERMAP_TEST_ENGINE`` is the name of the engine (``scripts/in-private-network --engine NAME``).
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import yaml

EXPECTED_FAILURES = Path(__file__).parent / 'expected_failures.yaml'


def pytest_configure() -> None:
    # A shell that starts this in the background has Ctrl-C ignored, also in all processes that are started from here.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = expected_failures(os.environ.get('DOCKERMAP_TEST_ENGINE', 'installed'))
    for item in items:
        reason = reasons.get(item.nodeid) or reasons.get(item.nodeid.partition('[')[0])
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


def expected_failures(engine: str) -> dict[str, str]:
    """The reason for each test that fails on the engine; a name without brackets stands for all its cases."""
    entries = yaml.safe_load(EXPECTED_FAILURES.read_text(encoding='utf-8')) or []
    return {test: entry['reason'] for entry in entries if engine in entry['engines'] for test in entry['tests']}

"""Pages that package indexes and code hosts show render without complaint."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize('name', ['README.rst', 'CONTRIBUTING.rst'])
def test_a_page_beside_the_documentation_renders_without_warnings(name: str) -> None:
    core = pytest.importorskip('docutils.core')
    html = pytest.importorskip('docutils.writers.html5_polyglot')
    warnings = io.StringIO()

    core.publish_string(
        (ROOT / name).read_text(encoding='utf-8'),
        writer=html.Writer(),
        settings_overrides={'warning_stream': warnings, 'report_level': 1},
    )

    assert warnings.getvalue() == ''


def test_the_readme_shows_a_map_of_ten_lines() -> None:
    lines = (ROOT / 'README.rst').read_text(encoding='utf-8').splitlines()
    start = lines.index('.. code-block:: yaml')

    shown = [
        line
        for line in itertools.takewhile(lambda line: not line or line[0] == ' ', lines[start + 1 :])
        if line.strip()
    ]
    assert len(shown) == 10

"""Pictures of the program on pages show what it shows."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

pytest.importorskip('rich')
ROOT = Path(__file__).parents[3]
DOCS = ROOT / 'docs'
sys.path.insert(0, str(DOCS))
import program_pictures  # type: ignore[import-not-found]  # noqa: E402

sys.path.remove(str(DOCS))


@pytest.mark.parametrize('name', program_pictures.PICTURES)
def test_a_picture_is_what_the_program_shows_now(name: str) -> None:
    make, title = program_pictures.PICTURES[name]
    drawn = program_pictures.svg(make(), title, name)
    committed = (program_pictures.FOLDER / f'{name}.svg').read_text(encoding='utf-8')

    assert program_pictures.lines_of(committed) == program_pictures.lines_of(drawn), 'run: docs/program_pictures.py'


@pytest.mark.parametrize('name', program_pictures.PICTURES)
def test_a_picture_needs_nothing_from_elsewhere(name: str) -> None:
    text = (program_pictures.FOLDER / f'{name}.svg').read_text(encoding='utf-8')

    ElementTree.fromstring(text)
    assert re.findall(r'(?:url\(|href="|src="|@import)(?!#)[^)"]*', text.replace('url(#', '')) == []


def test_each_picture_is_on_a_page_and_each_page_has_its_pictures() -> None:
    text = '\n'.join(page.read_text(encoding='utf-8') for page in DOCS.rglob('*.rst'))
    shown = set(re.findall(r'\.\. image:: pictures/(\S+)\.svg', text))

    assert shown == set(program_pictures.PICTURES)
    assert {path.stem for path in program_pictures.FOLDER.iterdir()} == shown

"""Code on pages is not wider than the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / 'docs'
WIDTH = 78
PAGES = [ROOT / 'README.rst', ROOT / 'CONTRIBUTING.rst', *sorted(DOCS.rglob('*.rst'))]
INCLUDED = re.compile(r'^ *\.\. literalinclude:: (\S+)\n((?: +:[\w-]+:.*\n)*)', re.MULTILINE)
CODE_DIRECTIVE = re.compile(r'\.\. (code-block|leads-to)::')


def indent_of(line: str) -> int:
    """Where the text of a line begins, after the mark of a list."""
    mark = re.match(r' *((\d+\.|[*-]) +)*', line)
    return mark.end() if mark else 0


def code_lines(lines: list[str]) -> Iterator[str]:
    """Lines of examples and literal blocks as a page shows them, without their indentation."""
    opener: int | None = None
    inner: int | None = None
    interactive = False
    for line in lines:
        interactive = bool(line.strip()) and (interactive or line.lstrip().startswith('>>> '))
        if interactive:
            yield line.strip()
        elif opener is not None and line.strip() and len(line) - len(line.lstrip()) <= opener:
            opener = inner = None
        elif opener is not None and line.strip() and not re.match(r' *:[\w-]+:', line):
            inner = len(line) - len(line.lstrip()) if inner is None else inner
            yield line[inner:]
        if opener is None and not interactive and (CODE_DIRECTIVE.search(line) or re.search(r'(?<!^)::$', line)):
            opener = None if re.match(r' *\.\. (?!code-block|leads-to)', line) else indent_of(line)


def included_lines(page: Path, text: str) -> Iterator[str]:
    """Lines of other files that a page shows."""
    for target, options in INCLUDED.findall(text):
        content = (page.parent / target).read_text(encoding='utf-8')
        found = dict(re.findall(r':([\w-]+): *(.*)', options))
        start = content.index(found.get('start-after') or found.get('start-at') or '')
        end = content.index(found['end-before'], start) if 'end-before' in found else len(content)
        yield from content[start:end].splitlines()


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_line_of_code_is_wider_than_a_page(page: Path) -> None:
    text = page.read_text(encoding='utf-8')

    shown = [*code_lines(text.splitlines()), *included_lines(page, text)]
    assert [line for line in shown if len(line) > WIDTH] == []


@pytest.mark.parametrize(
    'text',
    [
        f'>>> {"x" * 80}\n',
        f'    >>> f()\n    {"x" * 80}\n',
        f'.. code-block:: yaml\n   :caption: a\n\n   {"x" * 80}\n',
        f'.. code-block:: yaml\n\n   a:\n\n   {"x" * 80}\n',
        f'As follows::\n\n    {"x" * 80}\n',
        f'*  .. leads-to:: web\n\n      {"x" * 80}\n',
    ],
)
def test_wide_code_is_found_wherever_it_stands(text: str) -> None:
    assert max(map(len, code_lines(text.splitlines()))) >= 80


@pytest.mark.parametrize(
    'text',
    [
        f'{"x" * 120}\n\n.. note::\n\n   {"x" * 120}\n',
        f'.. _label:\n\n{"x" * 120}\n',
        f'1. As follows::\n\n       x\n\n   {"x" * 120}\n',
    ],
)
def test_text_may_be_wider_than_code(text: str) -> None:
    assert max(map(len, code_lines(text.splitlines())), default=0) <= 78

"""The directive ``module-list``: modules of a package with the first sentence of each, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parent.parent


def modules(package: str) -> Iterator[tuple[str, str]]:
    """Name and first sentence of each module in a package, and of those in its packages."""
    folder = ROOT.joinpath(*package.split('.'))
    for path in sorted(folder.rglob('*.py'), key=lambda path: (path.parent, path.name != '__init__.py', path.name)):
        name = '.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')
        text = ast.get_docstring(ast.parse(path.read_text(encoding='utf-8')))
        if text:
            yield name, text.partition('\n')[0]


class ModuleList(SphinxDirective):
    """A table of modules: ``.. module-list:: dockermap.map.config``."""

    required_arguments = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        rows = ['.. list-table::', '   :widths: 35 65', '']
        for name, text in modules(self.arguments[0]):
            rows += [f'   * - ``{name}``', f'     - {text}']
        container = nodes.container()
        self.state.nested_parse(StringList(rows, source=''), self.content_offset, container)
        return container.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive('module-list', ModuleList)
    return {'parallel_read_safe': True}

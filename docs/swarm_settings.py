"""The directive ``swarm-settings``: what becomes of settings on a swarm, from the tables of the library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from dockermap.map.swarm.settings import (
    CALL_OPTIONS,
    NETWORK_OPTIONS,
    NETWORK_PROPERTIES,
    OPTIONS,
    PROPERTIES,
    VOLUME_OPTIONS,
    VOLUME_PROPERTIES,
    Fate,
)

TABLES = {
    'Containers': PROPERTIES,
    '``create_options`` and ``host_config``': OPTIONS,
    'Networks': NETWORK_PROPERTIES,
    '``create_options`` of networks': NETWORK_OPTIONS,
    'Volumes': VOLUME_PROPERTIES,
    '``create_options`` of volumes': VOLUME_OPTIONS,
    'Calls': CALL_OPTIONS,
}


def rows() -> Iterator[tuple[str, str, str]]:
    """Where settings are, their names, and what becomes of them; those of which the same is said in one row."""
    for place, table in TABLES.items():
        said: dict[str, list[str]] = {}
        for name, setting in table.items():
            if setting.fate is Fate.KEPT:
                continue
            text = f'refused: {setting.text}' if setting.fate is Fate.REFUSED else setting.text
            said.setdefault(text, []).append(f'``{name}``')
        for text, names in said.items():
            yield place, ', '.join(names), text


class SwarmSettings(SphinxDirective):
    """A table of all settings that are not as on an engine."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        lines = ['.. list-table::', '   :header-rows: 1', '   :widths: 20 40 40', '']
        lines += ['   * - Of', '     - Setting', '     - On a swarm']
        for place, names, text in rows():
            lines += [f'   * - {place}', f'     - {names}', f'     - {text}']
        container = nodes.container()
        self.state.nested_parse(StringList(lines, source=''), self.content_offset, container)
        return container.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive('swarm-settings', SwarmSettings)
    return {'parallel_read_safe': True}

"""The directive ``leads-to``: a map in YAML, and what an item of it is created with.

::

    .. leads-to:: web
       :client: {interfaces: {public: 192.0.2.1}}

       web:
         exposes: {80: [8080, public]}
       =>
       ports = [80]
       host_config.port_bindings = {80: [('192.0.2.1', 8080)]}

The argument is a container, such as ``web.blue``, or another item with its kind: ``network:back``, ``volume:data``,
``preparation:data``, ``exec:web``, ``stop:web``; or ``error``. Name, image and host name are left out unless ``:all:``
is given. The tests compare the result with that of ``docs/examples/arguments.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent, fill
from typing import Any, ClassVar, NamedTuple

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive, directives

BLOCK = re.compile(r'^( *)\.\. leads-to:: *(\S+)\n((?:\1   :\w+:.*\n)*)\n((?:\1   .*\n|[ ]*\n)+)', re.MULTILINE)
ALWAYS_THERE = ('name = ', 'image = ', 'hostname = ')
HEADINGS = {
    'container': '{} is created with',
    'network': 'network {} is created with',
    'volume': 'volume {} is created with',
    'preparation': 'volume {} is prepared with',
    'exec': 'is run in {}',
    'stop': '{} is stopped with',
    'error': 'is an error',
}


class Example(NamedTuple):
    """A map, and what it leads to."""

    line: int
    item: str
    document: str
    result: str
    client: dict[str, Any]
    everything: bool

    def computed(self) -> str:
        """What the map really leads to."""
        from arguments import lines as argument_lines  # type: ignore[import-not-found]

        from dockermap.exceptions import DockerMapError
        from dockermap.map.yaml import load_map

        if self.item == 'error':
            try:
                load_map(self.document, 'shop', strict=True)
            except (DockerMapError, ValueError) as error:
                lines = f'{type(error).__name__}: {error}'.splitlines()
                return '\n'.join(fill(line, 76, break_long_words=False, break_on_hyphens=False) for line in lines)
            return 'No error.'
        found = argument_lines(load_map(self.document, 'shop', strict=True), self.item, **self.client)
        return '\n'.join(line for line in found if self.everything or not line.startswith(ALWAYS_THERE))


def split(item: str, options: dict[str, str], content: str, line: int = 0) -> Example:
    """An example from the parts of a directive."""
    document, _, result = content.partition('\n=>\n')
    return Example(
        line, item, document, result.strip('\n'), yaml.safe_load(options.get('client', '{}')), 'all' in options
    )


def examples(text: str) -> Iterator[Example]:
    """All examples of a page."""
    for found in BLOCK.finditer(text):
        options = dict(re.findall(r':(\w+): *(.*)', found[3]))
        yield split(found[2], options, dedent(found[4]).strip('\n'), text.count('\n', 0, found.start()) + 1)


def heading(example: Example) -> str:
    """What stands between a map and its result."""
    kind, _, name = example.item.rpartition(':')
    text = HEADINGS.get(kind or name, HEADINGS['container']).format(f'shop.{name}')
    settings = yaml.safe_dump(example.client, default_flow_style=True).strip()[1:-1]
    return f'{text}, on a client with {settings}' if example.client else text


class LeadsTo(Directive):
    """Two blocks that belong together."""

    required_arguments = 1
    has_content: ClassVar[bool] = True
    option_spec: ClassVar[dict[str, Any]] = {'client': directives.unchanged, 'all': directives.flag}

    def run(self) -> list[nodes.Node]:
        options = {key: value or '' for key, value in self.options.items()}
        example = split(self.arguments[0], options, '\n'.join(self.content))
        document = nodes.literal_block(example.document, example.document, language='yaml')
        language = 'text' if example.item == 'error' else 'python'
        result = nodes.literal_block(example.result, example.result, language=language)
        label = nodes.paragraph('', heading(example), classes=['leads-to-label'])
        return [nodes.container('', document, label, result, classes=['leads-to'])]


def setup(app: Any) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive('leads-to', LeadsTo)
    return {'parallel_read_safe': True}

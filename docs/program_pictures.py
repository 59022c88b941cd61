"""Pictures of what the program shows on a terminal: ``python docs/program_pictures.py`` draws them anew.

They are recordings of the program's own output, on an engine in memory. Times are even, so that they stay the same.
"""

from __future__ import annotations

import io
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from dockermap.map.client import MappingDockerClient
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.execute.events import ActionEvent, TransferProgress
from dockermap.map.plan import Plan
from dockermap.map.yaml import load_map
from dockermap.program import Environment
from dockermap.program._board import Board
from dockermap.program._output import Output
from dockermap.program._progress import screen, show_end
from dockermap.testing import InMemoryEngine, Process

FOLDER = Path(__file__).parent / 'pictures'
WIDTH, HEIGHT = 78, 24
SECONDS = 0.4
MAP = """
name: shop
networks:
  back:
db:
  image: postgres:17
  networks: back
  attaches: {data: /var/lib/postgresql/data}
  healthcheck: {test: [CMD, pg_isready], interval: 5s}
migrate:
  image: shop/app
  job: true
  networks: back
  depends_on: {db: healthy}
app:
  image: shop/app
  networks: back
  depends_on: migrate
  create_options: {environment: {STAGE: production}}
web:
  image: nginx
  networks: back
  exposes: {80: 8080}
"""


class Shop:
    """The map of the pictures on an engine of its own."""

    def __init__(self, *images: str, **exit_codes: int) -> None:
        self.engine = InMemoryEngine(*images)
        self.engine.script(Process(health=[(4, 'healthy')]), container='shop.db')
        code = exit_codes.get('migrate', 0)
        output = 'ERROR: column "price" is of type integer\n' if code else ''
        self.engine.script(Process(seconds=2, exit_code=code, output=output), container='shop.migrate')
        self.map = load_map(MAP)

    def client(self) -> MappingDockerClient:
        return MappingDockerClient(self.map, ClientConfiguration(client=self.engine.client(), version='1.41'))

    def run(self) -> tuple[Plan, list[ActionEvent], Exception | None]:
        """The plan of an update, what is told while it is carried out, and how it fails."""
        client, events, failure = self.client(), [], None
        plan = client.plan('update', '__all__', wait=True)
        try:
            client.apply(plan, listener=events.append, max_parallel=1)
        except Exception as error:
            failure = error
        return plan, [event._replace(time=number * SECONDS) for number, event in enumerate(events)], failure


def recording(draw: Callable[[Output, Console], object], command: str) -> Console:
    """What is drawn below a command, on a terminal that records it."""
    stream = io.StringIO()
    output = Output(Environment(stream, stream, stream, {}, FOLDER))
    console = Console(
        file=stream, record=True, force_terminal=True, width=WIDTH, height=HEIGHT, color_system='truecolor',
        highlight=False, markup=False, emoji=False,
    )  # fmt: skip
    output.console = console
    output._environment = Environment(_Recorded(console), _Recorded(console), stream, {}, FOLDER)
    console.print(f'$ {command}')
    draw(output, console)
    return console


class _Recorded(io.StringIO):
    """A stream that writes to a console."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def write(self, text: str) -> int:
        self._console.print(text, end='')
        return len(text)


def plan_picture() -> Console:
    """What ``plan`` says after a change."""
    shop = Shop('postgres:17', 'shop/app:latest', 'nginx:latest')
    shop.map.containers.app.create_options = {'environment': {'STAGE': 'test'}}
    shop.map.containers.db.host_config = {}
    shop.client().update('app')
    shop.map = load_map(MAP)
    shop.map.containers.db.host_config = {'restart_policy': 'always'}
    plan = shop.client().plan('update', '__all__')
    return recording(lambda output, console: output.signed(plan.text()), 'dockermap plan')


def pulling_picture() -> Console:
    """What ``up`` shows while an image is pulled."""
    shop = Shop('shop/app:latest', 'postgres:17')
    shop.engine.registry('docker.io').publish('nginx:latest')
    plan, events, _ = shop.run()

    def draw(output: Output, console: Console) -> None:
        output.signed(plan.text())
        board = Board(plan, 0)
        for event in events:
            if event.call == 'pull' and event.kind == 'finished':
                continue
            board.take(event)
            if event.kind == 'waiting' and event.config_id.config_name == 'migrate':
                break
            if event.call == 'pull' and event.kind == 'started':
                for layer, (current, total) in {'a2abf6c4d29d': (31, 31), 'a9edb18cadd1': (14, 25)}.items():
                    text = f'{layer}: Downloading'
                    told = TransferProgress(text, layer, current * 1_000_000, total * 1_000_000)
                    board.take(event._replace(kind='progress', detail=told))
        console.print(screen(console, board, 9.6))

    return recording(draw, 'dockermap up --yes')


def failing_picture() -> Console:
    """What ``up`` shows when something has failed in the middle."""
    plan, events, failure = Shop('postgres:17', 'shop/app:latest', 'nginx:latest', migrate=3).run()
    board = Board(plan, 0)
    for event in events:
        board.take(event)
    end = len(events) * SECONDS
    board.close(failure, end)

    def draw(output: Output, console: Console) -> None:
        output.signed(plan.text())
        show_end(output, board, end)

    return recording(draw, 'dockermap up --yes')


PICTURES: dict[str, tuple[Callable[[], Console], str]] = {
    'plan': (plan_picture, 'dockermap plan'),
    'pulling': (pulling_picture, 'dockermap up'),
    'failing': (failing_picture, 'dockermap up'),
}
"""Each with its title."""


def svg(console: Console, title: str, name: str) -> str:
    """A recording as a picture that needs nothing from elsewhere."""
    text = console.export_svg(title=title, theme=MONOKAI, unique_id=f'terminal-{name}', clear=False)
    return re.sub(r'@font-face \{.*?\}\s*', '', text, flags=re.DOTALL)


def lines_of(text: str) -> list[str]:
    """What can be read in a picture; versions of rich draw it differently."""
    found = (
        ''.join(element.itertext()) for element in ElementTree.fromstring(text).iter('{http://www.w3.org/2000/svg}text')
    )
    return [' '.join(line.split()) for line in found if line.strip()]


def main(names: Sequence[str]) -> None:
    """Draw pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name in names or PICTURES:
        make, title = PICTURES[name]
        (FOLDER / f'{name}.svg').write_text(svg(make(), title, name), encoding='utf-8')


if __name__ == '__main__':
    main(sys.argv[1:])

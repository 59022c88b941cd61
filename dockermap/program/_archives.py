"""Commands that move images between engines and files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..client._messages import Progress, failure_text
from ..client._transfer import MeteredFile, save_stream
from ..utils import format_image_tag, split_instance
from ._changing import agree
from ._exit_codes import DONE, RefusedError
from ._output import Output
from ._session import Session

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.config.client import ClientConfiguration

_Report = Callable[[Progress], None]


def save(session: Session) -> int:
    """Save an image in a file."""
    path = session.environment.directory / session.arguments.out
    with session.client() as client:
        client_name, image = _image(client, session)
        engine = client.clients[client_name].get_client()
        size = int(engine.inspect_image(image)['Size'])
        with shown(session.output, f'Saving {image} in {path}') as report:
            save_stream(engine.get_image(image), path, report, size)
    if session.output.is_json:
        written = path.stat().st_size
        session.output.data({'client': client_name, 'image': image, 'file': str(path), 'bytes': written})
    session.output.remark(f'Saved {image} in {path}.')
    return DONE


def _image(client: MappingDockerClient, session: Session) -> tuple[str, str]:
    """The client that has the image, and its name; that of a configuration, or what was given."""
    owner = session.owner(session.arguments.name)
    if owner is None:
        return _one_client(session, list(client.clients)), session.arguments.name
    container_map, (name, instance) = owner[0], split_instance(owner[1])
    found = client.status(session.names([session.arguments.name]))
    config = container_map.get_extended_map().get_instance(name, instance)
    image = format_image_tag(container_map.get_image((config and config.image) or name))
    return _one_client(session, list(dict.fromkeys(status.client_name for status in found))), image


def _one_client(session: Session, names: list[str]) -> str:
    wanted: str | None = session.arguments.client
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None or wanted not in names:
        missing = 'There are several clients' if wanted is None else f'There is no client {wanted!r} for it'
        raise RefusedError(f'{missing}; name one of them with --client: {", ".join(names) or "none"}.')
    return wanted


def load(session: Session) -> int:
    """Load the images of a file."""
    path = session.environment.directory / session.arguments.archive
    names = [_one_client(session, list(session.clients))] if session.arguments.client else list(session.clients)
    size = path.stat().st_size
    session.output.remark(f'{path} ({size / 1e6:.1f} MB) will be loaded{_where(names, session)}.')
    agree(session)
    for name in names:
        with session.clients[name] as configuration:
            images = _loaded(configuration, path, session.output)
        session.output.record('loaded', client=name, images=images)
        session.output.remark(f'Loaded {", ".join(images) or "nothing"}{_where([name], session)}.')
    return DONE


def _where(names: list[str], session: Session) -> str:
    return f' on {", ".join(names)}' if len(session.clients) > 1 else ''


def _loaded(configuration: ClientConfiguration, path: Path, output: Output) -> list[str]:
    """Load an archive; returns names of images.

    :raises RefusedError: The engine does not accept it.
    """
    images = []
    with path.open('rb') as archive, shown(output, f'Loading {path}') as report:
        source: Any = MeteredFile(archive, report)
        for message in configuration.get_client().load_image(source):
            failure = failure_text(message)
            if failure is not None:
                raise RefusedError(f'{path} could not be loaded: {failure}')
            _, is_loaded, name = str(message.get('stream', '')).partition('Loaded image')
            if is_loaded:
                images.append(name.removeprefix(' ID').lstrip(': ').strip())
    return images


@contextlib.contextmanager
def shown(output: Output, title: str) -> Iterator[_Report]:
    """What takes progress, and shows it on a terminal; elsewhere there is only a line in the beginning."""
    if output.console is None or output.is_quiet:
        output.remark(f'{title} ...')
        yield lambda progress: None
        return
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn('{task.description}'), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bars(*columns, console=output.console, transient=True) as bars:
        task = bars.add_task(title, total=None)
        yield lambda progress: bars.update(task, completed=progress.current, total=progress.total)

"""Images that are missing, and that a configuration says how to build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...exceptions import change_text

if TYPE_CHECKING:
    from ..config.main import ContainerMap


@contextmanager
def told_what_builds(container_map: ContainerMap | None, arguments: Mapping[str, object]) -> Iterator[None]:
    """Have the error of a pull say if the image is built from something.

    :param arguments: Those of the pull.
    """
    try:
        yield
    except Exception as error:
        image = arguments.get('repository'), arguments.get('tag')
        builders = [
            f'{container_map.name}.{name}'
            for name, _, config in (container_map.variants() if container_map is not None else ())
            if config.build and container_map is not None and container_map.get_image(config.image or name) == image
        ]
        if builders:
            hint = f"It is built from what 'build' of {builders[0]} says, which is a step of its own: build it first."
            change_text(error, lambda text: f'{text}\n{hint}')
        raise

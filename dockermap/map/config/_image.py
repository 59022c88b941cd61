"""Reading image names."""

from __future__ import annotations

import re

from ...exceptions import InputError

_IMAGE_ID = re.compile(r'sha256:[0-9a-fA-F]+')


def split_image(image: str) -> tuple[str, str | None]:
    """Name and tag of an image, without defaults; a digest counts as tag, the id of an image has none.

    :raises ValueError: There is no name.
    """
    if is_image_id(image):
        return image, None
    name, at, digest = image.partition('@')
    front, slash, last = name.rpartition('/')
    last, _, tag = last.partition(':')
    if not last or (at and not digest):
        raise InputError(f'Expected the name of an image, such as shop/cart:2, found {image!r}.')
    return f'{front}{slash}{last}', (digest if at else tag) or None


def is_image_id(image: str) -> bool:
    """Whether the text is the id of an image instead of a name."""
    return _IMAGE_ID.fullmatch(image) is not None

"""Reading image names."""

from __future__ import annotations

import re

from ...exceptions import InputError

_ID = r'sha256:[0-9a-fA-F]+'
IMAGE_PATTERN = rf'{_ID}|(?:[^ \t\n@]*/)?[^ \t\n/:@]+(?::[^ \t\n/:@]*)?(?:@[^ \t\n/@]+)?'
"""The id of an image, or a name with tag or digest, which both come after the last slash."""

_IMAGE_ID = re.compile(_ID)
_NAME = re.compile(r'(?P<name>(?:[^ \t\n@]*/)?[^ \t\n/:@]+)(?::(?P<tag>[^ \t\n/:@]*))?(?:@(?P<digest>[^ \t\n/@]+))?')


def is_image_id(image: str) -> bool:
    """Whether the text is the id of an image instead of a name."""
    return _IMAGE_ID.fullmatch(image) is not None


def split_image(image: str) -> tuple[str, str | None]:
    """Name and tag of an image, without defaults; a digest counts as tag, the id of an image has none.

    :raises ValueError: This is no name of an image.
    """
    if is_image_id(image):
        return image, None
    found = _NAME.fullmatch(image)
    if found is None:
        raise InputError(f"Expected the name of an image, such as 'shop/cart:2', found {image!r}.")
    return found['name'], found['digest'] or found['tag'] or None

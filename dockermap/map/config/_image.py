"""Reading image names."""

from __future__ import annotations

import re

from ...exceptions import InputError

_ID = r'sha256:[0-9a-fA-F]+|[0-9a-f]{12,64}'
IMAGE_PATTERN = rf'{_ID}|(?:[^ \t\n@]*/)?[^ \t\n/:@]+(?::[^ \t\n/:@]*)?(?:@[^ \t\n/@]+)?'
"""An id as ``docker images`` prints it, or a longer one; or a name with tag or digest, both after the last slash."""

_PREFIX = 'sha256:'
_IMAGE_ID = re.compile(_ID)
_NAME = re.compile(r'(?P<name>(?:[^ \t\n@]*/)?[^ \t\n/:@]+)(?::(?P<tag>[^ \t\n/:@]*))?(?:@(?P<digest>[^ \t\n/@]+))?')


def is_image_id(image: str) -> bool:
    """Whether the text is the id of an image instead of a name."""
    return _IMAGE_ID.fullmatch(image) is not None


def has_image_id(found: str, image: str) -> bool:
    """Whether a full id is the one that a text has, or begins with it."""
    return found.removeprefix(_PREFIX).startswith(image.removeprefix(_PREFIX))


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

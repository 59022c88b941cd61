"""Checks that the parts of a map fit together."""
from typing import Any
def check_map(container_map: Any, check_duplicates: bool) -> None:
    """TODO."""
    container_map.get_extended_map()

"""Compose files as maps, and what of them could not be carried over."""

from ._load import load
from ._note import Note
from ._text import clients_text, map_with_notes

__all__ = ['Note', 'clients_text', 'load', 'map_with_notes']

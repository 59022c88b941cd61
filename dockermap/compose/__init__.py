"""Compose files as maps, and maps as Compose files, with notes about what could not be carried over."""

from ._dump import dump
from ._load import load
from ._note import Note
from ._stack import dump_stack
from ._text import clients_text, compose_text, map_with_notes

__all__ = ['Note', 'clients_text', 'compose_text', 'dump', 'dump_stack', 'load', 'map_with_notes']

"""Errors as the program shows them: what, where, and what to do; a few lines, and no more than that."""

from __future__ import annotations

from .._error_text import MAX_LINES, error_reason, plain_text, says_itself, shortened

_HINTS = {'EngineUnreachableError': 'Does the engine run, and may this user speak to it?'}
"""What to do about errors, by the names of their types; others say it themselves."""

_WHERE = ' --clients or DOCKER_HOST says where it is.'

_FLAGS = {
    'adopt=True': '--adopt',
    'remove_orphans=True': '--remove-orphans',
    'update_persistent=True': '--update-persistent',
}
"""Options as messages of the library name them, and what they are called on the command line."""


def as_flags(text: str) -> str:
    """A message of the library, with options as they are written on the command line."""
    for option, flag in _FLAGS.items():
        text = text.replace(option, flag)
    return text


def error_text(error: BaseException, are_clients_given: bool = False) -> str:
    """What went wrong, in a few lines.

    :param are_clients_given: Nothing on the command line says where engines are.
    """
    prefix = '' if says_itself(error) else f'{type(error).__name__}: '
    hint = _HINTS.get(type(error).__name__, '')
    if hint and not are_clients_given:
        hint += _WHERE
    text = shortened(f'Error: {prefix}{as_flags(error_reason(error))}', MAX_LINES - bool(hint))
    return f'{text}\n{hint}' if hint else text


def reason(error: BaseException) -> str:
    """Why something failed, in a few lines; for what is shown below the name of an item."""
    return shortened(as_flags(error_reason(error)))


def problem_texts(error: BaseException) -> list[str]:
    """What is wrong with a map, one text for each problem."""
    return as_flags(plain_text(error)).splitlines()

"""What an operation is about, without anything that might have to stay secret."""

from __future__ import annotations

from collections.abc import Mapping

from .operation import Operation, Result

_NAMES = ('net_id', 'name', 'container')


def subject(operation: Operation) -> str:
    """Names of the items in the arguments of an operation; of helpers, the operation that creates them."""
    arguments: Mapping[str, object] = operation.arguments
    told = getattr(arguments, 'subject', None)
    if told is not None:
        return str(told)
    if 'repository' in arguments:
        tag = arguments.get('tag')
        separator = '@' if tag and ':' in str(tag) else ':'
        return f'{arguments["repository"]}{separator}{tag}' if tag else str(arguments['repository'])
    if operation.method is not None:
        return str(arguments.get('name') or '')
    if operation.call == 'rename':
        return f'{_name(arguments["container"])} {arguments["name"]}'
    if operation.call == 'put_files':
        files = arguments['files']
        return f'{arguments["container"]}: {", ".join(files if isinstance(files, tuple) else ())}'
    names = ' '.join(_name(arguments[key]) for key in _NAMES if arguments.get(key))
    return f'{names} until {arguments["until"]}' if operation.is_wait_for_state else names


def _name(value: object) -> str:
    return f'[of {value.operation}]' if isinstance(value, Result) else str(value)

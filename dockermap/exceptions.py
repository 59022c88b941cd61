"""Base classes of errors, and errors of input."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, TypeAlias

__all__ = [
    'ChangedMeanwhileError',
    'ClientOutcome',
    'ContainerStateError',
    'DockerMapError',
    'DockerStatusError',
    'InputError',
    'PartialResultsError',
    'PartialResultsMixin',
    'SourceExceptionMixin',
    'UnknownNameError',
    'UnknownOptionWarning',
    'UnsupportedError',
    'add_text',
    'change_text',
    'located',
]

_ExcInfo: TypeAlias = 'tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]'


class DockerMapError(Exception):
    """Base of all errors that this library raises itself, beside the built-in class that some of them are as well."""


class SourceExceptionMixin:
    """Part of an exception that wraps another one, given as the triple of ``sys.exc_info()``."""

    def __init__(self, src_exc: _ExcInfo, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._src_exc = src_exc

    @property
    def source_exception(self) -> _ExcInfo:
        """The triple of ``sys.exc_info()``."""
        return self._src_exc

    @property
    def source_message(self) -> str:
        """Type and message of the original exception as its traceback would end, with a line break."""
        return ''.join(traceback.format_exception_only(self._src_exc[0], self._src_exc[1]))

    def reraise(self) -> NoReturn:
        """Raise the original exception with its traceback."""
        _, value, trace = self._src_exc
        if value is None:
            raise ValueError('There is no original exception to raise.')
        raise value.with_traceback(trace)


class ClientOutcome(NamedTuple):
    """What has become of one client of a call that has failed; its text says so.

    :param done: Number of items for which everything was done that was to be done.
    :param failed: Number of items for which something failed.
    :param skipped: Number of items for which nothing, or not everything, was attempted.
    :param is_reachable: Whether the client could be reached until the end.
    """

    done: int = 0
    failed: int = 0
    skipped: int = 0
    is_reachable: bool = True

    def __str__(self) -> str:
        end = 'could not be reached' if not self.is_reachable else 'failed' if self.failed else ''
        done = f'{self.done} done' if self.done else ''
        skipped = f'{self.skipped} not attempted' if self.skipped else ''
        return ', '.join(filter(None, (end, done, skipped))) or 'nothing was to be done'


class PartialResultsMixin:
    """Part of an exception that ends a sequence after some of it was done.

    ``results`` are the results so far; ``completed`` lists every action carried out, with or without result, as objects
    with ``client_name``, ``config_id`` and ``action_type``. ``failures`` has all errors, the first one first;
    ``skipped`` the operations that were not attempted, each with the reason; ``undone`` the operations that put
    something back, which is not in ``completed``. ``clients`` says by name what has become of each client of the
    call, as :class:`ClientOutcome`.
    """

    def __init__(
        self,
        partial_results: Any,
        *args: Any,
        completed: Sequence[Any] = (),
        failures: Sequence[Exception] = (),
        skipped: Sequence[Any] = (),
        undone: Sequence[Any] = (),
        clients: Mapping[str, ClientOutcome] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._partial_results = partial_results
        self.completed: Sequence[Any] = completed
        self.failures: Sequence[Exception] = failures
        self.skipped: Sequence[Any] = skipped
        self.undone: Sequence[Any] = undone
        self.clients: Mapping[str, ClientOutcome] = clients or {}

    def _with_clients(self, text: str) -> str:
        """A text, and what has become of each client, if there are several."""
        if len(self.clients) < 2:
            return text
        outcomes = '; '.join(f'{name}: {outcome}' for name, outcome in self.clients.items())
        stripped = text.rstrip()
        end = '' if stripped.endswith('.') else '.'
        separator = '\n' if '\n' in stripped else ' '
        return f'{stripped}{end}{separator}By client: {outcomes}.'

    @property
    def results(self) -> Any:
        """Results before the error."""
        return self._partial_results


class PartialResultsError(SourceExceptionMixin, PartialResultsMixin, DockerMapError):
    """A sequence failed after some of it was done."""

    def __init__(self, src_exc: _ExcInfo, partial_results: Any, *args: Any, **accounts: Any) -> None:
        super().__init__(src_exc, partial_results, *args, **accounts)

    def __str__(self) -> str:
        return self._with_clients(self.source_message)


class ChangedMeanwhileError(DockerMapError):
    """Somebody else has done something to an item since it was looked at."""

    status_code = 409
    """What an engine answers where the state of an item does not allow a request."""


class DockerStatusError(DockerMapError):
    """The engine reported an error in its stream of messages; ``detail`` is what it said beside the message."""

    def __init__(self, message: str, detail: Any = None) -> None:
        super().__init__(message, detail)
        if isinstance(detail, dict):
            detail = {key: value for key, value in detail.items() if key != 'message'}
        self._detail = detail or None

    @property
    def message(self) -> str:
        """What went wrong."""
        return str(self.args[0])

    @property
    def detail(self) -> Any:
        """Further information, ``None`` if there is none."""
        return self._detail

    def __str__(self) -> str:
        return self.message


class ContainerStateError(DockerStatusError):
    """A container has not become what it should; the message says which one, and why, with its last lines of output.

    :param says_all: Whether that is all there is to say, as nothing else could not be done for it.
    """

    def __init__(self, message: str, detail: Any = None, says_all: bool = False) -> None:
        super().__init__(message, detail)
        self.says_all = says_all


class InputError(DockerMapError, ValueError):
    """A value that cannot be used; the text starts with its path, such as ``shop.web.binds[2]``."""

    def __init__(self, message: str, path: str = '') -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f'{self.path}: {self.message}' if self.path else self.message

    def below(self, part: str | int) -> InputError:
        """The same error seen from one level further up; names are joined with a dot, positions become ``[2]``."""
        front = f'[{part}]' if isinstance(part, int) else part
        separator = '.' if self.path and not self.path.startswith('[') else ''
        return InputError(self.message, f'{front}{separator}{self.path}')


class UnknownNameError(DockerMapError, KeyError):
    """A name that nothing has; unlike that of other key errors, the text is a message."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnsupportedError(DockerMapError, ValueError):
    """The API version of a client does not offer what is needed; ``args`` has the client's name beside the message."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownOptionWarning(UserWarning):
    """A name that nothing knows was given in a configuration."""


class located:
    """Put names or positions in front of the path of each ``ValueError`` that is raised inside."""

    # A class, as large maps enter it hundreds of thousands of times, and a generator takes several times as long.
    __slots__ = ('_parts',)

    def __init__(self, *parts: str | int) -> None:
        self._parts = parts

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, ValueError):
            return
        found, cause = (error, error.__cause__) if isinstance(error, InputError) else (InputError(str(error)), error)
        for part in reversed(self._parts):
            found = found.below(part)
        raise found from cause


def change_text(error: Exception, change: Callable[[str], str]) -> None:
    """Change the text of an error; its type stays, so that callers can tell what it is."""
    explanation = getattr(error, 'explanation', None)
    if explanation:
        # The SDK makes the text of its errors from this.
        error.explanation = change(str(explanation))  # type: ignore[attr-defined]
    else:
        said = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
        error.args = (change(said), *error.args[1:])


def add_text(error: Exception, text: str) -> None:
    """Add a sentence to the text of an error; on a line of its own if there are several."""
    change_text(error, lambda said: f'{said}\n{text}' if '\n' in said else f'{said.rstrip(". ")}. {text}')

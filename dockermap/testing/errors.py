"""Errors as the SDK raises them, and errors of the engine in memory itself."""

from __future__ import annotations

import json
from http import HTTPStatus

import requests
from docker.errors import NullResource, create_api_error_from_http_exception
from urllib3.exceptions import ReadTimeoutError

from ..docker_api import APIError

__all__ = [
    'Killed',
    'NothingHappens',
    'OnlyReads',
    'connection_lost',
    'missing_argument',
    'read_timeout',
    'refusal',
    'status_of',
]

_URL = 'http+memory://localhost'


class Killed(BaseException):
    """Stands for the end of the process that uses a client; no ``except Exception`` catches it."""

    is_final = True
    """Nothing is put back after it, as nobody is there who could do it."""


class NothingHappens(AssertionError):
    """Something waits for what nothing in the engine will ever bring about."""


class OnlyReads(AssertionError):
    """A client that only reads was asked to change something."""


def refusal(status: int, text: str) -> APIError:
    """What the SDK makes of an engine's answer with an HTTP status code and a message."""
    response = requests.Response()
    response.status_code = status
    response.reason = HTTPStatus(status).phrase
    response.url = _URL
    response._content = json.dumps({'message': text}).encode()
    try:
        create_api_error_from_http_exception(requests.HTTPError(text, response=response))
    except APIError as error:
        return error


def connection_lost() -> requests.exceptions.ConnectionError:
    """What the SDK raises where nobody answers, or the connection breaks."""
    return requests.exceptions.ConnectionError(
        ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))
    )


def read_timeout(seconds: float, method: str) -> requests.RequestException:
    """What the SDK raises where an answer takes longer than the client waits."""
    text = f'{_URL}: Read timed out. (read timeout={seconds:g})'
    if method == 'wait':
        # Engines send the head of this answer at once, and requests tells a slow body differently.
        return requests.exceptions.ConnectionError(ReadTimeoutError(None, _URL, text))  # type: ignore[arg-type]
    return requests.exceptions.ReadTimeout(text)


def missing_argument() -> NullResource:
    """What the SDK raises for an empty name of an item."""
    return NullResource('Resource ID was not provided')


def status_of(error: APIError) -> int:
    """HTTP status code of an engine's answer."""
    return error.response.status_code if error.response is not None else 500

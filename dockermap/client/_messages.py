"""What an engine reports while it works: JSON objects in a stream, cut into chunks anywhere."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r'\s*')
_WIDTH = 50
_UNIT = 1000


class Progress(str):
    """Text of a progress message, with numbers of bytes for a bar; ``None`` where the engine tells none."""

    current: int | None
    total: int | None

    def __new__(cls, text: str, current: int | None = None, total: int | None = None) -> Progress:
        progress = super().__new__(cls, text)
        progress.current = current
        progress.total = total
        return progress


def message_progress(message: Mapping[str, Any]) -> Progress:
    """Progress that a message reports; empty text if it reports none.

    Docker Engine 29 tells numbers alone; their text is made as earlier engines did.
    """
    detail = message.get('progressDetail')
    numbers = detail if isinstance(detail, dict) else {}
    current, total = numbers.get('current'), numbers.get('total')
    return Progress(message.get('progress') or _progress_text(current, total), current, total)


def _progress_text(current: int | None, total: int | None) -> str:
    if not current:
        return ''
    if not total or current > total:
        return _size(current)
    done = current * _WIDTH // total
    bar = '=' * done if done == _WIDTH else f'{"=" * done}>'
    return f'[{bar:<{_WIDTH}}]  {_size(current)}/{_size(total)}'


def _size(number: float) -> str:
    """A number of bytes with four digits at most."""
    for unit in ('B', 'kB', 'MB', 'GB'):
        if number < _UNIT:
            return f'{number:.4g}{unit}'
        number /= _UNIT
    return f'{number:.4g}TB'


def failure_text(message: Mapping[str, Any]) -> str | None:
    """What a message says that went wrong, also where the engine gives details alone; ``None`` if it is no failure."""
    detail = message.get('errorDetail')
    text = message.get('error') or (detail.get('message') if isinstance(detail, dict) else detail)
    return str(text or 'failed') if 'error' in message or detail else None


def iter_messages(response: Any) -> Iterator[dict[str, Any]]:
    """JSON objects of a response as soon as each is complete; whatever else is in the stream is left out.

    :param response: Text, bytes, or an iterable of chunks; a chunk is text, bytes or a decoded object. Chunks may hold
      several objects, or parts of one. The response is closed at the end.
    """
    if isinstance(response, (str, bytes, bytearray, Mapping)):
        response = (response,)
    try:
        parser = _Parser()
        for chunk in response or ():
            if isinstance(chunk, Mapping):
                yield dict(chunk)
            elif isinstance(chunk, (str, bytes, bytearray)):
                yield from parser.feed(chunk)
        yield from parser.finish()
    finally:
        close(response)


def iter_lines(chunks: Any) -> Iterator[str]:
    """Lines of a stream of bytes or text, without line ends; bytes that are no UTF-8 are replaced."""
    decoder = _TextDecoder()
    rest = ''
    if isinstance(chunks, (str, bytes, bytearray)):
        chunks = (chunks,)
    try:
        for chunk in chunks:
            *lines, rest = (rest + decoder.decode(chunk)).split('\n')
            yield from (line.rstrip('\r') for line in lines)
        rest += decoder.finish()
        if rest:
            yield rest.rstrip('\r')
    finally:
        close(chunks)


def close(stream: Any) -> None:
    close = getattr(stream, 'close', None)
    if callable(close):
        close()


class _TextDecoder:
    """UTF-8 in pieces; a character may begin in one and end in another."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder('utf-8')('replace')

    def decode(self, chunk: str | bytes | bytearray) -> str:
        return chunk if isinstance(chunk, str) else self._decoder.decode(bytes(chunk))

    def finish(self) -> str:
        return self._decoder.decode(b'', final=True)


class _Parser:
    """Finds JSON objects in text that comes in pieces; what is no JSON is dropped up to the end of its line."""

    def __init__(self) -> None:
        self._text = _TextDecoder()
        self._buffer = ''

    def feed(self, chunk: str | bytes | bytearray) -> Iterator[dict[str, Any]]:
        """Objects that are complete with this chunk."""
        text = self._text.decode(chunk)
        self._buffer += text
        # Objects end with a brace, and engines put each on a line; trying earlier would be wasted on large objects.
        if '}' in text or '\n' in text:
            yield from self._take()

    def finish(self) -> Iterator[dict[str, Any]]:
        """Objects in what is left at the end."""
        self._buffer += self._text.finish()
        yield from self._take(is_last=True)

    def _take(self, is_last: bool = False) -> Iterator[dict[str, Any]]:
        text, position = self._buffer, 0
        while (position := _after_blanks(text, position)) < len(text):
            try:
                value, position = _DECODER.raw_decode(text, position)
            except ValueError as error:
                line_end = text.find('\n', position)
                if not is_last and (line_end < 0 or _may_go_on(error, text)):
                    break
                position = line_end + 1 or len(text)
            else:
                if isinstance(value, dict):
                    yield value
        self._buffer = text[position:]


def _after_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position


def _may_go_on(error: ValueError, text: str) -> bool:
    """Whether the text is only cut off, so that the next chunk may complete the object."""
    return isinstance(error, json.JSONDecodeError) and (error.msg.startswith('Unterminated') or error.pos >= len(text))

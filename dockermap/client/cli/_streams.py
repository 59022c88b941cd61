"""Output of commands in pieces, for what is too large to be kept."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ._run import CommandError, encode_output, output_of, run_in_shell

PIECE_BYTES = 1 << 16
KEPT_BYTES = 1 << 16
"""How much of the output an error has."""


class Readable(Protocol):
    """What input is read from."""

    def read(self, size: int = ..., /) -> bytes:
        """Some bytes, none at the end."""


def streamed(run: Callable[..., Any], command: str, source: Readable | None = None) -> Iterator[bytes]:
    """Run a command line, and give its output as it comes; the command ends where nobody wants more.

    That is what ``stream_command(command, source)`` of an object is for, whose method ``run`` is. Other functions
    return all at once.

    :param source: The command's standard input.
    :raises Exception: The command fails, as ``run`` tells it.
    """
    stream = getattr(getattr(run, '__self__', None), 'stream_command', None)
    if run is run_in_shell:
        stream = stream_in_shell
    if stream is not None:
        yield from stream(command, source)
    else:
        yield encode_output(output_of(run(command) if source is None else run(command, source.read())))


def stream_in_shell(command: str, source: Readable | None) -> Iterator[bytes]:
    """The same by ``/bin/sh``.

    :raises CommandError: The command fails.
    """
    stdin = subprocess.DEVNULL if source is None else subprocess.PIPE
    found = bytearray()
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            ['/bin/sh', '-c', command], stdin=stdin, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        ) as process,
    ):
        try:
            writer = _Writer(source, process)
            for data in iter(lambda: process.stdout.read1(PIECE_BYTES), b''):  # type: ignore[union-attr]
                found[:] = (found + data)[-KEPT_BYTES:]
                yield data
            writer.finish()
        except BaseException:
            _kill(process)
            raise
        if process.wait():
            errors.seek(0)
            texts = (data.decode('utf-8', 'surrogateescape') for data in (bytes(found), errors.read()))
            raise CommandError(process.returncode, *texts)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Also what the shell has started.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class _Writer:
    """Hands input on to a process, side by side with reading its output."""

    def __init__(self, source: Readable | None, process: subprocess.Popen[bytes]) -> None:
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._write, args=(source, process), daemon=True)
        self._thread.start()

    def _write(self, source: Readable | None, process: subprocess.Popen[bytes]) -> None:
        target = process.stdin
        if source is None or target is None:
            return
        try:
            while data := source.read(PIECE_BYTES):
                target.write(data)
        except BrokenPipeError:
            # A command need not read what it is given.
            pass
        except Exception as error:
            # What has come of it must not be taken for all.
            self._failure = error
            _kill(process)
        with contextlib.suppress(BrokenPipeError):
            target.close()

    def finish(self) -> None:
        """Wait until all is written.

        :raises Exception: It could not be read.
        """
        self._thread.join()
        if self._failure is not None:
            raise self._failure

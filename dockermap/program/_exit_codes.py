"""Exit codes of the program."""

from __future__ import annotations

from ..exceptions import DockerMapError

DONE, ERROR, CHANGES, PARTLY, USAGE, INTERRUPTED = 0, 1, 2, 3, 64, 130

EXIT_CODES = (
    (DONE, 'done, or nothing to do'),
    (ERROR, 'an error, or no agreement to the plan; nothing was changed'),
    (CHANGES, '``plan``: there is something to do'),
    (PARTLY, 'partly done: an error after something was changed'),
    (USAGE, 'the command line cannot be understood'),
    (INTERRUPTED, 'interrupted with Ctrl-C'),
)
"""Each with its meaning; ``exec`` and ``run`` end with the exit code of their command."""


class UsageError(DockerMapError):
    """The command line cannot be understood."""


class RefusedError(DockerMapError):
    """Nothing was done, for a reason that is no failure of anything."""

"""An engine in memory, for tests of maps and of code that uses them.

:class:`InMemoryEngine` behaves as a Docker Engine does; its :meth:`~InMemoryEngine.client` has the methods of
docker-py's ``APIClient``. Nothing runs, nothing is stored, and time passes only when something waits for it.
"""

from .client import InMemoryClient
from .clock import Clock
from .containers import Container
from .engine import InMemoryEngine
from .errors import Killed, NothingHappens, OnlyReads
from .faults import Fault, Faults
from .files import File, FileTree
from .images import Image
from .networks import Network
from .processes import Process
from .record import CHANGING_CALLS, READING_CALLS, Call
from .registries import Registry
from .volumes import Volume

__all__ = [
    'CHANGING_CALLS',
    'READING_CALLS',
    'Call',
    'Clock',
    'Container',
    'Fault',
    'Faults',
    'File',
    'FileTree',
    'Image',
    'InMemoryClient',
    'InMemoryEngine',
    'Killed',
    'Network',
    'NothingHappens',
    'OnlyReads',
    'Process',
    'Registry',
    'Volume',
]

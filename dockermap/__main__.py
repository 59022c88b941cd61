"""The program: ``python -m dockermap`` is the same as ``dockermap``."""

from __future__ import annotations

import sys

from .program import main

if __name__ == '__main__':
    sys.exit(main())

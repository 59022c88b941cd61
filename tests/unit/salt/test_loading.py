"""Loading the extension costs nothing: Salt loads all that there is into each minion."""

from __future__ import annotations

import subprocess
import sys

LOAD = """
import importlib.util, sys
from pathlib import Path
import dockermap.salt
for kind in ('modules', 'states'):
    path = Path(dockermap.salt.__path__[0], kind, 'dockermap.py')
    # As the loader of Salt does it.
    spec = importlib.util.spec_from_file_location(f'salt.loaded.ext.{kind}.dockermap', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.__virtual__())
loaded = {name.partition('.')[0] for name in sys.modules}
print(sorted(loaded & {'docker', 'requests', 'salt', 'yaml', 'urllib3'}))
print('dockermap.map' in sys.modules)
"""


def test_the_extension_imports_neither_the_sdk_nor_salt() -> None:
    done = subprocess.run([sys.executable, '-c', LOAD], check=True, capture_output=True, text=True)

    assert done.stdout.splitlines() == ['dockermap', 'dockermap', '[]', 'False']

"""Sphinx settings; warnings are errors in the test command."""

from __future__ import annotations

import sys
from pathlib import Path

import dockermap

sys.path.insert(0, str(Path(__file__).parent))

project = 'docker-map'
project_copyright = '2026, the docker-map authors'
author = 'the docker-map authors'
release = version = dockermap.__version__

extensions = [
    'sphinx.ext.autodoc',
    'sphinx.ext.viewcode',
    'leads_to',
    'map_graph',
    'module_list',
    'program_commands',
    'swarm_settings',
]
exclude_patterns = ['_build']
html_theme = 'furo'
html_static_path = ['_static']
html_css_files = ['docker-map.css']
html_title = f'docker-map {release}'
nitpicky = False

autodoc_default_options = {'members': True, 'undoc-members': True, 'show-inheritance': True, 'member-order': 'bysource'}
autodoc_typehints = 'signature'
autodoc_preserve_defaults = True

"""Packaging of docker-map; tool settings live in pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).resolve().parent


def package_version() -> str:
    """The version that the package itself declares; read as text, as importing it needs its dependencies."""
    source = (HERE / 'dockermap' / '__init__.py').read_text(encoding='utf-8')
    match = re.search(r"^__version__ = '([^']+)'$", source, re.MULTILINE)
    if match is None:
        raise RuntimeError('dockermap/__init__.py declares no __version__.')
    return match.group(1)


setup(
    name='docker-map',
    version=package_version(),
    description='Managing Docker images, containers, and their dependencies in Python.',
    long_description=(HERE / 'README.rst').read_text(encoding='utf-8'),
    long_description_content_type='text/x-rst',
    license='MIT',
    license_files=['LICENSE'],
    packages=find_packages(include=['dockermap', 'dockermap.*']),
    package_data={'dockermap': ['py.typed', 'schema/*.json']},
    python_requires='>=3.10',
    install_requires=['docker>=7.1', 'PyYAML>=6', 'six>=1.16'],
    entry_points={
        'console_scripts': ['dockermap = dockermap.program:main'],
        'salt.loader': ['dockermap = dockermap.salt'],
    },
    extras_require={
        'cli': ['rich>=13'],
        'fabric': ['fabric>=3.2'],
        'salt': ['salt>=3008'],
        'ssh': ['docker[ssh]>=7.1'],
        'dev': [
            'build',
            'coverage',
            'fabric>=3.2',
            'furo',
            'hypothesis',
            'import-linter',
            'jsonschema',
            'mypy',
            'pytest',
            'pytest-randomly',
            'pytest-timeout',
            'pytest-xdist',
            'rich',
            'ruff',
            'Sphinx',
            'tox',
            'twine',
            'types-PyYAML',
            'types-docker',
            'types-jsonschema',
            'types-paramiko',
            'types-requests',
            'types-six',
        ],
    },
    classifiers=[
        'Development Status :: 4 - Beta',
        'Intended Audience :: Developers',
        'Intended Audience :: System Administrators',
        'Operating System :: POSIX',
        'Programming Language :: Python :: 3',
        'Programming Language :: Python :: 3.10',
        'Programming Language :: Python :: 3.11',
        'Programming Language :: Python :: 3.12',
        'Programming Language :: Python :: 3.13',
        'Programming Language :: Python :: 3.14',
        'Topic :: Software Development :: Libraries :: Python Modules',
        'Topic :: System :: Software Distribution',
        'Typing :: Typed',
    ],
)

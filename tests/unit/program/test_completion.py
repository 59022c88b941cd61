"""What shells complete."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Any

import pytest

from dockermap.program._commands import BY_NAME
from dockermap.program._completion import bash_text

Program = Any

pytestmark = pytest.mark.skipif(shutil.which('bash') is None, reason='needs bash')


def completed(program: Program, *words: str) -> list[str]:
    """What bash proposes for the last word."""
    line = ' '.join(f"'{word}'" for word in words)
    script = (
        f'{bash_text()}\n'
        f'dockermap() {{ "{sys.executable}" -m dockermap "$@"; }}\n'
        f'COMP_WORDS=(dockermap {line}); COMP_CWORD={len(words)}; _dockermap; printf "%s\\n" "${{COMPREPLY[@]}}"\n'
    )
    found = subprocess.run(['bash', '-c', script], cwd=program.directory, capture_output=True, text=True, check=True)
    assert found.stderr == ''
    return found.stdout.split()


def test_commands_are_completed(program: Program) -> None:
    assert completed(program, 'st') == ['start', 'startup', 'stop']
    assert set(completed(program, '')) >= set(BY_NAME)


def test_names_are_those_of_the_map(program: Program) -> None:
    assert completed(program, 'up', '') == ['web', 'app', 'app.blue', 'app.green', 'all']
    assert completed(program, 'exec', 'app.b') == ['app.blue']


def test_names_are_those_of_the_map_that_is_named_before(program: Program) -> None:
    program.write('name: other\nmail: {image: web}\n', 'other.yaml')

    assert completed(program, '-f', 'other.yaml', 'up', '') == ['mail']


def test_actions_are_completed_behind_plan(program: Program) -> None:
    assert completed(program, 'plan', 'shut') == ['shutdown']


def test_options_and_their_values_are_completed(program: Program) -> None:
    assert completed(program, 'up', '--rem') == ['--remove-orphans']
    assert completed(program, 'graph', '--format', '') == ['mermaid', 'dot']
    assert completed(program, '--output', 'j') == ['json']


def test_files_are_completed_where_files_are_meant(program: Program) -> None:
    assert completed(program, '-f', 'docker') == ['dockermap.yaml']


def test_a_map_that_cannot_be_read_completes_nothing_and_says_nothing(program: Program) -> None:
    program.write('nonsense: [')

    assert completed(program, 'up', '') == []


def test_zsh_reads_the_same(program: Program) -> None:
    text = program('completion', 'zsh').out

    assert text.startswith('#compdef dockermap\n')
    assert 'bashcompinit' in text

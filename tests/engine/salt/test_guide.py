"""The state file of the guide, and what the guide shows of it."""

from __future__ import annotations

import doctest
import os
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

PAGE = Path(__file__).parents[3] / 'docs' / 'guide' / 'salt.rst'
BLOCK = re.compile(r'^( *)\.\. code-block:: (\w+)\n(?:\1   :caption: (\S+)\n)?\n((?:\1   .*\n|[ ]*\n)+)', re.MULTILINE)
WORDS_OF_ENGINE = re.compile(r'(?<=Could not start container )(\S+ ).*?(?=\n +Started:)', re.DOTALL)
TIMES = re.compile(r'\d\d:\d\d:\d\d\.\d+|\d+\.\d+ m?s')
ADMIN = """\
      admin:
        image: busybox
        exposes: {80: 8090}
        stop_timeout: 1
        create_options: {command: sleep 1000000}
"""

Minion = Any


def blocks() -> list[tuple[str, str, str]]:
    """Language, name, and text of all blocks of the page."""
    found = BLOCK.findall(PAGE.read_text(encoding='utf-8'))
    return [(language, name, f'{textwrap.dedent(text).strip()}\n') for _, language, name, text in found]


def named(name: str) -> str:
    [text] = [text for _, found, text in blocks() if found == name]
    return text


def shown() -> Iterator[tuple[str, str]]:
    """Commands of the page, and what they print."""
    for language, _, text in blocks():
        if language == 'text' and text.startswith('# '):
            command, _, output = text.removeprefix('# ').partition('\n')
            yield command, output


def comparable(text: str) -> str:
    """An output without times, and on other engines without what the engine says."""
    if os.environ.get('DOCKERMAP_TEST_ENGINE', 'installed') != 'installed':
        text = WORDS_OF_ENGINE.sub(r'\1', text)
    return TIMES.sub('TIME', text)


@pytest.fixture
def replaced(unique: str, base_image: str) -> Any:
    def replace(text: str) -> str:
        found = text.replace('eth0', 'lo').replace('image: busybox', f'image: {base_image}')
        return re.sub(r'\bshop\b', unique, found)

    return replace


@pytest.fixture
def taken_port(api: docker.APIClient, unique: str, base_image: str) -> Any:
    """Takes the port that a page says somebody has taken."""

    def take() -> None:
        ports = api.create_host_config(port_bindings={80: 8090})
        other = api.create_container(base_image, 'sleep 1000', name=f'{unique}other', ports=[80], host_config=ports)
        api.start(other)

    return take


def test_the_state_file_does_what_the_page_shows(minion: Minion, replaced: Any, taken_port: Any) -> None:
    minion.pillar(replaced(named('containers.sls')))
    minion.write(f'states/{replaced("shop")}.sls', replaced(named('shop.sls')))
    checker, options = doctest.OutputChecker(), doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

    for number, (command, output) in enumerate(shown()):
        if number == 3:
            taken_port()
            minion.pillar(replaced(named('containers.sls').replace('  clients:', f'{ADMIN}  clients:')))
        words = replaced(command).split()
        begin = words.index('salt-call')
        variables = dict(word.split('=', 1) for word in words[:begin])
        result = minion.call(*words[begin + 1 :], text=True, **variables)

        expected, got = (comparable(text) for text in (replaced(output), result.out))
        assert checker.check_output(expected, got, options), result.out
        assert 'not-for-everyone' not in f'{result.out}{result.err}'
    assert number == 4


@pytest.mark.full
def test_the_recipes_are_states_that_salt_takes(minion: Minion, replaced: Any, tmp_path: Path) -> None:
    def recipe(text: str) -> str:
        return str(replaced(text).replace('/srv/', f'{tmp_path}/'))

    minion.write('pillar/top.sls', "base: {'*': [containers, clients]}\n")
    for name in ('containers.sls', 'clients.sls'):
        minion.write(f'pillar/{name}', replaced(named(name)))
    for name in ('options.sls', 'inline.sls', 'reload.sls', 'order.sls'):
        minion.write(f'states/{name}', recipe(named(name)))
    watched = minion.write(replaced('states/shop/httpd.conf'), '# nothing')
    (tmp_path / watched.parent.name).mkdir()

    several = minion.call('state.apply', 'options,inline,reload', 'test=True')
    in_order = minion.call('state.apply', 'order', 'test=True')

    assert len(several.states) == 5
    assert {ret['result'] for ret in several.states.values()} <= {True, None}, several.out
    assert [ret['result'] for ret in in_order.states.values()] == [None, None], in_order.out


@pytest.mark.full
def test_the_pillar_can_name_files(minion: Minion, replaced: Any, unique: str) -> None:
    minion.pillar(replaced(named('files.sls')))
    settings = yaml.safe_load(replaced(named('containers.sls')))['dockermap']['maps'][unique]
    minion.write(f'states/{unique}/map.yaml', yaml.safe_dump(settings))

    planned = minion.call('dockermap.plan', 'clients={__default__: {interfaces: {public: 127.0.0.1}}}')

    assert f'container {unique}.web' in planned.data['changes']

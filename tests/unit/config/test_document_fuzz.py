"""Mutated documents and dictionaries give a map, or an error that says where: nothing else, and in bounded time."""

from __future__ import annotations

import copy
import random
import re
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dockermap.functional import lazy
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.yaml import load_clients, load_file, load_map

SCHEMA = Path(__file__).parents[1] / 'schema'
MAPS: list[dict[str, Any]] = [found for found in load_file(SCHEMA / 'valid_maps.yaml').values() if found]
CLIENTS: list[dict[str, Any]] = [found for found in load_file(SCHEMA / 'valid_clients.yaml').values() if found]
TAGGED = [
    'host_root: !path ${A:-/srv}\nweb: {binds: {/etc/web: !path "~/conf"}}\n',
    'default_tag: !env TAG:-stable\nweb: {env_file: [!path_lazy $HOME/x.env]}\n',
    'base: &base {abstract: true, create_options: &o {environment: {A: 0755, B: on}}}\n'
    'web: {<<: *base, abstract: false}\napp: {create_options: {<<: *o, tty: yes}}\n',
]
TOKENS = [
    *'[]{}:,-?&*!|>%@`"\'\\#\n\t~=<\0\ufeff\x85\u2028$',
    *(': ', '- ', '? ', '\n  ', '[[', '{{', '}}', '&a ', '*a', '<<: *a', '<<: ', '---\n', '...\n', '|+1\n', '"":'),
    *(
        '!!int ',
        '!!float ',
        '!!bool ',
        '!!null ',
        '!!binary ',
        '!!timestamp ',
        '!!set ',
        '!!omap ',
        '!!pairs ',
        '!!str ',
    ),
    *('!!python/object:os.system ', '!path ', '!path_lazy ', '!env ', '!x ', '${', '${A:-', '${A:?x}', 'self: '),
    *('"\\x', '"\\UFFFFFFFF"', '"\\uD800"', '1e999', '.inf', '.nan', '0x', '0755', '1_', '-1', '1' * 30, '1' * 400),
    *('2020-13-45', 'on', 'null', '%YAML 9.9\n', '%TAG ! x\n', 'ä', '\U0001f600'),
]


def garbage(chance: random.Random, depth: int = 0) -> Any:
    """Any value, also what no document can have."""
    scalars: list[Callable[[], Any]] = [
        lambda: None, lambda: chance.random() < 0.5, lambda: chance.choice([0, 1, -1, 80, 65536, 2**63, 10**5000]),
        lambda: chance.choice([0.5, -0.0, float('inf'), float('nan'), 1e300]),
        lambda: chance.choice(['', 'a', 'web', '/a', 'a:b', '/a:/b:ro', '\0', '\ud800', '$A', 'x' * 3000, '80/tcp']),
        lambda: chance.choice([b'', b'a', b'\xff']), object, lambda: lazy(str), lambda: {1, 'a'}, lambda: frozenset(),
        lambda: print, lambda: range(3), lambda: 1j, lambda: Path('/a'), lambda: ValueError('x'),
    ]  # fmt: skip
    if depth > 3 or chance.random() < 0.6:
        return chance.choice(scalars)()
    if chance.random() < 0.3:
        return tuple(garbage(chance, depth + 1) for _ in range(chance.randrange(5)))
    if chance.random() < 0.5:
        return [garbage(chance, depth + 1) for _ in range(chance.randrange(5))]
    keys = ['a', 'name', 'path', 'cmd', 'test', 'web', '', 'links', 1, None, (1, 'a')]
    return {chance.choice(keys): garbage(chance, depth + 1) for _ in range(3)}


def mutated_text(chance: random.Random, text: str) -> str:
    for _ in range(chance.randrange(1, 5)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randrange(8))
        inserted = chance.choice([chance.choice(TOKENS), text[start:end] * 2, '', chance.choice(TOKENS) * 40])
        text = text[:start] + inserted + text[end:]
    return text


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in lists and dicts, as container and key."""
    found = []
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        found.extend(places(value[key]))
    return found


def mutated_settings(chance: random.Random, settings: dict[str, Any]) -> dict[str, Any]:
    settings = copy.deepcopy(settings)
    for container, key in chance.choices(places(settings), k=chance.randrange(1, 3)):
        change = chance.random()
        if change < 0.7:
            container[key] = garbage(chance)
        elif change < 0.8:
            container[key] = settings
        elif isinstance(container, dict) and key in container:
            container[chance.choice(['', 1, None, 'self', '__class__', 'items', (1,), 0.5])] = container.pop(key)
    return settings


_PATH = re.compile(r'.*?: \S', re.DOTALL)


def says_where(error: Exception) -> bool:
    """Whether an error names its line, or begins with a path."""
    text = str(error)
    if isinstance(error, yaml.YAMLError):
        return 'line ' in text
    is_of_document = text.startswith(('Expected a mapping', 'Two keys are the same as text'))
    return is_of_document or isinstance(error, OSError) or _PATH.match(text) is not None


def problem_of(load: Callable[[], Any]) -> str | None:
    """What is wrong with how something loads, where it neither does nor says why not."""
    begin = time.process_time()
    try:
        load()
    except (ValueError, MapIntegrityError, OSError, yaml.YAMLError) as error:
        if not says_where(error):
            return f'It is not said where: {error!r:.300}'
    except Exception as error:
        return f'Not an error of input: {error!r:.300}'
    return None if time.process_time() - begin < 10 else 'This took too long.'


def problems(number: int, make: Callable[[random.Random], Any], load: Callable[[Any], Any]) -> list[tuple[int, str]]:
    """Seeds of inputs that load neither well nor badly, and why."""
    found: list[tuple[int, str]] = []
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for seed in range(number):
            value = make(random.Random(seed))
            problem = problem_of(lambda value=value: load(value))  # type: ignore[misc]
            if problem:
                found.append((seed, problem))
    return found[:5]


NUMBERS = [1_700, pytest.param(34_000, marks=[pytest.mark.full, pytest.mark.timeout(1800)])]


@pytest.mark.parametrize('number', NUMBERS)
def test_a_mutated_document_gives_a_map_or_an_error_that_says_where(number: int) -> None:
    texts = [*map(yaml.safe_dump, MAPS), *(yaml.safe_dump(found, default_flow_style=True) for found in MAPS), *TAGGED]

    def load(text: str) -> None:
        load_map(text, 'shop', strict=len(text) % 2 == 0).as_dict()

    assert problems(number, lambda chance: mutated_text(chance, chance.choice(texts)), load) == []


@pytest.mark.parametrize('number', NUMBERS)
def test_a_mutated_dictionary_gives_a_map_or_an_error_that_says_where(number: int) -> None:
    def load(settings: dict[str, Any]) -> None:
        ContainerMap('shop', settings, strict=len(settings) % 2 == 0).get_extended_map().as_dict()

    assert problems(number, lambda chance: mutated_settings(chance, chance.choice(MAPS)), load) == []


@pytest.mark.parametrize('number', NUMBERS)
def test_a_mutated_document_of_clients_gives_clients_or_an_error_that_says_where(number: int) -> None:
    texts = [yaml.safe_dump(found) for found in CLIENTS]
    assert problems(number, lambda chance: mutated_text(chance, chance.choice(texts)), load_clients) == []

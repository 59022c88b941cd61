"""JSON objects and lines in streams that are cut anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockermap.client._messages import iter_lines, iter_messages

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=5,
)


@given(
    st.lists(st.dictionaries(st.text(), VALUES), max_size=5),
    st.integers(1, 7),
    st.sampled_from(['\r\n', '\n', '']),
    st.booleans(),
)
def test_objects_come_out_however_the_stream_is_cut(
    objects: list[Any], size: int, separator: str, is_ascii: bool
) -> None:
    data = ''.join(json.dumps(item, ensure_ascii=is_ascii) + separator for item in objects).encode()
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert list(iter_messages(chunks)) == objects


@pytest.mark.parametrize(
    ('response', 'found'),
    [
        ('{"a": 1}', [{'a': 1}]),
        (b'{"a": 1}\r\n{"b": 2}', [{'a': 1}, {'b': 2}]),
        ([{'a': 1}, {'b': 2}], [{'a': 1}, {'b': 2}]),
        ({'a': 1}, [{'a': 1}]),
        ([b'{"a"', b': 1}{"b": 2}'], [{'a': 1}, {'b': 2}]),
        (['{"a": {\n', '"b": "}"\n}}'], [{'a': {'b': '}'}}]),
        ([b'no JSON at all\n', b'{"a": 1}\n'], [{'a': 1}]),
        ([b'{"broken": \n', b'{"a": 1}\n'], [{'a': 1}]),
        ([b'[1]\n3\nnull\n"text"\n', b'{"a": 1}\n'], [{'a': 1}]),
        ([b'{"a": "\xff"}'], [{'a': '�'}]),
        ([b'{"a": 1}\n{"unfinished": '], [{'a': 1}]),
        ([None, 3, {'a': 1}], [{'a': 1}]),
        ('', []),
        (None, []),
        ([], []),
    ],
)
def test_what_is_no_object_is_left_out(response: Any, found: list[Any]) -> None:
    assert list(iter_messages(response)) == found


def test_an_object_is_there_as_soon_as_it_is_complete() -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"a": 1}'
        pytest.fail('asked for more before handing out what was there')

    assert next(iter_messages(chunks())) == {'a': 1}


@pytest.mark.parametrize(
    ('chunks', 'lines'),
    [
        ([b'a\nb\n'], ['a', 'b']),
        ([b'a\n\n'], ['a', '']),
        ([b'a', b'b\nc'], ['ab', 'c']),
        ([b'a\r\nb\r', b'\n'], ['a', 'b']),
        ([b'\xc3', b'\xa4\xff\n'], ['ä�']),
        (b'a\nb', ['a', 'b']),
        (b'', []),
        ([], []),
    ],
)
def test_lines_are_put_together_from_chunks(chunks: Any, lines: list[str]) -> None:
    assert list(iter_lines(chunks)) == lines


@pytest.mark.parametrize('read', [iter_lines, iter_messages])
def test_a_stream_is_closed_when_its_reader_is_not_read_to_the_end(read: Callable[[Any], Any], closable: Any) -> None:
    stream = closable(b'{"a": 1}\n{"b": 2}\n')
    reader = read(stream)
    next(reader)
    reader.close()
    assert stream.closed

"""Variables in Compose files, and files with variables."""

from __future__ import annotations

import pytest

from dockermap.compose._env_file import parsed
from dockermap.compose._variables import interpolated
from dockermap.exceptions import InputError

KNOWN = {'A': 'a', 'EMPTY': '', 'B_1': 'b'}


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('$A', 'a'),
        ('${A}', 'a'),
        ('x${A}y$B_1-z', 'xayb-z'),
        ('$$A', '$A'),
        ('$${A}', '${A}'),
        ('${NONE}', ''),
        ('${NONE:-d}', 'd'),
        ('${EMPTY:-d}', 'd'),
        ('${EMPTY-d}', ''),
        ('${NONE-d}', 'd'),
        ('${A:-d}', 'a'),
        ('${A:+r}', 'r'),
        ('${EMPTY:+r}', ''),
        ('${EMPTY+r}', 'r'),
        ('${NONE+r}', ''),
        ('${NONE:-${A}}', 'a'),
        ('${NONE:-${EMPTY:-${A:+x}}}', 'x'),
        ('${NONE:-a:b/c?d}', 'a:b/c?d'),
        ('${A:?needed}', 'a'),
        ('${NONE:-}', ''),
        ('${NONE:-$$x}', '$x'),
        ('${NONE:-{"a": 1}}', '{"a": 1}'),
        ('a $ b $1 $', 'a $ b $1 $'),
    ],
)
def test_a_variable(text, expected):
    assert interpolated(text, KNOWN) == expected


@pytest.mark.parametrize('text', ['${', '${}', '${A', '${A b}', '${1}', '${-x}', '${A/x/y}', '${A:-{}'])
def test_what_is_no_variable(text):
    with pytest.raises(InputError, match='Expected a variable'):
        interpolated(text, KNOWN)


@pytest.mark.parametrize(
    ('text', 'said'), [('${NONE:?set it}', 'set it'), ('${EMPTY:?$A}', ': a'), ('${NONE?}', 'required')]
)
def test_one_that_is_required(text, said):
    with pytest.raises(InputError, match=f'The variable .* is not set: .*{said.lstrip(": ")}'):
        interpolated(text, KNOWN)


def test_one_that_is_required_is_an_error_with_its_place(compose):
    with pytest.raises(
        InputError, match=r"^services\.app\.image: The variable 'TAG' is not set: choose one \(.*line 3\)"
    ):
        compose('services:\n  app:\n    image: "a:${TAG:?choose one}"\n')


def test_one_that_is_not_set_is_a_note(compose):
    _, _, (note,) = compose('services:\n  app:\n    image: a\n    command: "x$NOT_SET"\n')
    assert (note.path, note.what) == ('services.app.command', '$NOT_SET')


def test_texts_do_not_grow_without_end():
    with pytest.raises(InputError, match='characters'):
        interpolated('$BIG' * 2000, {'BIG': 'x' * 1000})
    lines = ['A=xxxxxxxxxx', *(f'{chr(66 + n)}=${{{chr(65 + n)}}}' * 1 + f'${chr(65 + n)}' * 9 for n in range(20))]
    with pytest.raises(InputError, match='characters'):
        parsed('\n'.join(lines), {})


def test_they_are_not_nested_without_end():
    with pytest.raises(InputError, match='nested'):
        interpolated('${N:-' * 200 + 'x' + '}' * 200, {})


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('A=1', {'A': '1'}),
        ('A = 1', {'A': '1'}),
        ('export A=1', {'A': '1'}),
        ('A: 1', {'A': '1'}),
        ('# x\n\nA=1 # y', {'A': '1'}),
        ('A=1#y', {'A': '1#y'}),
        ('A="1 # y" # z', {'A': '1 # y'}),
        ("A='$B'\nC=2", {'A': '$B', 'C': '2'}),
        ('A="a\\nb"', {'A': 'a\nb'}),
        ("A='a\\nb'", {'A': 'a\\nb'}),
        ('A="two\nlines"\nB=1', {'A': 'two\nlines', 'B': '1'}),
        ('A=1\nB=${A}x\nC="$B"', {'A': '1', 'B': '1x', 'C': '1x'}),
        ('A="\\$B"', {'A': '$B'}),
        ('A=${K:-d}', {'A': 'known'}),
        ('K', {'K': 'known'}),
        ('NONE', {}),
        ('A=', {'A': ''}),
        ('A=\nB=1', {'A': '', 'B': '1'}),
        ('A="x"\r\nB=y\r\n'.replace('\r\n', '\n'), {'A': 'x', 'B': 'y'}),
        ('A=a b', {'A': 'a b'}),
        ('1A=x', {'1A': 'x'}),
        ("A='it\\'s'", {'A': "it's"}),
    ],
)
def test_a_file(text, expected):
    assert parsed(text, {'K': 'known'}) == expected


@pytest.mark.parametrize('text', ['A="x', "A='x", '=x', 'A B=1', 'A="x"y'])
def test_a_line_that_is_none(text):
    with pytest.raises(InputError, match=r'^line 1'):
        parsed(text, {})


def test_files_come_before_what_the_service_says_and_later_ones_win(config):
    found = config(
        'env_file: [one.env, {path: two.env, format: raw}, {path: none.env, required: false}]\n'
        'environment: {C: own, D: , E: }',
        environ={'D': 'from outside'},
        one_dot_env='A="1"\nB=1\nC=1\n',
        two_dot_env='B="2"\n',
    ).create_options['environment']
    assert found == {'A': '1', 'B': '"2"', 'C': 'own', 'D': 'from outside'}


def test_a_file_that_is_missing_is_an_error(config):
    with pytest.raises(InputError, match=r'^services\.app\.env_file\[0\]: .*none\.env: No such file'):
        config('env_file: none.env')


def test_variables_of_dot_env_are_weaker_than_those_of_the_environment(compose):
    shop, _, _ = compose('services:\n  app: {image: "$A:$B"}\n', environ={'B': 'outside'}, _dot_env='A=file\nB=file\n')
    assert shop.containers.app.image == 'file:outside'

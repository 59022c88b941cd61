"""Environment variables in documents and in files: ``!env``, ``!path``, ``env_file``; encodings and relative paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from dockermap.exceptions import InputError
from dockermap.functional import resolve_deep
from dockermap.map._environment import expand_variables, variables_of_files
from dockermap.map.config.main import ContainerMap
from dockermap.map.yaml import DocumentError, load_clients_file, load_file, load_map, load_map_file


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('FULL', '/srv')
    monkeypatch.setenv('EMPTY', '')
    monkeypatch.setenv('HOME', '/home/me')
    monkeypatch.delenv('NOSUCH', raising=False)


class TestPaths:
    @pytest.mark.parametrize(
        ('text', 'expected'),
        [
            ('$FULL/x', '/srv/x'),
            ('${FULL}/x', '/srv/x'),
            ('${FULL:-b}', '/srv'),
            ('${NOSUCH:-b}', 'b'),
            ('${EMPTY:-b}', 'b'),
            ('${EMPTY-b}', ''),
            ('${NOSUCH-b}', 'b'),
            ('${NOSUCH:-}', ''),
            ('${FULL:+b}', 'b'),
            ('${EMPTY:+b}', ''),
            ('${EMPTY+b}', 'b'),
            ('${NOSUCH+b}', ''),
            ('${FULL:?needed}', '/srv'),
            ('${EMPTY?needed}', ''),
            ('${NOSUCH:-$FULL/y}/z', '/srv/y/z'),
            ('${NOSUCH:-${EMPTY:-${FULL}/c}}/d', '/srv/c/d'),
            ('${NOSUCH:-a b:-c}', 'a b:-c'),
            ('${NOSUCH:-~/x}', '/home/me/x'),
            ('~/${NOSUCH:-x}', '/home/me/x'),
            ('$', '$'),
            ('$/x', '$/x'),
            ('a${FULL', 'a${FULL'),
            ('$FULL$FULL', '/srv/srv'),
        ],
    )
    @pytest.mark.parametrize('tag', ['!path', '!path_lazy'])
    @pytest.mark.filterwarnings('error', 'ignore::ResourceWarning')
    def test_variables_are_as_in_a_shell(self, tag: str, text: str, expected: str) -> None:
        found = load_map(yaml.safe_dump({'name': 'shop'}) + f'host: {{root: {tag} "{text}"}}')
        assert resolve_deep(found.host.root) == expected

    @pytest.mark.parametrize('text', ['${NOSUCH:?it is needed}', '${EMPTY:?it is needed}', '${NOSUCH?it is needed}'])
    def test_a_variable_that_must_be_there_is_an_error_with_the_line(self, text: str) -> None:
        with pytest.raises(InputError, match=r'^line 2: .*it is needed'):
            load_map(f'name: shop\nhost_root: !path "{text}"')

    @pytest.mark.parametrize('text', ['$NOSUCH', '${NOSUCH}', '${EMPTY:-$NOSUCH}', '${NO SUCH}', '${}'])
    def test_an_unset_variable_without_default_is_told(self, text: str) -> None:
        with pytest.warns(UserWarning, match=r'line 2: .*NO ?SUCH|line 2: '):
            load_map(f'name: shop\nhost_root: !path "{text}"')

    def test_values_of_variables_are_not_expanded_again(self) -> None:
        assert expand_variables('$A', lambda name: None, {'A': '$B', 'B': 'c'}) == '$B'


class TestEnv:
    @pytest.mark.parametrize(
        ('text', 'expected'),
        [
            ('FULL', '/srv'),
            ('EMPTY', ''),
            ('FULL:-b', '/srv'),
            ('EMPTY:-b', 'b'),
            ('NOSUCH:-b', 'b'),
            ('NOSUCH:-', ''),
            ('NOSUCH:-a:-b', 'a:-b'),
            ('NOSUCH:-$FULL', '$FULL'),
            ('"FULL "', '/srv'),
        ],
    )
    def test_the_tag_gives_the_text_of_a_variable(self, text: str, expected: str) -> None:
        assert yaml.safe_load(f'!env {text}') == expected

    def test_it_is_a_text_where_it_looks_like_a_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('MODE', '0750')
        assert load_map('name: shop\nweb: {permissions: !env MODE}').containers.web.permissions == '0750'

    @pytest.mark.parametrize(
        'text',
        ['NOSUCH', 'NO-SUCH', '""', '1A', '$FULL', '${FULL}', '[FULL]', '{FULL: a}', 'NOSUCH-b', ':-b', '"FULL x"'],
    )
    @pytest.mark.parametrize('strict', [False, True])
    def test_what_gives_no_value_is_an_error_with_the_line(self, text: str, strict: bool) -> None:
        with pytest.raises(yaml.YAMLError, match='line 2'):
            load_map(f'name: shop\ndefault_tag: !env {text}', strict=strict)

    def test_the_error_names_variable_and_way_out(self) -> None:
        with pytest.raises(DocumentError, match=r"no variable 'NOSUCH'; set it, or write NOSUCH:-default"):
            load_map('name: shop\ndefault_tag: !env NOSUCH')


ENCODINGS = ['utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le with mark', 'utf-16-be with mark']


def encoded(text: str, encoding: str) -> bytes:
    if encoding.endswith(' with mark'):
        return f'\ufeff{text}'.encode(encoding.partition(' ')[0])
    return text.encode(encoding)


class TestEncodings:
    TEXT = 'name: shop\nweb: {image: x, create_options: {labels: {a: "ä€𝄞"}}}\n'

    @pytest.mark.parametrize('encoding', ENCODINGS)
    def test_a_file_is_read(self, tmp_path: Path, encoding: str) -> None:
        (tmp_path / 'shop.yaml').write_bytes(encoded(self.TEXT, encoding))
        found = load_map_file(tmp_path / 'shop.yaml')
        assert found.containers.web.create_options == {'labels': {'a': 'ä€𝄞'}}

    @pytest.mark.parametrize('encoding', ENCODINGS)
    def test_bytes_are_read(self, encoding: str) -> None:
        assert load_map(encoded(self.TEXT, encoding)).containers.web.image == 'x'

    @pytest.mark.parametrize('encoding', ['latin-1', 'cp1252', 'utf-16-le', 'utf-16-be', 'utf-32', 'utf-32-le'])
    @pytest.mark.parametrize('load', [load_map_file, load_file, load_clients_file])
    def test_other_encodings_are_an_error_with_the_name_of_the_file(
        self, tmp_path: Path, encoding: str, load: Any
    ) -> None:
        (tmp_path / 'shop.yaml').write_bytes('name: "shop ä"\n'.encode(encoding))
        with pytest.raises((InputError, yaml.YAMLError), match=r'shop\.yaml'):
            load(tmp_path / 'shop.yaml')

    @pytest.mark.parametrize('content', [b'\xff\xfea', b'\xfe\xff\xd8', b'a: \x80', b'\xef\xbb\xbf\xff'])
    def test_bytes_that_are_cut_off_are_an_error_with_the_name_of_the_file(
        self, tmp_path: Path, content: bytes
    ) -> None:
        (tmp_path / 'shop.yaml').write_bytes(content)
        with pytest.raises(InputError, match=r'shop\.yaml: Expected a document in UTF-8'):
            load_map_file(tmp_path / 'shop.yaml')

    def test_a_file_that_was_opened_as_text_of_another_encoding_is_an_error_with_its_name(self, tmp_path: Path) -> None:
        (tmp_path / 'shop.yaml').write_bytes('name: ä'.encode('latin-1'))
        with open(tmp_path / 'shop.yaml', encoding='utf-8') as stream, pytest.raises(InputError, match=r'shop\.yaml'):
            load_map(stream)


class TestRelativePaths:
    @pytest.mark.parametrize(
        ('root', 'expected'),
        [
            ('.', '{}'),
            ('./data', '{}/data'),
            ('data', '{}/data'),
            ('../data', '{}/../data'),
            ('/srv', '/srv'),
            ('!path $FULL', '/srv'),
            ('!path "${NOSUCH:-data}"', '{}/data'),
            ('!path_lazy "${NOSUCH:-data}"', '{}/data'),
            ('C:/data', 'C:/data'),
        ],
    )
    @pytest.mark.parametrize('form', ['host_root: {}', 'host: {{root: {}}}'])
    def test_a_root_is_below_the_folder_of_its_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, root: str, expected: str
    ) -> None:
        folder = tmp_path / 'maps'
        folder.mkdir()
        (folder / 'shop.yaml').write_text(f'name: shop\nhost_data: \n{form.format(root)}\n')
        monkeypatch.chdir(tmp_path)
        for path in (folder / 'shop.yaml', 'maps/shop.yaml'):
            found = resolve_deep(load_map_file(path).host.root)
            assert found == os.path.normpath(expected.format(folder))

    def test_a_root_of_text_is_left_as_it_is(self) -> None:
        assert load_map('name: shop\nhost_root: .').host.root == '.'

    @pytest.mark.parametrize('root', ['', '~', '""'])
    def test_no_root_stays_none(self, tmp_path: Path, root: str) -> None:
        (tmp_path / 'shop.yaml').write_text(f'name: shop\nhost_root: {root}\n')
        assert not load_map_file(tmp_path / 'shop.yaml').host.root


def environment(settings: dict[str, Any], **others: Any) -> Any:
    """The environment that a configuration of a map leads to."""
    found = ContainerMap('shop', {'web': settings, **others}).get_extended_map().containers.web
    merged: Any = {}
    for options in (found.host_config, found.create_options):
        given = resolve_deep((options() if callable(options) else options).get('environment') or {})
        merged = {**merged, **given} if isinstance(given, dict) and isinstance(merged, dict) else given
    return merged


class TestEnvironmentFiles:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Any:
        def write(content: str | bytes, name: str = 'web.env') -> str:
            path = tmp_path / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            return str(path)

        return write

    @pytest.mark.parametrize(
        ('content', 'expected'),
        [
            ('A=b\n', {'A': 'b'}),
            ('A=b', {'A': 'b'}),
            ('A=b\r\nC=d\r\n', {'A': 'b', 'C': 'd'}),
            ('\n  \n# A=x\n  # B=y\nA=b # c\n', {'A': 'b # c'}),
            ('A="b c"\nB=\'d\'\n', {'A': '"b c"', 'B': "'d'"}),
            ('A= b \n', {'A': ' b '}),
            ('  A=b\n', {'A': 'b'}),
            ('A=b=c\n', {'A': 'b=c'}),
            ('A=\n', {'A': ''}),
            ('A=$FULL ${FULL}\n', {'A': '$FULL ${FULL}'}),
            ('FULL\nNOSUCH\nEMPTY\n', {'FULL': '/srv', 'EMPTY': ''}),
            ('A=1\nA=2\n', {'A': '2'}),
            ('my.name-x=1\n', {'my.name-x': '1'}),
            ('\ufeffA=ä\n', {'A': 'ä'}),
            ('export\n', {}),
            ('', {}),
        ],
    )
    def test_lines_are_read_as_the_docker_command_reads_them(
        self, file: Any, content: str, expected: dict[str, str]
    ) -> None:
        assert variables_of_files([file(content)]) == expected

    @pytest.mark.parametrize(
        ('content', 'place'),
        [
            ('A=b\n=c\n', 'line 2'),
            ('export A=b\n', 'line 1'),
            ('A =b\n', 'line 1'),
            ('A b\n', 'line 1'),
            ('A\tb=c\n', 'line 1'),
            ('A\0=b\n', 'line 1'),
            (b'A=\xff\n', 'UTF-8'),
            ('A=b'.encode('utf-16'), 'UTF-8'),
        ],
    )
    def test_other_lines_are_an_error_with_file_and_line_but_not_with_the_value(
        self, file: Any, content: str | bytes, place: str
    ) -> None:
        with pytest.raises(InputError, match=rf'^env_file .*web\.env.*{place}') as caught:
            environment({'env_file': file(content)})
        assert '=c' not in str(caught.value)

    def test_a_missing_file_is_an_error_of_the_operating_system(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match='nosuch'):
            environment({'env_file': str(tmp_path / 'nosuch.env')})

    def test_later_files_win_and_the_environment_wins_over_all(self, file: Any) -> None:
        first, second = file('A=1\nB=1\nC=1\n', 'first'), file('B=2\nC=2\n', 'second')
        settings = {'env_file': [first, second], 'create_options': {'environment': {'C': 3, 'D': 3}}}
        assert environment(settings) == {'A': '1', 'B': '2', 'C': 3, 'D': 3}

    def test_an_environment_as_list_wins_too(self, file: Any) -> None:
        settings = {'env_file': file('A=1\nB=1\n'), 'create_options': {'environment': ['B=2', 'C']}}
        assert environment(settings) == ['A=1', 'B=2', 'C']

    def test_an_environment_in_the_host_configuration_wins_too(self, file: Any) -> None:
        settings = {'env_file': file('A=1\nB=1\n'), 'host_config': {'environment': {'B': 2}}}
        assert environment(settings) == {'A': '1', 'B': 2}

    def test_options_from_a_function_win_too(self, file: Any) -> None:
        settings = {'env_file': file('A=1\nB=1\n'), 'create_options': lambda: {'environment': {'B': 2}}}
        assert environment(settings) == {'A': '1', 'B': 2}

    def test_lists_are_inherited_and_those_of_the_child_win(self, file: Any) -> None:
        base = {'abstract': True, 'env_file': file('A=1\nB=1\n', 'base')}
        assert environment({'extends': 'base', 'env_file': file('B=2\n', 'own')}, base=base) == {'A': '1', 'B': '2'}

    def test_a_file_that_is_given_again_wins_where_it_is_given_last(self, file: Any) -> None:
        first, second = file('A=1\n', 'first'), file('A=2\n', 'second')
        base = {'abstract': True, 'env_file': [first, second]}
        assert environment({'extends': 'base', 'env_file': first}, base=base) == {'A': '1'}

    def test_defaults_of_maps_are_weaker(self, file: Any) -> None:
        source = ContainerMap('shop', {'web': {'env_file': file('A=1\n', 'own')}})
        extended = source.get_extended_map({'containers': {'web': {'env_file': file('A=2\nB=2\n', 'default')}}})
        assert resolve_deep(extended.containers.web.create_options) == {'environment': {'B': '2', 'A': '1'}}

    def test_a_change_of_the_file_is_seen(self, file: Any) -> None:
        path = file('A=1\n')
        found = ContainerMap('shop', {'web': {'env_file': path}}).get_extended_map().containers.web
        before = resolve_deep(found.create_options)
        file('A=2\n')
        assert (before, resolve_deep(found.create_options)) == (
            {'environment': {'A': '1'}},
            {'environment': {'A': '2'}},
        )

    def test_files_are_not_read_when_a_map_is_made(self) -> None:
        found = ContainerMap('shop', {'web': {'env_file': '/nosuch/web.env'}})
        assert found.as_dict()['containers']['web']['env_file'] == ['/nosuch/web.env']
        assert ContainerMap('shop', found.as_dict()) == found

    def test_extending_twice_changes_nothing(self, file: Any) -> None:
        extended = ContainerMap('shop', {'web': {'env_file': file('A=1\n')}}).get_extended_map()
        assert extended.get_extended_map() == extended

    def test_the_representation_shows_no_values(self, file: Any) -> None:
        settings = {'env_file': file('A=secret\n'), 'create_options': {'environment': {'B': 'hidden'}}}
        found = ContainerMap('shop', {'web': settings}).get_extended_map().containers.web
        text = repr(found.create_options)
        assert 'secret' not in text
        assert 'hidden' not in text

    def test_texts_of_documents_are_what_was_written(self, file: Any) -> None:
        path = file('A=1\n')
        found = load_map(f'name: shop\nweb: {{env_file: {path}, create_options: {{environment: {{B: 0755}}}}}}')
        options = found.get_extended_map().containers.web.create_options
        assert resolve_deep(options) == {'environment': {'A': '1', 'B': '0755'}}

    @pytest.mark.parametrize('form', ['web.env', '[web.env]', './web.env', '!path web.env', '!path_lazy web.env'])
    @pytest.mark.parametrize('section', [False, True])
    def test_a_relative_path_is_below_the_folder_of_its_map(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Any, form: str, section: bool
    ) -> None:
        file('A=1\n')
        text = f'web: {{env_file: {form}}}'
        (tmp_path / 'shop.yaml').write_text(f'name: shop\n{f"containers: {{{text}}}" if section else text}\n')
        monkeypatch.chdir('/')
        found = load_map_file(tmp_path / 'shop.yaml').get_extended_map().containers.web
        assert resolve_deep(found.create_options) == {'environment': {'A': '1'}}

    @pytest.mark.parametrize('value', [5, [5], {'a': 'b'}, [''], [['a']]])
    def test_what_is_no_path_is_refused_with_the_path(self, value: Any) -> None:
        with pytest.raises(InputError, match=r'^shop\.web\.env_file'):
            ContainerMap('shop', {'web': {'env_file': value}})

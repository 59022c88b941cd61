"""Maps and client configurations from YAML."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml

from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.functional import LazyOnceObject
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.yaml import expand_node, load_clients, load_clients_file, load_file, load_map, load_map_file


@pytest.fixture(autouse=True)
def site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SITE', '/srv/s')
    monkeypatch.setenv('HOME', '/home/me')
    monkeypatch.delenv('NOSUCH', raising=False)


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('!path $SITE/x', '/srv/s/x'),
        ('!path ~/x', '/home/me/x'),
        ('!path [$SITE, b]', ['/srv/s', 'b']),
        ('!path {k: $SITE}', {'k': '/srv/s'}),
        ('!path {$SITE: a}', {'$SITE': 'a'}),
        ('!path [5, null, true, $SITE]', [5, None, True, '/srv/s']),
        ('!path {a: {b: $SITE}, c: [$SITE]}', {'a': {'b': '$SITE'}, 'c': ['$SITE']}),
        ('!path {a: !path {b: $SITE}, c: !path [$SITE]}', {'a': {'b': '/srv/s'}, 'c': ['/srv/s']}),
    ],
)
def test_the_tag_path_expands_texts_of_the_first_level(text: str, expected: Any) -> None:
    assert yaml.safe_load(text) == expected


def test_the_tag_path_lazy_expands_on_use(monkeypatch: pytest.MonkeyPatch) -> None:
    found = yaml.safe_load('[!path_lazy $SITE/x, !path_lazy {k: $SITE}]')
    monkeypatch.setenv('SITE', '/other')
    assert isinstance(found[0], LazyOnceObject)
    assert found[0].get() == '/other/x'
    assert found[1]['k'].get() == '/other'


def test_a_node_can_be_expanded_by_any_function() -> None:
    class Loader(yaml.SafeLoader):
        """A loader of its own."""

    Loader.add_constructor('!up', lambda loader, node: expand_node(loader, node, str.upper))
    assert yaml.load('[!up a, !up [b, 5], !up {c: d}]', Loader=Loader) == ['A', ['B', 5], {'c': 'D'}]


@pytest.mark.parametrize('variable', ['$NOSUCH', '${NOSUCH}'])
def test_unknown_variables_stay_as_they_are_with_a_warning(variable: str) -> None:
    with pytest.warns(UserWarning, match=r'line 2: .*NOSUCH'):
        found = load_map(f'name: store\nhost_root: !path {variable}/x\n')
    assert found.host.root == f'{variable}/x'
    with pytest.raises(ValueError, match='NOSUCH'):
        load_map(f'name: store\nhost_root: !path {variable}/x\n', strict=True)


STORE = 'name: store\nweb: {image: x, links: cart}\ncart: {user: u}\n'


class TestMaps:
    @pytest.mark.parametrize('stream', [STORE, STORE.encode(), io.StringIO(STORE), io.BytesIO(STORE.encode())])
    def test_from_any_stream(self, stream: Any) -> None:
        found = load_map(stream)
        assert found == ContainerMap('store', {'web': {'image': 'x', 'links': 'cart'}, 'cart': {'user': 'u'}})

    @pytest.mark.parametrize(('name', 'expected'), [(None, 'store'), ('', 'store'), ('mall', 'mall')])
    def test_name(self, name: str | None, expected: str) -> None:
        found = load_map(STORE, name)
        assert found.name == expected
        assert 'name' not in found.containers

    @pytest.mark.parametrize('text', ['web: {image: x}', 'name:', 'name: 0'])
    def test_a_map_without_name_is_an_error(self, text: str) -> None:
        with pytest.raises(ValueError, match='name'):
            load_map(text)

    @pytest.mark.parametrize('text', ['[a]', 'a', '', '5'])
    def test_a_document_that_is_no_mapping_is_an_error(self, text: str) -> None:
        with pytest.raises(ValueError, match='Expected a mapping'):
            load_map(text, 'store')

    def test_checks_can_be_left_out(self) -> None:
        wrong = 'name: store\nweb: {links: nosuch}'
        with pytest.raises(MapIntegrityError):
            load_map(wrong)
        load_map(wrong, check_integrity=False)
        twice = 'name: store\na: {attaches: {v: /v}}\nb: {attaches: {v: /v}}\n'
        with pytest.raises(MapIntegrityError):
            load_map(twice)
        load_map(twice, check_duplicates=False)

    def test_strict_mode(self) -> None:
        text = 'name: store\nweb: {imagee: x}'
        with pytest.warns(UnknownOptionWarning, match=r'^store\.web\.imagee: '):
            load_map(text)
        with pytest.raises(InputError, match=r'^store\.web\.imagee: '):
            load_map(text, strict=True)

    def test_errors_of_parsing_pass_through(self) -> None:
        with pytest.raises(yaml.YAMLError):
            load_map('a: [', 'store')

    def test_numbers_to_the_base_of_60_are_texts(self) -> None:
        found = load_map(
            'name: store\nweb: {create_options: {a: 22:22, b: 1:30.5, c: -5,'
            ' d: 0x10, e: 0b11, f: 1_000, g: 1.5, h: .5, i: 010}}'
        )
        assert found.containers.web.create_options == {
            'a': '22:22',
            'b': '1:30.5',
            'c': -5,
            'd': 16,
            'e': 3,
            'f': 1000,
            'g': 1.5,
            'h': 0.5,
            'i': 8,
        }

    def test_merge_keys_and_anchors_work(self) -> None:
        found = load_map(
            'name: store\na: &a {image: x, user: u}\nb: &b {<<: *a, user: v}\nc: {<<: [*a, *b], image: y}\n'
        )
        assert (found.containers.b.image, found.containers.b.user, found.containers.c.image) == ('x', 'v', 'y')

    def test_anchored_options_are_not_shared(self) -> None:
        found = load_map('name: store\na: {create_options: &o {labels: {x: y}}}\nb: {create_options: *o}\n')
        found.containers.a.create_options['labels']['x'] = 'z'
        assert found.containers.b.create_options == {'labels': {'x': 'y'}}


class TestFiles:
    @pytest.mark.parametrize(
        ('file_name', 'name', 'expected'),
        [
            ('store.v2.yaml', '', 'store.v2'),
            ('plain', '', 'plain'),
            ('x.yaml', None, 'store'),
            ('x.yaml', 'mall', 'mall'),
        ],
    )
    def test_name(self, tmp_path: Path, file_name: str, name: str | None, expected: str) -> None:
        (tmp_path / file_name).write_text(STORE)
        found = load_map_file(str(tmp_path / file_name), name)
        assert found.name == expected
        assert 'name' not in found.containers

    def test_checks_can_be_left_out(self, tmp_path: Path) -> None:
        path = tmp_path / 'x.yaml'
        path.write_text('name: store\na: {attaches: {v: /v}}\nb: {attaches: {v: /v}}\n')
        load_map_file(path, None, False)
        load_map_file(path, None, True, False)
        with pytest.raises(MapIntegrityError, match='several volumes'):
            load_map_file(path)

    def test_strict_mode(self, tmp_path: Path) -> None:
        (tmp_path / 'x.yaml').write_text('name: store\nweb: {imagee: x}\n')
        with pytest.raises(InputError, match=r'^store\.web\.imagee: '):
            load_map_file(tmp_path / 'x.yaml', strict=True)

    def test_files_are_read_as_utf_8(self, tmp_path: Path) -> None:
        (tmp_path / 'x.yaml').write_bytes('name: store\nweb: {create_options: {labels: {a: ä}}}'.encode())
        assert load_map_file(tmp_path / 'x.yaml').containers.web.create_options == {'labels': {'a': 'ä'}}

    @pytest.mark.parametrize(
        ('text', 'expected'), [('[1, a]', [1, 'a']), ('5', 5), ('', None), ('a: !path $SITE', {'a': '/srv/s'})]
    )
    def test_any_document(self, tmp_path: Path, text: str, expected: Any) -> None:
        (tmp_path / 'x.yaml').write_text(text)
        assert load_file(tmp_path / 'x.yaml') == expected

    def test_errors_of_opening_pass_through(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match='nosuch'):
            load_map_file(tmp_path / 'nosuch.yaml')


class TestClients:
    TEXT = 'web1: {base_url: unix://x, version: "1.22", interfaces: {lan: 10.0.0.1}, wait_timeout: 5}\nweb2:\n'

    def test_by_name(self) -> None:
        assert load_clients(self.TEXT) == {
            'web1': ClientConfiguration('unix://x', '1.22', interfaces={'lan': '10.0.0.1'}, wait_timeout=5),
            'web2': ClientConfiguration(),
        }

    def test_from_a_file_with_another_class(self, tmp_path: Path) -> None:
        class Special(ClientConfiguration):
            """A subclass."""

        (tmp_path / 'clients.yaml').write_text(self.TEXT)
        assert all(
            isinstance(found, Special) for found in load_clients_file(tmp_path / 'clients.yaml', Special).values()
        )

    @pytest.mark.parametrize(
        ('text', 'message'),
        [
            ('[a]', 'Expected a mapping of client names'),
            ('', 'Expected a mapping of client names'),
            ('web1: unix://x', '^web1: Expected a mapping'),
            ('web1: {5: a}', '^web1: .*5'),
            ('5: {}', '^5: '),
            ('web1: {interfaces: 5}', r'^web1\.interfaces: '),
        ],
    )
    def test_what_is_refused_is_named(self, text: str, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            load_clients(text)

    @pytest.mark.parametrize('version', ['1.20', '1.30', '1.4'])
    def test_a_version_is_the_text_that_was_written(self, version: str) -> None:
        assert load_clients(f'web1: {{version: {version}}}')['web1'].version == version

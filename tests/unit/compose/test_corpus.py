"""What becomes of Compose files in the shapes of well-known applications."""

from __future__ import annotations

import pytest
import yaml

from dockermap.compose import compose_text, dump, load, map_with_notes
from dockermap.map.yaml import load_map
from tests.corpus.cases import CASES

pytestmark = pytest.mark.filterwarnings('ignore:.*They cannot run at the same time')


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    return request.param


def test_there_are_enough_of_them():
    assert len(CASES) >= 40
    assert sum(case.is_brought_up for case in CASES) >= 10


def test_the_notes_are_the_expected_ones(case):
    _, _, notes = case.load()
    assert sorted({note.path for note in notes}) == sorted(set(case.notes))


def test_each_note_says_what_and_why(case):
    for note in case.load()[2]:
        assert note.what
        assert note.why.endswith('.')
        assert str(note).startswith(note.path)


def test_each_service_is_a_configuration_that_is_found_by_its_name(case):
    shop, _, _ = case.load()
    content = yaml.load(case.files[0].read_text(), Loader=yaml.BaseLoader)
    for name, service in content['services'].items():
        config = shop.containers.get(name.replace('.', '-'))
        if config is None:
            assert case.name == 'overrides'
            continue
        if 'network_mode' not in service:
            assert all(name in endpoint.aliases for endpoint in config.networks)


def test_the_map_can_be_written_and_read_again(case):
    shop, _, notes = case.load()
    assert load_map(map_with_notes(shop, notes), strict=True) == shop


def test_what_is_brought_up_has_nothing_to_tell_the_second_time(case, bring_up):
    client, engine = bring_up(case)
    assert engine.names()
    plan = client.plan('update', '__all__')
    assert not plan, plan.text()


def test_what_is_written_back_is_read_as_the_same(case):
    shop, host, _ = case.load()
    document, _ = dump(shop, host)
    again, again_host, _ = load(document, profiles=case.profiles, environ={})
    assert again == shop
    assert again_host.interfaces == host.interfaces
    assert again_host.interfaces_ipv6 == host.interfaces_ipv6


def test_a_file_that_is_written_back_is_read_as_the_same(case, tmp_path):
    shop, _, _ = case.load()
    path = tmp_path / 'compose.yaml'
    path.write_text(compose_text(*dump(shop)))
    assert load(path, profiles=case.profiles, environ={})[0].as_dict() == shop.as_dict()

"""Which engine the demo and the tests use: the one they are told, the one that is there, or an own one."""

from __future__ import annotations

import private_engine
import pytest


@pytest.fixture(autouse=True)
def everything_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_engine, 'answers', lambda url: True)
    monkeypatch.setattr(private_engine, 'can_start_engine', lambda: True)
    monkeypatch.delenv('DOCKER_HOST', raising=False)
    monkeypatch.delenv('DOCKERMAP_OWN_NETWORK', raising=False)


def test_the_engine_at_the_default_socket_is_used() -> None:
    assert private_engine.reachable_engine() == private_engine.DEFAULT_SOCKET
    assert not private_engine.may_start_engine()


def test_in_a_network_of_its_own_the_default_socket_leads_to_somebody_elses_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('DOCKERMAP_OWN_NETWORK', '1')
    assert private_engine.reachable_engine() is None
    assert private_engine.may_start_engine()


def test_an_engine_that_was_named_is_used_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('DOCKERMAP_OWN_NETWORK', '1')
    monkeypatch.setenv('DOCKER_HOST', 'tcp://127.0.0.1:2375')
    assert private_engine.reachable_engine() == 'tcp://127.0.0.1:2375'
    assert not private_engine.may_start_engine()


def test_an_engine_is_started_where_none_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_engine, 'answers', lambda url: False)
    assert private_engine.reachable_engine() is None
    assert private_engine.may_start_engine()

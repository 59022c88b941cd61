"""What the mixin does on top of any client's calls."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import requests

from dockermap.build.context import DockerContext
from dockermap.build.dockerfile import DockerFile
from dockermap.client.docker_util import (
    DockerUtilityMixin,
    is_repo_image,
    primary_container_name,
    tag_check_function,
)
from dockermap.exceptions import PartialResultsError


def a_container(identifier: str, state: str, *names: str, **more: Any) -> dict[str, Any]:
    return {'Id': identifier, 'State': state, 'Names': [f'/{name}' for name in names] or None, **more}


def an_image(identifier: str, parent: str = '', *tags: str) -> dict[str, Any]:
    return {'Id': identifier, 'ParentId': parent, 'RepoTags': list(tags) or ['<none>:<none>']}


def plain_error() -> Exception:
    return RuntimeError('broken')


# Helper functions


@pytest.mark.parametrize(
    ('tags', 'has_name'),
    [
        (['a:1'], True),
        (['<none>:<none>'], False),
        ([], False),
        (None, False),
        (['a:1', '<none>:<none>'], True),
    ],
)
def test_an_image_with_a_tag_is_told_from_one_without(tags: Any, has_name: bool) -> None:
    assert is_repo_image({'RepoTags': tags}) is has_name


@pytest.mark.parametrize(
    ('tags', 'found'),
    [
        (['reg:5000/a:1'], True),
        (['a:11'], False),
        (['a:2', 'b:1'], True),
        (None, False),
        (['a:x'], True),
        ([], False),
    ],
)
def test_an_image_is_found_by_the_end_of_its_names(tags: Any, found: bool) -> None:
    assert tag_check_function(['1', 'x'])({'RepoTags': tags}) is found


@pytest.mark.parametrize(
    ('arguments', 'name'),
    [
        ((['/a/b', '/c'],), 'c'),
        ((['/x/y'], 'd'), 'd'),
        (([],), None),
        ((['cc', 'x1/y'], None, False), 'cc'),
        ((['a/b', 'c'], None, False), 'c'),
        ((['/c'], None, False), '/c'),
    ],
)
def test_the_name_of_a_container_is_no_alias_of_a_link(arguments: Any, name: str | None) -> None:
    assert primary_container_name(*arguments) == name


# Messages


def test_a_message_goes_to_the_log_of_the_module(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger='dockermap.client.docker_util'):
        DockerUtilityMixin().push_log('%s of %s', logging.WARNING, 1, 2)
        DockerUtilityMixin().push_log('100% done', logging.INFO)
    assert caplog.record_tuples == [
        ('dockermap.client.docker_util', logging.WARNING, '1 of 2'),
        ('dockermap.client.docker_util', logging.INFO, '100% done'),
    ]


# Building


def test_a_context_is_built_from_its_beginning_and_can_be_built_again(listed: Any) -> None:
    client = listed()
    with DockerContext(DockerFile('base'), compression=None) as context:
        results = [client.build_from_context(context, 'app:1', rm=True) for _ in range(2)]
    assert results == ['image-id', 'image-id']
    (_, first, data), (_, second, again) = client.calls
    assert data == again != b''
    expected = {'tag': 'app:1', 'custom_context': True, 'encoding': None, 'rm': True}
    assert [{**options, 'fileobj': 0} for options in (first, second)] == [{**expected, 'fileobj': 0}] * 2


@pytest.mark.parametrize('as_path', [False, True])
def test_a_file_is_built_in_a_context_of_its_own(listed: Any, tmp_path: Path, as_path: bool) -> None:
    client = listed()
    dockerfile: Any = DockerFile('base')
    if as_path:
        dockerfile.save(str(tmp_path / 'Dockerfile'))
        dockerfile = str(tmp_path / 'Dockerfile')
    assert client.build_from_file(dockerfile, 'app:1', nocache=True) == 'image-id'
    options = client.calls[0][1]
    assert (options['tag'], options['encoding'], options['nocache']) == ('app:1', 'gzip', True)
    assert options['fileobj'].closed


# Tags


@pytest.mark.parametrize(
    ('main', 'extra', 'latest', 'repository', 'added'),
    [
        ('reg.example/app:2', ['2', '2.1'], True, 'reg.example/app', ['2.1', 'latest']),
        ('host:5000/app', ['1'], False, 'host:5000/app', ['1']),
        ('host:5000/app', ['1'], True, 'host:5000/app', ['1']),
        ('app', ['b', 'a', 'b'], True, 'app', ['b', 'a']),
        ('app:latest', None, True, 'app', []),
        ('app:1', None, True, 'app', ['latest']),
        ('app:1', ['latest', 'x'], True, 'app', ['latest', 'x']),
        ('app:1', 'stable', False, 'app', ['stable']),
        ('app:1', [2], False, 'app', ['2']),
        ('app:1', None, False, 'app', []),
    ],
)
def test_tags_are_added_in_the_repository_of_the_main_tag(
    listed: Any, main: str, extra: Any, latest: bool, repository: str, added: list[str]
) -> None:
    client = listed()
    assert client.add_extra_tags('i', main, extra, latest) == added
    assert client.calls == [('tag', 'i', repository, tag, {}) for tag in added]


def test_an_old_engine_is_made_to_move_tags(listed: Any) -> None:
    client = listed(api_version='1.23')
    client.add_extra_tags('i', 'app:1', ['2'], False)
    assert client.calls == [('tag', 'i', 'app', '2', {'force': True})]


def test_a_refused_tag_tells_which_were_added(listed: Any) -> None:
    client = listed()
    client.failures['tag', 'b'] = plain_error()
    with pytest.raises(PartialResultsError, match='broken') as caught:
        client.add_extra_tags('i', 'app:1', ['a', 'b', 'c'], False)
    assert caught.value.results == ['a']


# Containers


@pytest.mark.parametrize(
    ('container', 'by_default', 'with_initial'),
    [
        ({'State': 'exited'}, True, True),
        ({'State': 'dead'}, True, True),
        ({'State': 'created'}, False, True),
        ({'State': 'running'}, False, False),
        ({'State': 'paused', 'Status': 'Exited'}, False, False),
        ({'State': 'restarting'}, False, False),
        ({'State': 'removing'}, False, False),
        ({'Status': 'Exited (0) 2 days ago'}, True, True),
        ({'Status': 'Dead'}, True, True),
        ({'Status': ''}, False, True),
        ({'Status': 'Created'}, False, True),
        ({'Status': 'Up 2 days'}, False, False),
        ({'Status': 'Removal In Progress'}, False, False),
    ],
)
def test_containers_that_ended_are_cleaned_up(
    listed: Any, container: Any, by_default: bool, with_initial: bool
) -> None:
    client = listed([{'Id': 'c1', 'Names': ['/a'], **container}])
    assert client.cleanup_containers(list_only=True) == ([('c1', 'a')] if by_default else [])
    assert client.cleanup_containers(include_initial=True, list_only=True) == ([('c1', 'a')] if with_initial else [])


def test_containers_are_removed_by_name(listed: Any) -> None:
    client = listed(
        [a_container('c1', 'exited', 'x/y', 'a'), a_container('c2', 'exited'), a_container('c3', 'running', 'c')]
    )
    assert client.cleanup_containers() == ['a', 'c2']
    assert client.calls == [('remove_container', 'a', {}), ('remove_container', 'c2', {})]


@pytest.mark.parametrize('exclude', [['b'], ('x/b', 'z'), {'b'}, 'b'])
def test_excluded_containers_are_kept(listed: Any, exclude: Any) -> None:
    client = listed([a_container('c1', 'exited', 'a'), a_container('c2', 'exited', 'b', 'x/b')])
    assert client.cleanup_containers(exclude=exclude) == ['a']


def test_nothing_is_removed_when_only_a_list_is_wanted(listed: Any) -> None:
    client = listed([a_container('c1', 'exited', 'a'), a_container('c2', 'running', 'b')], [an_image('i1')])
    assert client.cleanup_containers(list_only=True) == [('c1', 'a')]
    assert client.remove_all_containers(list_only=True) == (['c2'], ['c1', 'c2'])
    client.inspections = {'c1': {'Image': 'i2'}, 'c2': {'Image': 'i2'}}
    assert client.cleanup_images(list_only=True) == ['i1']
    assert client.calls == []


def test_a_container_that_cannot_be_removed_is_passed_over(listed: Any) -> None:
    client = listed([a_container(f'c{name}', 'exited', name) for name in 'abc'])
    client.failures['remove_container', 'b'] = plain_error()
    assert client.cleanup_containers() == ['a', 'c']


def test_a_container_that_cannot_be_removed_ends_the_cleanup_if_asked_for(listed: Any) -> None:
    client = listed([a_container(f'c{name}', 'exited', name) for name in 'abc'])
    client.failures['remove_container', 'b'] = plain_error()
    with pytest.raises(PartialResultsError, match='broken') as caught:
        client.cleanup_containers(raise_on_error=True)
    assert caught.value.results == ['a']


def test_a_container_that_is_gone_already_counts_as_removed(listed: Any, refused: Any) -> None:
    client = listed([a_container('c1', 'exited', 'a')])
    client.failures['remove_container', 'a'] = refused(404)
    assert client.cleanup_containers(raise_on_error=True) == ['a']


def test_an_interrupted_cleanup_stays_interrupted(listed: Any) -> None:
    client = listed([a_container('c1', 'exited', 'a')])
    client.failures['remove_container', 'a'] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        client.cleanup_containers()


def test_anonymous_volumes_are_removed_if_asked_for(listed: Any) -> None:
    client = listed([a_container('c1', 'exited', 'a')])
    client.cleanup_containers(remove_volumes=True)
    client.remove_all_containers(remove_volumes=True)
    assert client.calls == [('remove_container', 'a', {'v': True}), ('remove_container', 'c1', {'v': True})]


@pytest.mark.parametrize(
    ('container', 'is_stopped'),
    [
        ({'State': 'running'}, True),
        ({'State': 'restarting'}, True),
        ({'State': 'exited'}, False),
        ({'State': 'stopped'}, False),
        ({'State': 'dead'}, False),
        ({'State': 'created'}, False),
        ({'State': 'removing'}, False),
        ({'Status': 'Up 2 days'}, True),
        ({'Status': 'Exited (0)'}, False),
        ({'Status': 'Created'}, False),
        ({'Status': 'Removal In Progress'}, False),
    ],
)
def test_what_runs_is_stopped_and_all_is_removed(listed: Any, container: Any, is_stopped: bool) -> None:
    client = listed([{'Id': 'c1', 'Names': None, **container}])
    stopped = ['c1'] if is_stopped else []
    assert client.remove_all_containers(stop_timeout=3) == (stopped, ['c1'])
    assert client.calls == [('stop', 'c1', {'timeout': 3})] * is_stopped + [('remove_container', 'c1', {})]


@pytest.mark.parametrize('container', [{'State': 'paused'}, {'Status': 'Up 2 days (Paused)'}])
def test_what_is_paused_goes_on_before_it_is_stopped(listed: Any, container: Any) -> None:
    client = listed([{'Id': 'c1', 'Names': None, **container}])
    assert client.remove_all_containers() == (['c1'], ['c1'])
    assert [call[0] for call in client.calls] == ['unpause', 'stop', 'remove_container']


READ_TIMEOUTS = [
    requests.exceptions.ReadTimeout('slow'),
    # What the SDK reports where the engine has sent its headers already.
    requests.exceptions.ConnectionError(TimeoutError('slow')),
]


@pytest.mark.parametrize('timeout', READ_TIMEOUTS)
def test_a_container_killed_after_a_timeout_counts_as_stopped(listed: Any, timeout: Exception) -> None:
    client = listed([a_container('c1', 'running', 'a')])
    client.failures['stop', 'c1'] = timeout
    assert client.remove_all_containers(stop_timeout=3) == (['c1'], ['c1'])
    assert client.calls == [('wait', 'c1', {'timeout': 3}), ('remove_container', 'c1', {})]
    assert len(client.logged) == 1


@pytest.mark.parametrize('timeout', READ_TIMEOUTS)
@pytest.mark.parametrize('is_running', [True, False])
def test_after_a_second_timeout_the_engine_knows_whether_it_stopped(
    listed: Any, timeout: Exception, is_running: bool
) -> None:
    client = listed([a_container('c1', 'running', 'a')])
    client.failures.update({('stop', 'c1'): timeout, ('wait', 'c1'): timeout})
    client.inspections['c1'] = {'State': {'Running': is_running}}
    assert client.remove_all_containers() == ([] if is_running else ['c1'], ['c1'])


@pytest.mark.parametrize(
    ('failure', 'results'),
    [
        (('stop', 'c2'), (['c1'], [])),
        (('remove_container', 'c2'), (['c1', 'c2', 'c3'], ['c1'])),
    ],
)
def test_removing_all_ends_with_what_was_done(listed: Any, failure: tuple[str, str], results: Any) -> None:
    client = listed([a_container(f'c{number}', 'running') for number in (1, 2, 3)])
    client.failures[failure] = plain_error()
    with pytest.raises(PartialResultsError, match='broken') as caught:
        client.remove_all_containers()
    assert caught.value.results == results


def test_a_container_that_vanishes_meanwhile_is_removed_but_was_not_stopped(listed: Any, refused: Any) -> None:
    client = listed([a_container('c1', 'running')])
    client.failures.update({('stop', 'c1'): refused(404), ('remove_container', 'c1'): refused(404)})
    assert client.remove_all_containers() == ([], ['c1'])


def test_names_are_those_of_all_containers_without_aliases(listed: Any) -> None:
    client = listed(
        [a_container('c1', 'exited', 'a', 'x/alias'), a_container('c2', 'running', 'b'), a_container('c3', 'dead')]
    )
    assert client.get_container_names() == {'a', 'b'}


# Images


def test_image_names_lead_to_ids(listed: Any) -> None:
    client = listed(images=[an_image('i1', '', 'a:1', 'b:2'), an_image('i2'), {'Id': 'i3', 'RepoTags': None}])
    assert client.get_image_tags() == {'a:1': 'i1', 'b:2': 'i1'}


FIRST = [an_image('i1', '', 'base:latest'), an_image('i2', 'i1'), an_image('i3', '', 'a:k')]
SECOND = [an_image('j2', 'j1', 'b:1'), an_image('j1')]


@pytest.mark.parametrize(
    ('images', 'options', 'removed'),
    [
        (FIRST, {}, ['i2']),
        (FIRST, {'remove_old': True}, ['i2', 'i3']),
        (FIRST, {'remove_old': True, 'keep_tags': ['k']}, ['i2']),
        (FIRST, {'keep_tags': ['other']}, ['i2']),
        (SECOND, {}, []),
        (SECOND, {'remove_old': True}, ['j2', 'j1']),
        (SECOND, {'remove_old': True, 'keep_tags': ['k']}, ['j2', 'j1']),
        (SECOND, {'remove_old': True, 'keep_tags': '1'}, []),
    ],
)
def test_images_that_nothing_needs_are_removed_in_order(
    listed: Any, images: Any, options: Any, removed: list[str]
) -> None:
    client = listed(images=images)
    assert client.cleanup_images(**options) == removed
    assert client.calls == [('remove_image', image, {'force': False}) for image in removed]


def test_children_are_removed_before_their_parents_in_whatever_order_the_engine_lists_them(listed: Any) -> None:
    client = listed(images=[an_image('j1'), an_image('j3', 'j2'), an_image('j2', 'j1')])
    assert client.cleanup_images() == ['j1', 'j3', 'j2']
    assert [call[1] for call in client.calls] == ['j3', 'j2', 'j1']


@pytest.mark.parametrize('container', [{'ImageID': 'i2'}, {'Image': 'i2'}])
def test_images_of_containers_and_what_they_are_based_on_are_kept(listed: Any, container: Any) -> None:
    client = listed(
        [a_container('c1', 'exited', **container)], [an_image('i3', 'i2'), an_image('i2', 'i1'), an_image('i1')]
    )
    client.inspections['c1'] = {'Image': 'i2'}
    assert client.cleanup_images() == ['i3']


def test_a_container_that_vanishes_needs_no_image(listed: Any, refused: Any) -> None:
    client = listed([a_container('c1', 'exited')], [an_image('i1')])
    client.failures['inspect_container', 'c1'] = refused(404)
    assert client.cleanup_images(force=True) == ['i1']
    assert client.calls == [('remove_image', 'i1', {'force': True})]


def test_an_image_that_cannot_be_removed_is_passed_over_unless_asked_for(listed: Any, refused: Any) -> None:
    client = listed(images=[an_image('i1'), an_image('i2'), an_image('i3')])
    client.failures['remove_image', 'i1'] = refused(404)
    client.failures['remove_image', 'i2'] = refused(409)
    assert client.cleanup_images() == ['i1', 'i3']
    with pytest.raises(PartialResultsError) as caught:
        client.cleanup_images(raise_on_error=True)
    assert caught.value.results == ['i1']

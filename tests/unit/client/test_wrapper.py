"""What the wrapper makes of the SDK's answers."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import docker
import pytest
import requests

from dockermap.client.base import LOG_CONTAINER_FORMAT, LOG_PROGRESS_FORMAT, DockerClientWrapper, parse_response
from dockermap.exceptions import DockerStatusError, PartialResultsError

FULL = 'sha256:' + 'abcdef012345' + '0' * 52
OTHER = 'sha256:' + '9' * 64
SHORT = 'abcdef012345'


def test_formats_are_as_documented() -> None:
    assert LOG_PROGRESS_FORMAT.format('Pulling', 'x', '1%') == 'Pulling x 1%'
    assert LOG_CONTAINER_FORMAT % ('c', 'line') == '[c] line'


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('{"a": 1}', {'a': 1}),
        (b'{"a": "\xc3\xa4"}', {'a': 'ä'}),
        ('no', {}),
        (b'', {}),
        (b'\xff', {}),
        ('[1]', [1]),
    ],
)
def test_a_response_is_parsed_if_it_is_json(text: Any, value: Any) -> None:
    assert parse_response(text) == value


# Build


@pytest.mark.parametrize(
    ('output', 'options', 'image_id'),
    [
        ([{'stream': 'Step 1\n'}, {'aux': {'ID': FULL}}, {'stream': f'Successfully built {SHORT}\n'}], {}, SHORT),
        ([{'aux': {'ID': FULL}}], {}, FULL),
        ([{'aux': {'ID': OTHER}}, {'aux': {'ID': FULL}}], {}, FULL),
        ([{'stream': f'Successfully built {SHORT}\n'}], {}, SHORT),
        ([{'stream': 'Successfully built pip\n'}, {'aux': {'ID': FULL}}], {}, FULL),
        (
            [
                {'stream': 'Successfully built 123\n'},
                {'aux': {'ID': FULL}},
                {'stream': f'Successfully built {SHORT}\n'},
            ],
            {},
            SHORT,
        ),
        ([{'stream': f'{FULL}\n'}], {'quiet': True}, FULL),
        ([{'stream': f'{FULL.removeprefix("sha256:")}\n'}], {'quiet': True}, FULL),
        ([{'stream': f'{FULL}\n'}], {}, None),
        ([{'stream': 'nothing\n'}], {}, None),
        ([{'id': 'moby.buildkit.trace', 'aux': 'AAAA'}, {'id': 'moby.image.id', 'aux': {'ID': FULL}}], {}, FULL),
        ([], {}, None),
    ],
)
def test_the_id_comes_from_what_only_engines_send(
    wrapper: Any, answer: Any, messages: Any, output: Any, options: Any, image_id: str | None
) -> None:
    answer('build', [messages(*output)])
    assert wrapper.build('app', **options) == image_id


def test_old_responses_are_pairs(wrapper: Any, answer: Any) -> None:
    answer('build', (SHORT, 'output'))
    assert wrapper.build('app') == SHORT


def test_a_build_gets_its_tag_and_the_arguments_of_the_sdk(wrapper: Any, answer: Any, messages: Any) -> None:
    calls = answer('build', [messages({'aux': {'ID': FULL}})])
    wrapper.build('app:1', rm=True, path='/x', decode=True)
    assert calls == [((), {'tag': 'app:1', 'rm': True, 'path': '/x'})]


def test_a_built_image_gets_its_further_tags(wrapper: Any, answer: Any, messages: Any) -> None:
    answer('build', [messages({'aux': {'ID': FULL}})])
    tagged = answer('tag', True)
    assert wrapper.build('host:5000/app:1', True, ['2']) == FULL
    assert [call[0] for call in tagged] == [(FULL, 'host:5000/app', '2'), (FULL, 'host:5000/app', 'latest')]


@pytest.mark.parametrize('cut', [1, 7, 1000])
def test_lines_of_a_build_are_logged_without_line_feeds(wrapper: Any, answer: Any, messages: Any, cut: int) -> None:
    output = messages(
        {'stream': 'Step 1\n'}, {'stream': '\n'}, {'stream': '100% done'}, {'aux': {'ID': FULL}}, {'other': 1}
    )
    answer('build', [output[start : start + cut] for start in range(0, len(output), cut)])
    wrapper.build('app')
    assert wrapper.logged == [(logging.INFO, 'Step 1'), (logging.INFO, '100% done')]


def test_layers_pulled_by_a_build_are_progress(wrapper: Any, answer: Any, messages: Any) -> None:
    answer('build', [messages({'status': 'Downloading', 'id': 'l1', 'progress': '[=>]'}, {'status': 'Digest: x'})])
    wrapper.build('app')
    assert (wrapper.progress, wrapper.logged) == ([('Downloading', 'l1', '[=>]')], [])


def test_messages_of_a_pull_are_handed_on_beside_progress(wrapper: Any, answer: Any, messages: Any) -> None:
    seen: list[Any] = []
    answer('pull', [messages({'status': 'Downloading', 'id': 'l1', 'progress': '[=>]'}, {'status': 'Digest: x'})])

    assert wrapper.pull('app', on_message=seen.append)

    assert [message['status'] for message in seen] == ['Downloading', 'Digest: x']
    assert wrapper.progress == [('Downloading', 'l1', '[=>]')]


FAILING = [
    {'stream': f'Successfully built {SHORT}\n'},
    {'aux': {'ID': FULL}},
    {'error': 'failed\n', 'errorDetail': {'code': 3, 'message': 'failed'}},
]


def test_a_failed_step_is_an_exception_with_its_detail(wrapper: Any, answer: Any, messages: Any) -> None:
    answer('build', [messages(*FAILING)])
    tagged = answer('tag', True)
    with pytest.raises(DockerStatusError, match='failed') as caught:
        wrapper.build('app', add_latest_tag=True)
    assert caught.value.detail == {'code': 3}
    assert tagged == []


def test_a_failed_step_gives_no_id(wrapper: Any, answer: Any, messages: Any) -> None:
    answer('build', [messages(*FAILING)])
    tagged = answer('tag', True)
    assert wrapper.build('app', add_tags=['x'], raise_on_error=False) is None
    assert wrapper.logged[-1] == (logging.ERROR, 'failed')
    assert tagged == []


def test_a_refused_build_is_an_exception_or_nothing(wrapper: Any, answer: Any, refused: Any) -> None:
    answer('build', refused(400, 'unknown instruction'))
    assert wrapper.build('app', raise_on_error=False) is None
    assert wrapper.logged == [(logging.ERROR, 'Failed to build app: unknown instruction')]
    with pytest.raises(docker.errors.APIError):
        wrapper.build('app')


def test_a_refused_tag_is_an_exception_or_nothing(wrapper: Any, answer: Any, messages: Any, refused: Any) -> None:
    answer('build', [messages({'aux': {'ID': FULL}})])
    answer('tag', refused(400, 'invalid tag'))
    assert wrapper.build('app', add_tags=['!'], raise_on_error=False) is None
    assert wrapper.logged[-1][0] == logging.ERROR
    with pytest.raises(PartialResultsError):
        wrapper.build('app', add_tags=['!'])


@pytest.mark.parametrize('method', ['build', 'pull', 'push'])
def test_an_engine_that_cannot_be_reached_is_an_exception_in_any_case(wrapper: Any, answer: Any, method: str) -> None:
    answer(method, requests.exceptions.ConnectionError('gone'))
    with pytest.raises(requests.exceptions.ConnectionError):
        getattr(wrapper, method)('app', raise_on_error=False)


# Login

SUCCESS = {'Status': 'Login Succeeded', 'IdentityToken': ''}
STORED = {'username': 'u', 'password': 'p', 'email': None, 'serveraddress': 'r'}


@pytest.mark.parametrize(
    ('response', 'accepted'),
    [
        (SUCCESS, True),
        (STORED, True),
        ({'Status': 'Login failed'}, False),
        ({'username': 'other'}, False),
        ({}, False),
    ],
)
def test_a_login_tells_whether_it_worked(wrapper: Any, answer: Any, response: Any, accepted: bool) -> None:
    answer('login', response)
    assert wrapper.login('u', 'p', registry='r') is accepted


@pytest.mark.parametrize(
    ('status', 'text'),
    [
        (401, 'anything'),
        (500, 'login attempt to http://r/v2/ failed with status: 401 Unauthorized'),
        (500, 'Get https://r/v2/: unauthorized: incorrect username or password'),
    ],
)
def test_bad_credentials_are_no_exception(wrapper: Any, answer: Any, refused: Any, status: int, text: str) -> None:
    answer('login', refused(status, text))
    assert wrapper.login('u', 'p', registry='r') is False
    assert wrapper.logged[0][0] == logging.ERROR


def test_a_registry_that_cannot_be_asked_is_an_exception(wrapper: Any, answer: Any, refused: Any) -> None:
    answer('login', refused(500, 'dial tcp: connection refused'))
    with pytest.raises(docker.errors.APIError):
        wrapper.login('u', 'p', registry='r')


def test_another_password_than_the_stored_one_is_tried(wrapper: Any, answer: Any, refused: Any) -> None:
    calls = answer('login', STORED, refused(401))
    assert wrapper.login('u', 'wrong', registry='r') is False
    assert [call[1]['reauth'] for call in calls] == [False, True]


def test_a_login_passes_its_arguments_on(wrapper: Any, answer: Any) -> None:
    calls = answer('login', SUCCESS)
    wrapper.login('u', 'p', 'm', 'r', True, dockercfg_path='/x')
    assert calls == [
        ((), {'username': 'u', 'password': 'p', 'email': 'm', 'registry': 'r', 'reauth': True, 'dockercfg_path': '/x'})
    ]


# Pull and push


@pytest.mark.parametrize('method', ['pull', 'push'])
@pytest.mark.parametrize(
    ('output', 'result'),
    [
        ([{'status': 'Pulling from base', 'id': 'latest'}], True),
        ([{'progressDetail': {}, 'aux': {'Tag': '1'}}], True),
        ([], False),
        ([{'status': 'x'}, {'error': 'denied', 'errorDetail': {'message': 'denied'}}], False),
    ],
)
def test_a_transfer_tells_whether_it_worked(
    wrapper: Any, answer: Any, messages: Any, method: str, output: Any, result: bool
) -> None:
    answer(method, [messages(*output)])
    assert getattr(wrapper, method)('app', raise_on_error=False) is result


@pytest.mark.parametrize('method', ['pull', 'push'])
def test_a_failed_transfer_is_an_exception_with_its_detail(
    wrapper: Any, answer: Any, messages: Any, method: str
) -> None:
    answer(method, messages({'error': 'denied', 'errorDetail': {'message': 'denied', 'code': 1}}).decode())
    with pytest.raises(DockerStatusError, match='denied') as caught:
        getattr(wrapper, method)('app')
    assert caught.value.detail == {'code': 1}
    assert wrapper.logged == [(logging.ERROR, 'denied')]


def test_a_push_that_is_refused_without_an_explanation_is_an_exception(wrapper: Any, monkeypatch: Any) -> None:
    response = requests.Response()
    response.status_code, response._content = 500, b'{"errorDetail": {"message": "denied"}, "error": "denied"}'
    monkeypatch.setattr(wrapper, 'post', lambda *args, **kwargs: response)
    with pytest.raises(DockerStatusError, match='denied'):
        wrapper.push('app:1', auth_config={})
    assert wrapper.push('app:1', auth_config={}, raise_on_error=False) is False
    assert wrapper.logged == [(logging.ERROR, 'denied')] * 2


@pytest.mark.parametrize('method', ['pull', 'push'])
def test_a_refused_transfer_is_an_exception_or_false(wrapper: Any, answer: Any, refused: Any, method: str) -> None:
    answer(method, refused(404, 'manifest unknown'))
    assert getattr(wrapper, method)('app', raise_on_error=False) is False
    assert wrapper.logged == [(logging.ERROR, f'Failed to {method} app: manifest unknown')]
    with pytest.raises(docker.errors.NotFound):
        getattr(wrapper, method)('app')


def test_progress_has_text_and_numbers_and_other_messages_are_logged(wrapper: Any, answer: Any, messages: Any) -> None:
    answer(
        'pull',
        [
            messages(
                {
                    'status': 'Downloading',
                    'id': 'l1',
                    'progress': '[=>] 1/4',
                    'progressDetail': {'current': 1, 'total': 4},
                },
                {'status': 'Pull complete', 'id': 'l1', 'progressDetail': {}},
                {'status': 'Digest: sha256:x'},
            )
        ],
    )
    wrapper.pull('app')
    assert wrapper.progress == [('Downloading', 'l1', '[=>] 1/4'), ('Pull complete', 'l1', '')]
    assert [(text.current, text.total) for _, _, text in wrapper.progress] == [(1, 4), (None, None)]
    assert wrapper.logged == [(logging.INFO, 'Digest: sha256:x')]


@pytest.mark.parametrize('stream', [True, False])
def test_transfers_are_followed_while_they_run(wrapper: Any, answer: Any, stream: bool) -> None:
    pulled, pushed = answer('pull', []), answer('push', [])
    wrapper.pull('app', '1', stream, all_tags=True, decode=True)
    wrapper.push('app:1', stream, auth_config={})
    assert pulled == [(('app',), {'tag': '1', 'stream': True, 'all_tags': True})]
    assert pushed == [(('app:1',), {'stream': True, 'auth_config': {}})]


@pytest.mark.parametrize(('method', 'arguments'), [('pull', ('app',)), ('push', ('app',)), ('login', ('u', 'p'))])
def test_what_the_sdk_no_longer_knows_is_dropped_with_a_warning(
    wrapper: Any, answer: Any, method: str, arguments: Any
) -> None:
    calls = answer(method, {})
    with pytest.warns(UserWarning, match='insecure-registries') as caught:
        getattr(wrapper, method)(*arguments, insecure_registry=True)
    assert [found.filename for found in caught if found.category is UserWarning] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)
        getattr(wrapper, method)(*arguments, insecure_registry=False)
    assert all('insecure_registry' not in call[1] for call in calls)


# Removing and stopping


@pytest.mark.parametrize(('method', 'result'), [('remove_container', None), ('remove_image', [{'Untagged': 'a:1'}])])
def test_removing_gives_the_result_of_the_sdk(wrapper: Any, answer: Any, method: str, result: Any) -> None:
    calls = answer(method, result)
    assert getattr(wrapper, method)('x', force=True) == result
    assert calls == [(('x',), {'force': True})]


@pytest.mark.parametrize('method', ['remove_container', 'remove_image'])
def test_removing_what_is_not_there_is_no_error_unless_asked_for(
    wrapper: Any, answer: Any, refused: Any, method: str
) -> None:
    answer(method, refused(404))
    assert getattr(wrapper, method)('x') is None
    assert [level for level, _ in wrapper.logged] == [logging.DEBUG]
    with pytest.raises(docker.errors.NotFound):
        getattr(wrapper, method)('x', raise_not_found=True)


@pytest.mark.parametrize('method', ['remove_container', 'remove_image', 'stop'])
def test_what_is_refused_is_logged_and_raised(wrapper: Any, answer: Any, refused: Any, method: str) -> None:
    answer(method, refused(409, 'in use'))
    with pytest.raises(docker.errors.APIError):
        getattr(wrapper, method)('x')
    assert getattr(wrapper, method)('x', raise_on_error=False) is None
    assert [(level, 'x' in text and 'in use' in text) for level, text in wrapper.logged] == [(logging.ERROR, True)] * 2


def test_the_item_and_the_explanation_are_arguments_of_the_message(
    monkeypatch: Any, wrapper: Any, answer: Any, refused: Any
) -> None:
    pushed: list[Any] = []
    monkeypatch.setattr(wrapper, 'push_log', lambda *args: pushed.append(args))
    answer('stop', refused(409, '100% in use'))
    wrapper.stop('x', raise_on_error=False)
    assert pushed[0][1:] == (logging.ERROR, 'x', '100% in use')


def test_stopping_what_is_not_there_is_an_error(wrapper: Any, answer: Any, refused: Any) -> None:
    calls = answer('stop', refused(404))
    with pytest.raises(docker.errors.NotFound):
        wrapper.stop('x', timeout=3)
    assert calls == [(('x',), {'timeout': 3})]


def test_timeouts_of_stopping_pass(wrapper: Any, answer: Any) -> None:
    answer('stop', requests.exceptions.ReadTimeout())
    with pytest.raises(requests.exceptions.Timeout):
        wrapper.stop('x', raise_on_error=False)


# Logs and files


@pytest.mark.parametrize('logs', [b'a\r\nb \xff\n\nc\n', [b'a\r', b'\nb \xff\n', b'\nc']])
def test_logs_are_pushed_line_by_line(wrapper: Any, answer: Any, logs: Any) -> None:
    answer('logs', logs)
    wrapper.push_container_logs('web')
    assert wrapper.logged == [(logging.INFO, f'[web] {line}') for line in ('a', 'b �', '', 'c')]


class Chunks:
    """A stream that fails at its end if told so, and tells whether it was closed."""

    def __init__(self, *chunks: bytes, error: Exception | None = None) -> None:
        self._chunks = chunks
        self._error = error
        self.is_closed = False

    def __iter__(self) -> Any:
        yield from self._chunks
        if self._error:
            raise self._error

    def close(self) -> None:
        self.is_closed = True


SAVES = [
    (
        'get_archive',
        lambda chunks: (chunks, {'size': 3, 'mode': 0o644}),
        lambda client, path: client.copy_resource('c', '/x', path),
    ),
    ('get_image', lambda chunks: chunks, lambda client, path: client.save_image('i', path)),
]


@pytest.fixture(params=SAVES, ids=['copy_resource', 'save_image'])
def save(request: pytest.FixtureRequest, wrapper: Any, answer: Any) -> Any:
    """Saves a stream through one of the methods."""
    method, response, call = request.param
    answer('inspect_image', {'Size': 5})

    def save_chunks(chunks: Chunks, path: Path) -> None:
        answer(method, response(chunks))
        call(wrapper, path)

    return save_chunks


def test_a_stream_is_saved_and_closed(save: Any, tmp_path: Path) -> None:
    chunks = Chunks(b'abc', b'def')
    save(chunks, tmp_path / 'x.tar')
    assert (tmp_path / 'x.tar').read_bytes() == b'abcdef'
    assert chunks.is_closed


def test_a_file_from_before_is_replaced_with_its_mode(save: Any, tmp_path: Path) -> None:
    target = tmp_path / 'x.tar'
    target.write_bytes(b'old and longer')
    target.chmod(0o640)
    save(Chunks(b'new'), target)
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b'new', 0o640)


def test_a_link_stays_a_link(save: Any, tmp_path: Path) -> None:
    (tmp_path / 'link').symlink_to(tmp_path / 'real')
    save(Chunks(b'new'), tmp_path / 'link')
    assert (tmp_path / 'real').read_bytes() == b'new'
    assert (tmp_path / 'link').is_symlink()


def test_a_broken_stream_leaves_everything_as_it_was(save: Any, tmp_path: Path) -> None:
    (tmp_path / 'x.tar').write_bytes(b'old')
    chunks = Chunks(b'abc', error=OSError('broken'))
    with pytest.raises(OSError, match='broken'):
        save(chunks, tmp_path / 'x.tar')
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [('x.tar', b'old')]
    assert chunks.is_closed


def test_a_stream_is_closed_if_its_file_cannot_be_opened(save: Any, tmp_path: Path) -> None:
    chunks = Chunks(b'abc')
    with pytest.raises(OSError, match='missing'):
        save(chunks, tmp_path / 'missing' / 'x.tar')
    assert chunks.is_closed


def test_what_is_no_ordinary_file_is_written_to(save: Any) -> None:
    save(Chunks(b'abc'), Path('/dev/null'))
    assert not Path('/dev/null').is_file()


def test_large_files_report_how_far_they_are(wrapper: Any, answer: Any, tmp_path: Path) -> None:
    answer('get_image', Chunks(*[b'x' * 1_500_000] * 2))
    answer('inspect_image', {'Size': 2_900_000})
    wrapper.save_image('i', tmp_path / 'x.tar')
    assert wrapper.progress == [('Saving', 'i', '1.5MB/2.9MB'), ('Saving', 'i', '3MB/3MB')]
    numbers = [(text.current, text.total) for _, _, text in wrapper.progress]
    assert numbers == [(1_500_000, 2_900_000), (3_000_000, 3_000_000)]


def test_the_size_of_a_directory_is_unknown_beforehand(wrapper: Any, answer: Any, tmp_path: Path) -> None:
    answer('get_archive', (Chunks(b'x' * 10_240), {'size': 4096, 'mode': 0x80000000 | 0o755}))
    wrapper.copy_resource({'Id': 'c1'}, '/x', tmp_path / 'x.tar')
    assert wrapper.progress == [('Copying', 'c1:/x', '10.24kB')]


def test_an_image_of_unknown_size_is_saved_nevertheless(
    wrapper: Any, answer: Any, refused: Any, tmp_path: Path
) -> None:
    answer('get_image', Chunks(b'abc'))
    answer('inspect_image', refused(500))
    wrapper.save_image('i', tmp_path / 'x.tar')
    assert wrapper.progress == [('Saving', 'i', '3B')]


def test_the_progress_hook_does_nothing_by_default() -> None:
    client = DockerClientWrapper('unix:///nonexistent/docker.sock', version='1.41')
    assert client.push_progress('a', 'b', 'c') is None  # type: ignore[func-returns-value]


def test_a_context_reports_how_much_was_sent(wrapper: Any, answer: Any, tmp_path: Path) -> None:
    source = tmp_path / 'context.tar'
    source.write_bytes(b'x' * 2_500_000)
    calls = answer('build', [])
    with source.open('rb') as context:
        wrapper.build('app', fileobj=context, custom_context=True)
        sent = b''.join(calls[0][1]['fileobj'])
    assert len(sent) == 2_500_000
    assert [(status, item, text.total) for status, item, text in wrapper.progress] == [
        ('Sending build context', 'app', 2_500_000)
    ] * 3
    assert wrapper.progress[-1][2] == '2.5MB/2.5MB'

"""Builds: their tags, their output through the hooks, their failures."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.build.context import DockerContext
from dockermap.build.dockerfile import DockerFile
from dockermap.exceptions import DockerStatusError, PartialResultsError


def full_id(api: docker.APIClient, name: str) -> str:
    identifier: str = api.inspect_image(name)['Id']
    return identifier


@pytest.mark.parametrize('options', [{}, {'quiet': True}, {'nocache': True}])
def test_the_id_is_that_of_the_image(wrapper: Any, api: Any, image_name: str, base_image: str, options: Any) -> None:
    with DockerContext(DockerFile(base_image, labels={'made': secrets.token_hex(4)}), finalize=True) as context:
        image_id = wrapper.build_from_context(context, f'{image_name}:1', rm=True, **options)
    assert full_id(api, image_id) == full_id(api, f'{image_name}:1')


@pytest.mark.parametrize('compression', ['gz', 'bz2', 'xz', ''])
def test_a_context_of_any_compression_is_built_twice(
    wrapper: Any, api: Any, image_name: str, base_image: str, compression: str
) -> None:
    dockerfile = DockerFile(base_image, labels={'made': secrets.token_hex(4)})
    with DockerContext(dockerfile, compression=compression) as context:
        ids = [wrapper.build_from_context(context, f'{image_name}:{number}', rm=True) for number in (1, 2)]
    assert {full_id(api, image_id) for image_id in ids} == {full_id(api, f'{image_name}:1')}


def test_a_dockerfile_is_built_with_the_files_it_adds(
    wrapper: Any, api: Any, image_name: str, base_image: str, tmp_path: Path, unique: str
) -> None:
    (tmp_path / 'greeting').write_text('hello from a file', encoding='utf-8')
    dockerfile = DockerFile(base_image, command=['cat', '/greeting'])
    dockerfile.add_file(str(tmp_path / 'greeting'), '/greeting')
    image_id = wrapper.build_from_file(dockerfile, f'{image_name}:1', rm=True)
    container = api.create_container(image_id, name=unique)
    api.start(container)
    api.wait(container)
    assert api.logs(container) == b'hello from a file'


def test_further_tags_lead_to_the_same_image(wrapper: Any, api: Any, image_name: str, base_image: str) -> None:
    dockerfile = DockerFile(base_image, labels={'made': '1'})
    wrapper.build_from_file(dockerfile, f'{image_name}:2', rm=True, add_latest_tag=True, add_tags=['2.0', 'stable'])
    names = {name for image in api.images(image_name) for name in image['RepoTags']}
    assert names == {f'{image_name}:{tag}' for tag in ('2', '2.0', 'stable', 'latest')}
    assert len({full_id(api, name) for name in names}) == 1


def test_a_tag_that_the_engine_refuses_is_reported_with_those_before(
    wrapper: Any, image_name: str, base_image: str
) -> None:
    dockerfile = DockerFile(base_image, labels={'made': '1'})
    with pytest.raises(PartialResultsError) as caught:
        wrapper.build_from_file(dockerfile, f'{image_name}:1', rm=True, add_tags=['good', 'not a tag', 'late'])
    assert caught.value.results == ['good']
    assert (
        wrapper.build_from_file(dockerfile, f'{image_name}:1', rm=True, add_tags=['no tag'], raise_on_error=False)
        is None
    )


def test_the_output_is_logged_line_by_line(wrapper: Any, image_name: str, context: Any, base_image: str) -> None:
    wrapper.build(
        f'{image_name}:1',
        fileobj=context(f'FROM {base_image}', 'RUN echo "100% ä"'),
        custom_context=True,
        rm=True,
        nocache=True,
    )
    texts = [text for _, text in wrapper.logged]
    assert {level for level, _ in wrapper.logged} == {logging.INFO}
    assert '100% ä' in texts
    assert texts[-2].startswith('Successfully built')
    assert [text for text in texts if not text.strip() or text.endswith('\n')] == []


def test_sending_a_large_context_is_progress_with_numbers(
    wrapper: Any, image_name: str, context: Any, base_image: str
) -> None:
    size = 3_000_000
    wrapper.build(
        f'{image_name}:1',
        fileobj=context(f'FROM {base_image}', data=secrets.token_bytes(size)),
        custom_context=True,
        rm=True,
    )
    sent = [progress for status, item, progress in wrapper.progress if status == 'Sending build context']
    assert len(sent) >= 3
    assert [progress.current for progress in sent] == sorted(progress.current for progress in sent)
    assert {progress.total for progress in sent} == {sent[-1].current}
    assert sent[-1].current > size


def test_a_plain_dockerfile_can_be_sent(
    wrapper: Any, api: Any, image_name: str, base_image: str, tmp_path: Path
) -> None:
    (tmp_path / 'Dockerfile').write_text(f'FROM {base_image}\nLABEL plain=1\n', encoding='utf-8')
    image_id = wrapper.build(f'{image_name}:1', path=str(tmp_path), rm=True)
    assert api.inspect_image(image_id)['Config']['Labels']['plain'] == '1'


BOGUS = 'RUN echo "Successfully built deadbeef0123" && {}'


def test_a_failed_step_is_an_error_and_no_image(wrapper: Any, image_name: str, context: Any, base_image: str) -> None:
    lines = (f'FROM {base_image}', BOGUS.format('exit 3'))
    assert (
        wrapper.build(
            f'{image_name}:1', fileobj=context(*lines), custom_context=True, rm=True, forcerm=True, raise_on_error=False
        )
        is None
    )
    assert wrapper.logged[-1][0] == logging.ERROR
    with pytest.raises(DockerStatusError, match='non-zero code') as caught:
        wrapper.build(f'{image_name}:1', fileobj=context(*lines), custom_context=True, rm=True, forcerm=True)
    assert caught.value.detail == {'code': 3}
    assert wrapper.images(image_name) == []


def test_a_step_that_prints_an_id_does_not_change_the_id(
    wrapper: Any, api: Any, image_name: str, context: Any, base_image: str
) -> None:
    image_id = wrapper.build(
        f'{image_name}:1',
        fileobj=context(f'FROM {base_image}', BOGUS.format('true')),
        custom_context=True,
        rm=True,
        nocache=True,
    )
    assert full_id(api, image_id) == full_id(api, f'{image_name}:1')


def test_the_last_of_several_stages_is_the_image(
    wrapper: Any, api: Any, image_name: str, context: Any, base_image: str
) -> None:
    lines = (f'FROM {base_image} AS first', 'LABEL stage=1', f'FROM {base_image}', 'LABEL stage=2')
    image_id = wrapper.build(f'{image_name}:1', fileobj=context(*lines), custom_context=True, rm=True)
    assert api.inspect_image(image_id)['Config']['Labels']['stage'] == '2'


def test_an_unknown_instruction_is_refused_by_the_engine(
    wrapper: Any, image_name: str, context: Any, base_image: str
) -> None:
    options = {'custom_context': True, 'rm': True}
    with pytest.raises((docker.errors.APIError, DockerStatusError), match=r'(?i)unknown instruction'):
        wrapper.build(f'{image_name}:1', fileobj=context(f'FROM {base_image}', 'NOSUCH x'), **options)
    assert (
        wrapper.build(
            f'{image_name}:1', fileobj=context(f'FROM {base_image}', 'NOSUCH x'), raise_on_error=False, **options
        )
        is None
    )


@pytest.mark.parametrize(('options', 'left'), [({}, 2), ({'rm': True}, 0)])
def test_containers_of_build_steps_stay_unless_rm_is_set(
    wrapper: Any, api: Any, image_name: str, context: Any, base_image: str, options: Any, left: int
) -> None:
    marker = secrets.token_hex(4)
    lines = (f'FROM {base_image}', f'RUN true {marker}a', f'RUN true {marker}b')
    wrapper.build(f'{image_name}:1', fileobj=context(*lines), custom_context=True, **options)
    steps = [container for container in api.containers(all=True) if marker in container['Command']]
    for container in steps:
        api.remove_container(container['Id'])
    assert len(steps) == left


@pytest.mark.parametrize(('options', 'left'), [({'rm': True}, 1), ({'rm': True, 'forcerm': True}, 0)])
def test_the_container_of_a_failed_step_stays_unless_forcerm_is_set(
    wrapper: Any, api: Any, image_name: str, context: Any, base_image: str, options: Any, left: int
) -> None:
    marker = secrets.token_hex(4)
    wrapper.build(
        f'{image_name}:1',
        fileobj=context(f'FROM {base_image}', f'RUN false {marker}'),
        custom_context=True,
        raise_on_error=False,
        **options,
    )
    steps = [container for container in api.containers(all=True) if marker in container['Command']]
    for container in steps:
        api.remove_container(container['Id'])
    assert len(steps) == left

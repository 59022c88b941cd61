"""The example of the README, run on an engine."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker

from dockermap.api import DockerClientWrapper, DockerFile

README = Path(__file__).parents[3] / 'README.rst'


def block(language: str) -> str:
    """The only code block of a language."""
    text = README.read_text(encoding='utf-8')
    [found] = re.findall(rf'^\.\. code-block:: {language}\n\n((?:   .*\n|\n)+)', text, re.MULTILINE)
    return textwrap.dedent(found)


def adapted(text: str, unique: str, engine_url: str, free_port: int) -> str:
    """The text with names, image and port of this test; each must be there."""
    for old, new in (
        ('registry.example.com/blog:3', f'{unique}/service:1'),
        ('postgres:16', f'{unique}/service:1'),
        ('name: blog', f'name: {unique}'),
        ('unix:///var/run/docker.sock', engine_url),
        ('8000: 80}', f'8000: {free_port}}}'),
    ):
        text = text.replace(old, new)
    return text


def test_the_example_of_the_readme_does_what_is_said(
    engine_url: str,
    unique: str,
    base_image: str,
    free_port: int,
    tmp_path: Path,
    api: docker.APIClient,
    monkeypatch: Any,
    found: Callable[[], dict[str, str]],
) -> None:
    wrapper = DockerClientWrapper(engine_url, version='auto')
    with DockerFile(base_image, command=['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]) as dockerfile:
        wrapper.build_from_file(dockerfile, f'{unique}/service:1', rm=True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'blog.yaml').write_text(adapted(block('yaml'), unique, engine_url, free_port))
    namespace: dict[str, Any] = {}
    try:
        exec(adapted(block('python'), unique, engine_url, free_port), namespace)

        assert found() == {'app': 'running', 'db': 'running'}
        volumes = {volume['Name'] for volume in api.volumes()['Volumes']}
        assert {f'{unique}.uploads', f'{unique}.data'} <= volumes
        assert namespace['client'].update('app') == []
    finally:
        namespace['client'].shutdown('db')
        api.remove_image(f'{unique}/service:1', force=True)
        wrapper.close()

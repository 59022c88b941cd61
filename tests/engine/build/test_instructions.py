"""Instructions that are written at once, as the image shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.build.dockerfile import DockerFile

Write = Callable[[DockerFile], Any]


@pytest.mark.parametrize(
    ('write', 'found'),
    [
        (lambda d: d.run('echo', 'a', '>f'), {'f': b'a\n'}),
        (lambda d: d.run('echo "a  b" >f'), {'f': b'a  b\n'}),
        (lambda d: d.run('echo a \\\n  >f'), {'f': b'a\n'}),
        (lambda d: d.run('echo a \\\n# why\n  >f'), {'f': b'a\n'}),
        (lambda d: d.run(['cp', '/bin/true', '$x y']), {'$x y': None}),
        (lambda d: d.run(), {}),
        (lambda d: d.run_all('echo a >f', ('echo', 1, '>g'), '', 'touch h'), {'f': b'a\n', 'g': b'1\n', 'h': b''}),
        (lambda d: d.run_join('echo a >f', 'cp f g'), {'f': b'a\n', 'g': b'a\n'}),
        (lambda d: d.run_join(), {}),
        (lambda d: d.comment('a\nRUN touch f'), {}),
        (lambda d: d.comment(), {}),
        (lambda d: d.blank(), {}),
        (lambda d: d.write(b'RUN touch f\n'), {'f': b''}),
        (lambda d: d.writeline('RUN touch f'), {'f': b''}),
        (lambda d: d.writelines(['RUN touch f', 'RUN touch g']), {'f': b'', 'g': b''}),
        (lambda d: d.prefix_all('RUN', 'touch f', ('touch', 'g'), None), {'f': b'', 'g': b''}),
    ],
)
def test_instructions_leave_files(write: Write, found: dict[str, bytes | None], builder) -> None:
    dockerfile = builder.dockerfile(initial='WORKDIR /work')
    write(dockerfile)
    builder.build(dockerfile)
    contents = builder.contents('/work')
    assert list(contents) == sorted(found)
    assert all(contents[name] == data for name, data in found.items() if data is not None)


def test_any_instruction_can_be_written(builder) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.prefix('ENV', 'A', 1)
    dockerfile.prefix_all('ENV', 'B=2', ('C', 'x y'))
    dockerfile.prefix('CMD', ['echo', '$A'])
    config = builder.build(dockerfile)['Config']
    assert {'A=1', 'B=2', 'C=x y'} <= set(config['Env'])
    assert config['Cmd'] == ['echo', '$A']


def test_a_shell_for_commands_is_set_before_them(builder) -> None:
    dockerfile = builder.dockerfile()
    dockerfile.prefix('SHELL', ['/bin/sh', '-ec'])
    dockerfile.run('false; mkdir /not-reached')
    assert 'returned a non-zero code' in error_of(dockerfile, builder)


def test_the_setting_for_the_shell_has_no_effect_on_commands(builder) -> None:
    dockerfile = builder.dockerfile(shell=['/bin/sh', '-ec'])
    dockerfile.run('false; mkdir /reached')
    builder.build(dockerfile)
    assert builder.members('/reached') == {}


def test_initial_lines_come_first(builder) -> None:
    config = builder.build(builder.dockerfile(initial=['ENV A=1', b'ENV B=$A']))['Config']
    assert {'A=1', 'B=1'} <= set(config['Env'])


def test_a_file_without_base_image_takes_it_from_the_initial_lines(builder) -> None:
    dockerfile = DockerFile(None, initial=f'FROM {builder.base_image}\nENV A=1')
    assert 'A=1' in builder.build(dockerfile)['Config']['Env']


def error_of(dockerfile: DockerFile, builder) -> str:
    with pytest.raises(AssertionError) as error:
        builder.build(dockerfile)
    return str(error.value)

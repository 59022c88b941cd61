"""Dockerfiles: construction, writing, settings, and finalising."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dockermap import DEFAULT_BASEIMAGE
from dockermap.build.buffer import FinalizedError
from dockermap.build.dockerfile import DockerFile

Text = Callable[[DockerFile], str]

ALL_SETTINGS: dict[str, Any] = {
    'volumes': ['/v', '/w'],
    'command_user': 'app',
    'command_workdir': '/srv',
    'shell': '["/bin/sh", "-ec"]',
    'entrypoint': '/bin/run -a',
    'command': 'c d',
    'expose': [80, '90/udp'],
    'labels': {'k': 'v'},
    'stopsignal': 'SIGINT',
    'healthcheck': '--interval=5s CMD true',
}
ALL_TEXT = """\
VOLUME ["/v", "/w"]
USER app
WORKDIR /srv
SHELL ["/bin/sh", "-ec"]
ENTRYPOINT ["/bin/run", "-a"]
CMD ["c", "d"]
EXPOSE 80 90/udp
LABEL "k"="v"
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s CMD true
"""


@pytest.fixture
def dockerfile() -> DockerFile:
    return DockerFile('b')


@pytest.mark.parametrize(
    ('args', 'text'),
    [
        ((), f'FROM {DEFAULT_BASEIMAGE}\n\n'),
        (('deb:12',), 'FROM deb:12\n\n'),
        ((None,), '\n'),
        (('',), '\n'),
        (('b', 'Jo'), 'FROM b\n\nLABEL maintainer="Jo"\n\n'),
        (('b', 'Jo "$x"'), 'FROM b\n\nLABEL maintainer="Jo \\"\\$x\\""\n\n'),
        (('b', None, 'RUN a\nRUN b'), 'FROM b\n\nRUN a\nRUN b\n'),
        (('b', None, b'RUN a'), 'FROM b\n\nRUN a\n'),
        (('b', None, ['RUN a', b'RUN b']), 'FROM b\n\nRUN a\nRUN b\n'),
        (('b', None, iter(['RUN a'])), 'FROM b\n\nRUN a\n'),
        (('deb:12', 'Jo', ['RUN a', 'RUN b']), 'FROM deb:12\n\nLABEL maintainer="Jo"\n\nRUN a\nRUN b\n'),
    ],
)
def test_the_start_of_a_new_file(args: tuple[Any, ...], text: str) -> None:
    assert DockerFile(*args).getvalue().decode() == text


def test_a_base_image_adds_no_instruction() -> None:
    with pytest.raises(ValueError, match='new instruction'):
        DockerFile('b\nRUN a')


@pytest.mark.parametrize('name', [*ALL_SETTINGS, 'command_shell', 'cmd_user', 'cmd_workdir'])
def test_keywords_are_start_values_of_settings(name: str) -> None:
    value = object()
    dockerfile = DockerFile('b', **{name: value})
    assert getattr(dockerfile, name.replace('cmd_', 'command_')) is value


def test_unknown_keywords_are_refused() -> None:
    with pytest.raises(TypeError, match="'entrypont'; did you mean 'entrypoint'"):
        DockerFile('b', entrypont='x')


def test_one_setting_has_one_value() -> None:
    with pytest.raises(TypeError, match='same setting'):
        DockerFile('b', cmd_user='a', command_user='b')


def test_defaults_of_settings(dockerfile: DockerFile) -> None:
    assert [getattr(dockerfile, name) for name in ALL_SETTINGS] == [None] * len(ALL_SETTINGS)
    assert dockerfile.command_shell is False


@pytest.mark.parametrize(
    ('method', 'args', 'text'),
    [
        ('write', ('a ä',), 'a ä'),
        ('write', (b'a',), 'a'),
        ('writeline', ('a',), 'a\n'),
        ('writeline', (b'a',), 'a\n'),
        ('writelines', (['a', b'b'],), 'a\nb\n'),
        ('blank', (), '\n'),
        ('prefix', ('ENV', 'A', 1), 'ENV A 1\n'),
        ('prefix', ('ENV',), 'ENV\n'),
        ('prefix', (), '#\n'),
        ('prefix', ('SHELL', ['/bin/sh', '-c']), 'SHELL ["/bin/sh", "-c"]\n'),
        ('prefix_all', ('X', 'A 1', ('B', 2), ['C', 3], None, '', 0, 'D 4'), 'X A 1\nX B 2\nX C 3\n\n\n\nX D 4\n'),
        ('prefix_all', ('ENV', ()), 'ENV\n'),
        ('comment', ('a',), '# a\n'),
        ('comment', (), '#\n'),
        ('comment', ('',), '#\n'),
        ('comment', ('a\n\nRUN b',), '# a\n#\n# RUN b\n'),
        ('run', ('a', 'b', 1), 'RUN a b 1\n'),
        ('run', (['echo', 'x  y'],), 'RUN ["echo", "x  y"]\n'),
        ('run', ('a && \\\n    b',), 'RUN a && \\\n    b\n'),
        ('run', ('a && \\\n# why\n\n    b',), 'RUN a && \\\n# why\n\n    b\n'),
        ('run', ('a\n',), 'RUN a\n\n'),
        ('run', (), ''),
        ('run', ('',), ''),
        ('run_all', ('a', ('b', 2), ''), 'RUN a\nRUN b 2\n\n'),
        ('run_all', ('a', ()), 'RUN a\n'),
        ('run_join', ('x', 'y'), 'RUN x && y\n'),
        ('run_join', ('x', 1), 'RUN x && 1\n'),
        ('run_join', (), ''),
        ('run_join', ('', 'x'), 'RUN x\n'),
    ],
)
def test_instructions_are_written_at_once(
    method: str, args: tuple[Any, ...], text: str, dockerfile: DockerFile, text_of: Text
) -> None:
    assert getattr(dockerfile, method)(*args) is None
    assert text_of(dockerfile) == text


@pytest.mark.parametrize('value', [None, 5, ['a']])
def test_only_text_and_bytes_are_written(value: Any, dockerfile: DockerFile) -> None:
    with pytest.raises((AttributeError, TypeError)):
        dockerfile.write(value)


@pytest.mark.parametrize(
    ('method', 'args'),
    [
        ('run', ('a\nb',)),
        ('run', ('a && \\\nb\nc',)),
        ('run_join', ('a', 'b\nc')),
        ('run_all', ('a\nb',)),
        ('prefix', ('ENV', 'A', '1\nRUN b')),
    ],
)
def test_line_feeds_start_no_new_instructions(
    method: str, args: tuple[Any, ...], dockerfile: DockerFile, text_of: Text
) -> None:
    with pytest.raises(ValueError, match=r'new instruction.*backslash'):
        getattr(dockerfile, method)(*args)
    assert text_of(dockerfile) == ''


@pytest.mark.parametrize(
    ('setting', 'value', 'line'),
    [
        ('volumes', [], ''),
        ('volumes', '', ''),
        ('volumes', '/a b', 'VOLUME ["/a b"]\n'),
        ('volumes', ('/a', '/b'), 'VOLUME ["/a", "/b"]\n'),
        ('volumes', ['/a '], 'VOLUME ["\\"/a \\""]\n'),
        ('volumes', ['/$a'], 'VOLUME ["/\\\\$a"]\n'),
        ('command_user', '', ''),
        ('command_user', 1000, 'USER 1000\n'),
        ('command_user', 'a:b', 'USER a:b\n'),
        ('command_workdir', '', ''),
        ('command_workdir', '/a b', 'WORKDIR /a b\n'),
        ('command_workdir', '/$a', 'WORKDIR /\\$a\n'),
        ('command_workdir', ' /a', 'WORKDIR " /a"\n'),
        ('shell', '', ''),
        ('shell', [], ''),
        ('shell', ['/bin/sh', '-ec'], 'SHELL ["/bin/sh", "-ec"]\n'),
        ('entrypoint', '', 'ENTRYPOINT []\n'),
        ('entrypoint', ['a', 'b c'], 'ENTRYPOINT ["a", "b c"]\n'),
        ('command', [], 'CMD []\n'),
        ('command', ('a', 1), 'CMD ["a", "1"]\n'),
        ('expose', [], ''),
        ('expose', '', ''),
        ('expose', 80, 'EXPOSE 80\n'),
        ('expose', iter([80, 90]), 'EXPOSE 80 90\n'),
        ('expose', '53/udp', 'EXPOSE 53/udp\n'),
        ('labels', {}, ''),
        ('labels', 'a=b c=d', 'LABEL a=b c=d\n'),
        ('labels', [('a', 1), ('b', '"')], 'LABEL "a"="1" "b"="\\""\n'),
        ('stopsignal', '', ''),
        ('stopsignal', 9, 'STOPSIGNAL 9\n'),
        ('healthcheck', '', ''),
        ('healthcheck', 'NONE', 'HEALTHCHECK NONE\n'),
        ('healthcheck', ['probe', '-q'], 'HEALTHCHECK CMD ["probe", "-q"]\n'),
    ],
)
def test_a_setting_is_written_at_the_end(setting: str, value: Any, line: str, final_text: Callable[..., str]) -> None:
    assert final_text(**{setting: value}) == line


@pytest.mark.parametrize(
    ('command', 'line'),
    [
        ('run -a "$x"', 'CMD run -a "$x"\n'),
        (['run', '-a', 'b c'], "CMD run -a 'b c'\n"),
        ((), 'CMD []\n'),
    ],
)
def test_a_command_for_a_shell(command: Any, line: str, final_text: Callable[..., str]) -> None:
    assert final_text(command=command, command_shell=True) == line


def test_a_health_check_tuple_is_written_with_its_options(final_text: Callable[..., str]) -> None:
    check = namedtuple('HealthCheck', 'test interval')(['CMD', 'probe'], 5 * 10**9)
    assert final_text(healthcheck=check) == 'HEALTHCHECK --interval=5s CMD ["probe"]\n'


def test_settings_have_a_fixed_order(final_text: Callable[..., str]) -> None:
    assert final_text(**dict(reversed(ALL_SETTINGS.items()))) == ALL_TEXT


def test_everything_in_one_file() -> None:
    dockerfile = DockerFile('b', **ALL_SETTINGS)
    dockerfile.add_file('x', remove_final=True)
    dockerfile.finalize()
    assert dockerfile.getvalue().decode() == f'FROM b\n\nADD x x\nRUN rm -Rf x\n\n{ALL_TEXT}'


def test_finalizing_again_has_no_effect(dockerfile: DockerFile, text_of: Text) -> None:
    dockerfile.command = 'a'
    dockerfile.finalize()
    dockerfile.finalize()
    assert text_of(dockerfile) == 'CMD ["a"]\n'


@pytest.mark.parametrize('setting', [*ALL_SETTINGS, 'command_shell'])
def test_a_finalized_file_takes_no_settings(setting: str, dockerfile: DockerFile) -> None:
    dockerfile.finalize()
    with pytest.raises(FinalizedError):
        setattr(dockerfile, setting, 'x')


@pytest.mark.parametrize(
    ('method', 'args'),
    [
        ('write', ('a',)),
        ('writeline', ('a',)),
        ('writelines', (['a'],)),
        ('blank', ()),
        ('prefix', ('X', 'a')),
        ('prefix_all', ('X', 'a')),
        ('comment', ('a',)),
        ('run', ('a',)),
        ('run_all', ('a',)),
        ('run_join', ('a',)),
        ('add_file', ('a',)),
        ('add_archive', ('a',)),
        ('add_volume', ('/a',)),
    ],
)
def test_a_finalized_file_takes_no_instructions(method: str, args: tuple[Any, ...], dockerfile: DockerFile) -> None:
    dockerfile.finalize()
    with pytest.raises(FinalizedError):
        getattr(dockerfile, method)(*args)


@pytest.mark.parametrize('setting', ['command_user', 'command_workdir', 'stopsignal', 'healthcheck', 'shell'])
def test_settings_start_no_new_instructions(setting: str, dockerfile: DockerFile, text_of: Text) -> None:
    dockerfile.volumes = '/v'
    setattr(dockerfile, setting, 'x\nRUN y')
    with pytest.raises(ValueError, match='new instruction'):
        dockerfile.finalize()
    assert text_of(dockerfile) == ''


def test_a_wrong_setting_can_be_corrected(dockerfile: DockerFile, text_of: Text) -> None:
    dockerfile.command = 5
    with pytest.raises(ValueError, match='must be text'):
        dockerfile.finalize()
    dockerfile.command = 'a'
    dockerfile.finalize()
    assert text_of(dockerfile) == 'CMD ["a"]\n'


@pytest.mark.parametrize(
    ('before', 'line'),
    [
        (None, 'VOLUME ["/n"]\n'),
        ('/a', 'VOLUME ["/a", "/n"]\n'),
        (('/a', '/b'), 'VOLUME ["/a", "/b", "/n"]\n'),
        (['/a'], 'VOLUME ["/a", "/n"]\n'),
    ],
)
def test_a_volume_is_added_to_those_before(before: Any, line: str, dockerfile: DockerFile, text_of: Text) -> None:
    dockerfile.volumes = before
    dockerfile.add_volume('/n')
    dockerfile.finalize()
    assert text_of(dockerfile) == line


def test_adding_a_volume_leaves_the_given_list_alone() -> None:
    given = ['/a']
    DockerFile('b', volumes=given).add_volume('/n')
    assert given == ['/a']


def test_saving_finalizes_and_stores_the_text(dockerfile: DockerFile, tmp_path: Path) -> None:
    dockerfile.command = 'a'
    dockerfile.save(str(tmp_path / 'Dockerfile'))
    assert (tmp_path / 'Dockerfile').read_text() == 'FROM b\n\nCMD ["a"]\n'
    with pytest.raises(FinalizedError):
        dockerfile.blank()

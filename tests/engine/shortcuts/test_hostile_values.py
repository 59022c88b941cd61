"""No value of any argument does anything in a shell, and each arrives as it was given.

The functions and their parameters come from the public signatures. Each line is run twice on each system: with commands
that only record their arguments, and with the real ones.
"""

from __future__ import annotations

import inspect
import io
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pytest

from dockermap import shortcuts as sh

TOUCH = 'touch canary'
VALUES = {
    'blank': 'a b',
    'blanks around': '  a  ',
    'empty': '',
    'single quote': f"'; {TOUCH}; '",
    'double quote': f'"; {TOUCH}; "',
    'both quotes': f'\'"; {TOUCH}; "\'',
    'substitution': f'$({TOUCH})',
    'quoted substitution': f'"$({TOUCH})"',
    'backticks': f'`{TOUCH}`',
    'variable': '$HOME ${PATH} $$ $?',
    'assignment': 'IFS=a PATH=b',
    'line break': f'a\n{TOUCH}\n',
    'carriage return': f'a\r{TOUCH}',
    'semicolon': f'a; {TOUCH}',
    'and': f'a && {TOUCH}',
    'or': f'a || {TOUCH}',
    'background': f'a & {TOUCH}',
    'pipe': f'a | {TOUCH}',
    'redirection': 'a > canary 2>&1 >> canary',
    'here document': 'a << x',
    'group': f'({TOUCH}) {{ {TOUCH}; }}',
    'comment': 'a # b',
    'negation': '! a',
    'option': '-rf',
    'long option': '--help',
    'option with value': f'--checkpoint-action=exec={TOUCH}',
    'dash': '-',
    'end of options': '--',
    'star': '*',
    'question mark': '?',
    'class': '[a-z]*',
    'braces': '{a,b}',
    'home': '~',
    'home of root': '~root',
    'backslash': 'a\\b',
    'escapes': '\\n\\t\\x41\\0101',
    'last backslash': 'a\\',
    'percent': '%s%d%n',
    'exclamation': 'a!b!!',
    'tab': '\ta\tb',
    'control characters': '\x01\x1b[31m\x7f',
    'unicode': 'äß—日本語😀',
    'right to left': 'a\u202eb\u0301',
    'colon': 'host:path',
    'comma': 'a,b',
    'test operators': '= -o -d',
    'bracket': ']',
    'keywords': 'fi; done; esac',
    'long': 'x' * 2000,
}
# What the other parameters get; those of flags and of the kind of system are told by their annotation.
PLAIN = {
    'path': '/work/p',
    'paths': '/work/p',
    'filename': '/work/f',
    'source': '/work/s',
    'target': '/work/t',
    'user_group': 'bin',
    'mode': '644',
    'permissions': '644',
    'url': 'http://127.0.0.1/',
    'username': 'u{}',
    'groupname': 'g{}',
    'groupnames': ['bin'],
    'uid': None,
    'gid': None,
    'gecos': None,
    'arg': 'a',
}
FLAGS = {'recursive', 'force', 'create_parent', 'check_if_exists', 'return_list', 'system', 'no_login', 'no_password'}
ACCOUNT_FUNCTIONS = {'adduser', 'addgroup', 'assignuser', 'addgroupuser'}
TOOLS = ('rm', 'chown', 'chmod', 'curl', 'wget', 'mkdir', 'tar', 'adduser', 'addgroup', 'groupadd', 'usermod')
RECORDER = """\
#!/bin/sh
for argument in "${0##*/}" "$@"; do printf '%s\\0' "$argument"; done >> "$RECORD"
"""
# Runs every case in a directory of its own, without input.
DRIVER = """\
cd /hostile/cases || exit 1
for case in *; do
    cd "/hostile/dirs/$case" || exit 1
    RECORD="/hostile/records/$case" PATH="$1" sh "/hostile/cases/$case" > /dev/null 2>&1 < /dev/null
    echo $? > "/hostile/codes/$case"
done
"""


class Case(NamedTuple):
    function: str
    parameter: str
    value: str
    kind: str
    line: str
    mapping: sh.CmdArgMappings


def public_functions() -> dict[str, Callable[..., Any]]:
    members = {name: getattr(sh, name) for name in sh.__all__}
    return {name: member for name, member in members.items() if inspect.isfunction(member)}


def parameters() -> Iterator[tuple[str, inspect.Parameter]]:
    for name, function in public_functions().items():
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name != 'arg_mapping':
                yield name, parameter


def test_every_parameter_of_every_function_is_known() -> None:
    names = {parameter.name for _, parameter in parameters() if parameter.kind is not parameter.VAR_KEYWORD}
    assert names - set(PLAIN) - FLAGS == set()


def call(name: str, parameter: inspect.Parameter, value: str, mapping: sh.CmdArgMappings, number: int) -> str:
    """The line of a function for a hostile value of one parameter; the number makes names of accounts unique."""
    function = public_functions()[name]
    arguments = {
        known: plain(known, number)
        for known, other in inspect.signature(function).parameters.items()
        if known in PLAIN and (other.default is other.empty or known in ('filename', 'user_group', 'target'))
    }
    if parameter.kind is parameter.VAR_KEYWORD:
        arguments['__option'] = value
    else:
        arguments[parameter.name] = value
    if name in ACCOUNT_FUNCTIONS:
        arguments['arg_mapping'] = mapping
    result = function(**arguments)
    if isinstance(result, list):
        result = '\n'.join(result)
    # What only makes a part of a line needs a command in front.
    return f'rm {result}' if name in ('str_arg', 'get_user_group') else result


def plain(name: str, number: int) -> Any:
    value = PLAIN[name]
    return value.format(number) if isinstance(value, str) else value


def hostile_cases(mapping: sh.CmdArgMappings, counts: Counter[str]) -> list[Case]:
    cases = []
    for name, parameter in parameters():
        for kind, value in VALUES.items():
            if is_refused(name, parameter, value, mapping):
                with pytest.raises(ValueError, match=r'BusyBox|no_password'):
                    call(name, parameter, value, mapping, len(cases))
                counts['hostile values refused, as there is no such option or they would damage a database'] += 1
            else:
                line = call(name, parameter, value, mapping, len(cases))
                cases.append(Case(name, parameter.name, value, kind, line, mapping))
    return cases


def is_refused(name: str, parameter: inspect.Parameter, value: str, mapping: sh.CmdArgMappings) -> bool:
    if name not in ACCOUNT_FUNCTIONS or (parameter.name in FLAGS and parameter.name != 'no_password'):
        return False
    if mapping is sh.CmdArgMappings.CENTOS:
        return parameter.name == 'no_password' and value != ''
    # BusyBox would take what is behind for another field or another user.
    return mapping is sh.CmdArgMappings.BUSYBOX and parameter.name not in FLAGS and bool(set(value) & set(':\n'))


def arrives_as(case: Case) -> str | None:
    """The word that a command must get; ``None`` where the value is only true or false, or means nothing."""
    value = case.value
    if case.parameter in FLAGS:
        return None
    if case.parameter in ('user_group', 'groupnames', 'permissions') and not value:
        return None if case.function != 'chown' and case.function != 'get_user_group' else ':'
    if case.parameter == 'user_group':
        return value if ':' in value else f'{value}:{value}'
    if case.parameter == 'filename' and 'tar' in case.function and ':' in value:
        return f'./{value}'
    return value


def fill(system: Any, cases: Iterable[Case]) -> None:
    """Lay out directories with one script a case, and with the recording commands."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode='w', format=tarfile.GNU_FORMAT) as tar:

        def add(name: str, content: str | None, mode: int = 0o755) -> None:
            info = tarfile.TarInfo(name)
            data = (content or '').encode('utf-8')
            info.mode, info.size = mode, len(data)
            info.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
            tar.addfile(info, io.BytesIO(data))

        for directory in ('', '/cases', '/dirs', '/records', '/codes', '/tools'):
            add(f'hostile{directory}', None)
        add('hostile/driver', DRIVER)
        for tool in TOOLS:
            add(f'hostile/tools/{tool}', RECORDER)
        for number, case in enumerate(cases):
            add(f'hostile/cases/{number:05}', case.line + '\n')
            add(f'hostile/dirs/{number:05}', None)
    assert system.api.put_archive(system.container, '/', archive.getvalue())


@pytest.fixture
def fresh_system(system: Any, start_system: Any, request: pytest.FixtureRequest) -> Any:
    """A system that nothing was done to before."""
    return start_system(system.mapping, request.getfixturevalue(f'{system.name}_image'))


@pytest.mark.timeout(600)
def test_every_value_arrives_and_nothing_else_happens(fresh_system: Any, counts: Counter[str]) -> None:
    system = fresh_system
    cases = hostile_cases(system.mapping, counts)
    fill(system, cases)
    before = changes(system)
    run_all(system, '/hostile/tools:/bin:/usr/bin')
    records = contents(system, '/hostile/records')
    lost = []
    for number, case in enumerate(cases):
        words = records.get(f'{number:05}', '').split('\0')[:-1]
        wanted = arrives_as(case)
        if case.line and (not set(words) & set(TOOLS) or (wanted is not None and wanted not in words)):
            lost.append((case.function, case.parameter, case.kind, case.line, words))
    assert lost == []
    own = ('/hostile/records/', '/hostile/codes/', '/look.tar')
    done = {path for path in changes(system) - before if not path.startswith(own)}
    assert done == set()
    counts[f'hostile values that arrived unchanged on {system.name}, with nothing else done'] += len(cases)


@pytest.mark.timeout(900)
@pytest.mark.parametrize('step', [5, pytest.param(1, marks=pytest.mark.full)])
def test_real_commands_do_nothing_else_either(fresh_system: Any, counts: Counter[str], step: int) -> None:
    system = fresh_system
    cases = [case for case in hostile_cases(system.mapping, Counter()) if case.parameter not in FLAGS]
    # Adding accounts takes its time; values differ from one parameter to the next.
    cases = [case for number, case in enumerate(cases) if case.function not in ACCOUNT_FUNCTIONS or number % step == 0]
    fill(system, cases)
    run_all(system, '$PATH')
    assert [name for name in system.look('/hostile/dirs') if name.endswith('/canary')] == []
    for name, number in {'passwd': 7, 'group': 4}.items():
        lines = system.read(f'/etc/{name}').decode('utf-8').split('\n')[:-1]
        assert {line.count(':') + 1 for line in lines} == {number}
        assert [line.split(':')[0] for line in lines if line.split(':')[2] == '0'] == ['root']
    counts[f'hostile lines run by the real commands of {system.name}, with nothing else done'] += len(cases)


@pytest.mark.timeout(600)
def test_full_names_are_in_the_user_database_as_they_were_given(fresh_system: Any) -> None:
    system = fresh_system
    cases = [case for case in hostile_cases(system.mapping, Counter()) if case[:2] == ('adduser', 'gecos')]
    fill(system, cases)
    run_all(system, '$PATH')
    codes = contents(system, '/hostile/codes')
    users = system.database('passwd')
    accepted = [
        (users[case.line.split()[-1]][3], case.value)
        for number, case in enumerate(cases)
        if codes[f'{number:05}'] == '0\n'
    ]
    # Commas separate the name from a room and telephone numbers, which are empty.
    assert [(found, value) for found, value in accepted if found.rstrip(',') != value] == []
    assert len(accepted) > len(cases) / 2


STEPS: dict[str, Callable[[str], str]] = {
    'mkdir': lambda name: f'{sh.mkdir(name, check_if_exists=True)}\n{sh.mkdir(name, False, True)}',
    'mkdir_chown': lambda name: '\n'.join(sh.mkdir_chown(name, (7, 8), '711', False, return_list=True)),  # type: ignore[arg-type]
    'chown': lambda name: f': > ./{sh.str_arg(name)}\n{sh.chown((7, 8), name)}',
    'chmod': lambda name: f': > ./{sh.str_arg(name)}\n{sh.chmod("604", name, False)}',
    'rm': lambda name: f': > ./{sh.str_arg(name)}\n: > bystander\n{sh.rm(name)}',
    'tar': lambda name: f': > ./{sh.str_arg(name)}\n{sh.tar("/work/x", name)}\n{sh.rm(name)}\n{sh.untar("/work/x")}',
    'targz': lambda name: f': > content\n{sh.targz(name, "content")}\n{sh.rm("content")}\n{sh.untargz(name)}',
    'untar': lambda name: f'{sh.mkdir(name)}\n: > content\n{sh.tar("/work/x", "content")}\n{sh.untar("/work/x", name)}',
}
# Owner, group and mode of what is in the case's directory afterwards.
NEW_FILE, NEW_DIRECTORY = (0, 0, 0o644), (0, 0, 0o755)
OUTCOMES: dict[str, Callable[[str], dict[str, tuple[int, int, int]]]] = {
    'mkdir': lambda name: {name: NEW_DIRECTORY},
    'mkdir_chown': lambda name: {name: (7, 8, 0o711)},
    'chown': lambda name: {name: (7, 8, 0o644)},
    'chmod': lambda name: {name: (0, 0, 0o604)},
    'rm': lambda name: {'bystander': NEW_FILE},
    'tar': lambda name: {name: NEW_FILE},
    # A dash is the standard output and input.
    'targz': lambda name: {} if name == '-' else {name: NEW_FILE, 'content': NEW_FILE},
    'untar': lambda name: {'content': NEW_FILE, name: NEW_DIRECTORY, f'{name}/content': NEW_FILE},
}


@pytest.mark.timeout(600)
def test_files_with_hostile_names_are_made_changed_packed_and_removed(fresh_system: Any, counts: Counter[str]) -> None:
    system = fresh_system
    names = {kind: value for kind, value in VALUES.items() if 0 < len(value) < 250}
    cases = [
        Case(step, 'path', name, kind, make(name), system.mapping)
        for step, make in STEPS.items()
        for kind, name in names.items()
    ]
    fill(system, cases)
    run_all(system, '$PATH')
    found = entries_by_case(system)
    wrong = [
        (case.function, case.kind, case.line, found[number])
        for number, case in enumerate(cases)
        if found[number] != OUTCOMES[case.function](case.value)
    ]
    assert wrong == []
    counts[f'files with hostile names handled by {system.name}'] += len(cases)


def run_all(system: Any, search_path: str) -> None:
    result = system.run(f'exec sh /hostile/driver "{search_path}"')
    assert result.code == 0, result.output


def changes(system: Any) -> set[str]:
    return {change['Path'] for change in system.api.diff(system.container) or ()}


def contents(system: Any, directory: str) -> dict[str, str]:
    """Text of each file in a directory."""
    with system.archive(directory) as tar:
        files = [info for info in tar.getmembers() if info.isfile()]
        return {info.name.rpartition('/')[2]: tar.extractfile(info).read().decode('utf-8') for info in files}


def entries_by_case(system: Any) -> dict[int, dict[str, tuple[int, int, int]]]:
    entries: dict[int, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for path, info in system.look('/hostile/dirs').items():
        _, _, inner = path.partition('/')
        number, _, name = inner.partition('/')
        if name:
            entries[int(number)][name] = (info.uid, info.gid, info.mode & 0o7777)
    return entries

"""Shell command lines for everyday tasks, for ``RUN`` instructions and scripts. Nothing is run here.

Values are quoted for a POSIX shell, so they arrive at the command as they were given; plain ones look as they are.
Option names come from keyword arguments with ``-`` for ``_``: ``_v`` is ``-v``, ``__shell`` is ``--shell``. ``True``
gives the name alone, ``False`` and ``None`` nothing, a tuple its elements after the first if that one is true, anything
else name and value.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from .map import SimpleEnum

__all__ = [
    'CMD_ARG_MAPPING',
    'CmdArgMappings',
    'addgroup',
    'addgroupuser',
    'adduser',
    'assignuser',
    'chmod',
    'chown',
    'curl',
    'get_user_group',
    'mkdir',
    'mkdir_chown',
    'rm',
    'str_arg',
    'tar',
    'targz',
    'untar',
    'untargz',
    'wget',
]

_UserGroup: TypeAlias = 'str | int | tuple[str | int, ...]'
_Options: TypeAlias = Iterable[tuple[str, Any]]


class CmdArgMappings(SimpleEnum):
    """The tools for users and groups that a system has; CentOS stands for all with ``useradd`` and ``groupadd``."""

    DEBIAN = 'debian'
    BUSYBOX = 'busybox'
    CENTOS = 'centos'


class _AccountTools(NamedTuple):
    """How a system's tools are called beside the options of ``CMD_ARG_MAPPING``."""

    uid: str
    addgroup: str
    gid: str
    system_group: str


CMD_ARG_MAPPING: dict[CmdArgMappings, dict[str, str | None]] = {
    CmdArgMappings.DEBIAN: {
        'no_login': '--disabled-login',
        'no_create_home': '--no-create-home',
        'no_password': '--disabled-password',
        'gecos': '--gecos',
        'system_user': '--system',
    },
    CmdArgMappings.CENTOS: {
        'no_login': '-s /sbin/nologin',
        'no_create_home': '--no-create-home',
        'no_password': None,
        'gecos': '--comment',
        'system_user': '--system',
    },
    CmdArgMappings.BUSYBOX: {
        'no_login': '-s /sbin/nologin',
        'no_create_home': '-H',
        'no_password': '-D',
        'gecos': '-g',
        'system_user': '-S',
    },
}
"""Flags of ``adduser`` on each system, in the order they are written; ``None`` where there is none."""

_ACCOUNT_TOOLS = {
    CmdArgMappings.DEBIAN: _AccountTools('--uid', 'addgroup', '--gid', '--system'),
    CmdArgMappings.CENTOS: _AccountTools('-u', 'groupadd', '-g', '-r'),
    CmdArgMappings.BUSYBOX: _AccountTools('-u', 'addgroup', '-g', '-S'),
}
_LOGICAL_NAMES = frozenset(CMD_ARG_MAPPING[CmdArgMappings.DEBIAN])


def str_arg(arg: Any) -> str:
    """The text of a value, quoted for a POSIX shell where necessary."""
    return shlex.quote(str(arg))


def rm(path: Any, recursive: bool = False, force: bool = False) -> str:
    """Remove a file, or with ``recursive`` a directory with its contents."""
    return _line('rm', [('-R', bool(recursive)), ('-f', bool(force))], path)


def get_user_group(user_group: _UserGroup) -> str:
    """Owner and group as ``chown`` takes them, quoted.

    :param user_group: A name or id for both, text with a colon, or a tuple of user and group.
    :raises IndexError: The tuple has fewer than two elements.
    """
    return ':'.join(map(str_arg, _owner_parts(user_group)))


def chown(user_group: _UserGroup, path: Any, recursive: bool = True) -> str:
    """Change owner and group; see :func:`get_user_group`."""
    owner = ':'.join(map(str, _owner_parts(user_group)))
    words = [*_option_words([('-R', bool(recursive))]), *_end_of_options(owner, path)]
    return ' '.join(['chown', *words, get_user_group(user_group), str_arg(path)])


def chmod(mode: str | int, path: Any, recursive: bool = True) -> str:
    """Change permissions. An integer is written in decimal, so better give text such as ``'644'`` or ``'u=rw'``."""
    return _line('chmod', [('-R', bool(recursive))], mode, path)


def curl(url: str, filename: Any = None) -> str:
    """Download with ``curl``, into a file if one is given. Brackets and braces in the URL are no patterns."""
    return _line('curl', [('-o', filename), ('-g', not set('[]{}').isdisjoint(str(url)))], url)


def wget(url: str, filename: Any = None) -> str:
    """Download with ``wget``, into the given file or one named by the URL."""
    return _line('wget', [('-O', filename)], url)


def mkdir(path: Any, create_parent: bool = True, check_if_exists: bool = False) -> str:
    """Make a directory.

    :param create_parent: Make missing directories above, too.
    :param check_if_exists: Do nothing if there is such a directory.
    """
    line = _line('mkdir', [('-p', bool(create_parent))], path)
    return f'if [ ! -d {str_arg(path)} ]; then {line}; fi' if check_if_exists else line


def mkdir_chown(
    paths: Any,
    user_group: _UserGroup | None = None,
    permissions: str | int | None = 'ug=rwX,o=rX',
    create_parent: bool = True,
    check_if_exists: bool = False,
    recursive: bool = False,
    return_list: bool = False,
) -> str | list[str] | list[list[str]]:
    """Make directories, and set their owner and permissions, also where a directory exists.

    :param paths: One path, or a list or tuple of them. As one text, the commands for several paths do not stop at a
      path that fails; use ``return_list`` where that matters.
    :param recursive: Set owner and permissions of the contents, too.
    :param return_list: Return the commands as a list, for several paths as a list of lists.
    """

    def commands(path: Any) -> Iterator[str]:
        yield mkdir(path, create_parent, check_if_exists)
        if user_group is not None and user_group != '':
            yield chown(user_group, path, recursive)
        if permissions:
            yield chmod(permissions, path, recursive)

    if isinstance(paths, (list, tuple)):
        all_commands = [list(commands(path)) for path in paths]
        return all_commands if return_list else '; '.join(map(' && '.join, all_commands))
    return list(commands(paths)) if return_list else ' && '.join(commands(paths))


def tar(filename: Any, source: Any, **kwargs: Any) -> str:
    """Pack one path, or a list or tuple of paths, into an archive; the file name ``-`` is the standard output."""
    return _tar_line([('-cf', _local_archive(filename))], kwargs, source)


def untar(filename: Any, target: Any = None, **kwargs: Any) -> str:
    """Unpack an archive in the target or current directory; the file name ``-`` is the standard input."""
    return _tar_line([('-xf', _local_archive(filename)), ('-C', target)], kwargs)


def targz(filename: Any, source: Any, **kwargs: Any) -> str:
    """Like :func:`tar`, with compression by gzip."""
    return _tar_line([('-cf', _local_archive(filename)), ('-z', True)], kwargs, source)


def untargz(filename: Any, target: Any = None, **kwargs: Any) -> str:
    """Like :func:`untar`, for archives compressed by gzip."""
    return _tar_line([('-xf', _local_archive(filename)), ('-C', target), ('-z', True)], kwargs)


def adduser(
    username: Any,
    uid: int | None = None,
    system: bool = False,
    no_login: bool = True,
    no_password: bool = False,
    gecos: str | None = None,
    arg_mapping: CmdArgMappings = CmdArgMappings.DEBIAN,
    **kwargs: Any,
) -> str:
    """Add a user.

    :param no_login: Without home directory and password; ``no_create_home=False`` makes one nevertheless.
    :param no_password: Do not ask for a password. BusyBox would fail where nobody can answer, so there it never asks.
    :param gecos: Full name or comment.
    :param arg_mapping: System that the command is for.
    :param kwargs: Further options of the command.
    :raises ValueError: The system has no such option, or would damage its user database with a value.
    """
    system_name = _known_system(arg_mapping)
    implied = _implied_options(system_name, system, no_login, no_password, gecos)
    return _adduser_line(system_name, username, uid, implied, kwargs)


def addgroup(
    groupname: Any,
    gid: int | None = None,
    system: bool = False,
    arg_mapping: CmdArgMappings = CmdArgMappings.DEBIAN,
    **kwargs: Any,
) -> str:
    """Add a group.

    :param arg_mapping: System that the command is for.
    :param kwargs: Further options of the command.
    :raises ValueError: The system would damage its group database with a value.
    """
    system_name = _known_system(arg_mapping)
    tools = _ACCOUNT_TOOLS[system_name]
    options = [(tools.gid, gid), *_extra_options(kwargs), (tools.system_group, bool(system))]
    return _account_line(system_name, tools.addgroup, options, {}, groupname)


def assignuser(
    username: Any,
    groupnames: Any,
    arg_mapping: CmdArgMappings = CmdArgMappings.DEBIAN,
    return_list: bool = False,
    **kwargs: Any,
) -> str | list[str]:
    """Make a user a member of further groups.

    :param groupnames: Names of existing groups; text or a number is one group.
    :param arg_mapping: System that the command is for.
    :param return_list: Return the commands as a list; empty if there are no groups.
    :param kwargs: Further options of the command.
    """
    lines = _membership_lines(_known_system(arg_mapping), username, _group_names(groupnames), kwargs)
    return lines if return_list else ' && '.join(lines)


def addgroupuser(
    username: Any,
    groupnames: Any,
    uid: int | None = None,
    system: bool = False,
    no_login: bool = True,
    no_password: bool = False,
    gecos: str | None = None,
    arg_mapping: CmdArgMappings = CmdArgMappings.DEBIAN,
    return_list: bool = False,
    **kwargs: Any,
) -> str | list[str]:
    """Add a user as a member of groups, which must exist; see :func:`adduser` and :func:`assignuser`."""
    system_name = _known_system(arg_mapping)
    groups = _group_names(groupnames)
    implied = _implied_options(system_name, system, no_login, no_password, gecos)
    if system_name is CmdArgMappings.CENTOS:
        lines = [_adduser_line(system_name, username, uid, implied, kwargs, groups)]
    else:
        lines = [
            _adduser_line(system_name, username, uid, implied, kwargs),
            *_membership_lines(system_name, username, groups, {}),
        ]
    return lines if return_list else ' && '.join(lines)


def _line(command: str, options: _Options, *operands: Any) -> str:
    """A command line; an operand that starts with a dash is kept from being taken for an option."""
    words = [command, *_option_words(options), *_end_of_options(*operands), *map(str_arg, operands)]
    return ' '.join(words)


def _end_of_options(*operands: Any) -> list[str]:
    return ['--'] if any(str(operand).startswith('-') for operand in operands) else []


def _option_words(options: _Options) -> Iterator[str]:
    for name, value in options:
        if isinstance(value, tuple):
            if value and value[0]:
                yield from map(str_arg, value[1:])
        elif value is True:
            yield name
        elif value is not None and value is not False:
            yield from (name, str_arg(value))


def _extra_options(kwargs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Options of keyword arguments, except those that have another flag on each system."""
    return [(str_arg(name.replace('_', '-')), value) for name, value in kwargs.items() if name not in _LOGICAL_NAMES]


def _owner_parts(user_group: _UserGroup) -> tuple[Any, ...]:
    if isinstance(user_group, tuple):
        return user_group[0], user_group[1]
    if isinstance(user_group, int) or ':' not in user_group:
        return user_group, user_group
    return (user_group,)


def _tar_line(options: list[tuple[str, Any]], kwargs: Mapping[str, Any], source: Any = ()) -> str:
    sources = source if isinstance(source, (list, tuple)) else [source]
    extra = [(str_arg(name.replace('_', '-')), value) for name, value in kwargs.items()]
    line = _line('tar', [*options, *extra], *sources)
    # GNU tar reads backslashes in these values, not in the archive's name, as escapes; BusyBox ignores the variable.
    values = [*sources, *(value for _, value in (*options[1:], *extra))]
    return f'TAR_OPTIONS=--no-unquote {line}' if any('\\' in str(value) for value in values) else line


def _local_archive(filename: Any) -> str:
    """Path of an archive; before the first slash, GNU tar would take a colon for the end of a host name."""
    text = str(filename)
    return f'./{text}' if ':' in text.partition('/')[0] else text


def _known_system(arg_mapping: Any) -> CmdArgMappings:
    try:
        return CmdArgMappings(arg_mapping)
    except ValueError:
        names = ', '.join(repr(member) for member in CmdArgMappings)
        raise ValueError(f'arg_mapping: expected one of {names} or their values, found {arg_mapping!r}.') from None


def _implied_options(
    system_name: CmdArgMappings, system: bool, no_login: bool, no_password: bool, gecos: str | None
) -> dict[str, Any]:
    """Logical options of ``adduser`` that follow from its arguments."""
    never_asks = system_name is CmdArgMappings.BUSYBOX
    # Debian's adduser asks for a name, a room and telephone numbers otherwise.
    default_gecos = '' if system_name is CmdArgMappings.DEBIAN else None
    return {
        'no_login': no_login,
        'no_create_home': no_login,
        'no_password': no_password or never_asks or (no_login and system_name is not CmdArgMappings.CENTOS),
        'gecos': default_gecos if gecos is None else gecos,
        'system_user': system,
    }


def _adduser_line(
    system_name: CmdArgMappings,
    username: Any,
    uid: int | None,
    implied: Mapping[str, Any],
    kwargs: Mapping[str, Any],
    groups: list[str] | None = None,
) -> str:
    options = [
        (_ACCOUNT_TOOLS[system_name].uid, uid),
        *_extra_options(kwargs),
        ('-G', ','.join(groups) if groups else None),
    ]
    return _account_line(system_name, 'adduser', options, {**implied, **kwargs}, username)


def _membership_lines(
    system_name: CmdArgMappings, username: Any, groups: list[str], kwargs: Mapping[str, Any]
) -> list[str]:
    if not groups:
        return []
    if system_name is CmdArgMappings.BUSYBOX:
        extra = _extra_options(kwargs)
        return [_account_line(system_name, 'adduser', extra, kwargs, username, group) for group in groups]
    options = [('-aG', ','.join(groups)), *_extra_options(kwargs)]
    return [_account_line(system_name, 'usermod', options, kwargs, username)]


def _account_line(
    system_name: CmdArgMappings, command: str, options: _Options, logical: Mapping[str, Any], *operands: Any
) -> str:
    """A command line with mapped options last, checked where the system's tools do not check."""
    all_options = [*options, *_mapped_options(system_name, logical)]
    if system_name is CmdArgMappings.BUSYBOX:
        for value in (*operands, *(value for _, value in all_options)):
            _refuse_separators(value)
    return _line(command, all_options, *operands)


def _mapped_options(system_name: CmdArgMappings, logical: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, flag in CMD_ARG_MAPPING[system_name].items():
        value = logical.get(name)
        if name != 'gecos':
            value = bool(value)
        if value is None or value is False:
            continue
        if flag is None:
            raise ValueError(f'{name}: the tools of {system_name!r} have no such option; leave it out.')
        yield flag, value


def _refuse_separators(value: Any) -> None:
    """BusyBox writes values into its user database as they are: a line break would make another user of any id."""
    for text in map(str, value if isinstance(value, tuple) else (value,)):
        if ':' in text or '\n' in text:
            raise ValueError(f'{text!r}: a colon or line break would damage the user database of BusyBox.')


def _group_names(groupnames: Any) -> list[str]:
    if groupnames is None or groupnames == '':
        return []
    if isinstance(groupnames, str) or not isinstance(groupnames, Iterable):
        return [str(groupnames)]
    return [str(name) for name in groupnames]

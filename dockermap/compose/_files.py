"""From Compose files to one document: several of them, ``include``, ``extends``, variables, and the name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping as Variables
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..exceptions import InputError, located
from ..map._lines import Lines, SeveralLines
from ._canonical import canonical
from ._document import plain, read
from ._env_file import read_env_file
from ._merge import merged, without_marks
from ._mounts import below
from ._note import Notes
from ._values import Mapping, entries, expected, is_mapping, mapping, members, text, texts

__all__ = ['Project', 'read_project']

MOST_FILES = 500
"""How many files a project may be read from, those counted again that are included again."""

_MOST_LEVELS = 100
_SECTIONS = ('services', 'networks', 'volumes', 'secrets', 'configs')
_NAME = re.compile(r'[a-z0-9][a-z0-9_-]*')
_NOT_IN_NAMES = re.compile(r'[^a-z0-9_-]')

Source = str | os.PathLike[str] | dict[str, object]
"""The path of a file, or its content."""


@dataclass(frozen=True)
class Project:
    """What Compose files say together.

    :param document: The content in its long forms, where paths are absolute.
    :param variables: Variables of the environment and of ``.env``.
    :param environ: Those of the environment alone.
    :param lines: What tells the lines of the files.
    """

    name: str
    document: Mapping
    variables: Variables[str, str]
    environ: Variables[str, str]
    folder: Path
    lines: Lines


@dataclass
class _Reader:
    """Reads files; what they have in common."""

    notes: Notes
    lines: list[Lines] = field(default_factory=list)
    count: int = 0
    extended: dict[tuple[Path, str], Mapping] = field(default_factory=dict)

    def documents(
        self, sources: Sequence[Source], folder: Path, variables: Variables[str, str], including: tuple[Path, ...]
    ) -> Mapping:
        """The merged content of files that are given together, with what they include."""
        found: Mapping = {}
        for source in sources:
            path = None if isinstance(source, dict) else Path(os.path.abspath(source))
            document = self.document(source if isinstance(source, dict) else path, folder, variables)
            included = document.pop('include', None)
            with located('include'):
                for index, member in enumerate(members(included, 'a list of files')):
                    with located(index):
                        self._include(found, member, folder, variables, (*including, *([path] if path else ())))
            found = mapping(merged(found, document))
        return mapping(without_marks(found))

    def document(self, source: Path | Mapping | None, folder: Path, variables: Variables[str, str]) -> Mapping:
        """The content of one file in its long form, where services have what they extend."""
        self.count += 1
        if self.count > MOST_FILES:
            raise InputError(f'More than {MOST_FILES} files are read, with those that are included and extended.')
        path = source if isinstance(source, Path) else None
        content, lines = read(path) if path else (source, None)
        if lines is None:
            return self._resolved(content, None, folder, variables)
        self.lines.append(lines)
        with lines.told():
            return self._resolved(content, path, folder, variables)

    def _resolved(self, content: object, path: Path | None, folder: Path, variables: Variables[str, str]) -> Mapping:
        known = mapping(content, 'a Compose file, which is a mapping with services')
        document = canonical(plain(known, variables, self._missing), folder)
        services = document.get('services')
        if is_mapping(services):
            with located('services'):
                resolved = _Extension(self, path, folder, variables, services)
                document['services'] = {name: resolved.service(name) for name in services}
        return document

    def _missing(self, path: str, name: str) -> None:
        self.notes.add(
            path, f'${name}', 'The variable is not set; an empty text takes its place.', 'Set it, or write a default.'
        )

    def _include(
        self, found: Mapping, member: object, folder: Path, variables: Variables[str, str], including: tuple[Path, ...]
    ) -> None:
        settings = mapping(member) if is_mapping(member) else {'path': text(member, 'the path of a file')}
        paths = [Path(below(folder, path)) for path in texts(settings.get('path'))]
        if not paths:
            raise expected("the path of a file, or a mapping with 'path'", member)
        again = next((path for path in paths if path in including), None)
        if again is not None:
            raise InputError(f'Files include each other in a circle: {" -> ".join(map(str, (*including, again)))}.')
        own = (
            Path(below(folder, text(settings['project_directory'])))
            if 'project_directory' in settings
            else paths[0].parent
        )
        given = texts(settings.get('env_file'))
        env_files = [Path(below(folder, path)) for path in given] if given else _default_env_file(own)
        document = self.documents(paths, own, _with_env_files(env_files, variables), (*including, *paths))
        for section in _SECTIONS:
            target = dict(mapping(found.get(section)))
            for name, entry in entries(document.get(section)):
                with located(name):
                    if name in target and target[name] != entry:
                        raise InputError(f'{section}.{name} of {paths[0]} is already there with other settings.')
                    target[name] = entry
            if target:
                found[section] = target


@dataclass
class _Extension:
    """Services of one file with what they extend."""

    reader: _Reader
    path: Path | None
    folder: Path
    variables: Variables[str, str]
    services: Mapping
    done: Mapping = field(default_factory=dict)

    def service(self, name: str, chain: tuple[tuple[Path | None, str], ...] = ()) -> object:
        """A service with all that it extends."""
        if name in self.done:
            return self.done[name]
        entry = self.services[name]
        if len(chain) > _MOST_LEVELS:
            raise InputError(f'Services extend each other more than {_MOST_LEVELS} levels deep.')
        if not is_mapping(entry) or 'extends' not in entry:
            return entry
        if (self.path, name) in chain:
            raise _circle((*chain, (None, name)))
        own = {key: value for key, value in entry.items() if key != 'extends'}
        with located(name, 'extends'):
            base = self._base(entry['extends'], name, (*chain, (self.path, name)))
        found = self.done[name] = merged(base, own, ('services', '*'))
        return found

    def _base(self, value: object, name: str, chain: tuple[tuple[Path | None, str], ...]) -> object:
        settings = mapping(value) if is_mapping(value) else {'service': text(value, 'the name of a service')}
        target = text(settings.get('service', name), 'the name of a service')
        if settings.get('file') is None:
            if target not in self.services:
                raise InputError(f'There is no service {target!r} to extend.')
            return self.service(target, chain)
        path = Path(below(self.folder, text(settings['file'])))
        known = self.reader.extended.get((path, target))
        if known is None:
            known = self.reader.extended[path, target] = self._of_file(path, target, chain)
        return known

    def _of_file(self, path: Path, target: str, chain: tuple[tuple[Path | None, str], ...]) -> Mapping:
        if (path, target) in chain:
            raise _circle((*chain, (path, target)))
        reader = self.reader
        reader.count += 1
        if reader.count > MOST_FILES:
            raise InputError(f'More than {MOST_FILES} files are read, with those that are included and extended.')
        content, lines = read(path)
        reader.lines.append(lines)
        with lines.told():
            document = canonical(plain(mapping(content), self.variables, reader._missing), path.parent)
        services = mapping(document.get('services'))
        if target not in services:
            raise InputError(f'{path} has no service {target!r} to extend.')
        return mapping(_Extension(reader, path, path.parent, self.variables, services).service(target, chain))


def _circle(chain: Sequence[tuple[Path | None, str]]) -> InputError:
    return InputError(f'Services extend each other in a circle: {" -> ".join(name for _, name in chain)}.')


def read_project(sources: Sequence[Source], environ: Variables[str, str], notes: Notes) -> Project:
    """The project that some files describe.

    :param sources: Paths of files, or their content; relative paths begin at the folder of the first one.
    :raises ValueError: A file cannot be used.
    """
    first = sources[0]
    folder = Path.cwd() if isinstance(first, dict) else Path(os.path.abspath(first)).parent
    variables = _with_env_files(_default_env_file(folder), environ)
    reader = _Reader(notes)
    document = reader.documents(sources, folder, variables, ())
    name = _project_name(document.get('name'), variables, folder)
    return Project(name, document, variables, environ, folder, SeveralLines(reader.lines))


def _default_env_file(folder: Path) -> list[Path]:
    path = folder / '.env'
    return [path] if path.is_file() else []


def _with_env_files(paths: Sequence[Path], environ: Variables[str, str]) -> dict[str, str]:
    """Variables of files, over which those of the environment win."""
    found: dict[str, str] = {}
    for path in paths:
        found.update(read_env_file(path, {**found, **environ}))
    return {**found, **environ}


def _project_name(given: object, variables: Variables[str, str], folder: Path) -> str:
    if given is not None:
        with located('name'):
            name = text(given)
            if not _NAME.fullmatch(name):
                raise expected('a name of lower-case letters, digits, dashes and underscores', name)
        return name
    name = variables.get('COMPOSE_PROJECT_NAME') or _NOT_IN_NAMES.sub('', folder.name.lower()).lstrip('_-')
    if not name:
        raise InputError("The project has no name; give one as 'name' of the file, or as COMPOSE_PROJECT_NAME.")
    return name

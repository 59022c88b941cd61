"""The commands of the program as a table: the parser, the pages and the completion are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Argument(NamedTuple):
    """An option, or an argument by position; ``settings`` are those of ``argparse``."""

    flags: tuple[str, ...]
    help: str
    settings: Mapping[str, object] = {}

    @property
    def is_option(self) -> bool:
        """Whether it is named by a flag."""
        return self.flags[0].startswith('-')


class Command(NamedTuple):
    """One command.

    :param home: Module and function that carry it out.
    :param text: What there is to know beside the summary.
    :param keys: What it writes with ``--output json``, key by key.
    :param examples: Command lines.
    """

    name: str
    summary: str
    home: str
    arguments: tuple[Argument, ...] = ()
    text: str = ''
    keys: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    action: str = ''


def _flag(*flags: str, help: str) -> Argument:
    return Argument(flags, help, {'action': 'store_true'})


def _option(*flags: str, help: str, metavar: str, **settings: object) -> Argument:
    return Argument(flags, help, {'metavar': metavar, **settings})


GENERAL = (
    _option(
        '-f',
        '--file',
        help='file of the map; later ones are merged over earlier ones (default: $DOCKERMAP_FILE, else dockermap.yaml '
        'here or in a folder above)',
        metavar='FILE',
        action='append',
    ),
    _option(
        '--clients',
        help='file of the clients (default: dockermap-clients.yaml beside the map, else the engine that the docker '
        'command speaks to)',
        metavar='FILE',
    ),
    _option('--set', help='change a value, such as web.image=nginx:1.27', metavar='PATH=VALUE', action='append'),
    _option(
        '--option', help='an option of the library, such as core_image=busybox', metavar='NAME=VALUE', action='append'
    ),
    Argument(('--no-strict',), 'accept settings that nothing knows', {'action': 'store_false', 'dest': 'strict'}),
    Argument(('--output',), 'text, or data', {'choices': ('text', 'json'), 'default': 'text'}),
    _flag('-q', '--quiet', help='show only what was asked for, and errors'),
    _flag('-v', '--verbose', help='show single calls, and reasons'),
    _flag('--no-color', help='no colours; as with the variable NO_COLOR'),
    _flag('--debug', help='show where in the program an error comes from'),
)
"""Options of all commands."""

NAMES = Argument(
    ('names',), 'configurations, config.instance, or groups; none means all', {'nargs': '*', 'metavar': 'NAME'}
)
ONE_NAME = Argument(('name',), 'configuration, or config.instance', {'metavar': 'NAME'})
ONE_IMAGE = Argument(('name',), 'configuration, config.instance, or an image', {'metavar': 'NAME'})
TO_FILE = (
    _option('--out', help='write it to a file', metavar='FILE'),
    _flag('--overwrite', help='replace a file that exists'),
)
ARCHIVE = _option('-o', '--out', help='the file, an archive as docker save makes them', metavar='FILE', required=True)
ONE_ARCHIVE = Argument(('archive',), 'the file, as docker save makes them', {'metavar': 'FILE'})
CLIENT = _option('--client', help='the client, where there are several', metavar='NAME')
COMMAND = Argument(('command',), 'the command, with its arguments', {'nargs': '...', 'metavar': 'COMMAND'})
YES = _flag('-y', '--yes', help='do not ask')
PARALLEL = _option('--parallel', help='operations at a time for each client', metavar='N', type=int)
ADOPT = _flag('--adopt', help='take over items of the right name that were not created for the map')
ON_ERROR = _flag('--keep-going', help='after an error, go on with what does not depend on it')
WAIT = (
    Argument(
        ('--wait',),
        'wait until all containers work (default)',
        {'action': 'store_true', 'default': True, 'dest': 'wait'},
    ),
    Argument(('--no-wait',), 'do not wait', {'action': 'store_false', 'dest': 'wait'}),
    _option('--wait-timeout', help='limit of each wait', metavar='SECONDS', type=float),
)
TIMEOUT = _option('-t', '--timeout', help='seconds that a container may take to stop', metavar='SECONDS', type=int)
UPDATING = (
    ADOPT,
    _flag('--remove-orphans', help='remove what is no longer on the map'),
    _option('--recreate', help='re-create these, even if nothing differs', metavar='NAME', action='append'),
    _flag('--pull', help='pull images that exist, too'),
    _flag('--update-persistent', help='re-create persistent containers, too'),
)
CHANGING = (YES, PARALLEL, ON_ERROR)
CALLS = _flag('--calls', help='show the single calls, too')

PLAN_KEYS = (
    ('action', 'the action'),
    ('changes', 'a list: ``sign``, ``change``, ``client``, ``kind``, ``item``, ``name``, ``reasons``, ``conditional``'),
    ('kept', 'differences that stay, a list: ``client``, ``kind``, ``item``, ``name``, ``text``, ``reason``'),
    ('notices', 'a list of texts'),
    ('unchanged', 'how many items need nothing'),
    ('calls', 'with ``--calls``, a list: ``number``, ``call``, ``client``, ``item``, ``subject``, ``needs``'),
)
CHANGE_KEYS = (
    ('type: plan', 'first: what ``plan`` writes'),
    (
        'type: event',
        'for each thing that happens: ``event``, ``client``, ``kind``, ``item``, ``name``, ``call``, ``detail``, '
        '``time``; see :doc:`guide/plans`',
    ),
    ('type: warning', '``text``'),
    (
        'type: result',
        'last: ``exit_code``, ``error`` (or nothing), ``seconds``; names in ``done``, ``not_attempted`` and '
        '``interrupted``; ``name`` and ``reason`` in ``failed`` and ``put_back``',
    ),
)
ITEM = '``client``, ``kind``, ``item``, ``name``'


def _action(name: str, summary: str, *more: Argument, action: str = '', text: str = '') -> Command:
    return Command(name, summary, 'changing:act', (NAMES, *more, *CHANGING), text, CHANGE_KEYS, action=action or name)


COMMANDS = (
    Command(
        'check',
        'check the map; no engine is needed',
        'looking:check',
        text='Loads the map and checks all of it. Problems are shown with file, line and path.',
        keys=(
            ('valid', 'whether the map can be used'),
            ('map', 'its name'),
            ('configurations', 'how many there are'),
            ('problems', 'a list of texts'),
            ('warnings', 'a list of texts'),
        ),
    ),
    Command(
        'plan',
        'show what an action would do, and why',
        'looking:plan',
        (
            Argument(
                ('names',),
                'an action (default: update), then configurations, config.instance, or groups',
                {'nargs': '*', 'metavar': 'ACTION|NAME'},
            ),
            CALLS,
            _option('--out', help='save the plan, for update --plan', metavar='FILE'),
            *UPDATING,
        ),
        'Nothing is changed. The exit code is 2 if there is something to do, and 0 if not. Actions are create, pull, '
        'remove, restart, shutdown, signal, start, startup, stop and update.',
        PLAN_KEYS,
    ),
    Command(
        'update',
        'bring everything to what the map says',
        'changing:update',
        (
            NAMES,
            _flag('--build', help='build images before'),
            Argument(('--buildx',), 'build them with the docker command', {'action': 'store_true'}),
            _option('--plan', help='apply a saved plan, if everything is as it was', metavar='FILE'),
            *UPDATING,
            *WAIT,
            *CHANGING,
        ),
        'Shows the plan, asks, and carries it out.',
        CHANGE_KEYS,
        ('up',),
        'update',
    ),
    _action('create', 'create what does not exist', ADOPT),
    _action('start', 'start what exists and does not run', ADOPT, *WAIT),
    _action('startup', 'create and start', ADOPT, *WAIT),
    _action('stop', 'stop containers, and what needs them', ADOPT, TIMEOUT),
    _action('restart', 'stop and start', ADOPT, TIMEOUT, *WAIT),
    _action('remove', 'remove what does not run', ADOPT),
    _action('shutdown', 'stop and remove', ADOPT),
    _action(
        'signal',
        'send a signal to running containers',
        _option('-s', '--signal', help='name or number (default: KILL)', metavar='SIGNAL'),
        ADOPT,
    ),
    _action('pull', 'pull images, also those that exist', action='pull_images'),
    Command(
        'down',
        'stop and remove everything, with the networks of the map',
        'changing:down',
        (
            _flag('--volumes', help='remove attached volumes, too; the name of the map is asked for'),
            ADOPT,
            *CHANGING,
        ),
        'Volumes hold data, so they stay unless ``--volumes`` is given.',
        CHANGE_KEYS,
        action='shutdown',
    ),
    Command(
        'build',
        'build images',
        'images:build',
        (NAMES, Argument(('--buildx',), 'build them with the docker command', {'action': 'store_true'})),
        'Builds what configurations have as ``build``, and tags it with the name of their image. Without ``--buildx``, '
        'the classic builder of the engine does it.',
        (('type: built', 'for each image: ``client``, ``image``, ``id``'),),
    ),
    Command(
        'save-image',
        'save an image in a file',
        'archives:save',
        (ONE_IMAGE, ARCHIVE, CLIENT),
        'A file of that name is there only when it is complete, and takes the place of one that is there.',
        (('client, image, file, bytes', 'what was saved where, and how large it is'),),
    ),
    Command(
        'load-image',
        'load the images of a file',
        'archives:load',
        (
            ONE_ARCHIVE,
            CLIENT,
            YES,
        ),
        'Each client gets them, one after the other.',
        (('type: loaded', 'for each client: ``client``, ``images``'),),
    ),
    Command(
        'ps',
        'show how containers are',
        'looking:ps',
        (
            NAMES,
            _flag('-w', '--watch', help='go on showing it, until Ctrl-C'),
            _option('--interval', help='seconds between two looks', metavar='SECONDS', type=float, default=2.0),
        ),
        'Each client is asked for one list. *Up to date* goes by labels; ``plan`` looks at everything.',
        (
            ('items', f'a list: {ITEM}, ``state``, ``health``, ``exit_code``, ``since``, ``image``, ``ports``, '),
            ('', '``id``, ``up_to_date``'),
        ),
    ),
    Command(
        'logs',
        'show the output of containers',
        'inside:logs',
        (
            NAMES,
            _flag('--follow', help='go on showing it, until Ctrl-C'),
            _option('--tail', help='only the last lines of each container', metavar='N', type=int),
            _option('--since', help='only what is newer: a time, or how long ago, such as 10m', metavar='TIME'),
            _flag('--timestamps', help='show the time of each line'),
        ),
        keys=(('client, kind, item, name', 'the container'), ('line', 'one line of its output')),
        text='With ``--output json``, there is one document for each line.',
    ),
    Command(
        'exec',
        'run a command in a container that runs',
        'inside:execute',
        (
            _option('-u', '--user', help='who runs it', metavar='USER'),
            _option('-w', '--workdir', help='where', metavar='PATH'),
            _option('-e', '--env', help='a variable for it', metavar='NAME=VALUE', action='append'),
            _flag('-T', '--no-tty', help='do not connect it with this terminal'),
            ONE_NAME,
            COMMAND,
        ),
        'Options stand before the name. On a terminal, the command is connected with it. The exit code is that of the '
        'command.',
    ),
    Command(
        'run',
        'run a command in a new container, which is removed afterwards',
        'inside:run',
        (
            _option('--entrypoint', help='entry point instead of that of the image', metavar='TEXT'),
            _option('-t', '--timeout', help='seconds that it may take (default: a day)', metavar='SECONDS', type=float),
            ONE_NAME,
            COMMAND,
        ),
        'The container is like those of the configuration, with its volumes and networks, but without published ports, '
        'addresses and aliases. What it needs is created and started before. The exit code is that of the command.',
    ),
    Command(
        'graph',
        'show the map as a graph',
        'looking:graph',
        (Argument(('--format',), 'language of the text', {'choices': ('mermaid', 'dot'), 'default': 'mermaid'}),),
        keys=(('format', 'the language'), ('text', 'the graph')),
    ),
    Command(
        'show',
        'show the map after inheritance, defaults and merging',
        'kept:show',
        (_flag('--secrets', help='show values that may be secret, too'),),
        'Without ``--secrets``, values that may be secret are ``...``: those of variables, labels and logins, and '
        'commands.',
        (('name', 'name of the map'), ('containers, networks, …', 'its sections and settings, as in its file')),
    ),
    Command(
        'orphans',
        'show what was created for the map and is no longer on it',
        'kept:orphans',
        (_flag('--remove', help='remove it; volumes stay'), *CHANGING),
        keys=(('items', f'a list: {ITEM}'), ('', 'with ``--remove``, what ``update`` writes')),
    ),
    Command(
        'cleanup',
        'show containers that helped with something and were not removed',
        'kept:cleanup',
        (_flag('--remove', help='remove those that are not needed any more'), YES),
        'These are containers of ``run`` and of scripts that took too long, and helpers of runs that were killed.',
        (
            ('items', f'a list: {ITEM}, ``purpose``, ``needed``, ``removable``'),
            ('type: result', 'with ``--remove``, a second document: ``exit_code``, ``removed``'),
        ),
    ),
    Command(
        'import-compose',
        'make a map of Compose files',
        'compose:import_compose',
        (
            Argument(
                ('compose_files',), 'Compose files (default: compose.yaml)', {'nargs': '*', 'metavar': 'COMPOSE_FILE'}
            ),
            _option('--profile', help='a profile that is active; * means all', metavar='NAME', action='append'),
            _option('--out', help='write it to a file, and clients beside it where ports need them', metavar='FILE'),
            _flag('--overwrite', help='replace files that exist'),
        ),
        'What cannot be carried over is said in comments at the top. See :doc:`from_compose`.',
        (
            ('map', 'text of the file'),
            ('clients', 'text of the file of clients; empty if none is needed'),
            ('notes', 'what could not be carried over, a list: ``path``, ``what``, ``why``, ``hint``'),
        ),
    ),
    Command(
        'export-compose',
        'make a Compose file of the map',
        'compose:export_compose',
        TO_FILE,
        'For those who leave. What Compose has no word for is said in comments at the top. Values of variables are in '
        'the file.',
        (
            ('compose', 'the content of the Compose file'),
            ('notes', 'what could not be carried over, a list: ``path``, ``what``, ``why``, ``hint``'),
        ),
    ),
    Command(
        'export-stack',
        'make a file for docker stack deploy of the map',
        'compose:export_stack',
        TO_FILE,
        'It has the services that a swarm would get. Secrets and configs whose content is not in '
        'files have to be created before. Values of variables are in the file.',
        (
            ('stack', 'the content of the file'),
            ('notes', 'what is not in it, a list: ``path``, ``what``, ``why``, ``hint``'),
        ),
    ),
    Command(
        'schema',
        'show the JSON schema of maps, or of clients',
        'kept:schema',
        (Argument(('of',), 'which one', {'nargs': '?', 'choices': ('map', 'clients'), 'default': 'map'}),),
        keys=(('…', 'the schema'),),
    ),
    Command(
        'completion',
        'show what a shell needs to complete command lines',
        'completion:completion',
        (Argument(('shell',), 'which shell', {'choices': ('bash', 'zsh')}),),
        'For one session: ``eval "$(dockermap completion bash)"``.',
    ),
    Command(
        'names',
        'show names that can stand behind a command, for completion',
        'completion:names',
        (Argument(('of',), 'the command', {'metavar': 'COMMAND'}),),
    ),
    Command(
        'version',
        'show versions of this program, the SDK, and each engine',
        'looking:version',
        keys=(
            ('dockermap', 'this program'),
            ('sdk', "Docker's SDK"),
            ('engines', 'a list: ``client``, ``version``, ``api``, or ``error``'),
        ),
    ),
)

BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}

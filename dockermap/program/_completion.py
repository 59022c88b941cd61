"""What shells need to complete command lines."""

from __future__ import annotations

from collections.abc import Iterable

from ._commands import BY_NAME, GENERAL, Argument
from ._exit_codes import DONE
from ._session import Session

_BASH = """\
# Completion of dockermap for bash; for one session: eval "$(dockermap completion bash)"
_dockermap() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" word command='' options=''
    local -a sources=()
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${{COMP_WORDS[i]}}"
        case "$word" in
            -f|--file|--clients) sources+=("$word" "${{COMP_WORDS[i+1]}}"); ((i++)) ;;
            {with_value}) ((i++)) ;;
            -*) ;;
            *) [ -n "$command" ] || command="$word" ;;
        esac
    done
    case "$previous" in
        -f|--file|--clients|--out|--plan) COMPREPLY=($(compgen -f -- "$current")); return ;;
{choices}
    esac
    case "$command" in
        '') COMPREPLY=($(compgen -W '{commands} {general}' -- "$current")); return ;;
{options}
    esac
    case "$current" in
        -*) COMPREPLY=($(compgen -W "$options {general}" -- "$current")) ;;
        *) COMPREPLY=($(compgen -W "$(dockermap "${{sources[@]}}" names "$command" 2>/dev/null)" -- "$current")) ;;
    esac
}}
complete -F _dockermap dockermap
"""
_ZSH = """\
#compdef dockermap
# Completion of dockermap for zsh; for one session: eval "$(dockermap completion zsh)"
autoload -U +X bashcompinit && bashcompinit
"""


def completion(session: Session) -> int:
    """Show the text for a shell."""
    text = bash_text()
    session.output.text((_ZSH + text if session.arguments.shell == 'zsh' else text).rstrip('\n'))
    return DONE


def bash_text() -> str:
    """What bash reads; zsh does as well."""
    every = [argument for command in BY_NAME.values() for argument in command.arguments] + list(GENERAL)
    with_value = _flags(argument for argument in GENERAL if {'metavar', 'choices'} & argument.settings.keys())
    options = (
        f"        {name}) options='{' '.join(_flags(command.arguments))}' ;;" for name, command in BY_NAME.items()
    )
    chosen: dict[str, str] = {}
    for argument in every:
        choices = argument.settings.get('choices')
        if argument.is_option and isinstance(choices, tuple):
            flags = '|'.join(argument.flags)
            chosen[flags] = (
                f'        {flags}) COMPREPLY=($(compgen -W \'{" ".join(choices)}\' -- "$current")); return ;;'
            )
    return _BASH.format(
        commands=' '.join(BY_NAME),
        general=' '.join(_flags(GENERAL)),
        with_value='|'.join(sorted(set(with_value) - {'-f', '--file', '--clients'})),
        options='\n'.join(options),
        choices='\n'.join(chosen.values()),
    )


def _flags(arguments: Iterable[Argument]) -> list[str]:
    return [flag for argument in arguments if argument.is_option for flag in argument.flags]


def names(session: Session) -> int:
    """Show what can stand behind a command, for completion: one name a line."""
    command = BY_NAME.get(session.arguments.of)
    found: list[str] = []
    for argument in command.arguments if command is not None else ():
        choices = argument.settings.get('choices')
        if not argument.is_option and isinstance(choices, tuple):
            found.extend(choices)
        elif argument.flags[0] in ('name', 'names'):
            found.extend(_names_of_map(session))
        if argument.flags[0] == 'names' and command is not None and command.name == 'plan':
            from ._looking import ACTIONS

            found.extend(ACTIONS)
    for name in found:
        session.output.text(name)
    return DONE


def _names_of_map(session: Session) -> list[str]:
    container_map = session.map.get_extended_map()
    found = [name for name, _ in container_map]
    found.extend(f'{name}.{instance}' for name, config in container_map for instance in config.instances)
    return [*found, *container_map.groups.keys()]

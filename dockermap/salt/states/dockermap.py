"""State module ``dockermap``: containers of maps as states.

.. code-block:: yaml

    shop:
      dockermap.updated

Maps and clients come from the pillar, below ``dockermap``, or from arguments; see :doc:`/guide/salt`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dockermap.salt import _cleaning
from dockermap.salt._calls import SOURCES, Outcome, act, plain_arguments
from dockermap.salt._minion import Functions, Minion

__virtualname__ = 'dockermap'

__salt__: Functions
__opts__: Mapping[str, Any]

_WATCHING = ('watch', 'watch_any', 'listen')
_RESTART, _RECREATE = 'restart', 'recreate'

_ARGUMENTS = """
    name
        A configuration, ``map.configuration``, ``map.configuration.instance``, a group, or a map

    items
        A list of these, in place of the name

{sources}

    All else is an option, or an argument, of the action ``{action}``; see :doc:`/guide/actions`.

    .. code-block:: yaml

        {example}:
          dockermap.{name}{arguments}
"""
_WATCHES = """
    If what is watched has changed, and this state has not, ``watch_action`` says what is done to the containers:
    ``restart`` (unless something else is said), ``recreate``, or a signal, such as ``SIGHUP``.
"""


def __virtual__() -> str:
    return __virtualname__


def _minion() -> Minion:
    return Minion(__salt__, bool(__opts__.get('test')), globals().get('__env__'))


def _document(name: str, outcome: Outcome) -> dict[str, Any]:
    return {'name': name, **outcome.document()}


def _names(name: str, items: Sequence[str] | None) -> list[str]:
    return list(items) if items else [name]


def _state(
    name: str, action: str, summary: str, example: str, arguments: str = '', can_watch: bool = False, **defaults: Any
) -> Callable[..., Any]:
    """A function that carries out an action where it changes something.

    :param defaults: Options of the action.
    """

    def function(name: str, items: Any = None, watch_action: str = _RESTART, **kwargs: Any) -> dict[str, Any]:
        return _document(name, act(_minion(), action, _names(name, items), {**defaults, **kwargs}))

    function.__name__ = function.__qualname__ = name
    text = _ARGUMENTS.format(name=name, action=action, example=example, arguments=arguments, sources=SOURCES)
    function.__doc__ = f'{summary}\n{_WATCHES if can_watch else ""}{text}'
    return function


updated = _state(
    'updated',
    'update',
    'Containers, and what they need, are as the maps say, and run.',
    'shop',
    ':\n            - update_persistent: True',
    can_watch=True,
)
running = _state(
    'running',
    'startup',
    'Containers exist and run, with all that they need; whether they are as the maps say is not looked at.',
    'shop.web',
    can_watch=True,
)
stopped = _state('stopped', 'stop', 'Containers, and those that need them, do not run.', 'shop.web')
absent = _state(
    'absent',
    'shutdown',
    'Containers, and those that need them, do not exist. Volumes and networks stay, unless options say otherwise.',
    'shop',
    ':\n            - remove_networks: True',
)
images_pulled = _state(
    'images_pulled',
    'pull_images',
    'The images of containers, and of those that they need, exist. With ``pull_all_images: True``, they are the newest '
    'ones, too.',
    'shop',
    pull_all_images=False,
)


def signaled(name: str, items: Any = None, signal: Any = 'SIGHUP', **kwargs: Any) -> dict[str, Any]:
    """Containers that run get a signal.

    With ``watch`` or ``listen``, they get it when something else has changed. With ``onchanges``, too. Otherwise they
    get it each time.

    name, items, maps, clients, map_name, strict
        As for :func:`updated`

    signal : SIGHUP
        Name or number

    .. code-block:: yaml

        shop.web:
          dockermap.signaled:
            - signal: SIGHUP
            - watch:
              - file: /srv/shop/nginx.conf
    """
    if any(globals().get('__low__', {}).get(requisite) for requisite in _WATCHING):
        return {'name': name, 'result': True, 'changes': {}, 'comment': 'Nothing that is watched has changed.'}
    return _document(name, act(_minion(), 'signal', _names(name, items), {'signal': signal, **kwargs}))


def cleaned(name: str, **kwargs: Any) -> dict[str, Any]:
    """What was created for a map, and is no longer on it, is removed; and so are containers that helped with something.

    Volumes stay, as they hold data.

    name
        The map

    maps, clients, strict
        As for :func:`updated`

    .. code-block:: yaml

        shop:
          dockermap.cleaned
    """
    return _document(name, _cleaning.clean(_minion(), name, kwargs))


def mod_watch(
    name: str,
    sfun: str = 'updated',
    items: Any = None,
    watch_action: str = _RESTART,
    signal: Any = 'SIGHUP',
    **kwargs: Any,
) -> dict[str, Any]:
    """What is done when something that is watched has changed: ``signaled`` sends its signal, ``running`` and
    ``updated`` do what ``watch_action`` says.
    """
    names = _names(name, items)
    sources, _ = plain_arguments(kwargs)
    if sfun == 'signaled':
        outcome = act(_minion(), 'signal', names, {**kwargs, 'signal': signal})
    elif sfun not in ('updated', 'running'):
        return {'name': name, 'result': True, 'changes': {}, 'comment': f'{sfun} does not depend on what is watched.'}
    elif watch_action == _RECREATE:
        outcome = act(_minion(), 'update', names, {**sources, 'force_update': names})
    elif watch_action == _RESTART:
        outcome = act(_minion(), 'restart', names, sources)
    else:
        outcome = act(_minion(), 'signal', names, {**sources, 'signal': watch_action})
    return _document(name, outcome)

"""Operations for the secrets and configs of containers, which an engine has as files of its host, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename, join
from typing import TYPE_CHECKING

from ...input import ItemType
from ...policy.helpers import files_helper_name
from ...policy.ownership import PREPARATION
from ...policy.replaced import former_name
from ...request import ActionConfig
from ...request.files import archive, files_of, has_files, item_name, mounted_files
from ...request.preparation import FILES_PATH
from ..operation import Condition, Undo
from .images import pull_missing
from .volumes import remove_helpers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .expansion import Expansion

_ANY = 'any'


def put_files(plan: Expansion, action: ActionConfig, name: str, is_new: bool = False) -> None:
    """Put the files of a container on the host, before it is created or started; once in each call.

    A container that is there gets those that it was created with; others can only be had by a new one.

    :param name: What the container is called at the moment.
    """
    key = action.client_name, action.config_id
    if key in plan.files:
        return
    files = files_of(action)
    if not is_new and not plan.is_created(action, name):
        mounted = set(_mounted(plan, action).values())
        files = [file for file in files if file.source(action.client_config, action.config_id) in mounted]
    if not files:
        return
    plan.files[key] = frozenset(file.source(action.client_config, action.config_id) for file in files)
    pull_missing(plan, action, plan.policy.core_image)
    helper = files_helper_name(plan.policy.item_name(action.config_id))
    remove_helpers(plan, action, lambda found: found == helper)
    removal = plan.undoing(action, 'remove_container', {'container': helper, 'force': True})
    undo = Undo((removal,))
    plan.add(action, 'create_container', _helper(plan, action, helper, 'true'), undo=undo)
    arguments = {
        'container': helper,
        'path': FILES_PATH,
        'data': archive(files, action.client_config, action.config_id),
        'files': tuple(file.text for file in files),
    }
    plan.add(action, 'put_files', arguments, undo=undo)
    plan.add(action, 'remove_container', {'container': helper}, tolerates={'removal': ''}, undo=undo)


def remove_files(plan: Expansion, action: ActionConfig, name: str) -> None:
    """Remove files of a container that is about to go: those that the one in its place has not, otherwise all.

    As long as the container is there, the next call knows that there may be something to remove.

    :param name: What the container is called.
    """
    mounted = frozenset(_mounted(plan, action).values())
    key = action.client_name, action.config_id
    if name == former_name(plan.policy.item_name(action.config_id)):
        kept = plan.files.get(key, frozenset())
        if mounted - kept:
            _remove_all_but(plan, action, kept)
        return
    plan.files.pop(key, None)
    if mounted or has_files(action):
        _remove_all_but(plan, action, ())


def remove_left_files(plan: Expansion, action: ActionConfig) -> None:
    """Remove files of a container that another one has taken the place of, in a call that was interrupted."""
    helper = files_helper_name(plan.policy.item_name(action.config_id))
    remove_helpers(plan, action, lambda found: found == helper)
    mounted = frozenset(_mounted(plan, action).values())
    if mounted or has_files(action):
        _remove_all_but(plan, action, mounted)


def _remove_all_but(plan: Expansion, action: ActionConfig, kept: Iterable[str]) -> None:
    """Remove files of a container's directory; nothing else depends on whether that works."""
    item, first = plan.policy.item_name(action.config_id), len(plan.operations)
    text = (
        f'Files of secrets and configs of {item}, which are not needed any more, could not be removed from the host of '
        f'client {action.client_name}; those in memory go with its next restart.'
    )
    warned, silent = {_ANY: text}, {_ANY: ''}
    pull_missing(plan, action, plan.policy.core_image)
    plan.tolerate(first, text)
    helper, command = files_helper_name(item), _removing(join(FILES_PATH, item_name(action.config_id)), kept)
    created = plan.add(action, 'create_container', _helper(plan, action, helper, command), tolerates=warned)
    was_started = (action.client_name, action.config_id) in plan.started
    started = plan.add(action, 'start', {'container': helper}, condition=Condition(created), tolerates=warned)
    if not was_started:
        # It is not the container itself.
        plan.started.discard((action.client_name, action.config_id))
    waiting = plan.builder.get_attached_preparation_wait_kwargs(action, helper)
    purpose = 'Files could not be removed'
    plan.add(action, 'wait', waiting, condition=Condition(started), tolerates=warned, purpose=purpose)
    removal = {'container': helper, 'force': True}
    removed = plan.add(action, 'remove_container', removal, tolerates=silent)
    # Who says that it is not there may be wrong, and nobody would come back for it.
    again = {'not_found': '', **warned}
    plan.add(action, 'remove_container', removal, condition=Condition(removed, _ANY), tolerates=again)


def _helper(plan: Expansion, action: ActionConfig, helper: str, command: str) -> Mapping[str, Any]:
    given = plan.builder.get_files_helper_create_kwargs(action, command)
    return {**plan.builder.finalize_create_kwargs(action._replace(purpose=PREPARATION), helper, given), 'name': helper}


def _removing(directory: str, paths: Iterable[str]) -> str:
    """A shell command that removes the files of a directory, and without exceptions the directory."""
    names = sorted(map(basename, paths))
    if not names:
        return f'rm -rf {directory}'
    # Not every image that has a shell is able to delete what is found.
    kept = f'case "$file" in {"|".join(names)}) ;; *) rm -f "$file";; esac'
    return f'cd {directory} && for file in *; do {kept}; done'


def _mounted(plan: Expansion, action: ActionConfig) -> Mapping[str, str]:
    name = plan.policy.item_name(action.config_id)
    detail = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    return mounted_files(detail, action.client_config, action.config_id)

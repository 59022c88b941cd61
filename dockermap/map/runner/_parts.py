"""What the parts of the runner use of each other; the class is there only for checking types."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

Kwargs = Mapping[str, Any] | None



def cleaned(config: Any) -> Any:
    """A configuration without values that were assigned since, and are still as they were given."""
    if config is not None and not config.is_clean:
        config.clean()
    return config


def with_config(action: ActionConfig, config: Any) -> ActionConfig:
    """The same action with another configuration."""
    changed = action._replace(config=config)
    changed.started_before = action.started_before
    return changed


if TYPE_CHECKING:
    from ..input import MapConfigId
    from . import AbstractRunner, ActionConfig

    class RunnerPart(AbstractRunner):
        def get_container_create_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_container_host_config_kwargs(
            self, action: ActionConfig, name: str | None, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_container_stop_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_container_wait_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_container_remove_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_attached_container_host_config_kwargs(
            self, action: ActionConfig, name: str | None, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_volume_remove_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_container_restart_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_container_kill_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_container_update_kwargs(
            self, action: ActionConfig, name: str, update_values: Mapping[str, Any],
            kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_network_create_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_network_remove_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_network_connect_kwargs(
            self, action: ActionConfig, network_name: str, container_name: str, endpoint_config: Any = None,
            kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_network_disconnect_kwargs(
            self, action: ActionConfig, network_name: str, container_name: str,
            kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_volume_create_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_attached_container_create_kwargs(
            self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_exec_create_kwargs(
            self, action: ActionConfig, container_name: str, exec_cmd: Any, exec_user: Any,
            kwargs: Kwargs = None) -> dict[str, Any]: ...

        def get_exec_start_kwargs(
            self, action: ActionConfig, container_name: str, exec_id: str,
            kwargs: Kwargs = None) -> dict[str, Any]: ...

        def finalize_create_kwargs(
            self, action: ActionConfig, name: str, kwargs: Mapping[str, Any]) -> dict[str, Any]: ...

        def get_create_arguments(
            self, client_name: str, config_id: MapConfigId, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def create_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any: ...

        def start_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any: ...

        def remove_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any: ...

        def pull(self, action: ActionConfig, image_name: str, **kwargs: Any) -> Any: ...

        def remove_volume(self, action: ActionConfig, name: str, **kwargs: Any) -> Any: ...

        def connect_networks(self, action: ActionConfig, name: str, endpoints: Any, skip_first: bool = False,
                             **kwargs: Any) -> None: ...

        def disconnect_networks(self, action: ActionConfig, name: str, networks: Any, **kwargs: Any) -> None: ...

        def connect_all_networks(self, action: ActionConfig, name: str, **kwargs: Any) -> None: ...

        def _create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]: ...

        def _add_host_config(self, action: ActionConfig, create: dict[str, Any], host: dict[str, Any]) -> None: ...

        def _attached_path(self, action: ActionConfig, alias: str) -> Any: ...

        def _pull_missing(self, action: ActionConfig, image: str) -> None: ...
else:
    class RunnerPart:
        """Nothing."""

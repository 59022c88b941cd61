"""Settings of Compose files that have no place in a map: why, and what to do instead."""

from __future__ import annotations

__all__ = ['BUILD', 'DEPLOY', 'PLACEMENT', 'PULL_POLICIES', 'SERVICES', 'TOP']

_SWARM = 'It is for services of a swarm.'
_NOWHERE = 'There is nothing like it.'

TOP = {
    'models': (_NOWHERE, ''),
}
"""Settings at the top, with why they are not carried over, and a hint."""

SERVICES = {
    'attach': ('It is about the output of a command.', ''),
    'credential_spec': ('It is for Windows.', ''),
    'develop': ('Files are not watched.', ''),
    'external_links': (
        'Links lead to containers of the map alone.',
        'Have both containers join a network that is external to the map.',
    ),
    'models': (_NOWHERE, ''),
    'pre_stop': ('Nothing is run before a container is stopped.', "Handle the 'stop_signal' in the container."),
    'provider': ('It is no container.', ''),
    'use_api_socket': (_NOWHERE, "Bind the engine's socket."),
    'volume_driver': ('Volumes say their drivers themselves.', "Set 'driver' of the volume."),
}
"""Settings of services."""

DEPLOY = {
    'labels': ('They are labels of a service, not of its containers.', "Use 'labels' of the service."),
    'mode': ('A container is not on each host or node by itself.', "List hosts in 'clients'."),
    'rollback_config': (_SWARM, 'A container that does not work is put back in any case.'),
    'update_config': (_SWARM, "Set 'rollout' to have instances replaced one by one."),
}
"""Settings of ``deploy``."""

PLACEMENT = {
    'max_replicas_per_node': (_SWARM, ''),
    'preferences': (_SWARM, "Constraints are carried over to 'nodes'."),
}
"""Settings of ``deploy.placement``."""

BUILD = {
    'dockerfile_inline': ('A Dockerfile is a file.', 'Write it into the context.'),
}
"""Settings of ``build``; others are for other builders."""

PULL_POLICIES = {
    'always': 'Call update with pull_before_update=True.',
    'build': 'Build the image before.',
    'never': 'Images are pulled where they are missing.',
}
"""What to do instead of ``pull_policy``; ``missing`` is what is done."""

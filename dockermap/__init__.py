"""Images, containers, networks and volumes as objects: describe them in a map, compare it with a Docker Engine, act."""

__version__ = '2.0.0.dev0'

DEFAULT_BASEIMAGE = 'tianon/true:latest'
"""Image of containers that stand in for volumes, and of Dockerfiles that name none."""

DEFAULT_COREIMAGE = 'busybox:latest'
"""Image of the temporary container that sets owner and mode of a volume."""

DEFAULT_HOSTNAME_REPLACEMENT = [('_', '-'), ('.', '-')]
"""What is replaced in names of containers to make host names."""

DEFAULT_PRESET_NETWORKS = ('host', 'bridge', 'none')
"""Networks that each engine has."""

"""Images, containers, networks and volumes as objects: describe them in a map, compare it with a Docker Engine, act."""

__version__ = '2.0.0.dev0'

DEFAULT_BASEIMAGE = 'tianon/true:latest'
DEFAULT_COREIMAGE = 'busybox:latest'
DEFAULT_HOSTNAME_REPLACEMENT = [('_', '-'), ('.', '-')]
DEFAULT_PRESET_NETWORKS = ('host', 'bridge', 'none')

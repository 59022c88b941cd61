"""Swarms as clients: what a map says becomes services, which the swarm runs on its nodes."""

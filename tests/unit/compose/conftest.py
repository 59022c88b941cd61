"""Compose files as texts, and what becomes of them on the engine in memory."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ClientConfiguration, MappingDockerClient
from dockermap.testing import InMemoryEngine, Process


@pytest.fixture
def compose(tmp_path):
    """Loads a Compose file with a text, from a folder ``shop``."""
    from dockermap.compose import load

    folder = tmp_path / 'shop'
    folder.mkdir()

    def read(text: str, *, environ: dict[str, str] | None = None, profiles: Any = (), **files: str) -> Any:
        (folder / 'compose.yaml').write_text(text)
        for name, content in files.items():
            path = folder / name.replace('__', '/').replace('_dot_', '.')
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return load(folder / 'compose.yaml', environ=environ or {}, profiles=profiles)

    return read


@pytest.fixture
def config(compose):
    """The configuration of a service ``app``, from its settings and from further sections."""

    def read(settings: str, more: str = '', **options: Any) -> Any:
        lines = '\n'.join(f'    {line}' for line in settings.splitlines())
        text = f'services:\n  app:\n    image: app\n{lines}\n{more}'
        return compose(text, **options)[0].containers.app

    return read


@pytest.fixture
def bring_up(monkeypatch):
    """Brings up a Compose file of the corpus on an engine in memory."""

    def update(case: Any) -> Any:
        shop, host, _ = case.load()
        engine = InMemoryEngine('busybox', api_version='1.46')
        for name, value in case.environ.items():
            monkeypatch.setenv(name, value)
        for name, config in shop:
            engine.add_image(':'.join(shop.get_image(config.image or name)))
            if config.job:
                engine.script(Process(seconds=0.1), container=f'{shop.name}.{name}')
            elif config.healthcheck and config.healthcheck.test:
                engine.script(Process(health=[(0.1, 'healthy')]), container=config.name or f'{shop.name}.{name}')
        for name, network in shop.networks.items():
            if network.external:
                engine.add_network(name if network.external is True else network.external)
        for name, volume in shop.volumes.items():
            if volume.external:
                engine.add_volume(name if volume.external is True else volume.external)
        engine.add_container('other', engine.client().images()[0]['RepoTags'][0])
        engine.add_container('legacy', engine.client().images()[0]['RepoTags'][0])
        addresses = {'interfaces': dict(host.interfaces), 'interfaces_ipv6': dict(host.interfaces_ipv6)}
        client = MappingDockerClient(shop, ClientConfiguration(client=engine.client(), version='1.46', **addresses))
        client.update('__all__')
        return client, engine

    return update

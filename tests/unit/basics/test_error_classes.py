"""All errors of this library have one base class, beside the built-in class that they are."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil

import pytest

import dockermap
from dockermap.exceptions import DockerMapError, InputError
from dockermap.map.config.main import ContainerMap


def _error_classes():
    for module in pkgutil.walk_packages(dockermap.__path__, 'dockermap.'):
        if module.name.startswith('dockermap.testing') or module.name.endswith('__main__'):
            continue
        if module.name.startswith('dockermap.fabric') and importlib.util.find_spec('fabric') is None:
            continue
        for found in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(found) and issubclass(found, Exception) and not issubclass(found, Warning):
                is_public = not found.__name__.startswith('_')
                if is_public and found.__module__.startswith('dockermap.'):
                    yield found


@pytest.mark.parametrize('error_class', sorted(set(_error_classes()), key=lambda found: found.__name__))
def test_public_errors_have_the_common_base(error_class):
    assert issubclass(error_class, DockerMapError)


def test_errors_of_input_are_value_errors_too():
    with pytest.raises(DockerMapError) as caught:
        ContainerMap('shop', {'web': {'exposes': {'http': 80}}})
    assert isinstance(caught.value, (InputError, ValueError))

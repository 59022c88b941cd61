"""Make one call at a given time, in a process of its own: ``python call.py URL MAP INPUT IMAGE ACTION TIME``."""

from __future__ import annotations

import json
import sys
import time

import docker

from dockermap.api import ContainerMap, MappingDockerClient

if __name__ == '__main__':
    url, name, content, image, action, begin = sys.argv[1:]

    client = MappingDockerClient(
        ContainerMap(name, json.loads(content)),
        docker.APIClient(base_url=url, version='auto', timeout=60),
        option_defaults={'core_image': image, 'base_image': image},
    )
    time.sleep(max(0.0, float(begin) - time.time()))
    try:
        client.run_actions(action, '__all__')
    except Exception as error:
        print(f'{type(error).__name__}: {error}')
    else:
        print('done')

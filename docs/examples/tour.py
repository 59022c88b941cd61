"""The steps of "Getting started", one after the other."""

# ruff: noqa: E402
# 1. Build an image
from dockermap.api import DockerClientWrapper, DockerFile

engine = DockerClientWrapper('unix:///var/run/docker.sock')
with DockerFile(
    'busybox', command=['httpd', '-f', '-p', '8000', '-h', '/srv']
) as dockerfile:
    dockerfile.run('mkdir /srv && echo "It works." > /srv/index.html')
    engine.build_from_file(dockerfile, 'tour/web', rm=True)

# 2. Bring it up
from dockermap.api import ClientConfiguration, MappingDockerClient
from dockermap.map.yaml import load_map_file

host = ClientConfiguration('unix:///var/run/docker.sock')
client = MappingDockerClient(load_map_file('tour.yaml'), host)
first = client.update('web')

# 3. Look at the page
import time
from urllib.request import urlopen


def page_at(path):
    """The page, as soon as the server answers: it may not listen yet."""
    for _ in range(100):
        try:
            return urlopen(f'http://127.0.0.1:8080{path}').read().decode()
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f'No answer for {path}.')


page = page_at('/')
print(page)

# 4. Again
again = client.update('web')
print(again)

# 5. Look first
client = MappingDockerClient(load_map_file('tour_with_clock.yaml'), host)
plan = client.plan('update', 'web')
print(plan)

# 6. Add a container
grown = client.update('web')

# 7. Look at its page
clock_page = page_at('/pages/now.txt')
print(clock_page)

# 8. Change in place
client.maps['tour'].containers.clock.host_config = {
    'restart_policy': {'Name': 'always'}
}
client.refresh_names()
in_place = client.update('web')

# 9. Take it down
client.shutdown('clock', remove_attached=True)
# The end

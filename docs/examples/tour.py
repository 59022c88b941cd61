"""The steps of "Getting started", one after the other."""
# ruff: noqa: E402
# 1. Build an image
from dockermap.api import DockerClientWrapper, DockerFile

engine = DockerClientWrapper('unix:///var/run/docker.sock')
with DockerFile('busybox', command=['httpd', '-f', '-p', '8000', '-h', '/srv']) as dockerfile:
    dockerfile.run('mkdir /srv && echo "It works." > /srv/index.html')
    engine.build_from_file(dockerfile, 'tour/web', rm=True)

# 2. Bring it up
from dockermap.api import ClientConfiguration, MappingDockerClient
from dockermap.map.yaml import load_map_file

host = ClientConfiguration('unix:///var/run/docker.sock')
client = MappingDockerClient(load_map_file('tour.yaml'), host)
first = client.update('web')

# 3. Look at the page
from urllib.request import urlopen

page = urlopen('http://127.0.0.1:8080/').read().decode()
print(page)

# 4. Again
again = client.update('web')
print(again)

# 5. Look first
client = MappingDockerClient(load_map_file('tour_with_clock.yaml'), host)
reasons = []
for state in client.get_states('update', 'web'):
    for difference in state.differences:
        reasons.append(difference.describe())
print(reasons)

# 6. Add a container
grown = client.update('web')

# 7. Look at its page
clock_page = urlopen('http://127.0.0.1:8080/pages/now.txt').read().decode()
print(clock_page)

# 8. Change in place
client.maps['tour'].containers.clock.host_config = {'restart_policy': {'Name': 'always'}}
client.refresh_names()
in_place = client.update('web')

# 9. Take it down
client.shutdown('clock', remove_attached=True)
# The end

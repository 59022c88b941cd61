"""Build an image, and tag it twice."""

from dockermap.api import DockerClientWrapper, DockerFile
from dockermap.shortcuts import mkdir_chown

client = DockerClientWrapper('unix:///var/run/docker.sock')

with DockerFile(
    'busybox',
    labels={'release': '2.1'},
    command=['httpd', '-f', '-h', '/srv'],
) as dockerfile:
    dockerfile.run(mkdir_chown('/srv/pages', 'nobody:nogroup', 'u=rwX,go=rX'))
    dockerfile.add_file('welcome page.txt', '/srv/pages/welcome page.txt')
    image_id = client.build_from_file(
        dockerfile, 'tour/pages:2.1', add_latest_tag=True, rm=True
    )

print(f'Image {image_id} is tour/pages:2.1 and tour/pages:latest')

"""How containers are, by one list of an engine."""

from __future__ import annotations

LOOP = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]


def test_status_is_what_the_engine_lists(make_client, recorder, base_image, unique, api, eventually):
    image = f'/{base_image}'
    healthy = {'test': 'true', 'interval': 200_000_000, 'timeout': 30_000_000_000, 'retries': 1}
    client = make_client(
        {
            'web': {
                'image': image,
                'stop_timeout': 1,
                'exposes': 80,
                'create_options': {'command': LOOP, 'healthcheck': healthy},
            },
            'job': {'image': image, 'create_options': {'command': ['sh', '-c', 'exit 3']}},
            'new': {'image': image, 'create_options': {'command': 'true'}},
            'none': {'image': image},
        }
    )
    client.startup(['web', 'job'])
    client.create('new')
    # Lists of newer engines show the end of a container some moments after it.
    assert eventually(lambda: client.status('job')[0].state == 'exited')
    assert eventually(lambda: client.status('web')[0].health == 'healthy')
    recorder.reads.clear()
    recorder.changes.clear()
    found = {status.config_id.config_name: status for status in client.status()}
    assert len(recorder.reads) == 1
    assert recorder.changes == []
    assert {name: status.state for name, status in found.items()} == {
        'web': 'running',
        'job': 'exited',
        'new': 'created',
        'none': 'missing',
    }
    assert (found['web'].health, found['job'].exit_code, found['web'].up_to_date) == ('healthy', 3, True)
    assert found['web'].container_id == api.inspect_container(f'{unique}.web')['Id']

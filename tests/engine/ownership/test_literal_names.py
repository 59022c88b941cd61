"""Containers whose configuration says what they are called."""

from __future__ import annotations


def test_a_running_container_gets_the_name_that_its_configuration_says_now(api, unique, make_client, service):
    settings = {'set_hostname': False, 'web': service()}
    make_client(settings).update('__all__')
    (before,) = api.containers(filters={'name': unique})
    name = f'{unique}-front'
    client = make_client({**settings, 'web': service(name=name)})
    client.update('__all__')
    after = api.inspect_container(name)
    assert after['Id'] == before['Id']
    assert after['State']['Running']
    assert not client.plan('update', '__all__')
    make_client(settings).shutdown('__all__')
    assert api.containers(all=True, filters={'name': unique}) == []

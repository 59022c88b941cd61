"""Stop signals, timeouts and killing."""

from __future__ import annotations

import pytest

from dockermap.docker_api import APIError
from dockermap.exceptions import DockerStatusError
from dockermap.testing import Process


@pytest.fixture
def stopping(make_setup, engine):
    """Stops a running container with some settings, and tells which calls that made."""

    def stop(settings, kwargs=None, process=None, method='signal_stop'):
        setup = make_setup({'web': settings})
        engine.add_container('shop.web', running=True, process=process)
        getattr(setup.runner, method)(setup.acting('container', 'web'), 'shop.web', **(kwargs or {}))
        return [
            (call.method, {key: value for key, value in call.arguments.items() if key != 'container'})
            for call in engine.calls
            if call.method in ('stop', 'kill', 'wait')
        ]

    return stop


@pytest.mark.parametrize('stop_signal', [None, 'SIGTERM', 'TERM', 15, '15', 'sigterm'])
def test_the_default_signal_is_left_to_the_engine(stopping, stop_signal):
    assert stopping({'stop_signal': stop_signal, 'stop_timeout': 3}) == [('stop', {'timeout': 3})]


@pytest.mark.parametrize(
    ('stop_signal', 'stop_timeout', 'kwargs', 'seconds'),
    [
        ('SIGINT', 3, {}, 3),
        (2, None, {}, 10),
        ('SIGQUIT', 3, {'timeout': 1}, 1),
        # No limit: asked again every five seconds.
        ('SIGINT', -1, {}, 5),
        # At once, but not before the engine has seen the end.
        ('SIGINT', 0, {}, 0.1),
    ],
)
def test_another_signal_is_sent_and_the_end_waited_for(stopping, stop_signal, stop_timeout, kwargs, seconds):
    assert stopping({'stop_signal': stop_signal, 'stop_timeout': stop_timeout}, kwargs) == [
        ('kill', {'signal': stop_signal}),
        ('wait', {'timeout': seconds}),
    ]


def test_a_container_that_does_not_answer_its_signal_is_killed(stopping, engine):
    assert stopping({'stop_signal': 'SIGUSR1', 'stop_timeout': 3}) == [
        ('kill', {'signal': 'SIGUSR1'}),
        ('wait', {'timeout': 3}),
        ('kill', {'signal': 'SIGKILL'}),
        ('wait', {'timeout': 10}),
    ]
    assert not engine.is_running('shop.web')


def test_a_container_that_has_ended_meanwhile_is_fine(stopping):
    assert stopping({'stop_signal': 'SIGINT'}, process=Process(seconds=0)) == [('kill', {'signal': 'SIGINT'})]


@pytest.mark.parametrize('method', ['signal_stop', 'stop'])
@pytest.mark.parametrize(('stop_timeout', 'seconds'), [(None, 10), (3, 3), (0, 0.1), (-1, 5)])
def test_a_slow_answer_to_a_stop_is_no_failure(stopping, engine, method, stop_timeout, seconds):
    engine.slow('stop', 100)
    calls = stopping({'stop_timeout': stop_timeout}, method=method)
    assert calls[1:] == [('wait', {'timeout': seconds})]


@pytest.mark.parametrize('method', ['signal_stop', 'stop'])
def test_a_container_that_still_runs_after_all_is_an_error(stopping, engine, method):
    engine.faults.add('stop', kind='timeout-before')
    with pytest.raises(DockerStatusError, match=r'shop\.web on client __default__ still runs'):
        stopping({}, method=method)
    assert engine.is_running('shop.web')


def test_a_container_that_still_runs_after_it_was_killed_is_an_error(stopping, engine):
    engine.faults.add('wait', kind='timeout-before', repeats=True)
    with pytest.raises(DockerStatusError, match=r'shop\.web on client __default__ still runs.* was killed'):
        stopping({'stop_signal': 'SIGUSR1', 'stop_timeout': 3})


@pytest.mark.parametrize(('call', 'stop_signal'), [('stop', None), ('kill', 'SIGINT'), ('wait', 'SIGINT')])
def test_other_failures_are_not_hidden(stopping, engine, call, stop_signal):
    engine.faults.add(call, kind='refused', text='broken')
    with pytest.raises(APIError, match='broken'):
        stopping({'stop_signal': stop_signal})

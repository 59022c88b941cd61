"""Stop signals, timeouts and killing."""
from __future__ import annotations

import pytest
from requests.exceptions import ConnectionError as BrokenConnection
from requests.exceptions import ReadTimeout
from urllib3.exceptions import ReadTimeoutError

TIMEOUTS = [ReadTimeout('slow'), BrokenConnection(ReadTimeoutError(None, '', 'Read timed out.'))]


@pytest.fixture
def stopping(make_setup):
    """Stops a running container with some settings, and tells which calls that made."""
    def stop(settings, kwargs=None, failures=None, method='signal_stop'):
        setup = make_setup({'web': settings})
        setup.engine.add_container('shop.web', Running=True)
        setup.engine.failures.update(failures or {})
        setup.result = getattr(setup.runner, method)(setup.acting('container', 'web'), 'shop.web', **(kwargs or {}))
        return [(name, {key: value for key, value in call.items() if key != 'container'})
                for name, call in setup.engine.calls if name in ('stop', 'kill', 'wait')]

    return stop


@pytest.mark.parametrize('stop_signal', [None, 'SIGTERM', 'TERM', 15, '15', 'sigterm'])
def test_the_default_signal_is_left_to_the_engine(stopping, stop_signal):
    assert stopping({'stop_signal': stop_signal, 'stop_timeout': 3}) == [('stop', {'timeout': 3})]


@pytest.mark.parametrize(('stop_signal', 'stop_timeout', 'kwargs', 'seconds'), [
    ('SIGINT', 3, {}, 3), (2, None, {}, 10), ('SIGQUIT', 3, {'timeout': 1}, 1), ('SIGINT', -1, {}, None),
])
def test_another_signal_is_sent_and_the_end_waited_for(stopping, stop_signal, stop_timeout, kwargs, seconds):
    assert stopping({'stop_signal': stop_signal, 'stop_timeout': stop_timeout}, kwargs) == [
        ('kill', {'signal': stop_signal}), ('wait', {'timeout': seconds})]


@pytest.mark.parametrize('error', TIMEOUTS)
def test_a_container_that_does_not_answer_its_signal_is_killed(stopping, error):
    assert stopping({'stop_signal': 'SIGUSR1', 'stop_timeout': 3}, failures={'wait': error}) == [
        ('kill', {'signal': 'SIGUSR1'}), ('wait', {'timeout': 3}),
        ('kill', {'signal': 'SIGKILL'}), ('wait', {'timeout': 10})]


def test_a_container_that_has_ended_meanwhile_is_fine(stopping, make_engine_error):
    assert stopping({'stop_signal': 'SIGINT'}, failures={'kill': make_engine_error(409, 'not running')}) == [
        ('kill', {'signal': 'SIGINT'})]


@pytest.mark.parametrize('method', ['signal_stop', 'stop'])
@pytest.mark.parametrize('error', TIMEOUTS)
@pytest.mark.parametrize(('stop_timeout', 'seconds'), [(None, 10), (3, 3)])
def test_a_slow_answer_to_a_stop_is_no_failure(stopping, method, error, stop_timeout, seconds):
    calls = stopping({'stop_timeout': stop_timeout}, failures={'stop': error}, method=method)
    assert calls[1:] == [('wait', {'timeout': seconds})]


def test_waiting_after_a_slow_answer_may_be_in_vain(stopping):
    calls = stopping({}, failures={'stop': TIMEOUTS[0], 'wait': TIMEOUTS[1]})
    assert [name for name, _ in calls] == ['stop', 'wait']


@pytest.mark.parametrize(('call', 'stop_signal'), [('stop', None), ('kill', 'SIGINT'), ('wait', 'SIGINT')])
def test_other_failures_are_not_hidden(stopping, make_engine_error, call, stop_signal):
    with pytest.raises(Exception, match='broken'):
        stopping({'stop_signal': stop_signal}, failures={call: make_engine_error(500, 'broken')})

import pytest

from search.contract import EngineDownError
from search.engines.breaker import CircuitBreaker


class Ticks:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def breaker(ticks):
    return CircuitBreaker(failures=3, rest_seconds=5.0, ticks=ticks)


def fail(breaker, times):
    for _ in range(times):
        breaker.enter()
        breaker.failed()


def test_it_opens_after_failures_in_a_row(breaker):
    fail(breaker, 2)
    breaker.enter()
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open
    with pytest.raises(EngineDownError):
        breaker.enter()


def test_a_success_between_keeps_it_closed(breaker):
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert not breaker.is_open


def test_after_the_rest_one_probe_passes(breaker, ticks):
    fail(breaker, 3)
    ticks.now = 5.1
    breaker.enter()
    with pytest.raises(EngineDownError):
        breaker.enter()
    breaker.succeeded()
    breaker.enter()
    assert not breaker.is_open


def test_a_failed_probe_starts_the_rest_again(breaker, ticks):
    fail(breaker, 3)
    ticks.now = 6.0
    breaker.enter()
    breaker.failed()
    ticks.now = 10.9
    with pytest.raises(EngineDownError):
        breaker.enter()
    ticks.now = 11.1
    breaker.enter()

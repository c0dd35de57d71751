"""A circuit breaker: after a few failures in a row the engine is left alone for a while instead of being waited for."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

from search.contract import EngineDownError


class CircuitBreaker:
    """Guards one class of operation. Closed: all pass. Open: refused at once. After the rest one probe may try.

    `ticks` gives seconds that only grow.
    """

    def __init__(self, *, failures: int = 3, rest_seconds: float = 5.0, ticks: Callable[[], float] = monotonic) -> None:
        self._limit = failures
        self._rest = rest_seconds
        self._ticks = ticks
        self._lock = Lock()
        self._failures = 0
        self._open_until = 0.0

    def enter(self) -> None:
        """Pass, or `EngineDownError` while the engine rests."""
        with self._lock:
            if self._failures < self._limit:
                return
            now = self._ticks()
            if now < self._open_until:
                raise EngineDownError("search_engine_resting")
            self._open_until = now + self._rest  # this caller is the probe, the others go on waiting

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._open_until = self._ticks() + self._rest

    @property
    def is_open(self) -> bool:
        """Whether the engine is being left alone now."""
        with self._lock:
            return self._failures >= self._limit and self._ticks() < self._open_until

"""Work for later: a job is written in the caller's transaction and run by a worker, safe to run twice.

procrastinate keeps the queue in PostgreSQL. A job that keeps failing is parked, visible to the office and re-runnable.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any, cast

import procrastinate
from procrastinate import RetryStrategy
from sqlalchemy.orm import Session

from marketplace.kernel.demo_time import system_time

Work = Callable[..., Iterator[None] | None]
"""`work(session, *, clock, **arguments)`: flushes and never commits, as every operation.

Work that calls another server has a `yield` before the call: what it has written by then is committed, and no transaction
is open while it waits for the answer.
"""

queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""The registry of tasks. `marketplace.app` gives it a connection; tests and requests defer through their own."""

RETRY = RetryStrategy(max_attempts=5, exponential_wait=4)

_runner: list[Callable[[Work, dict[str, Any]], None]] = []
_works: dict[str, Work] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptJob:
    """A job that was kept from the queue; `at` is in the park's time, None for at once."""

    name: str
    at: datetime | None
    lock: str | None
    arguments: dict[str, Any]


_keeper: ContextVar[Callable[[KeptJob], None] | None] = ContextVar("keeper", default=None)


def run_with(runner: Callable[[Work, dict[str, Any]], None]) -> None:
    """Tell how work is surrounded (application context, session, clock, the one commit); `marketplace.app` calls it."""
    _runner[:] = [runner]


def job(name: str, *, cron: str | None = None) -> Callable[[Work], Work]:
    """Register `work(session, *, clock, **arguments)` as the task `name`; with `cron` it also runs by itself.

    Arguments are plain JSON values. Work may be run twice and must come to the same end.
    """

    def register(work: Work) -> Work:
        def task(timestamp: int | None = None, **arguments: Any) -> None:  # noqa: ARG001 - procrastinate's periodic stamp
            _runner[0](work, arguments)

        _works[name] = _in_one_go(work) if isgeneratorfunction(work) else work
        registered = queue.task(name=name, retry=RETRY, pass_context=False)(task)
        if cron:
            queue.periodic(cron=cron)(cast("Any", registered))
        return work

    return register


def _in_one_go(work: Work) -> Work:
    """All the parts of a work after one another, in the caller's transaction."""

    @wraps(work)
    def whole(*arguments: Any, **named: Any) -> None:
        for _ in work(*arguments, **named) or ():
            pass

    return whole


def defer(
    session: Session,
    name: str,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    arguments: dict[str, Any] | None = None,
) -> None:
    """Write a job in the session's transaction: invisible before the commit, gone with a rollback.

    `at` delays it, in the park's time; jobs of the same `lock` run one after another.
    """
    if (keep := _keeper.get()) is not None:
        keep(KeptJob(name=name, at=at, lock=lock, arguments=arguments or {}))
        return
    due = None if at is None else system_time(session, at)
    connection = session.connection().connection.driver_connection
    queue.configure_task(name, connection=connection, schedule_at=due, lock=lock).defer(**(arguments or {}))


@contextmanager
def jobs_kept_by(keep: Callable[[KeptJob], None]) -> Generator[None]:
    """Inside the block jobs go to `keep` instead of the queue: for whoever lives through history and runs them itself."""
    token = _keeper.set(keep)
    try:
        yield
    finally:
        _keeper.reset(token)


def work_of(name: str) -> Work:
    """The work registered under a name, to be run in the caller's own transaction."""
    return _works[name]

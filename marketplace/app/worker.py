"""The worker: runs the jobs of the queue, in a process of its own or inside the demo server."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from copy import copy
from typing import Any, cast

import procrastinate
from flask import Flask
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.periodic import PeriodicRegistry, PeriodicTask

from marketplace.kernel.edge import request_clock
from marketplace.kernel.jobs import Work, queue, run_with
from marketplace.kernel.settings import Settings
from marketplace.kernel.web import db

CONCURRENCY = 2
SILENT_SECONDS = 30.0
"""A worker whose heartbeat is older is dead (procrastinate's own measure)."""
RESCUE_EVERY_SECONDS = 20.0
MOST_ATTEMPTS = 5


def bind_jobs(app: Flask) -> None:
    """Surround every job with an application context, a session, the park's clock and a commit at the end of each part."""

    def run(work: Work, arguments: dict[str, Any]) -> None:
        with app.app_context():
            session = db.session()
            try:
                for _ in work(session, clock=request_clock(), **arguments) or ():
                    session.commit()
                session.commit()
            except BaseException:
                session.rollback()
                raise

    run_with(run)


def _connected(settings: Settings) -> procrastinate.App:
    conninfo = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    app = queue.with_connector(procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))
    app.periodic_registry = _periodic_of(app)
    return app


def _periodic_of(app: procrastinate.App) -> PeriodicRegistry:
    """The periodic tasks, deferred through this app's connection: a task otherwise keeps to the queue it was made on."""
    registry = PeriodicRegistry()
    made: dict[tuple[str, str], Any] = dict(cast("Any", queue).periodic_registry.periodic_tasks)
    for key, periodic in made.items():
        task: Any = copy(periodic.task)
        task.blueprint = app
        again: Any = PeriodicTask(task, periodic.cron, periodic.periodic_id, periodic.configure_kwargs)
        registry.periodic_tasks[key] = again
    return registry


async def _work(settings: Settings, **options: Any) -> None:
    app = _connected(settings)
    async with app.open_async():
        await rescue(app)
        again = asyncio.create_task(_rescue_regularly(app))
        try:
            await app.run_worker_async(concurrency=CONCURRENCY, **options)
        finally:
            again.cancel()


async def rescue(app: procrastinate.App) -> int:
    """Give the jobs of workers that died back to the queue; returns how many.

    A job that has ended several workers is parked as failed instead, where the office sees it.
    """
    left = [job for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS) if job.id]
    for job in left:
        if job.attempts + 1 >= MOST_ATTEMPTS:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)
    return len(left)


async def _rescue_regularly(app: procrastinate.App) -> None:
    while True:
        await asyncio.sleep(RESCUE_EVERY_SECONDS)
        with suppress(ConnectorException):
            await rescue(app)


def run_worker(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM; jobs in hand are finished first."""
    asyncio.run(_work(settings))


def run_due_jobs(settings: Settings) -> None:
    """Run what is due now and return (command line, tests)."""
    asyncio.run(_work(settings, wait=False, install_signal_handlers=False, listen_notify=False))


def run_timers() -> None:
    """Run every periodic task once, as its cron would (command line)."""
    made: dict[tuple[str, str], Any] = dict(cast("Any", queue).periodic_registry.periodic_tasks)
    for periodic in made.values():
        periodic.task.func()


@contextmanager
def worker_beside(settings: Settings) -> Generator[None]:
    """A worker in a thread of this process, as the demo server has it; ends with the block."""
    loop = asyncio.new_event_loop()
    work = loop.create_task(_work(settings, install_signal_handlers=False, shutdown_graceful_timeout=3))

    def run() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(work)
        except asyncio.CancelledError:
            pass
        finally:
            loop.close()

    thread = threading.Thread(target=run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(work.cancel)
            thread.join(timeout=10)

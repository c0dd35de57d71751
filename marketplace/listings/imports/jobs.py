"""The worker's part of an import: reading, writing, and taking up what a killed worker left."""

import time
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, undefer

from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.jobs import defer, job
from marketplace.kernel.side_write import side_write
from marketplace.listings.batches import PublishAll, publish_all
from marketplace.listings.imports.codec import from_stored
from marketplace.listings.imports.models import WAITING, ImportRun, RunState
from marketplace.listings.imports.operations import READ, WRITE, read_run, write_run
from marketplace.listings.imports.writing import Report
from marketplace.listings.ledger.annotate import annotate
from marketplace.listings.ledger.files.sheets import Unreadable

ANNOTATE = "listings.annotate_ledger"
LEFT_ALONE = timedelta(minutes=5)
MOST_TIMES = 3
TELL_EVERY_SECONDS = 0.5


@job(READ)
def read_ledger_job(session: Session, *, clock: Clock, run_id: int) -> None:
    """Read the file and keep the preview; safe to run twice."""
    run = _in_hand(session, run_id, RunState.UPLOADED)
    if run is not None:
        read_run(session, run, clock=clock)
        defer(session, ANNOTATE, arguments={"run_id": run.id})


@job(WRITE)
def write_import_job(session: Session, *, clock: Clock, run_id: int) -> None:
    """Write the plan in one transaction: a killed worker leaves nothing, and the next one begins anew."""
    run = _in_hand(session, run_id, RunState.COMMITTING)
    if run is None:
        return
    actor = actor_of(run)
    try:
        with session.begin_nested():
            write_run(session, run, actor=actor, clock=clock, report=_telling(run_id, clock))
            if run.options.get("publish"):
                batch = publish_all(session, PublishAll(import_run_id=run.id), actor=actor, clock=clock)
                told = {"published": batch.published, "submitted": batch.submitted, "lacking": len(batch.lacking)}
                run.counts = {**run.counts, **told}
    except DomainError as error:
        session.refresh(run)
        run.move_to(RunState.FAILED, reason=error.code)


@job(ANNOTATE)
def annotate_ledger_job(session: Session, *, clock: Clock, run_id: int) -> None:
    """Write the remarks into the clerk's own file; the page offers it when it is there."""
    del clock
    run = session.get(ImportRun, run_id, options=[undefer(ImportRun.content), undefer(ImportRun.outcome)])
    if run is None or run.outcome is None or run.state in {RunState.UPLOADED, RunState.REFUSED}:
        return
    locale = str(run.options.get("locale", "zh"))
    try:
        content, name = annotate(run.content, filename=run.filename, outcome=from_stored(run.outcome), locale=locale)
    except Unreadable:
        return
    values = {"annotated": content, "annotated_name": name}
    session.execute(update(ImportRun).where(ImportRun.id == run_id).values(values))


@job("listings.resume_imports", cron="* * * * *")
def resume_imports_job(session: Session, *, clock: Clock) -> None:
    """Give runs that a worker left in hand to the next one."""
    waiting = session.scalars(
        select(ImportRun).where(ImportRun.state.in_(WAITING), ImportRun.touched_at < clock() - LEFT_ALONE)
    )
    for run in waiting:
        times = run.options.get("resumed", 0) + 1
        if times > MOST_TIMES:
            run.move_to(RunState.FAILED, reason="import_failed")
            continue
        run.options = {**run.options, "resumed": times}
        run.touched_at = clock()
        name = READ if run.state is RunState.UPLOADED else WRITE
        defer(session, name, arguments={"run_id": run.id})


def actor_of(run: ImportRun) -> Actor:
    """The person who asked, in a worker."""
    actor = system_actor(run.park_id, run.enterprise_id)
    return replace(actor, user_id=run.user_id, name=run.options.get("name") or actor.name)


def _in_hand(session: Session, run_id: int, state: RunState) -> ImportRun | None:
    """The run, when it waits for this work and no other worker has it."""
    name = sha256(f"listings.import_run/{run_id}".encode()).digest()
    if not session.scalar(select(func.pg_try_advisory_xact_lock(int.from_bytes(name[:8], signed=True)))):
        return None
    run = session.get(
        ImportRun, run_id, options=[undefer(ImportRun.content), undefer(ImportRun.outcome), undefer(ImportRun.plan)]
    )
    return run if run is not None and run.state is state else None


def _telling(run_id: int, clock: Clock) -> Report:
    """Progress that others see while the one transaction is still open."""
    last = [0.0]

    def report(done: int, total: int) -> None:
        if time.monotonic() - last[0] < TELL_EVERY_SECONDS and done < total:
            return
        last[0] = time.monotonic()
        with side_write() as beside:
            beside.execute(
                update(ImportRun)
                .where(ImportRun.id == run_id)
                .values(progress_done=done, progress_total=total, touched_at=clock())
            )

    return report

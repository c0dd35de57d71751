"""Parked jobs: seen, and put back into the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, text
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, NotFound

PARKED = """
    SELECT job.id, job.task_name, job.attempts, coalesce(last.at, now()) AS failed_at, count(*) OVER () AS total
    FROM procrastinate_jobs AS job
    LEFT JOIN LATERAL (
        SELECT max(event.at) AS at FROM procrastinate_events AS event WHERE event.job_id = job.id
    ) AS last ON true
    WHERE job.status = 'failed'
"""
ALL_PARKED = text(f"{PARKED} ORDER BY job.id LIMIT :most")
ONE_PARKED = text(f"{PARKED} AND job.id = :id").bindparams(bindparam("id", type_=BigInteger))
AGAIN = text(
    "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL "
    "WHERE id = :id AND status = 'failed' RETURNING task_name"
).bindparams(bindparam("id", type_=BigInteger))
KNOWN = text("SELECT task_name FROM procrastinate_jobs WHERE id = :id").bindparams(bindparam("id", type_=BigInteger))


@dataclass(frozen=True, slots=True)
class ParkedJob:
    """A job nobody tries any more. What it carries is not shown: it may belong to another park."""

    id: int
    name: str
    attempts: int
    failed_at: datetime


def parked_jobs(session: Session, *, most: int) -> tuple[Sequence[ParkedJob], int]:
    """The parked jobs of the installation, oldest first, and how many there are."""
    rows = session.execute(ALL_PARKED, {"most": most}).all()
    return [_job(row) for row in rows], rows[0].total if rows else 0


def parked_job(session: Session, job_id: int, *, actor: Actor) -> ParkedJob:
    """One parked job, for an admin. Raises `NotFound` when it is not parked."""
    actor.require_office(OfficeRole.ADMIN)
    row = session.execute(ONE_PARKED, {"id": job_id}).one_or_none()
    if row is None:
        raise NotFound("job")
    return _job(row)


def _job(row: Row[*tuple[Any, ...]]) -> ParkedJob:
    return ParkedJob(row.id, row.task_name, row.attempts, row.failed_at)


def run_again(session: Session, job_id: int, *, actor: Actor, clock: Clock) -> None:
    """Put a parked job back into the queue with all its attempts; a worker takes it at once.

    Raises `NotFound` for a job that does not exist, `Conflict` `job_not_parked` for one that runs or is done.
    """
    actor.require_office(OfficeRole.ADMIN)
    name = session.scalar(AGAIN, {"id": job_id})
    if name is None:
        raise Conflict("job_not_parked") if session.scalar(KNOWN, {"id": job_id}) else NotFound("job")
    audit(session, actor, at=clock(), action="job.run_again", subject=f"job:{job_id}", after={"name": name})

"""Timers of payouts."""

from sqlalchemy.orm import Session

from billing.payouts.operations.queueing import queue_due_payouts
from marketplace.kernel.clock import Clock
from marketplace.kernel.jobs import job


@job("billing.queue_payouts", cron="0 22 * * *")
def queue_payouts(session: Session, *, clock: Clock) -> None:
    """Every morning at six in the park, whatever may be paid out is queued for the clerk."""
    queue_due_payouts(session, clock=clock)

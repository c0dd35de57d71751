"""Timers of money held."""

from sqlalchemy.orm import Session

from billing.ledger.operations import expire_holds
from billing.payments.operations.requesting import expire_requests
from marketplace.kernel.clock import Clock
from marketplace.kernel.jobs import job


@job("billing.expire_requests", cron="*/5 * * * *")
def expire_requests_job(session: Session, *, clock: Clock) -> None:
    """Requests whose time is over end, and whatever was set aside for too long goes back."""
    expire_requests(session, clock=clock)
    expire_holds(session, clock=clock)

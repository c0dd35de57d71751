"""What credit does by itself: finality, ratings, publication, deadlines; and how it keeps in step with evidence."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.evidence.events import EvidenceChanged
from credit.evidence.models import Evidence
from credit.evidence.operations import finalise_evidence
from credit.objections.operations import suspend_overdue
from credit.ratings.operations import publish_grades, rerate_firm, rerate_park
from marketplace.accounts.models import Park
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.jobs import defer, job


@job("credit.finalise", cron="7 * * * *")
def finalise(session: Session, *, clock: Clock) -> None:
    """Evidence becomes final when its days have passed."""
    finalise_evidence(session, clock=clock)


@job("credit.rate_firm")
def rate_firm_job(session: Session, *, clock: Clock, park_id: int, enterprise_id: int) -> None:
    """The score changes with each event."""
    rerate_firm(session, park_id, enterprise_id, clock=clock)


@job("credit.rate_parks", cron="40 17 * * *")
def rate_parks(session: Session, *, clock: Clock) -> None:
    """Every night: memory fades, public records drop out, gates open, who is established is worked out anew."""
    for park_id in session.scalars(select(Park.id).order_by(Park.id)):
        rerate_park(session, park_id, clock=clock)


@job("credit.publish", cron="20 18 * * *")
def publish(session: Session, *, clock: Clock) -> None:
    """The month's public grades, on its first day or as soon after as a worker runs."""
    for park_id in session.scalars(select(Park.id).order_by(Park.id)):
        publish_grades(session, park_id, clock=clock)


@job("credit.check_deadlines", cron="27 * * * *")
def check_deadlines(session: Session, *, clock: Clock) -> None:
    """Objections that the office let wait too long hold their evidence out."""
    suspend_overdue(session, clock=clock)


def rate_again(session: Session, event: EvidenceChanged, *, clock: Clock) -> None:  # noqa: ARG001 - every handler takes a clock
    """A firm with new or changed evidence is rated, one rating after another."""
    evidence = session.get_one(Evidence, event.evidence_id)
    arguments = {"park_id": evidence.park_id, "enterprise_id": evidence.enterprise_id}
    defer(session, "credit.rate_firm", lock=f"credit:{evidence.enterprise_id}", arguments=arguments)


SUBSCRIPTIONS = (Subscription(EvidenceChanged, rate_again, "credit.rate_again"),)

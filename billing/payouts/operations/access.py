"""What every verb of payouts shares: whose job it is, and the note in the audit."""

from sqlalchemy.orm import Session

from billing.payouts.models import (
    Payout,
)
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON

CLERK = (OfficeRole.FINANCE,)


def note_payout(session: Session, payout: Payout, verb: str, *, actor: Actor, clock: Clock) -> None:
    session.flush()
    after: JSON = {"amount": payout.amount, "currency": payout.currency, "status": payout.status.value}
    audit(session, actor, at=clock(), action=f"payout.{verb}", subject=f"payout:{payout.public_id}", after=after)

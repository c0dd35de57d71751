"""All proofs of the books in one call: what `gongzao billing check` and the clerk's page run."""

from sqlalchemy.orm import Session

from billing.ledger.check import Finding, check_ledger
from billing.payments.check import check_funds
from billing.payouts.check import check_payouts


def check_books(session: Session, *, patience_seconds: int = 300) -> list[Finding]:
    """Everything that is off, nothing when the books are right. As `check_ledger`."""
    return [
        *check_ledger(session, patience_seconds=patience_seconds),
        *check_funds(session),
        *check_payouts(session),
    ]

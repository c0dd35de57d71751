"""The bank has paid, or has given back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.operations import (
    Leg,
    Posting,
    credit,
    debit,
    post_hold,
    reverse,
    void_hold,
)
from billing.payouts.events import PayoutPaid, PayoutReturned
from billing.payouts.models import (
    Payout,
    PayoutSource,
    PayoutStatus,
)
from billing.payouts.operations.access import CLERK, note_payout
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.money import Money


def confirm_paid(session: Session, payout_id: int, *, at: datetime | None = None, actor: Actor, clock: Clock) -> Payout:
    """The bank has paid: what was set aside leaves the ledger. Again changes nothing.

    Raises `NotFound`, `Conflict` `payout_transition`. Locks the payout, its hold, the accounts; adds `PayoutPaid`.
    """
    payout = _locked(session, payout_id, actor=actor)
    if payout.status is PayoutStatus.PAID:
        return payout
    payout.move_to(PayoutStatus.PAID)
    payout.paid_at = clock()
    amount = Money(payout.amount, payout.currency)
    is_commission = payout.source is PayoutSource.COMMISSION
    posting = Posting(
        kind="commission_moved" if is_commission else "payout_paid",
        key=f"payout:{payout.public_id}",
        source=f"payout:{payout.public_id}",
        legs=_legs(payout, amount),
        memo=payout.reference,
        effective_at=at,
    )
    payout.transaction_id = post_hold(session, payout.hold_id, posting, actor=actor, clock=clock).id
    note_payout(session, payout, "paid", actor=actor, clock=clock)
    paid = PayoutPaid(payout.id, payout.enterprise_id, payout.amount, payout.currency)
    record(session, paid, actor=actor, at=clock())
    return payout


def _legs(payout: Payout, amount: Money) -> list[Leg]:
    """What was owed leaves the bank; commission changes from the custody bank to the platform's own."""
    if payout.source is PayoutSource.COMMISSION:
        return [
            debit(AccountName(AccountKind.PLATFORM_BANK), amount),
            credit(AccountName(AccountKind.COMMISSION_CLEARING), amount),
        ]
    return [
        debit(AccountName(AccountKind(payout.source.value), payout.enterprise_id), amount),
        credit(AccountName(AccountKind.CUSTODY, payout.enterprise_id), amount),
    ]


def return_payout(session: Session, payout_id: int, *, reason: str, actor: Actor, clock: Clock) -> Payout:
    """The bank gave the money back, before or after it confirmed: it is the enterprise's again.

    Raises `Invalid` `reason_required`, `NotFound`, `Conflict` `payout_transition`. Adds `PayoutReturned`.
    """
    if not reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    payout = _locked(session, payout_id, actor=actor)
    if payout.status is PayoutStatus.RETURNED:
        return payout
    payout.move_to(PayoutStatus.RETURNED)
    payout.returned_at, payout.reason = clock(), reason.strip()
    if payout.transaction_id is None:
        void_hold(session, payout.hold_id, actor=actor, clock=clock)
    else:
        key = f"payout_returned:{payout.public_id}"
        reverse(session, payout.transaction_id, key=key, memo=payout.reason, actor=actor, clock=clock)
    note_payout(session, payout, "returned", actor=actor, clock=clock)
    gone = PayoutReturned(payout.id, payout.enterprise_id, payout.amount, payout.currency, payout.reason)
    record(session, gone, actor=actor, at=clock())
    return payout


def payout_id_of(session: Session, public_id: str, *, actor: Actor) -> int:
    """The key of a payout in the clerk's park. Raises `NotFound`, `Forbidden`."""
    actor.require_office(*CLERK)
    found = session.scalar(select(Payout.id).where(Payout.public_id == public_id, Payout.park_id == actor.park_id))
    if found is None:
        raise NotFound("payout")
    return found


def _locked(session: Session, payout_id: int, *, actor: Actor) -> Payout:
    payout = session.scalar(
        select(Payout)
        .where(Payout.id == payout_id, Payout.park_id == actor.park_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if payout is None:
        raise NotFound("payout")
    return payout

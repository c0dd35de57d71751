"""Money that had come in time and was seen late: the bank's day counts, not that of the statement."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.models import Transaction
from billing.payments.models import FundsRequest, Payment, PaymentStatus, RequestStatus
from billing.payments.operations.access import locked_request
from billing.payments.operations.receiving import hold_all
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict


def came_in_time(session: Session, request: FundsRequest) -> bool:
    """Whether all that was asked for had come by `due_at`, by the moments that the bank and the gateways state."""
    key = func.concat("payment:", Payment.public_id)
    arrived = session.execute(
        select(Transaction.effective_at, Payment.amount)
        .join(Payment, (Transaction.key == key) & (Transaction.park_id == Payment.park_id))
        .where(Payment.request_id == request.id, Payment.status == PaymentStatus.SUCCEEDED)
    )
    return sum(amount for at, amount in arrived if at <= request.due_at) >= request.total_amount


def secure_late(session: Session, subject_ref: str, purpose: str, *, actor: Actor, clock: Clock) -> FundsRequest:
    """Hold money of a request that ended without it although it had come in time: out of the payer's credit.

    Again changes nothing. Raises `NotFound`; `Conflict` `came_too_late`, or `insufficient_funds` once the credit has
    gone back to the payer. Locks the request, its funds, then the accounts; adds `FundsSecured`.
    """
    request = locked_request(session, subject_ref, purpose, actor=actor)
    if request.status is RequestStatus.SECURED:
        return request
    if request.status is RequestStatus.AWAITED or not came_in_time(session, request):
        raise Conflict("came_too_late")
    ended_at: datetime | None = request.ended_at
    credit_of_payer = AccountName(AccountKind.CUSTOMER_CREDIT, request.payer_id)
    hold_all(session, request, out_of=credit_of_payer, actor=actor, clock=clock)
    request.ended_at, request.received_amount = None, request.total_amount
    session.flush()
    audit(
        session,
        actor,
        at=clock(),
        action="funds.secured_late",
        subject=f"funds_request:{request.public_id}",
        before={"ended_at": ended_at.isoformat() if ended_at else None},
        after={"subject": request.subject_ref, "total": request.total_amount, "currency": request.currency},
    )
    return request

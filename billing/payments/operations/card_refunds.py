"""Money back to the card it came from: set aside on the payer's credit at once, sent by a job, booked when it has left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.operations import (
    Leg,
    Posting,
    SetAside,
    credit,
    debit,
    lock_accounts,
    post_hold,
    set_aside,
    void_hold,
)
from billing.payments.events import CardRefundFailed, CardRefundMade
from billing.payments.gateways.contract import CardRefundAnswer, RefundState
from billing.payments.models import (
    OPEN_PAYMENTS,
    CardRefund,
    Funds,
    FundsKind,
    FundsRequest,
    GatewayName,
    Payment,
    PaymentStatus,
)
from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Conflict
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.kernel.money import Money

DRAWN = (AccountKind.GATEWAY_CLEARING, AccountKind.CUSTODY, AccountKind.APPLICATION_FEE)
"""Where the money for a refund lies, beside the fee that is given back with it."""


def return_to_cards(
    session: Session, request: FundsRequest, amount: Money, *, actor: Actor, clock: Clock
) -> Sequence[CardRefund]:
    """Of money that has become the payer's credit, send to the cards it came from as much as they paid.

    What no card paid stays credit. The request is locked already; locks its payments, then the payer's credit.
    """
    payments = session.scalars(
        select(Payment)
        .where(
            Payment.request_id == request.id,
            Payment.gateway != GatewayName.BANK_TRANSFER,
            Payment.status == PaymentStatus.SUCCEEDED,
            Payment.refunded_amount < Payment.amount,
        )
        .order_by(Payment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    rest, fee_left = amount.amount, _unused_fee(session, request) if payments else 0
    made: list[CardRefund] = []
    for payment in payments:
        part = min(rest, payment.amount - payment.refunded_amount)
        if part <= 0:
            break
        fee = min(fee_left, part, payment.fee_amount - _fee_returned(session, payment))
        made.append(_begin(session, request, payment, Money(part, amount.currency), fee, actor=actor, clock=clock))
        rest, fee_left = rest - part, fee_left - fee
    return made


def _unused_fee(session: Session, request: FundsRequest) -> int:
    """What the platform took in advance and has not earned, once all of the escrow is settled."""
    escrow = session.scalar(select(Funds).where(Funds.request_id == request.id, Funds.kind == FundsKind.ESCROW))
    if escrow is not None and escrow.held.amount:
        return 0
    taken = _sum(
        session, Payment.fee_amount, Payment.request_id == request.id, Payment.status == PaymentStatus.SUCCEEDED
    )
    returned = session.scalar(
        select(func.coalesce(func.sum(CardRefund.fee_amount), 0))
        .join(CardRefund.payment)
        .where(Payment.request_id == request.id, CardRefund.status != PaymentStatus.FAILED)
    )
    return max(0, taken - int(returned or 0) - (escrow.fee_amount if escrow is not None else 0))


def _fee_returned(session: Session, payment: Payment) -> int:
    return _sum(
        session,
        CardRefund.fee_amount,
        CardRefund.payment_id == payment.id,
        CardRefund.status != PaymentStatus.FAILED,
    )


def _sum(session: Session, column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.coalesce(func.sum(column), 0)).where(*conditions)) or 0)


def _begin(
    session: Session, request: FundsRequest, payment: Payment, amount: Money, fee: int, *, actor: Actor, clock: Clock
) -> CardRefund:
    aside = SetAside(account=_credit_of(request), amount=amount, source=f"card_refund:{payment.public_id}")
    hold = set_aside(session, aside, actor=actor, clock=clock)
    payment.refunded_amount += amount.amount
    session.flush()
    refund = CardRefund(
        park_id=payment.park_id,
        payment_id=payment.id,
        hold_id=hold.id,
        amount=amount.amount,
        fee_amount=fee,
        currency=amount.currency,
        created_at=clock(),
    )
    session.add(refund)
    _note(session, refund, "started", {"payment": payment.public_id}, actor=actor, clock=clock)
    defer(session, "billing.refund_card", arguments={"refund_id": refund.id})
    return refund


def _credit_of(request: FundsRequest) -> AccountName:
    return AccountName(AccountKind.CUSTOMER_CREDIT, request.payer_id)


@dataclass(frozen=True, slots=True)
class ClaimedRefund:
    """A refund that may be sent, and the payment it is of."""

    refund: CardRefund
    payment: Payment

    @property
    def amount(self) -> Money:
        return Money(self.refund.amount, self.refund.currency)

    @property
    def fee(self) -> Money:
        return Money(self.refund.fee_amount, self.refund.currency)


def claim_refund(session: Session, refund_id: int) -> ClaimedRefund | None:
    """The refund to send, or to ask about: from now on it is unknown. None once it has ended. Locks its request."""
    _, refund = _locked(session, refund_id)
    if refund.status not in OPEN_PAYMENTS:
        return None
    refund.status = PaymentStatus.UNKNOWN
    session.flush()
    return ClaimedRefund(refund, refund.payment)


def note_refund(session: Session, refund_id: int, answer: CardRefundAnswer, *, clock: Clock) -> CardRefund:
    """Take note of what the gateway says of a refund: sent, under way, or not possible; again changes nothing.

    Sent money leaves the books. One that failed is the payer's free credit again. Locks its request; adds
    `CardRefundMade` or `CardRefundFailed`.
    """
    request, refund = _locked(session, refund_id)
    if refund.status not in OPEN_PAYMENTS:
        return refund
    actor = system_actor(refund.park_id)
    refund.gateway_ref = answer.ref or refund.gateway_ref
    match answer.state:
        case RefundState.PENDING:
            refund.status = PaymentStatus.PENDING
        case RefundState.SUCCEEDED:
            _book_out(session, request, refund, actor=actor, clock=clock)
            _end(session, request, refund, PaymentStatus.SUCCEEDED, "", actor=actor, clock=clock)
        case RefundState.FAILED:
            void_hold(session, refund.hold_id, actor=actor, clock=clock)
            refund.payment.refunded_amount -= refund.amount
            _end(session, request, refund, PaymentStatus.FAILED, answer.failure, actor=actor, clock=clock)
    session.flush()
    return refund


def _book_out(session: Session, request: FundsRequest, refund: CardRefund, *, actor: Actor, clock: Clock) -> None:
    """The fee given back first, then what is on its way from cards, then what has arrived at the bank."""
    amount, payer = Money(refund.amount, refund.currency), request.payer_id
    names = {kind: AccountName(kind, payer) for kind in DRAWN}
    places = [(name, refund.currency) for name in (*names.values(), _credit_of(request))]
    locked = lock_accounts(session, places, actor=actor, clock=clock)
    left = {kind: locked[name, refund.currency].available for kind, name in names.items()}
    legs: list[Leg] = [debit(_credit_of(request), amount)]
    fee = min(refund.fee_amount, left[AccountKind.APPLICATION_FEE])
    drawn = [(AccountKind.APPLICATION_FEE, fee)]
    left[AccountKind.APPLICATION_FEE] -= fee
    missing = refund.amount - fee
    for kind in DRAWN:
        part = min(missing, left[kind])
        drawn.append((kind, part))
        missing -= part
    if missing:
        raise Conflict("insufficient_funds")
    legs += [credit(names[kind], Money(part, refund.currency)) for kind, part in drawn if part]
    posting = Posting(
        kind="card_refund",
        key=f"card_refund:{refund.public_id}",
        source=f"payment:{refund.payment.public_id}",
        subject_ref=request.subject_ref,
        legs=legs,
        memo=refund.gateway_ref or "",
    )
    post_hold(session, refund.hold_id, posting, actor=actor, clock=clock)


def _end(
    session: Session,
    request: FundsRequest,
    refund: CardRefund,
    status: PaymentStatus,
    failure: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    refund.status, refund.ended_at, refund.failure = status, clock(), failure[:200]
    _note(session, refund, status.value, {"failure": refund.failure}, actor=actor, clock=clock)
    kind = CardRefundMade if status is PaymentStatus.SUCCEEDED else CardRefundFailed
    ended = kind(request.subject_ref, request.purpose, request.id, refund.id, refund.amount, refund.currency)
    record(session, ended, actor=actor, at=clock())


def open_refunds(session: Session, *, most: int = 200) -> list[int]:
    """Refunds whose outcome is not known, oldest first."""
    rows = select(CardRefund.id).where(CardRefund.status.in_(OPEN_PAYMENTS))
    return list(session.scalars(rows.order_by(CardRefund.id).limit(most)))


def _locked(session: Session, refund_id: int) -> tuple[FundsRequest, CardRefund]:
    """The request first, then the refund and its payment."""
    request_id = session.scalars(
        select(Payment.request_id)
        .join(CardRefund, CardRefund.payment_id == Payment.id)
        .where(CardRefund.id == refund_id)
    ).one()
    request = session.scalars(
        select(FundsRequest)
        .where(FundsRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    payment = select(Payment).join(CardRefund, CardRefund.payment_id == Payment.id).where(CardRefund.id == refund_id)
    locked = session.scalars(payment.with_for_update(of=Payment).execution_options(populate_existing=True)).one()
    refund = session.scalars(
        select(CardRefund).where(CardRefund.id == refund_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    refund.payment = locked
    return request, refund


def _note(session: Session, refund: CardRefund, step: str, after: JSON, *, actor: Actor, clock: Clock) -> None:
    session.flush()
    facts: JSON = {"amount": refund.amount, "fee": refund.fee_amount, "currency": refund.currency, **after}
    audit(
        session,
        actor,
        at=clock(),
        action=f"card_refund.{step}",
        subject=f"card_refund:{refund.public_id}",
        after=facts,
    )

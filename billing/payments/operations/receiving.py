"""Money that came in: booked at once, held for its request when all of it is there, else kept as the payer's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.operations import Leg, Posting, credit, debit, post, require_positive
from billing.payments.events import FundsSecured, MoneyLeftOver, MoneyReceived
from billing.payments.models import (
    FundsKind,
    FundsRequest,
    FundsStatus,
    GatewayName,
    Payment,
    PaymentStatus,
    RequestStatus,
)
from billing.payments.operations.access import account_of, locked_funds, require_currency
from billing.payments.operations.card_refunds import return_to_cards
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.events import record
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveMoney:
    """So much came in for a request; `gateway_ref` is what the bank or gateway calls it and counts once.

    `fee` is what a card gateway already passed on to the platform; `effective_at` the moment the bank states.
    """

    request_id: int
    gateway: GatewayName
    gateway_ref: str
    amount: Money
    fee: int = 0
    effective_at: datetime | None = None


def receive_money(session: Session, command: ReceiveMoney, *, actor: Actor, clock: Clock) -> Payment:
    """Book what came in and hold it for its request once all is there; what is too much waits as the payer's credit.

    The same `gateway_ref` again changes nothing. Raises `NotFound`, `Invalid`. Locks the request, its funds, then the
    accounts; adds `MoneyReceived`, and `FundsSecured` or `MoneyLeftOver` as it falls out.
    """
    require_positive(command.amount)
    request = _locked(session, command.request_id, actor=actor)
    require_currency(request, command.amount)
    payment = _payment(session, request, command, at=clock())
    if payment.status is PaymentStatus.SUCCEEDED:
        return payment
    payment.status, payment.succeeded_at, payment.fee_amount = PaymentStatus.SUCCEEDED, clock(), command.fee
    payment.amount, payment.page_url, payment.failure = command.amount.amount, None, ""
    session.flush()
    _book_in(session, request, payment, command, actor=actor, clock=clock)
    request.received_amount += command.amount.amount
    _tell(session, request, payment, actor=actor, at=clock())
    if request.status is not RequestStatus.AWAITED:
        leave_as_credit(session, request, actor=actor, clock=clock)
    elif request.received_amount >= request.total_amount:
        _secure(session, request, actor=actor, clock=clock)
    session.flush()
    return payment


def _locked(session: Session, request_id: int, *, actor: Actor) -> FundsRequest:
    request = session.scalar(
        select(FundsRequest)
        .where(FundsRequest.id == request_id, FundsRequest.park_id == actor.park_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NotFound("funds_request")
    return request


def _payment(session: Session, request: FundsRequest, command: ReceiveMoney, *, at: datetime) -> Payment:
    known = session.scalar(
        select(Payment)
        .where(Payment.gateway == command.gateway, Payment.gateway_ref == command.gateway_ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if known is not None:
        return known
    payment = Payment(
        park_id=request.park_id,
        request_id=request.id,
        gateway=command.gateway,
        gateway_ref=command.gateway_ref,
        amount=command.amount.amount,
        currency=command.amount.currency,
        created_at=at,
    )
    session.add(payment)
    session.flush()
    return payment


def _book_in(
    session: Session, request: FundsRequest, payment: Payment, command: ReceiveMoney, *, actor: Actor, clock: Clock
) -> None:
    """The payer's sub-account, or the gateway's clearing, grows; what it is for is still open."""
    place = AccountKind.CUSTODY if command.gateway is GatewayName.BANK_TRANSFER else AccountKind.GATEWAY_CLEARING
    fee = Money(command.fee, request.currency)
    legs = [
        debit(AccountName(place, request.payer_id), command.amount - fee),
        debit(AccountName(AccountKind.APPLICATION_FEE, request.payer_id), fee),
        credit(unapplied_of(request), command.amount),
    ]
    posting = Posting(
        kind="payment_received",
        key=f"payment:{payment.public_id}",
        source=f"payment:{payment.public_id}",
        subject_ref=request.subject_ref,
        legs=[leg for leg in legs if leg.amount.amount],
        effective_at=command.effective_at,
    )
    post(session, posting, actor=actor, clock=clock)


def _secure(session: Session, request: FundsRequest, *, actor: Actor, clock: Clock) -> None:
    hold_all(session, request, out_of=unapplied_of(request), actor=actor, clock=clock)
    leave_as_credit(session, request, actor=actor, clock=clock)


def hold_all(session: Session, request: FundsRequest, *, out_of: AccountName, actor: Actor, clock: Clock) -> None:
    """Put what the request asks for into escrow and deposit. The request is locked already. Adds `FundsSecured`."""
    held = {FundsKind.ESCROW: 0, FundsKind.DEPOSIT: 0}
    legs: list[Leg] = [debit(out_of, request.total)]
    for funds in locked_funds(session, request):
        funds.move_to(FundsStatus.HELD)
        held[funds.kind] = funds.amount
        legs.append(credit(account_of(request, funds.kind), funds.held))
    posting = Posting(
        kind="funds_secured",
        key=f"secured:{request.public_id}",
        source=f"funds_request:{request.public_id}",
        subject_ref=request.subject_ref,
        legs=legs,
    )
    request.status, request.secured_at = RequestStatus.SECURED, clock()
    post(session, posting, actor=actor, clock=clock)
    secured = FundsSecured(
        request.subject_ref,
        request.purpose,
        request.id,
        held[FundsKind.ESCROW],
        held[FundsKind.DEPOSIT],
        request.currency,
    )
    record(session, secured, actor=actor, at=clock())


def leave_as_credit(session: Session, request: FundsRequest, *, actor: Actor, clock: Clock) -> None:
    """What came in beyond what is held becomes the payer's credit. The request is locked already.

    `received_amount` goes down to what the request kept, so that the same money is never left over twice.
    """
    kept = request.total_amount if request.status is RequestStatus.SECURED else 0
    over = Money(request.received_amount - kept, request.currency)
    if over.amount <= 0:
        return
    number = session.scalar(select(Payment.id).where(Payment.request_id == request.id).order_by(Payment.id.desc()))
    posting = Posting(
        kind="money_left_over",
        key=f"left_over:{request.public_id}:{number}",
        source=f"funds_request:{request.public_id}",
        subject_ref=request.subject_ref,
        legs=[
            debit(unapplied_of(request), over),
            credit(AccountName(AccountKind.CUSTOMER_CREDIT, request.payer_id), over),
        ],
    )
    request.received_amount = kept
    post(session, posting, actor=actor, clock=clock)
    return_to_cards(session, request, over, actor=actor, clock=clock)
    left = MoneyLeftOver(request.subject_ref, request.purpose, request.payer_id, over.amount, over.currency)
    record(session, left, actor=actor, at=clock())


def unapplied_of(request: FundsRequest) -> AccountName:
    """Where money for a request waits until all of it is there."""
    return AccountName(AccountKind.UNAPPLIED, request.payer_id)


def _tell(session: Session, request: FundsRequest, payment: Payment, *, actor: Actor, at: datetime) -> None:
    received = MoneyReceived(
        request.subject_ref,
        request.purpose,
        request.id,
        payment.id,
        payment.amount,
        request.missing.amount,
        payment.currency,
    )
    record(session, received, actor=actor, at=at)
    audit(
        session,
        actor,
        at=at,
        action="payment.received",
        subject=f"payment:{payment.public_id}",
        after={"amount": payment.amount, "currency": payment.currency, "subject": request.subject_ref},
    )

"""Paying by card: the row before the call, the call's outcome after it, and what follows from what the gateway says.

Nothing here talks to the gateway. A claim marks the payment unknown, since a call is about to be made; it is committed
before the call. `note_checkout` takes any later answer, in any order, as often as it comes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.payments.events import CardPaymentFailed
from billing.payments.gateways.contract import Checkout, CheckoutState
from billing.payments.models import (
    ONE_OPEN_CARD,
    OPEN_PAYMENTS,
    FundsRequest,
    GatewayName,
    Payment,
    PaymentStatus,
    RequestStatus,
)
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON, refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.kernel.money import Money

MOST = 99_999_999
"""A gateway takes no larger amount by card, in minor units."""
CAPTURE_WITHIN = timedelta(days=5)
"""Banks let a reserved amount go after five to seven days: from then on it is let go, never taken."""
GIVE_UP_AFTER = timedelta(minutes=10)
"""So long after its creation, a page that the gateway does not know was never opened."""
PAYERS = (FirmRole.FINANCE, FirmRole.OPERATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCardPayment:
    """Pay what is missing of a request by card; `request` is its public id, `locale` the payer's language."""

    request: str
    gateway: GatewayName
    locale: str = ""


def start_card_payment(session: Session, command: StartCardPayment, *, actor: Actor, clock: Clock) -> Payment:
    """Write down that the payer wants to pay what is missing by card; the page is opened by a job.

    One that is open already is the answer. Raises `NotFound` for whoever is not the payer; `Conflict` `request_ended`;
    `Invalid` `card_amount_too_large`. Locks the request.
    """
    request = session.scalar(
        select(FundsRequest)
        .where(
            FundsRequest.public_id == command.request,
            FundsRequest.park_id == actor.park_id,
            FundsRequest.payer_id == actor.require_firm(*PAYERS),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NotFound("funds_request")
    if request.status is not RequestStatus.AWAITED or request.due_at <= clock():
        raise Conflict("request_ended", status=request.status.value)
    standing = open_card_payment(session, request)
    if standing is not None:
        return standing
    if request.missing.amount > MOST:
        raise Invalid("card_amount_too_large", fields={"amount": ["card_amount_too_large"]})
    payment = Payment(
        park_id=request.park_id,
        request_id=request.id,
        gateway=command.gateway,
        amount=request.missing.amount,
        currency=request.currency,
        created_at=clock(),
        fee_amount=_fee_left(session, request, request.missing.amount),
        locale=command.locale,
    )
    with refusing(session, {ONE_OPEN_CARD: lambda: Conflict("card_payment_open")}):
        session.add(payment)
    _note(session, payment, "started", {"request": request.public_id}, actor=actor, clock=clock)
    defer(session, "billing.open_checkout", arguments={"payment_id": payment.id})
    return payment


def open_card_payment(session: Session, request: FundsRequest) -> Payment | None:
    """The card payment of a request that may still become money."""
    rows = select(Payment).where(
        Payment.request_id == request.id,
        Payment.gateway != GatewayName.BANK_TRANSFER,
        Payment.status.in_(OPEN_PAYMENTS),
    )
    return session.scalar(rows)


def close_checkouts(session: Session, request: FundsRequest) -> None:
    """The request waits for no money any more: a page still open for it is closed by a job."""
    payment = open_card_payment(session, request)
    if payment is not None:
        defer(session, "billing.cancel_checkout", arguments={"payment_id": payment.id})


def _fee_left(session: Session, request: FundsRequest, amount: int) -> int:
    """What the platform may still keep at once of the commission, out of an amount paid by card."""
    taken = session.scalar(
        select(func.coalesce(func.sum(Payment.fee_amount), 0)).where(
            Payment.request_id == request.id, Payment.status == PaymentStatus.SUCCEEDED
        )
    )
    return max(0, min(request.expected_fee - int(taken or 0), amount))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedCall:
    """A call that may be made now: `attempt` tells it from those made before for the same payment."""

    payment: Payment
    request: FundsRequest
    attempt: int
    amount: Money
    fee: Money


def claim_opening(session: Session, payment_id: int) -> ClaimedCall | None:
    """The payment whose page is to be opened, once: from now on it is unknown. Locks its request."""
    request, payment = locked_payment(session, payment_id)
    if payment.status is not PaymentStatus.CREATED:
        return None
    payment.status = PaymentStatus.UNKNOWN
    return _claimed(request, payment, payment.amount, payment.fee_amount)


def claim_capture(session: Session, payment_id: int, *, clock: Clock) -> ClaimedCall | None:
    """The authorised payment to be taken now, and how much of it; None when it is not wanted, or not authorised.

    Locks its request. From now on it is unknown.
    """
    request, payment = locked_payment(session, payment_id)
    if not _is_authorised(payment):
        return None
    if not _is_wanted(request, payment, at=clock()):
        defer(session, "billing.cancel_checkout", arguments={"payment_id": payment.id})
        return None
    amount = min(payment.amount, request.missing.amount)
    payment.status = PaymentStatus.UNKNOWN
    payment.attempt += 1
    session.flush()
    return _claimed(request, payment, amount, _fee_left(session, request, amount))


def claim_cancel(session: Session, payment_id: int, *, clock: Clock) -> ClaimedCall | None:
    """The payment whose page is to be closed, whatever was authorised on it let go. Locks its request.

    One whose page was never asked for simply fails. While another call is under way there is nothing to claim: its
    outcome leads back here.
    """
    request, payment = locked_payment(session, payment_id)
    if payment.status is PaymentStatus.CREATED:
        _fail(session, request, payment, "canceled", clock=clock)
        return None
    if payment.status not in {PaymentStatus.PENDING, PaymentStatus.FAILED} or payment.gateway_ref is None:
        return None
    if payment.status is PaymentStatus.PENDING:
        payment.status = PaymentStatus.UNKNOWN
    payment.attempt += 1
    session.flush()
    return _claimed(request, payment, payment.amount, 0)


def _claimed(request: FundsRequest, payment: Payment, amount: int, fee: int) -> ClaimedCall:
    currency = payment.currency
    return ClaimedCall(
        payment=payment,
        request=request,
        attempt=payment.attempt,
        amount=Money(amount, currency),
        fee=Money(fee, currency),
    )


def note_checkout(session: Session, payment_id: int, checkout: Checkout, *, clock: Clock) -> Payment:
    """Take note of what the gateway says now, and have done what follows from it; again changes nothing.

    Captured money is received as any other, so that it secures the request. An authorisation is captured while the
    request still waits for it, else let go. Locks the request.
    """
    request, payment = locked_payment(session, payment_id)
    if payment.gateway_ref is None:
        payment.gateway_ref = checkout.ref
    match checkout.state:
        case CheckoutState.CAPTURED:
            _receive(session, request, payment, checkout, clock=clock)
        case CheckoutState.ENDED:
            if payment.is_open:
                _fail(session, request, payment, checkout.failure or "ended", clock=clock)
        case CheckoutState.AUTHORISED:
            _note_authorised(session, request, payment, clock=clock)
        case CheckoutState.OPEN:
            _note_open(session, request, payment, checkout)
    session.flush()
    return payment


def _receive(session: Session, request: FundsRequest, payment: Payment, checkout: Checkout, *, clock: Clock) -> None:
    session.flush()
    command = ReceiveMoney(
        request_id=request.id,
        gateway=payment.gateway,
        gateway_ref=checkout.ref,
        amount=checkout.captured,
        fee=checkout.fee.amount,
    )
    receive_money(session, command, actor=system_actor(request.park_id), clock=clock)


def _note_authorised(session: Session, request: FundsRequest, payment: Payment, *, clock: Clock) -> None:
    if payment.is_open:
        payment.status, payment.page_url, payment.failure = PaymentStatus.PENDING, None, ""
        payment.authorised_at = payment.authorised_at or clock()
    wanted = payment.is_open and _is_wanted(request, payment, at=clock())
    job = "billing.capture_card" if wanted else "billing.cancel_checkout"
    if payment.status is not PaymentStatus.SUCCEEDED:
        defer(session, job, arguments={"payment_id": payment.id})


def _note_open(session: Session, request: FundsRequest, payment: Payment, checkout: Checkout) -> None:
    if payment.status is PaymentStatus.SUCCEEDED:
        return
    if payment.is_open:
        payment.status, payment.page_url, payment.failure = PaymentStatus.PENDING, checkout.page_url, checkout.failure
    if not payment.is_open or request.status is not RequestStatus.AWAITED:
        defer(session, "billing.cancel_checkout", arguments={"payment_id": payment.id})


def note_refusal(session: Session, payment_id: int, code: str, *, clock: Clock) -> None:
    """The gateway would not open a page: nothing was taken. Again changes nothing. Locks the request."""
    request, payment = locked_payment(session, payment_id)
    if payment.is_open and payment.gateway_ref is None:
        _fail(session, request, payment, code, clock=clock)


def note_absence(session: Session, payment_id: int, *, clock: Clock) -> None:
    """The gateway knows no page of ours. Once it had the time to show one, there was none. Locks the request."""
    request, payment = locked_payment(session, payment_id)
    is_late = clock() - payment.created_at >= GIVE_UP_AFTER
    if payment.is_open and payment.gateway_ref is None and is_late:
        _fail(session, request, payment, "never_opened", clock=clock)


def _fail(session: Session, request: FundsRequest, payment: Payment, reason: str, *, clock: Clock) -> None:
    payment.status, payment.failure, payment.page_url = PaymentStatus.FAILED, reason[:200], None
    actor = system_actor(payment.park_id)
    _note(session, payment, "failed", {"reason": payment.failure}, actor=actor, clock=clock)
    failed = CardPaymentFailed(request.subject_ref, request.purpose, request.id, payment.id, payment.failure)
    record(session, failed, actor=actor, at=clock())


def _is_authorised(payment: Payment) -> bool:
    return payment.status is PaymentStatus.PENDING and payment.authorised_at is not None


def _is_wanted(request: FundsRequest, payment: Payment, *, at: datetime) -> bool:
    in_time = payment.authorised_at is not None and at - payment.authorised_at < CAPTURE_WITHIN
    return in_time and request.status is RequestStatus.AWAITED and request.missing.amount > 0


def open_payments(session: Session, *, since: datetime | None = None, most: int = 200) -> list[int]:
    """Card payments about which the gateway is to be asked, oldest first.

    With `since` only those that soon matter: unknown, authorised, or begun after that moment.
    """
    rows = select(Payment.id).where(
        Payment.gateway != GatewayName.BANK_TRANSFER,
        Payment.status.in_((PaymentStatus.PENDING, PaymentStatus.UNKNOWN)),
    )
    if since is not None:
        rows = rows.where(
            (Payment.status == PaymentStatus.UNKNOWN)
            | Payment.authorised_at.is_not(None)
            | (Payment.created_at >= since)
        )
    return list(session.scalars(rows.order_by(Payment.id).limit(most)))


def locked_payment(session: Session, payment_id: int) -> tuple[FundsRequest, Payment]:
    """A payment and its request, in the order in which everybody locks them: the request first."""
    request_id = session.scalars(select(Payment.request_id).where(Payment.id == payment_id)).one()
    request = session.scalars(
        select(FundsRequest)
        .where(FundsRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    payment = session.scalars(
        select(Payment).where(Payment.id == payment_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    return request, payment


def _note(session: Session, payment: Payment, step: str, after: JSON, *, actor: Actor, clock: Clock) -> None:
    session.flush()
    facts: JSON = {"amount": payment.amount, "currency": payment.currency, **after}
    audit(
        session,
        actor,
        at=clock(),
        action=f"card_payment.{step}",
        subject=f"payment:{payment.public_id}",
        after=facts,
    )

"""Jobs that talk to the gateway. Each claims its row, lets that be committed at its `yield`, calls, and notes the outcome.

A call without an answer leaves the row unknown; `billing.ask_gateway` asks about it until the gateway says what it is.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from billing.payments.gateways.contract import (
    AskCheckout,
    AskRefund,
    CardRefundAnswer,
    GatewayRefusedError,
    GatewayTimeoutError,
    RefundState,
)
from billing.payments.gateways.installed import Cards, cards_taken
from billing.payments.models import CardRefund, Payment, PaymentStatus
from billing.payments.operations.card_refunds import ClaimedRefund, claim_refund, note_refund, open_refunds
from billing.payments.operations.cards import (
    ClaimedCall,
    claim_cancel,
    claim_capture,
    claim_opening,
    note_absence,
    note_checkout,
    note_refusal,
    open_payments,
)
from billing.payments.operations.webhooks import take_webhook
from marketplace.kernel.clock import Clock
from marketplace.kernel.jobs import defer, job
from marketplace.kernel.words import translate

ASK_AGAIN_AFTER = timedelta(seconds=30)
LIVELY = timedelta(hours=2)
"""So long after a page was opened, what became of it is asked for every few minutes."""


@job("billing.open_checkout")
def open_checkout(session: Session, *, clock: Clock, payment_id: int) -> Iterator[None]:
    """Open the gateway's page for a payment."""
    cards = _cards_of(session, payment_id)
    if cards is None:
        note_refusal(session, payment_id, "cards_off", clock=clock)
        return
    claimed = claim_opening(session, payment_id)
    if claimed is None:
        return
    ask = _page_of(cards, claimed)
    yield
    try:
        answer = cards.gateway.create(ask)
    except GatewayTimeoutError:
        _ask_soon(session, payment_id, clock=clock)
    except GatewayRefusedError as refused:
        note_refusal(session, payment_id, refused.code, clock=clock)
    else:
        note_checkout(session, payment_id, answer, clock=clock)


def _cards_of(session: Session, payment_id: int) -> Cards | None:
    """How a payment's card is talked to; None when its gateway is not installed any more."""
    cards, payment = cards_taken(), session.get_one(Payment, payment_id)
    return cards if cards is not None and cards.gateway.name is payment.gateway else None


def _page_of(cards: Cards, claimed: ClaimedCall) -> AskCheckout:
    payment, request = claimed.payment, claimed.request
    here = f"{cards.public_url}/money/requests/{request.public_id}"
    return AskCheckout(
        key=_key(cards, "create", payment.public_id, claimed.attempt),
        payment=payment.public_id,
        amount=claimed.amount,
        fee=claimed.fee,
        label=request.label or translate(payment.locale or "zh_CN", "订单付款"),
        locale=payment.locale,
        expires_at=request.due_at,
        back_url=f"{here}/card?back=1",
        left_url=here,
    )


def _key(cards: Cards, operation: str, row: str, attempt: int) -> str:
    """What makes a call happen once at the gateway: `<environment>:<operation>:<row>:<attempt>`."""
    return f"{cards.environment}:{operation}:{row}:{attempt}"


def _ask_soon(session: Session, payment_id: int, *, clock: Clock) -> None:
    defer(session, "billing.ask_about_payment", at=clock() + ASK_AGAIN_AFTER, arguments={"payment_id": payment_id})


@job("billing.ask_about_payment")
def ask_about_payment(session: Session, *, clock: Clock, payment_id: int) -> Iterator[None]:
    """Ask the gateway what became of a payment, by its reference or, without one, by our name for it."""
    cards, payment = _cards_of(session, payment_id), session.get_one(Payment, payment_id)
    if cards is None or payment.status is PaymentStatus.SUCCEEDED:
        return
    ref, name, since = payment.gateway_ref, payment.public_id, payment.created_at
    yield
    try:
        answer = cards.gateway.find(name, since=since) if ref is None else cards.gateway.retrieve(ref)
    except (GatewayTimeoutError, GatewayRefusedError):
        return  # the next round asks again
    if answer is None:
        note_absence(session, payment_id, clock=clock)
    else:
        note_checkout(session, payment_id, answer, clock=clock)


@job("billing.capture_card")
def capture_card(session: Session, *, clock: Clock, payment_id: int) -> Iterator[None]:
    """Take what was authorised, as much of it as the request still misses."""
    cards = _cards_of(session, payment_id)
    claimed = claim_capture(session, payment_id, clock=clock) if cards is not None else None
    if cards is None or claimed is None:
        return
    ref, key = claimed.payment.gateway_ref or "", _key(cards, "capture", claimed.payment.public_id, claimed.attempt)
    yield
    try:
        answer = cards.gateway.capture(ref, claimed.amount, claimed.fee, key=key)
    except (GatewayTimeoutError, GatewayRefusedError):
        _ask_soon(session, payment_id, clock=clock)
    else:
        note_checkout(session, payment_id, answer, clock=clock)


@job("billing.cancel_checkout")
def cancel_checkout(session: Session, *, clock: Clock, payment_id: int) -> Iterator[None]:
    """Close a page that nobody is to pay on any more, and let go what was authorised there."""
    cards = _cards_of(session, payment_id)
    claimed = claim_cancel(session, payment_id, clock=clock) if cards is not None else None
    if cards is None or claimed is None:
        return
    ref, key = claimed.payment.gateway_ref or "", _key(cards, "cancel", claimed.payment.public_id, claimed.attempt)
    yield
    try:
        answer = cards.gateway.cancel(ref, key=key)
    except (GatewayTimeoutError, GatewayRefusedError):
        _ask_soon(session, payment_id, clock=clock)
    else:
        note_checkout(session, payment_id, answer, clock=clock)


@job("billing.refund_card")
def refund_card(session: Session, *, clock: Clock, refund_id: int) -> Iterator[None]:
    """Send money back to its card, or learn what became of it: the gateway looks for what an earlier call has left."""
    cards = _cards_of(session, session.get_one(CardRefund, refund_id).payment_id)
    claimed = claim_refund(session, refund_id) if cards is not None else None
    if cards is None or claimed is None:
        return
    ref, ask = claimed.payment.gateway_ref or "", _refund_of(cards, claimed)
    yield
    try:
        answer = cards.gateway.refund(ref, ask)
    except GatewayTimeoutError:
        return  # it stays unknown, and the next round asks again
    except GatewayRefusedError as refused:
        answer = CardRefundAnswer("", RefundState.FAILED, refused.code)
    note_refund(session, refund_id, answer, clock=clock)


def _refund_of(cards: Cards, claimed: ClaimedRefund) -> AskRefund:
    name = claimed.refund.public_id
    return AskRefund(key=_key(cards, "refund", name, 1), refund=name, amount=claimed.amount, fee=claimed.fee)


@job("billing.take_webhook")
def take_webhook_job(session: Session, *, clock: Clock, webhook_id: int) -> None:
    """Look at an event of the gateway."""
    cards = cards_taken()
    take_webhook(session, webhook_id, account=cards.account if cards is not None else "", clock=clock)


@job("billing.ask_gateway", cron="*/5 * * * *")
def ask_gateway(session: Session, *, clock: Clock) -> None:
    """Whatever is unknown, authorised or freshly opened is asked about; refunds without an outcome too."""
    _ask_about(session, open_payments(session, since=clock() - LIVELY))


@job("billing.reconcile_cards", cron="40 3 * * *")
def reconcile_cards(session: Session, *, clock: Clock) -> None:  # noqa: ARG001 - every job is given the clock
    """Every night all that is open at the gateway is compared with what the gateway says."""
    _ask_about(session, open_payments(session, most=10_000))


def _ask_about(session: Session, payment_ids: list[int]) -> None:
    for payment_id in payment_ids:
        arguments = {"payment_id": payment_id}
        defer(session, "billing.ask_about_payment", lock=f"payment:{payment_id}", arguments=arguments)
    for refund_id in open_refunds(session):
        defer(session, "billing.refund_card", lock=f"card_refund:{refund_id}", arguments={"refund_id": refund_id})

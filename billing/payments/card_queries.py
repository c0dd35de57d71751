"""Reads of card payments for the clerk of the park."""

from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from billing.cursors import id_after
from billing.ledger.queries import BOOK_READERS
from billing.payments.models import (
    OPEN_PAYMENTS,
    FundsRequest,
    GatewayName,
    Payment,
    PaymentStatus,
    Webhook,
    WebhookStatus,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.paging import Page, page_of


class CardsShown(StrEnum):
    """`open`: may still become money; `returned`: something of it went back to the card."""

    ALL = "all"
    OPEN = "open"
    SUCCEEDED = "succeeded"
    RETURNED = "returned"
    FAILED = "failed"


def card_payments_of(
    session: Session, *, actor: Actor, shown: CardsShown = CardsShown.ALL, cursor: str | None = None, size: int = 20
) -> Page[Payment]:
    """Card payments of the park with their requests and refunds, newest first."""
    actor.require_office(*BOOK_READERS)
    rows = (
        select(Payment)
        .where(Payment.park_id == actor.park_id, Payment.gateway != GatewayName.BANK_TRANSFER)
        .options(joinedload(Payment.request).joinedload(FundsRequest.payer), selectinload(Payment.refunds))
        .order_by(Payment.id.desc())
        .limit(size + 1)
    )
    match shown:
        case CardsShown.OPEN:
            rows = rows.where(Payment.status.in_(OPEN_PAYMENTS))
        case CardsShown.SUCCEEDED:
            rows = rows.where(Payment.status == PaymentStatus.SUCCEEDED)
        case CardsShown.RETURNED:
            rows = rows.where(Payment.refunded_amount > 0)
        case CardsShown.FAILED:
            rows = rows.where(Payment.status == PaymentStatus.FAILED)
        case CardsShown.ALL:
            pass
    if after := id_after(cursor):
        rows = rows.where(Payment.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: Payment) -> tuple[int]:
    return (row.id,)


def parked_webhooks(session: Session) -> int:
    """How many events of the gateway could not be made anything of."""
    return session.scalar(select(func.count()).where(Webhook.status == WebhookStatus.PARKED)) or 0

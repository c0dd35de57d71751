"""Timers of orders and who is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise
from marketplace.bookings.events import BookingReleased
from marketplace.bookings.models import ReleaseReason
from marketplace.conversations.events import MessageWritten
from marketplace.conversations.models import Message
from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.threads import first_unread
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.jobs import job
from marketplace.kernel.words import translate
from marketplace.listings.models import Listing
from marketplace.orders.events import OrderChanged, OrderPlaced
from marketplace.orders.models import Order, OrderStatus, Side, Way
from marketplace.orders.operations.ending import (
    cancel_for_breakdown,
    expire_payment,
    expire_request,
    lapse_with_hold,
)


@job("orders.expire_request")
def expire_request_job(session: Session, *, clock: Clock, order_id: int) -> None:
    """Let an unanswered request lapse."""
    expire_request(session, order_id, clock=clock)


@job("orders.expire_payment")
def expire_payment_job(session: Session, *, clock: Clock, order_id: int) -> None:
    """Let an order lapse whose money did not come in time."""
    expire_payment(session, order_id, clock=clock)


def lapse_released(session: Session, event: BookingReleased, *, clock: Clock) -> None:
    """An order whose hold ran out lapses with it; one whose machine broke down is cancelled free of charge."""
    if event.reason == ReleaseReason.HOLD_EXPIRED:
        lapse_with_hold(session, event.booking_id, clock=clock)
    elif event.reason == ReleaseReason.BREAKDOWN:
        cancel_for_breakdown(session, event.booking_id, event.note, clock=clock)


def tell_supplier(session: Session, event: OrderPlaced, *, clock: Clock) -> None:
    """The supplier learns of a new order, or that a request waits for its answer while it does."""
    order = session.get_one(Order, event.order_id)
    if order.way is not Way.APPROVAL:
        _tell(session, order, order.supplier_id, "order.booked", clock=clock)
    elif order.status is OrderStatus.REQUESTED:
        _tell(session, order, order.supplier_id, "order.request_waits", clock=clock)


def tell_other_side(session: Session, event: OrderChanged, *, clock: Clock) -> None:
    """Whoever did not do it learns what became of the order."""
    order = session.get_one(Order, event.order_id)
    match event.status:
        case "awaiting_payment":
            _tell(session, order, order.demander_id, "order.payment_due", clock=clock)
        case "active":
            if order.pay_by is not None:
                _tell(session, order, order.supplier_id, "order.paid", clock=clock)
            elif order.way is Way.APPROVAL:
                _tell(session, order, order.demander_id, "order.agreed", clock=clock)
        case "declined" | "expired":
            _tell(session, order, order.demander_id, f"order.{event.status}", clock=clock)
        case "cancelled":
            other = order.supplier_id if order.ended_by is Side.DEMANDER else order.demander_id
            _tell(session, order, other, "order.cancelled", clock=clock)
        case _:
            pass


def tell_of_message(session: Session, event: MessageWritten, *, clock: Clock) -> None:
    """The other side is told once that something waits to be read, until it has read it."""
    kind, _, public_id = event.subject_ref.partition(":")
    order = session.scalar(select(Order).where(Order.public_id == public_id)) if kind == "order" else None
    if order is None:
        return
    writer = session.get_one(Message, event.message_id).enterprise_id
    reader = order.demander_id if writer == order.supplier_id else order.supplier_id
    unread = first_unread(session, event.subject_ref, park_id=order.park_id, enterprise_id=reader)
    if unread is not None:
        _tell(session, order, reader, "order.message", clock=clock, once=f"order.message:{unread}")


def _tell(
    session: Session, order: Order, enterprise_id: int, code: str, *, clock: Clock, once: str | None = None
) -> None:
    listing = session.get_one(Listing, order.listing_id)
    other_id = order.demander_id if enterprise_id == order.supplier_id else order.supplier_id
    other = session.get_one(Enterprise, other_id)
    notify(
        session,
        park_id=order.park_id,
        to=Recipients(enterprise_id=enterprise_id, firm_roles=(FirmRole.OPERATOR,)),
        code=code,
        facts={
            "zh": listing.title("zh_CN"),
            "en": listing.title("en"),
            "other_zh": other.name("zh_CN"),
            "other_en": other.name("en"),
            "number": order.number,
            "reason": order.reason,
        },
        link=f"/orders/{order.public_id}",
        at=clock(),
        once_key=once or f"{code}:{order.id}",
    )


def _facts(facts: Mapping[str, Any], locale: str) -> dict[str, Any]:
    english = locale.startswith("en")
    return {
        "listing": facts["en"] if english else facts["zh"],
        "other": facts["other_en"] if english else facts["other_zh"],
        "number": facts["number"],
        "reason": facts["reason"] or "—",
    }


def _request_waits(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    subject = translate(locale, "%(other)s 想预订 %(listing)s，等您答复", **given)
    return subject, translate(locale, "到期不答复，这份请求会自动失效。订单 %(number)s。", **given)


def _booked(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "%(other)s 已预订 %(listing)s", **given), translate(locale, "订单 %(number)s。", **given)


def _agreed(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "%(other)s 同意了您的预订：%(listing)s", **given), translate(
        locale, "订单 %(number)s。", **given
    )


def _declined(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "%(other)s 没有接受您的预订：%(listing)s", **given), translate(
        locale, "对方的说明：%(reason)s", **given
    )


def _expired(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    subject = translate(locale, "您对 %(listing)s 的预订请求没有等到答复", **given)
    return subject, translate(locale, "占着的时间已经放开，可以换一台或再问一次。", **given)


def _cancelled(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "%(other)s 取消了预订：%(listing)s", **given), translate(
        locale, "对方的说明：%(reason)s", **given
    )


def _payment_due(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    subject = translate(locale, "%(listing)s 已为您留好，请按时付款", **given)
    return subject, translate(locale, "订单 %(number)s 付款到账后生效，过期时间会放开。", **given)


def _paid(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    subject = translate(locale, "%(other)s 的付款已到账：%(listing)s", **given)
    return subject, translate(locale, "订单 %(number)s。", **given)


def _message(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    subject = translate(locale, "%(other)s 就 %(listing)s 给您写了消息", **given)
    return subject, translate(locale, "订单 %(number)s。", **given)


WORDINGS: dict[str, Wording] = {
    "order.message": _message,
    "order.request_waits": _request_waits,
    "order.booked": _booked,
    "order.agreed": _agreed,
    "order.payment_due": _payment_due,
    "order.paid": _paid,
    "order.declined": _declined,
    "order.expired": _expired,
    "order.cancelled": _cancelled,
}

SUBSCRIPTIONS = (
    Subscription(MessageWritten, tell_of_message, "orders.tell_of_message"),
    Subscription(OrderPlaced, tell_supplier, "orders.tell_supplier"),
    Subscription(BookingReleased, lapse_released, "orders.lapse_released"),
    Subscription(OrderChanged, tell_other_side, "orders.tell_other_side"),
)

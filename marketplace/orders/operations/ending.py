"""How an order ends: declined, cancelled, lapsed, completed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from marketplace.bookings.keepers import is_kept
from marketplace.bookings.models import ReleaseReason
from marketplace.bookings.operations import booking_by_id, release_booking
from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.orders.fulfilments.operations.planning import call_off
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import locked_order, note_change, require_side, side_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOrder:
    """Decline or cancel, with a reason the other side sees."""

    order: str
    reason: str = ""


def decline_order(session: Session, command: EndOrder, *, actor: Actor, clock: Clock) -> Order:
    """The supplier says no to a request; the time is free again. A reason is owed."""
    order = locked_order(session, command.order, actor=actor)
    require_side(order, actor, Side.SUPPLIER)
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    if order.status is OrderStatus.DECLINED:
        return order
    order.move_to(OrderStatus.DECLINED)
    _end(session, order, Side.SUPPLIER, command.reason.strip(), ReleaseReason.DECLINED, actor=actor, clock=clock)
    return order


def cancel_order(session: Session, command: EndOrder, *, actor: Actor, clock: Clock) -> Order:
    """Either side steps back; what it costs follows the frozen tiers.

    The demander only until the booked time begins (`Conflict` `order_began`). The supplier, whose machine may break
    down, at any time before the order is completed; it owes a reason and the demander owes nothing.
    """
    order = locked_order(session, command.order, actor=actor)
    if order.status is OrderStatus.CANCELLED:
        return order
    side, start = side_of(order, actor), order.booking.during.lower
    if side is Side.SUPPLIER and not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    has_begun = start is not None and order.status is OrderStatus.ACTIVE and clock() >= start
    if has_begun and side is Side.DEMANDER:
        raise Conflict("order_began")
    order.cancellation_amount = order.cancellation_fee(start=start or clock(), at=clock(), by=side)
    order.move_to(OrderStatus.CANCELLED)
    call_off(session, order, at=clock())
    _end(session, order, side, command.reason.strip(), ReleaseReason.CANCELLED, actor=actor, clock=clock)
    return order


def complete_order(session: Session, order: Order, side: Side, actor: Actor, *, clock: Clock) -> None:
    """What was agreed is fulfilled; the caller holds the order's lock."""
    order.move_to(OrderStatus.COMPLETED)
    order.ended_at = clock()
    note_change(session, order, "completed", side, actor, clock=clock)


def end_missed(session: Session, order: Order, missed_by: Side, note: str, *, actor: Actor, clock: Clock) -> None:
    """One side did not come: the order ends by that side, at what the frozen tiers say for the start."""
    start = order.booking.during.lower or clock()
    order.cancellation_amount = order.cancellation_fee(start=start, at=start, by=missed_by)
    order.move_to(OrderStatus.CANCELLED)
    _end(session, order, missed_by, note, ReleaseReason.CANCELLED, actor=actor, clock=clock)


def expire_request(session: Session, order_id: int, *, clock: Clock) -> None:
    """A request that its owner left unanswered lapses; one decided meanwhile is left alone."""
    order = _locked_by(session, Order.id == order_id)
    if order is not None and order.status is OrderStatus.REQUESTED and _is_past(order.decide_by, clock()):
        _lapse(session, order, clock=clock)


def expire_payment(session: Session, order_id: int, *, clock: Clock) -> None:
    """An order whose money did not come in time lapses; one paid, cancelled or extended meanwhile is left alone.

    So is one whose money has come and only waits to be taken note of.
    """
    order = _locked_by(session, Order.id == order_id)
    if order is None or order.status is not OrderStatus.AWAITING_PAYMENT or not _is_past(order.pay_by, clock()):
        return
    if not is_kept(session, order.booking_id):
        _lapse(session, order, clock=clock)


def lapse_with_hold(session: Session, booking_id: int, *, clock: Clock) -> None:
    """The hold is gone, taken over by the next booker or by its timer: an order that only had the hold lapses too."""
    order = _locked_by(session, Order.booking_id == booking_id)
    if order is not None and order.status in {OrderStatus.REQUESTED, OrderStatus.AWAITING_PAYMENT}:
        _lapse(session, order, clock=clock)


def cancel_for_breakdown(session: Session, booking_id: int, note: str, *, clock: Clock) -> None:
    """The machine broke down and its owner gave the time back: the order is cancelled, the demander owes nothing."""
    order = _locked_by(session, Order.booking_id == booking_id)
    if order is None or order.is_over:
        return
    order.cancellation_amount = 0
    order.move_to(OrderStatus.CANCELLED)
    actor = system_actor(order.park_id)
    _end(session, order, Side.SUPPLIER, note, ReleaseReason.BREAKDOWN, actor=actor, clock=clock)


def _locked_by(session: Session, which: ColumnElement[bool]) -> Order | None:
    found = select(Order).where(which).options(joinedload(Order.booking)).with_for_update(of=Order)
    return session.scalar(found.execution_options(populate_existing=True))


def _is_past(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and deadline <= now


def _lapse(session: Session, order: Order, *, clock: Clock) -> None:
    order.move_to(OrderStatus.EXPIRED)
    actor = system_actor(order.park_id)
    _end(session, order, Side.PLATFORM, "", ReleaseReason.HOLD_EXPIRED, actor=actor, clock=clock)


def _end(
    session: Session,
    order: Order,
    side: Side,
    reason: str,
    release: ReleaseReason,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    order.reason, order.ended_by, order.ended_at, order.decide_by = reason, side, clock(), None
    release_booking(session, booking_by_id(session, order.booking_id), release, actor=actor, clock=clock)
    facts = {"reason": reason, "fee": order.cancellation_amount}
    note_change(session, order, order.status.value, side, actor, clock=clock, facts=facts)

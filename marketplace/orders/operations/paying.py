"""Parks that want the money first: an agreed order waits for its payment, its time held as long as a transfer needs.

Money itself moves elsewhere; whoever sees it arrive calls `payment_secured`.
"""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.bookings.models import Booking, BookingStatus
from marketplace.bookings.operations import booking_by_id, confirm_booking, hold_until, retake_booking
from marketplace.bookings.working_days import transfer_until
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid
from marketplace.kernel.jobs import defer
from marketplace.listings.models import Listing
from marketplace.orders.fulfilments.operations.planning import plan_fulfilment
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import locked_order, note_change, side_of


def latest_agreement(listing: Listing, during: Range[datetime]) -> datetime:
    """After this moment nothing can be agreed and paid any more: the start minus the notice the supplier wants."""
    if during.lower is None:
        raise Invalid("endless_range", fields={"start": ["required"]})
    return during.lower - timedelta(minutes=listing.notice_minutes)


def payment_hold(
    session: Session, listing: Listing, during: Range[datetime], *, amount: int, now: datetime
) -> datetime | None:
    """How long an order agreed now waits for its money; None where the park does not want it first.

    Raises `Conflict` `no_time_to_pay` when that is no time at all.
    """
    park = session.get_one(Park, listing.park_id)
    if not park.payment_required or not amount:
        return None
    until = min(transfer_until(session, park, now=now), latest_agreement(listing, during))
    if until <= now:
        raise Conflict("no_time_to_pay")
    return until


def await_payment(
    session: Session, order: Order, booking: Booking, pay_by: datetime, *, actor: Actor, clock: Clock
) -> None:
    """The order is agreed and its time held until `pay_by`; a job lets it lapse then."""
    order.move_to(OrderStatus.AWAITING_PAYMENT)
    order.pay_by = pay_by
    hold_until(session, booking, pay_by, actor=actor, clock=clock)
    defer(session, "orders.expire_payment", at=pay_by, arguments={"order_id": order.id})


def payment_secured(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Order:
    """The money is there: the order is active and its time booked. Again changes nothing.

    For the system alone. Money that comes after the deadline still counts while nobody has released the time. Raises
    `Conflict` `order_transition` for an order that lapsed, was cancelled, or is not agreed yet: the money goes back.
    """
    if not actor.is_system:
        raise Forbidden("system_only")
    order = locked_order(session, public_id, actor=actor)
    if order.status in {OrderStatus.ACTIVE, OrderStatus.COMPLETED}:
        return order
    booking = booking_by_id(session, order.booking_id)
    if order.status is not OrderStatus.AWAITING_PAYMENT or booking.status is not BookingStatus.HELD:
        raise Conflict("order_transition", before=order.status.value, after=OrderStatus.ACTIVE.value)
    order.move_to(OrderStatus.ACTIVE)
    confirm_booking(session, booking, actor=actor, clock=clock)
    plan_fulfilment(session, order)
    note_change(session, order, "paid", Side.PLATFORM, actor, clock=clock)
    return order


def reinstate_paid(session: Session, order: Order, *, actor: Actor, clock: Clock) -> Order:
    """The money had come in time and was seen late: the lapsed order is active if its time can still be had.

    For the system alone; the caller holds the order's lock. Raises `Conflict` `order_transition` for an order that did
    not lapse waiting for money, `order_began` once its time has begun, `slot_taken`, or `NotFound` when the listing is
    not offered any more.
    """
    if not actor.is_system:
        raise Forbidden("system_only")
    start = order.booking.during.lower
    if order.status is not OrderStatus.EXPIRED or order.pay_by is None:
        raise Conflict("order_transition", before=order.status.value, after=OrderStatus.ACTIVE.value)
    if start is None or start <= clock():
        raise Conflict("order_began")
    retake_booking(session, booking_by_id(session, order.booking_id), actor=actor, clock=clock)
    order.move_to(OrderStatus.ACTIVE)
    order.reason, order.ended_by, order.ended_at = "", None, None
    plan_fulfilment(session, order)
    note_change(session, order, "paid", Side.PLATFORM, actor, clock=clock)
    return order


def extend_payment(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Order:
    """The demander shows the transfer slip: the time is held once more as long as a transfer needs.

    Never past start minus notice; the second slip changes nothing. Raises `Conflict` when the order is not waiting.
    """
    order = locked_order(session, public_id, actor=actor)
    if not actor.is_system and side_of(order, actor) is not Side.DEMANDER:
        raise Forbidden("other_side_decides")
    booking = booking_by_id(session, order.booking_id)
    if order.status is not OrderStatus.AWAITING_PAYMENT or order.pay_by is None:
        raise Conflict("order_transition", before=order.status.value, after=OrderStatus.AWAITING_PAYMENT.value)
    if booking.hold_extended:
        return order
    listing = session.get_one(Listing, order.listing_id)
    longer = payment_hold(session, listing, booking.during, amount=order.total_amount, now=clock())
    booking.hold_extended = True
    order.pay_by = until = max(order.pay_by, longer or order.pay_by)
    hold_until(session, booking, until, actor=actor, clock=clock)
    defer(session, "orders.expire_payment", at=until, arguments={"order_id": order.id})
    note_change(session, order, "slip_shown", Side.DEMANDER, actor, clock=clock)
    return order

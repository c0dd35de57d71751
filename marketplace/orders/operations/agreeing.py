"""Both sides agree."""

from sqlalchemy.orm import Session

from marketplace.bookings.models import Booking
from marketplace.bookings.operations import booking_by_id, confirm_booking
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict
from marketplace.listings.models import Listing
from marketplace.orders.fulfilments.operations.planning import plan_fulfilment
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import locked_order, note_change, require_side
from marketplace.orders.operations.paying import await_payment, payment_hold


def agree(session: Session, order: Order, booking: Booking, side: Side, actor: Actor, *, clock: Clock) -> None:
    """Both sides agree: the order is active, or waits for its payment where the park wants the money first.

    The caller has made the booking or holds its lock.
    """
    listing = session.get_one(Listing, order.listing_id)
    order.decide_by = None
    pay_by = payment_hold(session, listing, booking.during, amount=order.up_front, now=clock())
    if pay_by is not None:
        await_payment(session, order, booking, pay_by, actor=actor, clock=clock)
    else:
        order.move_to(OrderStatus.ACTIVE)
        confirm_booking(session, booking, actor=actor, clock=clock)
        plan_fulfilment(session, order)
    note_change(session, order, "agreed", side, actor, clock=clock)


def approve_order(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Order:
    """The supplier accepts a request; again changes nothing.

    Raises `Conflict` `request_lapsed` once the time to answer is over, `order_transition` when it is no longer waiting.
    """
    order = locked_order(session, public_id, actor=actor)
    require_side(order, actor, Side.SUPPLIER)
    if order.status in {OrderStatus.ACTIVE, OrderStatus.AWAITING_PAYMENT}:
        return order
    if order.status is OrderStatus.REQUESTED and order.decide_by is not None and order.decide_by <= clock():
        raise Conflict("request_lapsed")
    agree(session, order, booking_by_id(session, order.booking_id), Side.SUPPLIER, actor, clock=clock)
    return order

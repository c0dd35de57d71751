"""Both sides agree."""

from sqlalchemy.orm import Session

from marketplace.bookings.models import Booking
from marketplace.bookings.operations import confirm_booking
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import locked_order, note_change, require_side


def agree(session: Session, order: Order, side: Side, actor: Actor, *, clock: Clock) -> None:
    """Both sides agree: straight to active, since this park asks for no payment first."""
    booking = session.get_one(Booking, order.booking_id)
    order.move_to(OrderStatus.ACTIVE)
    order.decide_by = None
    confirm_booking(session, booking, actor=actor, clock=clock)
    note_change(session, order, "agreed", side, actor, clock=clock)


def approve_order(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Order:
    """The supplier accepts a request. Raises `Conflict` when it is no longer waiting."""
    order = locked_order(session, public_id, actor=actor)
    require_side(order, actor, Side.SUPPLIER)
    if order.status is OrderStatus.ACTIVE:
        return order
    agree(session, order, Side.SUPPLIER, actor, clock=clock)
    return order

"""An agreed order gets its fulfilment; an order that ends early takes it along."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.bookings.models import Booking, Occupancy
from marketplace.kernel.errors import Conflict
from marketplace.listings.models import Listing, ListingKind
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentKind, FulfilmentStatus
from marketplace.orders.models import Order

ACCEPTED_AFTER = timedelta(hours=24)
"""After the end of the use, or after what came last, the demander has a day; silence accepts."""
BEFORE_HANDOVER = {FulfilmentStatus.PLANNED, FulfilmentStatus.REWORK}


def plan_fulfilment(session: Session, order: Order) -> Fulfilment:
    """The fulfilment of an order that has just become active; again gives the same one."""
    known = session.scalar(select(Fulfilment).where(Fulfilment.order_id == order.id))
    if known is not None:
        return known
    listing, booking = session.get_one(Listing, order.listing_id), session.get_one(Booking, order.booking_id)
    units = session.scalars(
        select(Occupancy.unit_id).where(Occupancy.booking_id == booking.id).order_by(Occupancy.unit_id)
    ).all()
    end = booking.during.upper
    planned = Fulfilment(
        order_id=order.id,
        kind=FulfilmentKind.SERVICE if listing.kind is ListingKind.SERVICE else FulfilmentKind.USE,
        unit_ids=list(units),
        accept_by=None if end is None else end + ACCEPTED_AFTER,
    )
    session.add(planned)
    session.flush()
    return planned


def call_off(session: Session, order: Order, *, at: datetime) -> None:
    """The order ends before the machine changed hands. Raises `Conflict` `handed_over_already` once it did."""
    planned = session.scalar(select(Fulfilment).where(Fulfilment.order_id == order.id).with_for_update())
    if planned is None or planned.is_over:
        return
    if planned.status is not FulfilmentStatus.PLANNED:
        raise Conflict("handed_over_already")
    planned.move_to(FulfilmentStatus.CANCELLED)
    planned.accept_by, planned.ended_at = None, at

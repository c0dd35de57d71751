"""An accepted quote becomes an order; the occupancy is taken, or its hold confirmed, in the same transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.bookings.models import Booking, BookingStatus
from marketplace.bookings.operations import TakeOccupancy, take_occupancy
from marketplace.demands.models import Quote, QuoteStatus
from marketplace.demands.operations.awarding import award, quote_to_accept
from marketplace.demands.operations.quoting import spans_closed_hours
from marketplace.demands.pricing import RENT, has_code
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import record
from marketplace.listings.models import Listing
from marketplace.orders.events import OrderPlaced
from marketplace.orders.models import Order, OrderStatus, Side, Way
from marketplace.orders.operations.access import write_down
from marketplace.orders.operations.agreeing import agree
from marketplace.orders.operations.paying import payment_hold
from marketplace.orders.operations.placing import NUMBERS, frozen_terms
from marketplace.orders.pricing import plan_of
from marketplace.orders.quoted_contracts import quoted_contract


def accept_quote(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Order:
    """The demander accepts: the order at the quoted price, its time, and the award, all or nothing.

    Accepting again gives the same order. Locks the demand, then its quotes in id order, then units. Adds `OrderPlaced`,
    `OrderChanged`, `QuoteEnded` and `DemandEnded`. Raises `NotFound`, `Conflict` `slot_taken`, `quote_expired`,
    `quote_transition` or `demand_not_open`.
    """
    now = clock()
    actor.require_trading(FirmRole.OPERATOR)
    quote = quote_to_accept(session, public_id, actor=actor, clock=clock)
    if quote.status is QuoteStatus.ACCEPTED:
        return session.scalars(select(Order).where(Order.quote_ref == quote.public_id)).one()
    listing = session.get_one(Listing, quote.listing_id)
    booking = _booking(session, quote, listing, actor=actor, clock=clock)
    order = _agreement(session, quote, listing, booking, actor=actor, at=now)
    session.add(order)
    session.flush()
    write_down(session, order, "requested", Side.DEMANDER, actor, at=now)
    record(session, OrderPlaced(order.id), actor=actor, at=now)
    award(session, quote, actor=actor, clock=clock)
    agree(session, order, booking, Side.DEMANDER, actor, clock=clock)
    return order


def _booking(session: Session, quote: Quote, listing: Listing, *, actor: Actor, clock: Clock) -> Booking:
    """The hold that the quote keeps, else the time taken now through the guard of every booking.

    Where the park wants the money first the time is held until then. Raises `Conflict` `no_time_to_pay`.
    """
    if quote.booking_id is not None:
        held = session.scalars(select(Booking).where(Booking.id == quote.booking_id).with_for_update()).one()
        if held.status is BookingStatus.HELD:
            return held
    wish = TakeOccupancy(
        listing_id=listing.id,
        during=quote.during,
        demander_id=quote.demander_id,
        quantity=quote.units,
        hold_until=payment_hold(session, listing, quote.during, amount=quote.total_amount, now=clock()),
        spans_closed_hours=spans_closed_hours(session, listing),
        for_a_term=has_code(quote.lines, RENT),
    )
    return take_occupancy(session, wish, actor=actor, clock=clock)


def _agreement(
    session: Session, quote: Quote, listing: Listing, booking: Booking, *, actor: Actor, at: datetime
) -> Order:
    number = session.scalar(NUMBERS)
    contract = quoted_contract(plan_of(session, listing), quote)
    return Order(
        number=f"{at:%y%m}-{number:06d}",
        park_id=quote.park_id,
        listing_id=listing.id,
        supplier_id=quote.supplier_id,
        demander_id=quote.demander_id,
        booking_id=booking.id,
        placed_by=actor.user_id,
        way=Way.QUOTE,
        status=OrderStatus.REQUESTED,
        currency=quote.currency,
        total_amount=quote.total_amount,
        tax_amount=quote.tax_amount,
        lines=list(quote.lines),
        cancellation=list(listing.cancellation),
        terms=frozen_terms(listing, with_operator=quote.operator, with_delivery=quote.delivery)
        | ({} if contract is None else contract.to_json()),
        placed_at=at,
        rate_plan_id=listing.rate_plan_id,
        quote_ref=quote.public_id,
        note=quote.note,
    )

"""The front page of whoever is signed in: what stands free this week, and which of their orders run."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.bookings.free_listings import free_listing_ids
from marketplace.bookings.queries import FreeQuestion, Question
from marketplace.kernel.actor import Actor
from marketplace.listings.models import Listing, ListingKind
from marketplace.listings.queries import may_see
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.queries import orders_of

WEEK = timedelta(days=7)
SHIFT_MINUTES = 8 * 60
OPEN = (OrderStatus.REQUESTED, OrderStatus.AWAITING_PAYMENT, OrderStatus.ACTIVE)
MOST_ORDERS = 5


def free_this_week(session: Session, *, actor: Actor, now: datetime) -> list[tuple[ListingKind, int]]:
    """For each kind how many listings of the actor's reach have a free shift within seven days."""
    window = Range(now, now + WEEK)
    free = free_listing_ids(session, FreeQuestion(window=window, kind=Question.RUN, minutes=SHIFT_MINUTES))
    rows = session.execute(
        select(Listing.kind, func.count())
        .where(Listing.id.in_(free), Listing.status == "published", may_see(actor))
        .group_by(Listing.kind)
    )
    counts = {row[0]: row[1] for row in rows}
    return [(kind, counts.get(kind, 0)) for kind in ListingKind]


def running_orders(session: Session, *, actor: Actor) -> Sequence[Order]:
    """The newest of the firm's orders that are not at their end; the park office has none."""
    if actor.enterprise_id is None:
        return ()
    return [order for order in orders_of(session, actor=actor).items if order.status in OPEN][:MOST_ORDERS]

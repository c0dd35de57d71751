"""Everything the office knows about one firm, tab by tab."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import FirmMember, Membership, MemberStatus
from marketplace.kernel.actor import Actor
from marketplace.kernel.paging import Page, page_of
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.queries import with_parts
from marketplace.listings.storable import after_id
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.queries import visible_orders

ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmFigures:
    """What stands beside the name: listings by status, orders on either side, people who ask to join."""

    listings: Mapping[ListingStatus, int]
    orders_as_supplier: int
    orders_as_demander: int
    running: int
    asking: int

    @property
    def published(self) -> int:
        return self.listings.get(ListingStatus.PUBLISHED, 0)

    @property
    def orders(self) -> int:
        return self.orders_as_supplier + self.orders_as_demander


def figures_of(session: Session, firm: Membership, *, actor: Actor) -> FirmFigures:
    """The firm's counts in the actor's park, in three statements."""
    actor.require_office()
    listings = session.execute(
        select(Listing.status, func.count())
        .where(Listing.enterprise_id == firm.enterprise_id, Listing.park_id == actor.park_id)
        .group_by(Listing.status)
    )
    supplies, demands = Order.supplier_id == firm.enterprise_id, Order.demander_id == firm.enterprise_id
    orders = session.execute(
        select(
            func.count().filter(supplies),
            func.count().filter(demands),
            func.count().filter(Order.status == OrderStatus.ACTIVE),
        ).where(or_(supplies, demands), Order.park_id == actor.park_id)
    ).one()
    asking = session.scalar(
        select(func.count()).where(
            FirmMember.enterprise_id == firm.enterprise_id, FirmMember.status == MemberStatus.REQUESTED
        )
    )
    return FirmFigures(
        listings={row[0]: row[1] for row in listings},
        orders_as_supplier=orders[0],
        orders_as_demander=orders[1],
        running=orders[2],
        asking=asking or 0,
    )


def listings_of(session: Session, firm: Membership, *, actor: Actor, cursor: str | None) -> Page[Listing]:
    """The firm's listings in the actor's park, the newest first."""
    actor.require_office()
    rows = (
        with_parts()
        .where(Listing.enterprise_id == firm.enterprise_id, Listing.park_id == actor.park_id)
        .order_by(Listing.id.desc())
        .limit(ROWS + 1)
    )
    if (after := after_id(cursor)) is not None:
        rows = rows.where(Listing.id < after)
    return page_of(session.scalars(rows).all(), size=ROWS, key=_place)


def orders_of(session: Session, firm: Membership, *, actor: Actor, cursor: str | None) -> Page[Order]:
    """The firm's orders in the actor's park on either side, the newest first."""
    actor.require_office()
    rows = (
        visible_orders(actor)
        .where(or_(Order.supplier_id == firm.enterprise_id, Order.demander_id == firm.enterprise_id))
        .order_by(Order.id.desc())
        .limit(ROWS + 1)
    )
    if (after := after_id(cursor)) is not None:
        rows = rows.where(Order.id < after)
    return page_of(session.scalars(rows).all(), size=ROWS, key=_place)


def _place(row: Listing | Order) -> tuple[int]:
    return (row.id,)

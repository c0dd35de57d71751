"""The office's view of submitted listings: the queue and what is looked at."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.paging import Page, page_of
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.queries import with_parts
from marketplace.listings.storable import after_id


def waiting_listings(session: Session, *, cursor: str | None = None, size: int = 50, actor: Actor) -> Page[Listing]:
    """Listings that wait for the office, the longest waiting first."""
    actor.require_office()
    after = after_id(cursor)
    wanted = (
        with_parts()
        .where(Listing.park_id == actor.park_id, Listing.status == ListingStatus.IN_REVIEW)
        .order_by(Listing.id)
        .limit(size + 1)
    )
    if after is not None:
        wanted = wanted.where(Listing.id > after)
    return page_of(session.scalars(wanted).all(), size=size, key=_position)


def _position(listing: Listing) -> tuple[int]:
    return (listing.id,)


def waiting_of_firm(session: Session, enterprise_id: int, *, actor: Actor) -> int:
    """How many listings of the firm wait for the office."""
    actor.require_office()
    return (
        session.scalar(
            select(func.count())
            .select_from(Listing)
            .where(
                Listing.park_id == actor.park_id,
                Listing.enterprise_id == enterprise_id,
                Listing.status == ListingStatus.IN_REVIEW,
            )
        )
        or 0
    )


def waiting_count(session: Session, *, actor: Actor) -> int:
    actor.require_office()
    return (
        session.scalar(
            select(func.count())
            .select_from(Listing)
            .where(Listing.park_id == actor.park_id, Listing.status == ListingStatus.IN_REVIEW)
        )
        or 0
    )

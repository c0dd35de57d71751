"""Addresses at which a firm's own calendar programs read its bookings: made by a person, revoked at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import FirmMember, Membership, MembershipStatus, MemberStatus
from marketplace.bookings.models import Booking, CalendarFeed
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.listings.models import Listing

BACK = timedelta(days=60)
AHEAD = timedelta(days=400)
MOST_FEEDS = 20
MOST_BOOKINGS = 2000


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """A new feed and the secret of its address, which is shown this once."""

    feed: CalendarFeed
    secret: str


def make_feed(session: Session, listing: str | None, *, actor: Actor, clock: Clock) -> MadeFeed:
    """Make an address for the bookings of one own listing (a public id), or of all of them.

    Raises `NotFound` for anybody else's listing, `Conflict` `too_many_feeds`.
    """
    firm, now = actor.require_trading(FirmRole.OPERATOR), clock()
    only = None if listing is None else _own_listing(session, listing, firm, actor)
    if len(feeds_of(session, actor=actor)) >= MOST_FEEDS:
        raise Conflict("too_many_feeds", most=MOST_FEEDS)
    secret = token_urlsafe(32)
    feed = CalendarFeed(
        enterprise_id=firm,
        park_id=actor.park_id,
        listing_id=only.id if only is not None else None,
        user_id=actor.user_id or 0,
        token_hash=hashed(secret),
        created_at=now,
    )
    session.add(feed)
    session.flush()
    after = {"listing": listing}
    audit(session, actor, at=now, action="calendar_feed.made", subject=f"calendar_feed:{feed.public_id}", after=after)
    return MadeFeed(feed, secret)


def hashed(secret: str) -> str:
    """What is kept of an address."""
    return sha256(secret.encode()).hexdigest()


def _own_listing(session: Session, public_id: str, firm: int, actor: Actor) -> Listing:
    found = session.scalar(
        select(Listing).where(
            Listing.public_id == public_id, Listing.enterprise_id == firm, Listing.park_id == actor.park_id
        )
    )
    if found is None:
        raise NotFound("listing")
    return found


def feeds_of(session: Session, *, actor: Actor) -> Sequence[CalendarFeed]:
    """The firm's addresses that are not revoked, newest first."""
    return session.scalars(
        select(CalendarFeed)
        .options(joinedload(CalendarFeed.listing), joinedload(CalendarFeed.user))
        .where(CalendarFeed.enterprise_id == actor.require_firm(), CalendarFeed.park_id == actor.park_id)
        .where(CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    ).all()


def revoke_feed(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> CalendarFeed:
    """End an address of the firm; again changes nothing. Raises `NotFound` for anybody else's."""
    firm = actor.require_firm(FirmRole.OPERATOR)
    feed = session.scalar(
        select(CalendarFeed)
        .options(joinedload(CalendarFeed.listing))
        .where(CalendarFeed.public_id == public_id, CalendarFeed.enterprise_id == firm)
        .where(CalendarFeed.park_id == actor.park_id)
    )
    if feed is None:
        raise NotFound("calendar_feed")
    if feed.revoked_at is None:
        feed.revoked_at = clock()
        subject = f"calendar_feed:{feed.public_id}"
        audit(session, actor, at=clock(), action="calendar_feed.revoked", subject=subject)
    return feed


def feed_by_secret(session: Session, secret: str) -> CalendarFeed:
    """The feed of an address, while its firm is admitted and its maker belongs to the firm. Raises `NotFound`."""
    feed = session.scalar(
        select(CalendarFeed)
        .options(joinedload(CalendarFeed.listing), joinedload(CalendarFeed.enterprise))
        .join(
            Membership,
            (Membership.enterprise_id == CalendarFeed.enterprise_id) & (Membership.park_id == CalendarFeed.park_id),
        )
        .join(
            FirmMember,
            (FirmMember.enterprise_id == CalendarFeed.enterprise_id) & (FirmMember.user_id == CalendarFeed.user_id),
        )
        .where(CalendarFeed.token_hash == hashed(secret), CalendarFeed.revoked_at.is_(None))
        .where(Membership.status == MembershipStatus.ADMITTED, FirmMember.status == MemberStatus.ACTIVE)
    )
    if feed is None:
        raise NotFound("calendar_feed")
    return feed


def bookings_in(session: Session, feed: CalendarFeed, *, now: datetime) -> Sequence[Booking]:
    """The bookings of the feed's machines, cancelled ones too, by start."""
    rows = (
        select(Booking)
        .options(joinedload(Booking.listing), joinedload(Booking.demander))
        .where(Booking.supplier_id == feed.enterprise_id, Booking.park_id == feed.park_id)
        .where(Booking.during.op("&&")(Range(now - BACK, now + AHEAD)))
        .order_by(func.lower(Booking.during), Booking.id)
        .limit(MOST_BOOKINGS)
    )
    if feed.listing_id is not None:
        rows = rows.where(Booking.listing_id == feed.listing_id)
    return session.scalars(rows).all()

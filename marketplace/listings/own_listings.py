"""The firm's own machines: a page of its table, counts by state, rows for an export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.paging import Page, page_of
from marketplace.listings import queries
from marketplace.listings.calendars import calendars
from marketplace.listings.media.queries import first_photos
from marketplace.listings.models import Listing, ListingStatus, Unit
from marketplace.listings.storable import after_id

MOST_EXPORTED = 20_000
MOST_TO_CHOOSE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFilter:
    """`text` looks in titles, models and asset numbers; `withheld` True shows only what is not to be offered."""

    status: ListingStatus | None = None
    text: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class MachineRow:
    """A listing with what the table shows beside it."""

    listing: Listing
    unit_count: int
    photo: str | None
    next_booking: Range[datetime] | None


def own_page(
    session: Session, wanted: OwnFilter, *, cursor: str | None, size: int, actor: Actor, clock: Clock
) -> Page[MachineRow]:
    """The firm's listings, newest first; five statements whatever the size."""
    after = after_id(cursor)
    found = queries.with_parts().where(*_conditions(wanted, actor)).order_by(Listing.id.desc()).limit(size + 1)
    if after is not None:
        found = found.where(Listing.id < after)
    page = page_of(session.scalars(found).all(), size=size, key=_position)
    return Page(_rows(session, page.items, clock), page.next_cursor)


def _position(listing: Listing) -> tuple[int]:
    return (listing.id,)


def _rows(session: Session, listings: Sequence[Listing], clock: Clock) -> list[MachineRow]:
    ids = [listing.id for listing in listings]
    pieces = queries.bookable_pieces(session, ids)
    photos = first_photos(session, ids)
    bookings = calendars().next_bookings(session, ids, at=clock())
    return [
        MachineRow(listing, pieces.get(listing.id, 0), photos.get(listing.id), bookings.get(listing.id))
        for listing in listings
    ]


def _conditions(wanted: OwnFilter, actor: Actor) -> list[ColumnElement[bool]]:
    only: list[ColumnElement[bool]] = [
        Listing.enterprise_id == actor.require_firm(),
        Listing.park_id == actor.park_id,
    ]
    if wanted.status is not None:
        only.append(Listing.status == wanted.status)
    else:
        only.append(Listing.status != ListingStatus.ARCHIVED)
    if wanted.withheld:
        only.append(Listing.withheld_reason.is_not(None))
    if wanted.text:
        like = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        numbered = select(Unit.listing_id).where(
            Unit.enterprise_id == actor.require_firm(), Unit.asset_number.ilike(like)
        )
        fields = (Listing.title_zh, Listing.title_en, Listing.model, Listing.manufacturer)
        only.append(or_(*(field.ilike(like) for field in fields), Listing.id.in_(numbered)))
    return only


def status_counts(session: Session, *, actor: Actor) -> Mapping[ListingStatus, int]:
    """How many of the firm's listings stand in each state."""
    rows = session.execute(
        select(Listing.status, func.count())
        .where(Listing.enterprise_id == actor.require_firm(), Listing.park_id == actor.park_id)
        .group_by(Listing.status)
    )
    return dict(rows.all())


def publishable_count(session: Session, *, actor: Actor) -> int:
    """Drafts that may be offered: what *publish all* would send."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Listing)
            .where(
                Listing.enterprise_id == actor.require_firm(),
                Listing.park_id == actor.park_id,
                Listing.status == ListingStatus.DRAFT,
                Listing.withheld_reason.is_(None),
                Listing.type_code.is_not(None),
            )
        )
        or 0
    )


def own_units(session: Session, listing_ids: Sequence[int]) -> Mapping[int, list[Unit]]:
    """Listing → its units in their order, one statement."""
    rows = session.scalars(
        select(Unit).where(Unit.listing_id.in_(listing_ids)).order_by(Unit.listing_id, Unit.position, Unit.id)
    )
    found: dict[int, list[Unit]] = {}
    for unit in rows:
        found.setdefault(unit.listing_id or 0, []).append(unit)
    return found


def units_to_choose(session: Session, *, actor: Actor) -> Sequence[tuple[Unit, Listing | None]]:
    """The firm's machines that a line may be made of, with the listings they belong to."""
    rows = session.execute(
        select(Unit, Listing)
        .outerjoin(Listing, Listing.id == Unit.listing_id)
        .where(Unit.enterprise_id == actor.require_firm(), Unit.is_bookable)
        .order_by(Unit.asset_number, Unit.id)
        .limit(MOST_TO_CHOOSE)
    )
    return [(unit, listing) for unit, listing in rows]


def exported_rows(session: Session, wanted: OwnFilter, *, actor: Actor) -> list[tuple[Listing, list[Unit]]]:
    """The firm's listings with their units, for a file."""
    listings = session.scalars(
        queries.with_parts().where(*_conditions(wanted, actor)).order_by(Listing.id).limit(MOST_EXPORTED)
    ).all()
    units = own_units(session, [listing.id for listing in listings])
    return [(listing, units.get(listing.id, [])) for listing in listings]

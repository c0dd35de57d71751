"""What stands on a firm's machines over a range of time: one lane per unit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise
from marketplace.bookings.models import OCCUPYING, Blackout, Booking, Occupancy, OccupancyKind
from marketplace.kernel.actor import Actor
from marketplace.kernel.paging import Page, decode_cursor, page_of
from marketplace.listings.models import Listing, ListingStatus, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A stretch of a unit's time. Of a booking `firm` is who comes, of a blackout `note` says why."""

    during: Range[datetime]
    kind: OccupancyKind
    is_hold: bool
    booking: str | None = None
    blackout: str | None = None
    firm: Enterprise | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLane:
    unit: Unit
    listing: Listing
    taken: Sequence[Taken]


def machine_lanes(
    session: Session, window: Range[datetime], *, actor: Actor, cursor: str | None = None, size: int = 20
) -> Page[MachineLane]:
    """The firm's units with what touches the window, in two statements whatever the size."""
    wanted = (
        select(Unit, Listing)
        .join(Listing, Listing.id == Unit.listing_id)
        .where(Listing.enterprise_id == actor.require_firm(), Listing.park_id == actor.park_id)
        .where(Listing.status != ListingStatus.ARCHIVED)
        .order_by(Listing.id, Unit.id)
        .limit(size + 1)
    )
    if after := decode_cursor(cursor, length=2):
        wanted = wanted.where(tuple_(Listing.id, Unit.id) > tuple_(*after))
    rows = session.execute(wanted).all()
    taken = _taken(session, [unit.id for unit, _ in rows[:size]], window)
    lanes = [MachineLane(unit=unit, listing=listing, taken=taken.get(unit.id, ())) for unit, listing in rows]
    return page_of(lanes, size=size, key=_position)


def _position(lane: MachineLane) -> tuple[int, int]:
    return lane.listing.id, lane.unit.id


def _taken(session: Session, unit_ids: Sequence[int], window: Range[datetime]) -> dict[int, list[Taken]]:
    rows = session.execute(
        select(Occupancy, Booking, Blackout, Enterprise)
        .outerjoin(Booking, Booking.id == Occupancy.booking_id)
        .outerjoin(Blackout, Blackout.id == Occupancy.blackout_id)
        .outerjoin(Enterprise, Enterprise.id == Booking.demander_id)
        .where(Occupancy.unit_id.in_(unit_ids), Occupancy.during.op("&&")(window))
        .where(Occupancy.status.in_(OCCUPYING))
        .order_by(Occupancy.unit_id, Occupancy.during)
    )
    found: dict[int, list[Taken]] = defaultdict(list)
    for occupancy, booking, blackout, firm in rows:
        found[occupancy.unit_id].append(
            Taken(
                during=occupancy.during,
                kind=occupancy.kind,
                is_hold=occupancy.status == "held",
                booking=booking.public_id if booking else None,
                blackout=blackout.public_id if blackout else None,
                firm=firm,
                note=blackout.note if blackout else "",
            )
        )
    return found

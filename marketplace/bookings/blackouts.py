"""Time that an owner keeps: maintenance, own production, a breakdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.bookings import free_time, queries
from marketplace.bookings.events import FreeTimeChanged
from marketplace.bookings.models import (
    NO_OVERLAP,
    OCCUPYING,
    Blackout,
    Booking,
    Occupancy,
    OccupancyKind,
    OccupancyStatus,
    ReleaseReason,
)
from marketplace.bookings.operations import release_booking
from marketplace.bookings.units import bookable_unit_ids, listing_ids_touched_by
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.listings.models import Listing

OWNERS_KINDS = (OccupancyKind.MAINTENANCE, OccupancyKind.OWN_PRODUCTION, OccupancyKind.BREAKDOWN)
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackOut:
    """Time on all units of an own listing. `cancel_bookings`: a breakdown may cancel the bookings in its way."""

    listing: str
    during: Range[datetime]
    kind: OccupancyKind = OccupancyKind.MAINTENANCE
    note: str = ""
    cancel_bookings: bool = False


def black_out(session: Session, command: BlackOut, *, actor: Actor, clock: Clock) -> Blackout:
    """Close every unit of an own listing. Adds `FreeTimeChanged`.

    Raises `Conflict` `bookings_in_the_way` with `busy` and `count` while bookings stand in it; a breakdown with
    `cancel_bookings` cancels them, for the demander free of charge. `already_blocked` where other such time stands.
    """
    now, listing = clock(), queries.own_listing(session, command.listing, actor=actor)
    actor.require_trading(FirmRole.OPERATOR)
    _check(command, now=now)
    units = bookable_unit_ids(session, listing)
    _clear_the_way(session, units, command, actor=actor, clock=clock)
    blackout = Blackout(
        listing_id=listing.id,
        kind=command.kind,
        during=command.during,
        created_at=now,
        created_by=actor.user_id,
        note=command.note,
    )
    session.add(blackout)
    session.flush()
    _occupy(session, units, blackout)
    free_time.refresh(session, units)
    _note(session, blackout, actor, action="blackout.made", at=now)
    record(session, FreeTimeChanged([*listing_ids_touched_by(session, units)]), actor=actor, at=now)
    return blackout


def _check(command: BlackOut, *, now: datetime) -> None:
    if command.kind not in OWNERS_KINDS:
        raise Invalid("blackout_kind", fields={"kind": ["blackout_kind"]})
    start, end = command.during.lower, command.during.upper
    if start is None or end is None or start >= end:
        raise Invalid("end_before_start", fields={"end": ["end_before_start"]})
    if end <= now:
        raise Invalid("ends_in_the_past", fields={"end": ["ends_in_the_past"]})
    if end - start > LONGEST:
        raise Invalid("blackout_too_long", fields={"end": ["blackout_too_long"]})


def _clear_the_way(session: Session, units: Sequence[int], command: BlackOut, *, actor: Actor, clock: Clock) -> None:
    """Ask before bookings are cancelled; then cancel them in id order."""
    met = bookings_on(session, units, command.during)
    if not met:
        return
    if command.kind is not OccupancyKind.BREAKDOWN or not command.cancel_bookings:
        raise Conflict("bookings_in_the_way", count=len(met), busy=[booking.during for booking in met])
    for booking in met:
        release_booking(session, booking, ReleaseReason.BREAKDOWN, actor=actor, clock=clock, note=command.note)


def bookings_on(session: Session, units: Sequence[int], during: Range[datetime]) -> Sequence[Booking]:
    """Bookings and holds of these units that touch the range, locked in id order."""
    ids = select(Occupancy.booking_id).where(
        Occupancy.unit_id.in_(units),
        Occupancy.status.in_(OCCUPYING),
        Occupancy.during.op("&&")(during),
        Occupancy.booking_id.is_not(None),
    )
    found = select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).all()


def _occupy(session: Session, units: Sequence[int], blackout: Blackout) -> None:
    with refusing(session, {NO_OVERLAP: lambda: Conflict("already_blocked")}):
        session.add_all(
            Occupancy(
                unit_id=unit_id,
                during=blackout.during,
                occupied=blackout.during,
                kind=blackout.kind,
                status=OccupancyStatus.CONFIRMED,
                blackout_id=blackout.id,
            )
            for unit_id in units
        )


def lift_blackout(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Blackout:
    """Open the time again; again changes nothing. Adds `FreeTimeChanged`. Raises `NotFound` for anybody else's."""
    blackout = own_blackout(session, public_id, actor=actor)
    actor.require_trading(FirmRole.OPERATOR)
    session.refresh(blackout, with_for_update=True)
    if blackout.lifted_at is not None:
        return blackout
    blackout.lifted_at = clock()
    units = session.scalars(
        update(Occupancy)
        .where(Occupancy.blackout_id == blackout.id)
        .values(status=OccupancyStatus.RELEASED)
        .returning(Occupancy.unit_id)
    ).all()
    free_time.refresh(session, units)
    _note(session, blackout, actor, action="blackout.lifted", at=clock())
    record(session, FreeTimeChanged([*listing_ids_touched_by(session, units)]), actor=actor, at=clock())
    return blackout


def _note(session: Session, blackout: Blackout, actor: Actor, *, action: str, at: datetime) -> None:
    during = blackout.during
    after = {
        "kind": blackout.kind.value,
        "start": during.lower.isoformat() if during.lower else None,
        "end": during.upper.isoformat() if during.upper else None,
        "note": blackout.note,
    }
    audit(session, actor, at=at, action=action, subject=f"blackout:{blackout.public_id}", after=after)


def own_blackout(session: Session, public_id: str, *, actor: Actor) -> Blackout:
    """A blackout on a machine of the actor's firm. Raises `NotFound` for anybody else's."""
    found = session.scalar(
        select(Blackout)
        .join(Listing, Listing.id == Blackout.listing_id)
        .where(Blackout.public_id == public_id, Listing.enterprise_id == actor.require_firm())
        .where(Listing.park_id == actor.park_id)
    )
    if found is None:
        raise NotFound("blackout")
    return found


def blackouts_of(session: Session, listing: Listing, *, now: datetime) -> Sequence[Blackout]:
    """Those of a listing that are not over and not lifted, by their start."""
    return session.scalars(
        select(Blackout)
        .where(Blackout.listing_id == listing.id, Blackout.lifted_at.is_(None), func.upper(Blackout.during) > now)
        .order_by(Blackout.during)
    ).all()


def machine_of(session: Session, blackout: Blackout) -> str:
    """The public id of the machine that a blackout keeps."""
    return session.get_one(Listing, blackout.listing_id).public_id

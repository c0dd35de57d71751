"""Verbs that take units' time and give it back. One guard, `take_occupancy`, for every path."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.bookings import free_time, opening, queries
from marketplace.bookings.errors import Outrun
from marketplace.bookings.events import BookingConfirmed, BookingReleased, BookingTaken, FreeTimeChanged
from marketplace.bookings.keepers import is_kept
from marketplace.bookings.models import (
    NO_OVERLAP,
    Booking,
    BookingStatus,
    Occupancy,
    OccupancyKind,
    OccupancyStatus,
    ReleaseReason,
)
from marketplace.bookings.units import bookable_unit_ids, listing_ids_touched_by
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.listings.models import Listing, ListingKind, ListingStatus, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOccupancy:
    """A wish for units of a listing. With `hold_until` the booking is a hold until then, else confirmed at once.

    `spans_closed_hours`: the rate plan's rent runs through closed hours (a three-day rent does not end each night).
    """

    listing_id: int
    during: Range[datetime]
    demander_id: int
    quantity: int = 1
    hold_until: datetime | None = None
    spans_closed_hours: bool = False
    for_a_term: bool = False
    """A contract of months fixed by its plan: the listing's rules about length, steps and horizon are not for it."""


def take_occupancy(session: Session, command: TakeOccupancy, *, actor: Actor, clock: Clock) -> Booking:
    """Take `quantity` free units for the whole range, or none of them: the guard that every path uses.

    Whoever is outrun on a unit looks again, so n free units serve exactly n of any number of racers.
    Locks the units, then their free time, in id order. Adds `BookingTaken`. Raises `NotFound` for a listing that is not offered
    in the actor's park, `Invalid` for a range the rules refuse, `Conflict` `slot_taken` with the busy ranges when too
    few units are free.
    """
    now = clock()
    listing = _offered(session, command.listing_id, actor)
    _check_rules(session, listing, command, now=now)
    units = _queue_for(session, listing)
    release_expired_holds(session, units, command.during, actor=actor, clock=clock)
    booking = _booking(listing, command, at=now)
    while chosen := _choose(session, listing, units, command):
        with suppress(Outrun):
            occupy(session, chosen, booking=booking, turnaround=timedelta(minutes=listing.turnaround_minutes))
            break
    else:
        busy = queries.busy_ranges(session, units, command.during)
        raise Conflict("slot_taken", listing=listing.public_id, busy=busy)
    free_time.refresh(session, chosen)
    if command.hold_until is not None:
        defer(session, "bookings.expire_hold", at=command.hold_until, arguments={"booking_id": booking.id})
    _note(session, booking, actor, action="booking.taken", at=now)
    record(session, BookingTaken(booking.id, listing.id), actor=actor, at=now)
    return booking


def _queue_for(session: Session, listing: Listing) -> Sequence[int]:
    """The units that a booking may take, locked in id order.

    Racers stand in line instead of each waiting inside the constraint for the others.
    """
    wanted = select(Unit.id).order_by(Unit.id).with_for_update(key_share=True)
    if listing.kind is not ListingKind.LINE:
        return session.scalars(wanted.where(Unit.listing_id == listing.id, Unit.is_bookable)).all()
    units = bookable_unit_ids(session, listing)
    session.execute(wanted.where(Unit.id.in_(units))).all()
    return units


def _offered(session: Session, listing_id: int, actor: Actor) -> Listing:
    listing = session.get(Listing, listing_id)
    if listing is None or listing.park_id != actor.park_id or listing.status is not ListingStatus.PUBLISHED:
        raise NotFound("listing_not_offered")
    return listing


def _check_rules(session: Session, listing: Listing, command: TakeOccupancy, *, now: datetime) -> None:
    opening.check_rules(listing, command.during, now=now, for_a_term=command.for_a_term)
    if listing.kind is ListingKind.LINE and command.quantity != 1:
        raise Invalid("line_is_one", fields={"quantity": ["line_is_one"]})
    if command.spans_closed_hours:
        return
    if not free_time.opening_then(session, listing, command.during).is_open(command.during):
        raise Invalid("closed_then", fields={"start": ["closed_then"]}, listing=listing.public_id)


def _booking(listing: Listing, command: TakeOccupancy, *, at: datetime) -> Booking:
    return Booking(
        listing_id=listing.id,
        park_id=listing.park_id,
        supplier_id=listing.enterprise_id,
        demander_id=command.demander_id,
        during=command.during,
        quantity=command.quantity,
        status=BookingStatus.HELD if command.hold_until else BookingStatus.CONFIRMED,
        held_until=command.hold_until,
        created_at=at,
    )


def _choose(session: Session, listing: Listing, units: Sequence[int], command: TakeOccupancy) -> Sequence[int]:
    """The units to take, lowest ids first; empty when there are too few."""
    wanted = len(units) if listing.kind is ListingKind.LINE else command.quantity
    turnaround = timedelta(minutes=listing.turnaround_minutes)
    free = queries.free_units(session, units, _with_turnaround(command.during, turnaround))
    return free[:wanted] if units and len(free) >= wanted else []


def _with_turnaround(during: Range[datetime], turnaround: timedelta) -> Range[datetime]:
    if during.lower is None or during.upper is None:
        raise Invalid("endless_range", fields={"end": ["required"]})
    return Range(during.lower, during.upper + turnaround)


def occupy(session: Session, units: Sequence[int], *, booking: Booking, turnaround: timedelta) -> None:
    """Write one occupancy per unit in id order; raises `Outrun` when somebody else's came first."""
    status = OccupancyStatus.HELD if booking.status is BookingStatus.HELD else OccupancyStatus.CONFIRMED
    occupied = _with_turnaround(booking.during, turnaround)
    session.add(booking)
    session.flush()
    with refusing(session, {NO_OVERLAP: lambda: Outrun("unit_taken")}):
        session.add_all(
            Occupancy(
                unit_id=unit_id,
                during=booking.during,
                occupied=occupied,
                kind=OccupancyKind.BOOKING,
                status=status,
                booking_id=booking.id,
            )
            for unit_id in units
        )


def confirm_booking(session: Session, booking: Booking, *, actor: Actor, clock: Clock) -> None:
    """A hold becomes an agreed booking; again changes nothing. Adds `BookingConfirmed`."""
    if booking.status is BookingStatus.CONFIRMED:
        return
    booking.confirm()
    _set_status(session, booking, OccupancyStatus.CONFIRMED)
    _note(session, booking, actor, action="booking.confirmed", at=clock())
    record(session, BookingConfirmed(booking.id, booking.listing_id), actor=actor, at=clock())


def hold_until(session: Session, booking: Booking, until: datetime, *, actor: Actor, clock: Clock) -> None:
    """Keep a held booking until another moment; a job lets it go then. Raises `Conflict` for one that is not held."""
    if booking.status is not BookingStatus.HELD:
        raise Conflict("booking_released", reason=booking.released_reason)
    if booking.held_until == until:
        return
    booking.held_until = until
    session.flush()
    defer(session, "bookings.expire_hold", at=until, arguments={"booking_id": booking.id})
    _note(session, booking, actor, action="booking.held", at=clock())


def release_booking(
    session: Session, booking: Booking, reason: ReleaseReason, *, actor: Actor, clock: Clock, note: str = ""
) -> None:
    """Give a booking's time back; again changes nothing. Adds `BookingReleased` with the note for the other side."""
    if booking.status is BookingStatus.RELEASED:
        return
    booking.release(reason, at=clock())
    units = _set_status(session, booking, OccupancyStatus.RELEASED)
    free_time.refresh(session, units)
    _note(session, booking, actor, action="booking.released", at=clock())
    record(session, BookingReleased(booking.id, booking.listing_id, reason.value, note), actor=actor, at=clock())


def end_early(session: Session, booking: Booking, at: datetime, *, actor: Actor, clock: Clock) -> bool:
    """The machine came back before the agreed end: the rest of the time, after one turnaround, is free again.

    Whether anything was given back: nothing is when at most the turnaround would be, or the booking is not running.
    The agreed range of the booking stays as it was. Locks the occupancies in unit order. Adds `FreeTimeChanged`.
    """
    start, end = booking.during.lower, booking.during.upper
    turnaround = timedelta(minutes=session.get_one(Listing, booking.listing_id).turnaround_minutes)
    if booking.status is not BookingStatus.CONFIRMED or start is None or end is None:
        return False
    if not start < at < end - turnaround:
        return False
    session.flush()
    held = (
        select(Occupancy)
        .where(Occupancy.booking_id == booking.id, Occupancy.status == OccupancyStatus.CONFIRMED)
        .order_by(Occupancy.unit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    used: Range[datetime] = Range(start, at)
    units: list[int] = []
    for one in session.scalars(held).all():
        if one.during.upper is not None and one.during.upper > at:
            one.during, one.occupied = used, _with_turnaround(used, turnaround)
            units.append(one.unit_id)
    free_time.refresh(session, units)
    after = {"returned_at": at.isoformat(), "end": end.isoformat()}
    audit(session, actor, at=clock(), action="booking.shortened", subject=f"booking:{booking.public_id}", after=after)
    record(session, FreeTimeChanged([*listing_ids_touched_by(session, units)]), actor=actor, at=clock())
    return bool(units)


def retake_booking(session: Session, booking: Booking, *, actor: Actor, clock: Clock) -> None:
    """Take the time of a hold that ran out once more, now for good, on whichever units are free.

    Raises `NotFound` when the listing is not offered any more, `Conflict` `slot_taken` when too few units are free.
    Locks as `take_occupancy`; adds `BookingTaken`.
    """
    listing = _offered(session, booking.listing_id, actor)
    units = _queue_for(session, listing)
    release_expired_holds(session, units, booking.during, actor=actor, clock=clock)
    wish = TakeOccupancy(
        listing_id=listing.id, during=booking.during, demander_id=booking.demander_id, quantity=booking.quantity
    )
    chosen = _choose(session, listing, units, wish)
    rows = session.scalars(
        select(Occupancy).where(Occupancy.booking_id == booking.id).order_by(Occupancy.unit_id)
    ).all()
    if not chosen or len(chosen) != len(rows):
        raise Conflict("slot_taken", listing=listing.public_id, busy=[])
    booking.revive()
    with refusing(session, {NO_OVERLAP: lambda: Conflict("slot_taken", listing=listing.public_id, busy=[])}):
        for row, unit_id in zip(rows, chosen, strict=True):
            row.unit_id, row.status = unit_id, OccupancyStatus.CONFIRMED
    free_time.refresh(session, chosen)
    _note(session, booking, actor, action="booking.taken", at=clock())
    record(session, BookingTaken(booking.id, listing.id), actor=actor, at=clock())


def _set_status(session: Session, booking: Booking, status: OccupancyStatus) -> Sequence[int]:
    session.flush()
    changed = session.scalars(
        update(Occupancy).where(Occupancy.booking_id == booking.id).values(status=status).returning(Occupancy.unit_id)
    )
    return sorted(changed.all())


def _note(session: Session, booking: Booking, actor: Actor, *, action: str, at: datetime) -> None:
    during = booking.during
    after = {
        "status": booking.status.value,
        "start": during.lower.isoformat() if during.lower else None,
        "end": during.upper.isoformat() if during.upper else None,
        "quantity": booking.quantity,
    }
    audit(session, actor, at=at, action=action, subject=f"booking:{booking.public_id}", after=after)


def release_expired_holds(
    session: Session, unit_ids: Sequence[int], during: Range[datetime], *, actor: Actor, clock: Clock
) -> None:
    """An expired hold in the way is released by whoever meets it, not only by its timer."""
    expired = session.scalars(
        select(Booking)
        .join(Occupancy, Occupancy.booking_id == Booking.id)
        .where(Occupancy.unit_id.in_(unit_ids), Occupancy.during.op("&&")(during))
        .where(Booking.status == BookingStatus.HELD, Booking.held_until <= clock())
        .order_by(Booking.id)
        .with_for_update(of=Booking, skip_locked=True)
    ).unique()
    for booking in expired.all():
        if is_kept(session, booking.id):
            continue
        release_booking(session, booking, ReleaseReason.HOLD_EXPIRED, actor=actor, clock=clock)


def booking_by_id(session: Session, booking_id: int) -> Booking:
    """The booking under its row lock; raises `NotFound`."""
    booking = session.scalar(
        select(Booking).where(Booking.id == booking_id).with_for_update().execution_options(populate_existing=True)
    )
    if booking is None:
        raise NotFound("booking")
    return booking

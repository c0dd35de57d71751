"""Reads of units' time. They lock nothing: the constraint has the last word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, exists, func, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range, distinct_on
from sqlalchemy.orm import Session, joinedload

from marketplace.bookings.line_time import clipped, line_free_ranges, lines_free
from marketplace.bookings.models import (
    OCCUPYING,
    Booking,
    BookingStatus,
    Occupancy,
    UnitFreeTime,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.listings.models import Listing, ListingKind, ListingStatus, Unit


class Question(StrEnum):
    """What "free" means: the whole window, n hours in one run inside it, or n hours in total inside it."""

    EXACT = "exact"
    RUN = "run"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeQuestion:
    """A window and how much of it must be free; `minutes` counts for run and total."""

    window: Range[datetime]
    kind: Question = Question.EXACT
    minutes: int = 0
    units: int = 1


def free_units(session: Session, unit_ids: Sequence[int], occupied: Range[datetime]) -> Sequence[int]:
    """Of these units the ones with nothing in the range, lowest id first."""
    taken = exists().where(
        Occupancy.unit_id == Unit.id, Occupancy.occupied.op("&&")(occupied), Occupancy.status.in_(OCCUPYING)
    )
    return session.scalars(select(Unit.id).where(Unit.id.in_(unit_ids), ~taken).order_by(Unit.id)).all()


def busy_ranges(session: Session, unit_ids: Sequence[int], during: Range[datetime]) -> Sequence[Range[datetime]]:
    """When these units are taken, as far as it touches the range: when, never by whom or why."""
    return session.scalars(
        select(Occupancy.during)
        .where(Occupancy.unit_id.in_(unit_ids), Occupancy.occupied.op("&&")(during), Occupancy.status.in_(OCCUPYING))
        .order_by(Occupancy.during)
        .distinct()
    ).all()


WINDOW = bindparam("window", type_=TSTZRANGE())


def _fits(ranges: Sequence[Range[datetime]], question: FreeQuestion) -> bool:
    """Whether the free ranges of one unit, or of a whole line, answer the question."""
    lengths = [one.upper - one.lower for one in ranges if one.lower and one.upper]
    wanted = timedelta(minutes=question.minutes)
    match question.kind:
        case Question.EXACT:
            return any(one.contains(question.window) for one in ranges)
        case Question.RUN:
            return any(length >= wanted for length in lengths)
        case Question.TOTAL:
            return sum(lengths, timedelta()) >= wanted


FITTING_SQL = text(
    """
    SELECT DISTINCT ON (kept.listing_id) kept.listing_id, lower(piece) AS start, upper(piece) AS until
    FROM bookings_unit_free_time AS kept,
    LATERAL unnest(kept.free * tstzmultirange(cast(:window AS tstzrange))) AS piece
    WHERE kept.listing_id = ANY(:listings) AND upper(piece) - lower(piece) >= make_interval(mins => :minutes)
    ORDER BY kept.listing_id, lower(piece), upper(piece) DESC
    """
).bindparams(WINDOW)


def first_fitting_windows(
    session: Session, listing_ids: Sequence[int], window: Range[datetime], minutes: int
) -> dict[int, tuple[datetime, datetime]]:
    """For each listing the first free run of at least so many minutes inside the window.

    Two statements at most: one for machines, one for what is left, which may be lines.
    """
    given = {"window": window, "minutes": minutes, "listings": list(listing_ids)}
    found = {row[0]: (row[1], row[2]) for row in session.execute(FITTING_SQL, given)}
    missing = [one for one in listing_ids if one not in found]
    for line_id, ranges in (lines_free(session, missing, window) if missing else {}).items():
        for free in ranges:
            if free.lower and free.upper and free.upper - free.lower >= timedelta(minutes=minutes):
                found[line_id] = (free.lower, free.upper)
                break
    return found


MERGED = text(
    """
    SELECT range_agg(kept.free) * tstzmultirange(cast(:window AS tstzrange)) FROM bookings_unit_free_time AS kept
    JOIN listings_unit AS unit ON unit.id = kept.unit_id AND unit.is_bookable WHERE kept.listing_id = :listing
    """
).bindparams(WINDOW)


def free_ranges(session: Session, listing: Listing, window: Range[datetime]) -> list[Range[datetime]]:
    """When at least one unit of the listing (every unit of a line) is free, inside the window, merged."""
    if listing.kind is ListingKind.LINE:
        return line_free_ranges(session, listing.id, window)
    merged = session.scalar(MERGED, {"listing": listing.id, "window": window})
    return clipped(merged or [], window)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeAnswer:
    """Whether a listing is free as the question asks, and when at least one unit (of a line every unit) is free."""

    fits: bool
    windows: Sequence[Range[datetime]]


def free_answer(session: Session, listing: Listing, question: FreeQuestion) -> FreeAnswer:
    """The three questions for one listing; `units` of its units must each fit."""
    if listing.kind is ListingKind.LINE:
        windows = line_free_ranges(session, listing.id, question.window)
        return FreeAnswer(fits=_fits(windows, question), windows=windows)
    kept = session.scalars(
        select(UnitFreeTime)
        .join(Unit, Unit.id == UnitFreeTime.unit_id)
        .where(UnitFreeTime.listing_id == listing.id, Unit.is_bookable)
    ).all()
    fitting = sum(_fits(clipped(one.free, question.window), question) for one in kept)
    return FreeAnswer(fits=fitting >= question.units, windows=free_ranges(session, listing, question.window))


def bookings_at(
    session: Session, *, actor: Actor, window: Range[datetime], listing_ids: Sequence[int] | None = None
) -> Sequence[Booking]:
    """Bookings and holds of the firm's own listings that touch the window, by start."""
    rows = (
        select(Booking)
        .options(joinedload(Booking.listing), joinedload(Booking.demander))
        .where(Booking.supplier_id == actor.require_firm(), Booking.during.op("&&")(window))
        .where(Booking.status != BookingStatus.RELEASED)
        .order_by(Booking.during, Booking.id)
    )
    if listing_ids is not None:
        rows = rows.where(Booking.listing_id.in_(listing_ids))
    return session.scalars(rows).all()


def next_bookings(session: Session, listing_ids: Sequence[int], *, at: datetime) -> Mapping[int, Range[datetime]]:
    """For each listing the booking that runs or comes next, in one statement; without one it is left out."""
    rows = session.execute(
        select(Booking.listing_id, Booking.during)
        .where(Booking.listing_id.in_(listing_ids), Booking.status == BookingStatus.CONFIRMED)
        .where(func.upper(Booking.during) > at)
        .ext(distinct_on(Booking.listing_id))
        .order_by(Booking.listing_id, func.lower(Booking.during))
    )
    return {row[0]: row[1] for row in rows}


def own_listings(session: Session, *, actor: Actor) -> Sequence[Listing]:
    """The firm's listings in the park that are not archived, by title; at most 500."""
    return session.scalars(
        select(Listing)
        .where(Listing.enterprise_id == actor.require_firm(), Listing.park_id == actor.park_id)
        .where(Listing.status != ListingStatus.ARCHIVED)
        .order_by(Listing.title_zh, Listing.id)
        .limit(500)
    ).all()


def own_listing(session: Session, public_id: str, *, actor: Actor) -> Listing:
    """A listing of the actor's firm. Raises `NotFound` for anybody else's."""
    found = session.scalar(
        select(Listing).where(Listing.public_id == public_id, Listing.enterprise_id == actor.require_firm())
    )
    if found is None:
        raise NotFound("listing")
    return found
